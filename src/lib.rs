//! synfin judges TCP connections from SYN to FIN.
//!
//! Data flows one way: source → decode → flow → stages → rules → sinks.

pub mod analysis;
#[expect(clippy::disallowed_methods, reason = "a live capture waits, and stamps what the kernel left unstamped")]
pub mod capture;
pub mod demo;
pub mod flow;
pub mod four_tuple;
pub mod namespace;
pub mod packet;
pub mod peer;
pub mod report;
pub mod rules;
pub mod seq;
pub mod tcp;
pub mod timestamp;
pub mod trace;
pub mod wire;
