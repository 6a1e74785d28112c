//! What the stages before ask of an entry: whether a segment runs ahead of it, where a copy is counted.
//!
//! Only `analysis` uses it.

use super::{Current, Entry};
use crate::analysis::copies::{CopyOf, Evidence};
use crate::analysis::order::{self, Patience};
use crate::flow::FlowKey;
use crate::tcp::endpoint::At;
use crate::wire::segment::Segment;

/// Whether a copy found its connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// It did.
    Here,
    /// That is final already.
    Nowhere,
}

impl Entry {
    /// Whether a segment stands before its cause in the capture.
    #[inline]
    #[must_use]
    pub fn runs_ahead(&self, segment: &Segment<'_>) -> bool {
        match &self.current {
            Current::Whole(tracked) => {
                order::runs_ahead(&tracked.connection, &tracked.challengers, tracked.patience, segment)
            }
            Current::Nothing | Current::Awaited(_) => order::opens_ahead(segment),
            Current::Record(_) => segment.flags.syn() && order::opens_ahead(segment),
            // Of what is plain `take_plain` has told.
            Current::HalfOpen(_) | Current::Brief(_) => false,
        }
    }

    /// A segment waits: if it will open a connection, that has its number now.
    pub fn await_cause(&mut self, last_conn: &mut u64) {
        if matches!(self.current, Current::Nothing) {
            *last_conn += 1;
            self.current = Current::Awaited(*last_conn);
        }
    }

    /// The segment has gone on, and what it waited for did not come.
    pub fn waited_in_vain(&mut self, segment: &Segment<'_>) {
        if let Current::Whole(tracked) = &mut self.current {
            let awaited = order::awaited(&tracked.connection, segment);
            tracked.patience[awaited] = Patience::Gone;
        }
    }

    /// Whether what looks like a copy rests on an identification that its sender gives to every packet.
    #[must_use]
    pub fn doubts(&self, segment: &Segment<'_>, copy: CopyOf, key: &FlowKey) -> bool {
        copy.evidence == Evidence::Identification
            && match &self.current {
                Current::Whole(tracked) => tracked.repeats_ids(segment, copy.frame),
                Current::Brief(brief) => brief.repeats_ids(segment, copy.frame, key),
                _ => false,
            }
    }

    /// Reads a little of all that a segment will meet, so that it is near when the segment comes; the number means nothing.
    #[inline]
    #[must_use]
    pub fn touch(&self) -> u64 {
        match &self.current {
            Current::Whole(tracked) => tracked.touch(),
            Current::Brief(brief) => brief.touch(),
            Current::HalfOpen(half) => half.conn,
            Current::Awaited(conn) | Current::Record(conn) => *conn,
            Current::Nothing => 0,
        }
    }

    /// Counts a frame that only repeats one of this 4-tuple.
    pub fn copy(&mut self, at: At, copy: CopyOf) -> Told {
        if let Some(previous) = self.previous.as_mut().filter(|previous| previous.connection.last == copy.frame) {
            previous.copy(at, copy.evidence);
            return Told::Here;
        }
        match &mut self.current {
            Current::Whole(tracked) => tracked.copy(at, copy.evidence),
            Current::HalfOpen(half) => half.copy(at, copy),
            Current::Nothing | Current::Awaited(_) | Current::Record(_) | Current::Brief(_) => return Told::Nowhere,
        }
        Told::Here
    }
}
