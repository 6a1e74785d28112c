//! SEGMENT ARRIVES (RFC 9293, Section 3.10.7), check by check in the order of its text.

use super::dice::Dice;
use super::endpoint::{Endpoint, Entered, Segment, State, before};

impl Endpoint {
    /// A segment of the other end has come in.
    pub(super) fn arrives(&mut self, segment: Segment, dice: &mut Dice) {
        match self.state {
            State::Closed => self.refuse(&segment),
            State::Listen => self.arrives_in_listen(&segment),
            State::SynSent => self.arrives_in_syn_sent(&segment),
            _ => self.arrives_otherwise(segment, dice),
        }
        self.transmit();
    }

    /// Section 3.10.7.2.
    fn arrives_in_listen(&mut self, segment: &Segment) {
        if segment.rst {
            return;
        }
        if segment.ack.is_some() {
            self.refuse(segment);
        } else if segment.syn {
            self.answer_syn(segment);
        }
    }

    /// Section 3.10.7.3.
    fn arrives_in_syn_sent(&mut self, segment: &Segment) {
        let is_ack_good = segment.ack.is_some_and(|ack| before(self.iss, ack) && !before(self.nxt, ack));
        if segment.ack.is_some() && !is_ack_good {
            self.refuse(segment);
        } else if segment.rst {
            if is_ack_good {
                self.was_reset = true;
                self.go(State::Closed, Entered::Shown);
            }
        } else if segment.syn && segment.ack.is_none() {
            self.answer_syn(segment);
        } else if let Some(ack) = segment.ack.filter(|_| segment.syn) {
            self.irs = segment.seq;
            self.rcv_nxt = Some(segment.seq.wrapping_add(1));
            self.granted = segment.seq.wrapping_add(1);
            self.acknowledged(ack);
            self.window_update(segment, ack, true);
            self.go(State::Established, Entered::Shown);
            self.emit_ack();
        }
    }

    /// Section 3.10.7.4.
    fn arrives_otherwise(&mut self, segment: Segment, dice: &mut Dice) {
        let Some(rcv_nxt) = self.rcv_nxt else { return };
        // Two SYNs crossed: the SYN-ACK starts where the SYN stood, just before the window (Appendix A.2).
        let completes_crossing = self.state == State::SynReceived && segment.syn && segment.seq == self.irs;
        if completes_crossing && segment.ack == Some(self.nxt) {
            self.acknowledged(self.nxt);
            self.window_update(&segment, self.nxt, true);
            self.go(State::Established, Entered::Shown);
            if !self.habits.repeats_syn_ack {
                self.emit_ack();
            }
            return;
        }
        if !self.is_acceptable(&segment, rcv_nxt) {
            if segment.rst {
                return;
            }
            // A shut window still lets valid acknowledgments in.
            if let Some(ack) = segment.ack.filter(|_| self.window() == 0 && segment.seq == rcv_nxt) {
                self.process_ack(&segment, ack);
            }
            if completes_crossing && self.habits.repeats_syn_ack {
                self.retransmit();
            } else if self.state != State::Closed {
                self.emit_ack();
            }
            return;
        }
        if segment.rst {
            if segment.seq == rcv_nxt {
                self.was_reset = true;
                if self.state == State::SynReceived && !self.active {
                    // This user wanted one connection: it closes the listener at once.
                    self.go(State::Listen, Entered::Shown);
                }
                self.go(State::Closed, Entered::Shown);
            } else {
                self.emit_ack();
            }
            return;
        }
        if segment.syn {
            self.emit_ack();
            return;
        }
        let Some(ack) = segment.ack else { return };
        if segment.seq != rcv_nxt && before(rcv_nxt, segment.seq) && !self.habits.holds_early {
            self.emit_ack();
            return;
        }
        if !self.process_ack(&segment, ack) || self.state == State::Closed {
            return;
        }
        if segment.seq_len() > 0 {
            self.early.push(segment);
            self.take_in_order(dice);
        }
    }

