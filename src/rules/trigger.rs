//! Kinds of segments: which rules look at a segment is decided by one comparison.

use crate::peer::Peer;
use crate::tcp::connection::Connection;
use crate::tcp::endpoint::Spoke;
use crate::wire::segment::Segment;

/// A set of kinds of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger(pub u16);

impl Trigger {
    /// A SYN without ACK.
    pub const SYN: Self = Self(1);
    /// A SYN with ACK.
    pub const SYN_ACK: Self = Self(2);
    /// A RST.
    pub const RST: Self = Self(4);
    /// A segment with ACK and without SYN or RST.
    pub const ORDINARY: Self = Self(8);
    /// The first of those from its sender.
    pub const FIRST: Self = Self(16);
    /// One of those with FIN.
    pub const FIN: Self = Self(32);
    /// One of those after its sender's FIN or its receiver's.
    pub const CLOSING: Self = Self(64);
    /// One of the ordinary ones that carries payload.
    pub const DATA: Self = Self(128);
    /// One of the ordinary ones that occupies no sequence number.
    pub const EMPTY: Self = Self(256);
    /// Neither SYN, RST nor ACK is set.
    pub const NAKED: Self = Self(512);
    /// Cut short on the wire, or with a wrong checksum: nothing else is judged of such a segment.
    pub const DAMAGED: Self = Self(1024);
    /// Every segment that is whole and undamaged.
    pub const EVERY: Self = Self(Self::SYN.0 | Self::SYN_ACK.0 | Self::RST.0 | Self::ORDINARY.0 | Self::NAKED.0);

    /// Whether the sets share a kind.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What kind an undamaged segment is.
    #[must_use]
    pub fn of(connection: &Connection, from: Peer, segment: &Segment<'_>) -> Self {
        let flags = segment.flags;
        if flags.rst() {
            return Self::RST;
        }
        match (flags.syn(), flags.ack()) {
            (true, false) => Self::SYN,
            (true, true) => Self::SYN_ACK,
            (false, false) => Self::NAKED,
            (false, true) => {
                let to = connection.other(from);
                let mut kinds = Self::ORDINARY.0;
                if connection.endpoints[from].spoke != Spoke::Yes {
                    kinds |= Self::FIRST.0;
                }
                if flags.fin() {
                    kinds |= Self::FIN.0;
                }
                if segment.payload_len > 0 {
                    kinds |= Self::DATA.0;
                } else if !flags.fin() {
                    kinds |= Self::EMPTY.0;
                }
                if connection.streams[from].fin.is_some() || connection.streams[to].fin.is_some() {
                    kinds |= Self::CLOSING.0;
                }
                Self(kinds)
            }
        }
    }
}
