//! The judge against the kernel: thousands of real connections, and each end's whole path of states beside its kernel's own.
//!
//! It needs root, for the kernel's record. `SYNFIN_ORACLE=full` plays 10,000 connections without loss and three seeds of 2,000
//! with it; without that, enough for a first look.

use std::process::Command;

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

/// Neither kernel is charged with anything, at any place, whatever the wire did.
fn nobody_is_charged(view: &Value) {
    for tap in view["taps"].as_array().expect("taps") {
        assert_eq!(number(tap, "violations"), 0, "{tap}");
    }
}

/// At a host's own tap every path is the kernel's, or differs in a way that is checked to be beyond any segment, in at most one
/// of `one_in`.
fn own_taps_agree(view: &Value, one_in: u64) {
    for tap in view["taps"].as_array().expect("taps").iter().filter(|tap| tap["is_own"] == true) {
        assert!(number(tap, "ends") * 100 >= number(view, "connections") * 95, "{tap}");
        assert_eq!((number(tap, "differ"), number(tap, "outside")), (0, 0), "{tap}");
        assert!(excused(tap) * one_in <= number(tap, "ends"), "{tap}");
    }
}

#[test]
fn without_loss_every_path_at_its_own_tap_is_the_kernels() {
    let connections = if is_full() { "10000" } else { "1000" };
    let Some(view) = crowd(&["-n", connections, "--threads", "16"]) else { return };
    assert_eq!(number(&view, "done"), number(&view, "connections"));
    nobody_is_charged(&view);
    own_taps_agree(&view, 1_000);
}

#[test]
fn with_loss_and_reordering_every_path_at_its_own_tap_is_the_kernels_or_excused() {
    let (connections, seeds) = if is_full() { ("2000", 1..=3) } else { ("300", 1..=1) };
    for seed in seeds {
        let seed = seed.to_string();
        let weather = ["--loss", "3%", "--reorder", "1%", "--duplicate", "1%", "--delay", "5ms", "--jitter", "1ms"];
        let programs = ["-n", connections, "--threads", "96", "--pause", "20ms", "--octets", "20000", "--seed", &seed];
        let Some(view) = crowd(&[&weather[..], &programs[..]].concat()) else { return };
        nobody_is_charged(&view);
        own_taps_agree(&view, 50);
        for tap in view["taps"].as_array().expect("taps") {
            let far = if tap["is_own"] == true { &tap["far"] } else { tap };
            assert!(number(far, "same") * 100 >= number(far, "ends") * 96, "{far}");
        }
    }
}

#[test]
fn damaged_and_cut_segments_deceive_nobody() {
    let connections = if is_full() { "1500" } else { "200" };
    let weather = ["--loss", "5%", "--corrupt", "1%", "--truncate", "1%", "--delay", "5ms", "--seed", "4"];
    let programs = ["-n", connections, "--threads", "96", "--pause", "20ms"];
    let Some(view) = crowd(&[&weather[..], &programs[..]].concat()) else { return };
    nobody_is_charged(&view);
    own_taps_agree(&view, 50);
}
