//! What the wire allows of one endpoint's state: the set of possible ones, those that something silent could have made
//! of it, the likely one, and whether it is proven.
//!
//! A pure function of the two directions' facts; the conditions are those that a tap can check, in the order of the
//! table below (u is the endpoint's own FIN, w the other's):
//!
//! | own FIN | other's FIN captured | own acknowledges w | first FIN acknowledged w | u acknowledged | possible |
//! |---|---|---|---|---|---|
//! | – | – | – | – | – | ESTABLISHED, or the state of the handshake |
//! | – | yes | no / yes | – | – | ESTABLISHED, CLOSE-WAIT / CLOSE-WAIT |
//! | sent | any | – | yes | no / yes | LAST-ACK / LAST-ACK, CLOSED |
//! | sent | no | – | no | no / yes | FIN-WAIT-1 / FIN-WAIT-1, FIN-WAIT-2 |
//! | sent | yes | yes | no | no / yes | CLOSING / CLOSING, TIME-WAIT |
//! | sent | yes | no | no | no / yes | FIN-WAIT-1, CLOSING / those, FIN-WAIT-2, TIME-WAIT |

use super::connection::Connection;
use super::endpoint::{Ended, Opening, Spoke};
use super::state::{State, StateSet};
use super::stream::Hidden;
use crate::peer::Peer;
use crate::timestamp::{Elapsed, Timestamp};

/// 2 MSL, at the 2 minutes of RFC 9293, Section 3.4.2. Linux waits 60 s.
pub const TWO_MSL: Elapsed = Elapsed::from_secs(240);

/// What is believed of one endpoint's state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Belief {
    /// The headline: the latest state evidenced by what was sent.
    pub likely: State,
    /// What the segments allow, if nothing invisible has happened since.
    pub possible: StateSet,
    /// What a CLOSE, an ABORT or a timer that has shown no segment yet could have made of it.
    pub silent: StateSet,
}

impl Belief {
    /// Whether `possible` has one member.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        self.possible.len() == 1
    }
}

use State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent, TimeWait,
};

/// What is believed of `peer` at `now`, the stamp of the latest frame of the capture.
#[must_use]
pub fn belief(connection: &Connection, peer: Peer, now: Timestamp) -> Belief {
    let likely = connection.likely(peer).unwrap_or_else(|| unspoken(connection, peer));
    let possible = possible(connection, peer).union(StateSet::of(&[likely]));
    Belief { likely, possible, silent: silent(connection, peer, possible, now).without(possible) }
}

/// The state of a peer that has shown nothing: a SYN to it expects a listener.
fn unspoken(connection: &Connection, peer: Peer) -> State {
    if connection.endpoints[connection.other(peer)].is_active() { Listen } else { Closed }
}

fn possible(connection: &Connection, peer: Peer) -> StateSet {
    let endpoint = &connection.endpoints[peer];
    let mut set = match endpoint.ended {
        Some(Ended::SentReset(_) | Ended::Succeeded(_)) => return StateSet::of(&[Closed]),
        Some(Ended::GotReset(_)) => StateSet::of(if endpoint.is_passive() && !endpoint.is_proven_open() {
            &[Closed, Listen]
        } else {
            &[Closed]
        }),
        // A hard ICMP error before it was synchronized (RFC 9293, Section 3.9.2.2, SHLD-26).
        None if connection.may_have_closed_upon_error(peer) => StateSet::of(&[Closed]),
        None => StateSet::EMPTY,
    };
    if endpoint.spoke == Spoke::No {
        return set.union(not_spoken(connection, peer));
    }
    set = set.union(if endpoint.sent_fin.is_some() {
        after_own_fin(connection, peer)
    } else {
        before_own_fin(connection, peer)
    });
    set
}

/// Everything that an endpoint in an open connection can be in.
const SYNCHRONIZED: StateSet =
    StateSet::of(&[Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait, Closed]);
/// The states in which its own FIN is out.
const OWN_FIN_OUT: StateSet = StateSet::of(&[FinWait1, FinWait2, Closing, LastAck, TimeWait, Closed]);
/// The states in which it has heard the other's FIN.
const HEARD_FIN: StateSet = StateSet::of(&[CloseWait, Closing, LastAck, TimeWait, Closed]);

