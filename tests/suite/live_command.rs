//! `synfin live` and `synfin interfaces` through the binary, each test in a network namespace of its own. Every wait is for
//! something that a command prints, and bounded.
#![expect(clippy::disallowed_methods, reason = "waits have a deadline")]

mod killed;
mod messages;
mod privileges;
mod recordings;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::signal::Signal;
use serde_json::Value;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

use crate::live::{stage, traffic};
use crate::peers::{Ended, LIMIT, Running};
use crate::start;

const BACKENDS: [&str; 2] = ["pcap", "raw"];

fn synfin<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = start::synfin();
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A capture on the loopback that has begun: what is sent from now on, it sees.
#[track_caller]
fn live(args: &[&str]) -> Running {
    let running = Running::of(&mut synfin(["live", "-i", "lo"].iter().chain(args).copied()));
    let note = running.note();
    assert!(note.starts_with("capturing on lo (EN10MB)"), "{note}");
    running
}

/// The objects of machine formats; every line must be one.
#[track_caller]
fn objects(lines: &[String]) -> Vec<Value> {
    let object = |line: &String| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let objects: Vec<Value> = lines.iter().map(object).collect();
    assert!(objects.iter().all(|object| object["schema"] == 1), "{objects:?}");
    objects
}

/// The objects of one type, without the name of their file.
fn of_type(objects: &[Value], kind: &str) -> Vec<Value> {
    let nameless = |object: &Value| {
        let mut object = object.clone();
        object.as_object_mut().expect("an object").remove("file");
        object
    };
    objects.iter().filter(|object| object["type"] == kind).map(nameless).collect()
}

/// The `capture` object, which is the last.
#[track_caller]
fn capture(ended: &Ended) -> Value {
    let objects = objects(&ended.stdout);
    let last = objects.last().expect("an object").clone();
    assert_eq!(last["type"], "capture");
    last
}

#[test]
fn an_exchange_is_judged_until_interrupted_by_both_backends() {
    stage::in_namespace("live_command::an_exchange_is_judged_until_interrupted_by_both_backends", || {
        for (backend, signal) in BACKENDS.into_iter().zip([Signal::SIGINT, Signal::SIGTERM]) {
            let running = live(&["--backend", backend, "--format", "jsonl"]);
            traffic::exchange();
            running.signal(signal);
            let ended = running.end();
            ended.succeeded();
            let objects = objects(&ended.stdout);
            let [connection] = of_type(&objects, "connection").try_into().expect("one connection");
            assert_eq!(connection["handshake"]["kind"], "three-way", "{backend}");
            assert_eq!(connection["handshake"]["verdict"], "holds", "{backend}");
            assert_eq!(connection["close"]["kind"], "normal", "{backend}");
            assert_eq!(connection["close"]["verdict"], "holds", "{backend}");
            assert_eq!(of_type(&objects, "datagrams").len(), 1, "{backend}");
            let capture = capture(&ended);
            assert_eq!(capture["file"], "lo");
            assert_eq!(capture["frames"]["undecodable"], 0);
            let frames = connection["frames"]["count"].as_u64().expect("a count") + 2;
            assert_eq!(capture["frames"]["read"], frames, "{backend}: one connection and two datagrams");
            assert_eq!(capture["lost"]["kernel"], 0, "{backend}");
            let told = ended.stderr.join("\n");
            assert!(told.contains("64 MiB") || told.contains("less than the 64 MiB"), "{told}");
            assert!(told.contains(&format!("{frames} frames passed the filter in the kernel")), "{told}");
        }
    });
}

