//! Capturing on an interface: what both backends promise, and what is checked before either opens anything.
//!
//! The backends are `libpcap` (a ring shared with the kernel, the default) and `raw` (a packet socket read through pnet).
//! No decoding here. The command line and the demo use this.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::interface::{self, Interface};
use super::libpcap::LibpcapCapture;
use super::raw::RawCapture;
use super::stop::StopHandle;
use super::{Source, SourceError, privilege};
use crate::packet::{LinkType, Packet};
use crate::timestamp::{Elapsed, Timestamp};

/// The default snap length, in octets: more than any frame has.
pub const SNAP_LENGTH: u32 = 262_144;

/// The default kernel buffer, in octets. libpcap's own default of 2 MiB lost half of a 200 MB loopback transfer.
pub const BUFFER: usize = 64 << 20;

/// Smaller buffers hold less than one block of the ring.
const LEAST_BUFFER: usize = 1 << 20;

/// How long the kernel may keep a packet back to hand over several at once.
pub(super) const BLOCK_TIMEOUT: Duration = Duration::from_millis(10);

/// How long a frame may be under way between its stamp and its reader.
const LATEST: Duration = Duration::from_secs(1);

/// How long after a stop the last block of the ring may take to arrive.
pub(super) const REST: Duration = Duration::from_millis(50);

/// What to capture, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveOptions {
    /// An interface's name, or `any` (libpcap only).
    pub interface: String,
    /// A BPF expression as pcap-filter(7) describes it; `None` captures everything.
    pub filter: Option<String>,
    /// Whether frames to other hosts are wanted.
    pub promiscuous: Promiscuity,
    /// Octets kept of each frame, at least 1, at most 262,144; a value outside is moved to the nearer end.
    pub snap_length: u32,
    /// Octets the kernel may hold for us, at least 1 MiB, at most 2 GiB less one octet; a value outside is moved to the
    /// nearer end.
    pub buffer: usize,
}

impl LiveOptions {
    /// Everything on `interface`, with the defaults.
    #[must_use]
    pub fn on(interface: impl Into<String>) -> Self {
        Self {
            interface: interface.into(),
            filter: None,
            promiscuous: Promiscuity::On,
            snap_length: SNAP_LENGTH,
            buffer: BUFFER,
        }
    }

    pub(super) fn snap(&self) -> u32 {
        self.snap_length.clamp(1, SNAP_LENGTH)
    }

    pub(super) fn ring(&self) -> i32 {
        i32::try_from(self.buffer.max(LEAST_BUFFER)).unwrap_or(i32::MAX)
    }
}

/// Whether an interface passes on frames that are addressed to other hosts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promiscuity {
    /// It does, while the capture is open.
    On,
    /// It does not, unless something else asked for it.
    Off,
}

/// What reads the packets from the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    /// libpcap, through a ring shared with the kernel.
    Pcap,
    /// A packet socket of ours, read through pnet.
    Raw,
}

/// What a capture has for its reader.
#[derive(Debug)]
pub enum Next<'s> {
    /// A packet, lent until the next call.
    Packet(Packet<'s>),
    /// Nothing before the deadline: time to let idle connections expire.
    Tick,
    /// The capture was stopped and everything it had has been delivered.
    End,
}

/// A source that goes on until somebody stops it.
pub trait LiveSource: Source + Send {
    /// The next packet, waiting for it until `deadline`. A packet that is there already is delivered whatever the
    /// deadline.
    ///
    /// # Errors
    ///
    /// [`SourceError::Live`] if the interface went down or away, after every packet captured before that.
    fn next_packet_before(&mut self, deadline: Instant) -> Result<Next<'_>, SourceError>;

    /// A handle that ends this capture from another thread.
    fn stop_handle(&self) -> StopHandle;

    /// What the frames start with.
    fn link(&self) -> LinkType;

    /// Frames that passed the filter, lost ones included, as known so far.
    fn received(&self) -> u64;

    /// Asks the kernel for the counters at once; else they are up to a quarter of a second old.
    fn recount(&mut self);

    /// Octets of kernel buffer that were granted; may be less than asked for.
    fn buffer(&self) -> usize;

    /// Whose clock stamped the frames delivered so far.
    fn stamps(&self) -> Stamps;

    /// What this backend cannot know, in one sentence.
    fn limits(&self) -> &'static str;
}

