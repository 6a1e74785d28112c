//! An equation with its numbers: what was found, how it must relate, and to what.
//!
//! Most numbers lie on the ring of 2^32 sequence numbers; counts, times and flags are kept in the same 32 bits and say so
//! by their [`Unit`].

use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Flags;
use std::fmt;

/// `name found RELATION base + plus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equation {
    /// What the left side is: `SYN-ACK ack`.
    pub name: &'static str,
    /// The number found.
    pub found: Seq,
    /// How it must relate to the right side.
    pub relation: Relation,
    /// The right side's known number.
    pub base: Seq,
    /// What is added to it.
    pub plus: u32,
    /// What kind of number both sides are.
    pub unit: Unit,
    /// The frames that show the right side's number; 0 for none.
    pub shown_by: [FrameNo; 2],
}

/// What kind of number an equation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unit {
    /// Sequence numbers, timestamps: 2^32 of them, in a ring.
    #[default]
    Ring,
    /// Octets, segments, shifts: ordinary numbers.
    Count,
    /// Milliseconds.
    Millis,
    /// TCP flags, as in the header's thirteenth and fourteenth octet.
    Flags,
}

/// How two numbers on the ring must relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `=<`
    AtMost,
    /// `>=`, the left side not before the right.
    AtLeast,
    /// `≠`
    Unequal,
    /// Right side `=<` left side `=<` this.
    UpTo(Seq),
    /// Right side `=<` left side `<` this: none, where both are one.
    Below(Seq),
}

impl Equation {
    const fn of(name: &'static str, found: Seq, relation: Relation, base: Seq) -> Self {
        Self { name, found, relation, base, plus: 0, unit: Unit::Ring, shown_by: [0; 2] }
    }

    /// `name found = base + plus`.
    #[must_use]
    pub const fn equal(name: &'static str, found: Seq, base: Seq, plus: u32) -> Self {
        Self { plus, ..Self::of(name, found, Relation::Equal, base) }
    }

    /// `name found =< base`.
    #[must_use]
    pub const fn at_most(name: &'static str, found: Seq, base: Seq) -> Self {
        Self::of(name, found, Relation::AtMost, base)
    }

    /// `name found >= base`.
    #[must_use]
    pub const fn at_least(name: &'static str, found: Seq, base: Seq) -> Self {
        Self::of(name, found, Relation::AtLeast, base)
    }

    /// `low =< name found =< high`; `=` where both are one.
    #[must_use]
    pub fn within(name: &'static str, found: Seq, low: Seq, high: Seq) -> Self {
        Self::of(name, found, if low == high { Relation::Equal } else { Relation::UpTo(high) }, low)
    }

    /// `low =< name found < high`.
    #[must_use]
    pub const fn below(name: &'static str, found: Seq, low: Seq, high: Seq) -> Self {
        Self::of(name, found, Relation::Below(high), low)
    }

    /// An equation of ordinary numbers: `name found RELATION wanted`.
    #[must_use]
    pub const fn count(name: &'static str, found: u32, relation: Relation, wanted: u32) -> Self {
        Self { unit: Unit::Count, ..Self::of(name, Seq::new(found), relation, Seq::new(wanted)) }
    }

    /// An equation of times, in whole milliseconds, 49 days at most.
    #[must_use]
    pub fn time(name: &'static str, found: Elapsed, relation: Relation, wanted: Elapsed) -> Self {
        let millis = |it: Elapsed| u32::try_from((it.as_ns() / 1_000_000).max(0)).unwrap_or(u32::MAX);
        Self { unit: Unit::Millis, ..Self::count(name, millis(found), relation, millis(wanted)) }
    }

    /// An equation of flags: `name found RELATION wanted`.
    #[must_use]
    pub fn flags(name: &'static str, found: Flags, relation: Relation, wanted: Flags) -> Self {
        Self { unit: Unit::Flags, ..Self::count(name, u32::from(found.0), relation, u32::from(wanted.0)) }
    }

    /// The same, with a frame that shows the right side's number.
    #[must_use]
    pub const fn shown_by(self, frame: FrameNo) -> Self {
        let [first, second] = self.shown_by;
        let shown_by = if first == 0 || first == frame { [frame, second] } else { [first, frame] };
        Self { shown_by, ..self }
    }

    /// The same, with the frame that shows the right side's number if it is known.
    #[must_use]
    pub const fn perhaps_shown_by(self, frame: Option<FrameNo>) -> Self {
        match frame {
            Some(frame) => self.shown_by(frame),
            None => self,
        }
    }

    /// The right side's number.
    #[must_use]
    pub fn wanted(&self) -> Seq {
        self.base + self.plus
    }

