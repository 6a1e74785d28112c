//! `-w`: the captured packets, saved as they come.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::Path;
use synfin::capture::live::LiveSource;
use synfin::capture::writer::PcapngWriter;
use synfin::packet::Packet;
use synfin::timestamp::Timestamp;

/// Octets that wait until the next flush.
const WAITING: usize = 1 << 18;

/// A capture file under way.
#[derive(Debug)]
pub struct Recording {
    writer: PcapngWriter<BufWriter<File>>,
    latest: Timestamp,
}

/// Where packets are saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target<'p> {
    /// A file of this name.
    File(&'p Path),
    /// Standard output, which then carries nothing else.
    Stdout,
}

impl<'p> Target<'p> {
    /// `-` is standard output.
    pub fn named(path: &'p Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdout } else { Self::File(path) }
    }
}

impl Recording {
    /// Begins the file of a capture, of whose frames at most `snap` octets are kept. What was in a file is replaced.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn begin(target: Target<'_>, interface: &str, source: &dyn LiveSource, snap: u32) -> io::Result<Self> {
        let file = match target {
            Target::File(path) => File::create(path)?,
            // Not through `Stdout`, which would look for ends of lines.
            Target::Stdout => File::from(io::stdout().as_fd().try_clone_to_owned()?),
        };
        let mut writer = PcapngWriter::new(BufWriter::with_capacity(WAITING, file))?;
        writer.add_interface(interface, source.link(), snap)?;
        writer.flush()?;
        Ok(Self { writer, latest: Timestamp::default() })
    }

    /// Saves a packet.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn write(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        self.latest = self.latest.max(packet.at);
        self.writer.write(packet)
    }

    /// Hands over what waits.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Ends the file with the counters of its capture.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn finish(mut self, source: &dyn LiveSource) -> io::Result<()> {
        self.writer.statistics(0, self.latest, source.losses(), Some(source.received()))?;
        self.writer.finish()?.flush()
    }
}
