//! Every trace through taps that show things twice or in another order: what the endpoints did stays what it was, the copies are counted, and
//! nobody is accused by them.

use crate::files;
use crate::traces::{Frame, faults_of, report, watch_frames};
use synfin::rules;
use synfin::timestamp::Elapsed;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{self, Attribute, Step};

/// How long after the first a copy is captured.
const SOON: Elapsed = Elapsed::from_ns(10_000);

/// How a tap sees everything twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Twice {
    /// The same octets again.
    Mirrored,
    /// The same octets on another interface.
    Interfaces,
    /// With a VLAN tag and without.
    Tagged,
    /// Before and behind a router.
    Routed,
}

/// Every trace, and every example of a rule.
pub(crate) fn traces() -> Vec<(String, Vec<Step>)> {
    let read = |(path, text): (String, String)| {
        let steps = trace::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, steps)
    };
    let examples = rules::catalogue().flat_map(|rule| {
        let of = |name: &str, text: &str| (format!("{}: {name}", rule.id), text.to_owned());
        [of("broken_by", rule.broken_by), of("kept_by", rule.kept_by)]
    });
    let texts = files::under("tests/traces", "trace").into_iter().chain(examples);
    texts.filter(|(_, text)| !text.is_empty()).map(read).collect()
}

/// One hop further.
fn routed(step: &Step) -> Step {
    let limit = |attribute: &Attribute| if let Attribute::HopLimit(limit) = attribute { Some(*limit) } else { None };
    let limit = step.attributes.iter().rev().find_map(limit).unwrap_or(64);
    let mut step = step.clone();
    step.attributes.push(Attribute::HopLimit(limit - 1));
    step
}

/// Each frame, and then its copy.
fn doubled(steps: &[Step], twice: Twice, carrier: Carrier) -> Vec<Frame> {
    let first = captured(steps, carrier).expect("packets").frames;
    let second = match twice {
        Twice::Mirrored | Twice::Interfaces => first.clone(),
        Twice::Tagged => captured(steps, Carrier::Vlan4).expect("packets").frames,
        Twice::Routed => captured(&steps.iter().map(routed).collect::<Vec<_>>(), carrier).expect("packets").frames,
    };
    let mut frames = Vec::new();
    for ((at, bytes), (_, again)) in first.into_iter().zip(second) {
        let frame = frames.len() as u64 + 1;
        let interface = u32::from(twice == Twice::Interfaces);
        frames.push(Frame { frame, at, interface: 0, bytes });
        frames.push(Frame { frame: frame + 1, at: at + SOON, interface, bytes: again });
    }
    frames
}

#[test]
fn a_tap_that_doubles_changes_no_state_and_no_finding_and_each_copy_is_counted() {
    let mut failures = Vec::new();
    let traces = traces();
    for (path, steps) in &traces {
        let kinds = [
            (Twice::Mirrored, Carrier::Ethernet4),
            (Twice::Interfaces, Carrier::Ethernet4),
            (Twice::Tagged, Carrier::Ethernet4),
            (Twice::Routed, Carrier::Raw4),
            (Twice::Interfaces, Carrier::Ethernet6),
            (Twice::Routed, Carrier::Ethernet6),
        ];
        for (twice, carrier) in kinds {
            let seen = watch_frames(doubled(steps, twice, carrier), carrier);
            let mut found = faults_of(steps, &seen, |line| line * 2 - 1);
            // An ICMP error is no frame of a connection.
            let lines = steps.iter().filter(|step| step.icmp().is_none()).count() as u64;
            // Some traces have copies of their own.
            let own = watch_frames(frames(steps, carrier), carrier).copies;
            if (seen.counted, seen.copies) != (2 * lines, lines + own) {
                found.push_str(&format!("  {} frames counted, {} copies, {lines} lines\n", seen.counted, seen.copies));
            }
            if !found.is_empty() {
                failures.push(format!("{path}, {twice:?} over {carrier:?}:\n{found}"));
            }
        }
    }
    report(&failures, traces.len());
}

/// Where two neighbours cannot have passed one wire in the other order: the second answers octets that the first sends for
/// the first time.
fn impossible_swaps(steps: &[Step]) -> Vec<usize> {
    let answers = |at: &usize| {
        let (Some(first), Some(second)) = (steps.get(*at), steps.get(at + 1)) else { return false };
        let end = first.seq + first.len + u32::from(first.flags.syn()) + u32::from(first.flags.fin());
        let fresh = steps.iter().take(*at).filter(|it| it.from == first.from && !it.flags.rst()).all(|it| {
            let known = it.seq + it.len + u32::from(it.flags.syn()) + u32::from(it.flags.fin());
            known.is_before(end)
        });
        let plain = |it: &&Step| it.attributes.is_empty() && it.broken.is_empty() && !it.flags.rst();
        // Of a flow that begins with an ordinary segment nothing is known that this could run ahead of.
        let plain = [first, second].iter().all(plain) && (*at > 0 || second.flags.syn());
        first.from != second.from && second.ack == Some(end) && end != first.seq && fresh && plain
    };
    (0..steps.len()).filter(answers).collect()
}

#[test]
fn what_the_capture_swapped_against_all_causes_is_judged_as_it_was_sent() {
    let mut failures = Vec::new();
    // The examples of rules are about the time between their lines, too, which a swap changes.
    let of_files = |(name, _): &(String, Vec<Step>)| name.starts_with("tests/");
    let (traces, mut swaps) = (traces().into_iter().filter(of_files).collect::<Vec<_>>(), 0);
    for (path, steps) in &traces {
        let whole = watch_frames(frames(steps, Carrier::Ethernet4), Carrier::Ethernet4);
        for at in impossible_swaps(steps) {
            swaps += 1;
            let mut swapped = frames(steps, Carrier::Ethernet4);
            let (first, second) = (swapped[at].at, swapped[at].at + SOON);
            swapped.swap(at, at + 1);
            (swapped[at].at, swapped[at].frame) = (first, at as u64 + 1);
            (swapped[at + 1].at, swapped[at + 1].frame) = (second, at as u64 + 2);
            let seen = watch_frames(swapped, Carrier::Ethernet4);
            let number = |line: u64| match line.checked_sub(at as u64 + 1) {
                Some(0) => line + 1,
                Some(1) => line - 1,
                _ => line,
            };
            let mut found = faults_of(steps, &seen, number);
            if seen.counted != whole.counted {
                found.push_str(&format!("  {} frames counted of {}\n", seen.counted, whole.counted));
            }
            if !found.is_empty() {
                failures.push(format!("{path}, lines {} and {} swapped:\n{found}", steps[at].line, steps[at + 1].line));
            }
        }
    }
    println!("{swaps} swaps");
    assert!(swaps > 100, "only {swaps} swaps were tried");
    report(&failures, traces.len());
}

/// The trace as captured.
fn frames(steps: &[Step], carrier: Carrier) -> Vec<Frame> {
    let frames = captured(steps, carrier).expect("packets").frames;
    (1..).zip(frames).map(|(frame, (at, bytes))| Frame { frame, at, interface: 0, bytes }).collect()
}
