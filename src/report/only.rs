//! `--only`: which connections get a row or an object. Decided by facts that are there already, before anything is written down
//! of one: of those left out there is no view, no explanation and no text.
//!
//! Nothing is judged otherwise: a connection is followed and counted in full whatever is shown of it. The command line uses this.

use super::outcome_close;
use crate::analysis::event::Ended;

/// Which connections are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Only {
    /// Those of whose opening the capture holds something: a SYN or a SYN-ACK, answered or not.
    Handshakes,
    /// Those of whose close the capture holds something: a FIN, or the RST that ended it.
    Closes,
    /// Those that broke a rule; not those where a rule is only undecided, or noted something.
    Findings,
}

impl Only {
    /// Whether a connection that is final is shown.
    #[must_use]
    pub fn shows(self, ended: &Ended<'_>) -> bool {
        let it = ended.connection;
        match self {
            Self::Handshakes => !it.candidates.is_empty() || it.handshake.iter().take(2).any(Option::is_some),
            Self::Closes => outcome_close::is_captured(it),
            Self::Findings => ended.record.worst().is_some(),
        }
    }
}
