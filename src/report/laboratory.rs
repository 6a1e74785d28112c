//! What a scenario of the lab came to: what was done, what both kernels say beside what the wire shows, and the verdict.
//!
//! Plain views and their page. Who fills them knows the lab and the witness; nothing here does.

pub mod crowd;

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::testimony;
use super::view::{DropView, RepeatView, RstView, WordView};
use serde::Serialize;
use std::collections::BTreeMap;

/// One scenario, played.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioView {
    /// [`SCHEMA`](super::view::SCHEMA).
    pub schema: u32,
    /// `scenario`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The seed of all chance.
    pub seed: u64,
    /// What was done, in order.
    pub deeds: Vec<DeedView>,
    /// What the wire did to segments, by kind.
    pub wire: BTreeMap<&'static str, u64>,
    /// Every end of every connection.
    pub ends: Vec<EndView>,
    /// Why it could not be played to its end.
    pub failure: Option<String>,
    /// Rules broken or undecided, and how often, at the client's tap.
    pub found_at_client: BTreeMap<&'static str, u64>,
    /// The same at the server's tap.
    pub found_at_server: BTreeMap<&'static str, u64>,
    /// Rules that the scenario is to break.
    pub expected: Vec<&'static str>,
    /// What the client's kernel says besides its moves, by connection, where it was heard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heard_at_client: Vec<HeardView>,
    /// The same of the server's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heard_at_server: Vec<HeardView>,
    /// What the state at each segment, as each kernel told it, says of the beliefs at its own tap; where it was heard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labelled: Vec<LabelledView>,
    /// `as-expected`, `unexpected` or `not-played`.
    pub verdict: &'static str,
}

/// The states that a host's kernel had at its segments, beside what its own tap believed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LabelledView {
    /// `client` or `server`.
    pub host: &'static str,
    /// Segments compared.
    pub segments: u64,
    /// Of those, with the likeliest state.
    pub likely: u64,
    /// Of those, with a state that was not believed.
    pub outside: u64,
    /// Segments without a label.
    pub missing: u64,
    /// The first that was not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Why nothing was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What a host's kernel says of one connection besides its moves.
#[derive(Clone, Debug, Serialize)]
pub struct HeardView {
    /// The connection's number at the host's own tap.
    pub conn: u64,
    /// RSTs that it sent or took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resets: Vec<RstView>,
    /// Segments that it refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<DropView>,
    /// Segments that it sent again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<RepeatView>,
}

/// One thing done.
#[derive(Clone, Debug, Serialize)]
pub struct DeedView {
    /// Nanoseconds since the first.
    pub since_start_ns: i64,
    /// `client`, `server`, or null for the wire.
    pub host: Option<&'static str>,
    /// What.
    pub what: &'static str,
    /// How many, or which port.
    pub number: u64,
    /// What the system said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub said: String,
}

/// One end of a connection, as both tell it.
#[derive(Clone, Debug, Serialize)]
pub struct EndView {
    /// The connection's number at the host's own tap.
    pub conn: u64,
    /// `client` or `server`.
    pub host: &'static str,
    /// Its address and port.
    pub address: String,
    /// The state of the socket in the end, as sock_diag has it; CLOSED if there is none.
    pub kernel: Option<&'static str>,
    /// The likely state, by the host's own tap.
    pub own: Option<&'static str>,
    /// The likely state, by the other host's tap.
    pub far: Option<&'static str>,
    /// The kernel's moves, where the kernel was asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_path: Option<Vec<&'static str>>,
    /// The moves that stand, by the host's own tap.
    pub own_path: Vec<&'static str>,
    /// Each of those moves, with the kernel's word on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<MoveView>,
    /// Why both may differ, although neither is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excuse: Option<&'static str>,
    /// `agrees`, `possible` (the kernel is in a state that the wire allows besides the likely one), `disagrees` or
    /// `unknown`.
    pub verdict: &'static str,
}

