//! What holds for all packets: decode∘encode is the identity, nothing panics, the short way tells what the long way tells.

use super::super::encode::{self, Envelope, Fields, Link};
use super::super::segment::Flags;
use super::super::{Decoded, Depth, checksum::Checksum, decode, encapsulation::Layer, fast, walk};
use super::{LINK_TYPES, around, frame, packet, path_v4, path_v6, segment};
use crate::four_tuple::FourTuple;
use crate::packet::Packet;
use crate::seq::Seq;
use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};

fn paths() -> impl Strategy<Value = FourTuple> {
    let path = |(from, to, ports): (IpAddr, IpAddr, (u16, u16))| FourTuple {
        from: SocketAddr::new(from, ports.0),
        to: SocketAddr::new(to, ports.1),
    };
    prop_oneof![
        any::<([u8; 4], [u8; 4], (u16, u16))>().prop_map(move |(a, b, ports)| path((a.into(), b.into(), ports))),
        any::<([u8; 16], [u8; 16], (u16, u16))>().prop_map(move |(a, b, ports)| path((a.into(), b.into(), ports))),
    ]
}

fn links() -> impl Strategy<Value = Link> {
    prop_oneof![Just(Link::Ethernet), (1..4095_u16).prop_map(Link::Vlan), Just(Link::Raw)]
}

fn envelopes() -> impl Strategy<Value = Envelope> {
    (links(), paths(), any::<u16>(), any::<u8>(), 0..4_u8).prop_map(|(link, path, id, hop_limit, ecn)| Envelope {
        link,
        path,
        id,
        hop_limit,
        ecn,
    })
}

/// Frames of every kind that the tests know: all links, both versions, tunnels, fragments, ICMP errors.
fn good_frames() -> Vec<(u16, Vec<u8>)> {
    let mut frames = Vec::new();
    for path in [path_v4(), path_v6()] {
        let ip = frame(Link::Raw, path);
        let kind = if path.from.is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] };
        frames.push((1, frame(Link::Ethernet, path)));
        frames.push((1, frame(Link::Vlan(3), path)));
        frames.push((104, [&[0x0f, 0], &kind[..], &ip].concat()));
        frames.push((113, [&[0; 14], &kind[..], &ip].concat()));
        frames.push((276, [&kind[..], &[0; 18], &ip].concat()));
        frames.push((1, [&[0; 12], &[0x88, 0x47, 0, 1, 1, 9][..], &ip].concat()));
        frames.push((9, [&[0xff, 3, 0, if path.from.is_ipv4() { 0x21 } else { 0x57 }], &ip[..]].concat()));
        frames.push((0, [&[if path.from.is_ipv4() { 2 } else { 10 }, 0, 0, 0], &ip[..]].concat()));
        let outer = |protocol: u8, inner: &[u8]| {
            let mut header = vec![0x45, 0, 0, 20, 0, 0, 0, 0, 64, protocol, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
            header[3] += u8::try_from(inner.len()).expect("short");
            [&header[..], inner].concat()
        };
        frames.push((101, outer(if path.from.is_ipv4() { 4 } else { 41 }, &ip)));
        frames.push((101, outer(47, &[&[0xb0, 0], &kind[..], &[0; 12], &ip].concat())));
        frames.push((101, outer(1, &[&[3, 3, 0, 0, 0, 0, 0, 0][..], &ip].concat())));
        frames.push((101, ip));
    }
    let v6 = frame(Link::Raw, path_v6());
    let chain = [
        43, 0, 1, 4, 0, 0, 0, 0, 44, 0, 4, 0, 0, 0, 0, 0, 51, 0, 0, 0, 0, 0, 0, 9, 60, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
    ];
    let options = [6, 2, 1, 2, 0, 0, 0xc9, 16, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    let mut extended = [&v6[..40], &chain, &options, &v6[40..]].concat();
    extended[5] += 60;
    extended[6] = 0;
    frames.push((229, extended));
    frames
}

/// Compares everything that both ways say about a packet, if the short way says anything.
fn assert_same_both_ways(packet: &Packet<'_>) {
    if let Some(short) = fast::segment(packet) {
        assert_eq!(
            format!("{:?}", short.map(|(segment, around)| Decoded::Segment(segment, around))),
            format!("{:?}", walk::decode(packet, Depth::Innermost))
        );
    }
}

#[test]
fn the_short_way_takes_plain_frames_and_tells_the_same() {
    let mut taken = 0;
    for (link, bytes) in good_frames() {
        let packet = packet(link, &bytes);
        assert!(!matches!(decode(&packet), Err(_) | Ok(Decoded::Other(_))), "link type {link}: {:?}", decode(&packet));
        taken += usize::from(fast::segment(&packet).is_some());
        assert_same_both_ways(&packet);
    }
    assert!(taken >= 10, "the short way took {taken} frames only");
}

