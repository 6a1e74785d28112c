//! RSTs, challenges and silences: facts of single segments that explanations read, and from which no state follows.
//!
//! All that is noted is what stood in the capture when the segment passed, before the connection took it in.

use super::acceptance::{Acceptance, ResetFit};
use super::connection::Connection;
use super::endpoint::At;
use super::evidence::place;
use super::state::State;
use crate::peer::{Peer, PerPeer};
use crate::wire::options::TcpOption;
use crate::wire::segment::Segment;

/// RSTs of one connection that are kept: the first says why, the rest are mostly its echoes.
pub const MAX_RESETS: usize = 8;

/// Hops by which two ways of one host may differ.
pub const MAX_HOPS_APART: u8 = 4;

/// Challenges kept of one connection.
pub const MAX_CHALLENGES: usize = 8;

/// What a segment is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A SYN.
    Syn,
    /// A SYN-ACK.
    SynAck,
    /// Payload, without FIN.
    Data,
    /// A FIN, with payload or without.
    Fin,
    /// A bare acknowledgment.
    Ack,
    /// Neither SYN, ACK nor RST is set: no segment of TCP as it is used, but of a scan.
    NoAck,
}

impl Kind {
    fn of(segment: &Segment<'_>) -> Self {
        let flags = segment.flags;
        match (flags.syn(), flags.ack(), flags.fin(), segment.payload_len) {
            (true, false, ..) => Self::Syn,
            (true, true, ..) => Self::SynAck,
            (false, false, ..) => Self::NoAck,
            (_, _, true, _) => Self::Fin,
            (.., 0) => Self::Ack,
            _ => Self::Data,
        }
    }

    /// `syn`, `syn-ack`, `data`, `fin`, `ack` or `no-ack`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Syn => "syn",
            Self::SynAck => "syn-ack",
            Self::Data => "data",
            Self::Fin => "fin",
            Self::Ack => "ack",
            Self::NoAck => "no-ack",
        }
    }
}

/// What one peer sent last; its RSTs apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Voice {
    /// Its latest segment.
    pub latest: Option<(At, Kind)>,
    /// The hop limit of that.
    pub hop_limit: Option<u8>,
    /// Its latest segment with payload.
    pub data: Option<At>,
    /// Its segments that want an answer, since the other's latest: octets, FINs, probes.
    pub unanswered: u32,
}

impl Voice {
    /// Whether it was heard after the latest of `other`: that has not answered it.
    #[must_use]
    pub fn is_after(&self, other: &Self) -> bool {
        let frame = |voice: &Self| voice.latest.map_or(0, |(at, _)| at.frame);
        frame(self) > frame(other)
    }
}

/// Whether a RST carries an acknowledgment (RFC 9293, Section 3.5.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// It does: it answers a segment without ACK, or an application aborts.
    WithAck,
    /// It does not, follows a segment of the other, and takes its number from an acknowledgment of the other.
    Answer,
    /// It does not, and answers nothing that was captured.
    Bare,
}

/// A RST.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reset {
    /// Where.
    pub at: At,
    /// Who sent it, by its addresses.
    pub from: Peer,
    /// How it fits.
    pub fit: ResetFit,
    /// How sure that is, where its number may be what its receiver expects next.
    pub surety: Surety,
    /// Its form.
    pub form: Form,
    /// The states before it, as the segments show.
    pub states: PerPeer<Option<State>>,
    /// What both had sent before it.
    pub voices: PerPeer<Voice>,
    /// Its hop limit.
    pub hop_limit: u8,
    /// The MPTCP subtype that it carries (RFC 8684, Section 3): 7 is `MP_FASTCLOSE`.
    pub multipath: Option<u8>,
}

impl Reset {
    /// The hop limit of its sender's segments, if that of the RST is further from it than ways of one host differ, or the
    /// same way seen on both sides of a router.
    #[must_use]
    pub fn other_hop_limit(&self) -> Option<u8> {
        self.voices[self.from].hop_limit.filter(|usual| usual.abs_diff(self.hop_limit) > MAX_HOPS_APART)
    }
}

/// How sure it is that the number of a RST is what its receiver expects next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surety {
    /// The receiver has said so, and nothing was sent after that; or the RST answers its SYN.
    Sure,
    /// It follows what was sent last, of which the receiver has not acknowledged all.
    IfAllArrived,
    /// More was sent, which the receiver may have or not.
    Unsure,
}

