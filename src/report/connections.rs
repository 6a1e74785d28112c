//! The list of connections: one row each, the worst first, at most [`LIMIT`] of them, or all as a stream.
//!
//! [`Worst`] keeps what the list needs while connections end one by one; [`Stream`] prints every one in chunks of
//! the same widths and keeps none. One list is for one file: connections are numbered within it.

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::rank::Rank;
use super::story;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{ConnectionView, FindingView};
use crate::analysis::event::Wish;
use std::collections::BTreeMap;

/// Rows of a list that does not show all.
pub const LIMIT: usize = 200;

/// From this width on, in columns, a row takes one line.
const WIDE: u16 = 160;

/// The finding of `view` that deserves the first look: the worst, and of these the earliest.
#[must_use]
pub fn worst(view: &ConnectionView) -> Option<&FindingView> {
    view.findings.iter().min_by_key(|finding| (Rank::of(finding), finding.frame))
}

/// The worst connections of a file, bounded in number.
#[derive(Debug)]
pub struct Worst {
    kept: BTreeMap<(Rank, u64), Box<ConnectionView>>,
    limit: usize,
    offered: u64,
}

impl Worst {
    /// Keeps at most `limit`, usually [`LIMIT`].
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { kept: BTreeMap::new(), limit, offered: 0 }
    }

    /// Takes `view` if it is among the worst so far.
    pub fn offer(&mut self, view: ConnectionView) {
        self.offer_with((Rank::of_connection(&view), view.conn), || view);
    }

    /// Takes the connection of this rank and number if it is among the worst so far; only then its `view` is made.
    pub fn offer_with(&mut self, place: (Rank, u64), view: impl FnOnce() -> ConnectionView) {
        self.offered += 1;
        if self.kept.len() >= self.limit {
            if self.kept.last_key_value().is_none_or(|(least, _)| *least < place) {
                return;
            }
            self.kept.pop_last();
        }
        self.kept.insert(place, Box::new(view()));
    }

    /// Counts the connection of this rank and number if it is not among the worst so far.
    pub fn pass(&mut self, place: (Rank, u64)) -> Wish {
        let full = self.kept.len() >= self.limit;
        if full && self.kept.last_key_value().is_none_or(|(least, _)| *least < place) {
            self.offered += 1;
            return Wish::Counted;
        }
        Wish::Told
    }

    /// Those kept, the worst first.
    pub fn iter(&self) -> impl Iterator<Item = &ConnectionView> {
        self.kept.values().map(Box::as_ref)
    }

    /// The list, and how many connections it leaves out.
    #[must_use]
    pub fn page(&self, style: &Style<'_>) -> String {
        let words = style.words;
        let mut page = Page::new(style);
        if self.offered == 0 {
            page.paragraph(Ink::Faint, &words.say("list-empty"));
            return page.finish();
        }
        let list = List::of(style);
        let mut grid = Grid::new(style, list.columns(style));
        for view in self.iter() {
            grid.row(list.row(style, view));
        }
        if !grid.is_empty() {
            page.block(&grid.finish());
        }
        page.paragraph(Ink::Faint, &legend(style));
        let more = self.offered.saturating_sub(self.kept.len() as u64);
        if more > 0 {
            page.paragraph(Ink::Strong, &words.say_with("list-more", &[("count", more.into())]));
        }
        page.finish()
    }
}

/// The list of all connections, in parts of the same widths, in whatever order they come.
pub struct Stream<'s, 'w> {
    style: &'s Style<'w>,
    list: List,
    grid: Grid<'s, 'w>,
}

impl<'s, 'w> Stream<'s, 'w> {
    /// A list in the given style.
    #[must_use]
    pub fn new(style: &'s Style<'w>) -> Self {
        let list = List::of(style);
        Self { style, list, grid: Grid::fixed(style, list.columns(style), list.widths(style)) }
    }

    /// What comes first.
    #[must_use]
    pub fn head(&self) -> String {
        self.grid.head()
    }

    /// Rows for `views`; any number of times.
    #[must_use]
    pub fn rows(&mut self, views: &[ConnectionView]) -> String {
        for view in views {
            self.grid.row(self.list.row(self.style, view));
        }
        self.grid.take_rows()
    }

    /// What comes last.
    #[must_use]
    pub fn foot(&self) -> String {
        let mut page = Page::new(self.style);
        page.block(&self.grid.foot());
        page.paragraph(Ink::Faint, &legend(self.style));
        page.finish()
    }
}

/// The two shapes of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    /// A row takes two or three lines: A's things above B's.
    Narrow,
    /// A row takes one line.
    Wide,
}

