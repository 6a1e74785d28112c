//! What a capture delivers: a packet, its number, its stamp and its link type.
//!
//! No decoding here. Every module may use it.

use crate::timestamp::Timestamp;

/// The position of a frame in its capture, from 1, as Wireshark numbers them.
pub type FrameNo = u64;

/// A link-layer type number of the pcap world (LINKTYPE_*, <https://www.tcpdump.org/linktypes.html>), upper bits removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkType(pub u16);

/// Whether a packet came with the moment at which it was captured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamping {
    /// It did.
    Told,
    /// Its source does not say, as a pcapng Simple Packet Block does not: it stands at the moment of the packet before.
    Untold,
}

/// A packet lent by its source until the next call.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'s> {
    /// Position in the capture, from 1.
    pub frame: FrameNo,
    /// When it was captured.
    pub at: Timestamp,
    /// Whether that is what the source says.
    pub stamping: Stamping,
    /// What the first octet is the start of.
    pub link: LinkType,
    /// The capture interface's number within its source (pcapng), 0 where there is only one.
    pub interface: u32,
    /// The octets captured, link layer first.
    pub bytes: &'s [u8],
    /// Octets on the wire; at least `bytes.len()`, more if a snap length cut the packet.
    pub wire_len: u32,
}

/// Packets that a capture missed. `None` where the source does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Losses {
    /// Dropped by the capturing kernel for want of buffer space.
    pub kernel: Option<u64>,
    /// Dropped by the interface or its driver.
    pub interface: Option<u64>,
    /// Dropped, the source does not say where.
    pub unknown: Option<u64>,
}

impl Losses {
    /// All that is known to be lost.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.kernel, self.interface, self.unknown].into_iter().flatten().fold(0, u64::saturating_add)
    }
}
