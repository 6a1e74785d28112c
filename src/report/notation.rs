//! A capture as text in the trace notation: one block a connection, states and marks as the analysis sees them.
//!
//! A sink that writes each connection as soon as it is final. What it writes [`trace::parse`](crate::trace::parse)
//! reads back.

use super::collect::{MAX_STEPS, Which};
use super::terminal::neutral;
use crate::analysis::event::{Counted, Ended, Event, Sink};
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::rules::judge::Outcome;
use crate::timestamp::Timestamp;
use crate::trace::{DEFAULT_SPACING, Step, print, recorded};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;

/// Writes connections in the notation.
pub struct Blocks<W> {
    out: W,
    which: Which,
    written_as: Vec<Step>,
    open: BTreeMap<u64, Block>,
    ended: Option<(PerPeer<SocketAddr>, Timestamp)>,
    /// Blocks written.
    pub written: u64,
    /// The highest number of a connection, written or not.
    pub last: u64,
}

/// A connection not yet written.
#[derive(Default)]
struct Block {
    steps: Vec<(FrameNo, Step)>,
    first: Option<Timestamp>,
    before: Option<Timestamp>,
    untold: u64,
}

impl<W: Write> Blocks<W> {
    /// Writes `which` to `out`.
    pub const fn new(out: W, which: Which) -> Self {
        Self { out, which, written_as: Vec::new(), open: BTreeMap::new(), ended: None, written: 0, last: 0 }
    }

    /// The packets were made of these `steps`, frame 1 of the first: what a header does not hold is taken from them.
    #[must_use]
    pub fn made_of(self, steps: Vec<Step>) -> Self {
        Self { written_as: steps, ..self }
    }

    fn take(&mut self, counted: &Counted<'_>) {
        let block = self.open.entry(counted.conn).or_default();
        if block.steps.len() >= MAX_STEPS {
            block.untold += 1;
            return;
        }
        let (segment, it) = (counted.segment, counted.connection);
        let since = block.before.map_or(DEFAULT_SPACING, |before| segment.at.since(before));
        block.before = Some(segment.at);
        block.first = block.first.or(block.before);
        let recorded = recorded(segment, counted.from, since);
        let original = usize::try_from(segment.frame).ok().and_then(|frame| self.written_as.get(frame.checked_sub(1)?));
        let state = |peer: Peer| it.likely(peer).map_or("?", |state| state.name()).to_owned();
        let step = Step {
            states: PerPeer { a: state(Peer::A), b: state(Peer::B) },
            options: original.map_or(recorded.options, |step| step.options.clone()),
            attributes: original.map_or(recorded.attributes, |step| step.attributes.clone()),
            ..recorded
        };
        block.steps.push((segment.frame, step));
    }

    fn write(&mut self, ended: &Ended<'_>) -> io::Result<()> {
        let mut block = self.open.remove(&ended.conn).unwrap_or_default();
        for judged in &ended.record.findings {
            let Some((_, step)) = block.steps.iter_mut().find(|(frame, _)| *frame == judged.frame) else { continue };
            let marks = match judged.outcome {
                Outcome::Broken(_) => &mut step.broken,
                Outcome::Undecided | Outcome::Noted => &mut step.noted,
                Outcome::Holds => continue,
            };
            if !marks.iter().any(|mark| mark == judged.rule.id) {
                marks.push(judged.rule.id.to_owned());
            }
        }
        if self.written > 0 {
            writeln!(self.out)?;
        }
        self.written += 1;
        let addresses = ended.connection.addresses;
        // The next incarnation of the same two ends: the time between is part of the story.
        if let (Some((ends, end)), Some(first), Some((_, step))) = (self.ended, block.first, block.steps.first_mut())
            && first > end
            && [(ends.a, ends.b), (ends.b, ends.a)].contains(&(addresses.a, addresses.b))
        {
            step.since_previous = first.since(end);
        }
        self.ended = block.before.map(|end| (addresses, end));
        let (a, b) = (addresses.a.to_string(), addresses.b.to_string());
        writeln!(self.out, "# conn {}: A {}, B {}", ended.conn, neutral(&a), neutral(&b))?;
        let steps: Vec<Step> = block.steps.into_iter().map(|(_, step)| step).collect();
        self.out.write_all(print(&steps).as_bytes())?;
        if block.untold > 0 {
            writeln!(self.out, "# {} more segments are not written: the first {MAX_STEPS} are", block.untold)?;
        }
        self.out.flush()
    }

    fn wants(&self, conn: u64) -> bool {
        self.which == Which::All || self.which == Which::One(conn)
    }
}

impl<W: Write> Sink for Blocks<W> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) if self.wants(counted.conn) => {
                self.take(&counted);
                Ok(())
            }
            Event::Connection(ended) => {
                self.last = self.last.max(ended.conn);
                if self.wants(ended.conn) { self.write(ended) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}
