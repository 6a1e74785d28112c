//! Tables: columns share the width of the page, text wraps inside its cell, comfy-table draws.
//!
//! The widths are worked out here, because comfy-table breaks Chinese and hyphenated words badly and asks the
//! terminal on its own. Used by the pages of `report` only.

use super::layout::{columns, wrap};
use super::style::{Ink, Style};
use super::terminal::{Charset, Colour};
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
    presets,
};

/// No column gets narrower than this, in columns of text.
const LEAST_COLUMN: usize = 4;

/// Whether a column keeps its width while others can give way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Room {
    /// Names and numbers: kept whole while there is anything else to squeeze.
    Firm,
    /// Sentences: wrapped first.
    Loose,
}

/// Where the text of a column stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Left,
    Right,
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    title: String,
    room: Room,
    side: Side,
}

impl Column {
    pub(crate) fn firm(title: impl Into<String>) -> Self {
        Self { title: title.into(), room: Room::Firm, side: Side::Left }
    }

    pub(crate) fn loose(title: impl Into<String>) -> Self {
        Self { title: title.into(), room: Room::Loose, side: Side::Left }
    }

    pub(crate) fn number(title: impl Into<String>) -> Self {
        Self { title: title.into(), room: Room::Firm, side: Side::Right }
    }
}

/// The text of one cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    text: String,
    ink: Ink,
}

impl Text {
    pub(crate) fn new(ink: Ink, text: impl Into<String>) -> Self {
        Self { text: text.into(), ink }
    }

    /// What it says, without ink.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::new(Ink::Plain, text)
    }
}

/// A table under way.
pub(crate) struct Grid<'s, 'w> {
    style: &'s Style<'w>,
    columns: Vec<Column>,
    rows: Vec<Vec<Text>>,
    fixed: Option<Vec<usize>>,
}

impl<'s, 'w> Grid<'s, 'w> {
    pub(crate) fn new(style: &'s Style<'w>, columns: Vec<Column>) -> Self {
        let columns = columns
            .into_iter()
            .map(|column| Column { title: style.plain(&column.title).into_owned(), ..column })
            .collect();
        Self { style, columns, rows: Vec::new(), fixed: None }
    }

    /// The same columns at given widths, whatever the rows say: for tables written in parts.
    pub(crate) fn fixed(style: &'s Style<'w>, columns: Vec<Column>, widths: Vec<usize>) -> Self {
        let mut grid = Self::new(style, columns);
        let widths = grid.squeezed(widths);
        grid.fixed = Some(widths);
        grid
    }

    /// One row; missing cells are empty, surplus ones are left out.
    pub(crate) fn row(&mut self, cells: Vec<Text>) {
        let plain = |cell: Text| Text { text: self.style.plain(&cell.text).into_owned(), ink: cell.ink };
        let mut cells: Vec<Text> = cells.into_iter().take(self.columns.len()).map(plain).collect();
        cells.resize(self.columns.len(), Text::default());
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The whole table.
    pub(crate) fn finish(self) -> String {
        let widths = self.widths();
        self.draw(&widths, self.border(), Header::Shown)
    }

    /// The top border and the header of a table written in parts.
    pub(crate) fn head(&self) -> String {
        let border = self.border().bottom_border(LineStyle::none());
        Self { rows: Vec::new(), columns: self.columns.clone(), fixed: self.fixed.clone(), style: self.style }.draw(
            &self.widths(),
            border,
            Header::Shown,
        )
    }

    /// The rows of a table written in parts; they are gone from it afterwards.
    pub(crate) fn take_rows(&mut self) -> String {
        let border = self.border().top_border(LineStyle::none()).bottom_border(LineStyle::none());
        let text = self.draw(&self.widths(), border, Header::Hidden);
        self.rows.clear();
        text
    }

    /// The bottom border of a table written in parts.
    pub(crate) fn foot(&self) -> String {
        let line = self.border().bottom_border;
        let fill = line.fill.unwrap_or('-').to_string();
        let inner: Vec<String> = self.widths().iter().map(|width| fill.repeat(width + 2)).collect();
        let end = |side: Option<char>| side.map(String::from).unwrap_or_default();
        format!("{}{}{}\n", end(line.left), inner.join(&end(line.junction)), end(line.right))
    }

    const fn border(&self) -> TableStyle {
        match self.style.charset {
            Charset::Utf8 => presets::UTF8_FULL_CONDENSED,
            Charset::Ascii => presets::ASCII_FULL_CONDENSED,
        }
    }

    /// The width of each column's text.
    fn widths(&self) -> Vec<usize> {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        let widest = |text: &str| text.split('\n').map(columns).max().unwrap_or(0);
        let natural = self.columns.iter().enumerate().map(|(at, column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| widest(&cell.text));
            cells.chain([widest(&column.title)]).max().unwrap_or(0)
        });
        self.squeezed(natural.collect())
    }

