//! The dishonest edits, each with the rule that names it.

use synfin::trace::{self, Step};

/// One dishonest edit of a legal exchange.
pub(super) struct Edit {
    /// What is done, as a sentence.
    pub name: &'static str,
    /// The exchange, a file of `tests/traces/legal`.
    pub of: &'static str,
    /// The rule that names it.
    pub breaks: &'static str,
    /// Further violations that follow from it.
    pub and: &'static [&'static str],
    /// Does it, and answers the index of the guilty line.
    pub apply: fn(&mut Vec<Step>) -> usize,
}

/// Index of the `n`th line that carries exactly these flags, as the notation writes them.
fn nth(steps: &[Step], flags: &str, n: usize) -> usize {
    let written = trace::print(steps);
    let lines = written.lines().filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
    let wanted = |line: &str| line.split_whitespace().nth(2) == Some(flags);
    let mut found = lines.enumerate().filter(|(_, line)| wanted(line)).map(|(at, _)| at);
    found.nth(n).unwrap_or_else(|| panic!("no line {n} with flags {flags} in\n{written}"))
}

fn shift_ack(steps: &mut [Step], at: usize, by: u32) -> usize {
    steps[at].ack = steps[at].ack.map(|ack| ack + by);
    at
}

const MINUS_ONE: u32 = u32::MAX;

/// All of them.
pub(super) static EDITS: &[Edit] = &[
    Edit {
        name: "the SYN-ACK acknowledges x, and the connection goes on",
        of: "handshake-data-close",
        breaks: "hs-synack-ack",
        and: &[],
        apply: |steps| {
            let at = nth(steps, "S.", 0);
            shift_ack(steps, at, MINUS_ONE)
        },
    },
    Edit {
        name: "the SYN-ACK acknowledges x + 2, and the connection goes on",
        of: "handshake-data-close",
        breaks: "hs-synack-ack",
        and: &[],
        apply: |steps| {
            let at = nth(steps, "S.", 0);
            shift_ack(steps, at, 1)
        },
    },
    Edit {
        name: "the third segment acknowledges y",
        of: "handshake-data-close",
        breaks: "hs-ack-ack",
        and: &[],
        apply: |steps| {
            let at = nth(steps, ".", 0);
            shift_ack(steps, at, MINUS_ONE)
        },
    },
    Edit {
        name: "an ACK covers 1000 octets that were never sent",
        of: "handshake-data-close",
        breaks: "ack-not-beyond-sent",
        and: &[],
        apply: |steps| {
            let at = nth(steps, ".", 1);
            shift_ack(steps, at, 1000)
        },
    },
    Edit {
        name: "the ACK of the FIN runs one ahead of it",
        of: "handshake-data-close",
        breaks: "fin-ack-exact",
        and: &[],
        apply: |steps| {
            let fin = nth(steps, "F.", 0);
            let at = fin + 1;
            shift_ack(steps, at, 1)
        },
    },
    Edit {
        name: "data follows the FIN",
        of: "handshake-data-close",
        breaks: "fin-last",
        and: &[],
        apply: |steps| {
            let last = steps.len() - 1;
            steps[last].len = 5;
            last
        },
    },
    Edit {
        name: "the FIN is sent again one octet further on",
        of: "handshake-data-close",
        breaks: "fin-stable",
        and: &["fin-last"],
        apply: |steps| {
            let at = nth(steps, "F.", 0);
            let moved = Step { seq: steps[at].seq + 1, ..steps[at].clone() };
            steps.insert(at + 1, moved);
            at + 1
        },
    },
    Edit {
        name: "the RST that refuses a SYN acknowledges x",
        of: "refused",
        breaks: "hs-refused-form",
        and: &[],
        apply: |steps| {
            let at = nth(steps, "R.", 0);
            shift_ack(steps, at, MINUS_ONE)
        },
    },
    Edit {
        name: "a SYN-ACK of a simultaneous open takes a new number",
        of: "simultaneous-open",
        breaks: "hs-sim-open",
        and: &[],
        apply: |steps| {
            let at = nth(steps, "S.", 0);
            steps[at].seq = steps[at].seq + 5000;
            at
        },
    },
];
