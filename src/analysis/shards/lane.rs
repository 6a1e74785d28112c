//! One lane: the connections of a sixteenth of all pairs of addresses and ports, followed by an analyzer of their own.
//!
//! A lane sees only its own packets. What is due at others (a wait that is over, 2 MSL) it makes up for before its next
//! one, as of the packet at which it was due.

use super::block::{Block, Item, What};
use super::tick::{Phase, Tick};
use crate::analysis::closed::Retire;
use crate::analysis::event::{Asks, Event, Plain, Remark, Sink, Wish};
use crate::analysis::incarnation::{self, Entry};
use crate::analysis::most::Most;
use crate::analysis::numbers::{Numbers, PROVISIONAL};
use crate::analysis::order::{self, WINDOW};
use crate::analysis::sums::Hosts;
use crate::analysis::totals::Totals;
use crate::analysis::tracked::Tracked;
use crate::analysis::{Analyzer, bounds};
use crate::flow::{FlowKey, Slot};
use crate::tcp::belief::TWO_MSL;
use crate::timestamp::Timestamp;
use crate::wire::encapsulation::Encapsulation;
use smallvec::SmallVec;
use std::hint::black_box;
use std::io;
use std::net::IpAddr;

/// Packets whose memory is asked for at once.
const AHEAD: usize = 32;

/// A connection that is final, and when.
#[derive(Debug)]
pub struct Out {
    pub tick: Tick,
    pub now: Timestamp,
    pub what: Final,
}

/// How a connection that is final is kept.
#[derive(Debug)]
pub enum Final {
    /// It is judged.
    Judged(Box<Tracked>),
    /// It is plain, and nobody may want to see it.
    Plain(Plain),
}

/// Connections of a flow that began at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Birth {
    pub tick: Tick,
    pub key: FlowKey,
    pub count: u64,
}

/// Keeps what is final until all lanes have come as far.
#[derive(Debug)]
struct Keeper {
    tick: Tick,
    outs: Vec<Out>,
    now: Timestamp,
    asks: Asks,
}

impl Sink for Keeper {
    fn event(&mut self, _: Event<'_>) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, tracked: Box<Tracked>, _: Option<&Encapsulation>, now: Timestamp) -> io::Result<()> {
        self.outs.push(Out { tick: self.tick, now, what: Final::Judged(tracked) });
        Ok(())
    }

    fn asks(&self) -> Asks {
        self.asks
    }

    /// What is shown depends on what other lanes have.
    fn wants_told(&mut self, _: u64, _: Remark) -> Wish {
        Wish::Later
    }

    fn later(&mut self, plain: Plain) {
        self.outs.push(Out { tick: self.tick, now: self.now, what: Final::Plain(plain) });
    }
}

/// What checksums say of hosts and of damage, where one lane is looked at after the other.
#[derive(Debug, Default)]
pub struct Shared {
    /// Checksums by host.
    pub hosts: Hosts,
    /// Segments damaged in transit.
    pub damaged: u64,
}

/// What a lane has to make up for.
#[derive(Clone, Copy, Debug)]
enum Debt {
    Release(FlowKey),
    RetireRecord,
    RetireWhole,
}

/// One lane.
pub struct Lane {
    pub(super) analyzer: Analyzer,
    keeper: Keeper,
    births: Vec<Birth>,
    rights: Vec<(Tick, IpAddr)>,
    /// The last provisional number whose birth is noted.
    born: u64,
}

impl Lane {
    /// One that may keep so much.
    pub fn within(most: Most) -> Self {
        let mut analyzer = Analyzer::within(most);
        analyzer.hosts = Hosts::noting();
        analyzer.last_conn = PROVISIONAL;
        let keeper =
            Keeper { tick: Tick::packet(0), outs: Vec::new(), now: Timestamp::default(), asks: Asks::Everything };
        Self { analyzer, keeper, births: Vec::new(), rights: Vec::new(), born: PROVISIONAL }
    }

    /// Whether segments wait for their cause.
    pub fn is_waiting(&self) -> bool {
        !self.analyzer.order.is_empty()
    }

