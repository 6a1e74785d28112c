//! A 4-tuple used again: what the incarnation before it left, against which its SYN is judged.
//!
//! A host in TIME-WAIT may take a SYN whose timestamp or, without timestamps, whose sequence number is above all that the
//! old incarnation used (RFC 6191, Section 2; RFC 9293, Section 3.6.1, MAY-2).

use super::belief::TWO_MSL;
use super::connection::Connection;
use super::endpoint::At;
use super::state::State;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Segment;

/// What the old incarnation was when the SYN of the new one passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reuse {
    /// The SYN.
    pub at: At,
    /// The old state of who receives the SYN, as the segments show.
    pub state: Option<State>,
    /// The old state of who sends it.
    pub own_state: Option<State>,
    /// The frame with which the receiver came into that state.
    pub since: Option<At>,
    /// The SYN's number.
    pub iss: Seq,
    /// The last sequence number that its sender used before.
    pub last: Option<Seq>,
    /// TSval of the SYN.
    pub stamp: Option<u32>,
    /// The last TSval that its sender used before.
    pub last_stamp: Option<u32>,
    /// SND.NXT of the receiver before: its new number must lie above.
    pub receiver_last: Option<Seq>,
}

/// Whether the SYN may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ground {
    /// Its receiver holds no TIME-WAIT.
    Free,
    /// Its timestamp is above the last one.
    Timestamp,
    /// Its number is above the last one.
    Number,
    /// 2 MSL have passed.
    Waited,
    /// The receiver is in TIME-WAIT, and neither number nor timestamp is above.
    None,
    /// The old incarnation was open: its sender has lost it, or an address translator gave its port to another.
    WasOpen,
    /// Nothing is known of the old state.
    Unknown,
}

impl Ground {
    /// `free`, `timestamp`, `number`, `waited`, `none`, `was-open` or `unknown`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Timestamp => "timestamp",
            Self::Number => "number",
            Self::Waited => "waited",
            Self::None => "none",
            Self::WasOpen => "was-open",
            Self::Unknown => "unknown",
        }
    }
}

impl Reuse {
    /// The SYN `syn` of a new incarnation after `old`.
    #[must_use]
    pub fn of(old: &Connection, syn: &Segment<'_>) -> Self {
        let from = old.sender(&syn.path);
        let to = old.other(from);
        let entered = |peer: Peer| old.rows.iter().rev().find(|row| row.peer == peer && row.retracted.is_none());
        let sender = &old.streams[from];
        Self {
            at: At { frame: syn.frame, time: syn.at, turn: 0 },
            state: old.likely(to),
            own_state: old.likely(from),
            since: entered(to).map(|row| row.step.at),
            iss: syn.seq,
            last: sender.nxt.map(|next| next - 1),
            stamp: syn.options.timestamps().map(|(value, _)| value),
            last_stamp: sender.last_stamp.and_then(|stamp| stamp.value),
            receiver_last: old.streams[to].nxt,
        }
    }

    /// How long the receiver had been in its state.
    #[must_use]
    pub fn waited(&self) -> Option<Elapsed> {
        self.since.map(|since| self.at.time.since(since.time))
    }

    /// What allows it.
    #[must_use]
    pub fn ground(&self) -> Ground {
        match self.state {
            None => return Ground::Unknown,
            Some(State::Closed | State::Listen) => return Ground::Free,
            Some(State::TimeWait) => {}
            Some(_) => return Ground::WasOpen,
        }
        if self.waited().is_some_and(|waited| waited >= TWO_MSL) {
            return Ground::Waited;
        }
        let above = self.last.is_some_and(|last| last.is_before(self.iss));
        match (self.stamp, self.last_stamp) {
            (Some(new), Some(old)) if Seq::new(old).is_before(Seq::new(new)) => Ground::Timestamp,
            (Some(_), None) => Ground::Timestamp,
            (Some(new), Some(old)) if new != old => Ground::None,
            _ if above => Ground::Number,
            _ if self.last.is_none() => Ground::Unknown,
            _ => Ground::None,
        }
    }
}
