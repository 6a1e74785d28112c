//! What one endpoint is believed to have done and heard: the facts from which its path of states follows.
//!
//! A reception is presumed when the segment passed the tap; later segments prove it or take it back.

use crate::packet::FrameNo;
use crate::timestamp::Timestamp;

/// A place in the capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At {
    /// The frame.
    pub frame: FrameNo,
    /// When it was captured.
    pub time: Timestamp,
    /// How many segments of its connection were taken in before it: the order of the wire, where the capture's own is
    /// impossible.
    pub turn: u64,
}

/// Something that an endpoint is believed to have received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heard {
    /// The frame that brought it past the tap.
    pub at: At,
    /// The frame that proves the reception, if one has come.
    pub proof: Option<FrameNo>,
}

impl Heard {
    /// Presumed from the frame at `at`.
    #[must_use]
    pub const fn presumed(at: At) -> Self {
        Self { at, proof: None }
    }

    /// Proven by the frame at `at`, which is also the first to show it.
    #[must_use]
    pub const fn proven(at: At) -> Self {
        Self { at, proof: Some(at.frame) }
    }
}

/// How an endpoint came into the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Opening {
    /// It has shown nothing, and nothing that needs an open connection was sent to it.
    #[default]
    Unknown,
    /// It sent a SYN.
    Active(At),
    /// A SYN-ACK was sent to it, so it sent a SYN; that SYN was not captured.
    ActiveUnseen,
    /// It answered a SYN by a SYN-ACK.
    Passive(At),
    /// It sent a SYN, then a SYN-ACK: simultaneous open. The places of both.
    Simultaneous(At, At),
    /// The capture begins inside the connection, at the frame that first shows or needs it open.
    Midstream(At),
}

/// Why an endpoint has no connection any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It sent a RST there.
    SentReset(At),
    /// A RST that it must obey passed there.
    GotReset(At),
    /// A new incarnation of the same 4-tuple was confirmed there.
    Succeeded(At),
}

/// One endpoint's facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Endpoint {
    /// How it came in.
    pub opening: Opening,
    /// It received the other's SYN.
    pub heard_syn: Option<Heard>,
    /// It received an acknowledgment of its own SYN.
    pub syn_acked: Option<Heard>,
    /// It sent a FIN there.
    pub sent_fin: Option<At>,
    /// It received an acknowledgment of its FIN.
    pub fin_acked: Option<Heard>,
    /// It received the other's FIN, all before it included.
    pub heard_fin: Option<Heard>,
    /// It has no connection any more.
    pub ended: Option<Ended>,
    /// It answered another SYN of the attempt there, and was reset there: back to LISTEN.
    pub listened_again: Option<(At, At)>,
    /// It has sent a segment of its own that counted.
    pub spoke: Spoke,
}

/// Whether an endpoint has sent anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Spoke {
    /// Nothing that counted.
    #[default]
    No,
    /// A SYN, SYN-ACK or RST at most.
    Opening,
    /// A segment of an open connection.
    Yes,
}

impl Endpoint {
    /// Whether it opened by a SYN of its own and has not yet heard the other's.
    #[must_use]
    pub const fn is_syn_sent(&self) -> bool {
        matches!(self.opening, Opening::Active(_)) && self.heard_syn.is_none()
    }

    /// Whether it sent a SYN, captured or not, other than to answer one.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self.opening, Opening::Active(_) | Opening::ActiveUnseen | Opening::Simultaneous(..))
    }

    /// Whether a bare SYN of it was captured.
    #[must_use]
    pub const fn sent_bare_syn(&self) -> bool {
        matches!(self.opening, Opening::Active(_) | Opening::Simultaneous(..))
    }

    /// Whether it answered a SYN without having sent one.
    #[must_use]
    pub const fn is_passive(&self) -> bool {
        matches!(self.opening, Opening::Passive(_))
    }

    /// Whether it has opened beyond doubt after a SYN of one side, and nothing of it has closed: segments that carry no SYN,
    /// FIN or RST change nothing about it any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let proven = |heard: Option<Heard>| heard.is_some_and(|heard| heard.proof.is_some());
        matches!(self.opening, Opening::Active(_) | Opening::Passive(_))
            && self.spoke == Spoke::Yes
            && proven(self.heard_syn)
            && proven(self.syn_acked)
            && self.heard_fin.is_none()
            && self.sent_fin.is_none()
            && self.fin_acked.is_none()
            && self.ended.is_none()
    }

    /// Whether it is past the handshake beyond doubt.
    #[must_use]
    pub fn is_proven_open(&self) -> bool {
        matches!(self.opening, Opening::Midstream(_)) || self.syn_acked.is_some_and(|heard| heard.proof.is_some())
    }
}