#[test]
fn changes_are_shown_while_the_connection_is_open() {
    stage::in_namespace("live_command::changes_are_shown_while_the_connection_is_open", || {
        for backend in BACKENDS {
            let running = live(&["--backend", backend, "tcp"]);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let mut client = TcpStream::connect(address).unwrap();
            let (mut server, _) = listener.accept().unwrap();
            let opened: Vec<String> = (0..4).map(|_| running.result()).collect();
            let wanted =
                ["A: SYN-SENT,", "A: SYN-SENT → ESTABLISHED,", "B: SYN-RECEIVED,", "B: SYN-RECEIVED → ESTABLISHED,"];
            for (line, wanted) in opened.iter().zip(wanted) {
                let ends = format!("Z  1  A {}  B {address}  {wanted} ", client.local_addr().unwrap());
                assert!(line.contains(&ends), "{backend}: wanted {ends} in {line}");
            }
            client.write_all(b"hello").unwrap();
            let mut heard = [0; 5];
            server.read_exact(&mut heard).unwrap();
            drop(client);
            drop(server);
            let closed: Vec<String> = (0..5).map(|_| running.result()).collect();
            assert!(
                closed.iter().any(|line| line.contains("A: ESTABLISHED → FIN-WAIT-1, closes actively")),
                "{closed:?}"
            );
            assert!(closed.iter().any(|line| line.contains("B: LAST-ACK → CLOSED")), "{closed:?}");
            running.signal(Signal::SIGINT);
            let ended = running.end();
            ended.succeeded();
            let report = ended.stdout.join("\n");
            for wanted in ["three-way ✓", "TIME-WAIT", "1 TCP connection,", "lost before they could be read: kernel 0"]
            {
                assert!(report.contains(wanted), "{backend}: wanted {wanted} in {report}");
            }
            assert!(report.contains(&format!("backend {backend}: kernel buffer ")), "{report}");
            assert_eq!(ended.stderr, [""; 0], "{backend}");
        }
    });
}

#[test]
fn sockets_that_share_the_flows_together_capture_every_frame_once() {
    stage::in_namespace("live_command::sockets_that_share_the_flows_together_capture_every_frame_once", || {
        let running = live(&["--backend", "raw", "--fanout", "3", "--format", "jsonl", "--buffer", "3M"]);
        (0..5).for_each(|_| traffic::exchange());
        running.signal(Signal::SIGINT);
        let ended = running.end();
        ended.succeeded();
        let objects = objects(&ended.stdout);
        let connections = of_type(&objects, "connection");
        assert_eq!(connections.len(), 5);
        for connection in &connections {
            assert_eq!(connection["handshake"]["verdict"], "holds", "{connection}");
            assert_eq!(connection["close"]["verdict"], "holds", "{connection}");
        }
        let counted = connections.iter().map(|it| it["frames"]["count"].as_u64().expect("a count")).sum::<u64>();
        assert_eq!(capture(&ended)["frames"]["read"], counted + 10, "two datagrams with each");
        assert_eq!(capture(&ended)["lost"]["kernel"], 0);
    });
}

#[test]
fn only_the_raw_backend_shares_flows_among_sockets() {
    stage::in_namespace("live_command::only_the_raw_backend_shares_flows_among_sockets", || {
        let output = synfin(["live", "-i", "lo", "--fanout", "2"]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("type `--backend raw`"), "{said}");
    });
}

#[test]
fn a_count_ends_the_capture() {
    stage::in_namespace("live_command::a_count_ends_the_capture", || {
        for backend in BACKENDS {
            let running = live(&["--backend", backend, "-c", "4", "--format", "json", "-f", "tcp"]);
            traffic::exchange();
            let ended = running.end();
            ended.succeeded();
            let whole = ended.stdout.concat();
            let objects: Vec<Value> = serde_json::from_str(&whole).expect("one array");
            assert_eq!(objects.len(), 2, "{whole}");
            assert_eq!(objects[0]["frames"]["count"], 4);
            assert_eq!(objects[1]["frames"]["read"], 4);
        }
    });
}

