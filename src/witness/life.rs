//! Lives of sockets, from the first move to the last, and the path of RFC 9293 that each took.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::event::{KernelEvent, SocketId, What};
use super::kernel::KernelState;
use super::owner::Owner;
use crate::seq::Seq;
use crate::tcp::state::State;
use crate::timestamp::{Elapsed, Timestamp};

/// A reset that a socket took is told this close to the move that it causes (measured: 2 to 60 µs).
const RESET_NEAR: Elapsed = Elapsed::from_ns(200_000);
/// A reset that a socket sends because data came for nobody is told this soon after the move.
const ABORT_NEAR: Elapsed = Elapsed::from_ns(1_000_000);
/// A socket whose FIN is acknowledged is put into the small form of TIME-WAIT in one go, if no program has it any more
/// (`tcp_rcv_state_process`): measured 2 to 9 µs between the two moves.
const ORPHANED_NEAR: Elapsed = Elapsed::from_ns(100_000);

/// How a life began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// It connected.
    Active,
    /// A listener's: it begins when the handshake is complete, or with a SYN that carries data.
    Passive,
}

/// Events of one kind kept of one life: those of hours on a bad link. Later ones are not.
pub const MOST_EACH: usize = 1 << 16;

/// One socket, from CLOSED or LISTEN to CLOSED.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Life {
    /// Its own address.
    pub own: SocketAddr,
    /// The other end's.
    pub other: SocketAddr,
    /// How it began.
    pub role: Role,
    moves: Vec<(Timestamp, KernelState, KernelState)>,
    /// When it took a RST.
    pub got_reset: Vec<Timestamp>,
    /// Resets that it sent, with the kernel's reasons.
    pub sent_resets: Vec<(Timestamp, String)>,
    /// When it sent something again.
    pub sent_again: Vec<Timestamp>,
    /// When what it was to receive was thrown away, with the kernel's reasons.
    pub drops: Vec<(Timestamp, String)>,
    /// SND.NXT and SND.UNA at segments that came, where they were asked for.
    pub numbers: Vec<(Timestamp, Seq, Seq)>,
    /// Whose it is, where that was asked for and found.
    pub owner: Option<Owner>,
}

/// One move of a life, in the states of the RFC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    /// When the kernel made it.
    pub at: Timestamp,
    /// Where to.
    pub to: State,
    /// Whether that time means anything.
    pub told: Told,
}

/// When the kernel tells a move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// As it happens.
    AtOnce,
    /// A request is no socket: SYN-RECEIVED is told when it is over.
    Late,
    /// A program has closed, and FIN-WAIT-2 went on in the small form of TIME-WAIT: TIME-WAIT may begin later.
    Early,
}

impl Life {
    fn born(own: SocketAddr, other: SocketAddr, role: Role, owner: Option<Owner>) -> Self {
        Self {
            own,
            other,
            role,
            moves: Vec::new(),
            got_reset: Vec::new(),
            sent_resets: Vec::new(),
            sent_again: Vec::new(),
            drops: Vec::new(),
            numbers: Vec::new(),
            owner,
        }
    }

    fn take(&mut self, event: &KernelEvent, what: &What) {
        match what {
            What::Moved(from, to) => {
                self.moves.push((event.at, *from, *to));
                // The first move of a socket without a port comes before it has one.
                if event.own.port() != 0 && event.other.port() != 0 {
                    (self.own, self.other) = (event.own, event.other);
                }
            }
            What::GotReset => keep(&mut self.got_reset, event.at),
            What::SentReset(reason) => keep(&mut self.sent_resets, (event.at, reason.clone())),
            What::SentAgain => keep(&mut self.sent_again, event.at),
            What::SentSynAckAgain => {}
            What::Dropped(reason) => keep(&mut self.drops, (event.at, reason.clone())),
            What::Numbers(nxt, una) => keep(&mut self.numbers, (event.at, *nxt, *una)),
        }
    }

