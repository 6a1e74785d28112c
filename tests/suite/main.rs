//! Integration tests, one binary so that they link once.

mod sources;
//! The integration tests, one binary.

/// The built-in peers: every command through the binary, every scenario through the library, on loopback.
mod peers;
