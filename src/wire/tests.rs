//! Tests of the decoder from the outside: frames in, facts out. What they share is here.

mod fragments;
mod icmp;
mod ip;
mod links;
mod properties;
mod rare_links;
mod transports;
mod tunnels;
mod udp_tunnels;

use super::encapsulation::Layer;
use super::encode::{self, Envelope, Fields, Link};
use super::segment::{Flags, Segment};
use super::undecodable::Undecodable;
use super::{Decoded, datagram::Datagram, decode};
use crate::four_tuple::FourTuple;
use crate::packet::{LinkType, Packet, Stamping};
use crate::seq::Seq;
use crate::timestamp::Timestamp;

const RAW: u16 = 101;
const ETHERNET: u16 = 1;

/// Every link type that is decoded, and one that is not.
const LINK_TYPES: [u16; 49] = [
    0, 1, 6, 7, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 106, 107, 108, 109, 113, 117, 119, 122, 123, 127, 129,
    138, 147, 163, 166, 178, 179, 180, 181, 182, 192, 197, 204, 205, 206, 226, 228, 229, 239, 240, 241, 242, 258, 274,
];

/// A packet that was captured whole.
fn packet(link: u16, bytes: &[u8]) -> Packet<'_> {
    let wire_len = u32::try_from(bytes.len()).expect("a test's packet is short");
    Packet {
        frame: 7,
        at: Timestamp::from_ns(9),
        stamping: Stamping::Told,
        link: LinkType(link),
        interface: 3,
        bytes,
        wire_len,
    }
}

#[track_caller]
fn segment(link: u16, bytes: &[u8]) -> Segment<'_> {
    segment_of(&packet(link, bytes))
}

#[track_caller]
fn segment_of<'p>(packet: &Packet<'p>) -> Segment<'p> {
    match decode(packet) {
        Ok(Decoded::Segment(segment, _)) => segment,
        other => panic!("wanted a segment, found {other:?}"),
    }
}

/// What stands around a segment.
#[track_caller]
fn around(link: u16, bytes: &[u8]) -> Vec<Layer> {
    match decode(&packet(link, bytes)) {
        Ok(Decoded::Segment(_, around)) => around.0.to_vec(),
        other => panic!("wanted a segment, found {other:?}"),
    }
}

#[track_caller]
fn datagram(link: u16, bytes: &[u8]) -> Datagram<'_> {
    match decode(&packet(link, bytes)) {
        Ok(Decoded::Datagram(datagram)) => datagram,
        other => panic!("wanted a datagram, found {other:?}"),
    }
}

#[track_caller]
fn other(link: u16, bytes: &[u8]) -> String {
    match decode(&packet(link, bytes)) {
        Ok(Decoded::Other(word)) => word.into_owned(),
        other => panic!("wanted neither TCP nor UDP, found {other:?}"),
    }
}

#[track_caller]
fn fault(packet: &Packet<'_>) -> Undecodable {
    match decode(packet) {
        Err(fault) => fault,
        Ok(found) => panic!("wanted a fault, found {found:?}"),
    }
}

/// From 10.0.0.2 port 40000 to 10.0.0.1 port 80.
fn path_v4() -> FourTuple {
    FourTuple { from: ([10, 0, 0, 2], 40_000).into(), to: ([10, 0, 0, 1], 80).into() }
}

/// From 2001:db8::2 port 40000 to 2001:db8::1 port 80.
fn path_v6() -> FourTuple {
    let address = |last| [0x2001, 0xdb8, 0, 0, 0, 0, 0, last];
    FourTuple { from: (address(2), 40_000).into(), to: (address(1), 80).into() }
}

/// A segment with five octets of payload and sequence number 1000, with a link header in front.
fn frame(link: Link, path: FourTuple) -> Vec<u8> {
    let envelope = Envelope { link, id: 77, ..Envelope::new(path) };
    let fields = Fields {
        seq: Seq::new(1000),
        raw_ack: 2000,
        flags: Flags(0x18),
        window: 512,
        payload: b"hello",
        ..Fields::default()
    };
    encode::segment(&envelope, &fields).expect("it fits")
}

/// The same without a link header.
fn ip(path: FourTuple) -> Vec<u8> {
    frame(Link::Raw, path)
}

/// Asserts that a packet holds the segment that [`frame`] makes, wrapped as told.
#[track_caller]
fn assert_hello(link: u16, bytes: &[u8], path: FourTuple, wrapped: &[Layer]) {
    assert_eq!(around(link, bytes).as_slice(), wrapped);
    let segment = segment(link, bytes);
    assert_eq!(segment.path, path);
    assert_eq!(segment.seq, Seq::new(1000));
    assert_eq!(segment.payload, b"hello");
    assert_eq!(segment.payload_len, 5);
    assert_eq!(segment.checksum, super::checksum::Checksum::Right);
    assert_eq!(segment.wholeness, super::segment::Wholeness::Whole);
    assert_eq!((segment.frame, segment.at, segment.interface), (7, Timestamp::from_ns(9), 3));
}
