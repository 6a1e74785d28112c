//! The judge against the kernel: thousands of real connections, and each end's whole path of states beside its kernel's own.
//!
//! It needs root, for the kernel's record. `SYNFIN_ORACLE=full` plays 10,000 connections without loss, three seeds of 2,000 with
//! it, and 2,000 with damage besides; without that fewer are played, and the same is asked of them.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::skip::skip;

fn is_full() -> bool {
    std::env::var("SYNFIN_ORACLE").is_ok_and(|value| value == "full")
}

/// Plays a crowd; `None` where the kernel cannot be heard.
fn crowd(arguments: &[&str]) -> Option<Value> {
    if !nix::unistd::geteuid().is_root() {
        skip("oracle", "only root hears the kernel");
        return None;
    }
    // One at a time: a machine that is kept busy loses handshakes to full queues, which no test asks about.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.args(["lab", "crowd", "--fail-on", "never", "--format", "json"]).args(arguments);
    let output = command.output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let views: Value = serde_json::from_slice(&output.stdout).expect("json");
    Some(views[0].clone())
}

fn number(view: &Value, key: &str) -> u64 {
    view[key].as_u64().unwrap_or_else(|| panic!("a number {key} in {view}"))
}

fn excused(tap: &Value) -> u64 {
    tap["excused"].as_object().expect("an object").values().filter_map(Value::as_u64).sum()
}

/// The ends compared at each place, with whether they are those of the host there.
fn places(view: &Value) -> Vec<(bool, &Value)> {
    let taps = view["taps"].as_array().expect("taps").iter();
    taps.flat_map(|tap| [Some((tap["is_own"] == true, tap)), tap.get("far").map(|far| (false, far))])
        .flatten()
        .collect()
}

/// What differs at a place, a line each, so that a log keeps it.
fn told(place: &Value) -> String {
    let examples = place["examples"].as_array().expect("an array").iter().filter_map(Value::as_str);
    let lines: Vec<&str> = examples.filter(|example| !example.contains(": another path is likelier: ")).collect();
    format!("at {} own {}: rules {}\n{}\n", place["place"], place["is_own"], place["rules"], lines.join("\n"))
}

/// Neither kernel is charged with anything, at any place; and after no frame did one stand where that place believed it could not.
fn nobody_is_charged_and_every_state_was_believed(view: &Value) {
    for (_, place) in places(view) {
        let [charged, outside] = ["violations", "outside"].map(|key| number(place, key));
        assert_eq!((charged, outside), (0, 0), "violations, states not believed: {}", told(place));
        assert!(number(place, "ends") * 100 >= number(view, "connections") * 95, "{place}");
    }
}

/// Ends excused, of how many, at the hosts' own taps of a crowd.
type Excused = (u64, u64);

/// At most so many ends of a hundred.
fn at_most(percent: u64, (out, ends): Excused) {
    assert!(out * 100 <= ends * percent, "{out} of {ends} excused, wanted at most {percent} %");
}

/// At a host's own tap every path is the kernel's, or differs in a way that is checked to be beyond any segment, for one of
/// `reasons`; and all numbers that can be compared are the kernel's.
fn own_taps_agree(view: &Value, reasons: &[&str]) -> Excused {
    let (mut out, mut ends) = (0, 0);
    for (_, tap) in places(view).into_iter().filter(|(is_own, _)| *is_own) {
        assert_eq!(number(tap, "differ"), 0, "{tap}");
        assert_eq!(number(tap, "same") + excused(tap), number(tap, "ends"), "{tap}");
        let given = tap["excused"].as_object().expect("an object");
        assert!(given.keys().all(|reason| reasons.contains(&reason.as_str())), "{tap}");
        (out, ends) = (out + excused(tap), ends + number(tap, "ends"));
        the_labels_and_numbers_agree(tap, view);
    }
    (out, ends)
}

/// The second witness, where the kernel allows it: at no segment was a socket in a state that its host's own tap had excluded;
/// and where the labels show which segment the kernel is about to process, its SND.NXT and SND.UNA are those of the tap.
fn the_labels_and_numbers_agree(tap: &Value, view: &Value) {
    if let Some(why) = view["unlabelled"].as_str() {
        skip("oracle labels", why);
        return;
    }
    assert_eq!((number(tap, "unlabelled"), number(tap, "labels_outside")), (0, 0), "{tap}");
    assert!(number(tap, "labels") > number(tap, "ends"), "{tap}");
    assert!(number(tap, "labels_likely") * 100 >= number(tap, "labels") * 85, "{tap}");
    let comparable = number(tap, "comparable");
    assert!(comparable * 100 >= number(tap, "probes") * 80, "too few to mean anything: {tap}");
    assert_eq!((number(tap, "same_nxt"), number(tap, "same_una")), (comparable, comparable), "{}", told(tap));
}

/// What no segment at a tap tells, each as it is checked in `witness::compare`.
const BEYOND_THE_WIRE: [&str; 5] = ["no-socket", "ends-unseen", "fin-waited", "small-form", "taken-together"];

#[test]
fn without_loss_every_path_is_the_kernels() {
    let connections = if is_full() { "10000" } else { "2000" };
    let Some(view) = crowd(&["-n", connections, "--threads", "16"]) else { return };
    assert_eq!(number(&view, "done"), number(&view, "connections"));
    nobody_is_charged_and_every_state_was_believed(&view);
    // A busy socket is the kernel's own affair: it may take a FIN and the acknowledgment behind it as one.
    at_most(1, own_taps_agree(&view, &["taken-together"]));
    for (_, place) in places(&view) {
        assert_eq!(number(place, "same") + excused(place), number(place, "ends"), "{place}");
        assert!(excused(place) * 1000 <= number(place, "ends"), "{place}");
    }
}

#[test]
fn with_loss_and_reordering_every_path_is_the_kernels_or_excused() {
    let connections = if is_full() { "2000" } else { "400" };
    let (mut same, mut ends) = (0, 0);
    for seed in ["1", "2", "3"] {
        let weather = ["--loss", "3%", "--reorder", "1%", "--duplicate", "1%", "--delay", "5ms", "--jitter", "1ms"];
        let programs = ["-n", connections, "--threads", "128", "--pause", "20ms", "--octets", "20000", "--seed", seed];
        let Some(view) = crowd(&[&weather[..], &programs[..]].concat()) else { return };
        nobody_is_charged_and_every_state_was_believed(&view);
        at_most(1, own_taps_agree(&view, &BEYOND_THE_WIRE));
        let away: Vec<&Value> =
            places(&view).into_iter().filter(|(is_own, _)| !is_own).map(|(_, place)| place).collect();
        let [of_seed, all] = ["same", "ends"].map(|key| away.iter().map(|place| number(place, key)).sum::<u64>());
        assert!(of_seed * 100 >= all * 96, "seed {seed}: {of_seed} of {all}");
        (same, ends) = (same + of_seed, ends + all);
    }
    assert!(same * 100 >= ends * 97, "{same} of {ends}");
}

#[test]
fn damaged_and_cut_segments_deceive_nobody() {
    let connections = if is_full() { "2000" } else { "600" };
    let weather = ["--loss", "10%", "--corrupt", "1%", "--truncate", "1%", "--delay", "5ms", "--seed", "4"];
    let programs = ["-n", connections, "--threads", "128", "--pause", "20ms"];
    let Some(view) = crowd(&[&weather[..], &programs[..]].concat()) else { return };
    nobody_is_charged_and_every_state_was_believed(&view);
    at_most(2, own_taps_agree(&view, &BEYOND_THE_WIRE));
}
