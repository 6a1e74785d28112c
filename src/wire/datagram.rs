//! UDP datagrams (RFC 768) and the ICMP errors (RFC 792, RFC 4443) that quote a datagram or segment.

use super::checksum::Checksum;
use super::encapsulation::Encapsulation;
use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Timestamp;
use std::net::IpAddr;

/// A UDP datagram, its payload lent by the capture.
#[derive(Clone, Debug)]
pub struct Datagram<'p> {
    /// Frame that carried it.
    pub frame: FrameNo,
    /// When that frame was captured.
    pub at: Timestamp,
    /// Who sent it to whom.
    pub path: FourTuple,
    /// VLAN tags and tunnels around it.
    pub encapsulation: Encapsulation,
    /// Payload as far as it was captured.
    pub payload: &'p [u8],
    /// Octets of payload on the wire.
    pub payload_len: u32,
    /// What its checksum says.
    pub checksum: Checksum,
}

/// An ICMP or ICMPv6 error message.
#[derive(Clone, Debug)]
pub struct IcmpError {
    /// Frame that carried it.
    pub frame: FrameNo,
    /// When that frame was captured.
    pub at: Timestamp,
    /// Who sent the error.
    pub reporter: IpAddr,
    /// What it says.
    pub kind: IcmpKind,
    /// VLAN tags and tunnels around it.
    pub encapsulation: Encapsulation,
    /// The quoted packet's source and destination.
    pub quoted: FourTuple,
    /// What it quotes.
    pub quotes: Quoted,
}

/// The transport that an ICMP error quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoted {
    /// A TCP segment with this sequence number.
    Segment(Seq),
    /// A UDP datagram.
    Datagram,
}

/// ICMP type and code as they stand in the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IcmpKind {
    /// ICMP for IPv4: type, code.
    V4(u8, u8),
    /// ICMPv6: type, code.
    V6(u8, u8),
}

impl IcmpKind {
    /// Whether it says that nobody listens on the port (ICMP 3/3, ICMPv6 1/4).
    #[must_use]
    pub const fn is_port_unreachable(self) -> bool {
        matches!(self, Self::V4(3, 3) | Self::V6(1, 4))
    }
}
