//! Text to steps. What may stand where is in the comment of `trace`.
//!
//! Every error names the line, what was wanted and what was found. Nothing here can panic, whatever the text.

use super::icmp::Kind;
use super::option::ROOM;
use super::{Attribute, DEFAULT_SPACING, DEFAULT_WINDOW, STATES, Step, StepOption, TraceError};
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Flags;
use std::str::FromStr;

/// Flag letters and their bits, in the order in which they print.
pub(super) const LETTERS: [(char, u16); 9] =
    [('F', 1), ('S', 2), ('R', 4), ('P', 8), ('.', 16), ('U', 32), ('E', 64), ('W', 128), ('e', 256)];

/// Reads a trace.
///
/// # Errors
///
/// [`TraceError`] for the first line that is neither empty, nor a comment, nor a step.
pub fn parse(text: &str) -> Result<Vec<Step>, TraceError> {
    let mut steps = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split('#').next().unwrap_or_default();
        if code.trim().is_empty() {
            continue;
        }
        let step = step(code, index + 1).map_err(|Fault { wanted, found }| TraceError {
            line: index + 1,
            wanted,
            found: found.map_or_else(|| "the end of the line".to_owned(), |found| format!("\"{}\"", found.trim())),
        })?;
        steps.push(step);
    }
    Ok(steps)
}

/// An error that does not yet know its line; without `found`, the line ended.
struct Fault {
    wanted: String,
    found: Option<String>,
}

fn fault(wanted: impl Into<String>, found: Option<&str>) -> Fault {
    Fault { wanted: wanted.into(), found: found.map(str::to_owned) }
}

/// The words of a line; options and attributes are one word each, blanks and all.
struct Words<'t>(&'t str);

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.0.trim_start();
        let mut letters = rest.chars();
        let (first, second) = (letters.next()?, letters.next());
        let blank = rest.find(char::is_whitespace);
        let end = match first {
            '<' if second.is_some_and(|it| !it.is_whitespace()) => rest.find('>').map(|at| at + 1),
            '{' => rest.find('}').map(|at| at + 1),
            _ => blank,
        };
        let (word, rest) = rest.split_at_checked(end.or(blank).unwrap_or(rest.len()))?;
        self.0 = rest;
        Some(word)
    }
}

fn step(code: &str, line: usize) -> Result<Step, Fault> {
    let mut words = Words(code);
    let a = state(words.next(), "STATE of peer A first")?;
    let arrow = words.next();
    let from = match arrow {
        Some(">") => Peer::A,
        Some("<") => Peer::B,
        other => return Err(fault("the direction > or < after the state of peer A", other)),
    };
    let flags = flags(words.next())?;
    let (seq, len) = range(words.next())?;
    let mut step = Step {
        from,
        seq,
        len,
        flags,
        ack: None,
        window: DEFAULT_WINDOW,
        options: Vec::new(),
        attributes: Vec::new(),
        since_previous: DEFAULT_SPACING,
        states: PerPeer::default(),
        broken: Vec::new(),
        noted: Vec::new(),
        silent: Vec::new(),
        line,
    };
    loop {
        match words.next() {
            word if word == arrow => break,
            Some("ack") => step.ack = Some(Seq::new(number("an acknowledgment number after ack", words.next())?)),
            Some("win") => step.window = number("a window of 0 to 65535 after win", words.next())?,
            Some(word) if word.starts_with(['+', '-']) => step.since_previous = elapsed(word)?,
            Some(word) if word.starts_with('{') => step.attributes.push(attribute(word)?),
            Some(word) if word.len() > 1 && word.starts_with('<') => step.options = options(word)?,
            other => {
                let arrow = arrow.unwrap_or_default();
                let wanted = format!("ack, win, <options>, {{attribute}}, +SECONDS or the direction {arrow} again");
                return Err(fault(wanted, other));
            }
        }
    }
    if step.flags.ack() != step.ack.is_some() {
        return Err(fault("ack N exactly if the flags have the . of ACK", Some(code)));
    }
    if step.flags.ack() && step.attributes.iter().any(|it| matches!(it, Attribute::AckField(_))) {
        return Err(fault("{ack-field N} only without the . of ACK", Some(code)));
    }
    step.states = PerPeer { a, b: state(words.next(), "STATE of peer B after the second direction")? };
    marks(words, &mut step)?;
    Ok(step)
}

