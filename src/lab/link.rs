//! The way between the two hosts, without clock or device: which packets arrive, when, and in what condition.
//!
//! Chance is seeded, rules are exact, time is given; so one sequence of packets always fares the same. Only the relay uses it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use super::alter;
use super::chance::Chance;
use super::host::{Host, PerHost};
use super::rule::{Act, Rule};
use crate::packet::{LinkType, Packet, Stamping};
use crate::timestamp::Timestamp;
use crate::wire::segment::{Flags, Segment};
use crate::wire::{self, Decoded};

/// The link type of what a TUN device carries: bare IP (LINKTYPE_RAW).
pub const RAW: LinkType = LinkType(101);

/// Connections and directions for which a rule counts; beyond it a rule counts for nobody new.
const MAX_COUNTED: usize = 65_536;

/// What one direction does to all its packets. Shares are in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Lane {
    /// Lost, half of them before the middle of the way.
    pub loss: u32,
    /// Every packet takes so long.
    pub delay: Duration,
    /// And up to so much longer, by chance; order is kept.
    pub jitter: Duration,
    /// Overtaken: takes `delay` again on top, and later ones pass it.
    pub reorder: u32,
    /// Arrives twice.
    pub duplicate: u32,
    /// Arrives with one bit turned over.
    pub corrupt: u32,
    /// Arrives cut short.
    pub truncate: u32,
    /// Bits a second; 0 for no limit.
    pub rate: u64,
}

/// How much longer an overtaken packet takes where there is no delay.
const LEAST_LATENESS: Duration = Duration::from_millis(3);
/// How long a packet may wait for a slow link before it is dropped.
const MAX_QUEUE: Duration = Duration::from_secs(1);
/// Between two packets that one event releases, so that their order is certain.
const APART: Duration = Duration::from_micros(1);

/// Where a packet shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// It passes the middle of the way.
    Middle,
    /// It reaches the other host.
    End,
}

/// A packet that is due.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Due {
    at: Duration,
    order: u64,
    /// Who sent it.
    pub from: Host,
    /// Where it is.
    pub place: Place,
    /// The packet.
    pub octets: Vec<u8>,
}

/// Something that the link did to a packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fate {
    /// When the packet entered, as stamped.
    pub at: Timestamp,
    /// Who sent it.
    pub from: Host,
    /// `lost`, `corrupted`, …
    pub what: &'static str,
    /// Its flags.
    pub flags: Flags,
}

struct Armed {
    rule: Rule,
    counted: BTreeMap<(std::net::SocketAddr, std::net::SocketAddr), u64>,
}

/// What rules and chance want of one packet.
#[derive(Default)]
struct Plan {
    lost: Option<Place>,
    extra: Duration,
    copies: u32,
    behind: u32,
    overtaken: bool,
    forged: Vec<Vec<u8>>,
    octets: Vec<u8>,
}

struct Held {
    octets: Vec<u8>,
    left: u32,
}

/// Both directions.
pub struct Link {
    chance: Chance,
    lanes: PerHost<Lane>,
    rules: Vec<Armed>,
    queue: BinaryHeap<Reverse<Due>>,
    held: PerHost<Vec<Held>>,
    latest: PerHost<Duration>,
    free: PerHost<Duration>,
    order: u64,
    fates: Vec<Fate>,
}

