//! What SYNs and SYN-ACKs say: candidates of an attempt, who opened how, and which of it was heard.

use super::connection::{Candidate, Connection, MAX_CANDIDATES, Unmatched};
use super::endpoint::{At, Endpoint, Heard, Opening, Spoke};
use super::forgot::Forgot;
use super::stream::{ScaleOffer, Stamp, Stream};
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::wire::segment::Segment;

impl Connection {
    /// The frame by which a peer was first seen to begin anew, be it this `segment` of `from`: a SYN, or a SYN-ACK, with another
    /// number than one before. Whoever does may have lost all that it knew of this connection (RFC 9293, Section 3.5.1).
    #[must_use]
    pub fn begins_anew(&self, from: Peer, segment: &Segment<'_>) -> Option<FrameNo> {
        let differs = || {
            let other_syn = self.candidates.iter().any(|syn| syn.from == from && syn.iss != segment.seq);
            let waiting = self.unmatched_syn_ack.is_some_and(|it| it.from == from && it.seq != segment.seq);
            let other_iss = self.streams[from].iss.is_some_and(|iss| iss != segment.seq);
            segment.flags.syn() && !segment.flags.rst() && (other_syn || waiting || other_iss)
        };
        self.anew.or_else(|| differs().then_some(segment.frame))
    }

    pub(super) fn gather_syn(&mut self, from: Peer, segment: &Segment<'_>) {
        let (at, to) = (self.place(segment), self.other(from));
        let known = self.candidates.iter().any(|syn| syn.from == from && syn.iss == segment.seq);
        let copy = self.streams[from].last_stamp.is_some_and(|last| last.is_evidently_same(Stamp::of(segment)));
        if known {
            if !copy {
                self.unhear_syn(from);
            }
        } else {
            if self.candidates.len() >= MAX_CANDIDATES {
                self.candidates.remove(0);
                self.forgot = Forgot::Something;
            }
            self.candidates.push(Candidate { from, iss: segment.seq, payload: segment.seq_len() - 1, at });
        }
        if matches!(self.endpoints[from].opening, Opening::Midstream(_)) {
            self.streams[from].learn_iss(segment.seq, segment.frame);
            self.streams[from].scale = ScaleOffer::of(segment);
        } else if self.is_attempt() || self.streams[from].iss.is_none() {
            self.start_stream(from, segment);
        }
        self.streams[from].note_stamp(Stamp::of(segment));
        let endpoint = &mut self.endpoints[from];
        if endpoint.spoke == Spoke::No {
            endpoint.spoke = Spoke::Opening;
        }
        match endpoint.opening {
            Opening::Unknown => endpoint.opening = Opening::Active(at),
            // The SYN was captured behind the SYN-ACK that answers it: what was heard is put behind it.
            Opening::ActiveUnseen => {
                endpoint.opening = Opening::Active(at);
                for heard in [&mut endpoint.heard_syn, &mut endpoint.syn_acked].into_iter().flatten() {
                    if heard.at.turn < at.turn {
                        heard.at = at;
                    }
                }
            }
            _ => {}
        }
        self.handshake[0].get_or_insert(at.frame);
        if self.endpoints[to].is_syn_sent() && to != from {
            self.endpoints[to].heard_syn = Some(Heard::presumed(at));
        } else if to == from {
            self.endpoints[to].heard_syn.get_or_insert(Heard::presumed(at));
        }
        if let Some(waiting) = self.unmatched_syn_ack
            && waiting.from == to
            && (waiting.ack == segment.seq + 1)
        {
            self.unmatched_syn_ack = None;
            self.adopt_syn_ack(waiting, at);
            self.streams[to].acked = Some(waiting.ack);
        }
    }

    fn start_stream(&mut self, from: Peer, segment: &Segment<'_>) {
        let stream = &mut self.streams[from];
        stream.restart(segment.seq, segment.payload_len);
        stream.scale = ScaleOffer::of(segment);
        stream.last_stamp = Some(Stamp::of(segment));
    }

    /// A waiting SYN-ACK counts after all: its SYN has come, or the connection goes on upon it. Its receiver heard it
    /// at `at`.
    pub(super) fn adopt_syn_ack(&mut self, waiting: Unmatched, at: At) {
        let (from, to) = (waiting.from, self.other(waiting.from));
        let stream = &mut self.streams[from];
        stream.iss = Some(waiting.seq);
        stream.nxt = Some(waiting.seq + 1);
        stream.edge = stream.nxt;
        let endpoint = &mut self.endpoints[from];
        endpoint.opening = Opening::Passive(waiting.at);
        endpoint.heard_syn = Some(Heard::proven(waiting.at));
        endpoint.spoke = Spoke::Opening;
        self.handshake[1] = Some(waiting.at.frame);
        let endpoint = &mut self.endpoints[to];
        endpoint.heard_syn = Some(Heard::presumed(at));
        endpoint.syn_acked = Some(Heard::presumed(at));
    }

