//! What the place where a report goes can show: width, colour, characters; and a writer that takes a closed pipe calmly.
//!
//! Decisions take the environment's values as arguments, so they can be tested; only [`width_of`] asks the system.
//! The binary uses this; pages get the answers in a [`Style`](super::style::Style).

use std::borrow::Cow;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// The width taken where none is known, in columns.
pub const USUAL_WIDTH: u16 = 80;

/// No page is laid out narrower than this, in columns; a narrower terminal wraps its lines.
pub const LEAST_WIDTH: u16 = 72;

/// No page is laid out wider than this, in columns.
pub const MOST_WIDTH: u16 = 400;

/// Whether ANSI colours are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Colour {
    /// They are.
    Always,
    /// They are not.
    #[default]
    Never,
}

/// Where the output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A terminal.
    Terminal,
    /// A pipe or a file.
    Other,
}

impl Colour {
    /// From `NO_COLOR` (set and not empty: never, before all else), `CLICOLOR_FORCE` (set and neither empty nor `0`:
    /// always), `TERM` (`dumb`: never) and whether the output is a terminal.
    #[must_use]
    pub fn from_environment(
        no_color: Option<&str>,
        clicolor_force: Option<&str>,
        term: Option<&str>,
        output: Output,
    ) -> Self {
        let set = |value: Option<&str>| value.is_some_and(|text| !text.is_empty());
        if set(no_color) {
            Self::Never
        } else if set(clicolor_force) && clicolor_force != Some("0") {
            Self::Always
        } else if term == Some("dumb") || output == Output::Other {
            Self::Never
        } else {
            Self::Always
        }
    }
}

/// The characters that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Charset {
    /// All of Unicode.
    #[default]
    Utf8,
    /// ASCII, and what the language needs beside it.
    Ascii,
}

impl Charset {
    /// From the locale: the first that is set and not empty of `LC_ALL`, `LC_CTYPE` and `LANG`.
    ///
    /// An encoding other than UTF-8, or the locale `C` or `POSIX`, means ASCII. No locale at all, or one that
    /// names no encoding, means UTF-8, as in containers, where terminals show it and nothing is set.
    #[must_use]
    pub fn from_environment(lc_all: Option<&str>, lc_ctype: Option<&str>, lang: Option<&str>) -> Self {
        let Some(locale) = [lc_all, lc_ctype, lang].into_iter().flatten().find(|value| !value.is_empty()) else {
            return Self::Utf8;
        };
        let locale = locale.split('@').next().unwrap_or("").to_ascii_uppercase();
        match locale.split_once('.') {
            Some((_, encoding)) if encoding.replace('-', "") == "UTF8" => Self::Utf8,
            Some(_) => Self::Ascii,
            None if locale == "C" || locale == "POSIX" => Self::Ascii,
            None => Self::Utf8,
        }
    }
}

/// The width for pages, in columns: the one `asked` for, else the `terminal`'s, else that of `COLUMNS`, else [`USUAL_WIDTH`].
///
/// 0 is no width: pseudo-terminals have it until somebody sets another. The answer lies within
/// [`LEAST_WIDTH`] and [`MOST_WIDTH`].
#[must_use]
pub fn width(asked: Option<u16>, terminal: Option<u16>, columns: Option<&str>) -> u16 {
    let of_columns = columns.and_then(|text| text.trim().parse().ok());
    [asked, terminal, of_columns]
        .into_iter()
        .flatten()
        .find(|width| *width > 0)
        .unwrap_or(USUAL_WIDTH)
        .clamp(LEAST_WIDTH, MOST_WIDTH)
}

/// The width of the terminal behind `output`, in columns; none if it is no terminal.
#[must_use]
pub fn width_of(output: impl AsFd) -> Option<u16> {
    terminal_size::terminal_size_of(output).map(|(terminal_size::Width(width), _)| width)
}

/// Whether `error` says that the reader of the pipe has gone, as `head` does.
#[must_use]
pub fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// A writer for which a closed pipe is no error: what is written after it goes nowhere.
///
/// Ask [`closed`](Self::closed) now and then and stop working when it says so.
#[derive(Debug)]
pub struct Out<W> {
    inner: W,
    closed: bool,
}

impl<W: Write> Out<W> {
    /// Writes to `inner`.
    pub const fn new(inner: W) -> Self {
        Self { inner, closed: false }
    }

    /// Whether the reader has gone.
    pub const fn closed(&self) -> bool {
        self.closed
    }

    fn forgive<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if is_closed_pipe(&error) => {
                self.closed = true;
                Ok(otherwise)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(octets.len());
        }
        let result = self.inner.write(octets);
        self.forgive(result, octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.inner.flush();
        self.forgive(result, ())
    }
}

