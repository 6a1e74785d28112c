//! Sequence numbers: positions on the ring of 2^32 (RFC 9293, Section 3.4).
//!
//! It has no `Ord`: "before" on a ring is not transitive, so sorting would compile and lie.
//! Every module may use it; it uses nothing.

use std::fmt;
use std::ops::{Add, Sub};

/// A sequence number. Two of them compare only while they lie within 2^31 of each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Seq(u32);

impl Seq {
    /// The sequence number as it stands in a header.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number as it stands in a header.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// `self < other` on the ring.
    #[must_use]
    pub const fn is_before(self, other: Self) -> bool {
        self.offset_to(other) > 0
    }

    /// `self =< other` on the ring.
    #[must_use]
    pub const fn is_at_or_before(self, other: Self) -> bool {
        self.offset_to(other) >= 0
    }

    /// How far ahead `other` lies, in octets; negative if it lies behind.
    /// The shorter way round is taken, so at exactly half the ring the answer is negative both ways.
    #[must_use]
    pub const fn offset_to(self, other: Self) -> i32 {
        other.0.wrapping_sub(self.0).cast_signed()
    }

    /// The later of the two on the ring.
    #[must_use]
    pub const fn later_of(self, other: Self) -> Self {
        if self.is_before(other) { other } else { self }
    }

    /// `low =< self =< high`, the whole interval walked upwards from `low`.
    #[must_use]
    pub const fn is_within(self, low: Self, high: Self) -> bool {
        self.0.wrapping_sub(low.0) <= high.0.wrapping_sub(low.0)
    }
}

impl Add<u32> for Seq {
    type Output = Self;
    fn add(self, octets: u32) -> Self {
        Self(self.0.wrapping_add(octets))
    }
}

impl Sub<u32> for Seq {
    type Output = Self;
    fn sub(self, octets: u32) -> Self {
        Self(self.0.wrapping_sub(octets))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Seq;

    #[test]
    fn order_survives_the_wrap() {
        let last = Seq::new(u32::MAX);
        assert!(last.is_before(last + 1));
        assert!(!(last + 1).is_before(last));
        assert_eq!(last.later_of(last + 1), Seq::new(0));
        assert_eq!(last.offset_to(Seq::new(4)), 5);
        assert_eq!(Seq::new(4).offset_to(last), -5);
    }

    #[test]
    fn order_holds_in_the_middle_of_the_ring_too() {
        let (low, high) = (Seq::new(100), Seq::new(0x7000_0000));
        assert!(low.is_at_or_before(high) && !high.is_at_or_before(low));
        assert_eq!((low.later_of(high), high.later_of(low)), (high, high));
    }

    #[test]
    fn steps_go_both_ways_and_wrap() {
        assert_eq!((Seq::new(40) + 2, Seq::new(40) - 2), (Seq::new(42), Seq::new(38)));
        assert_eq!((Seq::new(u32::MAX) + 3, Seq::new(1) - 3), (Seq::new(2), Seq::new(u32::MAX - 1)));
    }

    #[test]
    fn a_number_is_shown_as_it_stands_in_the_header() {
        let seq = Seq::new(4_294_967_295);
        assert_eq!(
            (seq.get(), seq.to_string(), format!("{seq:?}")),
            (u32::MAX, "4294967295".into(), "4294967295".into())
        );
    }

    #[test]
    fn nothing_is_before_itself() {
        let seq = Seq::new(7);
        assert!(!seq.is_before(seq));
        assert!(seq.is_at_or_before(seq));
    }

    #[test]
    fn an_interval_may_span_the_wrap() {
        let (low, high) = (Seq::new(u32::MAX - 1), Seq::new(1));
        assert!(Seq::new(0).is_within(low, high));
        assert!(low.is_within(low, high) && high.is_within(low, high));
        assert!(!Seq::new(2).is_within(low, high));
    }
}
