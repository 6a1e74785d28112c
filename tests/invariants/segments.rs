//! The whole analysis on arbitrary segments: any flags and numbers, near those that matter, over a few connections.

use super::account::{self, Frame};
use super::chooser::Chooser;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use synfin::four_tuple::FourTuple;
use synfin::packet::Losses;
use synfin::seq::Seq;
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::wire::encode::{self, Envelope, Fields, Link};
use synfin::wire::segment::Flags;

/// Segments made of one input.
const MOST: usize = 400;

/// Flags of segments that occur, most of all those that open and close.
const FLAGS: [u16; 16] =
    [0x10, 0x02, 0x12, 0x10, 0x11, 0x04, 0x14, 0x18, 0x10, 0x00, 0x03, 0x06, 0x30, 0xc2, 0x52, 0x1ff];

/// Steps of the clock in nanoseconds: back, none, and past every time-out.
const STEPS: [i64; 12] = [
    1_000,
    1_000_000,
    0,
    40_000_000,
    200_000_000,
    1_000_000_000,
    -1_000_000,
    -2_000_000_000,
    61_000_000_000,
    300_000_000_000,
    90_000_000_000_000,
    i64::MIN,
];

/// Addresses of a few connections, one of them with itself.
fn path(which: u8) -> FourTuple {
    let v4 = |last: u8, port: u16| SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)), port);
    let v6 =
        |last: u16, port: u16| SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last)), port);
    let (a, b) = match (which >> 1) & 7 {
        0..=3 => (v4(1, 50_000), v4(2, 80)),
        4 => (v4(1, 50_001), v4(2, 80)),
        5 => (v6(1, 50_000), v6(2, 443)),
        6 => (v4(1, 7), v4(1, 7)),
        _ => (v4(3, 1), v4(2, 80)),
    };
    if which & 1 == 0 { FourTuple { from: a, to: b } } else { FourTuple { from: b, to: a } }
}

/// Octets that choose segments.
///
/// # Panics
///
/// If the results do not add up.
pub fn check(octets: &[u8]) {
    let mut chooser = Chooser::new(octets);
    let mut at = Timestamp::from_ns(1_700_000_000_000_000_000);
    // The numbers that were used, which later ones are near to.
    let mut places: Vec<u32> = vec![0, 1_000, u32::MAX - 20, 0x8000_0000];
    let mut frames = Vec::new();
    let losses = match chooser.octet() {
        0..=199 => Losses::default(),
        more => Losses { kernel: Some(u64::from(more - 200)), ..Losses::default() },
    };
    while chooser.has_more() && frames.len() < MOST {
        let which = chooser.octet();
        let flags = Flags(*chooser.of(&FLAGS));
        let seq = chooser.near(&places);
        let raw_ack = if flags.ack() { chooser.near(&places) } else { 0 };
        let shape = chooser.octet();
        let length = match shape & 7 {
            0..=3 => 0,
            4 => 1,
            5 => 10,
            6 => 1_460,
            _ => usize::from(chooser.octet()),
        };
        let filling = if shape & 0x40 == 0 { 0x61 } else { 0x62 };
        let payload = vec![filling; length];
        let options = if shape & 8 == 0 { &[][..] } else { usual(&mut chooser, shape) };
        let window = if shape & 0x10 == 0 { 0xffff } else { chooser.word() };
        if shape & 0x20 != 0 {
            at = at + Elapsed::from_ns(*chooser.of(&STEPS));
        } else {
            at = at + Elapsed::from_ns(1_000_000);
        }
        let path = path(which);
        let link = if which & 0x10 == 0 { Link::Ethernet } else { Link::Raw };
        let link = if which & 0x20 == 0 { link } else { Link::Vlan(7) };
        let hop_limit = if which & 0x40 == 0 { 64 } else { 32 };
        let envelope = Envelope { link, path, id: u16::from(chooser.octet()), hop_limit, ecn: 0 };
        let fields = Fields { seq: Seq::new(seq), raw_ack, flags, window, urgent: 0, options, payload: &payload };
        let mut bytes = encode::segment(&envelope, &fields).expect("it fits");
        if which & 0x80 != 0 {
            spoil(&mut bytes, &mut chooser);
        }
        let end =
            seq.wrapping_add(u32::try_from(length).unwrap_or(0)).wrapping_add(u32::from(flags.syn() || flags.fin()));
        for place in [seq, end, raw_ack] {
            if places.len() < 64 && !places.contains(&place) {
                places.push(place);
            }
        }
        frames.push(Frame::whole(at, link.link_type(), bytes));
    }
    account::check(&frames, losses);
}

/// Options as systems send them, or any.
fn usual<'o>(chooser: &mut Chooser<'o>, shape: u8) -> &'o [u8] {
    const USUAL: [&[u8]; 4] = [
        &[2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7],
        &[1, 1, 8, 10, 0, 0, 0, 10, 0, 0, 0, 9],
        &[1, 1, 5, 10, 0, 0, 4, 0, 0, 0, 8, 0],
        &[34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1],
    ];
    if shape & 0x80 == 0 { USUAL[usize::from(chooser.octet()) % 4] } else { chooser.octets(40) }
}

/// One octet is another, or the end is missing.
fn spoil(bytes: &mut Vec<u8>, chooser: &mut Chooser<'_>) {
    let (place, value) = (usize::from(chooser.octet()), chooser.octet());
    if value == 0 {
        bytes.truncate(bytes.len().saturating_sub(place));
    } else if let Some(octet) = bytes.get_mut(place) {
        *octet ^= value;
    }
}
