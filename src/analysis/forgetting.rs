//! Connections that make room for others: attempts shrink and are given up, open and closed connections are final early.
//!
//! Which of them have to go is `room`'s to say. Only the analysis uses this.

use super::Analyzer;
use super::closed::{Due, Retire};
use super::event::Sink;
use super::room::Place;
use smallvec::SmallVec;
use std::io;

impl Analyzer {
    /// Attempts that have waited long for an answer shrink to small records, so that a flood of SYNs stays cheap; of those
    /// the oldest are given up.
    pub(super) fn shrink_attempts(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        while let Some(place) = self.room.surplus_whole() {
            if let Some(entry) = self.flows.get_mut(place.slot)
                && entry.shrink(place.conn)
            {
                self.room.shrunk(place);
            }
        }
        while let Some(place) = self.room.surplus_small() {
            let Some((key, entry)) = self.flows.entry_mut(place.slot) else { continue };
            let Some(last) = entry.give_up_small(place.conn) else { continue };
            if entry.is_empty() {
                self.flows.remove(place.slot);
            }
            self.totals.forgotten_attempts += 1;
            self.totals.connections += 1;
            self.conclude(key, last, None, sink)?;
        }
        Ok(())
    }

    /// Open connections beyond the bound are final, and leave a record that counts what comes later.
    #[inline]
    pub(super) fn make_way(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        if self.room.is_crowded() { self.forget_open(sink) } else { Ok(()) }
    }

    #[cold]
    fn forget_open(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let flows = &mut self.flows;
        let surplus = self.room.surplus_open(|place| flows.get_mut(place.slot)?.worth(place.conn));
        for Place { slot, conn } in surplus {
            let Some((key, entry)) = self.flows.entry_mut(slot) else { continue };
            for last in entry.forget(conn).collect::<SmallVec<[_; 2]>>() {
                self.totals.forgotten_open += 1;
                self.totals.connections += 1;
                self.conclude(key, last, None, sink)?;
            }
            self.closed.push_record(Due { since: self.now, turn: self.turn, slot, conn });
        }
        self.compact(sink)
    }

    /// Closed connections beyond the bound leave a small record, records beyond theirs are forgotten.
    pub(super) fn compact(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        while let Some(due) = self.closed.surplus_whole() {
            self.retire(due, Retire::KeepRecord, sink)?;
        }
        while let Some(due) = self.closed.surplus_record() {
            self.totals.forgotten += 1;
            self.retire(due, Retire::Forget, sink)?;
        }
        Ok(())
    }

    pub(super) fn retire(&mut self, due: Due, how: Retire, sink: &mut dyn Sink) -> io::Result<()> {
        let Some((key, entry)) = self.flows.entry_mut(due.slot) else { return Ok(()) };
        let ended = entry.retire(due, how);
        if entry.is_empty() {
            self.flows.remove(due.slot);
        } else if how == Retire::KeepRecord && ended.is_some() {
            self.closed.push_record(due);
        }
        let Some(last) = ended else { return Ok(()) };
        self.totals.connections += 1;
        self.end(key, last, sink)
    }
}
