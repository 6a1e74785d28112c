//! ICMP and ICMPv6 errors and the header that they quote. Other ICMP messages are named, not read.

use super::Decoded;
use super::datagram::{IcmpError, IcmpKind, Quoted};
use super::ip::{self, Fragment};
use super::undecodable::Undecodable;
use super::walk::Walk;
use crate::four_tuple::FourTuple;
use crate::seq::Seq;
use etherparse::{Icmpv4Slice, Icmpv6Slice, IpNumber};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// Which ICMP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Version {
    V4,
    V6,
}

/// Reads an ICMP message, from its type on; an error that quotes TCP or UDP is one, anything else is named.
pub(super) fn error<'p>(mut walk: Walk<'p>, version: Version, reporter: IpAddr) -> Result<Decoded<'p>, Undecodable> {
    let octets = walk.octets();
    let (word, kind) = match version {
        Version::V4 => ("icmp", Icmpv4Slice::from_slice(octets).map(|it| IcmpKind::V4(it.type_u8(), it.code_u8()))),
        Version::V6 => ("icmpv6", Icmpv6Slice::from_slice(octets).map(|it| IcmpKind::V6(it.type_u8(), it.code_u8()))),
    };
    // Both ICMPs put the quoted packet after eight octets.
    let &[_, _, _, _, a, b, c, d] = walk.take::<8>(word)?;
    let mtu = match kind {
        Ok(IcmpKind::V4(3, 4)) => u32::from(u16::from_be_bytes([c, d])),
        Ok(IcmpKind::V6(2, _)) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    };
    let quote = match kind {
        Ok(IcmpKind::V4(3 | 4 | 5 | 11 | 12, _) | IcmpKind::V6(1..=4, _)) => quoted(&walk),
        _ => None,
    };
    Ok(match kind.ok().zip(quote) {
        Some((kind, (quoted, quotes))) => Decoded::IcmpError(IcmpError {
            frame: walk.packet.frame,
            at: walk.packet.at,
            reporter,
            kind,
            encapsulation: walk.encapsulation,
            quoted,
            quotes,
            mtu: (mtu != 0).then_some(mtu),
        }),
        None => Decoded::Other(Cow::Borrowed(word)),
    })
}

/// The quoted packet's ends, if it was TCP or UDP and the eight octets of it that every error owes (RFC 792) are there.
fn quoted(walk: &Walk<'_>) -> Option<(FourTuple, Quoted)> {
    let header = match walk.octets().first()? >> 4 {
        4 => ip::header_v4(walk).ok()?,
        6 => ip::header_v6(walk).ok()?,
        _ => return None,
    };
    if let Fragment::Later(_) = header.fragment {
        return None;
    }
    let &[a, b, c, d, e, f, g, h] = ip::body(walk, &header).first_chunk::<8>()?;
    let quotes = match header.protocol {
        IpNumber::TCP => Quoted::Segment(Seq::new(u32::from_be_bytes([e, f, g, h]))),
        IpNumber::UDP => Quoted::Datagram,
        _ => return None,
    };
    let from = SocketAddr::new(header.source, u16::from_be_bytes([a, b]));
    let to = SocketAddr::new(header.destination, u16::from_be_bytes([c, d]));
    Some((FourTuple { from, to }, quotes))
}
