//! How packets are wrapped into a file: pcap in micro- or nanoseconds, or pcapng. Little-endian, Ethernet.

use std::io::{self, Write};

/// A file format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// pcap with microseconds.
    Pcap,
    /// pcap with nanoseconds.
    PcapNano,
    /// pcapng with one interface and nanoseconds.
    Pcapng,
}

impl Container {
    /// The one of this name on the command line.
    pub fn named(name: &str) -> Option<Self> {
        [("pcap", Self::Pcap), ("pcap-nano", Self::PcapNano), ("pcapng", Self::Pcapng)]
            .into_iter()
            .find_map(|(known, container)| (known == name).then_some(container))
    }

    /// What comes before the first packet.
    pub fn begin(self, out: &mut impl Write) -> io::Result<()> {
        let pcap = |magic: u32| [magic, 0x0004_0002, 0, 0, 262_144, 1];
        match self {
            Self::Pcap => out.write_all(pcap(0xa1b2_c3d4).map(u32::to_le_bytes).as_flattened()),
            Self::PcapNano => out.write_all(pcap(0xa1b2_3c4d).map(u32::to_le_bytes).as_flattened()),
            Self::Pcapng => {
                let section = [0x0a0d_0d0a_u32, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
                // if_tsresol 9: nanoseconds.
                let interface = [1_u32, 32, 1, 262_144, 0x0001_0009, 9, 0, 32];
                out.write_all(section.map(u32::to_le_bytes).as_flattened())?;
                out.write_all(interface.map(u32::to_le_bytes).as_flattened())
            }
        }
    }

    /// One packet, captured `at` nanoseconds after 1970.
    pub fn packet(self, out: &mut impl Write, at: u64, octets: &[u8]) -> io::Result<()> {
        let length = octets.len() as u32;
        let (seconds, rest) = ((at / 1_000_000_000) as u32, (at % 1_000_000_000) as u32);
        match self {
            Self::Pcap => {
                out.write_all([seconds, rest / 1_000, length, length].map(u32::to_le_bytes).as_flattened())?
            }
            Self::PcapNano => out.write_all([seconds, rest, length, length].map(u32::to_le_bytes).as_flattened())?,
            Self::Pcapng => {
                let padding = octets.len().wrapping_neg() & 3;
                let block = 32 + length + padding as u32;
                let head = [6, block, 0, (at >> 32) as u32, at as u32, length, length];
                out.write_all(head.map(u32::to_le_bytes).as_flattened())?;
                out.write_all(octets)?;
                out.write_all(&[0; 3][..padding])?;
                return out.write_all(&block.to_le_bytes());
            }
        }
        out.write_all(octets)
    }
}
