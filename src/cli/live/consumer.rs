//! What a live capture does with its packets, besides saving them: nothing, or judging. Only the session uses this.

use super::watch::Watch;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::Sink;
use synfin::analysis::shards::Sharded;
use synfin::analysis::totals::Totals;
use synfin::capture::live::LiveSource;
use synfin::packet::{Losses, Packet};
use synfin::timestamp::Timestamp;

/// What is done with packets, besides saving them.
pub trait Consumer {
    /// Takes one.
    fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()>;
    /// Writes out what waits; no packet does.
    fn drained(&mut self) -> io::Result<()>;
    /// Time has come to `now`, and so much was lost.
    fn tick(&mut self, now: Option<Timestamp>, source: &dyn LiveSource) -> io::Result<()>;
    /// Whether nobody reads the results any more.
    fn is_unread(&self) -> bool;
}

/// Saving is all.
pub struct Nothing;

impl Consumer for Nothing {
    fn packet(&mut self, _: &Packet<'_>) -> io::Result<()> {
        Ok(())
    }

    fn drained(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn tick(&mut self, _: Option<Timestamp>, _: &dyn LiveSource) -> io::Result<()> {
        Ok(())
    }

    fn is_unread(&self) -> bool {
        false
    }
}

/// Who judges.
pub enum Judges {
    /// One thread, which tells of every segment and every move.
    One(Box<Analyzer>),
    /// Several, which tell what is final.
    Several(Box<Sharded>),
}

impl Judges {
    fn observe(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::One(it) => it.observe(packet, sink),
            Self::Several(it) => it.observe(packet, sink),
        }
    }

    /// What is final is told at once.
    fn flush(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::One(_) => Ok(()),
            Self::Several(it) => it.flush(sink),
        }
    }

    fn advance(&mut self, now: Timestamp, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::One(it) => it.advance(now, sink),
            Self::Several(it) => it.advance(now, sink),
        }
    }

    /// So much was lost so far.
    ///
    /// # Errors
    ///
    /// What the sink met.
    pub fn note_losses(&mut self, losses: Losses, sink: &mut dyn Sink) -> io::Result<()> {
        match self {
            Self::One(it) => {
                it.note_losses(losses);
                Ok(())
            }
            Self::Several(it) => it.note_losses(losses, sink),
        }
    }

    /// The capture is over.
    ///
    /// # Errors
    ///
    /// What the sink met.
    pub fn finish(self, sink: &mut dyn Sink) -> io::Result<Totals> {
        match self {
            Self::One(mut it) => it.finish(sink),
            Self::Several(it) => it.finish(sink),
        }
    }
}

/// Judges them.
pub struct Judge<'j, 'r, 's> {
    pub judges: Judges,
    pub watch: &'j mut Watch<'r, 's>,
}

impl Consumer for Judge<'_, '_, '_> {
    fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        self.judges.observe(packet, self.watch)
    }

    fn drained(&mut self) -> io::Result<()> {
        self.judges.flush(self.watch)?;
        self.watch.release_told()?;
        self.watch.reporter.flush()
    }

    fn tick(&mut self, now: Option<Timestamp>, source: &dyn LiveSource) -> io::Result<()> {
        self.judges.note_losses(source.losses(), self.watch)?;
        if let Some(now) = now {
            self.judges.advance(now, self.watch)?;
        }
        self.watch.release_told()?;
        self.watch.reporter.flush()
    }

    fn is_unread(&self) -> bool {
        self.watch.reporter.closed()
    }
}
