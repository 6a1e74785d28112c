//! Guards: what a capture shows of itself that keeps a rule from charging anybody. Under a guard a breach is undecided.
//!
//! Only what holds for many rules is here; a doubt of one rule is that rule's own.

pub mod known;

use super::{Context, Severity, Verdict, Why};
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::tcp::clock::Fit;
use crate::tcp::connection::Connection;
use crate::tcp::stream::Stream;
use crate::wire::checksum::Checksum;
use crate::wire::segment::Wholeness;

/// A set of guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(pub u16);

/// What excuses a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excuse {
    /// Why nobody is charged.
    pub why: Why,
    /// The frame that proves it, if one does.
    pub frame: Option<FrameNo>,
}

/// Why nobody is charged where the numbers of one side were changed on the way.
pub const WHY_RENUMBERED: Why =
    "both sides go on from other numbers than the SYNs said: something between them renumbers";
const WHY_MIDSTREAM: Why = "not both SYNs were captured, so what was sent before is not known";
const WHY_UNVERIFIABLE: Why =
    "this capture shows damage in transit, and the checksum of this segment cannot be verified";
const WHY_LOST: Why = "the capture says that it lost packets";
const WHY_GAP: Why = "the capture misses octets that were sent on this connection";
const WHY_LET_GO: Why = "more holes were open at once than are kept, so whether this one was filled is not known";
const WHY_ONE_WAY: Why = "only one direction of the connection was captured";
const WHY_UNSTAMPED: Why = "this capture does not say when each packet came";
const WHY_CLOCK: Why = "the stamps of this capture go back: its clock was set, or several captures were merged";
const WHY_STRANGER: Why =
    "its hop limit or time stamp is not that of the other segments of its address: somebody else may have sent it";
const WHY_FORGOTTEN: Why =
    "more SYNs, doubtful octets or tunnels came than are told apart, and what was forgotten may excuse it";
const WHY_ANEW: Why =
    "a peer has begun anew with another number, or a RST came before: it may have lost what it knew, as after a crash";
const WHY_SNAP: Why = "the capture cut the segment short";

impl Excuse {
    /// What excuses any breach, whatever guards its rule has: that something of this connection was forgotten.
    #[must_use]
    pub fn of_forgetting(connection: &Connection) -> Option<Self> {
        connection.has_forgotten().then_some(Self { why: WHY_FORGOTTEN, frame: None })
    }
}

impl Guards {
    /// None: nothing of the capture can excuse a breach.
    pub const NONE: Self = Self(0);
    /// Both sides go on from other numbers than their SYNs said.
    pub const RENUMBERED: Self = Self(1);
    /// Not both SYNs were captured.
    pub const MIDSTREAM: Self = Self(2);
    /// The capture shows damage in transit, and the segment's checksum cannot be verified.
    pub const UNVERIFIABLE: Self = Self(4);
    /// Octets of this connection were sent and not captured, or the capture says that it lost packets.
    pub const GAP: Self = Self(8);
    /// Only one direction was captured.
    pub const ONE_WAY: Self = Self(16);
    /// Stamps went back.
    pub const CLOCK: Self = Self(32);
    /// The segment was cut short by the capture.
    pub const SNAP: Self = Self(64);
    /// The segment came another way, or from another clock, than the others of its address. Every rule whose breach is a
    /// violation has this guard, beside those that it names.
    pub const STRANGER: Self = Self(256);
    /// A peer has begun anew, or may have: one incarnation holds SYNs of it with different numbers, or goes on after a RST.
    pub const ANEW: Self = Self(128);
    /// Those of a rule about open connections.
    pub const OPEN: Self =
        Self(Self::RENUMBERED.0 | Self::ONE_WAY.0 | Self::MIDSTREAM.0 | Self::UNVERIFIABLE.0 | Self::ANEW.0);

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `other` is among them.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0 && other.0 != 0
    }

    /// The first of these that is active once the connection has ended, of those that no single segment decides.
    #[must_use]
    pub fn active_at_end(self, connection: &Connection) -> Option<Excuse> {
        let cases =
            [(Self::RENUMBERED, connection.renumbered, WHY_RENUMBERED), (Self::ANEW, connection.anew, WHY_ANEW)];
        let (_, frame, why) = cases.into_iter().find(|(guard, frame, _)| self.has(*guard) && frame.is_some())?;
        Some(Excuse { why, frame })
    }

    /// The first of these that is active.
    #[must_use]
    pub fn active(self, cx: &Context<'_>) -> Option<Excuse> {
        let streams = &cx.connection.streams;
        let one_of = |held: fn(&Stream) -> bool| held(&streams[cx.from]) || held(&streams[cx.to]);
        let cases = [
            (Self::RENUMBERED, cx.connection.renumbered.is_some(), WHY_RENUMBERED),
            (Self::ONE_WAY, one_of(|stream| stream.nxt.is_none()), WHY_ONE_WAY),
            (Self::MIDSTREAM, one_of(|stream| stream.iss.is_none()), WHY_MIDSTREAM),
            (Self::UNVERIFIABLE, cx.evidence.damaged > 0 && cx.segment.checksum == Checksum::Unknown, WHY_UNVERIFIABLE),
            (Self::GAP, cx.evidence.lost > 0, WHY_LOST),
            (Self::GAP, one_of(|stream| stream.missed.is_some() || stream.edge != stream.nxt), WHY_GAP),
            (Self::GAP, one_of(|stream| stream.let_go.is_some()), WHY_LET_GO),
            (Self::CLOCK, cx.evidence.stepped > 0, WHY_CLOCK),
            (Self::CLOCK, cx.evidence.unstamped > 0, WHY_UNSTAMPED),
            (Self::ANEW, cx.connection.begins_anew(cx.from, cx.segment).is_some(), WHY_ANEW),
            (Self::SNAP, cx.segment.wholeness == Wholeness::CutByCapture, WHY_SNAP),
            (Self::STRANGER, is_strange(cx), WHY_STRANGER),
        ];
        let (guard, _, why) = cases.into_iter().find(|(guard, active, _)| self.has(*guard) && *active)?;
        let gap = |peer: Peer| streams[peer].missed.or(streams[peer].hole);
        let frame = match guard {
            Self::RENUMBERED => cx.connection.renumbered,
            Self::STRANGER => Some(cx.connection.facts[cx.from].hops.last).filter(|frame| *frame != 0),
            Self::ANEW => cx.connection.begins_anew(cx.from, cx.segment),
            Self::GAP if why == WHY_GAP => gap(cx.from).or_else(|| gap(cx.to)),
            Self::GAP if why == WHY_LET_GO => streams[cx.from].let_go.or(streams[cx.to].let_go),
            _ => None,
        };
        Some(Excuse { why, frame })
    }
}

impl Verdict {
    /// Whether it charges an endpoint with a breach of the protocol.
    #[must_use]
    pub const fn is_violation(&self) -> bool {
        matches!(self, Self::Broken(_, Severity::Violation))
    }
}

/// Whether a segment came another way, or from another clock, than the others of its address.
fn is_strange(cx: &Context<'_>) -> bool {
    let facts = &cx.connection.facts[cx.from];
    let clock = cx.segment.options.timestamps().map(|(value, _)| Seq::new(value));
    let off =
        clock.is_some_and(|value| !cx.segment.flags.rst() && facts.clock.fits(value, cx.segment.at) == Some(Fit::Off));
    off || (facts.hops.count > 0 && facts.hops.first != cx.segment.ip.hop_limit)
}