    /// Whether it has come to its last move.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.moves.last().is_some_and(|(.., to)| *to == KernelState::CLOSE)
    }

    /// When its last move was.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.moves.last().map_or(Timestamp::default(), |(at, ..)| *at)
    }

    /// When its first move was.
    #[must_use]
    pub fn begin(&self) -> Timestamp {
        self.moves.first().map_or(Timestamp::default(), |(at, ..)| *at)
    }

    /// The states that it entered.
    #[must_use]
    pub fn path(&self) -> Vec<Move> {
        let mut path: Vec<Move> = Vec::new();
        for (at, from, to) in &self.moves {
            if from == to {
                continue;
            }
            let enters_small_form = matches!(*from, KernelState::FIN_WAIT2 | KernelState::CLOSING);
            let to = match to.state() {
                Some(State::Closed) if enters_small_form && !self.is_reset_at(*at) => State::TimeWait,
                Some(to) => to,
                None => continue,
            };
            let told = match (to, path.last()) {
                (State::SynReceived, None) if self.role == Role::Passive => Told::Late,
                (State::TimeWait, Some(last)) if last.to == State::FinWait2 && at.since(last.at) <= ORPHANED_NEAR => {
                    Told::Early
                }
                _ => Told::AtOnce,
            };
            path.push(Move { at: *at, to, told });
        }
        path
    }

    /// Whether the move at this time was a reset's doing: one that it took, or one that it sent because data came.
    fn is_reset_at(&self, at: Timestamp) -> bool {
        let near = |reset: &Timestamp| {
            let apart = reset.since(at).as_ns().abs();
            apart <= RESET_NEAR.as_ns()
        };
        let aborted = |(sent, reason): &(Timestamp, String)| {
            let after = sent.since(at).as_ns();
            reason == "TCP_ABORT_ON_DATA" && (-RESET_NEAR.as_ns()..=ABORT_NEAR.as_ns()).contains(&after)
        };
        self.got_reset.iter().any(near) || self.sent_resets.iter().any(aborted)
    }
}

/// The lives that events tell, in the order in which they began. Listeners' own are none.
#[must_use]
pub fn lives(events: &[KernelEvent]) -> Vec<Life> {
    let mut lives = Lives::default();
    for event in events {
        lives.take(event);
    }
    lives.all
}

fn keep<T>(kept: &mut Vec<T>, it: T) {
    if kept.len() < MOST_EACH {
        kept.push(it);
    }
}

/// Lives kept at most; beyond it the older half of those that are over goes.
const MOST: usize = 1 << 18;
/// Events that belong to no life, kept at most.
const MOST_STRAYS: usize = 1 << 16;

/// Lives as they are told, event by event, in the order of their times.
#[derive(Clone, Default, Debug)]
pub struct Lives {
    /// All, in the order in which they began.
    pub all: Vec<Life>,
    /// Resets that no socket sent, with own address, the other's and the kernel's reason.
    pub resets: Vec<(Timestamp, SocketAddr, SocketAddr, String)>,
    /// Packets that listeners threw away, with the listener's address and the kernel's reason.
    pub drops: Vec<(Timestamp, SocketAddr, String)>,
    open: BTreeMap<SocketId, usize>,
    listening: BTreeMap<SocketAddr, Owner>,
    listeners: BTreeMap<SocketId, SocketAddr>,
}

impl Lives {
    /// Says whose a listener is that listened before anything was heard.
    pub fn listens(&mut self, at: SocketAddr, owner: Owner) {
        self.listening.insert(at, owner);
    }

    /// Whose the listener at this address is.
    fn listener(&self, at: SocketAddr) -> Option<Owner> {
        let everywhere = |ip: IpAddr| SocketAddr::new(ip, at.port());
        let places = [at, everywhere(Ipv4Addr::UNSPECIFIED.into()), everywhere(Ipv6Addr::UNSPECIFIED.into())];
        places.iter().find_map(|place| self.listening.get(place)).cloned()
    }

    /// Takes the next event.
    pub fn take(&mut self, event: &KernelEvent) {
        if let What::Moved(from, to) = event.what {
            if to == KernelState::LISTEN || from == KernelState::LISTEN && to == KernelState::CLOSE {
                self.open.remove(&event.socket);
                self.listeners.insert(event.socket, event.own);
                if let (KernelState::LISTEN, Some(owner)) = (to, &event.owner) {
                    self.listening.insert(event.own, owner.clone());
                }
                return;
            }
            // The number of a socket is used again, so a life ends where the next begins.
            if matches!(from, KernelState::CLOSE | KernelState::LISTEN) {
                self.listeners.remove(&event.socket);
                let role = if from == KernelState::LISTEN { Role::Passive } else { Role::Active };
                let owner = if role == Role::Active { event.owner.clone() } else { self.listener(event.own) };
                self.open.insert(event.socket, self.all.len());
                self.all.push(Life::born(event.own, event.other, role, owner));
            }
        }
        let life = self.open.get(&event.socket).and_then(|at| self.all.get_mut(*at));
        match (life, &event.what) {
            (Some(life), what) => life.take(event, what),
            (None, What::SentReset(reason)) if self.resets.len() < MOST_STRAYS => {
                self.resets.push((event.at, event.own, event.other, reason.clone()));
            }
            (None, What::Dropped(reason)) if self.drops.len() < MOST_STRAYS => {
                if let Some(at) = self.listeners.get(&event.socket) {
                    self.drops.push((event.at, *at, reason.clone()));
                }
            }
            _ => {}
        }
        if self.all.len() > MOST {
            self.forget();
        }
    }

