//! Where a test runs: in a process of its own, in a network namespace of its own, as another user.
//!
//! The test binary starts itself again for the one test; an environment variable says how far it has come.
#![expect(
    unsafe_code,
    reason = "entering a namespace needs a process with one thread, which is the one between fork and exec"
)]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::{Pid, geteuid};
use synfin::namespace::{self, Refused};

use crate::skip::{pass_on, skip};

const USER: &str = "SYNFIN_TEST_USER";
const NAMESPACE: &str = "SYNFIN_TEST_NAMESPACE";
const NOBODY: u32 = 65_534;

/// Runs `body` in a namespace of its own, on one processor, so that two captures see frames in one order.
pub fn in_namespace(test: &str, body: impl FnOnce()) {
    if std::env::var_os(NAMESPACE).is_some() {
        on_one_processor();
        return body();
    }
    let mut command = again(test, NAMESPACE);
    // SAFETY: the child of a fork has one thread. It allocates, which glibc allows after a fork, reads and writes /proc, and
    // takes no lock that a thread of the parent may have held.
    unsafe { command.pre_exec(|| namespace::enter().map(drop).map_err(as_errno)) };
    match command.output() {
        Ok(output) => passed(&output),
        Err(error) if may_be_refused(&error) => skip(test, &format!("no namespace: {error}")),
        Err(error) => panic!("cannot start {test} in a namespace: {error}"),
    }
}

/// Runs `body` in a process of an unprivileged user, without HOME, in a directory it cannot write.
pub fn as_nobody(test: &str, body: impl FnOnce()) {
    let begun = [USER, NAMESPACE].iter().any(|name| std::env::var_os(name).is_some());
    if begun || !geteuid().is_root() {
        return body();
    }
    let mut command = again(test, USER);
    command.uid(NOBODY).gid(NOBODY).env_remove("HOME").current_dir("/");
    match command.output() {
        Ok(output) => passed(&output),
        Err(error) if may_be_refused(&error) => skip(test, &format!("no other user: {error}")),
        Err(error) => panic!("cannot start {test} as another user: {error}"),
    }
}

/// The one test ran and passed; what it skipped is passed on.
fn passed(output: &Output) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
    pass_on(&err);
}

/// Runs iproute2, which a test needs to change an interface that it made. `false` if the machine has none.
pub fn ip(test: &str, arguments: &[&str]) -> bool {
    match Command::new("ip").args(arguments).status() {
        Ok(status) => {
            assert!(status.success(), "ip {arguments:?}");
            true
        }
        Err(error) => {
            skip(test, &format!("ip: {error}"));
            false
        }
    }
}

fn again(test: &str, stage: &str) -> Command {
    // Through /proc, since another user may not be allowed to walk to the file.
    let mut command = Command::new("/proc/self/exe");
    command.args([test, "--exact", "--nocapture"]).env(stage, "1");
    command
}

fn on_one_processor() {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|&number| allowed.is_set(number) == Ok(true)).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
}

/// Between fork and exec only a number reaches the parent.
fn as_errno(refused: Refused) -> io::Error {
    refused.source.raw_os_error().map_or(refused.source, io::Error::from_raw_os_error)
}

fn may_be_refused(error: &io::Error) -> bool {
    [libc::EPERM, libc::EACCES, libc::EINVAL, libc::ENOSPC, libc::ENOSYS, libc::EUSERS]
        .map(Some)
        .contains(&error.raw_os_error())
}
