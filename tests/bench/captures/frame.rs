//! Frames: Ethernet, a VLAN tag where the link has one, IPv4 or IPv6, TCP or UDP, with right checksums.

use super::container::Container;
use super::random::Random;
use std::io::{self, Write};

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;

/// 2026-01-01 00:00 UTC, in nanoseconds.
const START: u64 = 1_767_225_600_000_000_000;
/// Octets of a frame at most.
const LONGEST: usize = 1_600;
/// Where payload is taken from; any part of it may be sent.
const PAYLOAD: [u8; LONGEST] = [b'x'; LONGEST];

/// Two hosts, their ports, and how they are connected.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    v6: bool,
    vlan: Option<u16>,
    client: u32,
    server: u32,
    client_port: u16,
    server_port: u16,
    /// The IPv4 identifications that client and server gave last: each socket counts its own.
    ids: [u16; 2],
}

impl Link {
    /// The link of this number: no two have the same client and port. Some of a mixture are over IPv6, some in a VLAN.
    pub fn numbered(number: u32, random: &mut Random, mixed: bool) -> Self {
        let client = number.wrapping_mul(0x9e37) & 0xffff;
        Self {
            v6: mixed && random.below(10) < 3,
            vlan: (mixed && random.below(10) < 2).then_some(100 + (number % 8) as u16),
            client: 0x0a01_0000 | client,
            server: 0xc0a8_0100 | random.below(200),
            client_port: 32_768 + (((number >> 16) + client % 1_000) % 28_000) as u16,
            server_port: [80, 443, 443, 8_080][random.below(4) as usize],
            ids: [number as u16, !(number as u16)],
        }
    }

    /// From this address and port to the host that is flooded.
    pub fn from_anywhere(client: u32, client_port: u16) -> Self {
        Self { v6: false, vlan: None, client, server: 0xc0a8_0101, client_port, server_port: 80, ids: [client_port; 2] }
    }

    fn next_id(&mut self, by_client: bool) -> u16 {
        let id = &mut self.ids[usize::from(!by_client)];
        *id = id.wrapping_add(1);
        *id
    }

    /// The largest segment, in octets of payload beside timestamps.
    pub fn full(&self) -> u32 {
        if self.v6 { 1_428 } else { 1_448 }
    }
}

/// What a segment says.
pub struct Said<'s> {
    pub flags: u8,
    pub seq: u32,
    pub ack: u32,
    pub window: u16,
    pub options: &'s [u8],
    pub payload: usize,
}

/// The options of a SYN: MSS, SACK permitted, timestamps, no operation, window scale 7.
pub fn syn_options(link: &Link, value: u32, echo: u32) -> [u8; 20] {
    let [mss_high, mss_low] = (link.full() as u16 + 12).to_be_bytes();
    let ([a, b, c, d], [e, f, g, h]) = (value.to_be_bytes(), echo.to_be_bytes());
    [2, 4, mss_high, mss_low, 4, 2, 8, 10, a, b, c, d, e, f, g, h, 1, 3, 3, 7]
}

/// Timestamps as nearly every segment carries them.
pub fn stamps(value: u32, echo: u32) -> [u8; 12] {
    let ([a, b, c, d], [e, f, g, h]) = (value.to_be_bytes(), echo.to_be_bytes());
    [1, 1, 8, 10, a, b, c, d, e, f, g, h]
}

/// Where frames go.
pub struct Frames<W> {
    container: Container,
    out: W,
    at: u64,
    frame: Vec<u8>,
    /// Frames so far.
    pub written: u64,
}

impl<W: Write> Frames<W> {
    pub fn new(container: Container, mut out: W) -> io::Result<Self> {
        container.begin(&mut out)?;
        Ok(Self { container, out, at: START, frame: Vec::with_capacity(LONGEST), written: 0 })
    }

    /// Time goes on by so many microseconds.
    pub fn pass(&mut self, microseconds: u64) {
        self.at += microseconds * 1_000;
    }

