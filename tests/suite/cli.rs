//! The commands as they are typed: what they print and their exit codes, word for word, from `tests/cmd/*.md` and the README.
//!
//! Every input is a trace of `tests/traces` or a recorded capture of `captures`. To take over what the commands print now,
//! run this with `TRYCMD=overwrite` and read the difference.

use std::process::Output;

use crate::start;

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
    let mut command = start::synfin();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command.output().unwrap_or_else(|error| panic!("synfin {}: {error}", arguments.join(" ")))
}

/// What a block ```` ```console ```` of the README says: command, exit code, output.
fn told(readme: &str) -> Vec<(String, i32, String)> {
    let mut told: Vec<(String, i32, String)> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap_or_default().trim_end().lines() {
            match (line.strip_prefix("$ synfin "), line.strip_prefix("? "), told.last_mut()) {
                (Some(command), ..) => told.push((command.to_owned(), 0, String::new())),
                (None, Some(code), Some((_, known, _))) => *known = code.parse().expect("an exit code is a number"),
                (None, None, Some((.., output))) => output.push_str(&format!("{line}\n")),
                (None, _, None) => panic!("no command before {line:?}"),
            }
        }
    }
    told
}

/// Exact to the octet, which a transcript's comparison is not: it takes a backslash for a slash.
#[test]
fn the_readme_shows_what_the_commands_print() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let told = told(&std::fs::read_to_string(path).expect("the README can be read"));
    assert!(told.len() >= 4, "only {} commands", told.len());
    for (typed, code, text) in told {
        let words = shell_words(&typed);
        let output = synfin(&words.iter().map(String::as_str).collect::<Vec<_>>());
        if String::from_utf8_lossy(&output.stderr).contains("cannot make a network namespace") {
            crate::skip::skip("the_readme_shows_what_the_commands_print", "no namespace may be made here");
            continue;
        }
        let (shown, told) = (without_ports(&stdout(&output)), without_ports(&text));
        assert_eq!((output.status.code(), shown), (Some(code), told), "synfin {typed}");
    }
}

/// The kernel chooses ports of five digits for who connects; all others stay.
fn without_ports(text: &str) -> String {
    let chosen = |port: &str| port.len() == 5 && port.parse::<u32>().is_ok_and(|port| (32_768..61_000).contains(&port));
    let mut parts = text.split("127.0.0.1:");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (port, rest) = part.split_at(digits);
        whole.push_str(&format!("127.0.0.1:{}{rest}", if chosen(port) { "NNNNN" } else { port }));
    }
    whole
}

/// The README quotes nothing, so blanks part the words.
fn shell_words(typed: &str) -> Vec<String> {
    assert!(!typed.contains(['\'', '"', '\\']), "quotes in {typed}");
    typed.split_whitespace().map(str::to_owned).collect()
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
