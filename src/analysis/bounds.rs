//! Every bound on what the analysis keeps: its value, how full it got, and what was forgotten because of it.
//!
//! The values are named constants where they are kept to, each with its reason; here they come together for `--stats`. The
//! reasons in both languages stand in `report`.

use super::Analyzer;
use super::copies::SLOTS;
use super::order::MAX_WAITING;
use super::sums::MAX_HOSTS;
use super::totals::MAX_KINDS;
use super::tracked::{MAX_CHALLENGERS, Tracked};
use crate::bound::Bound;
use crate::flow::MAX_ENCAPSULATIONS;
use crate::peer::Peer;
use crate::rules::judge::held::MAX_HELD;
use crate::rules::judge::{MAX_EQUATIONS, MAX_FINDINGS, MAX_QUESTIONS};
use crate::tcp::connection::{Connection, MAX_CANDIDATES};
use crate::tcp::history::{MAX_CHALLENGES, MAX_RESETS};
use crate::tcp::holes::MAX_ISLANDS;
use crate::tcp::icmp::MAX_ERRORS;
use crate::tcp::offer::{MAX_SYN_STAMPS, MAX_VARIANTS};
use crate::tcp::path::MAX_ROWS;
use crate::tcp::refused::MAX_FRAMES;
use crate::tcp::sacked::MAX_BLOCKS;
use crate::tcp::sent::MAX_RANGES;
use crate::wire::LAYERS_MAX;
use crate::wire::fragment::{Fate, MOST_DATAGRAMS, MOST_OCTETS};

/// Bounds on each connection: how full they got, and how many connections met them.
const OF_EACH: [(&str, usize); 16] = [
    ("transitions", MAX_ROWS),
    ("findings", MAX_FINDINGS),
    ("equations", MAX_EQUATIONS),
    ("questions", MAX_QUESTIONS),
    ("held-breaches", MAX_HELD),
    ("candidates", MAX_CANDIDATES),
    ("challengers", MAX_CHALLENGERS),
    ("syn-variants", MAX_VARIANTS),
    ("syn-stamps", MAX_SYN_STAMPS),
    ("islands", MAX_ISLANDS),
    ("outstanding", MAX_RANGES),
    ("sack-blocks", MAX_BLOCKS),
    ("doubtful-frames", MAX_FRAMES),
    ("resets", MAX_RESETS),
    ("challenges", MAX_CHALLENGES),
    ("icmp-errors", MAX_ERRORS),
];

/// Bounds that lanes share: how full each got may have been at another time than with the others.
const SHARED: [&str; 6] =
    ["open-connections", "whole-attempts", "attempts", "closed-connections", "closed-records", "waiting-octets"];

/// What is known of the bounds.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    each: [(usize, u64); OF_EACH.len()],
    whole: Vec<Bound>,
    /// Those on reading the capture, as its source told them.
    reading: Vec<Bound>,
}

impl Bounds {
    /// The bounds on reading the capture.
    pub fn note_reading(&mut self, bounds: Vec<Bound>) {
        self.reading = bounds;
    }

    /// Looks at a connection that is final.
    pub fn see(&mut self, tracked: &Tracked) {
        let (it, record) = (&tracked.connection, &tracked.record);
        let of_peers = |of: fn(&Connection, Peer) -> usize| of(it, Peer::A).max(of(it, Peer::B));
        let filled = [
            it.rows.len(),
            record.findings.len(),
            record.equations.len(),
            record.most_questions,
            record.most_held,
            it.candidates.len(),
            tracked.challengers.len(),
            of_peers(|it, peer| it.facts[peer].offers.variants.len()),
            of_peers(|it, peer| it.facts[peer].offers.stamps.len()),
            of_peers(|it, peer| it.streams[peer].islands.most().into()),
            of_peers(|it, peer| it.facts[peer].sent.as_ref().map_or(0, |sent| sent.most_ranges.into())),
            of_peers(|it, peer| it.facts[peer].sacked.most_blocks.into()),
            of_peers(|it, peer| it.doubts[peer].as_ref().map_or(0, |doubts| doubts.most_frames.into())),
            it.history.resets.len(),
            it.history.challenges.len(),
            it.errors.as_ref().map_or(0, |errors| errors.told.len()),
        ];
        for (((most, met), filled), (_, bound)) in self.each.iter_mut().zip(filled).zip(OF_EACH) {
            *most = (*most).max(filled);
            *met += u64::from(filled >= bound);
        }
    }

