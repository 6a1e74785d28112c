//! Two honest endpoints, the links between them, and a tap: one exchange, and the truth about it.
//!
//! A link has a part before the tap and a part after it; either may lose, double and reorder. A tap at an endpoint
//! sees what that endpoint sends at once, and what it receives as it arrives.

use super::dice::Dice;
use super::endpoint::{Endpoint, Habits, Segment, State};
use super::knowledge::{Knowledge, Passed};
use super::links::{Links, Moved};
use synfin::peer::{Peer, PerPeer};
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::wire::segment::Flags;

/// Where the tap stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tap {
    AtA,
    Midway,
    AtB,
}

/// Of 100 segments on a part of a link, how many suffer what.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Trouble {
    pub(crate) lost: u32,
    pub(crate) doubled: u32,
    pub(crate) overtaken: u32,
}

/// What an exchange is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Config {
    pub(crate) tap: Tap,
    /// From each sender to the tap.
    pub(crate) before: Trouble,
    /// From the tap to each receiver.
    pub(crate) after: Trouble,
    /// Of 100 segments that pass the tap, how many it fails to record.
    pub(crate) missed: u32,
    /// Of 100 exchanges, in how many an endpoint may abort.
    pub(crate) aborts: u32,
    /// Events before the links become perfect and what is under way comes to its end.
    pub(crate) events: u32,
}

/// A segment as the tap recorded it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) from: Peer,
    pub(crate) seq: u32,
    pub(crate) ack: Option<u32>,
    pub(crate) flags: Flags,
    pub(crate) len: u32,
    pub(crate) window: u16,
    /// As an IPv4 identification: the same for two copies that a link made of one segment.
    pub(crate) id: u16,
    pub(crate) time: Timestamp,
}

/// The truth at one time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    /// Segments recorded until then.
    pub(crate) seen: usize,
    /// RFC 9293's names.
    pub(crate) states: PerPeer<&'static str>,
    pub(crate) knowledge: PerPeer<Knowledge>,
}

/// One exchange.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    pub(crate) seen: Vec<Seen>,
    /// In the order of time; the last is the end.
    pub(crate) moments: Vec<Moment>,
    /// Every move of each endpoint.
    pub(crate) moves: PerPeer<Vec<(State, State)>>,
    /// Octets of payload each one sent, retransmissions not counted, and received in order.
    pub(crate) sent: PerPeer<u64>,
    pub(crate) received: PerPeer<u64>,
}

/// Runs the exchange that this seed and config stand for.
pub(crate) fn run(seed: u64, config: &Config) -> Run {
    let mut world = World::new(seed, config);
    world.begin();
    for _ in 0..config.events {
        world.event();
        world.note();
    }
    world.calm();
    let World { ends, seen, moments, .. } = world;
    let PerPeer { a, b } = ends;
    Run {
        seed,
        seen,
        moments,
        sent: PerPeer { a: a.octets_sent, b: b.octets_sent },
        received: PerPeer { a: a.octets_received, b: b.octets_received },
        moves: PerPeer { a: a.moves, b: b.moves },
    }
}

struct World<'c> {
    dice: Dice,
    config: &'c Config,
    ends: PerPeer<Endpoint>,
    links: Links<Segment>,
    passed: Passed,
    seen: Vec<Seen>,
    moments: Vec<Moment>,
    now: Timestamp,
    may_abort: bool,
    trouble: bool,
}

impl<'c> World<'c> {
    fn new(seed: u64, config: &'c Config) -> Self {
        let mut dice = Dice::new(seed);
        // Near the wrap more often than chance would have it.
        let iss = |dice: &mut Dice| if dice.chance(50) { dice.number() } else { dice.roll(300).wrapping_sub(200) };
        let a = Endpoint::new(State::Closed, iss(&mut dice), Habits::rolled(&mut dice));
        let b_state = if dice.chance(5) { State::Closed } else { State::Listen };
        let b = Endpoint::new(b_state, iss(&mut dice), Habits::rolled(&mut dice));
        let may_abort = dice.chance(config.aborts);
        Self {
            dice,
            config,
            ends: PerPeer { a, b },
            links: Links::new(config.tap, config.before, config.after),
            passed: Passed::default(),
            seen: Vec::new(),
            moments: Vec::new(),
            now: Timestamp::from_ns(1_767_225_600_000_000_000),
            may_abort,
            trouble: true,
        }
    }

    fn begin(&mut self) {
        self.ends.a.open();
        if self.dice.chance(10) && self.ends.b.state == State::Listen {
            self.ends.b.open();
        }
        self.collect();
        self.note();
    }

    fn wait(&mut self, ns: i64) {
        self.now = self.now + Elapsed::from_ns(ns);
    }

