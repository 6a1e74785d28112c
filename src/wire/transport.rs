//! TCP segments and UDP datagrams behind an IP header.
//!
//! A TCP header is read by its own octets, not by etherparse, which wants all twenty of them:
//! the first fourteen say who, which numbers and which flags, and old captures hold no more.

use super::checksum::{self, Checksum};
use super::datagram::Datagram;
use super::encapsulation::Encapsulation;
use super::ip::Addresses;
use super::link;
use super::options::Options;
use super::segment::{Flags, IpFacts, Segment, Wholeness};
use super::undecodable::{Because, Fault, Undecodable};
use super::walk::between;
use crate::four_tuple::FourTuple;
use crate::packet::Packet;
use crate::seq::Seq;
use etherparse::{IpNumber, UdpSlice};
use std::net::{IpAddr, SocketAddr};

/// Octets of a TCP header without options.
const TCP_HEADER: usize = 20;
/// Octets of a TCP header up to and with the flags: the least that makes a segment of a packet that the snap length cut.
const TCP_HEADER_TO_FLAGS: usize = 14;
/// Octets of a UDP header.
const UDP_HEADER: usize = 8;

/// What the innermost IP layer says about its payload.
pub(super) struct Carried {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) addresses: Addresses,
    pub(super) facts: IpFacts,
    pub(super) wholeness: Wholeness,
    /// Octet of the packet that the payload starts at.
    pub(super) start: usize,
    /// Octet after its last, as the IP header states it.
    pub(super) end: usize,
}

impl Carried {
    /// Octets of payload as the IP header states them.
    #[inline]
    const fn stated(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    #[inline]
    fn path(&self, [a, b, c, d]: [u8; 4]) -> FourTuple {
        FourTuple {
            from: SocketAddr::new(self.source, u16::from_be_bytes([a, b])),
            to: SocketAddr::new(self.destination, u16::from_be_bytes([c, d])),
        }
    }

    /// The fault that fewer than `wanted` octets are there.
    #[cold]
    fn missing(&self, layer: &'static str, wanted: usize, found: usize) -> Undecodable {
        let because = match self.wholeness {
            _ if wanted > self.stated() => Because::Length,
            Wholeness::ShortOnWire => Because::Wire,
            _ => Because::Capture,
        };
        Undecodable { layer, octet: self.start, fault: Fault::Missing { wanted, found, because } }
    }

    /// Judges a checksum and sums up what it covers, if everything is there.
    #[inline]
    fn checksum(&self, protocol: IpNumber, octets: &[u8], field: [u8; 2]) -> (Checksum, Option<u16>) {
        if self.wholeness == Wholeness::Whole && self.addresses == Addresses::Known {
            let (verdict, content) = checksum::judge(self.source, self.destination, protocol.0, octets, field);
            (verdict, Some(content))
        } else {
            (Checksum::Unknown, None)
        }
    }
}

/// Octets as the wire counts them.
#[inline]
fn count(octets: usize) -> u32 {
    u32::try_from(octets).unwrap_or(u32::MAX)
}

/// Two octets of a header, zero if the snap length cut them.
#[inline]
fn word(octets: &[u8], at: usize) -> [u8; 2] {
    octets.get(at..at + 2).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
}

/// Reads a TCP segment.
#[inline]
pub(super) fn segment<'p>(packet: &Packet<'p>, ip: &Carried) -> Result<Segment<'p>, Undecodable> {
    let octets = between(packet.bytes, ip.start, ip.end);
    let stated = ip.stated();
    if stated < TCP_HEADER {
        return Err(ip.missing("tcp", TCP_HEADER, octets.len()));
    }
    let Some(&head) = octets.first_chunk::<TCP_HEADER_TO_FLAGS>() else {
        return Err(ip.missing("tcp", TCP_HEADER, octets.len()));
    };
    let [a, b, c, d, seq0, seq1, seq2, seq3, ack0, ack1, ack2, ack3, offset, flags] = head;
    let header_len = usize::from(offset >> 4) * 4;
    if header_len < TCP_HEADER {
        let fault = Fault::Value { field: "data offset", least: 5, most: 15, found: u32::from(offset >> 4) };
        return Err(Undecodable { layer: "tcp", octet: ip.start + 12, fault });
    }
    // Such a segment was sent, but there is less of it than its own header says.
    let wholeness = if header_len > stated { Wholeness::ShortOnWire } else { ip.wholeness };
    let field = word(octets, 16);
    let (sum, content) = ip.checksum(IpNumber::TCP, octets, field);
    let (interface, direction) = link::place(packet);
    Ok(Segment {
        frame: packet.frame,
        at: packet.at,
        interface,
        direction,
        path: ip.path([a, b, c, d]),
        seq: Seq::new(u32::from_be_bytes([seq0, seq1, seq2, seq3])),
        raw_ack: u32::from_be_bytes([ack0, ack1, ack2, ack3]),
        flags: Flags(u16::from_be_bytes([offset & 0x0f, flags])),
        window: u16::from_be_bytes(word(octets, 14)),
        urgent: u16::from_be_bytes(word(octets, 18)),
        options: Options { octets: between(octets, TCP_HEADER, header_len) },
        payload: between(octets, header_len, octets.len()),
        print: None,
        payload_len: count(stated.saturating_sub(header_len)),
        checksum: if wholeness == Wholeness::Whole { sum } else { Checksum::Unknown },
        checksum_field: u16::from_be_bytes(field),
        content,
        wholeness,
        ip: ip.facts,
    })
}

/// Reads a UDP datagram. A length of zero is that of a jumbogram (RFC 2675, Section 4) or is left to the card.
pub(super) fn datagram<'p>(
    packet: &Packet<'p>,
    encapsulation: Encapsulation,
    ip: &Carried,
) -> Result<Datagram<'p>, Undecodable> {
    let octets = between(packet.bytes, ip.start, ip.end);
    let Ok(slice) = UdpSlice::from_slice_lax(octets) else {
        return Err(ip.missing("udp", UDP_HEADER, octets.len()));
    };
    let length = match usize::from(slice.length()) {
        0 => ip.stated(),
        length @ 1..UDP_HEADER => {
            let fault = Fault::Value { field: "length", least: 8, most: u32::from(u16::MAX), found: count(length) };
            return Err(Undecodable { layer: "udp", octet: ip.start + 4, fault });
        }
        length => length,
    };
    let on_the_wire = length.min(ip.stated());
    let checksum = match (slice.checksum(), ip.source) {
        (0, IpAddr::V4(_)) => Checksum::Unknown,
        _ if length > ip.stated() => Checksum::Unknown,
        (field, _) => ip.checksum(IpNumber::UDP, slice.slice(), field.to_be_bytes()).0,
    };
    let [from_high, from_low] = slice.source_port().to_be_bytes();
    let [to_high, to_low] = slice.destination_port().to_be_bytes();
    Ok(Datagram {
        frame: packet.frame,
        at: packet.at,
        path: ip.path([from_high, from_low, to_high, to_low]),
        encapsulation,
        payload: slice.payload(),
        payload_len: count(on_the_wire.saturating_sub(UDP_HEADER)),
        checksum,
    })
}
