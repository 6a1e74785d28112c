//! Why a packet could not be decoded: which layer, at which octet, what was wanted, what was found.

use std::fmt;

/// A packet that could not be decoded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Undecodable {
    /// The layer that failed, as a stable lower-case word: `link`, `ethernet`, `ipv4`, `ipv6`, `tcp`, `udp`, `fragment`, …
    pub layer: &'static str,
    /// Octet of the packet at which that layer starts or the fault lies.
    pub octet: usize,
    /// What had to be there.
    pub wanted: String,
    /// What was there.
    pub found: String,
}

impl Undecodable {
    /// A stable key for counting: the layer and, in few words, the fault (`tcp: cut short`, `fragment`, `link type 147`).
    #[must_use]
    pub fn reason(&self) -> String {
        self.layer.to_owned()
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: wanted {}, found {}", self.layer, self.octet, self.wanted, self.found)
    }
}

impl std::error::Error for Undecodable {}
