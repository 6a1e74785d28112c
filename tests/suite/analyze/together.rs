//! Several files as one capture, and a file that is still being written.

use super::input::{CLEAN, Input};
use super::{Place, command, jsonl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use synfin::packet::LinkType;
use synfin::timestamp::Elapsed;

/// A capture of one clean connection from this port, so many seconds later than the trace says.
fn clean(port: u16, seconds: i64) -> Vec<u8> {
    Input::new(LinkType(1)).trace(CLEAN, port, Elapsed::from_secs(seconds)).octets()
}

#[test]
fn the_files_of_a_pattern_are_one_capture_in_the_order_of_time() {
    let place = Place::new();
    place.file("cap_1.pcapng", &clean(40_002, 200));
    place.file("cap_2.pcapng", &clean(40_001, 100));
    place.file("other.pcapng", &clean(40_003, 300));
    let ended = jsonl(&[&place.0.path().join("cap_?.pcapng")]);
    assert_eq!((ended.code, ended.counts()), (Some(0), (2, 1)), "{ended:?}");
    let objects = ended.objects();
    assert_eq!(objects[0]["a"], "198.51.100.1:40001", "{}", objects[0]);
    let capture = objects.last().expect("a capture");
    assert_eq!(capture["frames"]["read"], 14);
    assert!(capture["file"].as_str().expect("a name").ends_with("cap_?.pcapng"));

    let nothing = jsonl(&[&place.0.path().join("none_*")]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(2), ""));
    assert!(nothing.stderr.contains("no file has such a name"), "{nothing:?}");
}

#[test]
fn files_merge_if_asked_to() {
    let place = Place::new();
    let files = [place.file("a.pcapng", &clean(40_001, 0)), place.file("b.pcapng", &clean(40_002, 0))];
    let paths: Vec<PathBuf> = [PathBuf::from("--merge")].into_iter().chain(files).collect();
    let ended = jsonl(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!((ended.code, ended.counts()), (Some(0), (2, 1)), "{ended:?}");
}

#[test]
fn a_followed_file_is_read_until_a_signal_ends_it() {
    let place = Place::new();
    let octets = clean(40_001, 0);
    let late = clean(40_002, 10_000);
    let path = place.file("growing.pcapng", &octets);
    let mut child = command().args(["--follow", "--format", "jsonl"]).arg(&path).spawn().expect("synfin");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    // A section of its own; hours later, so that the first connection is final.
    OpenOptions::new().append(true).open(&path).expect("the file").write_all(&late).expect("written");
    let first = lines.next().expect("a line").expect("text");
    assert!(first.contains("40001"), "{first}");
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process")), Signal::SIGINT).expect("a signal");
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(rest.last().is_some_and(|line| line.contains("\"type\":\"capture\"")), "{rest:?}");
    assert_eq!(child.wait().expect("its end").code(), Some(0));
}
