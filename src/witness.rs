//! The kernel as witness: what Linux itself says of its TCP sockets, and how that compares with what the wire shows.
//!
//! Three sources: the moves of sockets, from tracepoints, with their time to the nanosecond; and the sockets there are, from
//! sock_diag, which also knows those that tracepoints never show (SYN-RECEIVED before the last ACK, TIME-WAIT); and the state at
//! each segment, from a program of BPF. Deliberately not here: any capture, and any influence on a verdict of the analysis. Only
//! the binary and the tests use it.

mod clock;
pub mod compare;
pub mod diag;
pub mod event;
pub mod format;
pub mod kernel;
pub mod label;
pub mod life;
pub mod listener;
pub mod owner;
pub mod pairing;
pub mod process;
pub mod ring;

mod tracefs;

use std::io;

/// Why the kernel cannot be heard.
#[derive(Debug, thiserror::Error)]
#[error("cannot hear the kernel: {step}: {}; it takes root and a kernel with tracepoints", said(source))]
pub struct Unheard {
    /// What could not be done.
    pub step: &'static str,
    /// What the system said.
    pub source: io::Error,
}

/// What the system said, in the lower case of every message.
fn said(source: &io::Error) -> String {
    match source.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_lowercase(),
        None => source.to_string(),
    }
}
