//! `synfin live`: packets off an interface in, changes of state as they happen, judged connections at the end.

mod consumer;
mod packer;
pub mod quantity;
pub mod recording;
mod rotation;
pub mod session;
pub mod signals;
mod watch;

use super::analyze::unwritable;
use super::memory::MemoryArgs;
use super::only::OnlyArgs;
use super::out::note;
use super::screen::{Format, Screen, ScreenArgs};
use super::threads::ThreadsArgs;
use super::verdict::Outcome;
use super::witness::{self, Witness};
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use packer::Packer;
use recording::{Recording, Target};
use rotation::{Limits, Rotation};
use session::{Changes, Session};
use signals::{Asked, end_after};
use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use synfin::capture::ahead::Ahead;
use synfin::capture::interface;
use synfin::capture::live::{self, Backend, LiveOptions, LiveSource, Promiscuity, SNAP_LENGTH};
use synfin::capture::privilege::{Intent, surrender, thread};
use synfin::report::style::Style;
use synfin::report::terminal::{Colour, MOST_WIDTH};
use synfin::timestamp::Timestamp;

/// What `synfin live` takes.
#[derive(Args)]
pub struct LiveArgs {
    /// Interface to capture on; any is all of them
    #[arg(short, long, value_name = "IF")]
    interface: Option<String>,
    /// Only packets that pass this filter, in the language of tcpdump (pcap-filter(7))
    #[arg(value_name = "EXPR", conflicts_with = "filter")]
    words: Vec<String>,
    /// The filter as one argument
    #[arg(short = 'f', long, value_name = "EXPR")]
    filter: Option<String>,
    /// End after so many packets
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after so much time: seconds, or with ms, s, m, h
    #[arg(long, value_name = "TIME", value_parser = quantity::duration)]
    duration: Option<Duration>,
    /// Save the packets in this file, as pcapng; - is standard output, which then carries no report
    #[arg(short, long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// With -w: begin another file, FILE and a number, once one has more than so many millions of octets
    #[arg(short = 'C', long, value_name = "MILLIONS", requires = "write", value_parser = clap::value_parser!(u64).range(1..))]
    file_size: Option<u64>,
    /// With -w: begin another file once one is so many seconds old; FILE may hold its time as strftime(3) writes it
    /// (cap_%Y%m%d_%H%M%S.pcapng)
    #[arg(short = 'G', long, value_name = "SECONDS", requires = "write", value_parser = clap::value_parser!(u64).range(1..))]
    file_seconds: Option<u64>,
    /// With -C: keep so many files, the next in place of the oldest; with -G alone: end after so many
    #[arg(short = 'W', long, value_name = "N", requires = "write", value_parser = clap::value_parser!(u64).range(1..))]
    files: Option<u64>,
    /// With -w: compress each file by gzip once it is finished; FILE becomes FILE.gz
    #[arg(long, requires = "write")]
    compress: bool,
    /// Octets kept of each packet; 0 keeps all
    #[arg(short, long, value_name = "OCTETS", default_value_t = SNAP_LENGTH, value_parser = clap::value_parser!(u32).range(..=i64::from(SNAP_LENGTH)))]
    snap: u32,
    /// Leave the interface out of promiscuous mode: only frames to this host
    #[arg(short = 'p', long)]
    no_promiscuous: bool,
    /// Kernel buffer: octets, or with K, M, G. Beside it, as much again of what was read may wait to be judged
    #[arg(short = 'B', long, value_name = "SIZE", default_value = "64MiB", value_parser = quantity::octets)]
    buffer: usize,
    /// What reads the packets from the kernel
    #[arg(long, value_enum, default_value = "pcap")]
    backend: BackendName,
    /// With --backend raw: so many sockets, each read by a thread of its own, share the interface's flows (PACKET_FANOUT by
    /// a hash of addresses and ports)
    #[arg(long, value_name = "N", value_parser = fanned)]
    fanout: Option<NonZeroUsize>,
    /// End with the bounds on what is kept, how full they got, and what was forgotten because of them
    #[arg(long)]
    stats: bool,
    /// Hear the kernel's own record meanwhile, and lay its word beside every move; needs root, and keeps it
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    threads: ThreadsArgs,
    #[command(flatten)]
    only: OnlyArgs,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// A backend as it is typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BackendName {
    /// libpcap, through a ring shared with the kernel
    Pcap,
    /// A packet socket read through pnet
    Raw,
}

impl BackendName {
    pub const fn backend(self) -> Backend {
        match self {
            Self::Pcap => Backend::Pcap,
            Self::Raw => Backend::Raw,
        }
    }

    pub const fn id(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::Raw => "raw",
        }
    }
}

impl LiveArgs {
    fn expression(&self) -> Option<String> {
        let words = self.words.join(" ");
        self.filter.clone().or((!words.is_empty()).then_some(words)).filter(|text| !text.trim().is_empty())
    }

    fn options(&self, interface: &str) -> LiveOptions {
        LiveOptions {
            filter: self.expression(),
            promiscuous: if self.no_promiscuous { Promiscuity::Off } else { Promiscuity::On },
            snap_length: if self.snap == 0 { SNAP_LENGTH } else { self.snap },
            buffer: self.buffer,
            ..LiveOptions::on(interface)
        }
    }
}

/// Does it, and says what went wrong.
pub fn run(args: &LiveArgs) -> ExitCode {
    match prepare(args) {
        Ok(session) => capture(args, session),
        Err(told) => {
            note(format_args!("synfin: {told}"));
            ExitCode::from(2)
        }
    }
}

