//! What can go wrong between two peers, each with what to type next.
//!
//! Only the messages; they are in English, a caller that speaks another language matches the variants.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::demo::download::DownloadError;

/// Why a peer could not do its part.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The host has no address.
    #[error(
        "cannot find the host \"{host}\": {found}; type its numeric address, or a name that \"getent hosts\" knows"
    )]
    Unresolved {
        /// As typed.
        host: String,
        /// What the resolver said.
        found: String,
    },
    /// Port 0 was given where somebody is to be reached.
    #[error(
        "cannot reach {host}:0: port 0 only asks for a free port when listening; type the port that the other side printed after \"listening on\""
    )]
    NoPort {
        /// As typed.
        host: String,
    },
    /// An address could not be listened on.
    #[error("cannot listen on {address}: {}", listen_advice(*address, source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A connection could not be made.
    #[error("cannot connect to {address}: {}", connect_advice(*address, listener, source))]
    Connect {
        /// Whom.
        address: SocketAddr,
        /// The command that listens there, as typed: `tcp-server`.
        listener: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing answered the SYN.
    #[error("cannot connect to {address}: no answer within {}; is it up, and does a firewall let TCP port {} through? --timeout SECS waits longer", seconds(*waited), address.port())]
    NoAnswer {
        /// Whom.
        address: SocketAddr,
        /// How long.
        waited: Duration,
    },
    /// A datagram could not be sent.
    #[error("cannot send {octets} octets to {address}: {}", send_advice(*address, source))]
    Send {
        /// To whom.
        address: SocketAddr,
        /// How many.
        octets: usize,
        /// What the system said.
        source: io::Error,
    },
    /// The network says that a datagram did not arrive.
    #[error(
        "nobody listens on {address}: its host answered ICMP port unreachable; start \"synfin peer udp-recv {address}\" there first"
    )]
    Undelivered {
        /// To whom it was sent.
        address: SocketAddr,
    },
    /// No datagram came in time.
    #[error("nothing arrived on {address} within {}: wanted {wanted} datagrams, found {found}; type \"synfin peer udp-send {address}\" in another terminal", seconds(*waited))]
    NothingArrived {
        /// Where.
        address: SocketAddr,
        /// How long it was waited for the last one.
        waited: Duration,
        /// How many were to come.
        wanted: u64,
        /// How many came.
        found: u64,
    },
    /// Reading from the other peer failed.
    #[error("cannot read from {remote}: {}", talk_cause(source))]
    Read {
        /// From whom.
        remote: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Writing to the other peer failed.
    #[error("cannot write to {remote}: {}", talk_cause(source))]
    Write {
        /// To whom.
        remote: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The other peer neither sent nor took anything for too long.
    #[error("gave up on {remote}: {expected} within {}; --timeout SECS waits longer", seconds(*waited))]
    Silent {
        /// Who.
        remote: SocketAddr,
        /// What did not happen: `it did not send what was waited for`.
        expected: &'static str,
        /// How long.
        waited: Duration,
    },
    /// The other peer went on without end.
    #[error("gave up on {remote}: {expected} {most}; a conversation ends before that")]
    Endless {
        /// Who.
        remote: SocketAddr,
        /// What it did: `it sent more than`.
        expected: &'static str,
        /// The bound that was met: `16777216 octets`, `300 s`.
        most: String,
    },
    /// The user stopped it.
    #[error("stopped before it was done")]
    Stopped,
    /// The system has no more descriptors, threads or memory.
    #[error("cannot {wanted}: {source}; close other programs, or raise the limits that \"ulimit -a\" shows")]
    Exhausted {
        /// What for: `open a socket`.
        wanted: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be downloaded.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// Two peers of the demo did not say what their scenario wants.
    #[error("the peers of the demo did not understand each other: wanted {wanted}, found {found}")]
    OffScript {
        /// What the scenario wants.
        wanted: &'static str,
        /// What happened.
        found: String,
    },
}

/// `10 s`, `0.12 s`.
pub(crate) fn seconds(span: Duration) -> String {
    format!("{} s", span.as_secs_f64())
}

fn listen_advice(address: SocketAddr, source: &io::Error) -> String {
    let port = address.port();
    match source.kind() {
        io::ErrorKind::AddrInUse => format!(
            "the address is in use; \"ss -lntup sport = :{port}\" shows by whom; type another port, or port 0 for any free one"
        ),
        io::ErrorKind::AddrNotAvailable => {
            let all = if address.is_ipv4() { "0.0.0.0" } else { "[::]" };
            format!(
                "no interface of this machine has that address; type one that \"ip addr\" shows, or {all}:{port} for all of them"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE, found port {port}; type one from 1024 up"
            )
        }
        _ => source.to_string(),
    }
}

fn connect_advice(address: SocketAddr, listener: &str, source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("connection refused, nobody listens there; start \"synfin peer {listener} {address}\" there first")
        }
        _ => route_advice(address, source),
    }
}

fn send_advice(address: SocketAddr, source: &io::Error) -> String {
    match source.raw_os_error() {
        Some(libc::EMSGSIZE) => {
            let most = if address.is_ipv4() { 65_507 } else { 65_527 };
            format!(
                "too long for one datagram, which carries at most {most} octets; type a shorter text, or use tcp-client"
            )
        }
        _ => route_advice(address, source),
    }
}

fn route_advice(address: SocketAddr, source: &io::Error) -> String {
    let ip = address.ip();
    match source.kind() {
        io::ErrorKind::NetworkUnreachable => format!("no route leads there; \"ip route get {ip}\" shows why"),
        io::ErrorKind::HostUnreachable => format!("the host is unreachable; is it up? try \"ping {ip}\""),
        io::ErrorKind::TimedOut => "no answer; is it up, and does a firewall let the port through?".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "not permitted; it is a broadcast address, or a local firewall forbids it; type the address of one host"
                .to_owned()
        }
        _ => source.to_string(),
    }
}

fn talk_cause(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::ConnectionReset => "it reset the connection".to_owned(),
        io::ErrorKind::BrokenPipe => "it has closed the connection".to_owned(),
        _ => source.to_string(),
    }
}
