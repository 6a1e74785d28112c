//! How a close went: whose FIN came first and whether the FINs crossed, how often each was sent, and what the other sent
//! after having acknowledged it.
//!
//! Only rules and explanations read it.

use super::connection::Connection;
use super::endpoint::At;
use super::stream::Fin;
use crate::packet::FrameNo;
use crate::peer::Peer;

/// What followed a peer's FIN.
#[derive(Clone, Copy, Debug, Default)]
pub struct Close {
    /// How often the FIN was sent, copies made by the capture not counted.
    pub fins: u32,
    /// The last of them.
    pub last: Option<At>,
    /// Payload octets that the other sent after it had acknowledged the FIN; `None` until it has.
    pub octets_after: Option<u64>,
    /// The first octets that the other sent after that.
    pub first_after: Option<FrameNo>,
    /// The last octets that the other sent after that.
    pub last_after: Option<At>,
}

impl Close {
    /// The FIN was sent at `at`.
    pub fn sent(&mut self, at: At) {
        self.fins = self.fins.saturating_add(1);
        self.last = Some(at);
    }

    /// The other, which has acknowledged the FIN, sent so many new octets at `at`.
    pub fn other_sent(&mut self, at: At, octets: u32) {
        self.octets_after = Some(self.octets_after.unwrap_or(0) + u64::from(octets));
        if octets > 0 {
            self.first_after.get_or_insert(at.frame);
            self.last_after = Some(at);
        }
    }
}

/// Whether two FINs crossed on their way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crossing {
    /// They did: each was sent before the other arrived.
    Crossed,
    /// They did not, or there is one only.
    Apart,
}

/// The FINs of a connection, in the order in which they were sent as far as that shows.
#[derive(Clone, Copy, Debug)]
pub struct Fins {
    /// Who closed first, or, where they crossed, whose FIN was captured first.
    pub peer: Peer,
    /// Its FIN.
    pub first: Fin,
    /// The other's.
    pub second: Option<Fin>,
    /// Whether they crossed.
    pub crossing: Crossing,
}

impl Connection {
    /// The FINs; `None` if there is none. A FIN that acknowledges the other was sent after it, whichever was captured
    /// first; one that was acknowledged before the other side closed did not cross it, whatever the other's says.
    #[must_use]
    pub fn fins(&self) -> Option<Fins> {
        let alone = |peer, first| Fins { peer, first, second: None, crossing: Crossing::Apart };
        let (a, b) = match (self.streams.a.fin, self.streams.b.fin) {
            (None, None) => return None,
            (Some(fin), None) => return Some(alone(Peer::A, fin)),
            (None, Some(fin)) => return Some(alone(Peer::B, fin)),
            (Some(a), Some(b)) => (a, b),
        };
        let answers = |own: &Fin, other: &Fin| own.first_ack.is_some_and(|ack| other.end().is_at_or_before(ack));
        let (peer, first, second) =
            if answers(&a, &b) || b.frame < a.frame && !answers(&b, &a) { (Peer::B, b, a) } else { (Peer::A, a, b) };
        let heard = answers(&second, &first) || first.acked_by.is_some_and(|(acked, _)| acked <= second.frame);
        let crossing = if heard { Crossing::Apart } else { Crossing::Crossed };
        Some(Fins { peer, first, second: Some(second), crossing })
    }

    /// Payload octets that the other sent after it had acknowledged the FIN of `peer`; `None` if it has not.
    #[must_use]
    pub fn octets_after_fin(&self, peer: Peer) -> Option<u64> {
        self.facts[peer].close.as_ref()?.octets_after
    }
}