    /// Table 6.
    fn is_acceptable(&self, segment: &Segment, rcv_nxt: u32) -> bool {
        let window = self.window();
        let is_inside = |seq: u32| seq.wrapping_sub(rcv_nxt) < window;
        match (segment.seq_len(), window) {
            (0, 0) => segment.seq == rcv_nxt,
            (0, _) => is_inside(segment.seq),
            (_, 0) => false,
            _ => is_inside(segment.seq) || is_inside(segment.end().wrapping_sub(1)),
        }
    }

    /// The fifth check; false if the segment is to be dropped.
    fn process_ack(&mut self, segment: &Segment, ack: u32) -> bool {
        if self.state == State::SynReceived {
            if !before(self.una, ack) || before(self.nxt, ack) {
                self.refuse(segment);
                return false;
            }
            self.go(State::Established, Entered::Shown);
            self.wl1 = segment.seq.wrapping_sub(1);
            if self.closing {
                // The CLOSE that waited in SYN-RECEIVED behind unsent data.
                self.closed_first = true;
                self.go(State::FinWait1, Entered::Silently);
            }
        }
        if before(self.nxt, ack) {
            self.emit_ack();
            return false;
        }
        let is_new = before(self.una, ack);
        self.acknowledged(ack);
        if !before(ack, self.una) {
            self.window_update(segment, ack, is_new);
        }
        if self.snd_wnd == 0 {
            // A peer that answers probes is alive, however long its window stays shut (Section 3.8.6.1).
            self.retries = 0;
        }
        let is_fin_acked = self.fin_end.is_some_and(|end| !before(self.una, end));
        match self.state {
            State::FinWait1 if is_fin_acked => self.go(State::FinWait2, Entered::Shown),
            State::Closing if is_fin_acked => self.go(State::TimeWait, Entered::Shown),
            State::LastAck if is_fin_acked => self.go(State::Closed, Entered::Shown),
            _ => {}
        }
        true
    }

    fn acknowledged(&mut self, ack: u32) {
        if before(self.una, ack) {
            self.una = ack;
            self.retries = 0;
            self.unacked.retain(|it| before(ack, it.end()));
        }
    }

    /// SND.WL1 and SND.WL2 keep an old segment from setting the window. A new acknowledgment always sets it, even on a
    /// retransmission: the window counts from SND.UNA, so the old one would reach beyond what was granted.
    fn window_update(&mut self, segment: &Segment, ack: u32, is_new: bool) {
        let is_newer = before(self.wl1, segment.seq) || (self.wl1 == segment.seq && !before(ack, self.wl2));
        if is_new || is_newer {
            self.snd_wnd = u32::from(segment.window);
            (self.wl1, self.wl2) = (segment.seq, ack);
        }
    }

    /// The seventh and eighth checks, for whatever now lies at RCV.NXT.
    fn take_in_order(&mut self, dice: &mut Dice) {
        let mut may_wait = true;
        while let Some(rcv_nxt) = self.rcv_nxt {
            self.early.retain(|it| before(rcv_nxt, it.end()));
            let next = self.early.iter().position(|it| !before(rcv_nxt, it.seq));
            let Some(segment) = next.map(|at| self.early.swap_remove(at)) else { break };
            let fresh = segment.end().wrapping_sub(rcv_nxt);
            let granted = self.window();
            let taken = fresh.min(granted);
            let text = if segment.fin && taken == fresh { taken - 1 } else { taken };
            self.rcv_nxt = Some(rcv_nxt.wrapping_add(taken));
            self.octets_received += u64::from(text);
            self.unread += text;
            may_wait &= taken == fresh;
            if segment.fin && taken == fresh {
                self.fin_came();
            }
            if taken == 0 {
                break;
            }
        }
        may_wait &= self.early.is_empty();
        self.ack_due = true;
        if !may_wait || !dice.chance(self.habits.delays) {
            self.emit_ack();
        }
    }

    fn fin_came(&mut self) {
        match self.state {
            State::SynReceived | State::Established => self.go(State::CloseWait, Entered::Shown),
            State::FinWait1 => self.go(State::Closing, Entered::Shown),
            State::FinWait2 => self.go(State::TimeWait, Entered::Shown),
            _ => {}
        }
    }
}