impl List {
    const fn of(style: &Style<'_>) -> Self {
        if style.width < WIDE { Self::Narrow } else { Self::Wide }
    }

    fn columns(self, style: &Style<'_>) -> Vec<Column> {
        let say = |id: &str| style.words.say(id);
        match self {
            Self::Narrow => vec![
                Column::number(say("list-number")),
                Column::firm(format!("A\nB\n{}", say("list-finding"))),
                Column::firm(format!("{}\n{}", say("list-handshake"), say("list-frames"))),
                Column::firm(format!("{}\n{}", say("list-close"), say("list-segments"))),
                Column::firm(format!("{}\n{}", say("list-state-a"), say("list-state-b"))),
            ],
            Self::Wide => vec![
                Column::number(say("list-number")),
                Column::number(say("list-frames")),
                Column::loose("A"),
                Column::loose("B"),
                Column::firm(say("list-handshake")),
                Column::firm(say("list-close")),
                Column::firm(say("list-state-a")),
                Column::firm(say("list-state-b")),
                Column::firm(say("list-finding")),
            ],
        }
    }

    /// Widths for rows that are not known beforehand, in columns of text.
    fn widths(self, style: &Style<'_>) -> Vec<usize> {
        match self {
            Self::Narrow => vec![4, 21 + style.columns().saturating_sub(81), 14, 14, 12],
            Self::Wide => {
                let more = style.columns().saturating_sub(160);
                vec![5, 6, 20 + more / 3, 21 + more / 3, 14, 20, 12, 12, 22 + more / 3]
            }
        }
    }

    fn row(self, style: &Style<'_>, view: &ConnectionView) -> Vec<Text> {
        let words = style.words;
        let handshake =
            format!("{} {}", words.named("handshake", view.handshake.kind), style.mark(view.handshake.verdict));
        let close = format!("{} {}", words.named("close", view.close.kind), style.mark(view.close.verdict));
        let count = words.say_with("frames", &[("count", view.frames.count.into())]);
        let (a, mut b) = (neutral(&view.a).into_owned(), neutral(&view.b).into_owned());
        if !view.encapsulation.is_empty() {
            // The same addresses may speak in another one.
            b.push_str(&format!("\n{}", story::around(&view.encapsulation, style)));
        }
        let state = |belief: &Option<super::view::BeliefView>| belief.as_ref().map_or("", |belief| belief.likely);
        let (state_a, state_b) = (state(&view.states.a), state(&view.states.b));
        let finding = worst(view);
        let rank = Rank::of_connection(view);
        match self {
            Self::Narrow => {
                let mut ends = format!("{a}\n{b}");
                if let Some(finding) = finding {
                    ends.push_str(&format!("\n{} {}", rank.mark(style), finding.rule));
                }
                vec![
                    Text::new(Ink::Strong, view.conn.to_string()),
                    Text::new(if rank <= Rank::Undecided { rank.ink() } else { Ink::Plain }, ends),
                    Text::new(Ink::of_verdict(view.handshake.verdict), format!("{handshake}\n{count}")),
                    Text::new(Ink::of_verdict(view.close.verdict), format!("{close}\n{}", how_closed(style, view, ""))),
                    format!("{state_a}\n{state_b}").into(),
                ]
            }
            Self::Wide => {
                let found = finding.map_or_else(String::new, |finding| {
                    let values = [("rule", finding.rule.into()), ("frame", finding.frame.into())];
                    format!("{} {}", rank.mark(style), words.say_with("list-found", &values))
                });
                vec![
                    Text::new(Ink::Strong, view.conn.to_string()),
                    view.frames.count.to_string().into(),
                    a.into(),
                    b.into(),
                    Text::new(Ink::of_verdict(view.handshake.verdict), handshake),
                    Text::new(Ink::of_verdict(view.close.verdict), format!("{close}{}", how_closed(style, view, "  "))),
                    state_a.into(),
                    state_b.into(),
                    Text::new(rank.ink(), found),
                ]
            }
        }
    }
}

/// `4, A first`, `by B`, or nothing.
fn how_closed(style: &Style<'_>, view: &ConnectionView, lead: &str) -> String {
    let family = if view.close.kind == "reset" { "by" } else { "first" };
    let who = view.close.first.map(|first| style.words.named(family, first));
    let parts: Vec<String> = view.close.segments.map(|count| count.to_string()).into_iter().chain(who).collect();
    if parts.is_empty() { String::new() } else { format!("{lead}{}", parts.join(&style.words.say("comma"))) }
}

fn legend(style: &Style<'_>) -> String {
    let marks = [("holds", style.mark("holds").into()), ("broken", style.mark("broken").into())];
    style.words.say_with("list-legend", &marks)
}
