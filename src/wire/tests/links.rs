//! Each link layer, by hand-made octets in front of an IP packet.

use super::super::decodes;
use super::super::encapsulation::Layer;
use super::super::encode::Link;
use super::super::segment::Direction;
use super::{ETHERNET, LINK_TYPES, assert_hello, fault, frame, ip, other, packet, path_v4, path_v6, segment};
use crate::packet::LinkType;

/// Ethernet addresses of nobody, before an Ethernet type.
const ADDRESSES: [u8; 12] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

fn with(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn ethernet_carries_both_versions() {
    assert_hello(ETHERNET, &frame(Link::Ethernet, path_v4()), path_v4(), &[]);
    assert_hello(ETHERNET, &frame(Link::Ethernet, path_v6()), path_v6(), &[]);
}

#[test]
fn padding_behind_a_packet_is_no_payload() {
    let mut padded = frame(Link::Ethernet, path_v4());
    padded.extend([0xee; 20]);
    assert_hello(ETHERNET, &padded, path_v4(), &[]);
    let mut padded = with(&[&ADDRESSES, &[0, 53, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], &ip(path_v4())]);
    padded.extend([0xee; 20]);
    assert_hello(ETHERNET, &padded, path_v4(), &[]);
}

#[test]
fn vlan_tags_are_kept_but_for_priority_tags() {
    assert_hello(ETHERNET, &frame(Link::Vlan(42), path_v4()), path_v4(), &[Layer::Vlan(42)]);
    for outer in [[0x81, 0x00], [0x88, 0xa8], [0x91, 0x00]] {
        let bytes = with(&[&ADDRESSES, &outer, &[0xe0, 7, 0x81, 0, 0x0f, 0xff, 8, 0], &ip(path_v4())]);
        assert_hello(ETHERNET, &bytes, path_v4(), &[Layer::Vlan(7), Layer::Vlan(4095)]);
    }
    let bytes = with(&[&ADDRESSES, &[0x81, 0, 0xe0, 0, 8, 0], &ip(path_v4())]);
    assert_hello(ETHERNET, &bytes, path_v4(), &[]);
    let three = [0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 8, 0];
    let bytes = with(&[&ADDRESSES, &three, &ip(path_v4())]);
    assert_hello(ETHERNET, &bytes, path_v4(), &[Layer::Vlan(1), Layer::Vlan(2), Layer::Vlan(3)]);
}

#[test]
fn tags_without_end_are_too_deep() {
    for id in [0, 1] {
        let bytes = with(&[&ADDRESSES, &[0x81, 0, 0, id].repeat(9), &[8, 0], &ip(path_v4())]);
        let fault = fault(&packet(ETHERNET, &bytes));
        assert_eq!(fault.reason(), "encapsulation: too deep");
        assert_eq!(
            fault.to_string(),
            "encapsulation at octet 50: wanted at most 8 tags and tunnels around each other, found more"
        );
    }
}

#[test]
fn mpls_labels_are_passed_and_what_follows_is_guessed_by_its_version() {
    for ethertype in [[0x88, 0x47], [0x88, 0x48]] {
        let labels = [0, 1, 0x00, 64, 0, 2, 0x01, 64];
        let bytes = with(&[&ADDRESSES, &ethertype, &labels, &ip(path_v4())]);
        assert_hello(ETHERNET, &bytes, path_v4(), &[]);
        let bytes = with(&[&ADDRESSES, &ethertype, &labels, &ip(path_v6())]);
        assert_hello(ETHERNET, &bytes, path_v6(), &[]);
        assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &ethertype, &labels, &[0; 20]])), "mpls");
    }
    let endless = with(&[&ADDRESSES, &[0x88, 0x47], &[0, 1, 0, 64].repeat(4)]);
    assert_eq!(fault(&packet(ETHERNET, &endless)).reason(), "mpls: short on the wire");
}

