//! IP of both versions, by etherparse's slices: IPv4 by the lax one, which takes no offence at a length that is zero or too large,
//! IPv6 header by header.
//!
//! Whether the octets that the length promises were captured, were on the wire, or come in other fragments is told here,
//! since etherparse knows neither the snap length nor the frame's length on the wire.

use super::encapsulation::Layer;
use super::fragment::{self, Fragment};
use super::segment::{Fragmenting, IpFacts, LengthField, Wholeness};
use super::transport::Carried;
use super::undecodable::{Because, Fault, Undecodable};
use super::walk::{Next, Step, Walk, between};
use super::{Depth, icmp, ip_route};
use etherparse::err::{LenError, ip_auth, ipv4, ipv6};
use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv6FragmentHeader, Ipv6FragmentHeaderSlice, Ipv6Header, Ipv6HeaderSlice,
    Ipv6RawExtHeaderSlice, LaxIpv4Slice,
};
use std::net::IpAddr;

/// The Ethernet type of MPLS, which IP has a protocol number for, too (RFC 4023).
const MPLS: u16 = 0x8847;

/// What an IP header and its extension headers say.
pub(super) struct Header {
    pub(super) source: IpAddr,
    /// Where the packet goes in the end, which a routing header may know better than the IP header.
    pub(super) destination: IpAddr,
    /// Whether those two are what the transport's checksum covers.
    pub(super) addresses: Addresses,
    pub(super) protocol: IpNumber,
    /// Octets of the header and its extension headers.
    len: usize,
    /// Octets of the packet as its header states them, header included; `None` if the field is zero.
    stated: Option<usize>,
    pub(super) part: Part,
    facts: IpFacts,
    /// A fault in an extension header: `protocol` and `len` go as far as the one before it.
    fault: Option<Undecodable>,
}

/// Whether a packet's addresses are known for sure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Addresses {
    Known,
    /// A routing header hides the final destination in a form that is not read here.
    Hidden,
}

/// Which part of a datagram a packet is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Whole,
    Fragment {
        /// IPv4's 16 bits, or IPv6's 32.
        id: u32,
        /// Octets of the datagram before it.
        offset: u32,
        rest: fragment::Rest,
    },
}

impl Part {
    fn new(id: u32, offset: u32, more: bool) -> Self {
        let rest = if more { fragment::Rest::Follows } else { fragment::Rest::Nothing };
        if (offset, more) == (0, false) { Self::Whole } else { Self::Fragment { id, offset, rest } }
    }

    /// Whether the datagram begins with it.
    pub(super) const fn is_beginning(self) -> bool {
        matches!(self, Self::Whole | Self::Fragment { offset: 0, .. })
    }
}

/// IP of whichever version its first four bits give.
pub(super) fn either<'p>(walk: &Walk<'p>) -> Result<Step<'p>, Undecodable> {
    match walk.look::<1>("ip")?[0] >> 4 {
        4 => Ok(Step::Next(Next::Ipv4)),
        6 => Ok(Step::Next(Next::Ipv6)),
        version => Err(walk.out_of_range("ip", 0, "version", (4, 6), u32::from(version))),
    }
}

/// Passes an IPv4 header.
pub(super) fn v4<'p>(walk: &mut Walk<'p>) -> Result<Step<'p>, Undecodable> {
    let header = header_v4(walk)?;
    payload(walk, &header)
}

/// Passes an IPv6 header and its extension headers.
pub(super) fn v6<'p>(walk: &mut Walk<'p>) -> Result<Step<'p>, Undecodable> {
    let header = header_v6(walk)?;
    payload(walk, &header)
}

