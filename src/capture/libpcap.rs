//! An interface read through libpcap (crate pcap): a ring shared with the kernel, filled by blocks.
//!
//! Not in immediate mode: there every frame takes a slot of the largest frame's size, so that 64 MiB hold five hundred
//! loopback frames; in blocks they hold hundreds of thousands of small ones, and a block is handed over after 10 ms at the
//! latest. The crate's own time-out never fires on a quiet link, so the ring is polled beside a pipe of ours.
#![expect(clippy::disallowed_methods, reason = "waiting for packets has a deadline")]

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use pcap::{Active, Capture, Linktype, Precision};

use super::ending::{Ending, Idle};
use super::interface::Interface;
use super::live::{self, BLOCK_TIMEOUT, Head, LiveOptions, LiveSource, Next, Promiscuity, Stamps, Step};
use super::stop::{StopHandle, StopListener, Woken, wait_for_rest};
use super::{Source, SourceError, filter, socket};
use crate::packet::{FrameNo, LinkType, Losses, Packet, Stamping};
use crate::timestamp::Timestamp;

/// How soon a quiet capture finds that its interface is down or gone.
const LINK_EVERY: Duration = Duration::from_secs(1);
/// Asking for the counters costs system calls and, in libpcap, two files below /sys.
const COUNTERS_EVERY: Duration = Duration::from_millis(200);
/// Frames after which a capture that is never idle asks all the same.
const COUNTERS_EVERY_FRAMES: u64 = 1 << 14;

/// A capture through libpcap.
pub struct LibpcapCapture {
    capture: Capture<Active>,
    interface: Interface,
    link: LinkType,
    ring: usize,
    stop: StopListener,
    ending: Ending,
    frame: FrameNo,
    octets: Vec<u8>,
    received: Rising,
    kernel: Rising,
    driver: Rising,
    counted: Instant,
    looked: Instant,
}

impl LibpcapCapture {
    /// Opens the capture and sets its filter before it is read.
    ///
    /// # Errors
    ///
    /// As [`live::open`].
    pub fn open(options: &LiveOptions) -> Result<Self, SourceError> {
        let interface = live::ready(options)?;
        let name = options.interface.as_str();
        let refused = |error: pcap::Error| live::failed(name, text(&error));
        let mut capture = Capture::from_device(name)
            .map_err(refused)?
            .snaplen(options.snap().cast_signed())
            .promisc(options.promiscuous == Promiscuity::On)
            .buffer_size(options.ring())
            .timeout(i32::try_from(BLOCK_TIMEOUT.as_millis()).unwrap_or(i32::MAX))
            .precision(Precision::Nano)
            .open()
            .map_err(refused)?;
        if interface.is_loopback() {
            // libpcap throws the sent copy of each loopback frame away only after it has taken room in the ring and been
            // counted. An old kernel refuses, and the copies are thrown away as before.
            let _ = socket::ignore_outgoing(capture.as_fd());
        }
        if let Some(expression) = &options.filter {
            capture.filter(expression, true).map_err(|error| filter::explained(expression, &text(&error)))?;
        }
        let capture = capture.setnonblock().map_err(refused)?;
        Ok(Self {
            link: link_type(capture.get_datalink()),
            capture,
            interface,
            ring: usize::try_from(options.ring()).unwrap_or(usize::MAX),
            stop: StopListener::new().map_err(|error| live::failed(name, error))?,
            ending: Ending::new(),
            frame: 0,
            octets: Vec::new(),
            received: Rising::default(),
            kernel: Rising::default(),
            driver: Rising::default(),
            counted: Instant::now(),
            looked: Instant::now(),
        })
    }

    fn step(&mut self, deadline: Option<Instant>) -> Result<Step, SourceError> {
        loop {
            if self.ending.is_over() {
                return Ok(Step::End);
            }
            if let Some(head) = self.pull() {
                if self.ending.is_beyond(Some(head.at), &self.stop) {
                    self.count();
                    return Ok(Step::End);
                }
                self.frame += 1;
                if self.frame.is_multiple_of(COUNTERS_EVERY_FRAMES) {
                    self.count();
                }
                return Ok(Step::Packet(head));
            }
            if self.counted.elapsed() > COUNTERS_EVERY {
                self.count();
            }
            let woken = match self.ending.idle(&self.stop) {
                Idle::Wait => {
                    // However short the caller's deadlines are, the link gets its look.
                    let look = self.looked + LINK_EVERY;
                    let until = deadline.map_or(look, |deadline| deadline.min(look));
                    match self.stop.wait(self.capture.as_fd(), Some(until)) {
                        Ok(Woken::Late) if Instant::now() < look => return Ok(Step::Tick),
                        woken => woken,
                    }
                }
                Idle::Rest(until) => wait_for_rest(self.capture.as_fd(), until),
                Idle::Over => {
                    self.count();
                    return self.ending.verdict(&self.interface.name).map(|()| Step::End);
                }
            };
            match woken {
                Ok(Woken::Late | Woken::Fault) => self.look_at_link(),
                Ok(Woken::Ready | Woken::Stopped) => {}
                Err(errno) => self.ending.fail(errno.desc().to_lowercase()),
            }
        }
    }

