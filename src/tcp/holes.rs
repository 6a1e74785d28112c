//! Captured stretches of one direction that wait beyond a hole: kept apart, lowest first, and bounded.
//!
//! Nothing here knows where the stretch before the first hole ends; [`Stream`](super::stream::Stream) does, the only user.

use crate::seq::Seq;
use smallvec::SmallVec;

/// Captured stretches beyond a hole that are kept; with more, the lowest hole is taken for filled.
pub const MAX_ISLANDS: usize = 16;

/// The stretches, each `[start, end)`.
#[derive(Clone, Debug, Default)]
pub struct Islands {
    /// The lowest first; none touches another.
    stretches: SmallVec<[(Seq, Seq); 1]>,
    /// The most at a time.
    most: u8,
}

impl Islands {
    /// Keeps a stretch, as one with those that it touches. Answers the end of the lowest one if that had to go.
    pub fn put(&mut self, mut start: Seq, mut end: Seq) -> Option<Seq> {
        self.stretches.retain(|(left, right)| {
            let apart = right.is_before(start) || end.is_before(*left);
            if !apart {
                start = if left.is_before(start) { *left } else { start };
                end = end.later_of(*right);
            }
            apart
        });
        let at = self.stretches.iter().position(|(left, _)| start.is_before(*left)).unwrap_or(self.stretches.len());
        self.stretches.insert(at, (start, end));
        let gone = (self.stretches.len() > MAX_ISLANDS).then(|| self.stretches.remove(0).1);
        self.most = self.most.max(u8::try_from(self.stretches.len()).unwrap_or(u8::MAX));
        gone
    }

    /// Gives up those that `edge` reaches; answers how far they carry it.
    pub fn absorbed(&mut self, mut edge: Seq) -> Seq {
        while let Some((_, end)) = self.stretches.first().copied().filter(|(start, _)| start.is_at_or_before(edge)) {
            self.stretches.remove(0);
            edge = edge.later_of(end);
        }
        edge
    }

    /// Whether the octet at `seq` lies in one.
    #[must_use]
    pub fn hold(&self, seq: Seq) -> bool {
        self.stretches.iter().any(|(start, end)| start.is_at_or_before(seq) && seq.is_before(*end))
    }

    /// How many of the octets `[start, end)` lie in none.
    #[must_use]
    pub fn fresh(&self, start: Seq, end: Seq) -> u32 {
        let between = |low: Seq, high: Seq| u32::try_from(low.offset_to(high)).unwrap_or(0);
        let known = self.stretches.iter().map(|(left, right)| {
            let right = if right.is_before(end) { *right } else { end };
            between(left.later_of(start), right)
        });
        between(start, end).saturating_sub(known.sum())
    }

    /// The end of the furthest.
    #[must_use]
    pub fn furthest(&self) -> Option<Seq> {
        self.stretches.last().map(|(_, end)| *end)
    }

    /// The most that there were at a time.
    #[must_use]
    pub const fn most(&self) -> u8 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::{Islands, MAX_ISLANDS};
    use crate::seq::Seq;

    #[test]
    fn stretches_that_touch_are_one() {
        let at = |n: u32| Seq::new(u32::MAX - 45) + n;
        let mut islands = Islands::default();
        for (start, end) in [(60, 70), (20, 30), (40, 50)] {
            assert_eq!(islands.put(at(start), at(end)), None);
        }
        assert_eq!(islands.stretches.as_slice(), [(at(20), at(30)), (at(40), at(50)), (at(60), at(70))]);
        assert_eq!(
            (islands.fresh(at(10), at(70)), islands.fresh(at(25), at(45)), islands.fresh(at(5), at(90))),
            (30, 10, 55)
        );
        assert!(islands.hold(at(20)) && !islands.hold(at(30)) && islands.furthest() == Some(at(70)));
        islands.put(at(25), at(60));
        assert_eq!((islands.stretches.as_slice(), islands.most()), ([(at(20), at(70))].as_slice(), 3));
        assert_eq!((islands.absorbed(at(19)), islands.absorbed(at(20)), islands.furthest()), (at(19), at(70), None));
    }

    #[test]
    fn with_too_many_the_lowest_goes() {
        let mut islands = Islands::default();
        let put = (1..=17u32).rev().map(|n| islands.put(Seq::new(n * 10), Seq::new(n * 10 + 1)));
        assert_eq!(put.flatten().collect::<Vec<_>>(), [Seq::new(11)]);
        assert_eq!(usize::from(islands.most()), MAX_ISLANDS);
    }
}
