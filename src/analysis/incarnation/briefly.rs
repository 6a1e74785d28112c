//! How an entry keeps a connection as long as it is plain, and what it gives up of it in the end. Only `analysis` uses it.

use super::{Current, Entry, News, Stage};
use crate::analysis::brief::{self, Brief, Step};
use crate::analysis::event::{Asks, Remark};
use crate::analysis::half_open::{HalfOpen, Origin};
use crate::analysis::kept::Kept;
use crate::analysis::sums::Hosts;
use crate::analysis::tracked::Tracked;
use crate::flow::FlowKey;
use crate::rules::attempt::FIRST_RTO;
use crate::timestamp::Timestamp;
use crate::wire::checksum::Checksum;
use crate::wire::segment::Segment;
use std::io;

/// A connection that is final, as it was kept.
#[derive(Debug)]
pub enum Final {
    /// All of it.
    Whole(Box<Tracked>),
    /// It was plain to its end.
    Brief(Box<Brief>),
    /// It is an attempt.
    Attempt(Box<HalfOpen>),
}

impl Final {
    /// Its number.
    #[must_use]
    pub fn conn(&self) -> u64 {
        match self {
            Self::Whole(tracked) => tracked.conn,
            Self::Brief(brief) => brief.conn,
            Self::Attempt(half) => half.conn,
        }
    }

    /// What the rules will say of it if it ends at `now`, or, without that, is forgotten; `None` if they must be asked.
    #[must_use]
    pub fn remark(&self, now: Option<Timestamp>) -> Option<Remark> {
        match (self, now) {
            (Self::Whole(_), _) => None,
            (Self::Brief(_), None) => Some(Remark::None),
            (Self::Brief(brief), Some(_)) => brief.ends_quietly().then_some(Remark::None),
            (Self::Attempt(half), _) if half.origin == Origin::Shrunk => None,
            (Self::Attempt(_), None) => Some(Remark::None),
            (Self::Attempt(half), Some(now)) => {
                // `hs-unanswered`.
                Some(if now.since(half.place().1) >= FIRST_RTO { Remark::Note } else { Remark::None })
            }
        }
    }

    /// All that is known of it, judged if it was not.
    ///
    /// # Errors
    ///
    /// None: nobody is told of segments that are judged later.
    pub fn whole(self, stage: &mut Stage<'_>) -> io::Result<Box<Tracked>> {
        match self {
            Self::Whole(tracked) => Ok(tracked),
            Self::Brief(brief) => brief.grow(stage),
            Self::Attempt(half) => half.grow(stage),
        }
    }
}

impl Current {
    /// The connection in it, if there is one that is not final.
    pub(super) fn last(self) -> Option<Final> {
        match self {
            Self::Whole(tracked) => Some(Final::Whole(tracked)),
            Self::Brief(brief) => Some(Final::Brief(brief)),
            Self::HalfOpen(half) => Some(Final::Attempt(half)),
            Self::Nothing | Self::Awaited(_) | Self::Record(_) => None,
        }
    }

    /// Its number.
    pub(super) fn conn(&self) -> Option<u64> {
        match self {
            Self::Whole(tracked) => Some(tracked.conn),
            Self::Brief(brief) => Some(brief.conn),
            Self::HalfOpen(half) => Some(half.conn),
            Self::Nothing | Self::Awaited(_) | Self::Record(_) => None,
        }
    }
}

impl Entry {
    /// Whether the connection in it was plain so far, and its segments wait to be judged.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match &self.current {
            Current::Brief(_) => true,
            Current::HalfOpen(half) => half.origin == Origin::Plain,
            Current::Nothing | Current::Awaited(_) | Current::Whole(_) | Current::Record(_) => false,
        }
    }

    /// Takes in a segment of a connection that was plain so far, and is with it; `None` if that is not so.
    pub fn take_plain(
        &mut self,
        segment: &Segment<'_>,
        key: &FlowKey,
        asks: impl FnOnce() -> Asks,
        (hosts, last_conn): (&mut Hosts, &mut u64),
    ) -> Option<News> {
        match &mut self.current {
            Current::Brief(brief) => {
                let step = brief.take(segment, key, hosts)?;
                Some(News { over: (step == Step::Ends).then_some(brief.conn), ..News::default() })
            }
            Current::HalfOpen(half) if half.is_plain() => {
                let (conn, origin) = (half.conn, half.origin);
                let brief = Brief::answered(conn, origin, &half.syn(key), segment, key)?;
                self.current = Current::Brief(brief);
                if segment.checksum == Checksum::Right {
                    hosts.credit(segment.path.from.ip());
                }
                // One that counted among the small ones is open again.
                Some(News { begun: (origin == Origin::PlainLong).then_some(conn), ..News::default() })
            }
            Current::Nothing if self.previous.is_none() && brief::is_plain_syn(segment) => {
                if asks() == Asks::Everything {
                    return None;
                }
                *last_conn += 1;
                let conn = *last_conn;
                self.current =
                    Current::HalfOpen(Box::new(HalfOpen::plain(conn, &Kept::new(segment), key, Origin::Plain)));
                if segment.checksum == Checksum::Right {
                    hosts.credit(segment.path.from.ip());
                }
                Some(News { begun: Some(conn), opened: Some(conn), over: None })
            }
            _ => None,
        }
    }

    /// What was plain so far is judged.
    ///
    /// # Errors
    ///
    /// None: nobody is told of segments that are judged later.
    pub fn unfold(&mut self, stage: &mut Stage<'_>) -> io::Result<()> {
        if self.is_plain()
            && let Some(last) = std::mem::take(&mut self.current).last()
        {
            self.current = Current::Whole(last.whole(stage)?);
        }
        Ok(())
    }
}
