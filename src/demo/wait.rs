//! Waiting with an end: for a descriptor, for a while, and never longer than until the user says stop.
//!
//! The only place of the peers that reads a clock or polls. No protocol here. The other modules of `demo` use it.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A point in time after which waiting is over, or none.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Never over.
    pub const NEVER: Self = Self(None);

    /// This long from now; a span too long for the clock is never over.
    #[must_use]
    pub fn after(span: Duration) -> Self {
        Self(now().checked_add(span))
    }

    /// Whichever comes first.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self(self.0.into_iter().chain(other.0).min())
    }

    /// Whether it has passed.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.0.is_some_and(|end| end <= now())
    }

    /// Milliseconds left for poll(2), rounded up so that it never wakes early, at most 60 s at a time.
    fn step(self) -> Step {
        const LONGEST: u128 = 60_000;
        let Some(end) = self.0 else { return Step::Poll(PollTimeout::NONE) };
        let left = end.saturating_duration_since(now());
        if left.is_zero() {
            return Step::Over;
        }
        let millis = left.as_micros().div_ceil(1000).min(LONGEST);
        Step::Poll(u16::try_from(millis).map_or(PollTimeout::MAX, PollTimeout::from))
    }
}

/// The peers' only look at a clock; what they say to each other never depends on it.
#[expect(clippy::disallowed_methods, reason = "peers wait in the time of this machine")]
fn now() -> Instant {
    Instant::now()
}

enum Step {
    Poll(PollTimeout),
    Over,
}

/// Heard by everyone who waits: once its [`Stopper`] was tripped, every wait ends.
#[derive(Debug)]
pub struct Stop(Option<PipeReader>);

/// Trips its [`Stop`]. Dropping it does so too.
#[derive(Debug)]
pub struct Stopper {
    writer: PipeWriter,
    tripped: AtomicBool,
}

impl Stop {
    /// One that never comes.
    #[must_use]
    pub const fn never() -> Self {
        Self(None)
    }

    /// One that comes when its stopper is tripped.
    ///
    /// # Errors
    ///
    /// If the process has no descriptors left for a pipe.
    pub fn pair() -> io::Result<(Stopper, Self)> {
        let (reader, writer) = io::pipe()?;
        Ok((Stopper { writer, tripped: AtomicBool::new(false) }, Self(Some(reader))))
    }
}

impl Stopper {
    /// Ends every wait on the stop, now and later.
    pub fn trip(&self) {
        if !self.tripped.swap(true, Ordering::Relaxed) {
            // It fails only if the stop is gone, and then nobody waits.
            let _nobody_waits = (&self.writer).write_all(b"!");
        }
    }

    /// A descriptor that trips the stop when an octet is written to it, as a signal handler does.
    ///
    /// # Errors
    ///
    /// If the process has no descriptors left.
    pub fn descriptor(&self) -> io::Result<OwnedFd> {
        self.writer.as_fd().try_clone_to_owned()
    }
}

/// What a descriptor is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// Something to read, a connection to accept, the end, or an error.
    Reading,
    /// Room to write, a connection made, or an error.
    Writing,
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Woken {
    /// The descriptor is ready; after [`pause`], the time is over.
    Ready,
    /// The deadline passed.
    Late,
    /// The stop was tripped.
    Stopped,
}

/// Waits until the descriptor is ready, the deadline passes or the stop is tripped.
///
/// # Errors
///
/// What poll(2) says, interruption apart.
pub fn until(descriptor: BorrowedFd<'_>, purpose: For, deadline: Deadline, stop: &Stop) -> io::Result<Woken> {
    let wanted = match purpose {
        For::Reading => PollFlags::POLLIN,
        For::Writing => PollFlags::POLLOUT,
    };
    loop {
        let waited = PollFd::new(descriptor, wanted);
        let Step::Poll(step) = deadline.step() else { return Ok(Woken::Late) };
        let (ready, stopped) = match &stop.0 {
            Some(reader) => {
                let mut both = [waited, PollFd::new(reader.as_fd(), PollFlags::POLLIN)];
                poll_again(&mut both, step)?;
                let [waited, stop] = both;
                (waited.any(), stop.any())
            }
            None => {
                let mut one = [waited];
                poll_again(&mut one, step)?;
                let [waited] = one;
                (waited.any(), None)
            }
        };
        if stopped == Some(true) {
            return Ok(Woken::Stopped);
        }
        // Flags that nix does not know still mean that something happened.
        if ready != Some(false) {
            return Ok(Woken::Ready);
        }
    }
}

/// Lets time pass; ends early only if the stop is tripped.
///
/// # Errors
///
/// What poll(2) says, interruption apart.
pub fn pause(span: Duration, stop: &Stop) -> io::Result<Woken> {
    let deadline = Deadline::after(span);
    loop {
        let Step::Poll(step) = deadline.step() else { return Ok(Woken::Ready) };
        match &stop.0 {
            Some(reader) => {
                let mut one = [PollFd::new(reader.as_fd(), PollFlags::POLLIN)];
                poll_again(&mut one, step)?;
                let [stop] = one;
                if stop.any() == Some(true) {
                    return Ok(Woken::Stopped);
                }
            }
            None => poll_again(&mut [], step)?,
        }
    }
}

/// poll(2), where an interruption by a signal counts as a wake without news.
fn poll_again(descriptors: &mut [PollFd<'_>], step: PollTimeout) -> io::Result<()> {
    match poll(descriptors, step) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Deadline, For, Stop, Woken, pause, until};
    use std::io;
    use std::os::fd::AsFd;
    use std::time::Duration;

    #[test]
    fn a_tripped_stop_ends_every_wait_now_and_later() {
        let (stopper, stop) = Stop::pair().expect("a pipe");
        let (quiet, _writer) = io::pipe().expect("a pipe");
        stopper.trip();
        stopper.trip();
        for _ in 0..2 {
            let woken = until(quiet.as_fd(), For::Reading, Deadline::NEVER, &stop).expect("poll");
            assert_eq!(woken, Woken::Stopped);
            assert_eq!(pause(Duration::from_secs(3600), &stop).expect("poll"), Woken::Stopped);
        }
    }

    #[test]
    fn a_quiet_descriptor_is_late_and_a_ready_one_is_not() {
        let (quiet, writer) = io::pipe().expect("a pipe");
        let soon = Deadline::after(Duration::from_millis(1));
        assert_eq!(until(quiet.as_fd(), For::Reading, soon, &Stop::never()).expect("poll"), Woken::Late);
        let woken = until(writer.as_fd(), For::Writing, Deadline::NEVER, &Stop::never()).expect("poll");
        assert_eq!(woken, Woken::Ready);
    }
}
