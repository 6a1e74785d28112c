//! The pcap format: one header, then records, all of one link type.
//!
//! Both byte orders, micro- and nanoseconds, the longer records of old Linux patches and of Nokia, the swapped lengths
//! of versions before 2.4. Format: draft-ietf-opsawg-pcap and, for the variants, what libpcap's savefile manual says.
//! Lengths that real files have and that contradict each other (captured more than the snap length, or than was on the
//! wire; a million microseconds and more) are taken as they are. A frame check sequence, whose length the upper half of
//! the link type may give, stays on its frame: IP says itself where it ends, and a frame that lacks one would lose more.

mod dialect;

use super::octets::{ByteOrder, Octets};
use super::{Arrival, Fault, Format, Record};
use crate::packet::{LinkType, Losses, Stamping};
use crate::timestamp::Timestamp;

/// Octets of the file header.
const FILE_HEADER: usize = 24;

/// What the first four octets say: byte order, nanoseconds per unit of the fraction, octets of a record header, the
/// usual number first.
pub(super) fn magic(octets: [u8; 4]) -> Option<(ByteOrder, u32, &'static [usize])> {
    let known = |magic| match magic {
        // The others are those of RedHat 6.1 and of Nokia.
        0xa1b2_c3d4 => Some((1_000, &[16, 24, 20][..])),
        0xa1b2_3c4d => Some((1, &[16][..])),
        // After the common fields: interface index, protocol, packet type, padding; in SuSE 6.3 processors, too.
        0xa1b2_cd34 => Some((1_000, &[24, 28][..])),
        _ => None,
    };
    let with = |order| move |(unit, headers)| (order, unit, headers);
    let little = known(u32::from_le_bytes(octets)).map(with(ByteOrder::Little));
    little.or_else(|| known(u32::from_be_bytes(octets)).map(with(ByteOrder::Big)))
}

/// Which of the two lengths of a record comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lengths {
    /// Captured, then on the wire.
    CapturedFirst,
    /// On the wire, then captured: versions up to 2.2.
    WireFirst,
    /// Version 2.3 was written both ways: the smaller is the captured one.
    SmallerCaptured,
}

pub(super) struct Pcap {
    order: ByteOrder,
    unit: u32,
    header: usize,
    lengths: Lengths,
    link: LinkType,
}

impl Pcap {
    /// Reads the file header, and of a file that is there to its end the first records, to tell its dialect.
    pub(super) fn new(octets: &mut Octets, arrival: Arrival) -> Result<Self, Fault> {
        let header = octets.whole(FILE_HEADER)?.unwrap_or_default();
        let start = header.first_chunk().copied().unwrap_or_default();
        let (order, unit, headers) =
            magic(start).ok_or_else(|| Fault::damaged("a pcap magic number", format!("{start:02x?}")))?;
        let major = order.u16(header, 4).unwrap_or_default();
        let minor = order.u16(header, 6).unwrap_or_default();
        let network = order.u32(header, 20).unwrap_or_default();
        let lengths = match (major, minor) {
            // Number 543 stands in files of old DG/UX tools.
            (2, 0..=2) | (543, _) => Lengths::WireFirst,
            (2, 3) => Lengths::SmallerCaptured,
            (2, _) => Lengths::CapturedFirst,
            _ => {
                return Err(Fault::Unsupported {
                    found: format!("a pcap file of version {major}.{minor}, where 2.4 is read"),
                    convert: "write it anew with \"tcpdump -w FILE\"".to_owned(),
                });
            }
        };
        // The upper half holds the length of a frame check sequence, not the link type.
        let link = LinkType((network & 0xffff) as u16);
        octets.consume(FILE_HEADER);
        let usual = headers.first().copied().unwrap_or_default();
        let header = match arrival {
            Arrival::Whole if headers.len() > 1 => {
                // What cannot be read is told when its turn comes.
                let records = octets.up_to(dialect::LOOKED_AT).unwrap_or_default();
                dialect::header_length(order, headers, records).unwrap_or(usual)
            }
            Arrival::Whole | Arrival::Bit => usual,
        };
        Ok(Self { order, unit, header, lengths, link })
    }
}

impl Format for Pcap {
    #[inline]
    fn next(&mut self, octets: &mut Octets) -> Result<Option<Record>, Fault> {
        let Some(header) = octets.whole(self.header)? else { return Ok(None) };
        let [seconds, fraction, first, second] = self.order.words(header).unwrap_or_default();
        let (captured, wire_len) = match self.lengths {
            Lengths::CapturedFirst => (first, second),
            Lengths::WireFirst => (second, first),
            Lengths::SmallerCaptured => (first.min(second), first.max(second)),
        };
        octets.admit(captured, "a captured length")?;
        octets.whole(self.header + captured as usize)?;
        octets.consume(self.header);
        // At most 2^32 seconds and 2^32 microseconds: less than half of what 63 bits hold.
        let ns = i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * i64::from(self.unit);
        Ok(Some(Record {
            at: Timestamp::from_ns(ns),
            stamping: Stamping::Told,
            link: self.link,
            interface: 0,
            octets: octets.consume(captured as usize),
            wire_len: wire_len.max(captured),
        }))
    }

    fn losses(&self) -> Losses {
        Losses::default()
    }

    fn is_at_hand(&self, octets: &Octets) -> bool {
        let unread = octets.unread();
        let Some([_, _, first, second]) = self.order.words(unread) else { return false };
        let captured = match self.lengths {
            Lengths::CapturedFirst => first,
            Lengths::WireFirst => second,
            Lengths::SmallerCaptured => first.min(second),
        };
        unread.len() >= (captured as usize).saturating_add(self.header)
    }
}

#[cfg(test)]
mod tests {
    use super::{ByteOrder, magic};

    #[test]
    fn the_magic_tells_order_unit_and_record_header() {
        assert_eq!(magic([0xd4, 0xc3, 0xb2, 0xa1]), Some((ByteOrder::Little, 1_000, &[16, 24, 20][..])));
        assert_eq!(magic([0xa1, 0xb2, 0x3c, 0x4d]), Some((ByteOrder::Big, 1, &[16][..])));
        assert_eq!(magic([0x34, 0xcd, 0xb2, 0xa1]), Some((ByteOrder::Little, 1_000, &[24, 28][..])));
        assert_eq!(magic([0x0a, 0x0d, 0x0d, 0x0a]), None);
    }
}
