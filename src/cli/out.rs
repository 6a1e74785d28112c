//! Standard output for results, standard error for the rest; a reader that has gone is no error.
//!
//! Nothing here panics on a closed pipe, as `println!` would.

use std::fmt;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use synfin::report::terminal::neutral;

/// Standard output, a whole line at a time, from any thread.
#[derive(Debug, Default)]
pub struct Out {
    failure: Mutex<Option<io::Error>>,
}

/// Whether a line went out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Printed {
    /// It did.
    Yes,
    /// Nobody reads any more, or nothing can be written: there is no sense in more results.
    No,
}

impl Out {
    /// Prints one line at once.
    pub fn line(&self, line: fmt::Arguments<'_>) -> Printed {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_some() {
            return Printed::No;
        }
        let mut stdout = io::stdout().lock();
        match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
            Ok(()) => Printed::Yes,
            Err(error) => {
                *failure = Some(error);
                Printed::No
            }
        }
    }

    /// What kept results from going out, a reader that has gone apart.
    pub fn failure(self) -> Option<io::Error> {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }
}

/// Whether whoever read standard output has gone, asked without writing to it.
pub fn reader_has_gone() -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    let told = poll(&mut fds, PollTimeout::ZERO).is_ok_and(|count| count > 0);
    told && fds.iter().any(|fd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLERR)))
}

/// Prints a page on standard output.
///
/// # Errors
///
/// What writing met; a reader that has gone is no error.
pub fn page(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Prints one line on standard error. If that fails there is nobody to tell.
///
/// Names and texts that others chose stand in it, so whatever a terminal might act on is written out.
pub fn note(line: fmt::Arguments<'_>) {
    let line = line.to_string();
    // Standard error has no buffer: in pieces, a line of another process could come in between.
    let _nobody_to_tell = io::stderr().write_all(format!("{}\n", neutral(&line)).as_bytes());
}