/// Whether a terminal might act on `c` instead of showing it: controls of C0 and C1, marks of direction,
/// separators of lines and what has no width of its own.
#[must_use]
pub const fn is_active(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// `text` with every character that a terminal might act on written out: `\n`, `\x1b`, `\u{202e}`.
///
/// For all text that comes from the network, from a file or from its name.
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if !is_active(c) => safe.push(c),
            c if (c as u32) < 0x80 => safe.push_str(&format!("\\x{:02x}", c as u32)),
            c => safe.push_str(&format!("\\u{{{:x}}}", c as u32)),
        }
    }
    Cow::Owned(safe)
}

/// JSON that says the same, with every character in its strings written out that a terminal might act on. JSON itself only
/// demands that of those below U+0020.
#[must_use]
pub fn neutral_json(text: &str) -> Cow<'_, str> {
    let acts = |it: char| !it.is_ascii() && neutral(it.encode_utf8(&mut [0; 4])).len() != it.len_utf8();
    if text.is_ascii() || !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + 16);
    for it in text.chars() {
        if acts(it) {
            for unit in it.encode_utf16(&mut [0; 2]) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            written.push(it);
        }
    }
    Cow::Owned(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_or_force_and_no_objection() {
        let of = Colour::from_environment;
        assert_eq!(of(None, None, Some("xterm"), Output::Terminal), Colour::Always);
        assert_eq!(of(None, None, Some("xterm"), Output::Other), Colour::Never);
        assert_eq!(of(None, Some("1"), None, Output::Other), Colour::Always);
        assert_eq!(of(None, Some("0"), None, Output::Other), Colour::Never);
        assert_eq!(of(Some("1"), Some("1"), None, Output::Terminal), Colour::Never);
        assert_eq!(of(Some(""), None, None, Output::Terminal), Colour::Always);
        assert_eq!(of(None, None, Some("dumb"), Output::Terminal), Colour::Never);
    }

    #[test]
    fn the_charset_is_that_of_the_locale() {
        let of = Charset::from_environment;
        assert_eq!(of(None, None, None), Charset::Utf8);
        assert_eq!(of(None, None, Some("C")), Charset::Ascii);
        assert_eq!(of(None, None, Some("C.UTF-8")), Charset::Utf8);
        assert_eq!(of(Some("POSIX"), None, Some("en_US.UTF-8")), Charset::Ascii);
        assert_eq!(of(None, Some("en_US.ISO-8859-1"), Some("en_US.UTF-8")), Charset::Ascii);
        assert_eq!(of(None, None, Some("de_DE.utf8@euro")), Charset::Utf8);
        assert_eq!(of(None, None, Some("zh_CN")), Charset::Utf8);
    }

    #[test]
    fn no_width_is_eighty() {
        assert_eq!(width(None, None, None), 80);
        assert_eq!(width(None, Some(0), None), 80);
        assert_eq!(width(None, Some(0), Some("132")), 132);
        assert_eq!(width(None, Some(100), Some("132")), 100);
        assert_eq!(width(Some(90), Some(100), None), 90);
        assert_eq!(width(None, None, Some("wide")), 80);
        assert_eq!(width(None, Some(1), None), LEAST_WIDTH);
        assert_eq!(width(None, Some(9999), None), MOST_WIDTH);
    }

    struct Refusing(io::ErrorKind);
    impl Write for Refusing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_another_one_is() {
        let mut out = Out::new(Refusing(io::ErrorKind::BrokenPipe));
        assert!(!out.closed());
        assert!(writeln!(out, "gone").is_ok());
        assert!(out.closed());
        assert!(out.flush().is_ok());
        assert!(Out::new(Refusing(io::ErrorKind::BrokenPipe)).flush().is_ok());
        assert!(writeln!(Out::new(Refusing(io::ErrorKind::StorageFull)), "full").is_err());
    }

    #[test]
    fn nothing_active_passes() {
        assert_eq!(neutral("你好, hello"), "你好, hello");
        assert_eq!(neutral("a\x1b[2Jb\r\n\t\x7f"), "a\\x1b[2Jb\\r\\n\\t\\x7f");
        assert_eq!(neutral("x\u{9b}31m"), "x\\u{9b}31m");
        assert_eq!(neutral("evil\u{202e}txt"), "evil\\u{202e}txt");
        for c in '\0'..=char::MAX {
            if is_active(c) {
                assert!(!neutral(&c.to_string()).contains(c), "{c:?}");
            }
        }
    }
}
