//! Who ended a connection first, and where the time between the segments of its close went.

use crate::analysis::vantage::Estimate;
use crate::report::view::{ClosingView, HalfCloseView};
use crate::tcp::closes::{Crossing, Fins};
use crate::tcp::connection::{Connection, Ends};
use std::ops::RangeInclusive;

/// Waiting times of the delayed-ACK timer, in nanoseconds: 40 ms to 200 ms on Linux, at most 500 ms by RFC 9293,
/// Section 3.8.6.3 (MUST-59), with allowance for the clock.
const DELAYED_ACK: RangeInclusive<i64> = 35_000_000..=510_000_000;

/// Below this, in nanoseconds, no timer was waited for.
const AT_ONCE: i64 = 5_000_000;

/// Why an acknowledgment of a FIN went alone when it did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AckWait {
    OnData,
    Delayed,
    AtOnce,
    After,
}

impl AckWait {
    /// After `ns` nanoseconds at the tap, with so many octets on it; `way` is the shortest time from tap to its sender and
    /// back. Where no other answer was as quick, the way may be longer than is known, and nothing tells.
    fn of(ns: i64, octets: u32, way: Option<i64>) -> Self {
        let held = ns - way.unwrap_or(0);
        match ns {
            _ if octets > 0 => Self::OnData,
            ns if ns < AT_ONCE => Self::AtOnce,
            _ if held <= 0 => Self::After,
            _ if DELAYED_ACK.contains(&held) => Self::Delayed,
            _ if held < AT_ONCE => Self::AtOnce,
            _ => Self::After,
        }
    }

    /// As the view names it.
    const fn id(self) -> &'static str {
        match self {
            Self::OnData => "ack-on-data",
            Self::Delayed => "ack-delayed",
            Self::AtOnce => "ack-at-once",
            Self::After => "ack-after",
        }
    }
}

/// Why one segment acknowledges a FIN and carries another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum MergedWait {
    Fast,
    Slow,
}

impl MergedWait {
    /// After `ns` nanoseconds at the tap; `way` is the shortest time from tap to its sender and back.
    fn of(ns: i64, way: Option<i64>) -> Self {
        if ns - way.unwrap_or(0) < *DELAYED_ACK.start() { Self::Fast } else { Self::Slow }
    }

    /// As the view names it.
    const fn id(self) -> &'static str {
        match self {
            Self::Fast => "merged-fast",
            Self::Slow => "merged-slow",
        }
    }
}

pub(super) fn closing(it: &Connection, vantage: &Estimate) -> Option<ClosingView> {
    let none = ClosingView {
        first: "a",
        how: "fin",
        ack_after_ns: None,
        way_ns: None,
        ack_by: None,
        fin_after_ns: None,
        likely: None,
    };
    let Some(Fins { peer, first, second, crossing }) = it.fins() else {
        let (_, sender) = it.reset?;
        return Some(ClosingView { first: sender.id(), how: "reset", ..none });
    };
    if it.ends == Ends::One || crossing == Crossing::Crossed {
        return Some(ClosingView { first: if it.ends == Ends::One { "a" } else { "both" }, ..none });
    }
    let wait = first.acked_by.map(|(_, at)| at.since(first.at).as_ns());
    let trips = vantage.signs.iter().find(|sign| sign.kind == "round-trips");
    let way = trips.and_then(|sign| sign.numbers[it.other(peer)]);
    let merged = second.zip(first.acked_by).is_some_and(|(second, (frame, _))| second.frame == frame);
    let ack_by = first.acked_by.map(|_| match (merged, first.acked_on) {
        (true, _) => "fin",
        (false, 0) => "alone",
        (false, _) => "data",
    });
    let likely = wait.map(|ns| match merged {
        true => MergedWait::of(ns, way).id(),
        false => AckWait::of(ns, first.acked_on, way).id(),
    });
    let fin_after_ns = second.zip(first.acked_by).map(|(second, (_, acked))| second.at.since(acked).as_ns());
    let way_ns = way.filter(|_| wait.is_some());
    Some(ClosingView { first: peer.id(), ack_after_ns: wait, way_ns, ack_by, fin_after_ns, likely, ..none })
}

pub(super) fn half_close(it: &Connection) -> Option<HalfCloseView> {
    let Fins { peer, first, second, crossing } = it.fins()?;
    if it.ends == Ends::One || crossing == Crossing::Crossed {
        return None;
    }
    let octets = it.octets_after_fin(peer).unwrap_or(0);
    let reset = it.reset.map(|(at, _)| (at.frame, at.time));
    let end = second.map(|second| (second.frame, second.at)).or(reset);
    if octets == 0 && end.is_some() {
        return None;
    }
    let ns = end.map_or(it.last_at, |(_, at)| at).since(first.at).as_ns();
    Some(HalfCloseView { by: peer.id(), frame: first.frame, octets, ns, until: end.map(|(frame, _)| frame) })
}

#[cfg(test)]
mod tests {
    use super::{AckWait, MergedWait};

    const MS: i64 = 1_000_000;

    #[test]
    fn the_way_there_and_back_is_no_wait() {
        for (ns, way, wanted) in [
            (50, None, AckWait::Delayed),
            (50, Some(1), AckWait::Delayed),
            (50, Some(48), AckWait::AtOnce),
            (50, Some(50), AckWait::After),
            (100, Some(52), AckWait::Delayed),
            (100, Some(80), AckWait::After),
            (4, Some(4), AckWait::AtOnce),
            (600, Some(1), AckWait::After),
        ] {
            assert_eq!(AckWait::of(ns * MS, 0, way.map(|way| way * MS)), wanted, "{ns} {way:?}");
        }
        assert_eq!(AckWait::of(50 * MS, 1, None), AckWait::OnData);
        assert_eq!(MergedWait::of(60 * MS, Some(50 * MS)), MergedWait::Fast);
        assert_eq!(MergedWait::of(60 * MS, None), MergedWait::Slow);
    }
}
