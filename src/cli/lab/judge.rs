//! Where the lab, the analysis and the kernel meet: what the wire saw is judged at each place, and each end of each connection
//! is laid beside what its kernel says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use crate::cli::verdict::{FailOn, Outcome};
use synfin::analysis::Analyzer;
use synfin::lab::Lab;
use synfin::lab::fault::LabError;
use synfin::lab::host::{Host, PerHost};
use synfin::lab::link::RAW;
use synfin::lab::scenario::{Played, Scenario, Weather};
use synfin::lab::tap::{Caught, Vantage, Wire};
use synfin::packet::Packet;
use synfin::peer::Peer;
use synfin::report::collect::{Collector, Story, Which};
use synfin::report::laboratory::{DeedView, EndView, ScenarioView};
use synfin::report::ladder::{self, Fold};
use synfin::report::style::Style;
use synfin::report::view::SCHEMA;
use synfin::witness::diag::{Diag, Seen};

/// A scenario, played and judged.
pub struct Judged {
    /// What came of it.
    pub played: Played,
    /// The connections, as seen at each host's tap.
    pub stories: PerHost<Vec<Story>>,
    /// All of it, plainly.
    pub view: ScenarioView,
}

/// A packet of the record, as any source delivers it.
pub fn packet(frame: u64, caught: &Caught) -> Packet<'_> {
    let wire_len = u32::try_from(caught.octets.len()).unwrap_or(u32::MAX);
    Packet { frame, at: caught.at, link: RAW, interface: 0, bytes: &caught.octets, wire_len }
}

/// Judges what was seen at one place.
pub fn stories(name: &str, wire: &Wire, vantage: Vantage) -> io::Result<Vec<Story>> {
    let mut collector = Collector::new(name, Which::All);
    let mut analyzer = Analyzer::new();
    for (frame, caught) in (1..).zip(wire.seen_at(vantage)) {
        analyzer.observe(&packet(frame, caught), &mut collector)?;
    }
    analyzer.finish(&mut collector)?;
    collector.stories.sort_by_key(|story| story.view.conn);
    Ok(collector.stories)
}

/// Plays a scenario and judges it.
pub fn play(scenario: &Scenario, lab: &Lab, weather: Weather) -> Result<Judged, LabError> {
    let missing = |source| LabError::Missing { act: "sock_diag", source, hint: "" };
    let open = |host| lab.within(host, Diag::open).and_then(|diag| diag).map_err(missing);
    let diag = PerHost { client: open(Host::Client)?, server: open(Host::Server)? };
    let sockets: RefCell<PerHost<Option<Vec<Seen>>>> = RefCell::default();
    let played = scenario.play(lab, &|_| {
        for host in Host::BOTH {
            sockets.borrow_mut()[host] = diag[host].sockets().ok();
        }
    });
    let read = |host| stories(scenario.name, &played.wire, Vantage::At(host)).unwrap_or_default();
    let stories = PerHost { client: read(Host::Client), server: read(Host::Server) };
    let view = view(scenario, &played, &stories, &sockets.into_inner(), lab, weather);
    Ok(Judged { played, stories, view })
}

fn view(
    scenario: &Scenario,
    played: &Played,
    stories: &PerHost<Vec<Story>>,
    sockets: &PerHost<Option<Vec<Seen>>>,
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
    let mut ends = Vec::new();
    for host in Host::BOTH {
        for story in &stories[host] {
            ends.extend(end(host, story, stories, sockets, lab));
        }
    }
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
        verdict,
    }
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

/// One end of a connection: what the kernel has in the end, and what the two taps make of it.
fn end(
    host: Host,
    story: &Story,
    stories: &PerHost<Vec<Story>>,
    sockets: &PerHost<Option<Vec<Seen>>>,
    lab: &Lab,
) -> Option<EndView> {
    let view = &story.view;
    let is_own = |text: &str| {
        text.parse::<std::net::SocketAddr>().is_ok_and(|address| lab.addresses().host_of(address.ip()) == Some(host))
    };
    let peer = if is_own(&view.a) { Peer::A } else { Peer::B };
    let (address, other) = if peer == Peer::A { (&view.a, &view.b) } else { (&view.b, &view.a) };
    // A tuple that is used again has several connections: the kernel's socket is that of the last.
    let same = |one: &&Story| {
        let pair = (&one.view.a, &one.view.b);
        pair == (address, other) || pair == (other, address)
    };
    let is_last = stories[host].iter().rfind(same).is_some_and(|last| last.view.conn == view.conn);
    let seen = sockets[host].as_ref()?;
    let socket = seen.iter().find(|seen| seen.own.to_string() == *address && seen.other.to_string() == *other);
    let kernel = if is_last { socket.map_or(Some("CLOSED"), |seen| Some(seen.state.state()?.name())) } else { None };
    let own = view.states[peer].as_ref();
    let far = stories[host.other()].iter().rfind(same).filter(|_| is_last).and_then(|far| {
        let peer = if far.view.a == *address { Peer::A } else { Peer::B };
        far.view.states[peer].as_ref().map(|belief| belief.likely)
    });
    let verdict = match (kernel, own) {
        (Some(kernel), Some(own)) if own.likely == kernel => "agrees",
        (Some("CLOSED"), Some(own)) if own.likely == "LISTEN" => "agrees",
        (Some(kernel), Some(own)) if own.possible.contains(&kernel) || own.silent.contains(&kernel) => "possible",
        (Some(_), Some(_)) => "disagrees",
        _ => "unknown",
    };
    let own_path = view.transitions.iter().filter(|row| row.peer == peer.id() && row.retracted.is_none());
    Some(EndView {
        conn: view.conn,
        host: host.id(),
        address: address.clone(),
        kernel,
        own: own.map(|belief| belief.likely),
        far,
        kernel_path: None,
        own_path: own_path.map(|row| row.to).collect(),
        verdict,
    })
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

    /// Counts what happened for the exit code: findings of forged segments are what a scenario is for.
    pub fn count(&self, outcome: &mut Outcome, fail_on: FailOn) {
        match self.view.verdict {
            "not-played" => outcome.could_not(),
            "unexpected" => outcome.found(Some(synfin::rules::Severity::Violation), fail_on),
            _ => {}
        }
    }
}
