//! Writes packets as pcapng: one section, any number of interfaces, nanoseconds, drop counters at the end.
//!
//! Little-endian whatever the machine, so that the same packets always make the same file. Each block is one write:
//! give it a `BufWriter` where that matters. Format: draft-ietf-opsawg-pcapng. Anyone may use it; reading is `file`'s.

pub mod packing;

use std::io::{self, Write};

use crate::packet::Losses;
use crate::packet::{LinkType, Packet};
use crate::timestamp::Timestamp;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

/// The longest packet that is written, 16 MiB less a block's own fields: what the reader of this crate believes.
pub const LONGEST_PACKET: usize = 16 * 1024 * 1024 - 32;

/// A pcapng file being written.
#[derive(Debug)]
pub struct PcapngWriter<W> {
    out: W,
    /// Link types, by interface number.
    interfaces: Vec<LinkType>,
    /// The block under construction, kept for its allocation.
    block: Vec<u8>,
}

impl<W: Write> PcapngWriter<W> {
    /// Starts a file with its section header, which names this program and its version.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = Self { out, interfaces: Vec::new(), block: Vec::new() };
        writer.begin(SECTION_HEADER);
        writer.u32(0x1a2b_3c4d);
        writer.u16(1);
        writer.u16(0);
        // The section's length is not known before its end.
        writer.u64(u64::MAX);
        writer.option(4, concat!("synfin ", env!("CARGO_PKG_VERSION")).as_bytes())?;
        writer.end_of_options();
        writer.end()?;
        Ok(writer)
    }

    /// Describes an interface and returns its number, counted from 0.
    ///
    /// `snaplen` is the most octets kept of a packet, 0 for no limit.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the name is longer than 65,535 octets; else those of the underlying writer.
    pub fn add_interface(&mut self, name: &str, link: LinkType, snaplen: u32) -> io::Result<u32> {
        let number = u32::try_from(self.interfaces.len()).map_err(|_| invalid("too many interfaces for one file"))?;
        self.begin(INTERFACE_DESCRIPTION);
        self.u16(link.0);
        self.u16(0);
        self.u32(snaplen);
        self.option(2, name.as_bytes())?;
        self.option(9, &[9])?;
        self.end_of_options();
        self.end()?;
        self.interfaces.push(link);
        Ok(number)
    }

    /// Writes a packet to the interface that it names.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the interface was not added or has another link type, if the stamp lies before 1970 or the
    /// packet is longer than [`LONGEST_PACKET`]; else those of the underlying writer.
    pub fn write(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let interface = usize::try_from(packet.interface).ok().and_then(|number| self.interfaces.get(number));
        if interface != Some(&packet.link) {
            return Err(invalid(&format!(
                "cannot write frame {}: wanted an interface {} of link type {}, found {interface:?}",
                packet.frame, packet.interface, packet.link.0
            )));
        }
        let Ok(at) = u64::try_from(packet.at.as_ns()) else {
            return Err(invalid(&format!("cannot write frame {}: it is stamped before 1970", packet.frame)));
        };
        if packet.bytes.len() > LONGEST_PACKET {
            return Err(invalid(&format!(
                "cannot write frame {}: wanted at most {LONGEST_PACKET} octets, found {}",
                packet.frame,
                packet.bytes.len()
            )));
        }
        self.begin(ENHANCED_PACKET);
        self.u32(packet.interface);
        self.stamp(at);
        let captured = packet.bytes.len() as u32;
        self.u32(captured);
        self.u32(packet.wire_len.max(captured));
        self.padded(packet.bytes);
        self.end()
    }

    /// Writes an interface's counters as of `at`: packets `received`, where known, and those lost.
    ///
    /// Losses of which nobody knows where they happened have no field and are left out.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the interface was not added; else those of the underlying writer.
    pub fn statistics(
        &mut self,
        interface: u32,
        at: Timestamp,
        losses: Losses,
        received: Option<u64>,
    ) -> io::Result<()> {
        if usize::try_from(interface).ok().is_none_or(|number| number >= self.interfaces.len()) {
            return Err(invalid(&format!("cannot write the counters of interface {interface}: it was not added")));
        }
        self.begin(INTERFACE_STATISTICS);
        self.u32(interface);
        self.stamp(u64::try_from(at.as_ns()).unwrap_or_default());
        for (code, counter) in [(4, received), (5, losses.interface), (7, losses.kernel)] {
            if let Some(counter) = counter {
                self.option(code, &counter.to_le_bytes())?;
            }
        }
        self.end_of_options();
        self.end()
    }

    /// The underlying writer.
    pub const fn get_ref(&self) -> &W {
        &self.out
    }

    /// Passes on what the underlying writer holds back.
    ///
    /// # Errors
    ///
    /// Those of the underlying writer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Flushes and returns the underlying writer. A file is whole after every block, so dropping a writer loses
    /// nothing but the errors of this.
    ///
    /// # Errors
    ///
    /// Those of the underlying writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn begin(&mut self, kind: u32) {
        self.block.clear();
        self.u32(kind);
        self.u32(0);
    }

    /// Puts the length before and after the block, and writes it.
    fn end(&mut self) -> io::Result<()> {
        let length = u32::try_from(self.block.len() + 4).map_err(|_| invalid("a block of more than 4 GiB"))?;
        self.u32(length);
        if let Some(field) = self.block.get_mut(4..8) {
            field.copy_from_slice(&length.to_le_bytes());
        }
        self.out.write_all(&self.block)
    }

    fn u16(&mut self, number: u16) {
        self.block.extend_from_slice(&number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.block.extend_from_slice(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.block.extend_from_slice(&number.to_le_bytes());
    }

    /// Nanoseconds, upper half first.
    fn stamp(&mut self, ns: u64) {
        self.u32((ns >> 32) as u32);
        self.u32((ns & 0xffff_ffff) as u32);
    }

    fn padded(&mut self, octets: &[u8]) {
        self.block.extend_from_slice(octets);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    fn option(&mut self, code: u16, value: &[u8]) -> io::Result<()> {
        let length = u16::try_from(value.len())
            .map_err(|_| invalid(&format!("wanted a name of at most 65535 octets, found {}", value.len())))?;
        self.u16(code);
        self.u16(length);
        self.padded(value);
        Ok(())
    }

    fn end_of_options(&mut self) {
        self.u32(0);
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

#[cfg(test)]
mod tests {
    use super::PcapngWriter;
    use crate::packet::Losses;
    use crate::packet::{LinkType, Packet, Stamping};
    use crate::timestamp::Timestamp;

    const PACKET: Packet<'static> = Packet {
        frame: 1,
        at: Timestamp::from_ns(0x0001_0002_0003_0004),
        stamping: Stamping::Told,
        link: LinkType(101),
        interface: 0,
        bytes: &[1, 2, 3, 4, 5],
        wire_len: 6,
    };

    #[test]
    fn blocks_are_laid_out_as_the_format_says() {
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        let header = writer.out.len();
        assert_eq!(writer.add_interface("lo", LinkType(101), 96).unwrap(), 0);
        let described = writer.out.len();
        writer.write(&PACKET).unwrap();
        let out = writer.finish().unwrap();
        assert!(out.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
        let interface =
            [1, 0, 0, 0, 40, 0, 0, 0, 101, 0, 0, 0, 96, 0, 0, 0, 2, 0, 2, 0, b'l', b'o', 0, 0, 9, 0, 1, 0, 9, 0, 0, 0];
        assert_eq!(out[header..described], [&interface[..], &[0, 0, 0, 0, 40, 0, 0, 0]].concat());
        let packet = [
            6, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 4, 0, 3, 0, 5, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0,
        ];
        assert_eq!(out[described..], [&packet[..], &[40, 0, 0, 0]].concat());
    }

    #[test]
    fn what_a_file_cannot_hold_is_refused_and_writes_nothing() {
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        assert!(writer.write(&PACKET).is_err());
        writer.add_interface("lo", LinkType(1), 0).unwrap();
        let before = writer.out.len();
        assert!(writer.write(&PACKET).is_err());
        writer.add_interface("tun", LinkType(101), 0).unwrap();
        let after = writer.out.len();
        assert!(before < after);
        let early = Packet { at: Timestamp::from_ns(-1), interface: 1, ..PACKET };
        assert!(writer.write(&early).unwrap_err().to_string().contains("before 1970"));
        assert!(writer.statistics(2, PACKET.at, Losses::default(), None).is_err());
        assert!(writer.add_interface(&"x".repeat(65_536), LinkType(1), 0).is_err());
        assert_eq!(writer.out.len(), after);
    }
}
