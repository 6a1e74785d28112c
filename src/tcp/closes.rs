//! How a peer's close went on: how often it sent its FIN, and what the other sent after having acknowledged it.
//!
//! Kept from a peer's FIN on. Only rules and explanations read it.

use super::endpoint::At;
use crate::packet::FrameNo;

/// What followed a peer's FIN.
#[derive(Clone, Copy, Debug, Default)]
pub struct Close {
    /// How often the FIN was sent, copies made by the capture not counted.
    pub fins: u32,
    /// The last of them.
    pub last: Option<At>,
    /// Payload octets that the other had sent before it acknowledged the FIN; `None` until it has.
    pub octets_before: Option<u64>,
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

    /// The other sent new octets at `at`.
    pub fn other_sent(&mut self, at: At) {
        self.first_after.get_or_insert(at.frame);
        self.last_after = Some(at);
    }
}
