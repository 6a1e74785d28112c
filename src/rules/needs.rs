//! What must be unusual about a segment for some rules to have anything to say: nearly every segment is plain, so nearly
//! none of these rules is asked. A rule's `check` still tells by itself; that the two agree is tested.

use super::Context;
use crate::tcp::kind::Kind;

/// A set of things that are unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs(pub u8);

impl Needs {
    /// Nothing: the rule looks at plain segments too.
    pub const NOTHING: Self = Self(0);
    /// The segment is of a kind other than plain: octets again, a probe, a duplicate ACK.
    pub const KIND: Self = Self(1);
    /// It has options other than timestamps as everybody sends them.
    pub const OPTIONS: Self = Self(2);
    /// Its header says something rare: a reserved bit, URG or an urgent pointer, a window of zero, an ECN codepoint in IP.
    pub const HEADER: Self = Self(4);
    /// Something rare has happened on the connection before: a RST, a challenge, octets acknowledged selectively.
    pub const PAST: Self = Self(8);

    /// Whether all of these are in `met`.
    #[must_use]
    pub const fn are_in(self, met: Self) -> bool {
        self.0 & !met.0 == 0
    }

    /// What is unusual about a segment.
    #[must_use]
    pub fn met(cx: &Context<'_>) -> Self {
        let (segment, facts) = (cx.segment, &cx.connection.facts);
        let header = segment.flags.reserved() != 0
            || segment.flags.urg()
            || segment.urgent != 0
            || segment.window == 0
            || segment.ip.ecn != 0;
        let past = facts.a.resets.is_some() || facts.b.resets.is_some() || !facts[cx.from].sacked.blocks.is_empty();
        let mut met = 0;
        for (unusual, bit) in [
            (cx.kind != Kind::Plain, Self::KIND),
            (!segment.options.are_plain(), Self::OPTIONS),
            (header, Self::HEADER),
            (past, Self::PAST),
        ] {
            met |= if unusual { bit.0 } else { 0 };
        }
        Self(met)
    }
}
