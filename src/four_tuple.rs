//! Who talks to whom: directed and undirected pairs of socket addresses.
//!
//! Every module may use it.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

/// Source and destination of one segment or datagram.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FourTuple {
    /// Its source.
    pub from: SocketAddr,
    /// Its destination.
    pub to: SocketAddr,
}

impl FourTuple {
    /// The same pair, the other way.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { from: self.to, to: self.from }
    }

    /// Whether both ends are one socket, as when a socket connects to itself.
    #[must_use]
    pub fn is_self_connected(&self) -> bool {
        self.from == self.to
    }
}

/// A pair of socket addresses without direction: the same value for both directions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    low: (IpAddr, u16),
    high: (IpAddr, u16),
}

/// One of the two ends of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The one with the lower address.
    Low,
    /// The other.
    High,
}

impl Pair {
    /// The end that `path`, of this pair, starts from.
    #[must_use]
    pub fn start(&self, path: &FourTuple) -> End {
        if (path.from.ip(), path.from.port()) == self.low { End::Low } else { End::High }
    }

    /// The way from `start` to the other end.
    #[must_use]
    pub fn path_from(&self, start: End) -> FourTuple {
        let [low, high] = [self.low, self.high].map(SocketAddr::from);
        match start {
            End::Low => FourTuple { from: low, to: high },
            End::High => FourTuple { from: high, to: low },
        }
    }
}

impl Hash for Pair {
    /// In as few numbers as it takes: every packet is looked up by one.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let (IpAddr::V4(low), IpAddr::V4(high)) = (self.low.0, self.high.0) {
            state.write_u64((u64::from(low.to_bits()) << 32) | u64::from(high.to_bits()));
        } else {
            for address in [self.low.0, self.high.0] {
                match address {
                    IpAddr::V4(it) => state.write_u32(it.to_bits()),
                    IpAddr::V6(it) => state.write_u128(it.to_bits()),
                }
            }
        }
        state.write_u32((u32::from(self.low.1) << 16) | u32::from(self.high.1));
    }
}

impl From<FourTuple> for Pair {
    fn from(path: FourTuple) -> Self {
        let from = (path.from.ip(), path.from.port());
        let to = (path.to.ip(), path.to.port());
        if from <= to { Self { low: from, high: to } } else { Self { low: to, high: from } }
    }
}

#[cfg(test)]
mod tests {
    use super::{FourTuple, Pair};

    #[test]
    fn both_directions_make_one_pair() {
        let path = FourTuple { from: ([10, 0, 0, 2], 80).into(), to: ([10, 0, 0, 1], 40_000).into() };
        assert_eq!(Pair::from(path), Pair::from(path.reversed()));
        assert!(!path.is_self_connected());
        for path in [path, path.reversed()] {
            let pair = Pair::from(path);
            assert_eq!(pair.path_from(pair.start(&path)), path);
        }
    }
}
