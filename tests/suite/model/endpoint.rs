//! One honest endpoint: the machine of RFC 9293, Section 3.10, written from its text as explicit states and events.
//!
//! Deliberately shares nothing with the judge, not even sequence arithmetic. Arrivals are in `arrival`.

use super::dice::Dice;
use super::knowledge::Truth;

/// RFC 9293, Section 3.3.2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum State {
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    Closed,
}

impl State {
    /// As RFC 9293 spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
            Self::Closed => "CLOSED",
        }
    }

    /// Both SYNs have been exchanged as far as this endpoint knows.
    pub(super) fn is_synchronized(self) -> bool {
        !matches!(self, Self::Listen | Self::SynSent | Self::SynReceived | Self::Closed)
    }
}

/// A segment between the endpoints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Segment {
    pub(super) seq: u32,
    pub(super) ack: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) len: u32,
    pub(super) window: u16,
    /// Counts up with each emission, as an IPv4 identification may.
    pub(super) id: u16,
}

impl Segment {
    /// SEG.LEN.
    pub(super) fn seq_len(&self) -> u32 {
        self.len + u32::from(self.syn) + u32::from(self.fin)
    }

    pub(super) fn end(&self) -> u32 {
        self.seq.wrapping_add(self.seq_len())
    }
}

/// `a < b` modulo 2^32.
pub(super) fn before(a: u32, b: u32) -> bool {
    a != b && b.wrapping_sub(a) < 1 << 31
}

/// What this implementation does where the RFC leaves it a choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// Keeps what comes early, or drops it.
    pub(super) holds_early: bool,
    /// Of 100 acknowledgments that may wait, how many do.
    pub(super) delays: u32,
    /// Answers a repeated SYN with its SYN-ACK, or with the plain ACK of Section 3.10.7.4, first check.
    pub(super) repeats_syn_ack: bool,
    /// Sets ACK on the reset of an ABORT.
    pub(super) acks_in_reset: bool,
    /// Its FIN leaves with the last data, if there is any.
    pub(super) fin_on_data: bool,
    /// Octets it can buffer.
    pub(super) room: u32,
    /// Payload of its largest segment.
    pub(super) largest: u32,
}

impl Habits {
    pub(super) fn rolled(dice: &mut Dice) -> Self {
        Self {
            holds_early: dice.chance(70),
            delays: dice.roll(3) * 40,
            repeats_syn_ack: dice.chance(70),
            acks_in_reset: dice.chance(50),
            fin_on_data: dice.chance(50),
            room: if dice.chance(25) { 1 + dice.roll(60) } else { 300 + dice.roll(60_000) },
            largest: 20 + dice.roll(200),
        }
    }
}

/// How the present state was reached, as far as the wire can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entered {
    /// By sending or receiving something.
    Shown,
    /// By a call or a timer that sends nothing.
    Silently,
}

/// A transmission control block and its user.
pub(super) struct Endpoint {
    pub(super) state: State,
    pub(super) entered: Entered,
    pub(super) habits: Habits,
    /// Opened by a SYN of its own.
    pub(super) active: bool,
    pub(super) iss: u32,
    pub(super) una: u32,
    pub(super) nxt: u32,
    pub(super) snd_wnd: u32,
    pub(super) wl1: u32,
    pub(super) wl2: u32,
    pub(super) irs: u32,
    /// RCV.NXT, once it has the other's SYN.
    pub(super) rcv_nxt: Option<u32>,
    /// Right edge of the window it has granted.
    pub(super) granted: u32,
    pub(super) unread: u32,
    pub(super) early: Vec<Segment>,
    pub(super) unacked: Vec<Segment>,
    pub(super) to_send: u32,
    /// CLOSE was called; its FIN may have to wait.
    pub(super) closing: bool,
    /// The FIN left, and this is the number after it.
    pub(super) fin_end: Option<u32>,
    /// CLOSE was called before the other's FIN had come.
    pub(super) closed_first: bool,
    pub(super) ack_due: bool,
    pub(super) retries: u32,
    /// Everything sent, in order, until the run takes it away.
    pub(super) out: Vec<Segment>,
    pub(super) newest_ack: Option<u32>,
    pub(super) sent_reset: bool,
    /// A reset of the other end was obeyed.
    pub(super) was_reset: bool,
    pub(super) moves: Vec<(State, State)>,
    pub(super) octets_received: u64,
    pub(super) octets_sent: u64,
    count: u16,
}

