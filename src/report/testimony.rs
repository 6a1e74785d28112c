//! What the kernel says of a connection, beside what the wire shows: its word on each move, and what only it knows.

use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{ConnectionView, WordView};
use crate::peer::Peer;

/// `kernel agrees (+12 us)`, `kernel was earlier (-3.1 ms)`, `kernel disagrees (ESTABLISHED)`, `kernel cannot see`.
pub(crate) fn word(view: &WordView, style: &Style<'_>) -> super::grid::Text {
    let words = style.words;
    let after = view.after_ns.unwrap_or_default();
    // What is less than a microsecond is shown as none.
    let sign = if after <= -1_000 { "-" } else { "+" };
    let span = super::clock::duration(words, after.saturating_abs());
    let instead = view.instead.map_or_else(|| words.say("witness-nowhere"), str::to_owned);
    let values = [("after", format!("{sign}{span}").into()), ("state", instead.into())];
    let said = words.say_with(&format!("witness-{}", view.word), &values);
    let ink = match view.word {
        "agrees" | "told-late" | "there" => Ink::Good,
        "disagrees" => Ink::Bad,
        "earlier" => Ink::Plain,
        _ => Ink::Faint,
    };
    super::grid::Text::new(ink, said)
}

/// The same for a line of text.
pub(crate) fn phrase(view: &WordView, style: &Style<'_>) -> String {
    word(view, style).as_str().to_owned()
}

/// How often the kernel agrees with what a capture shows of a connection, then what it says besides; nothing where it was not heard.
#[must_use]
pub fn summary(view: &ConnectionView, style: &Style<'_>) -> String {
    if view.witness.is_none() {
        return String::new();
    }
    let count = |names: &[&str]| {
        let words = view.transitions.iter().filter_map(|row| row.kernel);
        words.filter(|kernel| names.contains(&kernel.word)).count()
    };
    let moves = view.transitions.iter().filter(|row| row.kernel.is_some()).count();
    let values = [
        ("conn", view.conn.into()),
        ("moves", moves.into()),
        ("agreed", count(&["agrees", "told-late", "there"]).into()),
    ];
    let mut text = style.words.say_with("witness-summary", &values);
    for word in ["earlier", "cannot-see", "disagrees"] {
        let times = count(&[word]);
        if times > 0 {
            text.push_str(&style.words.say_with(&format!("witness-summary-{word}"), &[("count", times.into())]));
        }
    }
    let disagreed = count(&["disagrees"]);
    let mut page = Page::new(style);
    let ink = if disagreed > 0 { Ink::Bad } else { Ink::Plain };
    page.hanging(ink, "  ", &text);
    let all = page.finish();
    let disagreements = view.transitions.iter().filter(|row| row.kernel.is_some_and(|it| it.word == "disagrees"));
    let disagreements = disagreements.map(|row| {
        let mut page = Page::new(style);
        let said = row.kernel.as_ref().map(|kernel| phrase(kernel, style)).unwrap_or_default();
        let frame = style.words.say_with("witness-frame", &[("frame", row.frame.into())]);
        page.hanging(Ink::Bad, "  ", &format!("{} {} ({frame}): {said}", row.peer.to_ascii_uppercase(), row.to));
        page.finish()
    });
    all + &disagreements.collect::<String>() + &self::page(view, style)
}

/// That nothing follows from what the kernel did not say, if `count` of its events were lost; nothing if none was.
#[must_use]
pub fn lost(count: u64, style: &Style<'_>) -> String {
    if count == 0 { String::new() } else { style.words.say_with("witness-lost", &[("count", count.into())]) }
}

/// What the kernel says besides: whose the sockets are, why it sent RSTs, what it took, refused and sent again.
#[must_use]
pub fn page(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let Some(told) = &view.witness else { return page.finish() };
    let frame = |frame: Option<u64>| match frame {
        Some(frame) => words.say_with("witness-frame", &[("frame", frame.into())]),
        None => words.say("witness-no-frame"),
    };
    for peer in Peer::BOTH {
        let (Some(process), address) = (&told.processes[peer], if peer == Peer::A { &view.a } else { &view.b }) else {
            continue;
        };
        let values = [
            ("peer", peer.id().to_ascii_uppercase().into()),
            ("address", neutral(address).into()),
            ("name", neutral(&process.name).into()),
            ("pid", process.pid.into()),
        ];
        page.hanging(Ink::Plain, "  ", &words.say_with("witness-process", &values));
    }
    for rst in &told.resets {
        let why = match &rst.reason {
            Some(reason) => words.say_with("witness-rst-why", &[("reason", neutral(reason).into())]),
            None if rst.sender_heard => words.say("witness-rst-no-why"),
            None => String::new(),
        };
        let taken = match rst.taken {
            Some(true) => words.say("witness-rst-taken"),
            Some(false) => words.say("witness-rst-not-taken"),
            None => String::new(),
        };
        let both = if why.is_empty() || taken.is_empty() { String::new() } else { words.say("witness-rst-and") };
        let values = [
            ("peer", rst.peer.to_ascii_uppercase().into()),
            ("frame", frame(rst.frame).into()),
            ("said", format!("{why}{both}{taken}").into()),
        ];
        page.hanging(Ink::Plain, "  ", &words.say_with("witness-rst", &values));
    }
    for refused in &told.refused {
        let values = [
            ("peer", refused.peer.to_ascii_uppercase().into()),
            ("frame", frame(refused.frame).into()),
            ("reason", neutral(&refused.reason).into()),
        ];
        page.hanging(Ink::Doubt, "  ", &words.say_with("witness-refused", &values));
    }
    for again in &told.repeated {
        let values = [("peer", again.peer.to_ascii_uppercase().into()), ("frame", frame(again.frame).into())];
        page.hanging(Ink::Plain, "  ", &words.say_with("witness-again", &values));
    }
    page.finish()
}
