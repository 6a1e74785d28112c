//! Hearing the kernel: a thread that makes a trace instance, reads its rings while events come, and hands over what it heard.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::time::ClockId;

use super::Unheard;
use super::event::{DROPS, KernelEvent, Kind, NUMBERS, Reader, TRACEPOINTS, What};
use super::kernel::KernelState;
use super::owner::Owner;
use super::tracefs::{self, Held, Instance};
use super::{clock, ring};
use crate::timestamp::Timestamp;

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

/// What is heard besides moves, resets and repetitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Besides {
    /// Nothing.
    Nothing,
    /// Packets that are thrown away, and whose sockets there are.
    Drops,
    /// The numbers of sockets at each segment that they receive.
    Numbers,
}

impl Besides {
    fn tracepoints(self) -> Vec<(&'static str, Kind)> {
        let more = match self {
            Self::Nothing => None,
            Self::Drops => Some(DROPS),
            Self::Numbers => Some(NUMBERS),
        };
        TRACEPOINTS.into_iter().chain(more).collect()
    }
}

/// What was heard.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Testimony {
    /// The events, in the order of their times.
    pub events: Vec<KernelEvent>,
    /// Events that the kernel, or this program, had no room for. With any, nothing can be concluded from what is missing.
    pub lost: u64,
}

/// Shared with the thread: what waits, and the time until which it is complete.
#[derive(Default, Debug)]
struct Heard {
    waiting: Testimony,
    until: Timestamp,
    failure: Option<Unheard>,
}

/// A thread that hears the kernel.
#[derive(Debug)]
pub struct Listener {
    ask: Option<PipeWriter>,
    answered: mpsc::Receiver<()>,
    heard: Arc<Mutex<Heard>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Begins to hear. When this returns, every later event is heard.
    ///
    /// # Errors
    ///
    /// What is missing: root, tracefs, a tracepoint.
    pub fn start(whose: Whose, besides: Besides) -> Result<Self, Unheard> {
        let (asked, ask) = io::pipe().map_err(|source| Unheard { step: "a pipe", source })?;
        let (tell, told) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let shared = Arc::clone(&heard);
        let hear = move || {
            let hearing = match Hearing::begin(whose, besides) {
                Ok(hearing) => hearing,
                Err(unheard) => {
                    let _waits_for_it = tell.send(Some(unheard));
                    return;
                }
            };
            let _waits_for_it = tell.send(None);
            if let Err(unheard) = hearing.until(asked, &answer, &shared) {
                lock(&shared).failure = Some(unheard);
            }
        };
        let thread = thread::Builder::new().name("witness".to_owned()).spawn(hear);
        let thread = thread.map_err(|source| Unheard { step: "a thread", source })?;
        match told.recv() {
            Ok(None) => Ok(Self { ask: Some(ask), answered, heard, thread: Some(thread) }),
            Ok(Some(unheard)) => Err(unheard),
            Err(_) => Err(Unheard { step: "a thread", source: io::Error::other("it panicked") }),
        }
    }

    /// What was heard since this was last called, of all that has happened until now.
    pub fn take(&mut self) -> Testimony {
        let asked = self.ask.as_mut().is_some_and(|ask| ask.write_all(&[0]).is_ok());
        // Without an answer the thread has ended, and what it had is here.
        let _ended = asked && self.answered.recv().is_ok();
        let mut heard = lock(&self.heard);
        heard.waiting.events.sort_by_key(|event| event.at);
        let until = heard.until;
        let ready = heard.waiting.events.partition_point(|event| event.at <= until);
        let events = heard.waiting.events.drain(..ready).collect();
        Testimony { events, lost: std::mem::take(&mut heard.waiting.lost) }
    }

