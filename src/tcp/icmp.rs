//! ICMP errors bound to the segment that they quote: whether that can be in flight, and what the error may do.
//!
//! An error changes no state that anybody sees: its receiver must not abort upon a soft one, and hosts abort upon a hard
//! one before they are synchronized only (RFC 9293, Section 3.9.2.2; RFC 5461, Section 2.1). There CLOSED becomes
//! possible, until the receiver sends again.

use super::connection::Connection;
use super::endpoint::At;
use super::state::State;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::wire::datagram::{Gravity, IcmpError, IcmpKind};
use std::net::IpAddr;

/// Errors of one connection that are kept: enough to see every kind and whether it repeats.
pub const MAX_ERRORS: usize = 16;

/// Where the quoted sequence number lies: a host heeds an error only if it is SND.UNA =< SEG.SEQ < SND.NXT
/// (RFC 5927, Section 4.1), against blind attackers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fit {
    /// Sent and not acknowledged, as far as was captured.
    InFlight,
    /// At SND.NXT, where a bare acknowledgment stands: RFC 5927 drops it, Linux takes it.
    AtNext,
    /// Acknowledged before the error came.
    Acknowledged,
    /// Beyond everything captured of the quoted sender.
    NotSent,
    /// Too little of the quoted sender was captured.
    Unknown,
}

impl Fit {
    /// `in-flight`, `at-next`, `acknowledged`, `not-sent` or `unknown`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::InFlight => "in-flight",
            Self::AtNext => "at-next",
            Self::Acknowledged => "acknowledged",
            Self::NotSent => "not-sent",
            Self::Unknown => "unknown",
        }
    }
}

/// What an error may do to the connection of who receives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// CLOSED becomes possible.
    MayClose,
    /// Smaller datagrams follow.
    Mtu,
}

impl Effect {
    /// `none`, `may-close` or `mtu`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::MayClose => "may-close",
            Self::Mtu => "mtu",
        }
    }
}

/// An error that quotes a segment of the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// Where.
    pub at: At,
    /// Who is told: the sender of the quoted segment.
    pub to: Peer,
    /// Who tells.
    pub reporter: IpAddr,
    /// What.
    pub kind: IcmpKind,
    /// The quoted sequence number.
    pub seq: Seq,
    /// Octets that the next link takes.
    pub mtu: Option<u32>,
    /// SND.UNA and SND.NXT of who is told, as captured.
    pub flight: Option<(Seq, Seq)>,
    /// Where the quoted number lies.
    pub fit: Fit,
    /// The state of who is told, as the segments before it show.
    pub state: Option<State>,
    /// What it may do.
    pub effect: Effect,
}

/// The errors of one connection.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    /// The first [`MAX_ERRORS`].
    pub told: Vec<Told>,
    /// All.
    pub count: u64,
    /// Who may have given up upon one, and has sent nothing since.
    pub may_have_closed: PerPeer<Option<At>>,
}

impl Connection {
    /// Takes in an error that quotes a segment of `seq` of this connection.
    pub fn take_error(&mut self, error: &IcmpError, seq: Seq) -> Told {
        let to = self.sender(&error.quoted);
        let (fit, flight) = self.fit(to, seq);
        let state = self.likely(to);
        let opening = matches!(state, Some(State::SynSent | State::SynReceived));
        let effect = match error.kind.gravity() {
            Gravity::TooBig if fit != Fit::NotSent => Effect::Mtu,
            Gravity::Hard if opening && fit == Fit::InFlight => Effect::MayClose,
            // A redirect is for the way, not for the connection.
            Gravity::Unspoken if opening && fit == Fit::InFlight && error.kind.id() != "redirect" => Effect::MayClose,
            _ => Effect::Nothing,
        };
        let at = At { frame: error.frame, time: error.at, turn: self.turns };
        let told = Told {
            at,
            to,
            reporter: error.reporter,
            kind: error.kind,
            seq,
            mtu: error.mtu,
            flight,
            fit,
            state,
            effect,
        };
        let errors = self.errors.get_or_insert_default();
        errors.count += 1;
        if errors.told.len() < MAX_ERRORS {
            errors.told.push(told);
        }
        if effect == Effect::MayClose {
            errors.may_have_closed[to] = Some(at);
        }
        told
    }

    fn fit(&self, to: Peer, seq: Seq) -> (Fit, Option<(Seq, Seq)>) {
        let stream = &self.streams[to];
        let acked = self.streams[self.other(to)].acked;
        // A SYN of the attempt that nothing has acknowledged, whichever of them the stream goes on from.
        if let Some(syn) = self.candidates.iter().find(|syn| syn.from == to && syn.iss == seq)
            && acked.is_none_or(|acked| acked.is_at_or_before(syn.iss))
        {
            return (Fit::InFlight, Some((syn.iss, syn.iss + 1 + syn.payload)));
        }
        let Some(next) = stream.nxt else { return (Fit::Unknown, None) };
        let Some(first) = acked.or(stream.iss) else { return (Fit::Unknown, None) };
        let fit = if seq == next {
            Fit::AtNext
        } else if next.is_before(seq) {
            Fit::NotSent
        } else if seq.is_before(first) {
            Fit::Acknowledged
        } else {
            Fit::InFlight
        };
        (fit, Some((first, next)))
    }

    /// Who sends has not given up.
    pub(super) fn note_alive(&mut self, from: Peer) {
        if let Some(errors) = &mut self.errors {
            errors.may_have_closed[from] = None;
        }
    }

    /// Whether `peer` may have given up upon an error, and nothing since shows that it has not.
    #[must_use]
    pub fn may_have_closed_upon_error(&self, peer: Peer) -> bool {
        self.errors.as_ref().is_some_and(|errors| errors.may_have_closed[peer].is_some())
    }
}
