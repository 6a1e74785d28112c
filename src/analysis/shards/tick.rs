//! Moments of a capture, in the order in which they would follow each other if one packet were taken in after the other.

use crate::timestamp::Timestamp;

/// What happens with a packet, in this order; see [`Tick::sub`] for what comes first within each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// What has waited long enough for its cause goes on; by the rank of the tick at which it began to wait.
    Release,
    /// The 2 MSL of records of closed connections are over; in the order of their queue.
    ExpireRecord,
    /// Those of closed connections are; by the rank of the tick at which they ended.
    Expire,
    /// UDP conversations are final; in the order of their queue.
    Conversations,
    /// The packet itself is taken in.
    Packet,
}

/// Of a rank, the bits below the turn.
const TURN_BITS: u32 = 24;
const LAST_OF_TURN: u64 = (1 << TURN_BITS) - 1;

/// A moment. No two things that happen to different connections have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tick {
    /// The packet, counted from 1, or the passing of time without one.
    pub turn: u64,
    /// What happens.
    pub phase: Phase,
    /// Of what happens in one phase, what comes first.
    pub sub: u64,
}

impl Tick {
    /// The end of the capture: what is left goes on.
    pub const END: u64 = u64::MAX;

    /// What puts things in order that happened at ticks at which connections end or segments begin to wait: in one number of
    /// which the upper part is the turn. Of what went on at one turn, first is what had waited longest.
    #[must_use]
    pub fn rank(self) -> u64 {
        let within = match self.phase {
            Phase::Release => (LAST_OF_TURN - 1).saturating_sub(self.turn.saturating_sub(self.sub >> TURN_BITS)),
            _ => LAST_OF_TURN,
        };
        self.turn << TURN_BITS | within
    }

    /// The packet of this turn.
    #[must_use]
    pub const fn packet(turn: u64) -> Self {
        Self { turn, phase: Phase::Packet, sub: 0 }
    }
}

/// What is known at a turn.
#[derive(Clone, Copy, Default, Debug)]
pub struct Moment {
    /// The latest stamp.
    pub now: Timestamp,
    /// Packets so far whose stamp lies well before an earlier one's.
    pub stepped: u64,
    /// Packets so far without a stamp of their own.
    pub unstamped: u64,
}
