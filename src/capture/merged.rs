//! Several files as one capture: those of a rotated set, or of several taps, in the order of time.
//!
//! Packets of one file keep their order, however their stamps jump; between files the earlier stamp comes first, and
//! equal ones in the order of the files. A file is opened when its first packet is due, so that of a rotated set few are
//! open at a time. Frames are numbered on. Files that are open together have interface numbers of their own.

use super::{Source, SourceError};
use crate::bound::Bound;
use crate::packet::{FrameNo, LinkType, Losses, Packet, Stamping};
use crate::timestamp::Timestamp;
use std::path::{Path, PathBuf};

/// Files that may be open together: each costs a buffer of 256 KiB and a descriptor, of which a shell grants 1,024.
pub const MOST_OPEN: usize = 256;

/// Interface numbers that each of the files open together has for itself.
const INTERFACES: u32 = 65_536;

/// Opens one file.
pub type Open = fn(&Path) -> Result<Box<dyn Source + Send>, SourceError>;

/// A file that has not been opened yet, and when its first packet was captured.
#[derive(Debug)]
struct Due {
    at: Timestamp,
    path: PathBuf,
}

/// A packet that waits for its turn.
#[derive(Debug)]
struct Head {
    at: Timestamp,
    stamping: Stamping,
    link: LinkType,
    interface: u32,
    bytes: Vec<u8>,
    wire_len: u32,
}

impl Head {
    fn empty() -> Self {
        Self {
            at: Timestamp::default(),
            stamping: Stamping::Told,
            link: LinkType(0),
            interface: 0,
            bytes: Vec::new(),
            wire_len: 0,
        }
    }
}

/// A file that is being read.
struct Reading {
    source: Box<dyn Source + Send>,
    /// Its place among the files that are open together.
    lane: u32,
    head: Head,
}

/// Whether a packet was there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Went {
    On,
    Ended,
}

impl Reading {
    /// The next packet of the file waits for its turn, if there is one.
    fn advance(&mut self) -> Result<Went, SourceError> {
        let Some(packet) = self.source.next_packet()? else { return Ok(Went::Ended) };
        self.head.at = packet.at;
        self.head.stamping = packet.stamping;
        self.head.link = packet.link;
        self.head.interface = self.lane.saturating_mul(INTERFACES).saturating_add(packet.interface);
        self.head.bytes.clear();
        self.head.bytes.extend_from_slice(packet.bytes);
        self.head.wire_len = packet.wire_len;
        Ok(Went::On)
    }
}

/// Several files as one.
pub struct Merged {
    open: Open,
    /// The last is due first.
    due: Vec<Due>,
    reading: Vec<Reading>,
    /// The packet that is lent.
    lent: Head,
    frame: FrameNo,
    losses: Losses,
    /// The bounds on reading the files that are closed.
    bounds: Vec<Bound>,
    /// The most files that were open together, and how many had to wait longer than their first packet.
    most_open: usize,
    late: u64,
    /// What a file met, told once all packets that can be read are delivered.
    damage: Option<SourceError>,
}

