//! Everything about one connection on one page: who, what became of it, ladder, findings, textbook, moves, equations.
//!
//! Each part says what no other part says: the head names the endpoints and the verdict, so the ladder and the
//! textbook page here leave them out. For `show` and `demo`.

use super::collect::{MAX_STEPS, Story};
use super::grid::{Column, Grid, Text};
use super::ladder::{self, Fold};
use super::layout::{Page, columns, left};
use super::letters::Letters;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{BeliefView, ConnectionView};
use super::{account, equations, findings, tap, textbook, transitions};
use crate::peer::Peer;

/// A part of the page. The head is always there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The segments between the endpoints, and their states.
    Ladder,
    /// What a person should look at.
    Findings,
    /// What explains it beyond the textbook: who reset or refused it and likely why, what lingered.
    Account,
    /// Handshake, what it proves, close, TIME-WAIT, as a textbook tells them.
    Textbook,
    /// The moves of both endpoints, and where they stand in the end.
    Transitions,
    /// The equations with their numbers.
    Equations,
}

impl Part {
    /// All, in the order of the page: what happened, what is wrong with it, what it means, the details.
    pub const ALL: [Self; 6] =
        [Self::Ladder, Self::Findings, Self::Account, Self::Textbook, Self::Transitions, Self::Equations];
}

/// The page with its `parts`, in the order of [`Part::ALL`] however they are given.
#[must_use]
pub fn page(story: &Story, parts: &[Part], fold: Fold, style: &Style<'_>) -> String {
    let view = &story.view;
    let say = |id: &str| style.words.say(id);
    let mut page = Page::new(style);
    page.block(&head(view, style));
    for part in Part::ALL.into_iter().filter(|part| parts.contains(part)) {
        match part {
            Part::Ladder => {
                page.heading(&say("story-ladder"));
                page.block(&ladder::rungs(view, &story.steps, fold, style));
                if story.untold > 0 {
                    let values = [("count", story.untold.into()), ("kept", MAX_STEPS.into())];
                    page.paragraph(Ink::Doubt, &style.words.say_with("story-untold", &values));
                }
            }
            // The head says so already where there is nothing to look at.
            Part::Findings if view.findings.is_empty() && parts.len() > 1 => {}
            Part::Findings => {
                page.heading(&say("story-findings"));
                page.block(&findings::page(view, style));
            }
            Part::Account => {
                let told = account::page(view, style);
                if !told.is_empty() {
                    page.heading(&say("story-account"));
                    page.block(&told);
                }
            }
            Part::Textbook => {
                page.block("\n");
                page.block(&textbook::body(view, &story.steps, style));
            }
            Part::Transitions => {
                page.heading(&say("story-transitions"));
                page.block(&transitions::page(view, style));
                page.heading(&say("story-end"));
                page.block(&end(view, style));
                page.block(&tap::place(view, style));
            }
            Part::Equations => {
                page.heading(&say("story-equations"));
                page.block(&equations::page(view, style));
            }
        }
    }
    page.finish()
}

/// The connection, its endpoints, and the verdict on it.
#[must_use]
pub fn head(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let values = [
        ("conn", view.conn.into()),
        ("file", neutral(&view.file).into()),
        ("count", view.frames.count.into()),
        ("first", view.frames.first.into()),
        ("last", view.frames.last.into()),
    ];
    page.paragraph(Ink::Strong, &words.say_with("story-head", &values));
    if !view.encapsulation.is_empty() {
        page.paragraph(Ink::Plain, &around(&view.encapsulation, style));
    }
    page.block(&endpoints(view, style));
    page.block(&tap::head(view, style));
    page.block(&textbook::verdict(view, style));
    page.finish()
}

/// `A  127.0.0.1:53030  client  x = 1725499883  5 octets sent`, and the same for B.
fn endpoints(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let letters = Letters::of(view);
    let ends: &[Peer] = if view.a == view.b { &[Peer::A] } else { &Peer::BOTH };
    let rows = ends.iter().map(|peer| {
        let role = match view.opener {
            Some("both") => words.say("story-opens-too"),
            Some(opener) if opener == peer.id() => words.say("story-client"),
            Some(_) => words.say("story-server"),
            None => String::new(),
        };
        let address = if *peer == Peer::A { &view.a } else { &view.b };
        let origin = view.iss[*peer].map_or_else(String::new, |iss| format!("{} = {iss}", letters.letter(*peer)));
        let sent = words.say_with("story-sent", &[("count", view.octets[*peer].into())]);
        [peer.to_string(), neutral(address).into_owned(), role, origin, sent]
    });
    let rows: Vec<[String; 5]> = rows.collect();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|text| columns(text)).max().unwrap_or(0);
    let mut page = Page::new(style);
    for row in &rows {
        let mut line = String::new();
        for (at, text) in row.iter().enumerate().filter(|(at, _)| width(*at) > 0) {
            line.push_str(&left(text, width(at) + 3));
        }
        page.block(&style.paint(Ink::Strong, line.trim_end()));
    }
    if view.a == view.b {
        page.paragraph(Ink::Faint, &words.say("ladder-self"));
    }
    page.finish()
}

/// What each endpoint's state can be when the capture has ended.
fn end(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut grid = Grid::new(
        style,
        vec![
            Column::firm(""),
            Column::firm(words.say("column-likely")),
            Column::loose(words.say("column-possible")),
            Column::loose(words.say("column-silent")),
        ],
    );
    for (peer, belief) in [("A", &view.states.a), ("B", &view.states.b)] {
        let Some(BeliefView { likely, possible, silent, proven }) = belief else { continue };
        let possible = if *proven { words.say("story-proven") } else { possible.join(", ") };
        let silent = if silent.is_empty() { "-".to_owned() } else { silent.join(", ") };
        let ink = if *proven { Ink::Good } else { Ink::Plain };
        grid.row(vec![
            Text::new(Ink::Strong, peer),
            Text::new(Ink::Strong, *likely),
            Text::new(ink, possible),
            Text::new(Ink::Faint, silent),
        ]);
    }
    grid.finish()
}

/// `inside vlan 7, vxlan …`: what stands around a connection's packets.
pub(super) fn around(layers: &[String], style: &Style<'_>) -> String {
    let list = layers.join(&style.words.say("comma"));
    style.words.say_with("story-around", &[("list", neutral(&list).into())])
}
