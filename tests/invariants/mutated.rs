//! The whole analysis on legal captures that were changed: lines of a legal exchange moved, doubled, lost, given other
//! numbers, and octets of its frames spoiled. Some changes are of a kind that no verdict may depend on; that is checked.

use super::account::{self, Frame};
use super::chooser::Chooser;
use std::io;
use std::sync::LazyLock;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::Losses;
use synfin::peer::{Peer, PerPeer};
use synfin::seq::Seq;
use synfin::timestamp::Elapsed;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{Attribute, Step, StepOption, parse, turn};
use synfin::wire::segment::Flags;

/// Legal exchanges, and others whose states are known.
const TEXTS: [&str; 16] = [
    include_str!("../traces/legal/handshake-data-close.trace"),
    include_str!("../traces/legal/refused.trace"),
    include_str!("../traces/legal/simultaneous-open.trace"),
    include_str!("../traces/close/normal-close.trace"),
    include_str!("../traces/close/simultaneous-close.trace"),
    include_str!("../traces/close/half-close-with-data.trace"),
    include_str!("../traces/close/three-segments.trace"),
    include_str!("../traces/loss/fin-retransmitted.trace"),
    include_str!("../traces/open/port-reused-in-time-wait.trace"),
    include_str!("../traces/open/old-duplicate-syn-recovered.trace"),
    include_str!("../traces/reset/challenge-answered-by-an-exact-reset.trace"),
    include_str!("../traces/reset/keep-alive-gives-up.trace"),
    include_str!("../traces/sequence/out-of-order-with-sack.trace"),
    include_str!("../traces/options/fast-open-data-in-the-syn.trace"),
    include_str!("../traces/icmp/packet-too-big.trace"),
    include_str!("../traces/midstream/starts-within-the-data.trace"),
];

static EXCHANGES: LazyLock<[Vec<Step>; 16]> =
    LazyLock::new(|| TEXTS.map(|text| parse(text).expect("a trace of the suite can be read")));

/// Lines of one exchange after all changes.
const MOST: usize = 64;

/// Octets that choose an exchange and what is changed in it.
///
/// # Panics
///
/// If the results do not add up, or depend on where the sequence numbers start.
pub fn check(octets: &[u8]) {
    let mut chooser = Chooser::new(octets);
    let mut steps = chooser.of(&EXCHANGES[..]).clone();
    let carrier = *chooser.of(&Carrier::ALL);
    let by = PerPeer { a: chooser.long(), b: chooser.long() };
    let changes = chooser.octet() & 15;
    for _ in 0..changes {
        change(&mut steps, &mut chooser);
    }
    compare(&steps, &turn(&steps, by), carrier);
    let Ok(capture) = captured(&steps, carrier) else { return };
    let mut frames: Vec<_> =
        capture.frames.into_iter().map(|(at, bytes)| Frame::whole(at, capture.link, bytes)).collect();
    while chooser.has_more() {
        let which = usize::from(chooser.octet()) % frames.len().max(1);
        let (place, value) = (usize::from(chooser.octet()), chooser.octet());
        let Some(frame) = frames.get_mut(which) else { break };
        match value {
            0 => frame.bytes.truncate(place),
            _ => {
                if let Some(octet) = frame.bytes.get_mut(place) {
                    *octet ^= value;
                }
            }
        }
    }
    account::check(&frames, Losses::default());
}

/// One change of one line.
fn change(steps: &mut Vec<Step>, chooser: &mut Chooser<'_>) {
    if steps.is_empty() || steps.len() > MOST {
        return;
    }
    let numbers: Vec<u32> = steps.iter().flat_map(|step| [step.seq.get(), step.ack.map_or(0, Seq::get)]).collect();
    let (count, at) = (steps.len(), usize::from(chooser.octet()) % steps.len());
    let other = |chooser: &mut Chooser<'_>| usize::from(chooser.octet()) % count;
    match chooser.octet() % 14 {
        0 => drop(steps.remove(at)),
        1 => steps.insert(other(chooser), steps[at].clone()),
        2 => steps.swap(at, other(chooser)),
        3 => steps[at].seq = Seq::new(chooser.near(&numbers)),
        4 => {
            let ack = Seq::new(chooser.near(&numbers));
            steps[at].ack = steps[at].ack.map(|_| ack);
        }
        5 => {
            steps[at].flags =
                Flags((steps[at].flags.0 ^ (1 << (chooser.octet() % 9))) & 0x1ef | steps[at].flags.0 & 0x10)
        }
        6 => steps[at].len = u32::from(chooser.word()) % 3_000,
        7 => steps[at].window = chooser.word(),
        8 => {
            steps[at].from = match steps[at].from {
                Peer::A => Peer::B,
                Peer::B => Peer::A,
            }
        }
        9 => steps[at].since_previous = Elapsed::from_ns(i64::from(chooser.long().cast_signed()) * 100),
        10 => steps[at].since_previous = Elapsed::from_ns(i64::from(chooser.word()) * 1_000_000_000),
        11 => steps[at].options = vec![StepOption::Raw(chooser.octets(12).to_vec())],
        12 => steps[at].attributes.push(match chooser.octet() % 6 {
            0 => Attribute::BadChecksum,
            1 => Attribute::Short,
            2 => Attribute::HopLimit(chooser.octet()),
            3 => Attribute::Text(chooser.octet()),
            4 => Attribute::Multicast,
            _ => Attribute::Id(chooser.word()),
        }),
        _ => steps.rotate_left(at),
    }
}

/// What was concluded, without the numbers themselves.
#[derive(Default)]
struct Conclusions(Vec<String>);

impl Sink for Conclusions {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let found = ended.record.findings.iter();
            let found: Vec<_> =
                found.map(|judged| (judged.frame, judged.rule.id, format!("{:?}", judged.outcome))).collect();
            self.0.push(format!("{} {found:?}", ended.conn));
        }
        Ok(())
    }
}

/// Sequence spaces have no origin: turned, the same is concluded.
fn compare(steps: &[Step], turned: &[Step], carrier: Carrier) {
    // The zero of some resets is no place in a space, raw octets may hold SACK edges, and a clock that goes back
    // has nothing to do with it.
    let concluded = |steps: &[Step]| {
        let mut conclusions = Conclusions::default();
        let mut analyzer = Analyzer::new();
        let capture = captured(steps, carrier).ok()?;
        for (frame, (at, bytes)) in (1..).zip(capture.frames) {
            let whole = Frame::whole(at, capture.link, bytes);
            analyzer.observe(&whole.lent(frame), &mut conclusions).expect("the sink never fails");
        }
        analyzer.finish(&mut conclusions).expect("the sink never fails");
        Some(conclusions.0)
    };
    let has_raw = steps.iter().any(|step| step.options.iter().any(|option| matches!(option, StepOption::Raw(_))));
    let has_reset = steps.iter().any(|step| step.flags.rst());
    if !has_raw && !has_reset {
        assert_eq!(concluded(steps), concluded(turned), "the same exchange, turned");
    }
}
