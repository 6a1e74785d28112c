//! Giving up what one thread can give up while another needs it still: for what keeps its user because of a command that it
//! started, or because of the kernel's record that it has to put away at the end.
//!
//! Capabilities, `no_new_privs` and the user as whom files are opened belong to a thread, and to those that it starts later.
//! The thread that reads packets gives up all of them. What a whole process gives up is in [`surrender`](super::surrender).

use std::fs;

use nix::errno::Errno;
use nix::sys::prctl::set_no_new_privs;
use nix::unistd::{Gid, Uid, setfsgid, setfsuid};

use super::field;
use super::surrender::{Intent, Retained, Step, hold_only, target};

/// CAP_DAC_READ_SEARCH: to look into /proc of processes of other users.
pub const READ_SEARCH: u32 = 2;
/// CAP_KILL: to pass signals on to a process that has become another user.
pub const KILL: u32 = 5;
/// CAP_SYS_PTRACE: to see which sockets another process has open.
pub const PTRACE: u32 = 19;

/// Does `work` with files of the user who called sudo, as [`surrender`](super::surrender) would name him; nothing else of
/// this thread changes, and nothing does where nobody called it.
pub fn as_caller<T>(work: impl FnOnce() -> T) -> T {
    let Some((user, group)) = target(Intent::WritesFiles) else { return work() };
    let (own_user, own_group) = file_ids(user, group);
    let done = work();
    file_ids(own_user, own_group);
    done
}

/// From here on this thread's files are those of the user who called sudo, and it has no capability.
///
/// # Errors
///
/// [`Retained`]: something is still held, and no packet may be looked at.
pub fn confine() -> Result<(), Retained> {
    if let Some((user, group)) = target(Intent::WritesFiles) {
        file_ids(user, group);
    }
    keep(&[])
}

/// Gives up every capability of this thread but these, as far as it has them, and the right to gain others.
///
/// # Errors
///
/// [`Retained`]: something else is still held.
pub fn keep(kept: &[u32]) -> Result<(), Retained> {
    let wanted = kept.iter().fold(0, |all, capability| all | 1_u64 << capability);
    let refused = |errno| Retained { step: Step::Capabilities, errno };
    let held = permitted().ok_or_else(|| refused(Errno::ENOENT))? & wanted;
    hold_only(held).map_err(refused)?;
    set_no_new_privs().map_err(|errno| Retained { step: Step::NoNewPrivs, errno })?;
    if permitted() == Some(held) { Ok(()) } else { Err(refused(Errno::EPERM)) }
}

/// The capabilities that this thread may have.
fn permitted() -> Option<u64> {
    let status = fs::read_to_string("/proc/thread-self/status").ok()?;
    u64::from_str_radix(field(&status, "CapPrm")?, 16).ok()
}

/// The user and group as whom this thread opens files; answers who it was.
fn file_ids(user: Uid, group: Gid) -> (Uid, Gid) {
    let group = setfsgid(group);
    (setfsuid(user), group)
}
