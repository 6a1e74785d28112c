//! A live capture read by a thread of its own, ahead of whoever judges: it takes frames out of the kernel's buffer as soon as
//! they come, so that the time that judging takes loses nothing until twice as much waits as the buffer holds.
//!
//! The queue is bounded by the buffer that was asked for. Once it is full, frames stay in the kernel's buffer, which counts
//! what it has to drop; nothing is dropped here. Several captures that share an interface's flows are read by a thread each;
//! frames are numbered anew in the order in which they are handed over, which keeps that of each flow. No decoding; the
//! command line uses this around either backend.
#![expect(clippy::disallowed_methods, reason = "waiting for packets has a deadline")]

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::live::{LiveSource, Next, Stamps};
use super::stop::StopHandle;
use super::{Source, SourceError};
use crate::packet::{FrameNo, LinkType, Losses, Packet, Stamping};
use crate::timestamp::Timestamp;

/// How often the reader looks up from a quiet interface: to see whether somebody asks for its counters.
const LOOK_UP: Duration = Duration::from_millis(20);
/// Octets handed over at once at most, with what frames take beside their octets.
const HANDOVER: usize = 64 * 1024;
/// How long counters that were asked for may take.
const COUNTERS: Duration = Duration::from_millis(500);

/// Frames that were read, in order.
#[derive(Debug, Default)]
struct Batch {
    octets: Vec<u8>,
    frames: Vec<Frame>,
}

/// A frame without its octets.
#[derive(Debug)]
struct Frame {
    at: Timestamp,
    link: LinkType,
    interface: u32,
    wire_len: u32,
    octets: Range<usize>,
    /// Whose clock stamped it.
    stamped: Stamps,
}

impl Batch {
    fn push(&mut self, packet: &Packet<'_>) {
        let start = self.octets.len();
        self.octets.extend_from_slice(packet.bytes);
        let &Packet { at, link, interface, wire_len, .. } = packet;
        let (octets, stamped) = (start..self.octets.len(), Stamps::default());
        self.frames.push(Frame { at, link, interface, wire_len, octets, stamped });
    }

    /// The last frame was stamped between these counts.
    fn stamped(&mut self, before: Stamps, after: Stamps) {
        if let Some(frame) = self.frames.last_mut() {
            frame.stamped = Stamps { kernel: after.kernel - before.kernel, clock: after.clock - before.clock };
        }
    }

    fn size(&self) -> usize {
        self.octets.len() + self.frames.len() * size_of::<Frame>()
    }

    fn clear(&mut self) {
        self.octets.clear();
        self.frames.clear();
    }
}

/// What the reader knows of the capture.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    losses: Losses,
    received: u64,
    /// How often counters were asked for when these were told.
    told: u64,
}

/// What reader and judge share.
#[derive(Default)]
struct Queue {
    full: VecDeque<Batch>,
    /// Emptied ones, to be filled again.
    empty: Vec<Batch>,
    octets: usize,
    /// By reader.
    readers: Vec<Known>,
    /// How often counters were asked for.
    asked: u64,
    /// Readers that are still at it.
    at_work: usize,
    /// What the first met that could not go on.
    failed: Option<SourceError>,
    /// Nobody takes frames any more.
    abandoned: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Something came, or was told.
    news: Condvar,
    /// There is room again.
    room: Condvar,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A live capture that is read ahead.
pub struct Ahead {
    shared: Arc<Shared>,
    readers: Vec<JoinHandle<()>>,
    stop: StopHandle,
    link: LinkType,
    buffer: usize,
    limits: &'static str,
    lent: Batch,
    next: usize,
    frame: FrameNo,
    /// Of the frames that were lent.
    stamps: Stamps,
}

impl Ahead {
    /// Begins to read one capture, or several that share the flows of one interface; `queue` octets may wait at most.
    ///
    /// # Errors
    ///
    /// What the system said when asked for a thread; that there is no capture.
    pub fn start(sources: Vec<Box<dyn LiveSource>>, queue: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        {
            let mut queue = shared.queue();
            queue.readers = vec![Known::default(); sources.len()];
            queue.at_work = sources.len();
        }
        let first = sources.first().ok_or(io::ErrorKind::NotFound)?;
        let (link, limits) = (first.link(), first.limits());
        let stop = StopHandle::together(sources.iter().map(|source| source.stop_handle()));
        let buffer = sources.iter().map(|source| source.buffer()).sum();
        let read = |(which, source)| {
            let reader = Reader { source, which, shared: Arc::clone(&shared), batch: Batch::default(), most: queue };
            thread::Builder::new().name(format!("reader {which}")).spawn(move || reader.run())
        };
        let readers = sources.into_iter().enumerate().map(read).collect::<io::Result<_>>()?;
        let (lent, stamps) = (Batch::default(), Stamps::default());
        Ok(Self { shared, readers, stop, link, buffer, limits, lent, next: 0, frame: 0, stamps })
    }

