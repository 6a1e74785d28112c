//! Which closed connections wait for the end of their 2 MSL, and which of them have to make room.
//!
//! Until it is final a closed connection still takes what comes late, and its last rows may still be taken back. The
//! most recently closed are kept whole; older ones are final early and leave a record that only counts latecomers.

use crate::tcp::belief::TWO_MSL;
use crate::timestamp::Timestamp;
use std::collections::VecDeque;

/// Closed connections kept whole: about 1.5 KiB each.
pub const MAX_WHOLE: usize = 8_192;
/// Records of closed connections: at most 64 octets each, with their place in the queue.
pub const MAX_RECORDS: usize = 262_144;

/// A closed connection, by its place and its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// When it ended.
    pub since: Timestamp,
    /// Its flow's slot.
    pub slot: u32,
    /// Its number.
    pub conn: u64,
}

/// What becomes of a closed connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retire {
    /// Its object is final; a record stays.
    KeepRecord,
    /// Nothing stays.
    Forget,
}

/// The queue, oldest first.
#[derive(Debug, Default)]
pub struct Closed {
    records: VecDeque<Due>,
    whole: VecDeque<Due>,
    /// The most records at a time.
    pub most_records: usize,
    /// The most whole ones at a time.
    pub most_whole: usize,
    /// How many were final early.
    pub early: u64,
}

impl Closed {
    /// A connection has ended at `since`.
    pub fn push(&mut self, since: Timestamp, slot: u32, conn: u64) {
        self.whole.push_back(Due { since, slot, conn });
        self.most_whole = self.most_whole.max(self.whole.len().min(MAX_WHOLE));
    }

    /// A connection that ended has left a record.
    pub fn push_record(&mut self, due: Due) {
        self.records.push_back(due);
        self.most_records = self.most_records.max(self.records.len().min(MAX_RECORDS));
    }

    /// The next whose 2 MSL have passed at `now`.
    pub fn due(&mut self, now: Timestamp) -> Option<Due> {
        [&mut self.records, &mut self.whole].into_iter().find_map(|queue| {
            queue.front().is_some_and(|due| now.since(due.since) >= TWO_MSL).then(|| queue.pop_front()).flatten()
        })
    }

    /// The oldest whole one, if there are too many.
    pub fn surplus_whole(&mut self) -> Option<Due> {
        let surplus = (self.whole.len() > MAX_WHOLE).then(|| self.whole.pop_front()).flatten();
        self.early += u64::from(surplus.is_some());
        surplus
    }

    /// The oldest record, if there are too many.
    pub fn surplus_record(&mut self) -> Option<Due> {
        (self.records.len() > MAX_RECORDS).then(|| self.records.pop_front()).flatten()
    }
}
