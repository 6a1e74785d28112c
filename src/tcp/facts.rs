//! Facts of one direction that only rules and explanations read; no state follows from them.
//!
//! Each is a module of its own; here they are held together and told of each segment, after the facts that states
//! follow from ([`stream`](super::stream), [`endpoint`](super::endpoint)) have taken it in. Nothing here judges.

use super::acceptance::Acceptance;
use super::attempt::Attempt;
use super::connection::Connection;
use super::kind::Kind;
use super::offer::Offers;
use super::sent::Sent;
use super::shown::Shown;
use super::window::Window;
use crate::peer::{Peer, PerPeer};
use crate::timestamp::Timestamp;
use crate::wire::segment::Segment;
use smallvec::SmallVec;

/// What is kept of one peer's segments beside its [`Stream`](super::stream::Stream).
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How often it sent its SYN and its SYN-ACK.
    pub attempt: Attempt,
    /// The frames that show the stream's numbers.
    pub shown: Shown,
    /// What its SYNs and SYN-ACKs offered.
    pub offers: Offers,
    /// The window that it offers.
    pub window: Window,
    /// What it has sent and the other not yet acknowledged; nothing as long as it has sent no octets.
    pub sent: Option<Box<Sent>>,
    /// When its last segment was captured.
    pub last_sent: Option<Timestamp>,
    /// How many segments of it were of each kind; plain ones are not counted.
    pub kinds: SmallVec<[(Kind, u32); 2]>,
}

impl Facts {
    fn count(&mut self, kind: Kind) {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.kinds.push((kind, 1)),
        }
    }
}

/// Takes in a segment, after the connection has: `before` are the streams' numbers before it.
pub(super) fn note(
    connection: &mut Connection,
    from: Peer,
    segment: &Segment<'_>,
    (acceptance, kind): (Acceptance, Kind),
    before: PerPeer<super::shown::Numbers>,
) {
    connection.facts[from].attempt.note(segment, acceptance);
    for peer in Peer::BOTH {
        let after = super::shown::Numbers::of(&connection.streams[peer]);
        connection.facts[peer].shown.note(before[peer], after, segment.frame);
    }
    if segment.flags.syn() && matches!(acceptance, Acceptance::Acceptable | Acceptance::UnmatchedSynAck) {
        connection.facts[from].offers.note(segment);
    }
    note_flow(connection, from, segment, acceptance, kind);
}

/// What is sent, acknowledged and granted.
fn note_flow(connection: &mut Connection, from: Peer, segment: &Segment<'_>, acceptance: Acceptance, kind: Kind) {
    let (to, shift, nxt) = (connection.other(from), connection.shift(from), connection.streams[from].nxt);
    let facts = &mut connection.facts[from];
    facts.last_sent = Some(segment.at);
    facts.window.note(segment, shift, acceptance);
    if kind != Kind::Plain {
        facts.count(kind);
    }
    let shut = facts.window.is_shut();
    let ordinary = !segment.flags.syn() && !segment.flags.rst();
    let counts = matches!(acceptance, Acceptance::Acceptable | Acceptance::Old | Acceptance::AckBeyondSent);
    if ordinary && counts && (facts.sent.is_some() || segment.seq_len() > 0 || kind != Kind::Plain) {
        let sent = facts.sent.get_or_insert_default();
        sent.sends(segment, kind, nxt.unwrap_or(segment.seq_end()));
    }
    if let (Some(ack), Some(sent)) = (segment.ack(), &mut connection.facts[to].sent)
        && ordinary
        && acceptance == Acceptance::Acceptable
    {
        sent.hears(segment, kind, ack);
        if !shut {
            sent.opened();
        }
    }
}
