//! The spine: one packet in, events out. The only place where decoding, flows, TCP and rules meet.
//!
//! The stages of a segment, in this order, for files and live captures alike: copies (what the capture holds twice is
//! counted, no more), order (what stands before its cause waits for it), incarnation (which connection it belongs to), gate (`tcp::acceptance`), rules, facts and rows (`tcp::connection`). Time is that of the packets; nothing here
//! reads a clock.

pub mod batch;
pub mod bounds;
mod brief;
pub mod closed;
mod conclusion;
pub mod copies;
pub mod datagrams;
pub mod event;
mod forgetting;
mod fragments;
pub mod half_open;
pub mod incarnation;
pub mod kept;
pub mod most;
pub mod numbers;
pub mod offload;
pub mod order;
mod ordering;
pub mod room;
pub mod shards;
pub mod sides;
pub mod succession;
pub mod sums;
pub mod totals;
pub mod tracked;
pub mod vantage;

use crate::flow::{FlowKey, FlowTable, Interner, Slot};
use crate::packet::{Losses, Packet, Stamping};
use crate::rules::Evidence;
use crate::seq::Seq;
use crate::tcp::endpoint::At;
use crate::timestamp::Timestamp;
use crate::wire::datagram::{IcmpError, Quoted};
use crate::wire::encapsulation::Encapsulation;
use crate::wire::fragment::Fragments;
use crate::wire::segment::Segment;
use crate::wire::undecodable::Undecodable;
use crate::wire::{self, Decoded, Depth};
use closed::{Closed, Due, Retire};
use copies::{Copies, CopyOf};
use datagrams::Conversations;
use event::{Event, Sink};
use incarnation::{Entry, News, Stage, Told};
use most::Most;
use order::Order;
use room::{Place, Room};
use sides::Sides;
use std::io;
use sums::Hosts;
use totals::{CLOCK_STEP, Totals};

/// Takes in the packets of one capture, in order.
#[derive(Default)]
pub struct Analyzer {
    flows: FlowTable<Entry>,
    conversations: Conversations,
    encapsulations: Interner<Encapsulation>,
    sides: Sides,
    copies: Copies,
    order: Order,
    hosts: Hosts,
    closed: Closed,
    room: Room,
    last_conn: u64,
    /// Where in the order of packets: rises from each to the next.
    turn: u64,
    now: Timestamp,
    totals: Totals,
    depth: Depth,
    fragments: Fragments,
}

impl Analyzer {
    /// An analyzer that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, for the TCP at another depth of tunnels.
    #[must_use]
    pub fn at_depth(depth: Depth) -> Self {
        Self { depth, ..Self::default() }
    }

    /// The same, with other bounds on what is kept.
    #[must_use]
    pub fn within(most: Most) -> Self {
        Self {
            room: Room::within(most),
            closed: Closed::within(most),
            order: Order::within(most),
            conversations: Conversations::within(most),
            ..Self::default()
        }
    }

    /// Takes in one packet.
    ///
    /// # Errors
    ///
    /// What the sink returns; nothing else can fail.
    pub fn observe(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        let decoded = wire::decode_at(packet, self.depth);
        self.take(packet, decoded, sink)
    }

    /// Counts a packet, and what its stamp says of the capture's clock.
    #[inline]
    fn count(&mut self, packet: &Packet<'_>) {
        self.totals.read += 1;
        if packet.stamping == Stamping::Untold {
            self.totals.unstamped += 1;
            self.copies.distrust_clock();
        }
        if packet.at < self.now && self.now.since(packet.at) > CLOCK_STEP {
            self.totals.stepped += 1;
        }
    }

    /// Takes in one packet that is decoded.
    #[inline]
    fn take(
        &mut self,
        packet: &Packet<'_>,
        decoded: Result<Decoded<'_>, Undecodable>,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        self.count(packet);
        self.turn += 1;
        self.advance(packet.at, sink)?;
        match decoded {
            Ok(Decoded::Fragment(fragment)) => fragments::take(self, &fragment, packet, sink),
            decoded => self.decoded(decoded, sink),
        }
    }

