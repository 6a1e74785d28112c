//! `synfin run` through the binary: what a command says on a loopback of its own, its exit code, its signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use serde_json::Value;

use crate::demo::stage::{self, Rights};
use crate::said::{objects, of_type, text, unless_refused};
use crate::skip::skip;
use crate::start::{synfin, synfin_with_signals};

/// Two clients of one server, both ended before it; a shell finds `synfin` where this test's is.
const TALK: &str = "synfin peer tcp-server 127.0.0.1:7000 --count 1 --hold 200 2>&1 >/dev/null | \
                    { read listening; synfin peer tcp-client 127.0.0.1:7000; cat >/dev/null; }";

/// `synfin run`.
fn run(arguments: &[&str]) -> Command {
    let mut command = synfin_with_signals();
    command.arg("run").args(arguments).env("LC_ALL", "C.UTF-8");
    command
}

/// What it printed; `None` where no namespace may be made.
fn ran(test: &str, arguments: &[&str]) -> Option<Output> {
    unless_refused(test, run(arguments).output().expect("the binary starts"))
}

#[test]
fn a_client_and_a_server_are_judged_and_standard_output_is_for_objects_alone() {
    let test = "a_client_and_a_server_are_judged_and_standard_output_is_for_objects_alone";
    let Some(output) = ran(test, &["--format", "jsonl", "--", "sh", "-c", TALK]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let all = objects(&output);
    let connections = of_type(&all, "connection");
    assert_eq!(connections.len(), 1, "{all:?}");
    assert_eq!(connections[0]["handshake"]["verdict"], "holds");
    assert_eq!(connections[0]["close"]["verdict"], "holds");
    let command = of_type(&all, "run")[0];
    assert_eq!((&command["code"], &command["net"]), (&0.into(), &"private".into()));
    // What the client printed went the other way.
    assert!(text(&output.stderr).contains("127.0.0.1:7000"), "{}", text(&output.stderr));
}

#[test]
fn the_page_comes_after_what_the_command_prints_in_both_languages() {
    let test = "the_page_comes_after_what_the_command_prints_in_both_languages";
    for (lang, said) in [("en", "echo hello: ended with code 0"), ("zh", "echo hello：结束，退出码 0")] {
        let Some(output) = ran(test, &["--lang", lang, "--", "echo", "hello"]) else { return };
        let shown = text(&output.stdout);
        assert!(shown.starts_with("hello\n") && shown.contains(said), "{shown}");
    }
}

#[test]
fn the_exit_code_is_the_commands_own() {
    let test = "the_exit_code_is_the_commands_own";
    for (code, words) in [
        (0, &["true"][..]),
        (7, &["sh", "-c", "exit 7"]),
        (137, &["sh", "-c", "kill -9 $$"]),
        (127, &["no-such-command"]),
        (126, &["/"]),
    ] {
        let Some(output) = ran(test, &[&["--"], words].concat()) else { return };
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", text(&output.stderr));
    }
    let Some(output) = ran(test, &["--", "no-such-command"]) else { return };
    let wanted = "synfin: cannot run \"no-such-command\": no such file or directory; name a program of PATH, or one with \
                  its path\n";
    assert_eq!(text(&output.stderr), wanted);
}

/// A segment with SYN and FIN, which only a raw socket sends.
const ODD: &str = "socket(S, PF_INET, SOCK_RAW, 6) or die $!; \
                   send(S, pack('H*', '00010002000000050000000050030000b1d70000'), 0, sockaddr_in(0, inet_aton('127.0.0.1')))";

#[test]
fn findings_make_it_one_and_a_code_of_the_command_does_not_hide_them() {
    let test = "findings_make_it_one_and_a_code_of_the_command_does_not_hide_them";
    if !geteuid().is_root() {
        return skip(test, "only root has raw sockets");
    }
    for (threshold, end, code) in
        [("anomaly", "", 1), ("anomaly", "; exit 5", 1), ("never", "; exit 5", 5), ("never", "", 0)]
    {
        let program = format!("{ODD}{end}");
        let words = ["--fail-on", threshold, "--format", "jsonl", "--", "perl", "-MSocket", "-e", &program];
        let Some(output) = ran(test, &words) else { return };
        let all = objects(&output);
        assert_eq!(of_type(&all, "connection")[0]["findings"][0]["rule"], "hdr-flags-impossible", "{all:?}");
        assert_eq!(output.status.code(), Some(code), "{threshold} {end}");
    }
}

#[test]
fn a_signal_reaches_the_command_and_the_report_still_comes() {
    let program = "trap 'echo caught; exit 3' INT; echo ready; read x; echo not reached";
    let mut command = run(&["--width", "200", "--", "sh", "-c", program]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    stdout.read_line(&mut first).expect("a line");
    if first.is_empty() {
        let output = child.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert!(said.contains("cannot make a network namespace"), "{said}");
        return skip("a_signal_reaches_the_command_and_the_report_still_comes", said.trim());
    }
    assert_eq!(first, "ready\n");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).expect("it runs");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(3), "{rest}");
    assert!(rest.starts_with("caught\n") && rest.contains("ended with code 3"), "{rest}");
}

