//! Legal exchanges with one dishonest edit: the rule that names it fires at that frame, and no other violation does.
//!
//! The table of edits and what each breaks is a reviewed snapshot.

mod edits;

use crate::files;
use edits::{EDITS, Edit};
use std::fmt::Write as _;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::Packet;
use synfin::rules::judge::Outcome;
use synfin::rules::{self, Severity};
use synfin::trace::packets::{self, Carrier};
use synfin::trace::{self, Step};

/// What was broken, by frame.
#[derive(Default)]
struct Breaches(Vec<(u64, &'static str, Severity)>);

impl Sink for Breaches {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            for judged in &ended.record.findings {
                if let Outcome::Broken(severity) = judged.outcome {
                    self.0.push((judged.frame, judged.rule.id, severity));
                }
            }
        }
        Ok(())
    }
}

fn breaches(steps: &[Step]) -> Vec<(u64, &'static str, Severity)> {
    let captured = packets::captured(steps, Carrier::Ethernet4).expect("an edited trace can be made into packets");
    let (mut analyzer, mut found) = (Analyzer::new(), Breaches::default());
    for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet = Packet { frame, at: *at, link: captured.link, interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut found).expect("the sink never fails");
    }
    analyzer.finish(&mut found).expect("the sink never fails");
    found.0.sort_unstable();
    found.0
}

fn legal(name: &str) -> Vec<Step> {
    let exchanges = files::under("tests/traces/legal", "trace");
    let file = format!("{name}.trace");
    let found = exchanges.iter().find(|(path, _)| path.ends_with(&file));
    let (_, text) = found.unwrap_or_else(|| panic!("no legal exchange is called {name}"));
    trace::parse(text).expect("a legal exchange is a trace")
}

/// What an edit breaks: the guilty frame, and every breach.
fn outcome(edit: &Edit) -> (u64, Vec<(u64, &'static str, Severity)>) {
    let mut steps = legal(edit.of);
    let line = (edit.apply)(&mut steps);
    (u64::try_from(line).expect("a trace is short") + 1, breaches(&steps))
}

#[test]
fn a_legal_exchange_breaks_nothing() {
    for (path, text) in files::under("tests/traces/legal", "trace") {
        let steps = trace::parse(&text).expect("a legal exchange is a trace");
        assert_eq!(breaches(&steps), [], "{}", path);
    }
}

#[test]
fn every_dishonest_edit_breaks_the_rule_that_names_it_and_no_other() {
    let mut failures = String::new();
    for edit in EDITS {
        let (guilty, found) = outcome(edit);
        if !found.iter().any(|(frame, id, _)| *frame == guilty && *id == edit.breaks) {
            let _ = writeln!(failures, "{}: wanted {} at frame {guilty}, found {found:?}", edit.name, edit.breaks);
        }
        for (frame, id, severity) in found {
            if severity == Severity::Violation && id != edit.breaks && !edit.and.contains(&id) {
                let _ = writeln!(failures, "{}: {id} at frame {frame} is not listed", edit.name);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn every_edit_names_rules_that_exist() {
    for edit in EDITS {
        for id in std::iter::once(edit.breaks).chain(edit.and.iter().copied()) {
            assert!(rules::by_id(id).is_some(), "{}: there is no rule {id}", edit.name);
        }
    }
}

#[test]
fn the_table_of_edits_and_what_they_break_is_as_reviewed() {
    let mut table = String::new();
    for edit in EDITS {
        let (guilty, found) = outcome(edit);
        let _ = writeln!(table, "{} ({}, frame {guilty})", edit.name, edit.of);
        for (frame, id, severity) in found {
            let _ = writeln!(table, "  frame {frame}: {id} ({})", severity.id());
        }
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("mutations", table);
    });
}
