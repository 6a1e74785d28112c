//! The file peers' protocol: a name one way; a header, the file in pieces and its checksum the other way.
//!
//! ```text
//! client:  NAME \n                               UTF-8, at most 4096 octets, no line feed inside
//! server:  synfin-file/1 sends LENGTH \n         decimal octets of the file
//!          LENGTH octets                         written 1024 at a time
//!          32 octets                             SHA-256 of what was sent
//!     or:  synfin-file/1 refuses REASON \n       see [`Refusal::id`]
//! ```
//!
//! The checksum comes last so that a file of gigabytes is read once and sent at once; whoever receives it must not
//! show the file before the checksum was right. After either answer the server closes its sending side, reads what is
//! left of the request, and closes.
//!
//! Here are the words both sides share and what can go wrong. `server` and `client` are the two sides, `shelf` is where
//! the server finds files, `output` where the client puts one.

pub mod client;
pub mod incoming;
pub mod output;
pub mod server;
pub mod shelf;

use std::fmt::{self, Write};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::demo::text::Shown;

/// Octets of a file sent by one write.
pub const CHUNK: usize = 1024;

/// The longest name that can be asked for, in octets.
pub const NAME_LIMIT: usize = 4096;

/// The longest header, in octets, its line feed apart.
pub(crate) const HEADER_LIMIT: usize = 128;

const MAGIC: &str = "synfin-file/1";

/// Why a server does not send a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It is not in the root, or a link on the way leads out of it.
    Outside,
    /// There is none of that name.
    Missing,
    /// It is a directory.
    Directory,
    /// It is a device, FIFO or socket.
    Special,
    /// The server may not read it.
    Unreadable,
    /// It is empty, too long, not UTF-8, or has a NUL or line feed inside.
    BadName,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Outside, Self::Missing, Self::Directory, Self::Special, Self::Unreadable, Self::BadName];

    /// As the protocol carries it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Missing => "missing",
            Self::Directory => "directory",
            Self::Special => "special",
            Self::Unreadable => "unreadable",
            Self::BadName => "bad-name",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outside => "it leads outside the directory that is served; type a name inside it, without \"..\"",
            Self::Missing => "no file of that name is served; type a name relative to the --root of the server",
            Self::Directory => "it is a directory; type the name of one file in it",
            Self::Special => "it is a device, FIFO or socket; only regular files are served",
            Self::Unreadable => "the server may not read it; its owner can allow that with \"chmod a+r\"",
            Self::BadName => "this is no name of a file; wanted 1 to 4096 octets of UTF-8 without NUL and line feed",
        })
    }
}

/// The first line of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Header {
    /// So many octets follow.
    Sends(u64),
    /// Nothing follows.
    Refuses(Refusal),
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sends(length) => writeln!(f, "{MAGIC} sends {length}"),
            Self::Refuses(refusal) => writeln!(f, "{MAGIC} refuses {}", refusal.id()),
        }
    }
}

impl Header {
    /// From a line without its line feed; `None` if it is no header of this protocol.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(line).ok()?.split(' ');
        let header = match (words.next()?, words.next()?, words.next()?) {
            (MAGIC, "sends", length) if length.bytes().all(|b| b.is_ascii_digit()) => Self::Sends(length.parse().ok()?),
            (MAGIC, "refuses", id) => Self::Refuses(Refusal::ALL.into_iter().find(|refusal| refusal.id() == id)?),
            _ => return None,
        };
        words.next().is_none().then_some(header)
    }
}

/// A SHA-256 checksum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checksum(pub [u8; 32]);

impl Checksum {
    /// Of these octets.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self(Sha256::digest(octets).into())
    }
}

/// 64 hexadecimal digits, as sha256sum(1) prints it.
impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::with_capacity(64);
        for octet in self.0 {
            write!(digits, "{octet:02x}")?;
        }
        f.pad(&digits)
    }
}

