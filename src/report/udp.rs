//! UDP conversations and what became of them, a few lines each.
//!
//! What UDP itself can and cannot tell is explained in [`textbook_udp`](super::textbook_udp).

use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::DatagramsView;

/// One conversation.
#[must_use]
pub fn page(view: &DatagramsView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    page.block(&sent(view, style));
    for (peer, errors) in [("A", view.errors.a), ("B", view.errors.b)] {
        if errors > 0 {
            let values = [("peer", peer.into()), ("count", errors.into())];
            page.hanging(Ink::Doubt, "  ", &words.say_with("udp-errors", &values));
        }
    }
    if let Some(frame) = view.port_unreachable {
        page.hanging(Ink::Bad, "  ", &words.say_with("udp-unreachable", &[("frame", frame.into())]));
    }
    page.finish()
}

/// Who A and B are, and what each sent.
pub(crate) fn sent(view: &DatagramsView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let values = [
        ("a", neutral(&view.a).into()),
        ("b", neutral(&view.b).into()),
        ("first", view.frames.first.into()),
        ("last", view.frames.last.into()),
    ];
    let id = if view.frames.first == view.frames.last { "udp-head-one" } else { "udp-head" };
    page.paragraph(Ink::Strong, &words.say_with(id, &values));
    for (from, to, sent, octets) in
        [("A", "B", view.datagrams.a, view.octets.a), ("B", "A", view.datagrams.b, view.octets.b)]
    {
        if sent > 0 || from == "A" {
            let values = [("from", from.into()), ("to", to.into()), ("count", sent.into()), ("octets", octets.into())];
            page.hanging(Ink::Plain, "  ", &words.say_with("udp-sent", &values));
        }
    }
    page.finish()
}
