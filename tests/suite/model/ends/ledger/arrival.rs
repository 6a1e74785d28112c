//! SEGMENT ARRIVES at the ledger (RFC 9293, Section 3.10.7, with RFC 5961's challenges and RFC 7323's test of timestamps).

use super::super::super::dice::Dice;
use super::super::super::endpoint::{State, before};
use super::incoming::{Incoming, Taken};
use super::table::Event;
use super::wire::Segment;
use super::{Chunk, DELAY, Ledger, THROTTLE, TWO_MSL};

impl Ledger {
    pub(super) fn arrived(&mut self, segment: &Segment, dice: &mut Dice) {
        match self.state {
            State::Closed => self.refuse(segment),
            State::Listen => self.listening(segment),
            State::SynSent => self.asking(segment),
            _ => self.connected(segment, dice),
        }
    }

    fn listening(&mut self, segment: &Segment) {
        if segment.ack.is_some() {
            self.refuse(segment);
        } else if segment.syn && !segment.rst {
            self.meets(segment);
            self.becomes(Event::SynCame);
            self.outgoing.sent = 1;
            self.emit(Chunk { from: 0, to: 1 });
        }
    }

    fn asking(&mut self, segment: &Segment) {
        let by = segment.ack.map(|ack| self.outgoing.beyond_acked(ack));
        match by {
            Some(by) if by != 1 => self.refuse(segment),
            Some(_) if segment.rst => self.ends_by_reset(),
            None if segment.rst => {}
            Some(by) if segment.syn => {
                self.meets(segment);
                self.takes_ack(segment, by, 0);
                self.becomes(Event::SynAcked);
                self.emit_ack();
            }
            None if segment.syn => {
                self.meets(segment);
                self.becomes(Event::SynCame);
                self.emit(Chunk { from: 0, to: 1 });
            }
            _ => {}
        }
    }

    /// The other's SYN: where its numbers begin, and what both offer.
    fn meets(&mut self, syn: &Segment) {
        self.scaled = syn.shift.filter(|_| self.habits.scales);
        self.sacked = syn.may_sack && self.habits.sacks;
        self.stamped = syn.stamp.is_some() && self.habits.stamps;
        self.recent = syn.stamp.filter(|_| self.stamped).map_or(0, |(value, _)| value);
        let shift = self.scaled.map_or(0, |_| self.habits.shift());
        let room = self.habits.room.min(65_535 << shift);
        let step = (room / 2).min(u64::from(self.habits.mss)).max(1);
        let mut incoming = Incoming::new(syn.seq, room, step);
        incoming.shift = shift;
        self.incoming = Some(incoming);
        // The options of every segment take their part (RFC 6691): at most those of timestamps and three blocks.
        let mss = u64::from(syn.mss.unwrap_or(536)).min(u64::from(self.habits.mss));
        self.outgoing.mss = mss.saturating_sub(40).max(8);
        if syn.ack.is_none() {
            self.outgoing.granted(0, u64::from(syn.window));
            self.outgoing.edge = 1 + u64::from(syn.window);
        }
    }

    fn ends_by_reset(&mut self) {
        self.was_reset = true;
        self.becomes(Event::Ends);
        self.silently = false;
    }

    /// An ACK in answer to what was not acceptable, now and then.
    fn challenge(&mut self) {
        if self.now.since(self.clocks.answered) >= THROTTLE {
            self.clocks.answered = self.now;
            self.emit_ack();
        }
    }

    fn connected(&mut self, segment: &Segment, dice: &mut Dice) {
        let Some(incoming) = &self.incoming else { return };
        let place = incoming.place(segment.seq);
        let (is_next, is_shut) = (place == incoming.next.cast_signed(), incoming.is_shut());
        let is_acceptable = incoming.accepts(place, segment.len());
        if self.stamped && !segment.rst {
            match segment.stamp {
                Some((value, _)) if before(value, self.recent) => return self.challenge(),
                Some((value, _)) if self.last_ack.is_some_and(|ack| !before(ack, segment.seq)) => self.recent = value,
                Some(_) => {}
                None => return,
            }
        }
        let is_crossing = self.state_is(State::SynReceived) && segment.syn && place == 0;
        if is_crossing && self.habits.takes_crossing && segment.ack.map(|it| self.outgoing.beyond_acked(it)) == Some(1)
        {
            self.takes_ack(segment, 1, 0);
            self.becomes(Event::SynAcked);
            return self.emit_ack();
        }
        if !is_acceptable {
            if segment.rst {
                return;
            }
            if let Some(ack) = segment.ack.filter(|_| is_next && is_shut) {
                self.acked(segment, ack, place);
            }
            if self.state_is(State::TimeWait) && segment.fin {
                self.clocks.rest = Some(self.now + TWO_MSL);
            }
            if !self.state_is(State::Closed) {
                self.note_twice(place, segment);
                self.challenge();
            }
            return;
        }
        if segment.rst {
            return if is_next { self.ends_by_reset() } else { self.challenge() };
        }
        if segment.syn {
            return self.challenge();
        }
        let Some(ack) = segment.ack else { return };
        if self.acked(segment, ack, place) && !self.state_is(State::Closed) && segment.len() > 0 {
            self.takes_text(segment, place, dice);
        }
    }

