//! What others chose, a terminal must not obey: names of files, filters, arguments, payloads, comments in a capture.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Clears the screen, changes colours, rings, goes back, and turns the direction of writing round.
const EVIL: &str = "a\u{1b}[2J\u{9b}31m\u{7}\r\u{202e}z";

/// Everything that a command says, on both outputs; nothing in it may be obeyed.
#[track_caller]
fn said(arguments: &[&str], directory: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    let ran =
        command.args(arguments).current_dir(directory).stdin(Stdio::null()).env("LANG", "C.UTF-8").output().unwrap();
    let text = [ran.stdout, ran.stderr].map(|octets| String::from_utf8_lossy(&octets).into_owned()).concat();
    let obeyed =
        |it: char| (it.is_control() && it != '\n') || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.contains(obeyed), "{arguments:?}: {text:?}");
    text
}

#[test]
fn names_of_files_are_shown_and_not_obeyed() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let capture = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/captures/demo-merged.pcapng")).unwrap();
    let named = |kind: &str| format!("{EVIL}{kind}");
    fs::write(place.join(named(".pcapng")), &capture).unwrap();
    fs::write(place.join(named("-cut")), &capture[..600]).unwrap();
    fs::write(place.join(named("-none")), format!("nothing\u{1b}[2J")).unwrap();
    fs::write(place.join(named(".trace")), "? > S 1:1(0) > ?\n? nonsense \u{1b}[2J").unwrap();
    for command in ["analyze", "show", "trace"] {
        for kind in [".pcapng", "-cut", "-none", ".trace", "-missing"] {
            let name = named(kind);
            let text = said(&[command, &name], place);
            // A trace of a capture does not name it.
            assert!(
                text.contains("a\\x1b[2J\\u{9b}31m") || (command, kind) == ("trace", ".pcapng"),
                "{command}: {text}"
            );
        }
    }
    said(&["analyze", "--merge", &named(".pcapng"), &named("-cut")], place);
    said(&["analyze", "--format", "jsonl", &named(".pcapng"), &named("-cut")], place);
    said(&["show", &named(".pcapng"), "--conn", "9"], place);
    // A name that ends a line forges none.
    let forged = "x\nsynfin: all is well";
    assert!(said(&["analyze", forged], place).contains("x\\nsynfin: all is well"));
}

#[test]
fn what_was_typed_is_shown_and_not_obeyed() {
    let place = tempfile::tempdir().unwrap();
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/demo-merged.pcapng");
    for arguments in [
        &["analyze", "-f", EVIL, capture][..],
        &["analyze", "--width", EVIL, capture],
        &["explain", EVIL],
        &["live", "-i", EVIL],
        &["demo", EVIL],
        &["lab", EVIL],
        &["peer", "tcp-client", EVIL],
        &["peer", "file-server", EVIL],
        &[EVIL],
    ] {
        assert!(!said(arguments, place.path()).is_empty(), "{arguments:?}");
    }
}

/// A block of pcapng, little-endian.
fn block(kind: u32, mut body: Vec<u8>) -> Vec<u8> {
    body.resize(body.len().next_multiple_of(4), 0);
    let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
    [&kind.to_le_bytes()[..], &length, &body, &length].concat()
}

fn option(code: u16, text: &str) -> Vec<u8> {
    let mut octets = [code.to_le_bytes(), u16::try_from(text.len()).unwrap().to_le_bytes()].concat();
    octets.extend_from_slice(text.as_bytes());
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

#[test]
fn comments_names_and_payloads_of_a_capture_are_not_obeyed() {
    let end = [0; 4];
    let mut octets = block(
        0x0a0d_0d0a,
        [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8], &option(1, EVIL), &option(4, EVIL), &end]
            .concat(),
    );
    // Interface: link type 101, a name, a description, a filter.
    let described = [option(2, EVIL), option(3, EVIL), option(11, EVIL), option(12, EVIL)].concat();
    octets.extend(block(1, [&[101, 0, 0, 0, 0, 0, 0, 0][..], &described, &end].concat()));
    // A name for an address.
    let record =
        [&[1, 0][..], &u16::try_from(5 + EVIL.len()).unwrap().to_le_bytes(), &[198, 51, 100, 1], EVIL.as_bytes(), &[0]];
    let mut names = record.concat();
    names.resize(names.len().next_multiple_of(4), 0);
    octets.extend(block(4, [&names[..], &end].concat()));
    let steps = synfin::trace::parse("? > P. 1:41(40) ack 1 > ?").unwrap();
    let captured = synfin::trace::packets::captured(&steps, synfin::trace::packets::Carrier::Raw4).unwrap();
    let mut bytes = captured.frames[0].1.clone();
    let payload = bytes.len() - 40;
    bytes[payload..payload + EVIL.len()].copy_from_slice(EVIL.as_bytes());
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let mut packet = [&[0; 12][..], &length, &length, &bytes].concat();
    packet.resize(packet.len().next_multiple_of(4), 0);
    octets.extend(block(6, [&packet[..], &option(1, EVIL), &end].concat()));
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("evil.pcapng"), &octets).unwrap();
    for command in ["analyze", "show", "trace"] {
        said(&[command, "evil.pcapng"], directory.path());
    }
    let ladder = said(&["show", "evil.pcapng", "--only", "ladder"], directory.path());
    assert!(ladder.contains("40 octets 61 1b 5b 32"), "what is no text is shown as octets: {ladder}");
}
