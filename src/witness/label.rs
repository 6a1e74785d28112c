//! Labels: for each segment that passes a device, the state that its socket has at that moment, told by a small program of BPF.
//!
//! `label/program.c` is the program and `label/words.rs` what clang makes of it; the words are given to bpf(2) as they are, so
//! nothing else is needed to run it. It hangs at both ways of the device (TCX, Linux 6.6) and goes away with its descriptors,
//! however the process ends. It tells what tracepoints cannot: requests that are no socket yet, TIME-WAIT, and the state before
//! each segment without a comparison of times. Only for devices without a header before IP, as the laboratory's are.
#![expect(unsafe_code, reason = "bpf(2), which no safe interface knows")]

pub mod words;

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::net::if_::if_nametoindex;

use self::words::WORDS;
use super::kernel::KernelState;
use super::{clock, said};
use crate::timestamp::{Elapsed, Timestamp};

/// Labels that wait to be taken; 24 octets each. The program drops what finds no room.
const MOST: u32 = 1 << 19;
/// Octets of a label, as `struct label` of the program has them.
const LENGTH: usize = 24;

// Commands, types and places of bpf(2), from include/uapi/linux/bpf.h.
const MAP_CREATE: libc::c_int = 0;
const PROG_LOAD: libc::c_int = 5;
const LOOKUP_AND_DELETE: libc::c_int = 21;
const LINK_CREATE: libc::c_int = 28;
const QUEUE: u32 = 22;
const SCHED_CLS: u32 = 3;
const TCX_INGRESS: u32 = 46;
const TCX_EGRESS: u32 = 47;
/// In the upper half of the second octet of an instruction: its number is the descriptor of a map.
const PSEUDO_MAP_FD: u64 = 1 << 12;
/// What loads a number of 64 bits, in the lowest octet.
const LOAD_LONG: u64 = 0x18;

/// Why segments cannot be labelled.
#[derive(Debug, thiserror::Error)]
#[error("cannot label segments: {step}: {}; it takes root, and Linux 6.6 with BPF", said(source))]
pub struct Unlabelled {
    /// What could not be done.
    pub step: &'static str,
    /// What the system said.
    pub source: io::Error,
}

/// Which way a segment goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Way {
    /// To this host.
    In,
    /// From this host.
    Out,
}

/// A segment, by what tells it from others of its device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark {
    /// Which way it goes.
    pub way: Way,
    /// The port that it comes from.
    pub source: u16,
    /// The port that it goes to.
    pub destination: u16,
    /// Its sequence number.
    pub seq: u32,
    /// The number in the field of the acknowledgment.
    pub ack: u32,
    /// Its flags, as on the wire.
    pub flags: u8,
}

/// What the program told of one segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    /// Of which.
    pub mark: Mark,
    /// When the segment passed the program: before one that comes is processed; when one that goes leaves the stack, which
    /// holds the socket meanwhile and counts SND.NXT after it.
    pub at: Timestamp,
    /// The state of its socket here: before one that comes is processed, and when one that goes is sent. `None` without a socket.
    pub state: Option<KernelState>,
}

/// The program at both ways of a device.
#[derive(Debug)]
pub struct Labels {
    queue: OwnedFd,
    // The program is there as long as these are.
    _links: [OwnedFd; 2],
}

impl Labels {
    /// Begins to label what passes `device`, in the network namespace of the calling thread.
    ///
    /// # Errors
    ///
    /// What the kernel refused: `EPERM` without root or where BPF is locked, `EINVAL` before Linux 6.6.
    pub fn attach(device: &str) -> Result<Self, Unlabelled> {
        let unlabelled = |step| move |source: io::Error| Unlabelled { step, source };
        let index = if_nametoindex(device).map_err(|errno| unlabelled("its device")(errno.into()))?;
        // Type, size of a key, size of a value, how many, flags.
        let queue = open(MAP_CREATE, &[QUEUE, 0, LENGTH as u32, MOST, 0]).map_err(unlabelled("a queue for them"))?;
        let program = load(&queue).map_err(unlabelled("loading the program"))?;
        let link = |way| {
            // Program, device, way, flags; relative to no other program.
            open(LINK_CREATE, &[number(&program), index, way, 0, 0, 0, 0, 0])
        };
        let links = [
            link(TCX_INGRESS).map_err(unlabelled("the way in of the device (TCX)"))?,
            link(TCX_EGRESS).map_err(unlabelled("the way out of the device (TCX)"))?,
        ];
        Ok(Self { queue, _links: links })
    }

