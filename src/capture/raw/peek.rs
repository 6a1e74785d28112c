//! What the kernel knows of the frame that waits in a packet socket, read without taking the frame.
//!
//! pnet hands over octets only; this is where stamp, length and VLAN tag come from.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, Timestamps, UnknownCmsg, recvmsg};
use nix::sys::time::TimeSpec;

use crate::timestamp::Timestamp;

/// TP_STATUS_* of `linux/if_packet.h`.
const VLAN_VALID: u32 = 1 << 4;
const VLAN_TPID_VALID: u32 = 1 << 6;
/// The tag protocol of IEEE 802.1Q, where the kernel does not name one.
const DOT1Q: u16 = 0x8100;
/// `struct tpacket_auxdata`: status, len, snaplen (32 bits each), mac, net, vlan_tci, vlan_tpid (16 bits each).
const AUXDATA: usize = 20;

/// A frame's circumstances.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Peeked {
    /// When the kernel took the frame, if it told.
    pub(super) stamp: Option<Timestamp>,
    /// Octets on the wire, without the tag taken off; 0 if the kernel did not tell.
    pub(super) wire_len: u32,
    /// The VLAN tag that the kernel took off, as it stood in the frame.
    pub(super) tag: Option<[u8; 4]>,
}

/// Room for the kernel's answers, made once.
#[derive(Debug)]
pub(super) struct Peek {
    control: Vec<u8>,
}

impl Peek {
    pub(super) fn new() -> Self {
        Self { control: cmsg_space!([TimeSpec; 3], [u8; AUXDATA]) }
    }

    /// The frame that the next read will take, or `None` if none is waiting.
    ///
    /// # Errors
    ///
    /// The socket's pending error, told once: `ENETDOWN` when the interface went down.
    pub(super) fn look(&mut self, socket: BorrowedFd<'_>) -> Result<Option<Peeked>, Errno> {
        let flags = MsgFlags::MSG_PEEK | MsgFlags::MSG_TRUNC | MsgFlags::MSG_DONTWAIT;
        let message = loop {
            match recvmsg::<()>(socket.as_raw_fd(), &mut [], Some(&mut self.control), flags) {
                Ok(message) => break message,
                Err(Errno::EAGAIN) => return Ok(None),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        };
        let mut peeked = Peeked { stamp: None, wire_len: 0, tag: None };
        for answer in message.cmsgs()? {
            match answer {
                ControlMessageOwned::ScmTimestampsns(Timestamps { system: stamp, .. })
                    if stamp != TimeSpec::new(0, 0) =>
                {
                    let ns = stamp.tv_sec().saturating_mul(1_000_000_000).saturating_add(stamp.tv_nsec());
                    peeked.stamp = Some(Timestamp::from_ns(ns));
                }
                ControlMessageOwned::Unknown(UnknownCmsg { cmsg_header, data_bytes })
                    if (cmsg_header.cmsg_level, cmsg_header.cmsg_type) == (libc::SOL_PACKET, libc::PACKET_AUXDATA) =>
                {
                    (peeked.wire_len, peeked.tag) = auxdata(&data_bytes);
                }
                _ => {}
            }
        }
        Ok(Some(peeked))
    }
}

/// The length on the wire and the tag that was taken off.
fn auxdata(octets: &[u8]) -> (u32, Option<[u8; 4]>) {
    let Some((words, [_, _, _, _, t0, t1, p0, p1])) = octets.get(..AUXDATA).and_then(<[u8]>::split_last_chunk::<8>)
    else {
        return (0, None);
    };
    let word = |at: usize| words.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_ne_bytes(*word));
    let (status, wire_len) = (word(0), word(4));
    let named = u16::from_ne_bytes([*p0, *p1]);
    let protocol = if status & VLAN_TPID_VALID == 0 || named == 0 { DOT1Q } else { named };
    let ([p0, p1], [t0, t1]) = (protocol.to_be_bytes(), u16::from_ne_bytes([*t0, *t1]).to_be_bytes());
    (wire_len, (status & VLAN_VALID != 0).then_some([p0, p1, t0, t1]))
}

#[cfg(test)]
mod tests {
    use super::auxdata;

    fn octets(status: u32, len: u32, tci: u16, tpid: u16) -> Vec<u8> {
        let words = [status, len, 96].map(u32::to_ne_bytes).concat();
        let halves = [14, 34, tci, tpid].map(u16::to_ne_bytes).concat();
        [words, halves].concat()
    }

    #[test]
    fn the_length_is_that_of_the_wire_not_of_the_snap() {
        assert_eq!(auxdata(&octets(1, 1514, 0, 0)), (1514, None));
    }

    #[test]
    fn a_tag_comes_back_in_network_order() {
        assert_eq!(auxdata(&octets(0b101_0001, 60, 0x6005, 0x88a8)), (60, Some([0x88, 0xa8, 0x60, 0x05])));
        assert_eq!(auxdata(&octets(0b001_0001, 60, 5, 0)), (60, Some([0x81, 0, 0, 5])));
    }

    #[test]
    fn an_answer_cut_short_tells_nothing() {
        assert_eq!(auxdata(&[1; 19]), (0, None));
        assert_eq!(auxdata(&[]), (0, None));
    }
}
