//! Sequence numbers by the letters of the textbook: x and y for the initial ones, u, v, w for the close.
//!
//! Used by ladders and the textbook page.

use super::style::Numbers;
use super::view::{ConnectionView, PerPeerView};
use crate::peer::Peer;

/// How far before its origin a number is still written as `x-1`: keep-alives and probes stand just before it.
const BEFORE: u32 = 0xffff;

/// `number` counted from `origin`: `x`, `x+1`, `x-1`, modulo 2^32.
pub(crate) fn relative(letter: char, origin: u32, number: u32) -> String {
    match number.wrapping_sub(origin) {
        0 => letter.to_string(),
        ahead if ahead.wrapping_neg() <= BEFORE => format!("{letter}-{}", ahead.wrapping_neg()),
        ahead => format!("{letter}+{ahead}"),
    }
}

/// The origins of both sequence spaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letters {
    iss: PerPeerView<Option<u32>>,
    letters: PerPeerView<char>,
}

impl Letters {
    /// Those of `view`. A socket connected to itself has one space for both.
    pub(crate) fn of(view: &ConnectionView) -> Self {
        let mut iss = view.iss;
        let mut letters = PerPeerView { a: 'x', b: 'y' };
        if view.a == view.b {
            iss.b = iss.b.or(iss.a);
            letters.b = letters.a;
        }
        Self { iss, letters }
    }

    /// `x` for numbers that A counts, `y` for those that B counts.
    pub(crate) fn letter(&self, peer: Peer) -> char {
        self.letters[peer]
    }

    /// A `number` in the sequence space of `peer`, as `numbers` asks for it.
    pub(crate) fn write(&self, numbers: Numbers, peer: Peer, number: u32) -> String {
        match (numbers, self.iss[peer]) {
            (Numbers::Relative, Some(iss)) => relative(self.letter(peer), iss, number),
            _ => number.to_string(),
        }
    }

    /// The letter beside the number, `x+1 = 1725499884`, or the number alone.
    pub(crate) fn beside(&self, peer: Peer, number: u32) -> String {
        match self.iss[peer] {
            Some(iss) => format!("{} = {number}", relative(self.letter(peer), iss, number)),
            None => number.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_wrap_and_may_be_negative() {
        assert_eq!(relative('x', 7, 7), "x");
        assert_eq!(relative('x', u32::MAX, 0), "x+1");
        assert_eq!(relative('x', 0, u32::MAX), "x-1");
        assert_eq!(relative('y', 0, 3_000_000_000), "y+3000000000");
        assert_eq!(relative('y', 65_535, 0), "y-65535");
        assert_eq!(relative('y', 65_536, 0), "y+4294901760");
    }
}
