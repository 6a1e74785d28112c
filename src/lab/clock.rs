//! The lab's two clocks: one that never goes back, by which the relay waits, and the machine's, with which it stamps what it
//! sees. The only place in the lab that reads them.
#![expect(
    clippy::disallowed_methods,
    reason = "the relay is a live network: it needs the time of day and a clock to wait by"
)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::timestamp::Timestamp;

/// The machine's time of day (`CLOCK_REALTIME`), as capture stamps have it.
#[must_use]
pub fn stamp() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// A clock that starts at 0 and never goes back.
#[derive(Clone, Copy, Debug)]
pub struct Steady(Instant);

impl Steady {
    /// One that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
