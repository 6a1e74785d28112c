//! The path of one endpoint through the states: a pure function of its facts, and the rows that record it.
//!
//! Rows are never the truth: after each segment the path is derived anew, and the rows follow. What the new path no
//! longer has is marked retracted by the frame that took it back.

use super::arc::Arc;
use super::endpoint::{At, Ended, Endpoint, Heard, Opening};
use super::state::State;
use crate::packet::FrameNo;
use crate::peer::Peer;
use smallvec::SmallVec;

/// Rows kept per connection; past it, the oldest retracted ones go first.
pub const MAX_ROWS: usize = 128;

/// Rows for which room is made once there is more than one.
const USUAL_ROWS: usize = 10;

/// How a row is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// The peer itself sent the segment that shows it.
    Sent,
    /// A later frame proves it.
    ProvedBy(FrameNo),
    /// The segment passed the tap; that it arrived is presumed.
    Presumed,
}

/// One move of one endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Where it shows.
    pub at: At,
    /// The state before; `None` for the first.
    pub from: Option<State>,
    /// The state after.
    pub to: State,
    /// Why.
    pub arc: Arc,
    /// How that is known.
    pub basis: Basis,
}

/// A step as recorded, with its later fate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Whose.
    pub peer: Peer,
    /// What.
    pub step: Step,
    /// The frame that took it back.
    pub retracted: Option<FrameNo>,
}

/// The steps of one endpoint, in order.
pub type Path = SmallVec<[Step; 8]>;

/// Whether a FIN was heard before or after its hearer sent what the same frame carries.
#[derive(Clone, Copy)]
enum Order {
    BeforeSending,
    AfterSending,
}

#[derive(Clone, Copy)]
enum Event {
    SentSyn,
    SentSynAck,
    HeardSyn,
    SynAcked,
    Midstream,
    FinAcked,
    HeardFin(Order),
    SentFin,
    SentReset,
    GotReset,
    Succeeded,
    ListenedAgain,
}

/// Events in their order: by turn, then by rank; an endpoint has eleven at most.
type Events = SmallVec<[(u64, At, Basis, Event); 12]>;

/// Puts an event behind those that come before it, and behind its equals.
fn put(events: &mut Events, at: At, basis: Basis, event: Event) {
    let key = (at.turn << 4) | u64::from(event.rank());
    let mut place = events.len();
    events.push((key, at, basis, event));
    while let Some(before) = place.checked_sub(1).filter(|before| events[*before].0 > key) {
        events.swap(before, place);
        place = before;
    }
}

impl Event {
    /// Which of two events in one frame comes first. RFC 9293 §3.10.7.4 processes the ACK before the FIN; a FIN
    /// that the segment itself proves heard came before everything that the segment does, one that it does not acknowledge
    /// after. A socket
    /// connected to itself sends before it receives.
    const fn rank(self) -> u8 {
        match self {
            Self::Midstream => 0,
            Self::SentSyn => 1,
            Self::SentSynAck => 2,
            Self::HeardSyn => 3,
            Self::SynAcked => 4,
            Self::HeardFin(Order::BeforeSending) => 5,
            Self::SentFin => 6,
            Self::FinAcked => 7,
            Self::HeardFin(Order::AfterSending) => 8,
            Self::SentReset | Self::GotReset | Self::Succeeded | Self::ListenedAgain => 9,
        }
    }
}