impl std::fmt::Debug for Merged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Merged").field("due", &self.due).field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl Merged {
    /// The files in the order of their first packets; each is opened to find that, and closed again. One without packets is
    /// left out.
    ///
    /// # Errors
    ///
    /// What the first file that cannot be opened says.
    pub fn of(paths: &[PathBuf], open: Open) -> Result<Self, SourceError> {
        let mut due = Vec::with_capacity(paths.len());
        let mut damage = None;
        for path in paths {
            match open(path)?.next_packet() {
                Ok(Some(packet)) => due.push(Due { at: packet.at, path: path.clone() }),
                Ok(None) => {}
                Err(error) => keep_first(&mut damage, error),
            }
        }
        // Stable, so that equal ones keep the order of their files.
        due.sort_by_key(|due| due.at);
        due.reverse();
        Ok(Self {
            open,
            due,
            reading: Vec::new(),
            lent: Head::empty(),
            frame: 0,
            losses: Losses::default(),
            bounds: Vec::new(),
            most_open: 0,
            late: 0,
            damage,
        })
    }

    /// Opens the files whose first packet comes before all packets at hand.
    fn open_due(&mut self) {
        while let Some(due) = self.due.last() {
            let is_later = self.reading.iter().any(|reading| reading.head.at < due.at);
            if is_later || self.reading.len() == MOST_OPEN {
                return;
            }
            let Some(due) = self.due.pop() else { return };
            self.late += u64::from(due.at < self.lent.at && self.frame > 0);
            let lane = (0..).find(|lane| self.reading.iter().all(|reading| reading.lane != *lane)).unwrap_or_default();
            let begun = (self.open)(&due.path).and_then(|source| {
                let mut reading = Reading { source, lane, head: Head::empty() };
                Ok((reading.advance()?, reading))
            });
            match begun {
                Ok((Went::On, reading)) => {
                    self.reading.push(reading);
                    self.most_open = self.most_open.max(self.reading.len());
                }
                Ok((Went::Ended, _)) => {}
                Err(error) => keep_first(&mut self.damage, error),
            }
        }
    }

    /// A file has ended.
    fn close(&mut self, which: usize) {
        let closed = self.reading.remove(which);
        add(&mut self.losses, closed.source.losses());
        join(&mut self.bounds, closed.source.bounds());
    }
}

/// The first word counts.
fn keep_first(damage: &mut Option<SourceError>, error: SourceError) {
    if damage.is_none() {
        *damage = Some(error);
    }
}

/// Adds what another file lost.
fn add(sum: &mut Losses, more: Losses) {
    let pairs =
        [(&mut sum.kernel, more.kernel), (&mut sum.interface, more.interface), (&mut sum.unknown, more.unknown)];
    for (sum, more) in pairs {
        if let Some(more) = more {
            *sum = Some(sum.unwrap_or_default().saturating_add(more));
        }
    }
}

/// Adds those of another file: the fullest counts.
fn join(all: &mut Vec<Bound>, more: Vec<Bound>) {
    for bound in more {
        match all.iter_mut().find(|known| known.id == bound.id) {
            Some(known) => {
                known.reached = known.reached.max(bound.reached);
                known.forgotten += bound.forgotten;
            }
            None => all.push(bound),
        }
    }
}

impl Source for Merged {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        self.open_due();
        // The first of equal ones, and files stand in the order in which they began.
        let first = self.reading.iter().enumerate().min_by_key(|(_, reading)| reading.head.at).map(|(which, _)| which);
        let Some(which) = first else { return self.damage.take().map_or(Ok(None), Err) };
        if let Some(reading) = self.reading.get_mut(which) {
            std::mem::swap(&mut self.lent, &mut reading.head);
            match reading.advance() {
                Ok(Went::On) => {}
                Ok(Went::Ended) => self.close(which),
                Err(error) => {
                    keep_first(&mut self.damage, error);
                    self.close(which);
                }
            }
        }
        self.frame += 1;
        Ok(Some(Packet {
            frame: self.frame,
            at: self.lent.at,
            stamping: self.lent.stamping,
            link: self.lent.link,
            interface: self.lent.interface,
            bytes: &self.lent.bytes,
            wire_len: self.lent.wire_len,
        }))
    }

    /// Standard input may be among the files.
    fn is_whole(&self) -> bool {
        self.reading.iter().all(|reading| reading.source.is_whole())
            && self.due.iter().all(|due| due.path != Path::new("-"))
    }

    fn bounds(&self) -> Vec<Bound> {
        let (most, reached) = (MOST_OPEN as u64, self.most_open as u64);
        let mut bounds = vec![Bound { id: "open-files", most, reached, forgotten: self.late }];
        join(&mut bounds, self.bounds.clone());
        self.reading.iter().for_each(|reading| join(&mut bounds, reading.source.bounds()));
        bounds
    }

    fn losses(&self) -> Losses {
        let mut losses = self.losses;
        for reading in &self.reading {
            add(&mut losses, reading.source.losses());
        }
        losses
    }
}