#[test]
fn pppoe_carries_a_session_and_not_its_discovery() {
    for (path, protocol) in [(path_v4(), [0x00, 0x21]), (path_v6(), [0x00, 0x57])] {
        let inner = with(&[&protocol, &ip(path)]);
        let length = u16::try_from(inner.len()).expect("short").to_be_bytes();
        let session = with(&[&[0x11, 0, 0, 9], &length, &inner, &[0xee; 9]]);
        assert_hello(ETHERNET, &with(&[&ADDRESSES, &[0x88, 0x64], &session]), path, &[]);
        assert_hello(51, &session, path, &[]);
    }
    assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &[0x88, 0x63, 0x11, 9, 0, 0, 0, 0]])), "pppoe-discovery");
    let discovery = with(&[&ADDRESSES, &[0x88, 0x64, 0x11, 9, 0, 0, 0, 0]]);
    assert_eq!(fault(&packet(ETHERNET, &discovery)).to_string(), "pppoe at octet 15: wanted code 0, found 9");
}

#[test]
fn ppp_comes_with_and_without_its_framing() {
    for link in [9, 50] {
        for front in [&[0xff, 0x03, 0x00, 0x21][..], &[0xff, 0x03, 0x21], &[0x00, 0x21], &[0x21]] {
            assert_hello(link, &with(&[front, &ip(path_v4())]), path_v4(), &[]);
        }
        assert_hello(link, &with(&[&[0xff, 0x03, 0x00, 0x57], &ip(path_v6())]), path_v6(), &[]);
        assert_hello(link, &with(&[&[0x0f, 0x00, 0x08, 0x00], &ip(path_v4())]), path_v4(), &[]);
        assert_hello(link, &with(&[&[0xff, 0x03, 0x02, 0x81, 0, 1, 1, 64], &ip(path_v4())]), path_v4(), &[]);
        assert_eq!(other(link, &[0xff, 0x03, 0xc0, 0x21, 1, 1, 0, 4]), "ppp-0xc021");
    }
}

#[test]
fn cisco_hdlc_carries_an_ethernet_type() {
    assert_hello(104, &with(&[&[0x0f, 0, 8, 0], &ip(path_v4())]), path_v4(), &[]);
    assert_hello(104, &with(&[&[0x8f, 0, 0x86, 0xdd], &ip(path_v6())]), path_v6(), &[]);
    assert_eq!(other(104, &[0x8f, 0, 0x80, 0x35, 0, 0, 0, 2]), "slarp");
}

#[test]
fn loopback_gives_the_family_in_either_order() {
    for link in [0, 108] {
        for family in [[2, 0, 0, 0], [0, 0, 0, 2]] {
            assert_hello(link, &with(&[&family, &ip(path_v4())]), path_v4(), &[]);
        }
        for number in [10, 24, 28, 30] {
            for family in [[number, 0, 0, 0], [0, 0, 0, number]] {
                assert_hello(link, &with(&[&family, &ip(path_v6())]), path_v6(), &[]);
            }
        }
        assert_eq!(other(link, &[7, 0, 0, 0, 1]), "address-family-7");
        let strange = fault(&packet(link, &[1, 2, 3, 4, 5]));
        assert_eq!(strange.to_string(), "null at octet 0: wanted address family 0 to 255, found 16909060");
        assert_eq!(strange.reason(), "null: address family");
    }
}