/// Reads the IPv4 header that the walk stands at, and an authentication header behind it.
pub(super) fn header_v4(walk: &Walk<'_>) -> Result<Header, Undecodable> {
    let (slice, fault) = LaxIpv4Slice::from_slice(walk.octets()).map_err(|error| match error {
        ipv4::HeaderSliceError::Len(LenError { required_len, .. }) => walk.missing("ipv4", required_len),
        ipv4::HeaderSliceError::Content(ipv4::HeaderError::UnexpectedVersion { version_number }) => {
            walk.out_of_range("ipv4", 0, "version", (4, 4), u32::from(version_number))
        }
        ipv4::HeaderSliceError::Content(ipv4::HeaderError::HeaderLengthSmallerThanHeader { ihl }) => {
            walk.out_of_range("ipv4", 0, "header length", (5, 15), u32::from(ihl))
        }
    })?;
    let header = slice.header();
    let header_len = header.slice().len();
    let total_len = header.total_len();
    if total_len != 0 && usize::from(total_len) < header_len {
        let least = u32::from(header.ihl()) * 4;
        return Err(walk.out_of_range("ipv4", 2, "total length", (least, u32::from(u16::MAX)), u32::from(total_len)));
    }
    let stated = (total_len != 0).then_some(usize::from(total_len));
    let fault = fault.map(|error| match error {
        ip_auth::HeaderSliceError::Len(error) => extension_missing(walk, "ah", &error, stated),
        ip_auth::HeaderSliceError::Content(ip_auth::HeaderError::ZeroPayloadLen) => {
            walk.out_of_range("ah", header_len + 1, "length", (1, 255), 0)
        }
    });
    let destination = ip_route::last_of_v4(header.options()).unwrap_or_else(|| header.destination_addr());
    let offset = u32::from(header.fragments_offset().value()) * 8;
    let part = Part::new(u32::from(header.identification()), offset, header.more_fragments());
    // What follows in a fragment may be the middle of something.
    let (protocol, extensions, fault) = match part {
        Part::Whole => (slice.payload().ip_number, slice.extensions().auth.map_or(0, |auth| auth.slice().len()), fault),
        Part::Fragment { .. } => (header.protocol(), 0, None),
    };
    Ok(Header {
        source: header.source_addr().into(),
        destination: destination.into(),
        addresses: Addresses::Known,
        protocol,
        len: header_len + extensions,
        stated,
        part,
        facts: IpFacts {
            id: Some(header.identification()),
            hop_limit: header.ttl(),
            ecn: header.ecn().value(),
            length_left_to_card: if total_len == 0 { LengthField::Zero } else { LengthField::Stated },
            fragmenting: if header.dont_fragment() { Fragmenting::Forbidden } else { Fragmenting::Allowed },
        },
        fault,
    })
}

/// Reads the IPv6 header that the walk stands at, and its extension headers.
pub(super) fn header_v6(walk: &Walk<'_>) -> Result<Header, Undecodable> {
    let header = Ipv6HeaderSlice::from_slice(walk.octets()).map_err(|error| match error {
        ipv6::HeaderSliceError::Len(LenError { required_len, .. }) => walk.missing("ipv6", required_len),
        ipv6::HeaderSliceError::Content(ipv6::HeaderError::UnexpectedVersion { version_number }) => {
            walk.out_of_range("ipv6", 0, "version", (6, 6), u32::from(version_number))
        }
    })?;
    let payload_len = usize::from(header.payload_length());
    let mut found = Header {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        addresses: Addresses::Known,
        protocol: header.next_header(),
        len: header.slice().len(),
        stated: (payload_len != 0).then(|| header.slice().len() + payload_len),
        part: Part::Whole,
        facts: IpFacts {
            id: None,
            hop_limit: header.hop_limit(),
            ecn: header.ecn().value(),
            length_left_to_card: if payload_len == 0 { LengthField::Zero } else { LengthField::Stated },
            fragmenting: Fragmenting::Forbidden,
        },
        fault: None,
    };
    found.fault = extensions(walk, &mut found).err();
    Ok(found)
}

