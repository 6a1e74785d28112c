//! `synfin run`: a command with a network of its own, everything it says there captured and judged, and the report once it has
//! ended.
//!
//! In order: the network namespace, while the process has one thread; the capture on its loopback; the command. With
//! `--net host` the command stays on the machine's network, and only connections are kept that were seen to be its own.

mod command;
pub mod owned;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::command::{Ended, Running};
use self::owned::{Owned, Sampler};
use super::analyze::unwritable;
use super::live::recording::{Recording, Target};
use super::live::session::{self, Changes, Session};
use super::live::signals::Asked;
use super::live::{BackendName, missing_interface, quantity};
use super::memory::MemoryArgs;
use super::out::note;
use super::reporter::Reporter;
use super::screen::{Format, Screen, ScreenArgs};
use super::threads::ThreadsArgs;
use super::witness::{self, Witness};
use synfin::capture::live::{self, LiveOptions, LiveSource, Promiscuity};
use synfin::capture::privilege::thread;
use synfin::namespace::{self, Mapped};
use synfin::report::command::{self as page, CommandView};
use synfin::report::style::Style;
use synfin::report::terminal::{Colour, MOST_WIDTH};

/// The interface of a network namespace of one's own.
const LOOPBACK: &str = "lo";

/// What `synfin run` takes.
#[derive(Args)]
#[command(
    after_help = "Exit code: 1 if findings reach --fail-on; 2 if something could not be done; else the command's own, or \
                        128 and the number of the signal that ended it. 127: there is no such command; 126: it cannot be run."
)]
pub struct RunArgs {
    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
    /// The network that the command has
    #[arg(long, value_enum, default_value = "private")]
    net: Net,
    /// With --net host: the interface to capture on
    #[arg(short, long, value_name = "IF")]
    interface: Option<String>,
    /// Also save the packets in this file, as pcapng; with --net host all of the interface
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Go on for so long after the command has ended: seconds, or with ms, s, m, h
    #[arg(long, value_name = "TIME", value_parser = quantity::duration, default_value = "100ms")]
    after: Duration,
    /// What reads the packets from the kernel
    #[arg(long, value_enum, default_value = "pcap")]
    backend: BackendName,
    /// Hear the kernel's own record meanwhile, and lay its word beside every move; needs root
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// Which network a command has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Net {
    /// A loopback of its own, and nothing else: no other machine, no other program
    Private,
    /// This machine's; takes the right to capture
    Host,
}

impl Net {
    const fn id(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Host => "host",
        }
    }
}

/// Does it, and says what went wrong. To be called while the process has one thread.
pub fn run(args: &RunArgs) -> ExitCode {
    begin(args).unwrap_or_else(|told| {
        note(format_args!("synfin: {told}"));
        ExitCode::from(2)
    })
}

fn begin(args: &RunArgs) -> Result<ExitCode, String> {
    let signals = command::watch().map_err(|error| format!("cannot watch for signals: {error}"))?;
    let session = prepare(args, open(args)?)?;
    let owned = (args.net == Net::Host).then(Owned::default);
    let sampler = owned.as_ref().map(Sampler::start).transpose();
    let sampler = sampler.map_err(|error| format!("cannot look at the command's sockets: {error}"))?;
    match command::start(&args.command, args.screen.format, signals, session.source.stop_handle(), args.after) {
        Ok(running) => Ok(report(args, session, running, owned, sampler)),
        Err(unstarted) => {
            note(format_args!("synfin: {unstarted}"));
            Ok(ExitCode::from(unstarted.code()))
        }
    }
}