    /// Milliseconds since the start: what a host's timestamps count.
    pub fn millis(&self) -> u32 {
        ((self.at - START) / 1_000_000) as u32
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// A segment, from the client or from the server.
    pub fn segment(&mut self, link: &mut Link, by_client: bool, said: Said<'_>) -> io::Result<()> {
        let words = 5 + said.options.len() / 4;
        let (from, to) = ports(link, by_client);
        let start = self.begin(link, by_client, 6, words * 4 + said.payload);
        self.frame.extend_from_slice(&from.to_be_bytes());
        self.frame.extend_from_slice(&to.to_be_bytes());
        self.frame.extend_from_slice(&said.seq.to_be_bytes());
        self.frame.extend_from_slice(&said.ack.to_be_bytes());
        self.frame.extend_from_slice(&[(words as u8) << 4, said.flags]);
        self.frame.extend_from_slice(&said.window.to_be_bytes());
        self.frame.extend_from_slice(&[0; 4]);
        self.frame.extend_from_slice(said.options);
        self.frame.extend_from_slice(&PAYLOAD[..said.payload]);
        self.end(link, by_client, 6, start, 16)
    }

    /// A UDP datagram with so many octets of payload.
    pub fn datagram(&mut self, link: &mut Link, by_client: bool, payload: usize) -> io::Result<()> {
        let (from, to) = ports(link, by_client);
        let length = (8 + payload) as u16;
        let start = self.begin(link, by_client, 17, usize::from(length));
        for field in [from, to, length, 0] {
            self.frame.extend_from_slice(&field.to_be_bytes());
        }
        self.frame.extend_from_slice(&PAYLOAD[..payload]);
        self.end(link, by_client, 17, start, 6)
    }

    /// Everything before the transport header, which starts where this says.
    fn begin(&mut self, link: &mut Link, by_client: bool, protocol: u8, length: usize) -> usize {
        let frame = &mut self.frame;
        frame.clear();
        let (client, server) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let (to, from) = if by_client { (server, client) } else { (client, server) };
        frame.extend_from_slice(&to);
        frame.extend_from_slice(&from);
        if let Some(id) = link.vlan {
            frame.extend_from_slice(&[0x81, 0]);
            frame.extend_from_slice(&id.to_be_bytes());
        }
        if link.v6 {
            let [high, low] = (length as u16).to_be_bytes();
            frame.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0, high, low, protocol, 64]);
        } else {
            let [high, low] = (20 + length as u16).to_be_bytes();
            let [id_high, id_low] = link.next_id(by_client).to_be_bytes();
            let ip = frame.len() + 2;
            frame.extend_from_slice(&[8, 0, 0x45, 0, high, low, id_high, id_low, 0x40, 0, 64, protocol, 0, 0]);
            push_addresses(frame, link, by_client);
            let [sum_high, sum_low] = checksum(0, &frame[ip..]);
            (frame[ip + 10], frame[ip + 11]) = (sum_high, sum_low);
            return frame.len();
        }
        push_addresses(frame, link, by_client);
        frame.len()
    }

    /// Fills in the checksum, `place` octets into the transport header, and writes the frame.
    fn end(&mut self, link: &Link, by_client: bool, protocol: u8, start: usize, place: usize) -> io::Result<()> {
        let mut pseudo = Vec::with_capacity(32);
        push_addresses(&mut pseudo, link, by_client);
        let length = self.frame.len() - start;
        let before = sum(&pseudo) + u64::from(protocol) + length as u64;
        let [high, low] = checksum(before, &self.frame[start..]);
        (self.frame[start + place], self.frame[start + place + 1]) = (high, low);
        // Ethernet's shortest frame.
        while self.frame.len() < 60 {
            self.frame.push(0);
        }
        self.written += 1;
        self.container.packet(&mut self.out, self.at, &self.frame)
    }
}

fn ports(link: &Link, by_client: bool) -> (u16, u16) {
    if by_client { (link.client_port, link.server_port) } else { (link.server_port, link.client_port) }
}

fn push_addresses(to: &mut Vec<u8>, link: &Link, by_client: bool) {
    let pair = if by_client { [link.client, link.server] } else { [link.server, link.client] };
    for address in pair {
        if link.v6 {
            to.extend_from_slice(&[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0]);
        }
        to.extend_from_slice(&address.to_be_bytes());
    }
}

/// The sum of 16-bit words, not folded.
fn sum(octets: &[u8]) -> u64 {
    let (words, rest) = octets.as_chunks::<4>();
    let halves = |word: &[u8; 4]| u64::from(u32::from_be_bytes(*word));
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    words.iter().map(halves).sum::<u64>() + halves(&last)
}

fn checksum(before: u64, octets: &[u8]) -> [u8; 2] {
    let mut total = before + sum(octets);
    while total > 0xffff {
        total = (total >> 16) + (total & 0xffff);
    }
    (!(total as u16)).to_be_bytes()
}
