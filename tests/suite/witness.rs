//! `--witness` through the binary: the kernel's own record beside what a capture shows. It needs root.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use nix::unistd::geteuid;
use serde_json::Value;

use crate::demo::stage::{self, Rights};
use crate::said::text;
use crate::skip::skip;
use crate::start::{synfin, synfin_with_signals};

fn ran(arguments: &[&str]) -> Output {
    synfin().args(arguments).env("LC_ALL", "C.UTF-8").output().expect("the binary starts")
}

/// Results of a command that hears the kernel; `None` where it may not.
fn heard(test: &str, arguments: &[&str]) -> Option<Vec<Value>> {
    if !geteuid().is_root() {
        skip(test, "only root hears the kernel");
        return None;
    }
    let output = ran(arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains("had no room"), "{said}");
    let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    Some(text(&output.stdout).lines().filter(|line| line.starts_with('{')).map(read).collect())
}

fn connections(objects: &[Value]) -> Vec<&Value> {
    objects.iter().filter(|object| object["type"] == "connection").collect()
}

/// The kernel's word on each move that stands.
fn words(connection: &Value) -> Vec<&str> {
    let rows = connection["transitions"].as_array().expect("rows").iter().filter(|row| row["retracted"].is_null());
    rows.map(|row| row["kernel"]["word"].as_str().unwrap_or("nothing")).collect()
}

#[test]
fn the_kernel_agrees_with_every_row_of_the_demo() {
    let test = "the_kernel_agrees_with_every_row_of_the_demo";
    for (scenario, moves) in
        [("client-closes", 10), ("merged", 9), ("server-closes", 10), ("half-close", 10), ("refused", 3), ("reset", 6)]
    {
        let arguments = ["demo", "tcp", "--scenario", scenario, "--witness", "--format", "jsonl"];
        let Some(all) = heard(test, &arguments) else { return };
        let connection = connections(&all)[0];
        let words = words(connection);
        // A request is no socket: SYN-RECEIVED is told once it is over. A loaded machine may be late for everything else.
        let agrees = |word: &&str| ["agrees", "told-late", "earlier"].contains(word);
        assert!(words.iter().all(agrees), "{scenario}: {words:?} {connection}");
        assert!(words.len() >= moves - 1, "{scenario}: {words:?}");
        assert_eq!(connection["witness"]["processes"]["a"]["name"], "synfin", "{}", connection["witness"]);
    }
}

#[test]
fn every_rst_has_its_kernels_reason() {
    let test = "every_rst_has_its_kernels_reason";
    for (scenario, sender, reason) in [("refused", "b", "NO_SOCKET"), ("reset", "a", "TCP_STATE")] {
        let arguments = ["demo", "tcp", "--scenario", scenario, "--witness", "--format", "jsonl"];
        let Some(all) = heard(test, &arguments) else { return };
        let rst = &connections(&all)[0]["witness"]["resets"][0];
        assert_eq!((&rst["peer"], &rst["taken"]), (&sender.into(), &true.into()), "{rst}");
        // The names are this kernel's; on others the same reason may be called otherwise.
        assert!(rst["reason"].as_str().is_some_and(|name| !name.is_empty()), "{rst}, on Linux 6.18 {reason}");
    }
}

#[test]
fn the_page_says_so_in_both_languages() {
    let test = "the_page_says_so_in_both_languages";
    if !geteuid().is_root() {
        return skip(test, "only root hears the kernel");
    }
    for (lang, width, said) in [
        ("en", "80", "kernel agrees ("),
        ("en", "160", "kernel agrees ("),
        ("zh", "80", "内核同意（"),
        ("zh", "160", "内核同意（"),
    ] {
        let output = ran(&["demo", "tcp", "--witness", "--lang", lang, "--width", width]);
        let shown = text(&output.stdout);
        assert!(shown.matches(said).count() >= 9, "{shown}");
        assert!(!shown.contains("kernel disagrees") && !shown.contains("内核不同意"), "{shown}");
    }
}

#[test]
fn a_command_and_a_live_capture_name_the_processes_of_both_ends() {
    let test = "a_command_and_a_live_capture_name_the_processes_of_both_ends";
    let talk = "synfin peer tcp-server 127.0.0.1:7000 --count 1 --hold 200 2>&1 >/dev/null | \
                { read listening; synfin peer tcp-client 127.0.0.1:7000 >/dev/null; cat >/dev/null; }";
    let Some(all) = heard(test, &["run", "--witness", "--format", "jsonl", "--", "sh", "-c", talk]) else { return };
    let connection = connections(&all)[0];
    let processes = &connection["witness"]["processes"];
    assert_eq!((&processes["a"]["name"], &processes["b"]["name"]), (&"synfin".into(), &"synfin".into()));
    assert_ne!(processes["a"]["pid"], processes["b"]["pid"]);
    assert!(words(connection).iter().all(|word| ["agrees", "told-late", "earlier"].contains(word)), "{connection}");

    // The capture is open once it says so.
    let live = format!(
        "mkfifo said; synfin live -i lo --witness --lang en --width 200 2>said >shown & L=$!; exec 3<said; \
         read capturing <&3; {talk}; kill -TERM $L; wait $L; cat shown"
    );
    let directory = tempfile::tempdir().expect("a directory");
    let live = format!("cd {} && {live}", directory.path().display());
    let output = ran(&["run", "--", "sh", "-c", &live]);
    let shown = text(&output.stdout);
    assert!(shown.contains("SYN-SENT, opens actively, sends SYN (frame 1), kernel agrees ("), "{shown}");
    assert!(shown.contains("is a socket of synfin, process "), "{shown}");
}

