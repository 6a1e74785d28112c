//! `synfin lab`: every scenario, with real kernels at both ends, and the link that joins them.
//!
//! The scenarios run through the binary, because the lab moves the process that makes it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use synfin::analysis::Analyzer;
use synfin::capture::Source as _;
use synfin::four_tuple::FourTuple;
use synfin::lab::host::Host;
use synfin::lab::link::{Due, Lane, Link, Place};
use synfin::lab::rule::{ACK, Act, FIN, Forgery, RST, Rule, SYN};
use synfin::lab::scenario;
use synfin::report::collect::{Collector, Which};
use synfin::report::words::{CHINESE, ENGLISH};
use synfin::seq::Seq;
use synfin::tcp::state::State;
use synfin::timestamp::Timestamp;
use synfin::wire::encode::{self, Envelope, Fields};
use synfin::wire::segment::Flags;
use synfin::witness::compare::{self, Shown};

use crate::skip::skip;

/// What `synfin lab run` prints as JSON, or why it cannot run here.
fn run(arguments: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.args(["lab", "run"]).args(arguments).args(["--format", "json"]);
    let output = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("cannot make") && !nix::unistd::geteuid().is_root() {
        return Err(said.trim().to_owned());
    }
    assert_ne!(output.status.code(), Some(2), "{said}");
    Ok(serde_json::from_slice(&output.stdout).expect("json"))
}

/// Loss, delay and corruption are left to chance, the rest to the kernels; only what rules and states say is asked.
#[test]
fn every_scenario_ends_as_expected_and_both_kernels_agree_with_the_wire() {
    let mut arguments = vec!["all"];
    // Anyone may play; only root hears the kernel.
    arguments.extend(nix::unistd::geteuid().is_root().then_some("--witness"));
    let all = match run(&arguments) {
        Ok(all) => all,
        Err(why) => return skip("every_scenario_ends_as_expected_and_both_kernels_agree_with_the_wire", &why),
    };
    let played = all.as_array().expect("an array");
    assert_eq!(played.len(), scenario::all().len());
    let unexpected: Vec<&Value> = played.iter().filter(|view| view["verdict"] != "as-expected").collect();
    let names: Vec<&str> = unexpected.iter().filter_map(|view| view["name"].as_str()).collect();
    let said: Vec<String> = unexpected.iter().map(ToString::to_string).collect();
    assert!(names.is_empty(), "{names:?}\n{}", said.join("\n"));
    played.iter().for_each(the_labels_were_believed);
}

/// Where the label of a segment says another state than the tap can: a FIN-WAIT-2 in the small form of TIME-WAIT; and the SYN of
/// a host that has crashed, which belongs to the old connection until that is answered by a RST.
const BEYOND_THE_TAP: [&str; 3] = ["orphaned-fin-wait-2", "half-open-found-by-syn", "half-open-found-in-close-wait"];

fn the_labels_were_believed(view: &Value) {
    let name = view["name"].as_str().expect("a name");
    for told in view["labelled"].as_array().into_iter().flatten() {
        if let Some(why) = told["failure"].as_str() {
            return skip("labels", why);
        }
        assert!(told["outside"] == 0 || BEYOND_THE_TAP.contains(&name), "{name}: {told}");
        // What a host says to itself does not pass its device.
        assert!(told["missing"] == 0 || name == "self-connect", "{name}: {told}");
    }
}

#[test]
fn a_seed_decides_what_is_lost() {
    let arguments = ["three-way", "--loss", "30%", "--seed", "3"];
    let (one, same) = match (run(&arguments), run(&arguments)) {
        (Ok(one), Ok(same)) => (one, same),
        (Err(why), _) | (_, Err(why)) => return skip("a_seed_decides_what_is_lost", &why),
    };
    // Which segments there are to lose depends on timers, the first ones do not.
    assert_eq!(one[0]["wire"]["lost"].is_null(), same[0]["wire"]["lost"].is_null());
}

/// The network namespaces of a process's threads, by the names that /proc has for them.
fn namespaces(pid: &str) -> BTreeSet<PathBuf> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks.filter_map(|task| std::fs::read_link(task.path().join("ns/net")).ok()).collect()
}

