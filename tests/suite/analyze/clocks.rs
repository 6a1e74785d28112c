//! `synfin analyze` where the capture keeps something back: when frames came, or their last octets.

use super::input::{CLEAN, CLEAN_FRAMES, Input};
use super::{Place, analyze, jsonl};
use synfin::packet::LinkType;
use synfin::timestamp::Elapsed;
use synfin::trace::packets::{Carrier, START, captured};
use synfin::trace::parse;

/// A section with one Ethernet interface, and the frames of a trace in Simple Packet Blocks, which have no stamps.
fn without_stamps(trace: &str) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = u32::try_from(body.len() + 12).expect("a short block").to_le_bytes();
        [&kind.to_le_bytes()[..], &length, &body, &length].concat()
    };
    let mut file = block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 0, 0]));
    for (_, octets) in captured(&parse(trace).expect("a trace"), Carrier::Ethernet4).expect("frames").frames {
        let length = u32::try_from(octets.len()).expect("a short frame").to_le_bytes();
        file.extend(block(3, &[&length[..], &octets].concat()));
    }
    file
}

#[test]
fn frames_without_time_are_counted_and_said_and_judged_by_their_order() {
    let place = Place::new();
    let file = place.file("simple.pcapng", &without_stamps(CLEAN));
    let objects = jsonl(&[&file]).objects();
    let capture = objects.last().expect("a capture");
    assert_eq!((&capture["frames"]["tcp"], &capture["unstamped"]), (&CLEAN_FRAMES.into(), &CLEAN_FRAMES.into()));
    assert_eq!(objects[0]["close"]["verdict"], "holds");
    let page = analyze(&[], &[&file]).stdout;
    assert!(page.contains("7 frames have no time: the file does not say when they came"), "{page}");
}

#[test]
fn a_syn_that_comes_again_is_no_copy_where_no_time_is_known() {
    const TWICE: &str = "SYN-SENT > S 100:100(0) > LISTEN\nSYN-SENT > S 100:100(0) +1 > LISTEN\n";
    let place = Place::new();
    let file = place.file("simple.pcapng", &without_stamps(TWICE));
    let objects = jsonl(&[&file]).objects();
    assert_eq!(objects[0]["frames"]["count"], 2);
    assert_eq!(objects[1]["copies"], serde_json::json!({}), "by the stamps, both came at once");
}

#[test]
fn stamps_that_go_back_are_counted_and_said() {
    let place = Place::new();
    let input = Input::new(LinkType(1)).trace(CLEAN, 1_024, Elapsed::from_secs(10));
    let file = place.file("back.pcapng", &input.frame(START, &[0; 14]).frame(START, &[0; 14]).octets());
    let page = analyze(&[], &[&file]).stdout;
    let wanted = "2 frames are stamped more than 100 ms before an earlier one: the clock went back";
    assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(wanted), "{page}");
}

#[test]
fn options_that_the_capture_cut_are_not_taken_for_not_offered() {
    // 74 octets of SYN: the snap length leaves the timestamps of no SYN, and all of what acknowledges.
    const STAMPED: &str = "
SYN-SENT    > S  100:100(0) <mss 1460,sackOK,TS val 700 ecr 0,nop,wscale 7>    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 1460,sackOK,TS val 900 ecr 700,nop,wscale 7> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <nop,nop,TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <nop,nop,TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <nop,nop,TS val 901 ecr 701> < ESTABLISHED
";
    let place = Place::new();
    let told = |kept: usize| {
        let file = place.file("cut.pcapng", &Input::new(LinkType(1)).cut(STAMPED, kept).octets());
        let connection = jsonl(&[&file]).objects().swap_remove(0);
        let found = connection["findings"].as_array().expect("findings").len();
        (found, connection["explanation"]["options"]["agreed"].clone())
    };
    assert_eq!(told(usize::MAX), (0, serde_json::json!(["window-scale", "sack", "timestamps"])));
    for kept in [54, 58, 60, 62, 66, 70] {
        assert_eq!(told(kept).0, 0, "{kept} octets of each frame");
    }
}
