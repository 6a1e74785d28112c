//! Where packets come from: one lending trait for files, standard input and live interfaces.
//!
//! No decoding here, and no knowledge of TCP. `capture`, `wire` and `flow` do not know each other; all know `packet`.

pub mod ahead;
mod ending;
pub mod file;
pub mod filter;
pub mod interface;
mod libpcap;
pub mod live;
pub mod merged;
pub mod privilege;
mod raw;
mod socket;
mod stop;
pub mod writer;

pub use stop::StopHandle;

use crate::bound::Bound;
use crate::packet::{FrameNo, Losses, Packet};

/// Delivers packets one at a time, in capture order.
///
/// The packet is lent until the next call, so nothing above can keep its octets; that is what lets every source
/// reuse one buffer.
pub trait Source {
    /// The next packet, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the source is damaged or broke; every packet before the damage has been delivered.
    /// After an error the source is at its end.
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError>;

    /// What the capture says it lost, as known so far.
    fn losses(&self) -> Losses;

    /// The bounds on what is believed of the input, as full as they got so far.
    fn bounds(&self) -> Vec<Bound> {
        Vec::new()
    }

    /// Whether all that will come is there already, as of a file: nothing is ever waited for.
    fn is_whole(&self) -> bool {
        false
    }

    /// Whether the next packet, or the end, is there already, so that the last one may be kept until it has come.
    fn is_at_hand(&self) -> bool {
        self.is_whole()
    }
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        (**self).next_packet()
    }

    fn losses(&self) -> Losses {
        (**self).losses()
    }

    fn bounds(&self) -> Vec<Bound> {
        (**self).bounds()
    }

    fn is_whole(&self) -> bool {
        (**self).is_whole()
    }

    fn is_at_hand(&self) -> bool {
        (**self).is_at_hand()
    }
}

/// How many frames were read before this one.
fn before(frame: FrameNo) -> String {
    match frame.saturating_sub(1) {
        0 => "no frame before it was read".to_owned(),
        1 => "1 frame before it was read".to_owned(),
        more => format!("{more} frames before it were read"),
    }
}

/// Why a source could not be opened, or stopped early.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The input could not be opened or read.
    #[error("cannot read {name}: {source}")]
    Unreadable {
        /// File name, or `-` for standard input.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The input is no capture file that synfin reads.
    #[error("{name}: unsupported: this is {found}; {convert}")]
    Unsupported {
        /// File name, or `-` for standard input.
        name: String,
        /// What it is.
        found: String,
        /// What to type.
        convert: String,
    },
    /// The file ends inside a packet or block; all before it was delivered.
    #[error("{name}: frame {frame}: the file ends inside it, at octet {offset}: wanted {wanted} octets, found {found}; {}", before(*frame))]
    Cut {
        /// File name, or `-` for standard input.
        name: String,
        /// The frame that would have followed.
        frame: FrameNo,
        /// Where the record or block starts in the file.
        offset: u64,
        /// Octets it needs.
        wanted: u64,
        /// Octets there are.
        found: u64,
    },
    /// A record or block contradicts its format; all before it was delivered.
    #[error("{name}: frame {frame}: damaged at octet {offset}: wanted {wanted}, found {found}; {}", before(*frame))]
    Damaged {
        /// File name, or `-` for standard input.
        name: String,
        /// The frame that would have followed.
        frame: FrameNo,
        /// Where the record or block starts in the file.
        offset: u64,
        /// What the format demands.
        wanted: String,
        /// What stands there.
        found: String,
    },
    /// A live interface could not be opened, or failed while capturing.
    #[error("cannot capture on {interface}: {found}; {remedy}")]
    Live {
        /// Interface name.
        interface: String,
        /// What went wrong.
        found: String,
        /// What to type next.
        remedy: String,
    },
    /// A filter expression does not compile.
    #[error("cannot compile the filter \"{expression}\": {found}")]
    Filter {
        /// As the user typed it.
        expression: String,
        /// What libpcap said, with the place.
        found: String,
    },
}
