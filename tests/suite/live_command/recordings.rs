//! `-w`: what is saved is what was judged, in a file and on standard output, while the capture runs.

use std::fs;
use std::process::Stdio;

use nix::sys::signal::Signal;
use synfin::capture::Source;
use synfin::capture::file::from_reader;

use super::{BACKENDS, live, objects, of_type, synfin};
use crate::live::{stage, traffic};
use crate::peers::Running;

#[test]
fn the_saved_file_gives_the_same_objects() {
    stage::in_namespace("live_command::recordings::the_saved_file_gives_the_same_objects", || {
        let directory = tempfile::tempdir().unwrap();
        for backend in BACKENDS {
            let path = directory.path().join(backend);
            let name = path.to_str().unwrap();
            let running = live(&["--backend", backend, "--format", "jsonl", "-w", name]);
            traffic::exchange();
            running.signal(Signal::SIGINT);
            let captured = running.end();
            captured.succeeded();
            let read = Running::of(&mut synfin(["analyze", name, "--format", "jsonl"])).end();
            read.succeeded();
            let [captured, read] = [captured, read].map(|ended| objects(&ended.stdout));
            for kind in ["connection", "datagrams", "capture"] {
                assert_eq!(of_type(&captured, kind).len(), 1, "{backend}");
                assert_eq!(of_type(&captured, kind), of_type(&read, kind), "{backend}");
            }
        }
    });
}

#[test]
fn a_signal_shows_the_counters_and_hands_the_file_over() {
    stage::in_namespace("live_command::recordings::a_signal_shows_the_counters_and_hands_the_file_over", || {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("capture.pcapng");
        let name = path.to_str().unwrap();
        let running = live(&["-w", name, "udp"]);
        traffic::exchange();
        // The counters are those of the moment, so ask until both datagrams have been read.
        let deadline = std::time::Instant::now() + crate::peers::LIMIT;
        loop {
            running.signal(Signal::SIGUSR1);
            let told = running.note_with("lo: ");
            if told
                == "lo: 2 frames read, 2 passed the filter in the kernel; dropped by the kernel: 0, by the interface: 0"
            {
                break;
            }
            assert!(std::time::Instant::now() < deadline, "{told}");
        }
        let read = Running::of(&mut synfin(["analyze", name, "--format", "jsonl"])).end();
        read.succeeded();
        let read = objects(&read.stdout);
        assert_eq!(of_type(&read, "capture")[0]["frames"]["udp"], 2);
        running.signal(Signal::SIGINT);
        running.end().succeeded();
        assert!(fs::metadata(&path).unwrap().len() > 0);
    });
}

#[test]
fn packets_stream_to_standard_output_while_the_capture_runs() {
    stage::in_namespace("live_command::recordings::packets_stream_to_standard_output_while_the_capture_runs", || {
        for backend in BACKENDS {
            let mut child = synfin(["live", "-i", "lo", "-w", "-", "--backend", backend]).spawn().unwrap();
            let out = child.stdout.take().unwrap();
            let running = Running::of_child(child);
            assert!(running.note().starts_with("capturing on lo"));
            traffic::exchange();
            traffic::last_word();
            let mut source = from_reader("-", out).unwrap();
            let mut frames = 0;
            while !traffic::is_last_word(source.next_packet().unwrap().expect("a packet").bytes) {
                frames += 1;
            }
            assert!(frames >= 10, "{backend}: {frames}");
            running.signal(Signal::SIGINT);
            let ended = running.end();
            ended.succeeded();
            assert!(matches!(source.next_packet(), Ok(None)), "{backend}");
            assert_eq!(source.losses().kernel, Some(0), "{backend}: the counters stand at the end");
            assert!(
                ended.stderr.iter().any(|line| line.starts_with(&format!("lo: {} frames", frames + 1))),
                "{ended:?}"
            );
        }
    });
}

#[test]
fn a_pipe_from_capture_to_analysis_works() {
    stage::in_namespace("live_command::recordings::a_pipe_from_capture_to_analysis_works", || {
        let mut child = synfin(["live", "-i", "lo", "-w", "-", "tcp"]).spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let capturing = Running::of_child(child);
        let reading = Running::of(synfin(["analyze", "-", "--format", "jsonl"]).stdin(Stdio::from(out)));
        assert!(capturing.note().starts_with("capturing on lo"));
        traffic::exchange();
        capturing.signal(Signal::SIGTERM);
        capturing.end().succeeded();
        let read = reading.end();
        read.succeeded();
        let read = objects(&read.stdout);
        let [connection] = of_type(&read, "connection").try_into().expect("one connection");
        assert_eq!(connection["handshake"]["verdict"], "holds");
        assert_eq!(connection["close"]["verdict"], "holds");
    });
}

#[test]
fn a_file_that_cannot_be_written_is_said_before_anything_is_captured() {
    stage::in_namespace(
        "live_command::recordings::a_file_that_cannot_be_written_is_said_before_anything_is_captured",
        || {
            let name = "/proc/no-such-directory/capture.pcapng";
            let ended = Running::of(&mut synfin(["live", "-i", "lo", "-w", name])).end();
            ended.failed_with(&format!("synfin: cannot save packets in {name}: "));
        },
    );
}

#[test]
fn a_device_that_is_full_ends_the_capture_with_its_report() {
    stage::in_namespace("live_command::recordings::a_device_that_is_full_ends_the_capture_with_its_report", || {
        if !std::path::Path::new("/dev/full").exists() {
            return crate::skip::skip("a_device_that_is_full_ends_the_capture_with_its_report", "no /dev/full");
        }
        let ended = Running::of(&mut synfin(["live", "-i", "lo", "-w", "/dev/full"])).end();
        ended.failed_with("synfin: cannot save packets in /dev/full: ");
    });
}
