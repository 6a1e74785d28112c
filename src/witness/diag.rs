//! The TCP sockets of a network namespace, by sock_diag(7): with their states, those of requests and of TIME-WAIT among them.
//!
//! It asks about the namespace in which it was opened, from any thread and without any privilege.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

use super::kernel::KernelState;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
/// All states, that of a request that is no socket yet (12) included.
const EVERY_STATE: u32 = 0x1fff;
/// Of one answer; the kernel fills at most 32 KiB.
const ANSWER: usize = 65_536;
/// Sockets kept of one answer: as many as a host has ports for one address, and more.
const MAX_SOCKETS: usize = 1 << 20;

/// One socket, as the kernel tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Its own address.
    pub own: SocketAddr,
    /// The other end's.
    pub other: SocketAddr,
    /// Its state. A FIN-WAIT-2 that is kept in the small form of TIME-WAIT is told as FIN-WAIT-2.
    pub state: KernelState,
    /// The number of its inode, by which /proc/PID/fd names it; 0 if no program has it open.
    pub inode: u32,
    /// A number that no other socket of this boot has; it stays from the request to the end of TIME-WAIT.
    pub cookie: u64,
}

/// A place to ask.
#[derive(Debug)]
pub struct Diag(OwnedFd);

impl Diag {
    /// Opens one for the namespace of the calling thread.
    ///
    /// # Errors
    ///
    /// If the kernel has no sock_diag.
    pub fn open() -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC;
        Ok(Self(socket(AddressFamily::Netlink, SockType::Raw, flags, SockProtocol::NetlinkSockDiag)?))
    }

    /// All TCP sockets of the namespace.
    ///
    /// # Errors
    ///
    /// What the kernel answered.
    pub fn sockets(&self) -> io::Result<Vec<Seen>> {
        let mut all = Vec::new();
        for family in [libc::AF_INET, libc::AF_INET6] {
            self.dump(u8::try_from(family).unwrap_or_default(), &mut all)?;
        }
        Ok(all)
    }

    /// The socket between exactly these two, a request or TIME-WAIT too; `None` if there is none.
    ///
    /// # Errors
    ///
    /// What the kernel answered.
    pub fn socket(&self, own: SocketAddr, other: SocketAddr) -> io::Result<Option<Seen>> {
        let Some(question) = exactly(own, other) else { return Ok(None) };
        sendto(self.0.as_raw_fd(), &question, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
        let mut answer = vec![0; ANSWER];
        let length = recv(self.0.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        let mut found = Vec::new();
        match read(answer.get(..length).unwrap_or_default(), &mut found) {
            Ok(_) => Ok(found.pop()),
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn dump(&self, family: u8, all: &mut Vec<Seen>) -> io::Result<()> {
        sendto(self.0.as_raw_fd(), &request(family), &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
        let mut answer = vec![0; ANSWER];
        loop {
            let length = recv(self.0.as_raw_fd(), &mut answer, MsgFlags::empty())?;
            if read(answer.get(..length).unwrap_or_default(), all)? == More::No {
                return Ok(());
            }
        }
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn request(family: u8) -> Vec<u8> {
    let mut message = 72_u32.to_ne_bytes().to_vec();
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend((NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    message.extend([0; 8]);
    message.extend([family, libc::IPPROTO_TCP as u8, 0, 0]);
    message.extend(EVERY_STATE.to_ne_bytes());
    // Any ports, addresses and interface; no cookie.
    message.extend([0; 40]);
    message.extend([0xff; 8]);
    message
}

/// The same for one socket; `None` for addresses of two versions.
fn exactly(own: SocketAddr, other: SocketAddr) -> Option<Vec<u8>> {
    let octets = |at: SocketAddr| match at.ip() {
        IpAddr::V4(ip) => [ip.octets(), [0; 4], [0; 4], [0; 4]].concat(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    if own.is_ipv4() != other.is_ipv4() {
        return None;
    }
    let family = if own.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut message = request(u8::try_from(family).ok()?);
    message.get_mut(6..8)?.copy_from_slice(&NLM_F_REQUEST.to_ne_bytes());
    let mut id = [own.port().to_be_bytes(), other.port().to_be_bytes()].concat();
    id.extend(octets(own));
    id.extend(octets(other));
    message.get_mut(24..60)?.copy_from_slice(&id);
    Some(message)
}

#[derive(PartialEq, Eq)]
enum More {
    Yes,
    No,
}

fn read(mut answer: &[u8], all: &mut Vec<Seen>) -> io::Result<More> {
    let unclear = || io::Error::other("the kernel's answer is not understood");
    while !answer.is_empty() {
        let (Some(length), Some(kind)) = (number(answer, 0), half(answer, 4)) else { return Err(unclear()) };
        let length = usize::try_from(length).unwrap_or_default();
        let message = answer.get(..length).filter(|message| message.len() >= 16).ok_or_else(unclear)?;
        match kind {
            NLMSG_DONE => return Ok(More::No),
            NLMSG_ERROR => {
                let code = number(message, 16).unwrap_or_default().cast_signed();
                return Err(Errno::from_raw(code.saturating_neg()).into());
            }
            _ if all.len() >= MAX_SOCKETS => {}
            _ => all.extend(seen(message.get(16..).unwrap_or_default())),
        }
        answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(More::Yes)
}

/// `struct inet_diag_msg`.
fn seen(message: &[u8]) -> Option<Seen> {
    let family = i32::from(*message.first()?);
    let state = KernelState(*message.get(1)?);
    let port = |at: usize| Some(u16::from_be_bytes(*message.get(at..)?.first_chunk()?));
    let address = |at: usize| {
        Some(match family {
            libc::AF_INET => IpAddr::V4(Ipv4Addr::from(*message.get(at..)?.first_chunk::<4>()?)),
            libc::AF_INET6 => IpAddr::V6(Ipv6Addr::from(*message.get(at..)?.first_chunk::<16>()?)),
            _ => return None,
        })
    };
    let cookie = u64::from(number(message, 44)?) | u64::from(number(message, 48)?) << 32;
    Some(Seen {
        own: SocketAddr::new(address(8)?, port(4)?),
        other: SocketAddr::new(address(24)?, port(6)?),
        state,
        inode: number(message, 68)?,
        cookie,
    })
}

fn number(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

fn half(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::{Diag, exactly, request};
    use std::io::Read;
    use std::net::{Shutdown, TcpListener, TcpStream};

    #[test]
    fn the_request_fills_both_structures() {
        assert_eq!(request(2).len(), 72);
        let question = exactly("[2001:db8::1]:5".parse().unwrap(), "[2001:db8::2]:6".parse().unwrap());
        assert_eq!(question.map(|it| it.len()), Some(72));
        assert_eq!(exactly("[2001:db8::1]:5".parse().unwrap(), "192.0.2.1:6".parse().unwrap()), None);
    }

    #[test]
    fn one_socket_is_found_by_both_addresses_until_it_is_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let (own, other) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        let diag = Diag::open().unwrap();
        let state = |own, other| diag.socket(own, other).unwrap().and_then(|seen| seen.state.state());
        assert_eq!(state(own, other).unwrap().name(), "ESTABLISHED");
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(server.read(&mut [0]).unwrap(), 0);
        drop(server);
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        drop(client);
        assert_eq!(state(own, other).unwrap().name(), "TIME-WAIT");
        assert_eq!(state(own, "127.0.0.1:1".parse().unwrap()), None);
    }

    #[test]
    fn a_socket_of_this_program_is_found_in_the_state_it_has() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Diag::open().unwrap().sockets().unwrap();
        let own = seen.iter().find(|socket| socket.own == address).unwrap();
        assert_eq!(own.state.state().unwrap().name(), "LISTEN");
        assert!(own.inode > 0 && own.cookie > 0);
    }
}
