//! `synfin lab crowd`: thousands of connections with random endings, and each end's whole path beside its kernel's.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::judge::packet;
use super::save;
use super::weather::WeatherArgs;
use crate::cli::analyze::unwritable;
use crate::cli::out::page;
use crate::cli::screen::{Format, Screen, ScreenArgs};
use crate::cli::verdict::Outcome;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Ended, Event, Sink};
use synfin::lab::crowd::{self, Crowd};
use synfin::lab::host::{Host, PerHost, Version};
use synfin::lab::tap::{Vantage, Wire};
use synfin::lab::{Lab, Setup, clock};
use synfin::namespace;
use synfin::peer::Peer;
use synfin::report::laboratory::{self, CrowdView, TapView};
use synfin::report::view::SCHEMA;
use synfin::rules::Severity;
use synfin::tcp::belief::belief;
use synfin::tcp::state::{State, StateSet};
use synfin::witness::compare::{self, Shown};
use synfin::witness::life::{self, Life, Role};
use synfin::witness::listener::{Listener, Whose};
use synfin::witness::pairing::{self, WireEnd};

/// Nothing more comes after so long without a packet: longer than the first repetitions of a lost FIN.
const QUIET: Duration = Duration::from_millis(900);
/// But no longer than this; some wait much longer for their last repetition.
const AT_MOST: Duration = Duration::from_secs(12);
/// Differences that are shown.
const SHOWN: usize = 10;

/// What `synfin lab crowd` takes.
#[derive(Args)]
pub struct CrowdArgs {
    /// How many connections
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1_000)]
    connections: u32,
    /// How many threads play them
    #[arg(long, value_name = "N", default_value_t = 32)]
    threads: u16,
    /// Programs pause up to so long between what they do
    #[arg(long, value_name = "TIME", value_parser = super::amount::span, default_value = "0ms")]
    pause: Duration,
    /// They write up to so many octets at a time
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    octets: u64,
    #[command(flatten)]
    weather: WeatherArgs,
    /// Save what the wire saw at the client, in the middle and at the server, as pcapng files in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<std::path::PathBuf>,
    #[command(flatten)]
    screen: ScreenArgs,
}

/// Plays and compares. To be called while the process has one thread.
pub fn run(args: &CrowdArgs) -> anyhow::Result<ExitCode> {
    let _as_whom = namespace::enter()?;
    let lane = args.weather.lane();
    let number = std::process::id();
    let lab = Lab::make(&Setup {
        number,
        seed: args.weather.seed,
        lanes: PerHost { client: lane, server: lane },
        ..Setup::default()
    })?;
    let own = Host::BOTH.map(|host| lab.addresses().ip(host, Version::V4));
    let listener = Listener::start(Whose::At(own.to_vec()))?;
    let crowd = Crowd {
        connections: args.connections,
        threads: args.threads,
        seed: args.weather.seed,
        pause: args.pause,
        octets: args.octets,
    };
    let steady = clock::Steady::start();
    let done = crowd::play(&lab, crowd)?;
    let took = steady.elapsed();
    lab.wait_for_quiet(QUIET, AT_MOST);
    let ended = clock::stamp();
    let wire = lab.take_wire();
    let testimony = listener.finish()?;
    if testimony.lost + wire.unkept > 0 {
        let (events, packets) = (testimony.lost, wire.unkept);
        anyhow::bail!("cannot compare with the kernel: {events} of its events and {packets} packets were lost");
    }
    let events: Vec<_> = testimony.events.into_iter().filter(|event| event.at <= ended).collect();
    let lives = life::lives(&events);
    if let Some(directory) = &args.save {
        save::files(directory, "crowd", &wire)?;
    }
    let mut taps = Vec::new();
    for vantage in Vantage::ALL {
        taps.push(tap(&lab, &wire, vantage, &lives)?);
    }
    let view = CrowdView {
        schema: SCHEMA,
        kind: "crowd",
        seed: args.weather.seed,
        connections: args.connections,
        done,
        seconds: took.as_secs_f64(),
        packets: wire.caught.len(),
        events: events.len(),
        taps,
    };
    let screen = Screen::new(&args.screen);
    let shown = match args.screen.format {
        Format::Table => page(&laboratory::crowd(&view, &screen.style())),
        Format::Json => page(&format!("{}\n", serde_json::to_string(&[&view])?)),
        Format::Jsonl => page(&format!("{}\n", serde_json::to_string(&view)?)),
    };
    let mut outcome = Outcome::default();
    let is_bad = view.taps.iter().any(|tap| tap.violations > 0 || tap.is_own && tap.differ > 0 || tap.outside > 0);
    outcome.found(is_bad.then_some(Severity::Violation), args.screen.fail_on);
    Ok(shown.map_or_else(|error| unwritable(&error), |()| outcome.code()))
}

