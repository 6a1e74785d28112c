//! Connections that are plain so far are judged late, or not at all where nobody would be told: what is told is the same.

use super::batches::captures;
use crate::bench::captures::container::Container;
use crate::bench::captures::{Kind, Plan, write};
use crate::taps::traces;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Asks, Event, Remark, Sink, Wish};
use synfin::analysis::most::Most;
use synfin::capture::{Source, file};
use synfin::packet::{Packet, Stamping};
use synfin::report::build;
use synfin::trace::packets::{Carrier, captured};

/// What connections come to, for a sink that asks for so much.
struct Told {
    asks: Asks,
    views: Vec<String>,
    counted: Vec<(u64, Remark)>,
}

impl Told {
    const fn asking(asks: Asks) -> Self {
        Self { asks, views: Vec::new(), counted: Vec::new() }
    }
}

impl Sink for Told {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            self.views.push(format!("{:?}", build::connection("plain", ended)));
        }
        Ok(())
    }

    fn asks(&self) -> Asks {
        self.asks
    }

    fn wants_told(&mut self, conn: u64, remark: Remark) -> Wish {
        self.counted.push((conn, remark));
        Wish::Counted
    }
}

/// The same packets for a sink that asks for everything and for one that asks for less; how many connections were plain
/// to the end.
fn compare(name: &str, most: Most, take: impl Fn(&mut Analyzer, &mut Told)) -> usize {
    let told = |asks: Asks| {
        let (mut analyzer, mut told) = (Analyzer::within(most), Told::asking(asks));
        take(&mut analyzer, &mut told);
        let totals = analyzer.finish(&mut told).expect("the sink takes all");
        let rules: Vec<_> = totals.rules.iter().map(|(rule, counts)| (rule.id, counts)).collect();
        (told, rules, (totals.read, totals.tcp, totals.connections, totals.late, totals.damaged))
    };
    let (every, rules, counts) = told(Asks::Everything);
    let (late, late_rules, late_counts) = told(Asks::Connections);
    assert_eq!(late.views, every.views, "{name}");
    assert_eq!(late_rules, rules, "{name}");
    assert_eq!(late_counts, counts, "{name}");
    let (few, _, few_counts) = told(Asks::Noteworthy);
    assert_eq!(few_counts, counts, "{name}");
    let mut left = few.views.iter();
    let mut next = left.next();
    for view in &every.views {
        if next == Some(view) {
            next = left.next();
        } else {
            assert!(view.contains("findings: []") || view.contains("hs-unanswered"), "{name} leaves out {view}");
        }
    }
    assert_eq!(next, None, "{name} tells something else");
    assert_eq!(few.views.len() + few.counted.len(), every.views.len(), "{name}");
    few.counted.len()
}

#[test]
fn traces_come_out_the_same_whatever_the_sink_asks_for() {
    let mut plain = 0;
    for (name, steps) in traces() {
        let captured = captured(&steps, Carrier::Ethernet4).expect("packets");
        plain += compare(&name, Most::default(), |analyzer, told| {
            for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
                let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
                let packet = Packet {
                    frame,
                    at: *at,
                    stamping: Stamping::Told,
                    link: captured.link,
                    interface: 0,
                    bytes,
                    wire_len,
                };
                analyzer.observe(&packet, told).expect("the sink takes all");
            }
        });
    }
    assert!(plain > 10, "{plain} connections of traces are plain");
}

fn feed(mut source: impl Source, analyzer: &mut Analyzer, told: &mut Told) {
    while let Ok(Some(packet)) = source.next_packet() {
        analyzer.observe(&packet, told).expect("the sink takes all");
    }
}

#[test]
fn attempts_that_shrank_before_their_answer_came_out_the_same() {
    let mut octets = Vec::new();
    let plan = Plan { open: 200, ..Plan::of(Kind::ManySmall, 4_000) };
    write(&plan, Container::named("pcap").expect("a format"), &mut octets).expect("memory");
    for whole_attempts in [1, 20] {
        let most = Most { whole_attempts, ..Most::default() };
        let plain = compare("many-small", most, |analyzer, told| {
            feed(file::from_reader("made", io::Cursor::new(octets.clone())).expect("a capture"), analyzer, told);
        });
        assert!(plain > 300, "with {whole_attempts} whole attempts {plain} connections are plain");
    }
}

#[test]
fn captures_come_out_the_same_whatever_the_sink_asks_for() {
    let mut plain = 0;
    for path in captures() {
        plain += compare(&path.display().to_string(), Most::default(), |analyzer, told| {
            feed(file::open(&path).expect("a capture"), analyzer, told);
        });
    }
    assert!(plain > 0, "a connection of the captures is plain");
}
