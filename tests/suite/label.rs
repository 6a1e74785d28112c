//! The label program: that its words are what clang makes of its source. That the kernel takes them, and that what they tell
//! agrees with the wire, is the oracle's part.

use std::fs;
use std::process::Command;

use synfin::witness::label::words::WORDS;

use crate::skip::skip;

/// Another clang makes other words of the same source.
const VERSION: &str = "14.0.6";
/// Where Debian has the headers of the kernel's interface that depend on the machine.
const HEADERS: &str = "/usr/include/x86_64-linux-gnu";

/// A clang of that version.
fn clang() -> Option<&'static str> {
    ["clang-14", "clang"].into_iter().find(|name| {
        let said = Command::new(name).arg("--version").output();
        said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(VERSION))
    })
}

fn number(octets: &[u8], at: usize, length: usize) -> usize {
    octets[at..at + length].iter().rev().fold(0, |number, octet| number << 8 | usize::from(*octet))
}

/// The section of this name in an ELF file of 64 bits, lowest octet first (System V ABI, chapter 4).
fn section<'e>(elf: &'e [u8], wanted: &[u8]) -> &'e [u8] {
    let (table, names) = (number(elf, 40, 8), number(elf, 62, 2));
    let header = |index: usize| table + 64 * index;
    let place = |header: usize| (number(elf, header + 24, 8), number(elf, header + 32, 8));
    let (strings, _) = place(header(names));
    let mut headers = (0..number(elf, 60, 2)).map(header);
    let is_it = |header: &usize| elf[strings + number(elf, *header, 4)..].starts_with(&[wanted, &[0]].concat());
    let (at, length) = place(headers.find(is_it).expect("the section is there"));
    &elf[at..at + length]
}

#[test]
fn the_words_are_what_clang_makes_of_the_source() {
    let Some(clang) = clang() else {
        skip("the_words_are_what_clang_makes_of_the_source", "wanted clang 14.0.6 (package clang-14), found none");
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let object = directory.path().join("label.o");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/witness/label/program.c");
    let mut command = Command::new(clang);
    command.args(["-O2", "-target", "bpf", "-Wall", "-Werror", "-I", HEADERS, "-c", source, "-o"]).arg(&object);
    let output = command.output().expect("clang starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let elf = fs::read(&object).expect("the object");
    let words: Vec<u64> = section(&elf, b"tcx")
        .chunks(8)
        .map(|word| u64::from_le_bytes(word.try_into().expect("eight octets")))
        .collect();
    assert_eq!(words, WORDS, "src/witness/label/words.rs has to be made anew of program.c");
}