    /// The labels since this was last called, in their order.
    ///
    /// # Errors
    ///
    /// If the kernel does not hand them out.
    pub fn take(&self) -> io::Result<Vec<Label>> {
        let ahead = Elapsed::from_ns(clock::ahead()?);
        let mut labels = Vec::new();
        let mut octets = [0_u8; LENGTH];
        loop {
            let value = std::ptr::from_mut(&mut octets) as u64;
            // Map, padding; no key; value; flags.
            let words = [number(&self.queue), 0, 0, 0, low(value), high(value), 0, 0];
            match bpf(LOOKUP_AND_DELETE, &words) {
                Ok(_) => labels.extend(read(&octets, ahead)),
                Err(Errno::ENOENT) => return Ok(labels),
                Err(Errno::EINTR | Errno::EBUSY) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

/// Loads the program, which puts its labels into `queue`.
fn load(queue: &OwnedFd) -> io::Result<OwnedFd> {
    let mut words = WORDS;
    let place =
        words.windows(2).position(|pair| matches!(pair, [first, 0] if first & 0xff == LOAD_LONG && first >> 32 == 0));
    let place = place.and_then(|at| words.get_mut(at));
    *place.ok_or_else(|| io::Error::other("it names no queue"))? |= PSEUDO_MAP_FD | u64::from(number(queue)) << 32;
    let octets: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let (instructions, license) = (octets.as_ptr() as u64, c"GPL".as_ptr() as u64);
    // Type, how many instructions, where they are, where the license is; level, size and place of a log; version and flags.
    let head = [SCHED_CLS, WORDS.len() as u32, low(instructions), high(instructions), low(license), high(license)];
    let name = [*b"synf", *b"in\0\0", [0; 4], [0; 4]].map(u32::from_ne_bytes);
    open(PROG_LOAD, &[&head[..], &[0; 6], &name].concat())
}

fn open(command: libc::c_int, words: &[u32]) -> io::Result<OwnedFd> {
    let descriptor = bpf(command, words)?;
    // SAFETY: the kernel has just made this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// bpf(2) with its attributes as words of this machine's order. Those that are addresses have to be valid while it runs.
fn bpf(command: libc::c_int, words: &[u32]) -> Result<libc::c_int, Errno> {
    // SAFETY: the kernel reads as many octets as it is told, of a slice that lives until the call returns; what addresses among
    // them point to lives in the caller, and is as long as the kernel takes it to be.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, words.as_ptr(), size_of_val(words)) };
    Errno::result(result).map(|value| libc::c_int::try_from(value).unwrap_or_default())
}

fn number(descriptor: &OwnedFd) -> u32 {
    descriptor.as_raw_fd().cast_unsigned()
}

/// The two words of an address, in this machine's order.
fn low(address: u64) -> u32 {
    let [first, ..] = halves(address);
    first
}

fn high(address: u64) -> u32 {
    let [.., second] = halves(address);
    second
}

fn halves(address: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = address.to_ne_bytes();
    [[a, b, c, d], [e, f, g, h]].map(u32::from_ne_bytes)
}

/// A label, as the program has put it down; its clock is `ahead` of that of captures.
fn read(octets: &[u8; LENGTH], ahead: Elapsed) -> Option<Label> {
    let long = |at: usize| Some(u32::from_be_bytes(*octets.get(at..)?.first_chunk()?));
    let short = |at: usize| Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?));
    let [.., flags, direction, state, _] = *octets;
    let way = if direction == 0 { Way::In } else { Way::Out };
    let mark = Mark { way, source: short(16)?, destination: short(18)?, seq: long(8)?, ack: long(12)?, flags };
    let at = Timestamp::from_ns(i64::from_ne_bytes(*octets.first_chunk()?)) - ahead;
    Some(Label { mark, at, state: (state != 0).then_some(KernelState(state)) })
}

impl Mark {
    /// The mark of a packet of IPv4 or IPv6, from its IP header on; `None` if it holds no whole TCP header or extension headers.
    #[must_use]
    pub fn of(way: Way, packet: &[u8]) -> Option<Self> {
        let first = *packet.first()?;
        let (protocol, at) = if first >> 4 == 4 { (9, usize::from(first & 15) * 4) } else { (6, 40) };
        if *packet.get(protocol)? != 6 {
            return None;
        }
        let tcp: &[u8; 16] = packet.get(at..)?.first_chunk()?;
        let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, _, flags, ..] = *tcp;
        Some(Self {
            way,
            source: u16::from_be_bytes([s0, s1]),
            destination: u16::from_be_bytes([d0, d1]),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags,
        })
    }
}