#[test]
fn nothing_is_left_of_a_lab_that_is_killed() {
    let test = "nothing_is_left_of_a_lab_that_is_killed";
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.args(["lab", "run", "all", "--format", "jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut first = String::new();
    let mut played = BufReader::new(child.stdout.take().expect("a pipe"));
    played.read_line(&mut first).expect("a line");
    if first.is_empty() {
        let said = child.wait_with_output().expect("it ends").stderr;
        return skip(test, String::from_utf8_lossy(&said).trim());
    }
    let own = namespaces("self");
    let made: BTreeSet<PathBuf> = &namespaces(&child.id().to_string()) - &own;
    assert!(!made.is_empty(), "it is in a namespace of its own");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry.file_name().to_str().filter(|name| name.parse::<u32>().is_ok()).map(str::to_owned) else {
            continue;
        };
        assert!(namespaces(&pid).is_disjoint(&made), "process {pid} is in a namespace of the lab");
    }
}

#[test]
fn every_scenario_and_every_deed_has_words() {
    for scenario in scenario::all() {
        for catalogue in [ENGLISH, CHINESE] {
            assert!(catalogue.contains(&format!("\nlab-scenario-{} =", scenario.name)), "{}", scenario.name);
        }
    }
}

#[test]
fn names_of_scenarios_are_unique_and_found() {
    for scenario in scenario::all() {
        assert_eq!(scenario::all().iter().filter(|other| other.name == scenario.name).count(), 1, "{}", scenario.name);
        assert_eq!(scenario::named(scenario.name).expect("it is there").name, scenario.name);
    }
    let unknown = scenario::named("no-such").expect_err("it is not there").to_string();
    assert_eq!(unknown, "no scenario is named \"no-such\"; type \"synfin lab list\" for the names");
    let mistyped = scenario::named("three_ways").expect_err("it is not there").to_string();
    assert_eq!(mistyped, "no scenario is named \"three_ways\"; type \"synfin lab run three-way\" if that was meant");
}

/// The recorded captures of `tests/lab`, each with what both kernels did: made by `synfin lab run all --witness --save`.
#[test]
fn recorded_scenarios_still_show_the_paths_that_the_kernels_took() {
    let recorded = crate::files::under("tests/lab", "json");
    assert!(recorded.len() > 60, "{} recorded", recorded.len());
    for (path, text) in recorded {
        let truth: Value = serde_json::from_str(&text).expect("json");
        for end in truth["ends"].as_array().expect("ends").iter().filter(|end| end["excuse"].is_null()) {
            let host = end["host"].as_str().expect("a host");
            let capture = path.replace(".json", &format!(".{host}.pcapng"));
            assert_eq!(Value::from(states(&capture, end)), end["kernel_path"], "{capture}: {end}");
        }
    }
}

/// The states that a capture shows of one end of a connection, as the kernel passes through them.
fn states(capture: &str, end: &Value) -> Vec<&'static str> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(capture);
    let mut source = synfin::capture::file::open(&file).expect("a capture");
    let (mut analyzer, mut collector) = (Analyzer::new(), Collector::new(capture, Which::All));
    while let Some(packet) = source.next_packet().expect("a packet") {
        analyzer.observe(&packet, &mut collector).expect("a collector takes all");
    }
    analyzer.finish(&mut collector).expect("a collector takes all");
    let story = collector.stories.iter().find(|story| end["conn"] == story.view.conn).expect("the connection");
    let peer = if end["address"] == story.view.a.as_str() { "a" } else { "b" };
    let rows = story.view.transitions.iter().filter(|row| row.peer == peer && row.retracted.is_none());
    let shown: Vec<Shown> = rows
        .filter_map(|row| State::ALL.into_iter().find(|state| state.name() == row.to))
        .map(|to| Shown { at: Timestamp::default(), to })
        .collect();
    let mut whole: Vec<&str> = compare::whole(&shown).iter().map(|state| state.name()).collect();
    // No event of the kernel tells the end of TIME-WAIT, nor of a request that never became a socket.
    if whole.ends_with(&["TIME-WAIT", "CLOSED"]) {
        whole.pop();
    }
    let is_request = end["kernel_path"].as_array().is_some_and(Vec::is_empty);
    if is_request && whole.iter().all(|state| ["SYN-RECEIVED", "LISTEN", "CLOSED"].contains(state)) {
        whole.clear();
    }
    whole
}

const START: Duration = Duration::from_secs(1);
const STAMP: Timestamp = Timestamp::from_ns(1_000_000_000);

fn segment(from: Host, flags: u16, seq: u32, payload: &[u8]) -> Vec<u8> {
    let (client, server) = (([198, 51, 100, 1], 30_001).into(), ([203, 0, 113, 1], 20_001).into());
    let path = FourTuple { from: client, to: server };
    let path = if from == Host::Client { path } else { path.reversed() };
    let fields = Fields { seq: Seq::new(seq), raw_ack: 7, flags: Flags(flags), payload, ..Fields::default() };
    encode::segment(&Envelope { link: encode::Link::Raw, ..Envelope::new(path) }, &fields).expect("it fits")
}

/// Everything that is due until long after.
fn all_due(link: &mut Link) -> Vec<Due> {
    std::iter::from_fn(|| link.due(START + Duration::from_secs(3600))).collect()
}

fn arrived(link: &mut Link) -> Vec<Vec<u8>> {
    all_due(link).into_iter().filter(|due| due.place == Place::End).map(|due| due.octets).collect()
}

#[test]
fn a_rule_counts_for_each_connection_and_direction() {
    let mut link = Link::new(1);
    link.add(Rule::on(Host::Server, Act::Lose).exactly(SYN | ACK).nth(2));
    for _ in 0..3 {
        link.take(Host::Client, START, STAMP, &segment(Host::Client, SYN, 1, b""));
        link.take(Host::Server, START, STAMP, &segment(Host::Server, SYN | ACK, 1, b""));
    }
    let from_server = all_due(&mut link).into_iter().filter(|due| due.from == Host::Server && due.place == Place::End);
    assert_eq!(from_server.count(), 2);
    let fates = link.take_fates();
    assert_eq!(fates.len(), 1);
    assert_eq!((fates[0].what, fates[0].flags), ("lost", Flags(SYN | ACK)));
}

