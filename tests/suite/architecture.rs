//! The layers and the house rules that a compiler does not keep: who may use whom, who may name which crate,
//! how long a file may be. The check is a function of path and text, so it is itself tested with bad files.

use crate::files;

mod bounds;
mod source;

use source::Source;

/// Each module of the library and the modules it may use, besides the words; nothing uses `demo`, `witness` and
/// `lab`. A new module needs a line here.
const LAYERS: [(&str, &[&str]); 20] = [
    ("bound", &[]),
    ("seq", &[]),
    ("timestamp", &[]),
    ("peer", &[]),
    ("packet", &[]),
    ("four_tuple", &[]),
    ("nearest", &[]),
    ("capture", &[]),
    ("wire", &[]),
    ("flow", &[]),
    ("tcp", &["wire"]),
    ("rules", &["wire", "tcp"]),
    ("trace", &["wire", "tcp"]),
    ("analysis", &["wire", "flow", "tcp", "rules"]),
    ("witness", &["wire", "flow", "tcp"]),
    ("lab", &["nearest", "capture", "wire"]),
    ("report", &["nearest", "wire", "tcp", "rules", "trace", "analysis"]),
    ("demo", &[]),
    ("namespace", &[]),
    ("lib", &[]),
];

/// What every module of the library may use, besides itself. One of them may use those before it.
const WORDS: [&str; 6] = ["bound", "seq", "timestamp", "peer", "packet", "four_tuple"];

/// The modules that may use no words: they stand alone.
const ALONE: [&str; 1] = ["demo"];

/// The modules of the binary. They see the library as any other program does.
const BINARY: [&str; 3] = ["main", "cli", "tui"];

/// Crates that only some modules may name, so that each can be replaced in one place.
const CRATES: [(&str, &[&str]); 14] = [
    ("etherparse", &["wire"]),
    ("pcap", &["capture"]),
    ("pcap_parser", &["capture"]),
    ("flate2", &["capture"]),
    ("bzip2", &["capture"]),
    ("lzma_rust2", &["capture"]),
    ("ruzstd", &["capture"]),
    ("lz4_flex", &["capture"]),
    ("pnet", &["capture"]),
    ("comfy_table", &["report", "cli"]),
    ("fluent", &["report", "cli"]),
    ("anyhow", &["main", "cli", "tui"]),
    ("clap", &["main", "cli", "tui"]),
    ("synfin", &["main", "cli", "tui"]),
];

/// What a demo peer may name: sockets, and what a download needs to check and to place a file.
const DEMO_CRATES: [&str; 14] = [
    "std",
    "core",
    "alloc",
    "self",
    "Self",
    "super",
    "crate",
    "libc",
    "nix",
    "sha2",
    "signal_hook",
    "socket2",
    "tempfile",
    "thiserror",
];

/// File names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "types", "misc"];

/// Macros and attributes that stand for work not done or a test not run.
const UNFINISHED: [&str; 6] = ["todo!", "unimplemented!", "dbg!", "#[ignore", "should_panic", "#[allow("];

/// Lines that a file may have.
const BUDGET: usize = 400;

/// Everything wrong with the file, a sentence each; `path` is from the repository's root, as in `src/wire/ip.rs`.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = manners(path, text);
    if let Some(inner) = path.strip_prefix("src/") {
        faults.extend(layers(inner, text));
    }
    faults.iter().map(|fault| format!("{path}: {fault}")).collect()
}

/// What holds for tests and library alike.
fn manners(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let code = source::code(text);
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    let lines = text.lines().count();
    if lines > BUDGET {
        faults.push(format!("{lines} lines; the budget is {BUDGET}: split it by subject"));
    }
    if !text.starts_with("//!") {
        faults.push("does not begin with a //! comment that says what is here and who may use it".to_owned());
    }
    if name == "mod" {
        faults.push("mod.rs; name it after its subject, beside its folder".to_owned());
    }
    if EMPTY_NAMES.contains(&name) {
        faults.push(format!("\"{name}\" names no subject"));
    }
    for word in UNFINISHED.iter().filter(|word| code.contains(**word)) {
        faults.push(format!("{word} is left in it"));
    }
    let is_unsafe = source::words(&code).any(|word| word == "unsafe");
    let is_licensed = code.split_whitespace().collect::<String>().contains("#![expect(unsafe_code,reason=");
    if is_unsafe && !is_licensed {
        faults.push("unsafe without #![expect(unsafe_code, reason = …)] for the file".to_owned());
    }
    faults
}

/// Who uses whom; `path` is from `src`.
fn layers(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let source = Source::read(path, text);
    let own = source.module().to_owned();
    let in_binary = BINARY.contains(&own.as_str());
    let below = LAYERS.iter().find(|(module, _)| *module == own).map(|(_, below)| *below);
    if below.is_none() && !in_binary {
        faults.push(format!("module {own} is in no layer; give it one in LAYERS"));
    }
    for used in source.used_modules() {
        let may = match below {
            _ if used == own => true,
            Some(below) => below.contains(&used.as_str()) || shared(&own).contains(&used.as_str()),
            None => !LAYERS.iter().any(|(module, _)| *module == used),
        };
        let is_module = LAYERS.iter().any(|(module, _)| *module == used) || BINARY.contains(&used.as_str());
        if is_module && !may {
            faults.push(format!("{own} may not use {used}"));
        }
    }
    let crates = source.used_crates();
    for (name, owners) in CRATES {
        if !owners.contains(&own.as_str()) && crates.iter().any(|used| used == name) {
            faults.push(format!("{own} may not name the crate {name}; only {} may", owners.join(", ")));
        }
    }
    if ALONE.contains(&own.as_str()) {
        let strangers = source.imported_crates().into_iter().filter(|used| !DEMO_CRATES.contains(&used.as_str()));
        faults.extend(strangers.map(|used| format!("{own} stands alone and may not name the crate {used}")));
    }
    faults
}

