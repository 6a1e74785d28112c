//! ICMP errors in traces: the kinds that both versions have, and their octets.
//!
//! The quote is the IP packet as it was sent, from its header to eight octets of TCP (RFC 792), as a line of the
//! notation writes it.

use super::packets::{Carrier, folded, octets, sum};
use super::{Attribute, Step};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A kind of error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// ICMP 3/0, ICMPv6 1/0.
    NetUnreachable,
    /// ICMP 3/1, ICMPv6 1/3.
    HostUnreachable,
    /// ICMP 3/3, ICMPv6 1/4.
    PortUnreachable,
    /// ICMP 3/13, ICMPv6 1/1.
    Prohibited,
    /// ICMP 3/4, ICMPv6 2/0.
    TooBig,
    /// ICMP 11/0, ICMPv6 3/0.
    TimeExceeded,
    /// ICMP 12/0, ICMPv6 4/0.
    ParameterProblem,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::NetUnreachable,
        Self::HostUnreachable,
        Self::PortUnreachable,
        Self::Prohibited,
        Self::TooBig,
        Self::TimeExceeded,
        Self::ParameterProblem,
    ];

    /// As the notation writes it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NetUnreachable => "net-unreachable",
            Self::HostUnreachable => "host-unreachable",
            Self::PortUnreachable => "port-unreachable",
            Self::Prohibited => "prohibited",
            Self::TooBig => "too-big",
            Self::TimeExceeded => "time-exceeded",
            Self::ParameterProblem => "parameter-problem",
        }
    }

    /// The kind written `id`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Type and code for IPv4, and for IPv6.
    const fn numbers(self) -> [[u8; 2]; 2] {
        match self {
            Self::NetUnreachable => [[3, 0], [1, 0]],
            Self::HostUnreachable => [[3, 1], [1, 3]],
            Self::PortUnreachable => [[3, 3], [1, 4]],
            Self::Prohibited => [[3, 13], [1, 1]],
            Self::TooBig => [[3, 4], [2, 0]],
            Self::TimeExceeded => [[11, 0], [3, 0]],
            Self::ParameterProblem => [[12, 0], [4, 0]],
        }
    }
}

/// Protocol number of ICMP.
const ICMP: u8 = 1;

/// Protocol number of ICMPv6.
const ICMPV6: u8 = 58;

/// Octets of the transport that are quoted.
const QUOTED: usize = 8;

/// The router's addresses, reserved for documentation (RFC 5737, RFC 3849).
const ROUTER: (Ipv4Addr, Ipv6Addr) = (Ipv4Addr::new(192, 0, 2, 1), Ipv6Addr::new(0x2001, 0xdb8, 0xff, 0, 0, 0, 0, 1));

/// From whom an error comes.
pub(super) fn source(step: &Step, carrier: Carrier) -> IpAddr {
    let peer = carrier.path(step.from).from.ip();
    match (step.attributes.contains(&Attribute::ByRouter), peer) {
        (false, peer) => peer,
        (true, IpAddr::V4(_)) => ROUTER.0.into(),
        (true, IpAddr::V6(_)) => ROUTER.1.into(),
    }
}

/// The protocol number and the octets of the message, which quotes the packet `quote`, from its IP header on.
pub(super) fn message(step: &Step, kind: Kind, carrier: Carrier, quote: &[u8]) -> (u8, Vec<u8>) {
    let path = carrier.path(step.from);
    let is_v4 = path.from.is_ipv4();
    let [numbers_v4, numbers_v6] = kind.numbers();
    let (numbers, protocol, header) = if is_v4 { (numbers_v4, ICMP, 20) } else { (numbers_v6, ICMPV6, 40) };
    let mtu = step.attributes.iter().rev().find_map(|attribute| match attribute {
        Attribute::Mtu(octets) => Some(*octets),
        _ => None,
    });
    let mut message = Vec::from(numbers);
    message.extend([0; 4]);
    message.extend(mtu.unwrap_or(0).to_be_bytes());
    message.extend(quote.iter().take(header + QUOTED));
    let pseudo = if is_v4 {
        0
    } else {
        let length = u64::try_from(message.len()).unwrap_or(0);
        sum(&octets(source(step, carrier))) + sum(&octets(path.to.ip())) + u64::from(protocol) + length
    };
    let checksum = !folded(pseudo + sum(&message));
    if let Some(field) = message.get_mut(2..4) {
        field.copy_from_slice(&checksum.to_be_bytes());
    }
    (protocol, message)
}
