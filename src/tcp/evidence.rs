//! What one segment that passed the gate says: of its sender, of what its sender had received, and of what its
//! receiver will receive.
//!
//! The order matters: first what the segment proves or refutes of the past, then what it sends, then what it brings.

use super::acceptance::{Acceptance, ResetFit};
use super::connection::{Connection, Unmatched};
use super::endpoint::{At, Ended, Heard, Opening, Spoke};
use super::stamp::{Origin, Stamp};
use super::stream::{Fin, Hidden, MAX_SHIFT, Recorded};
use crate::peer::Peer;
use crate::seq::Seq;
use crate::wire::segment::{Segment, Wholeness};

/// Where a segment stands, for facts by which nothing is put in order.
pub(super) fn place(segment: &Segment<'_>) -> At {
    At { frame: segment.frame, time: segment.at, turn: 0 }
}

impl Connection {
    /// Gathers the facts of one segment.
    pub(super) fn gather(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) {
        if !matches!(acceptance, Acceptance::Damaged | Acceptance::Fragment) {
            self.anew = self.begins_anew(from, segment);
            // After a RST, too: the SYN of what follows may not have been captured.
            let goes_on = self.reset.filter(|_| !segment.flags.rst()).map(|(at, _)| at.frame);
            self.anew = self.anew.or(goes_on);
        }
        match acceptance {
            Acceptance::Damaged => self.note_damaged(from, segment),
            Acceptance::Fragment | Acceptance::NoAck | Acceptance::ForeignSyn | Acceptance::AckBeforeSyn => {}
            Acceptance::Beyond => self.note_beyond(from, segment),
            Acceptance::UnmatchedSynAck => {
                let Some(ack) = segment.ack() else { return };
                let unmatched = Unmatched { from, seq: segment.seq, ack, at: self.place(segment) };
                self.unmatched_syn_ack.get_or_insert(unmatched);
            }
            Acceptance::Reset(fit) => self.gather_reset(from, segment, fit),
            Acceptance::Acceptable | Acceptance::Old | Acceptance::AckBeyondSent | Acceptance::AckTooOld => {
                match (segment.flags.syn(), segment.ack()) {
                    (true, None) => self.gather_syn(from, segment),
                    (true, Some(ack)) => self.gather_syn_ack(from, segment, ack),
                    (false, Some(ack)) => self.gather_ordinary(from, segment, ack, acceptance),
                    (false, None) => {}
                }
            }
        }
    }

    /// Octets with a wrong checksum, or cut short: an acknowledgment of exactly them would show that they arrived whole.
    fn note_damaged(&mut self, from: Peer, segment: &Segment<'_>) {
        // A capture may have cut it and not said so: then what it carried is acknowledged as if it were whole.
        if segment.wholeness == Wholeness::ShortOnWire {
            self.note_beyond(from, segment);
        }
        let stream = &mut self.streams[from];
        let follows = stream.nxt == Some(segment.seq) || stream.damaged_end == Some(segment.seq);
        if segment.payload_len > 0 && !segment.flags.syn() && !segment.flags.rst() && follows {
            stream.damaged_end = Some(segment.seq_end());
        }
    }

    /// Notes, before the gate, an acknowledgment of exactly the octets that looked damaged and were not sent again: they
    /// arrived whole, and it is the recording that changed them or cut them.
    pub fn note_whole(&mut self, from: Peer, segment: &Segment<'_>) {
        let to = self.other(from);
        let stream = &mut self.streams[to];
        let Some(end) = stream.damaged_end else { return };
        if segment.ack() != Some(end) || segment.flags.rst() || stream.nxt.is_none_or(|nxt| end.is_at_or_before(nxt)) {
            return;
        }
        (stream.nxt, stream.edge, stream.damaged_end) = (Some(end), Some(end), None);
        stream.recorded = Recorded::Changed;
        stream.may_hide_fin = Hidden::Maybe;
    }

    /// What its receiver may have taken, though it moves nothing here.
    fn note_beyond(&mut self, from: Peer, segment: &Segment<'_>) {
        if !segment.flags.syn() && !segment.flags.rst() {
            let (stream, end) = (&mut self.streams[from], segment.seq_end());
            stream.beyond_end = Some(stream.beyond_end.map_or(end, |known| known.later_of(end)));
        }
    }