    /// `widths` made narrower until the table fits the page: the widest loose column gives way first.
    fn squeezed(&self, mut widths: Vec<usize>) -> Vec<usize> {
        let room = self.style.columns().saturating_sub(3 * widths.len() + 1);
        let mut surplus = widths.iter().sum::<usize>().saturating_sub(room);
        for (kind, least) in
            [(Room::Loose, 14), (Room::Firm, 12), (Room::Loose, LEAST_COLUMN), (Room::Firm, LEAST_COLUMN)]
        {
            while surplus > 0 {
                let candidates = widths.iter_mut().zip(&self.columns);
                let giving = candidates.filter(|(width, column)| column.room == kind && **width > least);
                let Some((width, _)) = giving.max_by_key(|(width, _)| **width) else { break };
                *width -= 1;
                surplus -= 1;
            }
        }
        widths
    }

    fn draw(&self, widths: &[usize], border: TableStyle, header: Header) -> String {
        let mut table = Table::new();
        table.load_style(border).force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
        if self.style.colour == Colour::Always {
            table.enforce_styling();
            table.style_text_only();
        }
        if header == Header::Shown {
            let cells = self.columns.iter().zip(widths);
            table.set_header(cells.map(|(column, width)| cell(&column.title, Ink::Strong, column.side, *width)));
        }
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).zip(widths);
            table.add_row(cells.map(|((text, column), width)| cell(&text.text, text.ink, column.side, *width)));
        }
        table.set_constraints(widths.iter().map(|width| {
            let padded = u16::try_from(width + 2).unwrap_or(u16::MAX);
            ColumnConstraint::Absolute(Width::Fixed(padded))
        }));
        let mut text = table.to_string();
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Shown,
    Hidden,
}

fn cell(text: &str, ink: Ink, side: Side, width: usize) -> Cell {
    let cell = Cell::new(wrap(text, width).join("\n")).set_alignment(match side {
        Side::Left => CellAlignment::Left,
        Side::Right => CellAlignment::Right,
    });
    match ink {
        Ink::Plain => cell,
        Ink::Strong => cell.add_attribute(Attribute::Bold),
        Ink::Good => cell.fg(Color::DarkGreen),
        Ink::Bad => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        Ink::Doubt => cell.fg(Color::DarkYellow),
        Ink::Faint => cell.add_attribute(Attribute::Dim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::{Language, Words};

    fn three() -> Vec<Column> {
        vec![Column::number("n"), Column::firm("rule"), Column::loose("text")]
    }

    #[test]
    fn sentences_give_way_before_names() {
        let words = Words::new(Language::English);
        let style = Style { width: 60, ..Style::new(&words) };
        let mut grid = Grid::new(&style, three());
        grid.row(vec![
            "1".into(),
            "ack-not-beyond-sent".into(),
            "a sentence that is a good deal longer than its cell".into(),
        ]);
        let text = grid.finish();
        assert!(text.contains("ack-not-beyond-sent"), "{text}");
        assert!(text.lines().all(|line| columns(line) == 60), "{text}");
    }

    #[test]
    fn a_table_in_parts_is_the_table() {
        let words = Words::new(Language::English);
        let style = Style::new(&words);
        let row = || vec!["1".into(), "你好".into(), "text".into()];
        let mut parts = Grid::fixed(&style, three(), vec![3, 8, 20]);
        let mut text = parts.head();
        for _ in 0..2 {
            parts.row(row());
            text += &parts.take_rows();
        }
        text += &parts.foot();
        let mut whole = Grid::fixed(&style, three(), vec![3, 8, 20]);
        whole.row(row());
        whole.row(row());
        assert_eq!(text, whole.finish());
    }
}
