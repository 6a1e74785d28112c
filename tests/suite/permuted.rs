//! The rules asked in other orders than the catalogue's: what is found stays the same, to the frame and the number.

use crate::taps::traces;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::rules::book::Rulebook;
use synfin::rules::judge::Judged;
use synfin::trace::Step;
use synfin::trace::packets::{Carrier, captured};

/// Everything that was said of each connection.
#[derive(Default)]
struct Said(Vec<String>);

impl Sink for Said {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let line = |judged: &Judged| {
                let Judged { rule, frame, peer, outcome, equation, why, settled_by, more } = judged;
                let conn = ended.conn;
                format!("{conn} {frame} {} {peer} {outcome:?} {equation} {why:?} {settled_by:?} {more}", rule.id)
            };
            self.0.extend(ended.record.findings.iter().map(line));
            self.0.extend(ended.record.equations.iter().map(line));
        }
        Ok(())
    }
}

/// What is said of a trace with the rules in the order of `book`; the order in which it is said does not count.
fn said(steps: &[Step], book: &'static Rulebook) -> Vec<String> {
    let captured = captured(steps, Carrier::Ethernet4).expect("packets");
    let (mut analyzer, mut said) = (Analyzer::by_book(book), Said::default());
    for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet =
            Packet { frame, at: *at, stamping: Stamping::Told, link: captured.link, interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut said).expect("the sink never fails");
    }
    analyzer.finish(&mut said).expect("the sink never fails");
    said.0.sort_unstable();
    said.0
}

/// The catalogue backwards, from its middle, and in orders that a multiplication mixes.
fn books() -> Vec<&'static Rulebook> {
    let mixed = |by: usize| Rulebook::ordered(move |rules| rules.sort_by_key(|it| it.place * by % 257));
    let books = [
        Rulebook::ordered(|rules| rules.reverse()),
        Rulebook::ordered(|rules| rules.rotate_left(rules.len() / 2)),
        mixed(101),
        mixed(151),
        mixed(211),
    ];
    books.into_iter().map(|book| &*Box::leak(Box::new(book))).collect()
}

#[test]
fn the_order_in_which_rules_are_asked_changes_nothing() {
    let (traces, books) = (traces(), books());
    let mut all = 0;
    for (name, steps) in &traces {
        let usual = said(steps, Rulebook::usual());
        all += usual.len();
        for (at, book) in books.iter().enumerate() {
            assert_eq!(said(steps, book), usual, "{name}, order {at}");
        }
    }
    println!("{all} verdicts of {} traces are the same in {} orders", traces.len(), books.len());
    assert!(all > 1_000, "only {all} verdicts were compared");
}
