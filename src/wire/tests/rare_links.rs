//! The rarer link layers and tags, by hand-made octets in front of an IP packet.

use super::super::encapsulation::Layer;
use super::super::encode::Link;
use super::{ETHERNET, assert_hello, fault, frame, ip, other, packet, path_v4, path_v6};

/// LLC and SNAP in front of IPv4.
const SNAP: [u8; 8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];

/// Asserts that IPv4 is found behind a link header.
#[track_caller]
fn assert_behind(link: u16, header: &[u8]) {
    assert_hello(link, &[header, &ip(path_v4())].concat(), path_v4(), &[]);
}

#[test]
fn other_local_networks_carry_ip() {
    assert_behind(10, &[&[0x50][..], &[9; 12], &SNAP].concat());
    assert_eq!(other(10, &[0x41; 20]), "fddi-management");
    assert_behind(6, &[&[0x10, 0x40][..], &[9; 12], &SNAP].concat());
    assert_behind(6, &[&[0x10, 0x40][..], &[9; 6], &[0x89, 9, 9, 9, 9, 9], &[6, 0, 1, 2, 3, 4], &SNAP].concat());
    assert_eq!(other(6, &[0; 20]), "token-ring-management");
    assert_behind(7, &[1, 2, 0xf0]);
    assert_behind(7, &[1, 2, 0xd4, 0, 0, 9]);
    assert_behind(129, &[1, 2, 0, 0, 0xd4, 0, 0, 9]);
    assert_hello(129, &[&[1, 2, 0, 0, 0xc4, 0, 0, 9][..], &ip(path_v6())].concat(), path_v6(), &[]);
    assert_eq!(other(129, &[1, 2, 0, 0, 0xd4, 3, 0, 9]), "arcnet-fragment");
    assert_eq!(other(129, &[1, 2, 0, 0, 0xf1, 3, 0, 9]), "arp");
    assert_eq!(other(129, &[1, 2, 0, 0, 0x11, 3, 0, 9]), "arcnet-0x11");
    assert_behind(242, &[&[0; 40][..], &[8, 0, 0, 0]].concat());
    assert_behind(122, &[&[0; 16][..], &SNAP].concat());
    assert_behind(138, &[&[0; 16][..], &[8, 0]].concat());
}

#[test]
fn long_lines_carry_ip() {
    assert_behind(107, &[0x18, 0x41, 3, 0xcc]);
    assert_behind(107, &[0x18, 0x40, 0x02, 0x01, 3, 0, 0x80, 0, 0, 0, 8, 0]);
    assert_behind(107, &[0x18, 0x41, 8, 0]);
    assert_behind(206, &[1, 0x18, 0x41, 3, 0xcc]);
    assert_behind(182, &[0xc0, 7, 0x18, 0x41, 3, 0xcc]);
    assert_eq!(other(182, &[0x80, 7, 0x18, 0x41]), "frame-relay-fragment");
    assert_eq!(other(107, &[0x18, 0x41, 3, 0xb1]), "frame-relay-0xb1");
    assert_hello(107, &[&[0x18, 0x41, 3, 0x8e][..], &ip(path_v6())].concat(), path_v6(), &[]);
    let bridged = [&[0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7][..], &frame(Link::Ethernet, path_v4())].concat();
    assert_hello(107, &bridged, path_v4(), &[]);
    assert_behind(8, &[&[1, 0x45][..], &[0; 14]].concat());
    assert_eq!(other(8, &[&[1, 0x80][..], &[0; 14]].concat()), "slip-compressed");
    for link in [100, 106] {
        assert_behind(link, &[]);
        assert_behind(link, &SNAP);
    }
    assert_behind(123, &[&[0x82, 1, 0, 9][..], &SNAP].concat());
    let emulated = [&[0x81, 1, 0, 9, 0, 7][..], &frame(Link::Ethernet, path_v4())].concat();
    assert_hello(123, &emulated, path_v4(), &[]);
    assert_behind(166, &[1, 3, 0, 0x21]);
    assert_behind(204, &[1, 0xff, 3, 0, 0x21]);
    assert_behind(205, &[1, 0x0f, 0, 8, 0]);
}

/// A data frame of the radio: upper half of its control field, the flags, and what lengthens its header.
fn radio(control: u8, flags: u8, more: usize) -> Vec<u8> {
    [&[control, flags][..], &[0; 22], &vec![0; more], &SNAP].concat()
}

#[test]
fn data_frames_of_the_radio_carry_ip() {
    assert_behind(105, &radio(0x08, 0x01, 0));
    assert_behind(105, &radio(0x08, 0x03, 6));
    assert_behind(105, &radio(0x88, 0x02, 2));
    assert_behind(105, &radio(0x88, 0x82, 6));
    for (control, flags, word) in [
        (0x80, 0, "management"),
        (0xd4, 0, "control"),
        (0x0c, 0, "extension"),
        (0x48, 1, "null"),
        (0x08, 0x41, "encrypted"),
        (0x08, 0x05, "fragment"),
    ] {
        assert_eq!(other(105, &radio(control, flags, 0)), format!("ieee80211-{word}"));
    }
    let mut later = radio(0x08, 0x01, 0);
    later[22] = 1;
    assert_eq!(other(105, &later), "ieee80211-fragment");
    let mut aggregate = radio(0x88, 0x01, 2);
    aggregate[24] = 0x80;
    assert_eq!(other(105, &aggregate), "ieee80211-aggregate");
}

