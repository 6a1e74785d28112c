//! The two hosts of the lab, their addresses, and what belongs to each.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::{Index, IndexMut};

/// A host. In most scenarios the client connects to the server; in some both connect.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Host {
    /// Who connects.
    Client,
    /// Who listens.
    Server,
}

impl Host {
    /// Both, the client first.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `client` or `server`, as machine formats carry it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// One value for each host.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PerHost<T> {
    /// The client's.
    pub client: T,
    /// The server's.
    pub server: T,
}

impl<T> Index<Host> for PerHost<T> {
    type Output = T;
    fn index(&self, host: Host) -> &T {
        match host {
            Host::Client => &self.client,
            Host::Server => &self.server,
        }
    }
}

impl<T> IndexMut<Host> for PerHost<T> {
    fn index_mut(&mut self, host: Host) -> &mut T {
        match host {
            Host::Client => &mut self.client,
            Host::Server => &mut self.server,
        }
    }
}

/// Which IP a scenario speaks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Version {
    /// IPv4.
    #[default]
    V4,
    /// IPv6.
    V6,
}

/// The addresses of one lab: of the blocks for documentation, and different for each number, so that labs that run at the
/// same time can be told apart in what the kernel says of all its sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Addresses(u16);

impl Addresses {
    /// The addresses of the lab with this number; 64,516 are different.
    #[must_use]
    pub const fn of(number: u32) -> Self {
        Self((number % (254 * 254)) as u16)
    }

    /// The IPv4 address of `host`: of 198.51.100.0/24 or 203.0.113.0/24 (RFC 5737).
    #[must_use]
    pub fn v4(self, host: Host) -> Ipv4Addr {
        let octet = |number: u16| u8::try_from(1 + number % 254).unwrap_or(1);
        match host {
            Host::Client => Ipv4Addr::new(198, 51, 100, octet(self.0)),
            Host::Server => Ipv4Addr::new(203, 0, 113, octet(self.0 / 254)),
        }
    }

    /// The IPv6 address of `host`: of 2001:db8::/32 (RFC 3849).
    #[must_use]
    pub fn v6(self, host: Host) -> Ipv6Addr {
        let net = match host {
            Host::Client => 1,
            Host::Server => 2,
        };
        Ipv6Addr::new(0x2001, 0xdb8, net, 0, 0, 0, 0, self.0.saturating_add(1))
    }

    /// The address of `host` in one version.
    #[must_use]
    pub fn ip(self, host: Host, version: Version) -> IpAddr {
        match version {
            Version::V4 => self.v4(host).into(),
            Version::V6 => self.v6(host).into(),
        }
    }

    /// An address with a port.
    #[must_use]
    pub fn socket(self, host: Host, version: Version, port: u16) -> SocketAddr {
        SocketAddr::new(self.ip(host, version), port)
    }

    /// Whose address this is.
    #[must_use]
    pub fn host_of(self, ip: IpAddr) -> Option<Host> {
        let is = |host: &Host| ip == IpAddr::V4(self.v4(*host)) || ip == IpAddr::V6(self.v6(*host));
        Host::BOTH.into_iter().find(is)
    }
}

#[cfg(test)]
mod tests {
    use super::{Addresses, Host};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_labs_of_a_process_table_share_an_address_pair() {
        let pairs: BTreeSet<_> =
            (0..254 * 254).map(|n| Host::BOTH.map(|host| Addresses::of(n).v4(host).octets())).collect();
        assert_eq!(pairs.len(), 254 * 254);
        assert_eq!(Addresses::of(254 * 254), Addresses::of(0));
    }

    #[test]
    fn an_address_tells_its_host() {
        let addresses = Addresses::of(300);
        for host in Host::BOTH {
            assert_eq!(addresses.host_of(addresses.v4(host).into()), Some(host));
            assert_eq!(addresses.host_of(addresses.v6(host).into()), Some(host));
        }
        assert_eq!(addresses.host_of([127, 0, 0, 1].into()), None);
    }
}
