//! Giving up every privilege once the capture is open: what reads hostile packets should be able to do nothing else.
//!
//! As `tcpdump -Z` does it: after the interface was opened and before a file is created, so that files are created with the
//! rights of their user. Credentials that threads do not share are given up by the calling thread alone, so it must be the
//! only one. What an open packet socket needs later (its counters, its ring) needs no privilege.
#![expect(unsafe_code, reason = "capset(2) and two commands of prctl(2), which no safe interface knows")]

use std::{fmt, fs, io};

use nix::errno::Errno;
use nix::sys::prctl::set_no_new_privs;
use nix::unistd::{Gid, Uid, User, getegid, geteuid, getgid, getuid, initgroups, setgroups, setresgid, setresuid};

use super::field;

/// The user and group that nobody is, for whom nothing is kept (Debian, Fedora and the kernel's overflow ids agree).
const NOBODY: u32 = 65_534;

/// The third version of capset(2)'s header, which has two 32-bit words of each set.
const CAPABILITY_VERSION: u32 = 0x2008_0522;

/// More capabilities than the kernel will have soon; it refuses those that it does not know.
const CAPABILITIES: libc::c_ulong = 64;

/// What this process still has to do besides capturing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intent {
    /// It creates files for the user who started it.
    WritesFiles,
    /// It touches no file.
    WritesNothing,
}

/// Why privileges could not be given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retained {
    pub(super) step: Step,
    pub(super) errno: Errno,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Groups,
    Group,
    User,
    Capabilities,
    NoNewPrivs,
}

impl fmt::Display for Retained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Groups => "supplementary groups",
            Step::Group => "group",
            Step::User => "user",
            Step::Capabilities => "capabilities",
            Step::NoNewPrivs => "the right to gain privileges",
        };
        write!(f, "cannot give up privileges: {step}: {}", self.errno.desc().to_lowercase())
    }
}

impl std::error::Error for Retained {}

/// Gives up user, groups and capabilities for good, also for programs started from here.
///
/// The process becomes the user who started it: who called sudo, or else the real user. Root itself stays root if it will
/// write files, which are its own, and becomes nobody (65534) otherwise. In a user namespace that does not know that user,
/// the user stays, who is none outside. Whoever has no privilege stays who he is.
///
/// # Errors
///
/// [`Retained`]: something is still held, and the capture must not go on.
pub fn surrender(intent: Intent) -> Result<(), Retained> {
    if geteuid().is_root() {
        // Before the user, who is not allowed to any more. Refused without CAP_SETPCAP; `no_new_privs` then does as much.
        forget_bounds(0);
        become_user(target(intent))?;
    } else if geteuid() != getuid() || getegid() != getgid() {
        become_user(Some((getuid(), getgid())))?;
    }
    hold_only(0).map_err(|errno| Retained { step: Step::Capabilities, errno })?;
    set_no_new_privs().map_err(|errno| Retained { step: Step::NoNewPrivs, errno })?;
    nothing_is_left()
}

/// Whom root becomes; `None` if it stays.
pub(super) fn target(intent: Intent) -> Option<(Uid, Gid)> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let caller = match (getuid(), number("SUDO_UID"), number("SUDO_GID")) {
        (real, ..) if !real.is_root() => Some((real, getgid())),
        (_, Some(user), Some(group)) if user != 0 => Some((Uid::from_raw(user), Gid::from_raw(group))),
        _ => None,
    };
    let nobody = (intent == Intent::WritesNothing).then_some((Uid::from_raw(NOBODY), Gid::from_raw(NOBODY)));
    caller.or(nobody).filter(|(user, group)| {
        is_mapped("/proc/self/uid_map", user.as_raw()) && is_mapped("/proc/self/gid_map", group.as_raw())
    })
}

/// Whether a user namespace knows a number; one that tells nothing is taken for the first, which knows all.
fn is_mapped(map: &str, number: u32) -> bool {
    let Ok(text) = fs::read_to_string(map) else { return true };
    text.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(|word| word.parse::<u64>().unwrap_or_default());
        let (first, _, count) = (numbers.next(), numbers.next(), numbers.next());
        let offset = first.and_then(|first| u64::from(number).checked_sub(first));
        offset.zip(count).is_some_and(|(offset, count)| offset < count)
    })
}

fn become_user(target: Option<(Uid, Gid)>) -> Result<(), Retained> {
    let Some((user, group)) = target else { return Ok(()) };
    let name = User::from_uid(user).ok().flatten().and_then(|user| std::ffi::CString::new(user.name).ok());
    let grouped = match &name {
        Some(name) if geteuid().is_root() => initgroups(name, group),
        _ if geteuid().is_root() => setgroups(&[group]),
        _ => Ok(()),
    };
    grouped.map_err(|errno| Retained { step: Step::Groups, errno })?;
    setresgid(group, group, group).map_err(|errno| Retained { step: Step::Group, errno })?;
    setresuid(user, user, user).map_err(|errno| Retained { step: Step::User, errno })
}

fn forget_bounds(kept: u64) {
    for capability in (0..CAPABILITIES).filter(|capability| kept >> capability & 1 == 0) {
        // SAFETY: this command takes a number and touches no memory.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
}

/// Leaves these capabilities in the permitted and effective sets of this thread, and none in the others.
pub(super) fn hold_only(kept: u64) -> Result<(), Errno> {
    forget_bounds(kept);
    // SAFETY: this command takes numbers and touches no memory. Kernels before 4.3 have no ambient set and refuse.
    unsafe { libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) };
    let header = [CAPABILITY_VERSION, 0];
    let [low, high] = [kept, kept >> 32].map(|half| (half & u64::from(u32::MAX)) as u32);
    // Effective, permitted and inheritable, first of the lower half.
    let sets = [low, low, 0, high, high, 0];
    // SAFETY: the header is two words, the data of version 3 twice three; both live on this stack and are only read.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), sets.as_ptr()) }).map(drop)
}

/// Asks the kernel, whatever was told above.
fn nothing_is_left() -> Result<(), Retained> {
    let status: io::Result<String> = fs::read_to_string("/proc/thread-self/status");
    let held = |name| status.as_ref().ok().and_then(|status| u64::from_str_radix(field(status, name)?, 16).ok());
    if ["CapPrm", "CapEff", "CapAmb"].into_iter().any(|set| held(set).is_some_and(|bits| bits != 0)) {
        return Err(Retained { step: Step::Capabilities, errno: Errno::EPERM });
    }
    let root = Uid::from_raw(0);
    if !geteuid().is_root() && setresuid(root, root, root).is_ok() {
        return Err(Retained { step: Step::User, errno: Errno::EPERM });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NOBODY, is_mapped};

    #[test]
    fn a_number_is_mapped_if_a_line_of_the_map_covers_it() {
        let directory = tempfile::tempdir().unwrap();
        let map = directory.path().join("map");
        let map = map.to_str().unwrap();
        std::fs::write(map, "         0       1000          1\n     10000     200000        500\n").unwrap();
        let known = [0, 1, 10_000, 10_499, 10_500, NOBODY].map(|number| is_mapped(map, number));
        assert_eq!(known, [true, false, true, true, false, false]);
        std::fs::write(map, "0 0 4294967295\n").unwrap();
        assert!(is_mapped(map, NOBODY));
        assert!(is_mapped("/no/such/map", 1));
    }
}
