//! Text set to a width counted in terminal columns: padding, cutting, wrapping, paragraphs.
//!
//! Tables are in [`grid`](super::grid). Used by the pages of `report` only.

use super::style::{Ink, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// `text` filled with spaces on the right up to `width` columns.
pub(crate) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// `text` filled with spaces on the left up to `width` columns.
pub(crate) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

/// `text` if it fits in `width` columns, else its beginning and `mark`.
pub(crate) fn cut(text: &str, width: usize, mark: &str) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(columns(mark));
    let mut shown = head(text, room).to_owned();
    if columns(mark) <= width {
        shown.push_str(mark);
    }
    shown
}

/// The longest beginning of `text` that takes at most `width` columns.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return text.get(..at).unwrap_or("");
        }
    }
    text
}

/// `text` in lines of at most `width` columns, broken at spaces and between Chinese characters;
/// a word longer than a line is broken after a hyphen, or anywhere.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for piece in pieces(paragraph) {
            place(&mut lines, &mut line, piece, width);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Puts one unbreakable `piece` (with the spaces behind it) on the line, or on the next.
fn place(lines: &mut Vec<String>, line: &mut String, piece: &str, width: usize) {
    let word = piece.trim_end();
    if columns(line) + columns(word) <= width {
        line.push_str(piece);
        return;
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    line.clear();
    let mut rest = piece;
    while columns(rest.trim_end()) > width {
        let fits = head(rest, width);
        let cut = fits.rfind('-').map_or(fits.len(), |at| at + 1).max(1);
        let (now, later) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        lines.push(now.to_owned());
        rest = later;
    }
    line.push_str(rest);
}

/// The pieces between which a line may break; each carries the spaces that follow it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_break = before.is_some_and(|before| {
            let wide = is_wide(before) || is_wide(c);
            c != ' ' && (before == ' ' || wide && !closes(c) && !opens(before))
        });
        if may_break {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..));
    pieces
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// Characters that do not begin a line.
fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '」' | '》' | ',' | '.' | ';' | ':' | ')' | '!' | '?'
    )
}

/// Characters that do not end a line.
fn opens(c: char) -> bool {
    matches!(c, '（' | '「' | '《' | '(' | '[')
}

/// A page under way: lines and paragraphs that fit the width of the style.
pub(crate) struct Page<'s, 'w> {
    style: &'s Style<'w>,
    text: String,
}

impl<'s, 'w> Page<'s, 'w> {
    pub(crate) const fn new(style: &'s Style<'w>) -> Self {
        Self { style, text: String::new() }
    }

    /// A heading, set off by an empty line from what stands before it.
    pub(crate) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.paragraph(Ink::Strong, text);
    }

    /// A paragraph from the left edge.
    pub(crate) fn paragraph(&mut self, ink: Ink, text: &str) {
        self.hanging(ink, "", text);
    }

    /// A paragraph whose first line begins with `lead`; the others are indented as far.
    pub(crate) fn hanging(&mut self, ink: Ink, lead: &str, text: &str) {
        let indent = columns(lead).min(self.style.columns() / 2);
        for (n, line) in wrap(&self.style.plain(text), self.style.columns().saturating_sub(indent)).iter().enumerate() {
            let before = if n == 0 { lead.to_owned() } else { " ".repeat(indent) };
            let whole = format!("{before}{line}");
            self.text.push_str(&self.style.paint(ink, whole.trim_end()));
            self.text.push('\n');
        }
    }

    /// An item of a list.
    pub(crate) fn item(&mut self, ink: Ink, text: &str) {
        self.hanging(ink, "  - ", text);
    }

    /// Lines that are laid out already.
    pub(crate) fn block(&mut self, text: &str) {
        self.text.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("第一次握手，第二次握手。", 10), ["第一次握", "手，第二次", "握手。"]);
        assert_eq!(wrap("ack-not-beyond-sent", 12), ["ack-not-", "beyond-sent"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
        assert_eq!(wrap("确认号 ack = x+1", 12), ["确认号 ack =", "x+1"]);
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("你好吗", 5, "."), "你好.");
        assert_eq!(cut("你好吗", 6, "."), "你好吗");
        assert_eq!(cut("你好吗", 4, "."), "你.");
        assert_eq!(cut("abc", 0, "..."), "");
        assert_eq!(left("你", 4), "你  ");
        assert_eq!(right("你", 4), "  你");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_but_spaces_is_lost(text in "[a-z\\- 你好，。（]{0,60}", width in 2_usize..20) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width), "{lines:?}");
            let squeezed = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(squeezed(&lines.concat()), squeezed(&text));
        }
    }
}
