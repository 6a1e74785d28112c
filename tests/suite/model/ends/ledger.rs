//! A second machine of RFC 9293, Section 3.10, which shares neither the judge's code nor the first machine's way: its states
//! are a table, its streams are places counted without wrap, and it has what the first lacks: window scale, timestamps with
//! PAWS, selective acknowledgments, Nagle's algorithm, fast retransmission, its own clocks, and challenge ACKs (RFC 5961).
//!
//! Here are its user and its timers; what it does with a segment is in `arrival`.

mod arrival;
mod habits;
mod incoming;
mod outgoing;
mod table;
mod wire;

use super::super::dice::Dice;
use super::super::endpoint::State;
use super::super::knowledge::Truth;
use super::{Begins, End};
use habits::Habits;
use incoming::Incoming;
use outgoing::{Chunk, Outgoing};
use synfin::peer::Peer;
use synfin::timestamp::{Elapsed, Timestamp};
use table::Event;
use wire::Segment;

const MS: i64 = 1_000_000;
/// How long an acknowledgment may wait.
const DELAY: Elapsed = Elapsed::from_ns(40 * MS);
/// The first timeout of a retransmission and of a probe, and the longest.
const TIMEOUT: i64 = 300 * MS;
const LONGEST: i64 = 3_000 * MS;
/// Stillness after which a keep-alive goes out.
const STILL: Elapsed = Elapsed::from_ns(3_000 * MS);
const TWO_MSL: Elapsed = Elapsed::from_ns(240_000 * MS);
/// Retransmissions in vain after which the user is told that the connection is gone.
const PATIENCE: u32 = 12;
/// The least time between two answers to segments that are not acceptable (RFC 5961, Section 7).
const THROTTLE: Elapsed = Elapsed::from_ns(MS);

/// What runs out when.
#[derive(Default)]
struct Clocks {
    ack: Option<Timestamp>,
    resend: Option<Timestamp>,
    probe: Option<Timestamp>,
    rest: Option<Timestamp>,
    /// When it last sent or received.
    stirred: Timestamp,
    /// When it last answered what was not acceptable.
    answered: Timestamp,
    tries: u32,
}

/// The machine.
pub(super) struct Ledger {
    peer: Peer,
    now: Timestamp,
    begun: Timestamp,
    state: State,
    /// The state was entered by a call or a timer that sent nothing.
    silently: bool,
    habits: Habits,
    outgoing: Outgoing,
    incoming: Option<Incoming>,
    clocks: Clocks,
    is_active: bool,
    /// CLOSE was called and has not had its turn.
    close_waits: bool,
    closed: bool,
    closed_first: bool,
    /// What both SYNs offered.
    scaled: Option<u8>,
    stamped: bool,
    sacked: bool,
    /// TS.Recent, and Last.ACK.sent.
    recent: u32,
    last_ack: Option<u32>,
    sent_reset: bool,
    was_reset: bool,
    out: Vec<Vec<u8>>,
    count: u16,
}

impl Ledger {
    pub(super) fn new(peer: Peer, begins: Begins, now: Timestamp, dice: &mut Dice) -> Self {
        let iss = if dice.chance(50) { dice.number() } else { dice.roll(300).wrapping_sub(200) };
        let habits = Habits::rolled(dice);
        let mut it = Self {
            peer,
            now,
            begun: now,
            state: if begins == Begins::Listening { State::Listen } else { State::Closed },
            silently: true,
            outgoing: Outgoing::new(iss, 536),
            habits,
            incoming: None,
            clocks: Clocks { stirred: now, answered: now, ..Clocks::default() },
            is_active: begins == Begins::Connecting,
            close_waits: false,
            closed: false,
            closed_first: false,
            scaled: None,
            stamped: false,
            sacked: false,
            recent: 0,
            last_ack: None,
            sent_reset: false,
            was_reset: false,
            out: Vec::new(),
            count: 0,
        };
        if it.is_active {
            it.becomes(Event::Opens);
            it.outgoing.sent = 1;
            it.emit(Chunk { from: 0, to: 1 });
        }
        it
    }

    fn becomes(&mut self, event: Event) {
        let state = table::next(self.state, event);
        if state == self.state {
            return;
        }
        self.state = state;
        self.silently = event == Event::Closes || event == Event::Rested;
        match state {
            State::TimeWait => self.clocks.rest = Some(self.now + TWO_MSL),
            State::Closed => {
                self.clocks = Clocks { answered: self.clocks.answered, ..Clocks::default() };
                self.close_waits = false;
            }
            _ => {}
        }
    }

