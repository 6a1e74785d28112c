//! `peer udp-send` and `peer udp-recv`.

use super::{run, start};
use nix::sys::signal::Signal;
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use synfin::demo::datagram::Deaf;

#[test]
fn a_greeting_arrives_and_both_sides_name_the_same_sender() {
    let receiver = start(["udp-recv", "127.0.0.1:0", "--count", "1"]);
    let at = receiver.address().to_string();
    let sent = run(["udp-send", &at]);
    sent.succeeded();
    let [line] = sent.stdout.as_slice() else { panic!("one line, found {sent:?}") };
    let sender = line.strip_suffix(&format!(" sent 6 octets to {at}")).unwrap_or_else(|| panic!("{line}"));
    let received = receiver.end();
    received.succeeded();
    assert_eq!(received.stdout, [format!("{sender} sent 6 octets: 你好")]);
    assert_eq!(received.stderr, ["received 1 datagram"]);
}

#[test]
fn what_is_no_plain_text_is_shown_without_harm_and_said() {
    let receiver = start(["udp-recv", "127.0.0.1:0", "--count", "5", "--size", "8"]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let from = socket.local_addr().expect("bound");
    let to = receiver.address();
    for octets in ["".as_bytes(), b"\xff\x00a", b"\x1b[2J\n", "aaaaaaaaaa".as_bytes(), "你好你好".as_bytes()] {
        socket.send_to(octets, to).expect("sent");
    }
    let received = receiver.end();
    received.succeeded();
    let wanted = [
        format!("{from} sent 0 octets: "),
        format!("{from} sent 3 octets, not UTF-8: \\xff\\u{{0}}a"),
        format!("{from} sent 5 octets: \\u{{1b}}[2J\\n"),
        format!("{from} sent 10 octets, cut to 8: aaaaaaaa"),
        format!("{from} sent 12 octets, cut to 8: 你好"),
    ];
    assert_eq!(received.stdout, wanted);
}

#[test]
fn octets_that_are_no_utf8_can_be_sent_too() {
    let receiver = start(["udp-recv", "127.0.0.1:0", "--count", "1"]);
    let at = receiver.address().to_string();
    run([OsStr::new("udp-send"), OsStr::new(&at), OsStr::from_bytes(b"\xc4\xe3")]).succeeded();
    let line = receiver.result();
    assert!(line.ends_with(" sent 2 octets, not UTF-8: \\xc4\\xe3"), "{line}");
    receiver.end().succeeded();
}

#[test]
fn a_receiver_that_hears_nothing_says_so() {
    let receiver = start(["udp-recv", "127.0.0.1:0", "--count", "2", "--timeout", "0.05"]);
    let at = receiver.address();
    receiver.end().failed_with(&format!(
        "nothing arrived on {at} within 0.05 s: wanted 2 datagrams, found 0; type \"synfin peer udp-send {at}\""
    ));
}

#[test]
fn a_sender_hears_that_nobody_listens() {
    let deaf = Deaf::bind(IpAddr::V4(Ipv4Addr::LOCALHOST)).expect("a port");
    let at = deaf.local().to_string();
    let sent = run(["udp-send", &at, "--timeout", "30"]);
    assert_eq!(sent.code, Some(2), "{sent:?}");
    let wanted = format!("nobody listens on {at}: its host answered ICMP port unreachable");
    assert!(sent.stderr.iter().any(|line| line.contains(&wanted)), "{sent:?}");
    assert_eq!(sent.stdout.len(), 1, "it was sent all the same: {sent:?}");
}

#[test]
fn a_text_too_long_for_a_datagram_is_refused_by_its_length() {
    let receiver = start(["udp-recv", "127.0.0.1:0"]);
    let at = receiver.address().to_string();
    let text = "a".repeat(65_508);
    run(["udp-send", &at, &text]).failed_with("too long for one datagram, which carries at most 65507 octets");
    let longest = "a".repeat(65_507);
    run(["udp-send", &at, &longest]).succeeded();
    assert!(receiver.result().contains(" sent 65507 octets, cut to 1024: aaa"));
    receiver.signal(Signal::SIGINT);
    let ended = receiver.end();
    ended.succeeded();
    assert_eq!(ended.stderr, ["received 1 datagram"]);
}
