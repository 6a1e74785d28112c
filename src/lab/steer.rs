//! Socket options that the crates do not know: sequence numbers and queues of a socket under repair, fast open, MD5.
//!
//! `TCP_REPAIR` (`tcp.c`) lets a program with rights over the namespace set a socket's numbers, and close it without a word.

use std::io;
use std::net::IpAddr;

use nix::sys::socket::sockopt::TcpRepair;
use nix::sys::socket::{getsockopt, setsockopt};
use nix::{getsockopt_impl, setsockopt_impl, sockopt_impl};
use socket2::Socket;

sockopt_impl!(
    /// Which queue [`QueueSeq`] means: 1 received, 2 sent.
    RepairQueue, Both, libc::IPPROTO_TCP, libc::TCP_REPAIR_QUEUE, i32
);
sockopt_impl!(
    /// The next sequence number of a queue.
    QueueSeq, Both, libc::IPPROTO_TCP, libc::TCP_QUEUE_SEQ, u32
);
sockopt_impl!(
    /// How many connections may be half open by fast open.
    FastOpenQueue, SetOnly, libc::IPPROTO_TCP, libc::TCP_FASTOPEN, i32
);
sockopt_impl!(
    /// The key that signs and checks segments to and from an address (RFC 2385).
    Md5Key, SetOnly, libc::IPPROTO_TCP, libc::TCP_MD5SIG, Signature
);

const RECEIVED: i32 = 1;
const SENT: i32 = 2;
const ON: u32 = 1;
/// Off, without telling the peer the window.
const OFF_SILENT: u32 = u32::MAX;

/// `struct tcp_md5sig` (include/uapi/linux/tcp.h).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    address: [u8; 128],
    flags: u8,
    prefix: u8,
    length: u16,
    interface: i32,
    key: [u8; 80],
}

/// SND.NXT and RCV.NXT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numbers {
    /// SND.NXT.
    pub sent: u32,
    /// RCV.NXT.
    pub received: u32,
}

/// The initial sequence number of a socket that has not connected yet.
pub fn set_initial(socket: &Socket, number: u32) -> io::Result<()> {
    repair(socket, || {
        setsockopt(socket, RepairQueue, &SENT)?;
        setsockopt(socket, QueueSeq, &number)
    })
}

/// The numbers of an open connection.
pub fn numbers(socket: &Socket) -> io::Result<Numbers> {
    repair(socket, || {
        setsockopt(socket, RepairQueue, &SENT)?;
        let sent = getsockopt(socket, QueueSeq)?;
        setsockopt(socket, RepairQueue, &RECEIVED)?;
        Ok(Numbers { sent, received: getsockopt(socket, QueueSeq)? })
    })
}

/// Leaves the socket under repair, so that closing it tells nobody: as if the host had crashed.
pub fn mute(socket: &Socket) -> io::Result<()> {
    Ok(setsockopt(socket, TcpRepair, &ON)?)
}

/// Lets SYNs open connections by themselves.
pub fn set_fast_open(socket: &Socket, queue: i32) -> io::Result<()> {
    Ok(setsockopt(socket, FastOpenQueue, &queue)?)
}

/// Signs all segments to `peer` and wants all from it signed.
pub fn set_signature(socket: &Socket, peer: IpAddr, key: &[u8]) -> io::Result<()> {
    let mut signature = Signature {
        address: [0; 128],
        flags: 0,
        prefix: 0,
        length: u16::try_from(key.len()).unwrap_or_default(),
        interface: 0,
        key: [0; 80],
    };
    let IpAddr::V4(ip) = peer else { return Err(io::Error::other("wanted an address of version 4")) };
    let address = [&u16::try_from(libc::AF_INET).unwrap_or_default().to_ne_bytes()[..], &[0, 0], &ip.octets()].concat();
    for (place, octet) in signature.address.iter_mut().zip(address) {
        *place = octet;
    }
    for (place, octet) in signature.key.iter_mut().zip(key) {
        *place = *octet;
    }
    Ok(setsockopt(socket, Md5Key, &signature)?)
}

fn repair<T>(socket: &Socket, work: impl FnOnce() -> nix::Result<T>) -> io::Result<T> {
    setsockopt(socket, TcpRepair, &ON)?;
    let done = work();
    setsockopt(socket, TcpRepair, &OFF_SILENT)?;
    Ok(done?)
}
