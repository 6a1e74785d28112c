//! The hop limits that a peer's segments reached the tap with: a mark of the way they came, and of who sent them.
//!
//! RSTs are left out: they are what is compared with the others.

use crate::packet::FrameNo;

/// The lowest and the highest hop limit of a peer's segments other than RSTs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hops {
    /// That of the first.
    pub first: u8,
    /// The lowest.
    pub low: u8,
    /// The highest.
    pub high: u8,
    /// How many segments they are of; no more is counted past 65,535.
    pub count: u16,
    /// The last of those segments.
    pub last: FrameNo,
}

impl Hops {
    /// A segment that is no RST came with `limit`.
    pub fn note(&mut self, limit: u8, frame: FrameNo) {
        if self.count == 0 {
            (self.first, self.low, self.high) = (limit, limit, limit);
        }
        (self.low, self.high) = (self.low.min(limit), self.high.max(limit));
        (self.count, self.last) = (self.count.saturating_add(1), frame);
    }
}

#[cfg(test)]
mod tests {
    use super::Hops;

    #[test]
    fn both_ends_of_the_range_are_kept() {
        let mut hops = Hops::default();
        for (limit, frame) in [(57, 1), (64, 2), (60, 3)] {
            hops.note(limit, frame);
        }
        assert_eq!(hops, Hops { first: 57, low: 57, high: 64, count: 3, last: 3 });
    }
}
