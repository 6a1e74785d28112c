//! Gives an interface its addresses and its routes and brings it up, by rtnetlink(7) messages.
//!
//! It acts on the network namespace of the calling thread. Only `site` may use it.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_CREATE: u16 = 0x400;
const IFLA_MTU: u16 = 4;
const IFLA_TXQLEN: u16 = 13;
const IFLA_GSO_MAX_SEGS: u16 = 40;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const RTA_OIF: u16 = 4;
/// The address is used at once, without looking for another host that has it.
const IFA_F_NODAD: u8 = 2;
/// `RT_TABLE_MAIN`, `RTPROT_STATIC`, `RT_SCOPE_UNIVERSE`, `RTN_UNICAST`.
const ROUTE: [u8; 4] = [254, 4, 0, 1];

/// A socket that talks to the kernel about interfaces.
pub(super) struct Route(OwnedFd);

impl Route {
    /// Opens one for the namespace of this thread.
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self(socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?))
    }

    /// Brings the interface up; with a length of its packets and of its queue, where given, and then each packet made by itself.
    pub(super) fn bring_up(&self, index: u32, sizes: Option<(u32, u32)>) -> io::Result<()> {
        let up = libc::IFF_UP.cast_unsigned();
        let mut body = vec![0; 4];
        body.extend([index, up, up].map(u32::to_ne_bytes).concat());
        if let Some((mtu, queue)) = sizes {
            attribute(&mut body, IFLA_MTU, &mtu.to_ne_bytes());
            attribute(&mut body, IFLA_TXQLEN, &queue.to_ne_bytes());
            attribute(&mut body, IFLA_GSO_MAX_SEGS, &1_u32.to_ne_bytes());
        }
        self.ask(RTM_NEWLINK, 0, &body)
    }

    /// Adds an address of one host, and the other end's address.
    pub(super) fn add_address(&self, index: u32, own: IpAddr, other: IpAddr) -> io::Result<()> {
        let (own, length) = (octets(own), octets(own).len() as u8 * 8);
        let mut body = vec![family(length), length, IFA_F_NODAD, 0];
        body.extend(index.to_ne_bytes());
        attribute(&mut body, IFA_LOCAL, &own);
        // A point-to-point address names the other end; IPv6 takes a route for it instead.
        let other = if length == 32 { octets(other) } else { own };
        attribute(&mut body, IFA_ADDRESS, &other);
        self.ask(RTM_NEWADDR, NLM_F_CREATE, &body)
    }

    /// Sends everything of the version of `like` through the interface.
    pub(super) fn add_default(&self, index: u32, like: IpAddr) -> io::Result<()> {
        let mut body = vec![family(octets(like).len() as u8 * 8), 0, 0, 0];
        body.extend(ROUTE);
        body.extend([0; 4]);
        attribute(&mut body, RTA_OIF, &index.to_ne_bytes());
        self.ask(RTM_NEWROUTE, NLM_F_CREATE, &body)
    }

    fn ask(&self, kind: u16, flags: u16, body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(16 + body.len()).unwrap_or_default();
        let mut message = length.to_ne_bytes().to_vec();
        message.extend(kind.to_ne_bytes());
        message.extend((NLM_F_REQUEST | NLM_F_ACK | flags).to_ne_bytes());
        // Sequence number and port.
        message.extend([0; 8]);
        message.extend(body);
        sendto(self.0.as_raw_fd(), &message, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
        let mut answer = [0; 1024];
        let length = recv(self.0.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        match errno(answer.get(..length).unwrap_or_default()) {
            Some(0) => Ok(()),
            Some(negative) => Err(Errno::from_raw(negative.saturating_neg()).into()),
            None => Err(io::Error::other("the kernel's answer is not understood")),
        }
    }
}

/// Appends one attribute, padded to four octets.
fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    body.extend(u16::try_from(4 + value.len()).unwrap_or_default().to_ne_bytes());
    body.extend(kind.to_ne_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// `AF_INET` or `AF_INET6`, by the length of an address in bits.
fn family(bits: u8) -> u8 {
    if bits == 32 { libc::AF_INET as u8 } else { libc::AF_INET6 as u8 }
}

/// The number in an acknowledgment: 0, or an errno made negative.
fn errno(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(*answer.get(4..)?.first_chunk()?);
    let number = i32::from_ne_bytes(*answer.get(16..)?.first_chunk()?);
    (kind == NLMSG_ERROR).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::attribute;

    #[test]
    fn attributes_are_padded_to_four_octets() {
        let mut body = Vec::new();
        attribute(&mut body, 7, &[1, 2, 3, 4, 5]);
        assert_eq!(body[..4], [9_u16.to_ne_bytes(), 7_u16.to_ne_bytes()].concat());
        assert_eq!(body[4..], [1, 2, 3, 4, 5, 0, 0, 0]);
    }
}
