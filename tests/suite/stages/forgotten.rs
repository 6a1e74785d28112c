//! What one connection keeps: more than that is forgotten, counted, and charges nobody.

use super::Frames;
use std::fmt::Write;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::bound::Bound;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::rules::judge::Outcome;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

/// Rules that are broken, and rules that stay undecided.
#[derive(Default)]
struct Told {
    broken: Vec<&'static str>,
    undecided: Vec<&'static str>,
}

impl Sink for Told {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            for judged in &ended.record.findings {
                match judged.outcome {
                    Outcome::Broken(_) => self.broken.push(judged.rule.id),
                    Outcome::Undecided => self.undecided.push(judged.rule.id),
                    Outcome::Holds | Outcome::Noted => {}
                }
            }
        }
        Ok(())
    }
}

fn packets(trace: &str) -> Frames {
    let steps = parse(trace).unwrap_or_else(|error| panic!("{error}\n{trace}"));
    captured(&steps, Carrier::Raw4).unwrap_or_else(|error| panic!("{error}\n{trace}")).frames
}

fn judged(trace: &str, id: &str) -> (Told, Bound) {
    judged_frames(&packets(trace), LinkType(101), id)
}

fn judged_frames(frames: &Frames, link: LinkType, id: &str) -> (Told, Bound) {
    let (mut analyzer, mut told) = (Analyzer::new(), Told::default());
    for (frame, (at, bytes)) in (1..).zip(frames) {
        let wire_len = u32::try_from(bytes.len()).expect("short");
        let (at, stamping) = (*at, Stamping::Told);
        analyzer
            .observe(&Packet { frame, at, stamping, link, interface: 0, bytes, wire_len }, &mut told)
            .expect("taken");
    }
    let totals = analyzer.finish(&mut told).expect("taken");
    let bound = totals.bounds.iter().find(|bound| bound.id == id).expect("such a bound");
    (told, bound)
}

/// So many SYNs of one opener, each with a number of its own, then a SYN-ACK of this number upon which it goes on.
fn many_syns(count: u32, acked: u32) -> String {
    let mut trace = String::new();
    for number in 0..count {
        let seq = 100 + number * 10_000;
        writeln!(trace, "SYN-SENT > S {seq}:{seq}(0) +1 > LISTEN").expect("memory");
    }
    let next = acked;
    write!(
        trace,
        "ESTABLISHED < S. 300:300(0) ack {acked} < SYN-RECEIVED\nESTABLISHED > . {next}:{next}(0) ack 301 > ESTABLISHED\n"
    )
    .expect("memory");
    trace
}

#[test]
fn an_answer_to_a_syn_that_was_forgotten_charges_nobody() {
    let (few, bound) = judged(&many_syns(1, 50_000), "candidates");
    assert_eq!((few.broken.as_slice(), bound.forgotten), (&["hs-synack-ack"][..], 0));
    let (many, bound) = judged(&many_syns(12, 101), "candidates");
    assert_eq!((bound.reached, bound.forgotten), (bound.most, 1));
    assert!(many.broken.is_empty() && many.undecided.contains(&"hs-synack-ack"), "{:?}", many.broken);
}

/// SYNs of one number with these options, then a SYN-ACK that answers the timestamps of one of them.
fn many_offers(offers: &[&str]) -> String {
    let syns = offers.iter().map(|offer| format!("SYN-SENT > S 100:100(0) <{offer}> +1 > LISTEN\n"));
    let rest = "ESTABLISHED < S. 300:300(0) ack 101 <TS val 9 ecr 7> < SYN-RECEIVED\n\
                ESTABLISHED > . 101:101(0) ack 301 > ESTABLISHED\n";
    syns.chain([rest.to_owned()]).collect()
}

