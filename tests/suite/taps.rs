//! Every trace through taps that show things twice: what the endpoints did stays what it was, the copies are counted, and
//! nobody is accused by them.

use crate::files;
use crate::traces::{Frame, faults_of, report, watch_frames};
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

fn traces() -> Vec<(String, Vec<Step>)> {
    let read = |(path, text): (String, String)| {
        let steps = trace::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, steps)
    };
    files::under("tests/traces", "trace").into_iter().map(read).collect()
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
            let lines = steps.len() as u64;
            if (seen.counted, seen.copies) != (2 * lines, lines) {
                found.push_str(&format!("  {} frames counted, {} copies, {lines} lines\n", seen.counted, seen.copies));
            }
            if !found.is_empty() {
                failures.push(format!("{path}, {twice:?} over {carrier:?}:\n{found}"));
            }
        }
    }
    report(&failures, traces.len());
}
