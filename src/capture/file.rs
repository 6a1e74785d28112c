//! Saved captures and standard input: opens them, tells formats apart by content, delivers their packets as a stream.
//!
//! The readers are ours, not those of a crate: a packet is lent straight out of the read buffer, which a reader that
//! lends from inside its own `next` cannot do in safe Rust when it must first refill, and the obsolete blocks, drop
//! counters and places of damage are needed too. No decoding here. Anyone may use [`open`] and [`from_reader`].

mod container;
mod following;
mod octets;
mod packed;
mod pcap;
mod pcapng;
mod snoop;

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Source, SourceError};
use crate::bound::Bound;
use crate::packet::{FrameNo, LinkType, Losses, Packet, Stamping};
use crate::timestamp::Timestamp;
use container::Container;
use following::Following;
use octets::Octets;
use pcap::Pcap;
use pcapng::Pcapng;
use snoop::Snoop;

/// How the octets of a capture come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// All are there: the first records may be looked at to tell which dialect of a format it is.
    Whole,
    /// Bit by bit: a packet is delivered when it has arrived, and none is waited for to understand the one before.
    Bit,
}

/// Opens a capture file, or standard input for the path `-`, and reads as far as its first header.
///
/// pcap, pcapng and snoop, compressed or not, told apart by content. Of standard input each packet is delivered when it
/// has arrived.
///
/// # Errors
///
/// [`SourceError::Unreadable`] if it cannot be opened or read, [`SourceError::Unsupported`] with what it is and what
/// converts it, [`SourceError::Cut`] or [`SourceError::Damaged`] if it ends or is broken inside its header.
pub fn open(path: &Path) -> Result<Box<dyn Source + Send>, SourceError> {
    let name = path.display().to_string();
    let opened = if path == Path::new("-") {
        // The handle of the standard library keeps a small buffer of its own, which would only copy.
        std::io::stdin().as_fd().try_clone_to_owned().map(File::from)
    } else {
        File::open(path)
    };
    match opened {
        Ok(file) => {
            let is_whole = file.metadata().is_ok_and(|about| about.is_file());
            let arrival = if is_whole { Arrival::Whole } else { Arrival::Bit };
            arriving(&name, file, arrival)
        }
        Err(source) => Err(SourceError::Unreadable { name, source }),
    }
}

/// Opens a capture file that is still being written: each packet is delivered when it has been, and the end of the file is
/// the end only once `over` is set.
///
/// # Errors
///
/// Those of [`open`].
pub fn follow(path: &Path, over: Arc<AtomicBool>) -> Result<Box<dyn Source + Send>, SourceError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => from_reader(&name, Following::new(file, over)),
        Err(source) => Err(SourceError::Unreadable { name, source }),
    }
}

/// A capture from anything that can be read, each packet delivered when it has arrived; `name` is what errors call it.
///
/// # Errors
///
/// Those of [`open`].
pub fn from_reader(name: &str, reader: impl Read + Send + 'static) -> Result<Box<dyn Source + Send>, SourceError> {
    arriving(name, reader, Arrival::Bit)
}

/// A capture from anything that can be read, whose octets come as told; `name` is what errors call it.
///
/// # Errors
///
/// Those of [`open`].
pub fn arriving(
    name: &str,
    reader: impl Read + Send + 'static,
    arrival: Arrival,
) -> Result<Box<dyn Source + Send>, SourceError> {
    let mut octets = Octets::new(Box::new(reader));
    for packings in 0..=packed::MOST_PACKINGS {
        let opened = match container::sniff(name, &mut octets) {
            Ok(Container::Packed(packing)) => {
                octets = Octets::new(packing.unpack(octets.into_rest()));
                continue;
            }
            Ok(Container::Pcap) => Pcap::new(&mut octets, arrival).map(Formats::Pcap),
            Ok(Container::Pcapng) => Pcapng::new(&mut octets).map(Formats::Pcapng),
            Ok(Container::Snoop) => Snoop::new(&mut octets).map(Formats::Snoop),
            Err(fault) => Err(fault),
        };
        let name = name.to_owned();
        let frame = 0;
        let ended = Ended::No;
        return match opened {
            Ok(Formats::Pcap(format)) => Ok(Box::new(Saved { name, octets, packings, format, arrival, frame, ended })),
            Ok(Formats::Pcapng(format)) => {
                Ok(Box::new(Saved { name, octets, packings, format, arrival, frame, ended }))
            }
            Ok(Formats::Snoop(format)) => Ok(Box::new(Saved { name, octets, packings, format, arrival, frame, ended })),
            Err(fault) => Err(fault.of(name, 1, octets.offset())),
        };
    }
    Err(SourceError::Unsupported {
        name: name.to_owned(),
        found: format!("a file that was compressed more than {} times", packed::MOST_PACKINGS),
        convert: "unpack it and read what is in it".to_owned(),
    })
}