    /// What lies wholly before the window came twice.
    fn note_twice(&mut self, place: i64, segment: &Segment) {
        let Some(incoming) = &mut self.incoming else { return };
        let end = place + segment.text.len() as i64;
        if 0 < place && place < end && end <= incoming.next.cast_signed() {
            incoming.twice = Some((place.unsigned_abs(), end.unsigned_abs()));
        }
    }

    /// The fifth check; false if nothing more is to be done with the segment.
    fn acked(&mut self, segment: &Segment, ack: u32, place: i64) -> bool {
        let by = self.outgoing.beyond_acked(ack);
        let outstanding = (self.outgoing.sent - self.outgoing.acked).cast_signed();
        if self.state_is(State::SynReceived) {
            if by <= 0 || by > outstanding {
                self.reset(ack, None);
                return false;
            }
            self.becomes(Event::SynAcked);
        }
        if by > outstanding || by < -self.outgoing.widest.cast_signed() {
            self.challenge();
            return false;
        }
        if by >= 0 {
            self.takes_ack(segment, by, place.max(0).unsigned_abs());
        }
        if self.outgoing.is_fin_acked() {
            self.becomes(Event::FinAcked);
        }
        true
    }

    /// An acknowledgment of `by` numbers more, its window, and its blocks.
    fn takes_ack(&mut self, segment: &Segment, by: i64, place: u64) {
        let edge = self.outgoing.edge;
        let is_new = self.outgoing.acknowledged(by);
        let shift = self.scaled.filter(|_| !segment.syn).unwrap_or(0);
        self.outgoing.granted(place, u64::from(segment.window) << shift);
        self.outgoing.holds(&segment.blocks);
        if is_new {
            self.clocks.tries = 0;
            self.clocks.resend = None;
            if self.outgoing.is_outstanding() {
                self.wind();
            }
        } else if segment.len() == 0 && self.outgoing.is_outstanding() && self.outgoing.edge == edge {
            self.outgoing.repeats += 1;
            if let Some(chunk) = self.outgoing.asked_for().filter(|_| self.may_send()) {
                self.emit(chunk);
            }
        }
    }

    /// The seventh and eighth checks.
    fn takes_text(&mut self, segment: &Segment, place: i64, dice: &mut Dice) {
        use State::{Established, FinWait1, FinWait2};
        if !matches!(self.state, Established | FinWait1 | FinWait2) {
            return self.challenge();
        }
        let Some(incoming) = &mut self.incoming else { return };
        let end = place + segment.text.len() as i64;
        if self.closed && self.habits.closes_both && end > incoming.next.cast_signed() && !segment.text.is_empty() {
            self.refuse(segment);
            return self.becomes(Event::Ends);
        }
        let taken = incoming.take(place, end, segment.fin);
        // An end that says nothing of what it holds may drop it.
        if !self.sacked && incoming.has_gap() && dice.chance(20) {
            incoming.drop_early();
        }
        let has_gap = incoming.has_gap();
        let has_finished = incoming.takes_fin();
        if has_finished {
            self.becomes(Event::FinCame);
        }
        let may_wait =
            taken == Taken::InOrder { fills: false } && !has_gap && !has_finished && self.clocks.ack.is_none();
        if may_wait && self.habits.delays {
            self.clocks.ack = Some(self.now + DELAY);
        } else {
            // It may go with what is sent now anyway: Section 3.7.4 and RFC 1122, Section 4.2.3.2.
            self.emit_ack();
        }
    }
}
