//! The state machine in words: why an endpoint moves, by the arc's F-number, and what each state means.
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
    fn every_arc_and_state_has_words_in_every_language() {
        for language in Language::ALL {
            let words = Words::new(language);
            for number in 1..=ARCS {
                let id = format!("F{number}");
                assert_ne!(cause(&words, &id), id, "{language}");
            }
            assert_eq!(cause(&words, "F36"), "F36");
            for name in STATES {
                assert!(state(&words, name).is_some_and(|text| text != name), "{name} {language}");
            }
            assert_eq!(state(&words, "DEAD"), None);
        }
    }
}
