//! IP in IP, GRE and what is in GRE, around each other too.

use super::super::encapsulation::Layer;
use super::super::encode::Link;
use super::super::segment::Wholeness;
use super::super::{Decoded, Depth, decode_at};
use super::{RAW, around, assert_hello, fault, frame, ip, other, packet, path_v4, path_v6, segment};
use std::net::IpAddr;

const LOW: [u8; 4] = [192, 0, 2, 1];
const HIGH: [u8; 4] = [192, 0, 2, 2];

fn ends() -> (IpAddr, IpAddr) {
    (LOW.into(), HIGH.into())
}

/// An IPv4 header of this protocol around something, from the high address to the low one.
fn outer(protocol: u8, inner: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(20 + inner.len()).expect("short").to_be_bytes();
    let header = [0x45, 0, high, low, 0, 0, 0, 0, 64, protocol, 0, 0];
    [&header[..], &HIGH, &LOW, inner].concat()
}

/// The same in IPv6, between addresses of nines and eights.
fn outer_v6(protocol: u8, inner: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(inner.len()).expect("short").to_be_bytes();
    [&[0x60, 0, 0, 0, high, low, protocol, 64][..], &[9; 16], &[8; 16], inner].concat()
}

#[test]
fn ip_in_ip_keeps_both_ends_the_smaller_first() {
    let (low, high) = ends();
    for path in [path_v4(), path_v6()] {
        let protocol = if path.from.is_ipv4() { 4 } else { 41 };
        assert_hello(RAW, &outer(protocol, &ip(path)), path, &[Layer::IpInIp(low, high)]);
        let layer = Layer::IpInIp([8; 16].into(), [9; 16].into());
        assert_hello(RAW, &outer_v6(protocol, &ip(path)), path, &[layer]);
        let twice = outer(41, &outer_v6(protocol, &ip(path)));
        assert_hello(RAW, &twice, path, &[Layer::IpInIp(low, high), layer]);
    }
}

#[test]
fn both_directions_have_the_same_encapsulation() {
    let there = outer(4, &ip(path_v4()));
    let mut back = outer(4, &ip(path_v4().reversed()));
    back[12..16].copy_from_slice(&LOW);
    back[16..20].copy_from_slice(&HIGH);
    assert_eq!(around(RAW, &there), around(RAW, &back));
}

#[test]
fn gre_has_optional_fields_and_a_key_that_counts() {
    let (low, high) = ends();
    for (flags, fields, key) in [
        (0x00, &[][..], None),
        (0x80, &[1, 2, 0, 0], None),
        (0x20, &[0, 0, 0, 7], Some(7)),
        (0x10, &[0, 0, 0, 9], None),
        (0xb0, &[1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9], Some(7)),
    ] {
        let gre = |kind: [u8; 2], inner: &[u8]| outer(47, &[&[flags, 0], &kind[..], fields, inner].concat());
        let layer = Layer::Gre(low, high, key);
        assert_hello(RAW, &gre([8, 0], &ip(path_v4())), path_v4(), &[layer]);
        assert_hello(RAW, &gre([0x86, 0xdd], &ip(path_v6())), path_v6(), &[layer]);
        assert_hello(RAW, &gre([0x65, 0x58], &frame(Link::Ethernet, path_v4())), path_v4(), &[layer]);
        let tagged = gre([0x65, 0x58], &frame(Link::Vlan(5), path_v4()));
        assert_hello(RAW, &tagged, path_v4(), &[layer, Layer::Vlan(5)]);
        assert_eq!(other(RAW, &gre([0x88, 0xcc], &[0; 40])), "ethertype-0x88cc");
    }
    assert_eq!(other(RAW, &outer(47, &[0x40, 0, 8, 0, 0, 0, 0, 0])), "gre");
    assert_eq!(other(RAW, &outer(47, &[0, 2, 8, 0])), "gre");
    assert_eq!(fault(&packet(RAW, &outer(47, &[0x20, 0, 8, 0, 1]))).reason(), "gre: short on the wire");
}

#[test]
fn pptp_carries_ppp_and_its_call_number_is_no_key() {
    let (low, high) = ends();
    let front = [0x30, 0x81, 0x88, 0x0b, 0, 47, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21];
    let bytes = outer(47, &[&front[..], &ip(path_v4())].concat());
    assert_hello(RAW, &bytes, path_v4(), &[Layer::Gre(low, high, None)]);
    let acknowledgment = [0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 2];
    assert_eq!(other(RAW, &outer(47, &acknowledgment)), "gre-acknowledgment");
}

