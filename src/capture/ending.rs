//! When a live capture is over: after a stop, what the kernel had already taken is still delivered, and no more.
//!
//! Both backends ask this after each packet and when nothing is at hand; it knows no descriptor.
#![expect(clippy::disallowed_methods, reason = "the last packets have a deadline")]

use std::time::Instant;

use super::SourceError;
use super::live::{REST, failed};
use super::stop::StopListener;
use crate::timestamp::Timestamp;

/// A clock set back while a capture ends must not make it go on: no ring holds more frames than this.
const MOST_AFTER_STOP: u64 = 1 << 24;

/// How far a capture has come towards its end.
#[derive(Debug)]
pub(super) struct Ending {
    /// When the rest must have arrived; set once the capture was stopped or its interface failed.
    rest_until: Option<Instant>,
    failure: Option<String>,
    after_stop: u64,
    over: bool,
}

/// What to do when no packet is at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Idle {
    /// Wait for the next one.
    Wait,
    /// Wait until then at most: the last ones are on their way.
    Rest(Instant),
    /// It is over.
    Over,
}

impl Ending {
    pub(super) const fn new() -> Self {
        Self { rest_until: None, failure: None, after_stop: 0, over: false }
    }

    /// Records that the interface failed, with what the system said; the first word counts.
    pub(super) fn fail(&mut self, found: String) {
        self.failure.get_or_insert(found);
        self.begin_rest();
    }

    /// Whether the interface has failed already.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether a packet that the kernel stamped `at` was captured after the stop; then the capture is over.
    pub(super) fn is_beyond(&mut self, at: Option<Timestamp>, stop: &StopListener) -> bool {
        if let Some(stopped) = stop.stopped_at() {
            self.after_stop += 1;
            self.over |= at.is_some_and(|at| at > stopped) || self.after_stop > MOST_AFTER_STOP;
        }
        self.over
    }

    /// Nothing is at hand: wait, or is it over?
    pub(super) fn idle(&mut self, stop: &StopListener) -> Idle {
        if self.over {
            return Idle::Over;
        }
        if stop.stopped_at().is_some() {
            self.begin_rest();
        }
        match self.rest_until {
            None => Idle::Wait,
            Some(until) if until > Instant::now() => Idle::Rest(until),
            Some(_) => {
                self.over = true;
                Idle::Over
            }
        }
    }

    /// How the capture ends: the failure is told once.
    pub(super) fn verdict(&mut self, interface: &str) -> Result<(), SourceError> {
        self.over = true;
        match self.failure.take() {
            Some(found) => Err(failed(interface, found)),
            None => Ok(()),
        }
    }

    fn begin_rest(&mut self) {
        self.rest_until.get_or_insert_with(|| Instant::now() + REST);
    }
}

#[cfg(test)]
mod tests {
    use super::{Ending, Idle};
    use crate::capture::stop::{StopListener, now};
    use crate::timestamp::Elapsed;

    #[test]
    fn a_packet_captured_before_the_stop_is_delivered_one_after_it_is_not() {
        let stop = StopListener::new().unwrap();
        let mut ending = Ending::new();
        assert!(!ending.is_beyond(Some(now()), &stop));
        stop.handle().stop();
        let stopped = stop.stopped_at().unwrap();
        assert!(!ending.is_beyond(Some(stopped - Elapsed::from_ns(1)), &stop));
        assert!(!ending.is_beyond(Some(stopped), &stop));
        assert!(!ending.is_beyond(None, &stop));
        assert!(ending.is_beyond(Some(stopped + Elapsed::from_ns(1)), &stop));
        assert!(ending.is_over());
        assert_eq!(ending.idle(&stop), Idle::Over);
    }

    #[test]
    fn a_running_capture_waits_a_stopped_one_waits_for_the_rest() {
        let stop = StopListener::new().unwrap();
        let mut ending = Ending::new();
        assert_eq!(ending.idle(&stop), Idle::Wait);
        stop.handle().stop();
        assert!(matches!(ending.idle(&stop), Idle::Rest(_)));
        assert!(ending.verdict("lo").is_ok());
    }

    #[test]
    fn a_failure_is_told_once() {
        let mut ending = Ending::new();
        ending.fail("network is down".to_owned());
        ending.fail("another word".to_owned());
        let error = ending.verdict("no-such-interface").unwrap_err();
        assert!(error.to_string().contains("network is down"), "{error}");
        assert!(ending.verdict("no-such-interface").is_ok());
    }
}
