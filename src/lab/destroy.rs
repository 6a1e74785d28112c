//! Two ways to end a connection that no other crate knows: connecting to nowhere, and having the administrator destroy it.
#![expect(unsafe_code, reason = "connect(2) to an address of no family")]

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};
use socket2::Socket;

/// `SOCK_DESTROY` (include/uapi/linux/sock_diag.h).
const SOCK_DESTROY: u16 = 21;
const NLMSG_ERROR: u16 = 2;
/// `NLM_F_REQUEST | NLM_F_ACK`.
const FLAGS: u16 = 5;

/// Ends the connection of a socket, which may then be used for another: `connect` with `AF_UNSPEC`.
pub fn disconnect(socket: &Socket) -> io::Result<()> {
    let nowhere = libc::sockaddr { sa_family: libc::AF_UNSPEC as u16, sa_data: [0; 14] };
    let length = size_of::<libc::sockaddr>() as libc::socklen_t;
    // SAFETY: the address lives until the call returns, and its length is that of its type.
    Errno::result(unsafe { libc::connect(socket.as_raw_fd(), &nowhere, length) })?;
    Ok(())
}

/// Destroys the socket between two addresses of the calling thread's network namespace, as `ss -K` does.
pub fn destroy(own: SocketAddr, other: SocketAddr) -> io::Result<()> {
    let diag = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkSockDiag)?;
    sendto(diag.as_raw_fd(), &request(own, other), &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut answer = [0; 512];
    let length = recv(diag.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    let answer = answer.get(..length).unwrap_or_default();
    let kind = answer.get(4..).and_then(|rest| rest.first_chunk()).map(|kind| u16::from_ne_bytes(*kind));
    let code = answer.get(16..).and_then(|rest| rest.first_chunk()).map(|code| i32::from_ne_bytes(*code));
    match (kind, code) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(negative)) => Err(Errno::from_raw(negative.saturating_neg()).into()),
        _ => Err(io::Error::other("the kernel's answer is not understood")),
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn request(own: SocketAddr, other: SocketAddr) -> Vec<u8> {
    let family = if own.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut message = 72_u32.to_ne_bytes().to_vec();
    message.extend(SOCK_DESTROY.to_ne_bytes());
    message.extend(FLAGS.to_ne_bytes());
    message.extend([0; 8]);
    message.extend([family as u8, libc::IPPROTO_TCP as u8, 0, 0]);
    message.extend(u32::MAX.to_ne_bytes());
    message.extend([own.port(), other.port()].map(u16::to_be_bytes).concat());
    for at in [own, other] {
        let mut address = match at {
            SocketAddr::V4(at) => at.ip().octets().to_vec(),
            SocketAddr::V6(at) => at.ip().octets().to_vec(),
        };
        address.resize(16, 0);
        message.extend(address);
    }
    // Any interface; no cookie.
    message.extend([0; 4]);
    message.extend([0xff; 8]);
    message
}

#[cfg(test)]
mod tests {
    use super::{destroy, disconnect, request};
    use socket2::{Domain, Socket, Type};

    #[test]
    fn the_request_fills_both_structures() {
        let (own, other) = ("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap());
        assert_eq!(request(own, other).len(), 72);
    }

    #[test]
    fn a_socket_that_is_not_there_is_not_destroyed_and_one_without_a_connection_is_disconnected() {
        let (own, other) = ("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap());
        destroy(own, other).unwrap_err();
        disconnect(&Socket::new(Domain::IPV4, Type::STREAM, None).unwrap()).unwrap();
    }
}
