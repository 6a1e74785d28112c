//! `--threads`, and a capture judged by several: only what is final is told.

use super::memory::MemoryArgs;
use clap::Args;
use std::io;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use synfin::analysis::event::Sink;
use synfin::analysis::shards::{LANES, Sharded};
use synfin::analysis::totals::Totals;
use synfin::capture::{Source, SourceError};
use synfin::wire::Depth;

/// Packets between two looks at the source's drop counters.
const LOOK_EVERY: u64 = 1_024;

/// How many threads judge.
#[derive(Args, Clone, Copy, Default, Debug)]
pub struct ThreadsArgs {
    /// Threads that judge; as many as there are processors if not given, and never more than 16. What is printed does not
    /// depend on it
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl ThreadsArgs {
    /// How many.
    pub fn threads(self) -> NonZeroUsize {
        let all = || available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads.unwrap_or_else(all).min(NonZeroUsize::new(LANES).unwrap_or(NonZeroUsize::MIN))
    }
}

/// Takes a source to its end, and says what damage ended it early.
///
/// # Errors
///
/// What the sink met.
pub fn judge(
    mut source: impl Source,
    mut judges: Sharded,
    sink: &mut dyn Sink,
) -> io::Result<(Totals, Option<SourceError>)> {
    let mut until_look = LOOK_EVERY;
    let damage = loop {
        match source.next_packet() {
            Ok(Some(packet)) => judges.observe(&packet, sink)?,
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        // Whoever waits for the next packet waits for nothing else.
        if !source.is_at_hand() {
            judges.flush(sink)?;
        }
        until_look -= 1;
        if until_look == 0 {
            until_look = LOOK_EVERY;
            judges.note_losses(source.losses(), sink)?;
        }
    };
    judges.note_losses(source.losses(), sink)?;
    let mut totals = judges.finish(sink)?;
    totals.bounds.note_reading(source.bounds());
    Ok((totals, damage))
}

/// Judges that have seen nothing.
pub fn judges(depth: Depth, memory: MemoryArgs, threads: ThreadsArgs) -> Sharded {
    Sharded::new(depth, memory.most(), threads.threads())
}
