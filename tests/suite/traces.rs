//! Every trace, and every rule's own examples, against the engine: states and findings line by line, as written and with
//! both sequence spaces turned so that the wrap falls on each number.

use crate::files;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::peer::{Peer, PerPeer};
use synfin::report::explain::lore;
use synfin::rules;
use synfin::rules::judge::Outcome;
use synfin::tcp::connection::Connection;
use synfin::tcp::state::State;
use synfin::timestamp::Timestamp;
use synfin::trace::packets::{self, Carrier};
use synfin::trace::{self, Step};

/// What the engine says of each frame.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) states: BTreeMap<u64, PerPeer<Option<State>>>,
    pub(crate) broken: BTreeMap<u64, Vec<&'static str>>,
    pub(crate) doubted: BTreeMap<u64, Vec<&'static str>>,
    /// Frames counted with connections, and those of them that only repeat another.
    pub(crate) counted: u64,
    pub(crate) copies: u64,
}

/// Peer A of the trace is not always peer A of an incarnation.
fn states(connection: &Connection, carrier: Carrier) -> PerPeer<Option<State>> {
    let a = if connection.addresses.a == carrier.path(Peer::A).from { Peer::A } else { Peer::B };
    PerPeer { a: connection.likely(a), b: connection.likely(a.other()) }
}

struct Watch(Seen, Carrier);

impl Sink for Watch {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) => {
                let now = states(counted.connection, self.1);
                self.0.states.entry(counted.segment.frame).or_insert(now);
            }
            Event::Connection(ended) => {
                self.0.counted += ended.connection.count;
                self.0.copies += ended.copies.total();
                for judged in &ended.record.findings {
                    let marks = match judged.outcome {
                        Outcome::Broken(_) => &mut self.0.broken,
                        Outcome::Undecided | Outcome::Noted => &mut self.0.doubted,
                        Outcome::Holds => continue,
                    };
                    marks.entry(judged.frame).or_default().push(judged.rule.id);
                }
            }
            Event::IcmpError(_, connection, told) => {
                let now = states(connection, self.1);
                self.0.states.entry(told.at.frame).or_insert(now);
            }
            Event::Rows(_) | Event::Finding(..) | Event::Datagrams(..) => {}
        }
        Ok(())
    }
}

fn watch(steps: &[Step], carrier: Carrier) -> Seen {
    let captured = packets::captured(steps, carrier).expect("a trace can be made into packets");
    let frames = (1..).zip(captured.frames).map(|(frame, (at, bytes))| Frame { frame, at, interface: 0, bytes });
    watch_frames(frames, carrier)
}

/// A frame of a capture.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) frame: u64,
    pub(crate) at: Timestamp,
    pub(crate) interface: u32,
    pub(crate) bytes: Vec<u8>,
}

/// What the engine says of frames that `carrier` carries.
pub(crate) fn watch_frames(frames: impl IntoIterator<Item = Frame>, carrier: Carrier) -> Seen {
    let mut analyzer = Analyzer::new();
    let mut watch = Watch(Seen::default(), carrier);
    for Frame { frame, at, interface, bytes } in frames {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet =
            Packet { frame, at, stamping: Stamping::Told, link: carrier.link(), interface, bytes: &bytes, wire_len };
        analyzer.observe(&packet, &mut watch).expect("the watch never fails");
    }
    analyzer.finish(&mut watch).expect("the watch never fails");
    watch.0
}

fn agrees(stated: &str, found: Option<State>) -> bool {
    match (stated, found) {
        ("?", _) | ("LISTEN" | "CLOSED", None) => true,
        (stated, Some(found)) => stated == found.name(),
        (_, None) => false,
    }
}

/// What is wrong with a trace, in its own notation.
fn faults(steps: &[Step], carrier: Carrier) -> String {
    faults_of(steps, &watch(steps, carrier), |line| line)
}

