//! `--compress`: finished files are compressed by a thread beside the capture, one after the other.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use synfin::capture::writer::packing::pack;

/// A thread that compresses files.
#[derive(Debug)]
pub struct Packer {
    finished: Sender<PathBuf>,
    thread: JoinHandle<io::Result<()>>,
}

impl Packer {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// What the system said when asked for a thread.
    pub fn start() -> io::Result<Self> {
        let (finished, coming) = channel::<PathBuf>();
        let thread = thread::Builder::new().name("compress".to_owned()).spawn(move || {
            let mut failure = Ok(());
            for path in coming {
                // One that fails stays as it is, and the others are still worth it.
                if let Err(error) = pack(&path) {
                    let told = io::Error::new(error.kind(), format!("cannot compress {}: {error}", path.display()));
                    failure = failure.and(Err(told));
                }
            }
            failure
        })?;
        Ok(Self { finished, thread })
    }

    /// A file is finished.
    pub fn take(&mut self, path: PathBuf) {
        // The thread ends only once this end is gone, so it cannot have gone before.
        let _ = self.finished.send(path);
    }

    /// Waits until all are compressed.
    ///
    /// # Errors
    ///
    /// That of the first file that could not be.
    pub fn finish(self) -> io::Result<()> {
        drop(self.finished);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that compresses has panicked")))
    }
}
