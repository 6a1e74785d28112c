//! A file that is still being written: at its end it is not over, until somebody says so.
//!
//! Used by the opening of files. Whether the writer has gone cannot be seen; whoever follows a file stops it.

use nix::poll::{PollTimeout, poll};
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Milliseconds between two looks at a file that has not grown: what a person takes for at once.
const LOOK_EVERY_MS: u8 = 100;

/// The octets of a file as they are written.
#[derive(Debug)]
pub(super) struct Following {
    file: File,
    /// Set once the end of the file is its end.
    over: Arc<AtomicBool>,
}

impl Following {
    pub(super) const fn new(file: File, over: Arc<AtomicBool>) -> Self {
        Self { file, over }
    }
}

impl Read for Following {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            // Asked before the file, so that what was written before the end is read.
            let over = self.over.load(Ordering::Relaxed);
            let read = self.file.read(room)?;
            if read > 0 || over || room.is_empty() {
                return Ok(read);
            }
            // A signal ends the wait, too.
            let _ = poll(&mut [], PollTimeout::from(LOOK_EVERY_MS));
        }
    }
}
