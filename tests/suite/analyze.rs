//! `synfin analyze`, through the binary: exit codes, messages, what is on which stream, and the shape of the JSON.

mod clocks;
mod input;
mod memory;
mod only;
mod terminal;
mod together;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use synfin::packet::LinkType;
use synfin::timestamp::Elapsed;
use synfin::trace::packets::START;
use tempfile::TempDir;

use crate::start;
use input::{BROKEN, CLEAN, CLEAN_FRAMES, Input};

/// Far longer than anything here takes; only a broken test waits for it.
const LIMIT: Duration = Duration::from_secs(60);

/// Files of one test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn file(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, octets).expect("written");
        path
    }
}

/// `synfin analyze`, told nothing by the environment of the test.
fn command() -> Command {
    let mut command = start::synfin();
    command.arg("analyze").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What came of it.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |octets| String::from_utf8(octets).expect("text");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ended {
    /// The objects of a jsonl report.
    fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
    }

    /// Connections and captures in it.
    fn counts(&self) -> (usize, usize) {
        let of = |kind: &str| self.objects().iter().filter(|object| object["type"] == kind).count();
        (of("connection"), of("capture"))
    }
}

fn analyze(options: &[&str], files: &[&Path]) -> Ended {
    command().args(options).args(files).output().expect("it runs").into()
}

fn jsonl(files: &[&Path]) -> Ended {
    analyze(&["--format", "jsonl"], files)
}

