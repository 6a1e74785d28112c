//! Signals during a live capture: the first SIGINT or SIGTERM ends it, the second ends the process, SIGUSR1 asks for the
//! counters.

use signal_hook::consts::signal::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use synfin::capture::StopHandle;

/// The exit code of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// What signals have asked for.
#[derive(Debug, Default)]
pub struct Asked {
    counters: Arc<AtomicBool>,
}

impl Asked {
    /// Watches for signals, which end the capture of `stop`.
    ///
    /// # Errors
    ///
    /// What the system said when asked for a pipe, a handler or a thread.
    pub fn watch(stop: StopHandle) -> io::Result<Self> {
        let again = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first signal finds the flag down and raises it, the second finds it up.
            flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
        }
        let counters = Arc::new(AtomicBool::new(false));
        flag::register(SIGUSR1, Arc::clone(&counters))?;
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if signals.forever().next().is_some() {
                stop.stop();
            }
        })?;
        Ok(Self { counters })
    }

    /// Whether the counters were asked for since this was last called.
    pub fn counters(&self) -> bool {
        self.counters.load(Ordering::Relaxed) && self.counters.swap(false, Ordering::Relaxed)
    }
}

/// Ends the capture of `stop` once so much time has passed.
///
/// # Errors
///
/// What the system said when asked for a thread.
pub fn end_after(duration: Duration, stop: StopHandle) -> io::Result<()> {
    let timer = move || {
        thread::sleep(duration);
        stop.stop();
    };
    thread::Builder::new().name("duration".to_owned()).spawn(timer).map(drop)
}
