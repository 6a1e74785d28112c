//! Captures that are meant to take memory and time, each as one stream on standard output: what `tests/soak/floods` gives to
//! `synfin`.
//!
//! `cargo bench --bench floods -- KIND COUNT`. Each kind is after one thing that is kept: attempts, connections, numbers of
//! one connection, incarnations of one 4-tuple, conversations, datagrams of which fragments are missing, hosts,
//! encapsulations, interfaces of a file. No file of its own format but for the last: pcap, nanoseconds, Ethernet.

use std::env;
use std::io::{self, BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddr};

use synfin::four_tuple::FourTuple;
use synfin::seq::Seq;
use synfin::wire::encode::{Envelope, Fields, Link, datagram, segment};
use synfin::wire::segment::Flags;

const FIN: u16 = 1;
const SYN: u16 = 2;
const RST: u16 = 4;
const ACK: u16 = 16;

/// From one frame to the next: a million a second.
const APART: u64 = 1_000;

/// 2026-01-01 00:00 UTC, in nanoseconds.
const START: u64 = 1_767_225_600_000_000_000;

/// Those made when only the making is tested.
const FEW: u64 = 1_000;

/// What makes frame number so and so of a kind.
type Make = fn(u64) -> Frame;

/// The kinds, by name.
const KINDS: [(&str, Make); 14] = [
    ("syns", syns),
    ("strays", strays),
    ("opens", opens),
    ("holes", holes),
    ("acknowledgments", acknowledgments),
    ("incarnations", incarnations),
    ("challengers", challengers),
    ("resets", resets),
    ("jumps", jumps),
    ("conversations", conversations),
    ("fragments", fragments),
    ("overlaps", overlaps),
    ("hosts", hosts),
    ("encapsulations", encapsulations),
];

/// A frame, and when it is stamped.
struct Frame {
    at: u64,
    octets: Vec<u8>,
}

/// Client and server of the `number`th connection.
fn path(number: u64) -> FourTuple {
    let number = u32::try_from(number % (1 << 31)).expect("it is small");
    let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + number / 50_000);
    let port = u16::try_from(10_000 + number % 50_000).expect("it is a port");
    FourTuple { from: SocketAddr::new(client.into(), port), to: ([192, 0, 2, 1], 443).into() }
}

/// Numbers without an order, the same each time.
fn mixed(number: u64) -> u64 {
    let mixed = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn low(number: u64) -> u32 {
    (number & 0xffff_ffff) as u32
}

fn frame(number: u64, path: FourTuple, flags: u16, seq: u32, raw_ack: u32, payload: &[u8]) -> Frame {
    let envelope = Envelope { id: (number & 0xffff) as u16, ..Envelope::new(path) };
    let fields =
        Fields { seq: Seq::new(seq), raw_ack, flags: Flags(flags), window: 65_535, payload, ..Fields::default() };
    Frame { at: number * APART, octets: segment(&envelope, &fields).expect("plain fields fit a frame") }
}

/// SYNs of as many clients, which nobody answers.
fn syns(number: u64) -> Frame {
    frame(number, path(number), SYN, low(mixed(number)), 0, &[])
}

/// Segments out of the middle of connections of which nothing else is captured.
fn strays(number: u64) -> Frame {
    frame(number, path(number), ACK, low(mixed(number)), low(number), b"stray")
}

/// Connections that are opened and left so.
fn opens(number: u64) -> Frame {
    let (conn, iss) = (number / 4, 1_000);
    match number % 4 {
        0 => frame(number, path(conn), SYN, iss, 0, &[]),
        1 => frame(number, path(conn).reversed(), SYN | ACK, iss, iss + 1, &[]),
        2 => frame(number, path(conn), ACK, iss + 1, iss + 1, &[]),
        _ => frame(number, path(conn), ACK, iss + 1, iss + 1, b"question"),
    }
}

/// One connection whose every other octet is missing.
fn holes(number: u64) -> Frame {
    match number {
        0..=2 => opens(number),
        _ => frame(number, path(0), ACK, low(number).wrapping_mul(2).wrapping_add(1_001), 1_001, b"o"),
    }
}

/// One connection in which one side acknowledges without order what the other never sent, with SACK blocks.
fn acknowledgments(number: u64) -> Frame {
    if number < 3 {
        return opens(number);
    }
    let block = |at: u64| [low(mixed(at)), low(mixed(at)).wrapping_add(100)].map(u32::to_be_bytes).concat();
    let options = [vec![1, 1, 5, 26], block(number), block(number + 1), block(number + 2)].concat();
    let fields = Fields {
        seq: Seq::new(1_001),
        raw_ack: 1_001 + low(mixed(number)) % 60_000,
        flags: Flags(ACK),
        window: low(mixed(number)) as u16,
        options: &options,
        ..Fields::default()
    };
    let envelope = Envelope { id: (number & 0xffff) as u16, ..Envelope::new(path(0).reversed()) };
    Frame { at: number * APART, octets: segment(&envelope, &fields).expect("plain fields fit a frame") }
}

/// One 4-tuple, opened, closed and opened again.
fn incarnations(number: u64) -> Frame {
    let iss = low(number / 6).wrapping_mul(100_000);
    let (client, server) = (path(0), path(0).reversed());
    match number % 6 {
        0 => frame(number, client, SYN, iss, 0, &[]),
        1 => frame(number, server, SYN | ACK, iss, iss.wrapping_add(1), &[]),
        2 => frame(number, client, ACK, iss.wrapping_add(1), iss.wrapping_add(1), &[]),
        3 => frame(number, client, FIN | ACK, iss.wrapping_add(1), iss.wrapping_add(1), &[]),
        4 => frame(number, server, FIN | ACK, iss.wrapping_add(1), iss.wrapping_add(2), &[]),
        _ => frame(number, client, ACK, iss.wrapping_add(2), iss.wrapping_add(2), &[]),
    }
}

/// SYNs into one open connection, each with a number of its own.
fn challengers(number: u64) -> Frame {
    if number < 4 { opens(number) } else { frame(number, path(0), SYN, low(mixed(number)), 0, &[]) }
}

/// RSTs into one open connection, none where it stands.
fn resets(number: u64) -> Frame {
    if number < 4 { opens(number) } else { frame(number, path(0), RST, low(mixed(number)), 0, &[]) }
}

/// Connections whose stamps jump by years, back and forth.
fn jumps(number: u64) -> Frame {
    Frame { at: mixed(number) % (1 << 60), ..opens(number) }
}

fn conversations(number: u64) -> Frame {
    let octets = datagram(&Envelope::new(path(number)), b"question").expect("plain fields fit a frame");
    Frame { at: number * APART, octets }
}

/// The fragment of a datagram of its own that begins at octet `offset`, with others behind it.
fn part(number: u64, datagram: u64, offset: u16, length: usize) -> Frame {
    let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + low(datagram >> 16));
    let path = FourTuple { from: SocketAddr::new(client.into(), 7), to: ([192, 0, 2, 1], 443).into() };
    let envelope = Envelope { id: (datagram & 0xffff) as u16, ..Envelope::new(path) };
    let fields = Fields { payload: &vec![0; length.saturating_sub(20)], ..Fields::default() };
    let mut octets = segment(&envelope, &fields).expect("plain fields fit a frame");
    // Behind 14 octets of Ethernet the flags and the offset are octets 6 and 7.
    let word = 0x2000 | (offset / 8);
    if let Some(place) = octets.get_mut(20..22) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    Frame { at: number * APART, octets }
}

