//! `synfin lab crowd`: thousands of connections with random endings, and each end's whole path beside its kernel's.

pub mod epochs;
pub mod labels;

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use nix::unistd::geteuid;

use self::epochs::{Epoch, Epochs};
use self::labels::Labelled;
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
use synfin::lab::{DEVICE, Lab, Setup, clock};
use synfin::namespace;
use synfin::peer::Peer;
use synfin::report::laboratory::crowd::{self as page_of, CrowdView, TapView};
use synfin::report::view::SCHEMA;
use synfin::rules::Severity;
use synfin::tcp::state::State;
use synfin::timestamp::Timestamp;
use synfin::witness::compare::{self, Shown};
use synfin::witness::label::Labels;
use synfin::witness::life::{self, Life, Role};
use synfin::witness::listener::{Besides, Listener, Whose};
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
    root_alone()?;
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
    let label = |host| lab.within(host, || Labels::attach(DEVICE));
    let labels = PerHost { client: label(Host::Client)?, server: label(Host::Server)? };
    let listener = Listener::start(Whose::At(own.to_vec()), Besides::Numbers)?;
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
    let mut unlabelled = None;
    for vantage in Vantage::ALL {
        let labelled = match vantage {
            Vantage::At(host) => match &labels[host] {
                Ok(labels) => Some(labels::join(labels.take()?, host, wire.seen_at(vantage))),
                Err(why) => {
                    unlabelled = Some(why.to_string());
                    None
                }
            },
            Vantage::Middle => None,
        };
        taps.push(tap(&lab, &wire, vantage, &Heard { lives: &lives, ended, labelled })?);
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
        unlabelled,
        taps,
    };
    let screen = Screen::new(&args.screen);
    let shown = match args.screen.format {
        Format::Table => page(&page_of::page(&view, &screen.style())),
        Format::Json => page(&format!("{}\n", serde_json::to_string(&[&view])?)),
        Format::Jsonl => page(&format!("{}\n", serde_json::to_string(&view)?)),
    };
    let mut outcome = Outcome::default();
    let is_bad = view
        .taps
        .iter()
        .any(|tap| tap.violations > 0 || tap.is_own && tap.differ > 0 || tap.outside + tap.labels_outside > 0);
    outcome.found(is_bad.then_some(Severity::Violation), args.screen.fail_on);
    Ok(shown.map_or_else(|error| unwritable(&error), |()| outcome.code()))
}

/// Without the kernels' word there is nothing to compare.
fn root_alone() -> anyhow::Result<()> {
    let user = geteuid();
    anyhow::ensure!(user.is_root(), "cannot hear the kernel: wanted root, found user {user}; type sudo before it");
    Ok(())
}

/// What the kernels said, until the record ended.
struct Heard<'l> {
    lives: &'l [Life],
    ended: Timestamp,
    labelled: Option<Labelled>,
}

/// One end of a connection, and the connection's frames.
struct End {
    wire: WireEnd,
    peer: Peer,
    epochs: Rc<Vec<Epoch>>,
}

/// What a tap makes of the connections: both ends of each, in their order.
#[derive(Default)]
struct Ends {
    ends: Vec<End>,
    epochs: Epochs,
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
            Event::Segment(counted) => self.epochs.note(&counted),
            Event::Connection(ended) => {
                self.connections += 1;
                let epochs = Rc::new(self.epochs.take(ended.conn));
                let of = |peer| End { wire: end(ended, peer), peer, epochs: Rc::clone(&epochs) };
                self.ends.extend(Peer::BOTH.map(of));
            }
            _ => {}
        }
        Ok(())
    }
}

fn end(ended: &Ended<'_>, peer: Peer) -> WireEnd {
    let connection = ended.connection;
    let rows = connection.rows.iter().filter(|row| row.peer == peer && row.retracted.is_none());
    let begin = connection.rows.iter().map(|row| row.step.at.time).min().unwrap_or_default();
    WireEnd {
        own: connection.addresses[peer],
        other: connection.addresses[peer.other()],
        role: if connection.endpoints[peer].is_active() { Role::Active } else { Role::Passive },
        begin,
        shown: rows.map(|row| Shown { at: row.step.at.time, to: row.step.to }).collect(),
    }
}

