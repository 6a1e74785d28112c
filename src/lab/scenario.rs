//! The catalogue: each scenario's name, how the wire and the hosts are set, the programs that play it, and what it must lead to.
//!
//! A scenario's sentence for people stands in the catalogues of words, under `lab-scenario-` and its name.

mod closing;
mod limits;
mod losses;
mod opening;
mod resets;

use std::time::Duration;

use super::fault::LabError;
use super::host::{PerHost, Version};
use super::link::Lane;
use super::program::Program;
use super::rule::Rule;
use super::stage::{Deed, Look, Stage};
use super::tap::Wire;
use super::{Lab, Setup};
use crate::nearest::nearest;
use crate::timestamp::Timestamp;

/// A scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// Which IP it speaks.
    pub version: Version,
    /// How long a packet takes, in milliseconds, each way.
    pub delay: u64,
    /// Settings of both hosts, beneath /proc/sys/net.
    pub settings: &'static [(&'static str, &'static str)],
    /// The rules of the wire.
    pub rules: fn() -> Vec<Rule>,
    /// The programs.
    pub play: fn(&Stage<'_>) -> Result<(), LabError>,
    /// The findings that the wire must lead to at either tap, by rule, none other.
    pub findings: &'static [&'static str],
}

/// What most scenarios have in common: IPv4, a wire that does nothing, nothing to find.
const PLAIN: Scenario = Scenario {
    name: "",
    version: Version::V4,
    delay: 0,
    settings: &[],
    rules: Vec::new,
    play: |_| Ok(()),
    findings: &[],
};

/// All scenarios, in the order of their subjects.
#[must_use]
pub fn all() -> Vec<Scenario> {
    [opening::ALL, closing::ALL, resets::ALL, losses::ALL, limits::ALL].concat()
}

/// The scenario of this name.
///
/// # Errors
///
/// If there is none.
pub fn named(name: &str) -> Result<Scenario, LabError> {
    all().into_iter().find(|scenario| scenario.name == name).ok_or_else(|| {
        let meant = nearest(name, all().into_iter().map(|scenario| scenario.name));
        LabError::Unknown { name: name.to_owned(), meant }
    })
}

/// What chance does beside the scenario's own rules.
#[derive(Clone, Copy, Default, Debug)]
pub struct Weather {
    /// Of both directions; its delay comes on top of the scenario's.
    pub lane: Lane,
    /// The seed.
    pub seed: u64,
    /// The lab's number.
    pub number: u32,
}

/// What came of a scenario.
#[derive(Debug)]
pub struct Played {
    /// What was done.
    pub deeds: Vec<Deed>,
    /// What the wire saw.
    pub wire: Wire,
    /// When the record ended; what the kernel did later is no part of it.
    pub ended: Timestamp,
    /// Why it did not come to its end, if it did not.
    pub failure: Option<LabError>,
}

impl Scenario {
    /// How its lab is to be.
    #[must_use]
    pub fn setup(&self, weather: Weather) -> Setup {
        let lane = Lane { delay: weather.lane.delay + Duration::from_millis(self.delay), ..weather.lane };
        let settings = self.settings.iter().map(|(name, value)| (format!("net/{name}"), (*value).to_owned()));
        Setup {
            number: weather.number,
            seed: weather.seed,
            lanes: PerHost { client: lane, server: lane },
            rules: (self.rules)(),
            settings: settings.collect(),
        }
    }

    /// Plays it in a lab made for it. `look` is called at its moments, and at its end while sockets are still open.
    pub fn play(&self, lab: &Lab, look: Look<'_>) -> Played {
        let stage = Stage::new(lab, self.version, look);
        let failure = (self.play)(&stage).err();
        stage.quiet();
        stage.look();
        let ended = super::clock::stamp();
        let wire = lab.take_wire();
        let (deeds, open) = stage.finish();
        drop(open);
        Played { deeds, wire, ended, failure }
    }
}

/// A short connection, closed by the client.
fn short(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    server.write(7)?;
    client.read(7)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}

/// A connection with some data in both directions, closed by the client.
fn talk(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(3_000)?;
    server.read(3_000)?;
    server.write(5_000)?;
    client.read(5_000)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}

/// Their sockets stay open until the capture has ended.
fn stay_open<'s>(programs: impl IntoIterator<Item = Program<'s>>) {
    programs.into_iter().for_each(Program::stay);
}
