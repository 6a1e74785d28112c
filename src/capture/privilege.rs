//! May this process capture, and if not, what must its user type?
//!
//! The answer is found by asking the kernel for a packet socket that receives nothing, not by reading capability bits:
//! they say nothing about the namespace, a container's filter or a security module. The bits only word the message.

mod surrender;
pub mod thread;

pub use surrender::{Intent, Retained, surrender};

use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::geteuid;

use super::SourceError;

/// CAP_NET_RAW's number in `linux/capability.h`. It alone is needed, also for promiscuous mode and a large ring.
const CAP_NET_RAW: u32 = 13;

/// Why this process may not capture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lack {
    /// What the kernel said to a packet socket.
    pub errno: Errno,
    /// The effective user, as this user namespace numbers it.
    pub uid: u32,
    /// Whether the effective capabilities have CAP_NET_RAW all the same; `None` if /proc does not tell.
    pub capability: Option<Held>,
    /// This program's file, where known.
    pub program: Option<PathBuf>,
    /// What would keep a capability given to that file from working.
    pub setcap: Setcap,
}

/// Whether a capability is among the effective ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Whether a capability given to the program's file would have effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setcap {
    /// It would, as far as can be seen.
    Works,
    /// Its file system is mounted `nosuid`.
    Nosuid,
    /// This process and its children may gain no privileges (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    NoNewPrivs,
}

/// Asks the kernel whether this process may capture.
///
/// # Errors
///
/// [`Lack`], which words what is missing and what to type.
pub fn check() -> Result<(), Lack> {
    // Protocol 0: the socket would receive nothing before it is bound, and it is closed at once.
    match socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None) {
        Ok(_) => Ok(()),
        Err(errno) => Err(Lack::of(errno)),
    }
}

impl Lack {
    fn of(errno: Errno) -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let program = std::env::current_exe().ok();
        let setcap = if field(&status, "NoNewPrivs") == Some("1") {
            Setcap::NoNewPrivs
        } else if program.as_deref().is_some_and(is_on_nosuid) {
            Setcap::Nosuid
        } else {
            Setcap::Works
        };
        Self { errno, uid: geteuid().as_raw(), capability: net_raw(&status), program, setcap }
    }

    /// What is missing, as a message says it.
    #[must_use]
    pub fn found(&self) -> String {
        let Self { uid, errno, .. } = self;
        match (errno, self.capability) {
            (Errno::EPERM | Errno::EACCES, Some(Held::Yes)) => format!(
                "permission denied: CAP_NET_RAW is held (uid {uid}), but not for this network namespace, or a container or security policy forbids packet sockets"
            ),
            (Errno::EPERM | Errno::EACCES, _) => {
                format!("permission denied: wanted CAP_NET_RAW, found none (uid {uid})")
            }
            (errno, _) => format!("the kernel gives no packet socket: {}", errno.desc().to_lowercase()),
        }
    }

    /// What to type next, as a message says it.
    #[must_use]
    pub fn remedy(&self) -> String {
        let program = self.program.as_deref().unwrap_or(Path::new("synfin")).display();
        match self.setcap {
            Setcap::Works => format!(
                "type `sudo setcap cap_net_raw=ep {program}` once per build, or `sudo {program} …`, or `synfin demo`, which needs no privilege"
            ),
            Setcap::Nosuid => format!(
                "type `sudo {program} …` (setcap has no effect: its file system is mounted nosuid), or `synfin demo`, which needs no privilege"
            ),
            Setcap::NoNewPrivs => format!(
                "start `{program}` outside this session, which may gain no privileges (no_new_privs), or type `synfin demo`, which needs none"
            ),
        }
    }

    /// The message for a capture on `interface` that was not begun.
    #[must_use]
    pub fn on(&self, interface: &str) -> SourceError {
        SourceError::Live { interface: interface.to_owned(), found: self.found(), remedy: self.remedy() }
    }
}

fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn net_raw(status: &str) -> Option<Held> {
    let bits = u64::from_str_radix(field(status, "CapEff")?, 16).ok()?;
    Some(if bits >> CAP_NET_RAW & 1 == 1 { Held::Yes } else { Held::No })
}

fn is_on_nosuid(program: &Path) -> bool {
    statvfs(program).is_ok_and(|system| system.flags().contains(FsFlags::ST_NOSUID))
}

#[cfg(test)]
mod tests {
    use super::{Held, Lack, Setcap, net_raw};
    use nix::errno::Errno;

    fn lack(setcap: Setcap) -> Lack {
        Lack { errno: Errno::EPERM, uid: 1000, capability: Some(Held::No), program: Some("/opt/synfin".into()), setcap }
    }

    #[test]
    fn the_capability_is_read_from_the_effective_set() {
        assert_eq!(net_raw("CapPrm:\t0000000000002000\nCapEff:\t0000000000002000\n"), Some(Held::Yes));
        assert_eq!(net_raw("CapPrm:\t0000000000002000\nCapEff:\t0000000000000000\n"), Some(Held::No));
        assert_eq!(net_raw("Name:\tsynfin\n"), None);
        assert_eq!(net_raw("CapEff:\tnonsense\n"), None);
    }

    #[test]
    fn the_message_asks_for_one_capability_and_names_the_file() {
        assert_eq!(
            lack(Setcap::Works).on("eth0").to_string(),
            "cannot capture on eth0: permission denied: wanted CAP_NET_RAW, found none (uid 1000); type `sudo setcap \
             cap_net_raw=ep /opt/synfin` once per build, or `sudo /opt/synfin …`, or `synfin demo`, which needs no privilege"
        );
    }

    #[test]
    fn setcap_is_not_advised_where_it_has_no_effect() {
        for setcap in [Setcap::Nosuid, Setcap::NoNewPrivs] {
            let remedy = lack(setcap).remedy();
            assert!(!remedy.contains("sudo setcap"), "{remedy}");
        }
    }
}
