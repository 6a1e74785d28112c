//! An attempt that waits for an answer, shrunk to its SYN, so that a flood of SYNs stays cheap.

use super::brief;
use super::copies::{CopyOf, Counts};
use super::incarnation::Stage;
use super::kept::{Kept, Packed};
use super::numbers::Numbers;
use super::succession::Succession;
use super::tracked::Tracked;
use crate::flow::FlowKey;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::rules::judge::Record;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::earlier::Earlier;
use crate::tcp::endpoint::At;
use crate::tcp::icmp::Errors;
use crate::tcp::kind::Kind;
use crate::timestamp::Timestamp;
use crate::wire::segment::Segment;
use std::io;

/// An attempt: its SYN, and more of the few of which there is more.
#[derive(Debug)]
pub struct HalfOpen {
    syn: Packed,
    /// Its number.
    pub conn: u64,
    /// How it became so small.
    pub origin: Origin,
    more: Option<Box<More>>,
}

/// How an attempt became a small record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It never was anything else: its SYN is plain, waits to be judged, and counts among the whole attempts.
    Plain,
    /// The same, but it has waited so long for an answer that it counts among the small ones.
    PlainLong,
    /// It has shrunk; its SYN was told, counted and judged when it came.
    Shrunk,
}

/// What most attempts have nothing of: what came since, and what was there before.
#[derive(Debug)]
struct More {
    count: u64,
    last: (FrameNo, Timestamp),
    copies: Counts,
    succession: Option<Box<Succession>>,
    errors: Option<Box<Errors>>,
    earlier: Option<Box<Earlier>>,
    /// What the rules said of the errors.
    record: Record,
}

impl More {
    fn than(syn: &Packed) -> Self {
        Self {
            count: 1,
            last: (syn.frame, syn.at),
            copies: Counts::default(),
            succession: None,
            errors: None,
            earlier: None,
            record: Record::default(),
        }
    }
}

impl HalfOpen {
    /// Of a connection that is nothing but one SYN and what repeats it.
    #[must_use]
    pub fn of(tracked: &mut Tracked) -> Option<Self> {
        let connection = &tracked.connection;
        let plain = connection.is_attempt()
            && connection.candidates.len() == 1
            && connection.ignored.is_empty()
            && (connection.errors.is_some() || tracked.record.is_empty())
            && tracked.challengers.is_empty();
        let kept = tracked.opening.filter(|_| plain)?;
        let syn = Packed::new(&kept, &tracked.key.pair);
        let more = More {
            count: connection.count,
            last: (connection.last, connection.last_at),
            copies: tracked.copies,
            succession: tracked.succession.take(),
            errors: tracked.connection.errors.take(),
            earlier: tracked.connection.earlier.take(),
            record: std::mem::take(&mut tracked.record),
        };
        let alone = more.count == 1
            && more.last == (syn.frame, syn.at)
            && more.copies.total() == 0
            && more.record.is_empty()
            && more.succession.is_none()
            && more.errors.is_none()
            && more.earlier.is_none();
        Some(Self { syn, conn: tracked.conn, origin: Origin::Shrunk, more: (!alone).then(|| Box::new(more)) })
    }

    /// Of a plain SYN, the first of its flow, that opens the connection `conn`; how long it has waited, `origin` says.
    #[must_use]
    pub fn plain(conn: u64, syn: &Kept, key: &FlowKey, origin: Origin) -> Self {
        Self { syn: Packed::new(syn, &key.pair), conn, origin, more: None }
    }

    /// Whether it never was anything else, and nothing came since.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.origin != Origin::Shrunk && self.more.is_none()
    }

    /// Its SYN.
    #[must_use]
    pub fn syn(&self, key: &FlowKey) -> Kept {
        self.syn.unpack(&key.pair)
    }

    /// The SYN's frame and when it was captured.
    #[must_use]
    pub const fn place(&self) -> (FrameNo, Timestamp) {
        (self.syn.frame, self.syn.at)
    }

    /// The connection again, its SYN judged if it was not.
    ///
    /// # Errors
    ///
    /// None: nobody is told of a SYN that is judged later.
    pub fn grow(self, stage: &mut Stage<'_>) -> io::Result<Box<Tracked>> {
        if self.origin == Origin::Shrunk {
            return Ok(self.into_tracked(stage.key));
        }
        let kept = self.syn(&stage.key);
        let syn = Segment { checksum: kept.checksum, ..kept.segment() };
        let mut tracked = Tracked::new(self.conn, stage.key, &syn, Peer::A);
        brief::judged(&mut tracked, &syn, stage)?;
        Ok(if self.origin == Origin::Plain { tracked } else { self.into_tracked(stage.key) })
    }

    /// The connection again. Its SYN was told, counted and judged when it came, and left nothing open.
    fn into_tracked(self, key: FlowKey) -> Box<Tracked> {
        let kept = self.syn.unpack(&key.pair);
        let segment = kept.segment();
        let more = self.more.map_or_else(|| More::than(&self.syn), |more| *more);
        let mut tracked = Tracked::new(self.conn, key, &segment, Peer::A);
        tracked.connection.earlier = more.earlier;
        tracked.record = more.record;
        tracked.vantage.take(&tracked.connection, Peer::A, &segment);
        tracked.offload.tag(Peer::A, Peer::B, &segment);
        tracked.connection.take(Peer::A, &segment, Acceptance::Acceptable, Kind::Plain);
        tracked.succession = more.succession;
        tracked.connection.count = more.count;
        (tracked.connection.last, tracked.connection.last_at) = more.last;
        tracked.connection.errors = more.errors;
        tracked.copies = more.copies;
        tracked
    }

    /// It has its number now, and so has what was before it.
    pub fn settle(&mut self, numbers: &Numbers) {
        numbers.settle(&mut self.conn);
        if let Some(more) = &mut self.more {
            more.succession.iter_mut().for_each(|it| numbers.settle(&mut it.earlier));
            more.earlier.iter_mut().for_each(|it| numbers.settle(&mut it.conn));
        }
    }

    /// Counts a frame that only repeats its SYN.
    pub fn copy(&mut self, at: At, copy: CopyOf) {
        let more = self.more.get_or_insert_with(|| Box::new(More::than(&self.syn)));
        more.count += 1;
        more.last = (at.frame, at.time);
        more.copies.add(copy.evidence);
    }
}

#[cfg(test)]
mod tests {
    use super::HalfOpen;

    #[test]
    fn an_attempt_is_small() {
        assert!(size_of::<HalfOpen>() <= 112, "{} octets", size_of::<HalfOpen>());
    }
}
