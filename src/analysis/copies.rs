//! Capture copies: frames that hold a packet which the capture holds already, because the tap saw it twice.
//!
//! A mirror port gives both sides of a switch, `any` every interface that a packet passes, a loopback what goes out and
//! what comes in, a trunk the packet with its tag and without. Such a frame is no event on the wire: it is counted with
//! its connection and not analysed again.
//!
//! A copy is told from a retransmission by evidence ([`Evidence`]), never by likeness alone. Equal must be addresses,
//! ports, sequence and acknowledgment number, flags, window, options, length and the sum of all octets; the IPv4
//! identifications must not differ. Identical segments without any evidence, as duplicate acknowledgments over IPv6
//! are, stay what they are: two segments.
//!
//! The memory is the last [`SLOTS`] segments, chained by a keyed hash from the latest to the oldest, so that what is found
//! depends on the capture alone and on no chance. A copy that comes later goes unnoticed. Not found are copies whose octets
//! differ: rewritten addresses, a super-segment beside the segments it was cut into, and packets that are not TCP.

use crate::packet::FrameNo;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::segment::{Direction, Segment};
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

/// How far apart two copies seen at one place are at most.
pub const SAME_PLACE: Elapsed = Elapsed::from_ns(5_000_000);

/// How soon after itself a SYN cannot be sent again: a bad answer makes Linux repeat it after 2 ms (TCP_TIMEOUT_MIN of
/// include/net/tcp.h), the timer after a second at first (RFC 6298, Section 2.1).
pub const TOO_SOON: Elapsed = Elapsed::from_ns(1_000_000);

/// How far apart two copies seen at different places are at most: between them may lie a router's queue.
pub const OTHER_PLACE: Elapsed = Elapsed::from_ns(20_000_000);

/// Segments remembered: those of 5 ms at nearly a million a second.
pub const SLOTS: usize = 4_096;

/// Chains that these are in: a power of two.
const CHAINS: usize = 2 * SLOTS;

/// Copies shown by the packet itself that make a tap known for doubling everything, if they are nine in ten.
pub const DOUBLING: u64 = 8;

/// Why a frame is a copy, and not sent again; the first that fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Evidence {
    /// The hop limit differs, and the identification is the same or the limit differs by one: seen before and behind a
    /// router.
    Routed,
    /// The same packet with another VLAN tag or in another tunnel, or without.
    Encapsulation,
    /// The same packet on another interface of the capture.
    Interface,
    /// The same packet on its way out and on its way in, as on a loopback.
    Direction,
    /// The same IPv4 identification, not zero: a sender gives every packet its own, a retransmission too. Not where it is
    /// known to give all of them the same.
    Identification,
    /// A SYN or SYN-ACK again before anything could make its sender repeat it ([`TOO_SOON`]).
    TooSoon,
    /// Nothing in the packet tells, but this tap has doubled nearly every packet that tells.
    TapDoubles,
}

impl Evidence {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Routed,
        Self::Encapsulation,
        Self::Interface,
        Self::Direction,
        Self::Identification,
        Self::TooSoon,
        Self::TapDoubles,
    ];

    /// A stable word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Routed => "routed",
            Self::Encapsulation => "encapsulation",
            Self::Interface => "interface",
            Self::Direction => "direction",
            Self::Identification => "identification",
            Self::TooSoon => "too-soon",
            Self::TapDoubles => "tap-doubles",
        }
    }
}

/// Copies by evidence.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts([u32; Evidence::ALL.len()]);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, evidence: Evidence) {
        for (count, known) in self.0.iter_mut().zip(Evidence::ALL) {
            if known == evidence {
                *count = count.saturating_add(1);
            }
        }
    }

    /// Adds others.
    pub fn join(&mut self, others: &Self) {
        for (count, more) in self.0.iter_mut().zip(others.0) {
            *count = count.saturating_add(more);
        }
    }

    /// The evidence there was, with how many copies rest on it.
    pub fn iter(&self) -> impl Iterator<Item = (Evidence, u32)> {
        Evidence::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|count| u64::from(*count)).sum()
    }
}

/// What a copy is a copy of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CopyOf {
    /// The frame that was captured first.
    pub frame: FrameNo,
    /// The number of its encapsulation.
    pub encapsulation: u32,
    /// What shows that it is a copy.
    pub evidence: Evidence,
}

/// What is remembered of a segment.
#[derive(Clone, Copy, Debug)]
struct Print {
    /// Over everything that must be equal and may be hashed.
    hash: u64,
    /// How many were remembered up to this one.
    number: u64,
    /// The number of the one before it in its chain; that may be overwritten.
    before: u64,
    frame: FrameNo,
    at: Timestamp,
    interface: u32,
    encapsulation: u32,
    id: Option<u16>,
    content: Option<u16>,
    checksum_field: u16,
    hop_limit: u8,
    direction: Direction,
}

/// What is known of the tap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tap {
    /// Nothing bad.
    Sound,
    /// It doubles nearly everything.
    Doubles,
}

/// Whether stamps say how far apart frames are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Clock {
    Runs,
    /// Some packets had no stamp.
    Untold,
}

/// The segments captured last.
#[derive(Debug)]
pub struct Copies {
    /// A ring once it is full: the oldest is overwritten next.
    prints: Vec<Print>,
    /// How many were remembered.
    number: u64,
    /// The number of the latest in each chain; 0 for none.
    latest: Vec<u64>,
    hasher: foldhash::fast::RandomState,
    /// Segments that would show by themselves that they are copies.
    telling: u64,
    /// Of those, the ones that were.
    told: u64,
    clock: Clock,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            prints: Vec::new(),
            number: 0,
            latest: vec![0; CHAINS],
            hasher: foldhash::fast::RandomState::default(),
            telling: 0,
            told: 0,
            clock: Clock::Runs,
        }
    }
}

