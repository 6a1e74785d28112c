//! Where the lab, the analysis and the kernel meet: what the wire saw is judged at each place, and each end of each connection
//! is laid beside what its kernel says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use super::crowd::epochs::{Epoch, Epochs};
use super::crowd::labels;
use super::ends::{self, Evidence};
use crate::cli::verdict::{FailOn, Outcome};
use crate::cli::witness as heard;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::lab::fault::LabError;
use synfin::lab::host::{Host, PerHost, Version};
use synfin::lab::link::RAW;
use synfin::lab::scenario::{Played, Scenario, Weather};
use synfin::lab::tap::{Caught, Vantage, Wire};
use synfin::lab::{DEVICE, Lab};
use synfin::packet::{Packet, Stamping};
use synfin::peer::{Peer, PerPeer};
use synfin::report::collect::{Collector, Story, Which};
use synfin::report::laboratory::{DeedView, HeardView, LabelledView, ScenarioView};
use synfin::report::ladder::{self, Fold};
use synfin::report::style::Style;
use synfin::report::testimony;
use synfin::report::view::SCHEMA;
use synfin::witness::diag::{Diag, Seen};
use synfin::witness::label::{Labels, Unlabelled};
use synfin::witness::life::{self, Life};
use synfin::witness::listener::{Besides, Listener, Whose};

/// A scenario, played and judged.
pub struct Judged {
    /// What came of it.
    pub played: Played,
    /// The connections, as seen at each host's tap.
    pub stories: PerHost<Vec<Story>>,
    /// All of it, plainly.
    pub view: ScenarioView,
}

/// Whether the kernel is heard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// It is.
    Asked,
    /// It is not.
    Absent,
}

/// A packet of the record, as any source delivers it.
pub fn packet(frame: u64, caught: &Caught) -> Packet<'_> {
    let wire_len = u32::try_from(caught.octets.len()).unwrap_or(u32::MAX);
    Packet { frame, at: caught.at, stamping: Stamping::Told, link: RAW, interface: 0, bytes: &caught.octets, wire_len }
}

/// Judges what was seen at a host; the kernel there has its word on it, if it was heard.
fn stories(name: &str, wire: &Wire, host: Host, witness: Option<heard::Witness>) -> io::Result<(Vec<Story>, Watched)> {
    let mut watch =
        Watch { collector: Collector::new(name, Which::All), witness, epochs: Epochs::default(), watched: Vec::new() };
    let mut analyzer = Analyzer::new();
    for (frame, caught) in (1..).zip(wire.seen_at(Vantage::At(host))) {
        analyzer.observe(&packet(frame, caught), &mut watch)?;
    }
    analyzer.finish(&mut watch)?;
    let Watch { collector, witness, watched, .. } = watch;
    let mut stories = collector.stories;
    stories.sort_by_key(|story| story.view.conn);
    if let Some(mut witness) = witness {
        stories.iter_mut().for_each(|story| witness.testify(&mut story.view));
    }
    Ok((stories, watched))
}

/// The addresses of each connection, and what was believed after each of its frames.
type Watched = Vec<(PerPeer<SocketAddr>, Vec<Epoch>)>;

/// A collector, and those that are told of what it collects.
struct Watch {
    collector: Collector,
    witness: Option<heard::Witness>,
    epochs: Epochs,
    watched: Watched,
}

impl Sink for Watch {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        self.witness.iter_mut().for_each(|witness| witness.observe(&event));
        match event {
            Event::Segment(counted) => self.epochs.note(&counted),
            Event::Connection(ended) => {
                self.watched.push((ended.connection.addresses, self.epochs.take(ended.conn)));
            }
            _ => {}
        }
        self.collector.event(event)
    }
}

