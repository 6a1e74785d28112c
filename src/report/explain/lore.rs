//! What is worth knowing of a state or an arc beyond its name: what shows it, what usually goes wrong, when it cannot be
//! told, and an example in the trace notation.
//!
//! The example marks its place with the name in lower case behind `~`, as a rule's example does. Arcs that no segment
//! shows are explained too, with what they look like. Used by the pages beside it; the tests judge the examples.

mod closing;
mod ending;
mod examples;
mod opening;
mod sending;
mod states;

use crate::rules::Said;

/// What is worth knowing of one state or arc.
#[derive(Clone, Copy, Debug)]
pub struct Lore {
    /// `F14`, `TIME-WAIT`.
    pub name: &'static str,
    /// What must be so of the segments, in the variables of RFC 9293; x and y are the ISS of A and B, u and w the
    /// numbers of the first FIN and of the other.
    pub equation: &'static str,
    /// What shows it, and what proves it.
    pub shown: Said,
    /// What usually goes wrong there.
    pub fails: Said,
    /// When a capture cannot tell it.
    pub untold: Said,
    /// A trace with `~` and the name in lower case on the line where it happens.
    pub example: &'static str,
}

/// Every state and every arc.
pub fn lore() -> impl Iterator<Item = &'static Lore> {
    [states::LORE, sending::LORE, opening::LORE, closing::LORE, ending::LORE].into_iter().flatten()
}

/// What is known of the state or arc called `name`.
#[must_use]
pub fn of(name: &str) -> Option<&'static Lore> {
    lore().find(|lore| lore.name == name)
}

const fn about(
    name: &'static str,
    equation: &'static str,
    [shown, fails, untold]: [Said; 3],
    example: &'static str,
) -> Lore {
    Lore { name, equation, shown, fails, untold, example }
}

const fn said(en: &'static str, zh: &'static str) -> Said {
    Said { en, zh }
}

#[cfg(test)]
mod tests {
    use super::lore;
    use crate::report::arcs::{MACHINE, STATES};
    use crate::report::example::judged;

    /// Arcs that no segment shows by itself, so that the analysis never names them: a call, a timer, or a move that
    /// leaves the state as it is or looks like another.
    const UNSHOWN: [&str; 12] = ["F1", "F3", "F4", "F10", "F11", "F12", "F20", "F28", "F31", "F32", "F34", "F35"];

    #[test]
    fn every_state_and_every_arc_is_explained_once() {
        let wanted = STATES.into_iter().chain(MACHINE.iter().map(|arc| arc.id));
        assert!(lore().map(|lore| lore.name).eq(wanted), "{:?}", lore().map(|lore| lore.name).collect::<Vec<_>>());
    }

    #[test]
    fn every_example_does_what_it_is_an_example_of_where_it_is_marked() {
        for lore in lore() {
            let example = judged(lore.example).unwrap_or_else(|error| panic!("{}: {error}", lore.name));
            let marked = example.marked(lore.name).unwrap_or_else(|| panic!("{}: no line is marked", lore.name));
            assert!(!example.is_broken(), "{}: its example breaks a rule", lore.name);
            if let Some(arc) = MACHINE.iter().find(|arc| arc.id == lore.name) {
                let taken = example.takes(arc.id, marked);
                assert_eq!(taken, !UNSHOWN.contains(&arc.id), "{}: frame {marked}", lore.name);
            } else {
                assert!(example.shows(lore.name, marked), "{}: not the state at frame {marked}", lore.name);
            }
        }
    }
}
