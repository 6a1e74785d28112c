//! An interface read through a packet socket of ours, with pnet as the reader; needs no libpcap while it runs.
//!
//! pnet's own socket would show each loopback frame twice, cut it at 4,096 octets, and tell neither stamps nor losses. So
//! the socket is made here: protocol 0 (it hears nothing yet), filter, buffer and stamps set, and a duplicate of its
//! descriptor is given to pnet, which binds it; a duplicate, because pnet closes what it was given when it fails.
//! Before each frame is read we look at it through our descriptor without taking it: the kernel so tells the stamp, the
//! length on the wire, and the VLAN tag that it took off, which we put back.
#![expect(
    clippy::disallowed_methods,
    reason = "waiting for packets has a deadline, and frames without a stamp get ours"
)]

mod peek;
mod program;

use std::io;
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, TimestampingFlag, getsockopt, setsockopt, socket as new_socket, sockopt::RcvBuf,
    sockopt::RcvBufForce, sockopt::Timestamping,
};
use pnet::datalink::{self, Channel, DataLinkReceiver};

use self::peek::{Peek, Peeked};
use super::ending::{Ending, Idle};
use super::live::{self, Head, LiveOptions, LiveSource, Next, Promiscuity, SNAP_LENGTH, Stamps, Step};
use super::stop::{StopHandle, StopListener, Woken, now};
use super::{Source, SourceError, interface, socket};
use crate::packet::{FrameNo, LinkType, Losses, Packet, Stamping};

/// As long as the longest frame the filter lets through.
const READ_BUFFER: usize = SNAP_LENGTH as usize;
/// Octets of an Ethernet frame before the place of a VLAN tag: both addresses.
const ADDRESSES: usize = 12;
/// The kernel begins to stamp frames a moment after the first socket asks for it, and tells nobody when; frames in between
/// come without a stamp: it took 12 ms on a busy machine. So much time is given before the socket is bound.
const STAMPS_ON: Duration = Duration::from_millis(25);
/// Asking for the counters costs a system call.
const COUNTERS_EVERY: Duration = Duration::from_millis(200);
const COUNTERS_EVERY_FRAMES: u64 = 1 << 14;

/// A capture through a packet socket.
pub struct RawCapture {
    socket: OwnedFd,
    receiver: Box<dyn DataLinkReceiver>,
    interface: String,
    link: LinkType,
    buffer: usize,
    stop: StopListener,
    ending: Ending,
    peek: Peek,
    frame: FrameNo,
    stamps: Stamps,
    tagged: Vec<u8>,
    received: u64,
    dropped: u64,
    counted: Instant,
}

impl RawCapture {
    /// Opens the socket, sets it up, and only then binds it to the interface.
    ///
    /// # Errors
    ///
    /// As [`live::open`]; also for `any` and for hardware whose frames synfin does not read bare.
    pub fn open(options: &LiveOptions) -> Result<Self, SourceError> {
        Self::sharing(options, None)
    }

