//! Why the close took three or four segments: the times between the first FIN, its acknowledgment and the second FIN.
//!
//! The times are those of the capture point. Linux waits at least 40 ms before an acknowledgment goes out alone
//! (its delayed-ACK timer, up to 200 ms), at once if it is in quick-ACK mode.

use super::Case;
use super::close::{closer, shape};
use crate::report::clock::duration;
use crate::report::explanation::{AckWait, MergedWait};
use crate::report::layout::Page;
use crate::report::style::Ink;

pub(super) fn why(case: &Case<'_, '_>) -> Option<String> {
    let shape = shape(case);
    let first = closer(case)?;
    let [fin, fin_ack, other_fin, _] = case.view.close.frames.map(|frame| case.step(frame));
    let (fin, other_fin) = (fin?, other_fin?);
    let words = case.style.words;
    let values = |wait: i64, more: i64| {
        vec![
            ("first", first.to_string().into()),
            ("second", first.other().to_string().into()),
            ("wait", duration(words, wait).into()),
            ("more", duration(words, more).into()),
        ]
    };
    let mut page = Page::new(case.style);
    match shape {
        "four" => {
            let fin_ack = fin_ack?;
            let wait = fin_ack.since_start_ns.saturating_sub(fin.since_start_ns);
            let more = other_fin.since_start_ns.saturating_sub(fin_ack.since_start_ns);
            let id = format!("why-{}", AckWait::of(wait, fin_ack.len).id());
            page.paragraph(Ink::Plain, &words.say_with("why-four", &values(wait, more)));
            page.item(Ink::Plain, &words.say_with(&id, &values(wait, more)));
            page.item(Ink::Plain, &words.say_with("why-fin-later", &values(wait, more)));
        }
        "three" => {
            let wait = other_fin.since_start_ns.saturating_sub(fin.since_start_ns);
            let id = match MergedWait::of(wait) {
                MergedWait::Fast => "why-three-fast",
                MergedWait::Slow => "why-three-slow",
            };
            page.paragraph(Ink::Plain, &words.say_with("why-three", &values(wait, 0)));
            page.item(Ink::Plain, &words.say_with(id, &values(wait, 0)));
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
