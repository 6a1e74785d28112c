//! IP headers: options, extension headers, lengths that do not fit.

use super::super::checksum::Checksum;
use super::super::encode::Link;
use super::super::segment::{LengthField, Wholeness};
use super::{ETHERNET, RAW, assert_hello, fault, frame, ip, other, packet, path_v4};
use super::{path_v6, segment, segment_of};
use crate::packet::Packet;

/// Puts octets between an IPv6 header and what follows it, as extension headers whose first has this number.
fn extended(first: u8, extension: &[u8]) -> Vec<u8> {
    let plain = ip(path_v6());
    let mut bytes = [&plain[..40], extension, &plain[40..]].concat();
    let length = u16::try_from(bytes.len() - 40).expect("short");
    bytes[4..6].copy_from_slice(&length.to_be_bytes());
    bytes[6] = first;
    bytes
}

#[test]
fn options_of_ipv4_are_passed() {
    let plain = ip(path_v4());
    let mut bytes = [&plain[..20], &[1, 1, 1, 0], &plain[20..]].concat();
    bytes[0] = 0x46;
    bytes[3] += 4;
    assert_hello(RAW, &bytes, path_v4(), &[]);
}

#[test]
fn a_source_route_leads_to_the_connection_that_the_checksum_covers() {
    let plain = ip(path_v4());
    let mut bytes = [&plain[..20], &[131, 7, 4, 10, 0, 0, 1, 0], &plain[20..]].concat();
    bytes[0] = 0x47;
    bytes[3] += 8;
    bytes[16..20].copy_from_slice(&[192, 0, 2, 1]);
    assert_hello(RAW, &bytes, path_v4(), &[]);
}

#[test]
fn facts_of_the_header_are_kept() {
    let mut bytes = ip(path_v4());
    bytes[1] = 0xff;
    let facts = segment(RAW, &bytes).ip;
    assert_eq!((facts.id, facts.hop_limit, facts.ecn), (Some(77), 64, 3));
    let mut bytes = ip(path_v6());
    bytes[1] = 0x1f;
    let facts = segment(RAW, &bytes).ip;
    assert_eq!((facts.id, facts.hop_limit, facts.ecn), (None, 64, 1));
}

#[test]
fn extension_headers_are_passed() {
    assert_hello(RAW, &extended(0, &[60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]), path_v6(), &[]);
    assert_hello(RAW, &extended(43, &[6, 0, 4, 0, 0, 0, 0, 0]), path_v6(), &[]);
    let atomic = [6, 0, 0, 0, 0, 0, 0, 9];
    assert_hello(RAW, &extended(44, &atomic), path_v6(), &[]);
    let authentication = [6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    assert_hello(RAW, &extended(51, &authentication), path_v6(), &[]);
    let plain = ip(path_v4());
    let mut bytes = [&plain[..20], &authentication, &plain[20..]].concat();
    bytes[9] = 51;
    bytes[3] += 12;
    assert_hello(RAW, &bytes, path_v4(), &[]);
}

#[test]
fn a_routing_header_leads_to_the_connection_that_the_checksum_covers() {
    let last = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let mut bytes = extended(43, &[&[6, 2, 0, 1, 0, 0, 0, 0][..], &last].concat());
    bytes[24..40].fill(9);
    assert_hello(RAW, &bytes, path_v6(), &[]);
    bytes[42] = 3;
    assert_eq!(segment(RAW, &bytes).checksum, Checksum::Unknown, "a compressed route is not read");
}

#[test]
fn a_home_address_is_the_sender_of_the_connection() {
    let home = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    let mut bytes = extended(60, &[&[6, 2, 1, 2, 0, 0, 0xc9, 16][..], &home].concat());
    bytes[8..24].fill(9);
    assert_hello(RAW, &bytes, path_v6(), &[]);
}

#[test]
fn a_cut_or_misplaced_extension_header_says_so() {
    let bytes = extended(0, &[60, 0, 1, 4, 0, 0, 0, 0, 6, 9, 1, 4, 0, 0, 0, 0]);
    let fault_of = |packet: &Packet<'_>| fault(packet).to_string();
    assert_eq!(fault_of(&packet(RAW, &bytes)), "ipv6 at octet 48: wanted 80 octets, found 33, longer than its packet");
    let cut = Packet { bytes: &bytes[..50], ..packet(RAW, &bytes) };
    assert_eq!(fault_of(&cut), "ipv6 at octet 48: wanted 8 octets, found 2, cut by the snap length");
    let late = extended(60, &[0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]);
    assert_eq!(fault(&packet(RAW, &late)).reason(), "ipv6: hop-by-hop header not first");
    let empty = extended(51, &[6, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert_eq!(fault_of(&packet(RAW, &empty)), "ah at octet 41: wanted length 1 to 255, found 0");
}

#[test]
fn a_length_of_zero_was_left_to_the_card() {
    let mut v4 = frame(Link::Ethernet, path_v4());
    v4[16..18].fill(0);
    let mut v6 = frame(Link::Ethernet, path_v6());
    v6[18..20].fill(0);
    for bytes in [v4, v6] {
        let segment = segment(ETHERNET, &bytes);
        assert_eq!(segment.ip.length_left_to_card, LengthField::Zero);
        assert_eq!((segment.payload_len, segment.payload), (5, &b"hello"[..]));
        assert_eq!((segment.checksum, segment.wholeness), (Checksum::Right, Wholeness::Whole));
        let cut = segment_of(&Packet { bytes: &bytes[..bytes.len() - 2], ..packet(ETHERNET, &bytes) });
        assert_eq!((cut.payload_len, cut.payload, cut.wholeness), (5, &b"hel"[..], Wholeness::CutByCapture));
    }
}

#[test]
fn what_the_snap_length_cut_was_whole_on_the_wire() {
    for path in [path_v4(), path_v6()] {
        let bytes = frame(Link::Ethernet, path);
        let cut = segment_of(&Packet { bytes: &bytes[..bytes.len() - 3], ..packet(ETHERNET, &bytes) });
        assert_eq!((cut.payload, cut.payload_len), (&b"he"[..], 5));
        assert_eq!((cut.wholeness, cut.checksum), (Wholeness::CutByCapture, Checksum::Unknown));
    }
}

#[test]
fn what_was_short_on_the_wire_no_receiver_accepted() {
    for path in [path_v4(), path_v6()] {
        let bytes = frame(Link::Ethernet, path);
        let short = segment(ETHERNET, &bytes[..bytes.len() - 3]);
        assert_eq!((short.payload, short.payload_len), (&b"he"[..], 5));
        assert_eq!((short.wholeness, short.checksum), (Wholeness::ShortOnWire, Checksum::Unknown));
    }
}

#[test]
fn impossible_lengths_are_faults() {
    let mut bytes = ip(path_v4());
    bytes[3] = 19;
    assert_eq!(fault(&packet(RAW, &bytes)).to_string(), "ipv4 at octet 2: wanted total length 20 to 65535, found 19");
    bytes[0] = 0x44;
    assert_eq!(fault(&packet(RAW, &bytes)).to_string(), "ipv4 at octet 0: wanted header length 5 to 15, found 4");
    assert_eq!(fault(&packet(RAW, &[0x60; 39])).reason(), "ipv6: short on the wire");
}

#[test]
fn other_protocols_are_named_by_number() {
    let mut bytes = ip(path_v4());
    bytes[9] = 89;
    assert_eq!(other(RAW, &bytes), "ip-protocol-89");
    let mut bytes = ip(path_v6());
    bytes[6] = 59;
    assert_eq!(other(RAW, &bytes), "ip-protocol-59");
}