    /// Whether it is true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        let wanted = self.wanted();
        match self.relation {
            Relation::Equal => self.found == wanted,
            Relation::Unequal => self.found != wanted,
            Relation::AtMost => self.before_or_at(self.found, wanted),
            Relation::AtLeast => self.before_or_at(wanted, self.found),
            Relation::Below(high) => wanted != high && self.found.is_within(wanted, high - 1),
            Relation::UpTo(high) if self.unit == Unit::Ring => self.found.is_within(wanted, high),
            Relation::UpTo(high) => self.before_or_at(wanted, self.found) && self.before_or_at(self.found, high),
        }
    }

    fn before_or_at(&self, left: Seq, right: Seq) -> bool {
        match self.unit {
            Unit::Ring => left.is_at_or_before(right),
            Unit::Count | Unit::Millis | Unit::Flags => left.get() <= right.get(),
        }
    }

    /// The number found, as a person reads it: `SYN-ACK ack 101`.
    #[must_use]
    pub fn left(&self) -> String {
        format!("{} {}", self.name, self.number(self.found))
    }

    fn number(&self, number: Seq) -> String {
        match self.unit {
            Unit::Ring | Unit::Count => number.to_string(),
            Unit::Millis => format!("{number} ms"),
            Unit::Flags => Flags(u16::try_from(number.get()).unwrap_or(0)).to_string(),
        }
    }

    fn right(&self) -> String {
        let sum = if self.plus == 0 { String::new() } else { format!(" + {}", self.plus) };
        format!("{}{sum}", self.number(self.base))
    }

    /// The right side alone, with the relation: what was expected.
    #[must_use]
    pub fn expected(&self) -> String {
        let (name, right) = (self.name, self.right());
        match self.relation {
            Relation::Equal => format!("{name} = {right}"),
            Relation::Unequal => format!("{name} ≠ {right}"),
            Relation::AtMost => format!("{name} =< {right}"),
            Relation::AtLeast => format!("{name} >= {right}"),
            Relation::UpTo(high) => format!("{right} =< {name} =< {}", self.number(high)),
            Relation::Below(high) => format!("{right} =< {name} < {}", self.number(high)),
        }
    }
}

impl fmt::Display for Equation {
    /// With its numbers, and the sign that is true of them: `SYN-ACK ack 500 ≠ 100 + 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = self.is_true();
        let (left, right) = (self.left(), self.right());
        if let Relation::UpTo(high) = self.relation {
            let high_sign = if holds || self.before_or_at(self.found, high) { "=<" } else { ">" };
            let low_sign = if holds || self.before_or_at(self.wanted(), self.found) { "=<" } else { ">" };
            return write!(f, "{right} {low_sign} {left} {high_sign} {}", self.number(high));
        }
        if let Relation::Below(high) = self.relation {
            let high_sign = if holds || !self.before_or_at(high, self.found) { "<" } else { ">=" };
            let low_sign = if holds || self.before_or_at(self.wanted(), self.found) { "=<" } else { ">" };
            return write!(f, "{right} {low_sign} {left} {high_sign} {}", self.number(high));
        }
        let sign = match (self.relation, holds) {
            (Relation::AtMost, true) => "=<",
            (Relation::AtMost, false) => ">",
            (Relation::AtLeast, true) => ">=",
            (Relation::AtLeast, false) => "<",
            (Relation::Equal | Relation::UpTo(_) | Relation::Below(_), true) | (Relation::Unequal, false) => "=",
            (Relation::Equal | Relation::UpTo(_) | Relation::Below(_), false) | (Relation::Unequal, true) => "≠",
        };
        write!(f, "{left} {sign} {right}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Equation, Relation};
    use crate::seq::Seq;
    use crate::timestamp::Elapsed;
    use crate::wire::segment::Flags;

    #[test]
    fn an_equation_prints_the_sign_that_is_true_of_its_numbers() {
        let seq = Seq::new;
        assert_eq!(Equation::equal("SYN-ACK ack", seq(101), seq(100), 1).to_string(), "SYN-ACK ack 101 = 100 + 1");
        assert_eq!(Equation::equal("SYN-ACK ack", seq(500), seq(100), 1).to_string(), "SYN-ACK ack 500 ≠ 100 + 1");
        assert_eq!(Equation::at_most("ACK", seq(5), seq(7)).to_string(), "ACK 5 =< 7");
        assert_eq!(Equation::at_most("ACK", seq(9), seq(7)).to_string(), "ACK 9 > 7");
        assert_eq!(Equation::within("ACK", seq(9), seq(5), seq(7)).to_string(), "5 =< ACK 9 > 7");
        assert_eq!(Equation::below("SEQ", seq(6), seq(5), seq(7)).to_string(), "5 =< SEQ 6 < 7");
        assert_eq!(Equation::below("SEQ", seq(7), seq(5), seq(7)).to_string(), "5 =< SEQ 7 >= 7");
        assert_eq!(Equation::below("SEQ", seq(4), seq(5), seq(5)).to_string(), "5 > SEQ 4 < 5");
        assert!(!Equation::below("SEQ", seq(5), seq(5), seq(5)).is_true());
        assert_eq!(Equation::at_least("SEQ", seq(4), seq(5)).to_string(), "SEQ 4 < 5");
        assert_eq!(Equation::count("options", 3, Relation::Unequal, 0).to_string(), "options 3 ≠ 0");
        let (short, long) = (Elapsed::from_ns(40_000_000), Elapsed::from_secs(3_000_000));
        assert_eq!(Equation::time("delay", long, Relation::AtMost, short).to_string(), "delay 3000000000 ms > 40 ms");
        let flags = Equation::flags("flags", Flags(0x03), Relation::Unequal, Flags(0x03));
        assert_eq!(flags.to_string(), "flags SYN,FIN = SYN,FIN");
    }

    #[test]
    fn an_ordinary_number_is_not_on_the_ring() {
        let most = |found, wanted| Equation::count("octets", found, Relation::AtMost, wanted).is_true();
        assert!(most(3, u32::MAX));
        assert!(!most(u32::MAX, 3));
    }

    #[test]
    fn two_frames_at_most_show_a_number() {
        let equation = Equation::at_most("ACK", Seq::new(5), Seq::new(7)).shown_by(4);
        assert_eq!(equation.shown_by(4).shown_by, [4, 0]);
        assert_eq!(equation.shown_by(9).shown_by, [4, 9]);
    }

    #[test]
    fn the_wrap_is_on_the_ring() {
        let last = Seq::new(u32::MAX);
        assert!(Equation::equal("ack", Seq::new(0), last, 1).is_true());
        assert!(Equation::at_most("ack", last, Seq::new(3)).is_true());
    }
}
