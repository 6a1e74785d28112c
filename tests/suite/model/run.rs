//! Two honest endpoints, the links between them, and a tap: one exchange, and the truth about it.
//!
//! A link has a part before the tap and a part after it; either may lose, double and reorder. A tap at an endpoint
//! sees what that endpoint sends at once, and what it receives as it arrives.

use super::dice::Dice;
use super::endpoint::{Endpoint, Entered, Habits, Segment, State, before};
use std::collections::VecDeque;
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

/// What an observer can be held to about one endpoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Knowledge {
    /// The wire has not shown enough: two pasts with different states look alike at this tap.
    Hidden,
    /// The endpoint is ahead of the tap or behind it: the truth must be among the states that are allowed.
    Behind,
    /// It has received all that the other end sent, and the tap has seen all of its own: the likely state is the truth.
    Complete,
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

/// What has passed the tap, by sender.
#[derive(Default)]
struct Passed {
    any: bool,
    end: Option<u32>,
    ack: Option<u32>,
    reset: bool,
    /// Resets that have not arrived yet, or never will, or were not obeyed.
    idle_resets: u32,
    /// Something but a reset, after a reset of the other end.
    after_other_reset: bool,
    fin: bool,
    /// A FIN that does not acknowledge the other's.
    first_fin: bool,
}

struct World<'c> {
    dice: Dice,
    config: &'c Config,
    ends: PerPeer<Endpoint>,
    to_tap: PerPeer<VecDeque<Segment>>,
    from_tap: PerPeer<VecDeque<Segment>>,
    passed: PerPeer<Passed>,
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
            to_tap: PerPeer::default(),
            from_tap: PerPeer::default(),
            passed: PerPeer::default(),
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
            39 if self.is_quiet() && self.dice.chance(30) => {
                self.wait(240_000_000_000);
                self.ends[peer].expire();
            }
            _ => {}
        }
        self.collect();
    }

    fn is_quiet(&self) -> bool {
        Peer::BOTH.iter().all(|peer| self.to_tap[*peer].is_empty() && self.from_tap[*peer].is_empty())
    }

    /// Perfect links, patient users: what is under way ends.
    fn calm(&mut self) {
        self.trouble = false;
        // A large buffer, so that the end does not come octet by octet.
        Peer::BOTH.into_iter().for_each(|peer| self.ends[peer].habits.room = 60_000);
        for _ in 0..5_000 {
            self.wait(1_000_000);
            if !self.is_quiet() {
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
                if self.is_tap_at(peer) {
                    self.pass(peer, segment);
                    self.from_tap[peer].push_back(segment);
                } else {
                    self.to_tap[peer].push_back(segment);
                }
            }
        }
    }

    fn is_tap_at(&self, peer: Peer) -> bool {
        self.config.tap == if peer == Peer::A { Tap::AtA } else { Tap::AtB }
    }

    /// The next segment of `from` passes the tap, or is lost before it.
    fn reach_tap(&mut self, from: Peer) {
        let trouble = if self.trouble { self.config.before } else { Trouble::default() };
        if let Some(segment) = take(&mut self.to_tap[from], trouble, &mut self.dice) {
            self.pass(from, segment);
            if self.is_tap_at(from.other()) {
                self.deliver(from, segment);
            } else {
                self.from_tap[from].push_back(segment);
            }
        }
    }

    /// The next segment of `from` arrives, or is lost behind the tap.
    fn reach_end(&mut self, from: Peer) {
        let trouble = if self.trouble { self.config.after } else { Trouble::default() };
        if let Some(segment) = take(&mut self.from_tap[from], trouble, &mut self.dice) {
            self.deliver(from, segment);
        }
    }

    fn deliver(&mut self, from: Peer, segment: Segment) {
        self.ends[from.other()].arrives(segment, &mut self.dice);
    }

    fn pass(&mut self, from: Peer, segment: Segment) {
        let other_fin = self.ends[from.other()].fin_end;
        let other_was_reset = self.passed[from.other()].reset;
        let passed = &mut self.passed[from];
        passed.any = true;
        if segment.rst {
            passed.reset = true;
            passed.idle_resets += 1;
        } else {
            let end = segment.end();
            passed.end = Some(passed.end.map_or(end, |it| if before(it, end) { end } else { it }));
            if let Some(ack) = segment.ack {
                passed.ack = Some(passed.ack.map_or(ack, |it| if before(it, ack) { ack } else { it }));
            }
            passed.after_other_reset |= other_was_reset;
        }
        if segment.fin {
            let answers = matches!((other_fin, segment.ack), (Some(end), Some(ack)) if !before(ack, end));
            passed.fin = true;
            passed.first_fin |= !answers;
        }
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
        let (own, other) = (&self.ends[peer], &self.ends[peer.other()]);
        let (passed, other_passed) = (&self.passed[peer], &self.passed[peer.other()]);
        let nothing_shown = !passed.any && !other_passed.any;
        let can_be_silent = matches!(own.state, State::Listen | State::SynReceived | State::Closed);
        let has_heard_fin = other.fin_end.is_some() && own.rcv_nxt == other.fin_end;
        // Every FIN that passed answers the other's, though CLOSE was called before that came; or none has passed yet.
        let is_order_lost =
            own.closed_first && has_heard_fin && !passed.first_fin && (passed.fin || own.state == State::Closing);
        if self.config.missed > 0 || nothing_shown || (!passed.any && !can_be_silent) || is_order_lost {
            return Knowledge::Hidden;
        }
        let call_unseen =
            own.closing && own.fin_end.is_none() && !matches!(own.state, State::SynReceived | State::CloseWait);
        let is_fin_seen = own.fin_end.is_none() || passed.fin;
        let all_own_seen =
            is_fin_seen && (own.nxt == own.iss || passed.end == Some(own.nxt)) && passed.ack == own.newest_ack;
        let heard_all = other.nxt == other.iss || own.rcv_nxt == Some(other.nxt);
        let heard_newest_ack = other.newest_ack.is_none_or(|ack| !before(own.una, ack));
        let is_complete = if !passed.any || own.entered == Entered::Silently || call_unseen {
            false
        } else if own.sent_reset {
            own.state == State::Closed && passed.reset
        } else if own.was_reset {
            !passed.after_other_reset && all_own_seen
        } else {
            all_own_seen && heard_all && heard_newest_ack && other_passed.idle_resets == 0
        };
        if is_complete { Knowledge::Complete } else { Knowledge::Behind }
    }
}

/// Takes the next segment off a link; `None` if there is none, or it is lost.
pub(super) fn take<T: Clone>(link: &mut VecDeque<T>, trouble: Trouble, dice: &mut Dice) -> Option<T> {
    let last = u32::try_from(link.len()).unwrap_or(u32::MAX);
    let at = if dice.chance(trouble.overtaken) { dice.roll(last) } else { 0 };
    let segment = link.remove(usize::try_from(at).unwrap_or(0))?;
    if dice.chance(trouble.doubled) {
        link.push_back(segment.clone());
    }
    (!dice.chance(trouble.lost)).then_some(segment)
}
