//! `-w`: the captured packets, saved as they come, in one file or in several.
//!
//! Files are made for their user alone: mode 0600, and of the user who called sudo.

use super::rotation::Rotation;
use nix::unistd::{Gid, Uid, fchown, geteuid};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
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

/// Creates the file, or empties it. A new one belongs to the user for whom this runs, and nobody else may read it.
fn create(path: &Path) -> io::Result<File> {
    let is_new = !path.exists();
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    if is_new && geteuid().is_root() {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
        if let (Some(user), Some(group)) = (number("SUDO_UID"), number("SUDO_GID")) {
            fchown(&file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?;
        }
    }
    Ok(file)
}

impl Recording {
    /// Begins the file of a capture, of whose frames at most `snap` octets are kept. What was in a file is replaced.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn begin(
        target: Target<'_>,
        rotation: Option<Rotation>,
        interface: &str,
        source: &dyn LiveSource,
        snap: u32,
    ) -> io::Result<Self> {
        let file = match (target, &rotation) {
            (Target::File(_), Some(rotation)) => create(&rotation.path())?,
            (Target::File(path), None) => create(path)?,
            // Not through `Stdout`, which would look for ends of lines.
            (Target::Stdout, _) => File::from(io::stdout().as_fd().try_clone_to_owned()?),
        };
        let link = source.link();
        let writer = start(file, interface, link, snap)?;
        Ok(Self { writer, rotation, interface: interface.to_owned(), link, snap, latest: Timestamp::default() })
    }

    /// Saves a packet, in the next file if it is time for that.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn write(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        self.latest = self.latest.max(packet.at);
        if let Some(rotation) = &mut self.rotation
            && let Some(next) = rotation.next(packet.at, self.writer.get_ref().octets)
        {
            self.writer.flush()?;
            self.writer = start(create(&next)?, &self.interface, self.link, self.snap)?;
        }
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

/// A file with its headers.
fn start(file: File, interface: &str, link: LinkType, snap: u32) -> io::Result<PcapngWriter<Counted>> {
    let mut writer = PcapngWriter::new(Counted { out: BufWriter::with_capacity(WAITING, file), octets: 0 })?;
    writer.add_interface(interface, link, snap)?;
    writer.flush()?;
    Ok(writer)
}
