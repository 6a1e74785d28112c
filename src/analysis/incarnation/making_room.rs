//! What an entry gives up to make room for others. Only `analysis` uses it.

use super::{Current, Entry, Final};
use crate::analysis::half_open::{HalfOpen, Origin};
use crate::analysis::room::Worth;

impl Entry {
    /// If the attempt `conn` still waits with one candidate, it shrinks to a record of its SYN. Says whether it did.
    pub fn shrink(&mut self, conn: u64) -> bool {
        let tracked = match &mut self.current {
            Current::Whole(tracked) => tracked,
            Current::HalfOpen(half) if half.conn == conn && half.origin == Origin::Plain => {
                half.origin = Origin::PlainLong;
                return true;
            }
            _ => return false,
        };
        if tracked.conn != conn || self.previous.is_some() {
            return false;
        }
        let Some(half) = HalfOpen::of(tracked) else { return false };
        self.current = Current::HalfOpen(Box::new(half));
        true
    }

    /// Takes out the small record of the attempt `conn`, if it is still there.
    pub fn give_up_small(&mut self, conn: u64) -> Option<Final> {
        let is_it = matches!(&self.current, Current::HalfOpen(half) if half.conn == conn);
        is_it.then(|| std::mem::take(&mut self.current).last()).flatten()
    }

    /// What would be lost with the connection `conn`; nothing if it is not there as a whole, or over.
    #[must_use]
    pub fn worth(&self, conn: u64) -> Option<Worth> {
        match &self.current {
            Current::Whole(tracked) if tracked.conn == conn && !tracked.connection.is_over() => Some(tracked.worth()),
            Current::Brief(brief) if brief.conn == conn && !brief.is_over() => {
                Some(Worth { heard: 2, last: brief.last() })
            }
            Current::HalfOpen(half) if half.conn == conn && half.origin == Origin::Plain => {
                Some(Worth { heard: 1, last: half.place().0 })
            }
            _ => None,
        }
    }

    /// Takes out the open connection `conn`, and the one before it if that waits for this one's confirmation; a record stays,
    /// which counts what still comes.
    pub fn forget(&mut self, conn: u64) -> impl Iterator<Item = Final> {
        let open = self.worth(conn).map(|_| std::mem::replace(&mut self.current, Current::Record(conn)));
        let previous = open.as_ref().and_then(|_| self.previous.take());
        previous.map(Final::Whole).into_iter().chain(open.and_then(Current::last))
    }
}
