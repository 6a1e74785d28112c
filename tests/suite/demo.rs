//! `synfin demo` through the binary: every scenario judged as it was played, both languages, and every fallback.
//!
//! Each run plays in a network namespace of its own, or in one that the test made; where none may be made the test says SKIP.

pub mod stage;

use serde_json::Value;
use std::process::{Command, Output};
use unicode_width::UnicodeWidthStr;

use crate::said::{objects, of_type, text, unless_refused};
use crate::skip::skip;
use crate::start::synfin;
use stage::Rights;

fn demo(args: &[&str]) -> Command {
    let mut command = synfin();
    command.arg("demo").args(args).env("LC_ALL", "C.UTF-8");
    command
}

/// Runs a demo in its own namespace; `None` where there is none.
fn played(test: &str, args: &[&str]) -> Option<Output> {
    let output = unless_refused(test, demo(args).output().expect("the binary starts"))?;
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
    Some(output)
}

#[test]
fn every_scenario_is_judged_as_it_was_played() {
    let test = "every_scenario_is_judged_as_it_was_played";
    for (scenario, handshake, close, first) in [
        ("client-closes", "three-way", "normal", "a"),
        ("merged", "three-way", "normal", "a"),
        ("server-closes", "three-way", "normal", "b"),
        ("half-close", "three-way", "normal", "a"),
        ("refused", "refused", "none", ""),
        ("reset", "three-way", "reset", "a"),
    ] {
        let Some(output) = played(test, &["tcp", "--scenario", scenario, "--format", "jsonl"]) else { return };
        let all = objects(&output);
        assert_eq!(all.len(), 2, "{scenario}: {all:?}");
        let (connection, capture) = (&all[0], &all[1]);
        assert_eq!((&connection["type"], &capture["type"]), (&"connection".into(), &"capture".into()));
        assert_eq!(connection["opener"], "a");
        assert_eq!(
            (&connection["handshake"]["kind"], &connection["handshake"]["verdict"]),
            (&handshake.into(), &"holds".into()),
            "{scenario}"
        );
        assert_eq!(connection["close"]["kind"], close, "{scenario}: {connection}");
        if !first.is_empty() {
            assert_eq!(
                (&connection["close"]["first"], &connection["close"]["verdict"]),
                (&first.into(), &"holds".into()),
                "{scenario}"
            );
        }
        let frames = &connection["close"]["frames"];
        match (scenario, &connection["close"]["segments"]) {
            ("merged", segments) => {
                // A server that was not let run for 40 ms acknowledges before it closes: then another frame did it.
                let merged = frames[1] == frames[2];
                assert_eq!(segments, if merged { 3 } else { 4 }, "{connection}");
            }
            ("refused" | "reset", segments) => assert_eq!(segments, &Value::Null),
            (_, segments) => assert!(*segments == 4 && frames[1] != frames[2], "{scenario}: {connection}"),
        }
        let broken = |finding: &&Value| finding["verdict"] == "broken";
        assert_eq!(connection["findings"].as_array().expect("findings").iter().find(broken), None);
        assert_eq!(capture["lost"]["kernel"], 0);
        assert_eq!(capture["frames"]["read"], connection["frames"]["count"]);
    }
}

#[test]
fn each_backend_and_each_ip_version_shows_all_three_acts() {
    let test = "each_backend_and_each_ip_version_shows_all_three_acts";
    for args in [&["--backend", "pcap"], &["--backend", "raw"], &["-6", "--unfold"]] {
        let Some(output) = played(test, &[&["all", "--format", "json"], args.as_slice()].concat()) else { return };
        let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("one JSON array");
        judged_all(&all);
    }
}

/// Two connections, two conversations of which one was refused, one capture.
fn judged_all(all: &[Value]) {
    let connections = of_type(all, "connection");
    assert_eq!(connections.len(), 2, "{all:?}");
    assert!(connections.iter().all(|connection| connection["close"]["verdict"] == "holds"));
    let conversations = of_type(all, "datagrams");
    let refused: Vec<_> = conversations.iter().map(|it| !it["port_unreachable"].is_null()).collect();
    assert_eq!(refused, [false, true], "{all:?}");
    assert_eq!(of_type(all, "capture").len(), 1);
}

#[test]
fn the_file_arrives_whole_and_both_sides_say_its_checksum() {
    let test = "the_file_arrives_whole_and_both_sides_say_its_checksum";
    let Some(output) = played(test, &["file", "--lang", "en", "--width", "120"]) else { return };
    let shown = text(&output.stdout);
    assert!(shown.contains("picture.png arrived whole, 8000 octets"), "{shown}");
    let line = shown.lines().find_map(|line| line.trim().strip_prefix("SHA-256 ")).expect("a checksum");
    assert!(line.len() == 64 && line.bytes().all(|digit| digit.is_ascii_hexdigit()), "{line}");
    let Some(output) = played(test, &["file", "--format", "jsonl"]) else { return };
    assert!(text(&output.stderr).contains(line), "the same file has the same checksum");
}

