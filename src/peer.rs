//! The two endpoints of a connection, and values kept one for each.
//!
//! Every module may use it; it uses nothing.

use std::fmt;
use std::ops::{Index, IndexMut};

/// An endpoint. A opened the connection where that is known, else it spoke first in the capture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Peer {
    /// The active opener, or who spoke first.
    A,
    /// The other one.
    B,
}

impl Peer {
    /// Both, A first.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The endpoint at the other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// `a` or `b`, as machine formats carry it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

/// One value for each endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct PerPeer<T> {
    /// Peer A's.
    pub a: T,
    /// Peer B's.
    pub b: T,
}

impl<T> Index<Peer> for PerPeer<T> {
    type Output = T;
    fn index(&self, peer: Peer) -> &T {
        match peer {
            Peer::A => &self.a,
            Peer::B => &self.b,
        }
    }
}

impl<T> IndexMut<Peer> for PerPeer<T> {
    fn index_mut(&mut self, peer: Peer) -> &mut T {
        match peer {
            Peer::A => &mut self.a,
            Peer::B => &mut self.b,
        }
    }
}