fn tap(lab: &Lab, wire: &Wire, vantage: Vantage, heard: &Heard<'_>) -> anyhow::Result<TapView> {
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
            let mut view = compared(&sink, heard, own, Place::Own);
            view.unlabelled = heard.labelled.as_ref().map_or(0, |labelled| labelled.missing);
            view.far = Some(Box::new(compared(&sink, heard, |end| !own(end), Place::Away)));
            view.place = host.id();
            view
        }
        Vantage::Middle => TapView { place: "middle", ..compared(&sink, heard, |_| true, Place::Away) },
    })
}

/// Where a tap stands, seen from the ends that are compared there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Own,
    Away,
}

fn compared(sink: &Ends, heard: &Heard<'_>, which: impl Fn(&WireEnd) -> bool, place: Place) -> TapView {
    let chosen: Vec<&End> = sink.ends.iter().filter(|end| which(&end.wire)).collect();
    let wires: Vec<WireEnd> = chosen.iter().map(|end| end.wire.clone()).collect();
    let mut view = TapView {
        connections: sink.connections,
        violations: sink.violations,
        is_own: place == Place::Own,
        rules: sink.rules.clone(),
        ..TapView::default()
    };
    for (end, life) in chosen.into_iter().zip(pairing::pair(heard.lives, &wires)) {
        let path = life.map(Life::path);
        view.ends += 1;
        if let Some(outside) = epochs::outside(&end.epochs, end.peer, life, heard.ended) {
            view.outside += 1;
            let believed: Vec<&str> = outside.believed.iter().map(State::name).collect();
            let (frame, kernel) = (outside.frame, outside.kernel.name());
            let what = format!("after frame {frame} kernel {kernel}, believed {}", believed.join(" "));
            tell(&mut view, &end.wire, path.as_deref(), &what);
        }
        if let (Place::Own, Some(life), Some(labelled)) = (place, life, &heard.labelled) {
            let probes = epochs::probes(&end.epochs, end.peer, life, labelled);
            view.probes += probes.all;
            view.comparable += probes.comparable;
            view.same_nxt += probes.nxt;
            view.same_una += probes.una;
            if let Some(example) = probes.example {
                tell(&mut view, &end.wire, path.as_deref(), &example);
            }
        }
        if let (Place::Own, Some(labelled)) = (place, &heard.labelled) {
            let said = labels::compare(&end.epochs, end.peer, labelled);
            view.labels += said.all;
            view.labels_likely += said.likely;
            view.labels_outside += said.outside;
            if let Some(example) = said.example {
                tell(&mut view, &end.wire, path.as_deref(), &example);
            }
        }
        if compare::is_same(path.as_deref(), &end.wire.shown) {
            view.same += 1;
        } else if let Some(excuse) = compare::excuse(path.as_deref(), &end.wire.shown) {
            *view.excused.entry(excuse.id()).or_default() += 1;
        } else {
            view.differ += 1;
            let what = if place == Place::Own { "another path" } else { "another path is likelier" };
            tell(&mut view, &end.wire, path.as_deref(), what);
        }
    }
    view
}

/// Keeps a difference to be shown.
fn tell(view: &mut TapView, end: &WireEnd, path: Option<&[life::Move]>, what: &str) {
    if view.examples.len() < SHOWN {
        let kernel: Vec<&str> = path.unwrap_or_default().iter().map(|step| step.to.name()).collect();
        let shown: Vec<&str> = end.shown.iter().map(|step| step.to.name()).collect();
        let example =
            format!("{} {}: {what}: kernel {}; wire {}", end.own, end.other, kernel.join(" "), shown.join(" "));
        view.examples.push(example);
    }
}
