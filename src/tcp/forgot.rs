//! Whether a bound on what is kept of one connection was met, so that something which may speak against a breach is gone.
//!
//! Set where things are forgotten; the judge reads it. What is only counted further, or could not excuse anybody, does not
//! count here. Nothing here judges.

use super::connection::Connection;
use crate::peer::Peer;

/// Whether something was forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Forgot {
    /// Everything is kept.
    #[default]
    Nothing,
    /// A SYN with its number or options, which octets were refused, or which of many tunnels the segments came in.
    Something,
}

impl Connection {
    /// Whether something was forgotten that may speak against a breach.
    #[must_use]
    pub fn has_forgotten(&self) -> bool {
        let of_peer = |peer: Peer| {
            self.facts[peer].offers.forgot == Forgot::Something
                || self.doubts[peer].as_ref().is_some_and(|doubts| doubts.forgot == Forgot::Something)
        };
        self.forgot == Forgot::Something || Peer::BOTH.into_iter().any(of_peer)
    }
}
