//! What the parser accepts, refuses, and says when it refuses; and that printing undoes it.

use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::trace::icmp::Kind;
use crate::trace::{Attribute, STATES, Step, StepOption, parse, print};
use crate::wire::segment::Flags;
use proptest::prelude::*;

#[test]
fn a_line_gives_every_part_of_a_step() {
    let text = "\n# cited\n ESTABLISHED < P.E 4294967290:4(10) ack 7 win 9 <nop,nop,TS val 1 ecr 2> {ttl 63} {id 7} \
                +0.010 < CLOSE-WAIT ! a-b c ~ d ^ e # why";
    let steps = parse(text).unwrap();
    assert_eq!(
        steps,
        [Step {
            from: Peer::B,
            seq: Seq::new(4_294_967_290),
            len: 10,
            flags: Flags(8 | 16 | 64),
            ack: Some(Seq::new(7)),
            window: 9,
            options: vec![
                StepOption::NoOperation,
                StepOption::NoOperation,
                StepOption::Timestamps { value: 1, echo: 2 }
            ],
            attributes: vec![Attribute::HopLimit(63), Attribute::Id(7)],
            since_previous: Elapsed::from_ns(10_000_000),
            states: PerPeer { a: "ESTABLISHED".to_owned(), b: "CLOSE-WAIT".to_owned() },
            broken: vec!["a-b".to_owned(), "c".to_owned()],
            noted: vec!["d".to_owned()],
            silent: vec!["e".to_owned()],
            line: 3,
        }]
    );
}

#[test]
fn an_error_names_line_wanted_and_found() {
    let said = |text| parse(text).unwrap_err().to_string();
    assert_eq!(said("# cited\n\n  SYN-SENT > S 100"), "line 3: wanted SEQ:END(LEN) after the flags, found \"100\"");
    assert_eq!(said("SYN-SENT > S"), "line 1: wanted SEQ:END(LEN) after the flags, found the end of the line");
    assert_eq!(
        said("SYN_SENT > S 1:1(0) > ?"),
        "line 1: wanted STATE of peer A first: a state of RFC 9293 or ?, found \"SYN_SENT\""
    );
    assert_eq!(said("? > P. 1:5(5) ack 1 > ?"), "line 1: wanted END 6 = SEQ 1 + LEN 5, found \"1:5(5)\"");
    assert_eq!(said("? > . 1:1(0) ack 1 > ? !"), "line 1: wanted a rule id, found the end of the line");
}

#[test]
fn what_is_no_step_is_refused() {
    for text in [
        "? = S 1:1(0) = ?",
        "? > S 1:1(0) < ?",
        "? > SS 1:1(0) > ?",
        "? > A 1:1(0) > ?",
        "? > S 1:1(0) ack 1 > ?",
        "? > . 1:1(0) > ?",
        "? > . 1:1(0) ack +1 > ?",
        "? > . 1:1(0) ack 4294967296 > ?",
        "? > S 1:1(0) win 65536 > ?",
        "? > S 1:1(0) <mss> > ?",
        "? > S 1:1(0) <mss 1,> > ?",
        "? > S 1:1(0) <mss 1460",
        "? > S 1:1(0) <sack 1> > ?",
        "? > S 1:1(0) <raw 0> > ?",
        "? > S 1:1(0) <sack 1:2 3:4 5:6 7:8 9:10> > ?",
        "? > S 1:1(0) {ttl 256} > ?",
        "? > S 1:1(0) {ecn 4} > ?",
        "? > S 1:1(0) {short",
        "? > . 1:1(0) ack 1 {ack-field 3} > ?",
        "? > S 1:1(0) +1.0000000001 > ?",
        "? > S 1:1(0) +. > ?",
        "? > S 1:1(0) + > ?",
        "? > S 1:1(0) > ? rule",
        "? > S 1:1(0) > ? ! ~ rule",
        "? > S 1:1(0) > ? ! Rule",
        "? > S 1:1(0) >",
        "?",
        "é{",
    ] {
        assert!(parse(text).is_err(), "\"{text}\" was read as a step");
    }
}

fn any_option() -> impl Strategy<Value = StepOption> {
    let octets = || prop::collection::vec(any::<u8>(), 0..6);
    prop_oneof![
        Just(StepOption::End),
        Just(StepOption::NoOperation),
        Just(StepOption::SackPermitted),
        any::<u16>().prop_map(StepOption::MaximumSegmentSize),
        any::<u8>().prop_map(StepOption::WindowScale),
        (any::<u32>(), any::<u32>()).prop_map(|(value, echo)| StepOption::Timestamps { value, echo }),
        (any::<u32>(), any::<u32>())
            .prop_map(|(left, right)| StepOption::Sack(vec![(Seq::new(left), Seq::new(right))])),
        octets().prop_map(StepOption::FastOpen),
        (any::<u8>(), octets()).prop_map(|(kind, body)| StepOption::Kind(kind, body)),
        prop::collection::vec(any::<u8>(), 1..6).prop_map(StepOption::Raw),
    ]
}

fn any_attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        Just(Attribute::BadChecksum),
        Just(Attribute::Short),
        any::<u8>().prop_map(Attribute::HopLimit),
        any::<u16>().prop_map(Attribute::Id),
        any::<u16>().prop_map(Attribute::Urgent),
        (0..4_u8).prop_map(Attribute::Ecn),
        any::<u8>().prop_map(Attribute::Text),
        prop::sample::select(Kind::ALL.as_slice()).prop_map(Attribute::Icmp),
        Just(Attribute::ByRouter),
        any::<u16>().prop_map(Attribute::Mtu),
    ]
}

prop_compose! {
    fn any_step()(
        numbers in (any::<u32>(), any::<u32>(), any::<u32>(), any::<u16>(), 0..512_u16),
        from in prop::sample::select(Peer::BOTH.as_slice()),
        options in prop::collection::vec(any_option(), 0..4),
        attributes in prop::collection::vec(any_attribute(), 0..3),
        ns in any::<i64>(),
        states in (prop::sample::select(STATES.as_slice()), prop::sample::select(STATES.as_slice())),
        broken in prop::collection::vec("[a-z][a-z0-9-]{0,9}", 0..3),
        noted in prop::collection::vec("[a-z][a-z0-9-]{0,9}", 0..3),
        silent in prop::collection::vec("[a-z][a-z0-9-]{0,9}", 0..3),
    ) -> Step {
        let (seq, ack, len, window, flags) = numbers;
        let flags = Flags(flags);
        Step {
            from,
            seq: Seq::new(seq),
            len,
            flags,
            ack: flags.ack().then(|| Seq::new(ack)),
            window,
            options,
            attributes,
            since_previous: Elapsed::from_ns(ns),
            states: PerPeer { a: states.0.to_owned(), b: states.1.to_owned() },
            broken,
            noted,
            silent,
            line: 0,
        }
    }
}

proptest! {
    #[test]
    fn printing_and_parsing_undo_each_other(mut steps in prop::collection::vec(any_step(), 0..8)) {
        for (index, step) in steps.iter_mut().enumerate() {
            step.line = index + 1;
            while step.options.iter().map(|option| option.octets().len()).sum::<usize>() > 40 {
                step.options.pop();
            }
        }
        let text = print(&steps);
        prop_assert_eq!(parse(&text).map_err(|error| TestCaseError::fail(format!("{error} in\n{text}")))?, steps);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[ <>{}?SFRP.0-9:()ack,+!~#é-]{0,60}") {
        let _ = parse(&text);
    }
}
