//! The kernel's names for the states of TCP, and which state of RFC 9293 each is.

use crate::tcp::state::State;

/// A state as the kernel numbers it (include/net/tcp_states.h).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct KernelState(pub u8);

impl KernelState {
    /// No connection.
    pub const CLOSE: Self = Self(7);
    /// It listens.
    pub const LISTEN: Self = Self(10);
    /// It has closed and its FIN is acknowledged.
    pub const FIN_WAIT2: Self = Self(5);
    /// Both have closed at once.
    pub const CLOSING: Self = Self(11);

    /// The state of RFC 9293; a request that is not a socket yet is in SYN-RECEIVED. `None` for a number that no kernel uses.
    #[must_use]
    pub const fn state(self) -> Option<State> {
        Some(match self.0 {
            1 => State::Established,
            2 => State::SynSent,
            3 | 12 => State::SynReceived,
            4 => State::FinWait1,
            5 => State::FinWait2,
            6 => State::TimeWait,
            7 => State::Closed,
            8 => State::CloseWait,
            9 => State::LastAck,
            10 => State::Listen,
            11 => State::Closing,
            _ => return None,
        })
    }
}