#[test]
fn what_is_lost_late_still_passes_the_middle() {
    for (act, middle) in [(Act::Lose, 0), (Act::LoseLate, 1)] {
        let mut link = Link::new(1);
        link.add(Rule::both(act).with(FIN));
        link.take(Host::Client, START, STAMP, &segment(Host::Client, FIN | ACK, 1, b""));
        let due = all_due(&mut link);
        assert_eq!(due.iter().filter(|due| due.place == Place::Middle).count(), middle);
        assert!(due.iter().all(|due| due.place == Place::Middle));
    }
}

#[test]
fn a_held_segment_comes_behind_the_third_later_one() {
    let mut link = Link::new(1);
    link.add(Rule::on(Host::Client, Act::HoldBehind(3)).with_data().nth(1));
    let sent: Vec<Vec<u8>> = (0..5).map(|n| segment(Host::Client, ACK, 1 + n, b"x")).collect();
    for octets in &sent {
        link.take(Host::Client, START, STAMP, octets);
    }
    let order = [1, 2, 3, 0, 4].map(|at: usize| sent[at].clone());
    assert_eq!(arrived(&mut link), order);
}

#[test]
fn a_forged_reset_follows_the_segment_whose_sender_it_pretends_to_be() {
    let mut link = Link::new(1);
    let forgery = Forgery { flags: RST, ahead: 0, acknowledges: 0, payload: 0 };
    link.add(Rule::on(Host::Client, Act::Forge(forgery)).with_data());
    link.take(Host::Client, START, STAMP, &segment(Host::Client, ACK, 100, b"four"));
    let arrived = arrived(&mut link);
    assert_eq!(arrived.len(), 2);
    // Behind the IP header of 20 octets: ports, then SEG.SEQ, then flags.
    assert_eq!((&arrived[1][20..24], &arrived[1][24..28]), (&arrived[0][20..24], &104_u32.to_be_bytes()[..]));
    assert_eq!(arrived[1][33], 4);
}

#[test]
fn chance_loses_the_share_it_is_told_and_the_same_for_the_same_seed() {
    let lost = |seed| {
        let mut link = Link::new(seed);
        link.set_lane(Host::Client, Lane { loss: 30_000, ..Lane::default() });
        for n in 0..10_000 {
            link.take(Host::Client, START, STAMP, &segment(Host::Client, ACK, n, b"x"));
        }
        arrived(&mut link)
    };
    assert!((9_600..9_800).contains(&lost(1).len()), "{}", lost(1).len());
    assert_eq!(lost(1), lost(1));
    assert_ne!(lost(1), lost(2));
}

#[test]
fn jitter_keeps_the_order_and_overtaking_does_not() {
    let order = |lane| {
        let mut link = Link::new(5);
        link.set_lane(Host::Client, lane);
        let sent: Vec<Vec<u8>> = (0..500).map(|n| segment(Host::Client, ACK, n, b"x")).collect();
        for octets in &sent {
            link.take(Host::Client, START, STAMP, octets);
        }
        (sent, arrived(&mut link))
    };
    let delay = Duration::from_millis(5);
    let (sent, kept) = order(Lane { delay, jitter: Duration::from_millis(4), ..Lane::default() });
    assert_eq!(sent, kept);
    let (sent, mixed) = order(Lane { delay, reorder: 50_000, ..Lane::default() });
    assert_ne!(sent, mixed);
    assert_eq!(sent.len(), mixed.len());
}

#[test]
fn a_damaged_segment_keeps_its_ports_and_fails_its_checksum() {
    let mut link = Link::new(9);
    link.set_lane(Host::Client, Lane { corrupt: 1_000_000, ..Lane::default() });
    let sent = segment(Host::Client, ACK, 1, b"payload");
    for _ in 0..200 {
        link.take(Host::Client, START, STAMP, &sent);
    }
    for octets in arrived(&mut link) {
        assert_eq!(octets[..24], sent[..24]);
        let turned: u32 = octets.iter().zip(&sent).map(|(one, other)| (one ^ other).count_ones()).sum();
        assert_eq!(turned, 1);
    }
}

#[test]
fn a_slow_link_takes_its_time_and_drops_what_waits_too_long() {
    let mut link = Link::new(1);
    // 41 octets at 41 × 8 bits in 100 ms.
    link.set_lane(Host::Client, Lane { rate: 41 * 8 * 10, ..Lane::default() });
    for n in 0..30 {
        link.take(Host::Client, START, STAMP, &segment(Host::Client, ACK, n, b"x"));
    }
    assert!(link.due(START + Duration::from_millis(40)).is_none());
    assert_eq!(arrived(&mut link).len(), 11);
}