#[test]
fn an_answer_to_an_offer_that_was_forgotten_charges_nobody() {
    let (few, bound) = judged(&many_offers(&["mss 1460", "mss 1400"]), "syn-variants");
    assert_eq!((few.broken.as_slice(), bound.forgotten), (&["neg-ts-offered"][..], 0));
    let offers = ["mss 1460", "mss 1400", "mss 1300", "mss 1200,TS val 7 ecr 0", "mss 1100", "mss 1000"];
    let (many, bound) = judged(&many_offers(&offers), "syn-variants");
    assert_eq!((bound.reached, bound.forgotten), (bound.most, 1));
    assert!(many.broken.is_empty() && many.undecided.contains(&"neg-ts-offered"), "{:?}", many.broken);
}

const OPENED: &str = "SYN-SENT > S 100:100(0) > LISTEN\nESTABLISHED < S. 300:300(0) ack 101 < SYN-RECEIVED\n\
                      ESTABLISHED > . 101:101(0) ack 301 > ESTABLISHED\n";

#[test]
fn more_holes_than_are_kept_are_told() {
    let data = |number: u32| {
        let (seq, end) = (111 + number * 20, 121 + number * 20);
        format!("ESTABLISHED > P. {seq}:{end}(10) ack 301 > ESTABLISHED\n")
    };
    let trace: String = [OPENED.to_owned()].into_iter().chain((0..20).map(data)).collect();
    let (told, bound) = judged(&trace, "islands");
    assert_eq!((bound.reached, bound.forgotten, told.broken.len()), (bound.most, 1, 0));
}

#[test]
fn more_outstanding_ranges_than_are_kept_are_told() {
    let data = |number: u32| {
        let (seq, end) = (101 + number * 10, 111 + number * 10);
        format!("ESTABLISHED > P. {seq}:{end}(10) ack 301 > ESTABLISHED\n")
    };
    let all = (0..200).chain(0..200).map(data);
    let acked = "ESTABLISHED < . 301:301(0) ack 2101 < ESTABLISHED\n".to_owned();
    let trace: String = [OPENED.to_owned()].into_iter().chain(all).chain([acked]).collect();
    let (told, bound) = judged(&trace, "outstanding");
    assert_eq!((bound.reached, bound.forgotten, told.broken.len()), (bound.most, 1, 0));
}

/// An Ethernet frame with two tags, of which there are more pairs than are told apart, around an IPv4 packet.
fn tagged(pair: u32, packet: &[u8]) -> Vec<u8> {
    let tag = |kind: u16, id: u32| [kind.to_be_bytes(), u16::try_from(id + 1).expect("a tag").to_be_bytes()].concat();
    [&[2; 12][..], &tag(0x88a8, pair / 4_000), &tag(0x8100, pair % 4_000), &[8, 0], packet].concat()
}

#[test]
fn what_comes_in_more_tunnels_than_are_told_apart_charges_nobody() {
    let most = 65_536;
    // Two connections of the same addresses, each in a place of its own: as one, a peer goes on behind its own FIN.
    let ends =
        "ESTABLISHED > F. 101:101(0) ack 301 > ESTABLISHED\nESTABLISHED > P. 102:302(200) ack 301 > ESTABLISHED\n";
    let both = packets(&format!("{OPENED}{ends}"));
    let in_places = |places: [u32; 2]| -> Frames {
        let each = both.iter().enumerate();
        each.map(|(nth, (at, packet))| (*at, tagged(places[usize::from(nth == 4)], packet))).collect()
    };
    // Of another address.
    let (at, mut filler) = both.first().cloned().expect("a SYN");
    filler[12] ^= 1;
    let judged = |frames: &Frames| judged_frames(frames, LinkType(1), "encapsulations");
    let (one, bound) = judged(&in_places([7, 7]));
    assert_eq!((one.broken.as_slice(), bound.forgotten), (&["fin-last"][..], 0));
    let flood = (0..most).map(|pair| (at, tagged(pair, &filler)));
    let (many, bound) = judged(&flood.chain(in_places([most, most + 1])).collect());
    assert_eq!((bound.reached, bound.forgotten), (bound.most, 5));
    assert!(many.broken.is_empty() && many.undecided.contains(&"fin-last"), "{:?}", many.broken);
}
