//! Lines of a connection's page about the capture itself: frames it holds twice, where the tap stands, what hosts left to
//! their cards, and the connection before between the same two ends.

use super::capture::copied;
use super::layout::Page;
use super::style::{Ink, Style};
use super::view::{ConnectionView, SignView};
use crate::timestamp::Elapsed;

/// For the head: copies, and the connection before; nothing where there are none.
#[must_use]
pub fn head(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let copies: u64 = view.copies.values().sum();
    if copies > 0 {
        let values = [("count", copies.into()), ("reasons", copied(style, &view.copies).into())];
        page.paragraph(Ink::Plain, &words.say_with("story-copies", &values));
    }
    if let Some(earlier) = &view.earlier {
        let shown: Vec<String> = earlier.evidence.iter().map(|it| words.named("follows", it)).collect();
        let values = [
            ("conn", earlier.conn.into()),
            ("how", words.named("succession", earlier.kind).into()),
            ("evidence", shown.join(&words.say("comma")).into()),
        ];
        page.paragraph(Ink::Plain, &words.say_with("story-earlier", &values));
    }
    page.finish()
}

/// For the end: where the tap stands, and what was left to cards; nothing where nothing is known.
#[must_use]
pub fn place(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    if !matches!(view.vantage.place, "" | "unknown") {
        let shown: Vec<String> = view.vantage.evidence.iter().map(|sign| said(sign, style)).collect();
        let values = [
            ("place", words.named("vantage", view.vantage.place).into()),
            ("signs", shown.join(&words.say("comma")).into()),
        ];
        page.paragraph(Ink::Plain, &words.say_with("story-vantage", &values));
    }
    let both = [view.offload.a, view.offload.b];
    let supers: u32 = both.iter().map(|it| it.super_segments).sum();
    let partials: u32 = both.iter().map(|it| it.partial_checksums).sum();
    if supers + partials > 0 {
        let values = [("supers", supers.into()), ("partials", partials.into())];
        page.paragraph(Ink::Plain, &words.say_with("story-offload", &values));
    }
    page.finish()
}

/// One sign with its numbers.
fn said(sign: &SignView, style: &Style<'_>) -> String {
    let number = |of: Option<i64>| match (of, sign.kind) {
        (None, _) => "?".to_owned(),
        (Some(ns), "round-trips") => style.plain(&Elapsed::from_ns(ns).to_string()).into_owned(),
        (Some(count), _) => count.to_string(),
    };
    let values = [("a", number(sign.a).into()), ("b", number(sign.b).into())];
    style.words.say_with(&format!("sign-{}", sign.kind), &values)
}
