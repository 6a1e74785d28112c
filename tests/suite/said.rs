//! What the binary said, as tests read it: its text, the objects of JSON lines, and that it may make no namespace here.

use serde_json::Value;
use std::process::Output;

use crate::skip::skip;

/// What it wrote, which is UTF-8 always.
pub fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).expect("UTF-8")
}

/// Every line of standard output, each of which must be one JSON object.
pub fn objects(output: &Output) -> Vec<Value> {
    let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text(&output.stdout).lines().map(read).collect()
}

/// Those of one type.
pub fn of_type<'o>(objects: &'o [Value], kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["type"] == kind).collect()
}

/// The output, unless no network namespace may be made here, which skips the test.
pub fn unless_refused(test: &str, output: Output) -> Option<Output> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if let Some(refusal) = said.lines().find(|line| line.contains("cannot make a network namespace")) {
        skip(test, refusal);
        return None;
    }
    Some(output)
}
