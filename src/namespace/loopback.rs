//! Brings a fresh network namespace's loopback up, by one rtnetlink(7) message.
//!
//! Only `enter` may call it: it acts on the namespace the thread is in.

use std::io;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
/// `struct nlmsghdr` and `struct ifinfomsg`.
const LENGTH: usize = 32;

/// Sets IFF_UP on `lo`; the kernel adds 127.0.0.1 and ::1 itself.
///
/// # Errors
///
/// What the kernel answered: `EPERM` where this process has no rights over the namespace.
pub(super) fn bring_up() -> io::Result<()> {
    let index = if_nametoindex("lo")?;
    let route = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
    let kernel = NetlinkAddr::new(0, 0);
    sendto(route.as_raw_fd(), &set_up(index), &kernel, MsgFlags::empty())?;
    let mut answer = [0; 512];
    let length = recv(route.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    match errno(answer.get(..length).unwrap_or_default()) {
        Some(0) => Ok(()),
        Some(negative) => Err(Errno::from_raw(negative.saturating_neg()).into()),
        None => Err(io::Error::other("the kernel's answer is not understood")),
    }
}

fn set_up(index: u32) -> [u8; LENGTH] {
    let up = libc::IFF_UP.cast_unsigned();
    let mut message = [0; LENGTH];
    let fields: [&[u8]; 7] = [
        &u32::try_from(LENGTH).unwrap_or_default().to_ne_bytes(),
        &RTM_NEWLINK.to_ne_bytes(),
        &(NLM_F_REQUEST | NLM_F_ACK).to_ne_bytes(),
        // Sequence number, port, family, padding and type: all 0.
        &[0; 12],
        &index.to_ne_bytes(),
        &up.to_ne_bytes(),
        // Which flags to change.
        &up.to_ne_bytes(),
    ];
    for (place, octet) in message.iter_mut().zip(fields.into_iter().flatten()) {
        *place = *octet;
    }
    message
}

/// The number in an acknowledgment: 0, or an errno made negative.
fn errno(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(*answer.get(4..)?.first_chunk()?);
    let number = i32::from_ne_bytes(*answer.get(16..)?.first_chunk()?);
    (kind == NLMSG_ERROR).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, errno, set_up};

    #[test]
    fn the_message_fills_both_structures() {
        let message = set_up(7);
        assert_eq!(message[..4], u32::try_from(LENGTH).unwrap().to_ne_bytes());
        assert_eq!(message[20..], [7, 1, 1].map(u32::to_ne_bytes).concat());
    }

    #[test]
    fn an_answer_is_an_errno_or_not_understood() {
        let mut answer = set_up(0);
        assert_eq!(errno(&answer), None);
        answer[4] = 2;
        answer[16..20].copy_from_slice(&(-1_i32).to_ne_bytes());
        assert_eq!(errno(&answer), Some(-1));
        assert_eq!(errno(&answer[..17]), None);
    }
}
