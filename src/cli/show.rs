//! `synfin show`: one connection of a capture, in full.

use super::analyze::{read, unwritable};
use super::depth::DepthArgs;
use super::inputs::open;
use super::out::{note, page};
use super::screen::{Format, Screen, ScreenArgs};
use super::undecoded::{Left, say};
use super::verdict::Outcome;
use clap::{Args, ValueEnum};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use synfin::analysis::event::{Event, Sink};
use synfin::report::build;
use synfin::report::collect::{Collector, Story, Which};
use synfin::report::connections::{LIMIT, Worst};
use synfin::report::ladder::Fold;
use synfin::report::rank::Rank;
use synfin::report::story::{self, Part};
use synfin::report::terminal::neutral_json;

/// What `synfin show` takes.
#[derive(Args)]
pub struct ShowArgs {
    /// A capture file, or a trace in the text notation (NAME.trace); - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its number, as `analyze` lists it; not needed where there is only one
    #[arg(long, value_name = "N")]
    conn: Option<u64>,
    /// Only packets that pass this filter, in the language of tcpdump (pcap-filter(7)); numbers count what passes
    #[arg(short = 'f', long = "filter", value_name = "EXPR")]
    filter: Option<String>,
    /// Only this part of the page; may be given several times
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Only>,
    /// Every segment in the ladder, not only the first two and the last of a long run of data
    #[arg(long)]
    unfold: bool,
    #[command(flatten)]
    depth: DepthArgs,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// A part of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Only {
    /// The segments between the endpoints, and their states
    Ladder,
    /// What a person should look at
    Findings,
    /// What explains it: who reset or refused it and likely why, what lingered
    Why,
    /// Handshake, what it proves, close and TIME-WAIT, as a textbook tells them
    Textbook,
    /// The moves of both endpoints, and where they stand in the end
    Transitions,
    /// The equations with their numbers
    Equations,
}

impl From<Only> for Part {
    fn from(only: Only) -> Self {
        match only {
            Only::Ladder => Self::Ladder,
            Only::Findings => Self::Findings,
            Only::Why => Self::Account,
            Only::Textbook => Self::Textbook,
            Only::Transitions => Self::Transitions,
            Only::Equations => Self::Equations,
        }
    }
}

/// Keeps one connection in full, and of the others what a list needs.
struct Chosen {
    collector: Collector,
    file: String,
    list: Worst,
    last: u64,
}

impl Sink for Chosen {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Connection(ended) => {
                self.last = self.last.max(ended.conn);
                let place = (Rank::of_record(ended.record), ended.conn);
                self.list.offer_with(place, || build::connection(&self.file, ended));
                self.collector.event(event)
            }
            // Conversations over UDP have no number and are not shown here.
            Event::Datagrams(..) => Ok(()),
            _ => self.collector.event(event),
        }
    }
}

/// Does it, and says what went wrong.
pub fn run(args: &ShowArgs) -> ExitCode {
    let name = args.file.display().to_string();
    let source = match open(&args.file, args.filter.as_deref()) {
        Ok(source) => source,
        Err(error) => return cannot(&error),
    };
    let mut chosen = Chosen {
        collector: Collector::new(&name, Which::One(args.conn.unwrap_or(1))),
        file: name.clone(),
        list: Worst::new(LIMIT),
        last: 0,
    };
    let mut outcome = Outcome::default();
    match read(source, args.depth.depth(), &mut chosen) {
        Ok((totals, damage)) => {
            if let Some(error) = damage {
                note(format_args!("synfin: {error}"));
                outcome.damaged();
            }
            if say(&name, &totals) == Left::Nothing {
                return ExitCode::from(2);
            }
        }
        Err(error) => return unwritable(&error),
    }
    let is_only = args.conn.is_some() || chosen.collector.connections == 1;
    match chosen.collector.stories.first().filter(|_| is_only) {
        Some(story) => {
            outcome.found(story.worst, args.screen.fail_on);
            match show(story, args) {
                Ok(()) => outcome.code(),
                Err(error) => unwritable(&error),
            }
        }
        None => not_shown(args, &chosen),
    }
}

fn show(story: &Story, args: &ShowArgs) -> io::Result<()> {
    if args.screen.format != Format::Table {
        let object = serde_json::to_string(&story.view).map_err(io::Error::from)?;
        return page(&format!("{}\n", neutral_json(&object)));
    }
    let screen = Screen::new(&args.screen);
    let parts: Vec<Part> = args.only.iter().map(|only| Part::from(*only)).collect();
    let parts = if parts.is_empty() { Part::ALL.to_vec() } else { parts };
    let fold = if args.unfold { Fold::Never } else { Fold::default() };
    page(&story::page(story, &parts, fold, &screen.style()))
}

/// Says which connections there are, and what to type.
fn not_shown(args: &ShowArgs, chosen: &Chosen) -> ExitCode {
    let name = &chosen.file;
    let again = again(&args.file, args.filter.as_deref());
    match (args.conn, chosen.last) {
        (_, 0) => {
            note(format_args!("synfin: cannot show a connection of {name}: wanted a TCP segment, found none"));
            note(format_args!("type \"synfin analyze {again}\" to see what it holds"));
        }
        (Some(conn), last) => {
            note(format_args!("synfin: cannot show connection {conn} of {name}: wanted a number from 1 to {last}"));
            note(format_args!("type \"synfin analyze {again}\" for the list"));
        }
        (None, _) => {
            let count = chosen.collector.connections;
            if args.screen.format == Format::Table
                && let Err(error) = page(&chosen.list.page(&Screen::new(&args.screen).style()))
            {
                return unwritable(&error);
            }
            let example = chosen.list.iter().next().map_or(1, |view| view.conn);
            note(format_args!("synfin: {name} holds {count} connections, and show shows one at a time"));
            note(format_args!("type for example \"synfin show {again} --conn {example}\""));
        }
    }
    ExitCode::from(2)
}

fn cannot(error: &dyn std::fmt::Display) -> ExitCode {
    note(format_args!("synfin: {error}"));
    ExitCode::from(2)
}

/// File and filter as they can be typed into a shell again.
fn again(file: &Path, filter: Option<&str>) -> String {
    let mut typed = quoted(&file.display().to_string());
    if let Some(filter) = filter {
        typed.push_str(&format!(" -f {}", quoted(filter)));
    }
    typed
}

fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:+,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
