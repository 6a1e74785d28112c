//! `-w`: the captured packets, saved as they come, in one file or in several.
//!
//! Privileges are gone by then, so files are made with the rights of their user, and for him alone.

use super::packer::Packer;
use super::rotation::{Rotation, Turn};
use crate::cli::saving::create;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use synfin::capture::live::LiveSource;
use synfin::capture::writer::PcapngWriter;
use synfin::packet::{LinkType, Packet};
use synfin::timestamp::Timestamp;

/// Octets that wait until the next flush.
const WAITING: usize = 1 << 18;

/// A capture file under way.
#[derive(Debug)]
pub struct Recording {
    writer: PcapngWriter<Counted>,
    rotation: Option<Rotation>,
    /// The file under way; none on standard output.
    path: Option<PathBuf>,
    packer: Option<Packer>,
    interface: String,
    link: LinkType,
    snap: u32,
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

/// A file that knows how long it is.
#[derive(Debug)]
struct Counted {
    out: BufWriter<File>,
    octets: u64,
}

impl Write for Counted {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.out.write(octets)?;
        self.octets = self.octets.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What became of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It is in a file, or will be with the next flush.
    Yes,
    /// It is not: there are as many files as were wanted.
    Enough,
}

impl Recording {
    /// Begins the file of a capture, of whose frames at most `snap` octets are kept. What was in a file is replaced; a
    /// `packer` gets each one when it is finished.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn begin(
        target: Target<'_>,
        rotation: Option<Rotation>,
        packer: Option<Packer>,
        source: &dyn LiveSource,
        about: (&str, u32),
    ) -> io::Result<Self> {
        let path = match (target, &rotation) {
            (Target::File(_), Some(rotation)) => Some(rotation.path()),
            (Target::File(path), None) => Some(path.to_owned()),
            (Target::Stdout, _) => None,
        };
        let file = match &path {
            Some(path) => create(path)?,
            // Not through `Stdout`, which would look for ends of lines.
            None => File::from(io::stdout().as_fd().try_clone_to_owned()?),
        };
        let (link, (interface, snap)) = (source.link(), about);
        let writer = start(file, interface, link, snap)?;
        let (interface, latest) = (interface.to_owned(), Timestamp::default());
        Ok(Self { writer, rotation, path, packer, interface, link, snap, latest })
    }

    /// Saves a packet, in the next file if it is time for that.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn write(&mut self, packet: &Packet<'_>) -> io::Result<Saved> {
        self.latest = self.latest.max(packet.at);
        let octets = self.writer.get_ref().octets;
        match self.rotation.as_mut().map_or(Turn::Stays, |rotation| rotation.turn(packet.at, octets)) {
            Turn::Stays => {}
            Turn::Enough => return Ok(Saved::Enough),
            Turn::Next(next) => {
                self.writer.flush()?;
                self.writer = start(create(&next)?, &self.interface, self.link, self.snap)?;
                let finished = self.path.replace(next);
                if let (Some(packer), Some(finished)) = (&mut self.packer, finished) {
                    packer.take(finished);
                }
            }
        }
        self.writer.write(packet).map(|()| Saved::Yes)
    }

    /// Hands over what waits.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Ends the file with the counters of its capture, and waits until all that is to be compressed is.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn finish(mut self, source: &dyn LiveSource) -> io::Result<()> {
        self.writer.statistics(0, self.latest, source.losses(), Some(source.received()))?;
        self.writer.finish()?.flush()?;
        match (self.packer, self.path) {
            (Some(mut packer), Some(path)) => {
                packer.take(path);
                packer.finish()
            }
            _ => Ok(()),
        }
    }
}

/// A file with its headers.
fn start(file: File, interface: &str, link: LinkType, snap: u32) -> io::Result<PcapngWriter<Counted>> {
    let mut writer = PcapngWriter::new(Counted { out: BufWriter::with_capacity(WAITING, file), octets: 0 })?;
    writer.add_interface(interface, link, snap)?;
    writer.flush()?;
    Ok(writer)
}
