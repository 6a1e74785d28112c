//! The equations of handshake and close, each with its numbers, verdict and clause.

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::view::ConnectionView;

/// From this width on, in columns, the clause has a column of its own.
const WIDE: u16 = 110;

/// The table of equations.
#[must_use]
pub fn page(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    if view.equations.is_empty() {
        page.paragraph(Ink::Faint, &words.say("equations-none"));
        return page.finish();
    }
    let wide = style.width >= WIDE;
    let mut columns = vec![
        Column::number(words.say("column-frame")),
        Column::firm(if wide { words.say("column-rule") } else { words.say("column-rule-clause") }),
        Column::loose(words.say("column-equation")),
        Column::firm(words.say("column-verdict")),
    ];
    if wide {
        columns.push(Column::firm(words.say("column-clause")));
        columns.push(Column::firm(words.say("column-shown-by")));
    }
    let mut grid = Grid::new(style, columns);
    for equation in &view.equations {
        let verdict = format!("{} {}", style.mark(equation.verdict), words.named("verdict", equation.verdict));
        let rule = if wide { equation.rule.to_owned() } else { format!("{}\n{}", equation.rule, equation.cite) };
        let shown_by = equation.evidence.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let text = words.equation(equation.term, &equation.text);
        let text = if wide || shown_by.is_empty() {
            text
        } else {
            format!("{text}\n{} {shown_by}", words.say("column-shown-by"))
        };
        grid.row(vec![
            equation.frame.to_string().into(),
            rule.into(),
            text.into(),
            Text::new(Ink::of_verdict(equation.verdict), verdict),
            equation.cite.as_str().into(),
            shown_by.into(),
        ]);
    }
    page.block(&grid.finish());
    page.finish()
}
