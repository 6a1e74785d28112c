//! What a TCP or UDP checksum says about the octets it covers (RFC 9293 Section 3.1, RFC 1071).

/// The verdict of a checksum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Checksum {
    /// It covers what was captured.
    Right,
    /// It does not.
    Wrong,
    /// It equals the folded sum of the pseudo-header alone: left to the network card of the capturing host.
    Partial,
    /// It cannot be told: part of the segment was not captured, or UDP over IPv4 carries none.
    Unknown,
}