/// What a tap makes of the connections: both ends of each, in their order.
#[derive(Default)]
struct Ends {
    ends: Vec<(WireEnd, StateSet)>,
    connections: u64,
    violations: u64,
    rules: BTreeMap<&'static str, u64>,
}

impl Sink for Ends {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(_, _, judged)
                if judged.outcome == synfin::rules::judge::Outcome::Broken(Severity::Violation) =>
            {
                self.violations += 1;
                *self.rules.entry(judged.rule.id).or_default() += 1;
            }
            Event::Connection(ended) => {
                self.connections += 1;
                self.ends.extend(Peer::BOTH.map(|peer| end(ended, peer)));
            }
            _ => {}
        }
        Ok(())
    }
}

fn end(ended: &Ended<'_>, peer: Peer) -> (WireEnd, StateSet) {
    let connection = ended.connection;
    let rows = connection.rows.iter().filter(|row| row.peer == peer && row.retracted.is_none());
    let begin = connection.rows.iter().map(|row| row.step.at.time).min().unwrap_or_default();
    let believed = belief(connection, peer, ended.now);
    let wire = WireEnd {
        own: connection.addresses[peer],
        other: connection.addresses[peer.other()],
        role: if connection.endpoints[peer].is_active() { Role::Active } else { Role::Passive },
        begin,
        shown: rows.map(|row| Shown { at: row.step.at.time, to: row.step.to }).collect(),
    };
    (wire, believed.possible.union(believed.silent))
}

fn tap(lab: &Lab, wire: &Wire, vantage: Vantage, lives: &[Life]) -> anyhow::Result<TapView> {
    let mut sink = Ends::default();
    let mut analyzer = Analyzer::new();
    for (frame, caught) in (1..).zip(wire.seen_at(vantage)) {
        analyzer.observe(&packet(frame, caught), &mut sink)?;
    }
    analyzer.finish(&mut sink)?;
    let own = |end: &WireEnd| match vantage {
        Vantage::At(host) => lab.addresses().host_of(end.own.ip()) == Some(host),
        Vantage::Middle => false,
    };
    Ok(match vantage {
        Vantage::At(host) => {
            let mut view = compared(&sink, lives, own, true);
            view.far = Some(Box::new(compared(&sink, lives, |end| !own(end), false)));
            view.place = host.id();
            view
        }
        Vantage::Middle => TapView { place: "middle", ..compared(&sink, lives, |_| true, false) },
    })
}

fn compared(sink: &Ends, lives: &[Life], which: impl Fn(&WireEnd) -> bool, is_own: bool) -> TapView {
    let chosen: Vec<&(WireEnd, StateSet)> = sink.ends.iter().filter(|(end, _)| which(end)).collect();
    let wires: Vec<WireEnd> = chosen.iter().map(|(end, _)| end.clone()).collect();
    let mut view = TapView { connections: sink.connections, violations: sink.violations, is_own, ..TapView::default() };
    view.rules = sink.rules.clone();
    for ((end, believed), life) in chosen.into_iter().zip(pairing::pair(lives, &wires)) {
        let path = life.map(Life::path);
        view.ends += 1;
        if compare::is_same(path.as_deref(), &end.shown) {
            view.same += 1;
            continue;
        }
        if let Some(excuse) = compare::excuse(path.as_deref(), &end.shown) {
            *view.excused.entry(excuse.id()).or_default() += 1;
            continue;
        }
        view.differ += 1;
        tell(&mut view, end, path.as_deref());
        let last = path.as_deref().and_then(|path| path.last()).map_or(State::Closed, |step| step.to);
        view.outside += u64::from(!believed.contains(last));
    }
    view
}

/// Keeps a difference to be shown.
fn tell(view: &mut TapView, end: &WireEnd, path: Option<&[life::Move]>) {
    if view.examples.len() < SHOWN {
        let kernel: Vec<&str> = path.unwrap_or_default().iter().map(|step| step.to.name()).collect();
        let shown: Vec<&str> = end.shown.iter().map(|step| step.to.name()).collect();
        let example = format!("{} {}: kernel {}; wire {}", end.own, end.other, kernel.join(" "), shown.join(" "));
        view.examples.push(example);
    }
}
