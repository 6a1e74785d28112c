//! What a capture may still do once it is open, and whose the files are that it writes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::Signal;
use synfin::capture::Source;
use synfin::capture::file::open;

use super::{BACKENDS, synfin};
use crate::live::{stage, traffic};
use crate::peers::Running;

/// A user and group who called sudo.
const CALLER: u32 = 12_345;

/// What /proc tells of a process: everything after the name of the field, words apart by single spaces.
fn status(running: &Running, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{}/status", running.id())).expect("the process is there");
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    found.expect("the kernel tells").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn holds_nothing(running: &Running) {
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(u64::from_str_radix(&status(running, set), 16), Ok(0), "{set}");
    }
    assert_eq!(status(running, "NoNewPrivs"), "1");
}

/// Whether this is a namespace in which root can become somebody else.
fn knows_all_users() -> bool {
    fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| map.split_whitespace().last() == Some("4294967295"))
}

/// A directory of the caller's.
pub(super) fn place() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    if knows_all_users() {
        chown(directory.path(), Some(CALLER), Some(CALLER)).unwrap();
    }
    directory
}

pub(super) fn by_sudo(args: &[&str]) -> Command {
    let mut command = synfin(["live", "-i", "lo"].iter().chain(args).copied());
    command.env("SUDO_UID", CALLER.to_string()).env("SUDO_GID", CALLER.to_string());
    command
}

pub(super) fn begun(command: &mut Command) -> Running {
    let running = Running::of(command);
    assert!(running.note().starts_with("capturing on lo"));
    running
}

#[track_caller]
fn are_the_callers_alone(directory: &Path, names: &[&str]) {
    let mut found: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert_eq!(found, names.iter().map(|name| directory.join(name)).collect::<Vec<_>>());
    for path in found {
        let about = fs::metadata(&path).unwrap();
        assert_eq!(about.permissions().mode() & 0o7777, 0o600, "{}", path.display());
        let owner = if knows_all_users() { CALLER } else { 0 };
        assert_eq!((about.uid(), about.gid()), (owner, owner), "{}", path.display());
    }
}

#[test]
fn a_capture_by_sudo_becomes_its_caller_and_so_do_its_files() {
    let name = "live_command::privileges::a_capture_by_sudo_becomes_its_caller_and_so_do_its_files";
    stage::in_namespace(name, || {
        for backend in BACKENDS {
            let directory = place();
            let path = directory.path().join("saved.pcapng");
            let running = begun(&mut by_sudo(&["--backend", backend, "-w", path.to_str().unwrap()]));
            holds_nothing(&running);
            if knows_all_users() {
                let four = vec![CALLER.to_string(); 4].join(" ");
                assert_eq!((status(&running, "Uid"), status(&running, "Gid")), (four.clone(), four), "{backend}");
                assert_eq!(status(&running, "Groups"), CALLER.to_string(), "{backend}");
            }
            traffic::exchange();
            running.signal(Signal::SIGINT);
            running.end().succeeded();
            are_the_callers_alone(directory.path(), &["saved.pcapng"]);
            assert!(frames(&path) > 10, "{backend}");
        }
    });
}

#[test]
fn root_itself_becomes_nobody_unless_it_writes_files() {
    stage::in_namespace("live_command::privileges::root_itself_becomes_nobody_unless_it_writes_files", || {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("saved.pcapng");
        for (args, wanted) in [(&[][..], 65_534), (&["-w", path.to_str().unwrap()], 0)] {
            let mut command = synfin(["live", "-i", "lo"].iter().chain(args).copied());
            let running = begun(command.env_remove("SUDO_UID").env_remove("SUDO_GID"));
            holds_nothing(&running);
            let wanted = if knows_all_users() { wanted } else { 0 };
            assert_eq!(status(&running, "Uid"), vec![wanted.to_string(); 4].join(" "));
            running.signal(Signal::SIGINT);
            running.end().succeeded();
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    });
}

#[test]
fn what_the_caller_may_not_write_is_not_written() {
    stage::in_namespace("live_command::privileges::what_the_caller_may_not_write_is_not_written", || {
        if !knows_all_users() {
            return crate::skip::skip(
                "what_the_caller_may_not_write_is_not_written",
                "no other user in this namespace",
            );
        }
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = directory.path().join("root's.pcapng");
        let ended = Running::of(&mut by_sudo(&["-w", path.to_str().unwrap()])).end();
        ended.failed_with("Permission denied (os error 13), as user 12345; name another file with -w");
        assert!(!path.exists());
    });
}

#[test]
fn files_that_take_turns_are_compressed_and_are_the_callers_too() {
    let name = "live_command::privileges::files_that_take_turns_are_compressed_and_are_the_callers_too";
    stage::in_namespace(name, || {
        let directory = place();
        let path = directory.path().join("a.pcapng");
        let running = begun(&mut by_sudo(&["-C", "1", "--compress", "-w", path.to_str().unwrap()]));
        // Some 50 kB each, as the loopback sends them.
        for _ in 0..45 {
            traffic::exchange();
        }
        running.signal(Signal::SIGINT);
        running.end().succeeded();
        let names = ["a.pcapng.gz", "a.pcapng1.gz", "a.pcapng2.gz"];
        are_the_callers_alone(directory.path(), &names);
        let read: u64 = names.iter().map(|name| frames(&directory.path().join(name))).sum();
        assert!(read > 450, "{read} frames");
    });
}

/// The frames of a file, which must be whole.
#[track_caller]
fn frames(path: &Path) -> u64 {
    let mut source = open(path).unwrap_or_else(|error| panic!("{error}"));
    let mut frames = 0;
    while let Some(packet) = source.next_packet().unwrap_or_else(|error| panic!("{error}")) {
        frames = packet.frame;
    }
    frames
}
