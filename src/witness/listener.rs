//! Hearing the kernel: a thread that makes a trace instance, reads its rings while events come, and hands over what it heard.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::time::{ClockId, clock_gettime};

use super::Unheard;
use super::event::{KernelEvent, Kind, Reader, TRACEPOINTS};
use super::ring;
use super::tracefs::Instance;

/// A sub-buffer of the ring is a page, or a few (`buffer_subbuf_size_kb`).
const PAGE: usize = 1 << 16;
/// How often the rings are read at least, in milliseconds: long before they are full.
const EVERY: u16 = 20;
/// Events kept; beyond it they count as lost.
const MAX_EVENTS: usize = 4 << 20;

/// Whose sockets are heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Those whose own address is one of these.
    At(Vec<IpAddr>),
    /// All of the machine, in every network namespace.
    All,
}

/// What was heard.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Testimony {
    /// The events, in the order of their times.
    pub events: Vec<KernelEvent>,
    /// Events that the kernel, or this program, had no room for. With any, nothing can be concluded from what is missing.
    pub lost: u64,
}

/// A thread that hears the kernel.
#[derive(Debug)]
pub struct Listener {
    end: Option<PipeWriter>,
    thread: Option<JoinHandle<Result<Testimony, Unheard>>>,
}

impl Listener {
    /// Begins to hear. When this returns, every later event is heard.
    ///
    /// # Errors
    ///
    /// What is missing: root, tracefs, a tracepoint.
    pub fn start(whose: Whose) -> Result<Self, Unheard> {
        let (stop, end) = io::pipe().map_err(|source| Unheard { step: "a pipe", source })?;
        let (tell, told) = mpsc::channel();
        let hear = move || {
            let hearing = Hearing::begin(&whose);
            match hearing {
                Ok(hearing) => {
                    let _waits_for_it = tell.send(None);
                    hearing.until(stop)
                }
                Err(unheard) => {
                    let _waits_for_it = tell.send(Some(unheard));
                    Ok(Testimony::default())
                }
            }
        };
        let thread = thread::Builder::new().name("witness".to_owned()).spawn(hear);
        let thread = thread.map_err(|source| Unheard { step: "a thread", source })?;
        match told.recv() {
            Ok(None) => Ok(Self { end: Some(end), thread: Some(thread) }),
            Ok(Some(unheard)) => Err(unheard),
            Err(_) => Err(Unheard { step: "a thread", source: io::Error::other("it panicked") }),
        }
    }

    /// Ends it and returns what was heard.
    ///
    /// # Errors
    ///
    /// If the rings could not be read.
    pub fn finish(mut self) -> Result<Testimony, Unheard> {
        self.end = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(heard)) => heard,
            _ => Err(Unheard { step: "a thread", source: io::Error::other("it panicked") }),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _nobody_asked = thread.join();
        }
    }
}

struct Hearing {
    // Before the instance: it cannot be removed while they are open.
    buffers: Vec<File>,
    instance: Instance,
    reader: Reader,
}

impl Hearing {
    fn begin(whose: &Whose) -> Result<Self, Unheard> {
        let unheard = |step| move |source: io::Error| Unheard { step, source };
        let instance = Instance::make()?;
        let mut reader = Reader::new(offset().map_err(unheard("the offset of CLOCK_TAI"))?);
        for (event, kind) in TRACEPOINTS {
            let format = instance.read(&format!("events/{event}/format")).map_err(unheard("a tracepoint's format"))?;
            reader.learn(kind, &format).ok_or(Unheard {
                step: "a tracepoint's format",
                source: io::Error::other(format!("{event} is not understood")),
            })?;
            if let Some(filter) = filter(kind, whose) {
                let file = format!("events/{event}/filter");
                instance.write(&file, &filter).map_err(unheard("the filter of a tracepoint"))?;
            }
        }
        let mut buffers = Vec::new();
        for path in instance.buffers().map_err(unheard("the trace buffers"))? {
            let mut options = File::options();
            options.read(true).custom_flags(libc::O_NONBLOCK);
            buffers.push(options.open(path).map_err(unheard("a trace buffer"))?);
        }
        for (event, _) in TRACEPOINTS {
            instance.write(&format!("events/{event}/enable"), "1").map_err(unheard("a tracepoint"))?;
        }
        Ok(Self { buffers, instance, reader })
    }

    /// Reads until `stop` has no writer any more, then what is left.
    fn until(mut self, stop: PipeReader) -> Result<Testimony, Unheard> {
        let unheard = |source: io::Error| Unheard { step: "reading the trace", source };
        let mut heard = Testimony::default();
        loop {
            let mut fds = [PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
            let has_ended = match poll(&mut fds, PollTimeout::from(EVERY)) {
                Ok(count) => count > 0,
                Err(nix::errno::Errno::EINTR) => false,
                Err(errno) => return Err(unheard(errno.into())),
            };
            if has_ended {
                self.instance.write("tracing_on", "0").map_err(unheard)?;
            }
            self.drain(&mut heard).map_err(unheard)?;
            if has_ended {
                break;
            }
        }
        heard.lost += self.instance.lost().map_err(unheard)?;
        // Each processor's events are in order, and two may hold events of one socket.
        heard.events.sort_by_key(|event| event.at);
        Ok(heard)
    }

    fn drain(&mut self, heard: &mut Testimony) -> io::Result<()> {
        let mut page = vec![0; PAGE];
        for buffer in &mut self.buffers {
            loop {
                let length = match buffer.read(&mut page) {
                    Ok(0) => break,
                    Ok(length) => length,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                let read = ring::page(page.get(..length).unwrap_or_default());
                heard.lost += u64::from(read.broken);
                for (time, record) in read.records {
                    if let Some(event) = self.reader.event(time, record) {
                        if heard.events.len() < MAX_EVENTS {
                            heard.events.push(event);
                        } else {
                            heard.lost += 1;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// How far `CLOCK_TAI`, by which the trace is stamped, is ahead of `CLOCK_REALTIME`, by which captures are: whole seconds.
fn offset() -> io::Result<i64> {
    let ns = |clock| -> io::Result<i64> {
        let time = clock_gettime(clock)?;
        Ok(time.tv_sec().saturating_mul(1_000_000_000).saturating_add(time.tv_nsec()))
    };
    let ahead = ns(ClockId::CLOCK_TAI)?.saturating_sub(ns(ClockId::CLOCK_REALTIME)?);
    Ok((ahead + 500_000_000).div_euclid(1_000_000_000) * 1_000_000_000)
}

/// What the kernel compares: an address of four octets as the number that they are in this machine's order. Addresses of
/// version 6 cannot be compared so, those sockets all pass. The resets that are sent have their addresses in another form.
fn filter(kind: Kind, whose: &Whose) -> Option<String> {
    let Whose::At(addresses) = whose else { return None };
    if kind == Kind::SentReset {
        return None;
    }
    let v4 = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => Some(*ip),
        IpAddr::V6(_) => None,
    };
    let is = |ip: Ipv4Addr| format!("saddr == {:#x}", u32::from_ne_bytes(ip.octets()));
    let mut any: Vec<String> = addresses.iter().filter_map(v4).map(is).collect();
    if addresses.iter().any(IpAddr::is_ipv6) {
        any.push(format!("family == {}", libc::AF_INET6));
    }
    Some(any.join(" || "))
}