/// Derives the path that the facts of an endpoint make.
#[must_use]
pub fn path(endpoint: &Endpoint) -> Path {
    let mut events = Events::new();
    let mut push = |at: At, basis, event| put(&mut events, at, basis, event);
    let basis = |heard: Heard| heard.proof.map_or(Basis::Presumed, Basis::ProvedBy);
    match endpoint.opening {
        Opening::Unknown | Opening::ActiveUnseen => {}
        Opening::Active(at) => push(at, Basis::Sent, Event::SentSyn),
        Opening::Passive(at) => push(at, Basis::Sent, Event::SentSynAck),
        Opening::Simultaneous(syn, syn_ack) => {
            push(syn, Basis::Sent, Event::SentSyn);
            push(syn_ack, Basis::Sent, Event::SentSynAck);
        }
        Opening::Midstream(at) => {
            let sent = endpoint.spoke == super::endpoint::Spoke::Yes;
            push(at, if sent { Basis::Sent } else { Basis::Presumed }, Event::Midstream);
        }
    }
    if let Some((syn_ack, reset)) = endpoint.listened_again {
        push(syn_ack, Basis::Sent, Event::SentSynAck);
        push(reset, Basis::Presumed, Event::ListenedAgain);
    }
    for (heard, event) in [
        (endpoint.heard_syn, Event::HeardSyn),
        (endpoint.syn_acked, Event::SynAcked),
        (endpoint.fin_acked, Event::FinAcked),
    ] {
        if let Some(heard) = heard {
            push(heard.at, basis(heard), event);
        }
    }
    if let Some(heard) = endpoint.heard_fin.filter(|heard| !is_refused(*heard, endpoint)) {
        // A FIN cannot have been heard before the SYN was: what was captured earlier came, or was heard, later.
        let open = endpoint.syn_acked.map(|open| open.at).filter(|open| heard.at.turn < open.turn);
        let at_once = open.is_some() || heard.proof == Some(heard.at.frame);
        let order = if at_once { Order::BeforeSending } else { Order::AfterSending };
        push(open.unwrap_or(heard.at), basis(heard), Event::HeardFin(order));
    }
    if let Some(at) = endpoint.sent_fin {
        push(at, Basis::Sent, Event::SentFin);
    }
    match endpoint.ended {
        Some(Ended::SentReset(at)) => push(at, Basis::Sent, Event::SentReset),
        Some(Ended::GotReset(at)) => push(at, Basis::Presumed, Event::GotReset),
        Some(Ended::Succeeded(at)) => push(at, Basis::Sent, Event::Succeeded),
        None => {}
    }
    walk(endpoint, &events)
}

/// Whether an end that has closed answered at once what completed the other's FIN with a RST that does not acknowledge it. It has
/// then refused what came, the FIN with it: data after a close (RFC 9293, Section 3.6.1, SHLD-3), or a connection that it holds no
/// longer. Neither CLOSING nor TIME-WAIT answers so (Section 3.10.7.4).
fn is_refused(heard: Heard, endpoint: &Endpoint) -> bool {
    let at_once = |reset: At| reset.turn == heard.at.turn + 1;
    let closed_before = endpoint.sent_fin.is_some_and(|fin| fin.turn < heard.at.turn);
    closed_before && heard.proof.is_none() && matches!(endpoint.ended, Some(Ended::SentReset(at)) if at_once(at))
}

fn walk(endpoint: &Endpoint, events: &Events) -> Path {
    let mut path = Path::new();
    let mut state: Option<State> = None;
    // The SYN and its acknowledgment come in one SYN-ACK, except in a simultaneous open.
    let acked_at = endpoint.syn_acked.map(|heard| heard.at.frame);
    for (_, at, basis, event) in events {
        let Some((to, arc)) = next(state, *event, acked_at == Some(at.frame), endpoint) else { continue };
        if let (Some(State::FinWait2), Event::HeardFin(Order::AfterSending), Some(last)) =
            (state, event, path.last_mut())
            && last.at.frame == at.frame
        {
            // Figure 5, note 2: a FIN that acknowledges ours leads there at once.
            (last.to, last.arc) = (State::TimeWait, Arc::F24);
            last.basis = *basis;
            state = Some(State::TimeWait);
            continue;
        }
        if let (Event::SentFin | Event::HeardFin(_), Some(last)) = (event, path.last_mut())
            && last.at.frame == at.frame
            && last.arc == Arc::Midstream
        {
            last.to = to;
            state = Some(to);
            continue;
        }
        path.push(Step { at: *at, from: state, to, arc, basis: *basis });
        state = Some(to);
    }
    path
}

