//! Facts of one direction that only rules and explanations read; no state follows from them.
//!
//! Each is a module of its own; here they are held together and told of each segment, after the facts that states
//! follow from ([`stream`](super::stream), [`endpoint`](super::endpoint)) have taken it in. Nothing here judges.

use super::acceptance::Acceptance;
use super::attempt::Attempt;
use super::clock::{Clock, Sends};
use super::connection::Connection;
use super::excess;
use super::offer::Offers;
use super::sacked::Sacked;
use super::shown::Shown;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::wire::segment::Segment;

/// What is kept of one peer's segments beside its [`Stream`](super::stream::Stream).
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How often it sent its SYN and its SYN-ACK.
    pub attempt: Attempt,
    /// The frames that show the stream's numbers.
    pub shown: Shown,
    /// What its SYNs and SYN-ACKs offered.
    pub offers: Offers,
    /// Its timestamps.
    pub clock: Clock,
    /// What it acknowledged selectively.
    pub sacked: Sacked,
    /// The first of its segments that was larger than the other takes.
    pub excess: Option<FrameNo>,
    /// The first of its data segments that was marked for ECN.
    pub marked: Option<FrameNo>,
}

/// Takes in a segment, after the connection has: `before` are the streams' numbers before it.
pub(super) fn note(
    connection: &mut Connection,
    from: Peer,
    segment: &Segment<'_>,
    acceptance: Acceptance,
    before: PerPeer<super::shown::Numbers>,
) {
    connection.facts[from].attempt.note(segment, acceptance);
    for peer in Peer::BOTH {
        let after = super::shown::Numbers::of(&connection.streams[peer]);
        connection.facts[peer].shown.note(before[peer], after, segment.frame);
    }
    let counts = matches!(acceptance, Acceptance::Acceptable | Acceptance::Old | Acceptance::AckBeyondSent);
    if counts && !segment.flags.rst() {
        options(connection, from, segment, acceptance, before[from]);
    }
    if segment.flags.syn() && matches!(acceptance, Acceptance::Acceptable | Acceptance::UnmatchedSynAck) {
        connection.facts[from].offers.note(segment);
    }
}

/// What a segment that counts says by its options, its size and its ECN codepoint.
fn options(
    connection: &mut Connection,
    from: Peer,
    segment: &Segment<'_>,
    acceptance: Acceptance,
    before: super::shown::Numbers,
) {
    let to = connection.other(from);
    let sends = if before.nxt == connection.streams[from].nxt { Sends::Nothing } else { Sends::New };
    let other = connection.facts[to].clock;
    let nxt = connection.streams[to].nxt;
    if segment.payload_len > 0 && !segment.flags.syn() {
        if connection.facts[from].excess.is_none()
            && let Some(limit) = excess::limit(connection, to, segment)
            && excess::size(segment) > u32::from(limit.octets)
        {
            connection.facts[from].excess = Some(segment.frame);
        }
        if segment.ip.ecn != 0 {
            connection.facts[from].marked.get_or_insert(segment.frame);
        }
    }
    let facts = &mut connection.facts[from];
    facts.clock.note(segment, sends, &other);
    match segment.ack() {
        Some(ack) if acceptance != Acceptance::AckBeyondSent => facts.sacked.note(segment, ack, nxt),
        _ => {}
    }
}