/// Opens all that the capture needs.
fn prepare(args: &LiveArgs) -> Result<Session, String> {
    let interface = args.interface.as_deref().ok_or_else(|| missing_interface("synfin live -i"))?;
    let target = args.write.as_deref().map(Target::named);
    if target == Some(Target::Stdout) {
        refuse_stdout(args, interface)?;
    }
    let witness = heard(args)?;
    let options = args.options(interface);
    let backend = args.backend.backend();
    let opened = match args.fanout {
        Some(count) => live::open_sharing(&options, backend, count),
        None => live::open(&options, backend).map(|source| vec![source]),
    };
    let sources = opened.map_err(|error| error.to_string())?;
    // Nothing that was captured has been looked at, and there is no other thread yet, but for the one that hears the kernel:
    // it keeps root, since what it changed is put back at the end, and this one gives up what it can without it.
    let intent = if matches!(target, Some(Target::File(_))) { Intent::WritesFiles } else { Intent::WritesNothing };
    let given_up = if witness.is_none() { surrender(intent) } else { thread::confine() };
    given_up.map_err(|error| format!("cannot capture on {interface}: {error}"))?;
    let read_ahead = Ahead::start(sources, args.buffer);
    let source: Box<dyn LiveSource> = Box::new(read_ahead.map_err(|error| cannot_read(interface, &error))?);
    let recording = match target {
        None => None,
        Some(target) => {
            let rotation = match target {
                Target::File(path) => rotation(args, path)?,
                Target::Stdout => None,
            };
            let unsaved = |error| session::unsaved(args.write.as_deref(), &error);
            let packer = args.compress.then(Packer::start).transpose().map_err(unsaved)?;
            let begun = Recording::begin(target, rotation, packer, &*source, (interface, options.snap_length));
            Some(begun.map_err(unsaved)?)
        }
    };
    let system = |error: io::Error| cannot_watch(interface, &error);
    let asked = Asked::watch(source.stop_handle()).map_err(system)?;
    if let Some(duration) = args.duration {
        end_after(duration, source.stop_handle()).map_err(system)?;
    }
    Ok(Session {
        source,
        recording,
        asked,
        options,
        backend: args.backend.id(),
        count: args.count,
        stats: args.stats,
        shown: args.only.only(),
        write: args.write.clone(),
        read: 0,
        changes: Changes::Shown,
        only: None,
        witness,
        most: args.memory.most(),
        threads: args.threads.threads(),
    })
}

fn rotation(args: &LiveArgs, path: &Path) -> Result<Option<Rotation>, String> {
    let limits = Limits { size: args.file_size, seconds: args.file_seconds, files: args.files };
    Rotation::new(path, limits, now(), TimeZone::system())
}

#[expect(clippy::disallowed_methods, reason = "the first file is named before the first packet")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

fn capture(args: &LiveArgs, session: Session) -> ExitCode {
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    // A line for every change, unless a terminal would break it in the middle of a word.
    let line_style = if io::stdout().is_terminal() || args.screen.width.is_some() {
        style
    } else {
        Style { width: MOST_WIDTH, ..style }
    };
    let aside = Style { width: MOST_WIDTH, colour: Colour::Never, ..style };
    let done = if session.is_on_stdout() {
        session.save(&aside)
    } else {
        let styles = session::Styles { page: &style, line: &line_style, aside: &aside };
        session.report(&args.screen, &styles, &mut |_| Ok(())).map(Outcome::code)
    };
    done.unwrap_or_else(|error| unwritable(&error))
}

/// The kernel, if it is to be heard.
fn heard(args: &LiveArgs) -> Result<Option<Witness>, String> {
    if !args.witness {
        return Ok(None);
    }
    witness::permitted()?;
    Witness::start().map(Some).map_err(|unheard| unheard.to_string())
}

/// That an interface has to be named, and what to type.
pub fn missing_interface(typed: &str) -> String {
    let all = interface::list();
    let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
    let likely = all.iter().find(|it| it.is_running() && !it.is_loopback() && !it.is_any()).or_else(|| all.first());
    let example = likely.map_or(interface::ANY, |it| it.name.as_str());
    format!(
        "cannot capture: wanted an interface, found no -i; there are {}; type `{typed} {example}`",
        names.join(", ")
    )
}

fn refuse_stdout(args: &LiveArgs, interface: &str) -> Result<(), String> {
    if args.compress {
        return Err(format!(
            "cannot compress standard output with --compress; type `synfin live -i {interface} -w - | gzip`, or name a file"
        ));
    }
    if args.screen.format != Format::Table {
        return Err(
            "cannot report on standard output: `-w -` sends the capture there; name a file instead of -".to_owned()
        );
    }
    if io::stdout().is_terminal() {
        return Err(format!(
            "cannot write a capture to a terminal; type `synfin live -i {interface} -w - | synfin analyze -`, or name a file"
        ));
    }
    Ok(())
}

/// Sockets that share an interface at most: the kernel's groups take 256, and more readers than processors are no help.
const MOST_SOCKETS: usize = 64;

fn fanned(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse::<NonZeroUsize>().ok().filter(|count| count.get() <= MOST_SOCKETS);
    count.ok_or_else(|| format!("wanted a number from 1 to {MOST_SOCKETS}"))
}

fn cannot_read(interface: &str, error: &dyn Display) -> String {
    format!("cannot capture on {interface}: cannot begin to read: {error}")
}

fn cannot_watch(interface: &str, error: &dyn Display) -> String {
    format!("cannot capture on {interface}: cannot watch for signals: {error}")
}

#[cfg(test)]
mod tests {
    use super::quantity;
    use synfin::capture::live::BUFFER;

    #[test]
    fn the_default_buffer_is_the_library_s() {
        assert_eq!(quantity::octets("64MiB"), Ok(BUFFER));
    }
}
