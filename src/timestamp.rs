//! Points and spans of capture time, in nanoseconds.
//!
//! Nothing here reads a clock: a stamp is what the capture says. Every module may use it; it uses nothing of ours.

use std::fmt;
use std::ops::{Add, Sub};

/// When a frame was captured: nanoseconds since 1970-01-01 00:00 UTC, as its source stamped it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A stamp from nanoseconds since the epoch.
    #[must_use]
    pub const fn from_ns(ns: i64) -> Self {
        Self(ns)
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn as_ns(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; negative where the capture's clock went back.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Elapsed {
        Elapsed(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Elapsed> for Timestamp {
    type Output = Self;
    fn add(self, span: Elapsed) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Elapsed> for Timestamp {
    type Output = Self;
    fn sub(self, span: Elapsed) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with nine decimals, as machine formats carry it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => write!(f, "{at:.9}"),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

/// A span of capture time in nanoseconds; negative where a clock went back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Elapsed(i64);

impl Elapsed {
    /// A span of nanoseconds.
    #[must_use]
    pub const fn from_ns(ns: i64) -> Self {
        Self(ns)
    }

    /// A span of whole seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// The span in nanoseconds.
    #[must_use]
    pub const fn as_ns(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Elapsed {
    /// In the largest unit that leaves one digit before the point: `1.234 s`, `12.3 ms`, `45 µs`, `7 ns`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0;
        let size = ns.unsigned_abs();
        #[expect(clippy::cast_precision_loss, reason = "shown with four digits at most")]
        let value = ns as f64;
        match size {
            0..1_000 => write!(f, "{ns} ns"),
            1_000..1_000_000 => write!(f, "{:.0} µs", value / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.1} ms", value / 1e6),
            _ => write!(f, "{:.3} s", value / 1e9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Elapsed, Timestamp};

    #[test]
    fn a_stamp_prints_as_rfc_3339_with_nanoseconds() {
        assert_eq!(Timestamp::from_ns(1).to_string(), "1970-01-01T00:00:00.000000001Z");
        assert_eq!(Timestamp::from_ns(1_795_341_600_000_000_000).to_string(), "2026-11-22T10:00:00.000000000Z");
    }

    #[test]
    fn spans_print_in_the_unit_that_fits() {
        let shown = |ns| Elapsed::from_ns(ns).to_string();
        assert_eq!(shown(7), "7 ns");
        assert_eq!(shown(45_000), "45 µs");
        assert_eq!(shown(12_300_000), "12.3 ms");
        assert_eq!(shown(1_234_000_000), "1.234 s");
    }
}
