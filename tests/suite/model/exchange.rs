//! An exchange between any two ends, octet by octet, past the tap of [`run`](super::run), with the truth about every moment
//! where both ends tell it.

use super::dice::Dice;
use super::ends::{Begins, End, Who, end, segment};
use super::knowledge::{Knowledge, Passed};
use super::links::{Links, Moved};
use super::run::{Config, Moment};
use super::windows::Windows;
use synfin::peer::{Peer, PerPeer};
use synfin::timestamp::{Elapsed, Timestamp};

/// A datagram.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sent {
    pub(crate) octets: Vec<u8>,
    /// Whether it goes beyond every window that its sender had been granted.
    pub(crate) is_overrun: bool,
}

/// A datagram as the tap recorded it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Recorded {
    pub(crate) at: Timestamp,
    pub(crate) sent: Sent,
}

/// What the tap recorded, and where the ends stood when nothing more moved.
pub(crate) struct Exchange {
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) states: PerPeer<&'static str>,
    /// In the order of time; none if an end does not tell.
    pub(crate) moments: Vec<Moment>,
    /// Nothing is under way any more, and both ends wait for nothing but what comes.
    pub(crate) is_quiet: bool,
    /// How many of the datagrams that passed were not recorded.
    pub(crate) missed: u64,
}

/// Plays the exchange that this seed and config stand for.
pub(crate) fn play(seed: u64, config: &Config, who: PerPeer<Who>) -> Exchange {
    let mut world = World::new(seed, config, who);
    world.note();
    for _ in 0..config.events {
        world.event();
        world.note();
    }
    world.ended()
}

/// The same, but at some moment an end is gone without a word, as after a crash: a new one stands there, which knows nothing, and
/// is closed, listens, or opens.
pub(crate) fn play_until_gone(seed: u64, config: &Config, who: PerPeer<Who>) -> Exchange {
    let mut world = World::new(seed, config, who);
    let when = 5 + world.dice.roll(config.events / 2);
    for _ in 0..when {
        world.event();
    }
    let peer = if world.dice.chance(50) { Peer::A } else { Peer::B };
    let begins = match world.dice.roll(3) {
        0 => Begins::Closed,
        1 => Begins::Listening,
        _ => Begins::Connecting,
    };
    let pause = i64::from(world.dice.roll(3_000)) * 1_000_000;
    world.wait(pause);
    world.ends[peer] = end(who[peer], peer, begins, world.now, &mut world.dice);
    world.collect();
    for _ in when..config.events {
        world.event();
    }
    world.ended()
}

struct World<'c> {
    dice: Dice,
    config: &'c Config,
    ends: PerPeer<Box<dyn End>>,
    links: Links<Sent>,
    windows: Windows,
    passed: Passed,
    recorded: Vec<Recorded>,
    moments: Vec<Moment>,
    missed: u64,
    now: Timestamp,
    may_abort: bool,
    trouble: bool,
}

impl<'c> World<'c> {
    fn new(seed: u64, config: &'c Config, who: PerPeer<Who>) -> Self {
        let mut dice = Dice::new(seed);
        let now = Timestamp::from_ns(1_767_225_600_000_000_000);
        let b = match dice.roll(20) {
            0 => Begins::Closed,
            1 => Begins::Connecting,
            _ => Begins::Listening,
        };
        let a = end(who.a, Peer::A, Begins::Connecting, now, &mut dice);
        let b = end(who.b, Peer::B, b, now, &mut dice);
        let may_abort = dice.chance(config.aborts);
        let mut world = Self {
            dice,
            config,
            ends: PerPeer { a, b },
            links: Links::new(config.tap, config.before, config.after),
            windows: Windows::default(),
            passed: Passed::default(),
            recorded: Vec::new(),
            moments: Vec::new(),
            missed: 0,
            now,
            may_abort,
            trouble: true,
        };
        world.collect();
        world
    }

    fn ended(mut self) -> Exchange {
        let is_quiet = self.calm();
        let states = PerPeer { a: self.ends.a.state(), b: self.ends.b.state() };
        let Self { recorded, moments, missed, .. } = self;
        Exchange { recorded, states, moments, is_quiet, missed }
    }

