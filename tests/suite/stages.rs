//! The stages before the rules, each seen from outside: what is taken in together, what waits and goes on, where the tap
//! stands, what was left to cards, how one incarnation follows another.

mod batches;
mod copies;
mod ends;
mod forgotten;
mod order;
mod plain;
mod room;

use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::report::collect::{Collector, Which};
use synfin::report::view::ConnectionView;
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

type Frames = Vec<(Timestamp, Vec<u8>)>;

fn frames(text: &str, carrier: Carrier) -> Frames {
    let steps = parse(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    captured(&steps, carrier).expect("packets").frames
}

fn observe(analyzer: &mut Analyzer, frames: &Frames, sink: &mut dyn Sink) {
    for (frame, (at, bytes)) in (1..).zip(frames) {
        let wire_len = u32::try_from(bytes.len()).expect("short");
        let link = Carrier::Raw4.link();
        analyzer
            .observe(&Packet { frame, at: *at, stamping: Stamping::Told, link, interface: 0, bytes, wire_len }, sink)
            .expect("the sink takes all");
    }
}

fn views_of(frames: &Frames) -> Vec<ConnectionView> {
    let mut sink = Collector::new("by hand", Which::All);
    let mut analyzer = Analyzer::new();
    observe(&mut analyzer, frames, &mut sink);
    analyzer.finish(&mut sink).expect("the collector takes all");
    let mut views: Vec<_> = sink.stories.into_iter().map(|story| story.view).collect();
    views.sort_by_key(|view| view.conn);
    views
}

pub(crate) fn views(text: &str) -> Vec<ConnectionView> {
    views_of(&frames(text, Carrier::Raw4))
}

/// Counts segments told.
struct Told(u64);

impl Sink for Told {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Segment(_) = event {
            self.0 += 1;
        }
        Ok(())
    }
}

#[test]
fn what_runs_ahead_goes_on_when_its_window_ends_though_no_packet_comes() {
    let frames = frames("? < S. 300:300(0) ack 101 < ?", Carrier::Raw4);
    let (mut analyzer, mut told) = (Analyzer::new(), Told(0));
    observe(&mut analyzer, &frames, &mut told);
    assert_eq!(told.0, 0, "it waits");
    analyzer.advance(frames[0].0 + Elapsed::from_ns(999_999), &mut told).expect("counted");
    assert_eq!(told.0, 0, "it waits still");
    analyzer.advance(frames[0].0 + Elapsed::from_ns(1_000_000), &mut told).expect("counted");
    assert_eq!(told.0, 1);
}

#[test]
fn a_connection_whose_first_segment_waits_has_the_number_of_its_first_frame() {
    let answer = frames("? < S. 300:300(0) ack 101 < ?", Carrier::Raw4);
    let other = frames("? > S 100:100(0) +0.00101 > ?", Carrier::Raw6);
    let question = frames("? > S 100:100(0) +0.00102 > ?", Carrier::Raw4);
    let views = views_of(&[answer, other, question].concat());
    let shown: Vec<_> =
        views.iter().map(|it| (it.conn, it.frames.first, it.frames.count, it.handshake.frames)).collect();
    assert_eq!(shown, [(1, 1, 2, [Some(3), Some(1), None]), (2, 2, 1, [Some(2), None, None])]);
}

#[test]
fn duplicate_acknowledgments_without_identification_are_no_copies() {
    let text = "? > S 100:100(0) > ?
                ? < S. 300:300(0) ack 101 < ?
                ? > . 101:101(0) ack 301 > ?
                ? > . 101:101(0) ack 301 +0.00001 > ?
                ? > . 101:101(0) ack 301 +0.00001 > ?";
    let views = views_of(&frames(text, Carrier::Raw6));
    assert_eq!((views[0].frames.count, views[0].copies.len()), (5, 0));
}

#[test]
fn a_sender_that_gives_every_packet_one_identification_sends_no_copies() {
    let text = "? > S 100:100(0) {id 1} > ?
                ? < S. 300:300(0) ack 101 {id 1} < ?
                ? > . 101:101(0) ack 301 {id 1} > ?
                ? > P. 101:105(4) ack 301 {id 1} > ?
                ? > P. 101:105(4) ack 301 {id 1} > ?";
    assert_eq!(views(text)[0].copies.len(), 0);
}

