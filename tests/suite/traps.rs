//! The traps into which other analysers fall and the complaints of their users: each has a trace named after it, and the
//! trace says what others say and what synfin says. The traces are judged with all the others.

use crate::files;
use crate::stages::views;
use std::collections::BTreeMap;

/// How many there are of each.
const SERIES: [(&str, u32); 2] = [("", 26), ("complaint-", 25)];

#[test]
fn every_trap_and_every_complaint_has_a_trace_that_says_who_is_right() {
    let mut found: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    for (path, text) in files::under("tests/traces/traps", "trace") {
        let name = path.rsplit('/').next().unwrap_or_default();
        let (kind, rest) = name.strip_prefix("complaint-").map_or(("", name), |rest| ("complaint-", rest));
        let number = rest.split('-').next().and_then(|number| number.parse().ok());
        let number = number.unwrap_or_else(|| panic!("{path}: no number of a trap"));
        assert!(SERIES.iter().any(|(known, last)| *known == kind && (1..=*last).contains(&number)), "{path}");
        let comment: String = text.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(comment.contains("synfin:"), "{path}: does not say what synfin says");
        *found.entry((kind, number)).or_default() += 1;
    }
    for (kind, last) in SERIES {
        for number in 1..=last {
            assert!(found.contains_key(&(kind, number)), "{kind}{number}: no trace");
        }
    }
}

/// Where the tap stands is no verdict on a segment, so that the notation cannot state it: trap 24.
#[test]
fn the_tap_stands_near_the_side_whose_half_of_the_handshake_is_short() {
    let found = files::under("tests/traces/traps", "trace");
    let (_, text) = found.iter().find(|(path, _)| path.contains("/24-")).expect("the trace of trap 24");
    let views = views(text);
    let [view] = views.as_slice() else { panic!("{} connections", views.len()) };
    assert_eq!(view.vantage.place, "near-a");
    let halves = view.vantage.evidence.iter().find(|sign| sign.kind == "round-trips").expect("the halves");
    // From the SYN-ACK to its ACK; to B and back only once an answer shows which segment it answers.
    assert_eq!((halves.a, halves.b), (Some(500_000), Some(210_000_000)));
}
