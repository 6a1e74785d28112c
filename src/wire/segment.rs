//! One TCP segment as it was on the wire (RFC 9293, Section 3.1). Facts only.

use super::checksum::Checksum;
use super::options::Options;
use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Timestamp;

/// A TCP segment, its payload lent by the capture.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'p> {
    /// Frame that carried it.
    pub frame: FrameNo,
    /// When that frame was captured.
    pub at: Timestamp,
    /// Capture interface within the source; behind a cooked header that names one (LINKTYPE_LINUX_SLL2), that.
    pub interface: u32,
    /// Which way it went as the capturing host says.
    pub direction: Direction,
    /// Who sent it to whom (the innermost addresses).
    pub path: FourTuple,
    /// SEG.SEQ.
    pub seq: Seq,
    /// The acknowledgment field, meaningful only with the ACK flag.
    pub raw_ack: u32,
    /// All flag bits.
    pub flags: Flags,
    /// SEG.WND as it stands in the header, not scaled.
    pub window: u16,
    /// SEG.UP as it stands in the header.
    pub urgent: u16,
    /// The options' octets, not yet read.
    pub options: Options<'p>,
    /// Payload as far as it was captured.
    pub payload: &'p [u8],
    /// The fingerprint of the payload where that itself is not kept.
    pub print: Option<u64>,
    /// Octets of payload on the wire; more than `payload.len()` if the snap length cut it.
    pub payload_len: u32,
    /// What its checksum says.
    pub checksum: Checksum,
    /// The checksum field as it stands in the header.
    pub checksum_field: u16,
    /// The sum of all that the checksum covers, without the field; `None` if not all of it was captured.
    pub content: Option<u16>,
    /// Whether all of it was there.
    pub wholeness: Wholeness,
    /// Facts of the innermost IP header.
    pub ip: IpFacts,
}

impl Segment<'_> {
    /// SEG.ACK, or `None` without the ACK flag.
    #[must_use]
    pub fn ack(&self) -> Option<Seq> {
        self.flags.ack().then(|| Seq::new(self.raw_ack))
    }

    /// SEG.LEN: payload octets on the wire, and one each for SYN and FIN.
    #[must_use]
    pub fn seq_len(&self) -> u32 {
        self.payload_len.saturating_add(u32::from(self.flags.syn())).saturating_add(u32::from(self.flags.fin()))
    }

    /// The sequence number after its last octet: SEG.SEQ + SEG.LEN.
    #[must_use]
    pub fn seq_end(&self) -> Seq {
        self.seq + self.seq_len()
    }

    /// It without options and payload, so that it can be kept beyond its packet.
    #[must_use]
    pub const fn without_octets(&self) -> Segment<'static> {
        Segment { options: Options { octets: &[] }, payload: &[], ..*self }
    }

    /// Whether all its options were captured.
    #[must_use]
    pub fn has_whole_options(&self) -> bool {
        self.wholeness == Wholeness::Whole || !self.payload.is_empty()
    }

    /// The sequence number of its FIN octet, if it carries one.
    #[must_use]
    pub fn fin_seq(&self) -> Option<Seq> {
        self.flags.fin().then(|| self.seq_end() - 1)
    }
}

/// Which way a packet went, as the capturing host's link header says (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Direction {
    /// The link type does not tell.
    #[default]
    Untold,
    /// It came to the capturing host.
    In,
    /// The capturing host sent it.
    Out,
    /// It passed between others.
    Passing,
}

/// Whether a segment was there from its first octet to its last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wholeness {
    /// Every octet was captured.
    Whole,
    /// The snap length cut it; on the wire it was whole.
    CutByCapture,
    /// On the wire it was shorter than its IP header or its own says: no receiver can have accepted it.
    ShortOnWire,
    /// It is the first fragment of an IP datagram of which no more is known. [`fragment`](super::fragment) puts
    /// fragments together, so that no segment that was decoded from a packet is one.
    FirstFragment,
}

/// What the innermost IP header says, as evidence of who sent a segment and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IpFacts {
    /// IPv4 identification; `None` for IPv6.
    pub id: Option<u16>,
    /// TTL or hop limit.
    pub hop_limit: u8,
    /// The two ECN bits.
    pub ecn: u8,
    /// The IP length field was 0: a super-segment that the sending host handed to its card.
    pub length_left_to_card: LengthField,
    /// Whether a router may fragment it.
    pub fragmenting: Fragmenting,
}

/// Whether a router may fragment a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fragmenting {
    /// IPv4 without the flag DF.
    Allowed,
    /// IPv4 with it, and IPv6.
    Forbidden,
}

/// What the IP length field says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LengthField {
    /// It holds the length.
    Stated,
    /// It is zero, as on a super-segment captured before segmentation; the captured length stands in for it.
    Zero,
}

/// The flag bits of a TCP header: octet 13, the lowest bit of octet 12 (AE, RFC 9768) as bit 8, and above it the three that
/// are reserved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// FIN, RST, SYN, PSH, ACK, URG, ECE, CWR and AE, from the lowest bit.
    pub const NAMES: [(&'static str, u16); 9] = [
        ("FIN", 1),
        ("SYN", 2),
        ("RST", 4),
        ("PSH", 8),
        ("ACK", 16),
        ("URG", 32),
        ("ECE", 64),
        ("CWR", 128),
        ("AE", 256),
    ];

    /// No more from this sender.
    #[must_use]
    pub const fn fin(self) -> bool {
        self.0 & 1 != 0
    }
    /// Synchronise sequence numbers.
    #[must_use]
    pub const fn syn(self) -> bool {
        self.0 & 2 != 0
    }
    /// Reset the connection.
    #[must_use]
    pub const fn rst(self) -> bool {
        self.0 & 4 != 0
    }
    /// Push.
    #[must_use]
    pub const fn psh(self) -> bool {
        self.0 & 8 != 0
    }
    /// The acknowledgment field is meaningful.
    #[must_use]
    pub const fn ack(self) -> bool {
        self.0 & 16 != 0
    }
    /// Whether SYN, FIN or RST is set: a segment without may still be the first that shows something.
    #[must_use]
    pub const fn moves(self) -> bool {
        self.0 & (1 | 2 | 4) != 0
    }
    /// Those of congestion notification alone: ECE, CWR and AE (RFC 3168, RFC 9768).
    #[must_use]
    pub const fn ecn(self) -> Self {
        Self(self.0 & (64 | 128 | 256))
    }
    /// The three reserved bits, 0 to 7.
    #[must_use]
    pub const fn reserved(self) -> u16 {
        self.0 >> 9 & 0b111
    }
    /// The urgent pointer is meaningful.
    #[must_use]
    pub const fn urg(self) -> bool {
        self.0 & 32 != 0
    }
}

impl std::fmt::Display for Flags {
    /// `SYN,ACK`: names joined by commas, SYN and FIN and RST first as protocol people say them; `none` for a null segment.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut first = true;
        for (name, bit) in [
            ("SYN", 2),
            ("FIN", 1),
            ("RST", 4),
            ("PSH", 8),
            ("ACK", 16),
            ("URG", 32),
            ("ECE", 64),
            ("CWR", 128),
            ("AE", 256),
        ] {
            if self.0 & bit != 0 {
                if !first {
                    f.write_str(",")?;
                }
                f.write_str(name)?;
                first = false;
            }
        }
        if first { f.write_str("none") } else { Ok(()) }
    }
}

impl std::fmt::Debug for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