    /// Takes in all that is for it; no checksum in the block is wrong.
    pub fn run(&mut self, block: &Block, lane: usize, damaged: u64) -> io::Result<()> {
        self.analyzer.totals.damaged = damaged;
        let items = |place: &u32| block.items.get(*place as usize);
        for some in block.lanes.get(lane).map(Vec::as_slice).unwrap_or_default().chunks(AHEAD) {
            let near = self.look_ahead(some.iter().filter_map(items));
            for (item, near) in some.iter().filter_map(items).zip(near) {
                self.catch_up(block, item.turn)?;
                self.take(block, item, near)?;
            }
        }
        self.catch_up(block, block.last_turn())
    }

    /// Touches what the items will meet; says where that is.
    fn look_ahead<'i>(&self, items: impl Iterator<Item = &'i Item>) -> SmallVec<[Option<Slot>; AHEAD]> {
        let flows = &self.analyzer.flows;
        let near: SmallVec<[_; AHEAD]> = items.map(|item| flows.find(&item.key)).collect();
        let mut last = None;
        let mut seen = 0;
        for slot in near.iter().filter(|slot| slot.is_some()) {
            // Of many segments of one connection in a row the first is enough.
            if *slot != last {
                last = *slot;
                seen ^= last.and_then(|slot| flows.get(slot)).map_or(0, Entry::touch);
            }
        }
        black_box(seen);
        near
    }

    /// Makes up for what was due up to a turn.
    fn catch_up(&mut self, block: &Block, upto: u64) -> io::Result<()> {
        while let Some((tick, debt)) = self.debt(block, upto) {
            self.settle_debt(block, tick, debt)?;
        }
        Ok(())
    }

    /// When the first is due that is due by then.
    pub fn next_due(&mut self, block: &Block, upto: u64) -> Option<Tick> {
        self.debt(block, upto).map(|(tick, _)| tick)
    }

    /// Makes up for the first that is due by then.
    pub fn make_up(&mut self, block: &Block, upto: u64, shared: &mut Shared) -> io::Result<()> {
        let Some((tick, debt)) = self.debt(block, upto) else { return Ok(()) };
        self.lend(shared);
        let done = self.settle_debt(block, tick, debt);
        self.give_back(shared);
        done
    }

    /// Takes in what is for it, where checksums depend on those of others.
    pub fn take_sharing(&mut self, block: &Block, item: &Item, shared: &mut Shared) -> io::Result<()> {
        self.lend(shared);
        let done = self.take(block, item, None);
        self.give_back(shared);
        done
    }

    fn lend(&mut self, shared: &mut Shared) {
        std::mem::swap(&mut self.analyzer.hosts, &mut shared.hosts);
        self.analyzer.totals.damaged = shared.damaged;
    }

    fn give_back(&mut self, shared: &mut Shared) {
        std::mem::swap(&mut self.analyzer.hosts, &mut shared.hosts);
        shared.damaged = self.analyzer.totals.damaged;
    }

    #[inline]
    fn debt(&mut self, block: &Block, upto: u64) -> Option<(Tick, Debt)> {
        let it = &self.analyzer;
        let nothing = it.order.is_empty() && !it.closed.is_due(block.moment(upto).now);
        if nothing { None } else { self.first_debt(block, upto) }
    }

    fn first_debt(&mut self, block: &Block, upto: u64) -> Option<(Tick, Debt)> {
        let it = &mut self.analyzer;
        let release = if it.order.is_empty() { None } else { it.order.oldest() };
        let release = release.and_then(|order::Due { since, turn: sub, key }| {
            let turn = block.first_at(upto, |now| now.since(since) >= WINDOW)?;
            Some((Tick { turn, phase: Phase::Release, sub }, Debt::Release(key)))
        });
        let [record, whole] = it.closed.first().map(|due| {
            due.and_then(|due| Some((block.first_at(upto, |now| now.since(due.since) >= TWO_MSL)?, due.turn)))
        });
        let record = record.map(|(turn, _)| (Tick { turn, phase: Phase::ExpireRecord, sub: 0 }, Debt::RetireRecord));
        let whole = whole.map(|(turn, sub)| (Tick { turn, phase: Phase::Expire, sub }, Debt::RetireWhole));
        [release, record, whole].into_iter().flatten().min_by_key(|(tick, _)| *tick)
    }

    fn settle_debt(&mut self, block: &Block, tick: Tick, debt: Debt) -> io::Result<()> {
        self.go_to(block, tick);
        match debt {
            Debt::Release(key) => {
                self.analyzer.release_first(&key, &mut self.keeper)?;
                self.note(key);
            }
            Debt::RetireRecord | Debt::RetireWhole => {
                let closed = &mut self.analyzer.closed;
                let due = if matches!(debt, Debt::RetireRecord) { closed.pop_record() } else { closed.pop_whole() };
                if let Some(due) = due {
                    self.analyzer.retire(due, Retire::Forget, &mut self.keeper)?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, block: &Block, item: &Item, near: Option<Slot>) -> io::Result<()> {
        self.go_to(block, Tick::packet(item.turn));
        let (it, sink) = (&mut self.analyzer, &mut self.keeper);
        match &item.what {
            What::Segment(kept) => {
                let segment = block.whole(kept);
                match kept.copy {
                    Some(copy) if !it.doubts(&item.key, &segment, copy) => it.copy(&segment, copy, sink)?,
                    _ => it.arrange(item.key, near, &segment, sink)?,
                }
            }
            What::Error(error, seq) => it.error(item.key, error, *seq, sink)?,
        }
        self.note(item.key);
        Ok(())
    }

    fn go_to(&mut self, block: &Block, tick: Tick) {
        let moment = block.moment(tick.turn);
        let it = &mut self.analyzer;
        (it.now, it.turn) = (moment.now, tick.rank());
        (it.totals.stepped, it.totals.unstamped) = (moment.stepped, moment.unstamped);
        it.totals.lost = block.losses;
        (self.keeper.tick, self.keeper.now, self.keeper.asks) = (tick, moment.now, block.asks);
    }

    /// Notes what of all lanes must be known.
    #[inline]
    fn note(&mut self, key: FlowKey) {
        let tick = self.keeper.tick;
        if self.analyzer.last_conn != self.born {
            self.births.push(Birth { tick, key, count: self.analyzer.last_conn - self.born });
            self.born = self.analyzer.last_conn;
        }
        self.rights.extend(self.analyzer.hosts.noted().map(|host| (tick, host)));
    }

    /// What began since this was last called.
    pub fn births(&self) -> &[Birth] {
        &self.births
    }

    /// Whose checksums were right since this was last called.
    pub fn rights(&mut self) -> impl Iterator<Item = (Tick, IpAddr)> + '_ {
        self.rights.drain(..)
    }

    /// What began has its numbers; gives what became final.
    pub fn settle(&mut self, numbers: &Numbers) -> Vec<Out> {
        let it = &mut self.analyzer;
        for birth in self.births.drain(..) {
            if let Some(entry) = it.flows.find(&birth.key).and_then(|slot| it.flows.get_mut(slot)) {
                entry.settle(numbers);
            }
        }
        it.room.settle(numbers);
        it.closed.settle(numbers);
        (it.last_conn, self.born) = (PROVISIONAL, PROVISIONAL);
        let mut outs = std::mem::take(&mut self.keeper.outs);
        outs.iter_mut().for_each(|out| match &mut out.what {
            Final::Judged(tracked) => tracked.settle(numbers),
            Final::Plain(plain) => plain.last.settle(numbers),
        });
        outs
    }

    /// The capture has ended at `now`: the flow of which something waits longest, and since which turn.
    pub fn last_waiting(&mut self) -> Option<(u64, FlowKey)> {
        self.analyzer.order.oldest().map(|due| (due.turn, due.key))
    }

    /// The first that waits of a flow goes on, at the end of the capture.
    pub fn release_last(&mut self, now: Timestamp, sub: u64, key: FlowKey, shared: &mut Shared) -> io::Result<()> {
        let tick = Tick { turn: Tick::END, phase: Phase::Release, sub };
        (self.analyzer.now, self.keeper.tick, self.keeper.now) = (now, tick, now);
        self.lend(shared);
        let done = self.analyzer.release_first(&key, &mut self.keeper);
        self.give_back(shared);
        self.note(key);
        done
    }

    /// What is not final when the capture has ended, by number.
    pub fn left(&mut self) -> Vec<(u64, Slot)> {
        self.analyzer.left()
    }

    /// Takes out a connection that is left.
    pub fn give_up(&mut self, conn: u64, slot: Slot) -> Option<(FlowKey, incarnation::Final)> {
        let (key, entry) = self.analyzer.flows.entry_mut(slot)?;
        Some((key, entry.give_up(conn)?))
    }

    /// Adds what it counted.
    pub fn add_to(&mut self, totals: &mut Totals) {
        bounds::note(&mut self.analyzer);
        totals.join(&self.analyzer.totals);
    }
}
