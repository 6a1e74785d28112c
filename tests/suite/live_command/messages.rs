//! What the commands say when they cannot do it, and the list of interfaces.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use nix::unistd::geteuid;
use synfin::capture::privilege;

use super::{BACKENDS, objects, synfin};
use crate::live::stage;
use crate::peers::Running;

#[test]
fn what_is_wrong_is_said_with_what_to_type() {
    stage::in_namespace("live_command::messages::what_is_wrong_is_said_with_what_to_type", || {
        for backend in BACKENDS {
            let run = |args: &[&str]| {
                let always = ["live", "--backend", backend];
                Running::of(&mut synfin(always.iter().chain(args).copied())).end()
            };
            let missing = run(&[]);
            missing.failed_with("synfin: cannot capture: wanted an interface, found no -i; there are lo, ");
            missing.failed_with("type `synfin live -i lo`");
            run(&["-i", "loo"]).failed_with("synfin: cannot capture on loo: no interface \"loo\"; there are lo, ");
            run(&["-i", "lo", "tcp", "prot", "80"]).failed_with(
                "synfin: cannot compile the filter \"tcp prot 80\": syntax error at \"prot\", character 5; did you mean \"tcp port 80\"?",
            );
            run(&["-i", "lo", "-f", "tcp and udp"]).failed_with("\"tcp and udp\": no packet can pass it");
            run(&["-i", "lo", "-w", "-", "--format", "jsonl"]).failed_with("`-w -` sends the capture there");
            for bad in ["--buffer=64X", "--duration=0", "--count=0", "--snap=262145"] {
                run(&["-i", "lo", bad]).failed_with("error: invalid value");
            }
        }
    });
}

#[test]
fn a_missing_permission_is_said_with_what_to_type() {
    let name = "live_command::messages::a_missing_permission_is_said_with_what_to_type";
    // Another user may not be allowed to walk to the binary.
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let copy = directory.path().join("synfin");
    // By another process: a child that another test starts meanwhile would hold this one's descriptor open for writing, and
    // the copy could not be run.
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_synfin")).arg(&copy).status().unwrap().success());
    let nobody = |args: &[&str]| {
        let mut command = Command::new(&copy);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/");
        if geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command
    };
    if !geteuid().is_root() && privilege::check().is_ok() {
        return crate::skip::skip(name, "this user may capture");
    }
    if let Err(error) = nobody(&["--version"]).output() {
        return crate::skip::skip(name, &format!("no other user: {error}"));
    }
    let ended = Running::of(&mut nobody(&["live", "-i", "lo"])).end();
    ended.failed_with("synfin: cannot capture on lo: permission denied: wanted CAP_NET_RAW, found none");
    ended.failed_with("`synfin demo`");

    let table = Running::of(&mut nobody(&["interfaces", "--lang", "en"])).end();
    table.succeeded();
    let text = table.stdout.join("\n");
    assert_eq!(text.matches("you may not capture").count(), 1, "{text}");
    let listed = Running::of(&mut nobody(&["interfaces", "--format", "jsonl"])).end();
    listed.succeeded();
    assert!(objects(&listed.stdout).iter().all(|object| object["capture"] == "no"), "{listed:?}");
    assert!(listed.stderr.iter().any(|line| line.contains("CAP_NET_RAW")), "{listed:?}");
}

#[test]
fn interfaces_are_listed_for_people_and_for_machines() {
    stage::in_namespace("live_command::messages::interfaces_are_listed_for_people_and_for_machines", || {
        let listed = Running::of(&mut synfin(["interfaces", "--format", "jsonl"])).end();
        listed.succeeded();
        let listed = objects(&listed.stdout);
        assert_eq!(listed[0]["name"], "lo");
        assert_eq!(listed[0]["index"], 1);
        assert_eq!(listed[0]["state"], "running");
        assert_eq!(listed[0]["link"]["number"], 1);
        assert_eq!(listed[0]["link"]["name"], "EN10MB");
        assert_eq!(listed[0]["capture"], "yes");
        assert!(listed[0]["addresses"].as_array().unwrap().iter().any(|address| address == "127.0.0.1/8"));
        let last = listed.last().unwrap();
        assert_eq!((&last["name"], &last["link"]["number"]), (&"any".into(), &113.into()));

        for (lang, wanted) in [("en", "type `synfin live -i lo` to capture"), ("zh", "可否抓包")] {
            let table = Running::of(&mut synfin(["interfaces", "--lang", lang])).end();
            table.succeeded();
            assert!(table.stdout.join("\n").contains(wanted), "{table:?}");
        }
    });
}
