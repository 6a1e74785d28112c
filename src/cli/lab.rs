//! `synfin lab`: scenarios between two real kernels' TCP in namespaces of their own, judged at both ends and laid beside what
//! the kernels say.

mod amount;
mod crowd;
mod ends;
mod judge;
mod save;
mod weather;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::analyze::unwritable;
use super::out::{note, page};
use super::screen::{Format, Screen, ScreenArgs};
use super::verdict::Outcome;
use super::witness::permitted;
use judge::{Judged, Witness};
use synfin::lab::Lab;
use synfin::lab::scenario::{self, Scenario, Weather};
use synfin::namespace;
use synfin::report::laboratory;
use synfin::report::style::Style;
use weather::WeatherArgs;

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
    /// Play many connections with random endings, and compare each end's whole path with its kernel's; needs root
    Crowd(crowd::CrowdArgs),
}

#[derive(Args)]
struct RunArgs {
    /// A scenario, as "synfin lab list" names it, or "all"
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    weather: WeatherArgs,
    /// Save what the wire saw at the client, in the middle and at the server, and what came of it, in this directory
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
        Verb::Run(args) => or_say(play(args)),
        Verb::Crowd(args) => or_say(crowd::run(args)),
    }
}

fn or_say(done: anyhow::Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        note(format_args!("synfin: {error}"));
        ExitCode::from(2)
    })
}

fn list(screen: &ScreenArgs) -> ExitCode {
    let screen = Screen::new(screen);
    let style = screen.style();
    let names: Vec<&str> = scenario::all().iter().map(|scenario| scenario.name).collect();
    page(&laboratory::list(&names, &style)).map_or_else(|error| unwritable(&error), |()| ExitCode::SUCCESS)
}

fn play(args: &RunArgs) -> anyhow::Result<ExitCode> {
    let scenarios = if args.name == "all" { scenario::all() } else { vec![scenario::named(&args.name)?] };
    if args.witness {
        permitted().map_err(anyhow::Error::msg)?;
    }
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
            save::truth(directory, &judged.view)?;
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
    let weather = Weather { lane: args.weather.lane(), seed: args.weather.seed, number: std::process::id() };
    let lab = Lab::make(&scenario.setup(weather))?;
    let witness = if args.witness { Witness::Asked } else { Witness::Absent };
    judge::play(scenario, &lab, weather, witness)
}

fn show(judged: &Judged, of: usize, args: &RunArgs, style: &Style<'_>) -> io::Result<()> {
    match args.screen.format {
        Format::Table if of == 1 => {
            page(&laboratory::page(&judged.view, &judged.ladders(style), &judged.besides(style), style))
        }
        Format::Table => page(&laboratory::line(&judged.view, style)),
        Format::Jsonl => page(&format!("{}\n", serde_json::to_string(&judged.view)?)),
        Format::Json => Ok(()),
    }
}
