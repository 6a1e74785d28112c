//! Facts of one direction that only rules and explanations read; no state follows from them.
//!
//! Each is a module of its own; here they are held together and told of each segment, after the facts that states
//! follow from ([`stream`](super::stream), [`endpoint`](super::endpoint)) have taken it in. Nothing here judges.

use super::acceptance::Acceptance;
use super::attempt::Attempt;
use super::connection::Connection;
use super::offer::Offers;
use super::shown::Shown;
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
    if segment.flags.syn() && matches!(acceptance, Acceptance::Acceptable | Acceptance::UnmatchedSynAck) {
        connection.facts[from].offers.note(segment);
    }
}
