//! What was seen, on standard output: a lesson, or JSON and nothing else.

use std::io;

use super::acts::{Act, Done};
use super::recording::{LOOPBACK, Taken};
use crate::cli::out::{Out, note};
use crate::cli::screen::Format;
use crate::cli::verdict::{FailOn, Outcome};
use synfin::demo::{FileDone, GREETING};
use synfin::report::collect::Story;
use synfin::report::ladder::Fold;
use synfin::report::lesson::{self, Heard, Origin, Transfer};
use synfin::report::style::Style;
use synfin::report::view::{CaptureView, DatagramsView};
use synfin::report::{build, capture};

/// Everything that there is to show.
pub struct Seen {
    pub source: Source,
    pub scenes: Vec<Scene>,
    pub captures: Vec<CaptureView>,
    pub done: Done,
}

/// Where it comes from.
pub enum Source {
    /// This run; with the filter, if there was one.
    Live { filter: Option<String>, backend: &'static str },
    /// An earlier one.
    Recorded,
}

/// What was captured of one act.
pub struct Scene {
    pub act: Act,
    pub stories: Vec<Story>,
    pub conversations: Vec<DatagramsView>,
}

impl Seen {
    /// Of one capture, its connections given to the acts by the servers' addresses.
    pub fn live(acts: &[Act], done: Done, taken: Taken, filter: Option<String>, backend: &'static str) -> Self {
        let damage = taken.damage.map(|error| error.to_string());
        let captures = vec![build::capture(LOOPBACK, &taken.totals, damage)];
        let (mut stories, mut conversations) = (taken.collected.stories, taken.collected.conversations);
        let scenes = acts
            .iter()
            .map(|&act| {
                let server = match act {
                    Act::Udp => None,
                    Act::Tcp(_) => done.tcp_server,
                    Act::File => done.file_server,
                };
                let server = server.map(|address| address.to_string());
                let is_own =
                    |story: &mut Story| server.as_ref().is_some_and(|it| [&story.view.a, &story.view.b].contains(&it));
                Scene {
                    act,
                    stories: stories.extract_if(.., is_own).collect(),
                    conversations: if act == Act::Udp { std::mem::take(&mut conversations) } else { Vec::new() },
                }
            })
            .collect();
        Self { source: Source::Live { filter, backend }, scenes, captures, done }
    }

    fn origin(&self) -> (Origin<'_>, &'static str) {
        match &self.source {
            Source::Live { filter: None, backend } => (Origin::Namespace, backend),
            Source::Live { filter: Some(filter), backend } => (Origin::Loopback { filter }, backend),
            Source::Recorded => (Origin::Recorded, ""),
        }
    }
}

/// How it is to be shown.
pub struct Show<'s, 'w> {
    pub format: Format,
    pub fold: Fold,
    pub fail_on: FailOn,
    pub style: &'s Style<'w>,
}

impl Show<'_, '_> {
    /// Shows it, and counts the findings.
    pub fn everything(&self, seen: &Seen, outcome: &mut Outcome) -> io::Result<()> {
        for story in seen.scenes.iter().flat_map(|scene| &scene.stories) {
            outcome.found(story.worst, self.fail_on);
        }
        let out = Out::default();
        match self.format {
            Format::Table => {
                out.line(format_args!("{}", self.lesson(seen).trim_end()));
            }
            Format::Json => {
                self.remark(seen);
                out.line(format_args!("[{}]", objects(seen)?.join(",\n")));
            }
            Format::Jsonl => {
                self.remark(seen);
                for object in objects(seen)? {
                    out.line(format_args!("{object}"));
                }
            }
        }
        out.failure().map_or(Ok(()), Err)
    }

    fn lesson(&self, seen: &Seen) -> String {
        let style = self.style;
        let (origin, backend) = seen.origin();
        let mut text = lesson::origin(origin, backend, style);
        for scene in &seen.scenes {
            text.push('\n');
            match scene.act {
                Act::Udp => text.push_str(&self.udp(scene, &seen.done)),
                Act::Tcp(scenario) => {
                    let heard = seen
                        .done
                        .tcp
                        .as_ref()
                        .map(|done| Heard { by_server: done.client_said.len(), by_client: done.server_said.len() });
                    for story in &scene.stories {
                        text.push_str(&lesson::tcp(scenario.id(), heard, story, self.fold, style));
                    }
                }
                Act::File => {
                    let checksum = seen.done.file.as_ref().map(|done| done.checksum.to_string()).unwrap_or_default();
                    let transfer = seen.done.file.as_ref().map(|done| transfer(done, &checksum));
                    for story in &scene.stories {
                        text.push_str(&lesson::file(transfer, story, self.fold, style));
                    }
                }
            }
        }
        text.push('\n');
        for view in &seen.captures {
            text.push_str(&capture::page(view, style));
        }
        let more = match seen.scenes.as_slice() {
            [Scene { act: Act::Udp, .. }] => None,
            [Scene { act: Act::File, .. }] => Some("file"),
            _ => Some("tcp"),
        };
        if let Some(id) = more {
            text.push('\n');
            text.push_str(&lesson::more(id, style));
        }
        text
    }

    fn udp(&self, scene: &Scene, done: &Done) -> String {
        let found = |refused: bool| scene.conversations.iter().find(|view| view.port_unreachable.is_some() == refused);
        let received = done.udp.as_ref().and_then(|[listened, _]| Some(listened.received.as_ref()?.len()));
        lesson::udp(GREETING, found(false), found(true), received, self.style)
    }

    /// What a lesson would tell, for who reads the other stream.
    fn remark(&self, seen: &Seen) {
        let words = self.style.words;
        let id = match seen.origin().0 {
            Origin::Namespace => "demo-note-playing-namespace",
            Origin::Loopback { .. } => "demo-note-playing-loopback",
            Origin::Recorded => "demo-note-recorded",
        };
        note(format_args!("synfin: {}", words.say(id)));
        if let Some(done) = &seen.done.file {
            let values = [
                ("name", done.name.into()),
                ("octets", done.length.to_string().into()),
                ("checksum", done.checksum.to_string().into()),
            ];
            note(format_args!("synfin: {}", words.say_with("demo-note-file", &values)));
        }
    }
}

fn transfer<'d>(done: &'d FileDone, checksum: &'d str) -> Transfer<'d> {
    Transfer { name: done.name, length: done.length, chunk: done.chunk, checksum }
}

/// Every object, connections first, each a line.
fn objects(seen: &Seen) -> io::Result<Vec<String>> {
    let mut objects = Vec::new();
    for scene in &seen.scenes {
        for story in &scene.stories {
            objects.push(serde_json::to_string(&story.view)?);
        }
        for conversation in &scene.conversations {
            objects.push(serde_json::to_string(conversation)?);
        }
    }
    for capture in &seen.captures {
        objects.push(serde_json::to_string(capture)?);
    }
    Ok(objects)
}
