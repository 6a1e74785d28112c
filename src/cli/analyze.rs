//! `synfin analyze`: capture files in, judged connections out.

use super::depth::DepthArgs;
use super::inputs::{Input, Together, inputs, until_interrupted};
use super::memory::MemoryArgs;
use super::only::OnlyArgs;
use super::out::note;
use super::reporter::{Extent, Reporter};
use super::screen::{Screen, ScreenArgs};
use super::threads::{ThreadsArgs, judge, judges};
use super::undecoded::{Left, say};
use clap::{Args, ValueEnum};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use synfin::analysis::Analyzer;
use synfin::analysis::batch::Batch;
use synfin::analysis::event::Sink;
use synfin::analysis::totals::Totals;
use synfin::capture::filter::Filter;
use synfin::capture::{Source, SourceError};
use synfin::report::rules::Which;
use synfin::wire::Depth;

/// Packets between two looks at the source's drop counters.
const LOOK_EVERY: u64 = 1_024;

/// What `synfin analyze` takes.
#[derive(Args)]
pub struct AnalyzeArgs {
    /// Capture files, or traces in the text notation (NAME.trace); - reads standard input, as it comes. A quoted pattern,
    /// as in 'cap_*.pcapng', is one capture of all the files that it fits
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only packets that pass this filter, in the language of tcpdump (pcap-filter(7))
    #[arg(short = 'f', long = "filter", value_name = "EXPR")]
    filter: Option<String>,
    /// All files are one capture, in the order of their packets' time: exactly, and equal stamps in the order of the files
    #[arg(long)]
    merge: bool,
    /// Read on as the file is being written, until a signal (Ctrl-C) ends it
    #[arg(long, conflicts_with = "merge")]
    follow: bool,
    /// Every connection, as it becomes final, not the 200 worst
    #[arg(long)]
    all: bool,
    /// End with the bounds on what is kept, how full they got, and what was forgotten because of them
    #[arg(long)]
    stats: bool,
    /// At the end, how often each rule held, was broken, undecided or had no say, over all files; rules that never spoke
    /// too with --rules=all. Machine formats always have these counts
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "spoke")]
    rules: Option<Rules>,
    #[command(flatten)]
    only: OnlyArgs,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    threads: ThreadsArgs,
    #[command(flatten)]
    depth: DepthArgs,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// Which rules the table of rules has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Rules {
    /// Those that said something.
    Spoke,
    /// All.
    All,
}

impl From<Rules> for Which {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::Spoke => Self::Spoke,
            Rules::All => Self::All,
        }
    }
}

/// Does it, and says what went wrong.
pub fn run(args: &AnalyzeArgs) -> ExitCode {
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    let extent = if args.all { Extent::All } else { Extent::Worst };
    let mut reporter = Reporter::new(args.screen.format, extent, args.screen.fail_on, &style);
    if args.stats {
        reporter.tell_bounds();
    }
    if let Some(rules) = args.rules {
        reporter.count_rules(rules.into());
    }
    if let Some(only) = args.only.only() {
        reporter.show_only(only);
    }
    // Once, however many files there are.
    if let Some(Err(error)) = args.filter.as_deref().map(Filter::new) {
        note(format_args!("synfin: {error}"));
        return ExitCode::from(2);
    }
    let together = if args.merge { Together::Merged } else { Together::Apart };
    let inputs = match inputs(&args.files, together) {
        Ok(inputs) => inputs,
        Err(told) => {
            note(format_args!("synfin: {told}"));
            return ExitCode::from(2);
        }
    };
    let files: usize = inputs.iter().map(Input::count).sum();
    if args.follow && files != 1 {
        note(format_args!(
            "synfin: cannot follow {files} files: wanted one, the one that is being written; name that alone"
        ));
        return ExitCode::from(2);
    }
    let over = match args.follow.then(until_interrupted).transpose() {
        Ok(over) => over,
        Err(error) => {
            note(format_args!("synfin: cannot wait for signals: {error}"));
            return ExitCode::from(2);
        }
    };
    for input in &inputs {
        let name = &input.name;
        reporter.begin(name);
        let filter = args.filter.as_deref();
        let opened = match &over {
            Some(over) => input.follow(filter, Arc::clone(over)),
            None => input.open(filter),
        };
        let source = match opened {
            Ok(source) => source,
            Err(error) => {
                note(format_args!("synfin: {error}"));
                reporter.outcome.could_not();
                continue;
            }
        };
        if over.is_some() {
            note(format_args!("synfin: reading {name} as it is written; Ctrl-C ends that and shows what was found"));
        }
        match judge(source, judges(args.depth.depth(), args.memory, args.threads), &mut reporter) {
            Ok((totals, damage)) => {
                if let Some(error) = &damage {
                    note(format_args!("synfin: {error}"));
                    reporter.outcome.damaged();
                }
                if say(name, &totals) == Left::Nothing {
                    reporter.outcome.could_not();
                }
                if let Err(error) = reporter.end(&totals, damage.map(|error| error.to_string())) {
                    return unwritable(&error);
                }
            }
            // Nobody reads any more: there is no sense in reading on.
            Err(_) if reporter.closed() => break,
            Err(error) => return unwritable(&error),
        }
        if reporter.closed() {
            break;
        }
    }
    match reporter.finish() {
        Ok(()) => reporter.outcome.code(),
        Err(error) => unwritable(&error),
    }
}

/// Says that results could not be written.
pub fn unwritable(error: &io::Error) -> ExitCode {
    note(format_args!("synfin: cannot write results to standard output: {error}"));
    ExitCode::from(2)
}

/// Takes a source to its end, and says what damage ended it early.
///
/// # Errors
///
/// What the sink met.
pub fn read(mut source: impl Source, depth: Depth, sink: &mut dyn Sink) -> io::Result<(Totals, Option<SourceError>)> {
    let mut analyzer = Analyzer::at_depth(depth);
    let mut batch = Batch::default();
    let mut until_look = LOOK_EVERY;
    let damage = loop {
        match source.next_packet() {
            Ok(Some(packet)) => batch.push(&packet),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        until_look -= 1;
        if batch.is_full() || until_look == 0 || !source.is_at_hand() {
            analyzer.observe_all(&batch, sink)?;
            batch.clear();
        }
        if until_look == 0 {
            until_look = LOOK_EVERY;
            analyzer.note_losses(source.losses());
        }
    };
    analyzer.observe_all(&batch, sink)?;
    analyzer.note_losses(source.losses());
    Ok((analyzer.finish(sink)?, damage))
}
