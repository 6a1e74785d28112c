//! Captures made for the measurements: pcap with nanoseconds, frames as a Linux host sends them, options and all.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};

use synfin::four_tuple::FourTuple;
use synfin::seq::Seq;
use synfin::wire::encode::{Envelope, Fields, segment};
use synfin::wire::segment::Flags;

const FIN: u16 = 1;
const SYN: u16 = 2;
const PSH: u16 = 8;
const ACK: u16 = 16;

/// MSS 1460, SACK permitted, timestamps, no operation, window scale 7.
const SYN_OPTIONS: [u8; 20] = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
/// Twice no operation, timestamps.
const OPTIONS: [u8; 12] = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1];

/// 2026-01-01 00:00 UTC, in nanoseconds.
const START: u64 = 1_767_225_600_000_000_000;

/// Frames of [`small`]'s connections.
pub const FRAMES_EACH: usize = 10;
/// How many of them are open at a time.
const AT_A_TIME: usize = 64;

/// Writes frames a fixed time apart.
struct Pcap<W> {
    out: W,
    at: u64,
    apart: u64,
}

impl<W: Write> Pcap<W> {
    fn new(mut out: W, apart: u64) -> io::Result<Self> {
        let fields = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, 1];
        out.write_all(fields.map(u32::to_le_bytes).as_flattened())?;
        Ok(Self { out, at: START, apart })
    }

    fn frame(&mut self, octets: &[u8]) -> io::Result<()> {
        self.at += self.apart;
        let (seconds, rest) = (self.at / 1_000_000_000, self.at % 1_000_000_000);
        let len = octets.len() as u32;
        self.out.write_all([seconds as u32, rest as u32, len, len].map(u32::to_le_bytes).as_flattened())?;
        self.out.write_all(octets)
    }
}

/// The path of the `number`th client to the server.
fn path(number: usize) -> FourTuple {
    let number = number as u32;
    let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + number / 50_000);
    let port = (10_000 + number % 50_000) as u16;
    FourTuple { from: SocketAddr::new(client.into(), port), to: ([192, 0, 2, 1], 443).into() }
}

struct Said {
    by_client: bool,
    flags: u16,
    seq: u32,
    ack: u32,
    payload: &'static [u8],
}

fn octets(path: FourTuple, said: &Said) -> Vec<u8> {
    let path = if said.by_client { path } else { path.reversed() };
    let fields = Fields {
        seq: Seq::new(said.seq),
        raw_ack: said.ack,
        flags: Flags(said.flags),
        window: 64_240,
        urgent: 0,
        options: if said.flags & SYN != 0 { &SYN_OPTIONS } else { &OPTIONS },
        payload: said.payload,
    };
    segment(&Envelope::new(path), &fields).expect("plain fields fit a frame")
}

/// The frames of one connection from SYN to the last ACK.
fn connection(number: usize) -> [Vec<u8>; FRAMES_EACH] {
    const ASKED: &[u8] = &[b'q'; 48];
    const TOLD: &[u8] = &[b'a'; 160];
    let (x, y) = ((number as u32).wrapping_mul(2_654_435_761), (number as u32).wrapping_mul(2_246_822_519) ^ 77);
    let (u, v) = (x.wrapping_add(1 + ASKED.len() as u32), y.wrapping_add(1 + TOLD.len() as u32));
    let (x1, y1, u1, v1) = (x.wrapping_add(1), y.wrapping_add(1), u.wrapping_add(1), v.wrapping_add(1));
    let from = |by_client, flags, seq, ack, payload| Said { by_client, flags, seq, ack, payload };
    [
        from(true, SYN, x, 0, &[]),
        from(false, SYN | ACK, y, x1, &[]),
        from(true, ACK, x1, y1, &[]),
        from(true, PSH | ACK, x1, y1, ASKED),
        from(false, ACK, y1, u, &[]),
        from(false, PSH | ACK, y1, u, TOLD),
        from(true, ACK, u, v, &[]),
        from(true, FIN | ACK, u, v, &[]),
        from(false, FIN | ACK, v, u1, &[]),
        from(true, ACK, u1, v1, &[]),
    ]
    .map(|said| octets(path(number), &said))
}

/// Many small connections, each closed, 64 open at a time; frames `apart` nanoseconds apart.
pub fn small(connections: usize, apart: u64, out: impl Write) -> io::Result<()> {
    let mut pcap = Pcap::new(out, apart)?;
    for first in (0..connections).step_by(AT_A_TIME) {
        let open: Vec<_> = (first..connections.min(first + AT_A_TIME)).map(connection).collect();
        for turn in 0..FRAMES_EACH {
            for frame in open.iter().filter_map(|frames| frames.get(turn)) {
                pcap.frame(frame)?;
            }
        }
    }
    Ok(())
}

/// One long transfer: two full segments, one acknowledgment, and so on.
pub fn bulk(frames: usize, out: impl Write) -> io::Result<()> {
    const FULL: &[u8] = &[b'x'; 1448];
    let mut pcap = Pcap::new(out, 1_000)?;
    let mut seq = 1_u32;
    for frame in connection(0).iter().take(3) {
        pcap.frame(frame)?;
    }
    let y1 = 78;
    for number in 3..frames {
        let said = if number % 3 == 2 {
            Said { by_client: false, flags: ACK, seq: y1, ack: seq, payload: &[] }
        } else {
            seq = seq.wrapping_add(FULL.len() as u32);
            Said { by_client: true, flags: ACK, seq: seq.wrapping_sub(FULL.len() as u32), ack: y1, payload: FULL }
        };
        pcap.frame(&octets(path(0), &said))?;
    }
    Ok(())
}

/// SYNs that nothing answers, each of another connection.
pub fn flood(frames: usize, out: impl Write) -> io::Result<()> {
    let mut pcap = Pcap::new(out, 1_000)?;
    for number in 0..frames {
        let said = Said { by_client: true, flags: SYN, seq: number as u32, ack: 0, payload: &[] };
        pcap.frame(&octets(path(number), &said))?;
    }
    Ok(())
}
