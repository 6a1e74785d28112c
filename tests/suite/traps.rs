//! The traps into which other analysers fall and the complaints of their users: each has a trace named after it, and the
//! trace says what others say and what synfin says. The traces are judged with all the others.

use crate::files;
use std::collections::BTreeMap;

/// Numbers without a trace, and why; the rest have at least one.
const WITHOUT: [(&str, u32, &str); 3] = [
    ("", 24, "where the tap stands is no verdict on a segment, so that the notation cannot state it"),
    ("complaint-", 3, "damaged segments are kept: trap 22"),
    ("complaint-", 4, "copies made by the capture: trap 5"),
];

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
            let excused = WITHOUT.iter().find(|(series, without, _)| (*series, *without) == (kind, number));
            let traces = found.get(&(kind, number)).copied().unwrap_or(0);
            assert_eq!(traces == 0, excused.is_some(), "{kind}{number}: {traces} traces, {excused:?}");
        }
    }
}
