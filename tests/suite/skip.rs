//! What a test says that cannot be run here: `SKIP name: reason`, on standard error, where libtest does not hold it back.
//!
//! Every test that skips does so through here, so that a search of the output finds them all.

use std::io::{self, Write};

/// The start of each such line.
const MARK: &str = "SKIP ";

/// Says that `test` did not run, or not all of it, and why.
pub fn skip(test: &str, reason: &str) {
    say(&format!("{MARK}{test}: {reason}"));
}

/// Says again what a test in a process of its own, which had this output, said that it skipped.
pub fn pass_on(output: &str) {
    output.lines().filter(|line| line.starts_with(MARK)).for_each(say);
}

fn say(line: &str) {
    // In one piece, so that no line of another test comes in between; a macro's output would be held back.
    io::stderr().write_all(format!("{line}\n").as_bytes()).expect("standard error can be written");
}