    /// libpcap swallows the kernel's word that the interface went down, so we look for ourselves.
    fn look_at_link(&mut self) {
        self.looked = Instant::now();
        if let Some(trouble) = live::trouble(&self.interface) {
            self.ending.fail(trouble.to_owned());
        }
    }

    /// Copies the next frame out of the ring, if one is there. The copy is what lets the ring's slot be given back, and
    /// the frame be lent, without a second look at libpcap.
    fn pull(&mut self) -> Option<Head> {
        match self.capture.next_packet() {
            Ok(packet) => {
                self.octets.clear();
                self.octets.extend_from_slice(packet.data);
                let ts = packet.header.ts;
                // With nanosecond precision libpcap keeps nanoseconds where `timeval` says microseconds.
                let ns = ts.tv_sec.saturating_mul(1_000_000_000).saturating_add(ts.tv_usec);
                Some(Head { at: Timestamp::from_ns(ns), wire_len: packet.header.len })
            }
            Err(pcap::Error::TimeoutExpired) => None,
            Err(error) => {
                self.ending.fail(text(&error));
                None
            }
        }
    }

    /// Takes the counters over. Where libpcap cannot tell, they stay as they are.
    fn count(&mut self) {
        self.counted = Instant::now();
        if let Ok(stat) = self.capture.stats() {
            self.received.follow(stat.received);
            self.kernel.follow(stat.dropped);
            self.driver.follow(stat.if_dropped);
        }
    }

    fn lend(&self, head: Head) -> Packet<'_> {
        Packet {
            frame: self.frame,
            at: head.at,
            stamping: Stamping::Told,
            link: self.link,
            interface: 0,
            bytes: &self.octets,
            wire_len: head.wire_len,
        }
    }
}

impl Source for LibpcapCapture {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        // Without a deadline there is no tick.
        match self.step(None)? {
            Step::Packet(head) => Ok(Some(self.lend(head))),
            Step::Tick | Step::End => Ok(None),
        }
    }

    fn losses(&self) -> Losses {
        Losses { kernel: Some(self.kernel.total), interface: Some(self.driver.total), unknown: None }
    }
}

impl LiveSource for LibpcapCapture {
    fn next_packet_before(&mut self, deadline: Instant) -> Result<Next<'_>, SourceError> {
        Ok(match self.step(Some(deadline))? {
            Step::Packet(head) => Next::Packet(self.lend(head)),
            Step::Tick => Next::Tick,
            Step::End => Next::End,
        })
    }

    fn stop_handle(&self) -> StopHandle {
        self.stop.handle()
    }

    fn link(&self) -> LinkType {
        self.link
    }

    fn received(&self) -> u64 {
        self.received.total
    }

    fn recount(&mut self) {
        self.count();
    }

    fn buffer(&self) -> usize {
        self.ring
    }

    fn stamps(&self) -> Stamps {
        Stamps { kernel: self.frame, clock: 0 }
    }

    fn limits(&self) -> &'static str {
        "the counters say how many frames were lost, not which"
    }
}

/// A counter that the system keeps in 32 bits, followed beyond them.
#[derive(Clone, Copy, Default, Debug)]
struct Rising {
    last: u32,
    total: u64,
}

impl Rising {
    /// Half the range apart is taken for a wrap; a counter that was set back, as some drivers do, adds nothing.
    fn follow(&mut self, now: u32) {
        let step = now.wrapping_sub(self.last);
        if step <= u32::MAX / 2 {
            self.total += u64::from(step);
        }
        self.last = now;
    }
}

/// libpcap's sentence without the crate's preface.
fn text(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(said) => said.clone(),
        other => other.to_string(),
    }
}

/// The DLT_* numbers of this system are the LINKTYPE_* numbers of files, but for a few.
fn link_type(of_system: Linktype) -> LinkType {
    match of_system.0 {
        11 => LinkType(100),
        12 | 14 => LinkType(101),
        number => LinkType(u16::try_from(number).unwrap_or(u16::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Rising, link_type};
    use crate::packet::LinkType;
    use pcap::Linktype;

    #[test]
    fn a_counter_is_followed_over_its_wrap() {
        let mut counter = Rising::default();
        for now in [5, 2_000_000_000, 4_000_000_000, 10] {
            counter.follow(now);
        }
        assert_eq!(counter.total, (1 << 32) + 10);
    }

    #[test]
    fn a_counter_that_is_set_back_never_falls() {
        let mut counter = Rising::default();
        for now in [100, 3, 4] {
            counter.follow(now);
        }
        assert_eq!(counter.total, 101);
    }

    #[test]
    fn the_system_numbers_that_differ_are_translated() {
        assert_eq!(link_type(Linktype(1)), LinkType(1));
        assert_eq!(link_type(Linktype(12)), LinkType(101));
        assert_eq!(link_type(Linktype(113)), LinkType(113));
        assert_eq!(link_type(Linktype(276)), LinkType(276));
    }
}
