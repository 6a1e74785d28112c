//! A TUN device: a network interface whose packets this process reads and writes.
//!
//! It is made in the network namespace of the calling thread and goes away with its last file descriptor. Only `site` may
//! use it.
#![expect(unsafe_code, reason = "TUNSETIFF is an ioctl(2), which no safe interface knows")]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;

nix::ioctl_write_int!(
    /// tun(4): attaches a descriptor to an interface. Its argument is an address, written into an `int` by the header.
    tun_set_interface,
    b'T',
    202
);

/// Makes a TUN device of this name and returns its descriptor, which never blocks.
///
/// Without `IFF_VNET_HDR` there is no offload: every packet is as long as on a wire and its checksum is complete.
///
/// # Errors
///
/// What the system said: `ENOENT` without /dev/net/tun, `EPERM` without rights over the namespace.
pub(super) fn make(name: &str) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
        .open("/dev/net/tun")?;
    let mut request = libc::ifreq {
        ifr_name: [0; libc::IFNAMSIZ],
        ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short },
    };
    // The last octet stays 0.
    for (place, octet) in request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1).zip(name.bytes()) {
        *place = octet.cast_signed();
    }
    let address = std::ptr::from_mut(&mut request) as u64;
    // SAFETY: the kernel reads and writes one ifreq at the address, which lives until the call returns.
    unsafe { tun_set_interface(file.as_raw_fd(), address) }?;
    Ok(file)
}