    pub(super) fn gather_syn_ack(&mut self, from: Peer, segment: &Segment<'_>, ack: Seq) {
        let (at, to) = (self.place(segment), self.other(from));
        let repeated = self.streams[from].iss == Some(segment.seq) && self.handshake[1].is_some();
        if let Some(syn) = self.candidates.iter().rev().find(|syn| syn.from == to && syn.is_answered_by(ack)).copied()
            && self.streams[to].iss != Some(syn.iss)
        {
            let stream = &mut self.streams[to];
            (stream.iss, stream.nxt, stream.edge) = (Some(syn.iss), Some(syn.iss + 1 + syn.payload), Some(syn.iss + 1));
        }
        if matches!(self.endpoints[from].opening, Opening::Midstream(_)) {
            // Sent again, or captured late: what came before it in the capture was sent after it.
            self.streams[from].learn_iss(segment.seq, segment.frame);
        } else if !self.endpoints[to].is_proven_open() && self.streams[from].iss != Some(segment.seq) {
            self.start_stream(from, segment);
        }
        if self.streams[from].scale == ScaleOffer::Unknown {
            self.streams[from].scale = ScaleOffer::of(segment);
        }
        let same_packet = self.streams[from].last_stamp.is_some_and(|last| last.is_evidently_same(Stamp::of(segment)));
        let sender = &mut self.endpoints[from];
        match sender.opening {
            Opening::Unknown => sender.opening = Opening::Passive(at),
            Opening::Active(syn) => sender.opening = Opening::Simultaneous(syn, at),
            _ if repeated && !same_packet && sender.syn_acked.is_some_and(|heard| heard.proof.is_none()) => {
                sender.syn_acked = None;
                sender.heard_fin = sender.heard_fin.filter(|heard| heard.proof.is_some());
            }
            _ => {}
        }
        if sender.spoke == Spoke::No {
            sender.spoke = Spoke::Opening;
        }
        match &mut sender.heard_syn {
            Some(heard) => {
                heard.proof.get_or_insert(at.frame);
            }
            unheard => *unheard = Some(Heard::proven(at)),
        }
        self.handshake[1].get_or_insert(at.frame);
        let stream = &mut self.streams[from];
        stream.note_stamp(Stamp::of(segment));
        stream.syn_acked = Some(ack);
        stream.acked = Some(stream.acked.map_or(ack, |known| known.later_of(ack)));
        stream.right_edge = stream.right_edge.or(Some(ack + u32::from(segment.window)));
        let receiver_stream = &mut self.streams[to];
        if receiver_stream.nxt.is_none() {
            (receiver_stream.iss, receiver_stream.nxt, receiver_stream.edge) = (Some(ack - 1), Some(ack), Some(ack));
        }
        receiver_stream.acknowledged(ack, segment.frame);
        let receiver = &mut self.endpoints[to];
        if receiver.opening == Opening::Unknown {
            receiver.opening = Opening::ActiveUnseen;
        }
        if receiver.is_active() && receiver.ended.is_none() {
            receiver.heard_syn.get_or_insert(Heard::presumed(at));
            receiver.syn_acked.get_or_insert(Heard::presumed(at));
        }
    }

    /// `peer` sent its SYN again: it has not heard the SYN-ACK, unless that is proven.
    fn unhear_syn(&mut self, peer: Peer) {
        let endpoint = &mut self.endpoints[peer];
        if matches!(endpoint.opening, Opening::Active(_)) && !endpoint.is_proven_open() {
            endpoint.heard_syn = None;
            endpoint.syn_acked = None;
            endpoint.heard_fin = endpoint.heard_fin.filter(|heard| heard.proof.is_some());
        }
    }

    /// The SYN's sender does not know the SYN that was answered: it was a duplicate, if another SYN of the attempt is
    /// known. That one is still unanswered, and its receiver listens again (RFC 9293, Figure 8).
    pub(super) fn reject_candidate(&mut self, from: Peer, at: At) -> bool {
        let (rejected, to) = (self.streams[from].iss, self.other(from));
        let Opening::Passive(syn_ack) = self.endpoints[to].opening else { return false };
        let Some(other) =
            self.candidates.iter().rev().find(|syn| syn.from == from && Some(syn.iss) != rejected).copied()
        else {
            return false;
        };
        self.candidates.retain(|syn| syn.from != from || Some(syn.iss) != rejected);
        self.streams[from].restart(other.iss, other.payload);
        self.streams[to] = Stream::default();
        self.endpoints[to] = Endpoint { listened_again: Some((syn_ack, at)), ..Endpoint::default() };
        self.handshake[1] = None;
        true
    }
}
