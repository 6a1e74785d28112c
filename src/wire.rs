//! From captured octets to facts about one segment, datagram or ICMP error; or where and why that failed.
//!
//! The only code that names etherparse. No judgement: illegal combinations must be representable.
//! Knows `packet` and the words above it; knows neither where packets come from nor what TCP makes of them.

pub mod checksum;
pub mod datagram;
pub mod encapsulation;
pub mod options;
pub mod segment;
pub mod undecodable;

use crate::packet::Packet;
use datagram::{Datagram, IcmpError};
use segment::Segment;
use undecodable::Undecodable;

/// What one packet turned out to be.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "built and consumed once a packet, never stored")]
pub enum Decoded<'p> {
    /// A TCP segment.
    Segment(Segment<'p>),
    /// A UDP datagram.
    Datagram(Datagram<'p>),
    /// An ICMP or ICMPv6 error that quotes a TCP segment or UDP datagram.
    IcmpError(IcmpError),
    /// Neither TCP nor UDP: what it is, as a stable lower-case word (`arp`, `icmp`, `ip-protocol-89`, `ethertype-0x88cc`).
    Other(std::borrow::Cow<'static, str>),
}

/// Decodes one packet from its link layer to its innermost TCP or UDP.
///
/// # Errors
///
/// [`Undecodable`] names the layer, the octet, what was wanted and what was found.
pub fn decode<'p>(packet: &Packet<'p>) -> Result<Decoded<'p>, Undecodable> {
    let _ = packet;
    Err(Undecodable::default())
}
