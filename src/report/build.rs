//! From what the analysis tells to what reports show: the views of a connection, a UDP conversation, a capture.
//!
//! The only part of the reports that sees connections; everything else sees views.

use super::view::{
    AnswerView, BeliefView, BoundView, CaptureView, ConnectionView, DatagramsView, EarlierView, EquationView,
    FindingView, FrameCountsView, FramesView, IcmpKindView, IcmpView, IgnoredView, KindView, LostView, OffloadView,
    PerPeerView, RuleCountsView, RuleRowView, SCHEMA, SignView, SilenceView, StepView, TransitionView, VantageView,
};
use super::{explanation, outcome_close, outcome_handshake};
use crate::analysis::copies;
use crate::analysis::datagrams::Conversation;
use crate::analysis::event::{Counted, Ended};
use crate::analysis::offload;
use crate::analysis::succession::Succession;
use crate::analysis::totals::Totals;
use crate::analysis::vantage::{Estimate, Sign};
use crate::bound::Bound;
use crate::peer::{Peer, PerPeer};
use crate::rules::judge::{Judged, Outcome};
use crate::rules::tally::Tally;
use crate::seq::Seq;
use crate::tcp::belief::belief;
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::endpoint::Opening;
use crate::tcp::icmp::Told;
use crate::tcp::path::{Basis, Row};
use crate::tcp::state::{State, StateSet};
use crate::wire::encapsulation::Encapsulation;
use std::collections::BTreeMap;

/// Payload octets of a segment that a step keeps for its preview.
const PREVIEW: usize = 64;

/// The view of a connection whose object is final.
#[must_use]
pub fn connection(file: &str, ended: &Ended<'_>) -> ConnectionView {
    let it = ended.connection;
    let mut transitions: Vec<TransitionView> = it.rows.iter().map(transition).collect();
    transitions.sort_by_key(|row| row.frame);
    let belief_of = |peer: Peer| {
        let found = belief(it, peer, ended.now);
        Some(BeliefView {
            likely: found.likely.name(),
            possible: names(found.possible),
            silent: names(found.silent),
            proven: found.is_proven(),
        })
    };
    let b = if it.ends == Ends::One { None } else { belief_of(Peer::B) };
    ConnectionView {
        schema: SCHEMA,
        kind: "connection",
        file: file.to_owned(),
        conn: ended.conn,
        a: it.addresses.a.to_string(),
        b: it.addresses.b.to_string(),
        encapsulation: around(ended.around),
        opener: opener(it),
        frames: FramesView { first: it.first, last: it.last, count: it.count },
        handshake: outcome_handshake::view(it, ended.record),
        close: outcome_close::view(it, ended.record),
        states: PerPeerView { a: belief_of(Peer::A), b },
        transitions,
        equations: ended.record.equations.iter().map(equation).collect(),
        findings: ended.record.findings.iter().map(finding).collect(),
        octets: PerPeer { a: it.streams.a.octets, b: it.streams.b.octets }.into(),
        iss: PerPeer { a: it.streams.a.declared_iss().map(Seq::get), b: it.streams.b.declared_iss().map(Seq::get) }
            .into(),
        fin: PerPeer { a: it.streams.a.fin.map(|it| it.seq.get()), b: it.streams.b.fin.map(|it| it.seq.get()) }.into(),
        ignored: it.ignored.iter().map(|(reason, count)| IgnoredView { reason, count: *count }).collect(),
        kinds: kinds(it),
        copies: copies(ended.copies),
        forgotten: ended.forgotten,
        offload: PerPeer { a: left_to_cards(&ended.offload.sent.a), b: left_to_cards(&ended.offload.sent.b) }.into(),
        vantage: vantage(&ended.vantage),
        earlier: ended.succession.map(earlier),
        icmp: it.errors.iter().flat_map(|errors| &errors.told).map(|told| icmp(it, told)).collect(),
        explanation: explanation::view(ended),
        witness: None,
    }
}

fn left_to_cards(sent: &offload::Counts) -> OffloadView {
    OffloadView { super_segments: sent.supers, partial_checksums: sent.partials }
}

