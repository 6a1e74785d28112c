//! Marks of a segment beside its numbers: by them a copy is told from a retransmission, one sender from two that use one
//! address.
//!
//! They are compared, never judged. A mark that is absent, or that its sender gives to every packet, says nothing.

use crate::seq::Seq;
use crate::wire::segment::Segment;

/// TSvals of one clock that are no further apart, in ticks: two minutes of a clock of a microsecond, the fastest that is
/// used.
const ONE_CLOCK: u32 = 120_000_000;

/// IPv4 identifications of one count that are no further apart.
const ONE_COUNT: u16 = 0x100;

/// Marks of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// TSval, if it carried timestamps.
    pub value: Option<u32>,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
    /// TTL or hop limit.
    pub hop_limit: u8,
}

/// What the marks of two segments that bear one address say of who sent them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// One sender, by hop limit and by a clock or count that goes on.
    One,
    /// Two: they came different ways, or were stamped by different clocks.
    Two,
    /// Nothing tells.
    Untold,
}

impl Stamp {
    /// Those of `segment`.
    #[inline]
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        let value = segment.options.timestamps().map(|(value, _)| value);
        Self { value, ip_id: segment.ip.id, hop_limit: segment.ip.hop_limit }
    }

    /// Whether `self` was evidently sent before `other`, by TSval, or by IPv4 identification where TSval does not tell.
    #[inline]
    #[must_use]
    pub fn is_evidently_before(self, other: Self) -> bool {
        if let (Some(mine), Some(its)) = (self.value, other.value)
            && mine != its
        {
            return Seq::new(mine).is_before(Seq::new(its));
        }
        match (self.ip_id, other.ip_id) {
            (Some(mine), Some(its)) if mine != 0 && its != 0 => (1..ONE_COUNT).contains(&its.wrapping_sub(mine)),
            _ => false,
        }
    }

    /// Whether both are evidently the same packet: the same non-zero identification, and no different TSval.
    #[must_use]
    pub fn is_evidently_same(self, other: Self) -> bool {
        let same_id = matches!((self.ip_id, other.ip_id), (Some(mine), Some(its)) if mine == its && mine != 0);
        same_id && self.value == other.value
    }

    /// Whether one sender sent this and `other`, whichever came first. Who stands on the path can imitate every mark; that
    /// one did is not what marks in line suggest.
    #[must_use]
    pub fn origin(self, other: Self) -> Origin {
        let clock = match (self.value, other.value) {
            (Some(mine), Some(its)) => Some(Seq::new(mine).offset_to(Seq::new(its)).unsigned_abs() <= ONE_CLOCK),
            _ => None,
        };
        let count = match (self.ip_id, other.ip_id) {
            (Some(mine), Some(its)) if mine != 0 && its != 0 && mine != its => {
                Some(its.wrapping_sub(mine).min(mine.wrapping_sub(its)) < ONE_COUNT)
            }
            _ => None,
        };
        if self.hop_limit != other.hop_limit || clock == Some(false) {
            return Origin::Two;
        }
        match (clock, count) {
            (_, Some(false)) | (None, None) => Origin::Untold,
            _ => Origin::One,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Stamp};

    const fn stamp(value: Option<u32>, ip_id: Option<u16>, hop_limit: u8) -> Stamp {
        Stamp { value, ip_id, hop_limit }
    }

    #[test]
    fn one_sender_shows_by_way_clock_and_count_together() {
        let here = stamp(Some(u32::MAX), Some(u16::MAX), 64);
        assert_eq!(here.origin(stamp(Some(5), Some(2), 64)), Origin::One);
        assert_eq!(stamp(Some(5), Some(2), 64).origin(here), Origin::One);
        assert_eq!(here.origin(stamp(Some(5), Some(2), 63)), Origin::Two);
        assert_eq!(here.origin(stamp(Some(1 << 30), Some(2), 64)), Origin::Two);
        assert_eq!(here.origin(stamp(None, Some(2), 64)), Origin::One);
        assert_eq!(here.origin(stamp(Some(5), Some(20_000), 64)), Origin::Untold);
        assert_eq!(here.origin(stamp(Some(5), Some(0), 64)), Origin::One);
        for each_the_same in [stamp(None, None, 64), stamp(None, Some(7), 64)] {
            assert_eq!(each_the_same.origin(each_the_same), Origin::Untold);
        }
    }
}