fn not_spoken(connection: &Connection, peer: Peer) -> StateSet {
    let other = &connection.endpoints[connection.other(peer)];
    match connection.endpoints[peer].opening {
        // All that was captured of both is damaged or of no account: a SYN of its own may be among that.
        Opening::Unknown if other.opening == Opening::Unknown && other.spoke == Spoke::No => {
            SYNCHRONIZED.union(StateSet::of(&[Listen, SynSent, SynReceived]))
        }
        Opening::Unknown => StateSet::of(&[Listen, SynReceived, Closed]),
        _ => SYNCHRONIZED.union(StateSet::of(&[SynReceived])),
    }
}

/// Whether the other may have sent a FIN that was not captured.
fn hidden_fin(connection: &Connection, peer: Peer) -> bool {
    let (own, other) = (&connection.streams[peer], &connection.streams[connection.other(peer)]);
    if other.fin.is_some() {
        return false;
    }
    let acknowledged_more = match (own.acked, other.nxt) {
        (Some(acked), Some(nxt)) => nxt.is_before(acked),
        (Some(_), None) => true,
        (None, _) => false,
    };
    acknowledged_more || other.may_hide_fin == Hidden::Maybe
}

fn before_own_fin(connection: &Connection, peer: Peer) -> StateSet {
    let other_peer = connection.other(peer);
    let (endpoint, own, other) =
        (&connection.endpoints[peer], &connection.streams[peer], &connection.streams[other_peer]);
    // Whether an acknowledgment of its SYN ever passed the tap; it may arrive late.
    let own_syn_acked = other.acked.is_some_and(|ack| own.iss.is_some_and(|iss| iss.is_before(ack)));
    let mut set = match endpoint.opening {
        Opening::Midstream(_) => {
            let mut set = SYNCHRONIZED.without(StateSet::of(&[Closed])).union(StateSet::of(&[SynReceived]));
            if own.octets > 0 {
                set = set.without(OWN_FIN_OUT).without(StateSet::of(&[SynReceived]));
            }
            if other.octets > 0 || other.fin.is_some() {
                let heard = StateSet::of(&[CloseWait, Closing, LastAck, TimeWait]);
                set = if other.fin.is_some() { set } else { set.without(heard) };
            }
            set
        }
        _ if endpoint.is_proven_open() => StateSet::of(&[Established]),
        Opening::Active(_) => {
            // The other's bare SYN may have arrived by now, whichever of the two was captured first.
            let crossed = connection.candidates.iter().any(|syn| syn.from == other_peer);
            let answered = other.syn_acked.is_some_and(|ack| own.iss.is_some_and(|iss| iss.is_before(ack)));
            let mut set = StateSet::of(if crossed { &[SynSent, SynReceived] } else { &[SynSent] });
            if endpoint.syn_acked.is_some() || answered || crossed && own_syn_acked {
                set = set.union(StateSet::of(&[Established]));
            } else if !crossed {
                return set;
            }
            set
        }
        Opening::Passive(_) | Opening::Simultaneous(..) if endpoint.syn_acked.is_some() || own_syn_acked => {
            StateSet::of(&[SynReceived, Established])
        }
        Opening::Passive(_) | Opening::Simultaneous(..) => return StateSet::of(&[SynReceived]),
        Opening::ActiveUnseen => StateSet::of(&[SynSent, Established]),
        Opening::Unknown => StateSet::of(&[Closed]),
    };
    if let Some(fin) = other.fin {
        let acknowledged = own.acked.is_some_and(|acked| fin.end().is_at_or_before(acked));
        if acknowledged {
            set = set.without(StateSet::of(&[Established, SynSent, SynReceived, FinWait1, FinWait2]));
        }
        set = set.union(StateSet::of(&[CloseWait]));
    } else if hidden_fin(connection, peer) {
        set = set.union(StateSet::of(&[CloseWait]));
    }
    if own.may_hide_fin == Hidden::Maybe {
        let out = OWN_FIN_OUT.without(StateSet::of(&[Closed]));
        set = set.union(if other.fin.is_some() { out } else { out.without(HEARD_FIN) });
    }
    set
}