/// A reader of whichever format it is.
enum Formats {
    Pcap(Pcap),
    Pcapng(Pcapng),
    Snoop(Snoop),
}

/// What a format reader tells of a packet; `octets` is where the buffer holds it.
struct Record {
    at: Timestamp,
    stamping: Stamping,
    link: LinkType,
    interface: u32,
    octets: Range<usize>,
    wire_len: u32,
}

/// Why a format reader stopped; the record it concerns was not consumed.
#[derive(Debug)]
enum Fault {
    Unreadable(std::io::Error),
    Unsupported { found: String, convert: String },
    Cut { wanted: u64, found: u64 },
    Damaged { wanted: String, found: String },
}

impl Fault {
    fn damaged(wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Damaged { wanted: wanted.into(), found: found.into() }
    }

    /// With the name of the file and the place added.
    fn of(self, name: String, frame: FrameNo, offset: u64) -> SourceError {
        match self {
            Self::Unreadable(source) => SourceError::Unreadable { name, source },
            Self::Unsupported { found, convert } => SourceError::Unsupported { name, found, convert },
            Self::Cut { wanted, found } => SourceError::Cut { name, frame, offset, wanted, found },
            Self::Damaged { wanted, found } => SourceError::Damaged { name, frame, offset, wanted, found },
        }
    }
}

/// One capture file format.
trait Format {
    /// Consumes up to and including the next packet; `None` at the end.
    fn next(&mut self, octets: &mut Octets) -> Result<Option<Record>, Fault>;

    fn losses(&self) -> Losses;

    /// A bound of this format alone.
    fn bound(&self) -> Option<Bound> {
        None
    }

    /// Whether the next packet is among the octets that were read.
    fn is_at_hand(&self, _octets: &Octets) -> bool {
        false
    }
}

#[derive(PartialEq, Eq)]
enum Ended {
    No,
    Yes,
}

/// A capture that is being read.
struct Saved<F> {
    name: String,
    octets: Octets,
    /// Compressions that were undone.
    packings: usize,
    format: F,
    arrival: Arrival,
    /// Frames delivered.
    frame: FrameNo,
    ended: Ended,
}

impl<F: Format> Source for Saved<F> {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        if self.ended == Ended::Yes {
            return Ok(None);
        }
        match self.format.next(&mut self.octets) {
            Ok(Some(record)) => {
                self.frame += 1;
                let bytes = self.octets.consumed(record.octets);
                Ok(Some(Packet {
                    frame: self.frame,
                    at: record.at,
                    stamping: record.stamping,
                    link: record.link,
                    interface: record.interface,
                    bytes,
                    wire_len: record.wire_len,
                }))
            }
            Ok(None) => {
                self.ended = Ended::Yes;
                Ok(None)
            }
            Err(fault) => {
                self.ended = Ended::Yes;
                Err(fault.of(self.name.clone(), self.frame + 1, self.octets.offset()))
            }
        }
    }

    fn losses(&self) -> Losses {
        self.format.losses()
    }

    fn bounds(&self) -> Vec<Bound> {
        let (most, reached) = (packed::MOST_PACKINGS as u64, self.packings as u64);
        let packings = Bound { id: "packings", most, reached, forgotten: 0 };
        [self.octets.bound(), packings].into_iter().chain(self.format.bound()).collect()
    }

    fn is_whole(&self) -> bool {
        self.arrival == Arrival::Whole
    }

    fn is_at_hand(&self) -> bool {
        self.is_whole() || self.format.is_at_hand(&self.octets)
    }
}
