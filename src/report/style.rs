//! How a page is to look: language, width, colour, characters, numbers.
//!
//! Every page is a function of views and a [`Style`]. What the terminal can do is found out in [`terminal`](super::terminal).

use super::terminal::{Charset, Colour, USUAL_WIDTH};
use super::words::{Language, Words};
use std::borrow::Cow;

/// How sequence numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Numbers {
    /// From the initial sequence number: `x+1`, as textbooks do; those of an unknown origin as they are.
    #[default]
    Relative,
    /// As they are on the wire.
    Absolute,
}

/// The look of a page.
#[derive(Clone, Copy, Debug)]
pub struct Style<'w> {
    /// The language.
    pub words: &'w Words,
    /// Columns that a line may take; from [`terminal::width`](super::terminal::width).
    pub width: u16,
    /// Whether ANSI colours are written.
    pub colour: Colour,
    /// The characters that can be shown.
    pub charset: Charset,
    /// How sequence numbers are written in ladders.
    pub numbers: Numbers,
}

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ink {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading.
    Strong,
    /// It holds.
    Good,
    /// It is broken.
    Bad,
    /// It is undecided, or odd.
    Doubt,
    /// Beside the point.
    Faint,
}

impl Ink {
    /// The colour of a verdict.
    #[must_use]
    pub fn of_verdict(verdict: &str) -> Self {
        match verdict {
            "holds" => Self::Good,
            "broken" => Self::Bad,
            "undecided" => Self::Doubt,
            _ => Self::Faint,
        }
    }

    /// Select Graphic Rendition parameters, ECMA-48.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Strong => "1",
            Self::Good => "32",
            Self::Bad => "1;31",
            Self::Doubt => "33",
            Self::Faint => "2",
        }
    }
}

impl<'w> Style<'w> {
    /// 80 columns, no colour, UTF-8, relative numbers.
    #[must_use]
    pub const fn new(words: &'w Words) -> Self {
        Self { words, width: USUAL_WIDTH, colour: Colour::Never, charset: Charset::Utf8, numbers: Numbers::Relative }
    }

    /// Whether only characters may be used whose width every terminal agrees on.
    ///
    /// Fonts for Chinese draw arrows, dashes, the ellipsis and the section sign two columns wide, terminals count one.
    fn is_strict(&self) -> bool {
        self.charset == Charset::Ascii || self.words.language() == Language::Chinese
    }

    /// `→` or `->`.
    #[must_use]
    pub fn arrow(&self) -> &'static str {
        if self.is_strict() { "->" } else { "→" }
    }

    /// `…` or `...`.
    #[must_use]
    pub fn ellipsis(&self) -> &'static str {
        if self.is_strict() { "..." } else { "…" }
    }

    /// The mark of a verdict: `✓`, `✗`, `?`, `-`; in ASCII `+`, `x`.
    #[must_use]
    pub fn mark(&self, verdict: &str) -> &'static str {
        match (verdict, self.charset) {
            ("holds", Charset::Utf8) => "✓",
            ("holds", Charset::Ascii) => "+",
            ("broken", Charset::Utf8) => "✗",
            ("broken", Charset::Ascii) => "x",
            ("undecided", _) => "?",
            ("noted", _) => "i",
            _ => "-",
        }
    }

    /// `text` with nothing in it that this style cannot show: `§3.6` becomes `sec. 3.6`, `→` becomes `->`.
    #[must_use]
    pub fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.is_strict() || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let chinese = self.words.language() == Language::Chinese;
        let mut shown = String::with_capacity(text.len() + 8);
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '§' if chinese => {
                    shown.push('第');
                    while let Some(next) = rest.next_if(|next| next.is_ascii_alphanumeric() || *next == '.') {
                        shown.push(next);
                    }
                    shown.push('节');
                }
                '§' => shown.push_str("sec. "),
                '→' => shown.push_str("->"),
                '←' => shown.push_str("<-"),
                '…' => shown.push_str("..."),
                '–' | '—' | '−' => shown.push('-'),
                '≤' => shown.push_str("<="),
                '≥' => shown.push_str(">="),
                '≠' => shown.push_str("!="),
                '∧' => shown.push_str("and"),
                '∈' => shown.push_str("in"),
                '·' => shown.push('.'),
                '×' => shown.push('*'),
                '“' | '”' => shown.push('"'),
                '‘' | '’' => shown.push('\''),
                '✓' if self.charset == Charset::Ascii => shown.push('+'),
                '✗' if self.charset == Charset::Ascii => shown.push('x'),
                c if c.is_ascii() || chinese || self.charset == Charset::Utf8 => shown.push(c),
                c => shown.extend(c.escape_unicode()),
            }
        }
        Cow::Owned(shown)
    }

    /// `text` in the colour of `ink`, if colours are written.
    #[must_use]
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if self.colour == Colour::Never || ink == Ink::Plain || text.is_empty() {
            text.to_owned()
        } else {
            format!("\x1b[{}m{text}\x1b[0m", ink.code())
        }
    }

    /// The width in columns, as a count.
    #[must_use]
    pub fn columns(&self) -> usize {
        usize::from(self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_written_out() {
        let english = Words::new(Language::English);
        let chinese = Words::new(Language::Chinese);
        let ascii = Style { charset: Charset::Ascii, ..Style::new(&english) };
        assert_eq!(ascii.plain("RFC 9293 §3.10.7.3: a → b ≤ c"), "RFC 9293 sec. 3.10.7.3: a -> b <= c");
        assert_eq!(ascii.plain("你"), "\\u{4f60}");
        assert_eq!(Style::new(&chinese).plain("RFC 9293 §3.10.7.3 (MUST-1)"), "RFC 9293 第3.10.7.3节 (MUST-1)");
        assert_eq!(Style::new(&chinese).plain("你好"), "你好");
        assert_eq!(Style::new(&english).plain("a → b"), "a → b");
    }

    #[test]
    fn colour_is_written_only_when_asked_for() {
        let english = Words::new(Language::English);
        let style = Style::new(&english);
        assert_eq!(style.paint(Ink::Bad, "no"), "no");
        let coloured = Style { colour: Colour::Always, ..style };
        assert_eq!(coloured.paint(Ink::Bad, "no"), "\x1b[1;31mno\x1b[0m");
        assert_eq!(coloured.paint(Ink::Plain, "no"), "no");
    }
}