    fn wait(&mut self, ns: i64) {
        self.now = self.now + Elapsed::from_ns(ns);
        Peer::BOTH.into_iter().for_each(|peer| self.ends[peer].advance(self.now));
        self.collect();
    }

    /// One thing happens: a datagram moves, a user calls, or time passes.
    fn event(&mut self) {
        let us = i64::from(self.dice.roll(2_000));
        self.wait(us * 1_000);
        let peer = if self.dice.chance(50) { Peer::A } else { Peer::B };
        match self.dice.roll(40) {
            0..=9 => self.reach_tap(peer),
            10..=19 => self.reach_end(peer),
            20..=25 => {
                let len = 1 + self.dice.roll(400);
                self.ends[peer].send(len);
            }
            26 => self.ends[peer].close(),
            27..=30 => {
                let len = self.dice.roll(500);
                self.ends[peer].read(len);
            }
            31..=34 => self.wait(60_000_000),
            35 => self.wait(700_000_000),
            36 => self.wait(2_000_000_000),
            37 if self.may_abort && self.dice.chance(20) => self.ends[peer].abort(),
            38 if self.links.is_empty() && self.dice.chance(10) => self.wait(300_000_000_000),
            _ => {}
        }
        self.collect();
    }

    /// Perfect links, patient users: what is under way ends. Answers whether it did.
    fn calm(&mut self) -> bool {
        self.trouble = false;
        self.links.calm();
        let mut still = 0;
        for _ in 0..3_000 {
            let before = self.recorded.len();
            self.wait(100_000_000);
            for peer in Peer::BOTH {
                while !self.links.is_empty_from(peer) {
                    self.reach_tap(peer);
                    self.note();
                    self.reach_end(peer);
                    self.note();
                }
                self.ends[peer].read(100_000);
                self.collect();
                self.note();
            }
            let rests = self.links.is_empty() && Peer::BOTH.iter().all(|peer| self.ends[*peer].is_idle());
            still = if rests && self.recorded.len() == before { still + 1 } else { 0 };
            if still > 20 {
                return true;
            }
        }
        false
    }

    /// Puts what the endpoints have sent on their links.
    fn collect(&mut self) {
        for peer in Peer::BOTH {
            for octets in self.ends[peer].sent() {
                let is_overrun = self.windows.left(peer, &octets);
                let moved = self.links.sent(peer, Sent { octets, is_overrun });
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

    fn moved(&mut self, from: Peer, moved: Option<Moved<Sent>>) {
        match moved {
            None => {}
            Some(Moved::Passed(packet)) => self.pass(from, &packet),
            Some(Moved::Arrived(packet)) => self.deliver(from, &packet),
            Some(Moved::PassedAndArrived(packet)) => {
                self.pass(from, &packet);
                self.deliver(from, &packet);
            }
        }
    }

    fn deliver(&mut self, from: Peer, packet: &Sent) {
        self.windows.arrived(from, &packet.octets);
        self.ends[from.other()].arrives(&packet.octets, &mut self.dice);
        self.collect();
    }

    fn pass(&mut self, from: Peer, packet: &Sent) {
        if let Some(segment) = segment(&packet.octets) {
            let other_fin = self.ends[from.other()].truth().and_then(|it| it.fin_end);
            self.passed.passes(from, &segment, other_fin);
        }
        if self.trouble && self.dice.chance(self.config.missed) {
            self.missed += 1;
        } else {
            self.recorded.push(Recorded { at: self.now, sent: packet.clone() });
        }
    }

    /// Writes the truth down, unless an end does not tell it, or nothing has changed.
    fn note(&mut self) {
        let (Some(a), Some(b)) = (self.ends.a.truth(), self.ends.b.truth()) else { return };
        let states = PerPeer { a: a.state.name(), b: b.state.name() };
        let knowledge = if self.config.missed > 0 {
            PerPeer { a: Knowledge::Hidden, b: Knowledge::Hidden }
        } else {
            PerPeer { a: self.passed.knowledge(Peer::A, &a, &b), b: self.passed.knowledge(Peer::B, &b, &a) }
        };
        let moment = Moment { seen: self.recorded.len(), states, knowledge };
        if self.moments.last() != Some(&moment) {
            self.moments.push(moment);
        }
    }
}
