//! The end of a capture: how many frames were read, what became of each, and what was lost.

use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::CaptureView;
use std::collections::BTreeMap;

/// The summary of one file or live capture.
#[must_use]
pub fn page(view: &CaptureView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let frames = &view.frames;
    let values = [
        ("file", neutral(&view.file).into()),
        ("read", frames.read.into()),
        ("analysed", frames.analysed.into()),
        ("tcp", frames.tcp.into()),
        ("udp", frames.udp.into()),
        ("other", frames.not_tcp_udp.into()),
        ("undecodable", frames.undecodable.into()),
        ("connections", view.connections.into()),
        ("conversations", view.conversations.into()),
    ];
    page.paragraph(Ink::Strong, &words.say_with("capture-frames", &values));
    page.paragraph(Ink::Plain, &words.say_with("capture-found", &values));
    if !view.other.is_empty() {
        page.hanging(
            Ink::Plain,
            "  ",
            &words.say_with("capture-other", &[("reasons", counted(style, &view.other).into())]),
        );
    }
    if !view.undecodable.is_empty() {
        let reasons = counted(style, &view.undecodable);
        page.hanging(Ink::Doubt, "  ", &words.say_with("capture-undecodable", &[("reasons", reasons.into())]));
    }
    let copies: u64 = view.copies.values().sum();
    if copies > 0 {
        let values = [("count", copies.into()), ("reasons", copied(style, &view.copies).into())];
        page.hanging(Ink::Plain, "  ", &words.say_with("capture-copies", &values));
    }
    for (said, count) in [("capture-stepped", view.stepped), ("capture-unstamped", view.unstamped)] {
        if count > 0 {
            page.hanging(Ink::Doubt, "  ", &words.say_with(said, &[("count", count.into())]));
        }
    }
    losses(&mut page, view, style);
    if view.late > 0 {
        page.hanging(Ink::Plain, "  ", &words.say_with("capture-late", &[("count", view.late.into())]));
    }
    if let Some(count) = view.left_out {
        page.hanging(Ink::Plain, "  ", &words.say_with("capture-left-out", &[("count", count.into())]));
    }
    if view.forgotten > 0 {
        page.hanging(Ink::Doubt, "  ", &words.say_with("capture-forgotten", &[("count", view.forgotten.into())]));
    }
    if let Some(damage) = &view.damage {
        page.hanging(Ink::Bad, "  ", &words.say_with("capture-damage", &[("damage", neutral(damage).into())]));
    }
    page.finish()
}

fn losses(page: &mut Page<'_, '_>, view: &CaptureView, style: &Style<'_>) {
    let words = style.words;
    let lost = [("kernel", view.lost.kernel), ("interface", view.lost.interface), ("unknown", view.lost.unknown)];
    let known: Vec<(&str, u64)> = lost.into_iter().filter_map(|(place, count)| Some((place, count?))).collect();
    let ink = if known.iter().any(|(_, count)| *count > 0) { Ink::Bad } else { Ink::Plain };
    if known.is_empty() {
        page.hanging(ink, "  ", &words.say("capture-lost-untold"));
        return;
    }
    let each = known.iter().map(|(place, count)| format!("{} {count}", words.named("lost", place)));
    let text = each.collect::<Vec<_>>().join(&words.say("comma"));
    page.hanging(ink, "  ", &words.say_with("capture-lost", &[("places", text.into())]));
    if ink == Ink::Bad {
        page.hanging(ink, "  ", &words.say("capture-lost-means"));
    }
}

/// `arp (3), icmp (2)`, by name.
fn counted(style: &Style<'_>, reasons: &BTreeMap<String, u64>) -> String {
    let each = reasons.iter().map(|(reason, count)| format!("{} ({count})", neutral(reason)));
    each.collect::<Vec<_>>().join(&style.words.say("comma"))
}

/// `IP identification (12), interface (3)`: what shows that frames are copies, and how many rest on it.
pub(super) fn copied(style: &Style<'_>, copies: &BTreeMap<&'static str, u64>) -> String {
    let each = copies.iter().map(|(evidence, count)| format!("{} ({count})", style.words.named("copies", evidence)));
    each.collect::<Vec<_>>().join(&style.words.say("comma"))
}
