//! What an explanation consists of, before it is known how it will look: titles, facts, tables, drawings; and its two
//! looks, for a terminal and as Markdown.
//!
//! Nothing here knows rules or states. Used by the pages beside it only.

use crate::report::grid::{Column, Grid, Text};
use crate::report::layout::{Page, columns, left};
use crate::report::style::{Ink, Style};

/// A part of a sheet.
#[derive(Clone, Debug)]
enum Block {
    Title(String),
    Heading(String),
    Paragraph(Ink, String),
    Gap,
    Facts(Vec<Fact>),
    Table(Vec<Head>, Vec<Vec<Cell>>),
    Drawing(String),
}

/// What a fact's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Words.
    Words,
    /// An equation or a name, to be shown as it is.
    Literal,
    /// An address that a browser opens.
    Link,
}

/// A labelled line; an empty label continues the one above.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    label: String,
    text: String,
    value: Value,
}

impl Fact {
    pub(super) fn new(label: impl Into<String>, value: Value, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into(), value }
    }
}

/// The head of a column.
#[derive(Clone, Debug)]
pub(super) enum Head {
    /// Names and numbers.
    Firm(String),
    /// Sentences.
    Loose(String),
}

/// A cell of a table; its lines are parted by `\n`.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell(pub(super) Ink, pub(super) String);

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(Ink::Plain, text.into())
    }
}

/// An explanation.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet(Vec<Block>);

impl Sheet {
    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.0.push(Block::Title(text.into()));
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Heading(text.into()));
    }

    pub(super) fn paragraph(&mut self, ink: Ink, text: impl Into<String>) {
        self.0.push(Block::Paragraph(ink, text.into()));
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.0.push(Block::Gap);
    }

    pub(super) fn facts(&mut self, facts: Vec<Fact>) {
        self.0.push(Block::Facts(facts));
    }

    pub(super) fn table(&mut self, heads: Vec<Head>, rows: Vec<Vec<Cell>>) {
        self.0.push(Block::Table(heads, rows));
    }

    /// Lines that are laid out already.
    pub(super) fn drawing(&mut self, text: String) {
        self.0.push(Block::Drawing(text));
    }

    /// For a terminal.
    pub(super) fn text(&self, style: &Style<'_>) -> String {
        let mut page = Page::new(style);
        for block in &self.0 {
            match block {
                Block::Title(text) => page.hanging(Ink::Strong, "", text),
                Block::Heading(text) => page.heading(text),
                Block::Paragraph(ink, text) => page.paragraph(*ink, text),
                Block::Gap => page.block("\n"),
                Block::Facts(facts) => {
                    let widest = facts.iter().map(|fact| columns(&fact.label)).max().unwrap_or(0);
                    for fact in facts {
                        page.hanging(Ink::Plain, &format!("  {}  ", left(&fact.label, widest)), &fact.text);
                    }
                }
                Block::Table(heads, rows) => {
                    let heads = heads.iter().map(|head| match head {
                        Head::Firm(title) => Column::firm(title),
                        Head::Loose(title) => Column::loose(title),
                    });
                    let mut grid = Grid::new(style, heads.collect());
                    for row in rows {
                        grid.row(row.iter().map(|Cell(ink, text)| Text::new(*ink, text)).collect());
                    }
                    page.block(&grid.finish());
                }
                Block::Drawing(text) => page.block(text),
            }
        }
        page.finish()
    }

    /// As Markdown, its title a heading of this depth (1 the highest).
    pub(super) fn markdown(&self, depth: usize, style: &Style<'_>) -> String {
        let blocks = self.0.iter().filter_map(|block| {
            Some(match block {
                Block::Title(text) => format!("{} {}\n", "#".repeat(depth), escaped(&style.plain(text))),
                Block::Heading(text) => format!("{} {}\n", "#".repeat(depth + 1), escaped(&style.plain(text))),
                Block::Paragraph(_, text) => format!("{}\n", escaped(&style.plain(text))),
                Block::Gap => return None,
                Block::Facts(facts) => facts.iter().map(|fact| item(fact, style)).collect(),
                Block::Table(heads, rows) => table(heads, rows, style),
                Block::Drawing(text) => format!("```text\n{}\n```\n", text.trim_end()),
            })
        });
        blocks.collect::<Vec<_>>().join("\n")
    }
}

fn item(fact: &Fact, style: &Style<'_>) -> String {
    let text = style.plain(&fact.text);
    let text = match fact.value {
        Value::Words => escaped(&text),
        Value::Literal => format!("`{text}`"),
        Value::Link => format!("<{text}>"),
    };
    if fact.label.is_empty() {
        return format!("  {text}\n");
    }
    format!("- **{}**{}{text}\n", fact.label, style.words.say("colon"))
}

fn table(heads: &[Head], rows: &[Vec<Cell>], style: &Style<'_>) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let cell = |text: &str| escaped(&style.plain(text)).replace('|', "\\|").replace('\n', "<br>");
    let titles = heads.iter().map(|(Head::Firm(title) | Head::Loose(title))| cell(title));
    let mut text = line(titles.collect());
    text.push_str(&line(heads.iter().map(|_| "---".to_owned()).collect()));
    for row in rows {
        text.push_str(&line(row.iter().map(|Cell(_, text)| cell(text)).collect()));
    }
    text
}

/// `text` with nothing in it that Markdown would take for a sign of its own.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '<' | '[' | ']') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Cell, Fact, Head, Sheet, Value};
    use crate::report::style::{Ink, Style};
    use crate::report::words::{Language, Words};

    #[test]
    fn a_sheet_looks_as_its_place_wants() {
        let words = Words::new(Language::English);
        let style = Style::new(&words);
        let mut sheet = Sheet::default();
        sheet.title("a_b");
        sheet.paragraph(Ink::Plain, "1 < 2");
        sheet.gap();
        sheet.facts(vec![Fact::new("equation", Value::Literal, "a =< b"), Fact::new("", Value::Link, "https://a.b/c")]);
        sheet.heading("more");
        sheet
            .table(vec![Head::Firm("n".into()), Head::Loose("m".into())], vec![vec!["1".into(), Cell::from("x|y\nz")]]);
        sheet.drawing("A ──▶ B".into());
        assert_eq!(
            sheet.markdown(2, &style),
            "## a\\_b\n\n1 \\< 2\n\n- **equation**: `a =< b`\n  <https://a.b/c>\n\n### more\n\n\
             | n | m |\n| --- | --- |\n| 1 | x\\|y<br>z |\n\n```text\nA ──▶ B\n```\n"
        );
        let text = sheet.text(&style);
        assert!(text.starts_with("a_b\n1 < 2\n\n  equation  a =< b\n            https://a.b/c\n\nmore\n"), "{text}");
    }
}
