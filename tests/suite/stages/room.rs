//! Floods: what has to make room does, is counted and said, and nobody is charged for what was forgotten.

use super::Frames;
use serde_json::Value;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::analysis::most::Most;
use synfin::analysis::totals::Totals;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::report::build;
use synfin::seq::Seq;
use synfin::timestamp::Timestamp;
use synfin::wire::encode::{self, Envelope, Fields, Link};
use synfin::wire::segment::Flags;

const SYN: u16 = 2;
const ACK: u16 = 16;
const SYN_ACK: u16 = 18;
const FIN_ACK: u16 = 17;

const SMALL: Most = Most {
    whole_attempts: 16,
    attempts: 32,
    open: 64,
    closed: 8_192,
    records: 262_144,
    conversations: 100_000,
    waiting_octets: 1 << 22,
};

/// A segment of the `client`th connection, by the client or, with the number negative, by the server.
fn segment(client: i32, flags: u16, seq: u32, raw_ack: u32) -> Vec<u8> {
    let port = u16::try_from(client.unsigned_abs()).expect("a port");
    let path =
        synfin::four_tuple::FourTuple { from: ([198, 51, 100, 1], port).into(), to: ([203, 0, 113, 1], 80).into() };
    let path = if client < 0 { path.reversed() } else { path };
    let fields = Fields { seq: Seq::new(seq), raw_ack, flags: Flags(flags), window: 1_000, ..Fields::default() };
    encode::segment(&Envelope { link: Link::Raw, ..Envelope::new(path) }, &fields).expect("it fits")
}

/// A millisecond apart.
fn apart(segments: impl IntoIterator<Item = Vec<u8>>) -> Frames {
    (1..)
        .zip(segments)
        .map(|(ms, octets)| (Timestamp::from_ns(1_700_000_000_000_000_000 + ms * 1_000_000), octets))
        .collect()
}

#[derive(Default)]
struct Final {
    connections: Vec<Value>,
    frames: u64,
}

impl Sink for Final {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let view = build::connection("flood", ended);
            self.frames += view.frames.count;
            self.connections.push(serde_json::to_value(&view).expect("a view is JSON"));
        }
        Ok(())
    }
}

fn flooded(frames: &Frames) -> (Totals, Final) {
    let (mut analyzer, mut sink) = (Analyzer::within(SMALL), Final::default());
    for (frame, (at, bytes)) in (1..).zip(frames) {
        let wire_len = u32::try_from(bytes.len()).expect("short");
        let packet =
            Packet { frame, at: *at, stamping: Stamping::Told, link: LinkType(101), interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut sink).expect("the sink takes all");
    }
    let totals = analyzer.finish(&mut sink).expect("the sink takes all");
    assert_eq!(totals.tcp, sink.frames + totals.late, "every segment is counted once");
    assert_eq!(totals.connections, sink.connections.len() as u64);
    (totals, sink)
}

fn reached(totals: &Totals, id: &str) -> (u64, u64, u64) {
    let bound = totals.bounds.iter().find(|bound| bound.id == id).expect("such a bound");
    (bound.most, bound.reached, bound.forgotten)
}

#[test]
fn of_a_flood_of_syns_the_oldest_are_given_up_and_counted() {
    let (totals, told) = flooded(&apart((1..=1_000).map(|client| segment(client, SYN, 7, 0))));
    assert_eq!(totals.connections, 1_000);
    // All but those that are kept: sixteen whole, and thirty-two records.
    assert_eq!((totals.forgotten_attempts, totals.late), (952, 0));
    assert_eq!(reached(&totals, "attempts"), (32, 32, 952));
    assert_eq!(reached(&totals, "whole-attempts"), (16, 16, 984));
    let forgotten = told.connections.iter().filter(|it| it["forgotten"] == true);
    assert!(forgotten.clone().all(|it| it["conn"].as_u64() <= Some(952)) && forgotten.count() == 952);
    assert!(told.connections.iter().all(|it| it["handshake"]["kind"] == "unanswered"));
}

#[test]
fn of_open_connections_those_go_that_say_least_and_what_still_comes_for_them_is_late() {
    let open = |client| [segment(client, SYN, 7, 0), segment(-client, SYN_ACK, 70, 8), segment(client, ACK, 8, 71)];
    // The first go on to the end; five hundred others are one stray segment each.
    let spoken = (1..=20).flat_map(open);
    let strays = (101..=600).map(|client| segment(client, ACK, 5, 5));
    let closed = (1..=20).map(|client| segment(client, FIN_ACK, 8, 71));
    let late = (101..=110).map(|client| segment(client, ACK, 5, 5));
    let (totals, told) = flooded(&apart(spoken.chain(strays).chain(closed).chain(late)));
    assert_eq!(totals.connections, 520);
    assert!(totals.forgotten_open >= 520 - 80, "{}", totals.forgotten_open);
    assert_eq!(totals.late, 10, "a record of each that was forgotten counts what still comes");
    let (most, reached, forgotten) = reached(&totals, "open-connections");
    assert_eq!((most, reached, forgotten), (64, 64, totals.forgotten_open));
    for spoken in told.connections.iter().filter(|it| it["handshake"]["kind"] == "three-way") {
        assert_eq!((&spoken["forgotten"], &spoken["frames"]["count"]), (&Value::Null, &Value::from(4)), "{spoken}");
    }
}

#[test]
fn nobody_is_charged_for_the_end_of_a_connection_that_was_forgotten() {
    // Nobody acknowledges these FINs, which at the end of the capture is worth a word.
    let unfinished = |client| {
        let (seq, ack) = (7, 71);
        [
            segment(client, SYN, seq, 0),
            segment(-client, SYN_ACK, 70, seq + 1),
            segment(client, ACK, seq + 1, ack),
            segment(client, FIN_ACK, seq + 1, ack),
            segment(client, FIN_ACK, seq + 1, ack),
        ]
    };
    let (totals, told) = flooded(&apart((1..=400).flat_map(unfinished)));
    assert!(totals.forgotten_open > 300);
    for connection in told.connections.iter().filter(|it| it["forgotten"] == true) {
        let findings = connection["findings"].as_array().expect("a list");
        assert!(findings.iter().all(|finding| finding["verdict"] != "broken"), "{connection}");
    }
}

#[test]
fn a_million_incarnations_of_one_address_leave_as_little_as_a_few() {
    let incarnation = |number: u32| {
        let (x, y) = (number.wrapping_mul(0x9e37_79b9), number.wrapping_mul(0x85eb_ca6b));
        [
            segment(1, SYN, x, 0),
            segment(-1, SYN_ACK, y, x.wrapping_add(1)),
            segment(1, ACK, x.wrapping_add(1), y.wrapping_add(1)),
            segment(1, 20, x.wrapping_add(1), y.wrapping_add(1)),
        ]
    };
    let (totals, told) = flooded(&apart((1..=5_000).flat_map(incarnation)));
    assert_eq!((totals.connections, told.connections.len()), (5_000, 5_000));
    assert!(reached(&totals, "open-connections").1 <= 1);
}
