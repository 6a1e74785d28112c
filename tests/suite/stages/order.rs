//! What waits, how long, and in which order it goes on.

use synfin::analysis::order::{Due, Held, MAX_WAITING, Order, WINDOW, opens_ahead};
use synfin::flow::FlowKey;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::timestamp::Timestamp;
use synfin::trace::packets::{Captured, Carrier, captured};
use synfin::trace::parse;
use synfin::wire::segment::Segment;
use synfin::wire::{self, Decoded};

fn packets(text: &str) -> Captured {
    captured(&parse(text).unwrap(), Carrier::Raw4).unwrap()
}

fn segments(packets: &Captured) -> Vec<Segment<'_>> {
    (1..).zip(&packets.frames).map(|(frame, captured)| decode(frame, packets.link, captured)).collect()
}

fn decode(frame: u64, link: LinkType, (at, bytes): &(Timestamp, Vec<u8>)) -> Segment<'_> {
    let wire_len = u32::try_from(bytes.len()).unwrap();
    let packet = Packet { frame, at: *at, stamping: Stamping::Told, link, interface: 0, bytes, wire_len };
    let Ok(Decoded::Segment(segment, _)) = wire::decode(&packet) else { panic!("no segment") };
    segment
}

fn since(now: Timestamp, key: FlowKey) -> Due {
    Due { since: now, turn: 1, key }
}

fn frame(held: Option<Held>) -> Option<u64> {
    match held? {
        Held::Segment(whole) => Some(whole.segment().frame),
        Held::Copy(at, _) => Some(at.frame),
    }
}

const TEXT: &str = "? < S. 300:300(0) ack 101 <mss 1460> < ?
                    ? < P. 301:304(3) ack 101 < ?
                    ? > S 100:100(0) > ?
                    ? > R. 0:0(0) ack 5 > ?
                    ? > . 101:101(0) ack 301 > ?";

#[test]
fn an_answer_and_a_refusal_of_nothing_known_run_ahead_and_nothing_else_does() {
    let packets = packets(TEXT);
    let ahead: Vec<bool> = segments(&packets).iter().map(opens_ahead).collect();
    assert_eq!(ahead, [true, false, false, true, false]);
}

#[test]
fn what_waits_is_kept_whole_and_goes_on_in_its_senders_order() {
    let packets = packets(TEXT);
    let segments = segments(&packets);
    let key = FlowKey { pair: segments[0].path.into(), encapsulation: 0 };
    let mut order = Order::default();
    let now = segments[0].at;
    order.hold(since(now, key), &segments[0]);
    order.hold(since(now, key), &segments[1]);
    assert!(order.holds_from(&key, segments[0].path.from) && !order.holds_from(&key, segments[0].path.to));
    // The second could go on, but for the first of the same sender before it.
    assert_eq!(frame(order.ready(&key, |it| it.frame == 2)), None);
    let Some(Held::Segment(whole)) = order.first(&key) else { panic!("the first waits") };
    let again = whole.segment();
    assert_eq!(again.options.octets, segments[0].options.octets);
    assert_eq!((again.frame, again.seq, again.content), (1, segments[0].seq, segments[0].content));
    let Some(Held::Segment(whole)) = order.ready(&key, |it| it.frame == 2) else { panic!("the second waits") };
    assert_eq!(whole.segment().payload, segments[1].payload);
    assert!(!order.holds(&key) && order.oldest().is_none());
}

#[test]
fn the_wait_ends_with_the_window_and_with_the_room() {
    let packets = packets(TEXT);
    let segments = segments(&packets);
    let key = FlowKey { pair: segments[0].path.into(), encapsulation: 0 };
    let mut order = Order::default();
    let now = segments[0].at;
    order.hold(since(now, key), &segments[0]);
    assert_eq!(order.due(Timestamp::from_ns(now.as_ns() + WINDOW.as_ns() - 1)), None);
    assert_eq!(order.due(now + WINDOW), Some(key));
    for _ in 0..MAX_WAITING {
        assert!(!order.is_full(&key));
        order.hold(since(now, key), &segments[1]);
    }
    assert!(order.is_full(&key));
}
