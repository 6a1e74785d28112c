//! Compressed captures: which compression it is, by its first octets, and the stream that comes out of it.
//!
//! Members that follow one another (two gzip files joined, parallel compressors' blocks) are one stream. Nothing is
//! unpacked ahead of need, what came out before damage is delivered before the damage is told, and no decoder may use
//! more memory than [`XZ_MOST_KIB`] or [`ZSTD_WINDOW`]. Names of files are never looked at. Used by the opening of files.

mod lz4;
mod zstd;

use super::Fault;
use std::fmt;
use std::io::{self, BufReader, Read};

/// Packings around each other that are undone: a compressed file that was compressed again; more is a bomb.
pub(super) const MOST_PACKINGS: usize = 3;

/// Octets that a decoder asks its file for at a time.
const BLOCK: usize = 64 * 1024;

/// Octets that a decoder is handed at a time, however the file trickles: how much it gives out before it meets damage
/// depends on that. Small, so that a pipe is not waited for long.
const CHUNK: usize = 512;

/// KiB that an xz decoder may take: `xz -9` needs 65 MiB, a header may ask for 4 GiB.
const XZ_MOST_KIB: u32 = 128 * 1024;

/// The largest zstd window, in octets: `zstd --ultra -22` asks for 128 MiB, a header may ask for terabytes.
const ZSTD_WINDOW: u64 = 128 * 1024 * 1024;

/// A compression that is undone here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Lz4,
}

/// First octets of each. Files that begin with a skippable frame are zstd's pzstd and the seekable format.
const MAGICS: [(&[u8], Packing); 7] = [
    (&[0x1f, 0x8b, 8], Packing::Gzip),
    (b"BZh", Packing::Bzip2),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Packing::Xz),
    (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd),
    (&[0x50, 0x2a, 0x4d, 0x18], Packing::Zstd),
    (&[0x04, 0x22, 0x4d, 0x18], Packing::Lz4),
    (&[0x02, 0x21, 0x4c, 0x18], Packing::Lz4),
];

impl Packing {
    /// The compression of a file that starts so.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        MAGICS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, packing)| *packing)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        }
    }

    /// What comes out of it.
    pub(super) fn unpack(self, packed: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        let chunks = Chunks { source: BufReader::with_capacity(BLOCK, packed), failed: None };
        let packed = BufReader::with_capacity(CHUNK, chunks);
        let decoder: Box<dyn Read + Send> = match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MOST_KIB)),
            Self::Zstd => Box::new(zstd::Frames::new(packed, ZSTD_WINDOW)),
            Self::Lz4 => Box::new(lz4::Frames(lz4_flex::frame::FrameDecoder::new(packed))),
        };
        Box::new(Unpacked { packing: self, decoder, ended: Ended::No })
    }
}

/// Hands out chunks of one size, the last one apart.
struct Chunks<R> {
    source: R,
    /// An error that came behind octets which are handed out first.
    failed: Option<io::Error>,
}

impl<R: Read> Read for Chunks<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let most = room.len().min(CHUNK);
        let mut filled = 0;
        while let Some(rest) = room.get_mut(filled..most).filter(|rest| !rest.is_empty()) {
            match self.source.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if filled == 0 => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(filled)
    }
}

#[derive(PartialEq, Eq)]
enum Ended {
    No,
    Yes,
}

/// A decoder whose errors say whether its file could not be read or what is in it is damaged.
struct Unpacked {
    packing: Packing,
    decoder: Box<dyn Read + Send>,
    /// No decoder promises anything after an error, so none is asked again.
    ended: Ended,
}

impl Read for Unpacked {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.ended == Ended::Yes {
            return Ok(0);
        }
        self.decoder.read(room).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            self.ended = Ended::Yes;
            let is_damage = error.raw_os_error().is_none() && !error.get_ref().is_some_and(|error| error.is::<Torn>());
            if is_damage { io::Error::new(error.kind(), Torn { packing: self.packing, error }) } else { error }
        })
    }
}

/// Compressed data that ends early or contradicts itself.
#[derive(Debug)]
struct Torn {
    packing: Packing,
    error: io::Error,
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error.kind() {
            io::ErrorKind::UnexpectedEof => write!(f, "its end missing"),
            _ => write!(f, "\"{}\"", self.error),
        }
    }
}

impl std::error::Error for Torn {}

/// What it means that reading failed: the file is damaged where it is compressed, or cannot be read.
pub(super) fn fault(error: io::Error) -> Fault {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Torn>()) {
        Some(torn) => Fault::damaged(format!("whole {}-compressed data", torn.packing.name()), torn.to_string()),
        None => Fault::Unreadable(error),
    }
}