/// The whole machine on one page: where an event leads from a state, and by which arc.
fn next(state: Option<State>, event: Event, with_ack: bool, endpoint: &Endpoint) -> Option<(State, Arc)> {
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent, TimeWait,
    };
    Some(match (event, state) {
        (Event::SentSyn, None) => (SynSent, Arc::F2),
        (Event::SentSynAck, None | Some(Listen)) => (SynReceived, Arc::F13),
        (Event::ListenedAgain, Some(SynReceived)) => (Listen, Arc::F17),
        (Event::SentSynAck, Some(SynSent)) => (SynReceived, Arc::F15),
        (Event::HeardSyn, Some(SynSent)) if !with_ack => (SynReceived, Arc::F15),
        (Event::SynAcked, None | Some(SynSent)) => (Established, Arc::F14),
        (Event::SynAcked, Some(SynReceived)) => (Established, Arc::F16),
        (Event::Midstream, None) => (Established, Arc::Midstream),
        (Event::FinAcked, Some(FinWait1)) => (FinWait2, Arc::F22),
        (Event::FinAcked, Some(Closing)) => (TimeWait, Arc::F26),
        (Event::FinAcked, Some(LastAck)) => (Closed, Arc::F27),
        (Event::HeardFin(_), Some(Established)) => (CloseWait, Arc::F21),
        (Event::HeardFin(_), Some(SynReceived)) => (CloseWait, Arc::F20),
        (Event::HeardFin(_), Some(FinWait1)) => (Closing, Arc::F23),
        (Event::HeardFin(_), Some(FinWait2)) => (TimeWait, Arc::F25),
        (Event::SentFin, Some(Established)) => (FinWait1, Arc::F7),
        (Event::SentFin, Some(SynReceived)) => (FinWait1, Arc::F6),
        (Event::SentFin, Some(CloseWait)) => (LastAck, Arc::F8),
        (Event::SentReset, None) => (Closed, Arc::F33),
        (Event::SentReset, Some(SynSent)) => (Closed, Arc::F5),
        (Event::SentReset, Some(from)) if from != Closed => (Closed, Arc::F9),
        (Event::GotReset, Some(SynSent)) => (Closed, Arc::F19),
        (Event::GotReset, Some(SynReceived)) if endpoint.is_passive() => (Listen, Arc::F17),
        (Event::GotReset, Some(SynReceived)) => (Closed, Arc::F18),
        (Event::GotReset, Some(from)) if from != Closed => (Closed, Arc::F30),
        (Event::Succeeded, Some(from)) if from != Closed => (Closed, Arc::F29),
        _ => return None,
    })
}

/// What reconciling rows with a new path did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Index of the first row added.
    pub added_from: usize,
    /// How many were added.
    pub added: usize,
    /// How many were retracted.
    pub retracted: usize,
}

/// Makes the rows of `peer` tell `path`, retracting at `frame` what it no longer has.
pub fn reconcile(rows: &mut Vec<Row>, peer: Peer, path: &Path, frame: FrameNo) -> Changes {
    let mut kept = 0;
    let mut broken = false;
    let mut changes = Changes::default();
    for row in rows.iter_mut().filter(|row| row.peer == peer && row.retracted.is_none()) {
        if let Some(step) = path.get(kept).filter(|step| !broken && same_move(step, &row.step)) {
            row.step.basis = step.basis;
            kept += 1;
        } else {
            broken = true;
            row.retracted = Some(frame);
            changes.retracted += 1;
        }
    }
    let rest = path.get(kept..).unwrap_or_default();
    if rows.len() + rest.len() > MAX_ROWS {
        let mut surplus = rows.len() + rest.len() - MAX_ROWS;
        rows.retain(|row| {
            let drop = surplus > 0 && row.retracted.is_some();
            surplus -= usize::from(drop);
            !drop
        });
    }
    changes.added_from = rows.len();
    changes.added = rest.len();
    if rows.capacity() < rows.len() + rest.len() {
        // A SYN alone has one row; a connection that opens and closes has eight to ten.
        rows.reserve_exact(if rows.is_empty() { rest.len() } else { USUAL_ROWS.max(rest.len()) });
    }
    rows.extend(rest.iter().map(|step| Row { peer, step: *step, retracted: None }));
    changes
}

fn same_move(one: &Step, other: &Step) -> bool {
    (one.at.frame, one.from, one.to, one.arc) == (other.at.frame, other.from, other.to, other.arc)
}