#[test]
fn headers_in_front_of_the_radio_are_passed() {
    assert_behind(127, &[&[0, 0, 8, 0, 0, 0, 0, 0][..], &radio(0x08, 1, 0)].concat());
    // A second word of what is there, a clock, and flags that say the header is padded.
    let tap = [&[0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0][..], &[9; 8], &[0x20]].concat();
    assert_behind(127, &[&tap[..], &[0x88, 1], &[0; 22], &[0; 2], &[0; 2], &SNAP].concat());
    assert_eq!(fault(&packet(127, &[0, 0, 7, 0, 0, 0, 0, 0])).reason(), "radiotap: length");
    assert_behind(119, &[&[0x44, 0, 0, 0, 144, 0, 0, 0][..], &[0; 136], &radio(0x08, 1, 0)].concat());
    assert_behind(163, &[&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56], &radio(0x08, 1, 0)].concat());
    assert_behind(192, &[&[0, 0, 12, 0, 105, 0, 0, 0][..], &[7; 4], &radio(0x08, 1, 0)].concat());
    assert_eq!(fault(&packet(192, &[0, 0, 8, 0, 147, 0, 0, 0])).reason(), "link type 147");
}

#[test]
fn headers_of_recorders_are_passed() {
    let attribute = [12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_behind(239, &[&[2, 0, 0, 42][..], &attribute, &[49, 0, 9, 0]].concat());
    assert_behind(239, &[2, 0, 0, 42, 0, 8, 0, 1, 0, 0, 0, 0, 0, 49, 0, 9]);
    assert_eq!(fault(&packet(239, &[2, 0, 0, 42, 3, 0, 1, 0])).reason(), "nflog: attribute length");
    assert_eq!(other(239, &[&[2, 0, 0, 42][..], &attribute.repeat(64)].concat()), "nflog");
    assert_behind(117, &[&[61, 2, 0, 0][..], &[0; 60]].concat());
    assert_behind(109, &[0; 12]);
    assert_behind(226, &[0; 24]);
    assert_behind(258, &[&[16, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0][..], &[0; 4]].concat());
    let ethernet = frame(Link::Ethernet, path_v4());
    let before = |link, header: &[u8]| assert_hello(link, &[header, &ethernet].concat(), path_v4(), &[]);
    before(178, b"MGC\x01");
    before(178, b"MGC\x80\0\x03abc");
    assert_behind(178, b"MGC\x02");
    assert_behind(179, b"MGC\x01\0\x21");
    assert_behind(180, &[&b"MGC\x01"[..], &[0x18, 0x41, 3, 0xcc]].concat());
    assert_behind(181, &[&b"MGC\x01"[..], &[0x0f, 0, 8, 0]].concat());
    assert_eq!(fault(&packet(178, b"MGX\x01")).reason(), "juniper: magic number");
    before(240, &[0; 4]);
    before(241, &[0; 12]);
    before(274, &[0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xd5]);
    assert_eq!(other(274, &[0x55; 8]), "mpacket-fragment");
    before(197, &[0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    before(197, &[&[0, 0, 0, 0, 0, 0, 0, 0, 0x82, 0, 0, 0, 0, 0, 0, 0, 0x80][..], &[0; 15], &[0; 2]].concat());
    before(282, &[0; 4]);
}

#[test]
fn switch_tags_stand_behind_the_addresses() {
    assert_behind(281, &[&[2; 12][..], &[0; 4], &[8, 0]].concat());
    assert_behind(284, &[&[2; 12][..], &[0x40, 0, 0, 5], &[8, 0]].concat());
    assert_behind(285, &[&[2; 12][..], &[0xda, 0xda, 0, 0, 0x40, 0, 0, 5], &[8, 0]].concat());
    let tagged = [&[2; 12][..], &[0x60, 0, 0, 5], &[8, 0], &ip(path_v4())].concat();
    assert_hello(284, &tagged, path_v4(), &[Layer::Vlan(5)]);
}

#[test]
fn bridges_have_tags_of_their_own() {
    let behind = |tag: &[u8]| [&[2; 12][..], tag, &ip(path_v4())].concat();
    assert_hello(ETHERNET, &behind(&[0x89, 0x3f, 0x10, 0, 0, 0xd3, 0, 0, 8, 0]), path_v4(), &[]);
    assert_hello(ETHERNET, &behind(&[0x89, 0x26, 0, 0, 0, 0x33, 8, 0]), path_v4(), &[]);
    assert_hello(ETHERNET, &behind(&[0x89, 0x4f, 0, 2, 1, 1, 0, 0, 0, 0]), path_v4(), &[]);
    let inside = |tag: &[u8]| [&[2; 12][..], tag, &frame(Link::Ethernet, path_v4())].concat();
    assert_hello(ETHERNET, &inside(&[0x88, 0xe7, 0, 1, 2, 3]), path_v4(), &[Layer::Service(0x01_0203)]);
    assert_hello(ETHERNET, &inside(&[0x89, 0x03, 1, 2]), path_v4(), &[]);
    assert_hello(ETHERNET, &inside(&[0x22, 0xf3, 0, 0x40, 0, 1, 0, 2, 9, 9, 9, 9]), path_v4(), &[]);
}

#[test]
fn the_version_of_an_ip_header_counts_more_than_the_type_before_it() {
    assert_hello(ETHERNET, &[&[2; 12][..], &[8, 0], &ip(path_v6())].concat(), path_v6(), &[]);
    assert_hello(ETHERNET, &[&[2; 12][..], &[0x86, 0xdd], &ip(path_v4())].concat(), path_v4(), &[]);
}
