//! Tunnels over UDP, and datagrams that only look like one.

use super::super::encapsulation::{Layer, UdpTunnel};
use super::super::encode::{self, Envelope, Link};
use super::super::{Decoded, Depth, decode_at};
use super::{RAW, assert_hello, datagram, fault, frame, ip, packet, path_v4, path_v6};
use crate::four_tuple::FourTuple;
use crate::packet::Packet;

/// A datagram to this port around something, from 192.0.2.2 to 192.0.2.1.
fn outer(port: u16, payload: &[u8]) -> Vec<u8> {
    let path = FourTuple { from: ([192, 0, 2, 2], 50_000).into(), to: ([192, 0, 2, 1], port).into() };
    encode::datagram(&Envelope { link: Link::Raw, ..Envelope::new(path) }, payload).expect("it fits")
}

fn layer(tunnel: UdpTunnel, id: Option<u32>) -> Layer {
    Layer::OverUdp(tunnel, [192, 0, 2, 1].into(), [192, 0, 2, 2].into(), id)
}

/// Asserts that the segment is found in a tunnel with this header.
#[track_caller]
fn assert_inside(port: u16, header: &[u8], inner: &[u8], path: FourTuple, layer: Layer) {
    assert_hello(RAW, &outer(port, &[header, inner].concat()), path, &[layer]);
}

#[test]
fn networks_over_networks_keep_their_identifier() {
    let ethernet = frame(Link::Ethernet, path_v4());
    let vxlan = layer(UdpTunnel::Vxlan, Some(0x01_0203));
    for port in [4789, 8472] {
        assert_inside(port, &[0x08, 0, 0, 0, 1, 2, 3, 0], &ethernet, path_v4(), vxlan);
    }
    assert_inside(4789, &[0xff, 0xff, 0xff, 0xff, 1, 2, 3, 0xff], &ethernet, path_v4(), vxlan);
    assert_inside(4790, &[0x0c, 0, 0, 1, 1, 2, 3, 0], &ip(path_v4()), path_v4(), vxlan);
    assert_inside(4790, &[0x0c, 0, 0, 3, 1, 2, 3, 0], &ethernet, path_v4(), vxlan);
    assert_inside(4790, &[0x0c, 0, 0, 4, 1, 2, 3, 0, 0, 2, 1, 2, 0, 0, 0, 0], &ip(path_v6()), path_v6(), vxlan);
    let geneve = layer(UdpTunnel::Geneve, Some(7));
    assert_inside(6081, &[0, 0, 0x65, 0x58, 0, 0, 7, 0], &ethernet, path_v4(), geneve);
    assert_inside(6081, &[1, 0, 0x86, 0xdd, 0, 0, 7, 0, 9, 9, 9, 9], &ip(path_v6()), path_v6(), geneve);
}

#[test]
fn mobile_networks_carry_packets_behind_extension_headers() {
    let inner = ip(path_v4());
    let length = |more: u16| (u16::try_from(inner.len()).expect("short") + more).to_be_bytes();
    let gtp = layer(UdpTunnel::Gtp, None);
    let [high, low] = length(0);
    assert_inside(2152, &[0x30, 255, high, low, 0, 0, 0, 9], &inner, path_v4(), gtp);
    let [high, low] = length(4);
    assert_inside(2152, &[0x32, 255, high, low, 0, 0, 0, 9, 0, 1, 0, 0], &inner, path_v4(), gtp);
    let [high, low] = length(12);
    let extended = [0x34, 255, high, low, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 0, 0xc0, 1, 0, 0, 0];
    assert_inside(2152, &extended, &inner, path_v4(), gtp);
}

