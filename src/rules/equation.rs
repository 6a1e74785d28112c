//! An equation with its numbers: what was found, how it must relate, and to what.

use crate::seq::Seq;
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
    /// Right side `=<` left side `=<` this.
    UpTo(Seq),
}

impl Equation {
    /// `name found = base + plus`.
    #[must_use]
    pub const fn equal(name: &'static str, found: Seq, base: Seq, plus: u32) -> Self {
        Self { name, found, relation: Relation::Equal, base, plus }
    }

    /// `name found =< base`.
    #[must_use]
    pub const fn at_most(name: &'static str, found: Seq, base: Seq) -> Self {
        Self { name, found, relation: Relation::AtMost, base, plus: 0 }
    }

    /// `low =< name found =< high`; `=` where both are one.
    #[must_use]
    pub fn within(name: &'static str, found: Seq, low: Seq, high: Seq) -> Self {
        let relation = if low == high { Relation::Equal } else { Relation::UpTo(high) };
        Self { name, found, relation, base: low, plus: 0 }
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
            Relation::AtMost => self.found.is_at_or_before(wanted),
            Relation::AtLeast => wanted.is_at_or_before(self.found),
            Relation::UpTo(high) => self.found.is_within(wanted, high),
        }
    }

    /// The right side alone, with the relation: what was expected.
    #[must_use]
    pub fn expected(&self) -> String {
        let Self { name, base, plus, .. } = self;
        let sum = if *plus == 0 { String::new() } else { format!(" + {plus}") };
        match self.relation {
            Relation::Equal => format!("{name} = {base}{sum}"),
            Relation::AtMost => format!("{name} =< {base}{sum}"),
            Relation::AtLeast => format!("{name} >= {base}{sum}"),
            Relation::UpTo(high) => format!("{base}{sum} =< {name} =< {high}"),
        }
    }
}

impl fmt::Display for Equation {
    /// With its numbers, and the sign that is true of them: `SYN-ACK ack 500 ≠ 100 + 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, found, base, plus, .. } = self;
        let holds = self.is_true();
        if let Relation::UpTo(high) = self.relation {
            let high_sign = if holds || found.is_at_or_before(high) { "=<" } else { ">" };
            let low_sign = if holds || self.wanted().is_at_or_before(*found) { "=<" } else { ">" };
            write!(f, "{base}")?;
            if *plus != 0 {
                write!(f, " + {plus}")?;
            }
            return write!(f, " {low_sign} {name} {found} {high_sign} {high}");
        }
        let sign = match (self.relation, holds) {
            (Relation::AtMost, true) => "=<",
            (Relation::AtMost, false) => ">",
            (Relation::AtLeast, true) => ">=",
            (Relation::AtLeast, false) => "<",
            (Relation::Equal | Relation::UpTo(_), true) => "=",
            (Relation::Equal | Relation::UpTo(_), false) => "≠",
        };
        write!(f, "{name} {found} {sign} {base}")?;
        if *plus == 0 { Ok(()) } else { write!(f, " + {plus}") }
    }
}

#[cfg(test)]
mod tests {
    use super::{Equation, Relation};
    use crate::seq::Seq;

    #[test]
    fn an_equation_prints_the_sign_that_is_true_of_its_numbers() {
        let seq = Seq::new;
        assert_eq!(Equation::equal("SYN-ACK ack", seq(101), seq(100), 1).to_string(), "SYN-ACK ack 101 = 100 + 1");
        assert_eq!(Equation::equal("SYN-ACK ack", seq(500), seq(100), 1).to_string(), "SYN-ACK ack 500 ≠ 100 + 1");
        assert_eq!(Equation::at_most("ACK", seq(5), seq(7)).to_string(), "ACK 5 =< 7");
        assert_eq!(Equation::at_most("ACK", seq(9), seq(7)).to_string(), "ACK 9 > 7");
        assert_eq!(Equation::within("ACK", seq(9), seq(5), seq(7)).to_string(), "5 =< ACK 9 > 7");
        let least = Equation { name: "SEQ", found: seq(4), relation: Relation::AtLeast, base: seq(5), plus: 0 };
        assert_eq!(least.to_string(), "SEQ 4 < 5");
    }

    #[test]
    fn the_wrap_is_on_the_ring() {
        let last = Seq::new(u32::MAX);
        assert!(Equation::equal("ack", Seq::new(0), last, 1).is_true());
        assert!(Equation::at_most("ack", last, Seq::new(3)).is_true());
    }
}
