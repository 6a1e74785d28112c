//! Legal exchanges with one dishonest edit: the rule that names it fires at that frame, and no other violation does.
//!
//! The table of edits and what each breaks is a reviewed snapshot. The edits stand in `mutate/edits.txt`.

mod edits;

use crate::files;
use edits::{Edit, edits};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::peer::Peer;
use synfin::rules::judge::Outcome;
use synfin::rules::{self, Severity};
use synfin::trace::packets::{self, Carrier};
use synfin::trace::{self, Step};
use synfin::wire::segment::Flags;

/// What a rule said of a frame.
type Finding = (u64, &'static str, Outcome);

/// What was found, by frame.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Sink for Findings {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let found = ended.record.findings.iter().map(|judged| (judged.frame, judged.rule.id, judged.outcome));
            self.0.extend(found);
        }
        Ok(())
    }
}

fn findings(steps: &[Step]) -> Vec<Finding> {
    let captured = packets::captured(steps, Carrier::Ethernet4).expect("an edited trace can be made into packets");
    let (mut analyzer, mut found) = (Analyzer::new(), Findings::default());
    for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet =
            Packet { frame, at: *at, stamping: Stamping::Told, link: captured.link, interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut found).expect("the sink never fails");
    }
    analyzer.finish(&mut found).expect("the sink never fails");
    found.0.sort_unstable_by_key(|(frame, id, _)| (*frame, *id));
    found.0
}

/// Whether the rule speaks up: what a note demands is not broken but noted.
fn names(finding: &Finding, edit: &Edit) -> bool {
    let (frame, id, outcome) = *finding;
    let speaks = matches!(outcome, Outcome::Broken(_) | Outcome::Noted);
    frame == edit.guilty && id == edit.breaks && speaks
}

#[test]
fn a_legal_exchange_breaks_nothing() {
    for (path, text) in files::under("tests/traces/legal", "trace") {
        let steps = trace::parse(&text).expect("a legal exchange is a trace");
        let mut found = findings(&steps);
        found.retain(|(.., outcome)| *outcome != Outcome::Noted);
        assert_eq!(found, [], "{}", path);
    }
}

#[test]
fn every_dishonest_edit_breaks_the_rule_that_names_it_and_no_other() {
    let mut failures = String::new();
    for edit in edits() {
        let found = findings(&edit.edited());
        if !found.iter().any(|finding| names(finding, &edit)) {
            let _ =
                writeln!(failures, "{}: wanted {} at frame {}, found {found:?}", edit.name, edit.breaks, edit.guilty);
        }
        for (frame, id, outcome) in found {
            let listed = id == edit.breaks || edit.and.iter().any(|it| it == id);
            if outcome == Outcome::Broken(Severity::Violation) && !listed {
                let _ = writeln!(failures, "{}: {id} at frame {frame} is not listed", edit.name);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// What the exchange shows anyway proves nothing about the edit.
#[test]
fn no_edit_names_what_its_exchange_shows_without_it() {
    for edit in edits() {
        let found = findings(&edit.legal());
        assert!(!found.iter().any(|finding| names(finding, &edit)), "{}: {} is there anyway", edit.name, edit.breaks);
    }
}

#[test]
fn the_edits_name_every_rule_whose_breach_is_a_violation() {
    let edits = edits();
    let named: BTreeSet<&str> = edits.iter().map(|edit| edit.breaks.as_str()).collect();
    for id in named.iter().copied().chain(edits.iter().flat_map(|edit| edit.and.iter().map(String::as_str))) {
        assert!(rules::by_id(id).is_some(), "there is no rule {id}");
    }
    let violations = rules::catalogue().filter(|rule| rule.severity == Severity::Violation);
    let missing: Vec<&str> = violations.map(|rule| rule.id).filter(|id| !named.contains(id)).collect();
    assert!(missing.is_empty(), "no edit breaks {missing:?}");
    println!("{} edits name {} rules", edits.len(), named.len());
}

#[test]
fn the_table_of_edits_and_what_they_break_is_as_reviewed() {
    let mut table = String::new();
    for edit in edits() {
        let _ = writeln!(table, "{} ({}, frame {})", edit.name, edit.of, edit.guilty);
        for finding in findings(&edit.edited()) {
            let (frame, id, outcome) = finding;
            let said = match outcome {
                Outcome::Broken(severity) => severity.id(),
                _ if names(&finding, &edit) => "noted",
                _ => continue,
            };
            let _ = writeln!(table, "  frame {frame}: {id} ({said})");
        }
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("mutations", table);
    });
}

/// Somebody else's octets, and FINs, in the name of either peer, before each of its segments up to its FIN: what they
/// acknowledge was never sent, or is long past, so they must be refused; and the peer goes on from where it stood.
#[test]
fn octets_that_must_be_refused_charge_nobody_wherever_somebody_puts_them_in() {
    const ACK: u16 = 0x10;
    const FIN_ACK: u16 = 0x11;
    let exchanges = files::under("tests/traces/legal", "trace");
    let (_, text) =
        exchanges.iter().find(|(path, _)| path.ends_with("handshake-data-close.trace")).expect("it is there");
    let steps = trace::parse(text).expect("a legal exchange is a trace");
    let (mut failures, mut tried) = (String::new(), 0);
    for peer in Peer::BOTH {
        let own = |it: &&Step| it.from == peer && !it.flags.syn();
        let places: Vec<usize> = (3..steps.len()).filter(|at| own(&&steps[*at])).collect();
        let closed = places.iter().position(|at| steps[*at].flags.fin()).expect("both close");
        for at in places.into_iter().take(closed + 1) {
            let before = steps.iter().take(at).filter(|it| it.from == peer);
            let end = |it: &Step| it.seq + it.len + u32::from(it.flags.syn());
            let nxt = before.map(end).reduce(|most, end| most.later_of(end)).expect("a SYN at least");
            for (far, flags, len) in [
                (100_000, ACK, 6),
                (100_000, FIN_ACK, 0),
                (u32::MAX - 0x700_0000, ACK, 6),
                (u32::MAX - 0x700_0000, FIN_ACK, 3),
            ] {
                let ack = steps[at].ack.map(|ack| ack + far);
                let forged = Step { seq: nxt, ack, len, flags: Flags(flags), ..steps[at].clone() };
                let mut edited = steps.clone();
                edited.insert(at, forged);
                tried += 1;
                let found = findings(&edited);
                if found.iter().any(|(.., outcome)| *outcome == Outcome::Broken(Severity::Violation)) {
                    let _ = writeln!(failures, "{peer} at line {at}, ack + {far}, flags {flags:#x}: {found:?}");
                }
            }
        }
    }
    assert!(tried > 8, "only {tried} places");
    assert!(failures.is_empty(), "{failures}");
}