    /// Where the next frame is, waiting for it until `deadline`; or how the capture ended.
    fn step(&mut self, deadline: Option<Instant>) -> Result<Step, SourceError> {
        if self.next < self.lent.frames.len() {
            return Ok(Step::Frame);
        }
        let mut queue = self.shared.queue();
        loop {
            if let Some(batch) = queue.full.pop_front() {
                queue.octets -= batch.size();
                let mut read = std::mem::replace(&mut self.lent, batch);
                self.next = 0;
                read.clear();
                queue.empty.push(read);
                self.shared.room.notify_one();
                return Ok(Step::Frame);
            }
            if queue.at_work == 0 {
                // Told once.
                return queue.failed.take().map_or(Ok(Step::End), Err);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            queue = match left {
                Some(Duration::ZERO) => return Ok(Step::Tick),
                Some(left) => self.shared.news.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.shared.news.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn lend(&mut self) -> Option<Packet<'_>> {
        let &Frame { at, link, interface, wire_len, ref octets, stamped } = self.lent.frames.get(self.next)?;
        self.next += 1;
        self.frame += 1;
        self.stamps = Stamps { kernel: self.stamps.kernel + stamped.kernel, clock: self.stamps.clock + stamped.clock };
        let bytes = self.lent.octets.get(octets.clone()).unwrap_or_default();
        Some(Packet { frame: self.frame, at, stamping: Stamping::Told, link, interface, bytes, wire_len })
    }

    /// What all readers know, together.
    fn known(&self) -> Known {
        let queue = self.shared.queue();
        queue.readers.iter().fold(Known::default(), |all, one| Known {
            losses: Losses {
                kernel: sum(all.losses.kernel, one.losses.kernel),
                interface: sum(all.losses.interface, one.losses.interface),
                unknown: sum(all.losses.unknown, one.losses.unknown),
            },
            received: all.received + one.received,
            told: 0,
        })
    }
}

/// Both, where either is known.
fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

/// What is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Frame,
    Tick,
    End,
}

impl Source for Ahead {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        match self.step(None)? {
            Step::Frame => Ok(self.lend()),
            Step::Tick | Step::End => Ok(None),
        }
    }

    fn losses(&self) -> Losses {
        self.known().losses
    }
}

impl LiveSource for Ahead {
    fn next_packet_before(&mut self, deadline: Instant) -> Result<Next<'_>, SourceError> {
        match self.step(Some(deadline))? {
            Step::Frame => Ok(self.lend().map_or(Next::Tick, Next::Packet)),
            Step::Tick => Ok(Next::Tick),
            Step::End => Ok(Next::End),
        }
    }

    fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    fn link(&self) -> LinkType {
        self.link
    }

    fn received(&self) -> u64 {
        self.known().received
    }

    fn recount(&mut self) {
        let until = Instant::now() + COUNTERS;
        let mut queue = self.shared.queue();
        queue.asked += 1;
        let asked = queue.asked;
        while queue.readers.iter().any(|it| it.told < asked) && queue.at_work > 0 && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            queue = self.shared.news.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn buffer(&self) -> usize {
        self.buffer
    }

    fn stamps(&self) -> Stamps {
        self.stamps
    }

    fn limits(&self) -> &'static str {
        self.limits
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.stop.stop();
        self.shared.queue().abandoned = true;
        self.shared.room.notify_all();
        for reader in self.readers.drain(..) {
            // One that has panicked has said so.
            let _said = reader.join();
        }
    }
}

/// The reader's side.
struct Reader {
    source: Box<dyn LiveSource>,
    which: usize,
    shared: Arc<Shared>,
    batch: Batch,
    most: usize,
}

impl Reader {
    /// Reads until the capture ends or nobody takes frames any more.
    fn run(mut self) {
        let past = Instant::now();
        let mut stamps = self.source.stamps();
        let end = loop {
            // With frames under way the wait is none at all: what is there is handed over once nothing waits.
            let deadline = if self.batch.frames.is_empty() { Instant::now() + LOOK_UP } else { past };
            let handed_over = match self.source.next_packet_before(deadline) {
                Ok(Next::Packet(packet)) => {
                    self.batch.push(&packet);
                    let before = std::mem::replace(&mut stamps, self.source.stamps());
                    self.batch.stamped(before, stamps);
                    self.batch.size() >= HANDOVER
                }
                Ok(Next::Tick) => true,
                Ok(Next::End) => break None,
                Err(error) => break Some(error),
            };
            if handed_over && !self.hand_over() {
                break None;
            }
        };
        self.hand_over();
        let mut queue = self.shared.queue();
        if let Some(error) = end {
            queue.failed.get_or_insert(error);
        }
        queue.at_work -= 1;
        self.shared.news.notify_all();
    }

    /// Hands over what was read and what is known; says whether somebody takes it.
    fn hand_over(&mut self) -> bool {
        let told = {
            let queue = self.shared.queue();
            let known = queue.readers.get(self.which).map_or(0, |known| known.told);
            (known, queue.asked)
        };
        if told.0 < told.1 {
            self.source.recount();
        }
        let (losses, received) = (self.source.losses(), self.source.received());
        let mut queue = self.shared.queue();
        if let Some(known) = queue.readers.get_mut(self.which) {
            *known = Known { losses, received, told: told.1 };
        }
        if self.batch.frames.is_empty() {
            self.shared.news.notify_all();
            return !queue.abandoned;
        }
        while queue.octets >= self.most && !queue.abandoned {
            queue = self.shared.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let empty = queue.empty.pop().unwrap_or_default();
        let batch = std::mem::replace(&mut self.batch, empty);
        queue.octets += batch.size();
        queue.full.push_back(batch);
        self.shared.news.notify_all();
        !queue.abandoned
    }
}
