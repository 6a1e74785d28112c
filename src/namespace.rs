//! A network namespace of our own: a private loopback on which the demo captures without root and without touching any
//! interface of the machine.
//!
//! The process itself moves there, at its start, while it has one thread; it does not start itself again. The namespace
//! belongs to a thread and is inherited by the threads it starts later, so moving first is enough, keeps standard streams,
//! working directory and signals as they are, and needs neither the program's own file nor HOME. The price: there is no way
//! back, so a caller that also wants the machine's interfaces must not enter.
//!
//! Root needs the network namespace only. Anyone else first gets a user namespace, in which the own user is 0 or itself, as the
//! caller chooses: files are read and written as before. std and nix only;
//! the layers of the analysis know nothing of this.

use std::fmt;
use std::fs;
use std::io;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::unistd::{getegid, geteuid};

mod loopback;
pub mod rehearsal;

/// This process is in a network namespace of its own, whose loopback is up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Entered {
    /// With the rights it had: it was root.
    AsRoot,
    /// With all rights over a user namespace of its own, and none beyond.
    InUserNamespace,
}

/// Who a user that is not root is in the user namespace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mapped {
    /// Its user 0: programs started from here keep the rights over it.
    ToRoot,
    /// The same user as outside: programs started from here notice nothing, and have no rights over it.
    ToSelf,
}

/// Why the process could not enter a namespace of its own.
#[derive(Debug)]
pub struct Refused {
    /// What was being done.
    pub step: Step,
    /// What the system said.
    pub source: io::Error,
    /// Where the process is now.
    pub place: Place,
    hint: Option<&'static str>,
}

/// What was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Counting the process's threads: there must be one.
    Threads,
    /// unshare(2).
    Unshare,
    /// Writing the user and group maps of the new user namespace.
    Map,
    /// Bringing up the new namespace's loopback.
    Loopback,
}

/// Where a refusal leaves the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Where it was: it may go on and do something else.
    Unmoved,
    /// In a namespace in which it can do nothing. It must start itself again to do something else.
    Stranded,
}

/// Moves this process into a network namespace of its own and brings the loopback up there.
///
/// Call it before any thread starts. It changes nothing outside the new namespace.
///
/// # Errors
///
/// [`Refused`] with the step, what the system said, and whether the process has moved. Containers, `chroot` and security
/// modules refuse; also more than one thread.
pub fn enter() -> Result<Entered, Refused> {
    enter_as(Mapped::ToRoot)
}

/// The same, and who the user is there is chosen. It makes no difference to root.
///
/// # Errors
///
/// As [`enter`].
pub fn enter_as(mapped: Mapped) -> Result<Entered, Refused> {
    one_thread()?;
    let entered = match unshare(CloneFlags::CLONE_NEWNET) {
        Ok(()) => Entered::AsRoot,
        Err(Errno::EPERM) => with_user_namespace(mapped)?,
        Err(errno) => return Err(Refused::unmoved(Step::Unshare, errno.into())),
    };
    loopback::bring_up().map_err(|source| Refused::stranded(Step::Loopback, source))?;
    Ok(entered)
}

/// Other threads would stay behind; the kernel forbids a user namespace to a process that has them.
fn one_thread() -> Result<(), Refused> {
    let threads = match fs::read_dir("/proc/self/task") {
        Ok(tasks) => tasks.count(),
        // Without /proc the maps could not be written either; unshare(2) has the last word.
        Err(_) => 1,
    };
    match threads {
        0 | 1 => Ok(()),
        _ => Err(Refused::unmoved(Step::Threads, io::Error::other(format!("wanted 1 thread, found {threads}")))),
    }
}