    /// One thing happens: a segment moves, a user calls, or a timer runs out.
    fn event(&mut self) {
        let us = self.dice.roll(2_000);
        self.wait(i64::from(us) * 1_000);
        let peer = if self.dice.chance(50) { Peer::A } else { Peer::B };
        match self.dice.roll(40) {
            0..=9 => self.reach_tap(peer),
            10..=19 => self.reach_end(peer),
            20..=25 => {
                let len = 1 + self.dice.roll(400);
                self.ends[peer].send(len);
            }
            26..=27 => self.ends[peer].close(),
            28..=30 => {
                let len = self.dice.roll(500);
                self.ends[peer].read(len);
            }
            31..=33 => self.ends[peer].acknowledge_at_last(),
            34..=35 => {
                self.wait(200_000_000);
                self.ends[peer].time_out();
            }
            36 => self.ends[peer].probe(),
            37 => {
                self.wait(2_000_000_000);
                self.ends[peer].keep_alive();
            }
            38 if self.may_abort && self.dice.chance(20) => self.ends[peer].abort(),
            39 if self.links.is_empty() && self.dice.chance(30) => {
                self.wait(240_000_000_000);
                self.ends[peer].expire();
            }
            _ => {}
        }
        self.collect();
    }

    /// Perfect links, patient users: what is under way ends.
    fn calm(&mut self) {
        self.trouble = false;
        self.links.calm();
        // A large buffer, so that the end does not come octet by octet.
        Peer::BOTH.into_iter().for_each(|peer| self.ends[peer].habits.room = 60_000);
        for _ in 0..5_000 {
            self.wait(1_000_000);
            if !self.links.is_empty() {
                for peer in Peer::BOTH {
                    self.reach_tap(peer);
                    self.collect();
                    self.reach_end(peer);
                    self.collect();
                }
            } else if let Some(peer) = Peer::BOTH.into_iter().find(|peer| self.ends[*peer].ack_due) {
                self.ends[peer].acknowledge_at_last();
            } else if let Some(peer) = Peer::BOTH.into_iter().find(|peer| self.ends[*peer].unread > 0) {
                self.ends[peer].read(u32::MAX);
            } else if let Some(peer) = Peer::BOTH.into_iter().find(|peer| !self.ends[*peer].unacked.is_empty()) {
                self.wait(1_000_000_000);
                self.ends[peer].time_out();
            } else if let Some(peer) = Peer::BOTH.into_iter().find(|peer| self.ends[*peer].to_send > 0) {
                self.wait(1_000_000_000);
                self.ends[peer].probe();
                if self.ends[peer].out.is_empty() {
                    break;
                }
            } else {
                break;
            }
            self.collect();
            self.note();
        }
        if self.dice.chance(50) {
            self.wait(240_000_000_000);
            Peer::BOTH.into_iter().for_each(|peer| self.ends[peer].expire());
        }
        self.note();
    }

    /// Puts what the endpoints have sent on their links.
    fn collect(&mut self) {
        for peer in Peer::BOTH {
            for segment in std::mem::take(&mut self.ends[peer].out) {
                let moved = self.links.sent(peer, segment);
                self.moved(peer, moved);
            }
        }
    }

    fn reach_tap(&mut self, from: Peer) {
        let moved = self.links.reach_tap(from, &mut self.dice);
        self.moved(from, moved);
    }

    fn reach_end(&mut self, from: Peer) {
        let moved = self.links.reach_end(from, &mut self.dice);
        self.moved(from, moved);
    }

    fn moved(&mut self, from: Peer, moved: Option<Moved<Segment>>) {
        match moved {
            None => {}
            Some(Moved::Passed(segment)) => self.pass(from, segment),
            Some(Moved::Arrived(segment)) => self.deliver(from, segment),
            Some(Moved::PassedAndArrived(segment)) => {
                self.pass(from, segment);
                self.deliver(from, segment);
            }
        }
    }

    fn deliver(&mut self, from: Peer, segment: Segment) {
        self.ends[from.other()].arrives(segment, &mut self.dice);
    }

    fn pass(&mut self, from: Peer, segment: Segment) {
        let other_fin = self.ends[from.other()].fin_end;
        self.passed.passes(from, &segment, other_fin);
        if self.trouble && self.dice.chance(self.config.missed) {
            return;
        }
        let bits = [(segment.fin, 1), (segment.syn, 2), (segment.rst, 4), (segment.len > 0, 8)];
        let ack_bit = if segment.ack.is_some() { 16 } else { 0 };
        let flags = bits.iter().filter(|(is_set, _)| *is_set).map(|(_, bit)| bit).sum::<u16>() | ack_bit;
        let Segment { seq, ack, len, window, id, .. } = segment;
        self.seen.push(Seen { from, seq, ack, flags: Flags(flags), len, window, id, time: self.now });
    }

    /// Writes the truth down, unless nothing has changed.
    fn note(&mut self) {
        let states = PerPeer { a: self.ends.a.state.name(), b: self.ends.b.state.name() };
        let knowledge = PerPeer { a: self.knowledge(Peer::A), b: self.knowledge(Peer::B) };
        let moment = Moment { seen: self.seen.len(), states, knowledge };
        if self.moments.last() != Some(&moment) {
            self.moments.push(moment);
        }
    }

    fn knowledge(&self, peer: Peer) -> Knowledge {
        if self.config.missed > 0 {
            return Knowledge::Hidden;
        }
        let told = [peer, peer.other()].map(|it| self.ends[it].truth());
        self.passed.knowledge(peer, &told[0], &told[1])
    }
}
