//! The short way for nearly every packet of nearly every capture: a link header, two VLAN tags at most, a plain IP header,
//! TCP, all there.
//!
//! It only finds where the segment lies; `transport` reads it as it does for the long way. Whatever is in the least unusual
//! (more tags, tunnels, IP options, extension headers, fragments, lengths that do not fit, cuts) is left to `walk`,
//! and a test compares the two.

use super::encapsulation::{Encapsulation, Layer};
use super::ip::Addresses;
use super::link::HARDWARE_NETLINK;
use super::segment::{Fragmenting, IpFacts, LengthField, Segment, Wholeness};
use super::transport::{self, Carried};
use super::undecodable::Undecodable;
use crate::packet::Packet;
use std::net::{Ipv4Addr, Ipv6Addr};

const IPV4: [u8; 2] = etherparse::EtherType::IPV4.0.to_be_bytes();
const IPV6: [u8; 2] = etherparse::EtherType::IPV6.0.to_be_bytes();

/// What stands in front of an IP header.
#[derive(Clone, Copy)]
enum Link {
    /// This Ethernet type.
    Type([u8; 2]),
    /// Nothing, or something that says no more than the IP header does.
    Raw,
}

/// VLAN tags that are passed here.
const TAGS_MAX: usize = 2;

/// Reads a packet that is as plain as can be; `None` if it is not.
#[inline]
pub(super) fn segment<'p>(packet: &Packet<'p>) -> Option<Result<(Segment<'p>, Encapsulation), Undecodable>> {
    let bytes = packet.bytes;
    let (mut link, mut at) = match packet.link.0 {
        1 => (Link::Type(*bytes.get(12..)?.first_chunk()?), 14),
        12 | 14 | 101 => (Link::Raw, 0),
        0 | 108 if matches!(bytes, [2, 0, 0, 0, ..] | [0, 0, 0, 2, ..]) => (Link::Type(IPV4), 4),
        113 if bytes.get(2..4)? != HARDWARE_NETLINK => (Link::Type(*bytes.get(14..)?.first_chunk()?), 16),
        276 if bytes.get(8..10)? != HARDWARE_NETLINK => (Link::Type(*bytes.first_chunk()?), 20),
        _ => return None,
    };
    let mut encapsulation = Encapsulation::default();
    let mut tags = 0;
    while let Link::Type([0x81 | 0x91, 0x00] | [0x88, 0xa8]) = link {
        let &[high, low, type_high, type_low] = bytes.get(at..)?.first_chunk()?;
        if tags == TAGS_MAX {
            return None;
        }
        tags += 1;
        let id = u16::from_be_bytes([high & 0x0f, low]);
        if id != 0 {
            encapsulation.0.push(Layer::Vlan(id));
        }
        link = Link::Type([type_high, type_low]);
        at += 4;
    }
    let ip = bytes.get(at..)?;
    let carried = match (link, ip.first()? >> 4) {
        (Link::Type(IPV4) | Link::Raw, 4) => v4(ip.first_chunk()?, at)?,
        (Link::Type(IPV6) | Link::Raw, 6) => v6(ip.first_chunk()?, at)?,
        _ => return None,
    };
    if carried.end > bytes.len() {
        return None;
    }
    Some(transport::segment(packet, &carried).map(|segment| (segment, encapsulation)))
}

/// A whole IPv4 packet without options that carries TCP.
#[inline]
fn v4(header: &[u8; 20], at: usize) -> Option<Carried> {
    let &[
        0x45,
        traffic_class,
        length_high,
        length_low,
        id_high,
        id_low,
        fragment_high,
        fragment_low,
        hop_limit,
        6,
        _,
        _,
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
    ] = header
    else {
        return None;
    };
    let total_len = u16::from_be_bytes([length_high, length_low]);
    if total_len < 20 || u16::from_be_bytes([fragment_high & 0x3f, fragment_low]) != 0 {
        return None;
    }
    Some(Carried {
        source: Ipv4Addr::new(a, b, c, d).into(),
        destination: Ipv4Addr::new(e, f, g, h).into(),
        addresses: Addresses::Known,
        facts: IpFacts {
            id: Some(u16::from_be_bytes([id_high, id_low])),
            hop_limit,
            ecn: traffic_class & 3,
            length_left_to_card: LengthField::Stated,
            fragmenting: if fragment_high & 0x40 == 0 { Fragmenting::Allowed } else { Fragmenting::Forbidden },
        },
        wholeness: Wholeness::Whole,
        start: at + 20,
        end: at + usize::from(total_len),
    })
}

/// A whole IPv6 packet without extension headers that carries TCP.
#[inline]
fn v6(header: &[u8; 40], at: usize) -> Option<Carried> {
    let &[_, class_low, _, _, length_high, length_low, 6, hop_limit, ref addresses @ ..] = header else {
        return None;
    };
    let payload_len = u16::from_be_bytes([length_high, length_low]);
    if payload_len == 0 {
        return None;
    }
    let (source, destination) = addresses.split_first_chunk::<16>()?;
    Some(Carried {
        source: Ipv6Addr::from(*source).into(),
        destination: Ipv6Addr::from(*destination.first_chunk::<16>()?).into(),
        addresses: Addresses::Known,
        facts: IpFacts {
            id: None,
            hop_limit,
            ecn: class_low >> 4 & 3,
            length_left_to_card: LengthField::Stated,
            fragmenting: Fragmenting::Forbidden,
        },
        wholeness: Wholeness::Whole,
        start: at + 40,
        end: at + 40 + usize::from(payload_len),
    })
}