    #[inline]
    fn decoded(&mut self, decoded: Result<Decoded<'_>, Undecodable>, sink: &mut dyn Sink) -> io::Result<()> {
        match decoded {
            Ok(Decoded::Segment(segment, around)) => {
                self.totals.tcp += 1;
                self.segment(&segment, &around, sink)
            }
            Ok(Decoded::Datagram(datagram)) => {
                self.totals.udp += 1;
                let key = self.key(datagram.path, &datagram.encapsulation);
                self.conversations.datagram(key, &datagram);
                // Time need not go on, if stamps jump.
                if self.conversations.is_crowded() { self.expire(sink) } else { Ok(()) }
            }
            Ok(Decoded::IcmpError(error)) => {
                self.totals.other("icmp-error");
                let key = self.key(error.quoted, &error.encapsulation);
                match error.quotes {
                    Quoted::Datagram => {
                        self.conversations.error(key, &error);
                        Ok(())
                    }
                    Quoted::Segment(seq) => self.error(key, &error, seq, sink),
                }
            }
            Ok(Decoded::Other(what)) => {
                self.totals.other(&what);
                Ok(())
            }
            // Those are put together before.
            Ok(Decoded::Fragment(_)) => Ok(()),
            Err(undecodable) => {
                self.totals.undecodable(&undecodable);
                Ok(())
            }
        }
    }

