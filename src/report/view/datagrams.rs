//! The shape of a UDP conversation's report.

use super::{FramesView, PerPeerView};
use serde::Serialize;

/// One UDP conversation.
#[derive(Clone, Debug, Serialize)]
pub struct DatagramsView {
    /// [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// `datagrams`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The file, `-`, or the interface.
    pub file: String,
    /// Who sent first.
    pub a: String,
    /// The other.
    pub b: String,
    /// VLAN tags and tunnels around it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encapsulation: Vec<String>,
    /// Its captured frames.
    pub frames: FramesView,
    /// Datagrams, by sender.
    pub datagrams: PerPeerView<u64>,
    /// Payload octets, by sender.
    pub octets: PerPeerView<u64>,
    /// ICMP errors that quoted a datagram of the conversation, by the quoted sender.
    pub errors: PerPeerView<u64>,
    /// Frame of the first ICMP port-unreachable, if one came.
    pub port_unreachable: Option<u64>,
    /// The ICMP errors by kind; left out if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub icmp: Vec<IcmpKindView>,
    /// Nanoseconds from the first datagram to the last.
    pub lasted_ns: i64,
    /// The first datagram of B; null if it sent none.
    pub answer: Option<AnswerView>,
    /// The longest time between two datagrams; null if there was one only.
    pub longest_silence: Option<SilenceView>,
}

/// ICMP errors of one kind about one sender's datagrams.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct IcmpKindView {
    /// Who sent the quoted datagrams.
    pub peer: &'static str,
    /// What they say: `port-unreachable`, `time-exceeded`, …
    pub kind: &'static str,
    /// Frame of the first.
    pub frame: u64,
    /// How many.
    pub count: u64,
}

/// The first answer of a UDP conversation.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AnswerView {
    /// Its frame.
    pub frame: u64,
    /// Nanoseconds since the last datagram before it.
    pub after_ns: i64,
}

/// A time without a datagram.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SilenceView {
    /// The last frame before it.
    pub from: u64,
    /// The first frame after it.
    pub to: u64,
    /// Nanoseconds.
    pub ns: i64,
}
