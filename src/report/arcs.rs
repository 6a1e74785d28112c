//! The arcs of the state machine in words: why an endpoint moves, by the arc's F-number.
//!
//! F1 to F12 are seen when a segment is sent, F13 to F35 happen when one arrives. The words are in the catalogues.

use super::words::Words;

/// The number of arcs: they are `F1` to `F35`.
pub const ARCS: u8 = 35;

/// What makes an endpoint take the arc `id` (`F14`); the id itself if there is no such arc.
#[must_use]
pub fn cause(words: &Words, id: &str) -> String {
    words.named("arc", id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::Language;

    #[test]
    fn every_arc_has_words_in_every_language() {
        for language in Language::ALL {
            let words = Words::new(language);
            for number in 1..=ARCS {
                let id = format!("F{number}");
                assert_ne!(cause(&words, &id), id, "{language}");
            }
            assert_eq!(cause(&words, "F36"), "F36");
        }
    }
}