    fn gather_reset(&mut self, from: Peer, segment: &Segment<'_>, fit: ResetFit) {
        let (at, to) = (self.place(segment), self.other(from));
        match fit {
            ResetFit::InWindow | ResetFit::Outside => return,
            ResetFit::AnswersUnmatched => {
                self.unmatched_syn_ack = None;
                return;
            }
            ResetFit::SenderOnly => {
                if self.endpoints[from].spoke != Spoke::Yes {
                    self.endpoints[from].heard_syn = None;
                    self.endpoints[from].syn_acked = None;
                }
                self.end(from, Ended::SentReset(at));
                return;
            }
            ResetFit::Exact | ResetFit::Possible => {}
        }
        let sender = &mut self.endpoints[from];
        // A RST without ACK takes its number from the segment that it answers; to a SYN-ACK that it never
        // acknowledged, it says that the SYN's sender was gone before that came (§3.10.7.1).
        let answers_syn_ack = segment.ack().is_none()
            && matches!(sender.opening, Opening::Active(_))
            && sender.syn_acked.is_some_and(|heard| heard.proof.is_none())
            && self.streams[from].iss.is_some_and(|iss| iss + 1 == segment.seq);
        if answers_syn_ack {
            sender.heard_syn = None;
            sender.syn_acked = None;
            if self.reject_candidate(from, at) {
                return;
            }
        }
        let sender = &mut self.endpoints[from];
        if sender.spoke == Spoke::No {
            sender.spoke = Spoke::Opening;
            // All that it says to segments of an open connection is that it has none, by the number that they acknowledge.
            let denies = segment.ack().is_none() && self.streams[to].acked == Some(segment.seq);
            if denies && matches!(sender.opening, Opening::Midstream(_)) {
                sender.opening = Opening::Unknown;
            }
        }
        self.end(from, Ended::SentReset(at));
        if from != to {
            self.end(to, Ended::GotReset(at));
        }
        self.reset.get_or_insert((at, from));
    }

    fn gather_ordinary(&mut self, from: Peer, segment: &Segment<'_>, ack: Seq, acceptance: Acceptance) {
        let (at, to) = (self.place(segment), self.other(from));
        if let Some(waiting) = self.unmatched_syn_ack
            && waiting.from == to
            && ack == waiting.seq + 1
        {
            self.unmatched_syn_ack = None;
            self.adopt_syn_ack(waiting, waiting.at);
        }
        let late = self.streams[from].last_stamp.is_some_and(|last| Stamp::of(segment).is_evidently_before(last));
        self.refute_reset(from, late);
        let copy = self.streams[from].fin.is_some_and(|fin| fin.stamp.is_evidently_same(Stamp::of(segment)));
        let credible = !acceptance.may_be_refused();
        if credible {
            self.past(from, segment, ack);
        }
        if credible {
            self.disown_fin(from, to, segment, ack);
        }
        self.sends(from, segment, ack, acceptance);
        if self.endpoints[to].opening == Opening::Unknown && to != from {
            self.endpoints[to].opening = Opening::Midstream(at);
        }
        if credible && acceptance != Acceptance::Old {
            self.brings(from, to, segment, ack, copy);
        } else if acceptance == Acceptance::AckBeyondSent
            && self.streams[to].beyond_end.is_some_and(|end| ack.is_at_or_before(end))
        {
            // Its receiver did accept what lay beyond the window that this capture knows, or what is cut short in it.
            let stream = &mut self.streams[to];
            (stream.nxt, stream.edge, stream.may_hide_fin) = (Some(ack), Some(ack), Hidden::Maybe);
        }
    }

    /// A peer that goes on sending was not reset, and did not reset.
    fn refute_reset(&mut self, from: Peer, late: bool) {
        if late || self.endpoints[from].ended.is_none() {
            return;
        }
        if matches!(self.endpoints[from].ended, Some(Ended::SentReset(_))) {
            self.reset = self.reset.filter(|(_, sender)| *sender != from);
        }
        self.endpoints[from].ended = None;
        if Peer::BOTH.into_iter().all(|peer| self.endpoints[peer].ended.is_none()) {
            self.reset = None;
        }
    }

    /// `from` sends octets beyond its FIN, and nothing shows that the FIN was its own: somebody else may have put that in.
    /// Whether the other took it is another matter.
    fn disown_fin(&mut self, from: Peer, to: Peer, segment: &Segment<'_>, ack: Seq) {
        let stream = &mut self.streams[from];
        let Some(fin) = stream.fin.filter(|fin| fin.end().is_before(segment.seq_end())) else { return };
        let goes_on =
            stream.acked.is_none_or(|acked| acked.is_at_or_before(ack)) && segment.seq.is_at_or_before(fin.end());
        if !goes_on || Stamp::of(segment).origin(fin.stamp) == Origin::One {
            return;
        }
        stream.fin = None;
        let own = &mut self.endpoints[from];
        (own.sent_fin, own.fin_acked) = (None, None);
        if to != from {
            let other = &mut self.endpoints[to];
            other.heard_fin = other.heard_fin.filter(|heard| heard.proof.is_some());
        }
    }

