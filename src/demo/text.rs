//! What a stranger sent, made safe to print: nothing that moves a cursor, changes a colour or turns the reading order.
//!
//! Only text for people; the octets themselves are untouched. Anyone who prints what came from a network may use it.

use std::fmt::{self, Write};

/// Whether octets were UTF-8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// All of them.
    Utf8,
    /// Some were not; these are printed as `\xNN`.
    NotUtf8,
}

/// Octets as one printable line.
///
/// Backslashes are doubled, control characters (C0, C1, DEL), line and paragraph separators, bidirectional controls
/// and tag characters become `\n`, `\t`, `\u{202e}` and the like, octets that are not UTF-8 become `\xNN`:
/// so every line stands for exactly one sequence of octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    text: String,
    encoding: Encoding,
}

impl Shown {
    /// All of these octets.
    #[must_use]
    pub fn new(octets: &[u8]) -> Self {
        let mut shown = Self { text: String::with_capacity(octets.len()), encoding: Encoding::Utf8 };
        for chunk in octets.utf8_chunks() {
            shown.push(chunk.valid());
            shown.push_foreign(chunk.invalid());
        }
        shown
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the octets were UTF-8.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    fn push(&mut self, valid: &str) {
        for character in valid.chars() {
            if character == '\\' || is_unsafe(character) {
                self.text.extend(character.escape_default());
            } else {
                self.text.push(character);
            }
        }
    }

    fn push_foreign(&mut self, octets: &[u8]) {
        for octet in octets {
            self.encoding = Encoding::NotUtf8;
            // A string takes every write.
            let _written = write!(self.text, "\\x{octet:02x}");
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Characters that a terminal obeys, or that change what a reader sees of others.
const fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Pieces of a stream as text, where a read may end in the middle of a character.
///
/// At most three octets are kept from one piece to the next.
#[derive(Clone, Default, Debug)]
pub struct Pieces {
    kept: Vec<u8>,
}

impl Pieces {
    /// The next piece, without the beginning of a character that it ends in.
    pub fn next(&mut self, octets: &[u8]) -> Shown {
        let mut all = std::mem::take(&mut self.kept);
        all.extend_from_slice(octets);
        let whole = all.len() - unfinished(&all);
        self.kept = all.split_off(whole);
        Shown::new(&all)
    }

    /// The beginning of a character that the stream ended in, if it did.
    pub fn rest(&mut self) -> Option<Shown> {
        let kept = std::mem::take(&mut self.kept);
        (!kept.is_empty()).then(|| Shown::new(&kept))
    }
}

/// How many octets at the end begin a character that the rest could still make whole: 0 to 3.
#[must_use]
pub fn unfinished(octets: &[u8]) -> usize {
    let start = octets.len().saturating_sub(3);
    let tail = octets.get(start..).unwrap_or_default();
    (1..=tail.len())
        .rev()
        .find(|&length| {
            let end = tail.get(tail.len() - length..).unwrap_or_default();
            matches!(std::str::from_utf8(end), Err(error) if error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Pieces, Shown, unfinished};

    #[test]
    fn what_a_terminal_obeys_is_printed_as_its_name() {
        let shown = Shown::new("a\u{1b}[31m\r\n\u{9b}2J\u{202e}b\\n\u{2067}你好".as_bytes());
        assert_eq!(shown.as_str(), "a\\u{1b}[31m\\r\\n\\u{9b}2J\\u{202e}b\\\\n\\u{2067}你好");
        assert_eq!(shown.encoding(), Encoding::Utf8);
    }

    #[test]
    fn octets_that_are_no_utf8_are_shown_and_said() {
        let shown = Shown::new(b"ok \xff\xc4\xe3 \x80");
        assert_eq!(shown.as_str(), "ok \\xff\\xc4\\xe3 \\x80");
        assert_eq!(shown.encoding(), Encoding::NotUtf8);
    }

    #[test]
    fn a_character_cut_by_a_read_is_whole_again() {
        for size in 1..=8 {
            let mut pieces = Pieces::default();
            let mut text = String::new();
            for piece in "你好🌏é!".as_bytes().chunks(size) {
                let shown = pieces.next(piece);
                assert_eq!(shown.encoding(), Encoding::Utf8, "pieces of {size}");
                text.push_str(shown.as_str());
            }
            assert_eq!(text, "你好🌏é!", "pieces of {size}");
            assert_eq!(pieces.rest(), None);
        }
    }

    #[test]
    fn a_stream_that_ends_inside_a_character_says_so() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.next(b"a\xe4\xbd").as_str(), "a");
        let rest = pieces.rest().expect("two octets are left");
        assert_eq!((rest.as_str(), rest.encoding()), ("\\xe4\\xbd", Encoding::NotUtf8));
        assert_eq!(unfinished(b"\xff\xff"), 0);
    }
}
