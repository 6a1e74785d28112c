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
use crate::tcp::connection::Connection;
use crate::tcp::icmp::Told;
use crate::timestamp::Timestamp;
use crate::trace::icmp::Kind;
use crate::trace::{Attribute, DEFAULT_SPACING, DEFAULT_WINDOW, Step, print, recorded};
use crate::wire::segment::Flags;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;

/// Writes connections in the notation.
pub struct Blocks<W> {
    out: W,
    which: Which,
    written_as: Vec<Step>,
    open: BTreeMap<u64, Block>,
    latest: FrameNo,
    ended: Option<(PerPeer<SocketAddr>, Timestamp)>,
    /// Blocks written.
    pub written: u64,
    /// The highest number of a connection, written or not.
    pub last: u64,
}

/// A connection not yet written: its segments with their stamps.
#[derive(Default)]
struct Block {
    steps: Vec<(FrameNo, Timestamp, Step)>,
    untold: u64,
}

impl<W: Write> Blocks<W> {
    /// Writes `which` to `out`.
    pub const fn new(out: W, which: Which) -> Self {
        Self { out, which, written_as: Vec::new(), open: BTreeMap::new(), latest: 0, ended: None, written: 0, last: 0 }
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
        let recorded = recorded(segment, counted.from, DEFAULT_SPACING);
        let original = usize::try_from(segment.frame).ok().and_then(|frame| self.written_as.get(frame.checked_sub(1)?));
        let state = |peer: Peer| it.likely(peer).map_or("?", |state| state.name()).to_owned();
        let step = Step {
            states: PerPeer { a: state(Peer::A), b: state(Peer::B) },
            options: original.map_or(recorded.options, |step| step.options.clone()),
            attributes: original.map_or(recorded.attributes, |step| step.attributes.clone()),
            ..recorded
        };
        block.steps.push((segment.frame, segment.at, step));
    }

    /// An ICMP error, as a line that quotes what it quotes; of the segment a capture holds no more than the number.
    fn take_error(&mut self, conn: u64, it: &Connection, told: &Told) {
        let Some(kind) = Kind::from_id(told.kind.id()) else { return };
        let state = |peer: Peer| it.likely(peer).map_or("?", |state| state.name()).to_owned();
        let mut attributes = vec![Attribute::Icmp(kind)];
        if told.reporter != it.addresses[told.to.other()].ip() {
            attributes.push(Attribute::ByRouter);
        }
        attributes.extend(told.mtu.and_then(|mtu| u16::try_from(mtu).ok()).map(Attribute::Mtu));
        let recorded = Step {
            from: told.to.other(),
            seq: told.seq,
            len: 0,
            flags: Flags(0),
            ack: None,
            window: DEFAULT_WINDOW,
            options: Vec::new(),
            attributes,
            since_previous: DEFAULT_SPACING,
            states: PerPeer { a: state(Peer::A), b: state(Peer::B) },
            broken: Vec::new(),
            noted: Vec::new(),
            silent: Vec::new(),
            line: 0,
        };
        let original = usize::try_from(told.at.frame).ok().and_then(|frame| self.written_as.get(frame.checked_sub(1)?));
        let step = match original {
            Some(step) => {
                let marks = (Vec::new(), Vec::new());
                Step { from: recorded.from, states: recorded.states, broken: marks.0, noted: marks.1, ..step.clone() }
            }
            None => recorded,
        };
        let block = self.open.entry(conn).or_default();
        if block.steps.len() < MAX_STEPS {
            block.steps.push((told.at.frame, told.at.time, step));
        }
    }

    fn write(&mut self, ended: &Ended<'_>) -> io::Result<()> {
        let mut block = self.open.remove(&ended.conn).unwrap_or_default();
        for judged in &ended.record.findings {
            let Some((.., step)) = block.steps.iter_mut().find(|(frame, ..)| *frame == judged.frame) else { continue };
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
        let (a, b) = (addresses.a.to_string(), addresses.b.to_string());
        writeln!(self.out, "# conn {}: A {}, B {}", ended.conn, neutral(&a), neutral(&b))?;
        // The next incarnation of the same two ends: the time between is part of the story.
        let follows =
            |ends: PerPeer<SocketAddr>| [(ends.a, ends.b), (ends.b, ends.a)].contains(&(addresses.a, addresses.b));
        let first = block.steps.first().map(|(_, at, _)| *at);
        let mut before = self.ended.filter(|(ends, end)| follows(*ends) && first > Some(*end)).map(|(_, end)| end);
        let mut steps = Vec::with_capacity(block.steps.len());
        for (_, at, step) in block.steps {
            steps.push(Step { since_previous: before.map_or(DEFAULT_SPACING, |before| at.since(before)), ..step });
            before = Some(at);
        }
        self.ended = before.map(|end| (addresses, end));
        self.out.write_all(print(&steps).as_bytes())?;
        if block.untold > 0 {
            writeln!(self.out, "# {} more segments are not written: the first {MAX_STEPS} are", block.untold)?;
        }
        self.out.flush()
    }

    /// A frame told again belongs to another connection than was thought: a SYN that turned out to open one.
    fn disown(&mut self, frame: FrameNo) {
        if frame > self.latest {
            self.latest = frame;
            return;
        }
        for block in self.open.values_mut() {
            block.steps.retain(|(own, ..)| *own != frame);
        }
    }

    fn wants(&self, conn: u64) -> bool {
        self.which == Which::All || self.which == Which::One(conn)
    }
}

impl<W: Write> Sink for Blocks<W> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) => {
                self.disown(counted.segment.frame);
                if self.wants(counted.conn) {
                    self.take(&counted);
                }
                Ok(())
            }
            Event::IcmpError(conn, connection, told) => {
                if self.wants(conn) {
                    self.take_error(conn, connection, told);
                }
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
