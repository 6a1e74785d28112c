//! Amounts as people type them for the lab: `3%`, `20ms`, `10M`.

use std::time::Duration;

/// Millionths, from `3%`, `0.5%` or `0.03`.
pub fn share(text: &str) -> Result<u32, String> {
    let wrong = || format!("wanted a share such as 3% or 0.5%, found \"{text}\"");
    let (number, of) = match text.strip_suffix('%') {
        Some(number) => (number, 10_000.0),
        None => (text, 1_000_000.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let millionths = number * of;
    if !(0.0..=1_000_000.0).contains(&millionths) {
        return Err(wrong());
    }
    Ok(millionths.round() as u32)
}

/// A span, from `20ms`, `1.5s` or `200us`.
pub fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("wanted a time such as 20ms, 1.5s or 200us, found \"{text}\"");
    let units = [("ms", 1e-3), ("us", 1e-6), ("s", 1.0)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit))).ok_or_else(wrong)?;
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| wrong())
}

/// Bits a second, from `10M`, `64k`, `1G` or a number.
pub fn rate(text: &str) -> Result<u64, String> {
    let wrong = || format!("wanted bits a second such as 10M or 64k, found \"{text}\"");
    let units = [('k', 1_000), ('M', 1_000_000), ('G', 1_000_000_000)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(*name)?, *unit))).unwrap_or((text, 1_u64));
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{rate, share, span};
    use std::time::Duration;

    #[test]
    fn amounts_are_read_and_nonsense_is_not() {
        assert_eq!([share("3%"), share("0.5%"), share("0.03")], [Ok(30_000), Ok(5_000), Ok(30_000)]);
        assert_eq!(span("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(span("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!([rate("10M"), rate("64k"), rate("0")], [Ok(10_000_000), Ok(64_000), Ok(0)]);
        assert!(share("101%").is_err() && share("-1%").is_err() && share("many").is_err());
        assert!(span("20").is_err() && span("-1s").is_err() && rate("1T").is_err());
    }
}
