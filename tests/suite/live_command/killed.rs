//! A capture that is killed: what it had handed over is there, for synfin and for tshark.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use nix::sys::signal::Signal;
use synfin::capture::file::open;
use synfin::capture::{Source as _, SourceError};

use super::BACKENDS;
use super::privileges::{begun, by_sudo, place};
use crate::live::{stage, traffic};
use crate::peers::{LIMIT, Running};

/// How many frames have been handed over, once they are more than these: what the counters count has been before they are
/// told.
fn handed_over(running: &Running, more_than: u64) -> u64 {
    let deadline = Instant::now() + LIMIT;
    loop {
        running.signal(Signal::SIGUSR1);
        let told = running.note_with("lo: ");
        let read = told.trim_start_matches("lo: ").split(' ').next().and_then(|word| word.parse::<u64>().ok());
        match read {
            Some(read) if read > more_than => return read,
            _ => assert!(Instant::now() < deadline, "{told}"),
        }
    }
}

/// The frames of a file up to its end, or up to one that was being written: killed, the system stops within a write.
#[track_caller]
fn up_to_the_end(path: &Path) -> u64 {
    let mut source = open(path).unwrap_or_else(|error| panic!("{error}"));
    let mut frames = 0;
    loop {
        match source.next_packet() {
            Ok(Some(packet)) => frames = packet.frame,
            Ok(None) | Err(SourceError::Cut { .. }) => return frames,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The frames that tshark reads from a file; `None`, and it is said, where it is not installed.
fn by_tshark(path: &Path) -> Option<u64> {
    let mut tshark = Command::new("tshark");
    tshark.args(["-n", "-r"]).arg(path).args(["-T", "fields", "-e", "frame.number"]);
    let Ok(ran) = tshark.output() else {
        println!("{}: read by synfin alone, tshark is not installed", path.display());
        return None;
    };
    let shown = String::from_utf8(ran.stdout).expect("numbers");
    Some(shown.lines().filter(|line| line.trim().parse::<u64>().is_ok()).count() as u64)
}

#[test]
fn a_capture_that_is_killed_leaves_all_that_it_had_handed_over() {
    let name = "live_command::killed::a_capture_that_is_killed_leaves_all_that_it_had_handed_over";
    stage::in_namespace(name, || {
        for backend in BACKENDS {
            let directory = place();
            let path = directory.path().join("saved.pcapng");
            let running = begun(&mut by_sudo(&["--backend", backend, "-w", path.to_str().unwrap()]));
            traffic::exchange();
            let counted = handed_over(&running, 10);
            running.signal(Signal::SIGKILL);
            assert_eq!(running.end().code, None, "{backend}");
            let read = up_to_the_end(&path);
            assert!(read >= counted, "{backend}: wanted {counted} frames");
            assert!(by_tshark(&path).is_none_or(|tshark| tshark == read), "{backend}: tshark reads others than {read}");
        }
    });
}

/// The files of a set, each under the name that stands for it: a file that was being compressed is still there whole.
fn set(directory: &Path) -> Vec<PathBuf> {
    let all: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is_plain = |path: &PathBuf| path.extension().is_some_and(|extension| extension != "gz");
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let stands = |path: &&PathBuf| !hidden(path) && (is_plain(path) || !all.contains(&path.with_extension("")));
    all.iter().filter(stands).cloned().collect()
}

#[test]
fn a_set_of_compressed_files_that_is_killed_is_whole_up_to_what_was_handed_over() {
    let name = "live_command::killed::a_set_of_compressed_files_that_is_killed_is_whole_up_to_what_was_handed_over";
    stage::in_namespace(name, || {
        let directory = place();
        let path = directory.path().join("a.pcapng");
        let more = ["-C", "1", "--compress", "-w", path.to_str().unwrap()];
        let running = begun(&mut by_sudo(&more));
        // Some 50 kB each, as the loopback sends them: three files.
        for _ in 0..45 {
            traffic::exchange();
        }
        let counted = handed_over(&running, 450);
        running.signal(Signal::SIGKILL);
        assert_eq!(running.end().code, None);
        let set = set(directory.path());
        assert!(set.len() > 1, "{set:?}");
        let read: u64 = set.iter().map(|path| up_to_the_end(path)).sum();
        assert!(read >= counted, "wanted {counted} frames, read {read} of {set:?}");
        let tshark: Option<u64> = set.iter().map(|path| by_tshark(path)).sum();
        assert!(tshark.is_none_or(|tshark| tshark == read), "{tshark:?} by tshark, {read} by synfin");
    });
}