/// Passes IPv6 extension headers (RFC 8200, Section 4), up to a fault or the header of a fragment.
///
/// One by one through etherparse's checked slices: its iterator over all of them does not check where they end,
/// and reads beyond them where its lax walk stopped at a header that was cut. Each has eight octets at least, so this ends.
fn extensions(walk: &Walk<'_>, found: &mut Header) -> Result<(), Undecodable> {
    let octets = body(walk, found);
    let first = found.len;
    loop {
        let passed = found.len - first;
        let rest = octets.get(passed..).unwrap_or_default();
        let missing =
            |layer, error: LenError| extension_missing(walk, layer, &error.add_offset(found.len), found.stated);
        match found.protocol {
            IpNumber::IPV6_HEADER_HOP_BY_HOP if passed != 0 => {
                let fault = Fault::NotFirst("hop-by-hop header");
                return Err(Undecodable { layer: "ipv6", octet: walk.at.saturating_add(found.len), fault });
            }
            IpNumber::IPV6_HEADER_HOP_BY_HOP | IpNumber::IPV6_DESTINATION_OPTIONS | IpNumber::IPV6_ROUTE_HEADER => {
                let header = Ipv6RawExtHeaderSlice::from_slice(rest).map_err(|error| missing("ipv6", error))?;
                match found.protocol {
                    IpNumber::IPV6_ROUTE_HEADER => match ip_route::last_of_v6(header.slice()) {
                        ip_route::Last::Arrived => {}
                        ip_route::Last::Address(address) => found.destination = address.into(),
                        ip_route::Last::Hidden => found.addresses = Addresses::Hidden,
                    },
                    IpNumber::IPV6_DESTINATION_OPTIONS => {
                        if let Some(home) = ip_route::home_address(header.payload()) {
                            found.source = home.into();
                        }
                    }
                    _ => {}
                }
                found.protocol = header.next_header();
                found.len += header.slice().len();
            }
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let header = Ipv6FragmentHeaderSlice::from_slice(rest).map_err(|error| missing("ipv6", error))?;
                let offset = u32::from(header.fragment_offset().value()) * 8;
                found.part = Part::new(header.identification(), offset, header.more_fragments());
                found.protocol = header.next_header();
                found.len += header.slice().len();
                // What follows in a fragment may be the middle of something.
                if found.part != Part::Whole {
                    return Ok(());
                }
            }
            IpNumber::AUTHENTICATION_HEADER => {
                let header = IpAuthHeaderSlice::from_slice(rest).map_err(|error| match error {
                    ip_auth::HeaderSliceError::Len(error) => missing("ah", error),
                    ip_auth::HeaderSliceError::Content(ip_auth::HeaderError::ZeroPayloadLen) => {
                        walk.out_of_range("ah", found.len + 1, "length", (1, 255), 0)
                    }
                })?;
                found.protocol = header.next_header();
                found.len += header.slice().len();
            }
            _ => return Ok(()),
        }
    }
}

/// The fault that an extension header lacks octets.
fn extension_missing(walk: &Walk<'_>, layer: &'static str, error: &LenError, stated: Option<usize>) -> Undecodable {
    let needed = error.layer_start_offset.saturating_add(error.required_len);
    let mut missing = walk.missing(layer, needed);
    let beyond_length = stated.is_some_and(|stated| stated < needed);
    missing.octet = walk.at.saturating_add(error.layer_start_offset);
    if let Fault::Missing { because, .. } = missing.fault {
        let because = if beyond_length { Because::Length } else { because };
        missing.fault = Fault::Missing { wanted: error.required_len, found: error.len, because };
    }
    missing
}