/// How many frames each clock stamped.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stamps {
    /// Stamped by the kernel when it took the frame.
    pub kernel: u64,
    /// Stamped by us when we read it.
    pub clock: u64,
}

/// Opens a capture. Existence, state and permission are checked first, so that the message says which of them is wanting.
///
/// # Errors
///
/// [`SourceError::Live`] with what was found and what to type; [`SourceError::Filter`] for an expression that does not
/// compile.
pub fn open(options: &LiveOptions, backend: Backend) -> Result<Box<dyn LiveSource>, SourceError> {
    Ok(match backend {
        Backend::Pcap => Box::new(LibpcapCapture::open(options)?),
        Backend::Raw => Box::new(RawCapture::open(options)?),
    })
}

/// Opens so many captures that share the flows of the interface among them, by a hash of addresses and ports, each with its
/// share of the buffer. Only the raw backend can.
///
/// # Errors
///
/// Those of [`open`]; and for another backend, with what to type.
pub fn open_sharing(
    options: &LiveOptions,
    backend: Backend,
    count: NonZeroUsize,
) -> Result<Vec<Box<dyn LiveSource>>, SourceError> {
    if backend != Backend::Raw {
        return Err(SourceError::Live {
            interface: options.interface.clone(),
            found: "wanted sockets that share its flows, which libpcap does not open".to_owned(),
            remedy: "type `--backend raw`".to_owned(),
        });
    }
    let share = LiveOptions { buffer: options.buffer / count, ..options.clone() };
    // Groups of one network are told apart by this number; processes have others.
    let group = u16::try_from(std::process::id() & 0xffff).unwrap_or_default();
    let open = |_| Ok(Box::new(RawCapture::sharing(&share, Some(group))?) as Box<dyn LiveSource>);
    (0..count.get()).map(open).collect()
}

/// What the frames of all captures from now on are stamped after, short of a clock set back: for [`Next::Tick`].
#[must_use]
pub fn clock() -> Timestamp {
    super::stop::now() - Elapsed::from_ns(i64::try_from(LATEST.as_nanos()).unwrap_or(i64::MAX))
}

/// The interface, if it is there, up, and this process may capture on it.
pub(super) fn ready(options: &LiveOptions) -> Result<Interface, SourceError> {
    let found = interface::find(&options.interface)?;
    privilege::check().map_err(|lack| lack.on(&options.interface))?;
    if found.is_up() {
        return Ok(found);
    }
    Err(SourceError::Live {
        remedy: format!("type `sudo ip link set {} up`", found.name),
        interface: found.name,
        found: "wanted an interface that is up, this one is down".to_owned(),
    })
}

/// What is wrong with an interface that was there and up when the capture began.
pub(super) fn trouble(began: &Interface) -> Option<&'static str> {
    if began.is_any() {
        return None;
    }
    match interface::find(&began.name) {
        Ok(now) if now.index == began.index && now.is_up() => None,
        Ok(now) if now.index == began.index => Some("the interface went down"),
        _ => Some("the interface is gone"),
    }
}

/// The error of a capture that could not be opened, or whose interface failed under it.
pub(super) fn failed(interface: &str, found: impl std::fmt::Display) -> SourceError {
    let remedy = match interface::find(interface) {
        Ok(there) if there.is_up() => "start the capture again".to_owned(),
        Ok(_) => format!("type `sudo ip link set {interface} up` and start the capture again"),
        Err(_) => "type `synfin interfaces` for those there are".to_owned(),
    };
    SourceError::Live { interface: interface.to_owned(), found: found.to_string(), remedy }
}

/// Where a packet that a backend holds came from, without its octets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) at: Timestamp,
    pub(super) wire_len: u32,
}

/// What a backend's own step found; the octets stay in its buffer until they are lent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Packet(Head),
    Tick,
    End,
}

#[cfg(test)]
mod tests {
    use super::LiveOptions;

    #[test]
    fn sizes_outside_their_range_are_moved_to_its_end() {
        let of = |snap_length, buffer| LiveOptions { snap_length, buffer, ..LiveOptions::on("lo") };
        assert_eq!((of(0, 0).snap(), of(0, 0).ring()), (1, 1 << 20));
        assert_eq!((of(u32::MAX, usize::MAX).snap(), of(u32::MAX, usize::MAX).ring()), (262_144, i32::MAX));
        assert_eq!((of(96, 8 << 20).snap(), of(96, 8 << 20).ring()), (96, 8 << 20));
    }
}