fn with_user_namespace(mapped: Mapped) -> Result<Entered, Refused> {
    // As this namespace numbers them; inside the new one they are not mapped yet.
    let (uid, gid) = (geteuid(), getegid());
    if confined_to_nothing() {
        return Err(Refused::unmoved(Step::Unshare, Errno::EPERM.into()));
    }
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(|errno| Refused::unmoved(Step::Unshare, errno.into()))?;
    // A program that got its capabilities from its file, or changed its user, owns its /proc/self no longer, and could not
    // write its maps. What it may do outside ended with the call above, so nothing is left to be protected from its user.
    let _ = prctl::set_dumpable(true);
    let map = |file: &str, line: String| {
        fs::write(format!("/proc/self/{file}"), line).map_err(|source| Refused::stranded(Step::Map, source))
    };
    let inside = |outside: u32| if mapped == Mapped::ToRoot { 0 } else { outside };
    map("uid_map", format!("{} {uid} 1", inside(uid.as_raw())))?;
    // Without this the kernel lets no unprivileged process map its group: dropping a group can gain access.
    map("setgroups", "deny".to_owned())?;
    map("gid_map", format!("{} {gid} 1", inside(gid.as_raw())))?;
    Ok(Entered::InUserNamespace)
}

/// Ubuntu from 23.10 on lets an unconfined program make a user namespace in which it may do nothing; better not to go there.
fn confined_to_nothing() -> bool {
    !geteuid().is_root()
        && reads("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
        && reads("/proc/self/attr/current", "unconfined")
}

fn reads(file: &str, wanted: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.trim() == wanted)
}

impl Refused {
    fn unmoved(step: Step, source: io::Error) -> Self {
        Self { step, hint: hint(step, &source), source, place: Place::Unmoved }
    }

    fn stranded(step: Step, source: io::Error) -> Self {
        Self { step, hint: hint(step, &source), source, place: Place::Stranded }
    }
}

/// Which setting forbids it, where one can be named.
fn hint(step: Step, source: &io::Error) -> Option<&'static str> {
    if step == Step::Threads {
        return None;
    }
    if reads("/proc/sys/user/max_user_namespaces", "0") {
        return Some("sysctl user.max_user_namespaces is 0");
    }
    if reads("/proc/sys/kernel/unprivileged_userns_clone", "0") {
        return Some("sysctl kernel.unprivileged_userns_clone is 0");
    }
    if reads("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") {
        return Some("sysctl kernel.apparmor_restrict_unprivileged_userns is 1");
    }
    match source.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EPERM | Errno::EACCES) => Some("a container, a chroot or a security policy forbids it"),
        Some(Errno::ENOSPC | Errno::EUSERS) => Some("there are too many namespaces already"),
        Some(Errno::EINVAL | Errno::ENOSYS) => Some("this kernel has no network or user namespaces"),
        _ => None,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Threads => "other threads run already",
            Step::Unshare => "unshare",
            Step::Map => "mapping the user",
            Step::Loopback => "bringing up the loopback",
        };
        let said = match self.source.raw_os_error() {
            Some(number) => Errno::from_raw(number).desc().to_lowercase(),
            None => self.source.to_string(),
        };
        write!(f, "cannot make a network namespace: {step}: {said}")?;
        match self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Refused, Step, enter};
    use nix::errno::Errno;

    #[test]
    fn a_process_with_threads_is_refused_and_stays_where_it_is() {
        // The test harness runs this beside its main thread.
        let before = std::fs::read_link("/proc/self/ns/net").unwrap();
        let refused = enter().unwrap_err();
        assert_eq!((refused.step, refused.place), (Step::Threads, Place::Unmoved));
        assert!(
            refused.to_string().starts_with("cannot make a network namespace: other threads run already: wanted 1")
        );
        assert_eq!(std::fs::read_link("/proc/self/ns/net").unwrap(), before);
    }

    #[test]
    fn a_refusal_says_what_was_refused() {
        let refused = Refused::unmoved(Step::Unshare, Errno::ENOSPC.into());
        let text = refused.to_string();
        assert!(text.starts_with("cannot make a network namespace: unshare: no space left on device"), "{text}");
    }
}
