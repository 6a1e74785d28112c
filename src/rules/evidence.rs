//! What a capture shows of itself, which may excuse what else would be a breach. Rules and guards read it; the analysis
//! keeps it.

/// What this capture has shown of itself so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Packets that it says it lost.
    pub lost: u64,
    /// Segments damaged in transit that it holds.
    pub damaged: u64,
    /// Packets whose stamp lies well before an earlier one's.
    pub stepped: u64,
    /// Packets without a stamp of their own.
    pub unstamped: u64,
}

impl Evidence {
    /// Whether spans between stamps are spans of time.
    #[must_use]
    pub const fn tells_time(&self) -> bool {
        self.stepped == 0 && self.unstamped == 0
    }
}