#[test]
fn a_command_that_is_asked_twice_ends_by_what_it_does_not_ignore() {
    let mut command =
        run(&["--width", "200", "--", "sh", "-c", "trap '' TERM; echo ready; while read x; do :; done; sleep 600"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut first = String::new();
    stdout.read_line(&mut first).expect("a line");
    if first.is_empty() {
        child.wait().expect("it ends");
        return skip("a_command_that_is_asked_twice_ends_by_what_it_does_not_ignore", "no namespace may be made here");
    }
    let mut input = child.stdin.take().expect("a pipe");
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        kill(Pid::from_raw(child.id().cast_signed()), signal).expect("it runs");
    }
    // SIGINT, which the shell does not ignore, has ended it.
    let _it_may_be_gone = input.write_all(b"on\n");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains("ended by SIGINT"), "{rest}");
}

#[test]
fn nobody_runs_a_command_as_nobody() {
    let test = "nobody_runs_a_command_as_nobody";
    let words = ["run", "--lang", "en", "--", "/usr/bin/id", "-u"];
    let Some(output) = stage::as_nobody(test, &words, Rights::All) else { return };
    let said = text(&output.stderr);
    if said.contains("cannot make a network namespace") {
        return skip(test, said.trim());
    }
    assert_eq!(output.status.code(), Some(0), "{said}");
    if geteuid().is_root() {
        assert!(text(&output.stdout).starts_with("65534\n"), "{}", text(&output.stdout));
    }
    let Some(refused) = stage::as_nobody(test, &words, Rights::NoNamespaces) else { return };
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--net host -i IF"), "{}", text(&refused.stderr));
}

/// Within a network of the test's own, so that "host" is never this machine's.
#[test]
fn on_a_shared_network_only_the_commands_own_connections_are_kept() {
    let test = "on_a_shared_network_only_the_commands_own_connections_are_kept";
    let shared = "synfin peer tcp-server 127.0.0.1:7000 --count 2 --hold 400 2>&1 >/dev/null | { read listening; \
                  synfin run --net host -i lo --format jsonl -- sh -c 'synfin peer tcp-client 127.0.0.1:7000' & \
                  synfin peer tcp-client 127.0.0.1:7000 >/dev/null; wait; cat >/dev/null; }";
    let Some(output) = ran(test, &["--", "sh", "-c", shared]) else { return };
    let shown = text(&output.stdout);
    let inner: Vec<Value> = shown.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let kept = &of_type(&inner, "run").first().unwrap_or_else(|| panic!("{shown}{}", text(&output.stderr)))["kept"];
    assert_eq!(of_type(&inner, "connection").len(), 1, "{shown}");
    assert_eq!(kept["connections"], 1, "{kept}");
    assert!(kept["looks"].as_u64() > Some(1) && kept["longest_ns"].as_u64() > Some(0), "{kept}");
}