fn vantage(found: &Estimate) -> VantageView {
    let sign = |sign: &Sign| SignView { kind: sign.kind, a: sign.numbers.a, b: sign.numbers.b };
    VantageView { place: found.place.id(), evidence: found.signs.iter().map(sign).collect() }
}

fn earlier(it: &Succession) -> EarlierView {
    EarlierView { conn: it.earlier, kind: it.kind.id(), evidence: it.evidence.to_vec() }
}

/// Who opened it, as far as the capture shows.
fn opener(it: &Connection) -> Option<&'static str> {
    let active = |peer: Peer| it.endpoints[peer].is_active();
    match (active(Peer::A), active(Peer::B)) {
        _ if it.ends == Ends::One => active(Peer::A).then_some("a"),
        (true, true) => Some("both"),
        (true, false) => Some("a"),
        (false, true) => Some("b"),
        (false, false) if matches!(it.endpoints.b.opening, Opening::Passive(_)) => Some("a"),
        (false, false) => None,
    }
}

fn kinds(it: &Connection) -> Vec<KindView> {
    let mut views: Vec<KindView> = Vec::new();
    for peer in it.peers() {
        for (kind, count) in &it.facts[*peer].kinds {
            let Some(kind) = kind.id() else { continue };
            let (a, b) = if *peer == Peer::A { (*count, 0) } else { (0, *count) };
            match views.iter_mut().find(|view| view.kind == kind) {
                Some(view) => (view.a, view.b) = (view.a + a, view.b + b),
                None => views.push(KindView { kind, a, b }),
            }
        }
    }
    views
}

fn names(states: StateSet) -> Vec<&'static str> {
    states.iter().map(State::name).collect()
}

