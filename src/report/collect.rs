//! Keeps what one command shows in full: the views of connections with their segments, and of UDP conversations.
//!
//! For `show` and `demo`, which show few; `analyze` and `live` keep nothing but what their tables need.

use super::build;
use super::rank::Rank;
use super::view::{ConnectionView, DatagramsView, StepView};
use crate::analysis::event::{Event, Sink};
use crate::packet::FrameNo;
use crate::rules::Severity;
use std::collections::BTreeMap;
use std::io;

/// Segments kept of one connection; a ladder of more helps nobody.
pub const MAX_STEPS: usize = 100_000;

/// Which connections are kept with their segments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// All.
    All,
    /// The one of this number.
    One(u64),
}

/// A connection and its segments.
#[derive(Clone, Debug)]
pub struct Story {
    /// The connection.
    pub view: ConnectionView,
    /// Its segments, by frame.
    pub steps: Vec<StepView>,
    /// Segments beyond [`MAX_STEPS`].
    pub untold: u64,
    /// The worst breach found in it.
    pub worst: Option<Severity>,
}

/// A sink that keeps.
#[derive(Debug)]
pub struct Collector {
    file: String,
    which: Which,
    steps: BTreeMap<u64, (Vec<StepView>, u64)>,
    latest: FrameNo,
    /// Connections that are final, in that order.
    pub stories: Vec<Story>,
    /// UDP conversations that are final.
    pub conversations: Vec<DatagramsView>,
    /// How many connections there were, kept or not.
    pub connections: u64,
}

impl Collector {
    /// Keeps `which` of the capture named `file`.
    #[must_use]
    pub fn new(file: &str, which: Which) -> Self {
        Self {
            file: file.to_owned(),
            which,
            steps: BTreeMap::new(),
            latest: 0,
            stories: Vec::new(),
            conversations: Vec::new(),
            connections: 0,
        }
    }

    /// A frame told again belongs to another connection than was thought: a SYN that turned out to open one.
    fn disown(&mut self, frame: FrameNo) {
        if frame > self.latest {
            self.latest = frame;
            return;
        }
        for (steps, _) in self.steps.values_mut() {
            steps.retain(|step| step.frame != frame);
        }
    }

    fn wants(&self, conn: u64) -> bool {
        match self.which {
            Which::All => true,
            Which::One(one) => one == conn,
        }
    }
}

impl Sink for Collector {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) => {
                self.disown(counted.segment.frame);
                if !self.wants(counted.conn) {
                    return Ok(());
                }
                let (steps, untold) = self.steps.entry(counted.conn).or_default();
                if steps.len() < MAX_STEPS {
                    steps.push(build::step(&counted));
                } else {
                    *untold += 1;
                }
            }
            Event::Connection(ended) => {
                self.connections += 1;
                if !self.wants(ended.conn) {
                    return Ok(());
                }
                let view = build::connection(&self.file, ended);
                let (mut steps, untold) = self.steps.remove(&ended.conn).unwrap_or_default();
                for step in &mut steps {
                    let own = view.findings.iter().filter(|it| it.frame == step.frame);
                    step.found = own.map(|finding| (Rank::of(finding), finding.rule)).collect();
                    step.found.sort_by_key(|(rank, _)| *rank);
                }
                self.stories.push(Story { view, steps, untold, worst: ended.record.worst() });
            }
            Event::Datagrams(conversation, around) => {
                self.conversations.push(build::datagrams(&self.file, conversation, around));
            }
            Event::Rows(_) | Event::Finding(..) | Event::IcmpError(..) => {}
        }
        Ok(())
    }
}