    /// The same; of a `group` each socket gets its share of the flows.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub fn sharing(options: &LiveOptions, group: Option<u16>) -> Result<Self, SourceError> {
        let interface = live::ready(options)?;
        let name = options.interface.as_str();
        let refused = |error: io::Error| live::failed(name, error);
        let link = interface.link().filter(|_| !interface.is_any()).ok_or_else(|| unfit(&interface))?;
        let filter = program::compile(link, options.filter.as_deref().unwrap_or_default(), options.snap())?;

        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket =
            new_socket(AddressFamily::Packet, SockType::Raw, flags, None).map_err(|errno| refused(errno.into()))?;
        want_stamps(&socket).map_err(|errno| refused(errno.into()))?;
        let stamps_on = Instant::now() + STAMPS_ON;
        let socket = socket2::Socket::from(socket);
        socket.attach_filter(&filter).map_err(refused)?;
        let socket = OwnedFd::from(socket);
        if interface.is_loopback() {
            socket::ignore_outgoing(socket.as_fd()).map_err(refused)?;
        }
        socket::want_auxdata(socket.as_fd()).map_err(refused)?;
        let buffer = grow(&socket, options);
        std::thread::sleep(stamps_on.saturating_duration_since(Instant::now()));
        let receiver = bind(&socket, options)?;
        if let Some(group) = group {
            // Only a socket that is bound can join.
            let shared = if interface.is_loopback() { socket::Shared::Incoming } else { socket::Shared::All };
            socket::join(socket.as_fd(), group, shared).map_err(refused)?;
        }
        Ok(Self {
            socket,
            receiver,
            interface: interface.name,
            link,
            buffer,
            stop: StopListener::new().map_err(refused)?,
            ending: Ending::new(),
            peek: Peek::new(),
            frame: 0,
            stamps: Stamps::default(),
            tagged: Vec::new(),
            received: 0,
            dropped: 0,
            counted: Instant::now(),
        })
    }

    /// Until a frame waits in the socket, whose head is then known, or until there is none.
    fn step(&mut self, deadline: Option<Instant>) -> Result<(Step, Option<Peeked>), SourceError> {
        loop {
            if self.ending.is_over() {
                return Ok((Step::End, None));
            }
            match self.peek.look(self.socket.as_fd()) {
                Ok(Some(peeked)) => {
                    let at = peeked.stamp.unwrap_or_else(now);
                    // The reading of a frame says nothing of whether it came after the stop.
                    if self.ending.is_beyond(peeked.stamp, &self.stop) {
                        self.count();
                        return Ok((Step::End, None));
                    }
                    return Ok((Step::Packet(Head { at, wire_len: peeked.wire_len }), Some(peeked)));
                }
                Ok(None) => {}
                // The kernel tells a failure before the frames that it still has: look again.
                Err(errno) if !self.ending.has_failed() => {
                    self.ending.fail(failure(errno));
                    continue;
                }
                Err(_) => {}
            }
            if self.counted.elapsed() > COUNTERS_EVERY {
                self.count();
            }
            let woken = match self.ending.idle(&self.stop) {
                Idle::Wait => match self.stop.wait(self.socket.as_fd(), deadline) {
                    Ok(Woken::Late) => return Ok((Step::Tick, None)),
                    woken => woken,
                },
                // Unlike a ring, a socket keeps nothing back: what is not there now will not come.
                Idle::Rest(_) | Idle::Over => {
                    self.count();
                    return self.ending.verdict(&self.interface).map(|()| (Step::End, None));
                }
            };
            if let Err(errno) = woken {
                self.ending.fail(errno.desc().to_lowercase());
            }
        }
    }

    /// Takes the frame that was looked at out of the socket, and puts its VLAN tag back.
    fn take(&mut self, head: Head, peeked: Peeked) -> Result<Packet<'_>, SourceError> {
        self.frame += 1;
        match peeked.stamp {
            Some(_) => self.stamps.kernel += 1,
            None => self.stamps.clock += 1,
        }
        if self.frame.is_multiple_of(COUNTERS_EVERY_FRAMES) {
            self.count();
        }
        let bytes = self.receiver.next().map_err(|error| live::failed(&self.interface, error))?;
        let (bytes, wire_len) = match (peeked.tag, bytes.split_at_checked(ADDRESSES)) {
            (Some(tag), Some((addresses, rest))) if self.link == LinkType(1) => {
                self.tagged.clear();
                for part in [addresses, &tag, rest] {
                    self.tagged.extend_from_slice(part);
                }
                (self.tagged.as_slice(), head.wire_len.saturating_add(4))
            }
            _ => (bytes, head.wire_len),
        };
        let wire_len = wire_len.max(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        Ok(Packet {
            frame: self.frame,
            at: head.at,
            stamping: Stamping::Told,
            link: self.link,
            interface: 0,
            bytes,
            wire_len,
        })
    }

    /// Adds what the socket counted since the last time; the kernel forgets it with the answer.
    fn count(&mut self) {
        self.counted = Instant::now();
        if let Ok(tally) = socket::tally(self.socket.as_fd()) {
            self.received += u64::from(tally.received);
            self.dropped += u64::from(tally.dropped);
        }
    }
}