/// One move that the wire shows, and the kernel's word on it.
#[derive(Clone, Debug, Serialize)]
pub struct MoveView {
    /// The state entered.
    pub to: &'static str,
    /// The word.
    #[serde(flatten)]
    pub word: WordView,
}

/// The page.
#[must_use]
pub fn page(
    view: &ScenarioView,
    ladders: &[(&'static str, String)],
    besides: &[(&'static str, String)],
    style: &Style<'_>,
) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    page.heading(&words.say_with("lab-heading", &[("name", view.name.into()), ("seed", view.seed.into())]));
    page.paragraph(Ink::Plain, &words.named("lab-scenario", view.name));
    page.heading(&words.say("lab-deeds"));
    page.block(&deeds(view, style));
    for (tap, ladder) in ladders {
        page.heading(&words.say_with("lab-ladder", &[("host", words.named("lab-host", tap).into())]));
        page.block(ladder);
    }
    page.heading(&words.say("lab-ends"));
    page.block(&ends(view, style));
    if view.ends.iter().any(|end| end.kernel_path.is_some()) {
        page.heading(&words.say("lab-moves"));
        page.paragraph(Ink::Faint, &words.say("lab-moves-key"));
        page.block(&moves(view, style));
    }
    for (host, told) in besides {
        page.heading(&words.say_with("lab-besides", &[("host", words.named("lab-host", host).into())]));
        page.block(told);
    }
    if !view.labelled.is_empty() {
        page.heading(&words.say("lab-labelled"));
    }
    for labelled in &view.labelled {
        tell_labels(labelled, &mut page, style);
    }
    page.heading(&words.say("lab-verdict"));
    page.paragraph(ink(view.verdict), &verdict(view, style));
    page.finish()
}

fn deeds(view: &ScenarioView, style: &Style<'_>) -> String {
    let words = style.words;
    let columns = vec![
        Column::number(words.say("column-seconds")),
        Column::firm(words.say("lab-column-host")),
        Column::loose(words.say("lab-column-deed")),
    ];
    let mut grid = Grid::new(style, columns);
    for deed in &view.deeds {
        let values = [("number", deed.number.into()), ("said", neutral(&deed.said).into())];
        grid.row(vec![
            super::clock::seconds(deed.since_start_ns).into(),
            words.named("lab-host", deed.host.unwrap_or("wire")).into(),
            words.say_with(&format!("lab-deed-{}", deed.what), &values).into(),
        ]);
    }
    for (what, count) in &view.wire {
        let did = words.say_with(&format!("lab-fate-{what}"), &[("count", (*count).into())]);
        grid.row(vec![Text::default(), words.say("lab-host-wire").into(), did.into()]);
    }
    grid.finish()
}

fn ends(view: &ScenarioView, style: &Style<'_>) -> String {
    let words = style.words;
    let titles = ["lab-column-end", "lab-column-kernel", "lab-column-own", "lab-column-far"].map(|id| words.say(id));
    let [end, kernel, own, far] = titles;
    let columns =
        vec![Column::loose(end), Column::firm(kernel), Column::firm(own), Column::firm(far), Column::loose("")];
    let mut grid = Grid::new(style, columns);
    let name = |state: Option<&'static str>| state.unwrap_or("?");
    for end in &view.ends {
        let who = format!("{} {}", words.named("lab-host", end.host), end.address);
        grid.row(vec![
            who.into(),
            name(end.kernel).into(),
            name(end.own).into(),
            name(end.far).into(),
            Text::new(ink(end.verdict), verdict_on(end, style)),
        ]);
    }
    grid.finish()
}

/// Every move that the wire shows, with the kernel's word on it.
fn moves(view: &ScenarioView, style: &Style<'_>) -> String {
    let words = style.words;
    let titles = ["lab-column-end", "lab-column-move", "lab-column-witness"].map(|id| words.say(id));
    let [end, entered, witness] = titles;
    let mut grid = Grid::new(style, vec![Column::loose(end), Column::firm(entered), Column::loose(witness)]);
    for end in &view.ends {
        let who = format!("{} {}", words.named("lab-host", end.host), end.address);
        for step in &end.moves {
            grid.row(vec![who.as_str().into(), step.to.into(), testimony::word(&step.word, style)]);
        }
        if end.verdict == "disagrees"
            && let Some(path) = &end.kernel_path
        {
            let path = path.join(&format!(" {} ", style.arrow()));
            grid.row(vec![who.into(), "".into(), Text::new(Ink::Bad, path)]);
        }
    }
    grid.finish()
}

fn verdict_on(end: &EndView, style: &Style<'_>) -> String {
    let verdict = style.words.named("lab-verdict", end.verdict);
    match end.excuse {
        Some(excuse) => format!("{verdict}{}{}", style.words.say("comma"), style.words.named("witness-excuse", excuse)),
        None => verdict,
    }
}

fn ink(verdict: &str) -> Ink {
    match verdict {
        "agrees" | "as-expected" => Ink::Good,
        "disagrees" | "unexpected" | "not-played" => Ink::Bad,
        _ => Ink::Doubt,
    }
}

fn verdict(view: &ScenarioView, style: &Style<'_>) -> String {
    let words = style.words;
    let list = |found: &BTreeMap<&'static str, u64>| {
        let each: Vec<String> = found.iter().map(|(rule, count)| format!("{rule} {count}x")).collect();
        if each.is_empty() { words.say("lab-found-nothing") } else { each.join(", ") }
    };
    let values = [
        ("client", list(&view.found_at_client).into()),
        ("server", list(&view.found_at_server).into()),
        ("failure", view.failure.as_deref().unwrap_or_default().to_owned().into()),
    ];
    words.say_with(&format!("lab-verdict-{}", view.verdict), &values)
}

/// All scenarios and what they play.
#[must_use]
pub fn list(names: &[&str], style: &Style<'_>) -> String {
    let words = style.words;
    let mut grid =
        Grid::new(style, vec![Column::firm(words.say("lab-column-name")), Column::loose(words.say("lab-column-what"))]);
    for name in names {
        grid.row(vec![(*name).into(), words.named("lab-scenario", name).into()]);
    }
    grid.finish()
}

/// One scenario of many, on one line.
#[must_use]
pub fn line(view: &ScenarioView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    let said = format!("{}: {}", view.name, verdict(view, style));
    page.paragraph(ink(view.verdict), &said);
    page.finish()
}

/// What many scenarios came to.
#[must_use]
pub fn summary(views: &[ScenarioView], style: &Style<'_>) -> String {
    let count = |verdict: &str| views.iter().filter(|view| view.verdict == verdict).count();
    let values = [
        ("good", count("as-expected").into()),
        ("bad", count("unexpected").into()),
        ("unplayed", count("not-played").into()),
    ];
    let mut page = Page::new(style);
    page.paragraph(Ink::Strong, &style.words.say_with("lab-summary", &values));
    page.finish()
}

/// What the labels of a host's segments say, as a paragraph.
fn tell_labels(view: &LabelledView, page: &mut Page<'_, '_>, style: &Style<'_>) {
    let words = style.words;
    if let Some(why) = &view.failure {
        page.paragraph(Ink::Doubt, &neutral(why));
        return;
    }
    // A host that speaks to itself has nothing on the wire.
    if view.segments == 0 {
        return;
    }
    let values = [
        ("host", words.named("lab-host", view.host).into()),
        ("labels", view.segments.into()),
        ("likely", view.likely.into()),
        ("outside", view.outside.into()),
        ("unlabelled", view.missing.into()),
    ];
    let ink = if view.outside > 0 { Ink::Doubt } else { Ink::Plain };
    page.paragraph(ink, &words.say_with("lab-labels", &values));
    if let Some(example) = &view.example {
        page.paragraph(Ink::Doubt, &neutral(example));
    }
}