    /// Ends it and returns what was heard.
    ///
    /// # Errors
    ///
    /// If the rings could not be read.
    pub fn finish(mut self) -> Result<Testimony, Unheard> {
        self.ask = None;
        if self.thread.take().map(JoinHandle::join).is_none_or(|ended| ended.is_err()) {
            return Err(Unheard { step: "a thread", source: io::Error::other("it panicked") });
        }
        let mut heard = lock(&self.heard);
        if let Some(unheard) = heard.failure.take() {
            return Err(unheard);
        }
        let mut all = std::mem::take(&mut heard.waiting);
        // Each processor's events are in order, and two may hold events of one socket.
        all.events.sort_by_key(|event| event.at);
        Ok(all)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            let _nobody_asked = thread.join();
        }
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Hearing {
    // Before the instance: it cannot be removed while they are open.
    buffers: Vec<File>,
    held: Held,
    _instance: Instance,
    reader: Reader,
    whose: Whose,
    besides: Besides,
}

impl Hearing {
    fn begin(whose: Whose, besides: Besides) -> Result<Self, Unheard> {
        let unheard = |step| move |source: io::Error| Unheard { step, source };
        let instance = Instance::make()?;
        let mut reader = Reader::new(clock::ahead().map_err(unheard("the offset of CLOCK_TAI"))?);
        let tracepoints = besides.tracepoints();
        for (event, kind) in &tracepoints {
            let format = instance.read(&format!("events/{event}/format")).map_err(unheard("a tracepoint's format"))?;
            reader.learn(*kind, &format).ok_or(Unheard {
                step: "a tracepoint's format",
                source: io::Error::other(format!("{event} is not understood")),
            })?;
            if let Some(filter) = filter(*kind, &whose) {
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
        for (event, _) in &tracepoints {
            instance.write(&format!("events/{event}/enable"), "1").map_err(unheard("a tracepoint"))?;
        }
        let held = instance.hold().map_err(unheard("the switch of the trace"))?;
        Ok(Self { buffers, held, _instance: instance, reader, whose, besides })
    }

    /// Reads, and answers who asks, until `asked` has no writer any more; then what is left.
    fn until(mut self, mut asked: PipeReader, answer: &mpsc::Sender<()>, heard: &Mutex<Heard>) -> Result<(), Unheard> {
        let unheard = |source: io::Error| Unheard { step: "reading the trace", source };
        loop {
            let mut fds = [PollFd::new(asked.as_fd(), PollFlags::POLLIN)];
            let is_asked = match poll(&mut fds, PollTimeout::from(EVERY)) {
                Ok(count) => count > 0,
                Err(nix::errno::Errno::EINTR) => false,
                Err(errno) => return Err(unheard(errno.into())),
            };
            let has_ended = is_asked && asked.read(&mut [0]).map_err(unheard)? == 0;
            if has_ended {
                self.held.stop().map_err(unheard)?;
            }
            let until = clock::now(ClockId::CLOCK_REALTIME).map_err(unheard)?;
            let mut lost = 0;
            let events = self.drain(&mut lost).map_err(unheard)?;
            if has_ended {
                lost += self.held.lost().map_err(unheard)?;
            }
            let mut heard = lock(heard);
            let room = MAX_EVENTS.saturating_sub(heard.waiting.events.len());
            heard.waiting.lost += lost + events.len().saturating_sub(room) as u64;
            heard.waiting.events.extend(events.into_iter().take(room));
            heard.until = Timestamp::from_ns(until);
            drop(heard);
            if has_ended {
                return Ok(());
            }
            if is_asked {
                let _waits_for_it = answer.send(());
            }
        }
    }

    fn drain(&mut self, lost: &mut u64) -> io::Result<Vec<KernelEvent>> {
        let mut events = Vec::new();
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
                *lost += u64::from(read.broken);
                events.extend(read.records.into_iter().filter_map(|(time, record)| self.reader.event(time, record)));
            }
        }
        if let Whose::At(addresses) = &self.whose {
            // Some tracepoints cannot be filtered in the kernel.
            let is_theirs = |event: &KernelEvent| addresses.contains(&event.own.ip()) || event.own.port() == 0;
            events.retain(is_theirs);
        }
        if self.besides == Besides::Drops && self.whose == Whose::All {
            for event in &mut events {
                // In these moves the kernel runs for the program that called connect or listen.
                if matches!(event.what, What::Moved(KernelState::CLOSE, _)) {
                    event.owner = Owner::of_thread(event.thread, tracefs::place());
                }
            }
        }
        Ok(events)
    }
}

/// What the kernel compares: an address of four octets as the number that they are in this machine's order. Addresses of
/// version 6 cannot be compared so, those sockets all pass. Resets that are sent and numbers have addresses in another form.
fn filter(kind: Kind, whose: &Whose) -> Option<String> {
    if kind == Kind::Dropped {
        // IPv4 and IPv6; and not what was used up (1), or thrown away without a word on why (2).
        return Some("(protocol == 0x800 || protocol == 0x86dd) && reason > 2".to_owned());
    }
    let Whose::At(addresses) = whose else { return None };
    if matches!(kind, Kind::SentReset | Kind::Numbers) {
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
