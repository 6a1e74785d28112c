//! The arcs between states: Figure 5 of RFC 9293, its notes, and the arcs that only its text has.

/// Why a state changed. The number is stable and printed; the words are the report's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arc {
    /// CLOSED → SYN-SENT by an active OPEN (Figure 5).
    F2,
    /// SYN-SENT → CLOSED by CLOSE or a time-out: a later RST answers the SYN-ACK (§3.10.4).
    F5,
    /// SYN-RECEIVED → FIN-WAIT-1 by CLOSE (Figure 5).
    F6,
    /// ESTABLISHED → FIN-WAIT-1 by CLOSE (Figure 5).
    F7,
    /// CLOSE-WAIT → LAST-ACK by CLOSE (Figure 5).
    F8,
    /// Any synchronized state → CLOSED by ABORT, or by the RST that answers a stray segment (§3.10.5, §3.10.7.1).
    F9,
    /// LISTEN → SYN-RECEIVED on a SYN (Figure 5).
    F13,
    /// SYN-SENT → ESTABLISHED on a SYN-ACK (Figure 5).
    F14,
    /// SYN-SENT → SYN-RECEIVED on a SYN: simultaneous open (Figure 5).
    F15,
    /// SYN-RECEIVED → ESTABLISHED on the acknowledgment of its SYN (Figure 5).
    F16,
    /// SYN-RECEIVED → LISTEN on a RST, after a passive OPEN (Figure 5, note 1).
    F17,
    /// SYN-RECEIVED → CLOSED on a RST, after an active OPEN (§3.10.7.4).
    F18,
    /// SYN-SENT → CLOSED on a RST with an acceptable ACK (§3.10.7.3).
    F19,
    /// SYN-RECEIVED → CLOSE-WAIT on a FIN (§3.10.7.4, eighth).
    F20,
    /// ESTABLISHED → CLOSE-WAIT on a FIN (Figure 5).
    F21,
    /// FIN-WAIT-1 → FIN-WAIT-2 on the acknowledgment of its FIN (Figure 5).
    F22,
    /// FIN-WAIT-1 → CLOSING on a FIN (Figure 5).
    F23,
    /// FIN-WAIT-1 → TIME-WAIT on a FIN that acknowledges its own (Figure 5, note 2).
    F24,
    /// FIN-WAIT-2 → TIME-WAIT on a FIN (Figure 5).
    F25,
    /// CLOSING → TIME-WAIT on the acknowledgment of its FIN (Figure 5).
    F26,
    /// LAST-ACK → CLOSED on the acknowledgment of its FIN (Figure 5).
    F27,
    /// TIME-WAIT, or whatever was left, gives way to a new incarnation (§3.6.1, RFC 6191).
    F29,
    /// A synchronized state → CLOSED on a RST (§3.10.7.4, second).
    F30,
    /// CLOSED or LISTEN answers with a RST and stays (§3.10.7.1, §3.10.7.2).
    F33,
    /// The capture begins inside the connection: what the first segment shows.
    Midstream,
}

impl Arc {
    /// `F14`; `midstream` where the capture begins inside the connection.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::F2 => "F2",
            Self::F5 => "F5",
            Self::F6 => "F6",
            Self::F7 => "F7",
            Self::F8 => "F8",
            Self::F9 => "F9",
            Self::F13 => "F13",
            Self::F14 => "F14",
            Self::F15 => "F15",
            Self::F16 => "F16",
            Self::F17 => "F17",
            Self::F18 => "F18",
            Self::F19 => "F19",
            Self::F20 => "F20",
            Self::F21 => "F21",
            Self::F22 => "F22",
            Self::F23 => "F23",
            Self::F24 => "F24",
            Self::F25 => "F25",
            Self::F26 => "F26",
            Self::F27 => "F27",
            Self::F29 => "F29",
            Self::F30 => "F30",
            Self::F33 => "F33",
            Self::Midstream => "midstream",
        }
    }
}
