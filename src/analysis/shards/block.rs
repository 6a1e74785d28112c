//! What the front hands over to the lanes: a stretch of the capture, decoded.
//!
//! Of each segment the header's facts stand beside its options and payload, copied out of the packet, so that nothing is
//! decoded twice and nothing is lent.

use super::LANES;
use super::tick::Moment;
use crate::analysis::copies::CopyOf;
use crate::analysis::event::Asks;
use crate::flow::FlowKey;
use crate::packet::Losses;
use crate::seq::Seq;
use crate::timestamp::Timestamp;
use crate::wire::checksum::Checksum;
use crate::wire::datagram::IcmpError;
use crate::wire::options::Options;
use crate::wire::segment::{Segment, Wholeness};
use std::ops::Range;

/// Packets of a block at most.
pub const MOST_PACKETS: usize = 2_048;
/// Octets from which on a block is full.
pub const MOST_OCTETS: usize = 1 << 20;

/// A stretch of the capture.
#[derive(Debug)]
pub struct Block {
    octets: Vec<u8>,
    /// What is for TCP connections, in the order of the capture.
    pub items: Vec<Item>,
    /// Which of them are for which lane.
    pub lanes: [Vec<u32>; LANES],
    /// One for each packet, and for each passing of time without one.
    moments: Vec<Moment>,
    /// The turn of the first moment.
    first_turn: u64,
    /// What the source says it has lost.
    pub losses: Losses,
    /// Whether a checksum in it is wrong.
    pub sums: Sums,
    /// What is to be told in the end.
    pub asks: Asks,
}

/// Whether checksums and lengths tell anything of other connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sums {
    /// No checksum is wrong, and no segment was cut short on the wire.
    Sound,
    /// Some are: what they mean depends on other connections, and what they mean for those on their order, so one is looked at
    /// after the other.
    SomeWrong,
}

/// Something for a TCP connection.
#[derive(Debug)]
pub struct Item {
    /// The packet, counted from 1.
    pub turn: u64,
    /// Its lane.
    pub lane: u8,
    /// Its flow.
    pub key: FlowKey,
    /// What it is.
    pub what: What,
}

/// What there is for a TCP connection.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are segments")]
pub enum What {
    /// A segment.
    Segment(Kept),
    /// An ICMP error that quotes a segment of this number.
    Error(Box<IcmpError>, Seq),
}

/// A segment, and where its octets are.
#[derive(Debug)]
pub struct Kept {
    facts: Segment<'static>,
    options: Range<usize>,
    payload: Range<usize>,
    /// What it seems to be a copy of.
    pub copy: Option<CopyOf>,
}

impl Block {
    /// An empty one that begins with `turn`.
    #[must_use]
    pub fn new(first_turn: u64, losses: Losses) -> Self {
        Self {
            octets: Vec::new(),
            items: Vec::new(),
            lanes: std::array::from_fn(|_| Vec::new()),
            moments: Vec::new(),
            first_turn,
            losses,
            sums: Sums::Sound,
            asks: Asks::Everything,
        }
    }

    /// Empties it for use from `turn` on.
    pub fn reset(&mut self, first_turn: u64, losses: Losses) {
        self.octets.clear();
        self.items.clear();
        self.lanes.iter_mut().for_each(Vec::clear);
        self.moments.clear();
        self.first_turn = first_turn;
        self.losses = losses;
        self.sums = Sums::Sound;
    }

    /// Whether nothing has happened in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moments.is_empty()
    }

    /// Whether it holds as much as it should.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.moments.len() >= MOST_PACKETS || self.octets.len() >= MOST_OCTETS
    }

    /// The next turn begins; says which.
    pub fn begin(&mut self, moment: Moment) {
        self.moments.push(moment);
    }

    /// The turn that began last.
    #[must_use]
    pub fn last_turn(&self) -> u64 {
        (self.first_turn + self.moments.len() as u64).saturating_sub(1)
    }

    /// What is known at a turn of it.
    #[must_use]
    pub fn moment(&self, turn: u64) -> Moment {
        let place = turn.checked_sub(self.first_turn).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.moments.get(place)).copied().unwrap_or_default()
    }

    /// The first turn of it at which `is_due` holds, if it is not after `upto`. What holds once holds for all later stamps.
    #[must_use]
    pub fn first_at(&self, upto: u64, is_due: impl Fn(Timestamp) -> bool) -> Option<u64> {
        if !is_due(self.moment(upto).now) {
            return None;
        }
        let place = self.moments.partition_point(|moment| !is_due(moment.now));
        Some(self.first_turn + place as u64).filter(|turn| *turn <= upto)
    }

    /// Takes a segment over.
    pub fn segment(&mut self, lane: u8, key: FlowKey, segment: &Segment<'_>, copy: Option<CopyOf>) {
        if segment.checksum == Checksum::Wrong || segment.wholeness == Wholeness::ShortOnWire {
            self.sums = Sums::SomeWrong;
        }
        let options = self.keep(segment.options.octets);
        let payload = self.keep(segment.payload);
        self.push(lane, key, What::Segment(Kept { facts: segment.without_octets(), options, payload, copy }));
    }

    /// Takes an ICMP error over that quotes a segment.
    pub fn error(&mut self, lane: u8, key: FlowKey, error: IcmpError, seq: Seq) {
        self.push(lane, key, What::Error(Box::new(error), seq));
    }

    fn keep(&mut self, octets: &[u8]) -> Range<usize> {
        let start = self.octets.len();
        self.octets.extend_from_slice(octets);
        start..self.octets.len()
    }

    fn push(&mut self, lane: u8, key: FlowKey, what: What) {
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(Item { turn: self.last_turn(), lane, key, what });
        if let Some(mine) = self.lanes.get_mut(usize::from(lane)) {
            mine.push(place);
        }
    }

    /// A segment of it, whole again.
    #[must_use]
    pub fn whole<'b>(&'b self, kept: &'b Kept) -> Segment<'b> {
        let octets = |range: &Range<usize>| self.octets.get(range.clone()).unwrap_or_default();
        Segment { options: Options { octets: octets(&kept.options) }, payload: octets(&kept.payload), ..kept.facts }
    }
}
