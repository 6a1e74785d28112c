//! `synfin lab`: scenarios between two real kernels' TCP in namespaces of their own, judged at both ends and laid beside what
//! the kernels say.

mod amount;
mod ends;
mod judge;
mod save;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::analyze::unwritable;
use super::out::{note, page};
use super::screen::{Format, Screen, ScreenArgs};
use super::verdict::Outcome;
use judge::{Judged, Witness};
use synfin::lab::Lab;
use synfin::lab::link::Lane;
use synfin::lab::scenario::{self, Scenario, Weather};
use synfin::namespace;
use synfin::report::laboratory;
use synfin::report::style::Style;

/// What `synfin lab` takes.
#[derive(Args)]
pub struct LabArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// The names of the scenarios, and what each plays
    List {
        #[command(flatten)]
        screen: ScreenArgs,
    },
    /// Play a scenario, or all; needs root or user namespaces, and /dev/net/tun
    Run(RunArgs),
}

#[derive(Args)]
struct RunArgs {
    /// A scenario, as "synfin lab list" names it, or "all"
    #[arg(value_name = "NAME")]
    name: String,
    /// Of all packets, so many are lost each way: 3%, 0.5%
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    loss: u32,
    /// So many are overtaken
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    reorder: u32,
    /// So many arrive twice
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    duplicate: u32,
    /// So many arrive with one bit turned over
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    corrupt: u32,
    /// So many arrive cut short
    #[arg(long, value_name = "SHARE", value_parser = amount::share, default_value = "0%")]
    truncate: u32,
    /// Every packet takes so long each way, on top of the scenario's own delay: 20ms
    #[arg(long, value_name = "TIME", value_parser = amount::span, default_value = "0ms")]
    delay: Duration,
    /// And up to so much longer, by chance
    #[arg(long, value_name = "TIME", value_parser = amount::span, default_value = "0ms")]
    jitter: Duration,
    /// Bits a second each way: 10M, 64k; 0 is no limit
    #[arg(long, value_name = "RATE", value_parser = amount::rate, default_value = "0")]
    rate: u64,
    /// The seed of all chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Save what the wire saw at the client, in the middle and at the server, as pcapng files in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Hear both kernels' own record meanwhile, and lay every move beside it; needs root
    #[arg(long)]
    witness: bool,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// Does what was typed, and says what went wrong. To be called while the process has one thread.
pub fn run(args: &LabArgs) -> ExitCode {
    match &args.verb {
        Verb::List { screen } => list(screen),
        Verb::Run(args) => match play(args) {
            Ok(code) => code,
            Err(error) => {
                note(format_args!("synfin: {error}"));
                ExitCode::from(2)
            }
        },
    }
}

fn list(screen: &ScreenArgs) -> ExitCode {
    let screen = Screen::new(screen);
    let style = screen.style();
    let names: Vec<&str> = scenario::all().iter().map(|scenario| scenario.name).collect();
    page(&laboratory::list(&names, &style)).map_or_else(|error| unwritable(&error), |()| ExitCode::SUCCESS)
}

fn play(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let scenarios = if args.name == "all" { scenario::all() } else { vec![scenario::named(&args.name)?] };
    if let Some(said) = namespace::rehearsal::stranding() {
        anyhow::bail!("{said}; the lab takes root, or user namespaces");
    }
    let _as_whom = namespace::enter()?;
    let screen = Screen::new(&args.screen);
    let style = screen.style();
    let mut outcome = Outcome::default();
    let mut done = Vec::new();
    for scenario in &scenarios {
        let judged = one(scenario, args)?;
        if let Some(directory) = &args.save {
            save::files(directory, scenario.name, &judged.played.wire)?;
        }
        judged.count(&mut outcome, args.screen.fail_on);
        if let Err(error) = show(&judged, scenarios.len(), args, &style) {
            return Ok(unwritable(&error));
        }
        done.push(judged.view);
    }
    let shown = match args.screen.format {
        Format::Json => page(&format!("{}\n", serde_json::to_string(&done)?)),
        Format::Table if done.len() > 1 => page(&laboratory::summary(&done, &style)),
        _ => Ok(()),
    };
    Ok(shown.map_or_else(|error| unwritable(&error), |()| outcome.code()))
}

fn one(scenario: &Scenario, args: &RunArgs) -> anyhow::Result<Judged> {
    let lane = Lane {
        loss: args.loss,
        delay: args.delay,
        jitter: args.jitter,
        reorder: args.reorder,
        duplicate: args.duplicate,
        corrupt: args.corrupt,
        truncate: args.truncate,
        rate: args.rate,
    };
    let weather = Weather { lane, seed: args.seed, number: std::process::id() };
    let lab = Lab::make(&scenario.setup(weather))?;
    let witness = if args.witness { Witness::Asked } else { Witness::Absent };
    judge::play(scenario, &lab, weather, witness)
}

fn show(judged: &Judged, of: usize, args: &RunArgs, style: &Style<'_>) -> io::Result<()> {
    match args.screen.format {
        Format::Table if of == 1 => page(&laboratory::page(&judged.view, &judged.ladders(style), style)),
        Format::Table => page(&laboratory::line(&judged.view, style)),
        Format::Jsonl => page(&format!("{}\n", serde_json::to_string(&judged.view)?)),
        Format::Json => Ok(()),
    }
}
