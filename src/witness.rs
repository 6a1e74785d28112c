//! The kernel as witness: what Linux itself says of its TCP sockets, and how that compares with what the wire shows.
//!
//! Two sources: the moves of sockets, from tracepoints, with their time to the nanosecond; and the sockets there are, from
//! sock_diag, which also knows those that tracepoints never show (SYN-RECEIVED before the last ACK, TIME-WAIT). Deliberately
//! not here: any capture, and any influence on a verdict of the analysis. Only the binary and the tests use it.

pub mod diag;
pub mod kernel;
