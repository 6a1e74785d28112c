//! TCP options as the notation writes them: each one to text and to octets.
//!
//! Reading them back from text is in `parse`, from captured octets in `recorded`. Only `trace` uses it.

use crate::seq::Seq;
use std::fmt;

/// The most octets of options a TCP header has room for: data offset 15 (RFC 9293, Section 3.1).
pub(super) const ROOM: usize = 40;

/// One option of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StepOption {
    /// `eol`, kind 0.
    End,
    /// `nop`, kind 1.
    NoOperation,
    /// `mss N`, kind 2, octets.
    MaximumSegmentSize(u16),
    /// `wscale N`, kind 3, the shift as sent.
    WindowScale(u8),
    /// `sackOK`, kind 4.
    SackPermitted,
    /// `sack LEFT:RIGHT ...`, kind 5, in the other peer's sequence space.
    Sack(Vec<(Seq, Seq)>),
    /// `TS val N ecr N`, kind 8.
    Timestamps {
        /// TSval.
        value: u32,
        /// TSecr.
        echo: u32,
    },
    /// `fo [HEX]`, kind 34: the cookie, empty for a request.
    FastOpen(Vec<u8>),
    /// `kind N [HEX]`: any other kind, and what follows its length octet.
    Kind(u8, Vec<u8>),
    /// `raw HEX`: octets as they are, even if they are no option.
    Raw(Vec<u8>),
}

impl StepOption {
    /// The option on the wire, without padding. A length that does not fit its octet is cut to 255.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        let sized = |kind: u8, body: &[u8]| {
            let mut octets = vec![kind, u8::try_from(body.len() + 2).unwrap_or(u8::MAX)];
            octets.extend_from_slice(body);
            octets
        };
        match self {
            Self::End => vec![0],
            Self::NoOperation => vec![1],
            Self::MaximumSegmentSize(size) => sized(2, &size.to_be_bytes()),
            Self::WindowScale(shift) => sized(3, &[*shift]),
            Self::SackPermitted => sized(4, &[]),
            Self::Sack(blocks) => {
                let edges = blocks.iter().flat_map(|(left, right)| [left.get(), right.get()]);
                sized(5, &edges.flat_map(u32::to_be_bytes).collect::<Vec<u8>>())
            }
            Self::Timestamps { value, echo } => sized(8, &[value.to_be_bytes(), echo.to_be_bytes()].concat()),
            Self::FastOpen(cookie) => sized(34, cookie),
            Self::Kind(kind, body) => sized(*kind, body),
            Self::Raw(octets) => octets.clone(),
        }
    }

    /// The option with its sequence numbers turned by `by`; only SACK carries any.
    pub(super) fn turned(&self, by: u32) -> Self {
        match self {
            Self::Sack(blocks) => Self::Sack(blocks.iter().map(|(left, right)| (*left + by, *right + by)).collect()),
            other => other.clone(),
        }
    }
}

impl fmt::Display for StepOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("eol"),
            Self::NoOperation => f.write_str("nop"),
            Self::MaximumSegmentSize(size) => write!(f, "mss {size}"),
            Self::WindowScale(shift) => write!(f, "wscale {shift}"),
            Self::SackPermitted => f.write_str("sackOK"),
            Self::Sack(blocks) => {
                f.write_str("sack")?;
                blocks.iter().try_for_each(|(left, right)| write!(f, " {left}:{right}"))
            }
            Self::Timestamps { value, echo } => write!(f, "TS val {value} ecr {echo}"),
            Self::FastOpen(cookie) => write_hex(f, "fo", cookie),
            Self::Kind(kind, body) => write_hex(f, &format!("kind {kind}"), body),
            Self::Raw(octets) => write_hex(f, "raw", octets),
        }
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, name: &str, octets: &[u8]) -> fmt::Result {
    f.write_str(name)?;
    if !octets.is_empty() {
        f.write_str(" ")?;
    }
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

#[cfg(test)]
mod tests {
    use super::StepOption;
    use crate::seq::Seq;

    #[test]
    fn options_stand_on_the_wire_as_their_rfcs_draw_them() {
        let octets = |option: StepOption| option.octets();
        assert_eq!(octets(StepOption::MaximumSegmentSize(1460)), [2, 4, 0x05, 0xb4]);
        assert_eq!(octets(StepOption::WindowScale(7)), [3, 3, 7]);
        assert_eq!(octets(StepOption::Timestamps { value: 1, echo: 258 }), [8, 10, 0, 0, 0, 1, 0, 0, 1, 2]);
        let block = (Seq::new(1), Seq::new(256));
        assert_eq!(octets(StepOption::Sack(vec![block])), [5, 10, 0, 0, 0, 1, 0, 0, 1, 0]);
        assert_eq!(octets(StepOption::FastOpen(vec![])), [34, 2]);
    }
}