/// Everything after the second state.
fn marks<'t>(words: impl Iterator<Item = &'t str>, step: &mut Step) -> Result<(), Fault> {
    let mut into: Option<&mut Vec<String>> = None;
    let mut is_mark_empty = false;
    for word in words {
        match (word, into.as_deref_mut()) {
            ("!" | "~" | "^", _) if is_mark_empty => return Err(fault("a rule id", Some(word))),
            ("!", _) => (into, is_mark_empty) = (Some(&mut step.broken), true),
            ("~", _) => (into, is_mark_empty) = (Some(&mut step.noted), true),
            ("^", _) => (into, is_mark_empty) = (Some(&mut step.silent), true),
            (id, Some(list)) if is_rule_id(id) => {
                list.push(id.to_owned());
                is_mark_empty = false;
            }
            (other, None) => return Err(fault("!, ~ or ^ and rule ids, or nothing, after the states", Some(other))),
            (other, Some(_)) => return Err(fault("a rule id of lower-case letters, digits and hyphens", Some(other))),
        }
    }
    if is_mark_empty { Err(fault("a rule id", None)) } else { Ok(()) }
}

fn is_rule_id(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_lowercase())
        && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
}

fn state(word: Option<&str>, wanted: &str) -> Result<String, Fault> {
    match word {
        Some(name) if STATES.contains(&name) => Ok(name.to_owned()),
        other => Err(fault(format!("{wanted}: a state of RFC 9293 or ?"), other)),
    }
}

fn flags(word: Option<&str>) -> Result<Flags, Fault> {
    let wanted = "flags out of F S R P . U E W e, each once, or - for none, after the direction";
    let letters = match word {
        Some("-") => return Ok(Flags(0)),
        Some(letters) => letters,
        None => return Err(fault(wanted, None)),
    };
    let mut bits = 0;
    for letter in letters.chars() {
        match LETTERS.iter().find(|(it, _)| *it == letter) {
            Some((_, bit)) if bits & bit == 0 => bits |= bit,
            _ => return Err(fault(wanted, word)),
        }
    }
    Ok(Flags(bits))
}

fn range(word: Option<&str>) -> Result<(Seq, u32), Fault> {
    let wanted = "SEQ:END(LEN) after the flags";
    let parts = || -> Option<(u32, u32, u32)> {
        let (numbers, len) = word?.strip_suffix(')')?.split_once('(')?;
        let (seq, end) = numbers.split_once(':')?;
        Some((digits(seq)?, digits(end)?, digits(len)?))
    };
    let (seq, end, len) = parts().ok_or_else(|| fault(wanted, word))?;
    if seq.wrapping_add(len) != end {
        return Err(fault(format!("END {} = SEQ {seq} + LEN {len}", seq.wrapping_add(len)), word));
    }
    Ok((Seq::new(seq), len))
}

/// A decimal number without sign; `None` also if it does not fit.
fn digits<T: FromStr>(word: &str) -> Option<T> {
    word.bytes().all(|it| it.is_ascii_digit()).then(|| word.parse().ok())?
}

fn number<T: FromStr>(wanted: &str, word: Option<&str>) -> Result<T, Fault> {
    word.and_then(digits).ok_or_else(|| fault(wanted, word))
}

fn elapsed(word: &str) -> Result<Elapsed, Fault> {
    let ns = || -> Option<i64> {
        let (whole, decimals) = word.get(1..)?.split_once('.').unwrap_or((word.get(1..)?, "0"));
        let seconds: u64 = digits(whole).filter(|_| !whole.is_empty())?;
        let fraction: u64 = digits(decimals).filter(|_| (1..=9).contains(&decimals.len()))?;
        let scale = 10_u64.checked_pow(9 - u32::try_from(decimals.len()).ok()?)?;
        let size = i128::from(seconds) * 1_000_000_000 + i128::from(fraction * scale);
        i64::try_from(if word.starts_with('-') { -size } else { size }).ok()
    };
    ns().map(Elapsed::from_ns).ok_or_else(|| fault("+SECONDS with at most nine decimals", Some(word)))
}

