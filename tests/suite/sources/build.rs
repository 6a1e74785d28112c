//! Capture files built octet by octet, in both byte orders, and whatever a reader makes of them.
//!
//! Independent of the crate's own writer, so that both are checked.

use std::io::{Cursor, Read};

use synfin::capture::file;
use synfin::capture::{Source, SourceError};
use synfin::packet::Losses;
use synfin::packet::Packet;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    pub fn u16(self, number: u16) -> [u8; 2] {
        if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() }
    }

    pub fn u32(self, number: u32) -> [u8; 4] {
        if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() }
    }

    pub fn u64(self, number: u64) -> [u8; 8] {
        if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() }
    }
}

/// A pcap file under construction.
pub struct PcapFile {
    pub order: Order,
    pub out: Vec<u8>,
}

impl PcapFile {
    pub fn new(order: Order, magic: u32, network: u32) -> Self {
        let mut out = order.u32(magic).to_vec();
        out.extend([order.u16(2), order.u16(4)].concat());
        out.extend([[0; 4], [0; 4], order.u32(65_535), order.u32(network)].concat());
        Self { order, out }
    }

    pub fn record(&mut self, seconds: u32, fraction: u32, bytes: &[u8], wire_len: u32) -> &mut Self {
        let fields = [seconds, fraction, bytes.len() as u32, wire_len];
        self.out.extend(fields.map(|field| self.order.u32(field)).concat());
        self.out.extend(bytes);
        self
    }
}

/// A pcapng file under construction.
pub struct Blocks {
    pub order: Order,
    pub out: Vec<u8>,
}

impl Blocks {
    pub fn new(order: Order) -> Self {
        let mut blocks = Self { order, out: Vec::new() };
        blocks.section(order);
        blocks
    }

    pub fn block(&mut self, kind: u32, parts: &[&[u8]]) -> &mut Self {
        let mut body = parts.concat();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = self.order.u32(body.len() as u32 + 12);
        self.out.extend([&self.order.u32(kind)[..], &length, &body, &length].concat());
        self
    }

    pub fn section(&mut self, order: Order) -> &mut Self {
        self.order = order;
        let versions = [order.u16(1), order.u16(0)].concat();
        self.block(0x0a0d_0d0a, &[&order.u32(0x1a2b_3c4d), &versions, &order.u64(u64::MAX)])
    }

    pub fn interface(&mut self, link: u16, snaplen: u32, options: &[u8]) -> &mut Self {
        let o = self.order;
        self.block(1, &[&o.u16(link), &[0, 0], &o.u32(snaplen), options])
    }

    pub fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut option = [self.order.u16(code), self.order.u16(value.len() as u16)].concat();
        option.extend(value);
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    pub fn enhanced(&mut self, interface: u32, units: u64, bytes: &[u8], wire_len: u32, options: &[u8]) -> &mut Self {
        let o = self.order;
        let fields = [interface, (units >> 32) as u32, units as u32, bytes.len() as u32, wire_len].map(|f| o.u32(f));
        let pad = vec![0; bytes.len().next_multiple_of(4) - bytes.len()];
        self.block(6, &[&fields.concat(), bytes, &pad, options])
    }

    pub fn simple(&mut self, bytes: &[u8], wire_len: u32) -> &mut Self {
        let o = self.order;
        self.block(3, &[&o.u32(wire_len), bytes])
    }

    pub fn obsolete(&mut self, interface: u16, drops: u16, units: u64, bytes: &[u8]) -> &mut Self {
        let o = self.order;
        let length = o.u32(bytes.len() as u32);
        let stamp = [o.u32((units >> 32) as u32), o.u32(units as u32)].concat();
        self.block(2, &[&o.u16(interface), &o.u16(drops), &stamp, &length, &length, bytes])
    }

    pub fn statistics(&mut self, interface: u32, counters: &[(u16, u64)]) -> &mut Self {
        let o = self.order;
        let options: Vec<u8> = counters.iter().flat_map(|(code, count)| self.option(*code, &o.u64(*count))).collect();
        self.block(5, &[&o.u32(interface), &[0; 8], &options])
    }
}

/// A packet that outlives its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub frame: u64,
    pub at: i64,
    pub link: u16,
    pub interface: u32,
    pub bytes: Vec<u8>,
    pub wire_len: u32,
}

impl From<Packet<'_>> for Seen {
    fn from(packet: Packet<'_>) -> Self {
        Self {
            frame: packet.frame,
            at: packet.at.as_ns(),
            link: packet.link.0,
            interface: packet.interface,
            bytes: packet.bytes.to_vec(),
            wire_len: packet.wire_len,
        }
    }
}

/// All that a source delivered, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub seen: Vec<Seen>,
    pub losses: Losses,
    pub error: Option<SourceError>,
}

impl Outcome {
    /// What was delivered by an input without fault.
    #[track_caller]
    pub fn whole(self) -> Vec<Seen> {
        assert!(self.error.is_none(), "{:?}", self.error);
        self.seen
    }

    pub fn message(&self) -> String {
        self.error.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

pub fn drain(mut source: impl Source) -> Outcome {
    let mut seen = Vec::new();
    let error = loop {
        match source.next_packet() {
            Ok(Some(packet)) => {
                assert!(packet.wire_len as usize >= packet.bytes.len());
                seen.push(Seen::from(packet));
                assert_eq!(seen.len() as u64, seen.last().map_or(0, |seen| seen.frame));
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(matches!(source.next_packet(), Ok(None)), "after its end or an error a source is at its end");
    Outcome { seen, losses: source.losses(), error }
}

pub fn read(reader: impl Read + Send + 'static) -> Outcome {
    match file::from_reader("test", reader) {
        Ok(source) => drain(source),
        Err(error) => Outcome { seen: Vec::new(), losses: Losses::default(), error: Some(error) },
    }
}

pub fn read_octets(octets: &[u8]) -> Outcome {
    read(Cursor::new(octets.to_vec()))
}

/// Gives no more per read than the sizes say, one after the other and round.
pub struct Trickle {
    octets: Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    turn: usize,
}

impl Trickle {
    pub fn new(octets: &[u8], sizes: Vec<usize>) -> Self {
        Self { octets: Cursor::new(octets.to_vec()), sizes, turn: 0 }
    }
}

impl Read for Trickle {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(room.len());
        self.turn += 1;
        self.octets.read(&mut room[..size])
    }
}
