//! Tunnels over UDP: VXLAN, Geneve, GTP-U, Teredo, L2TP, AYIYA, LISP, MPLS and GRE over UDP.
//!
//! A port number promises nothing, so a header must also look like one of its tunnel; else, and when what is inside turns
//! out to be nothing, the datagram is a datagram.

use super::super::Depth;
use super::super::encapsulation::{Layer, UdpTunnel};
use super::super::link::tag;
use super::super::transport::Carried;
use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk, between};

/// Octets of a UDP header.
const HEADER: usize = 8;

/// Extension headers of GTP-U that are passed; each is a few octets, and few are defined.
const GTP_EXTENSIONS_MAX: usize = 16;

/// What a tunnel header says.
struct Found {
    tunnel: UdpTunnel,
    /// Octets of the header.
    header: usize,
    /// Octets of what follows, if the header says so.
    length: Option<usize>,
    id: Option<u32>,
    inside: Inside,
}

/// What follows a tunnel header.
#[derive(Clone, Copy)]
enum Inside {
    Next(Next),
    /// GRE between the ends of the tunnel.
    Gre,
    /// A network service header.
    Service,
}

/// Goes into the tunnel that a datagram carries; `None` if it carries none.
pub(in super::super) fn enter(walk: &mut Walk<'_>, ip: &Carried) -> Option<Result<Step<'static>, Undecodable>> {
    if walk.depth == Depth::Outermost {
        return None;
    }
    let octets = between(walk.packet.bytes, ip.start, ip.end);
    let (&[from_high, from_low, to_high, to_low, length_high, length_low, _, _], payload) =
        octets.split_first_chunk::<HEADER>()?;
    let ports = [u16::from_be_bytes([from_high, from_low]), u16::from_be_bytes([to_high, to_low])];
    let found = found(ports, payload)?;
    let stated = match usize::from(u16::from_be_bytes([length_high, length_low])) {
        0 => ip.end.saturating_sub(ip.start),
        // Whoever gets it drops it: no datagram, so no tunnel.
        1..HEADER => return None,
        length => length,
    };
    walk.at = ip.start.saturating_add(HEADER);
    walk.end = ip.end.min(ip.start.saturating_add(stated));
    let (low, high) = (ip.source.min(ip.destination), ip.source.max(ip.destination));
    Some(inside(walk, &found, Layer::OverUdp(found.tunnel, low, high, found.id)).map(|next| match next {
        Inside::Next(next) => Step::Next(next),
        Inside::Gre => Step::Next(Next::Gre(low, high)),
        Inside::Service => Step::Next(Next::EtherType(tag::SERVICE_HEADER)),
    }))
}

/// Passes the header.
fn inside(walk: &mut Walk<'_>, found: &Found, layer: Layer) -> Result<Inside, Undecodable> {
    walk.enter(Some(layer))?;
    walk.pass("tunnel", found.header)?;
    if let Some(length) = found.length {
        walk.ends_after(length);
    }
    Ok(found.inside)
}

/// The tunnel between these ports, source first.
fn found(ports: [u16; 2], octets: &[u8]) -> Option<Found> {
    match ports {
        [_, 4789 | 8472] => vxlan(octets),
        [_, 4790] => vxlan_generic(octets),
        [_, 6081] => geneve(octets),
        [2152, _] | [_, 2152] => gtp(octets),
        [3544, _] | [_, 3544] => teredo(octets),
        [1701, _] | [_, 1701] => l2tp(octets),
        [5072, _] | [_, 5072] => ayiya(octets),
        [_, 4341] => {
            let header = octets.get(8..)?;
            Some(Found { header: 8, ..ip(UdpTunnel::Lisp, header)? })
        }
        [_, 6635] => {
            let next = Next::EtherType(0x8847);
            Some(Found { tunnel: UdpTunnel::Mpls, header: 0, length: None, id: None, inside: Inside::Next(next) })
        }
        [_, 4754] => matches!(octets, [flags, 0, _, _, ..] if flags & 0x4f == 0).then_some(Found {
            tunnel: UdpTunnel::Gre,
            header: 0,
            length: None,
            id: None,
            inside: Inside::Gre,
        }),
        _ => None,
    }
}

/// A tunnel in which IP begins here.
fn ip(tunnel: UdpTunnel, octets: &[u8]) -> Option<Found> {
    let next = match octets.first()? >> 4 {
        4 => Next::Ipv4,
        6 => Next::Ipv6,
        _ => return None,
    };
    Some(Found { tunnel, header: 0, length: None, id: None, inside: Inside::Next(next) })
}

/// RFC 7348, Section 5: the flag that an identifier is there must be set; reserved ones are not looked at.
fn vxlan(octets: &[u8]) -> Option<Found> {
    let &[flags, _, _, _, a, b, c, _] = octets.first_chunk()?;
    let id = Some(u32::from_be_bytes([0, a, b, c]));
    let inside = Inside::Next(Next::Ethernet);
    (flags & 0x08 != 0).then_some(Found { tunnel: UdpTunnel::Vxlan, header: 8, length: None, id, inside })
}

/// draft-ietf-nvo3-vxlan-gpe: as above, with a protocol.
fn vxlan_generic(octets: &[u8]) -> Option<Found> {
    let found = vxlan(octets)?;
    let inside = match octets.get(3)? {
        1 => Inside::Next(Next::Ipv4),
        2 => Inside::Next(Next::Ipv6),
        3 => found.inside,
        4 => Inside::Service,
        _ => return None,
    };
    Some(Found { inside, ..found })
}

/// RFC 8926, Section 3.4.
fn geneve(octets: &[u8]) -> Option<Found> {
    let &[first, _, high, low, a, b, c, _] = octets.first_chunk()?;
    let inside = Inside::Next(match u16::from_be_bytes([high, low]) {
        0x6558 => Next::Ethernet,
        number => Next::EtherType(number),
    });
    let header = 8 + usize::from(first & 0x3f) * 4;
    let id = Some(u32::from_be_bytes([0, a, b, c]));
    (first >> 6 == 0).then_some(Found { tunnel: UdpTunnel::Geneve, header, length: None, id, inside })
}

/// 3GPP TS 29.281, Section 5: version 1, a message that carries a packet, extension headers.
fn gtp(octets: &[u8]) -> Option<Found> {
    let &[flags, 255, length_high, length_low, ..] = octets.first_chunk::<8>()? else { return None };
    if flags & 0xf0 != 0x30 {
        return None;
    }
    let mut header = 8;
    if flags & 0x07 != 0 {
        let mut next = *octets.get(11)?;
        header = 12;
        for _ in 0..GTP_EXTENSIONS_MAX {
            if flags & 0x04 == 0 || next == 0 {
                break;
            }
            let length = usize::from(*octets.get(header)?).max(1) * 4;
            next = *octets.get(header + length - 1)?;
            header += length;
        }
    }
    let stated = 8 + usize::from(u16::from_be_bytes([length_high, length_low]));
    let length = Some(stated.checked_sub(header)?);
    Some(Found { header, length, ..ip(UdpTunnel::Gtp, octets.get(header..)?)? })
}

/// RFC 4380, Section 5.1.1: authentication and origin may stand before the IPv6 packet, whose length must fit.
fn teredo(octets: &[u8]) -> Option<Found> {
    let mut header = 0;
    if let [0, 1, client, value, ..] = octets {
        header += 4 + usize::from(*client) + usize::from(*value) + 9;
    }
    if let Some([0, 0, ..]) = octets.get(header..) {
        header += 8;
    }
    let packet = octets.get(header..)?;
    let &[first, _, _, _, high, low, ..] = packet.first_chunk::<40>()?;
    let is_whole = 40 + usize::from(u16::from_be_bytes([high, low])) == packet.len();
    (first >> 4 == 6 && is_whole).then_some(Found { header, ..ip(UdpTunnel::Teredo, packet)? })
}

/// RFC 2661, Section 3.1: data messages of version 2.
fn l2tp(octets: &[u8]) -> Option<Found> {
    let &[flags, version] = octets.first_chunk()?;
    if flags & 0x80 != 0 || version & 0x0f != 2 {
        return None;
    }
    let mut header = 6;
    header += if flags & 0x40 != 0 { 2 } else { 0 };
    header += if flags & 0x08 != 0 { 4 } else { 0 };
    if flags & 0x02 != 0 {
        let &[high, low] = octets.get(header..)?.first_chunk()?;
        header += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    let inside = Inside::Next(Next::Ppp);
    Some(Found { tunnel: UdpTunnel::L2tp, header, length: None, id: None, inside })
}

/// AYIYA (draft-massar-v6ops-ayiya): lengths of identity and signature, what follows, then these two behind a time.
fn ayiya(octets: &[u8]) -> Option<Found> {
    let &[identity, signature, _, next] = octets.first_chunk()?;
    let header = 8 + (1_usize << (identity >> 4)) + usize::from(signature >> 4) * 4;
    let found = ip(UdpTunnel::Ayiya, octets.get(header..)?)?;
    matches!(next, 4 | 41).then_some(Found { header, ..found })
}