/// What drew, or should draw, a challenge ACK (RFC 5961, Sections 3.2 and 4.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// A RST in the window, not at its left edge.
    Reset,
    /// A SYN into an open connection.
    Syn,
}

/// A segment that changes nothing but draws an acknowledgment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// Where.
    pub at: At,
    /// Who sent it, by its addresses.
    pub from: Peer,
    /// What it is.
    pub cause: Cause,
    /// The first bare acknowledgment of the other after it that acknowledges nothing new.
    pub answer: Option<At>,
    /// The RST with which who is challenged answers that.
    pub reset: Option<At>,
}

/// The facts of one connection.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What each sent last.
    pub voices: PerPeer<Voice>,
    /// The first [`MAX_RESETS`].
    pub resets: Vec<Reset>,
    /// The first [`MAX_CHALLENGES`].
    pub challenges: Vec<Challenge>,
}

impl Connection {
    /// Notes a segment, before the connection takes it in.
    pub(super) fn note_history(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) {
        match acceptance {
            Acceptance::Damaged | Acceptance::Fragment => return,
            Acceptance::Reset(fit) => return self.note_reset(from, segment, fit),
            Acceptance::ForeignSyn => return self.challenge(from, segment, Cause::Syn),
            _ => {}
        }
        let to = self.other(from);
        let at = place(segment);
        // A probe repeats a number below the next (RFC 9293, Section 3.8.4).
        let wants = segment.seq_len() > 0 || self.streams[from].nxt.is_some_and(|nxt| segment.seq.is_before(nxt));
        let nothing_new = segment.ack().is_some() && segment.ack() == self.streams[from].acked;
        if Kind::of(segment) == Kind::Ack && nothing_new {
            let open = |it: &&mut Challenge| it.from == to && it.answer.is_none();
            if let Some(challenge) = self.history.challenges.iter_mut().rfind(open) {
                challenge.answer = Some(at);
            }
        }
        let voices = &mut self.history.voices;
        voices[to].unanswered = 0;
        let voice = &mut voices[from];
        voice.latest = Some((at, Kind::of(segment)));
        voice.hop_limit = Some(segment.ip.hop_limit);
        voice.unanswered = voice.unanswered.saturating_add(u32::from(wants));
        if segment.payload_len > 0 {
            voice.data = Some(at);
        }
    }

    fn note_reset(&mut self, from: Peer, segment: &Segment<'_>, fit: ResetFit) {
        let (at, to) = (place(segment), self.other(from));
        if fit == ResetFit::InWindow {
            self.challenge(from, segment, Cause::Reset);
        } else if let Some(challenge) =
            self.history.challenges.iter_mut().rfind(|it| it.from == from && it.answer.is_some() && it.reset.is_none())
        {
            challenge.reset = Some(at);
        }
        if self.history.resets.len() >= MAX_RESETS {
            return;
        }
        let voices = self.history.voices;
        let known = [self.streams[to].acked, self.streams[to].syn_acked, self.unmatched_syn_ack.map(|it| it.ack)];
        let acknowledged = known.into_iter().chain(self.streams[to].recent_acks).any(|ack| ack == Some(segment.seq));
        let form = match segment.ack() {
            Some(_) => Form::WithAck,
            None if acknowledged && voices[to].is_after(&voices[from]) => Form::Answer,
            None => Form::Bare,
        };
        let multipath = segment.options.iter().find_map(|option| match option {
            TcpOption::Multipath([first, ..]) => Some(first >> 4),
            _ => None,
        });
        let expected = (self.streams[to].acked, self.streams[from].nxt);
        let surety = match expected {
            _ if self.endpoints[to].is_syn_sent() => Surety::Sure,
            (Some(acked), Some(nxt)) if acked == segment.seq && nxt == segment.seq => Surety::Sure,
            (_, Some(nxt)) if nxt == segment.seq => Surety::IfAllArrived,
            (Some(acked), None) if acked == segment.seq => Surety::IfAllArrived,
            _ => Surety::Unsure,
        };
        self.history.resets.push(Reset {
            at,
            from,
            fit,
            surety,
            form,
            states: PerPeer { a: self.likely(Peer::A), b: self.likely(Peer::B) },
            voices,
            hop_limit: segment.ip.hop_limit,
            multipath,
        });
    }

    fn challenge(&mut self, from: Peer, segment: &Segment<'_>, cause: Cause) {
        if self.history.challenges.len() < MAX_CHALLENGES {
            let at = place(segment);
            self.history.challenges.push(Challenge { at, from, cause, answer: None, reset: None });
        }
    }
}