impl Endpoint {
    pub(super) fn new(state: State, iss: u32, habits: Habits) -> Self {
        Self {
            state,
            entered: Entered::Silently,
            habits,
            active: false,
            iss,
            una: iss,
            nxt: iss,
            snd_wnd: 0,
            wl1: 0,
            wl2: 0,
            irs: 0,
            rcv_nxt: None,
            granted: 0,
            unread: 0,
            early: Vec::new(),
            unacked: Vec::new(),
            to_send: 0,
            closing: false,
            fin_end: None,
            closed_first: false,
            ack_due: false,
            retries: 0,
            out: Vec::new(),
            newest_ack: None,
            sent_reset: false,
            was_reset: false,
            moves: Vec::new(),
            octets_received: 0,
            octets_sent: 0,
            count: 0,
        }
    }

    pub(super) fn truth(&self) -> Truth {
        Truth {
            state: self.state,
            silently: self.entered == Entered::Silently,
            iss: self.iss,
            una: self.una,
            nxt: self.nxt,
            heard: self.rcv_nxt,
            closing: self.closing,
            closed_first: self.closed_first,
            fin_end: self.fin_end,
            newest_ack: self.newest_ack,
            sent_reset: self.sent_reset,
            was_reset: self.was_reset,
        }
    }

    pub(super) fn go(&mut self, state: State, entered: Entered) {
        if state != self.state {
            self.moves.push((self.state, state));
            self.state = state;
            self.entered = entered;
        }
        if state == State::Closed {
            (self.unacked, self.early, self.to_send) = (Vec::new(), Vec::new(), 0);
            self.ack_due = false;
        }
    }

    /// The window to advertise; it never takes back what was granted.
    fn grant(&mut self) -> u16 {
        let Some(rcv_nxt) = self.rcv_nxt else {
            return u16::try_from(self.habits.room).unwrap_or(u16::MAX);
        };
        let edge = rcv_nxt.wrapping_add(self.habits.room.saturating_sub(self.unread));
        if before(self.granted, edge) {
            self.granted = edge;
        }
        u16::try_from(self.granted.wrapping_sub(rcv_nxt)).unwrap_or(u16::MAX)
    }

    /// RCV.WND as the other end was last told.
    pub(super) fn window(&self) -> u32 {
        self.rcv_nxt.map_or(0, |rcv_nxt| self.granted.wrapping_sub(rcv_nxt))
    }

    /// Sends `segment`, giving it today's acknowledgment if it carries any, today's window and its number.
    pub(super) fn emit(&mut self, segment: Segment) {
        self.count = self.count.wrapping_add(1);
        let window = self.grant();
        let ack = segment.ack.and(self.rcv_nxt);
        if ack.is_some() {
            self.newest_ack = ack;
            self.ack_due = false;
        }
        self.out.push(Segment { ack, window, id: self.count, ..segment });
    }

    /// Sends a segment of its own sequence space for the first time, and keeps it until it is acknowledged.
    pub(super) fn emit_new(&mut self, syn: bool, fin: bool, len: u32) {
        let ack = self.rcv_nxt;
        let segment = Segment { seq: self.nxt, ack, syn, fin, rst: false, len, window: 0, id: 0 };
        self.nxt = segment.end();
        self.unacked.push(segment);
        self.octets_sent += u64::from(len);
        self.emit(segment);
    }

    /// <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
    pub(super) fn emit_ack(&mut self) {
        self.emit(Segment {
            seq: self.nxt,
            ack: self.rcv_nxt,
            syn: false,
            fin: false,
            rst: false,
            len: 0,
            window: 0,
            id: 0,
        });
    }

    /// Answers a segment that has no connection here (Section 3.10.7.1).
    pub(super) fn refuse(&mut self, refused: &Segment) {
        if refused.rst {
            return;
        }
        let (seq, ack) = match refused.ack {
            Some(ack) => (ack, None),
            None => (0, Some(refused.end())),
        };
        self.reset(seq, ack);
    }

    pub(super) fn reset(&mut self, seq: u32, ack: Option<u32>) {
        self.count = self.count.wrapping_add(1);
        self.sent_reset = true;
        self.entered = Entered::Shown;
        let (syn, fin) = (false, false);
        self.out.push(Segment { seq, ack, syn, fin, rst: true, len: 0, window: 0, id: self.count });
    }

    /// OPEN, active; or SEND while listening.
    pub(super) fn open(&mut self) {
        self.active = true;
        self.emit_new(true, false, 0);
        self.go(State::SynSent, Entered::Shown);
    }

    /// The answer to a SYN: SYN-ACK, from LISTEN or, when two SYNs cross, from SYN-SENT.
    pub(super) fn answer_syn(&mut self, syn: &Segment) {
        self.irs = syn.seq;
        self.rcv_nxt = Some(syn.seq.wrapping_add(1));
        self.granted = syn.seq.wrapping_add(1);
        self.snd_wnd = u32::from(syn.window);
        if self.active {
            self.retransmit();
        } else {
            self.emit_new(true, false, 0);
        }
        self.go(State::SynReceived, Entered::Shown);
    }
}
