//! Where a demo is run that has fewer rights: as nobody, and in a user namespace whose limits this test lowers.
//!
//! Limits are lowered in a namespace made for it and nowhere else.
#![expect(unsafe_code, reason = "limits are lowered between fork and exec, in the process that is to run under them")]

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use nix::unistd::geteuid;
use synfin::namespace::{self, Entered, Refused};

use crate::skip::skip;

const NOBODY: u32 = 65_534;

/// CAP_NET_RAW's number in `linux/capability.h`.
const CAP_NET_RAW: libc::c_ulong = 13;

/// CAP_NET_ADMIN's.
const CAP_NET_ADMIN: libc::c_ulong = 12;

/// What it may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// What nobody may.
    All,
    /// In a network namespace made for it, it may capture, but make no namespace.
    NoNamespaces,
    /// It may make one, but not bring up the loopback there, which would strand it.
    Stranding,
    /// Neither capture nor make a namespace.
    None,
}

/// Runs `synfin` with a verb and its arguments as nobody, without an environment, in a directory it cannot write. `None` where that cannot be set up.
pub fn as_nobody(test: &str, args: &[&str], rights: Rights) -> Option<Output> {
    // By descriptor, since nobody may not be allowed to walk to the file.
    let program = File::open(env!("CARGO_BIN_EXE_synfin")).expect("the binary is there");
    let mut command = Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()));
    command.args(args).env_clear().current_dir("/");
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    if rights != Rights::All {
        // SAFETY: the child of a fork has one thread. It allocates, which glibc allows after a fork, reads and writes /proc,
        // and takes no lock that a thread of the parent may have held.
        unsafe { command.pre_exec(move || lower(rights)) };
    }
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            skip(test, &format!("no such stage: {error}"));
            None
        }
    }
}

/// Moves to namespaces of its own, in which this process is root, and gives up there what `rights` leaves out.
fn lower(rights: Rights) -> io::Result<()> {
    match namespace::enter().map_err(as_errno)? {
        Entered::InUserNamespace => {}
        // These limits would be the machine's.
        Entered::AsRoot => return Err(io::Error::from_raw_os_error(libc::EPERM)),
    }
    match rights {
        Rights::All => Ok(()),
        Rights::NoNamespaces => forbid_namespaces(),
        Rights::Stranding => give_up(CAP_NET_ADMIN),
        Rights::None => forbid_namespaces().and_then(|()| give_up(CAP_NET_RAW)),
    }
}

fn forbid_namespaces() -> io::Result<()> {
    fs::write("/proc/sys/user/max_net_namespaces", "0")
}

/// For the program that is started next, which as root of the namespace would have every capability.
fn give_up(capability: libc::c_ulong) -> io::Result<()> {
    // SAFETY: prctl(2) with numbers only.
    match unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Between fork and exec only a number reaches the parent.
fn as_errno(refused: Refused) -> io::Error {
    refused.source.raw_os_error().map_or(refused.source, io::Error::from_raw_os_error)
}
