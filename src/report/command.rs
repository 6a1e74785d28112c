//! The command of a run: what it was, how it ended, and which connections were taken for its own.

use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use serde::Serialize;

/// A command that has ended.
#[derive(Clone, Debug, Serialize)]
pub struct CommandView {
    /// [`SCHEMA`](super::view::SCHEMA).
    pub schema: u32,
    /// `run`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The command and its arguments.
    pub command: Vec<String>,
    /// `private` or `host`.
    pub net: &'static str,
    /// Its exit code; null if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<String>,
    /// From its start to its end, in nanoseconds.
    pub lasted_ns: u64,
    /// What was taken for its own, on the machine's network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptView>,
}

/// Which of an interface's connections were taken for a command's own.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KeptView {
    /// Those that were.
    pub connections: u64,
    /// Those that were not.
    pub others: u64,
    /// How often the sockets of its processes were looked at.
    pub looks: u64,
    /// The longest time between two looks, in nanoseconds.
    pub longest_ns: u64,
    /// Sockets that were forgotten for want of room before a report may have asked for them.
    pub forgotten: u64,
}

/// Characters of a command that are shown.
const SHOWN: usize = 60;

/// The command on one line, cut where it is long.
fn shortened(command: &[String]) -> String {
    let line = command.join(" ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = neutral(&line);
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{} ...", line.get(..at).unwrap_or_default().trim_end()),
        None => line.into_owned(),
    }
}

/// How it ended, and what may be missing.
#[must_use]
pub fn page(view: &CommandView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let values = [
        ("command", shortened(&view.command).into()),
        ("code", view.code.unwrap_or_default().into()),
        ("signal", view.signal.clone().unwrap_or_default().into()),
    ];
    let (id, ink) = match view.code {
        Some(0) => ("run-ended", Ink::Plain),
        Some(_) => ("run-ended", Ink::Bad),
        None => ("run-ended-by-signal", Ink::Bad),
    };
    page.paragraph(ink, &words.say_with(id, &values));
    page.hanging(Ink::Plain, "  ", &words.named("run-net", view.net));
    if let Some(kept) = view.kept {
        let longest = i64::try_from(kept.longest_ns).unwrap_or(i64::MAX);
        let values = [
            ("kept", kept.connections.into()),
            ("all", kept.connections.saturating_add(kept.others).into()),
            ("looks", kept.looks.into()),
            ("longest", super::clock::duration(words, longest).into()),
        ];
        page.hanging(Ink::Plain, "  ", &words.say_with("run-kept", &values));
        page.hanging(Ink::Doubt, "  ", &words.say_with("run-missed", &values));
        if kept.forgotten > 0 {
            page.hanging(Ink::Doubt, "  ", &words.say_with("run-forgotten", &[("count", kept.forgotten.into())]));
        }
    }
    page.finish()
}
