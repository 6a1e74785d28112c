//! A laboratory: two real TCP stacks in two network namespaces that the process makes itself, and between them a wire that it
//! is itself, with faults by seeded chance and by exact rules.
//!
//! Here are the hosts, the wire, what is seen on it, and a catalogue of scenarios with the programs that play them on the
//! kernel's own sockets. Deliberately not here: any judgement. What the wire saw is a capture like any other; the binary hands
//! it to the analysis, and lays it beside what the kernel says of itself. Only the binary and the tests use it.
//!
//! There is no way from either host to an interface of the machine, and nothing outlives the process: namespaces, devices and
//! sockets go away with their last descriptor, however the process ends.

mod alter;
pub mod chance;
pub mod clock;
pub mod crowd;
pub mod destroy;
mod device;
pub mod fault;
pub mod host;
pub mod link;
mod loopback;
pub mod program;
mod relay;
mod route;
pub mod rule;
pub mod scenario;
mod site;
pub mod stage;
pub mod steer;
pub mod tap;

use std::fs::File;
use std::io;
use std::sync::Arc;

use fault::LabError;
use host::{Addresses, Host, PerHost};
use link::{Lane, Link};
use relay::Relay;
use rule::Rule;
use site::Site;
use tap::{Log, Wire};

/// The name of the device in either host's namespace.
pub use site::DEVICE;

/// How a lab is to be.
#[derive(Clone, Default, Debug)]
pub struct Setup {
    /// Which addresses it has: labs that run at the same time take different numbers.
    pub number: u32,
    /// The seed of all chance.
    pub seed: u64,
    /// What the wire does to the packets of each host.
    pub lanes: PerHost<Lane>,
    /// Exact rules, from the first packet on.
    pub rules: Vec<Rule>,
    /// Settings of both hosts, as beneath /proc/sys: `net/ipv4/tcp_syncookies` and its value.
    pub settings: Vec<(String, String)>,
}

/// Two hosts and the wire between them.
#[derive(Debug)]
pub struct Lab {
    relay: Relay,
    sites: PerHost<Site>,
    addresses: Addresses,
    log: Arc<Log>,
}

impl Lab {
    /// Makes it. The calling thread stays where it is.
    ///
    /// # Errors
    ///
    /// What is missing on this machine or for this user: namespaces, /dev/net/tun, settings.
    pub fn make(setup: &Setup) -> Result<Self, LabError> {
        let addresses = Addresses::of(setup.number);
        let make = |host| Site::make(host, addresses, &setup.settings);
        let ((client, client_device), (server, server_device)) = (make(Host::Client)?, make(Host::Server)?);
        let mut link = Link::new(setup.seed);
        for host in Host::BOTH {
            link.set_lane(host, setup.lanes[host]);
        }
        for rule in &setup.rules {
            link.add(rule.clone());
        }
        let log = Arc::new(Log::new());
        let devices: PerHost<File> = PerHost { client: client_device, server: server_device };
        let relay = Relay::start(devices, link, Arc::clone(&log)).map_err(LabError::missing("the relay"))?;
        Ok(Self { relay, sites: PerHost { client, server }, addresses, log })
    }

    /// Its addresses.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Runs `work` on a host, in a thread of its own; sockets that it opens stay there.
    ///
    /// # Errors
    ///
    /// If no thread can be started, or it cannot enter the namespace.
    pub fn within<T: Send>(&self, host: Host, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        self.sites[host].within(work)
    }

    /// Moves the calling thread to a host, for good: only for threads that are to work there.
    ///
    /// # Errors
    ///
    /// If it cannot enter the namespace.
    pub fn enter(&self, host: Host) -> io::Result<()> {
        self.sites[host].enter()
    }

    /// What the wire does to the packets of `host` from now on.
    pub fn set_lane(&self, host: Host, lane: Lane) {
        self.relay.change(|link, _| link.set_lane(host, lane));
    }

    /// Adds a rule; it counts from now on.
    pub fn add_rule(&self, rule: Rule) {
        self.relay.change(|link, _| link.add(rule));
    }

    /// Removes all rules.
    pub fn clear_rules(&self) {
        self.relay.change(|link, _| link.clear_rules());
    }

    /// Captures what a host says to itself, until what is returned is dropped.
    ///
    /// # Errors
    ///
    /// If the capture cannot be opened.
    fn watch_loopback(&self, host: Host) -> io::Result<loopback::Watch> {
        loopback::Watch::start(&self.sites[host], host, Arc::clone(&self.log))
    }

    /// Puts a packet on the wire, in the direction from `host`, that no host has sent.
    pub fn inject(&self, host: Host, octets: Vec<u8>) {
        self.relay.change(|link, now| link.inject(host, now, octets));
    }

    /// Waits until nothing was seen on the wire for `span` and nothing is under way, at most `most`.
    pub fn wait_for_quiet(&self, span: std::time::Duration, most: std::time::Duration) {
        self.log.wait_for_quiet(span, most);
    }

    /// What the wire saw so far; what it sees later is a record of its own.
    #[must_use]
    pub fn take_wire(&self) -> Wire {
        self.log.take()
    }
}