    /// Sends this part of the stream, for the first time or again.
    fn emit(&mut self, chunk: Chunk) {
        let syn = chunk.from == 0;
        let fin = self.outgoing.has_fin(chunk);
        let (seq, text) = (self.outgoing.number(chunk.from), self.outgoing.text(chunk));
        self.put(Segment { seq, syn, fin, text, ..Segment::default() });
        if self.clocks.resend.is_none() {
            self.wind();
        }
    }

    fn wind(&mut self) {
        let wait = (TIMEOUT << self.clocks.tries.min(8)).min(LONGEST);
        self.clocks.resend = Some(self.now + Elapsed::from_ns(wait));
    }

    /// Sends an acknowledgment of its own.
    fn emit_ack(&mut self) {
        let seq = self.outgoing.number(self.outgoing.sent);
        self.put(Segment { seq, ..Segment::default() });
    }

    /// Sends the segment with today's acknowledgment, window and options.
    fn put(&mut self, mut segment: Segment) {
        let value = self.stamp();
        if segment.syn {
            let answers = self.incoming.is_some();
            segment.mss = Some(self.habits.mss);
            let offers = |own: bool, agreed: bool| own && (!answers || agreed);
            segment.shift = offers(self.habits.scales, self.scaled.is_some()).then_some(self.habits.shift());
            segment.may_sack = offers(self.habits.sacks, self.sacked);
            segment.stamp = offers(self.habits.stamps, self.stamped).then_some((value, self.recent));
        } else if self.stamped {
            segment.stamp = Some((value, self.recent));
        }
        segment.window = u16::try_from(self.habits.room).unwrap_or(u16::MAX);
        let may_sack = self.sacked && !segment.syn && self.state != State::SynReceived;
        if let Some(incoming) = &mut self.incoming {
            segment.ack = Some(incoming.number(incoming.next));
            segment.window = incoming.field(!segment.syn && self.scaled.is_some());
            if may_sack {
                segment.blocks = incoming.blocks(self.habits.says_twice);
            }
            self.last_ack = segment.ack;
            self.clocks.ack = None;
        }
        self.leave(&segment);
    }

    fn state_is(&self, state: State) -> bool {
        self.state == state
    }

    fn stamp(&self) -> u32 {
        let ms = self.now.since(self.begun).as_ns() / MS;
        u32::try_from(ms).unwrap_or(0).wrapping_add(u32::MAX - 3_000)
    }

    fn leave(&mut self, segment: &Segment) {
        self.count = self.count.wrapping_add(1);
        self.clocks.stirred = self.now;
        self.out.push(segment.written(self.peer, self.count));
    }

    /// Sends a RST and is gone, or, where it was not there, stays so.
    fn reset(&mut self, seq: u32, ack: Option<u32>) {
        self.sent_reset = true;
        self.silently = false;
        self.leave(&Segment { seq, ack, rst: true, ..Segment::default() });
    }

    /// Answers a segment for which there is no connection (Section 3.10.7.1).
    fn refuse(&mut self, segment: &Segment) {
        match segment.ack {
            _ if segment.rst => {}
            Some(ack) => self.reset(ack, None),
            None => self.reset(0, Some(segment.seq.wrapping_add(segment.len() as u32))),
        }
    }

    /// Whether text and a FIN may go out in this state.
    fn may_send(&self) -> bool {
        use State::{CloseWait, Closing, Established, FinWait1, LastAck, SynReceived};
        let is_fin_all = self.state == SynReceived && self.outgoing.closing && self.outgoing.end == 1;
        matches!(self.state, Established | CloseWait | FinWait1 | Closing | LastAck) || is_fin_all
    }

    /// CLOSE takes its turn as soon as the state lets it, and whatever may go out goes.
    fn go_on(&mut self) {
        let has_text = self.outgoing.end > 1;
        let is_turn = match self.state {
            State::Established | State::CloseWait => true,
            State::SynReceived => !has_text,
            _ => false,
        };
        if self.close_waits && is_turn {
            self.close_waits = false;
            self.outgoing.closing = true;
            self.closed_first = self.state != State::CloseWait;
            self.becomes(Event::Closes);
        }
        while self.may_send() {
            let Some(chunk) = self.outgoing.fresh(self.habits.nagle, self.habits.fin_needs_room) else { break };
            self.emit(chunk);
            self.left(chunk);
        }
        let is_stuck = self.may_send() && self.outgoing.is_waiting() && !self.outgoing.is_outstanding();
        self.clocks.probe =
            self.clocks.probe.filter(|_| is_stuck).or_else(|| is_stuck.then(|| self.now + Elapsed::from_ns(TIMEOUT)));
    }

    /// A FIN that has left for the first time may change the state, and shows what changed it before.
    fn left(&mut self, chunk: Chunk) {
        if self.outgoing.has_fin(chunk) {
            self.becomes(Event::FinLeaves);
            self.silently = false;
        }
    }

