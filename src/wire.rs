//! From captured octets to facts about one segment, datagram or ICMP error; or where and why that failed.
//!
//! The only code that names etherparse. No judgement: illegal combinations must be representable.
//! Knows `packet` and the words above it; knows neither where packets come from nor what TCP makes of them.

pub mod checksum;
pub mod datagram;
pub mod encapsulation;
pub mod encode;
mod fast;
pub mod fragment;
mod icmp;
mod ip;
mod ip_route;
mod link;
pub mod link_name;
pub mod options;
pub mod segment;
#[cfg(test)]
mod tests;
mod transport;
mod tunnel;
pub mod undecodable;
mod walk;

use crate::packet::{LinkType, Packet};
use datagram::{Datagram, IcmpError};
use encapsulation::Encapsulation;
use fragment::Fragment;
use segment::Segment;
use undecodable::Undecodable;

/// Most VLAN tags and tunnels around each other that are followed; more is an attack or a loop, not a network.
pub const LAYERS_MAX: usize = 8;

/// What one packet turned out to be.
#[derive(Clone, Debug)]
pub enum Decoded<'p> {
    /// A TCP segment, and the VLAN tags and tunnels around it: part of its flow's key.
    Segment(Segment<'p>, Encapsulation),
    /// A UDP datagram.
    Datagram(Datagram<'p>),
    /// An ICMP or ICMPv6 error that quotes a TCP segment or UDP datagram.
    IcmpError(IcmpError),
    /// A part of an IP datagram; [`fragment::Fragments`] puts it together with the others.
    Fragment(Fragment<'p>),
    /// Neither TCP nor UDP: what it is, as a stable lower-case word (`arp`, `icmp`, `ip-protocol-89`, `ethertype-0x88cc`).
    /// The words are bounded in number, by the widest field in one: some 65,000 Ethernet types.
    Other(std::borrow::Cow<'static, str>),
}

/// Which TCP or UDP of a packet with tunnels in it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Depth {
    /// The one in the innermost tunnel.
    #[default]
    Innermost,
    /// The one that is in no tunnel over IP.
    Outermost,
}

/// Decodes one packet from its link layer to its innermost TCP or UDP.
///
/// # Errors
///
/// [`Undecodable`] names the layer, the octet, what was wanted and what was found.
#[inline]
pub fn decode<'p>(packet: &Packet<'p>) -> Result<Decoded<'p>, Undecodable> {
    decode_at(packet, Depth::Innermost)
}

/// Decodes one packet from its link layer to the TCP or UDP at this depth.
///
/// # Errors
///
/// Those of [`decode`].
#[inline]
pub fn decode_at<'p>(packet: &Packet<'p>, depth: Depth) -> Result<Decoded<'p>, Undecodable> {
    match fast::segment(packet) {
        Some(segment) => segment.map(|(segment, around)| Decoded::Segment(segment, around)),
        None => walk::decode(packet, depth),
    }
}

/// Whether packets of a link type can be decoded at all; if not, [`decode`] answers every one with `link type N`.
#[must_use]
pub const fn decodes(link: LinkType) -> bool {
    link::is_known(link)
}
