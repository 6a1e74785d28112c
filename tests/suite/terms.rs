//! That everything the rules say of the traces and of their own examples has its line in the Chinese table of terms, and
//! that no line of the table is left over.

use crate::files;
use std::collections::BTreeSet;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::report::words::terms;
use synfin::rules;
use synfin::trace::{self, packets, packets::Carrier};

/// The left sides and the reasons that were said.
#[derive(Default)]
struct Heard(BTreeSet<&'static str>);

impl Sink for Heard {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            for judged in ended.record.equations.iter().chain(&ended.record.findings) {
                self.0.insert(judged.equation.name);
                self.0.extend(judged.why);
            }
        }
        Ok(())
    }
}

/// Plays a trace; one that cannot be read is another test's business.
fn play(text: &str, heard: &mut Heard) {
    let steps = trace::parse(text).expect("a trace of the repository can be read");
    let captured = packets::captured(&steps, Carrier::Ethernet4).expect("a trace can be made into packets");
    let mut analyzer = Analyzer::new();
    for (frame, (at, bytes)) in (1..).zip(captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet = Packet {
            frame,
            at,
            stamping: Stamping::Told,
            link: Carrier::Ethernet4.link(),
            interface: 0,
            bytes: &bytes,
            wire_len,
        };
        analyzer.observe(&packet, heard).expect("nothing is written");
    }
    analyzer.finish(heard).expect("nothing is written");
}

#[test]
fn what_the_rules_say_is_said_in_chinese_too() {
    let mut heard = Heard::default();
    for (_, text) in files::under("tests/traces", "trace") {
        play(&text, &mut heard);
    }
    for rule in rules::catalogue() {
        for text in [rule.broken_by, rule.kept_by].into_iter().filter(|text| !text.is_empty()) {
            play(text, &mut heard);
        }
    }
    let table: BTreeSet<&str> = terms::lines().map(|(english, _)| english).collect();
    let missing: Vec<_> = heard.0.difference(&table).collect();
    assert!(missing.is_empty(), "src/report/words/terms.tsv has no line for:\n{missing:#?}");
}

#[test]
fn no_line_of_the_table_is_left_over() {
    let sources: String = files::under("src/rules", "rs").into_iter().map(|(_, text)| joined(&text)).collect();
    let left: Vec<&str> =
        terms::lines().map(|(english, _)| english).filter(|it| !sources.contains(&format!("\"{it}\""))).collect();
    assert!(left.is_empty(), "no rule says any more:\n{left:#?}");
}

/// The source with each literal that goes on in a further line as one.
fn joined(text: &str) -> String {
    let mut parts = text.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + part.trim_start())
}
