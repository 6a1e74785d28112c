//! The packet(7) socket options for which no crate of ours has a safe call.
//!
//! The only unsafe code of the capture: two system calls, each on a descriptor that is borrowed, with a value that lives
//! on this stack. Both backends use it; every other option is set through nix or socket2.
#![expect(
    unsafe_code,
    reason = "setsockopt(2) and getsockopt(2) of packet(7) options that nix and socket2 do not name"
)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{c_int, c_void, socklen_t};

/// What a packet socket counted since it was asked last: the kernel starts again from 0 with every answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Tally {
    /// Frames that passed the filter, those dropped included.
    pub(super) received: u32,
    /// Frames that passed the filter and found no room in the buffer.
    pub(super) dropped: u32,
}

/// Asks for incoming frames only: on a loopback interface each frame is sent and received, so would be seen twice.
///
/// # Errors
///
/// `ENOPROTOOPT` before Linux 4.20.
pub(super) fn ignore_outgoing(socket: BorrowedFd<'_>) -> io::Result<()> {
    set(socket, libc::PACKET_IGNORE_OUTGOING, 1)
}

/// Asks for the true length and the VLAN tag of each frame beside it.
///
/// # Errors
///
/// What setsockopt(2) said.
pub(super) fn want_auxdata(socket: BorrowedFd<'_>) -> io::Result<()> {
    set(socket, libc::PACKET_AUXDATA, 1)
}

/// Which frames a group of sockets shares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shared {
    /// All.
    All,
    /// Incoming ones; what [`ignore_outgoing`] asked of a socket, its group does not know.
    Incoming,
}

/// `PACKET_FANOUT_FLAG_IGNORE_OUTGOING` of `linux/if_packet.h`, since Linux 5.19.
const FANOUT_IGNORE_OUTGOING: c_int = 0x4000;

/// Shares the frames of its interface with all bound sockets of this group: those of one flow always go to the same one.
///
/// # Errors
///
/// What setsockopt(2) said.
pub(super) fn join(socket: BorrowedFd<'_>, group: u16, shared: Shared) -> io::Result<()> {
    let by_flow = c_int::try_from(libc::PACKET_FANOUT_HASH).unwrap_or_default();
    let flags = if shared == Shared::Incoming { FANOUT_IGNORE_OUTGOING } else { 0 };
    set(socket, libc::PACKET_FANOUT, (by_flow | flags) << 16 | c_int::from(group))
}

/// What the socket counted since the last call.
///
/// # Errors
///
/// What getsockopt(2) said.
pub(super) fn tally(socket: BorrowedFd<'_>) -> io::Result<Tally> {
    let mut stats = libc::tpacket_stats { tp_packets: 0, tp_drops: 0 };
    let mut length = size_of::<libc::tpacket_stats>() as socklen_t;
    // SAFETY: the descriptor is open while it is borrowed; the kernel writes at most `length` octets into `stats`, which
    // is plain numbers of that size and outlives the call.
    let answer = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut stats).cast::<c_void>(),
            &raw mut length,
        )
    };
    if answer == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(Tally { received: stats.tp_packets, dropped: stats.tp_drops })
}

fn set(socket: BorrowedFd<'_>, option: c_int, value: c_int) -> io::Result<()> {
    // SAFETY: the descriptor is open while it is borrowed; the kernel reads exactly the size of `value`, which outlives
    // the call.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            option,
            (&raw const value).cast::<c_void>(),
            size_of::<c_int>() as socklen_t,
        )
    };
    if answer == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
