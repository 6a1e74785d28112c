//! The laboratory for a user who is not root: it plays where namespaces and the tun device are allowed, and says what is missing
//! where they are not.
//!
//! The tun device is one of this test's own, in a mount namespace, so the machine's stays as it is.

use std::process::{Command, Output};

use nix::unistd::geteuid;
use serde_json::Value;

use crate::demo::stage::{self, Rights};
use crate::skip::skip;

/// As root: what follows, as nobody, with a tun device of this mode and the binary where anyone may walk.
const STAGE: &str = "mount -t tmpfs none /mnt && mknod /mnt/tun c 10 200 && chmod $1 /mnt/tun && \
                     mount --bind /mnt/tun /dev/net/tun && touch /mnt/synfin && mount --bind $2 /mnt/synfin && cd / && \
                     shift 2 && exec setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/synfin \"$@\"";

/// Runs `synfin lab` so; `None` for anyone but root.
fn lab(test: &str, mode: &str, arguments: &[&str]) -> Option<Output> {
    if !geteuid().is_root() {
        skip(test, "only root sets this stage");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", STAGE, "sh", mode, env!("CARGO_BIN_EXE_synfin"), "lab"]).args(arguments);
    Some(command.output().expect("util-linux is there"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn nobody_plays_where_namespaces_are_allowed() {
    let test = "nobody_plays_where_namespaces_are_allowed";
    let Some(output) = lab(test, "666", &["run", "simultaneous-close", "--format", "json"]) else { return };
    if said(&output).contains("cannot make a network namespace") {
        return skip(test, said(&output).trim());
    }
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let played: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(played[0]["verdict"], "as-expected", "{played}");
}

#[test]
fn nobody_is_told_what_is_missing() {
    let test = "nobody_is_told_what_is_missing";
    let Some(output) = lab(test, "600", &["run", "three-way"]) else { return };
    let refused = said(&output);
    if refused.contains("cannot make a network namespace") {
        return skip(test, refused.trim());
    }
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        refused,
        "synfin: cannot make the lab: a tun device: permission denied; /dev/net/tun has to be readable and writable for this \
         user\n"
    );
    for arguments in [&["run", "three-way", "--witness"][..], &["crowd"]] {
        let Some(output) = lab(test, "666", arguments) else { return };
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let wanted = "synfin: cannot hear the kernel: wanted root, found user 65534; type sudo before it";
        assert!(said(&output).starts_with(wanted), "{}", said(&output));
    }
}

#[test]
fn without_namespaces_the_lab_says_so() {
    let test = "without_namespaces_the_lab_says_so";
    let Some(output) = stage::as_nobody(test, &["lab", "run", "three-way"], Rights::NoNamespaces) else { return };
    assert_eq!(output.status.code(), Some(2));
    let refused = said(&output);
    assert!(refused.starts_with("synfin: cannot make "), "{refused}");
    assert!(output.stdout.is_empty());
}
