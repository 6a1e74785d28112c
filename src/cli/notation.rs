//! A trace in the text notation as a source of packets, so that every command that reads a capture reads it too.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use synfin::capture::{Source, SourceError};
use synfin::packet::Losses;
use synfin::packet::{Packet, Stamping};
use synfin::trace::packets::{Captured, Carrier, captured};
use synfin::trace::{Step, parse};

/// Octets of text that a trace may have: about a million lines.
const MOST_TEXT: u64 = 64 * 1024 * 1024;

/// Octets of a file that are looked at to tell a trace from a capture of that name.
const LOOKED_AT: u64 = 64;

/// Whether the file is a trace: by its name, unless what it begins with is no text.
pub fn is_trace(path: &Path) -> bool {
    let is_named = path.extension().is_some_and(|extension| extension == "trace");
    is_named && !is_binary(path)
}

/// Whether a file can be read and begins with octets that no text has.
fn is_binary(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut start));
    read.is_ok() && start.iter().any(|octet| matches!(octet, 0..=8 | 0x0e..=0x1f))
}

/// The steps of the trace at `path`.
///
/// # Errors
///
/// [`SourceError::Unreadable`], with the line if the text is no trace.
pub fn steps(path: &Path) -> Result<Vec<Step>, SourceError> {
    let unreadable = |source| SourceError::Unreadable { name: path.display().to_string(), source };
    let invalid = |error: &dyn ToString| unreadable(io::Error::new(io::ErrorKind::InvalidData, error.to_string()));
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    let read = file.take(MOST_TEXT + 1).read_to_string(&mut text).map_err(unreadable)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST_TEXT {
        return Err(invalid(&format!("it is longer than {MOST_TEXT} octets; cut it into several")));
    }
    parse(&text).map_err(|error| invalid(&error))
}

/// The packets of a trace, over IPv4 without a link layer.
pub struct Notated {
    captured: Captured,
    next: usize,
}

impl Notated {
    /// Makes packets of the trace at `path`.
    ///
    /// # Errors
    ///
    /// Those of [`steps`], and a payload that fits into no packet.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let captured = captured(&steps(path)?, Carrier::Raw4).map_err(|error| SourceError::Unreadable {
            name: path.display().to_string(),
            source: io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
        })?;
        Ok(Self { captured, next: 0 })
    }
}

impl Source for Notated {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        let Some((at, octets)) = self.captured.frames.get(self.next) else { return Ok(None) };
        self.next += 1;
        Ok(Some(Packet {
            frame: u64::try_from(self.next).unwrap_or(u64::MAX),
            at: *at,
            stamping: Stamping::Told,
            link: self.captured.link,
            interface: 0,
            bytes: octets,
            wire_len: u32::try_from(octets.len()).unwrap_or(u32::MAX),
        }))
    }

    fn losses(&self) -> Losses {
        Losses { kernel: Some(0), interface: Some(0), unknown: None }
    }
}
