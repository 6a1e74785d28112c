//! What is kept of a plain segment: all that it takes to judge it later. Only [`brief`](super) uses this.

use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::tcp::sent::fingerprint;
use crate::timestamp::Timestamp;
use crate::wire::checksum::Checksum;
use crate::wire::options::Options;
use crate::wire::segment::{Direction, Flags, Fragmenting, IpFacts, Segment, Wholeness};
use smallvec::SmallVec;

/// Segments behind SYN and SYN-ACK that are kept; a connection that goes on longer is judged. A short request and its
/// answer take eight, with the close.
pub const MOST_LINES: usize = 24;

/// A SYN or SYN-ACK without payload, and what all segments of its sender share with it.
#[derive(Clone, Debug)]
pub(super) struct Syn {
    pub(super) frame: FrameNo,
    pub(super) at: Timestamp,
    pub(super) seq: Seq,
    raw_ack: u32,
    pub(super) interface: u32,
    pub(super) ip: IpFacts,
    flags: Flags,
    window: u16,
    pub(super) direction: Direction,
    pub(super) checksum: Checksum,
    options: SmallVec<[u8; 20]>,
}

impl Syn {
    pub(super) fn of(segment: &Segment<'_>) -> Self {
        Self {
            frame: segment.frame,
            at: segment.at,
            seq: segment.seq,
            raw_ack: segment.raw_ack,
            interface: segment.interface,
            ip: segment.ip,
            flags: segment.flags,
            window: segment.window,
            direction: segment.direction,
            checksum: segment.checksum,
            options: segment.options.octets.into(),
        }
    }

    /// The segment again.
    pub(super) fn segment(&self, path: FourTuple) -> Segment<'_> {
        Segment {
            frame: self.frame,
            at: self.at,
            interface: self.interface,
            direction: self.direction,
            path,
            seq: self.seq,
            raw_ack: self.raw_ack,
            flags: self.flags,
            window: self.window,
            urgent: 0,
            options: Options { octets: &self.options },
            payload: &[],
            print: None,
            payload_len: 0,
            checksum: self.checksum,
            checksum_field: 0,
            content: None,
            wholeness: Wholeness::Whole,
            ip: self.ip,
        }
    }
}

/// A segment after the SYNs. Its sequence number follows from those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) frame: FrameNo,
    at: Timestamp,
    /// Of its payload, if it has any.
    print: u64,
    ack: u32,
    stamps: Option<(u32, u32)>,
    pub(super) ip_id: Option<u16>,
    window: u16,
    payload_len: u16,
    flags: u8,
    from: Peer,
    checksum: Checksum,
    fragmenting: Fragmenting,
}

impl Line {
    /// What is kept of `segment`, if that fits.
    pub(super) fn of(from: Peer, segment: &Segment<'_>) -> Option<Self> {
        Some(Self {
            frame: segment.frame,
            at: segment.at,
            print: if segment.payload.is_empty() { 0 } else { fingerprint(segment.payload) },
            ack: segment.raw_ack,
            stamps: segment.options.timestamps(),
            ip_id: segment.ip.id,
            window: segment.window,
            payload_len: u16::try_from(segment.payload_len).ok()?,
            flags: u8::try_from(segment.flags.0).ok()?,
            from,
            checksum: segment.checksum,
            fragmenting: segment.ip.fragmenting,
        })
    }

    pub(super) const fn from(&self) -> Peer {
        self.from
    }

    /// Whether it is a segment of `peer` with a right checksum.
    pub(super) fn is_right_of(&self, peer: Peer) -> bool {
        self.from == peer && self.checksum == Checksum::Right
    }

    /// The segment again, at `seq` of its sender, whose SYN this is.
    pub(super) fn segment<'l>(&self, seq: Seq, path: FourTuple, syn: &Syn, options: &'l mut [u8; 12]) -> Segment<'l> {
        let octets: &[u8] = match self.stamps {
            Some((value, echo)) => {
                let [[a, b, c, d], [e, f, g, h]] = [value, echo].map(u32::to_be_bytes);
                *options = [1, 1, 8, 10, a, b, c, d, e, f, g, h];
                options
            }
            None => &[],
        };
        Segment {
            frame: self.frame,
            at: self.at,
            interface: syn.interface,
            direction: syn.direction,
            path,
            seq,
            raw_ack: self.ack,
            flags: Flags(self.flags.into()),
            window: self.window,
            urgent: 0,
            options: Options { octets },
            payload: &[],
            print: (self.payload_len > 0).then_some(self.print),
            payload_len: self.payload_len.into(),
            checksum: self.checksum,
            checksum_field: 0,
            content: None,
            wholeness: Wholeness::Whole,
            ip: IpFacts { id: self.ip_id, fragmenting: self.fragmenting, ..syn.ip },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_plain_segment_takes_little_room() {
        assert!(size_of::<Line>() <= 56, "{} octets", size_of::<Line>());
    }
}