/// Plays a scenario and judges it; with `witness`, both kernels are heard meanwhile.
pub fn play(scenario: &Scenario, lab: &Lab, weather: Weather, witness: Witness) -> anyhow::Result<Judged> {
    let listener = match witness {
        Witness::Asked => {
            let of = |version| Host::BOTH.map(|host| lab.addresses().ip(host, version));
            Some(Listener::start(Whose::At([of(Version::V4), of(Version::V6)].concat()), Besides::Drops)?)
        }
        Witness::Absent => None,
    };
    let label = |host| lab.within(host, || Labels::attach(DEVICE));
    let labels = match witness {
        Witness::Asked => Some(PerHost { client: label(Host::Client)?, server: label(Host::Server)? }),
        Witness::Absent => None,
    };
    let missing = |source| LabError::Missing { act: "sock_diag", source, hint: "" };
    let open = |host| lab.within(host, Diag::open).and_then(|diag| diag).map_err(missing);
    let diag = PerHost { client: open(Host::Client)?, server: open(Host::Server)? };
    let sockets: RefCell<PerHost<Option<Vec<Seen>>>> = RefCell::default();
    let played = scenario.play(lab, &|_| {
        for host in Host::BOTH {
            sockets.borrow_mut()[host] = diag[host].sockets().ok();
        }
    });
    let testimony = listener.map(Listener::finish).transpose()?;
    if let Some(lost) = testimony.as_ref().map(|testimony| testimony.lost).filter(|lost| *lost > 0) {
        anyhow::bail!("cannot compare with the kernel: it lost {lost} of its events");
    }
    // What programs did when all was over is no part of the scenario.
    let events = testimony.map(|testimony| {
        let events = testimony.events.into_iter().filter(|event| event.at <= played.ended);
        events.collect::<Vec<_>>()
    });
    let mut labelled = Vec::new();
    let mut read = |host| {
        let own = [Version::V4, Version::V6].map(|version| lab.addresses().ip(host, version));
        let witness = events.as_ref().map(|events| heard::Witness::recorded(events, &own));
        let (stories, watched) = stories(scenario.name, &played.wire, host, witness).unwrap_or_default();
        labelled.extend(labels.as_ref().map(|labels| told(&labels[host], host, &played.wire, &watched, lab)));
        stories
    };
    let stories = PerHost { client: read(Host::Client), server: read(Host::Server) };
    let heard = events.map(|events| life::lives(&events));
    let mut view = view(scenario, &played, &stories, &sockets.into_inner(), heard.as_deref(), lab, weather);
    view.labelled = labelled;
    Ok(Judged { played, stories, view })
}

/// What the labels of a host's segments say.
fn told(labels: &Result<Labels, Unlabelled>, host: Host, wire: &Wire, watched: &Watched, lab: &Lab) -> LabelledView {
    let mut view = LabelledView { host: host.id(), ..LabelledView::default() };
    let taken = match labels {
        Ok(labels) => labels.take().map_err(|error| error.to_string()),
        Err(why) => Err(why.to_string()),
    };
    match taken {
        Ok(taken) => {
            let labelled = labels::join(taken, host, wire.seen_at(Vantage::At(host)));
            view.missing = labelled.missing;
            for (addresses, epochs) in watched {
                let own = |peer: &Peer| lab.addresses().host_of(addresses[*peer].ip()) == Some(host);
                for said in Peer::BOTH.into_iter().filter(own).map(|peer| labels::compare(epochs, peer, &labelled)) {
                    view.segments += said.all;
                    view.likely += said.likely;
                    view.outside += said.outside;
                    view.example = view.example.take().or(said.example);
                }
            }
        }
        Err(why) => view.failure = Some(why),
    }
    view
}

