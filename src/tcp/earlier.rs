//! What is left of the incarnation of the same 4-tuple before this one: the last numbers of both sides, and the states
//! that they were left in.
//!
//! Taken when the new incarnation's first segment comes. Only rules and explanations read it; nothing is derived from
//! it.

use super::belief::TWO_MSL;
use super::connection::Connection;
use super::endpoint::{At, Opening};
use super::state::State;
use super::stream::Hidden;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use std::net::SocketAddr;

/// The incarnation before.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Its number in the capture.
    pub conn: u64,
    /// What each side left, by the peers of the new incarnation; `None` where it was final before the new one began.
    pub last: Option<PerPeer<Last>>,
    a: SocketAddr,
}

/// What one side left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Last {
    /// Its initial sequence number.
    pub iss: Option<Seq>,
    /// Its SYN or SYN-ACK.
    pub opened: Option<At>,
    /// One past the highest number that it used, SYN and FIN counted.
    pub nxt: Option<Seq>,
    /// The frame that shows `nxt`.
    pub nxt_shown: Option<FrameNo>,
    /// The last TSval that it sent outside a RST.
    pub tsval: Option<u32>,
    /// Its FIN: the number, and the frame.
    pub fin: Option<(Seq, FrameNo)>,
    /// Whether the capture may lack its FIN.
    pub hides_fin: Hidden,
    /// The state that it was left in; `None` if it had shown nothing.
    pub state: Option<State>,
    /// Where it came into that state.
    pub since: Option<At>,
}

impl Earlier {
    /// An incarnation of which only the number is left.
    #[must_use]
    pub const fn forgotten(conn: u64, a: SocketAddr) -> Self {
        Self { conn, last: None, a }
    }

    /// What `connection`, number `conn`, leaves.
    #[must_use]
    pub fn of(conn: u64, connection: &Connection) -> Self {
        let last = PerPeer { a: Last::of(connection, Peer::A), b: Last::of(connection, Peer::B) };
        Self { conn, last: Some(last), a: connection.addresses.a }
    }

    /// The same for a connection whose peer A is at `a`.
    #[must_use]
    pub fn for_peer_at(self, a: SocketAddr) -> Self {
        if self.a == a {
            return self;
        }
        Self { last: self.last.map(|last| PerPeer { a: last.b, b: last.a }), a, ..self }
    }
}

impl Last {
    fn of(connection: &Connection, peer: Peer) -> Self {
        let stream = &connection.streams[peer];
        let row = connection.rows.iter().rev().find(|row| row.peer == peer && row.retracted.is_none());
        Self {
            iss: stream.iss,
            opened: match connection.endpoints[peer].opening {
                Opening::Active(at) | Opening::Passive(at) | Opening::Simultaneous(at, _) => Some(at),
                Opening::Unknown | Opening::ActiveUnseen | Opening::Midstream(_) => None,
            },
            nxt: stream.nxt,
            nxt_shown: connection.facts[peer].shown.nxt,
            tsval: stream.last_stamp.and_then(|stamp| stamp.value),
            fin: stream.fin.map(|fin| (fin.seq, fin.frame)),
            hides_fin: {
                let odd = connection.odd_ack[connection.other(peer)].is_some();
                if odd || stream.missed.is_some() || stream.hole.is_some() {
                    Hidden::Maybe
                } else {
                    stream.may_hide_fin
                }
            },
            state: row.map(|row| row.step.to),
            since: row.map(|row| row.step.at),
        }
    }
}

/// Why a SYN may open anew what another incarnation left behind (RFC 6191, Section 2; RFC 9293, Section 3.6.1, MAY-2).
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

impl Last {
    /// Whether numbers or timestamps let a SYN of this sender, with this ISS and TSval, open anew what is in TIME-WAIT.
    #[must_use]
    pub fn lets_open(&self, iss: Seq, tsval: Option<u32>) -> Ground {
        match (self.tsval, tsval, self.nxt) {
            (Some(old), Some(new), _) if Seq::new(old).is_before(Seq::new(new)) => Ground::Timestamp,
            (None, Some(_), _) => Ground::Timestamp,
            (_, _, None) => Ground::Unknown,
            (_, _, Some(nxt)) if nxt.is_at_or_before(iss) => Ground::Number,
            _ => Ground::None,
        }
    }
}

/// A 4-tuple used again by a SYN: what it meets.
#[derive(Clone, Copy, Debug)]
pub struct Reuse {
    /// The SYN.
    pub at: At,
    /// Its number.
    pub iss: Seq,
    /// Its TSval.
    pub stamp: Option<u32>,
    /// What its sender left.
    pub own: Last,
    /// What its receiver left.
    pub other: Last,
}

impl Reuse {
    /// That of `connection`, if the capture holds its SYN and what was before it.
    #[must_use]
    pub fn of(connection: &Connection) -> Option<Self> {
        let (last, syn) = (connection.earlier.as_ref()?.last?, connection.candidates.first()?);
        let stamp = connection.facts[syn.from].offers.stamps.first().copied();
        let (own, other) = (last[syn.from], last[connection.other(syn.from)]);
        // One that challenged the old connection was sent again when that was over.
        let again =
            connection.facts[syn.from].attempt.syn.filter(|_| other.since.is_some_and(|it| syn.at.time < it.time));
        let at = again.map_or(syn.at, |sent| At { frame: sent.last, time: sent.last_at, turn: 0 });
        Some(Self { at, iss: syn.iss, stamp, own, other })
    }

    /// How long the receiver had been in its state.
    #[must_use]
    pub fn waited(&self) -> Option<Elapsed> {
        self.other.since.map(|since| self.at.time.since(since.time))
    }

    /// What allows it.
    #[must_use]
    pub fn ground(&self) -> Ground {
        match self.other.state {
            None => Ground::Unknown,
            Some(State::Closed | State::Listen) => Ground::Free,
            Some(State::TimeWait) if self.waited().is_some_and(|waited| waited >= TWO_MSL) => Ground::Waited,
            Some(State::TimeWait) => self.own.lets_open(self.iss, self.stamp),
            Some(_) => Ground::WasOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Earlier, Last};
    use crate::peer::PerPeer;
    use crate::seq::Seq;

    #[test]
    fn the_sides_follow_their_addresses() {
        let at = |port: u16| std::net::SocketAddr::from(([198, 51, 100, 1], port));
        let of = |iss: u32| Last { iss: Some(Seq::new(iss)), ..Last::default() };
        let earlier = Earlier { last: Some(PerPeer { a: of(1), b: of(2) }), ..Earlier::forgotten(7, at(80)) };
        let same = earlier.clone().for_peer_at(at(80)).last.unwrap();
        let swapped = earlier.for_peer_at(at(49152)).last.unwrap();
        assert_eq!((same.a.iss, same.b.iss), (swapped.b.iss, swapped.a.iss));
        assert_eq!(swapped.b.iss, Some(Seq::new(1)));
    }
}
