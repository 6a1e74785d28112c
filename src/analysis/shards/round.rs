//! One block and all lanes: threads take lanes until none is left. Which thread takes which changes nothing.

use super::LANES;
use super::block::{Block, Sums};
use super::lane::{Lane, Shared};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// All lanes.
pub type Lanes = [Mutex<Lane>; LANES];

/// Takes a lane, also one whose thread has died: that is told when the threads are joined.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One block under way.
pub struct Round {
    pub block: Block,
    damaged: u64,
    next: AtomicUsize,
    left: Mutex<usize>,
    done: Condvar,
}

impl Round {
    /// A block that no lane has taken in.
    pub fn new(block: Block, damaged: u64) -> Self {
        Self { block, damaged, next: AtomicUsize::new(0), left: Mutex::new(LANES), done: Condvar::new() }
    }

    /// Takes lanes until none is left.
    pub fn work(&self, lanes: &Lanes) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(lane) = lanes.get(at) else { return };
            let _left = Left(self);
            // A keeper takes everything.
            let _never_fails = locked(lane).run(&self.block, at, self.damaged);
        }
    }

    /// Waits until all lanes are taken in.
    pub fn wait(&self) {
        let mut left = locked(&self.left);
        while *left > 0 {
            left = self.done.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A lane that is taken counts as done whatever becomes of its thread.
struct Left<'r>(&'r Round);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        let mut left = locked(&self.0.left);
        *left -= 1;
        if *left == 0 {
            self.0.done.notify_all();
        }
    }
}

/// Takes in a block one item after the other, whichever lane it is for: what a wrong checksum means depends on all.
///
/// # Errors
///
/// None: lanes keep what they are told.
pub fn one_by_one(block: &Block, lanes: &Lanes, shared: &mut Shared) -> io::Result<()> {
    let mut lanes: Vec<MutexGuard<'_, Lane>> = lanes.iter().map(locked).collect();
    for item in &block.items {
        make_up(block, item.turn, &mut lanes, shared)?;
        if let Some(lane) = lanes.get_mut(usize::from(item.lane)) {
            lane.take_sharing(block, item, shared)?;
        }
    }
    make_up(block, block.last_turn(), &mut lanes, shared)
}

/// Makes up for what was due in any lane, in the order in which it was.
fn make_up(block: &Block, upto: u64, lanes: &mut [MutexGuard<'_, Lane>], shared: &mut Shared) -> io::Result<()> {
    loop {
        let due = lanes.iter_mut().filter_map(|lane| Some((lane.next_due(block, upto)?, lane)));
        let Some((_, lane)) = due.min_by_key(|(tick, _)| *tick) else { return Ok(()) };
        lane.make_up(block, upto, shared)?;
    }
}

/// The capture has ended: what waits goes on, in the order in which it began to wait.
///
/// # Errors
///
/// None: lanes keep what they are told.
pub fn release_all(now: crate::timestamp::Timestamp, lanes: &Lanes, shared: &mut Shared) -> io::Result<()> {
    let mut lanes: Vec<MutexGuard<'_, Lane>> = lanes.iter().map(locked).collect();
    for sub in 0.. {
        let waiting = lanes.iter_mut().filter_map(|lane| Some((lane.last_waiting()?, lane)));
        let Some(((_, key), lane)) = waiting.min_by_key(|((turn, _), _)| *turn) else { break };
        lane.release_last(now, sub, key, shared)?;
    }
    Ok(())
}

/// Whether the block must be taken in one item after the other.
pub fn is_serial(block: &Block, before: Sums, lanes: &Lanes) -> bool {
    // What waits may have a wrong checksum too.
    block.sums == Sums::SomeWrong || before == Sums::SomeWrong && lanes.iter().any(|lane| locked(lane).is_waiting())
}

/// Threads that take lanes.
pub struct Workers {
    threads: Vec<(Sender<Arc<Round>>, JoinHandle<()>)>,
}

impl Workers {
    /// So many; none for none.
    ///
    /// # Errors
    ///
    /// What the system said when asked for a thread.
    pub fn start(count: usize, lanes: &Arc<Lanes>) -> io::Result<Self> {
        let start = |at: usize| {
            let (sender, rounds) = channel::<Arc<Round>>();
            let lanes = Arc::clone(lanes);
            let work = move || {
                for round in rounds {
                    round.work(&lanes);
                }
            };
            Ok((sender, thread::Builder::new().name(format!("lanes {at}")).spawn(work)?))
        };
        Ok(Self { threads: (1..=count).map(start).collect::<io::Result<_>>()? })
    }

    /// Gives them a round.
    pub fn give(&self, round: &Arc<Round>) {
        for (sender, _) in &self.threads {
            // One that has died is missed when it is joined; the others take its lanes.
            let _dead = sender.send(Arc::clone(round));
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for (sender, thread) in self.threads.drain(..) {
            drop(sender);
            if let Err(panic) = thread.join()
                && !thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}
