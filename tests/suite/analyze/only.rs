//! `--only` shows some connections and says how many it left out; nothing is judged or counted otherwise.

use super::input::{BROKEN, CLEAN, Input};
use super::{Ended, Place, command};
use serde_json::Value;
use std::path::Path;
use synfin::packet::LinkType;
use synfin::timestamp::Elapsed;

/// A SYN that nothing answers.
const UNANSWERED: &str = include_str!("../../traces/open/unanswered.trace");
/// A connection of which no opening was captured, only its close.
const MIDSTREAM: &str = include_str!("../../traces/midstream/starts-within-the-data.trace");

fn file(place: &Place) -> std::path::PathBuf {
    let later = |seconds| Elapsed::from_secs(seconds);
    let input = Input::new(LinkType(1))
        .trace(CLEAN, 1001, later(0))
        .trace(BROKEN, 1002, later(10))
        .trace(UNANSWERED, 1003, later(20))
        .trace(MIDSTREAM, 1004, later(30));
    place.file("four.pcapng", &input.octets())
}

fn only(file: &Path, what: &[&str]) -> Ended {
    let output = command().arg(file).args(["--format", "jsonl"]).args(what).output().expect("it runs");
    Ended::from(output)
}

fn connections(objects: &[Value]) -> Vec<Value> {
    objects.iter().filter(|it| it["type"] == "connection").cloned().collect()
}

#[test]
fn what_is_shown_is_as_without_and_what_is_left_out_is_counted() {
    let place = Place::new();
    let file = file(&place);
    let all = only(&file, &[]);
    let whole = all.objects();
    let numbers = |wanted: &[u64]| -> Vec<Value> {
        connections(&whole).into_iter().filter(|it| wanted.iter().any(|number| it["conn"] == *number)).collect()
    };
    assert_eq!(connections(&whole).len(), 4);
    for (what, wanted) in [("handshakes", &[1, 2, 3][..]), ("closes", &[1, 2, 4]), ("findings", &[2])] {
        let some = only(&file, &["--only", what]);
        let objects = some.objects();
        assert!(connections(&objects) == numbers(wanted), "{what}: {}", some.stdout);
        assert_eq!(some.code, all.code, "{what}: the exit code is that of all");
        let (mut capture, before) = (objects.last().cloned().expect("a capture"), whole.last().expect("a capture"));
        let left_out = capture.as_object_mut().and_then(|it| it.remove("left_out"));
        assert_eq!(left_out, Some(Value::from(4 - wanted.len())), "{what}");
        assert_eq!(&capture, before, "{what}: the counts are those of all");
    }
}

#[test]
fn a_table_of_nothing_does_not_say_that_there_was_nothing() {
    let place = Place::new();
    let clean = place.file("clean.pcapng", &Input::new(LinkType(1)).trace(CLEAN, 1001, Elapsed::from_secs(0)).octets());
    let ended = Ended::from(command().arg(&clean).args(["--only", "findings"]).output().expect("it runs"));
    assert!(!ended.stdout.contains("no TCP connections"), "{}", ended.stdout);
    assert!(ended.stdout.contains("1 connection is left out by --only"), "{}", ended.stdout);
    assert_eq!(ended.code, Some(0));
}
