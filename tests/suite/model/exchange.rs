//! An exchange between any two ends, octet by octet: the links and the tap of [`run`](super::run), without its truth about
//! every moment, since not every end tells it.

use super::dice::Dice;
use super::ends::{Begins, End, Who, end};
use super::run::{Config, Tap, Trouble, take};
use super::windows::Windows;
use std::collections::VecDeque;
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
    /// Nothing is under way any more, and both ends wait for nothing but what comes.
    pub(crate) is_quiet: bool,
    /// How many of the datagrams that passed were not recorded.
    pub(crate) missed: u64,
}

/// Plays the exchange that this seed and config stand for.
pub(crate) fn play(seed: u64, config: &Config, who: PerPeer<Who>) -> Exchange {
    let mut world = World::new(seed, config, who);
    for _ in 0..config.events {
        world.event();
    }
    let is_quiet = world.calm();
    let states = PerPeer { a: world.ends.a.state(), b: world.ends.b.state() };
    Exchange { recorded: world.recorded, states, is_quiet, missed: world.missed }
}

struct World<'c> {
    dice: Dice,
    config: &'c Config,
    ends: PerPeer<Box<dyn End>>,
    to_tap: PerPeer<VecDeque<Sent>>,
    from_tap: PerPeer<VecDeque<Sent>>,
    windows: Windows,
    recorded: Vec<Recorded>,
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
            to_tap: PerPeer::default(),
            from_tap: PerPeer::default(),
            windows: Windows::default(),
            recorded: Vec::new(),
            missed: 0,
            now,
            may_abort,
            trouble: true,
        };
        world.collect();
        world
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
            38 if self.is_empty() && self.dice.chance(10) => self.wait(300_000_000_000),
            _ => {}
        }
        self.collect();
    }

    fn is_empty(&self) -> bool {
        Peer::BOTH.iter().all(|peer| self.to_tap[*peer].is_empty() && self.from_tap[*peer].is_empty())
    }

    /// Perfect links, patient users: what is under way ends. Answers whether it did.
    fn calm(&mut self) -> bool {
        self.trouble = false;
        let mut still = 0;
        for _ in 0..3_000 {
            let before = self.recorded.len();
            self.wait(100_000_000);
            for peer in Peer::BOTH {
                while !(self.to_tap[peer].is_empty() && self.from_tap[peer].is_empty()) {
                    self.reach_tap(peer);
                    self.reach_end(peer);
                }
                self.ends[peer].read(100_000);
                self.collect();
            }
            let rests = self.is_empty() && Peer::BOTH.iter().all(|peer| self.ends[*peer].is_idle());
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
                let packet = Sent { octets, is_overrun };
                if self.is_tap_at(peer) {
                    self.pass(&packet);
                    self.from_tap[peer].push_back(packet);
                } else {
                    self.to_tap[peer].push_back(packet);
                }
            }
        }
    }

    fn is_tap_at(&self, peer: Peer) -> bool {
        self.config.tap == if peer == Peer::A { Tap::AtA } else { Tap::AtB }
    }

    /// The next datagram of `from` passes the tap, or is lost before it.
    fn reach_tap(&mut self, from: Peer) {
        let trouble = if self.trouble { self.config.before } else { Trouble::default() };
        if let Some(packet) = take(&mut self.to_tap[from], trouble, &mut self.dice) {
            self.pass(&packet);
            if self.is_tap_at(from.other()) {
                self.deliver(from, &packet);
            } else {
                self.from_tap[from].push_back(packet);
            }
        }
    }

    /// The next datagram of `from` arrives, or is lost behind the tap.
    fn reach_end(&mut self, from: Peer) {
        let trouble = if self.trouble { self.config.after } else { Trouble::default() };
        if let Some(packet) = take(&mut self.from_tap[from], trouble, &mut self.dice) {
            self.deliver(from, &packet);
        }
    }

    fn deliver(&mut self, from: Peer, packet: &Sent) {
        self.windows.arrived(from, &packet.octets);
        self.ends[from.other()].arrives(&packet.octets, &mut self.dice);
        self.collect();
    }

    fn pass(&mut self, packet: &Sent) {
        if self.trouble && self.dice.chance(self.config.missed) {
            self.missed += 1;
        } else {
            self.recorded.push(Recorded { at: self.now, sent: packet.clone() });
        }
    }
}
