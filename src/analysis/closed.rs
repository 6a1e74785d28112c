//! Which closed connections wait for the end of their 2 MSL, and which of them have to make room.
//!
//! Until it is final a closed connection still takes what comes late, and its last rows may still be taken back. The
//! most recently closed are kept whole; older ones are final early and leave a record that only counts latecomers.

use super::most::Most;
use super::numbers::Numbers;
use crate::tcp::belief::TWO_MSL;
use crate::timestamp::Timestamp;
use std::collections::VecDeque;

/// A closed connection, by its place and its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// When it ended.
    pub since: Timestamp,
    /// When in the order of packets: rises from one that ends to the next.
    pub turn: u64,
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
    most: Most,
    records: VecDeque<Due>,
    whole: VecDeque<Due>,
    /// How many records and whole ones were put in since numbers were last settled.
    fresh: [usize; 2],
    /// The most records at a time.
    pub most_records: usize,
    /// The most whole ones at a time.
    pub most_whole: usize,
    /// How many were final early.
    pub early: u64,
}

impl Closed {
    /// With other bounds than the usual ones.
    pub fn within(most: Most) -> Self {
        Self { most, ..Self::default() }
    }

    /// A connection has ended.
    pub fn push(&mut self, due: Due) {
        self.whole.push_back(due);
        self.fresh[1] += 1;
        self.most_whole = self.most_whole.max(self.whole.len().min(self.most.closed));
    }

    /// A connection that ended has left a record.
    pub fn push_record(&mut self, due: Due) {
        self.records.push_back(due);
        self.fresh[0] += 1;
        self.most_records = self.most_records.max(self.records.len().min(self.most.records));
    }

    /// The next whose 2 MSL have passed at `now`.
    pub fn due(&mut self, now: Timestamp) -> Option<Due> {
        [&mut self.records, &mut self.whole].into_iter().find_map(|queue| {
            queue.front().is_some_and(|due| now.since(due.since) >= TWO_MSL).then(|| queue.pop_front()).flatten()
        })
    }

    /// Whether the 2 MSL of any have passed at `now`.
    #[inline]
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.first().into_iter().flatten().any(|due| now.since(due.since) >= TWO_MSL)
    }

    /// The oldest whole one, if there are too many.
    pub fn surplus_whole(&mut self) -> Option<Due> {
        let surplus = (self.whole.len() > self.most.closed).then(|| self.whole.pop_front()).flatten();
        self.early += u64::from(surplus.is_some());
        surplus
    }

    /// The oldest record, if there are too many.
    pub fn surplus_record(&mut self) -> Option<Due> {
        (self.records.len() > self.most.records).then(|| self.records.pop_front()).flatten()
    }

    /// Takes out the record that waits longest.
    pub fn pop_record(&mut self) -> Option<Due> {
        self.records.pop_front()
    }

    /// Takes out the whole one that waits longest.
    pub fn pop_whole(&mut self) -> Option<Due> {
        self.whole.pop_front()
    }

    /// The record and the whole one that wait longest.
    #[inline]
    pub fn first(&self) -> [Option<&Due>; 2] {
        [self.records.front(), self.whole.front()]
    }

    /// Connections that began since this was last called have their numbers now.
    pub fn settle(&mut self, numbers: &Numbers) {
        let [records, whole] = std::mem::take(&mut self.fresh);
        let dues = self.records.iter_mut().rev().take(records).chain(self.whole.iter_mut().rev().take(whole));
        dues.for_each(|due| numbers.settle(&mut due.conn));
    }
}