#[test]
fn ipv6_through_ipv4_is_found() {
    let inner = ip(path_v6());
    let teredo = layer(UdpTunnel::Teredo, None);
    assert_inside(3544, &[], &inner, path_v6(), teredo);
    assert_inside(3544, &[0, 0, 1, 2, 3, 4, 5, 6], &inner, path_v6(), teredo);
    let both = [&[0, 1, 1, 2][..], &[9; 12], &[0, 0, 1, 2, 3, 4, 5, 6]].concat();
    assert_inside(3544, &both, &inner, path_v6(), teredo);
    let ayiya = [&[0x42, 0x52, 0x11, 41, 0, 0, 0, 9][..], &[7; 16], &[8; 20]].concat();
    assert_inside(5072, &ayiya, &inner, path_v6(), layer(UdpTunnel::Ayiya, None));
}

#[test]
fn other_tunnels_are_passed() {
    let inner = ip(path_v4());
    let l2tp = layer(UdpTunnel::L2tp, None);
    assert_inside(1701, &[0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21], &inner, path_v4(), l2tp);
    let all = [0x4a, 2, 0, 99, 0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 9, 9, 0, 0x21];
    assert_inside(1701, &all, &inner, path_v4(), l2tp);
    assert_inside(4341, &[0; 8], &inner, path_v4(), layer(UdpTunnel::Lisp, None));
    assert_inside(6635, &[0, 1, 1, 9], &inner, path_v4(), layer(UdpTunnel::Mpls, None));
    let gre = Layer::Gre([192, 0, 2, 1].into(), [192, 0, 2, 2].into(), None);
    let layers = [layer(UdpTunnel::Gre, None), gre];
    assert_hello(RAW, &outer(4754, &[&[0, 0, 8, 0][..], &inner].concat()), path_v4(), &layers);
}

#[test]
fn a_datagram_to_a_tunnels_port_that_is_none_stays_a_datagram() {
    let cases: [(u16, &[u8]); 13] = [
        (4789, b"hello"),
        (4789, &[0, 0, 0, 0, 1, 2, 3, 0, 9, 9]),
        (4789, &[8, 0, 0, 0, 1, 2, 3, 0, 9, 9]),
        (6081, &[0x40, 0, 0x65, 0x58, 0, 0, 7, 0]),
        (6081, &[0x3f, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 1]),
        (2152, &[0x32, 1, 0, 4, 0, 0, 0, 9, 0, 1, 0, 0]),
        (2152, &[0x30, 255, 0, 4, 0, 0, 0, 9, 0x77, 1, 0, 0]),
        (3544, &[0x60; 48]),
        (1701, &[0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0]),
        (5072, &[0x42, 0x52, 0x11, 59]),
        (4341, &[0; 20]),
        (4754, &[0x40, 0, 8, 0, 0, 0, 0, 0]),
        (6635, &[]),
    ];
    for (port, payload) in cases {
        let bytes = outer(port, payload);
        let found = datagram(RAW, &bytes);
        assert_eq!((found.payload, found.encapsulation.0.len()), (payload, 0), "port {port}");
    }
}

#[test]
fn what_the_snap_length_cut_inside_a_tunnel_is_no_datagram_of_the_tunnel() {
    let bytes = outer(4789, &[&[8, 0, 0, 0, 1, 2, 3, 0][..], &frame(Link::Ethernet, path_v4())].concat());
    let wire_len = u32::try_from(bytes.len()).expect("short");
    let cut = Packet { wire_len, ..packet(RAW, &bytes[..28 + 8 + 14 + 20 + 9]) };
    assert_eq!(fault(&cut).reason(), "tcp: cut by the snap length");
}

#[test]
fn outside_all_tunnels_a_datagram_is_a_datagram() {
    let bytes = outer(4789, &[&[8, 0, 0, 0, 1, 2, 3, 0][..], &frame(Link::Ethernet, path_v4())].concat());
    let Ok(Decoded::Datagram(found)) = decode_at(&packet(RAW, &bytes), Depth::Outermost) else { panic!("no datagram") };
    assert_eq!((found.path.to.port(), found.encapsulation.0.len()), (4789, 0));
}
