//! What a live capture shows while it runs: a line for every change, where people read; else only final objects.

use super::session::Changes;
use crate::cli::out::note;
use crate::cli::reporter::Reporter;
use crate::cli::run::owned::Owned;
use crate::cli::witness::{Asked, Witness};
use std::collections::VecDeque;
use std::io;
use synfin::analysis::event::{Event, Moved, Sink};
use synfin::capture::live;
use synfin::report::build;
use synfin::report::changes::{self, Place};
use synfin::report::style::Style;
use synfin::report::view::TransitionView;
use synfin::rules::judge::Outcome;
use synfin::tcp::connection::Connection;
use synfin::timestamp::{Elapsed, Timestamp};

/// The kernel tells of what a segment did so soon after its capture, but for one that a busy socket keeps for later.
const TOLD_WITHIN: Elapsed = Elapsed::from_ns(20_000_000);

/// Lines that wait for the kernel's word: what a million moves a second come to in three times that. With more, the first is
/// shown without it.
const MOST_WAITING: usize = 65_536;

/// A reporter that also shows changes.
pub struct Watch<'r, 's> {
    /// Where results go.
    pub reporter: &'r mut Reporter<'s>,
    /// How lines are to look.
    pub style: &'r Style<'s>,
    /// Whether there are lines before the results.
    pub changes: Changes,
    /// Whose connections are reported; all, if none is named.
    pub only: Option<Owned>,
    /// The kernel, if it is heard.
    pub witness: Option<Witness>,
    /// Lines that wait, with the time of what they are about.
    held: VecDeque<(Timestamp, Held)>,
    /// Of those, how many were shown before the kernel could be asked, for want of room.
    unasked: u64,
    /// Lines shown.
    pub lines: u64,
}

impl<'r, 's> Watch<'r, 's> {
    /// One that has shown nothing.
    pub fn new(
        reporter: &'r mut Reporter<'s>,
        style: &'r Style<'s>,
        changes: Changes,
        only: Option<Owned>,
        witness: Option<Witness>,
    ) -> Self {
        Self { reporter, style, changes, only, witness, held: VecDeque::new(), unasked: 0, lines: 0 }
    }
}

/// A line, or a move that becomes one once the kernel can have told of it.
enum Held {
    Line(String),
    Move(Box<Row>),
}

/// A row that was added.
struct Row {
    conn: u64,
    ends: (String, String),
    view: TransitionView,
    asked: Asked,
}

impl Row {
    fn place(&self) -> Place<'_> {
        Place { conn: self.conn, a: &self.ends.0, b: &self.ends.1 }
    }
}

impl Watch<'_, '_> {
    /// A line about what was captured at `at`. With the kernel heard, it waits its turn.
    fn line(&mut self, at: Timestamp, text: String) -> io::Result<()> {
        self.lines += 1;
        if self.witness.is_none() {
            return self.reporter.line(&text);
        }
        self.wait(at, Held::Line(text))
    }

    /// A line waits its turn; of too many the first is shown as it is.
    fn wait(&mut self, at: Timestamp, held: Held) -> io::Result<()> {
        self.held.push_back((at, held));
        if self.held.len() <= MOST_WAITING {
            return Ok(());
        }
        self.unasked += 1;
        let text = match self.held.pop_front() {
            Some((_, Held::Line(text))) => text,
            Some((_, Held::Move(row))) => changes::row(row.place(), &row.view, self.style),
            None => return Ok(()),
        };
        self.reporter.line(&text)
    }

    fn moved(&mut self, moved: &Moved<'_>) -> io::Result<()> {
        let it = moved.connection;
        let (a, b) = ends(it);
        let place = Place { conn: moved.conn, a: &a, b: &b };
        if moved.retracted > 0 {
            let fell = it.rows.iter().filter(|row| row.peer == moved.peer && row.retracted == Some(moved.frame));
            for row in fell {
                let text = changes::row(place, &build::transition(row), self.style);
                self.line(it.last_at, text)?;
            }
        }
        for row in moved.added.iter().filter(|row| row.retracted.is_none()) {
            let view = build::transition(row);
            if self.witness.is_some() {
                self.lines += 1;
                let asked = Asked::about(it, moved.peer);
                let row = Row { conn: moved.conn, ends: (a.clone(), b.clone()), view, asked };
                self.wait(it.last_at, Held::Move(Box::new(row)))?;
            } else {
                let text = changes::row(place, &view, self.style);
                self.line(it.last_at, text)?;
            }
        }
        Ok(())
    }

    /// Shows the lines about what the kernel has told of by now.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn release_told(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        self.release(Timestamp::from_ns(live::clock().as_ns().saturating_sub(TOLD_WITHIN.as_ns())))
    }

    /// Shows the lines that are left.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn release_all(&mut self) -> io::Result<()> {
        let unasked = std::mem::take(&mut self.unasked);
        if unasked > 0 {
            let lines = format_args!("synfin: {unasked} lines were shown without the kernel's word: more than");
            note(format_args!("{lines} {MOST_WAITING} waited for it"));
        }
        self.release(Timestamp::from_ns(i64::MAX))
    }

    fn release(&mut self, before: Timestamp) -> io::Result<()> {
        let Some(witness) = &mut self.witness else { return Ok(()) };
        if self.held.front().is_none_or(|(at, _)| *at > before) {
            return Ok(());
        }
        witness.catch_up();
        while let Some((_, held)) = self.held.pop_front_if(|(at, _)| *at <= before) {
            let text = match held {
                Held::Line(text) => text,
                Held::Move(row) => {
                    let view = TransitionView { kernel: witness.answer(&row.asked), ..row.view };
                    changes::row(Place { conn: row.conn, a: &row.ends.0, b: &row.ends.1 }, &view, self.style)
                }
            };
            self.reporter.line(&text)?;
        }
        Ok(())
    }
}

fn ends(it: &Connection) -> (String, String) {
    (it.addresses.a.to_string(), it.addresses.b.to_string())
}

impl Sink for Watch<'_, '_> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let (Some(owned), Event::Connection(ended)) = (&self.only, &event)
            && !owned.keeps(ended.connection.addresses.a, ended.connection.addresses.b)
        {
            return Ok(());
        }
        if let Some(witness) = &mut self.witness {
            witness.observe(&event);
        }
        match event {
            Event::Connection(ended) => {
                let witness = &mut self.witness;
                let told =
                    self.reporter.ended(ended, |view| witness.iter_mut().for_each(|witness| witness.testify(view)));
                witness.iter_mut().for_each(|witness| witness.forget(ended.conn));
                told
            }
            // Sockets of other kinds are not looked at.
            Event::Datagrams(..) if self.only.is_some() => Ok(()),
            Event::Rows(moved) if self.changes == Changes::Shown => self.moved(&moved),
            Event::Finding(conn, it, judged) if self.changes == Changes::Shown => {
                if !matches!(judged.outcome, Outcome::Broken(_)) {
                    return Ok(());
                }
                let (a, b) = ends(it);
                let (view, time) = (build::finding(judged), it.last_at.to_string());
                let text = changes::finding(Place { conn, a: &a, b: &b }, &view, &time, self.style);
                self.line(it.last_at, text)
            }
            other => self.reporter.event(other),
        }
    }
}
