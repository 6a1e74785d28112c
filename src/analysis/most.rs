//! How much an analysis keeps at most, as figures that all stages share.
//!
//! Nothing on the wire says how much there may be, so without bounds a flood would take all memory. Who has to go when a
//! bound is met is decided where things are kept, not here.

/// Attempts without an answer that are kept whole; older ones shrink to a record of their SYN.
pub const MAX_WHOLE_ATTEMPTS: usize = 4_096;

/// Attempts in small records: some 400 octets each, so 100 MiB. A scan of a whole /14 network fits.
pub const MAX_ATTEMPTS: usize = 262_144;

/// Connections that are open, or at least not known to be over: up to 6 KiB each, 1 GiB in all, while a busy server has
/// some ten thousand. Up to a quarter more are kept until it is worth the time to look at all of them.
pub const MAX_OPEN: usize = 131_072;

/// Closed connections kept whole: about 1.5 KiB each.
pub const MAX_CLOSED: usize = 8_192;

/// Records of closed connections: at most 64 octets each, with their place in the queue.
pub const MAX_RECORDS: usize = 262_144;

/// UDP conversations held at once; past it, the one that has been quiet longest is final.
pub const MAX_CONVERSATIONS: usize = 100_000;

/// What whatever is kept takes at most, in octets, with its places in tables and queues and what an allocator wastes; measured
/// as the growth of the process over captures of many connections.
const OCTETS: Most = Most {
    whole_attempts: 8 * 1024,
    attempts: 400,
    // A quarter more are kept until it is worth the time to look at all of them.
    open: 10 * 1024,
    closed: 12 * 1024,
    records: 256,
    conversations: 512,
    waiting_octets: 2,
};

/// What a process takes besides, in octets: the program, tables of fixed size, packets and results under way.
const BESIDES: u64 = 48 << 20;

/// The least memory that can be kept to, in octets.
pub const LEAST_MEMORY: u64 = 64 << 20;

/// How many may be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Most {
    /// [`MAX_WHOLE_ATTEMPTS`].
    pub whole_attempts: usize,
    /// [`MAX_ATTEMPTS`].
    pub attempts: usize,
    /// [`MAX_OPEN`].
    pub open: usize,
    /// [`MAX_CLOSED`].
    pub closed: usize,
    /// [`MAX_RECORDS`].
    pub records: usize,
    /// [`MAX_CONVERSATIONS`].
    pub conversations: usize,
    /// [`MAX_OCTETS`](super::order::MAX_OCTETS).
    pub waiting_octets: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self {
            whole_attempts: MAX_WHOLE_ATTEMPTS,
            attempts: MAX_ATTEMPTS,
            open: MAX_OPEN,
            closed: MAX_CLOSED,
            records: MAX_RECORDS,
            conversations: MAX_CONVERSATIONS,
            waiting_octets: super::order::MAX_OCTETS,
        }
    }
}

impl Most {
    /// Nothing.
    pub const NOTHING: Self =
        Self { whole_attempts: 0, attempts: 0, open: 0, closed: 0, records: 0, conversations: 0, waiting_octets: 0 };

    /// So many that the process takes no more than `octets`, all in the same proportion; `octets` below [`LEAST_MEMORY`] are
    /// taken for that.
    #[must_use]
    pub fn in_memory(octets: u64) -> Self {
        let usual = Self::default();
        let [have, whole] = [octets.max(LEAST_MEMORY) - BESIDES, usual.octets()].map(u128::from);
        let part = |usual: usize| usize::try_from(usual as u128 * have / whole.max(1)).unwrap_or(usize::MAX).max(16);
        Self {
            whole_attempts: part(usual.whole_attempts),
            attempts: part(usual.attempts),
            open: part(usual.open),
            closed: part(usual.closed),
            records: part(usual.records),
            conversations: part(usual.conversations),
            waiting_octets: part(usual.waiting_octets),
        }
    }

    /// The memory that the process takes at most with these bounds, in octets.
    #[must_use]
    pub fn memory(self) -> u64 {
        self.octets().saturating_add(BESIDES)
    }

    fn octets(self) -> u64 {
        let each = [
            (self.whole_attempts, OCTETS.whole_attempts),
            (self.attempts, OCTETS.attempts),
            (self.open, OCTETS.open),
            (self.closed, OCTETS.closed),
            (self.records, OCTETS.records),
            (self.conversations, OCTETS.conversations),
            (self.waiting_octets, OCTETS.waiting_octets),
        ];
        each.into_iter().fold(0_u64, |sum, (count, octets)| sum.saturating_add(count as u64 * octets as u64))
    }

    /// What each of so many that share it may keep; at least one of everything.
    #[must_use]
    pub fn shared(self, among: usize) -> Self {
        let each = |whole: usize| (whole / among.max(1)).max(1);
        Self {
            whole_attempts: each(self.whole_attempts),
            attempts: each(self.attempts),
            open: each(self.open),
            closed: each(self.closed),
            records: each(self.records),
            conversations: each(self.conversations),
            waiting_octets: each(self.waiting_octets),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_MEMORY, Most};

    #[test]
    fn bounds_for_a_memory_take_no_more_and_hardly_less() {
        for octets in [LEAST_MEMORY, 200 << 20, 3 << 30] {
            let memory = Most::in_memory(octets).memory();
            assert!(memory <= octets && memory > octets / 100 * 98, "{memory} of {octets}");
        }
        assert_eq!(Most::in_memory(0), Most::in_memory(LEAST_MEMORY));
        assert_eq!(Most::in_memory(Most::default().memory()), Most::default());
    }
}