    /// Adds those of a lane, which has a share of what connections may take; all else is bounded for the capture as a whole.
    pub(super) fn join(&mut self, lane: &Self) {
        for ((most, met), (further, more)) in self.each.iter_mut().zip(lane.each) {
            *most = (*most).max(further);
            *met += more;
        }
        for (bound, share) in self.whole.iter_mut().zip(&lane.whole).filter(|(bound, _)| SHARED.contains(&bound.id)) {
            bound.most += share.most;
            bound.reached += share.reached;
            bound.forgotten += share.forgotten;
        }
        // The only one of these that is on each connection.
        for (bound, its) in self.whole.iter_mut().zip(&lane.whole).filter(|(bound, _)| bound.id == "waiting-segments") {
            bound.reached = bound.reached.max(its.reached);
            bound.forgotten += its.forgotten;
        }
    }

    /// All of them, once the capture has ended: those on reading it, on the whole of it, on each connection.
    pub fn iter(&self) -> impl Iterator<Item = Bound> {
        let each = self.each.iter().zip(OF_EACH).map(|((reached, met), (id, most))| Bound {
            id,
            most: most as u64,
            reached: *reached as u64,
            forgotten: *met,
        });
        self.reading.iter().chain(&self.whole).copied().chain(each)
    }
}

/// The capture has ended: notes how full everything got.
pub(super) fn note(analyzer: &mut Analyzer) {
    let room = &analyzer.room;
    let totals = &analyzer.totals;
    let forgotten_frames = totals.undecodables.get(Fate::Forgotten.reason()).copied().unwrap_or_default();
    let too_deep = totals.undecodables.iter().filter(|(reason, _)| reason.ends_with(": too deep")).map(|(_, n)| n);
    let kinds = totals.others.len().max(totals.undecodables.len());
    let further = [&totals.others, &totals.undecodables].map(|kinds| kinds.get(super::totals::FURTHER).copied());
    let (encapsulations, hosts) = (&analyzer.encapsulations, &analyzer.hosts);
    let (conversations, closed, fragments) = (&analyzer.conversations, &analyzer.closed, &analyzer.fragments);
    let most = room.most();
    let whole = [
        ("open-connections", most.open, room.most_open, totals.forgotten_open),
        ("whole-attempts", most.whole_attempts, room.most_whole, room.shrunk),
        ("attempts", most.attempts, room.most_small, totals.forgotten_attempts),
        ("closed-connections", most.closed, closed.most_whole, closed.early),
        ("closed-records", most.records, closed.most_records, totals.forgotten),
        ("conversations", most.conversations, conversations.most, conversations.forgotten),
        ("waiting-octets", most.waiting_octets, analyzer.order.most_octets, analyzer.order.early.0),
        ("waiting-segments", MAX_WAITING, analyzer.order.most_waiting, analyzer.order.early.1),
        ("remembered-segments", SLOTS, SLOTS, 0),
        ("fragmented-datagrams", MOST_DATAGRAMS, fragments.most.0, forgotten_frames),
        ("fragment-octets", MOST_OCTETS, fragments.most.1, forgotten_frames),
        ("hosts", MAX_HOSTS, hosts.most, hosts.forgotten),
        ("encapsulations", MAX_ENCAPSULATIONS, encapsulations.len(), encapsulations.merged),
        ("layers", LAYERS_MAX, totals.most_layers, too_deep.sum()),
        ("kinds", MAX_KINDS, kinds.min(MAX_KINDS), further.into_iter().flatten().sum()),
    ];
    let bound = |(id, most, reached, forgotten)| Bound { id, most: most as u64, reached: reached as u64, forgotten };
    analyzer.totals.bounds.whole = whole.map(bound).to_vec();
}