fn after_own_fin(connection: &Connection, peer: Peer) -> StateSet {
    let other_peer = connection.other(peer);
    let (endpoint, own, other) =
        (&connection.endpoints[peer], &connection.streams[peer], &connection.streams[other_peer]);
    let Some(own_fin) = own.fin else { return SYNCHRONIZED };
    let one_way = connection.endpoints[other_peer].spoke == Spoke::No;
    let acknowledged = one_way || other.acked.is_some_and(|acked| own_fin.end().is_at_or_before(acked));
    let either = |without: &[State], with: &[State]| StateSet::of(if acknowledged { with } else { without });
    let Some(other_fin) = other.fin else {
        let mut set = either(&[FinWait1], &[FinWait1, FinWait2]);
        let early = matches!(endpoint.opening, Opening::Midstream(_)) && other.octets == 0;
        if early || hidden_fin(connection, peer) {
            set = set.union(either(&[Closing, LastAck], &[Closing, TimeWait, LastAck, Closed]));
        }
        return set;
    };
    let covers = |ack: Option<crate::seq::Seq>| ack.is_some_and(|ack| other_fin.end().is_at_or_before(ack));
    if covers(own_fin.first_ack) {
        return either(&[LastAck], &[LastAck, Closed]);
    }
    // Every captured copy of the other's FIN acknowledged ours: hearing it means hearing that.
    let implied = other_fin.lowest_ack.is_some_and(|ack| own_fin.end().is_at_or_before(ack));
    match (covers(own.acked), implied) {
        (true, true) => StateSet::of(&[TimeWait]),
        (true, false) => either(&[Closing], &[Closing, TimeWait]),
        (false, true) => StateSet::of(&[FinWait1, FinWait2, TimeWait]),
        (false, false) => either(&[FinWait1, Closing], &[FinWait1, FinWait2, Closing, TimeWait]),
    }
}

fn silent(connection: &Connection, peer: Peer, possible: StateSet, now: Timestamp) -> StateSet {
    let mut set = closed_first(connection, peer, possible);
    for state in possible.iter() {
        set = set.union(StateSet::of(match state {
            SynReceived => &[FinWait1, Listen, Closed],
            Established => &[FinWait1, Closed],
            CloseWait => &[LastAck, Closing, Closed],
            Listen | SynSent | FinWait1 | FinWait2 | Closing | LastAck => &[Closed],
            TimeWait | Closed => &[],
        }));
    }
    if possible.contains(TimeWait) && now.since(connection.last_at) >= TWO_MSL {
        set = set.union(StateSet::of(&[Closed]));
    }
    set
}

/// What follows if `peer` had closed before it received the other's FIN, whatever the captured copies of its own acknowledge:
/// that makes it FIN-WAIT-1 (RFC 9293, Section 3.10.4) though its FIN waits behind data, or is lost before the tap.
fn closed_first(connection: &Connection, peer: Peer, possible: StateSet) -> StateSet {
    let (own, other) = (&connection.streams[peer], &connection.streams[connection.other(peer)]);
    let Some(other_fin) = other.fin else { return StateSet::EMPTY };
    let covers = |ack: Option<crate::seq::Seq>| ack.is_some_and(|ack| other_fin.end().is_at_or_before(ack));
    match own.fin {
        // It has sent nothing that a FIN could wait behind, and acknowledged the other's FIN from the number that its own
        // took later.
        Some(fin) if own.iss.is_some_and(|iss| iss + 1 == fin.seq) && covers(fin.acked_before) => StateSet::EMPTY,
        Some(_) if possible.contains(LastAck) && possible.contains(Closed) => StateSet::of(&[Closing, TimeWait]),
        Some(_) if possible.contains(LastAck) => StateSet::of(&[Closing]),
        None if possible.contains(Established) => StateSet::of(&[Closing]),
        _ => StateSet::EMPTY,
    }
}
