//! ICMP errors and what they quote.

use super::super::datagram::{Gravity, IcmpError, IcmpKind, Quoted};
use super::super::encode::{self, Envelope, Link};
use super::super::{Decoded, decode};
use super::{RAW, fault, ip, other, packet, path_v4, path_v6};
use crate::seq::Seq;
use std::net::IpAddr;

const REPORTER_V4: [u8; 4] = [192, 0, 2, 9];
const REPORTER_V6: [u8; 16] = [9; 16];

/// An ICMP message for IPv4 of this type and code around something.
fn icmp_v4(kind: u8, code: u8, quote: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(28 + quote.len()).expect("short").to_be_bytes();
    let header = [0x45, 0, high, low, 0, 0, 0, 0, 64, 1, 0, 0];
    [&header[..], &REPORTER_V4, &[10, 0, 0, 2], &[kind, code, 0, 0, 0, 0, 0, 0], quote].concat()
}

/// An ICMPv6 message of this type and code around something.
fn icmp_v6(kind: u8, code: u8, quote: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(8 + quote.len()).expect("short").to_be_bytes();
    [&[0x60, 0, 0, 0, high, low, 58, 64][..], &REPORTER_V6, &[8; 16], &[kind, code, 0, 0, 0, 0, 0, 0], quote].concat()
}

#[track_caller]
fn icmp_error(bytes: &[u8]) -> IcmpError {
    match decode(&packet(RAW, bytes)) {
        Ok(Decoded::IcmpError(error)) => error,
        other => panic!("wanted an ICMP error, found {other:?}"),
    }
}

#[test]
fn an_error_names_the_segment_that_it_quotes() {
    for kind in [3, 4, 5, 11, 12] {
        let error = icmp_error(&icmp_v4(kind, 1, &ip(path_v4())[..28]));
        assert_eq!((error.kind, error.quotes), (IcmpKind::V4(kind, 1), Quoted::Segment(Seq::new(1000))));
        assert_eq!((error.quoted, error.reporter), (path_v4(), IpAddr::from(REPORTER_V4)));
        assert_eq!(error.frame, 7);
    }
    for kind in 1..=4 {
        let error = icmp_error(&icmp_v6(kind, 4, &ip(path_v6())));
        assert_eq!((error.kind, error.quotes), (IcmpKind::V6(kind, 4), Quoted::Segment(Seq::new(1000))));
        assert_eq!((error.quoted, error.reporter), (path_v6(), IpAddr::from(REPORTER_V6)));
    }
}

#[test]
fn a_port_that_nobody_listens_on_is_told_by_both_versions() {
    for path in [path_v4(), path_v6()] {
        let envelope = Envelope { link: Link::Raw, ..Envelope::new(path) };
        let quote = encode::datagram(&envelope, b"anybody there").expect("it fits");
        let bytes = if path.from.is_ipv4() { icmp_v4(3, 3, &quote) } else { icmp_v6(1, 4, &quote) };
        let error = icmp_error(&bytes);
        assert!(error.kind.is_port_unreachable());
        assert_eq!((error.quotes, error.quoted), (Quoted::Datagram, path));
    }
}

#[test]
fn a_quote_too_short_or_of_something_else_is_only_icmp() {
    let quote = ip(path_v4());
    assert_eq!(other(RAW, &icmp_v4(3, 1, &quote[..27])), "icmp");
    assert_eq!(other(RAW, &icmp_v4(3, 1, &[])), "icmp");
    assert_eq!(other(RAW, &icmp_v4(3, 1, &[0x50; 60])), "icmp");
    let mut later = quote.clone();
    later[7] = 1;
    assert_eq!(other(RAW, &icmp_v4(11, 1, &later)), "icmp");
    let mut routing = quote;
    routing[9] = 89;
    assert_eq!(other(RAW, &icmp_v4(3, 1, &routing)), "icmp");
    assert_eq!(other(RAW, &icmp_v6(1, 4, &ip(path_v6())[..47])), "icmpv6");
}

#[test]
fn what_is_no_error_is_only_icmp() {
    assert_eq!(other(RAW, &icmp_v4(8, 0, &ip(path_v4()))), "icmp");
    assert_eq!(other(RAW, &icmp_v4(13, 0, &[])), "icmp");
    assert_eq!(other(RAW, &icmp_v6(128, 0, &ip(path_v6()))), "icmpv6");
    assert_eq!(other(RAW, &icmp_v6(135, 0, &[0; 16])), "icmpv6");
    let mut short = icmp_v4(8, 0, &[]);
    short.truncate(25);
    assert_eq!(fault(&packet(RAW, &short)).reason(), "icmp: short on the wire");
}

#[test]
fn a_packet_too_big_names_the_next_link_s_mtu_or_none() {
    let mut old = icmp_v4(3, 4, &ip(path_v4()));
    assert_eq!(icmp_error(&old).mtu, None);
    old[26..28].copy_from_slice(&1400_u16.to_be_bytes());
    assert_eq!(icmp_error(&old).mtu, Some(1400));
    let mut new = icmp_v6(2, 0, &ip(path_v6()));
    new[44..48].copy_from_slice(&66_000_u32.to_be_bytes());
    assert_eq!((icmp_error(&new).mtu, icmp_error(&new).kind.gravity()), (Some(66_000), Gravity::TooBig));
    let mut unreachable = icmp_v4(3, 3, &ip(path_v4()));
    unreachable[26..28].copy_from_slice(&1400_u16.to_be_bytes());
    assert_eq!(icmp_error(&unreachable).mtu, None);
}

#[test]
fn soft_and_hard_are_those_of_rfc_9293() {
    let of =
        |gravity, kinds: &[IcmpKind]| kinds.iter().for_each(|kind| assert_eq!(kind.gravity(), gravity, "{kind:?}"));
    let (v4, v6) = (IcmpKind::V4, IcmpKind::V6);
    of(Gravity::Soft, &[v4(3, 0), v4(3, 1), v4(3, 5), v4(11, 0), v4(11, 1), v4(12, 0)]);
    of(Gravity::Soft, &[v6(1, 0), v6(1, 3), v6(3, 0), v6(3, 1), v6(4, 0), v6(4, 1), v6(4, 2)]);
    of(Gravity::Hard, &[v4(3, 2), v4(3, 3), v6(1, 1), v6(1, 4)]);
    of(Gravity::TooBig, &[v4(3, 4), v6(2, 0)]);
    of(Gravity::Void, &[v4(4, 0)]);
    of(Gravity::Unspoken, &[v4(3, 13), v4(5, 1), v6(1, 2)]);
}
