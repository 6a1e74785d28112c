//! The RSTs that a peer sent, what either side sent after them, and the challenge ACKs that it drew (RFC 5961).
//!
//! Kept only of connections that have seen one of those; told of every segment by [`facts`](super::facts).

use super::acceptance::{Acceptance, ResetFit};
use super::endpoint::At;
use super::stamp::Stamp;
use super::state::State;
use super::stream::Stream;
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Segment;

/// What was sent before a RST and comes after it for having been overtaken or captured out of order comes within this.
pub const OVERTAKEN: Elapsed = Elapsed::from_secs(1);

/// What one peer did about resetting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resets {
    /// The first RST that its receiver had to obey, or may have had to, of a peer past its handshake: one in SYN-SENT or
    /// SYN-RECEIVED may answer a stray segment by a RST and stay (RFC 9293 §3.10.7.3, §3.10.7.4 fifth).
    pub first: Option<Sent>,
    /// The last RST of any kind.
    pub last: Option<Sent>,
    /// The first segment other than a RST that it evidently sent after `first`.
    pub went_on: Option<FrameNo>,
    /// The first such segment that may also have been overtaken by the RST.
    pub maybe_on: Option<FrameNo>,
    /// The first segment other than a RST by which the other, long after `first`, shows that it is still there.
    pub other_on: Option<FrameNo>,
    /// The last SYN or inexact RST of it that the other has to answer by a challenge ACK.
    pub provoked: Option<FrameNo>,
    /// The bare ACK that answered that: what it acknowledges, and its frame.
    pub challenge: Option<(Seq, FrameNo)>,
}

/// A RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where.
    pub at: At,
    /// SEG.SEQ.
    pub seq: Seq,
    /// SEG.ACK, if the flag is set.
    pub ack: Option<Seq>,
    /// Octets that it carries.
    pub len: u32,
    /// How it fits what its receiver expects.
    pub fit: ResetFit,
}

/// What a peer had sent before a segment.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    /// The marks of its last segment.
    pub stamp: Option<Stamp>,
    /// Its SND.NXT.
    pub nxt: Option<Seq>,
}

impl Prior {
    /// Of `stream`, before the segment.
    #[must_use]
    pub const fn of(stream: &Stream) -> Self {
        Self { stamp: stream.last_stamp, nxt: stream.nxt }
    }
}

/// Whether a segment other than a RST shows that its sender goes on after a RST of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoesOn {
    /// It says nothing: damaged, a copy, sent before.
    No,
    /// It may have been sent before and overtaken.
    Maybe,
    /// It does.
    Yes,
}

impl Resets {
    /// What `segment`, which its sender sent after its own RST as captured, shows of that.
    #[must_use]
    pub fn goes_on(&self, segment: &Segment<'_>, acceptance: Acceptance, prior: Prior) -> GoesOn {
        let Some(reset) = self.first else { return GoesOn::No };
        let ordinary = segment.flags.ack() && !segment.flags.syn() && !segment.flags.rst();
        if !ordinary || !matches!(acceptance, Acceptance::Acceptable | Acceptance::Old) {
            return GoesOn::No;
        }
        let stamp = Stamp::of(segment);
        // Some senders give every packet the same identification: new octets are no copy.
        let fresh = prior.nxt.is_none_or(|nxt| nxt.is_before(segment.seq_end()));
        let known = |last: Stamp| stamp.is_evidently_before(last) || !fresh && stamp.is_evidently_same(last);
        if prior.stamp.is_some_and(known) {
            return GoesOn::No;
        }
        let long_after = segment.at.since(reset.at.time) >= OVERTAKEN;
        if long_after || reset.seq.is_before(segment.seq_end()) && acceptance == Acceptance::Acceptable {
            GoesOn::Yes
        } else {
            GoesOn::Maybe
        }
    }

    /// Whether `segment` of the other, so long after a RST that it must obey, shows that it did not: it still acknowledges
    /// just what the RST starts at. With more the RST came too late for it, with less it was to be challenged.
    /// `round_trip` is at least what a segment takes to the peer and the answer back, if known.
    #[must_use]
    pub fn is_ignored_by(&self, segment: &Segment<'_>, acceptance: Acceptance, round_trip: Option<Elapsed>) -> bool {
        let Some(reset) = self.first.filter(|reset| reset.fit == ResetFit::Exact) else { return false };
        let ordinary = segment.flags.ack() && !segment.flags.syn() && !segment.flags.rst();
        let wait = round_trip.map_or(OVERTAKEN, |trip| OVERTAKEN.max(trip));
        let expects = segment.ack() == Some(reset.seq);
        ordinary && expects && acceptance.counts_octets() && segment.at.since(reset.at.time) >= wait
    }

    /// The peer sent `segment`; its state and what it had sent before that.
    pub fn sent(&mut self, segment: &Segment<'_>, acceptance: Acceptance, (state, prior): (Option<State>, Prior)) {
        if let Acceptance::Reset(fit) = acceptance {
            let at = At { frame: segment.frame, time: segment.at, turn: 0 };
            let sent = Sent { at, seq: segment.seq, ack: segment.ack(), len: segment.payload_len, fit };
            let open = !matches!(state, None | Some(State::Listen | State::SynSent | State::SynReceived));
            if open && matches!(fit, ResetFit::Exact | ResetFit::Possible) {
                self.first.get_or_insert(sent);
            }
            self.last = Some(sent);
        }
        match self.goes_on(segment, acceptance, prior) {
            GoesOn::Yes => _ = self.went_on.get_or_insert(segment.frame),
            GoesOn::Maybe => _ = self.maybe_on.get_or_insert(segment.frame),
            GoesOn::No => {}
        }
        if matches!(acceptance, Acceptance::ForeignSyn | Acceptance::Reset(ResetFit::InWindow)) {
            (self.provoked, self.challenge) = (Some(segment.frame), None);
        }
    }

    /// The other sent `segment`.
    pub fn received(&mut self, segment: &Segment<'_>, acceptance: Acceptance, round_trip: Option<Elapsed>) {
        if self.other_on.is_none() && self.is_ignored_by(segment, acceptance, round_trip) {
            self.other_on = Some(segment.frame);
        }
        let bare = segment.seq_len() == 0 && !segment.flags.rst();
        if let (true, Some(_), None, Some(ack)) = (bare, self.provoked, self.challenge, segment.ack()) {
            self.challenge = Some((ack, segment.frame));
        }
    }
}
