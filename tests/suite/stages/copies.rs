//! Copies and what is none: each kind of evidence, and likeness without any.

use synfin::analysis::copies::{Copies, DOUBLING, Evidence, OTHER_PLACE, SAME_PLACE, TOO_SOON};
use synfin::packet::{Packet, Stamping};
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;
use synfin::wire::{self, Decoded};

/// One line of a trace as a segment, captured `after` the start on an interface; what the stage says of it.
fn look(copies: &mut Copies, line: &str, carrier: Carrier, after: Elapsed, interface: u32) -> Option<Evidence> {
    let frames = captured(&parse(&format!("? {line} ?")).unwrap(), carrier).unwrap();
    let (_, bytes) = &frames.frames[0];
    let wire_len = u32::try_from(bytes.len()).unwrap();
    let at = Timestamp::from_ns(1_000) + after;
    let packet = Packet { frame: 1, at, stamping: Stamping::Told, link: frames.link, interface, bytes, wire_len };
    let Ok(Decoded::Segment(segment, _)) = wire::decode(&packet) else { panic!("no segment") };
    copies.find(&segment, u32::from(carrier == Carrier::Vlan4)).map(|copy| copy.evidence)
}

const NOW: Elapsed = Elapsed::from_ns(0);
const DATA: &str = "> P. 1:11(10) ack 1 {id 7} >";
const ACK: &str = "> . 1:1(0) ack 1 >";

#[test]
fn each_kind_of_evidence_is_told() {
    for (line, carrier, interface, evidence) in [
        (DATA, Carrier::Ethernet4, 0, Evidence::Identification),
        (DATA, Carrier::Ethernet4, 1, Evidence::Interface),
        (DATA, Carrier::Vlan4, 0, Evidence::Encapsulation),
        ("> P. 1:11(10) ack 1 {id 7} {ttl 60} >", Carrier::Ethernet4, 0, Evidence::Routed),
    ] {
        let mut copies = Copies::default();
        assert_eq!(look(&mut copies, DATA, Carrier::Ethernet4, NOW, 0), None);
        assert_eq!(look(&mut copies, line, carrier, NOW, interface), Some(evidence), "{line}");
    }
}

#[test]
fn a_retransmission_has_another_identification_and_a_duplicate_ack_no_evidence() {
    for (first, again, carrier) in [
        (DATA, "> P. 1:11(10) ack 1 {id 8} >", Carrier::Ethernet4),
        (DATA, "> P. 1:11(10) ack 1 {id 8} {ttl 63} >", Carrier::Ethernet4),
        (DATA, "> P. 1:11(10) ack 1 {id 7} {text 1} >", Carrier::Ethernet4),
        (DATA, "> P. 1:11(10) ack 1 {id 7} <TS val 1 ecr 1> >", Carrier::Ethernet4),
        (ACK, ACK, Carrier::Ethernet6),
        ("> . 1:1(0) ack 1 {id 0} >", "> . 1:1(0) ack 1 {id 0} >", Carrier::Ethernet4),
        (ACK, "> . 1:1(0) ack 1 {ttl 60} >", Carrier::Ethernet6),
    ] {
        let mut copies = Copies::default();
        assert_eq!(look(&mut copies, first, carrier, NOW, 0), None);
        assert_eq!(look(&mut copies, again, carrier, NOW, 0), None, "{again}");
    }
}

#[test]
fn a_syn_is_too_soon_within_its_timer_and_not_behind_it() {
    let syn = "> S 1:1(0) >";
    let mut copies = Copies::default();
    assert_eq!(look(&mut copies, syn, Carrier::Ethernet6, NOW, 0), None);
    let soon = Elapsed::from_ns(TOO_SOON.as_ns() - 1);
    assert_eq!(look(&mut copies, syn, Carrier::Ethernet6, soon, 0), Some(Evidence::TooSoon));
    assert_eq!(look(&mut copies, syn, Carrier::Ethernet6, TOO_SOON, 0), None);
}

#[test]
fn copies_come_soon_and_a_little_later_at_another_place() {
    let later = |span: Elapsed| Elapsed::from_ns(span.as_ns() + 1);
    for (interface, span) in [(0, SAME_PLACE), (1, OTHER_PLACE)] {
        let mut copies = Copies::default();
        assert_eq!(look(&mut copies, DATA, Carrier::Ethernet4, NOW, 0), None);
        assert!(look(&mut copies, DATA, Carrier::Ethernet4, span, interface).is_some());
        assert_eq!(look(&mut copies, DATA, Carrier::Ethernet4, later(span), interface), None);
    }
}

#[test]
fn a_tap_that_doubles_all_that_tells_doubles_what_does_not_tell() {
    let mut copies = Copies::default();
    for id in 0..DOUBLING {
        let line = format!("> P. 1:11(10) ack 1 {{id {}}} >", id + 1);
        assert_eq!(look(&mut copies, &line, Carrier::Ethernet4, NOW, 0), None);
        assert_eq!(look(&mut copies, &line, Carrier::Ethernet4, NOW, 0), Some(Evidence::Identification));
    }
    assert_eq!(look(&mut copies, ACK, Carrier::Ethernet6, NOW, 0), None);
    assert_eq!(look(&mut copies, ACK, Carrier::Ethernet6, NOW, 0), Some(Evidence::TapDoubles));
}