fn handshake(a_hops: u8, b_hops: u8, to_b: &str, to_a: &str) -> String {
    format!(
        "? > S 100:100(0) {{ttl {a_hops}}} > ?
         ? < S. 300:300(0) ack 101 {{ttl {b_hops}}} +{to_b} < ?
         ? > . 101:101(0) ack 301 {{ttl {a_hops}}} +{to_a} > ?"
    )
}

#[test]
fn the_tap_is_placed_by_round_trips_and_hop_limits_and_nowhere_if_they_disagree() {
    for (a_hops, b_hops, to_b, to_a, place) in [
        (64, 64, "0.050", "0.0001", "near-a"),
        (64, 64, "0.0001", "0.050", "near-b"),
        (64, 64, "0.020", "0.030", "between"),
        (64, 64, "0.00002", "0.00003", "unknown"),
        (60, 55, "0.00002", "0.00003", "between"),
        (128, 55, "0.020", "0.030", "near-a"),
        (57, 255, "0.00002", "0.00003", "near-b"),
        (64, 57, "0.0001", "0.050", "unknown"),
    ] {
        let view = views(&handshake(a_hops, b_hops, to_b, to_a)).remove(0);
        assert_eq!(view.vantage.place, place, "{a_hops} {b_hops} {to_b} {to_a}: {:?}", view.vantage.evidence);
    }
}

#[test]
fn a_syn_sent_again_measures_no_round_trip() {
    let text = "? > S 100:100(0) > ?
                ? > S 100:100(0) +1 > ?
                ? < S. 300:300(0) ack 101 +0.050 < ?
                ? > . 101:101(0) ack 301 +0.0001 > ?";
    let view = views(text).remove(0);
    let trips = view.vantage.evidence.iter().find(|sign| sign.kind == "round-trips").expect("one side is known");
    assert_eq!((trips.a, trips.b), (Some(100_000), None));
}

#[test]
fn super_segments_are_counted_and_charged_to_nobody() {
    let text = "? > S 100:100(0) <mss 1460> {ttl 64} > ?
                ? < S. 300:300(0) ack 101 <mss 1400> {ttl 50} < ?
                ? > . 101:101(0) ack 301 > ?
                ? > P. 101:1501(1400) ack 301 > ?
                ? > P. 1501:4501(3000) ack 301 > ?
                ? < . 301:301(0) ack 4501 < ?";
    let view = views(text).remove(0);
    assert_eq!((view.offload.a.super_segments, view.offload.b.super_segments), (1, 0));
    assert_eq!(view.vantage.place, "on-a");
    assert!(view.findings.iter().all(|finding| finding.verdict != "broken"), "{:?}", view.findings);
}

#[test]
fn checksums_left_to_the_card_are_counted_and_put_the_tap_on_their_host() {
    let text = "? > S 100:100(0) > ?
                ? < S. 300:300(0) ack 101 < ?
                ? > . 101:101(0) ack 301 > ?
                ? > P. 101:106(5) ack 301 > ?";
    let mut frames = frames(text, Carrier::Raw4);
    for at in [0, 2, 3] {
        let octets = &mut frames[at].1;
        let length = octets.len() as u32 - 20;
        let words = octets[12..20].chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
        let sum = words.sum::<u32>() + 6 + length;
        let folded = (sum & 0xffff) + (sum >> 16);
        octets[36..38].copy_from_slice(&(folded as u16).to_be_bytes());
    }
    let view = views_of(&frames).remove(0);
    assert_eq!((view.offload.a.partial_checksums, view.offload.b.partial_checksums), (3, 0));
    assert_eq!((view.vantage.place, view.findings.len()), ("on-a", 0));
}

