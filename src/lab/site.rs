//! One host: a network namespace of its own, with a loopback and one TUN device, and no way to any other interface.
//!
//! A thread makes it and ends; the namespace lives as long as a descriptor of it, a socket in it or a thread in it, so it is
//! gone when this process is, however it ends.

use std::fs::File;
use std::io;
use std::thread;

use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, setns, unshare};

use super::device;
use super::fault::LabError;
use super::host::{Addresses, Host};
use super::route::Route;

/// The name of the device, in either namespace.
pub const DEVICE: &str = "wire0";
/// Octets of an IP packet, as on Ethernet.
const MTU: u32 = 1_500;
/// Packets that may wait for the relay: a burst of thousands of connections at once.
const QUEUE: u32 = 10_000;

/// What is set the same way in every lab. FIN-WAIT-2 lasts longer than TIME-WAIT (60 s), so that the kernel keeps it a state
/// of its own when a program has closed (`tcp_input.c`, `tcp_rcv_state_process`); and nothing is sent but what programs cause.
const SETTINGS: [(&str, &str); 6] = [
    ("net/ipv4/tcp_congestion_control", "reno"),
    ("net/ipv4/tcp_fin_timeout", "120"),
    ("net/ipv4/tcp_no_metrics_save", "1"),
    ("net/ipv6/conf/all/accept_dad", "0"),
    ("net/ipv6/conf/default/accept_dad", "0"),
    ("net/ipv6/conf/default/router_solicitations", "0"),
];

/// A namespace and the other end of its wire.
#[derive(Debug)]
pub(super) struct Site {
    namespace: File,
}

impl Site {
    /// Makes the host; also returns the descriptor of its device.
    pub(super) fn make(
        host: Host,
        addresses: Addresses,
        settings: &[(String, String)],
    ) -> Result<(Self, File), LabError> {
        let made = thread::scope(|scope| {
            let maker = thread::Builder::new().name(format!("make {host}"));
            let maker =
                maker.spawn_scoped(scope, || make(host, addresses, settings)).map_err(LabError::missing("a thread"))?;
            maker.join().unwrap_or_else(|_| Err(LabError::Relay("a thread panicked".to_owned())))
        })?;
        Ok((Self { namespace: made.0 }, made.1))
    }

    /// Runs `work` in the namespace, in a thread of its own, and returns what it returns.
    pub(super) fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        thread::scope(|scope| {
            let inside = thread::Builder::new().spawn_scoped(scope, || {
                self.enter()?;
                Ok(work())
            })?;
            inside.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
        })
    }

    /// Moves the calling thread there, for good.
    pub(super) fn enter(&self) -> io::Result<()> {
        Ok(setns(&self.namespace, CloneFlags::CLONE_NEWNET)?)
    }
}

fn make(host: Host, addresses: Addresses, settings: &[(String, String)]) -> Result<(File, File), LabError> {
    let hint = "; it takes root, or a user namespace (see \"synfin demo\")";
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| LabError::Missing {
        act: "a network namespace",
        source: errno.into(),
        hint,
    })?;
    let namespace = File::open("/proc/thread-self/ns/net").map_err(LabError::missing("a network namespace's file"))?;
    let device = device::make(DEVICE).map_err(|source| {
        let hint = match source.raw_os_error() {
            Some(libc::ENOENT | libc::ENODEV | libc::ENXIO) => {
                "; type \"modprobe tun\" as root, and in a container pass --device /dev/net/tun"
            }
            Some(libc::EACCES | libc::EPERM) => "; /dev/net/tun has to be readable and writable for this user",
            _ => "",
        };
        LabError::Missing { act: "a tun device", source, hint }
    })?;
    for (name, value) in SETTINGS {
        set(name, value).map_err(LabError::missing("a setting of a namespace"))?;
    }
    for (name, value) in settings {
        set(name, value).map_err(LabError::missing("a setting of the scenario"))?;
    }
    wire(host, addresses).map_err(LabError::missing("addresses and routes"))?;
    Ok((namespace, device))
}

fn wire(host: Host, addresses: Addresses) -> io::Result<()> {
    let route = Route::open()?;
    route.bring_up(if_nametoindex("lo")?, None)?;
    let index = if_nametoindex(DEVICE)?;
    set("net/ipv6/conf/wire0/accept_dad", "0")?;
    route.bring_up(index, Some((MTU, QUEUE)))?;
    for (own, other) in [
        (addresses.v4(host).into(), addresses.v4(host.other()).into()),
        (addresses.v6(host).into(), addresses.v6(host.other()).into()),
    ] {
        route.add_address(index, own, other)?;
        route.add_default(index, own)?;
    }
    Ok(())
}

/// Writes a setting of the namespace that this thread is in.
fn set(name: &str, value: &str) -> io::Result<()> {
    std::fs::write(format!("/proc/sys/{name}"), value)
}