fn piped(options: &[&str], octets: &[u8]) -> Ended {
    let mut child = command().args(options).arg("-").stdin(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let octets = octets.to_vec();
    let writer = thread::spawn(move || stdin.write_all(&octets));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("everything is read");
    output.into()
}

#[test]
fn what_is_clean_ends_with_0_and_says_nothing_else() {
    let place = Place::new();
    let ended = jsonl(&[&place.file("clean.pcapng", &input::of(CLEAN))]);
    assert_eq!((ended.code, ended.stderr.as_str(), ended.counts()), (Some(0), "", (1, 1)));
}

#[test]
fn a_violation_ends_with_1_unless_it_is_not_to() {
    let place = Place::new();
    let broken = place.file("broken.pcapng", &input::of(BROKEN));
    let code = |fail_on: &str| analyze(&["--format", "jsonl", "--fail-on", fail_on], &[&broken]).code;
    assert_eq!(jsonl(&[&broken]).code, Some(1));
    assert_eq!([code("violation"), code("anomaly"), code("never")], [Some(1), Some(1), Some(0)]);
}

#[test]
fn what_cannot_be_read_ends_with_2_and_the_rest_is_read() {
    let place = Place::new();
    let (clean, missing) = (place.file("clean.pcapng", &input::of(CLEAN)), place.0.path().join("missing.pcap"));
    let ended = jsonl(&[&missing, &clean]);
    let wanted = format!("synfin: cannot read {}: No such file or directory (os error 2)\n", missing.display());
    assert_eq!((ended.code, ended.stderr.clone(), ended.counts()), (Some(2), wanted, (1, 1)));

    let folder = jsonl(&[place.0.path()]);
    assert_eq!((folder.code, folder.stdout.as_str()), (Some(2), ""));
    assert!(folder.stderr.contains("Is a directory"), "{folder:?}");
}

#[test]
fn other_containers_end_with_2_and_one_line_that_helps() {
    let place = Place::new();
    let packed = place.file("a.pcap.lz", b"LZIP\x01\x0c");
    let ended = jsonl(&[&packed]);
    let name = packed.display();
    let wanted = format!(
        "synfin: {name}: unsupported: this is lzip-compressed data; run \"lzip -dc {name} | synfin analyze -\"\n"
    );
    assert_eq!((ended.code, ended.stderr, ended.stdout), (Some(2), wanted, String::new()));
}

#[test]
fn a_damaged_file_ends_with_3_and_what_is_before_the_damage_is_judged() {
    let place = Place::new();
    let mut octets = input::of(CLEAN);
    octets.truncate(octets.len() - 9);
    let ended = jsonl(&[&place.file("cut.pcapng", &octets)]);
    assert_eq!((ended.code, ended.counts(), ended.stderr.lines().count()), (Some(3), (1, 1), 1));
    assert!(ended.stderr.contains("cut.pcapng: frame 7: the file ends inside it"), "{ended:?}");
    let capture = ended.objects().pop().expect("an object");
    assert_eq!(capture["frames"]["read"], CLEAN_FRAMES - 1);
    assert_eq!(format!("synfin: {}\n", capture["damage"].as_str().expect("text")), ended.stderr);
}

#[test]
fn if_several_apply_2_comes_before_1_before_3() {
    let place = Place::new();
    let mut cut = input::of(CLEAN);
    cut.truncate(cut.len() - 9);
    let (broken, cut) = (place.file("broken.pcapng", &input::of(BROKEN)), place.file("cut.pcapng", &cut));
    let missing = place.0.path().join("missing.pcap");
    assert_eq!(jsonl(&[&cut, &broken]).code, Some(1));
    assert_eq!(jsonl(&[&broken, &cut, &missing]).code, Some(2));
    assert_eq!(jsonl(&[&missing, &cut]).code, Some(2));
    assert_eq!(analyze(&["--fail-on", "never"], &[&broken, &cut]).code, Some(3));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let place = Place::new();
    let clean = place.file("clean.pcapng", &input::of(CLEAN));
    for options in [&["--format", "xml"][..], &["--fail-on", "note"], &["--no-such-option"]] {
        let ended = analyze(options, &[&clean]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{options:?}");
    }
    assert_eq!(analyze(&[], &[]).code, Some(2));
}

#[test]
fn a_link_type_that_is_not_decoded_is_named() {
    let place = Place::new();
    let frames = |input: Input| input.frame(START, &[0; 40]).frame(START, &[0; 40]);
    let radio = place.file("radio.pcapng", &frames(Input::new(LinkType(3))).octets());
    let ended = jsonl(&[&radio]);
    let name = radio.display();
    let wanted = format!(
        "synfin: {name}: unsupported: all 2 frames are of link type 3 (AX25), not decoded here; they were counted and left; \
         record the traffic again with \"tcpdump -i any -w out.pcap\" and read that\n"
    );
    assert_eq!((ended.code, ended.stderr.clone(), ended.counts()), (Some(2), wanted, (0, 1)));
    assert_eq!(ended.objects()[0]["frames"]["undecodable"], 2);

    let mixed = frames(Input::new(LinkType(1)).trace(CLEAN, 1_024, Elapsed::from_ns(0)).interface(LinkType(147)));
    let mixed = place.file("mixed.pcapng", &mixed.octets());
    let ended = jsonl(&[&mixed]);
    let wanted = format!(
        "synfin: warning: {}: 2 of 9 frames are of link type 147 (USER0), not decoded here; they were counted and left\n",
        mixed.display()
    );
    assert_eq!((ended.code, ended.stderr.clone(), ended.counts()), (Some(0), wanted, (1, 1)));
}

#[test]
fn each_of_several_files_is_numbered_and_closed_by_itself() {
    let place = Place::new();
    let (one, two) = (place.file("one.pcapng", &input::many(3)), place.file("two.pcapng", &input::of(CLEAN)));
    let objects = jsonl(&[&one, &two]).objects();
    let told: Vec<_> = objects.iter().map(|object| (object["file"].as_str(), object["conn"].as_u64())).collect();
    let (one, two) = (one.to_str(), two.to_str());
    assert_eq!(told, [(one, Some(1)), (one, Some(2)), (one, Some(3)), (one, None), (two, Some(1)), (two, None)]);
}

#[test]
fn standard_input_gives_what_the_file_gives() {
    let place = Place::new();
    let octets = Input::new(LinkType(1)).trace(BROKEN, 1_024, Elapsed::from_ns(0)).dropped(3).octets();
    let by_name = jsonl(&[&place.file("it.pcapng", &octets)]);
    let by_pipe = piped(&["--format", "jsonl"], &octets);
    let unnamed = |ended: &Ended| {
        let mut objects = ended.objects();
        objects.iter_mut().for_each(|object| object["file"] = Value::Null);
        objects
    };
    assert_eq!((by_pipe.code, unnamed(&by_pipe)), (by_name.code, unnamed(&by_name)));
    let capture = by_pipe.objects().pop().expect("an object");
    assert_eq!((&capture["file"], &capture["lost"]["kernel"]), (&"-".into(), &3.into()));
}

#[test]
fn a_filter_leaves_what_does_not_pass_it_and_a_bad_one_is_said_once() {
    let place = Place::new();
    let file = place.file("many.pcapng", &input::many(3));
    let ended = analyze(&["--format", "jsonl", "-f", "tcp port 1025"], &[&file]);
    assert_eq!((ended.code, ended.counts()), (Some(0), (1, 1)));
    assert_eq!(ended.objects()[1]["frames"]["read"], CLEAN_FRAMES);

    let ended = analyze(&["--format", "jsonl", "-f", "tcp prot 80"], &[&file, &file]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.matches("cannot compile").count()), (Some(2), "", 1));
    assert!(ended.stderr.contains("\"tcp prot 80\""), "{ended:?}");
}

/// Keys that a report must have, whatever else it has.
const CONNECTION: [&str; 14] = [
    "schema",
    "type",
    "file",
    "conn",
    "a",
    "b",
    "opener",
    "frames",
    "handshake",
    "close",
    "states",
    "transitions",
    "equations",
    "findings",
];
const TRANSITION: [&str; 9] = ["frame", "time", "peer", "from", "to", "arc", "basis", "by", "retracted"];
const EQUATION: [&str; 7] = ["rule", "frame", "verdict", "left", "right", "text", "cite"];
const FINDING: [&str; 9] = ["rule", "severity", "verdict", "frame", "peer", "expected", "found", "why", "cite"];
const CAPTURE: [&str; 8] = ["schema", "type", "file", "frames", "lost", "undecodable", "connections", "damage"];

#[track_caller]
fn has(object: &Value, keys: &[&str]) {
    let found = object.as_object().expect("an object");
    for key in keys {
        assert!(found.contains_key(*key), "no {key:?} in {object}");
    }
}

#[test]
fn every_documented_key_is_there() {
    let place = Place::new();
    let objects = jsonl(&[&place.file("broken.pcapng", &input::of(BROKEN))]).objects();
    let [connection, capture] = objects.as_slice() else { panic!("{objects:?}") };
    has(connection, &CONNECTION);
    has(&connection["frames"], &["first", "last", "count"]);
    has(&connection["handshake"], &["kind", "verdict"]);
    has(&connection["close"], &["kind", "segments", "first", "verdict"]);
    for peer in ["a", "b"] {
        has(&connection["states"][peer], &["likely", "possible", "silent", "proven"]);
    }
    for (list, keys) in [("transitions", &TRANSITION[..]), ("equations", &EQUATION), ("findings", &FINDING)] {
        let members = connection[list].as_array().expect("a list");
        assert!(!members.is_empty(), "no {list}");
        members.iter().for_each(|member| has(member, keys));
    }
    has(capture, &CAPTURE);
    has(&capture["frames"], &["read", "analysed", "not_tcp_udp", "undecodable"]);
    has(&capture["lost"], &["kernel", "interface", "unknown"]);
    assert!(capture.get("conn").is_none());
    assert!(objects.iter().all(|object| object["schema"] == 1));
}

#[test]
fn json_is_one_array_of_the_objects_of_jsonl() {
    let place = Place::new();
    let files = [place.file("one.pcapng", &input::many(2)), place.file("two.pcapng", &input::of(BROKEN))];
    let files = files.each_ref().map(PathBuf::as_path);
    let array: Value = serde_json::from_str(&analyze(&["--format", "json"], &files).stdout).expect("JSON");
    assert_eq!(array.as_array(), Some(&jsonl(&files).objects()));

    let none = analyze(&["--format", "json"], &[Path::new("missing.pcap")]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), "[]\n"));
}

