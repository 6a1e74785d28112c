//! Why the close took three or four segments: the times between the first FIN, its acknowledgment and the second FIN.
//!
//! The times are those of the capture point; what of them is the way is told where it counts. Linux waits at least 40 ms before an acknowledgment goes out alone
//! (its delayed-ACK timer, up to 200 ms), at once if it is in quick-ACK mode.

use super::Case;
use super::close::{closer, shape};
use crate::report::clock::duration;
use crate::report::layout::Page;
use crate::report::style::Ink;
use crate::report::view::ClosingView;

pub(super) fn why(case: &Case<'_, '_>) -> Option<String> {
    let shape = shape(case);
    let first = closer(case)?;
    let [fin, _, other_fin, _] = case.view.close.frames.map(|frame| case.step(frame));
    let (fin, other_fin) = (fin?, other_fin?);
    let closing = case.view.explanation.closing;
    let words = case.style.words;
    let values = |wait: i64, more: i64| {
        vec![
            ("first", first.to_string().into()),
            ("second", first.other().to_string().into()),
            ("wait", duration(words, wait).into()),
            ("more", duration(words, more).into()),
            ("way", duration(words, closing.and_then(|closing| closing.way_ns).unwrap_or_default()).into()),
        ]
    };
    let mut page = Page::new(case.style);
    match shape {
        "four" => {
            let closing = closing?;
            let (wait, more) = (closing.ack_after_ns?, closing.fin_after_ns?);
            page.paragraph(Ink::Plain, &words.say_with("why-four", &values(wait, more)));
            page.item(Ink::Plain, &words.say_with(&format!("why-{}", closing.likely?), &values(wait, more)));
            if is_far(closing) {
                page.item(Ink::Plain, &words.say_with("why-way", &values(wait, more)));
            }
            page.item(Ink::Plain, &words.say_with("why-fin-later", &values(wait, more)));
        }
        "three" => {
            let closing = closing?;
            let wait = closing.ack_after_ns?;
            page.paragraph(Ink::Plain, &words.say_with("why-three", &values(wait, 0)));
            if is_far(closing) {
                page.item(Ink::Plain, &words.say_with("why-way", &values(wait, 0)));
            }
            page.item(Ink::Plain, &words.say_with(&format!("why-{}", closing.likely?), &values(wait, 0)));
            page.item(Ink::Plain, &words.say_with("why-three-legal", &values(wait, 0)));
        }
        "simultaneous" => {
            let apart = other_fin.since_start_ns.saturating_sub(fin.since_start_ns).saturating_abs();
            page.paragraph(Ink::Plain, &words.say_with("why-simultaneous", &values(apart, 0)));
        }
        _ => return None,
    }
    Some(page.finish())
}

/// From here on, in nanoseconds, the way there and back is told.
const FAR: i64 = 5_000_000;

/// Whether the way is worth telling; where no other answer was quicker it is not known.
fn is_far(closing: ClosingView) -> bool {
    closing.way_ns.zip(closing.ack_after_ns).is_some_and(|(way, wait)| way >= FAR && way < wait)
}
