//! What becomes of a connection that is final: it is judged if it was not, told, or only counted where nobody wants to be
//! told.
//!
//! Which connections are plain, and what rules say of them, is decided elsewhere. Only the analysis uses this.

use super::Analyzer;
use super::brief::Nobody;
use super::event::{Asks, Plain, Remark, Sink, Wish};
use super::incarnation::Final;
use super::tracked::Tracked;
use crate::flow::FlowKey;
use crate::timestamp::Timestamp;
use std::io;

impl Analyzer {
    /// A connection has ended.
    pub(super) fn end(&mut self, key: FlowKey, last: Final, sink: &mut dyn Sink) -> io::Result<()> {
        self.conclude(key, last, Some(self.now), sink)
    }

    /// A connection is final: it ends at a time, or has to make room before its end.
    pub(super) fn conclude(
        &mut self,
        key: FlowKey,
        last: Final,
        ends: Option<Timestamp>,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        let remark = if sink.asks() == Asks::Noteworthy { last.remark(ends) } else { None };
        match remark {
            Some(remark) => self.ask(Plain { key, last, remark, ends }, self.now, sink),
            None => self.open(key, last, ends, self.now, sink),
        }
    }

    /// Tells of a plain connection, final at `now`, if the sink wants to be told.
    pub(super) fn ask(&mut self, plain: Plain, now: Timestamp, sink: &mut dyn Sink) -> io::Result<()> {
        match sink.wants_told(plain.last.conn(), plain.remark) {
            Wish::Told => self.open(plain.key, plain.last, plain.ends, now, sink),
            Wish::Counted if cfg!(debug_assertions) => self.look_anyway(plain),
            Wish::Counted => Ok(()),
            Wish::Later => {
                sink.later(plain);
                Ok(())
            }
        }
    }

    /// Judges what was not judged, and tells.
    fn open(
        &mut self,
        key: FlowKey,
        last: Final,
        ends: Option<Timestamp>,
        now: Timestamp,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        let mut tracked = last.whole(&mut self.stage(key, &mut Nobody(sink.asks())))?;
        match ends {
            Some(ends) => tracked.record.finish(&tracked.connection, ends, &mut self.totals.rules),
            None => tracked.forget(&mut self.totals.rules),
        }
        self.told_final(tracked, now, sink)
    }

    /// What is taken for plain is judged all the same, to see that it is.
    fn look_anyway(&mut self, Plain { key, last, remark, ends }: Plain) -> io::Result<()> {
        let mut tracked = last.whole(&mut self.stage(key, &mut Nobody(Asks::Everything)))?;
        if let Some(ends) = ends {
            tracked.record.finish(&tracked.connection, ends, &mut self.totals.rules);
        }
        let found = &tracked.record.findings;
        assert!(found.is_empty() == (remark == Remark::None), "connection {}: {found:?}", tracked.conn);
        Ok(())
    }

    fn told_final(&mut self, tracked: Box<Tracked>, now: Timestamp, sink: &mut dyn Sink) -> io::Result<()> {
        self.totals.bounds.see(&tracked);
        let around = self.encapsulations.value(tracked.key.encapsulation);
        sink.ended(tracked, around, now)
    }
}