impl Copies {
    /// A packet had no stamp: from here on nothing is a copy because it came too soon.
    #[cold]
    pub fn distrust_clock(&mut self) {
        self.clock = Clock::Untold;
    }

    /// Whether `segment`, in the encapsulation of this number, is a copy of one seen before; if not, it is remembered.
    pub fn find(&mut self, segment: &Segment<'_>, encapsulation: u32) -> Option<CopyOf> {
        let print = Print {
            hash: self.hash(segment),
            number: 0,
            before: 0,
            frame: segment.frame,
            at: segment.at,
            interface: segment.interface,
            encapsulation,
            id: segment.ip.id.filter(|id| *id != 0),
            content: segment.content,
            checksum_field: segment.checksum_field,
            hop_limit: segment.ip.hop_limit,
            direction: segment.direction,
        };
        let tells = print.id.is_some() || (segment.flags.syn() && !segment.flags.rst());
        let tap = self.tap();
        if let Some(first) = self.latest_of(print.hash)
            && let Some(evidence) = compare(first, &print, segment, tap)
            && (evidence != Evidence::TooSoon || self.clock == Clock::Runs)
        {
            let copy = CopyOf { frame: first.frame, encapsulation: first.encapsulation, evidence };
            self.told += u64::from(tells && evidence != Evidence::TapDoubles);
            return Some(copy);
        }
        self.telling += u64::from(tells);
        self.remember(print);
        None
    }

    /// The latest segment of this hash.
    fn latest_of(&self, hash: u64) -> Option<&Print> {
        let mut number = self.latest.get(chain(hash)).copied()?;
        loop {
            // What was overwritten has another number, and so ends a chain as the beginning does.
            let print = self.prints.get(place(number)).filter(|print| print.number == number)?;
            if print.hash == hash {
                return Some(print);
            }
            number = print.before;
        }
    }

    /// Puts the latest segment where the oldest was.
    fn remember(&mut self, print: Print) {
        self.number += 1;
        let Some(latest) = self.latest.get_mut(chain(print.hash)) else { return };
        let print = Print { number: self.number, before: std::mem::replace(latest, self.number), ..print };
        match self.prints.get_mut(place(self.number)) {
            Some(oldest) => *oldest = print,
            None => self.prints.push(print),
        }
    }

    fn tap(&self) -> Tap {
        if self.told >= DOUBLING && self.told >= self.telling - self.telling / 10 { Tap::Doubles } else { Tap::Sound }
    }

    fn hash(&self, segment: &Segment<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        let path = &segment.path;
        match (path.from.ip(), path.to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                hasher.write_u64(u64::from(from.to_bits()) << 32 | u64::from(to.to_bits()));
            }
            (from, to) => {
                for address in [from, to] {
                    match address {
                        IpAddr::V4(it) => hasher.write_u32(it.to_bits()),
                        IpAddr::V6(it) => hasher.write_u128(it.to_bits()),
                    }
                }
            }
        }
        let ports = u64::from(path.from.port()) << 16 | u64::from(path.to.port());
        hasher.write_u64(ports << 32 | u64::from(segment.payload_len));
        hasher.write_u64(u64::from(segment.seq.get()) << 32 | u64::from(segment.raw_ack));
        hasher.write_u32(u32::from(segment.flags.0) << 16 | u32::from(segment.window));
        hasher.write(segment.options.octets);
        hasher.finish()
    }
}

/// Which chain a hash is in.
fn chain(hash: u64) -> usize {
    usize::try_from(hash % CHAINS as u64).unwrap_or(0)
}

/// Where the segment of a number, from 1, is.
fn place(number: u64) -> usize {
    usize::try_from(number.wrapping_sub(1) % SLOTS as u64).unwrap_or(0)
}

/// What shows that `copy` is one of `first`, if anything does. The hashed fields are equal.
fn compare(first: &Print, copy: &Print, segment: &Segment<'_>, tap: Tap) -> Option<Evidence> {
    let equal = match (first.content, copy.content) {
        (Some(first), Some(copy)) => first == copy,
        _ => first.checksum_field == copy.checksum_field,
    };
    if !equal || first.id != copy.id {
        return None;
    }
    let hops = first.hop_limit.abs_diff(copy.hop_limit);
    let evidence = if hops > 0 {
        (copy.id.is_some() || hops == 1).then_some(Evidence::Routed)
    } else if first.encapsulation != copy.encapsulation {
        Some(Evidence::Encapsulation)
    } else if first.interface != copy.interface {
        Some(Evidence::Interface)
    } else if first.direction != copy.direction {
        Some(Evidence::Direction)
    } else {
        None
    };
    let apart = copy.at.since(first.at).as_ns().unsigned_abs();
    if evidence.is_some() {
        return evidence.filter(|_| apart <= OTHER_PLACE.as_ns().unsigned_abs());
    }
    // Another hop limit that nothing explains.
    if hops > 0 || apart > SAME_PLACE.as_ns().unsigned_abs() {
        return None;
    }
    if copy.id.is_some() {
        Some(Evidence::Identification)
    } else if segment.flags.syn() && !segment.flags.rst() && apart < TOO_SOON.as_ns().unsigned_abs() {
        Some(Evidence::TooSoon)
    } else {
        (tap == Tap::Doubles).then_some(Evidence::TapDoubles)
    }
}
