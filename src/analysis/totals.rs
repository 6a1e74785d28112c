//! What became of each frame: every one is in exactly one counter.

use super::bounds::Bounds;
use super::{Analyzer, copies};
use crate::packet::LinkType;
use crate::packet::Losses;
use crate::rules::book::Rulebook;
use crate::rules::tally::Tally;
use crate::timestamp::Elapsed;
use crate::wire::fragment::{Fate, Fates};
use crate::wire::undecodable::{Fault, Undecodable};
use std::collections::BTreeMap;

/// Kinds counted by name; past it, further kinds are counted together.
pub const MAX_KINDS: usize = 256;

/// What all further kinds are called together.
pub const FURTHER: &str = "further kinds";

/// A stamp this far before an earlier one shows a clock that was set, or captures that were merged: several queues of one
/// card differ by less.
pub const CLOCK_STEP: Elapsed = Elapsed::from_ns(100_000_000);

/// Counters of one capture. `read = tcp + udp + other + undecodable`.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Frames taken in.
    pub read: u64,
    /// TCP segments.
    pub tcp: u64,
    /// UDP datagrams.
    pub udp: u64,
    /// Frames that are neither, by what they are.
    pub others: BTreeMap<String, u64>,
    /// Frames that could not be decoded, by reason.
    pub undecodables: BTreeMap<String, u64>,
    /// Of those, the ones whose link type is not decoded here, by link type. 65,536 of them at most.
    pub undecoded_links: BTreeMap<LinkType, u64>,
    /// TCP segments damaged in transit.
    pub damaged: u64,
    /// Of the TCP segments, those that only repeat another frame.
    pub copies: copies::Counts,
    /// Connections whose object is final.
    pub connections: u64,
    /// UDP conversations whose object is final.
    pub conversations: u64,
    /// Segments that came for a closed connection after its object was final.
    pub late: u64,
    /// Records of closed connections forgotten before their time.
    pub forgotten: u64,
    /// Open connections that were final before their end, to make room for others.
    pub forgotten_open: u64,
    /// Attempts without an answer that were given up to make room for others.
    pub forgotten_attempts: u64,
    /// Packets whose stamp lies more than [`CLOCK_STEP`] before an earlier one's.
    pub stepped: u64,
    /// Packets of which the source does not say when they were captured.
    pub unstamped: u64,
    /// How often each rule held, was broken, undecided, noted.
    pub rules: Tally,
    /// What the source says it lost.
    pub lost: Losses,
    /// How full everything that is bounded got; known at the end.
    pub bounds: Bounds,
    /// The most VLAN tags and tunnels around one segment or datagram.
    pub most_layers: usize,
}

impl Analyzer {
    /// An analyzer that asks the rules in the order of this book. Nothing may change by it.
    #[must_use]
    pub fn by_book(book: &'static Rulebook) -> Self {
        let totals = Totals { rules: Tally::of(book), ..Totals::default() };
        Self { totals, ..Self::default() }
    }
}

impl Totals {
    /// Counts a frame that is neither TCP nor UDP.
    pub fn other(&mut self, what: &str) {
        count(&mut self.others, what);
    }

    /// Counts a frame that could not be decoded.
    pub fn undecodable(&mut self, why: &Undecodable) {
        if let Fault::LinkType(number) = why.fault {
            *self.undecoded_links.entry(LinkType(number)).or_default() += 1;
        }
        count(&mut self.undecodables, &why.reason());
    }

    /// What a lane adds, of which the frames and the evidence are counted elsewhere.
    pub(super) fn join(&mut self, lane: &Self) {
        self.copies.join(&lane.copies);
        self.connections += lane.connections;
        self.late += lane.late;
        self.forgotten += lane.forgotten;
        self.forgotten_open += lane.forgotten_open;
        self.forgotten_attempts += lane.forgotten_attempts;
        self.rules.add(&lane.rules);
        self.bounds.join(&lane.bounds);
    }

    /// Frames that are neither TCP nor UDP.
    #[must_use]
    pub fn other_frames(&self) -> u64 {
        self.others.values().sum()
    }

    /// Frames that could not be decoded.
    #[must_use]
    pub fn undecodable_frames(&self) -> u64 {
        self.undecodables.values().sum()
    }
}

impl Fates for Totals {
    fn this(&mut self, fate: Fate) {
        let kinds = if fate.is_decoded() { &mut self.others } else { &mut self.undecodables };
        count(kinds, fate.reason());
    }

    /// They were counted as waiting, and each frame is in one counter.
    fn waiting(&mut self, frames: u64, fate: Fate) {
        let waiting = self.undecodables.get_mut(Fate::Waits.reason());
        let Some(left) = waiting.and_then(|waiting| Some((waiting.checked_sub(frames)?, waiting))) else { return };
        *left.1 = left.0;
        if left.0 == 0 {
            self.undecodables.remove(Fate::Waits.reason());
        }
        let kinds = if fate.is_decoded() { &mut self.others } else { &mut self.undecodables };
        for _ in 0..frames {
            count(kinds, fate.reason());
        }
    }
}

fn count(kinds: &mut BTreeMap<String, u64>, kind: &str) {
    if let Some(known) = kinds.get_mut(kind) {
        *known += 1;
        return;
    }
    let kind = if kinds.len() < MAX_KINDS { kind } else { FURTHER };
    *kinds.entry(kind.to_owned()).or_default() += 1;
}
