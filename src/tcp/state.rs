//! The eleven states of RFC 9293, Section 3.3.2, and sets of them.

use std::fmt;

/// A state of one endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum State {
    /// Waiting for a connection request from any remote peer.
    Listen,
    /// Waiting for the answer to a connection request it has sent.
    SynSent,
    /// Waiting for the acknowledgment of the request it has answered.
    SynReceived,
    /// Data flows.
    Established,
    /// It has closed and waits for the acknowledgment of its FIN, or for the other's FIN.
    FinWait1,
    /// Its FIN is acknowledged; it waits for the other's FIN.
    FinWait2,
    /// The other has closed; it has not.
    CloseWait,
    /// Both have closed at once; it waits for the acknowledgment of its FIN.
    Closing,
    /// It has closed after the other and waits for the acknowledgment of its FIN.
    LastAck,
    /// It waits until the other surely has the last acknowledgment and no old segment is left.
    TimeWait,
    /// No connection.
    Closed,
}

impl State {
    /// All, in the order of the RFC.
    pub const ALL: [Self; 11] = [
        Self::Listen,
        Self::SynSent,
        Self::SynReceived,
        Self::Established,
        Self::FinWait1,
        Self::FinWait2,
        Self::CloseWait,
        Self::Closing,
        Self::LastAck,
        Self::TimeWait,
        Self::Closed,
    ];

    /// The name as the RFC spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
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
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of states.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StateSet(u16);

impl StateSet {
    /// No state.
    pub const EMPTY: Self = Self(0);

    /// A set of the states listed.
    #[must_use]
    pub const fn of(states: &[State]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < states.len() {
            bits |= 1 << states[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// Whether `state` is in it.
    #[must_use]
    pub const fn contains(self, state: State) -> bool {
        self.0 & (1 << state as u16) != 0
    }

    /// Both sets' members.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set's members that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many members it has.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members, in the order of the RFC.
    pub fn iter(self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(move |state| self.contains(*state))
    }
}

impl fmt::Debug for StateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(State::name)).finish()
    }
}