#[test]
fn colours_are_for_terminals_or_for_who_insists() {
    let place = Place::new();
    let broken = place.file("broken.pcapng", &input::of(BROKEN));
    let shown = |variables: &[(&str, &str)]| {
        let ended: Ended = command().arg(&broken).envs(variables.iter().copied()).output().expect("it runs").into();
        assert!(ended.stdout.contains("fin-stable"), "{ended:?}");
        ended.stdout.contains('\u{1b}')
    };
    assert!(!shown(&[("TERM", "xterm-256color")]));
    assert!(shown(&[("TERM", "xterm-256color"), ("CLICOLOR_FORCE", "1")]));
    assert!(!shown(&[("TERM", "xterm-256color"), ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn a_table_shows_the_worst_and_all_shows_all() {
    let place = Place::new();
    let many = place.file("many.pcapng", &input::many(250));
    let rows = |ended: &Ended| ended.stdout.lines().filter(|line| line.contains("198.51.100.1:")).count();
    let (worst, all) = (analyze(&["--width", "200"], &[&many]), analyze(&["--width", "200", "--all"], &[&many]));
    assert_eq!([rows(&worst), rows(&all)], [200, 250], "{}", worst.stdout);
    assert!(worst.stdout.contains("50 more connections are not shown"), "{}", worst.stdout);
}

#[test]
fn what_is_final_is_told_while_the_input_is_still_open() {
    for options in [&["--format", "jsonl"][..], &["--all"]] {
        let mut child = command().args(options).arg("-").stdin(Stdio::piped()).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.take().expect("a pipe");
        let later = Elapsed::from_ns(300 * 1_000_000_000);
        let none = Elapsed::from_ns(0);
        let octets = Input::new(LinkType(1)).trace(CLEAN, 1_024, none).trace(CLEAN, 1_025, later).octets();
        stdin.write_all(&octets).expect("it reads");
        let (told, heard) = channel();
        let reader = thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            // The test may have stopped listening; the rest is read all the same.
            let _gone = lines.by_ref().find(|line| line.contains("198.51.100.1:1024")).map(|line| told.send(line));
            lines.count()
        });
        let first = heard.recv_timeout(LIMIT);
        drop(stdin);
        assert!(first.is_ok(), "nothing of the first connection with {options:?}");
        assert!(reader.join().expect("no panic") > 0);
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    }
}

#[test]
fn a_reader_that_goes_ends_it_well_though_the_input_goes_on() {
    for options in [&["--format", "jsonl"][..], &["--all"]] {
        let mut child = command().args(options).arg("-").stdin(Stdio::piped()).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        drop(child.stdout.take());
        // It must end though its input never does: from some write on it no longer listens.
        let mut later = 0;
        loop {
            let octets = Input::new(LinkType(1)).trace(CLEAN, 1_024, Elapsed::from_ns(later)).octets();
            if stdin.write_all(&octets).is_err() {
                break;
            }
            later += 300 * 1_000_000_000;
            assert!(later < 100_000 * 300 * 1_000_000_000, "it reads on though nobody listens");
        }
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""), "{options:?}");
    }
}
