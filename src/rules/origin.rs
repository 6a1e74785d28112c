//! Breaches that lie between two segments of one address: of whom they are breaches, unless one sender sent both?
//!
//! Somebody else can put segments into a connection, and their alleged sender then seems to contradict itself. Each such
//! rule charges by the one function here. What a single segment's marks say of it is a guard's ([`guard`](super::guard)).

use super::equation::Equation;
use super::{Severity, Verdict, Why};
use crate::tcp::stamp::{Origin, Stamp};

/// Why nobody is charged where two senders use one address.
pub const TWO_SENDERS: Why =
    "hop limit or time stamp differ from those of the segment that it contradicts: two senders use this address";
const UNTOLD: Why = "nothing shows that one sender sent both segments: somebody else may have put one of them in";

/// A violation by a segment with these marks, because it contradicts one of the same address with those.
pub(super) fn charged(equation: Equation, other: Option<Stamp>, these: Stamp) -> Verdict {
    match other.map_or(Origin::Untold, |other| these.origin(other)) {
        Origin::One => Verdict::Broken(equation, Severity::Violation),
        Origin::Two => Verdict::Undecided(equation, TWO_SENDERS),
        Origin::Untold => Verdict::Undecided(equation, UNTOLD),
    }
}
