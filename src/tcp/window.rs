//! The window that one peer offers: the latest in the order sent, the largest, since when it is shut.
//!
//! Windows are in octets, scaled. What the sender may use is `Stream::right_edge`; here is what rules ask beside it.
//! Nothing here judges.

use super::acceptance::Acceptance;
use super::endpoint::At;
use super::stamp::Stamp;
use super::stream::MAX_SHIFT;
use crate::seq::Seq;
use crate::wire::segment::Segment;

/// One offer of a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offered {
    /// SEG.ACK of the segment that carried it.
    pub ack: Seq,
    /// SEG.SEQ of it.
    pub seq: Seq,
    /// The field as it stood there.
    pub field: u16,
    /// The window in octets; the most that it can be where the shift is not known.
    pub octets: u32,
    /// Marks of the segment.
    pub stamp: Stamp,
    /// Where.
    pub at: At,
}

impl Offered {
    /// The first octet beyond it.
    #[must_use]
    pub fn edge(&self) -> Seq {
        self.ack + self.octets
    }
}

/// What one peer offers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// The latest, by order of sending where that shows, else by order of capture.
    pub latest: Option<Offered>,
    /// The largest of all: MAX.SND.WND of the other (RFC 5961, Section 5.2).
    pub largest: u32,
    /// The one that reaches furthest, among segments after the SYN.
    pub furthest: Option<Offered>,
    /// The first of the offers of nothing, if the latest is one.
    pub shut_since: Option<At>,
}

impl Window {
    /// Whether the latest is zero.
    #[must_use]
    pub const fn is_shut(&self) -> bool {
        self.shut_since.is_some()
    }

    /// Takes in a segment of this peer; `shift` scales its windows after the SYN, if it is known.
    pub(super) fn note(&mut self, segment: &Segment<'_>, shift: Option<u8>, acceptance: Acceptance) {
        let counts = acceptance.counts_octets();
        if !counts || segment.flags.rst() {
            return;
        }
        let syn = segment.flags.syn();
        let octets = u32::from(segment.window) << if syn { 0 } else { shift.unwrap_or(MAX_SHIFT) };
        self.largest = self.largest.max(octets);
        let Some(ack) = segment.ack().filter(|_| !acceptance.may_be_refused()) else { return };
        let stamp = Stamp::of(segment);
        let at = super::evidence::place(segment);
        let offered = Offered { ack, seq: segment.seq, field: segment.window, octets, stamp, at };
        if !syn && self.furthest.is_none_or(|known| known.edge().is_before(offered.edge())) {
            self.furthest = Some(offered);
        }
        let stale = |known: Offered| ack.is_before(known.ack) || stamp.is_evidently_before(known.stamp);
        if self.latest.is_some_and(stale) {
            return;
        }
        self.latest = Some(offered);
        match octets {
            0 => _ = self.shut_since.get_or_insert(at),
            _ => self.shut_since = None,
        }
    }
}
