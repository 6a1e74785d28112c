//! Connections of an entry that began side by side with others get their numbers. Only `analysis` uses it.

use super::{Current, Entry, Final};
use crate::analysis::numbers::Numbers;

impl Entry {
    /// Whatever has a provisional number has its own from here on.
    pub fn settle(&mut self, numbers: &Numbers) {
        if let Some(previous) = &mut self.previous {
            previous.settle(numbers);
        }
        match &mut self.current {
            Current::Nothing => {}
            Current::Awaited(conn) | Current::Record(conn) => numbers.settle(conn),
            Current::HalfOpen(half) => half.settle(numbers),
            Current::Brief(brief) => numbers.settle(&mut brief.conn),
            Current::Whole(tracked) => tracked.settle(numbers),
        }
    }
}

impl Final {
    /// Whatever has a provisional number has its own from here on.
    pub fn settle(&mut self, numbers: &Numbers) {
        match self {
            Self::Whole(tracked) => tracked.settle(numbers),
            Self::Brief(brief) => numbers.settle(&mut brief.conn),
            Self::Attempt(half) => half.settle(numbers),
        }
    }
}
