//! The frames of each connection with their times, by which the kernel's record is joined to them.

use std::collections::BTreeMap;

use synfin::analysis::event::Counted;
use synfin::peer::Peer;
use synfin::timestamp::{Elapsed, Timestamp};

/// Frames noted of one connection; what comes later is joined to none.
const MOST: usize = 1 << 16;

/// One frame.
#[derive(Clone, Copy, Debug)]
pub struct Noted {
    /// Its number.
    pub frame: u64,
    /// When it was captured.
    pub at: Timestamp,
    /// Who sent it.
    pub from: Peer,
    /// Whether it is a RST.
    pub is_reset: bool,
}

/// The frames of connections that are not final.
#[derive(Default, Debug)]
pub struct Frames {
    noted: BTreeMap<u64, Vec<Noted>>,
    latest: u64,
}

impl Frames {
    /// Notes a segment. One that is told again belongs to another connection than was thought.
    pub fn note(&mut self, counted: &Counted<'_>) {
        let segment = counted.segment;
        if segment.frame <= self.latest {
            self.noted.values_mut().for_each(|all| all.retain(|noted| noted.frame != segment.frame));
        }
        self.latest = self.latest.max(segment.frame);
        let noted = self.noted.entry(counted.conn).or_default();
        if noted.len() < MOST {
            let is_reset = segment.flags.rst();
            noted.push(Noted { frame: segment.frame, at: segment.at, from: counted.from, is_reset });
        }
    }

    /// What was noted of a connection, which is then forgotten.
    pub fn take(&mut self, conn: u64) -> Vec<Noted> {
        let mut noted = self.noted.remove(&conn).unwrap_or_default();
        noted.sort_by_key(|noted| noted.frame);
        noted
    }
}

/// The last frame that this peer sent before `at`, at most `near` before.
pub fn before(noted: &[Noted], from: Peer, at: Timestamp, near: Elapsed) -> Option<&Noted> {
    let last = noted.iter().rfind(|it| it.from == from && it.at <= at)?;
    (at.since(last.at).as_ns() <= near.as_ns()).then_some(last)
}