#[test]
fn what_does_not_go_together_is_refused_before_anything_runs() {
    for (words, said) in [
        (&["-i", "lo", "--", "true"][..], "the command has a network of its own; type --net host -i lo"),
        (&["--net", "host", "--", "true"], "wanted an interface, found no -i"),
        (&["-w", "-", "--", "true"], "the results go there; name a file"),
    ] {
        let output = run(words).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_packets_are_saved_and_read_back_the_same() {
    let test = "the_packets_are_saved_and_read_back_the_same";
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("talk.pcapng");
    let file = file.to_str().expect("UTF-8");
    let Some(output) = ran(test, &["--format", "jsonl", "-w", file, "--", "sh", "-c", TALK]) else { return };
    let read = synfin().args(["analyze", "--format", "jsonl", file]).output();
    let (mut ran, mut read) = (objects(&output), objects(&read.expect("the binary starts")));
    for object in ran.iter_mut().chain(&mut read) {
        object["file"] = Value::Null;
    }
    assert_eq!(of_type(&ran, "connection"), of_type(&read, "connection"));
}

/// Fields of /proc/PID/status, as `grep` prints them, one a line.
fn told<'t>(shown: &'t str, name: &str) -> &'t str {
    let found = shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    found.unwrap_or_else(|| panic!("no {name} in {shown}")).trim()
}

/// Asks for the rights of the thread that looks at packets: it gave them up before the command was started.
const ASK: &str = "grep -E '^(Cap|NoNewPrivs|Uid)' /proc/$PPID/status; exec 2>&1; grep -h CapEff /proc/$$/status";

#[test]
fn what_looks_at_packets_has_given_up_every_right_and_the_command_none() {
    let test = "what_looks_at_packets_has_given_up_every_right_and_the_command_none";
    let Some(output) = ran(test, &["--", "sh", "-c", ASK]) else { return };
    let shown = text(&output.stdout);
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(u64::from_str_radix(told(shown, set), 16), Ok(0), "{set}: {shown}");
    }
    assert_eq!(told(shown, "NoNewPrivs"), "1");
    let own = shown.lines().filter_map(|line| line.strip_prefix("CapEff:")).nth(1).expect("the command's").trim();
    if geteuid().is_root() {
        assert_ne!(u64::from_str_radix(own, 16), Ok(0), "the command keeps what its user has");
    }
}

/// Within a network of the test's own, so that "host" is never this machine's.
#[test]
fn the_thread_that_looks_for_the_commands_sockets_keeps_two_capabilities() {
    let test = "the_thread_that_looks_for_the_commands_sockets_keeps_two_capabilities";
    let ask = "for t in /proc/$PPID/task/*; do echo $(cat $t/comm) $(grep CapPrm $t/status) $(grep NoNewPrivs $t/status); done";
    let words = ["--", "synfin", "run", "--net", "host", "-i", "lo", "--", "sh", "-c", ask];
    let Some(output) = ran(test, &words) else { return };
    let shown = text(&output.stdout);
    let of = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {shown}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        (u64::from_str_radix(words[2], 16).expect("a set"), words[4] == "1")
    };
    assert_eq!(of("synfin"), (0, true), "{shown}");
    // CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE.
    assert_eq!(of("sockets"), (1 << 2 | 1 << 19, true), "{shown}");
}

#[test]
fn a_file_of_packets_is_the_callers_who_typed_sudo() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let test = "a_file_of_packets_is_the_callers_who_typed_sudo";
    let knows = std::fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| map.trim_end().ends_with("4294967295"));
    if !geteuid().is_root() || !knows {
        return skip(test, "only root can become somebody else");
    }
    let directory = tempfile::tempdir().expect("a directory");
    chown(directory.path(), Some(12_345), Some(12_345)).expect("root may");
    let file = directory.path().join("talk.pcapng");
    let words = ["-w", file.to_str().expect("UTF-8"), "--", "true"];
    let output = run(&words).env("SUDO_UID", "12345").env("SUDO_GID", "12345").output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let about = std::fs::metadata(&file).expect("it is there");
    assert_eq!((about.uid(), about.gid(), about.permissions().mode() & 0o7777), (12_345, 12_345, 0o600));
}
