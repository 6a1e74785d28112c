//! Mixed traffic without end, time-compressed, as a capture on standard output: what `tests/soak/run` gives to `synfin`.
//!
//! `cargo bench --bench soak -- CONNECTIONS`. Of twenty connections nine are SYNs that nobody answers, four are refused,
//! three are whole, and one each is reset, left open for ever, met in its middle, and a question over UDP.

use std::env;
use std::io::{self, BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddr};

use synfin::four_tuple::FourTuple;
use synfin::seq::Seq;
use synfin::wire::encode::{Envelope, Fields, datagram, segment};
use synfin::wire::segment::Flags;

const FIN: u16 = 1;
const SYN: u16 = 2;
const RST: u16 = 4;
const ACK: u16 = 16;
const PSH: u16 = 24;

/// Connections that go on at a time.
const AT_A_TIME: u64 = 256;

/// From one frame to the next: fifty thousand a second.
const APART: u64 = 20_000;

/// 2026-01-01 00:00 UTC, in nanoseconds.
const START: u64 = 1_767_225_600_000_000_000;

/// Those made when only the making is tested.
const FEW: u64 = 10_000;

/// What a frame of a connection is.
enum Frame {
    /// A segment by the client or the server: flags, octets from the first sequence number of either, payload.
    Of(Side, u16, u32, u32, &'static [u8]),
    Datagram(Side),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

use Frame::{Datagram, Of};
use Side::{Client, Server};

const ASKED: &[u8] = &[b'q'; 48];
const TOLD: &[u8] = &[b'a'; 160];

const UNANSWERED: &[Frame] = &[Of(Client, SYN, 0, 0, &[])];
const REFUSED: &[Frame] = &[Of(Client, SYN, 0, 0, &[]), Of(Server, RST | ACK, 0, 1, &[])];
const WHOLE: &[Frame] = &[
    Of(Client, SYN, 0, 0, &[]),
    Of(Server, SYN | ACK, 0, 1, &[]),
    Of(Client, ACK, 1, 1, &[]),
    Of(Client, PSH, 1, 1, ASKED),
    Of(Server, ACK, 1, 49, &[]),
    Of(Server, PSH, 1, 49, TOLD),
    Of(Client, ACK, 49, 161, &[]),
    Of(Client, FIN | ACK, 49, 161, &[]),
    Of(Server, FIN | ACK, 161, 50, &[]),
    Of(Client, ACK, 50, 162, &[]),
];
const RESET: &[Frame] = &[
    Of(Client, SYN, 0, 0, &[]),
    Of(Server, SYN | ACK, 0, 1, &[]),
    Of(Client, ACK, 1, 1, &[]),
    Of(Client, PSH, 1, 1, ASKED),
    Of(Server, RST | ACK, 1, 49, &[]),
];
const OPEN: &[Frame] = &[
    Of(Client, SYN, 0, 0, &[]),
    Of(Client, SYN, 0, 0, &[]),
    Of(Server, SYN | ACK, 0, 1, &[]),
    Of(Client, ACK, 1, 1, &[]),
    Of(Client, PSH, 1, 1, ASKED),
    Of(Server, ACK, 1, 49, &[]),
];
const MIDDLE: &[Frame] = &[Of(Server, PSH, 9_000, 700, TOLD), Of(Client, ACK, 700, 9_160, &[])];
const QUESTION: &[Frame] = &[Datagram(Client), Datagram(Server)];

fn kind(number: u64) -> &'static [Frame] {
    match number % 20 {
        0..=8 => UNANSWERED,
        9..=12 => REFUSED,
        13..=15 => WHOLE,
        16 => RESET,
        17 => OPEN,
        18 => MIDDLE,
        _ => QUESTION,
    }
}

/// Client and server of the `number`th connection; they come again after four million.
fn path(number: u64) -> FourTuple {
    let number = u32::try_from(number % 4_000_000).expect("it is small");
    let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + number / 50_000);
    let port = u16::try_from(10_000 + number % 50_000).expect("it is a port");
    FourTuple { from: SocketAddr::new(client.into(), port), to: ([192, 0, 2, 1], 443).into() }
}

fn octets(number: u64, turn: usize, frame: &Frame) -> Vec<u8> {
    let id = u16::try_from((number + turn as u64) & 0xffff).expect("it fits");
    let envelope = |side| {
        let path = if side == Client { path(number) } else { path(number).reversed() };
        Envelope { id, ..Envelope::new(path) }
    };
    let plain = "plain fields fit a frame";
    match frame {
        Datagram(side) => datagram(&envelope(*side), TOLD).expect(plain),
        Of(side, flags, from, of, payload) => {
            // Numbers that differ from one use of the same addresses to the next.
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let first = [(mixed >> 32) as u32, mixed as u32];
            let [own, other] = if *side == Client { first } else { [first[1], first[0]] };
            let raw_ack = if flags & ACK == 0 { 0 } else { other.wrapping_add(*of) };
            let seq = Seq::new(if *flags == RST | ACK && *from == 0 { 0 } else { own.wrapping_add(*from) });
            let fields = Fields { seq, raw_ack, flags: Flags(*flags), window: 64_240, payload, ..Fields::default() };
            segment(&envelope(*side), &fields).expect(plain)
        }
    }
}

fn write(connections: u64, mut out: impl Write) -> io::Result<()> {
    let fields = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, 1];
    out.write_all(fields.map(u32::to_le_bytes).as_flattened())?;
    let mut at = START;
    for first in (0..connections).step_by(AT_A_TIME as usize) {
        for turn in 0..WHOLE.len() {
            for number in first..connections.min(first + AT_A_TIME) {
                let Some(frame) = kind(number).get(turn) else { continue };
                let octets = octets(number, turn, frame);
                at += APART;
                let length = u32::try_from(octets.len()).expect("a frame is short");
                let stamp = [(at / 1_000_000_000) as u32, (at % 1_000_000_000) as u32, length, length];
                out.write_all(stamp.map(u32::to_le_bytes).as_flattened())?;
                out.write_all(&octets)?;
            }
        }
    }
    out.flush()
}

fn main() -> io::Result<()> {
    let wanted = env::args().skip(1).find_map(|argument| argument.parse().ok());
    match wanted {
        Some(connections) => write(connections, BufWriter::with_capacity(1 << 20, io::stdout())),
        // `cargo bench` without a number: only that they can be made.
        None => write(FEW, io::sink()),
    }
}
