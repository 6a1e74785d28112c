//! The shape of an ICMP error in a connection's report.

use serde::Serialize;

/// An ICMP error that quotes a segment of a connection.
#[derive(Clone, Debug, Serialize)]
pub struct IcmpView {
    /// Its frame.
    pub frame: u64,
    /// When that was captured, RFC 3339.
    pub time: String,
    /// Nanoseconds since the connection's first frame.
    #[serde(skip)]
    pub since_start_ns: i64,
    /// Who is told: the sender of the quoted segment.
    pub to: &'static str,
    /// The address that tells.
    pub from: String,
    /// What it says: `port-unreachable`, `too-big`, …
    pub kind: &'static str,
    /// Type and code.
    pub numbers: [u8; 2],
    /// `soft`, `hard`, `too-big`, `void` or `unspoken` (RFC 9293, Section 3.9.2.2).
    pub gravity: &'static str,
    /// The quoted sequence number.
    pub seq: u32,
    /// SND.UNA and SND.NXT of who is told, as captured; null if not known.
    pub flight: Option<[u32; 2]>,
    /// `in-flight`, `at-next`, `acknowledged`, `not-sent` or `unknown`.
    pub fit: &'static str,
    /// The state of who is told, as the segments before it show.
    pub state: Option<&'static str>,
    /// `none`, `may-close` or `mtu`.
    pub effect: &'static str,
    /// Octets that the next link takes, where it tells.
    pub mtu: Option<u32>,
}