/// First fragments of datagrams that never come whole.
fn fragments(number: u64) -> Frame {
    part(number, number, 0, 1_480)
}

/// Fragments of one datagram at places without an order, each over others.
fn overlaps(number: u64) -> Frame {
    part(number, 0, (mixed(number) % 8_000) as u16 * 8, 24 + (mixed(number + 1) % 100) as usize * 8)
}

/// One segment each of as many hosts, all with a wrong checksum.
fn hosts(number: u64) -> Frame {
    let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + low(number));
    let path = FourTuple { from: SocketAddr::new(client.into(), 7), to: ([192, 0, 2, 1], 443).into() };
    let mut made = frame(number, path, ACK, low(mixed(number)), low(number), b"stray");
    if let Some(last) = made.octets.last_mut() {
        *last ^= 0xff;
    }
    made
}

/// One segment each in as many tunnels: a VXLAN network in a VLAN.
fn encapsulations(number: u64) -> Frame {
    let inner = frame(number, path(number), ACK, 1, 1, b"x").octets;
    let network = low(number / 4_000 % (1 << 24)).to_be_bytes();
    let header = [8, 0, 0, 0, network[1], network[2], network[3], 0];
    let ends = FourTuple { from: ([192, 0, 2, 7], 7_000).into(), to: ([192, 0, 2, 8], 4_789).into() };
    let link = Link::Vlan(u16::try_from(number % 4_000 + 1).expect("it is small"));
    let octets = datagram(&Envelope { link, ..Envelope::new(ends) }, &[&header[..], &inner].concat());
    Frame { at: number * APART, octets: octets.expect("plain fields fit a frame") }
}

fn write(make: Make, count: u64, mut out: impl Write) -> io::Result<()> {
    let fields = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, 1];
    out.write_all(fields.map(u32::to_le_bytes).as_flattened())?;
    for number in 0..count {
        let Frame { at, octets } = make(number);
        let (at, length) = (START + at, u32::try_from(octets.len()).expect("a frame is short"));
        let stamp = [(at / 1_000_000_000) as u32, (at % 1_000_000_000) as u32, length, length];
        out.write_all(stamp.map(u32::to_le_bytes).as_flattened())?;
        out.write_all(&octets)?;
    }
    out.flush()
}

/// A pcapng file of blocks without packets: interfaces, of which one section has the more the more are wanted, then sections.
fn write_blocks(count: u64, mut out: impl Write) -> io::Result<()> {
    let section = [0x0a0d_0d0a_u32, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28].map(u32::to_le_bytes);
    let interface = [1_u32, 20, 1, 0, 20].map(u32::to_le_bytes);
    out.write_all(section.as_flattened())?;
    for number in 0..count {
        // Each sixty-thousandth begins a new section.
        out.write_all(if number % 60_000 == 59_999 { section.as_flattened() } else { interface.as_flattened() })?;
    }
    out.flush()
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let kind = arguments.iter().find_map(|word| KINDS.iter().find(|(name, _)| name == word));
    let count = arguments.iter().find_map(|word| word.parse().ok());
    let out = BufWriter::with_capacity(1 << 20, io::stdout());
    match (kind, count) {
        (Some((_, make)), Some(count)) => write(*make, count, out),
        (None, Some(count)) if arguments.iter().any(|word| word == "blocks") => write_blocks(count, out),
        // `cargo bench` without a kind: only that they can be made.
        _ => {
            write_blocks(FEW, io::sink())?;
            KINDS.iter().try_for_each(|(_, make)| write(*make, FEW, io::sink()))
        }
    }
}