fn view(
    scenario: &Scenario,
    played: &Played,
    stories: &PerHost<Vec<Story>>,
    sockets: &PerHost<Option<Vec<Seen>>>,
    lives: Option<&[Life]>,
    lab: &Lab,
    weather: Weather,
) -> ScenarioView {
    let start = played.deeds.first().map(|deed| deed.at);
    let deeds = played.deeds.iter().map(|deed| DeedView {
        since_start_ns: start.map_or(0, |start| deed.at.since(start).as_ns()),
        host: deed.host.map(Host::id),
        what: deed.what,
        number: deed.number,
        said: deed.said.clone(),
    });
    let mut wire = BTreeMap::new();
    for fate in &played.wire.fates {
        *wire.entry(fate.what).or_default() += 1;
    }
    let ends = ends::ends(&Evidence { addresses: lab.addresses(), stories, sockets, lives });
    let found = PerHost { client: found(&stories.client), server: found(&stories.server) };
    let verdict = match &played.failure {
        Some(_) => "not-played",
        None if as_expected(scenario, &found) && !ends.iter().any(|end| end.verdict == "disagrees") => "as-expected",
        None => "unexpected",
    };
    ScenarioView {
        schema: SCHEMA,
        kind: "scenario",
        name: scenario.name,
        seed: weather.seed,
        deeds: deeds.collect(),
        wire,
        ends,
        failure: played.failure.as_ref().map(ToString::to_string),
        found_at_client: found.client,
        found_at_server: found.server,
        expected: scenario.findings.to_vec(),
        heard_at_client: heard_of(&stories.client),
        heard_at_server: heard_of(&stories.server),
        labelled: Vec::new(),
        verdict,
    }
}

/// What the kernel says of each connection besides its moves.
fn heard_of(stories: &[Story]) -> Vec<HeardView> {
    let told = |story: &Story| {
        let told = story.view.witness.clone()?;
        let has_more = !(told.resets.is_empty() && told.refused.is_empty() && told.repeated.is_empty());
        has_more.then_some(HeardView {
            conn: story.view.conn,
            resets: told.resets,
            refused: told.refused,
            repeated: told.repeated,
        })
    };
    stories.iter().filter_map(told).collect()
}

/// How often each rule was broken or left undecided.
fn found(stories: &[Story]) -> BTreeMap<&'static str, u64> {
    let mut found = BTreeMap::new();
    for finding in stories.iter().flat_map(|story| &story.view.findings).filter(|finding| finding.verdict == "broken") {
        *found.entry(finding.rule).or_default() += 1;
    }
    found
}

/// Whether every rule that the scenario names was broken at one tap at least, and none other at either.
fn as_expected(scenario: &Scenario, found: &PerHost<BTreeMap<&'static str, u64>>) -> bool {
    let is_named = |rule: &&str| scenario.findings.contains(rule);
    let both = || found.client.keys().chain(found.server.keys());
    both().all(is_named) && scenario.findings.iter().all(|rule| both().any(|other| other == rule))
}

impl Judged {
    /// The ladders of all connections, at both taps.
    pub fn ladders(&self, style: &Style<'_>) -> Vec<(&'static str, String)> {
        let draw = |host: Host| {
            let each =
                self.stories[host].iter().map(|story| ladder::page(&story.view, &story.steps, Fold::default(), style));
            (host.id(), each.collect::<Vec<_>>().join("\n"))
        };
        Host::BOTH.map(draw).to_vec()
    }

    /// What the kernels say besides, at both taps.
    pub fn besides(&self, style: &Style<'_>) -> Vec<(&'static str, String)> {
        let tell = |host: Host| {
            let each = self.stories[host].iter().map(|story| testimony::page(&story.view, style));
            (host.id(), each.collect::<String>())
        };
        Host::BOTH.map(tell).into_iter().filter(|(_, told)| !told.is_empty()).collect()
    }

    /// Counts what happened for the exit code: findings of forged segments are what a scenario is for.
    pub fn count(&self, outcome: &mut Outcome, fail_on: FailOn) {
        match self.view.verdict {
            "not-played" => outcome.could_not(),
            "unexpected" => outcome.found(Some(synfin::rules::Severity::Violation), fail_on),
            _ => {}
        }
    }
}
