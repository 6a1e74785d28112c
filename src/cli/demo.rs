//! `synfin demo`: the built-in peers talk, their real packets are captured and judged, and a lesson comes of it.
//!
//! In order: a network namespace of its own; where that is refused, this machine's loopback with a filter on the demo's
//! own ports; where that may not be captured, the recorded capture, said to be one. Here are the arguments and that order.

mod acts;
mod recorded;
mod recording;
mod show;

use std::fs::File;
use std::io::BufWriter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use self::acts::{Act, Prepared};
use self::recording::Recording;
use self::show::{Seen, Show};
use crate::cli::out::note;
use crate::cli::saving;
use crate::cli::screen::{Screen, ScreenArgs};
use crate::cli::verdict::Outcome;
use crate::cli::witness::{self, Witness};
use synfin::capture::SourceError;
use synfin::capture::live::{self, Backend, LiveOptions, LiveSource, Promiscuity};
use synfin::capture::privilege::{self, Intent, Lack, Setcap, surrender};
use synfin::demo::scenario::Scenario;
use synfin::namespace;
use synfin::report::ladder::Fold;
use synfin::report::style::Style;
use synfin::report::testimony;

/// Kernel buffer for the capture, in octets: a demo fills none of it.
const BUFFER: usize = 4 << 20;