#[test]
fn a_duration_ends_a_quiet_capture() {
    stage::in_namespace("live_command::a_duration_ends_a_quiet_capture", || {
        for backend in BACKENDS {
            let began = Instant::now();
            let ended = live(&["--backend", backend, "--duration", "300ms", "--format", "jsonl"]).end();
            assert!(began.elapsed().as_millis() >= 300);
            ended.succeeded();
            assert_eq!(ended.stdout.len(), 1, "{ended:?}");
            assert_eq!(capture(&ended)["frames"]["read"], 0);
        }
    });
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    stage::in_namespace("live_command::a_second_signal_ends_the_process_at_once", || {
        // A pipe that is full, and of which nobody reads: the report can never be written.
        let (reader, mut writer) = std::io::pipe().unwrap();
        let size = nix::fcntl::fcntl(&writer, nix::fcntl::FcntlArg::F_GETPIPE_SZ).unwrap();
        writer.write_all(&vec![b'x'; usize::try_from(size).unwrap()]).unwrap();
        let mut child = synfin(["live", "-i", "lo"]).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let mut began = [0; 9];
        child.stderr.as_mut().unwrap().read_exact(&mut began).unwrap();
        assert_eq!(&began, b"capturing");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it goes on");
            nix::sys::signal::kill(pid, Signal::SIGINT).unwrap();
            std::thread::yield_now();
        };
        assert_eq!(status.code(), Some(130));
        drop(reader);
    });
}

#[test]
fn a_reader_that_goes_ends_a_quiet_capture() {
    stage::in_namespace("live_command::a_reader_that_goes_ends_a_quiet_capture", || {
        for format in ["table", "jsonl"] {
            let (reader, writer) = std::io::pipe().unwrap();
            let running = Running::of(synfin(["live", "-i", "lo", "--format", format]).stdout(writer));
            assert!(running.note().starts_with("capturing on lo"));
            drop(reader);
            assert_eq!(running.end().code, Some(0), "{format}");
        }
    });
}

#[test]
fn an_interface_that_goes_down_ends_the_capture_with_a_report() {
    let name = "live_command::an_interface_that_goes_down_ends_the_capture_with_a_report";
    stage::in_namespace(name, || {
        for backend in BACKENDS {
            let running = live(&["--backend", backend, "--format", "jsonl"]);
            traffic::datagrams(3);
            if !stage::ip(name, &["link", "set", "lo", "down"]) {
                return;
            }
            let ended = running.end();
            assert_eq!(ended.code, Some(3), "{backend}: {ended:?}");
            let capture = capture(&ended);
            assert_eq!(capture["frames"]["udp"], 3, "{backend}");
            let damage = capture["damage"].as_str().expect("why it ended");
            assert!(damage.contains("the interface went down"), "{damage}");
            assert!(ended.stderr.iter().any(|line| *line == format!("synfin: {damage}")), "{ended:?}");
            assert!(stage::ip(name, &["link", "set", "lo", "up"]));
        }
    });
}

const BROKEN: &str = "
  SYN-SENT     > S  100:100(0)          > ?
  SYN-SENT     < S. 300:300(0) ack 200  < LISTEN       ! hs-synack-ack
  ESTABLISHED  > .  101:101(0) ack 301  > ESTABLISHED
";

#[test]
fn a_breach_is_shown_when_it_happens_and_makes_the_command_fail() {
    stage::in_namespace("live_command::a_breach_is_shown_when_it_happens_and_makes_the_command_fail", || {
        let frames = captured(&parse(BROKEN).unwrap(), Carrier::Ethernet4).unwrap().frames;
        for (threshold, code) in [("violation", 1), ("never", 0)] {
            let running = live(&["--fail-on", threshold]);
            let mut sender = pcap::Capture::from_device("lo").unwrap().open().unwrap();
            for (_, octets) in &frames {
                sender.sendpacket(octets.as_slice()).unwrap();
            }
            let found = loop {
                let line = running.result();
                if line.contains('✗') {
                    break line;
                }
            };
            assert!(found.contains("✗ violation: hs-synack-ack, frame 2, sent by B"), "{found}");
            running.signal(Signal::SIGINT);
            assert_eq!(running.end().code, Some(code), "{threshold}");
        }
    });
}