#[test]
fn linux_cooked_headers_of_both_versions_carry_an_ethernet_type() {
    for hardware in [1, 772_u16, 512] {
        let [high, low] = hardware.to_be_bytes();
        let first = [0, 0, high, low, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        let second = |kind: [u8; 2]| with(&[&kind, &[0, 0, 0, 0, 0, 3, high, low, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0]]);
        for (path, kind) in [(path_v4(), [8, 0]), (path_v6(), [0x86, 0xdd])] {
            assert_hello(113, &with(&[&first, &kind, &ip(path)]), path, &[]);
            assert_hello(276, &with(&[&second(kind), &ip(path)]), path, &[]);
        }
        let tagged = with(&[&first, &[0x81, 0, 0, 5, 8, 0], &ip(path_v4())]);
        assert_hello(113, &tagged, path_v4(), &[Layer::Vlan(5)]);
        assert_eq!(other(113, &with(&[&first, &[8, 6], &[0; 28]])), "arp");
        assert_eq!(other(276, &with(&[&second([0, 4]), &[0x42, 0x42, 3]])), "llc-0x42-0x42");
    }
    let netlink = [0, 4, 0x03, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];
    assert_eq!(other(113, &with(&[&netlink, &ip(path_v4())])), "netlink");
}

#[test]
fn linux_cooked_headers_tell_the_way_and_the_second_the_interface() {
    for (kind, direction) in
        [(0, Direction::In), (1, Direction::In), (3, Direction::Passing), (4, Direction::Out), (9, Direction::Untold)]
    {
        let first = with(&[&[0, kind, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0], &ip(path_v4())]);
        let second = with(&[&[8, 0, 0, 0, 0, 0, 1, 7, 0, 1, kind, 6, 2, 0, 0, 0, 0, 1, 0, 0], &ip(path_v4())]);
        let [first, second] = [(113, &first), (276, &second)].map(|(link, bytes)| {
            let segment = segment(link, bytes);
            (segment.interface, segment.direction)
        });
        assert_eq!((first, second), ((3, direction), (263, direction)));
    }
}

#[test]
fn raw_ip_tells_its_version_itself_or_by_the_link_type() {
    for link in [12, 14, 101] {
        assert_hello(link, &ip(path_v4()), path_v4(), &[]);
        assert_hello(link, &ip(path_v6()), path_v6(), &[]);
        assert_eq!(fault(&packet(link, &[0x50; 40])).to_string(), "ip at octet 0: wanted version 4 to 6, found 5");
    }
    assert_hello(228, &ip(path_v4()), path_v4(), &[]);
    assert_hello(229, &ip(path_v6()), path_v6(), &[]);
    assert_eq!(fault(&packet(228, &ip(path_v6()))).to_string(), "ipv4 at octet 0: wanted version 4, found 6");
    assert_eq!(fault(&packet(229, &ip(path_v4()))).to_string(), "ipv6 at octet 0: wanted version 6, found 4");
}

#[test]
fn llc_carries_ip_by_snap_and_by_its_own_number() {
    for front in [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &[0xaa, 0xaa, 3, 0, 0, 0xf8, 8, 0], &[6, 6, 3]] {
        let inner = with(&[front, &ip(path_v4())]);
        let length = u16::try_from(inner.len()).expect("short").to_be_bytes();
        assert_hello(ETHERNET, &with(&[&ADDRESSES, &length, &inner]), path_v4(), &[]);
        let tagged = with(&[&ADDRESSES, &[0x81, 0, 0, 9], &length, &inner]);
        assert_hello(ETHERNET, &tagged, path_v4(), &[Layer::Vlan(9)]);
    }
    assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &[0, 38, 0x42, 0x42, 3], &[0; 35]])), "llc-0x42-0x42");
    assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &[0, 38, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0]])), "snap");
}

#[test]
fn what_is_not_ip_is_named() {
    assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &[8, 6], &[0; 28]])), "arp");
    assert_eq!(other(ETHERNET, &with(&[&ADDRESSES, &[0x88, 0xcc], &[0; 28]])), "ethertype-0x88cc");
}

#[test]
fn a_link_type_of_another_world_says_so() {
    let fault = fault(&packet(147, &[0; 60]));
    assert_eq!(fault.layer, "link");
    assert_eq!(fault.reason(), "link type 147");
    for link in LINK_TYPES {
        assert_eq!(decodes(LinkType(link)), link != 147, "link type {link}");
    }
}

#[test]
fn a_header_cut_by_the_snap_length_differs_from_one_that_was_short() {
    let bytes = frame(Link::Ethernet, path_v4());
    let mut cut = packet(ETHERNET, &bytes[..10]);
    assert_eq!(fault(&cut).to_string(), "ethernet at octet 0: wanted 14 octets, found 10, short on the wire");
    cut.wire_len = 60;
    assert_eq!(fault(&cut).to_string(), "ethernet at octet 0: wanted 14 octets, found 10, cut by the snap length");
    let segment = segment(ETHERNET, &bytes);
    assert_eq!(segment.ip.id, Some(77));
}
