//! Every trace and every example of a rule with its new octets sent in two segments each where it has one: no state and no
//! finding may hang on how a sender cuts its octets.

use crate::taps::traces;
use crate::traces::{Frame, faults_of, report, watch_frames};
use synfin::seq::Seq;
use synfin::timestamp::Elapsed;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{Attribute, Step};

/// Traces which tell of segments, not of octets, and why they come out otherwise when there are more.
const OTHERWISE: [(&str, &str); 2] =
    [("resent-with-other-text.trace", SAME_PIECES), ("rexmit-same-bytes: broken_by", SAME_PIECES)];

const SAME_PIECES: &str =
    "of what was sent a fingerprint is kept for each segment, so that only the same piece can be compared";

const PUSH: u16 = 8;
const FIN: u16 = 1;

/// Whether a segment is plain data that its sender sends for the first time, and may be cut.
fn may_be_cut(before: &[Step], step: &Step) -> bool {
    let end = |it: &Step| it.seq + it.len + u32::from(it.flags.syn()) + u32::from(it.flags.fin());
    let fresh =
        before.iter().filter(|it| it.from == step.from && !it.flags.rst()).all(|it| end(it).is_at_or_before(step.seq));
    let contiguous = before.iter().any(|it| it.from == step.from && end(it) == step.seq);
    let marked = !(step.broken.is_empty() && step.noted.is_empty() && step.silent.is_empty());
    let plain = step.attributes.is_empty() && !step.flags.syn() && !step.flags.rst() && step.flags.ack();
    fresh && contiguous && plain && !marked && step.len > 1
}

/// The trace with every such segment in two, and the line of the trace that each frame ends.
fn cut(steps: &[Step]) -> (Vec<Step>, Vec<u64>) {
    let (mut cut, mut frames) = (Vec::new(), Vec::new());
    for (at, step) in steps.iter().enumerate() {
        if may_be_cut(&steps[..at], step) {
            let half = step.len / 2;
            let mut first = Step { len: half, ..step.clone() };
            first.flags.0 &= !(PUSH | FIN);
            cut.push(first);
            let since_previous = Elapsed::from_ns(1_000);
            cut.push(Step { seq: step.seq + half, len: step.len - half, since_previous, ..step.clone() });
        } else {
            cut.push(step.clone());
        }
        frames.push(cut.len() as u64);
    }
    (cut, frames)
}

#[test]
fn octets_in_smaller_segments_are_judged_as_in_whole_ones() {
    let mut failures = Vec::new();
    let (traces, mut segments) = (traces(), 0);
    for (name, steps) in &traces {
        // Identifications and capture orders are of frames, not of octets.
        let numbered = |step: &Step| step.attributes.iter().any(|it| matches!(it, Attribute::Id(_)));
        if steps.iter().any(numbered) || OTHERWISE.iter().any(|(known, _)| name.ends_with(known)) {
            continue;
        }
        let (smaller, number) = cut(steps);
        segments += smaller.len() - steps.len();
        for carrier in [Carrier::Ethernet4, Carrier::Ethernet6, Carrier::Vlan4] {
            let captured = captured(&smaller, carrier).expect("packets").frames;
            let frames = (1..).zip(captured).map(|(frame, (at, bytes))| Frame { frame, at, interface: 0, bytes });
            let seen = watch_frames(frames, carrier);
            let found = faults_of(steps, &seen, |line| number[line as usize - 1]);
            if !found.is_empty() {
                failures.push(format!("{name}, cut, over {carrier:?}:\n{found}"));
            }
        }
    }
    println!("{segments} segments were cut in two");
    assert!(segments > 100, "only {segments} segments could be cut");
    report(&failures, traces.len());
}

#[test]
fn a_cut_segment_is_the_same_octets() {
    let steps = synfin::trace::parse("? > S 100:100(0) > ?\n? > P. 101:106(5) ack 301 > ?").expect("a trace");
    let (cut, number) = cut(&steps);
    let sent: Vec<(Seq, u32, u16)> = cut.iter().map(|it| (it.seq, it.len, it.flags.0)).collect();
    assert_eq!(sent, [(Seq::new(100), 0, 2), (Seq::new(101), 2, 16), (Seq::new(103), 3, 24)]);
    assert_eq!(number, [1, 3]);
}
