//! How a connection was closed: kind, segments, who first, verdict and frames of its close.

use super::view::CloseView;
use crate::peer::Peer;
use crate::rules::judge::{Outcome, Record};
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::stream::Fin;

/// The rules whose breach breaks a close.
const EQUATIONS: [&str; 5] = ["fin-position", "fin-ack-exact", "fin-last", "fin-stable", "fin-passive-order"];

/// The view of a connection's close.
#[must_use]
pub fn view(it: &Connection, record: &Record) -> CloseView {
    let broken = matches!(record.outcome_of(&EQUATIONS), Some(Outcome::Broken(_)));
    let verdict = |holds: bool| match (broken, holds) {
        (true, _) => "broken",
        (false, true) => "holds",
        (false, false) => "undecided",
    };
    let (a, b) = (it.streams.a.fin, it.streams.b.fin);
    let acked = |fin: &Fin| fin.acked_by.is_some();
    let both_acked = match it.ends {
        Ends::One => a.as_ref().is_some_and(acked),
        Ends::Two => a.as_ref().is_some_and(acked) && b.as_ref().is_some_and(acked),
    };
    if let (Some((at, sender)), false) = (it.reset, both_acked) {
        // A RST that refuses a SYN ends an attempt, not a connection.
        if it.handshake[1].is_none() && it.endpoints[it.other(sender)].is_syn_sent() {
            return none();
        }
        let frames = [Some(at.frame), None, None, None];
        let decided = !matches!(record.outcome_of(&["rst-exact"]), Some(Outcome::Undecided));
        return CloseView {
            kind: "reset",
            segments: None,
            first: Some(sender.id()),
            verdict: verdict(decided),
            frames,
        };
    }
    match (a, b) {
        (Some(a), Some(b)) => two(&a, &b, verdict(both_acked)),
        (Some(fin), None) if it.ends == Ends::One => {
            let frames = [Some(fin.frame), fin.acked_by.map(|(frame, _)| frame), None, None];
            CloseView { kind: "simultaneous", segments: None, first: Some("a"), verdict: verdict(both_acked), frames }
        }
        (Some(fin), None) => half(Peer::A, &fin, verdict(false)),
        (None, Some(fin)) => half(Peer::B, &fin, verdict(false)),
        (None, None) => none(),
    }
}

const fn none() -> CloseView {
    CloseView { kind: "none", segments: None, first: None, verdict: "not-applicable", frames: [None; 4] }
}

fn half(peer: Peer, fin: &Fin, verdict: &'static str) -> CloseView {
    let frames = [Some(fin.frame), fin.acked_by.map(|(frame, _)| frame), None, None];
    CloseView { kind: "half", segments: None, first: Some(peer.id()), verdict, frames }
}

fn two(a: &Fin, b: &Fin, verdict: &'static str) -> CloseView {
    let answers = |own: &Fin, other: &Fin| own.first_ack.is_some_and(|ack| other.end().is_at_or_before(ack));
    let by = |fin: &Fin| fin.acked_by.map(|(frame, _)| frame);
    let (first, kind) = match (answers(a, b), answers(b, a)) {
        (true, _) => (Peer::B, "normal"),
        (false, true) => (Peer::A, "normal"),
        (false, false) => {
            let first = if a.frame <= b.frame { Peer::A } else { Peer::B };
            // A FIN that was acknowledged before the other side closed did not cross it, whatever the other's FIN says.
            let earlier = if first == Peer::A { (a, b) } else { (b, a) };
            let crossed = by(earlier.0).is_none_or(|acked| acked > earlier.1.frame);
            (first, if crossed { "simultaneous" } else { "normal" })
        }
    };
    let (one, other) = if first == Peer::A { (a, b) } else { (b, a) };
    let frames = [Some(one.frame), by(one), Some(other.frame), by(other)];
    if kind == "simultaneous" {
        return CloseView { kind, segments: None, first: Some("both"), verdict, frames };
    }
    let segments = by(one).and_then(|acked| match acked.cmp(&other.frame) {
        std::cmp::Ordering::Less => Some(4),
        std::cmp::Ordering::Equal => Some(3),
        std::cmp::Ordering::Greater => None,
    });
    CloseView { kind, segments, first: Some(first.id()), verdict, frames }
}