#[test]
fn every_page_fits_and_nobody_panics() {
    let test = "every_page_fits_and_nobody_panics";
    for what in ["all", "tcp", "udp", "file"] {
        for lang in ["en", "zh"] {
            for width in ["80", "160"] {
                let Some(output) = played(test, &[what, "--lang", lang, "--width", width]) else { return };
                let limit: usize = width.parse().expect("a number");
                let shown = text(&output.stdout);
                let wide = shown.lines().find(|line| line.width() > limit);
                assert_eq!(wide, None, "{what} {lang} {width}");
                assert!(shown.lines().count() > 10 && !shown.contains("demo-"), "{shown}");
                assert_eq!(text(&output.stderr), "", "{what} {lang} {width}");
            }
        }
    }
}

#[test]
fn what_was_saved_is_judged_the_same() {
    let test = "what_was_saved_is_judged_the_same";
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("saved.pcapng");
    let name = file.to_str().expect("a plain name");
    let Some(output) = played(test, &["tcp", "--format", "jsonl", "-w", name]) else { return };
    let mut live = objects(&output);
    let analyzed = synfin().args(["analyze", "--format", "jsonl", name]).output();
    let mut saved = objects(&analyzed.expect("the binary starts"));
    for object in live.iter_mut().chain(&mut saved) {
        object["file"] = Value::Null;
    }
    assert_eq!(live, saved);
}

#[test]
fn nobody_without_an_environment_in_a_directory_it_cannot_write_sees_it_all() {
    let test = "nobody_without_an_environment_in_a_directory_it_cannot_write_sees_it_all";
    let Some(output) = stage::as_nobody(test, &["demo", "--format", "json"], Rights::All) else { return };
    let said = text(&output.stderr);
    if said.contains("cannot make a network namespace") {
        return skip(test, said.trim());
    }
    assert_eq!(output.status.code(), Some(0), "{said}");
    judged_all(&serde_json::from_slice::<Vec<Value>>(&output.stdout).expect("one JSON array"));
}

#[test]
fn without_a_namespace_of_its_own_the_loopback_is_captured_through_a_filter() {
    let test = "without_a_namespace_of_its_own_the_loopback_is_captured_through_a_filter";
    for (version, rights) in
        [(&[][..], Rights::NoNamespaces), (&["-6"], Rights::NoNamespaces), (&[], Rights::Stranding)]
    {
        let args = [&["demo"], version, &["--format", "json", "--lang", "en"]].concat();
        let Some(output) = stage::as_nobody(test, &args, rights) else { return };
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("trying this machine's own loopback instead"), "{said}");
        let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("one JSON array");
        judged_all(&all);
        assert_eq!(of_type(&all, "capture")[0]["file"], "lo");
    }
}

#[test]
fn without_any_right_the_recorded_capture_is_shown_and_said_to_be_one() {
    let test = "without_any_right_the_recorded_capture_is_shown_and_said_to_be_one";
    let Some(output) = stage::as_nobody(test, &["demo", "--lang", "en"], Rights::None) else { return };
    let (shown, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("cannot capture: permission denied") && said.contains("sudo"), "{said}");
    assert!(shown.starts_with("RECORDED: these packets are not from this run."), "{shown}");
    // The programs ran all the same.
    assert!(shown.contains("picture.png arrived whole"), "{shown}");

    let saving = stage::as_nobody(test, &["demo", "tcp", "-w", "/saved.pcapng", "--lang", "en"], Rights::None);
    let Some(output) = saving else { return };
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nothing was saved in /saved.pcapng"), "{}", text(&output.stderr));
}

#[test]
fn what_makes_no_sense_is_said_and_nothing_is_played() {
    for (args, said) in [
        (&["udp", "--scenario", "merged"][..], "type `synfin demo tcp --scenario merged`"),
        (&["tcp", "-w", "-"], "cannot save the packets on standard output"),
        (&["tcp", "-w", "/no/such/directory/it.pcapng"], "cannot save the packets in /no/such/directory/it.pcapng"),
        (&["tcp", "--scenario", "four"], "possible values: client-closes, merged"),
    ] {
        let output = demo(args).args(["--lang", "en"]).output().expect("the binary starts");
        let stderr = text(&output.stderr);
        // Where nothing may be captured, nothing is saved anywhere, and that is said first.
        assert!(stderr.contains(said) || stderr.contains("nothing was saved"), "{args:?}: {stderr}");
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    }
}
