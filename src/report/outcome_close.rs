//! How a connection was closed: kind, segments, who first, verdict and frames of its close.

use super::view::CloseView;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::rules::judge::{Outcome, Record};
use crate::tcp::closes::{Crossing, Fins};
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
        if refuses(it, sender) {
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
    let Some(fins) = it.fins() else { return none() };
    let (verdict, undecided) = (verdict(both_acked), verdict(false));
    match (fins.second, it.ends) {
        (Some(second), _) => two(&fins, &second, verdict),
        (None, Ends::One) => {
            let frames = [Some(fins.first.frame), by(&fins.first), None, None];
            CloseView { kind: "simultaneous", segments: None, first: Some("a"), verdict, frames }
        }
        (None, Ends::Two) => {
            let frames = [Some(fins.first.frame), by(&fins.first), None, None];
            CloseView { kind: "half", segments: None, first: Some(fins.peer.id()), verdict: undecided, frames }
        }
    }
}

/// Whether the capture holds something of its close: a FIN, or a RST that ended it.
#[must_use]
pub fn is_captured(it: &Connection) -> bool {
    it.fins().is_some() || it.reset.is_some_and(|(_, sender)| !refuses(it, sender))
}

/// A RST that refuses a SYN ends an attempt, not a connection.
fn refuses(it: &Connection, sender: Peer) -> bool {
    it.handshake[1].is_none() && it.endpoints[it.other(sender)].is_syn_sent()
}

fn by(fin: &Fin) -> Option<FrameNo> {
    fin.acked_by.map(|(frame, _)| frame)
}

const fn none() -> CloseView {
    CloseView { kind: "none", segments: None, first: None, verdict: "not-applicable", frames: [None; 4] }
}

fn two(fins: &Fins, second: &Fin, verdict: &'static str) -> CloseView {
    let Fins { peer, first, crossing, .. } = fins;
    let frames = [Some(first.frame), by(first), Some(second.frame), by(second)];
    if *crossing == Crossing::Crossed {
        return CloseView { kind: "simultaneous", segments: None, first: Some("both"), verdict, frames };
    }
    let segments = by(first).and_then(|acked| match acked.cmp(&second.frame) {
        std::cmp::Ordering::Less => Some(4),
        std::cmp::Ordering::Equal => Some(3),
        std::cmp::Ordering::Greater => None,
    });
    CloseView { kind: "normal", segments, first: Some(peer.id()), verdict, frames }
}
