//! synfin judges TCP connections from SYN to FIN.
//!
//! Data flows one way: source → decode → flow → stages → rules → sinks.

pub mod capture;
pub mod four_tuple;
pub mod packet;
pub mod peer;
pub mod report;
pub mod seq;
pub mod timestamp;
pub mod trace;
pub mod wire;