impl Source for RawCapture {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        // Without a deadline there is no tick.
        match self.step(None)? {
            (Step::Packet(head), Some(peeked)) => self.take(head, peeked).map(Some),
            _ => Ok(None),
        }
    }

    fn losses(&self) -> Losses {
        Losses { kernel: Some(self.dropped), interface: None, unknown: None }
    }
}

impl LiveSource for RawCapture {
    fn next_packet_before(&mut self, deadline: Instant) -> Result<Next<'_>, SourceError> {
        match self.step(Some(deadline))? {
            (Step::Packet(head), Some(peeked)) => self.take(head, peeked).map(Next::Packet),
            (Step::Tick, _) => Ok(Next::Tick),
            _ => Ok(Next::End),
        }
    }

    fn stop_handle(&self) -> StopHandle {
        self.stop.handle()
    }

    fn link(&self) -> LinkType {
        self.link
    }

    fn received(&self) -> u64 {
        self.received
    }

    fn recount(&mut self) {
        self.count();
    }

    fn buffer(&self) -> usize {
        self.buffer
    }

    fn stamps(&self) -> Stamps {
        self.stamps
    }

    fn limits(&self) -> &'static str {
        "what the interface or its driver dropped is not counted, and a filter on VLAN tags does not see those that the kernel took off"
    }
}

/// What a packet socket's error says of its interface.
fn failure(errno: Errno) -> String {
    match errno {
        Errno::ENETDOWN => "the interface went down".to_owned(),
        Errno::ENODEV | Errno::ENXIO => "the interface is gone".to_owned(),
        errno => errno.desc().to_lowercase(),
    }
}

/// Asks for the kernel's own stamps. `SO_TIMESTAMPNS` would also stamp frames that came without one, at their reading, and
/// not say so.
fn want_stamps(socket: &OwnedFd) -> nix::Result<()> {
    let flags = TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE | TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE;
    setsockopt(socket, Timestamping, &flags)
}

/// Asks for the buffer, beyond the system's limit if this process may, and says how many octets it got.
fn grow(socket: &OwnedFd, options: &LiveOptions) -> usize {
    let wanted = usize::try_from(options.ring()).unwrap_or(usize::MAX);
    if setsockopt(socket, RcvBufForce, &wanted).is_err() {
        // Without CAP_NET_ADMIN the kernel grants at most net.core.rmem_max; what it granted is read back.
        let _ = setsockopt(socket, RcvBuf, &wanted);
    }
    // The kernel doubles the number for its own bookkeeping.
    getsockopt(socket, RcvBuf).unwrap_or_default() / 2
}

/// Hands a duplicate of the socket to pnet, which binds it to the interface and reads it.
fn bind(socket: &OwnedFd, options: &LiveOptions) -> Result<Box<dyn DataLinkReceiver>, SourceError> {
    let name = options.interface.as_str();
    let gone = || live::failed(name, "the interface went away");
    let interface = interface::of_pnet(name).ok_or_else(gone)?;
    let duplicate = socket.try_clone().map_err(|error| live::failed(name, error))?;
    let config = datalink::Config {
        read_buffer_size: READ_BUFFER,
        write_buffer_size: 0,
        promiscuous: options.promiscuous == Promiscuity::On,
        socket_fd: Some(duplicate.into_raw_fd()),
        ..datalink::Config::default()
    };
    match datalink::channel(&interface, config).map_err(|error| live::failed(name, error))? {
        Channel::Ethernet(_, receiver) => Ok(receiver),
        _ => Err(live::failed(name, "pnet gave no link-layer channel")),
    }
}

fn unfit(interface: &interface::Interface) -> SourceError {
    let found = match interface.hardware {
        _ if interface.is_any() => "the raw backend captures on one interface, not on all".to_owned(),
        Some(kind) => format!("the raw backend does not know the frames of hardware type {kind}"),
        None => "the system does not tell this interface's hardware type".to_owned(),
    };
    SourceError::Live { interface: interface.name.clone(), found, remedy: "type `--backend pcap`".to_owned() }
}
