//! Trying a namespace out in a child process, since a process that is stranded in one cannot come back.
//!
//! The child enters as the parent would and ends at once; only what it met comes back, through a pipe. For callers that
//! have something else to do where a namespace is refused.
#![expect(unsafe_code, reason = "fork(2): only a child can try what cannot be undone")]

use std::io::{self, Read, Write};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

use super::{Place, enter};

/// Why entering a namespace would leave this process in one where it can do nothing, if it would.
///
/// `None` if [`enter`] succeeds or leaves the process where it is, or if no child can be made: then it may be tried. Call it
/// before any thread starts.
#[must_use]
pub fn stranding() -> Option<String> {
    let (mut reader, mut writer) = io::pipe().ok()?;
    // SAFETY: the caller has one thread, so the child has all of it; it writes to a pipe and ends without unwinding, without
    // running what is registered for the end of the parent, and without writing what the parent has in its buffers.
    match unsafe { fork() }.ok()? {
        ForkResult::Child => {
            if let Err(refused) = enter()
                && refused.place == Place::Stranded
            {
                // A parent that does not read has ended.
                let _nobody_reads = writer.write_all(refused.to_string().as_bytes());
            }
            // SAFETY: _exit(2) only ends the process.
            unsafe { libc::_exit(0) }
        }
        ForkResult::Parent { child } => {
            drop(writer);
            let mut said = String::new();
            let read = reader.read_to_string(&mut said);
            let _its_code_says_nothing = waitpid(child, None);
            (read.is_ok() && !said.is_empty()).then_some(said)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stranding;

    #[test]
    fn a_rehearsal_moves_nobody() {
        let before = std::fs::read_link("/proc/self/ns/net").unwrap();
        // Whether a namespace may be made here is the machine's affair; on most the process would not be stranded.
        let _machine_decides = stranding();
        assert_eq!(std::fs::read_link("/proc/self/ns/net").unwrap(), before);
    }
}
