//! The timestamps of one peer (RFC 7323): what its clock showed, what it echoed. Nothing here judges.
//!
//! A RST is left out: one that answers a segment may carry anything. Numbers lie on the ring of 2^32.

use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::segment::Segment;

/// How far from the captured values an echo may lie and still be one that the capture missed, in ticks: two minutes of a
/// clock of a microsecond, the fastest that is used.
const MISSED: i64 = 120_000_000;

/// What was remembered counts for nothing after so long without a segment of the peer (RFC 7323, Section 5.5).
pub const FORGOTTEN: Elapsed = Elapsed::from_secs(24 * 24 * 3_600);

/// A TSval, where it was captured and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// The TSval.
    pub value: Seq,
    /// The frame.
    pub frame: FrameNo,
    /// When it was captured.
    pub at: Timestamp,
}

/// A TSecr and where it was captured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Echo {
    /// The TSecr: TS.Recent of its sender, proven when sent.
    pub value: Seq,
    /// The frame.
    pub frame: FrameNo,
    /// When it was captured.
    pub at: Timestamp,
}

/// How an echo fits what the other is known to have sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fit {
    /// It lies among the TSvals captured.
    Within,
    /// It lies beside them, so near that the capture may have missed the segment.
    Beside,
    /// It lies where that clock cannot have been.
    Off,
}

/// What one peer's timestamps showed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// The first TSval.
    pub first: Option<Tick>,
    /// The latest TSval, by its value.
    pub last: Option<Tick>,
    /// The TSval of the segment that last sent octets for the first time.
    pub fresh: Option<Tick>,
    /// The latest TSecr, by its value, in segments with ACK.
    pub echo: Option<Echo>,
    /// The first segment after its SYN that carried timestamps.
    pub with: Option<FrameNo>,
    /// The first whole segment after its SYN, probes apart, that carried none.
    pub without: Option<FrameNo>,
}

/// Whether a segment sends octets that were not sent before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sends {
    /// It does.
    New,
    /// It does not.
    Nothing,
}

fn later(one: Seq, than: Option<Seq>) -> bool {
    than.is_none_or(|known| !one.is_before(known))
}

impl Clock {
    /// Takes in a segment of its peer that is no RST; `other` is the clock of the other.
    pub fn note(&mut self, segment: &Segment<'_>, sends: Sends, other: &Self) {
        let (frame, at) = (segment.frame, segment.at);
        let Some((value, echo)) = segment.options.timestamps() else {
            return;
        };
        if self.last.is_some_and(|last| at.since(last.at) > FORGOTTEN) {
            let Self { with, without, .. } = *self;
            *self = Self { with, without, ..Self::default() };
        }
        let tick = Tick { value: Seq::new(value), frame, at };
        self.first.get_or_insert(tick);
        if later(tick.value, self.last.map(|last| last.value)) {
            self.last = Some(tick);
        }
        if sends == Sends::New {
            self.fresh = Some(tick);
        }
        if !segment.flags.syn() {
            self.with.get_or_insert(frame);
        }
        if segment.flags.ack() {
            let echo = Echo { value: Seq::new(echo), frame, at };
            let odd = other.fits(echo.value, at).is_some_and(|fit| fit != Fit::Within);
            if !odd && later(echo.value, self.echo.map(|known| known.value)) {
                self.echo = Some(echo);
            }
        }
    }

    /// How `echo`, captured at `at`, fits this clock; `None` if nothing of it is known.
    #[must_use]
    pub fn fits(&self, echo: Seq, at: Timestamp) -> Option<Fit> {
        let (first, last) = (self.first?, self.last?);
        if echo.is_within(first.value, last.value) {
            return Some(Fit::Within);
        }
        let ahead = i64::from(last.value.offset_to(echo));
        let behind = i64::from(echo.offset_to(first.value));
        let may_have_gone = MISSED.saturating_add((at.since(last.at).as_ns() / 1_000).max(0));
        let beside = (1..=may_have_gone).contains(&ahead) || (1..=MISSED).contains(&behind);
        Some(if beside { Fit::Beside } else { Fit::Off })
    }

    /// Ticks from the first to the latest TSval, and the time between their frames.
    #[must_use]
    pub fn run(&self) -> Option<(u32, Elapsed)> {
        let (first, last) = (self.first?, self.last?);
        let ticks = u32::try_from(first.value.offset_to(last.value)).ok()?;
        Some((ticks, last.at.since(first.at)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Fit, Tick};
    use crate::seq::Seq;
    use crate::timestamp::Timestamp;

    #[test]
    fn an_echo_lies_among_the_values_beside_them_or_off() {
        let at = Timestamp::from_ns(5_000_000_000);
        let tick = |value| Some(Tick { value: Seq::new(value), frame: 1, at });
        let clock = Clock { first: tick(u32::MAX - 5), last: tick(10), ..Clock::default() };
        let fit = |echo| clock.fits(Seq::new(echo), at);
        assert_eq!(fit(3), Some(Fit::Within));
        assert_eq!((fit(11), fit(u32::MAX - 6)), (Some(Fit::Beside), Some(Fit::Beside)));
        assert_eq!((fit(1 << 30), fit(3 << 30)), (Some(Fit::Off), Some(Fit::Off)));
        assert_eq!(Clock::default().fits(Seq::new(3), at), None);
        assert_eq!(clock.run().map(|(ticks, _)| ticks), Some(16));
    }
}
