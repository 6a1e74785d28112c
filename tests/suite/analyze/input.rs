//! Captures that the tests of `analyze` read: traces as frames, written by the crate's own writer.

use synfin::capture::writer::PcapngWriter;
use synfin::packet::Losses;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

/// A connection from SYN to the last ACK.
pub const CLEAN: &str = include_str!("../../traces/close/normal-close.trace");
/// A FIN that is sent again at another number, which is a violation.
pub const BROKEN: &str = include_str!("../../traces/close/fin-moved.trace");
/// Frames of [`CLEAN`].
pub const CLEAN_FRAMES: u64 = 7;

/// A pcapng file under construction.
pub struct Input {
    writer: PcapngWriter<Vec<u8>>,
    frame: u64,
    interface: u32,
    link: LinkType,
    last: Timestamp,
}

impl Input {
    pub fn new(link: LinkType) -> Self {
        let mut writer = PcapngWriter::new(Vec::new()).expect("memory");
        let interface = writer.add_interface("tap", link, 0).expect("memory");
        Self { writer, frame: 0, interface, link, last: Timestamp::from_ns(0) }
    }

    /// Another interface, on which the frames after this are captured.
    pub fn interface(mut self, link: LinkType) -> Self {
        self.interface = self.writer.add_interface("tap", link, 0).expect("memory");
        self.link = link;
        self
    }

    /// A frame, stamped `at`.
    pub fn frame(mut self, at: Timestamp, bytes: &[u8]) -> Self {
        self.frame += 1;
        let wire_len = u32::try_from(bytes.len()).expect("a short frame");
        let (interface, link) = (self.interface, self.link);
        self.writer
            .write(&Packet { frame: self.frame, at, stamping: Stamping::Told, link, interface, bytes, wire_len })
            .expect("memory");
        self.last = at;
        self
    }

    /// The frames of a trace, `later` than the trace says; `port` is A's.
    pub fn trace(mut self, text: &str, port: u16, later: Elapsed) -> Self {
        let steps = parse(text).expect("a trace");
        for (at, mut octets) in captured(&steps, Carrier::Ethernet4).expect("frames").frames {
            renumber(&mut octets, port);
            self = self.frame(at + later, &octets);
        }
        self
    }

    /// The frames of a trace of which a capture kept so many octets each.
    pub fn cut(mut self, text: &str, kept: usize) -> Self {
        let steps = parse(text).expect("a trace");
        for (at, octets) in captured(&steps, Carrier::Ethernet4).expect("frames").frames {
            self.frame += 1;
            let wire_len = u32::try_from(octets.len()).expect("a short frame");
            let (frame, interface, link) = (self.frame, self.interface, self.link);
            let bytes = octets.get(..kept).unwrap_or(&octets);
            let packet = Packet { frame, at, stamping: Stamping::Told, link, interface, bytes, wire_len };
            self.writer.write(&packet).expect("memory");
        }
        self
    }

    /// What the kernel dropped.
    pub fn dropped(mut self, kernel: u64) -> Self {
        let losses = Losses { kernel: Some(kernel), ..Losses::default() };
        self.writer.statistics(self.interface, self.last, losses, None).expect("memory");
        self
    }

    pub fn octets(self) -> Vec<u8> {
        self.writer.finish().expect("memory")
    }
}

/// A's port, in an Ethernet frame with plain IPv4, and the checksum that changes with it.
fn renumber(octets: &mut [u8], port: u16) {
    const OLD: u16 = 49_152;
    let tcp = octets.get_mut(34..).expect("a TCP header");
    let at = if tcp[0..2] == OLD.to_be_bytes() { 0 } else { 2 };
    tcp[at..at + 2].copy_from_slice(&port.to_be_bytes());
    // RFC 1624, Section 3: HC' = ~(~HC + ~m + m').
    let sum = u32::from(!u16::from_be_bytes([tcp[16], tcp[17]])) + u32::from(!OLD) + u32::from(port);
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !(((folded & 0xffff) + (folded >> 16)) as u16);
    tcp[16..18].copy_from_slice(&checksum.to_be_bytes());
}

/// One trace, as a file.
pub fn of(text: &str) -> Vec<u8> {
    Input::new(LinkType(1)).trace(text, 49_152, Elapsed::from_ns(0)).octets()
}

/// The clean connection `count` times, from other ports.
pub fn many(count: u16) -> Vec<u8> {
    let mut input = Input::new(LinkType(1));
    for number in 0..count {
        input = input.trace(CLEAN, 1_024 + number, Elapsed::from_ns(i64::from(number) * 1_000_000));
    }
    input.octets()
}
