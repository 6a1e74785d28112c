//! An attempt that waits for an answer, shrunk to its SYN, so that a flood of SYNs stays cheap.

use super::copies::{CopyOf, Counts};
use super::kept::Kept;
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

/// An attempt: its SYN and what came since.
#[derive(Debug)]
pub struct HalfOpen {
    kept: Kept,
    /// Its number.
    pub conn: u64,
    succession: Option<Box<Succession>>,
    count: u64,
    last: (FrameNo, Timestamp),
    copies: Option<Box<Counts>>,
    errors: Option<Box<Errors>>,
    earlier: Option<Box<Earlier>>,
    /// What the rules said of the errors.
    record: Option<Box<Record>>,
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
        let (count, last) = (connection.count, (connection.last, connection.last_at));
        Some(Self {
            kept,
            conn: tracked.conn,
            succession: tracked.succession.take(),
            count,
            last,
            copies: (tracked.copies.total() > 0).then(|| Box::new(tracked.copies)),
            errors: tracked.connection.errors.take(),
            earlier: tracked.connection.earlier.take(),
            record: (!tracked.record.is_empty()).then(|| Box::new(std::mem::take(&mut tracked.record))),
        })
    }

    /// The connection again. Its SYN was told and counted when it came.
    #[must_use]
    pub fn into_tracked(self, key: FlowKey) -> Box<Tracked> {
        let segment = self.kept.segment();
        let mut tracked = Tracked::new(self.conn, key, &segment, Peer::A);
        tracked.connection.earlier = self.earlier;
        match self.record {
            Some(record) => tracked.record = *record,
            None => tracked.judge_again(&segment),
        }
        tracked.vantage.take(&tracked.connection, Peer::A, &segment);
        tracked.offload.tag(Peer::A, Peer::B, &segment);
        tracked.connection.take(Peer::A, &segment, Acceptance::Acceptable, Kind::Plain);
        tracked.succession = self.succession;
        tracked.connection.count = self.count;
        (tracked.connection.last, tracked.connection.last_at) = self.last;
        tracked.connection.errors = self.errors;
        tracked.copies = self.copies.map(|copies| *copies).unwrap_or_default();
        tracked
    }

    /// Counts a frame that only repeats its SYN.
    pub fn copy(&mut self, at: At, copy: CopyOf) {
        self.count += 1;
        self.last = (at.frame, at.time);
        self.copies.get_or_insert_default().add(copy.evidence);
    }
}
