//! Frames from a description: what tests and trace files put on the wire. The inverse of [`super::decode`].
//!
//! Only plain frames with good lengths and checksums, built by etherparse; a test that wants a broken one breaks it itself.

use super::segment::Flags;
use crate::four_tuple::FourTuple;
use crate::packet::LinkType;
use crate::seq::Seq;
use etherparse::{
    IpEcn, IpFragOffset, IpHeaders, IpNumber, Ipv4Header, Ipv6FlowLabel, Ipv6Header, PacketBuilder, PacketBuilderStep,
    TcpHeader, VlanId,
};
use std::net::IpAddr;

/// What stands in front of IP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Link {
    /// Ethernet (link type 1) between two locally administered addresses.
    Ethernet,
    /// Ethernet with an IEEE 802.1Q tag: its VLAN identifier, 1 to 4094.
    Vlan(u16),
    /// Nothing (link type 101).
    Raw,
}

impl Link {
    /// The link type of such a frame.
    #[must_use]
    pub const fn link_type(self) -> LinkType {
        match self {
            Self::Ethernet | Self::Vlan(_) => LinkType(1),
            Self::Raw => LinkType(101),
        }
    }
}

/// Everything about a frame that is not the transport's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// What stands in front of IP.
    pub link: Link,
    /// Who sends it to whom; IPv4 or IPv6 by the addresses.
    pub path: FourTuple,
    /// IPv4 identification; IPv6 has none.
    pub id: u16,
    /// TTL or hop limit.
    pub hop_limit: u8,
    /// The two ECN bits, 0 to 3.
    pub ecn: u8,
}

impl Envelope {
    /// An Ethernet frame with identification 0, hop limit 64 and no ECN.
    #[must_use]
    pub const fn new(path: FourTuple) -> Self {
        Self { link: Link::Ethernet, path, id: 0, hop_limit: 64, ecn: 0 }
    }
}

/// The TCP fields of a segment to build.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Fields<'a> {
    /// SEG.SEQ.
    pub seq: Seq,
    /// The acknowledgment field, written whether or not the ACK flag is set.
    pub raw_ack: u32,
    /// All flag bits.
    pub flags: Flags,
    /// SEG.WND as it stands in the header, not scaled.
    pub window: u16,
    /// SEG.UP.
    pub urgent: u16,
    /// The options' octets, at most 40; padded with End options to a multiple of four.
    pub options: &'a [u8],
    /// The payload.
    pub payload: &'a [u8],
}

/// Why a frame cannot be built.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unencodable {
    /// One address is IPv4 and the other IPv6.
    #[error("building a frame: wanted two addresses of one IP version, found one of each")]
    MixedVersions,
    /// The VLAN identifier does not fit its twelve bits.
    #[error("building a frame: wanted a vlan identifier up to 4095, found {0}")]
    VlanId(u16),
    /// The ECN field does not fit its two bits.
    #[error("building a frame: wanted ecn bits up to 3, found {0}")]
    Ecn(u8),
    /// More octets of options than a TCP header has room for.
    #[error("building a frame: wanted at most 40 octets of options, found {0}")]
    Options(usize),
    /// More octets of payload than an IP length field can state.
    #[error("building a frame: wanted a payload that an ip length field can state, found {0} octets")]
    Payload(usize),
}

/// Builds a frame that carries a TCP segment.
///
/// # Errors
///
/// [`Unencodable`] if a field does not fit its place in the frame.
pub fn segment(envelope: &Envelope, fields: &Fields<'_>) -> Result<Vec<u8>, Unencodable> {
    let Flags(bits) = fields.flags;
    let mut header = TcpHeader {
        source_port: envelope.path.from.port(),
        destination_port: envelope.path.to.port(),
        sequence_number: fields.seq.get(),
        acknowledgment_number: fields.raw_ack,
        ns: bits & 256 != 0,
        cwr: bits & 128 != 0,
        ece: bits & 64 != 0,
        urg: bits & 32 != 0,
        ack: bits & 16 != 0,
        psh: bits & 8 != 0,
        rst: bits & 4 != 0,
        syn: bits & 2 != 0,
        fin: bits & 1 != 0,
        window_size: fields.window,
        urgent_pointer: fields.urgent,
        ..TcpHeader::default()
    };
    header.set_options_raw(fields.options).map_err(|_| Unencodable::Options(fields.options.len()))?;
    let builder = ip(envelope)?.tcp_header(header);
    let mut frame = Vec::with_capacity(builder.size(fields.payload.len()));
    builder.write(&mut frame, fields.payload).map_err(|_| Unencodable::Payload(fields.payload.len()))?;
    Ok(frame)
}

/// Builds a frame that carries a UDP datagram.
///
/// # Errors
///
/// [`Unencodable`] if a field does not fit its place in the frame.
pub fn datagram(envelope: &Envelope, payload: &[u8]) -> Result<Vec<u8>, Unencodable> {
    let builder = ip(envelope)?.udp(envelope.path.from.port(), envelope.path.to.port());
    let mut frame = Vec::with_capacity(builder.size(payload.len()));
    builder.write(&mut frame, payload).map_err(|_| Unencodable::Payload(payload.len()))?;
    Ok(frame)
}

/// The link and IP headers; etherparse fills in lengths and checksums when it writes.
fn ip(envelope: &Envelope) -> Result<PacketBuilderStep<IpHeaders>, Unencodable> {
    let ecn = IpEcn::try_new(envelope.ecn).map_err(|_| Unencodable::Ecn(envelope.ecn))?;
    let headers = match (envelope.path.from.ip(), envelope.path.to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let header = Ipv4Header {
                ecn,
                identification: envelope.id,
                dont_fragment: true,
                more_fragments: false,
                fragment_offset: IpFragOffset::ZERO,
                time_to_live: envelope.hop_limit,
                protocol: IpNumber::TCP,
                source: from.octets(),
                destination: to.octets(),
                ..Ipv4Header::default()
            };
            IpHeaders::Ipv4(header, etherparse::Ipv4Extensions::default())
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let header = Ipv6Header {
                traffic_class: envelope.ecn,
                flow_label: Ipv6FlowLabel::ZERO,
                hop_limit: envelope.hop_limit,
                source: from.octets(),
                destination: to.octets(),
                ..Ipv6Header::default()
            };
            IpHeaders::Ipv6(header, etherparse::Ipv6Extensions::default())
        }
        _ => return Err(Unencodable::MixedVersions),
    };
    // Locally administered, so no maker's address appears in a file that is passed on.
    let ethernet = || PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    Ok(match envelope.link {
        Link::Raw => PacketBuilder::ip(headers),
        Link::Ethernet => ethernet().ip(headers),
        Link::Vlan(id) => {
            let id = VlanId::try_new(id).map_err(|_| Unencodable::VlanId(id))?;
            ethernet().single_vlan(id).ip(headers)
        }
    })
}
