//! What a host leaves to its network card, as a capture on that host shows it: super-segments and unfinished checksums.
//!
//! Cards cut what the host gives them into segments (TSO) and put together what came from the wire (LRO, GRO), so a
//! segment may hold more octets than its receiver's MSS allows; and they fill checksums in, so one may hold the sum of the
//! pseudo-header alone. Both are tagged and counted and never called bad. They say where the tap stands ([`super::vantage`]).

use crate::peer::{Peer, PerPeer};
use crate::wire::checksum::Checksum;
use crate::wire::segment::{LengthField, Segment};

/// What is unfinished about a segment.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tags(u8);

impl Tags {
    /// It holds more octets than one segment can.
    pub const SUPER: Self = Self(1);
    /// Its checksum is that of the pseudo-header alone.
    pub const PARTIAL: Self = Self(2);

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Segments that one peer sent, by tag.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Super-segments.
    pub supers: u32,
    /// Partial checksums.
    pub partials: u32,
    /// Octets of payload of the largest segment.
    pub largest: u32,
}

/// What both peers of a connection left to cards.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Offload {
    mss: PerPeer<Option<u16>>,
    /// By sender.
    pub sent: PerPeer<Counts>,
}

impl Offload {
    /// Tags one segment from `from` to `to` and counts it.
    pub fn tag(&mut self, from: Peer, to: Peer, segment: &Segment<'_>) -> Tags {
        if segment.flags.syn() {
            self.mss[from] = segment.options.mss();
        }
        let mut tags = Tags::default();
        let counts = &mut self.sent[from];
        let beyond = self.mss[to].is_some_and(|mss| segment.payload_len > u32::from(mss));
        if (beyond && !segment.flags.syn()) || segment.ip.length_left_to_card == LengthField::Zero {
            tags = tags.with(Tags::SUPER);
            counts.supers = counts.supers.saturating_add(1);
        }
        if segment.checksum == Checksum::Partial {
            tags = tags.with(Tags::PARTIAL);
            counts.partials = counts.partials.saturating_add(1);
        }
        counts.largest = counts.largest.max(segment.payload_len);
        tags
    }
}