    /// What the acknowledgment of a segment proves or refutes of what its sender had received.
    fn past(&mut self, from: Peer, segment: &Segment<'_>, ack: Seq) {
        let (at, to) = (self.place(segment), self.other(from));
        let other = &self.streams[to];
        let other_iss = other.iss;
        let fast_open = other.syn_payload > 0;
        let other_fin = other.fin;
        let crossed = self.candidates.iter().any(|syn| syn.from == to);
        let endpoint = &mut self.endpoints[from];
        let covers_syn = other_iss.is_none_or(|iss| iss.is_before(ack));
        if covers_syn && endpoint.is_active() && !matches!(endpoint.opening, Opening::Simultaneous(..)) {
            // Where SYNs cross, a bare ACK may come from SYN-RECEIVED: it proves the SYN heard, no more.
            let bare = segment.seq_len() == 0 && crossed;
            let facts = [Some(&mut endpoint.heard_syn), (!bare).then_some(&mut endpoint.syn_acked)];
            for heard in facts.into_iter().flatten() {
                match heard {
                    Some(heard) => {
                        heard.proof.get_or_insert(at.frame);
                    }
                    unheard => *unheard = Some(Heard::proven(at)),
                }
            }
            self.handshake[2].get_or_insert(at.frame);
        }
        let endpoint = &mut self.endpoints[from];
        let beyond_syn = other_iss.is_some_and(|iss| (iss + 1 + other.syn_payload).is_before(ack));
        let sends = segment.payload_len > 0 && !fast_open;
        if (beyond_syn || sends) && matches!(endpoint.opening, Opening::Passive(_) | Opening::Simultaneous(..)) {
            match &mut endpoint.syn_acked {
                Some(heard) => {
                    heard.proof.get_or_insert(at.frame);
                }
                unheard => *unheard = Some(Heard::proven(at)),
            }
        }
        let Some(fin) = other_fin else { return };
        let covered = fin.end().is_at_or_before(ack);
        let endpoint = &mut self.endpoints[from];
        match &mut endpoint.heard_fin {
            Some(heard) if covered => {
                heard.proof.get_or_insert(at.frame);
            }
            unheard @ None if covered => *unheard = Some(Heard::proven(at)),
            // Its own FIN does not acknowledge the other's, so it left before that arrived.
            Some(heard) if segment.flags.fin() && endpoint.sent_fin.is_none() => heard.at = at,
            _ => {}
        }
        // Every captured copy of the other's FIN acknowledged ours: having heard it is having heard that.
        let own_fin = self.streams[from].fin;
        let implied = own_fin.is_some_and(|own| fin.lowest_ack.is_some_and(|ack| own.end().is_at_or_before(ack)));
        if covered && implied {
            // Where the capture has mixed up the two, its own comes last.
            let later = own_fin.filter(|own| fin.turn < own.turn).unwrap_or(fin);
            let heard_at = At { frame: later.frame, time: later.at, turn: later.turn };
            match &mut self.endpoints[from].fin_acked {
                Some(heard) if heard.at.turn <= later.turn => {
                    heard.proof.get_or_insert(at.frame);
                }
                fin_acked => *fin_acked = Some(Heard { at: heard_at, proof: Some(at.frame) }),
            }
        }
    }

