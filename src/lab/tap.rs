//! What was seen on the wire: at the client, in the middle of the way, and at the server. Each is a capture.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::clock::Steady;
use super::host::Host;
use super::link::Fate;
use crate::timestamp::Timestamp;

/// Octets kept of one run; beyond it packets are counted as lost by the capture.
const MAX_KEPT: usize = 1 << 29;

/// Where a packet was seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Vantage {
    /// At a host's own device.
    At(Host),
    /// In the middle of the way, where some packets pass that are lost behind it.
    Middle,
}

impl Vantage {
    /// All, from the client to the server.
    pub const ALL: [Self; 3] = [Self::At(Host::Client), Self::Middle, Self::At(Host::Server)];

    /// `client`, `middle` or `server`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::At(host) => host.id(),
            Self::Middle => "middle",
        }
    }
}

/// A packet, where and when it was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caught {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub vantage: Vantage,
    /// Which way it went: who sent it, or in whose name it was forged.
    pub from: Host,
    /// The packet, from its IP header on.
    pub octets: Vec<u8>,
}

/// Everything seen in one run, in the order of time.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wire {
    /// The packets at all places.
    pub caught: Vec<Caught>,
    /// What the link did to packets.
    pub fates: Vec<Fate>,
    /// Packets for which there was no room.
    pub unkept: u64,
}

impl Wire {
    /// What was seen at one place.
    pub fn seen_at(&self, vantage: Vantage) -> impl Iterator<Item = &Caught> {
        self.caught.iter().filter(move |caught| caught.vantage == vantage)
    }
}

/// The record of the run under way, shared by the relay, which writes, and the scenario, which waits for things to happen.
pub(super) struct Log {
    written: Mutex<Written>,
    changed: Condvar,
}

#[derive(Default)]
struct Written {
    wire: Wire,
    octets: usize,
    seen: u64,
    busy: bool,
    failed: Option<String>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self { written: Mutex::default(), changed: Condvar::new() }
    }

    /// Adds a packet.
    pub(super) fn write(&self, caught: Caught) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.seen += 1;
        if written.octets + caught.octets.len() > MAX_KEPT {
            written.wire.unkept += 1;
        } else {
            written.octets += caught.octets.len();
            written.wire.caught.push(caught);
        }
        self.changed.notify_all();
    }

    /// Adds fates, and says whether packets are under way.
    pub(super) fn tell(&self, fates: Vec<Fate>, busy: bool) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.busy != busy || !fates.is_empty() {
            written.busy = busy;
            written.wire.fates.extend(fates);
            self.changed.notify_all();
        }
    }

    /// The relay has ended.
    pub(super) fn fail(&self, why: String) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).failed = Some(why);
        self.changed.notify_all();
    }

    /// Why the relay has ended, if it has.
    pub(super) fn failure(&self) -> Option<String> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).failed.clone()
    }

    /// Waits until nothing was seen for `span` and nothing is under way; at most `most`.
    pub(super) fn wait_for_quiet(&self, span: Duration, most: Duration) {
        let clock = Steady::start();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        while clock.elapsed() < most && written.failed.is_none() {
            let seen = written.seen;
            let (next, waited) = self
                .changed
                .wait_timeout_while(written, span, |now| now.seen == seen && !now.busy)
                .unwrap_or_else(PoisonError::into_inner);
            written = next;
            if waited.timed_out() && written.seen == seen && !written.busy {
                return;
            }
            if written.busy {
                let waited = self.changed.wait_timeout_while(written, most, |now| now.busy);
                written = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// Waits until what was seen so far satisfies `enough`; at most `most`. Whether it does.
    pub(super) fn wait_until(&self, most: Duration, enough: impl Fn(&[Caught]) -> bool) -> bool {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.changed.wait_timeout_while(written, most, |now| now.failed.is_none() && !enough(&now.wire.caught));
        enough(&waited.unwrap_or_else(PoisonError::into_inner).0.wire.caught)
    }

    /// The record so far, for good.
    pub(super) fn take(&self) -> Wire {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *written).wire
    }

    /// The packets so far, lent.
    pub(super) fn with<T>(&self, look: impl FnOnce(&[Caught]) -> T) -> T {
        look(&self.written.lock().unwrap_or_else(PoisonError::into_inner).wire.caught)
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}
