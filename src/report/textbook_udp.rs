//! One UDP conversation as a textbook tells it: what was sent, and whether anything shows that it arrived.
//!
//! UDP itself shows nothing: there is no handshake and no acknowledgment. A reply would, an ICMP error may.

use super::layout::Page;
use super::style::{Ink, Style};
use super::udp;
use super::view::DatagramsView;

/// The page.
#[must_use]
pub fn page(view: &DatagramsView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    page.heading(&words.say("book-udp"));
    page.block(&udp::page(view, style));
    page.paragraph(Ink::Plain, &words.say("udp-nothing-shows"));
    page.block(&outcome(view, style));
    page.finish()
}

/// What the capture shows about whether anything arrived.
pub(crate) fn outcome(view: &DatagramsView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let replied = view.datagrams.b > 0;
    match (view.port_unreachable, replied) {
        (Some(frame), false) => {
            page.item(Ink::Bad, &words.say_with("udp-nobody-listens", &[("frame", frame.into())]));
        }
        (Some(frame), true) => {
            page.item(Ink::Good, &words.say("udp-reply"));
            page.item(Ink::Doubt, &words.say_with("udp-some-refused", &[("frame", frame.into())]));
        }
        (None, true) => page.item(Ink::Good, &words.say("udp-reply")),
        (None, false) => page.item(Ink::Doubt, &words.say("udp-no-reply")),
    }
    page.finish()
}
