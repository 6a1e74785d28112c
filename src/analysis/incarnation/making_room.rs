//! What an entry gives up to make room for others. Only `analysis` uses it.

use super::{Current, Entry};
use crate::analysis::half_open::HalfOpen;
use crate::analysis::room::Worth;
use crate::analysis::tracked::Tracked;
use crate::flow::FlowKey;

impl Entry {
    /// If the attempt `conn` still waits with one candidate, it shrinks to a record of its SYN. Says whether it did.
    pub fn shrink(&mut self, conn: u64) -> bool {
        let Current::Whole(tracked) = &mut self.current else { return false };
        if tracked.conn != conn || self.previous.is_some() {
            return false;
        }
        let Some(half) = HalfOpen::of(tracked) else { return false };
        self.current = Current::HalfOpen(Box::new(half));
        true
    }

    /// Takes out the small record of the attempt `conn`, if it is still there.
    pub fn give_up_small(&mut self, conn: u64, key: FlowKey) -> Option<Box<Tracked>> {
        match std::mem::take(&mut self.current) {
            Current::HalfOpen(half) if half.conn == conn => Some(half.into_tracked(key)),
            other => {
                self.current = other;
                None
            }
        }
    }

    /// What would be lost with the connection `conn`; nothing if it is not there as a whole, or over.
    #[must_use]
    pub fn worth(&self, conn: u64) -> Option<Worth> {
        match &self.current {
            Current::Whole(tracked) if tracked.conn == conn && !tracked.connection.is_over() => Some(tracked.worth()),
            _ => None,
        }
    }

    /// Takes out the open connection `conn`, and the one before it if that waits for this one's confirmation; a record stays,
    /// which counts what still comes.
    pub fn forget(&mut self, conn: u64) -> impl Iterator<Item = Box<Tracked>> {
        let open = self.worth(conn).map(|_| std::mem::replace(&mut self.current, Current::Record(conn)));
        let previous = open.as_ref().and_then(|_| self.previous.take());
        let current = match open {
            Some(Current::Whole(tracked)) => Some(tracked),
            _ => None,
        };
        previous.into_iter().chain(current)
    }
}