/// What is wrong with what was seen of a trace whose nth line is frame `number(n)`.
pub(crate) fn faults_of(steps: &[Step], seen: &Seen, number: impl Fn(u64) -> u64) -> String {
    let mut faults = String::new();
    for (line, step) in (1..).zip(steps) {
        let frame = number(line);
        let found = seen.states.get(&frame).copied().unwrap_or_default();
        for peer in Peer::BOTH {
            if !agrees(&step.states[peer], found[peer]) {
                let shown = found[peer].map_or("nothing", State::name);
                let _ =
                    writeln!(faults, "  line {}: peer {peer}: stated {}, found {shown}", step.line, step.states[peer]);
            }
        }
        let mut broken = seen.broken.get(&frame).cloned().unwrap_or_default();
        let mut stated: Vec<&str> = step.broken.iter().map(String::as_str).collect();
        let known = |id: &&str| rules::by_id(id).is_some();
        stated.retain(known);
        broken.sort_unstable();
        stated.sort_unstable();
        if broken != stated {
            let _ = writeln!(faults, "  line {}: stated broken {stated:?}, found {broken:?}", step.line);
        }
        let doubted = seen.doubted.get(&frame).cloned().unwrap_or_default();
        for id in step.noted.iter().filter(|id| known(&id.as_str())) {
            if !doubted.contains(&id.as_str()) {
                let _ = writeln!(faults, "  line {}: stated noted {id}, found {doubted:?}", step.line);
            }
        }
        for id in step.silent.iter().filter(|id| doubted.contains(&id.as_str()) || broken.contains(&id.as_str())) {
            let _ = writeln!(faults, "  line {}: stated silent {id}, found {doubted:?} {broken:?}", step.line);
        }
    }
    faults
}

/// As written, then turned so that the wrap falls on each number of the trace.
fn run(name: &str, text: &str) -> Result<(), String> {
    let steps = trace::parse(text).map_err(|error| format!("{name}: {error}\n"))?;
    let found = faults(&steps, Carrier::Ethernet4);
    if !found.is_empty() {
        return Err(format!("{name}, as written:\n{found}"));
    }
    for step in &steps {
        let numbers = PerPeer { a: 0, b: 0 };
        for number in [step.seq, step.seq + step.len, step.ack.unwrap_or(step.seq)] {
            for extra in [0, 1] {
                let turn = number.get().wrapping_neg().wrapping_sub(extra);
                for by in [PerPeer { a: turn, ..numbers }, PerPeer { b: turn, ..numbers }] {
                    let found = faults(&trace::turn(&steps, by), Carrier::Ethernet4);
                    if !found.is_empty() {
                        return Err(format!("{name}, turned by {by:?}:\n{found}"));
                    }
                }
            }
        }
    }
    for carrier in [Carrier::Ethernet6, Carrier::Vlan4, Carrier::Raw4] {
        let found = faults(&steps, carrier);
        if !found.is_empty() {
            return Err(format!("{name}, over {carrier:?}:\n{found}"));
        }
    }
    Ok(())
}

pub(crate) fn report(failures: &[String], of: usize) {
    assert!(failures.is_empty(), "{} of {of} traces fail:\n{}", failures.len(), failures.concat());
}

#[test]
fn every_trace_leaves_the_states_and_findings_that_it_states() {
    let traces = files::under("tests/traces", "trace");
    assert!(traces.len() >= 40, "only {} traces were found", traces.len());
    let failures: Vec<_> = traces.iter().filter_map(|(path, text)| run(path, text).err()).collect();
    report(&failures, traces.len());
}

#[test]
fn every_rule_fires_on_its_own_example_and_only_there() {
    let mut failures = Vec::new();
    let mut examples = 0;
    for rule in rules::catalogue() {
        for (name, text) in [("broken_by", rule.broken_by), ("kept_by", rule.kept_by)] {
            if text.is_empty() {
                continue;
            }
            examples += 1;
            failures.extend(run(&format!("{}: {name}", rule.id), text).err());
            let marked = text.contains(&format!("! {}", rule.id)) || text.contains(&format!("~ {}", rule.id));
            if marked != (name == "broken_by") {
                failures.push(format!("{}: {name}: the mark of the rule itself is amiss\n", rule.id));
            }
        }
    }
    report(&failures, examples);
}

#[test]
fn every_example_of_a_state_or_an_arc_is_judged_as_it_states() {
    let examples: BTreeSet<&str> = lore::lore().map(|lore| lore.example).collect();
    let named = |text: &str| text.lines().find(|line| line.starts_with('#')).unwrap_or_default().to_owned();
    let failures: Vec<_> = examples.iter().filter_map(|text| run(&named(text), text).err()).collect();
    report(&failures, examples.len());
}