    fn probe(&mut self) {
        self.clocks.tries += 1;
        self.clocks.probe = None;
        if self.habits.probes_with_octet {
            let chunk = self.outgoing.probe();
            self.emit(chunk);
            self.left(chunk);
        } else {
            let seq = self.outgoing.number(self.outgoing.acked).wrapping_sub(1);
            self.put(Segment { seq, ..Segment::default() });
            self.go_on();
        }
    }

    /// The retransmission timer has run out.
    fn time_out(&mut self) {
        self.clocks.tries += 1;
        self.clocks.resend = None;
        if self.clocks.tries > PATIENCE {
            self.becomes(Event::Ends);
            self.silently = true;
        } else if let Some(chunk) = self.outgoing.oldest() {
            self.emit(chunk);
        }
    }
}

impl End for Ledger {
    fn advance(&mut self, now: Timestamp) {
        self.now = now;
        let is_over = |clock: Option<Timestamp>| clock.is_some_and(|at| at <= now);
        if is_over(self.clocks.ack) {
            self.emit_ack();
        }
        if is_over(self.clocks.resend) && self.outgoing.is_outstanding() {
            self.time_out();
        }
        if is_over(self.clocks.probe) {
            self.probe();
        }
        let is_open = matches!(self.state, State::Established | State::CloseWait) && !self.outgoing.is_outstanding();
        if is_open && self.habits.keeps_alive && now.since(self.clocks.stirred) >= STILL {
            let seq = self.outgoing.number(self.outgoing.sent).wrapping_sub(1);
            self.put(Segment { seq, ..Segment::default() });
        }
        if is_over(self.clocks.rest) {
            self.becomes(Event::Rested);
        }
    }

    fn arrives(&mut self, packet: &[u8], dice: &mut Dice) {
        let Some(segment) = Segment::read(packet) else { return };
        self.clocks.stirred = self.now;
        self.arrived(&segment, dice);
        self.go_on();
    }

    fn send(&mut self, len: u32) {
        if !self.closed && !matches!(self.state, State::Listen | State::Closed) {
            self.outgoing.end += u64::from(len);
            self.go_on();
        }
    }

    fn read(&mut self, len: u32) {
        let is_connected = matches!(self.state, State::Established | State::FinWait1 | State::FinWait2);
        let Some(incoming) = &mut self.incoming else { return };
        incoming.unread = incoming.unread.saturating_sub(u64::from(len));
        if is_connected && incoming.can_open() {
            self.emit_ack();
        }
    }

    fn close(&mut self) {
        if self.closed || self.state == State::Closed {
            return;
        }
        self.closed = true;
        let unread = self.incoming.as_ref().map_or(0, |it| it.unread);
        if matches!(self.state, State::Listen | State::SynSent) {
            self.becomes(Event::Closes);
        } else if self.habits.closes_both && unread > 0 && !self.state_is(State::SynReceived) {
            // RFC 9293, Section 3.6.1: octets that nobody will read are not to be thrown away in silence.
            self.abort();
        } else {
            self.close_waits = true;
            self.go_on();
        }
    }

    fn abort(&mut self) {
        use State::{CloseWait, Established, FinWait1, FinWait2, SynReceived};
        if self.state == State::Closed {
            return;
        }
        let tells = matches!(self.state, SynReceived | Established | FinWait1 | FinWait2 | CloseWait);
        if tells {
            let ack = self.incoming.as_ref().filter(|_| self.habits.acks_in_reset).map(|it| it.number(it.next));
            self.reset(self.outgoing.number(self.outgoing.sent), ack);
        }
        self.becomes(Event::Ends);
        self.silently = !tells;
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.out)
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn truth(&self) -> Option<Truth> {
        let it = &self.outgoing;
        Some(Truth {
            state: self.state,
            silently: self.silently,
            iss: it.number(0),
            una: it.number(it.acked),
            nxt: it.number(it.sent),
            heard: self.incoming.as_ref().map(|it| it.number(it.next)),
            closing: self.closed,
            closed_first: self.closed_first,
            fin_end: it.is_fin_sent().then(|| it.number(it.end + 1)),
            newest_ack: self.last_ack,
            sent_reset: self.sent_reset,
            was_reset: self.was_reset,
        })
    }

    fn is_idle(&self) -> bool {
        let unread = self.incoming.as_ref().map_or(0, |it| it.unread);
        let waits = self.outgoing.is_outstanding() || self.outgoing.is_waiting() || self.close_waits;
        matches!(self.state, State::Closed | State::TimeWait | State::Listen)
            || !(waits || self.clocks.ack.is_some() || unread > 0)
    }
}
