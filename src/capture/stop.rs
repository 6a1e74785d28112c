//! Ending a live capture from outside, and waiting for packets without missing that.
//!
//! A handle records when it was told to stop and writes one octet to a pipe; the capture polls that pipe beside its own
//! descriptor. Both backends use this; nothing here knows packets.
#![expect(clippy::disallowed_methods, reason = "a stop and a wait happen at a moment of this machine's clocks")]

use std::fmt;
use std::io::{PipeReader, PipeWriter, Write, pipe};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::timestamp::Timestamp;

/// Stands for "nobody has called stop"; no clock that a capture can meet shows it.
const RUNNING: i64 = i64::MIN;

/// Ends a capture, from any thread; cheap to clone.
///
/// It takes no lock and allocates nothing, so a thread that handles signals may call it at any time.
#[derive(Clone)]
pub struct StopHandle(Vec<Arc<Shared>>);

struct Shared {
    at: AtomicI64,
    wake: PipeWriter,
}

impl StopHandle {
    /// Tells the capture to end: it still delivers what the kernel had captured when this was called, then `None`.
    ///
    /// The first call counts, later ones change nothing.
    pub fn stop(&self) {
        let now = now().as_ns();
        for shared in &self.0 {
            if shared.at.compare_exchange(RUNNING, now, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                // Should the octet not go out, the moment is recorded all the same and ends the capture with its next
                // packet or tick.
                let _ = (&shared.wake).write(&[0]);
            }
        }
    }

    /// One handle for captures that end together.
    #[must_use]
    pub fn together(handles: impl IntoIterator<Item = Self>) -> Self {
        Self(handles.into_iter().flat_map(|handle| handle.0).collect())
    }

    /// When the capture was told to stop, by this machine's clock; `None` while nobody has.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Timestamp> {
        match self.0.first()?.at.load(Ordering::Acquire) {
            RUNNING => None,
            at => Some(Timestamp::from_ns(at)),
        }
    }
}

impl fmt::Debug for StopHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StopHandle").field(&self.stopped_at()).finish()
    }
}

/// Why a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Woken {
    /// The capture descriptor has a packet.
    Ready,
    /// The capture descriptor has an error.
    Fault,
    /// Somebody called [`StopHandle::stop`].
    Stopped,
    /// The deadline passed.
    Late,
}

/// The capture's end of a [`StopHandle`].
#[derive(Debug)]
pub(super) struct StopListener {
    handle: StopHandle,
    pipe: PipeReader,
}

impl StopListener {
    /// A listener whose handles nobody has used yet.
    ///
    /// # Errors
    ///
    /// What the system said when asked for a pipe: usually too many open files.
    pub(super) fn new() -> std::io::Result<Self> {
        let (reader, wake) = pipe()?;
        Ok(Self { handle: StopHandle(vec![Arc::new(Shared { at: AtomicI64::new(RUNNING), wake })]), pipe: reader })
    }

    pub(super) fn handle(&self) -> StopHandle {
        self.handle.clone()
    }

    pub(super) fn stopped_at(&self) -> Option<Timestamp> {
        self.handle.stopped_at()
    }

    /// Sleeps until `capture` is readable, somebody stops the capture, or `deadline` passes.
    ///
    /// # Errors
    ///
    /// What poll(2) said; a signal is no error.
    pub(super) fn wait(&self, capture: BorrowedFd<'_>, deadline: Option<Instant>) -> Result<Woken, Errno> {
        let mut fds = [PollFd::new(capture, PollFlags::POLLIN), PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)];
        loop {
            match poll(&mut fds, time_left(deadline)) {
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
                Ok(_) if self.stopped_at().is_some() => return Ok(Woken::Stopped),
                Ok(0) => {
                    if deadline.is_some_and(|at| at <= Instant::now()) {
                        return Ok(Woken::Late);
                    }
                }
                Ok(_) => return Ok(readiness(&fds[0])),
            }
        }
    }
}

/// Sleeps until `capture` is readable or `deadline` passes, whoever has called stop: for the last packets of a capture.
///
/// # Errors
///
/// What poll(2) said; a signal is no error.
pub(super) fn wait_for_rest(capture: BorrowedFd<'_>, deadline: Instant) -> Result<Woken, Errno> {
    let mut fds = [PollFd::new(capture, PollFlags::POLLIN)];
    loop {
        match poll(&mut fds, time_left(Some(deadline))) {
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
            Ok(0) if deadline > Instant::now() => {}
            Ok(0) => return Ok(Woken::Late),
            Ok(_) => return Ok(readiness(&fds[0])),
        }
    }
}

fn readiness(capture: &PollFd<'_>) -> Woken {
    let events = capture.revents().unwrap_or(PollFlags::empty());
    if events.contains(PollFlags::POLLIN) { Woken::Ready } else { Woken::Fault }
}

/// This machine's clock, which also stamps the packets it captures.
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Rounded up, so that a wait never ends before its deadline only to be begun again.
fn time_left(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else { return PollTimeout::NONE };
    let left = deadline.saturating_duration_since(Instant::now());
    PollTimeout::try_from(left.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX)
}

#[cfg(test)]
mod tests {
    use super::{StopHandle, StopListener, Woken, wait_for_rest};
    use std::io::{Write, pipe};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    #[test]
    fn stop_wakes_a_wait_that_has_no_deadline() {
        let listener = StopListener::new().unwrap();
        let (quiet, _keep) = pipe().unwrap();
        let handle = listener.handle();
        let stopper = std::thread::spawn(move || handle.stop());
        assert_eq!(listener.wait(quiet.as_fd(), None), Ok(Woken::Stopped));
        stopper.join().unwrap();
        assert!(listener.stopped_at().is_some());
    }

    #[test]
    fn captures_that_end_together_are_stopped_at_one_moment() {
        let (one, other) = (StopListener::new().unwrap(), StopListener::new().unwrap());
        StopHandle::together([one.handle(), other.handle()]).stop();
        assert!(one.stopped_at().is_some());
        assert_eq!(one.stopped_at(), other.stopped_at());
    }

    #[test]
    fn the_first_stop_counts() {
        let listener = StopListener::new().unwrap();
        listener.handle().stop();
        let first = listener.stopped_at();
        listener.handle().stop();
        assert_eq!(listener.stopped_at(), first);
    }

    #[test]
    fn a_wait_ends_at_its_deadline_and_not_before() {
        let listener = StopListener::new().unwrap();
        let (quiet, _keep) = pipe().unwrap();
        let deadline = Instant::now() + Duration::from_millis(3);
        assert_eq!(listener.wait(quiet.as_fd(), Some(deadline)), Ok(Woken::Late));
        assert!(Instant::now() >= deadline);
    }

    #[test]
    fn what_is_readable_is_told_at_once_also_after_a_stop() {
        let listener = StopListener::new().unwrap();
        let (ready, mut fill) = pipe().unwrap();
        fill.write_all(b"x").unwrap();
        assert_eq!(listener.wait(ready.as_fd(), None), Ok(Woken::Ready));
        listener.handle().stop();
        assert_eq!(wait_for_rest(ready.as_fd(), Instant::now() + Duration::from_secs(60)), Ok(Woken::Ready));
    }
}
