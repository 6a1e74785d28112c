//! How long TIME-WAIT lasts, who holds it, and why.
//!
//! 2 MSL: RFC 9293 §3.4.2 takes an MSL of two minutes; Linux waits a fixed 60 s (`TCP_TIMEWAIT_LEN`).

use super::Case;
use crate::peer::Peer;
use crate::report::clock::seconds;
use crate::report::layout::Page;
use crate::report::style::Ink;

/// 2 MSL by RFC 9293, in nanoseconds.
const RFC: i64 = 240_000_000_000;

/// What Linux waits, in nanoseconds.
const LINUX: i64 = 60_000_000_000;

/// The heading's id, and the text.
pub(super) fn how_long(case: &Case<'_, '_>) -> Option<(&'static str, String)> {
    let words = case.style.words;
    let mut page = Page::new(case.style);
    let holders: Vec<(Peer, u64)> =
        Peer::BOTH.into_iter().filter_map(|peer| Some((peer, entered(case, peer)?))).collect();
    if holders.is_empty() {
        if case.view.close.kind != "reset" || case.view.handshake.kind == "refused" {
            return None;
        }
        page.paragraph(Ink::Plain, &words.say("time-wait-nobody"));
        return Some(("book-no-time-wait", page.finish()));
    }
    for (peer, frame) in &holders {
        let mut values = vec![("peer", peer.to_string().into()), ("frame", (*frame).into())];
        let since = case.step(Some(*frame)).map(|step| step.since_start_ns);
        let Some(since) = since else {
            page.paragraph(Ink::Plain, &words.say_with("time-wait-holds", &values));
            continue;
        };
        values.extend([
            ("since", seconds(since).into()),
            ("rfc", seconds(since.saturating_add(RFC)).into()),
            ("linux", seconds(since.saturating_add(LINUX)).into()),
        ]);
        page.paragraph(Ink::Plain, &words.say_with("time-wait-holds-until", &values));
    }
    let [(holder, _), ..] = holders.as_slice() else { return None };
    let other = holder.other().to_string();
    page.item(Ink::Plain, &words.say("time-wait-msl"));
    page.item(Ink::Plain, &words.say_with("time-wait-last-ack", &[("other", other.as_str().into())]));
    page.item(Ink::Plain, &words.say("time-wait-old-segments"));
    if holders.len() == 1 {
        page.item(Ink::Plain, &words.say_with("time-wait-other", &[("other", other.as_str().into())]));
    }
    Some(("book-time-wait", page.finish()))
}

/// The frame with which `peer` entered TIME-WAIT, if it is believed to be there.
fn entered(case: &Case<'_, '_>, peer: Peer) -> Option<u64> {
    let mut own = case.view.transitions.iter().filter(|row| row.peer == peer.id() && row.retracted.is_none());
    let last = own.next_back()?;
    (last.to == "TIME-WAIT").then_some(last.frame)
}