    /// Drops the older half of the lives that are over, and of what belongs to none; where too few are over, the oldest.
    fn forget(&mut self) {
        let half = self.all.len() / 2;
        let over = self.all.iter().take(half).filter(|life| life.is_over()).count();
        let surplus = if over < half / 2 { half } else { 0 };
        let mut at = 0;
        let mut stayed = 0;
        // Where each was, and where those that stay are now.
        let mut places = Vec::with_capacity(self.all.len());
        self.all.retain(|life| {
            at += 1;
            let stays = at > half || (at > surplus && !life.is_over());
            places.push(stays.then_some(stayed));
            stayed += usize::from(stays);
            stays
        });
        self.open.retain(|_, place| match places.get(*place).copied().flatten() {
            Some(now) => {
                *place = now;
                true
            }
            None => false,
        });
        self.resets.drain(..self.resets.len() / 2);
        self.drops.drain(..self.drops.len() / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Told, lives};
    use crate::tcp::state::State;
    use crate::timestamp::Timestamp;
    use crate::witness::event::{KernelEvent, SocketId, What};
    use crate::witness::kernel::KernelState;

    fn event(at: i64, socket: u64, port: u16, what: What) -> KernelEvent {
        let (own, other) = (([198, 51, 100, 1], port).into(), ([203, 0, 113, 1], 80).into());
        let at = Timestamp::from_ns(at);
        KernelEvent { at, socket: SocketId(socket), own, other, what, thread: 0, owner: None }
    }

    fn moved(at: i64, socket: u64, port: u16, from: u8, to: u8) -> KernelEvent {
        event(at, socket, port, What::Moved(KernelState(from), KernelState(to)))
    }

    fn states(events: &[KernelEvent]) -> Vec<Vec<State>> {
        lives(events).iter().map(|life| life.path().iter().map(|step| step.to).collect()).collect()
    }

    #[test]
    fn a_number_that_is_used_again_is_another_life() {
        let events = [moved(1, 9, 0, 7, 2), moved(2, 9, 4000, 2, 7), moved(3, 9, 0, 7, 2), moved(4, 9, 4001, 2, 1)];
        let lives = lives(&events);
        assert_eq!(lives.iter().map(|life| life.own.port()).collect::<Vec<_>>(), [4000, 4001]);
        assert_eq!(states(&events), [vec![State::SynSent, State::Closed], vec![State::SynSent, State::Established]]);
    }

    #[test]
    fn the_last_move_from_fin_wait_2_is_time_wait_unless_a_reset_made_it() {
        let quiet = [moved(0, 1, 1, 7, 2), moved(0, 1, 1, 2, 1), moved(0, 1, 1, 1, 4), moved(0, 1, 1, 4, 5)];
        let ending = |what: Option<What>| {
            let mut events = quiet.to_vec();
            events.push(moved(1_000_000_000, 1, 1, 5, 7));
            events.extend(what.map(|what| event(1_000_000_010, 1, 1, what)));
            lives(&events)[0].path().last().map(|step| (step.to, step.told))
        };
        assert_eq!(ending(None), Some((State::TimeWait, Told::AtOnce)));
        assert_eq!(ending(Some(What::GotReset)), Some((State::Closed, Told::AtOnce)));
        assert_eq!(ending(Some(What::SentReset("TCP_ABORT_ON_DATA".into()))), Some((State::Closed, Told::AtOnce)));
        assert_eq!(ending(Some(What::SentReset("NO_SOCKET".into()))), Some((State::TimeWait, Told::AtOnce)));
    }

    #[test]
    fn a_listener_is_no_life_and_its_child_is_passive() {
        let events = [moved(1, 5, 80, 7, 10), moved(2, 6, 80, 10, 3), moved(3, 6, 80, 3, 1), moved(4, 5, 80, 10, 7)];
        let lives = lives(&events);
        assert_eq!(lives.len(), 1);
        assert_eq!(lives[0].role, Role::Passive);
        assert_eq!(lives[0].path()[0].told, Told::Late);
    }

    #[test]
    fn staying_where_it_is_is_no_move() {
        let events = [moved(1, 5, 80, 7, 2), moved(2, 5, 80, 2, 1), moved(3, 5, 80, 1, 4), moved(4, 5, 80, 4, 4)];
        assert_eq!(states(&events), [vec![State::SynSent, State::Established, State::FinWait1]]);
    }
}
