//! The commands as they are typed: what they print and their exit codes, word for word, from `tests/cmd/*.md`.
//!
//! Every input is a trace of `tests/traces`, so nothing here depends on a capture made elsewhere.

use std::process::{Command, Output};

/// The environment that changes what is printed is set; the rest of the machine's does not reach the command.
#[test]
fn commands_print_what_their_transcripts_say() {
    let fixed =
        [("LC_ALL", "C.UTF-8"), ("SYNFIN_LANG", "en"), ("COLUMNS", "80"), ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "0")];
    let cases = trycmd::TestCases::new();
    fixed.iter().fold(&cases, |cases, (name, value)| cases.env(*name, *value));
    cases.case("tests/cmd/*.md");
}

fn synfin(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG", "COLUMNS", "SYNFIN_LANG"] {
        command.env_remove(name);
    }
    command.output().unwrap_or_else(|error| panic!("synfin {}: {error}", arguments.join(" ")))
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn show_prints_one_object_and_nothing_else_for_machines() {
    let trace = "tests/traces/close/normal-close.trace";
    for format in ["json", "jsonl"] {
        let shown = synfin(&["show", trace, "--format", format]);
        let object: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("one JSON value");
        assert_eq!((object["type"].as_str(), object["conn"].as_u64()), (Some("connection"), Some(1)));
        assert_eq!(stdout(&shown).lines().count(), 1);
        assert!(shown.stderr.is_empty());
        let analyzed = stdout(&synfin(&["analyze", trace, "--format", "jsonl"]));
        assert_eq!(analyzed.lines().next(), stdout(&shown).lines().next());
    }
}

#[test]
fn the_language_follows_option_and_locale() {
    let trace = "tests/traces/close/normal-close.trace";
    let shown = synfin(&["show", trace, "--lang", "zh", "--only", "textbook"]);
    assert!(stdout(&shown).contains("三次握手") && !stdout(&shown).contains("handshake"));
    assert!(stdout(&synfin(&["explain", "ESTAB", "--lang", "zh"])).contains("双向传送数据"));
    assert!(stdout(&synfin(&["explain", "ESTAB"])).contains("Both sides know"));
}