/// Goes to the network that was asked for, and opens the capture there.
fn open(args: &RunArgs) -> Result<Box<dyn LiveSource>, String> {
    let interface = match (args.net, args.interface.as_deref()) {
        (Net::Private, Some(interface)) => {
            return Err(format!(
                "cannot capture on {interface}: the command has a network of its own; type --net host -i {interface}"
            ));
        }
        (Net::Private, None) => LOOPBACK,
        (Net::Host, Some(interface)) => interface,
        (Net::Host, None) => return Err(missing_interface("synfin run --net host -i")),
    };
    if args.write.as_deref().map(Target::named) == Some(Target::Stdout) {
        return Err("cannot save the packets on standard output: the results go there; name a file".to_owned());
    }
    if args.witness {
        witness::permitted()?;
    }
    if args.net == Net::Private {
        let advice = "run it as root, or with --net host -i IF on this machine's own network";
        if let Some(said) = namespace::rehearsal::stranding() {
            return Err(format!("{said}; {advice}"));
        }
        let _as_whom = namespace::enter_as(Mapped::ToSelf).map_err(|refused| format!("{refused}; {advice}"))?;
        if args.witness {
            witness::keep_fin_wait_2();
        }
    }
    live::open(&options(interface), args.backend.backend()).map_err(|error| error.to_string())
}

fn options(interface: &str) -> LiveOptions {
    LiveOptions { promiscuous: Promiscuity::Off, ..LiveOptions::on(interface) }
}

fn prepare(args: &RunArgs, source: Box<dyn LiveSource>) -> Result<Session, String> {
    let interface = args.interface.as_deref().unwrap_or(LOOPBACK);
    let witness = args.witness.then(Witness::start).transpose().map_err(|unheard| unheard.to_string())?;
    let options = options(interface);
    let begin = |path| Recording::begin(Target::named(path), None, None, &*source, (interface, options.snap_length));
    let recording = args.write.as_deref().map(|path| thread::as_caller(|| begin(path))).transpose();
    let recording = recording.map_err(|error| session::unsaved(args.write.as_deref(), &error))?;
    Ok(Session {
        source,
        recording,
        asked: Asked::default(),
        options,
        backend: args.backend.id(),
        count: None,
        shown: None,
        stats: false,
        write: args.write.clone(),
        read: 0,
        changes: Changes::Hidden,
        only: None,
        witness,
        most: MemoryArgs::default().most(),
        threads: ThreadsArgs::default().threads(),
    })
}

/// Judges until the command has ended, and reports.
fn report(
    args: &RunArgs,
    session: Session,
    running: Running,
    owned: Option<Owned>,
    sampler: Option<Sampler>,
) -> ExitCode {
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    let aside = Style { width: MOST_WIDTH, colour: Colour::Never, ..style };
    let session = Session { only: owned.clone(), ..session };
    let mut ended = None;
    let (mut running, mut sampler) = (Some(running), sampler);
    let mut epilogue = |reporter: &mut Reporter<'_>| -> io::Result<()> {
        let Some(running) = running.take() else { return Ok(()) };
        let end = running.wait()?;
        drop(sampler.take());
        let view = view(args, &end, owned.as_ref());
        ended = Some(end);
        match args.screen.format {
            Format::Table => reporter.page(&page::page(&view, &style)),
            Format::Json | Format::Jsonl => reporter.object(&view),
        }
    };
    let styles = session::Styles { page: &style, line: &style, aside: &aside };
    let done = session.report(&args.screen, &styles, &mut epilogue);
    // A reader that went away, or a failure, came before the command's end.
    let own =
        ended.map_or_else(|| running.map_or(0, |running| running.wait().map_or(2, |end| end.code())), |end| end.code());
    match done {
        Ok(outcome) => outcome.code_beside(own),
        Err(error) => unwritable(&error),
    }
}

fn view(args: &RunArgs, end: &Ended, owned: Option<&Owned>) -> CommandView {
    CommandView {
        schema: synfin::report::view::SCHEMA,
        kind: "run",
        command: args.command.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        net: args.net.id(),
        code: end.exit_code(),
        signal: end.signal(),
        lasted_ns: end.lasted_ns(),
        kept: owned.map(Owned::kept),
    }
}
