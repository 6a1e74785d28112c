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
    /// Octets that the next link takes (RFC 1191, Section 4; RFC 4443, Section 3.2); `None` where a router tells none.
    pub mtu: Option<u32>,
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

/// What an ICMP error means for a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gravity {
    /// It may pass: the connection must not be aborted (RFC 9293, Section 3.9.2.2, MUST-56).
    Soft,
    /// It lasts: the connection should be aborted (SHLD-26); hosts do so before they are synchronized only (RFC 5461,
    /// Section 2.1). For ICMPv6, which numbers them otherwise, those that Linux takes so (`icmpv6_err_convert`).
    Hard,
    /// The packet does not fit the next link: smaller ones follow (RFC 1191, RFC 8201).
    TooBig,
    /// Source quench: to be discarded (MUST-55).
    Void,
    /// RFC 9293 does not speak of it; Linux takes those about a destination for hard.
    Unspoken,
}

impl Gravity {
    /// `soft`, `hard`, `too-big`, `void` or `unspoken`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::TooBig => "too-big",
            Self::Void => "void",
            Self::Unspoken => "unspoken",
        }
    }
}

impl IcmpKind {
    /// Whether it says that nobody listens on the port (ICMP 3/3, ICMPv6 1/4).
    #[must_use]
    pub const fn is_port_unreachable(self) -> bool {
        matches!(self, Self::V4(3, 3) | Self::V6(1, 4))
    }

    /// What it means for a connection.
    #[must_use]
    pub const fn gravity(self) -> Gravity {
        match self {
            Self::V4(3, 0 | 1 | 5) | Self::V4(11 | 12, _) | Self::V6(1, 0 | 3) | Self::V6(3 | 4, _) => Gravity::Soft,
            Self::V4(3, 2 | 3) | Self::V6(1, 1 | 4..=6) => Gravity::Hard,
            Self::V4(3, 4) | Self::V6(2, _) => Gravity::TooBig,
            Self::V4(4, _) => Gravity::Void,
            Self::V4(..) | Self::V6(..) => Gravity::Unspoken,
        }
    }

    /// A stable word for it, the same for both versions where both have it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::V4(3, 0 | 6 | 11) | Self::V6(1, 0) => "net-unreachable",
            Self::V4(3, 1 | 7 | 8 | 12) | Self::V6(1, 3) => "host-unreachable",
            Self::V4(3, 2) => "protocol-unreachable",
            Self::V4(3, 3) | Self::V6(1, 4) => "port-unreachable",
            Self::V4(3, 4) | Self::V6(2, _) => "too-big",
            Self::V4(3, 5) => "source-route-failed",
            Self::V4(3, 9 | 10 | 13) | Self::V6(1, 1 | 5 | 6) => "prohibited",
            Self::V4(3, _) | Self::V6(1, _) => "unreachable",
            Self::V4(4, _) => "source-quench",
            Self::V4(5, _) => "redirect",
            Self::V4(11, _) | Self::V6(3, _) => "time-exceeded",
            Self::V4(12, _) | Self::V6(4, _) => "parameter-problem",
            Self::V4(..) | Self::V6(..) => "other",
        }
    }

    /// Type and code.
    #[must_use]
    pub const fn numbers(self) -> (u8, u8) {
        match self {
            Self::V4(kind, code) | Self::V6(kind, code) => (kind, code),
        }
    }
}
