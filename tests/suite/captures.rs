//! The recorded captures: every one still gives the report that was reviewed, word for word.
//!
//! They are also what the demo shows where nothing may be captured.

use std::collections::BTreeSet;
use std::path::PathBuf;

use synfin::analysis::Analyzer;
use synfin::analysis::totals::Totals;
use synfin::capture::{Source, file};
use synfin::demo::GREETING;
use synfin::report::collect::{Collector, Story, Which};
use synfin::report::ladder::Fold;
use synfin::report::style::Style;
use synfin::report::words::{Language, Words};
use synfin::report::{build, capture, lesson};

/// Every capture there is.
const NAMES: [&str; 9] = [
    "demo-all-ipv6",
    "demo-client-closes",
    "demo-file",
    "demo-half-close",
    "demo-merged",
    "demo-refused",
    "demo-reset",
    "demo-server-closes",
    "demo-udp",
];

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("captures")
}

fn read(name: &str) -> (Collector, Totals) {
    let mut source = file::open(&directory().join(format!("{name}.pcapng"))).expect("the capture opens");
    let mut collected = Collector::new(&format!("{name}.pcapng"), Which::All);
    let mut analyzer = Analyzer::new();
    while let Some(packet) = source.next_packet().expect("the capture is whole") {
        analyzer.observe(&packet, &mut collected).expect("a collector takes all");
    }
    analyzer.note_losses(source.losses());
    let totals = analyzer.finish(&mut collected).expect("a collector takes all");
    (collected, totals)
}

/// What the demo shows of it.
fn report(name: &str, language: Language) -> String {
    let words = Words::new(language);
    let style = Style { width: 100, ..Style::new(&words) };
    let (Collector { stories, conversations, .. }, totals) = read(name);
    let mut text = String::new();
    if !conversations.is_empty() {
        let found = |refused: bool| conversations.iter().find(|view| view.port_unreachable.is_some() == refused);
        text.push_str(&lesson::udp(GREETING, found(false), found(true), None, &style));
        text.push('\n');
    }
    let tcp = |story: &Story, scenario: &str| lesson::tcp(scenario, None, story, Fold::default(), &style);
    let served = |story: &Story| lesson::file(None, story, Fold::default(), &style);
    match (name, stories.as_slice()) {
        ("demo-udp", []) => {}
        ("demo-file", [file]) => text.push_str(&served(file)),
        ("demo-all-ipv6", [first, file]) => {
            text.push_str(&tcp(first, "client-closes"));
            text.push('\n');
            text.push_str(&served(file));
        }
        (_, [story]) => text.push_str(&tcp(story, name.trim_start_matches("demo-"))),
        (_, stories) => panic!("{name}: {} connections", stories.len()),
    }
    text.push('\n');
    text + &capture::page(&build::capture(&format!("{name}.pcapng"), &totals, None), &style)
}

fn reviewed(snapshot: &str, report: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("captures_{snapshot}"), report);
    });
}

#[test]
fn every_capture_gives_the_reviewed_report() {
    for name in NAMES {
        let report = report(name, Language::English);
        assert!(!report.contains(env!("CARGO_MANIFEST_DIR")));
        reviewed(name, &report);
    }
}

#[test]
fn one_capture_gives_the_reviewed_report_in_chinese() {
    reviewed("demo-client-closes_zh", &report("demo-client-closes", Language::Chinese));
}

#[test]
fn no_capture_is_left_out_and_the_readme_names_each() {
    let readme = std::fs::read_to_string(directory().join("README.md")).expect("the README is there");
    let entries = std::fs::read_dir(directory()).expect("the directory is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    let found: BTreeSet<String> = names.filter_map(|name| Some(name.strip_suffix(".pcapng")?.to_owned())).collect();
    assert_eq!(found, NAMES.map(str::to_owned).into());
    for name in found {
        assert!(
            readme.contains(&format!("`{name}.pcapng`")) && readme.contains(&format!("-w captures/{name}.pcapng")),
            "{name}"
        );
    }
}
