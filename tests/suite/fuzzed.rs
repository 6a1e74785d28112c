//! What fuzzing found, replayed on the stable compiler by the same checks that found it.
//!
//! `tests/fuzz` is a crate of its own that hands the same checks what libFuzzer makes up.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[path = "../invariants/lib.rs"]
mod invariants;

type Check = fn(&[u8]);

/// The fuzz targets and their checks.
const TARGETS: [(&str, Check); 6] = [
    ("container", invariants::container::check),
    ("frame", invariants::frame::check),
    ("options", invariants::options::check),
    ("notation", invariants::notation::check),
    ("segments", invariants::segments::check),
    ("mutated", invariants::mutated::check),
];

/// Target, file, and what was wrong.
const FINDS: [(&str, &str, &str); 7] = [
    (
        "frame",
        "a-tunnel-one-layer-too-deep-behind-switch-tags",
        "the check, not the decoder: it did not count the tags of switches among the layers of which there are at most eight",
    ),
    (
        "container",
        "a-segment-cut-short-on-the-wire-beside-another-connection",
        "lanes were not told that the capture shows damage where a segment was short and no checksum wrong, and charged a peer",
    ),
    (
        "frame",
        "a-tunnel-in-a-datagram-too-short-for-its-header",
        "a UDP length below eight was refused of a datagram, but a tunnel in such a one was followed",
    ),
    (
        "frame",
        "a-tunnel-one-layer-too-deep",
        "the check, not the decoder: with a tag more, a tunnel in eight layers is one too many, and its datagram stands for itself",
    ),
    (
        "segments",
        "last-frame-behind-a-challenger",
        "a SYN-ACK that had waited for its cause made the last frame of its connection an earlier one than it was",
    ),
    (
        "mutated",
        "half-the-ring-away",
        "a number exactly half the ring away was taken for one near the connection's, since its distance has no amount",
    ),
    (
        "mutated",
        "one-challenger-of-two-is-released",
        "of two SYNs into a connection one opened the next: the other one's frame was counted behind the last frame",
    ),
];

fn folder(target: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/finds").join(target)
}

#[test]
fn what_fuzzing_found_is_mended() {
    for (target, file, sentence) in FINDS {
        let path = folder(target).join(file);
        let octets = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (_, check) = TARGETS.iter().find(|(name, _)| *name == target).expect("a find names its target");
        assert!(sentence.len() > 20, "{file} has no sentence");
        check(&octets);
    }
}

#[test]
fn every_find_has_a_sentence() {
    let told: BTreeSet<_> = FINDS.iter().map(|(target, file, _)| ((*target).to_owned(), (*file).to_owned())).collect();
    let mut kept = BTreeSet::new();
    for (target, _) in TARGETS {
        let Ok(entries) = fs::read_dir(folder(target)) else { continue };
        for entry in entries {
            let entry = entry.expect("a folder can be listed");
            kept.insert((target.to_owned(), entry.file_name().to_string_lossy().into_owned()));
        }
    }
    assert_eq!(kept, told);
}

/// The captures of the repository go through all that captures made up go through.
#[test]
fn recorded_captures_and_traces_hold_what_any_input_must() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut checked = 0;
    for (dir, extension, check) in [
        ("captures", "pcapng", invariants::container::check as Check),
        ("tests/lab", "pcapng", invariants::container::check),
        ("tests/traces/legal", "trace", invariants::notation::check),
    ] {
        for entry in fs::read_dir(root.join(dir)).expect("a folder of the repository") {
            let path = entry.expect("a folder can be listed").path();
            if path.extension().is_some_and(|it| it == extension) {
                check(&fs::read(&path).expect("a file can be read"));
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "only {checked} files");
}

/// Whatever octets choose, a few thousand choices of them: that the checks run at all is not left to fuzzing.
#[test]
fn arbitrary_choices_hold_what_any_input_must() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for (name, check) in TARGETS.iter().filter(|(name, _)| *name != "container") {
        for round in 0..400 {
            let octets: Vec<u8> = (0..round)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state.to_be_bytes()[3]
                })
                .collect();
            let checked = std::panic::catch_unwind(|| check(&octets));
            assert!(checked.is_ok(), "{name}: {octets:02x?}");
        }
    }
}
