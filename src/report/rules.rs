//! How often each rule was not applicable, held, was broken, was left undecided or noted something: one table.
//!
//! What the rules say of single segments is in [`findings`](super::findings) and [`equations`](super::equations).

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::view::RuleRowView;
use super::words::Language;

/// From this width on, in columns, the severity and what must hold have columns of their own.
const WIDE: u16 = 120;

/// Which rules stand in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Those that said something.
    Spoke,
    /// All.
    All,
}

/// The table: what was broken first, otherwise in the order of the catalogue.
#[must_use]
pub fn page(rows: &[RuleRowView], which: Which, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let mut shown: Vec<&RuleRowView> = rows.iter().filter(|row| which == Which::All || row.spoke()).collect();
    shown.sort_by_key(|row| row.counts.broken == 0);
    let spoke = rows.iter().filter(|row| row.spoke()).count();
    let counts = [("all", rows.len().into()), ("spoke", spoke.into())];
    page.heading(&words.say_with("rules-title", &counts));
    if !shown.is_empty() {
        page.block(&table(&shown, style));
    }
    if which == Which::Spoke && spoke < rows.len() {
        page.paragraph(Ink::Faint, &words.say("rules-all"));
    }
    page.finish()
}

fn table(rows: &[&RuleRowView], style: &Style<'_>) -> String {
    let words = style.words;
    let wide = style.width >= WIDE;
    let verdicts = ["not-applicable", "holds", "broken", "undecided", "noted"];
    let mut columns = vec![Column::firm(words.say("column-rule"))];
    if wide {
        columns.push(Column::firm(words.say("column-severity")));
    }
    // A line a word, so that the numbers leave room for the names.
    let title = |verdict| words.named("verdict", verdict).replace(' ', "\n");
    columns.extend(verdicts.map(|verdict| Column::number(title(verdict))));
    if wide {
        columns.push(Column::loose(words.say("column-summary")));
    }
    let mut grid = Grid::new(style, columns);
    for row in rows {
        let counts = &row.counts;
        let mut cells = vec![Text::from(row.rule)];
        if wide {
            cells.push(words.named("severity", row.severity).into());
        }
        let ink = |ink, count| if count == 0 { Ink::Faint } else { ink };
        cells.extend(
            [
                (Ink::Plain, counts.not_applicable),
                (Ink::Good, counts.holds),
                (Ink::Bad, counts.broken),
                (Ink::Doubt, counts.undecided),
                (Ink::Plain, counts.noted),
            ]
            .map(|(own, count)| Text::new(ink(own, count), count.to_string())),
        );
        if wide {
            let [english, chinese] = row.summary;
            cells.push(if words.language() == Language::English { english } else { chinese }.into());
        }
        grid.row(cells);
    }
    grid.finish()
}
