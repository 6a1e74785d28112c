//! Whose socket it is: the process that connected or listened, by the thread that the kernel ran in when it did.
//!
//! A process that has ended meanwhile is found in the kernel's own short list of names, if that still has it.

use std::fs;
use std::path::Path;

use super::process;

/// A process and its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// Its number.
    pub pid: u32,
    /// Its name, at most 15 octets.
    pub name: String,
}

impl Owner {
    /// The process of a thread.
    pub(super) fn of_thread(thread: u32, tracing: &Path) -> Option<Self> {
        if thread == 0 {
            return None;
        }
        let living = process::of_thread(thread).and_then(|pid| Some(Self { pid, name: process::name(pid)? }));
        living.or_else(|| {
            let name = listed(&tracing.join("saved_cmdlines"), thread)?;
            let pid = listed(&tracing.join("saved_tgids"), thread).and_then(|pid| pid.parse().ok());
            Some(Self { pid: pid.unwrap_or(thread), name })
        })
    }

    /// A process that is there.
    #[must_use]
    pub fn of_process(pid: u32) -> Option<Self> {
        Some(Self { pid, name: process::name(pid)? })
    }
}

/// What a list of the kernel has for a thread: `number value` on each line.
fn listed(list: &Path, thread: u32) -> Option<String> {
    let text = fs::read_to_string(list).ok()?;
    text.lines().find_map(|line| Some(line.strip_prefix(&format!("{thread} "))?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Owner;
    use std::path::Path;

    #[test]
    fn a_thread_is_traced_to_its_process_and_no_thread_to_none() {
        let nowhere = Path::new("/nonexistent");
        let own = Owner::of_thread(nix::unistd::gettid().as_raw().cast_unsigned(), nowhere).unwrap();
        assert_eq!(own.pid, std::process::id());
        assert_eq!(Owner::of_thread(0, nowhere), None);
        assert_eq!(Owner::of_thread(u32::MAX, nowhere), None);
    }
}