    /// What a segment sends: its sender's place in its own sequence space, its window, its FIN.
    fn sends(&mut self, from: Peer, segment: &Segment<'_>, ack: Seq, acceptance: Acceptance) {
        let at = self.place(segment);
        let shift = self.shift(from).unwrap_or(MAX_SHIFT);
        let to = self.other(from);
        let answers_syn = self.endpoints[to].is_syn_sent() && self.streams[to].iss.is_some_and(|iss| ack == iss + 1);
        let other_fin = self.streams[to].fin;
        let stream = &mut self.streams[from];
        let before = stream.nxt;
        let fits = segment
            .fin_seq()
            .is_some_and(|fin| before.is_none_or(|nxt| nxt.is_at_or_before(fin)) || stream.is_uncaptured(fin));
        let fresh = match before {
            Some(_) => stream.fresh(segment.seq, segment.seq + segment.payload_len),
            None => segment.payload_len,
        };
        stream.sent(segment.seq, segment.seq_end(), segment.frame);
        let is_first = segment.fin_seq().is_some_and(|fin| before.is_none_or(|nxt| nxt.is_at_or_before(fin)));
        let acked_before = stream.acked.filter(|_| is_first);
        stream.octets += u64::from(fresh);
        stream.note_ack(ack);
        if !acceptance.may_be_refused() {
            stream.acked = Some(stream.acked.map_or(ack, |known| known.later_of(ack)));
            let edge = ack + (u32::from(segment.window) << shift);
            stream.right_edge = Some(stream.right_edge.map_or(edge, |known| known.later_of(edge)));
        }
        let mark = Stamp::of(segment);
        let origin = stream.last_stamp.map_or(Origin::Untold, |last| mark.origin(last));
        stream.note_stamp(mark);
        if before.is_none_or(|nxt| nxt.is_before(segment.seq_end())) {
            stream.nxt_stamp = Some(mark);
        }
        let endpoint = &mut self.endpoints[from];
        endpoint.spoke = Spoke::Yes;
        if let Some(fin_seq) = segment.fin_seq() {
            match &mut stream.fin {
                None if fits => {
                    let answered =
                        other_fin.filter(|other| other.first_ack.is_some_and(|ack| (fin_seq + 1).is_at_or_before(ack)));
                    stream.fin = Some(Fin {
                        seq: fin_seq,
                        frame: segment.frame,
                        at: segment.at,
                        turn: at.turn,
                        first_ack: Some(ack),
                        lowest_ack: Some(ack),
                        stamp: mark,
                        origin,
                        acked_before,
                        acked_by: answered.map(|other| (other.frame, other.at)),
                        acked_on: 0,
                    });
                    endpoint.sent_fin = Some(at);
                    if let Some(other) = answered {
                        self.answered_before(from, at, &other);
                        return;
                    }
                }
                Some(fin) if fin.seq == fin_seq => {
                    let copy = fin.stamp.is_evidently_same(mark);
                    fin.lowest_ack = fin.lowest_ack.map(|low| if ack.is_before(low) { ack } else { low });
                    fin.stamp = mark;
                    if !copy && endpoint.fin_acked.is_some_and(|heard| heard.proof.is_none()) {
                        endpoint.fin_acked = None;
                    }
                }
                _ => {}
            }
        }
        if endpoint.opening == Opening::Unknown {
            // An acknowledgment of a SYN whose sender has heard nothing yet: the SYN-ACK before it was not captured.
            if answers_syn {
                endpoint.opening = Opening::Passive(at);
                endpoint.heard_syn = Some(Heard::proven(at));
            } else {
                endpoint.opening = Opening::Midstream(at);
            }
        }
    }

    /// `from` sends its FIN at `at`, and the other's FIN, captured before, acknowledges it: the capture holds the two in
    /// the wrong order. The other had received this one when it sent its own, which in turn comes behind it.
    fn answered_before(&mut self, from: Peer, at: At, other: &Fin) {
        let to = self.other(from);
        let closed = At { frame: other.frame, time: other.at, turn: other.turn };
        self.endpoints[to].heard_fin = Some(Heard::proven(closed));
        let own = &mut self.endpoints[from];
        if own.ended.is_none() {
            own.fin_acked.get_or_insert(Heard::presumed(at));
            own.heard_fin = Some(Heard::presumed(at));
        }
        let ack = other.first_ack;
        let stream = &mut self.streams[to];
        stream.acked = match (stream.acked, ack) {
            (Some(known), Some(ack)) => Some(known.later_of(ack)),
            (known, ack) => known.or(ack),
        };
    }

    /// What a segment brings to its receiver, if it arrives.
    fn brings(&mut self, from: Peer, to: Peer, segment: &Segment<'_>, ack: Seq, copy: bool) {
        let at = self.place(segment);
        self.streams[to].acknowledged(ack, segment.frame);
        let sender_fin = self.streams[from].fin;
        let whole =
            sender_fin.filter(|fin| self.streams[from].edge.is_some_and(|edge| fin.end().is_at_or_before(edge)));
        let again = segment.fin_seq() == sender_fin.map(|fin| fin.seq) && !copy;
        let own_iss = self.streams[to].iss;
        if let Some(fin) = &mut self.streams[to].fin
            && fin.end().is_at_or_before(ack)
        {
            if fin.acked_by.is_none() {
                (fin.acked_by, fin.acked_on) = (Some((at.frame, at.time)), segment.payload_len);
            }
            self.endpoints[to].fin_acked.get_or_insert(Heard::presumed(at));
        }
        let receiver = &mut self.endpoints[to];
        if receiver.ended.is_some() {
            return;
        }
        if own_iss.is_some_and(|iss| iss.is_before(ack))
            && matches!(receiver.opening, Opening::Passive(_) | Opening::Simultaneous(..))
        {
            receiver.syn_acked.get_or_insert(Heard::presumed(at));
        }
        let Some(fin) = whole else { return };
        match &mut receiver.heard_fin {
            // A FIN that was dropped is not heard by what comes without octets.
            unheard @ None if segment.seq_len() > 0 => *unheard = Some(Heard::presumed(at)),
            None => {}
            // Sent again before anything proves that it arrived: the last one has the best claim.
            Some(heard) if heard.proof.is_none() && again && fin.frame != at.frame => heard.at = at,
            Some(_) => {}
        }
    }
}