/// What `synfin demo` takes.
#[derive(Args)]
pub struct DemoArgs {
    /// What to play
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// How the TCP connection goes [default: client-closes]
    #[arg(long, value_enum)]
    scenario: Option<Play>,
    /// Over IPv6
    #[arg(short = '6')]
    ipv6: bool,
    /// What captures
    #[arg(long, value_enum, default_value = "pcap")]
    backend: With,
    /// Also save the captured packets, as pcapng
    #[arg(short = 'w', value_name = "FILE")]
    save: Option<PathBuf>,
    /// Draw every segment in ladders; long runs of data are folded otherwise
    #[arg(long)]
    unfold: bool,
    /// Hear the kernel's own record meanwhile, and lay its word beside every move; needs root
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    screen: ScreenArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// A datagram to a program that listens, and one to nobody
    Udp,
    /// A connection, explained step by step
    Tcp,
    /// A file over TCP
    File,
    /// All three
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Play {
    /// Client first, server later: four segments
    ClientCloses,
    /// Client first, server at once: three segments
    Merged,
    /// Server first, client later
    ServerCloses,
    /// Client closes its own direction, server goes on sending
    HalfClose,
    /// Nobody listens
    Refused,
    /// Client resets the connection
    Reset,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    /// libpcap
    Pcap,
    /// A packet socket, read through pnet
    Raw,
}

impl Play {
    const fn scenario(self) -> Scenario {
        match self {
            Self::ClientCloses => Scenario::ClientCloses,
            Self::Merged => Scenario::Merged,
            Self::ServerCloses => Scenario::ServerCloses,
            Self::HalfClose => Scenario::HalfClose,
            Self::Refused => Scenario::Refused,
            Self::Reset => Scenario::Reset,
        }
    }
}

impl With {
    const fn backend(self) -> Backend {
        match self {
            Self::Pcap => Backend::Pcap,
            Self::Raw => Backend::Raw,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Pcap => "libpcap",
            Self::Raw => "a packet socket (pnet)",
        }
    }
}

/// Where the peers play.
enum Stage {
    Namespace,
    Machine,
}

/// Does what was typed, and says what went wrong. To be called while the process has one thread.
pub fn run(args: &DemoArgs) -> ExitCode {
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    if let (Some(play), What::Udp | What::File) = (args.scenario, args.what) {
        let values = [("scenario", play.scenario().id().into())];
        note(format_args!("synfin: {}", style.words.say_with("demo-note-scenario", &values)));
        return ExitCode::from(2);
    }
    if let Some(told) = args.witness.then(witness::permitted).and_then(Result::err) {
        note(format_args!("synfin: {told}"));
        return ExitCode::from(2);
    }
    let stage = set_the_stage(&style);
    let mut outcome = Outcome::default();
    match play(args, &stage, &style, &mut outcome) {
        Ok(seen) => {
            let show =
                Show { format: args.screen.format, fold: fold(args), fail_on: args.screen.fail_on, style: &style };
            if let Err(error) = show.everything(&seen, &mut outcome) {
                return crate::cli::analyze::unwritable(&error);
            }
        }
        Err(error) => {
            note(format_args!("synfin: {error}"));
            outcome.could_not();
        }
    }
    outcome.code()
}

const fn fold(args: &DemoArgs) -> Fold {
    if args.unfold { Fold::Never } else { Fold::Beyond(8) }
}

fn set_the_stage(style: &Style<'_>) -> Stage {
    let refused = match namespace::rehearsal::stranding() {
        Some(said) => said,
        None => match namespace::enter() {
            Ok(_) => return Stage::Namespace,
            Err(refused) => refused.to_string(),
        },
    };
    let values = [("found", refused.into())];
    note(format_args!("synfin: {}", style.words.say_with("demo-note-namespace", &values)));
    Stage::Machine
}

fn acts(args: &DemoArgs) -> Vec<Act> {
    let tcp = Act::Tcp(args.scenario.unwrap_or(Play::ClientCloses).scenario());
    match args.what {
        What::Udp => vec![Act::Udp],
        What::Tcp => vec![tcp],
        What::File => vec![Act::File],
        What::All => vec![Act::Udp, tcp, Act::File],
    }
}

/// Plays, and captures that or takes the recorded capture instead.
fn play(args: &DemoArgs, stage: &Stage, style: &Style<'_>, outcome: &mut Outcome) -> anyhow::Result<Seen> {
    let acts = acts(args);
    let ip: IpAddr = if args.ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
    let prepared = Prepared::take_ports(&acts, ip)?;
    let filter = match stage {
        Stage::Namespace => None,
        Stage::Machine => Some(prepared.filter()),
    };
    // Before the capture is open: then every privilege is given up.
    if args.witness && filter.is_none() {
        witness::keep_fin_wait_2();
    }
    let witness = args.witness.then(Witness::start).transpose()?;
    let source = match open(filter.clone(), args.backend.backend()) {
        Ok(source) => source,
        Err(found) => {
            note(format_args!("synfin: {}", style.words.say_with("demo-note-capture", &[("found", found.into())])));
            advise(style);
            return uncaptured(args, &acts, prepared, style, outcome);
        }
    };
    // Before the peers' threads start and their packets are looked at. The peers may write files, and need no privilege.
    surrender(Intent::WritesFiles)?;
    let file = args.save.as_deref().map(create).transpose()?;
    let expected = prepared.expected();
    let recording = Recording::start(source, file, witness)?;
    let done = prepared.play(&mut |error| {
        note(format_args!("synfin: {error}"));
        outcome.could_not();
    });
    let taken = recording.finish(expected, style)?;
    if let Some(error) = &taken.damage {
        note(format_args!("synfin: {error}"));
        outcome.damaged();
    }
    if let (Some(error), Some(path)) = (&taken.unsaved, &args.save) {
        note(format_args!("synfin: cannot save the packets in {}: {error}", path.display()));
        outcome.could_not();
    }
    match &taken.lost {
        Ok(0) => {}
        Ok(count) => note(format_args!("synfin: {}", testimony::lost(*count, style))),
        Err(unheard) => {
            note(format_args!("synfin: {unheard}"));
            outcome.could_not();
        }
    }
    let backend = args.backend.name();
    Ok(Seen::live(&acts, done, taken, filter, backend))
}

/// Plays all the same, and shows what was recorded.
fn uncaptured(
    args: &DemoArgs,
    acts: &[Act],
    prepared: Prepared,
    style: &Style<'_>,
    outcome: &mut Outcome,
) -> anyhow::Result<Seen> {
    if let Some(file) = &args.save {
        let values = [("file", file.display().to_string().into())];
        note(format_args!("synfin: {}", style.words.say_with("demo-note-not-saved", &values)));
        outcome.could_not();
    }
    let done = prepared.play(&mut |error| note(format_args!("synfin: {error}")));
    recorded::seen(acts, done)
}

/// Opens the capture on the loopback of wherever this process is.
fn open(filter: Option<String>, backend: Backend) -> Result<Box<dyn LiveSource>, String> {
    // Asked for first, because the remedy of an ordinary capture would be to type `synfin demo`.
    privilege::check().map_err(|lack| lack.found())?;
    let options =
        LiveOptions { filter, promiscuous: Promiscuity::Off, buffer: BUFFER, ..LiveOptions::on(recording::LOOPBACK) };
    live::open(&options, backend).map_err(|error| match error {
        SourceError::Live { found, .. } => found,
        error => error.to_string(),
    })
}

/// What to type so that the next run captures.
fn advise(style: &Style<'_>) {
    let Err(Lack { program, setcap, .. }) = privilege::check() else { return };
    let id = match setcap {
        Setcap::Works => "demo-remedy-works",
        Setcap::Nosuid => "demo-remedy-nosuid",
        Setcap::NoNewPrivs => "demo-remedy-no-new-privs",
    };
    let program = program.map_or_else(|| "synfin".to_owned(), |path| path.display().to_string());
    note(format_args!("synfin: {}", style.words.say_with(id, &[("program", program.into())])));
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    anyhow::ensure!(
        path != Path::new("-"),
        "cannot save the packets on standard output: the results go there; name a file"
    );
    let file = saving::create(path).map_err(|error| {
        anyhow::anyhow!("cannot save the packets in {}: {error}; name a file that can be written", path.display())
    })?;
    Ok(BufWriter::new(file))
}
