//! The first octets of a payload, safe for a terminal: as text if they are text, else in hexadecimal.
//!
//! Used by ladders only. Nothing from the network reaches the terminal but through here or `terminal::neutral`.

use super::layout::{columns, cut};
use super::style::Style;
use super::terminal::{Charset, neutral};
use std::str;

/// No preview is longer, in columns.
const MOST: usize = 40;

/// `payload` in at most `width` columns: `"GET / HTTP/1.1\r\n…"` or `16 03 01 …`. `len` is its true length in octets.
pub(crate) fn preview(style: &Style<'_>, payload: &[u8], len: u32, width: usize) -> String {
    let width = width.min(MOST);
    let whole = usize::try_from(len).is_ok_and(|len| len <= payload.len());
    match text_of(payload, style.charset) {
        Some(text) => quoted(style, &text, width, whole),
        None => hexadecimal(style, payload, width, whole),
    }
}

/// The payload as text, if that is what it is; a character cut off at the end is left out.
fn text_of(payload: &[u8], charset: Charset) -> Option<String> {
    let text = match str::from_utf8(payload) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => str::from_utf8(payload.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t')).count();
    let shown = charset == Charset::Utf8 || text.is_ascii();
    (!text.is_empty() && odd * 8 <= text.len() && shown).then(|| text.to_owned())
}

fn quoted(style: &Style<'_>, text: &str, width: usize, whole: bool) -> String {
    let safe = neutral(&text.replace('\\', "\\\\")).replace('"', "\\\"");
    let safe = style.plain(&safe);
    if whole && columns(&safe) + 2 <= width {
        return format!("\"{safe}\"");
    }
    let mark = style.ellipsis();
    let room = width.saturating_sub(2 + columns(mark));
    let text = cut(&safe, room, "");
    // Nothing of it has room: then no quotes around nothing.
    if text.is_empty() { mark.to_owned() } else { format!("\"{text}\"{mark}") }
}

fn hexadecimal(style: &Style<'_>, payload: &[u8], width: usize, whole: bool) -> String {
    let mark = style.ellipsis();
    let all = payload.len() * 3;
    let fits = if whole && all <= width + 1 { payload.len() } else { width.saturating_sub(columns(mark)) / 3 };
    let mut shown: Vec<String> = payload.iter().take(fits).map(|octet| format!("{octet:02x}")).collect();
    if fits < payload.len() || !whole {
        shown.push(mark.to_owned());
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::{Language, Words};
    use proptest::prelude::*;

    fn of(payload: &[u8], len: u32, width: usize) -> String {
        let words = Words::new(Language::English);
        preview(&Style::new(&words), payload, len, width)
    }

    #[test]
    fn text_is_quoted_and_escaped() {
        assert_eq!(of(b"hello", 5, 40), "\"hello\"");
        assert_eq!(of("你好".as_bytes(), 6, 40), "\"你好\"");
        assert_eq!(of(b"GET / HTTP/1.1\r\nHost: a", 900, 40), "\"GET / HTTP/1.1\\r\\nHost: a\"…");
        assert_eq!(of(b"a\"b\\c", 5, 40), "\"a\\\"b\\\\c\"");
        assert_eq!(of(b"hello, world", 12, 9), "\"hello,\"…");
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_left_out() {
        assert_eq!(of(&"你好".as_bytes()[..5], 6, 40), "\"你\"…");
    }

    #[test]
    fn octets_that_are_no_text_are_hexadecimal() {
        assert_eq!(of(&[0x16, 0x03, 0x01, 0xff], 4, 40), "16 03 01 ff");
        assert_eq!(of(&[0xff; 64], 64, 12), "ff ff ff …");
        assert_eq!(of(&[], 5, 12), "…");
    }

    proptest! {
        #[test]
        fn it_fits_and_is_harmless(payload in proptest::collection::vec(any::<u8>(), 0..64), len in 0_u32..100, width in 4_usize..60) {
            for language in Language::ALL {
                let words = Words::new(language);
                for charset in [Charset::Utf8, Charset::Ascii] {
                    let shown = preview(&Style { charset, ..Style::new(&words) }, &payload, len, width);
                    prop_assert!(columns(&shown) <= width, "{:?}", shown);
                    prop_assert!(!shown.chars().any(crate::report::terminal::is_active), "{:?}", shown);
                }
            }
        }
    }
}
