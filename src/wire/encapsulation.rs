//! What stood around the innermost IP packet: VLAN tags, labels and tunnels. Part of the flow key, and shown.
//!
//! Only what is the same for both directions of a connection is in it: outer addresses, the smaller first, and those
//! identifiers that both directions share.

use smallvec::SmallVec;
use std::fmt;
use std::net::IpAddr;

/// One wrapping, as far as it tells connections apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Layer {
    /// IEEE 802.1Q or 802.1ad VLAN identifier, 0 to 4095.
    Vlan(u16),
    /// Service identifier of a provider backbone bridge (IEEE 802.1ah), 24 bits.
    Service(u32),
    /// IP in IP, either version: outer addresses, the smaller first, so that both directions are one flow.
    IpInIp(IpAddr, IpAddr),
    /// GRE (RFC 2784, RFC 2890): outer addresses, the smaller first, and the key.
    Gre(IpAddr, IpAddr, Option<u32>),
    /// A mirror's copy of a frame in GRE (ERSPAN): outer addresses, the smaller first, and the session of the mirror.
    Erspan(IpAddr, IpAddr, u16),
    /// Ethernet in IP (RFC 3378): outer addresses, the smaller first.
    EtherIp(IpAddr, IpAddr),
    /// A tunnel over UDP: outer addresses, the smaller first, and the network's identifier where both directions have one.
    OverUdp(UdpTunnel, IpAddr, IpAddr, Option<u32>),
}

/// A tunnel over UDP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UdpTunnel {
    /// VXLAN (RFC 7348) and its generic extension.
    Vxlan,
    /// Geneve (RFC 8926).
    Geneve,
    /// GTP-U (3GPP TS 29.281). Its endpoint identifiers differ between the directions.
    Gtp,
    /// Teredo (RFC 4380).
    Teredo,
    /// L2TP version 2 (RFC 2661). Its identifiers differ between the directions.
    L2tp,
    /// AYIYA, of the SixXS brokers.
    Ayiya,
    /// LISP (RFC 9300).
    Lisp,
    /// MPLS (RFC 7510).
    Mpls,
    /// GRE (RFC 8086), which is a layer of its own inside.
    Gre,
}

impl UdpTunnel {
    const fn word(self) -> &'static str {
        match self {
            Self::Vxlan => "vxlan",
            Self::Geneve => "geneve",
            Self::Gtp => "gtp",
            Self::Teredo => "teredo",
            Self::L2tp => "l2tp",
            Self::Ayiya => "ayiya",
            Self::Lisp => "lisp",
            Self::Mpls => "mpls-over-udp",
            Self::Gre => "gre-over-udp",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlan(id) => write!(f, "vlan {id}"),
            Self::Service(id) => write!(f, "service {id}"),
            Self::IpInIp(low, high) => write!(f, "ip-in-ip {low} {high}"),
            Self::Gre(low, high, None) => write!(f, "gre {low} {high}"),
            Self::Gre(low, high, Some(key)) => write!(f, "gre {low} {high} key {key}"),
            Self::Erspan(low, high, session) => write!(f, "erspan {low} {high} session {session}"),
            Self::EtherIp(low, high) => write!(f, "etherip {low} {high}"),
            Self::OverUdp(tunnel, low, high, None) => write!(f, "{} {low} {high}", tunnel.word()),
            Self::OverUdp(tunnel, low, high, Some(id)) => write!(f, "{} {low} {high} network {id}", tunnel.word()),
        }
    }
}

/// The wrappings from the outside in; empty for most packets.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Encapsulation(pub SmallVec<[Layer; 2]>);
