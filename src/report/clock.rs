//! Times and durations as pages show them.
//!
//! Used by the pages of `report` only.

use super::words::Words;
use jiff::Timestamp;

/// Seconds with six digits after the point; what is below a microsecond is dropped.
pub(crate) fn seconds(ns: i64) -> String {
    let sign = if ns < 0 && ns / 1_000 != 0 { "-" } else { "" };
    let us = ns.unsigned_abs() / 1_000;
    format!("{sign}{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// The time of day of an RFC 3339 stamp in UTC, to the microsecond: `10:00:00.123456Z`; the stamp itself if it is none.
pub(crate) fn time_of_day(stamp: &str) -> String {
    let clock = stamp.split_once('T').and_then(|(_, clock)| clock.strip_suffix('Z')?.get(..15));
    clock.map_or_else(|| stamp.to_owned(), |clock| format!("{clock}Z"))
}

/// A duration in the unit that suits it: `161 us`, `41.2 ms`, `3.50 s`.
pub(crate) fn duration(words: &Words, ns: i64) -> String {
    let ns = ns.max(0);
    let (id, text) = if ns < 1_000_000 {
        ("time-microseconds", format!("{}", ns / 1_000))
    } else if ns < 1_000_000_000 {
        ("time-milliseconds", format!("{}.{}", ns / 1_000_000, ns / 100_000 % 10))
    } else {
        ("time-seconds", format!("{}.{:02}", ns / 1_000_000_000, ns / 10_000_000 % 100))
    };
    words.say_with(id, &[("count", text.into())])
}

/// Nanoseconds from one RFC 3339 stamp to another; none if one of them is none.
pub(crate) fn between(start: &str, end: &str) -> Option<i64> {
    let start: Timestamp = start.parse().ok()?;
    let end: Timestamp = end.parse().ok()?;
    i64::try_from(end.as_nanosecond() - start.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::Language;

    #[test]
    fn seconds_have_six_digits() {
        assert_eq!(seconds(0), "0.000000");
        assert_eq!(seconds(13_999), "0.000013");
        assert_eq!(seconds(-1_500), "-0.000001");
        assert_eq!(seconds(-999), "0.000000");
        assert_eq!(seconds(3_600_000_000_000), "3600.000000");
        assert_eq!(seconds(i64::MIN), "-9223372036.854775");
    }

    #[test]
    fn durations_choose_their_unit() {
        let words = Words::new(Language::English);
        assert_eq!(duration(&words, 161_000), "161 us");
        assert_eq!(duration(&words, 41_260_000), "41.2 ms");
        assert_eq!(duration(&words, 3_509_000_000), "3.50 s");
        assert_eq!(duration(&words, -1), "0 us");
    }

    #[test]
    fn a_time_of_day_has_six_digits() {
        assert_eq!(time_of_day("2026-11-22T10:00:01.123456789Z"), "10:00:01.123456Z");
        assert_eq!(time_of_day("5 ns"), "5 ns");
    }

    #[test]
    fn stamps_are_subtracted() {
        assert_eq!(between("2026-11-22T10:00:00.000000001Z", "2026-11-22T10:00:01Z"), Some(999_999_999));
        assert_eq!(between("yesterday", "2026-11-22T10:00:01Z"), None);
    }
}