fn around(encapsulation: Option<&Encapsulation>) -> Vec<String> {
    encapsulation.map(|it| it.0.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn copies(counts: &copies::Counts) -> BTreeMap<&'static str, u64> {
    counts.iter().map(|(evidence, count)| (evidence.id(), u64::from(count))).collect()
}

/// The view of one row.
#[must_use]
pub fn transition(row: &Row) -> TransitionView {
    let (basis, by) = match row.step.basis {
        Basis::Sent => ("sent", None),
        Basis::ProvedBy(frame) => ("proved", Some(frame)),
        Basis::Presumed => ("presumed", None),
    };
    TransitionView {
        frame: row.step.at.frame,
        time: row.step.at.time.to_string(),
        peer: row.peer.id(),
        from: row.step.from.map(State::name),
        to: row.step.to.name(),
        arc: row.step.arc.id(),
        basis,
        by,
        retracted: row.retracted,
        kernel: None,
    }
}

fn equation(judged: &Judged) -> EquationView {
    EquationView {
        rule: judged.rule.id,
        frame: judged.frame,
        verdict: judged.outcome.id(),
        left: judged.equation.found.get(),
        right: judged.equation.wanted().get(),
        text: judged.equation.to_string(),
        term: judged.equation.name,
        cite: judged.rule.cite.to_string(),
        evidence: judged.evidence().to_vec(),
    }
}

/// The view of one finding.
#[must_use]
pub fn finding(judged: &Judged) -> FindingView {
    let severity = match judged.outcome {
        Outcome::Broken(severity) => severity,
        _ => judged.rule.severity,
    };
    FindingView {
        rule: judged.rule.id,
        severity: severity.id(),
        verdict: judged.outcome.id(),
        frame: judged.frame,
        peer: judged.peer.id(),
        expected: judged.equation.expected(),
        found: judged.equation.left(),
        term: judged.equation.name,
        equation: judged.equation.to_string(),
        evidence: judged.evidence().to_vec(),
        more: judged.more,
        why: judged.why.unwrap_or_default().to_owned(),
        cite: judged.rule.cite.to_string(),
    }
}

fn icmp(it: &Connection, told: &Told) -> IcmpView {
    let (kind, code) = told.kind.numbers();
    IcmpView {
        frame: told.at.frame,
        time: told.at.time.to_string(),
        since_start_ns: told.at.time.since(it.first_at).as_ns(),
        to: told.to.id(),
        from: told.reporter.to_string(),
        kind: told.kind.id(),
        numbers: [kind, code],
        gravity: told.kind.gravity().id(),
        seq: told.seq.get(),
        flight: told.flight.map(|(first, next)| [first.get(), next.get()]),
        fit: told.fit.id(),
        state: told.state.map(State::name),
        effect: told.effect.id(),
        mtu: told.mtu,
    }
}

/// The view of a UDP conversation.
#[must_use]
pub fn datagrams(file: &str, it: &Conversation, encapsulation: Option<&Encapsulation>) -> DatagramsView {
    DatagramsView {
        schema: SCHEMA,
        kind: "datagrams",
        file: file.to_owned(),
        a: it.path.from.to_string(),
        b: it.path.to.to_string(),
        encapsulation: around(encapsulation),
        frames: FramesView { first: it.first, last: it.last, count: it.count },
        datagrams: it.datagrams.into(),
        octets: it.octets.into(),
        errors: it.errors.into(),
        port_unreachable: it.port_unreachable,
        icmp: it
            .kinds
            .iter()
            .map(|it| IcmpKindView { peer: it.of.id(), kind: it.kind.id(), frame: it.first, count: it.count })
            .collect(),
        lasted_ns: it.last_at.since(it.first_at).as_ns(),
        answer: it.answer.map(|it| AnswerView { frame: it.frame, after_ns: it.after.as_ns() }),
        longest_silence: it.silence.map(|it| SilenceView { from: it.from, to: it.to, ns: it.lasting.as_ns() }),
    }
}

/// The view of a capture at its end; `damage` says why reading stopped early.
#[must_use]
pub fn capture(file: &str, totals: &Totals, damage: Option<String>) -> CaptureView {
    CaptureView {
        schema: SCHEMA,
        kind: "capture",
        file: file.to_owned(),
        frames: FrameCountsView {
            read: totals.read,
            analysed: totals.tcp + totals.udp,
            tcp: totals.tcp,
            udp: totals.udp,
            not_tcp_udp: totals.other_frames(),
            undecodable: totals.undecodable_frames(),
        },
        lost: LostView { kernel: totals.lost.kernel, interface: totals.lost.interface, unknown: totals.lost.unknown },
        undecodable: totals.undecodables.clone(),
        other: totals.others.clone(),
        copies: copies(&totals.copies),
        connections: totals.connections,
        conversations: totals.conversations,
        late: totals.late,
        forgotten: totals.forgotten_open + totals.forgotten_attempts,
        left_out: None,
        bounds: Vec::new(),
        stepped: totals.stepped,
        unstamped: totals.unstamped,
        rules: rules(&totals.rules).filter(RuleRowView::spoke).map(|row| (row.rule, row.counts)).collect(),
        damage,
    }
}

/// The bounds on what was kept of a capture.
#[must_use]
pub fn bounds(totals: &Totals) -> Vec<BoundView> {
    let view = |it: Bound| BoundView { bound: it.id, most: it.most, reached: it.reached, forgotten: it.forgotten };
    totals.bounds.iter().map(view).collect()
}

/// Every rule with its counts, in the order of the catalogue.
pub fn rules(tally: &Tally) -> impl Iterator<Item = RuleRowView> + '_ {
    tally.iter().map(|(rule, counts)| RuleRowView {
        rule: rule.id,
        severity: rule.severity.id(),
        summary: [rule.summary.en, rule.summary.zh],
        counts: RuleCountsView {
            not_applicable: counts.not_applicable(),
            holds: counts.holds,
            broken: counts.broken,
            undecided: counts.undecided,
            noted: counts.noted,
        },
    })
}

/// One step of a ladder.
#[must_use]
pub fn step(counted: &Counted<'_>) -> StepView {
    let (segment, it) = (counted.segment, counted.connection);
    let state = |peer: Peer| it.likely(peer).map(State::name);
    StepView {
        frame: segment.frame,
        since_start_ns: segment.at.since(it.first_at).as_ns(),
        from: counted.from,
        flags: segment.flags.to_string(),
        seq: segment.seq.get(),
        ack: segment.ack().map(|ack| ack.get()),
        window: segment.window,
        len: segment.payload_len,
        payload: segment.payload.iter().take(PREVIEW).copied().collect(),
        states: PerPeerView { a: state(Peer::A), b: state(Peer::B) },
        ignored: counted.acceptance.reason(),
        kind: counted.kind.id(),
        found: Vec::new(),
    }
}
