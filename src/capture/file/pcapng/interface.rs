//! One interface of a pcapng section: its link type, its clock, what it lost.
//!
//! Format: draft-ietf-opsawg-pcapng, Sections 4.2 (description) and 4.6 (statistics). Used by the block reader.

use super::option::Options;
use crate::capture::file::octets::ByteOrder;
use crate::packet::LinkType;
use crate::packet::Losses;
use crate::timestamp::Timestamp;

/// From units of an interface's clock to nanoseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    scale: Scale,
    /// Nanoseconds to add, from whole seconds of any sign.
    offset: i128,
}

/// How many nanoseconds one unit is.
#[derive(Clone, Copy, Debug)]
enum Scale {
    /// This many.
    Whole(u64),
    /// One in so many.
    Part(u128),
    /// 10^9 in two to this power.
    Binary(u8),
}

impl Clock {
    /// The clock of the option octet `if_tsresol` (upper bit clear: a power of ten; set: of two) and `if_tsoffset`.
    pub(super) fn new(resolution: u8, offset_seconds: i64) -> Self {
        let power = resolution & 0x7f;
        let scale = if resolution & 0x80 != 0 {
            Scale::Binary(power)
        } else if power <= 9 {
            Scale::Whole(10_u64.pow(9 - u32::from(power)))
        } else {
            // Beyond 38 digits a 64-bit number of units is less than a nanosecond in any case.
            Scale::Part(10_u128.checked_pow(u32::from(power) - 9).unwrap_or(u128::MAX))
        };
        Self { scale, offset: i128::from(offset_seconds) * 1_000_000_000 }
    }

    /// The stamp for a number of units, rounded down; what 64 bits cannot hold becomes the nearest that they can.
    #[inline]
    pub(super) fn at(self, units: u64) -> Timestamp {
        let units = u128::from(units);
        let ns = match self.scale {
            Scale::Whole(ns) => units * u128::from(ns),
            Scale::Part(parts) => units / parts,
            Scale::Binary(power) => (units * 1_000_000_000) >> power,
        };
        // At most 2^64 times 10^9, which leaves 33 bits.
        let ns = (ns as i128) + self.offset;
        Timestamp::from_ns(ns.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }
}

/// What is kept of an interface.
#[derive(Clone, Debug)]
pub(super) struct Interface {
    pub(super) link: LinkType,
    /// Octets kept of a packet at most; 0 for no limit.
    pub(super) snaplen: u32,
    pub(super) clock: Clock,
    /// From the last statistics block: dropped by the interface.
    if_drop: Option<u64>,
    /// From the last statistics block: dropped by the operating system.
    os_drop: Option<u64>,
    /// Summed from its packets, which do not say who dropped.
    dropped_between: Option<u64>,
}

impl Interface {
    /// From the body of an interface description block; `None` if that is too short.
    pub(super) fn described(order: ByteOrder, body: &[u8]) -> Option<Self> {
        let link = LinkType(order.u16(body, 0)?);
        let snaplen = order.u32(body, 4)?;
        let (mut resolution, mut offset) = (6, 0);
        for (code, value) in Options::of(order, body, 8) {
            match code {
                9 => resolution = value.first().copied().unwrap_or(resolution),
                14 => offset = order.u64(value, 0).map_or(offset, u64::cast_signed),
                _ => {}
            }
        }
        let clock = Clock::new(resolution, offset);
        Some(Self { link, snaplen, clock, if_drop: None, os_drop: None, dropped_between: None })
    }

    /// Takes over the counters of an interface statistics block's options; those it lacks stay as they were.
    pub(super) fn count(&mut self, order: ByteOrder, options: Options<'_>) {
        for (code, value) in options {
            match code {
                5 => self.if_drop = order.u64(value, 0).or(self.if_drop),
                7 => self.os_drop = order.u64(value, 0).or(self.os_drop),
                _ => {}
            }
        }
    }

    /// A packet says that so many were lost between it and the one before.
    pub(super) fn dropped(&mut self, packets: u64) {
        self.dropped_between = Some(self.dropped_between.unwrap_or_default().saturating_add(packets));
    }

    /// Adds what this interface lost. Its statistics cover the same packets as the counts at its packets, so these
    /// stand only where there are no statistics.
    pub(super) fn add_to(&self, losses: &mut Losses) {
        add(&mut losses.interface, self.if_drop);
        add(&mut losses.kernel, self.os_drop);
        if self.if_drop.is_none() && self.os_drop.is_none() {
            add(&mut losses.unknown, self.dropped_between);
        }
    }
}

fn add(sum: &mut Option<u64>, part: Option<u64>) {
    if let Some(part) = part {
        *sum = Some(sum.unwrap_or_default().saturating_add(part));
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use proptest::prelude::*;

    fn at(resolution: u8, offset: i64, units: u64) -> i64 {
        Clock::new(resolution, offset).at(units).as_ns()
    }

    #[test]
    fn powers_of_ten_and_of_two_become_nanoseconds() {
        assert_eq!(at(0, 0, 3), 3_000_000_000);
        assert_eq!(at(6, 0, 1_500_000), 1_500_000_000);
        assert_eq!(at(9, 0, 1_500_000), 1_500_000);
        assert_eq!(at(12, 0, 1_999), 1);
        assert_eq!(at(0x80, 0, 2), 2_000_000_000);
        assert_eq!(at(0x80 | 20, 0, (1 << 20) + (1 << 19)), 1_500_000_000);
        assert_eq!(at(6, -1, 1), -999_999_000);
        assert_eq!(at(6, 1_000_000_000, 7), 1_000_000_000_000_007_000);
    }

    #[test]
    fn what_no_stamp_can_hold_is_clamped() {
        assert_eq!(at(0, 0, u64::MAX), i64::MAX);
        assert_eq!(at(0, i64::MIN, 0), i64::MIN);
        assert_eq!(at(127, 0, u64::MAX), 0);
        assert_eq!(at(255, 0, u64::MAX), 0);
    }

    proptest! {
        #[test]
        fn no_resolution_offset_or_stamp_overflows(resolution: u8, offset: i64, units: u64) {
            let earlier = at(resolution, offset, units / 2);
            prop_assert!(earlier <= at(resolution, offset, units));
        }
    }
}
