//! What the user of an endpoint calls (RFC 9293, Section 3.10.1 to 3.10.6), what its timers do (3.10.8), and what
//! both lead to on the wire.

use super::endpoint::{Endpoint, Entered, Segment, State};

impl Endpoint {
    /// SEND.
    pub(super) fn send(&mut self, len: u32) {
        if !self.closing && !matches!(self.state, State::Listen | State::Closed) {
            self.to_send += len;
            self.transmit();
        }
    }

    /// RECEIVE: the user takes `len` octets; the window opens, and the other end is told if it had been shut.
    pub(super) fn read(&mut self, len: u32) {
        let was_shut = self.window() == 0;
        self.unread = self.unread.saturating_sub(len);
        let may_tell = matches!(self.state, State::Established | State::FinWait1 | State::FinWait2);
        if was_shut && may_tell && self.unread < self.habits.room {
            self.emit_ack();
        }
    }

    /// CLOSE (Section 3.10.4).
    pub(super) fn close(&mut self) {
        match self.state {
            _ if self.closing => {}
            State::Listen | State::SynSent => self.go(State::Closed, Entered::Silently),
            State::SynReceived | State::CloseWait => self.closing = true,
            State::Established => {
                self.closing = true;
                self.closed_first = true;
                self.go(State::FinWait1, Entered::Silently);
            }
            _ => {}
        }
        self.transmit();
    }

    /// ABORT (Section 3.10.5).
    pub(super) fn abort(&mut self) {
        match self.state {
            State::SynReceived | State::Established | State::FinWait1 | State::FinWait2 | State::CloseWait => {
                let ack = self.rcv_nxt.filter(|_| self.habits.acks_in_reset);
                self.reset(self.nxt, ack);
                self.go(State::Closed, Entered::Shown);
            }
            State::Closed => {}
            _ => self.go(State::Closed, Entered::Silently),
        }
    }

    /// Sends what the window allows, then the FIN if CLOSE was called and nothing is left before it.
    pub(super) fn transmit(&mut self) {
        let is_fin_all = self.state == State::SynReceived && self.closing && self.to_send == 0;
        if !(self.state.is_synchronized() || is_fin_all) {
            return;
        }
        loop {
            let in_flight = self.nxt.wrapping_sub(self.una);
            let len = self.to_send.min(self.snd_wnd.saturating_sub(in_flight)).min(self.habits.largest);
            if len == 0 {
                break;
            }
            self.to_send -= len;
            let fin = self.closing && self.to_send == 0 && self.habits.fin_on_data;
            self.emit_new(false, fin, len);
            if fin {
                self.fin_left();
            }
        }
        if self.closing && self.to_send == 0 && self.fin_end.is_none() {
            self.emit_new(false, true, 0);
            self.fin_left();
        }
    }

    fn fin_left(&mut self) {
        self.fin_end = Some(self.nxt);
        match self.state {
            State::SynReceived | State::Established => {
                self.closed_first = true;
                self.go(State::FinWait1, Entered::Shown);
            }
            State::CloseWait => self.go(State::LastAck, Entered::Shown),
            // CLOSE has changed the state before; now the wire shows it.
            _ => self.entered = Entered::Shown,
        }
    }

    /// The retransmission timer: the oldest unacknowledged segment again, with today's acknowledgment.
    pub(super) fn retransmit(&mut self) {
        if let Some(oldest) = self.unacked.first().copied() {
            self.emit(Segment { ack: self.rcv_nxt, ..oldest });
        }
    }

    /// The zero-window timer (Section 3.8.6.1): one octet beyond the shut window.
    pub(super) fn probe(&mut self) {
        if self.state.is_synchronized() && self.snd_wnd == 0 && self.unacked.is_empty() && self.to_send > 0 {
            self.to_send -= 1;
            self.emit_new(false, false, 1);
        }
    }

    /// The keep-alive timer (Section 3.8.4), without its garbage octet.
    pub(super) fn keep_alive(&mut self) {
        if matches!(self.state, State::Established | State::CloseWait) && self.nxt == self.una && self.snd_wnd > 0 {
            let (seq, ack) = (self.nxt.wrapping_sub(1), self.rcv_nxt);
            self.emit(Segment { seq, ack, syn: false, fin: false, rst: false, len: 0, window: 0, id: 0 });
        }
    }

    /// The timer of a delayed acknowledgment.
    pub(super) fn acknowledge_at_last(&mut self) {
        if self.ack_due {
            self.emit_ack();
        }
    }

    /// The timer that ran out says so: again, or, after too many in vain, the silent end of Section 3.8.3.
    pub(super) fn time_out(&mut self) {
        if !self.unacked.is_empty() {
            self.retries += 1;
            if self.retries > 12 {
                self.go(State::Closed, Entered::Silently);
            } else {
                self.retransmit();
            }
        }
    }

    /// 2 MSL in TIME-WAIT are over.
    pub(super) fn expire(&mut self) {
        if self.state == State::TimeWait {
            self.go(State::Closed, Entered::Silently);
        }
    }
}