/// Goes on behind an IP header.
fn payload<'p>(walk: &mut Walk<'p>, header: &Header) -> Result<Step<'p>, Undecodable> {
    if let Some(fault) = header.fault {
        return Err(fault);
    }
    if let Part::Fragment { id, offset, rest } = header.part {
        return Ok(Step::Fragment(part_of(walk, header, (id, offset, rest))));
    }
    let end = header.stated.map_or(walk.end, |stated| walk.at.saturating_add(stated));
    let carried = Carried {
        source: header.source,
        destination: header.destination,
        addresses: header.addresses,
        facts: header.facts,
        wholeness: wholeness(walk, end),
        start: walk.at.saturating_add(header.len),
        end,
    };
    match header.protocol {
        IpNumber::TCP => return Ok(Step::Segment(carried)),
        IpNumber::UDP => return Ok(Step::Datagram(carried)),
        _ => {}
    }
    walk.at = carried.start;
    if carried.wholeness != Wholeness::ShortOnWire && end <= walk.end {
        walk.end = end;
    }
    let (low, high) = (header.source.min(header.destination), header.source.max(header.destination));
    Ok(match header.protocol {
        IpNumber::ICMP => Step::Icmp(icmp::Version::V4, header.source),
        IpNumber::IPV6_ICMP => Step::Icmp(icmp::Version::V6, header.source),
        IpNumber::IPV4 | IpNumber::IPV6 if walk.depth == Depth::Outermost => Step::other("tunnel: ip-in-ip"),
        IpNumber::GRE if walk.depth == Depth::Outermost => Step::other("tunnel: gre"),
        IpNumber::ETHER_IP if walk.depth == Depth::Outermost => Step::other("tunnel: etherip"),
        IpNumber::MPLS_IN_IP if walk.depth == Depth::Outermost => Step::other("tunnel: mpls"),
        IpNumber::IPV4 => {
            walk.enter(Some(Layer::IpInIp(low, high)))?;
            Step::Next(Next::Ipv4)
        }
        IpNumber::IPV6 => {
            walk.enter(Some(Layer::IpInIp(low, high)))?;
            Step::Next(Next::Ipv6)
        }
        IpNumber::GRE => Step::Next(Next::Gre(low, high)),
        IpNumber::ETHER_IP => Step::Next(Next::EtherIp(low, high)),
        IpNumber::MPLS_IN_IP => {
            walk.enter(Some(Layer::IpInIp(low, high)))?;
            Step::Next(Next::EtherType(MPLS))
        }
        IpNumber(number) => Step::numbered(format!("ip-protocol-{number}")),
    })
}

/// A fragment, with everything that its datagram needs.
fn part_of<'p>(walk: &Walk<'p>, header: &Header, (id, offset, rest): (u32, u32, fragment::Rest)) -> Fragment<'p> {
    let start = walk.at.saturating_add(header.len);
    let end = header.stated.map_or(walk.end, |stated| walk.at.saturating_add(stated));
    let uncounted = if header.source.is_ipv4() { 0 } else { Ipv6Header::LEN + Ipv6FragmentHeader::LEN };
    Fragment {
        source: header.source,
        destination: header.destination,
        protocol: header.protocol.0,
        id,
        offset,
        headers: u32::try_from(header.len.saturating_sub(uncounted)).unwrap_or(u32::MAX),
        rest,
        hop_limit: header.facts.hop_limit,
        ecn: header.facts.ecn,
        octets: between(walk.packet.bytes, start, end.min(walk.end)),
        // What was short on the wire no receiver can have taken for whole.
        stated: u32::try_from(end.saturating_sub(start)).unwrap_or(u32::MAX),
        on_wire: if end > walk.end { fragment::OnWire::Short } else { fragment::OnWire::Whole },
        layers: walk.layers,
        encapsulation: walk.encapsulation.clone(),
    }
}

/// Whether a packet that ends at `end` as its header says was there to its end.
fn wholeness(walk: &Walk<'_>, end: usize) -> Wholeness {
    if end > walk.end {
        return Wholeness::ShortOnWire;
    }
    if end > walk.packet.bytes.len() { Wholeness::CutByCapture } else { Wholeness::Whole }
}

/// What was captured behind an IP header, up to the end that it states.
pub(super) fn body<'p>(walk: &Walk<'p>, header: &Header) -> &'p [u8] {
    let end = header.stated.map_or(walk.end, |stated| walk.at.saturating_add(stated).min(walk.end));
    between(walk.packet.bytes, walk.at.saturating_add(header.len), end)
}
