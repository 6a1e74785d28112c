//! A SYN kept for later: its header without payload, small enough for millions, from which the segment can be had again.

use crate::four_tuple::{End, FourTuple, Pair};
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Timestamp;
use crate::wire::checksum::Checksum;
use crate::wire::options::Options;
use crate::wire::segment::{Direction, Flags, IpFacts, Segment, Wholeness};
use smallvec::SmallVec;

/// The longest that the options of a TCP header can be (RFC 9293, Section 3.1).
const MAX_OPTIONS: usize = 40;

/// A SYN's header.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Frame that carried it.
    pub frame: FrameNo,
    /// When that was captured.
    pub at: Timestamp,
    /// From its sender to its receiver.
    pub path: FourTuple,
    /// SEG.SEQ.
    pub seq: Seq,
    payload_len: u32,
    interface: u32,
    direction: Direction,
    raw_ack: u32,
    flags: Flags,
    window: u16,
    urgent: u16,
    ip: IpFacts,
    /// What its checksum says.
    pub checksum: Checksum,
    options_len: u8,
    options: [u8; MAX_OPTIONS],
}

impl Kept {
    /// Keeps `segment`.
    #[must_use]
    pub fn new(segment: &Segment<'_>) -> Self {
        let mut options = [0; MAX_OPTIONS];
        let len = segment.options.octets.len().min(MAX_OPTIONS);
        for (to, from) in options.iter_mut().zip(segment.options.octets) {
            *to = *from;
        }
        Self {
            frame: segment.frame,
            at: segment.at,
            path: segment.path,
            seq: segment.seq,
            payload_len: segment.payload_len,
            interface: segment.interface,
            direction: segment.direction,
            raw_ack: segment.raw_ack,
            flags: segment.flags,
            window: segment.window,
            urgent: segment.urgent,
            ip: segment.ip,
            checksum: segment.checksum,
            options_len: u8::try_from(len).unwrap_or(0),
            options,
        }
    }

    /// The segment again, without its payload.
    #[must_use]
    pub fn segment(&self) -> Segment<'_> {
        Segment {
            frame: self.frame,
            at: self.at,
            interface: self.interface,
            direction: self.direction,
            path: self.path,
            seq: self.seq,
            raw_ack: self.raw_ack,
            flags: self.flags,
            window: self.window,
            urgent: self.urgent,
            options: Options { octets: self.options.get(..usize::from(self.options_len)).unwrap_or_default() },
            payload: &[],
            print: None,
            payload_len: self.payload_len,
            checksum: Checksum::Unknown,
            checksum_field: 0,
            content: None,
            wholeness: Wholeness::Whole,
            ip: self.ip,
        }
    }

    /// Whether a SYN-ACK or RST that acknowledges `ack` answers it.
    #[must_use]
    pub fn is_answered_by(&self, ack: Seq) -> bool {
        ack.is_within(self.seq + 1, self.seq + 1 + self.payload_len)
    }
}

/// A kept SYN without what its flow says already, in as little room as it takes: there may be millions.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Frame that carried it.
    pub frame: FrameNo,
    /// When that was captured.
    pub at: Timestamp,
    seq: Seq,
    payload_len: u32,
    interface: u32,
    raw_ack: u32,
    flags: Flags,
    window: u16,
    urgent: u16,
    ip: IpFacts,
    checksum: Checksum,
    direction: Direction,
    start: End,
    options: SmallVec<[u8; 20]>,
}

impl Packed {
    /// Packs `kept`, of the flow between this pair.
    #[must_use]
    pub fn new(kept: &Kept, pair: &Pair) -> Self {
        Self {
            frame: kept.frame,
            at: kept.at,
            seq: kept.seq,
            payload_len: kept.payload_len,
            interface: kept.interface,
            raw_ack: kept.raw_ack,
            flags: kept.flags,
            window: kept.window,
            urgent: kept.urgent,
            ip: kept.ip,
            checksum: kept.checksum,
            direction: kept.direction,
            start: pair.start(&kept.path),
            options: kept.segment().options.octets.into(),
        }
    }

    /// What was packed.
    #[must_use]
    pub fn unpack(&self, pair: &Pair) -> Kept {
        let mut options = [0; MAX_OPTIONS];
        for (to, from) in options.iter_mut().zip(&self.options) {
            *to = *from;
        }
        Kept {
            frame: self.frame,
            at: self.at,
            path: pair.path_from(self.start),
            seq: self.seq,
            payload_len: self.payload_len,
            interface: self.interface,
            direction: self.direction,
            raw_ack: self.raw_ack,
            flags: self.flags,
            window: self.window,
            urgent: self.urgent,
            ip: self.ip,
            checksum: self.checksum,
            options_len: u8::try_from(self.options.len()).unwrap_or(0),
            options,
        }
    }
}