impl Link {
    /// A link that does nothing but pass packets on.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::of(seed),
            lanes: PerHost::default(),
            rules: Vec::new(),
            queue: BinaryHeap::new(),
            held: PerHost::default(),
            latest: PerHost::default(),
            free: PerHost::default(),
            order: 0,
            fates: Vec::new(),
        }
    }

    /// What the direction from `host` does from now on.
    pub fn set_lane(&mut self, host: Host, lane: Lane) {
        self.lanes[host] = lane;
    }

    /// Adds a rule; it counts from now on.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(Armed { rule, counted: BTreeMap::new() });
    }

    /// Removes all rules.
    pub fn clear_rules(&mut self) {
        self.rules.clear();
    }

    /// Whether a packet is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.queue.is_empty()
    }

    /// When the next packet is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.queue.peek().map(|due| due.0.at)
    }

    /// The next packet, if it is due at `now`.
    pub fn due(&mut self, now: Duration) -> Option<Due> {
        self.queue.peek().filter(|due| due.0.at <= now)?;
        self.queue.pop().map(|due| due.0)
    }

    /// What it did so far, and from now on anew.
    pub fn take_fates(&mut self) -> Vec<Fate> {
        std::mem::take(&mut self.fates)
    }

    /// A packet that nobody sent, in the direction from `from`.
    pub fn inject(&mut self, from: Host, now: Duration, octets: Vec<u8>) {
        self.send(from, now, now + self.lanes[from].delay, None, octets);
    }

    /// A packet enters at `now`.
    pub fn take(&mut self, from: Host, now: Duration, stamp: Timestamp, octets: &[u8]) {
        let packet = Packet {
            frame: 0,
            at: stamp,
            stamping: Stamping::Told,
            link: RAW,
            interface: 0,
            bytes: octets,
            wire_len: u32::try_from(octets.len()).unwrap_or(u32::MAX),
        };
        let decoded = wire::decode(&packet);
        let mut plan = Plan { octets: octets.to_vec(), ..Plan::default() };
        if let Ok(Decoded::Segment(segment, _)) = &decoded {
            self.apply_rules(from, stamp, segment, &mut plan);
            self.apply_chance(from, stamp, segment, &mut plan);
        }
        self.dispatch(from, now, plan);
    }

    fn apply_rules(&mut self, from: Host, stamp: Timestamp, segment: &Segment<'_>, plan: &mut Plan) {
        for armed in &mut self.rules {
            if !armed.rule.fits(from, segment) {
                continue;
            }
            let key = (segment.path.from, segment.path.to);
            if armed.counted.len() >= MAX_COUNTED && !armed.counted.contains_key(&key) {
                continue;
            }
            let count = armed.counted.entry(key).or_default();
            *count += 1;
            if !armed.rule.which.contains(count) {
                continue;
            }
            let what = match &armed.rule.act {
                Act::Lose => {
                    plan.lost = Some(Place::Middle);
                    "lost"
                }
                Act::LoseLate => {
                    plan.lost = Some(Place::End);
                    "lost"
                }
                Act::Delay(by) => {
                    plan.extra += *by;
                    "delayed"
                }
                Act::Duplicate(times) => {
                    plan.copies += times;
                    "duplicated"
                }
                Act::HoldBehind(others) => {
                    plan.behind = *others;
                    "held"
                }
                Act::Corrupt => {
                    alter::flip_last(&mut plan.octets);
                    "corrupted"
                }
                Act::Truncate(octets) => {
                    plan.octets.truncate((*octets).max(alter::LEAST_KEPT));
                    "truncated"
                }
                Act::Strip(kind) => {
                    alter::without_option(&mut plan.octets, segment, *kind);
                    "stripped"
                }
                Act::ClampMss(mss) => {
                    alter::with_mss(&mut plan.octets, segment, *mss);
                    "clamped"
                }
                Act::Forge(forgery) => {
                    plan.forged.extend(alter::forged(segment, forgery));
                    "forged"
                }
            };
            self.fates.push(Fate { at: stamp, from, what, flags: segment.flags });
        }
    }

    fn apply_chance(&mut self, from: Host, stamp: Timestamp, segment: &Segment<'_>, plan: &mut Plan) {
        let lane = self.lanes[from];
        let chance = &mut self.chance;
        // Every question is asked of every packet, so that one answer does not shift all later ones.
        let half = if chance.happens(500_000) { Place::Middle } else { Place::End };
        let bit = chance.bits();
        let kept = chance.bits();
        let mut fate = |what| self.fates.push(Fate { at: stamp, from, what, flags: segment.flags });
        if chance.happens(lane.loss) {
            plan.lost = plan.lost.or(Some(half));
            fate("lost");
        }
        if chance.happens(lane.reorder) {
            plan.overtaken = true;
            plan.extra += lane.delay.max(LEAST_LATENESS);
            fate("overtaken");
        }
        if chance.happens(lane.duplicate) {
            plan.copies += 1;
            fate("duplicated");
        }
        if chance.happens(lane.corrupt) {
            alter::flip(&mut plan.octets, bit);
            fate("corrupted");
        }
        if chance.happens(lane.truncate) {
            alter::cut(&mut plan.octets, kept);
            fate("truncated");
        }
        plan.extra += chance.span(lane.jitter);
    }

    fn dispatch(&mut self, from: Host, now: Duration, plan: Plan) {
        let lane = self.lanes[from];
        let mut begin = now;
        let bits = plan.octets.len() as u64 * 8;
        if let Some(takes) = bits.saturating_mul(1_000_000_000).checked_div(lane.rate) {
            let start = self.free[from].max(now);
            if start - now > MAX_QUEUE {
                return;
            }
            begin = start + Duration::from_nanos(takes);
            self.free[from] = begin;
        }
        if plan.behind > 0 {
            self.held[from].push(Held { octets: plan.octets, left: plan.behind });
            return;
        }
        let mut end = begin + lane.delay + plan.extra;
        if !plan.overtaken && plan.extra <= lane.jitter {
            end = end.max(self.latest[from]);
            self.latest[from] = end;
        }
        for copy in 0..=plan.copies {
            self.send(from, now, end + APART * copy, plan.lost, plan.octets.clone());
        }
        for forged in plan.forged {
            self.send(from, now, end + APART, None, forged);
        }
        self.release(from, now, end + APART * (plan.copies + 1));
    }

    /// A packet has passed: those that waited for it count it.
    fn release(&mut self, from: Host, now: Duration, at: Duration) {
        let mut released = Vec::new();
        self.held[from].retain_mut(|held| {
            held.left = held.left.saturating_sub(1);
            if held.left == 0 {
                released.push(std::mem::take(&mut held.octets));
            }
            held.left > 0
        });
        for octets in released {
            // Those behind it stay behind it.
            self.latest[from] = self.latest[from].max(at);
            self.send(from, now, at, None, octets);
        }
    }

    fn send(&mut self, from: Host, now: Duration, end: Duration, lost: Option<Place>, octets: Vec<u8>) {
        let middle = now + end.saturating_sub(now) / 2;
        if lost == Some(Place::Middle) {
            return;
        }
        self.push(middle, from, Place::Middle, octets.clone());
        if lost.is_none() {
            self.push(end, from, Place::End, octets);
        }
    }

    fn push(&mut self, at: Duration, from: Host, place: Place, octets: Vec<u8>) {
        self.order += 1;
        self.queue.push(Reverse(Due { at, order: self.order, from, place, octets }));
    }
}

/// Whether this is what an interface says of itself when it comes up: ICMPv6 from MLD (130) to redirects (137), and MLDv2 (143).
pub(super) fn chatter(octets: &[u8]) -> bool {
    let is_v6 = octets.first().is_some_and(|first| first >> 4 == 6);
    // MLD comes behind a hop-by-hop header (0).
    let next = octets.get(6).copied().unwrap_or_default();
    let kind = octets.get(40).copied().unwrap_or_default();
    is_v6 && (next == 0 || next == 58 && kind >= 130)
}