proptest! {
    #[test]
    fn what_was_encoded_is_decoded(
        envelope in envelopes(), seq in any::<u32>(), raw_ack in any::<u32>(), flags in 0..512_u16,
        window in any::<u16>(), urgent in any::<u16>(), words in proptest::collection::vec(any::<u32>(), 0..=10),
        payload in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let options: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let fields = Fields {
            seq: Seq::new(seq), raw_ack, flags: Flags(flags), window, urgent, options: &options, payload: &payload,
        };
        let bytes = encode::segment(&envelope, &fields).expect("it fits");
        let found = segment(envelope.link.link_type().0, &bytes);
        let again = Fields {
            seq: found.seq,
            raw_ack: found.raw_ack,
            flags: found.flags,
            window: found.window,
            urgent: found.urgent,
            options: found.options.octets,
            payload: found.payload,
        };
        prop_assert_eq!(again, fields);
        prop_assert_eq!(found.checksum, Checksum::Right);
        prop_assert_eq!(found.payload_len as usize, payload.len());
        prop_assert_eq!((found.path, found.ip.hop_limit, found.ip.ecn), (envelope.path, envelope.hop_limit, envelope.ecn));
        prop_assert_eq!(found.ip.id, envelope.path.from.is_ipv4().then_some(envelope.id));
        let wrapped = match envelope.link { Link::Vlan(id) => vec![Layer::Vlan(id)], _ => vec![] };
        prop_assert_eq!(around(envelope.link.link_type().0, &bytes), wrapped);
        assert_same_both_ways(&packet(envelope.link.link_type().0, &bytes));
    }

    #[test]
    fn an_encoded_datagram_is_decoded(envelope in envelopes(), payload in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = encode::datagram(&envelope, &payload).expect("it fits");
        let found = super::datagram(envelope.link.link_type().0, &bytes);
        prop_assert_eq!((found.path, found.payload, found.checksum), (envelope.path, &payload[..], Checksum::Right));
    }

    #[test]
    fn etherparse_alone_sees_the_same_segment(envelope in envelopes(), seq in any::<u32>(), cut in any::<prop::sample::Index>()) {
        let fields = Fields { seq: Seq::new(seq), payload: b"some payload", flags: Flags(0x10), ..Fields::default() };
        let bytes = encode::segment(&envelope, &fields).expect("it fits");
        let shown = &bytes[..bytes.len() - cut.index(12)];
        let found = segment_of_cut(envelope.link.link_type().0, shown, bytes.len());
        let sliced = match envelope.link {
            Link::Raw => LaxSlicedPacket::from_ip(shown).expect("IP"),
            _ => LaxSlicedPacket::from_ethernet(shown).expect("Ethernet"),
        };
        let (from, to): (IpAddr, IpAddr) = match sliced.net {
            Some(LaxNetSlice::Ipv4(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            Some(LaxNetSlice::Ipv6(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            other => panic!("wanted IP, found {other:?}"),
        };
        let Some(TransportSlice::Tcp(tcp)) = sliced.transport else { panic!("wanted TCP, found {:?}", sliced.transport) };
        prop_assert_eq!(found.0, FourTuple {
            from: SocketAddr::new(from, tcp.source_port()), to: SocketAddr::new(to, tcp.destination_port()),
        });
        prop_assert_eq!(found.1, tcp.sequence_number());
        prop_assert_eq!(found.2, tcp.payload());
    }

    #[test]
    fn any_octets_of_any_link_type_are_answered(
        link in proptest::sample::select(LINK_TYPES.to_vec()), bytes in proptest::collection::vec(any::<u8>(), 0..200),
        more in 0..100_u32,
    ) {
        let mut packet = packet(link, &bytes);
        packet.wire_len += more;
        if let Err(fault) = decode(&packet) {
            prop_assert!(!fault.reason().is_empty() && !fault.to_string().is_empty());
        }
        assert_same_both_ways(&packet);
    }

    #[test]
    fn a_damaged_frame_is_answered(
        which in any::<prop::sample::Index>(), damage in proptest::collection::vec(any::<(prop::sample::Index, u8)>(), 0..6),
        cut in any::<prop::sample::Index>(), on_the_wire in -40..80_i64,
    ) {
        let frames = good_frames();
        let (link, mut bytes) = which.get(&frames).clone();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let whole = i64::try_from(bytes.len()).expect("short");
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 2);
        let wire_len = u32::try_from((whole + on_the_wire).max(0)).expect("short");
        let packet = Packet { wire_len, ..packet(link, &bytes) };
        if let Err(fault) = decode(&packet) {
            prop_assert!(!fault.reason().is_empty() && !fault.to_string().is_empty());
        }
        assert_same_both_ways(&packet);
    }
}

/// Path, sequence number and payload of a packet of which less was captured than was on the wire.
fn segment_of_cut(link: u16, bytes: &[u8], wire_len: usize) -> (FourTuple, u32, &[u8]) {
    let wire_len = u32::try_from(wire_len).expect("short");
    let found = super::segment_of(&Packet { wire_len, ..packet(link, bytes) });
    (found.path, found.seq.get(), found.payload)
}