    /// Time has come to `now` without a packet: what was to wait until then is final. Time never goes back.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn advance(&mut self, now: Timestamp, sink: &mut dyn Sink) -> io::Result<()> {
        if now > self.now {
            self.now = now;
            self.release(sink)?;
            self.expire(sink)?;
        }
        Ok(())
    }

    /// What the source says it lost so far: a verdict that the loss may touch is undecided from here on.
    pub fn note_losses(&mut self, losses: Losses) {
        self.totals.lost = losses;
    }

    /// The counters so far.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The input ends: everything still held is final. Events come in the order of connection numbers.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> io::Result<Totals> {
        while let Some(oldest) = self.order.oldest() {
            self.release_first(&oldest.key, sink)?;
        }
        // One at a time: the small records of a flood, grown back all at once, would take several times their memory.
        let left = self.left();
        for (conn, slot) in left {
            let Some((key, entry)) = self.flows.entry_mut(slot) else { continue };
            let Some(last) = entry.give_up(conn) else { continue };
            self.totals.connections += 1;
            self.end(key, last, sink)?;
        }
        self.flows = FlowTable::default();
        for (key, conversation) in self.conversations.drain() {
            self.totals.conversations += 1;
            sink.event(Event::Datagrams(&conversation, self.encapsulations.value(key.encapsulation)))?;
        }
        bounds::note(self);
        Ok(std::mem::take(&mut self.totals))
    }

    /// What is not final, by number.
    fn left(&mut self) -> Vec<(u64, Slot)> {
        let places = self.flows.iter().flat_map(|(slot, _, entry)| entry.numbers().map(move |conn| (conn, slot)));
        let mut left: Vec<_> = places.collect();
        left.sort_unstable();
        let flows = &mut self.flows;
        let is_open = |(conn, slot): &&(u64, Slot)| flows.get_mut(*slot).is_some_and(|it| it.worth(*conn).is_some());
        self.room.most_open = self.room.most_open.max(left.iter().filter(is_open).count().min(self.room.most().open));
        left
    }

    fn key(&mut self, path: crate::four_tuple::FourTuple, around: &Encapsulation) -> FlowKey {
        let encapsulation = if around.0.is_empty() { 0 } else { self.encapsulations.number(around) };
        self.totals.most_layers = self.totals.most_layers.max(around.0.len());
        FlowKey { pair: path.into(), encapsulation }
    }

    fn segment(&mut self, segment: &Segment<'_>, around: &Encapsulation, sink: &mut dyn Sink) -> io::Result<()> {
        let key = self.key(segment.path, around);
        if let Some(copy) = self.copies.find(segment, key.encapsulation)
            && !self.doubts(&key, segment, copy)
        {
            return self.copy(segment, copy, sink);
        }
        self.arrange(key, None, segment, sink)
    }

    /// A segment goes to its connection.
    fn deliver(&mut self, slot: Slot, key: FlowKey, segment: &Segment<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        let Some((entry, mut stage)) = self.entry(key, slot, sink) else { return Ok(()) };
        let news = entry.take(segment, &mut stage)?;
        self.note(slot, news, sink)
    }

    /// What a segment did to the entry in `slot`.
    #[inline]
    fn note(&mut self, slot: Slot, news: News, sink: &mut dyn Sink) -> io::Result<()> {
        if let Some(conn) = news.begun {
            self.room.begun(Place { slot, conn });
            self.make_way(sink)?;
        }
        if let Some(conn) = news.opened {
            self.room.tried(Place { slot, conn });
            self.shrink_attempts(sink)?;
        }
        if let Some(conn) = news.over {
            self.closed.push(Due { since: self.now, turn: self.turn, slot, conn });
            self.compact(sink)?;
        }
        Ok(())
    }

    /// The entry in `slot`, and what the analysis lends to what comes for it.
    fn entry<'s>(&'s mut self, key: FlowKey, slot: Slot, sink: &'s mut dyn Sink) -> Option<(&'s mut Entry, Stage<'s>)> {
        let Self { flows, hosts, last_conn, totals, encapsulations, now, .. } = self;
        let stage = stage(key, hosts, last_conn, totals, encapsulations, *now, sink);
        Some((flows.get_mut(slot)?, stage))
    }

    /// What the analysis lends to what comes for a flow.
    fn stage<'s>(&'s mut self, key: FlowKey, sink: &'s mut dyn Sink) -> Stage<'s> {
        let Self { hosts, last_conn, totals, encapsulations, now, .. } = self;
        stage(key, hosts, last_conn, totals, encapsulations, *now, sink)
    }

    /// An ICMP error for a connection; one that quotes no known connection only stands in the counters.
    fn error(&mut self, key: FlowKey, error: &IcmpError, seq: Seq, sink: &mut dyn Sink) -> io::Result<()> {
        let key = self.sides.of(key);
        let Some(slot) = self.flows.find(&key) else { return Ok(()) };
        let Some((entry, mut stage)) = self.entry(key, slot, sink) else { return Ok(()) };
        entry.error(error, seq, &mut stage)
    }

    /// A frame that only repeats another is counted where that one was.
    fn copy(&mut self, segment: &Segment<'_>, copy: CopyOf, sink: &mut dyn Sink) -> io::Result<()> {
        self.totals.copies.add(copy.evidence);
        let key = self.sides.of(FlowKey { pair: segment.path.into(), encapsulation: copy.encapsulation });
        let at = At { frame: segment.frame, time: segment.at, turn: 0 };
        if self.order.holds(&key) {
            self.order.hold_copy(self.waiting_from_now(key), segment.path.from, at, copy);
            return self.make_room(&key, sink);
        }
        self.count_copy(&key, at, copy, sink)
    }

    fn doubts(&mut self, key: &FlowKey, segment: &Segment<'_>, copy: CopyOf) -> bool {
        let key = &self.sides.of(*key);
        let entry = self.flows.find(key).and_then(|slot| self.flows.get_mut(slot));
        entry.is_some_and(|entry| entry.doubts(segment, copy, key))
    }

    fn count_copy(&mut self, key: &FlowKey, at: At, copy: CopyOf, sink: &mut dyn Sink) -> io::Result<()> {
        let entry = self.flows.find(key).and_then(|slot| self.entry(*key, slot, sink));
        let Some((entry, mut stage)) = entry else {
            self.totals.late += 1;
            return Ok(());
        };
        entry.unfold(&mut stage)?;
        if entry.copy(at, copy) == Told::Nowhere {
            stage.totals.late += 1;
        }
        Ok(())
    }

    /// Closed connections whose 2 MSL have passed are final.
    fn expire(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        while let Some(due) = self.closed.due(self.now) {
            self.retire(due, Retire::Forget, sink)?;
        }
        for (key, conversation) in self.conversations.idle(self.now) {
            self.totals.conversations += 1;
            sink.event(Event::Datagrams(&conversation, self.encapsulations.value(key.encapsulation)))?;
        }
        Ok(())
    }
}

fn stage<'s>(
    key: FlowKey,
    hosts: &'s mut Hosts,
    last_conn: &'s mut u64,
    totals: &'s mut Totals,
    encapsulations: &'s Interner<Encapsulation>,
    now: Timestamp,
    sink: &'s mut dyn Sink,
) -> Stage<'s> {
    let Totals { lost, damaged, stepped, unstamped, .. } = totals;
    let evidence = Evidence { lost: lost.total(), damaged: *damaged, stepped: *stepped, unstamped: *unstamped };
    Stage { key, evidence, hosts, last_conn, around: encapsulations.value(key.encapsulation), now, totals, sink }
}
