//! The state machine in words: why an endpoint moves, by the arc's F-number, and what each state means.
//!
//! F1 to F12 are seen when a segment is sent, F13 to F35 happen when one arrives. The words are in the catalogues.

use super::words::Words;

/// The number of arcs: they are `F1` to `F35`.
pub const ARCS: u8 = 35;

/// The states once both initial sequence numbers are known (RFC 9293 §3.5.2).
const SYNCHRONIZED: &[&str] =
    &["ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"];

/// An arc: from which states to which, and where RFC 9293 has it.
#[derive(Clone, Copy, Debug)]
pub struct Arc {
    /// `F14`.
    pub id: &'static str,
    /// Where it begins.
    pub from: &'static [&'static str],
    /// Where it ends; none for an arc on which an endpoint stays where it is.
    pub to: Option<&'static str>,
    /// The section of RFC 9293.
    pub section: &'static str,
}

const fn arc(id: &'static str, from: &'static [&'static str], to: &'static str, section: &'static str) -> Arc {
    Arc { id, from, to: Some(to), section }
}

const fn stay(id: &'static str, from: &'static [&'static str], section: &'static str) -> Arc {
    Arc { id, from, to: None, section }
}

/// Every arc: those of figure 5 (§3.3.2), of its notes, and those that only the text has.
pub static MACHINE: [Arc; ARCS as usize] = [
    arc("F1", &["CLOSED"], "LISTEN", "3.3.2"),
    arc("F2", &["CLOSED"], "SYN-SENT", "3.3.2"),
    arc("F3", &["LISTEN"], "CLOSED", "3.3.2"),
    arc("F4", &["LISTEN"], "SYN-SENT", "3.3.2"),
    arc("F5", &["SYN-SENT"], "CLOSED", "3.10.4"),
    arc("F6", &["SYN-RECEIVED"], "FIN-WAIT-1", "3.3.2"),
    arc("F7", &["ESTABLISHED"], "FIN-WAIT-1", "3.3.2"),
    arc("F8", &["CLOSE-WAIT"], "LAST-ACK", "3.3.2"),
    arc("F9", &["SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT"], "CLOSED", "3.10.5"),
    arc("F10", &["TIME-WAIT"], "CLOSED", "3.3.2"),
    arc(
        "F11",
        &["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK"],
        "CLOSED",
        "3.10.8",
    ),
    stay(
        "F12",
        &["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "CLOSE-WAIT", "CLOSING", "LAST-ACK"],
        "3.10.8",
    ),
    arc("F13", &["LISTEN"], "SYN-RECEIVED", "3.3.2"),
    arc("F14", &["SYN-SENT"], "ESTABLISHED", "3.3.2"),
    arc("F15", &["SYN-SENT"], "SYN-RECEIVED", "3.3.2"),
    arc("F16", &["SYN-RECEIVED"], "ESTABLISHED", "3.3.2"),
    arc("F17", &["SYN-RECEIVED"], "LISTEN", "3.3.2"),
    arc("F18", &["SYN-RECEIVED"], "CLOSED", "3.10.7.4"),
    arc("F19", &["SYN-SENT"], "CLOSED", "3.10.7.3"),
    arc("F20", &["SYN-RECEIVED"], "CLOSE-WAIT", "3.10.7.4"),
    arc("F21", &["ESTABLISHED"], "CLOSE-WAIT", "3.3.2"),
    arc("F22", &["FIN-WAIT-1"], "FIN-WAIT-2", "3.3.2"),
    arc("F23", &["FIN-WAIT-1"], "CLOSING", "3.3.2"),
    arc("F24", &["FIN-WAIT-1"], "TIME-WAIT", "3.3.2"),
    arc("F25", &["FIN-WAIT-2"], "TIME-WAIT", "3.3.2"),
    arc("F26", &["CLOSING"], "TIME-WAIT", "3.3.2"),
    arc("F27", &["LAST-ACK"], "CLOSED", "3.3.2"),
    stay("F28", &["TIME-WAIT"], "3.10.7.4"),
    arc("F29", &["TIME-WAIT"], "SYN-RECEIVED", "3.6.1"),
    arc("F30", SYNCHRONIZED, "CLOSED", "3.10.7.4"),
    stay("F31", SYNCHRONIZED, "3.10.7.4"),
    arc("F32", SYNCHRONIZED, "CLOSED", "3.10.7.4"),
    stay("F33", &["CLOSED", "LISTEN"], "3.10.7.1"),
    stay("F34", &["CLOSE-WAIT", "CLOSING", "LAST-ACK"], "3.10.7.4"),
    arc("F35", &["SYN-RECEIVED"], "FIN-WAIT-2", "3.10.7.4"),
];

/// What makes an endpoint take the arc `id` (`F14`); the id itself if there is no such arc.
#[must_use]
pub fn cause(words: &Words, id: &str) -> String {
    words.named("arc", id)
}

/// The states of RFC 9293 §3.3.2, in the order of a life.
pub const STATES: [&str; 11] = [
    "CLOSED",
    "LISTEN",
    "SYN-SENT",
    "SYN-RECEIVED",
    "ESTABLISHED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "CLOSE-WAIT",
    "CLOSING",
    "LAST-ACK",
    "TIME-WAIT",
];

/// What it means to be in `state`, in a sentence; none if there is no such state.
#[must_use]
pub fn state(words: &Words, state: &str) -> Option<String> {
    STATES.contains(&state).then(|| words.named("state", state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::Language;

    #[test]
    fn the_machine_has_every_arc_between_states_that_there_are() {
        for (number, arc) in (1_u8..).zip(&MACHINE) {
            assert_eq!(arc.id, format!("F{number}"));
            let ends = arc.from.iter().copied().chain(arc.to);
            assert!(!arc.from.is_empty() && ends.into_iter().all(|state| STATES.contains(&state)), "{}", arc.id);
        }
        let entered = |state: &str| MACHINE.iter().any(|arc| arc.to == Some(state));
        let left = |state: &str| MACHINE.iter().any(|arc| arc.from.contains(&state) && arc.to.is_some());
        assert!(STATES.iter().all(|state| entered(state) && left(state)));
    }

    #[test]
    fn every_arc_and_state_has_words_in_every_language() {
        for language in Language::ALL {
            let words = Words::new(language);
            for number in 1..=ARCS {
                let id = format!("F{number}");
                assert_ne!(cause(&words, &id), id, "{language}");
            }
            assert_eq!(cause(&words, "F36"), "F36");
            assert_ne!(cause(&words, "midstream"), "midstream");
            for name in STATES {
                assert!(state(&words, name).is_some_and(|text| text != name), "{name} {language}");
            }
            assert_eq!(state(&words, "DEAD"), None);
        }
    }
}
