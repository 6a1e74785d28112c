//! Sizes and durations as they are typed: `64MiB`, `2M`, `1.5`, `2m`.

use std::time::Duration;

/// The longest duration taken: a year and a day.
const LONGEST: f64 = 366.0 * 86_400.0;

/// Octets, in binary units whatever the spelling: `65536`, `64K`, `64KiB`, `64MB`.
///
/// # Errors
///
/// What was wanted.
pub fn octets(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(0),
        "k" | "kb" | "kib" => Some(10),
        "m" | "mb" | "mib" => Some(20),
        "g" | "gb" | "gib" => Some(30),
        _ => None,
    };
    let octets = shift.and_then(|shift| number.parse::<usize>().ok()?.checked_mul(1 << shift));
    match octets {
        Some(octets) if octets > 0 => Ok(octets),
        _ => Err("wanted a size in octets, or in K, M or G; type for example \"64MiB\"".to_owned()),
    }
}

/// A duration in seconds, or in `ms`, `s`, `m` or `h`, fractions allowed.
///
/// # Errors
///
/// What was wanted.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let factor = match unit.trim() {
        "" | "s" => Some(1.0),
        "ms" => Some(0.001),
        "m" | "min" => Some(60.0),
        "h" => Some(3_600.0),
        _ => None,
    };
    let seconds = factor.and_then(|factor| Some(number.parse::<f64>().ok()? * factor));
    match seconds {
        Some(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("wanted seconds, or a number with ms, s, m or h; type for example \"1.5\" or \"2m\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, octets};
    use std::time::Duration;

    #[test]
    fn sizes_are_binary() {
        for (text, wanted) in [("1", 1), ("2M", 2 << 20), ("64MiB", 64 << 20), ("64 mb", 64 << 20), ("1G", 1 << 30)] {
            assert_eq!(octets(text), Ok(wanted), "{text}");
        }
        for text in ["", "0", "-1", "1.5M", "M", "2T", "99999999999999999999", "20000000000G", "\u{661}"] {
            assert!(octets(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_units_and_fractions() {
        for (text, ms) in [("1", 1_000), ("1.5", 1_500), ("2m", 120_000), ("1h", 3_600_000), ("250ms", 250)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "0", "-1", "m", "1.2.3", "1d", "inf", "nan", "1e300", "9999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
