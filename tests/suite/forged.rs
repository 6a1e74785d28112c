//! Somebody else's segments put into legal exchanges, with numbers that fit: accepted or not, no peer is charged for what
//! follows. Segments that no rule can mistake for a peer's own are the subject of `mutate`.

use crate::files;
use std::fmt::Write as _;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::peer::Peer;
use synfin::rules::Severity;
use synfin::rules::judge::Outcome;
use synfin::seq::Seq;
use synfin::trace::packets::{self, Carrier};
use synfin::trace::{self, Attribute, Step, StepOption};
use synfin::wire::segment::Flags;

const FIN: u16 = 1;
const RST: u16 = 4;
const ACK: u16 = 0x10;

/// Violations, by frame.
#[derive(Default)]
struct Charges(Vec<(u64, &'static str, Peer)>);

impl Sink for Charges {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let broken = |outcome| outcome == Outcome::Broken(Severity::Violation);
            let found = ended.record.findings.iter().filter(|it| broken(it.outcome));
            self.0.extend(found.map(|judged| (judged.frame, judged.rule.id, judged.peer)));
        }
        Ok(())
    }
}

fn charges(steps: &[Step], carrier: Carrier) -> Vec<(u64, &'static str, Peer)> {
    let captured = packets::captured(steps, carrier).expect("an edited trace can be made into packets");
    let (mut analyzer, mut found) = (Analyzer::new(), Charges::default());
    for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet =
            Packet { frame, at: *at, stamping: Stamping::Told, link: captured.link, interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut found).expect("the sink never fails");
    }
    analyzer.finish(&mut found).expect("the sink never fails");
    found.0
}

/// What the one whose name is on it has to answer for, and what its receiver does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is dropped behind the tap.
    Dropped,
    /// It is taken for the peer's.
    Taken,
}

const FATES: [Fate; 2] = [Fate::Dropped, Fate::Taken];

const fn end(step: &Step) -> u32 {
    step.len + step.flags.syn() as u32 + step.flags.fin() as u32
}

fn next(steps: &[Step], peer: Peer) -> Option<Seq> {
    let own = steps.iter().filter(|it| it.from == peer && !it.flags.rst() && it.icmp().is_none());
    own.map(|it| it.seq + end(it)).reduce(|most, end| most.later_of(end))
}

/// A segment in the name of `peer` behind the first `at` steps; `None` where its numbers are not known yet.
fn forged(steps: &[Step], at: usize, peer: Peer, (flags, len): (u16, u32), mark: Attribute) -> Option<Step> {
    let before = steps.get(..at)?;
    // Nobody takes anything in SYN-SENT but what opens the connection.
    let syn = before.iter().rposition(|it| it.flags.syn() && it.ack.is_none());
    let answer = before.iter().rposition(|it| it.flags.syn() && it.ack.is_some());
    if syn > answer {
        return None;
    }
    let (seq, ack) = (next(before, peer)?, next(before, peer.other())?);
    let own = |it: &&Step| it.from == peer && it.flags.ack() && it.icmp().is_none();
    let like = steps.iter().filter(own).find(|it| !it.flags.syn() && !it.flags.rst())?;
    let attributes = vec![Attribute::Text(9), mark];
    // Who does not stand on the path does not know the clocks.
    let options = like.options.iter().map(|option| match option {
        StepOption::Timestamps { value, echo } => {
            StepOption::Timestamps { value: value.wrapping_add(0x2000_0000), echo: *echo }
        }
        option => option.clone(),
    });
    Some(Step { seq, ack: Some(ack), len, flags: Flags(flags), attributes, options: options.collect(), ..like.clone() })
}

/// What the exchange becomes with `it` in place `at`.
fn with(steps: &[Step], at: usize, it: Step, fate: Fate) -> Vec<Step> {
    let mut edited = steps.to_vec();
    let (peer, ends, first) = (it.from, it.seq + end(&it), it.seq);
    let (resets, closes) = (it.flags.rst(), it.flags.fin());
    edited.insert(at, it);
    if fate == Fate::Dropped {
        return edited;
    }
    let (mut taken, mut over) = (Vec::new(), false);
    for (place, mut step) in edited.into_iter().enumerate() {
        over |= place > at && step.flags.syn() && step.ack.is_none();
        if place <= at || over || step.icmp().is_some() {
            taken.push(step);
            continue;
        }
        if resets {
            // Who was reset is silent, and answers by RSTs.
            if step.from == peer {
                let answer = step.ack.map(|ack| Step {
                    from: peer.other(),
                    seq: ack,
                    ack: None,
                    len: 0,
                    flags: Flags(RST),
                    options: Vec::new(),
                    attributes: Vec::new(),
                    ..step.clone()
                });
                let gone = step.flags.rst();
                taken.push(step);
                taken.extend(answer.filter(|_| !gone));
            }
            continue;
        }
        if let Some(ack) = step.ack.filter(|ack| step.from != peer && !step.flags.syn() && first.is_at_or_before(*ack))
        {
            step.ack = Some(if closes { ends } else { ack.later_of(ends) });
        }
        taken.push(step);
    }
    taken
}

#[test]
fn segments_of_somebody_else_charge_neither_peer() {
    let (mut failures, mut tried) = (String::new(), 0);
    let ways = [
        (Attribute::Id(40_000), Carrier::Ethernet4),
        (Attribute::Id(40_000), Carrier::Ethernet6),
        (Attribute::HopLimit(57), Carrier::Ethernet4),
    ];
    let kinds = [(ACK, 6), (ACK, 5), (ACK | FIN, 0), (ACK | FIN, 3), (ACK | RST, 0), (ACK, 0)];
    for (path, text) in files::under("tests/traces/legal", "trace") {
        let steps = trace::parse(&text).expect("a legal exchange is a trace");
        for at in 1..=steps.len() {
            for (peer, kind, (mark, carrier), fate) in Peer::BOTH.into_iter().flat_map(|peer| {
                kinds.into_iter().flat_map(move |kind| {
                    ways.into_iter().flat_map(move |way| FATES.into_iter().map(move |fate| (peer, kind, way, fate)))
                })
            }) {
                let Some(it) = forged(&steps, at, peer, kind, mark) else { continue };
                tried += 1;
                let found = charges(&with(&steps, at, it, fate), carrier);
                if !found.is_empty() {
                    let place = format!("{path}, {peer} {kind:?} before line {}", at + 1);
                    let _ = writeln!(failures, "{place}, {mark:?}, {fate:?}, {carrier:?}: {found:?}");
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} places");
    assert!(failures.is_empty(), "of {tried}:\n{failures}");
}
