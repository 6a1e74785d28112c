//! Octets that their receiver may have had to refuse for the acknowledgment that came with them, and what was known of
//! their sender before: one that goes on from where it stood has not sent them, or sends them anew.
//!
//! They count as soon as they are captured, for mostly it is the capture that lacks what they acknowledge. What the rules
//! say of such a segment waits in their own record until it is known; nothing here judges.

use super::acceptance::Acceptance;
use super::clock::Clock;
use super::connection::{Connection, Ends};
use super::forgot::Forgot;
use super::path::{self, Changes};
use super::sent::Sent;
use super::shown::Shown;
use super::stream::{Stamp, Stream};
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::wire::segment::Segment;
use smallvec::SmallVec;

/// Frames remembered of each peer whose octets were refused; with more, the oldest goes.
pub const MAX_FRAMES: usize = 8;

/// The octets of one peer that were in doubt.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    open: Option<Doubt>,
    refused: SmallVec<[FrameNo; 2]>,
    /// The most frames in doubt or refused that were known at a time.
    pub most_frames: u8,
    /// Whether frames in doubt or refused are not known any more.
    pub(super) forgot: Forgot,
}

/// Octets in doubt, and what was known before the first of them.
#[derive(Clone, Debug)]
struct Doubt {
    frames: SmallVec<[FrameNo; 2]>,
    start: Seq,
    end: Seq,
    awaits: Option<Seq>,
    stream: Stream,
    clock: Clock,
    sent: Option<Box<Sent>>,
    shown: Shown,
}

/// Whether a segment is its alleged sender's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nothing speaks against it.
    Stands,
    /// Its octets may have been refused; what follows will tell.
    InDoubt,
    /// Its alleged sender goes on from where it stood before.
    Refused,
}

impl Connection {
    /// Whether `segment`, let through as `acceptance`, brings octets that its receiver may have to refuse.
    #[must_use]
    pub fn is_doubtful(&self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) -> bool {
        let new = self.streams[from].nxt.is_some_and(|nxt| nxt.is_before(segment.seq_end()));
        new && acceptance.may_be_refused() && self.ends == Ends::Two
    }

    /// Whether the segment in `frame` is that of `peer`, as far as is known now.
    #[must_use]
    pub fn standing(&self, peer: Peer, frame: FrameNo) -> Standing {
        match self.doubts[peer].as_deref() {
            Some(doubts) if doubts.refused.contains(&frame) => Standing::Refused,
            Some(Doubts { open: Some(doubt), .. }) if doubt.frames.contains(&frame) => Standing::InDoubt,
            _ => Standing::Stands,
        }
    }

    /// Remembers where `from` stands, before a doubtful `segment` takes it further.
    pub(super) fn note_doubt(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) {
        if !self.is_doubtful(from, segment, acceptance) {
            return;
        }
        let (stream, facts) = (&self.streams[from], &self.facts[from]);
        let Some(start) = stream.nxt else { return };
        let doubts = self.doubts[from].get_or_insert_default();
        let doubt = doubts.open.get_or_insert_with(|| Doubt {
            frames: SmallVec::new(),
            start,
            end: start,
            awaits: None,
            stream: stream.clone(),
            clock: facts.clock,
            sent: facts.sent.clone(),
            shown: facts.shown,
        });
        doubt.end = doubt.end.later_of(segment.seq_end());
        if acceptance == Acceptance::AckBeyondSent {
            doubt.awaits = doubt.awaits.or(segment.ack());
        }
        if doubt.frames.len() < MAX_FRAMES {
            doubt.frames.push(segment.frame);
        } else {
            doubts.forgot = Forgot::Something;
        }
        let known = doubt.frames.len() + doubts.refused.len();
        doubts.most_frames = doubts.most_frames.max(u8::try_from(known.min(MAX_FRAMES)).unwrap_or(u8::MAX));
    }

    /// What `segment` says of octets in doubt, before any rule looks at it: accepted, or refused, and then nothing of
    /// them counts. Answers what that changed in the rows of its sender; `None` if nothing was refused.
    pub fn settle_doubt(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) -> Option<Changes> {
        let to = self.other(from);
        let credible = matches!(acceptance, Acceptance::Acceptable | Acceptance::Old);
        // What the segment in doubt acknowledges was sent after all, and captured behind it.
        if let (Some(doubts), Some(nxt)) = (&mut self.doubts[from], self.streams[to].nxt) {
            let came = |doubt: &Doubt| doubt.awaits.is_some_and(|ack| ack.is_at_or_before(nxt));
            doubts.open = doubts.open.take().filter(|doubt| !came(doubt));
        }
        if let (Some(doubts), Some(ack)) = (&mut self.doubts[to], segment.ack())
            && credible
        {
            doubts.open = doubts.open.take().filter(|doubt| ack.is_at_or_before(doubt.start));
        }
        let doubts = self.doubts[from].as_deref_mut()?;
        let doubt = doubts.open.as_ref()?;
        let (seq, end) = (segment.seq, segment.seq_end());
        let late = doubt.stream.last_stamp.is_some_and(|last| Stamp::of(segment).is_evidently_before(last));
        if late || segment.flags.syn() || !(credible || matches!(acceptance, Acceptance::Reset(_))) {
            return None;
        }
        if seq == doubt.start || (seq.is_before(doubt.start) && doubt.start.is_before(end)) {
            return self.refuse(from, segment.frame);
        }
        if doubt.start.is_before(seq) {
            doubts.open = None;
        }
        None
    }

    /// The octets in doubt of `from` have not been taken, which shows at `frame`.
    fn refuse(&mut self, from: Peer, frame: FrameNo) -> Option<Changes> {
        let doubts = self.doubts[from].as_deref_mut()?;
        let doubt = doubts.open.take()?;
        let surplus = (doubts.refused.len() + doubt.frames.len()).saturating_sub(MAX_FRAMES);
        if surplus > 0 {
            doubts.forgot = Forgot::Something;
        }
        doubts.refused.drain(..surplus.min(doubts.refused.len()));
        doubts.refused.extend(doubt.frames);
        let endpoint = &mut self.endpoints[from];
        if doubt.stream.fin.is_none() {
            (endpoint.sent_fin, endpoint.fin_acked) = (None, None);
        }
        self.streams[from].take_back(doubt.stream);
        let facts = &mut self.facts[from];
        (facts.clock, facts.sent) = (doubt.clock, doubt.sent);
        facts.shown = Shown { acked: facts.shown.acked, right_edge: facts.shown.right_edge, ..doubt.shown };
        let path = path::path(endpoint);
        Some(path::reconcile(&mut self.rows, from, &path, frame))
    }
}

/// Octets in doubt of both sides; nothing for a side of which none ever were.
pub type OfBoth = PerPeer<Option<Box<Doubts>>>;
