//! Connections followed side by side: sixteen lanes, taken by as many threads as there are.
//!
//! There are always [`LANES`] lanes, and which one a connection is in depends on the capture alone, so that what comes out
//! is the same for any number of threads, octet by octet. It is also that of [`Analyzer`], as long as no bound on what is
//! kept is met: each lane has its share of them. Only what is final is told, in the order in which one thread would have
//! told it; who wants to see segments and moves as they come uses the [`Analyzer`].
//!
//! The front decodes a block of packets while the lanes take in the one before. What crosses connections is dealt with so:
//! copies, encapsulations, UDP, losses and clocks in the front; numbers of connections and right checksums when a round
//! is over, in order; wrong checksums and segments cut short on the wire, which say something of other connections, in
//! rounds that one thread does item by item.

mod block;
mod front;
mod lane;
mod merge;
mod round;
mod tick;

use super::Analyzer;
use super::event::{Event, Sink};
use super::most::Most;
use super::numbers::Numbers;
use super::totals::Totals;
use crate::packet::{Losses, Packet};
use crate::timestamp::Timestamp;
use crate::wire::Depth;
use block::{Block, Sums};
use front::{Front, Talk};
use lane::{Final, Lane, Out, Shared};
use merge::in_order;
use round::{Lanes, Round, Workers, is_serial, locked, one_by_one, release_all};
use std::io;
use std::iter::Peekable;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// Lanes, whatever the number of threads; more threads than that have nothing to do.
pub const LANES: usize = 16;

/// Packets from which on it is worth the while to wake other threads.
const WORTH_WAKING: usize = 128;

/// Takes in the packets of one capture, in order.
pub struct Sharded {
    front: Front,
    lanes: Arc<Lanes>,
    threads: NonZeroUsize,
    workers: Option<Workers>,
    filling: Block,
    spare: Option<Block>,
    running: Option<Arc<Round>>,
    shared: Shared,
    /// Whether checksums were wrong in the block before.
    before: Sums,
    /// UDP conversations that became final in the block under way.
    under_way: Vec<Talk>,
    ready: Ready,
}

/// What is final and has its number, but has not been told.
#[derive(Default)]
struct Ready {
    outs: Vec<Out>,
    talks: Vec<Talk>,
}

impl Sharded {
    /// One that has seen nothing; `threads` threads will work, this one among them.
    #[must_use]
    pub fn new(depth: Depth, most: Most, threads: NonZeroUsize) -> Self {
        let each = most.shared(LANES);
        Self {
            front: Front::new(depth, most),
            lanes: Arc::new(std::array::from_fn(|_| Mutex::new(Lane::within(each)))),
            threads,
            workers: None,
            filling: Block::new(1, Losses::default()),
            spare: None,
            running: None,
            shared: Shared::default(),
            before: Sums::Sound,
            under_way: Vec::new(),
            ready: Ready::default(),
        }
    }

    /// Takes in one packet. What became final of it is told with one of the next, or by [`flush`](Self::flush).
    ///
    /// # Errors
    ///
    /// What the sink returns, or the system if it has no thread for us.
    pub fn observe(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        self.front.take(packet, &mut self.filling);
        if self.filling.is_full() { self.turn(sink) } else { Ok(()) }
    }

    /// Time has come to `now` without a packet. Time never goes back.
    ///
    /// # Errors
    ///
    /// As [`observe`](Self::observe).
    pub fn advance(&mut self, now: Timestamp, sink: &mut dyn Sink) -> io::Result<()> {
        if now > self.front.it.now {
            self.front.advance(now, &mut self.filling);
        }
        self.flush(sink)
    }

    /// What the source says it lost so far: a verdict that the loss may touch is undecided from here on.
    ///
    /// # Errors
    ///
    /// As [`observe`](Self::observe).
    pub fn note_losses(&mut self, losses: Losses, sink: &mut dyn Sink) -> io::Result<()> {
        if losses == self.filling.losses {
            return Ok(());
        }
        self.turn(sink)?;
        self.filling.losses = losses;
        Ok(())
    }

    /// Tells all that is final by now.
    ///
    /// # Errors
    ///
    /// As [`observe`](Self::observe).
    pub fn flush(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        self.turn(sink)?;
        self.collect();
        self.tell(sink)
    }

