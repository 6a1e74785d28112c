//! What stood around the innermost IP packet: VLAN tags, labels and tunnels. Part of the flow key, and shown.

use smallvec::SmallVec;
use std::fmt;
use std::net::IpAddr;

/// One wrapping, as far as it tells connections apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Layer {
    /// IEEE 802.1Q or 802.1ad VLAN identifier, 0 to 4095.
    Vlan(u16),
    /// IP in IP, either version: outer addresses, the smaller first, so that both directions are one flow.
    IpInIp(IpAddr, IpAddr),
    /// GRE (RFC 2784, RFC 2890): outer addresses, the smaller first, and the key.
    Gre(IpAddr, IpAddr, Option<u32>),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vlan(id) => write!(f, "vlan {id}"),
            Self::IpInIp(low, high) => write!(f, "ip-in-ip {low} {high}"),
            Self::Gre(low, high, None) => write!(f, "gre {low} {high}"),
            Self::Gre(low, high, Some(key)) => write!(f, "gre {low} {high} key {key}"),
        }
    }
}

/// The wrappings from the outside in; empty for most packets.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Encapsulation(pub SmallVec<[Layer; 2]>);
