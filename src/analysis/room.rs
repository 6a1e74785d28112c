//! Which connections have to make room for others: bounds on those that are open and on those that are only tried.
//!
//! Nothing on the wire says how many there may be, so without bounds a flood of SYNs or of stray segments would take all
//! memory. The least informative go first, then those that were silent longest. What is forgotten is counted, its object
//! says so, and nothing is concluded from its end. Only the analysis uses this.

use super::most::Most;
use super::numbers::Numbers;
use crate::packet::FrameNo;
use std::collections::VecDeque;

/// A connection, by its flow's slot and its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Its flow's slot.
    pub slot: u32,
    /// Its number.
    pub conn: u64,
}

/// How much would be lost with a connection: less comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Worth {
    /// How many of its peers have been heard.
    pub heard: u8,
    /// Its last frame.
    pub last: FrameNo,
}

/// Who is kept.
#[derive(Debug, Default)]
pub struct Room {
    most: Most,
    whole: VecDeque<Place>,
    small: VecDeque<Place>,
    open: Vec<Place>,
    /// How many open ones there were when they were last looked at.
    known: usize,
    /// How many were put in since numbers were last settled: whole, small, open.
    fresh: [usize; 3],
    /// The most there were at a time, as far as was looked.
    pub most_open: usize,
    /// The most small records at a time.
    pub most_small: usize,
    /// The most whole attempts at a time.
    pub most_whole: usize,
    /// How many attempts have become small records.
    pub shrunk: u64,
}

impl Room {
    /// With other bounds than the usual ones.
    pub fn within(most: Most) -> Self {
        Self { most, ..Self::default() }
    }

    /// The bounds.
    pub const fn most(&self) -> Most {
        self.most
    }

    /// A connection has begun.
    pub fn begun(&mut self, place: Place) {
        self.open.push(place);
        self.fresh[2] += 1;
    }

    /// An attempt has begun.
    pub fn tried(&mut self, place: Place) {
        self.whole.push_back(place);
        self.fresh[0] += 1;
        self.most_whole = self.most_whole.max(self.whole.len().min(self.most.whole_attempts));
    }

    /// The oldest whole attempt, if there are too many.
    pub fn surplus_whole(&mut self) -> Option<Place> {
        (self.whole.len() > self.most.whole_attempts).then(|| self.whole.pop_front()).flatten()
    }

    /// An attempt has become a small record.
    pub fn shrunk(&mut self, place: Place) {
        self.small.push_back(place);
        self.fresh[1] += 1;
        self.shrunk += 1;
        self.most_small = self.most_small.max(self.small.len().min(self.most.attempts));
    }

    /// The oldest small record, if there are too many. It may have been answered or forgotten since.
    pub fn surplus_small(&mut self) -> Option<Place> {
        (self.small.len() > self.most.attempts).then(|| self.small.pop_front()).flatten()
    }

    /// Whether it is time to look which connections are still open.
    pub fn is_crowded(&self) -> bool {
        self.open.len() >= self.known + self.most.open / 4 && self.open.len() > self.most.open
    }

    /// Those that have to go; `worth` tells what an open one is worth, and nothing of one that is not open any more.
    pub fn surplus_open(&mut self, mut worth: impl FnMut(Place) -> Option<Worth>) -> Vec<Place> {
        // One that had shrunk and was answered has begun twice.
        self.open.sort_unstable_by_key(|place| place.conn);
        self.open.dedup();
        let mut open: Vec<(Worth, Place)> =
            self.open.drain(..).filter_map(|place| worth(place).map(|worth| (worth, place))).collect();
        self.most_open = self.most_open.max(open.len().min(self.most.open));
        let surplus = if open.len() > self.most.open { open.len() - self.most.open / 8 * 7 } else { 0 };
        // Which go must be known, not their order among themselves.
        if surplus > 0 && surplus < open.len() {
            open.select_nth_unstable(surplus);
        }
        let mut go: Vec<Place> = open.drain(..surplus).map(|(_, place)| place).collect();
        go.sort_unstable_by_key(|place| place.conn);
        self.open.extend(open.into_iter().map(|(_, place)| place));
        self.known = self.open.len();
        // Their order is another now.
        self.fresh[2] = self.open.len();
        go
    }

    /// Connections that began since this was last called have their numbers now.
    pub fn settle(&mut self, numbers: &Numbers) {
        let [whole, small, open] = std::mem::take(&mut self.fresh);
        let places = self.whole.iter_mut().rev().take(whole).chain(self.small.iter_mut().rev().take(small));
        for place in places.chain(self.open.iter_mut().rev().take(open)) {
            numbers.settle(&mut place.conn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Room, Worth};
    use crate::analysis::most::Most;

    fn place(conn: u64) -> Place {
        Place { slot: 0, conn }
    }

    #[test]
    fn the_least_informative_go_first_and_then_the_most_silent() {
        let mut room = Room::within(Most { open: 8, ..Most::default() });
        (1..=12).for_each(|conn| room.begun(place(conn)));
        assert!(room.is_crowded());
        // Connection 1 is over; of 2 and 3 one peer was heard; all others were silent the longer the later they began.
        let worth = |place: Place| match place.conn {
            1 => None,
            conn @ 2..=3 => Some(Worth { heard: 1, last: 100 + conn }),
            conn => Some(Worth { heard: 2, last: 50 - conn }),
        };
        let gone: Vec<_> = room.surplus_open(worth).into_iter().map(|place| place.conn).collect();
        assert_eq!(gone, [2, 3, 11, 12]);
        assert_eq!((room.most_open, room.is_crowded()), (8, false));
    }

    #[test]
    fn what_is_not_open_any_more_makes_room_for_nobody() {
        let mut room = Room::within(Most { open: 8, ..Most::default() });
        (1..=12).for_each(|conn| room.begun(place(conn)));
        assert_eq!(room.surplus_open(|place| (place.conn > 4).then_some(Worth { heard: 1, last: 1 })), []);
        (13..=16).for_each(|conn| room.begun(place(conn)));
        assert!(room.is_crowded());
    }

    #[test]
    fn attempts_shrink_and_are_forgotten_in_the_order_of_their_beginning() {
        let mut room = Room::within(Most { whole_attempts: 2, attempts: 1, ..Most::default() });
        (1..=3).for_each(|conn| room.tried(place(conn)));
        assert_eq!((room.surplus_whole(), room.surplus_whole()), (Some(place(1)), None));
        (1..=2).for_each(|conn| room.shrunk(place(conn)));
        assert_eq!((room.surplus_small(), room.surplus_small()), (Some(place(1)), None));
        assert_eq!((room.most_whole, room.most_small), (2, 1));
    }
}