    /// The lanes begin with what was taken in since the last turn; what became final before is told meanwhile.
    fn turn(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        if self.filling.is_empty() {
            return Ok(());
        }
        self.collect();
        let next = self.spare.take().unwrap_or_else(|| Block::new(0, Losses::default()));
        let mut block = std::mem::replace(&mut self.filling, next);
        block.asks = sink.asks();
        self.filling.reset(block.last_turn() + 1, block.losses);
        self.under_way.append(&mut self.front.talks);
        let serial = is_serial(&block, self.before, &self.lanes);
        self.before = if serial { Sums::SomeWrong } else { Sums::Sound };
        if serial {
            one_by_one(&block, &self.lanes, &mut self.shared)?;
            self.settle();
            self.spare = Some(block);
        } else {
            self.start(block)?;
        }
        self.tell(sink)
    }

    fn start(&mut self, block: Block) -> io::Result<()> {
        let worth = block.items.len() >= WORTH_WAKING;
        let round = Arc::new(Round::new(block, self.shared.damaged));
        if worth && self.threads.get() > 1 {
            if self.workers.is_none() {
                self.workers = Some(Workers::start(self.threads.get().min(LANES) - 1, &self.lanes)?);
            }
            self.workers.iter().for_each(|workers| workers.give(&round));
        } else {
            round.work(&self.lanes);
        }
        self.running = Some(round);
        Ok(())
    }

    /// Waits for the lanes, and gives numbers to what began.
    fn collect(&mut self) {
        let Some(round) = self.running.take() else { return };
        round.work(&self.lanes);
        round.wait();
        self.spare = Arc::into_inner(round).map(|round| round.block);
        self.settle();
    }

    /// All lanes have come equally far: what began gets its numbers, and checksums are added up.
    fn settle(&mut self) {
        let mut lanes: Vec<_> = self.lanes.iter().map(locked).collect();
        let mut numbers: [Numbers; LANES] = std::array::from_fn(|_| Numbers::default());
        for (at, birth) in in_order(lanes.iter().map(|lane| lane.births()), |birth| birth.tick) {
            for _ in 0..birth.count {
                self.front.it.last_conn += 1;
                numbers.get_mut(at).into_iter().for_each(|numbers| numbers.push(self.front.it.last_conn));
            }
        }
        let rights = in_order(lanes.iter_mut().map(|lane| lane.rights()), |(tick, _)| *tick);
        rights.for_each(|(_, (_, host))| self.shared.hosts.credit(host));
        let outs = lanes.iter_mut().zip(&numbers).map(|(lane, numbers)| lane.settle(numbers));
        self.ready.outs.extend(in_order(outs, |out| out.tick).map(|(_, out)| out));
        self.ready.talks.append(&mut self.under_way);
    }

    /// Tells what is ready, in order.
    fn tell(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let Ready { outs, talks } = std::mem::take(&mut self.ready);
        debug_assert!(outs.is_sorted_by_key(|out| out.tick));
        let mut talks = talks.into_iter().peekable();
        for out in outs {
            self.tell_talks(&mut talks, |talk| talk.tick < out.tick, sink)?;
            match out.what {
                Final::Plain(plain) => self.front.it.ask(plain, out.now, sink)?,
                Final::Judged(tracked) => {
                    let around = self.front.it.encapsulations.value(tracked.key.encapsulation);
                    sink.ended(tracked, around, out.now)?;
                }
            }
        }
        self.tell_talks(&mut talks, |_| true, sink)
    }

    fn tell_talks(
        &self,
        talks: &mut Peekable<impl Iterator<Item = Talk>>,
        may: impl Fn(&Talk) -> bool,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        while let Some(Talk { key, conversation, .. }) = talks.next_if(&may) {
            sink.event(Event::Datagrams(&conversation, self.front.it.encapsulations.value(key.encapsulation)))?;
        }
        Ok(())
    }

    /// The input ends: everything still held is final. Events come in the order of connection numbers.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn finish(mut self, sink: &mut dyn Sink) -> io::Result<Totals> {
        self.flush(sink)?;
        let now = self.front.it.now;
        release_all(now, &self.lanes, &mut self.shared)?;
        self.settle();
        self.tell(sink)?;
        self.workers = None;
        let mut lanes: Vec<_> = self.lanes.iter().map(locked).collect();
        let left: Vec<_> = lanes.iter_mut().map(|lane| lane.left()).collect();
        for (at, (conn, slot)) in in_order(left, |place| *place) {
            let Some((key, last)) = lanes.get_mut(at).and_then(|lane| lane.give_up(conn, slot)) else { continue };
            self.front.it.totals.connections += 1;
            self.front.it.conclude(key, last, Some(now), sink)?;
        }
        let front: &mut Analyzer = &mut self.front.it;
        front.totals.lost = self.filling.losses;
        front.hosts = std::mem::take(&mut self.shared.hosts);
        let mut totals = front.finish(sink)?;
        lanes.iter_mut().for_each(|lane| lane.add_to(&mut totals));
        totals.damaged = self.shared.damaged;
        Ok(totals)
    }
}
