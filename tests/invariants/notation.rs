//! The trace notation: what can be read can be printed and read again, made into packets, and turned there and back.

use super::account::{self, Frame};
use synfin::packet::Losses;
use synfin::peer::PerPeer;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{Step, parse, print, turn};

/// Any text.
///
/// # Panics
///
/// If a trace is not the same after printing, or turning there and back.
pub fn check(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let steps = match parse(&text) {
        Ok(steps) => steps,
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.line >= 1, "{error:?}");
            return;
        }
    };
    let unnumbered = |steps: &[Step]| steps.iter().map(|step| Step { line: 0, ..step.clone() }).collect::<Vec<_>>();
    let printed = print(&steps);
    let again = parse(&printed).unwrap_or_else(|error| panic!("{error}, printed:\n{printed}"));
    assert_eq!(unnumbered(&again), unnumbered(&steps), "printed:\n{printed}");
    assert_eq!(print(&again), printed, "printed twice");
    // The zero of a refusal is no place in a space: turned onto it, another number is taken for one.
    let has_refusal = steps.iter().any(|step| step.flags.rst() && step.flags.ack());
    if let Some(step) = steps.first().filter(|_| !has_refusal) {
        let (by, back) = (step.seq.get().wrapping_neg(), step.seq.get());
        let there = turn(&steps, PerPeer { a: by, b: back });
        assert_eq!(turn(&there, PerPeer { a: back, b: by }), steps, "turned there and back");
    }
    for carrier in Carrier::ALL {
        let Ok(capture) = captured(&steps, carrier) else { continue };
        assert_eq!(capture.frames.len(), steps.len(), "a frame for each line");
        let frames: Vec<_> =
            capture.frames.into_iter().map(|(at, bytes)| Frame::whole(at, capture.link, bytes)).collect();
        account::check(&frames, Losses::default());
    }
}
