//! What a live capture shows while it runs: a line for every change, where people read; else only final objects.

use crate::cli::reporter::Reporter;
use crate::cli::screen::Format;
use std::io;
use synfin::analysis::event::{Event, Moved, Sink};
use synfin::report::build;
use synfin::report::changes::{self, Place};
use synfin::report::style::Style;
use synfin::rules::judge::Outcome;
use synfin::tcp::connection::Connection;

/// A reporter that also shows changes.
pub struct Watch<'r, 's> {
    /// Where results go.
    pub reporter: &'r mut Reporter<'s>,
    /// How lines are to look.
    pub style: &'r Style<'s>,
    /// The format of the results; only tables have lines before them.
    pub format: Format,
    /// Lines shown.
    pub lines: u64,
}

impl Watch<'_, '_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        self.lines += 1;
        self.reporter.line(text)
    }

    fn moved(&mut self, moved: &Moved<'_>) -> io::Result<()> {
        let it = moved.connection;
        let (a, b) = ends(it);
        let place = Place { conn: moved.conn, a: &a, b: &b };
        if moved.retracted > 0 {
            let fell = it.rows.iter().filter(|row| row.peer == moved.peer && row.retracted == Some(moved.frame));
            for row in fell {
                let text = changes::row(place, &build::transition(row), self.style);
                self.line(&text)?;
            }
        }
        for row in moved.added.iter().filter(|row| row.retracted.is_none()) {
            let text = changes::row(place, &build::transition(row), self.style);
            self.line(&text)?;
        }
        Ok(())
    }
}

fn ends(it: &Connection) -> (String, String) {
    (it.addresses.a.to_string(), it.addresses.b.to_string())
}

impl Sink for Watch<'_, '_> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Rows(moved) if self.format == Format::Table => self.moved(&moved),
            Event::Finding(conn, it, judged) if self.format == Format::Table => {
                if !matches!(judged.outcome, Outcome::Broken(_)) {
                    return Ok(());
                }
                let (a, b) = ends(it);
                let (view, time) = (build::finding(judged), it.last_at.to_string());
                let text = changes::finding(Place { conn, a: &a, b: &b }, &view, &time, self.style);
                self.line(&text)
            }
            other => self.reporter.event(other),
        }
    }
}
