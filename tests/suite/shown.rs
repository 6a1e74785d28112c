//! That every finding of a rule's example can be followed by hand: it names the frames on which the other side of its
//! equation rests, unless the segment judged says all of it.

use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::rules;
use synfin::trace::{self, packets, packets::Carrier};

/// Rules that judge what stands in one segment, or that nothing came after it.
#[rustfmt::skip]
const ALONE: &[&str] = &[
    "dsack-form", "fin-with-data", "hdr-ack-present", "hdr-ack-zero-field", "hdr-bad-address", "hdr-checksum",
    "hdr-flags-impossible", "hdr-reserved", "hdr-urg", "hs-early-data-a", "hs-unanswered", "ka-answer",
    "neg-ecn-rexmit", "neg-mss-sane", "neg-ws-range", "opt-eol-zero", "opt-fixed-size", "opt-length",
    "opt-mss-syn-only", "opt-sack-without-ack", "opt-sackp-syn-only", "opt-ts-ecr-zero", "opt-ws-syn-only",
    "rst-data", "sack-above-ack", "sack-block-order", "zw-open", "zwp-answer",
];

/// The rules that found something without naming another frame, and those that named one.
#[derive(Default)]
struct Found(Vec<(&'static str, bool)>);

impl Sink for Found {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let findings = ended.record.findings.iter();
            self.0.extend(findings.map(|judged| (judged.rule.id, !judged.evidence().is_empty())));
        }
        Ok(())
    }
}

fn play(text: &str) -> Found {
    let steps = trace::parse(text).expect("a rule's example can be read");
    let captured = packets::captured(&steps, Carrier::Raw4).expect("a rule's example can be made into packets");
    let (mut analyzer, mut found) = (Analyzer::new(), Found::default());
    for (frame, (at, bytes)) in (1..).zip(captured.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet = Packet {
            frame,
            at,
            stamping: Stamping::Told,
            link: Carrier::Raw4.link(),
            interface: 0,
            bytes: &bytes,
            wire_len,
        };
        analyzer.observe(&packet, &mut found).expect("nothing is written");
    }
    analyzer.finish(&mut found).expect("nothing is written");
    found
}

#[test]
fn every_finding_names_the_frames_that_it_rests_on() {
    let mut faults = Vec::new();
    for rule in rules::catalogue().filter(|rule| !rule.broken_by.is_empty()) {
        for (id, names) in play(rule.broken_by).0.into_iter().filter(|(id, _)| *id == rule.id) {
            if !names && !ALONE.contains(&id) {
                faults.push(id);
            }
        }
    }
    assert!(faults.is_empty(), "no frame shows the numbers of {faults:?}");
}

#[test]
fn every_rule_that_needs_no_other_frame_exists() {
    let unknown: Vec<_> = ALONE.iter().filter(|id| rules::by_id(id).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
