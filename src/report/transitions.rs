//! The moves of both endpoints of one connection, one row a move, A and B side by side.
//!
//! Retracted rows are shown and marked, and the state that stands in later rows does not follow them.
//! Where the endpoints stood before their first segment (CLOSED, LISTEN) is shown ahead of the rows.

use super::arcs;
use super::clock::{between, seconds};
use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::testimony;
use super::view::{ConnectionView, TransitionView};
use crate::peer::Peer;
use std::collections::BTreeSet;

/// From this width on, in columns, the basis has a column of its own.
const WIDE: u16 = 120;

/// Where `peer` stood before its first segment, as far as its first move tells; none in a connection joined midway.
#[must_use]
pub fn start(view: &ConnectionView, peer: Peer) -> Option<&'static str> {
    let own = || view.transitions.iter().filter(|row| row.peer == peer.id());
    let first = own().find(|row| row.retracted.is_none()).or_else(|| own().next())?;
    if let Some(from) = first.from {
        return Some(from);
    }
    match (first.arc, first.to) {
        ("F4" | "F13", _) => Some("LISTEN"),
        ("F2" | "F15", _) | (_, "SYN-SENT" | "CLOSED") => Some("CLOSED"),
        (_, "LISTEN") => Some("LISTEN"),
        (_, "SYN-RECEIVED") if view.opener == Some(peer.other().id()) => Some("LISTEN"),
        _ => None,
    }
}

/// The table of moves. Times count from the first row.
#[must_use]
pub fn page(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let Some(first) = view.transitions.first() else {
        page.paragraph(Ink::Faint, &words.say("transitions-none"));
        return page.finish();
    };
    let mut columns = vec![
        Column::number(words.say("column-frame")),
        Column::number(words.say("column-seconds")),
        Column::firm("A"),
        Column::firm("B"),
        Column::loose(words.say(if style.width < WIDE { "column-cause-basis" } else { "column-cause" })),
    ];
    if style.width >= WIDE {
        columns.push(Column::firm(words.say("column-basis")));
        if is_heard(view) {
            columns.push(Column::firm(words.say("lab-column-witness")));
        }
    }
    let mut grid = Grid::new(style, columns);
    let starts = [start(view, Peer::A), start(view, Peer::B)];
    if starts.iter().any(Option::is_some) {
        let [a, b] = starts.map(|state| Text::new(Ink::Faint, state.unwrap_or("")));
        grid.row(vec![Text::default(), Text::default(), a, b, Text::new(Ink::Faint, words.say("transitions-before"))]);
    }
    let mut standing = starts;
    for row in in_order(&view.transitions) {
        grid.row(cells(style, row, &first.time, &mut standing));
    }
    page.block(&grid.finish());
    page.finish()
}

/// Whether the kernel was heard on any row.
fn is_heard(view: &ConnectionView) -> bool {
    view.transitions.iter().any(|row| row.kernel.is_some())
}

/// By frame, and in one frame the moves of its sender first: it moved before the segment arrived.
fn in_order(rows: &[TransitionView]) -> Vec<&TransitionView> {
    let senders: BTreeSet<(u64, &str)> =
        rows.iter().filter(|row| row.basis == "sent").map(|row| (row.frame, row.peer)).collect();
    let mut ordered: Vec<&TransitionView> = rows.iter().collect();
    ordered.sort_by_key(|row| (row.frame, !senders.contains(&(row.frame, row.peer))));
    ordered
}

fn cells(style: &Style<'_>, row: &TransitionView, start: &str, standing: &mut [Option<&'static str>; 2]) -> Vec<Text> {
    let at = usize::from(row.peer == Peer::B.id());
    let ink = if row.retracted.is_some() { Ink::Faint } else { Ink::Plain };
    let [mut a, mut b] = standing.map(|state| Text::new(Ink::Faint, state.unwrap_or("")));
    let wide = style.width >= WIDE;
    let from = row.from.or(standing.get(at).copied().flatten());
    let moved = match from {
        Some(from) if from != row.to => format!("{from} {}{}{}", style.arrow(), if wide { " " } else { "\n" }, row.to),
        _ => row.to.to_owned(),
    };
    let moved = Text::new(if row.retracted.is_some() { Ink::Faint } else { Ink::Strong }, moved);
    if at == 0 {
        a = moved
    } else {
        b = moved
    }
    if row.retracted.is_none() {
        standing[at] = Some(row.to);
    }
    // The arcs of the RFC have numbers; a capture that begins late is none of them.
    let cause = match row.arc {
        "midstream" => arcs::cause(style.words, row.arc),
        arc => format!("{arc} {}", arcs::cause(style.words, arc)),
    };
    let basis = basis(style, row);
    let time = between(start, &row.time).map(seconds).unwrap_or_default();
    let basis_ink = match (row.retracted, row.basis) {
        (Some(_), _) => Ink::Bad,
        (None, "presumed") => Ink::Doubt,
        _ => Ink::Plain,
    };
    let mut cells = vec![Text::new(ink, row.frame.to_string()), Text::new(ink, time), a, b];
    if wide {
        cells.extend([Text::new(ink, cause), Text::new(basis_ink, basis)]);
        cells.extend(row.kernel.iter().map(|kernel| testimony::word(kernel, style)));
    } else {
        let mut told = style.words.say_with("transitions-cause", &[("cause", cause.into()), ("basis", basis.into())]);
        let mut told_ink = if basis_ink == Ink::Plain { ink } else { basis_ink };
        if let Some(kernel) = &row.kernel {
            told.push('\n');
            told.push_str(&testimony::phrase(kernel, style));
            told_ink = if kernel.word == "disagrees" { Ink::Bad } else { told_ink };
        }
        cells.push(Text::new(told_ink, told));
    }
    cells
}

/// `sent`, `proved by frame 3`, `presumed`, `retracted by frame 9`.
fn basis(style: &Style<'_>, row: &TransitionView) -> String {
    let words = style.words;
    let (retracted, proved) = if style.width < WIDE {
        ("basis-retracted-short", "basis-proved-short")
    } else {
        ("basis-retracted-by", "basis-proved-by")
    };
    match (row.retracted, row.basis, row.by) {
        (Some(frame), _, _) => words.say_with(retracted, &[("frame", frame.into())]),
        (None, "proved", Some(frame)) => words.say_with(proved, &[("frame", frame.into())]),
        (None, basis, _) => words.named("basis", basis),
    }
}
