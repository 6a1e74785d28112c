//! Captures written down: what `report::notation` writes of every trace, the parser reads back as the same segments.

use crate::files;
use std::io;
use synfin::analysis::Analyzer;
use synfin::packet::{Packet, Stamping};
use synfin::report::collect::Which;
use synfin::report::notation::Blocks;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{Step, parse};

/// The steps that make the packets, told to the writer or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Yes,
    No,
}

/// What is written of a capture made of `steps`.
fn written(steps: &[Step], carrier: Carrier, told: Told) -> io::Result<String> {
    let captured = captured(steps, carrier).map_err(io::Error::other)?;
    let mut text = Vec::new();
    let mut blocks = Blocks::new(&mut text, Which::All);
    if told == Told::Yes {
        blocks = blocks.made_of(steps.to_vec());
    }
    let mut analyzer = Analyzer::new();
    for (frame, (at, octets)) in (1_u64..).zip(&captured.frames) {
        let wire_len = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        let packet = Packet {
            frame,
            at: *at,
            stamping: Stamping::Told,
            link: captured.link,
            interface: 0,
            bytes: octets,
            wire_len,
        };
        analyzer.observe(&packet, &mut blocks)?;
    }
    analyzer.finish(&mut blocks)?;
    drop(blocks);
    String::from_utf8(text).map_err(io::Error::other)
}

/// What the wire holds of a step; times, states and marks apart.
fn segment(step: &Step, told: Told) -> String {
    // Of what an ICMP error quotes, the wire holds the number.
    if let (Some(kind), Told::No) = (step.icmp(), told) {
        return format!("{} {}", step.seq, kind.id());
    }
    let mut step = step.clone();
    if told == Told::No {
        step.attributes.clear();
        step.options.retain(|option| !matches!(option, synfin::trace::StepOption::End));
    }
    let Step { seq, len, flags, ack, window, options, attributes, .. } = step;
    format!("{seq} {len} {flags} {ack:?} {window} {options:?} {attributes:?}")
}

#[test]
fn every_trace_comes_back_from_its_packets() {
    let traces = files::under("tests/traces", "trace");
    assert!(traces.len() >= 33, "only {} traces", traces.len());
    for (path, text) in traces {
        let steps = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        for (carrier, told) in [
            (Carrier::Raw4, Told::Yes),
            (Carrier::Raw4, Told::No),
            (Carrier::Vlan4, Told::No),
            (Carrier::Raw6, Told::No),
        ] {
            let text = written(&steps, carrier, told).unwrap_or_else(|error| panic!("{path}: {error}"));
            let again = parse(&text).unwrap_or_else(|error| panic!("{path}: written: {error}\n{text}"));
            // Incarnations that overlap are written one after the other, and a copy that the capture made not at all.
            let sorted = |steps: &[Step]| {
                let mut segments: Vec<String> = steps.iter().map(|step| segment(step, told)).collect();
                segments.sort();
                segments.dedup();
                segments
            };
            assert!(again.len() <= steps.len(), "{path} over {carrier:?}\n{text}");
            assert_eq!(sorted(&again), sorted(&steps), "{path} over {carrier:?}\n{text}");
        }
    }
}

#[test]
fn states_and_broken_rules_stand_on_their_lines() {
    let path = "tests/traces/sequence/ack-of-data-never-sent.trace";
    let (_, text) = files::under("tests/traces", "trace").into_iter().find(|(own, _)| own == path).expect("it exists");
    let steps = parse(&text).expect("it is a trace");
    let text = written(&steps, Carrier::Ethernet4, Told::No).expect("it can be written");
    assert!(text.starts_with("# conn 1: A 198.51.100.1:49152, B 203.0.113.1:80\n"), "{text}");
    let again = parse(&text).expect("it reads back");
    let marks = |steps: &[Step]| steps.iter().map(|step| step.broken.clone()).collect::<Vec<_>>();
    assert_eq!(marks(&again), marks(&steps), "{text}");
    assert!(marks(&steps).iter().any(|marks| !marks.is_empty()));
    let states = |steps: &[Step]| steps.iter().map(|step| step.states.a.clone()).collect::<Vec<_>>();
    assert_eq!(states(&again), states(&steps), "{text}");
}
