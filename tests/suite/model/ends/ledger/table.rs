//! The ledger's states: which one an event leads to from which, as one table (RFC 9293, Figure 5 with its notes, and the text
//! of Section 3.10). What a state does with a segment is not here.

use super::super::super::endpoint::State::{self, *};
use Event::*;

/// What changes a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// OPEN, active.
    Opens,
    /// A SYN without an acknowledgment has come.
    SynCame,
    /// Our SYN is acknowledged, and the other's is here.
    SynAcked,
    /// CLOSE, when it is its turn.
    Closes,
    /// Our FIN goes out.
    FinLeaves,
    /// The other's FIN is next in order.
    FinCame,
    /// Our FIN is acknowledged.
    FinAcked,
    /// A RST was obeyed, the user has called ABORT, or the timers have given up.
    Ends,
    /// Two MSL have passed.
    Rested,
}

const TABLE: &[(State, Event, State)] = &[
    (Closed, Opens, SynSent),
    (Listen, SynCame, SynReceived),
    (SynSent, SynCame, SynReceived),
    (SynSent, SynAcked, Established),
    (SynSent, Closes, Closed),
    (Listen, Closes, Closed),
    (SynReceived, SynAcked, Established),
    (SynReceived, FinLeaves, FinWait1),
    (Established, Closes, FinWait1),
    (Established, FinCame, CloseWait),
    (CloseWait, FinLeaves, LastAck),
    (FinWait1, FinAcked, FinWait2),
    (FinWait1, FinCame, Closing),
    (FinWait2, FinCame, TimeWait),
    (Closing, FinAcked, TimeWait),
    (LastAck, FinAcked, Closed),
    (TimeWait, Rested, Closed),
];

/// The state after `event`: the same one, if it means nothing there.
pub(super) fn next(state: State, event: Event) -> State {
    if event == Ends {
        return Closed;
    }
    TABLE.iter().find(|(from, by, _)| (*from, *by) == (state, event)).map_or(state, |(.., to)| *to)
}
