//! UDP conversations and what became of them, a few lines each.
//!
//! What UDP itself can and cannot tell is explained in [`textbook_udp`](super::textbook_udp).

use super::clock::duration;
use super::layout::Page;
use super::story::around;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::DatagramsView;

/// A silence shorter than this, in nanoseconds, is not worth a line: a person takes as long to answer.
const SILENCE: i64 = 1_000_000_000;

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
    for icmp in &view.icmp {
        let ink = if icmp.kind == "port-unreachable" { Ink::Bad } else { Ink::Doubt };
        let kind = words.named("icmp", icmp.kind);
        let values = [("kind", kind.into()), ("frame", icmp.frame.into()), ("count", icmp.count.into())];
        page.hanging(ink, "  ", &words.say_with("udp-icmp", &values));
    }
    page.finish()
}

/// How many conversations more there were than could be shown.
#[must_use]
pub fn untold(count: u64, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    page.paragraph(Ink::Doubt, &style.words.say_with("udp-untold", &[("count", count.into())]));
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
    if !view.encapsulation.is_empty() {
        page.hanging(Ink::Plain, "  ", &around(&view.encapsulation, style));
    }
    for (from, to, sent, octets) in
        [("A", "B", view.datagrams.a, view.octets.a), ("B", "A", view.datagrams.b, view.octets.b)]
    {
        if sent > 0 || from == "A" {
            let values = [("from", from.into()), ("to", to.into()), ("count", sent.into()), ("octets", octets.into())];
            page.hanging(Ink::Plain, "  ", &words.say_with("udp-sent", &values));
        } else {
            page.hanging(Ink::Faint, "  ", &words.say_with("udp-unanswered", &[("peer", from.into())]));
        }
    }
    if let Some(answer) = view.answer {
        let after = duration(words, answer.after_ns);
        let values = [("frame", answer.frame.into()), ("after", after.into())];
        page.hanging(Ink::Plain, "  ", &words.say_with("udp-answered", &values));
    }
    if let Some(silence) = view.longest_silence.filter(|it| it.ns >= SILENCE) {
        let lasting = duration(words, silence.ns);
        let values = [("lasting", lasting.into()), ("from", silence.from.into()), ("to", silence.to.into())];
        page.hanging(Ink::Plain, "  ", &words.say_with("udp-silence", &values));
    }
    page.finish()
}