/// Why a file was not received. The output is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The name cannot be asked for.
    #[error("cannot ask for \"{}\": {}", Shown::new(name.as_bytes()), Refusal::BadName)]
    BadName {
        /// As typed.
        name: String,
    },
    /// The server does not send it.
    #[error("{server} refuses \"{}\": {refusal}", Shown::new(name.as_bytes()))]
    Refused {
        /// Who.
        server: SocketAddr,
        /// What was asked for.
        name: String,
        /// Why.
        refusal: Refusal,
    },
    /// What answers speaks another protocol.
    #[error(
        "{server} is no synfin file-server: wanted \"{MAGIC} sends LENGTH\", found \"{found}\"; is it the port of \"synfin peer file-server\"?"
    )]
    Foreign {
        /// Who.
        server: SocketAddr,
        /// The beginning of what it said.
        found: Shown,
    },
    /// The connection ended early.
    #[error("{server} sent \"{}\" only in part: wanted {wanted} octets, found {found}; nothing was kept, try again", Shown::new(name.as_bytes()))]
    Short {
        /// Who.
        server: SocketAddr,
        /// What was asked for.
        name: String,
        /// As declared, the checksum's 32 included.
        wanted: u64,
        /// Received.
        found: u64,
    },
    /// Octets follow after the checksum.
    #[error("{server} sent more than the {declared} octets that it declared for \"{}\"; nothing was kept", Shown::new(name.as_bytes()))]
    Long {
        /// Who.
        server: SocketAddr,
        /// What was asked for.
        name: String,
        /// As declared.
        declared: u64,
    },
    /// The file is longer than the receiver takes.
    #[error("{server} would send {declared} octets for \"{}\", at most {most} are taken", Shown::new(name.as_bytes()))]
    TooLarge {
        /// Who.
        server: SocketAddr,
        /// What was asked for.
        name: String,
        /// As declared.
        declared: u64,
        /// The receiver's bound.
        most: u64,
    },
    /// The file was damaged on the way.
    #[error("\"{}\" from {server} is damaged: wanted SHA-256 {wanted}, found {found}; nothing was kept, try again", Shown::new(name.as_bytes()))]
    Damaged {
        /// Who.
        server: SocketAddr,
        /// What was asked for.
        name: String,
        /// What the server computed.
        wanted: Checksum,
        /// What was computed here.
        found: Checksum,
    },
    /// No name for the output follows from the name of the file.
    #[error("cannot tell what to call \"{}\" here; type \"-o FILE\"", Shown::new(name.as_bytes()))]
    NoOutputName {
        /// What is asked for.
        name: String,
    },
    /// The output is something that must not be replaced.
    #[error("cannot write {}: it is {found}; type \"-o FILE\" with another name", path.display())]
    NotReplaceable {
        /// The output.
        path: PathBuf,
        /// What stands there.
        found: &'static str,
    },
    /// The output cannot be written.
    #[error("cannot write {}: {source}; type \"-o FILE\" where there is room and you may write", path.display())]
    Unwritable {
        /// The output, or its directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory to be served cannot be opened.
    #[error("cannot serve {}: {source}; type --root with a directory that you may read", path.display())]
    NoRoot {
        /// As typed.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::{Checksum, Header, Refusal};

    #[test]
    fn every_header_is_read_as_it_was_written() {
        let refusals = Refusal::ALL.into_iter().map(Header::Refuses);
        for header in refusals.chain([Header::Sends(0), Header::Sends(u64::MAX)]) {
            let line = header.to_string();
            assert_eq!(Header::parse(line.trim_end().as_bytes()), Some(header));
        }
    }

    #[test]
    fn what_is_no_header_is_none() {
        for line in [
            "",
            "synfin-file/1",
            "synfin-file/1 sends",
            "synfin-file/1 sends -1",
            "synfin-file/1 sends +1",
            "synfin-file/1 sends ",
            "synfin-file/1 sends 18446744073709551616",
            "synfin-file/1 sends 1 2",
            "synfin-file/1 refuses me",
            "synfin-file/2 sends 1",
            "HTTP/1.1 200 OK",
        ] {
            assert_eq!(Header::parse(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn a_checksum_prints_as_sha256sum_does() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Checksum::of(b"").to_string(), empty);
    }
}
