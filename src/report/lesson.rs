//! What the demo shows, for a reader who learns: what was done, the ladder, the states, the textbook, the equations.
//!
//! One function for each act. Each fact stands once: who is who at the top, the verdict at the end. What the programs
//! themselves know, and no capture can show, is told as theirs. The binary's `demo` uses this.

use super::collect::Story;
use super::ladder::{self, Fold};
use super::layout::{Page, columns};
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::DatagramsView;
use super::{equations, findings, testimony, textbook, textbook_udp, transitions, udp};

/// Where the packets come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin<'a> {
    /// This run, the loopback of a network namespace of its own.
    Namespace,
    /// This run, the machine's own loopback, with a filter.
    Loopback {
        /// The filter.
        filter: &'a str,
    },
    /// A capture made earlier, built into the program.
    Recorded,
}

/// Where the packets come from, in a line; `backend` is what captured them.
#[must_use]
pub fn origin(origin: Origin<'_>, backend: &str, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    match origin {
        Origin::Namespace => {
            page.paragraph(Ink::Plain, &words.say_with("demo-origin-namespace", &[("backend", backend.into())]));
        }
        Origin::Loopback { filter } => {
            let values = [("backend", backend.into()), ("filter", neutral(filter).into())];
            page.paragraph(Ink::Plain, &words.say_with("demo-origin-loopback", &values));
        }
        Origin::Recorded => page.paragraph(Ink::Doubt, &words.say("demo-origin-recorded")),
    }
    page.finish()
}

/// The octets that each program read, which no capture can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heard {
    /// By the server.
    pub by_server: usize,
    /// By the client.
    pub by_client: usize,
}

/// A TCP scenario, by its id.
#[must_use]
pub fn tcp(scenario: &str, heard: Option<Heard>, story: &Story, fold: Fold, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    title(&mut page, &words.say_with("demo-tcp", &[("scenario", scenario.into())]));
    page.paragraph(Ink::Plain, &words.named("demo-scenario", scenario));
    if let Some(heard) = heard.filter(|heard| heard.by_server + heard.by_client > 0) {
        let values = [("server", heard.by_server.into()), ("client", heard.by_client.into())];
        page.paragraph(Ink::Plain, &words.say_with("demo-tcp-heard", &values));
    }
    connection(&mut page, story, fold, Explained::Fully, style);
    page.finish()
}

/// What the programs know of a file transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transfer<'a> {
    /// The file's name.
    pub name: &'a str,
    /// Its length in octets.
    pub length: u64,
    /// Octets that the server read and wrote at a time.
    pub chunk: usize,
    /// SHA-256, computed by both sides.
    pub checksum: &'a str,
}

/// A file transfer and its connection.
#[must_use]
pub fn file(transfer: Option<Transfer<'_>>, story: &Story, fold: Fold, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    title(&mut page, &words.say("demo-file"));
    page.paragraph(Ink::Plain, &words.say("demo-file-what"));
    if let Some(transfer) = transfer {
        let values = [
            ("name", neutral(transfer.name).into()),
            ("octets", transfer.length.to_string().into()),
            ("chunk", transfer.chunk.into()),
            ("checksum", transfer.checksum.into()),
        ];
        page.paragraph(Ink::Good, &words.say_with("demo-file-arrived", &values));
        page.hanging(Ink::Plain, "  ", &words.say_with("demo-file-checksum", &values));
    }
    connection(&mut page, story, fold, Explained::NotAgain, style);
    page.finish()
}

/// The two UDP cases: `text` sent to a program that listens, and to a port where none does. `arrived` is how many octets
/// the listening program read.
#[must_use]
pub fn udp(
    text: &str,
    listened: Option<&DatagramsView>,
    deaf: Option<&DatagramsView>,
    arrived: Option<usize>,
    style: &Style<'_>,
) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    title(&mut page, &words.say("demo-udp"));
    let values = [("text", neutral(text).into()), ("octets", text.len().into())];
    page.paragraph(Ink::Plain, &words.say_with("demo-udp-what", &values));
    page.paragraph(Ink::Plain, &words.say("udp-nothing-shows"));
    for (id, view) in [("demo-udp-listened", listened), ("demo-udp-deaf", deaf)] {
        let Some(view) = view else { continue };
        page.heading(&words.say(id));
        page.block(&udp::sent(view, style));
        page.block(&textbook_udp::outcome(view, style));
        if let (Some(octets), None) = (arrived, view.port_unreachable) {
            page.item(Ink::Plain, &words.say_with("demo-udp-arrived", &[("octets", octets.into())]));
        }
    }
    page.finish()
}

/// Whether the textbook page belongs to a connection's page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Explained {
    Fully,
    NotAgain,
}

fn connection(page: &mut Page<'_, '_>, story: &Story, fold: Fold, explained: Explained, style: &Style<'_>) {
    let words = style.words;
    let view = &story.view;
    page.block("\n");
    page.block(&textbook::ends(view, style));
    page.heading(&words.say("demo-ladder"));
    page.paragraph(Ink::Faint, &words.say("demo-ladder-key"));
    page.block(&ladder::rungs(view, &story.steps, fold, style));
    page.heading(&words.say("demo-transitions"));
    page.paragraph(Ink::Faint, &words.say("demo-transitions-key"));
    page.block(&transitions::page(view, style));
    let besides = testimony::page(view, style);
    if !besides.is_empty() {
        page.heading(&words.say("witness-heading"));
        page.block(&besides);
    }
    if explained == Explained::Fully {
        page.block("\n");
        page.block(&textbook::body(view, &story.steps, style));
    }
    page.heading(&words.say("demo-equations"));
    page.block(&equations::page(view, style));
    if !view.findings.is_empty() {
        page.heading(&words.say("demo-findings"));
        page.block(&findings::page(view, style));
    }
    page.block("\n");
    page.block(&textbook::verdict(view, style));
}

/// The name of an act, underlined as far as it reaches.
fn title(page: &mut Page<'_, '_>, text: &str) {
    page.paragraph(Ink::Strong, text);
    page.paragraph(Ink::Strong, &"=".repeat(columns(text)));
}

/// What to type to see more.
#[must_use]
pub fn more(id: &str, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    page.paragraph(Ink::Plain, &style.words.named("demo-more", id));
    page.finish()
}