fn attribute(word: &str) -> Result<Attribute, Fault> {
    let parsed = || -> Option<Attribute> {
        let inner = word.strip_prefix('{')?.strip_suffix('}')?;
        let mut words = inner.split_whitespace();
        let attribute = match (words.next()?, words.next()) {
            ("bad-checksum", None) => Attribute::BadChecksum,
            ("short", None) => Attribute::Short,
            ("ttl", Some(limit)) => Attribute::HopLimit(digits(limit)?),
            ("id", Some(id)) => Attribute::Id(digits(id)?),
            ("ack-field", Some(field)) => Attribute::AckField(digits(field)?),
            ("urgent", Some(pointer)) => Attribute::Urgent(digits(pointer)?),
            ("ecn", Some(bits)) => Attribute::Ecn(digits(bits).filter(|it| *it < 4)?),
            ("text", Some(shift)) => Attribute::Text(digits(shift)?),
            ("reserved", Some(bits)) => Attribute::Reserved(digits(bits).filter(|it| *it < 8)?),
            ("multicast", None) => Attribute::Multicast,
            ("icmp", Some(kind)) => Attribute::Icmp(Kind::from_id(kind)?),
            ("by-router", None) => Attribute::ByRouter,
            ("mtu", Some(octets)) => Attribute::Mtu(digits(octets)?),
            _ => return None,
        };
        words.next().is_none().then_some(attribute)
    };
    let wanted = "{bad-checksum}, {short}, {ttl N}, {id N}, {ack-field N}, {urgent N}, {ecn N}, {text N}, \
                  {reserved N}, {multicast}, {icmp KIND}, {by-router} or {mtu N}";
    parsed().ok_or_else(|| fault(wanted, Some(word)))
}

fn options(word: &str) -> Result<Vec<StepOption>, Fault> {
    let inner = word.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    let inner = inner.ok_or_else(|| fault("> at the end of the options", Some(word)))?;
    let options = inner
        .split(',')
        .map(|text| {
            let wanted = "mss N, wscale N, sackOK, sack LEFT:RIGHT, TS val N ecr N, nop, eol, fo, kind N or raw HEX";
            option(text).ok_or_else(|| fault(wanted, Some(text)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let taken: usize = options.iter().map(|option| option.octets().len()).sum();
    if taken > ROOM {
        return Err(fault(format!("at most {ROOM} octets of options"), Some(&format!("{word}, {taken} octets"))));
    }
    Ok(options)
}

fn option(text: &str) -> Option<StepOption> {
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(match words.as_slice() {
        ["eol"] => StepOption::End,
        ["nop"] => StepOption::NoOperation,
        ["mss", size] => StepOption::MaximumSegmentSize(digits(size)?),
        ["wscale", shift] => StepOption::WindowScale(digits(shift)?),
        ["sackOK"] => StepOption::SackPermitted,
        ["sack", blocks @ ..] => {
            let block = |text: &&str| {
                let (left, right) = text.split_once(':')?;
                Some((Seq::new(digits(left)?), Seq::new(digits(right)?)))
            };
            StepOption::Sack(blocks.iter().map(block).collect::<Option<_>>()?)
        }
        ["TS", "val", value, "ecr", echo] => StepOption::Timestamps { value: digits(value)?, echo: digits(echo)? },
        ["fo", cookie @ ..] if cookie.len() < 2 => StepOption::FastOpen(hex(&cookie.concat())?),
        ["kind", kind, body @ ..] if body.len() < 2 => StepOption::Kind(digits(kind)?, hex(&body.concat())?),
        ["raw", octets] => StepOption::Raw(hex(octets)?),
        _ => return None,
    })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|it| it.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}

#[cfg(test)]
mod tests;