#[test]
fn who_is_not_root_is_told_what_is_missing() {
    let test = "who_is_not_root_is_told_what_is_missing";
    for verb in [&["demo", "--witness"][..], &["run", "--witness", "--", "true"], &["live", "-i", "lo", "--witness"]] {
        let Some(output) = stage::as_nobody(test, verb, Rights::All) else { return };
        if !geteuid().is_root() {
            assert!(text(&output.stderr).contains("wanted root"), "{verb:?}");
            continue;
        }
        assert_eq!(output.status.code(), Some(2), "{verb:?}: {}", text(&output.stderr));
        let wanted =
            "cannot hear the kernel: wanted root, found user 65534; type sudo before it, or leave out --witness";
        assert!(text(&output.stderr).contains(wanted), "{verb:?}: {}", text(&output.stderr));
    }
}

/// Only the thread that hears the kernel has rights: it puts back what it changed.
#[test]
fn a_live_capture_that_hears_the_kernel_looks_at_packets_without_any_right() {
    let test = "a_live_capture_that_hears_the_kernel_looks_at_packets_without_any_right";
    if !geteuid().is_root() {
        return skip(test, "only root hears the kernel");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let ask = "grep -E '^(Cap|NoNewPrivs)' /proc/$L/status; for t in /proc/$L/task/*; do echo $(cat $t/comm) $(grep CapPrm $t/status); done";
    let live = format!(
        "cd {} && mkfifo said; SUDO_UID=12345 SUDO_GID=12345 synfin live -i lo --witness 2>said >shown & L=$!; \
         exec 3<said; read capturing <&3; {ask}; kill -TERM $L; wait $L; echo code $?",
        directory.path().display()
    );
    let output = ran(&["run", "--", "sh", "-c", &live]);
    let shown = text(&output.stdout);
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert!(shown.contains(&format!("{set}:\t0000000000000000\n")), "{set}: {shown}");
    }
    assert!(shown.contains("NoNewPrivs:\t1\n") && shown.contains("code 0\n"), "{shown}{}", text(&output.stderr));
    let hears = shown.lines().find(|line| line.starts_with("witness ")).expect("the thread that hears");
    assert!(!hears.ends_with("0000000000000000"), "{shown}");
}

/// What the kernel has of trace instances that this process made.
fn instances(of: u32) -> Vec<String> {
    let list = "mount -t tracefs none /sys/kernel/tracing && ls /sys/kernel/tracing/instances";
    let output = Command::new("unshare").args(["-m", "sh", "-c", list]).output().expect("util-linux is there");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let own = format!("synfin-{of}-");
    text(&output.stdout).lines().filter(|name| name.starts_with(&own)).map(str::to_owned).collect()
}

/// The processes whose command line names this.
fn naming(what: &str) -> Vec<String> {
    let named = |pid: &String| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(what)
    };
    let entries = std::fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    pids.filter(|name| name.parse::<u32>().is_ok()).filter(named).collect()
}

#[test]
fn a_witness_that_is_killed_leaves_no_trace_instance() {
    let test = "a_witness_that_is_killed_leaves_no_trace_instance";
    if !geteuid().is_root() {
        return skip(test, "only root hears the kernel");
    }
    // What it runs ends with its input, which is this process's end of a pipe.
    let mut command = synfin_with_signals();
    command.args(["run", "--witness", "--", "sh", "-c", "echo started >&2; exec cat"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    assert!(said.any(|line| line.expect("a line") == "started"), "it says nothing");
    let made = instances(child.id());
    assert_eq!(made.len(), 1, "{made:?}");
    let guards = naming(&made[0]);
    assert_eq!(guards.len(), 1, "one shell waits to clean up");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    // tail(1) ends when that shell has.
    let watch = format!("--pid={}", guards[0]);
    let watched = Command::new("tail").args([&watch, "-f", "/dev/null"]).status().expect("coreutils are there");
    assert!(watched.success());
    assert_eq!(instances(child.id()), Vec::<String>::new());
}