#[test]
fn tunnels_without_end_are_too_deep() {
    let nested = |times| (0..times).fold(ip(path_v4()), |inner, _| outer(4, &inner));
    assert_eq!(around(RAW, &nested(8)).len(), 8);
    assert_eq!(fault(&packet(RAW, &nested(9))).reason(), "encapsulation: too deep");
}

#[test]
fn padding_inside_a_tunnel_is_no_payload_and_a_short_tunnel_is_short() {
    let mut padded = ip(path_v4());
    padded.extend([0xee; 9]);
    let (low, high) = ends();
    assert_hello(RAW, &outer(4, &padded), path_v4(), &[Layer::IpInIp(low, high)]);
    let short = &ip(path_v4())[..42];
    assert_eq!(segment(RAW, &outer(4, short)).wholeness, Wholeness::ShortOnWire);
}

#[test]
fn what_vendors_put_into_gre_is_decoded() {
    let (low, high) = ends();
    let gre = |front: &[u8], inner: &[u8]| outer(47, &[front, inner].concat());
    let ethernet = frame(Link::Ethernet, path_v4());
    let bare = gre(&[0, 0, 0x88, 0xbe], &ethernet);
    assert_hello(RAW, &bare, path_v4(), &[Layer::Erspan(low, high, 0)]);
    let second = gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0xf9, 0x23, 0, 0, 0, 9], &ethernet);
    assert_hello(RAW, &second, path_v4(), &[Layer::Erspan(low, high, 0x123)]);
    let third = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0];
    assert_hello(RAW, &gre(&[&third[..], &[0]].concat(), &ethernet), path_v4(), &[Layer::Erspan(low, high, 7)]);
    let platform = gre(&[&third[..], &[1], &[9; 8]].concat(), &ethernet);
    assert_hello(RAW, &platform, path_v4(), &[Layer::Erspan(low, high, 7)]);
    let plain = [Layer::Gre(low, high, None)];
    assert_hello(RAW, &gre(&[0, 0, 0x88, 0x3e], &ip(path_v4())), path_v4(), &plain);
    assert_hello(RAW, &gre(&[0, 0, 0x88, 0x3e, 5, 0x59, 0, 0x48], &ip(path_v4())), path_v4(), &plain);
    let radio = [&[0, 0, 0x82, 0, 0x08, 1][..], &[0; 22], &[0xaa, 0xaa, 3, 0, 0, 0, 8, 0]].concat();
    assert_hello(RAW, &gre(&radio, &ip(path_v4())), path_v4(), &plain);
}

#[test]
fn ethernet_and_mpls_in_ip_are_tunnels() {
    let (low, high) = ends();
    let bytes = outer(97, &[&[0x30, 0][..], &frame(Link::Ethernet, path_v6())].concat());
    assert_hello(RAW, &bytes, path_v6(), &[Layer::EtherIp(low, high)]);
    let bytes = outer(137, &[&[0, 1, 1, 9][..], &ip(path_v4())].concat());
    assert_hello(RAW, &bytes, path_v4(), &[Layer::IpInIp(low, high)]);
}

#[test]
fn outside_all_tunnels_there_is_what_carries_them() {
    let word = |bytes: &[u8]| match decode_at(&packet(RAW, bytes), Depth::Outermost) {
        Ok(Decoded::Other(word)) => word.into_owned(),
        found => panic!("wanted a word, found {found:?}"),
    };
    assert_eq!(word(&outer(4, &ip(path_v4()))), "tunnel: ip-in-ip");
    assert_eq!(word(&outer(47, &[&[0, 0, 8, 0][..], &ip(path_v4())].concat())), "tunnel: gre");
    assert_eq!(word(&outer(97, &[0x30, 0])), "tunnel: etherip");
    assert_eq!(word(&outer(137, &[0, 1, 1, 9])), "tunnel: mpls");
    assert_eq!(word(&outer(99, &[0])), "ip-protocol-99");
    let bytes = ip(path_v4());
    assert!(matches!(decode_at(&packet(RAW, &bytes), Depth::Outermost), Ok(Decoded::Segment(..))));
}