/// The words that a module may use.
fn shared(own: &str) -> &'static [&'static str] {
    match WORDS.iter().position(|word| *word == own) {
        Some(before) => &WORDS[..before],
        None if ALONE.contains(&own) => &[],
        None => &WORDS,
    }
}

#[test]
fn every_file_keeps_the_layers_and_the_house_rules() {
    let files = [files::under("src", "rs"), files::under("tests", "rs")].concat();
    assert!(files.iter().any(|(path, _)| path == "src/lib.rs"), "the sources were not found");
    let faults: Vec<String> = files.iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The faults of a file with this code behind a module comment, without the path in front.
fn found(path: &str, code: &str) -> Vec<String> {
    let faults = faults(path, &format!("//! Here.\n{code}"));
    faults.iter().map(|fault| fault.trim_start_matches(path).trim_start_matches(": ").to_owned()).collect()
}

#[test]
fn a_use_of_an_upper_or_a_neighbouring_layer_is_found() {
    for (path, code, fault) in [
        ("src/wire/ip.rs", "use crate::capture::Source;", "wire may not use capture"),
        ("src/capture.rs", "use crate::{packet::Packet, flow};", "capture may not use flow"),
        ("src/tcp/state.rs", "fn f() { crate::rules::f() }", "tcp may not use rules"),
        ("src/tcp/state.rs", "use super::super::analysis::Event;", "tcp may not use analysis"),
        ("src/trace.rs", "use super::rules;", "trace may not use rules"),
        ("src/trace.rs", "#[cfg(test)]\nmod tests { use super::super::report::view; }", "trace may not use report"),
        ("src/rules/reset.rs", "use crate::analysis::{\n    event::Event,\n};", "rules may not use analysis"),
        ("src/seq.rs", "use crate::peer::Peer;", "seq may not use peer"),
        ("src/packet.rs", "use crate::wire;", "packet may not use wire"),
        ("src/demo/stream.rs", "use crate::seq::Seq;", "demo may not use seq"),
        ("src/report.rs", "use crate::demo::run;", "report may not use demo"),
        ("src/report.rs", "use crate::cli::args;", "report may not use cli"),
        ("src/cli/args.rs", "use crate::report::view;", "cli may not use report"),
        ("src/novel.rs", "", "module novel is in no layer; give it one in LAYERS"),
    ] {
        assert_eq!(found(path, code), [fault], "{path}: {code}");
    }
}

#[test]
fn a_crate_named_outside_its_module_is_found() {
    for (path, code, fault) in [
        ("src/flow.rs", "use etherparse::TcpSlice;", "flow may not name the crate etherparse; only wire may"),
        ("src/flow.rs", "fn f() { etherparse::f() }", "flow may not name the crate etherparse; only wire may"),
        ("src/wire.rs", "use pcap::Capture;", "wire may not name the crate pcap; only capture may"),
        ("src/rules.rs", "use comfy_table as t;", "rules may not name the crate comfy_table; only report, cli may"),
        ("src/capture.rs", "use anyhow::Result;", "capture may not name the crate anyhow; only main, cli, tui may"),
        ("src/tcp.rs", "use synfin::wire;", "tcp may not name the crate synfin; only main, cli, tui may"),
        ("src/demo.rs", "use serde_json::Value;", "demo stands alone and may not name the crate serde_json"),
    ] {
        assert_eq!(found(path, code), [fault], "{path}: {code}");
    }
}

#[test]
fn bad_manners_are_found() {
    assert!(found("src/wire/mod.rs", "")[0].starts_with("mod.rs;"));
    assert!(found("tests/suite/helpers.rs", "")[0].ends_with("names no subject"));
    assert!(found("src/wire.rs", &"\n".repeat(BUDGET))[0].starts_with("401 lines"));
    assert!(faults("src/wire.rs", "use std::fmt;")[0].contains("does not begin with a //! comment"));
    for code in ["fn f() { todo!() }", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", "fn f() { unsafe { g() } }"] {
        assert_eq!(found("src/wire.rs", code).len(), 1, "{code}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    for (path, code) in [
        ("src/wire/ip.rs", "use super::segment::Segment;\nuse crate::{packet::{FrameNo, Packet}, seq};"),
        ("src/wire/ip.rs", "// as crate::capture does; etherparse::f, unsafe, todo!\nuse etherparse::IpSlice;"),
        ("src/wire/ip.rs", "fn f() -> &'static str { \"crate::capture, unsafe and todo!\" }"),
        ("src/capture/live.rs", "use pcap::Capture;\nuse crate::timestamp::Timestamp;"),
        ("src/cli/analyze.rs", "use synfin::capture::pcap;\nfn f() { pcap::open(); crate::cli::g() }"),
        ("src/main.rs", "mod cli;\nfn main() { cli::run() }"),
        (
            "src/capture/raw.rs",
            "#![expect(\n    unsafe_code,\n    reason = \"asks the kernel\"\n)]\nfn f() { unsafe { g() } }",
        ),
        ("src/seq.rs", "#[cfg(test)]\nmod tests { use super::Seq; }"),
        ("src/demo.rs", "use socket2::Socket;\nuse std::io::Read as _;"),
    ] {
        assert_eq!(found(path, code), [""; 0], "{path}: {code}");
    }
}
