//! `--stats`: every bound on what is kept, why it is there, how full it got and what was forgotten because of it.

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::view::{BoundView, CaptureView};

/// The table of bounds of one capture.
#[must_use]
pub fn page(view: &CaptureView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    page.heading(&words.say("bounds-title"));
    let mut grid = Grid::new(
        style,
        vec![
            Column::loose(words.say("bounds-bound")),
            Column::number(words.say("bounds-most")),
            Column::number(words.say("bounds-reached")),
            Column::number(words.say("bounds-forgotten")),
        ],
    );
    for bound in &view.bounds {
        grid.row(row(bound, style));
    }
    page.block(&grid.finish());
    page.paragraph(Ink::Faint, &words.say("bounds-means"));
    page.finish()
}

fn row(bound: &BoundView, style: &Style<'_>) -> Vec<Text> {
    let words = style.words;
    let (what, why) = (words.named("bound", bound.bound), words.named("bound-why", bound.bound));
    let what = words.say_with("bounds-what", &[("bound", what.into()), ("why", why.into())]);
    let ink = if bound.forgotten > 0 { Ink::Doubt } else { Ink::Plain };
    vec![
        Text::new(Ink::Plain, what),
        Text::new(Ink::Plain, &bound.most.to_string()),
        Text::new(Ink::Plain, &bound.reached.to_string()),
        Text::new(ink, &bound.forgotten.to_string()),
    ]
}
