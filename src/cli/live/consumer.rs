//! What a live capture does with its packets, besides saving them: nothing, or judging. Only the session uses this.

use super::watch::Watch;
use std::io;
use synfin::analysis::Analyzer;
use synfin::capture::live::LiveSource;
use synfin::packet::Packet;
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

/// Judges them.
pub struct Judge<'j, 'r, 's> {
    pub analyzer: Analyzer,
    pub watch: &'j mut Watch<'r, 's>,
}

impl Consumer for Judge<'_, '_, '_> {
    fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        self.analyzer.observe(packet, self.watch)
    }

    fn drained(&mut self) -> io::Result<()> {
        self.watch.release_told()?;
        self.watch.reporter.flush()
    }

    fn tick(&mut self, now: Option<Timestamp>, source: &dyn LiveSource) -> io::Result<()> {
        self.analyzer.note_losses(source.losses());
        if let Some(now) = now {
            self.analyzer.advance(now, self.watch)?;
        }
        self.watch.release_told()?;
        self.watch.reporter.flush()
    }

    fn is_unread(&self) -> bool {
        self.watch.reporter.closed()
    }
}