/// A connection that stays open or is closed, then a SYN with these options and attributes that is answered.
fn followed(closed: &str, syn: &str) -> ConnectionView {
    let text = format!(
        "? > S 100:100(0) <mss 1460,sackOK,TS val 1000 ecr 0> > ?
         ? < S. 300:300(0) ack 101 <mss 1460,sackOK,TS val 9 ecr 1000> < ?
         ? > . 101:101(0) ack 301 <TS val 1001 ecr 9> > ?
         {closed}
         ? > S 900000:900000(0) {syn} +10 > ?
         ? < S. 700000:700000(0) ack 900001 <mss 1460,sackOK,TS val 20 ecr 1> < ?
         ? > . 900001:900001(0) ack 700001 > ?"
    );
    let mut views = views(&text);
    assert_eq!(views.len(), 2, "{text}");
    views.remove(1)
}

#[test]
fn port_reuse_reboot_and_rebinding_are_told_apart() {
    let closed = "? > F. 101:101(0) ack 301 <TS val 1002 ecr 9> > ?
                  ? < F. 301:301(0) ack 102 <TS val 10 ecr 1002> < ?
                  ? > . 102:102(0) ack 302 <TS val 1003 ecr 10> > ?";
    for (before, syn, kind, evidence) in [
        (closed, "<mss 1460,sackOK,TS val 11000 ecr 0>", "port-reuse", vec!["closed", "clock-goes-on", "same-syn"]),
        ("", "<mss 1460,sackOK,TS val 11000 ecr 0>", "port-reuse", vec!["open", "clock-goes-on", "same-syn"]),
        ("", "<mss 1460,sackOK,TS val 3 ecr 0>", "reboot", vec!["open", "clock-starts-anew", "same-syn"]),
        (
            "",
            "<mss 1380,nop,nop,sackOK> {ttl 120}",
            "nat-rebinding",
            vec!["open", "hop-limit-differs", "mss-differs", "options-differ"],
        ),
        ("", "<mss 1460,nop,nop,sackOK>", "nat-rebinding", vec!["open", "options-differ"]),
    ] {
        let view = followed(before, syn);
        let earlier = view.earlier.expect("it follows one");
        assert_eq!((earlier.conn, earlier.kind, earlier.evidence), (1, kind, evidence), "{before} {syn}");
    }
}

#[test]
fn long_silence_and_unrelated_numbers_make_another_incarnation_and_either_alone_does_not() {
    let later = |span: &str, seq: u32, ack: u32| {
        views(&format!(
            "? > S 100:100(0) > ?
             ? < S. 300:300(0) ack 101 < ?
             ? > . 101:101(0) ack 301 > ?
             ? > P. {seq}:{}(5) ack {ack} +{span} > ?
             ? < . {ack}:{ack}(0) ack {} < ?",
            seq + 5,
            seq + 5,
        ))
    };
    let split = later("10800", 1_000_000_000, 2_000_000_000);
    assert_eq!(split.len(), 2);
    assert_eq!(split[1].earlier.as_ref().map(|it| (it.conn, it.kind)), Some((1, "silence")));
    assert_eq!(later("10800", 101, 301).len(), 1);
    assert_eq!(later("60", 1_000_000_000, 2_000_000_000).len(), 1);
}

/// Raw4 and Raw6 are two flows on one link.
#[test]
fn connections_are_numbered_by_their_first_frames_though_a_later_syn_ack_tells_which_they_are() {
    let first = frames(
        "
ESTABLISHED > S  100:100(0)            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301    > ESTABLISHED
ESTABLISHED > S  5000:5000(0) +9.000   > ESTABLISHED
ESTABLISHED < S. 7000:7000(0) ack 5001 < SYN-RECEIVED
",
        Carrier::Raw4,
    );
    let mut other = frames("SYN-SENT > S 900:900(0) > LISTEN", Carrier::Raw6);
    let (syn, syn_ack) = first.split_at(4);
    for (at, _) in &mut other {
        *at = syn[3].0;
    }
    let views = views_of(&[syn, &other, syn_ack].concat());
    let numbered: Vec<(u64, u64)> = views.iter().map(|view| (view.conn, view.frames.first)).collect();
    assert_eq!(numbered, [(1, 1), (2, 4), (3, 5)]);
}
