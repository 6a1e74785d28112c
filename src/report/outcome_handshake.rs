//! How a connection was opened: kind, verdict and frames of its handshake.

use super::view::HandshakeView;
use crate::peer::Peer;
use crate::rules::judge::{Outcome, Record};
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::endpoint::{Opening, Spoke};
use crate::tcp::offer::Feature;

/// The rules whose breach breaks a handshake.
const EQUATIONS: [&str; 5] = ["hs-synack-ack", "hs-ack-ack", "hs-ack-seq", "hs-syn-occupies-one", "hs-sim-open"];

/// The view of a connection's handshake.
#[must_use]
pub fn view(it: &Connection, record: &Record) -> HandshakeView {
    let kind = kind(it);
    let broken = matches!(record.outcome_of(&EQUATIONS), Some(Outcome::Broken(_)));
    let complete = match kind {
        // Each side is open on the other's SYN-ACK; no third segment is needed.
        "simultaneous" => record.outcome_of(&["hs-synack-ack", "hs-sim-open"]) == Some(Outcome::Holds),
        _ => record.outcome_of(&["hs-complete"]) == Some(Outcome::Holds),
    };
    let verdict = match kind {
        "not-captured" | "stray" => "not-applicable",
        _ if broken => "broken",
        "refused" => match record.outcome_of(&["hs-refused-form"]) {
            Some(Outcome::Holds) => "holds",
            Some(Outcome::Broken(_)) => "broken",
            _ => "undecided",
        },
        "reset" => "holds",
        "three-way" | "simultaneous" | "fast-open" if complete => "holds",
        _ => "undecided",
    };
    HandshakeView { kind, verdict, frames: it.handshake }
}

fn kind(it: &Connection) -> &'static str {
    let [a, b] = [&it.endpoints.a, &it.endpoints.b];
    let answered = it.handshake[1].is_some();
    let acknowledged = it.handshake[2].is_some() || a.is_proven_open() && answered;
    let both_sent = |peer: Peer| it.candidates.iter().any(|syn| syn.from == peer);
    if it.ends == Ends::One || both_sent(Peer::A) && both_sent(Peer::B) {
        return if answered || acknowledged { "simultaneous" } else { "incomplete" };
    }
    if !a.is_active() && !b.is_active() && !matches!(b.opening, Opening::Passive(_)) {
        return if is_stray(it) { "stray" } else { "not-captured" };
    }
    match (answered, acknowledged) {
        (true, true) => {
            let asked = it.offers(Peer::A).any(|syn| syn.terms.has(Feature::FastOpen));
            if asked && it.takes_data_of_syn() { "fast-open" } else { "three-way" }
        }
        (false, _) if it.reset.is_some_and(|(_, sender)| sender == Peer::B) && b.spoke == Spoke::Opening => "refused",
        _ if it.reset.is_some() && !acknowledged => "reset",
        (false, false) if b.spoke == Spoke::No => "unanswered",
        _ => "incomplete",
    }
}

/// Whether all that one side has to say to the other is a RST: the segments before it belong to no connection of it.
fn is_stray(it: &Connection) -> bool {
    let Some((_, resetter)) = it.reset else { return false };
    let other = it.other(resetter);
    resetter != other && it.endpoints[resetter].spoke == Spoke::Opening && it.endpoints[other].spoke == Spoke::Yes
}
