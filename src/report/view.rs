//! The shape of every report: plain types, the only ones that derive `Serialize`.
//!
//! Field order is the order in the JSON. Keys, ids and state names never change and never translate;
//! sentences in them are English.

mod counts;
mod datagrams;
mod explanation;
mod icmp;
mod tap;
mod transition;
mod witness;

pub use counts::{BoundView, IgnoredView, RuleCountsView, RuleRowView};
pub use datagrams::{AnswerView, DatagramsView, IcmpKindView, SilenceView};
pub use explanation::{
    AgainstView, AloneView, ChallengeView, ClosingView, ExplanationView, HalfCloseView, MissingView, OptionsView,
    RefusalView, ResetView, ReuseView, StayView, UnansweredView,
};
pub use icmp::IcmpView;
pub use tap::{EarlierView, OffloadView, SignView, VantageView};
pub use transition::TransitionView;
pub use witness::{DropView, ProcessView, RepeatView, RstView, WitnessView, WordView};

use super::rank::Rank;
use crate::peer::{Peer, PerPeer};
use serde::Serialize;

/// The version of the JSON schema.
pub const SCHEMA: u32 = 1;

/// One incarnation of a TCP connection.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectionView {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `connection`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The file, `-` for standard input, or the interface.
    pub file: String,
    /// Number within the file, by first frame, from 1. A SYN into an open connection keeps one, should it open another.
    pub conn: u64,
    /// Peer A's address and port.
    pub a: String,
    /// Peer B's address and port; the same as `a` for a socket connected to itself.
    pub b: String,
    /// VLAN tags and tunnels around it, from the outside in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encapsulation: Vec<String>,
    /// `a`, `b`, `both` or null.
    pub opener: Option<&'static str>,
    /// Its captured frames.
    pub frames: FramesView,
    /// How it was opened.
    pub handshake: HandshakeView,
    /// How it was closed.
    pub close: CloseView,
    /// What each endpoint's state can be at the end of the capture.
    pub states: PerPeerView<Option<BeliefView>>,
    /// Every move of either endpoint, by frame.
    pub transitions: Vec<TransitionView>,
    /// The equations of handshake and close, with their numbers.
    pub equations: Vec<EquationView>,
    /// What was broken, undecided or noted.
    pub findings: Vec<FindingView>,
    /// Payload octets, by sender, each position counted once.
    pub octets: PerPeerView<u64>,
    /// Initial sequence numbers, where known.
    pub iss: PerPeerView<Option<u32>>,
    /// Sequence number of the FIN octet, where seen.
    pub fin: PerPeerView<Option<u32>>,
    /// Segments counted with the connection that moved nothing, by reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<IgnoredView>,
    /// How many segments of either peer were of which kind; plain ones are not told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindView>,
    /// Frames counted with the connection that only repeat another frame, by what shows that; not analysed again.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub copies: std::collections::BTreeMap<&'static str, u64>,
    /// It was forgotten before its end, to make room for others; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forgotten: bool,
    /// What was left to network cards, by sender.
    #[serde(skip_serializing_if = "tap::is_plain")]
    pub offload: PerPeerView<OffloadView>,
    /// Where the tap stands.
    pub vantage: VantageView,
    /// The incarnation before it, if the capture holds one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierView>,
    /// ICMP errors that quote its segments, the first 16; left out if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub icmp: Vec<IcmpView>,
    /// What explains it.
    pub explanation: ExplanationView,
    /// What the kernel says of it, where it was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessView>,
}

/// One value for each peer, with keys `a` and `b`.
#[derive(Clone, Copy, Debug, Serialize, Default)]
pub struct PerPeerView<T> {
    /// Peer A's.
    pub a: T,
    /// Peer B's.
    pub b: T,
}

impl<T> From<PerPeer<T>> for PerPeerView<T> {
    fn from(both: PerPeer<T>) -> Self {
        Self { a: both.a, b: both.b }
    }
}

impl<T> std::ops::Index<Peer> for PerPeerView<T> {
    type Output = T;
    fn index(&self, peer: Peer) -> &T {
        match peer {
            Peer::A => &self.a,
            Peer::B => &self.b,
        }
    }
}

/// First, last and number of captured frames, copies, damaged and unacceptable ones included.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FramesView {
    /// Frame number of the first.
    pub first: u64,
    /// Frame number of the last.
    pub last: u64,
    /// How many.
    pub count: u64,
}

/// How a connection was opened.
#[derive(Clone, Debug, Serialize)]
pub struct HandshakeView {
    /// `three-way`, `simultaneous`, `fast-open`, `unanswered`, `refused`, `reset`, `incomplete`, `not-captured`
    /// or `stray`: segments to a host that has no such connection, and its RSTs.
    pub kind: &'static str,
    /// `holds`, `broken`, `undecided` or `not-applicable`.
    pub verdict: &'static str,
    /// Frames of the SYN, the SYN-ACK and the acknowledgment that completes it, where seen.
    pub frames: [Option<u64>; 3],
}

/// How a connection was closed.
#[derive(Clone, Debug, Serialize)]
pub struct CloseView {
    /// `normal`, `simultaneous`, `half`, `reset` or `none`.
    pub kind: &'static str,
    /// 3 if the second FIN is also the first acknowledgment of the first; 4 if a segment of its own acknowledged it before.
    pub segments: Option<u8>,
    /// `a`, `b`, `both` or null: who closed or reset first.
    pub first: Option<&'static str>,
    /// `holds`, `broken`, `undecided` or `not-applicable`.
    pub verdict: &'static str,
    /// Frames of the first FIN, its first acknowledgment, the second FIN and the acknowledgment of that, where seen;
    /// in a reset the frame of the RST is the first.
    pub frames: [Option<u64>; 4],
}

/// What is believed of one endpoint's state.
#[derive(Clone, Debug, Serialize)]
pub struct BeliefView {
    /// The headline: the latest state evidenced by what was sent.
    pub likely: &'static str,
    /// What the segments allow, if nothing invisible has happened since.
    pub possible: Vec<&'static str>,
    /// What a CLOSE, an ABORT or a timer that has shown no segment yet could have made of it.
    pub silent: Vec<&'static str>,
    /// Whether `possible` has one member.
    pub proven: bool,
}

/// One equation, with its numbers.
#[derive(Clone, Debug, Serialize, Default)]
pub struct EquationView {
    /// Rule id.
    pub rule: &'static str,
    /// The frame judged.
    pub frame: u64,
    /// `holds`, `broken` or `undecided`.
    pub verdict: &'static str,
    /// The number found.
    pub left: u32,
    /// The number wanted.
    pub right: u32,
    /// The equation as a person reads it: `SYN-ACK ack 3735928560 = 3735928559 + 1`.
    pub text: String,
    /// What the left side is called in `text`.
    #[serde(skip)]
    pub term: &'static str,
    /// The clause: `RFC 9293 §3.10.7.3`.
    pub cite: String,
    /// Further frames that it rests on.
    pub evidence: Vec<u64>,
}

/// Something that a person should look at.
#[derive(Clone, Debug, Serialize, Default)]
pub struct FindingView {
    /// Rule id.
    pub rule: &'static str,
    /// `violation`, `anomaly` or `note`.
    pub severity: &'static str,
    /// `broken`, `undecided` or `noted`.
    pub verdict: &'static str,
    /// The frame judged.
    pub frame: u64,
    /// Who sent it.
    pub peer: &'static str,
    /// What had to hold, with its numbers.
    pub expected: String,
    /// What was found, with its numbers.
    pub found: String,
    /// What the left side of the equation is called, in the texts of this view.
    #[serde(skip)]
    pub term: &'static str,
    /// Both as one equation, with the sign that is true of the numbers.
    pub equation: String,
    /// Further frames that it rests on.
    pub evidence: Vec<u64>,
    /// How many further times the same was noted of this peer.
    pub more: u64,
    /// Why it stayed undecided, or what it means; may be empty.
    pub why: String,
    /// The clause.
    pub cite: String,
}

/// Segments of one kind.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KindView {
    /// `retransmission-timeout`, `retransmission-fast`, `duplicate-ack`, `window-update`, `keep-alive`, …
    pub kind: &'static str,
    /// How many peer A sent.
    pub a: u32,
    /// How many peer B sent.
    pub b: u32,
}

/// The end of one file or live capture: what was read and what became of it.
#[derive(Clone, Debug, Serialize, Default)]
pub struct CaptureView {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `capture`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The file, `-`, or the interface.
    pub file: String,
    /// Frames read, each in exactly one of the others.
    pub frames: FrameCountsView,
    /// Frames lost before synfin saw them.
    pub lost: LostView,
    /// Undecodable frames, by reason.
    pub undecodable: std::collections::BTreeMap<String, u64>,
    /// Frames that are neither TCP nor UDP, by what they are.
    pub other: std::collections::BTreeMap<String, u64>,
    /// TCP segments that only repeat another frame, by what shows that.
    pub copies: std::collections::BTreeMap<&'static str, u64>,
    /// TCP connections reported.
    pub connections: u64,
    /// UDP conversations reported.
    pub conversations: u64,
    /// Frames that came for a closed connection after its object was final.
    pub late: u64,
    /// Connections that were forgotten before their end, for want of room; what was over by then is not among them.
    pub forgotten: u64,
    /// With `--only`: connections that got no row and no object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u64>,
    /// What is bounded, and how full it got; left out unless asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<BoundView>,
    /// Packets whose stamp lies more than 100 ms before an earlier one's.
    pub stepped: u64,
    /// Packets of which the capture does not say when they came; they stand at the moment of the packet before.
    pub unstamped: u64,
    /// How often each rule spoke, by its id; rules that said nothing are left out.
    pub rules: std::collections::BTreeMap<&'static str, RuleCountsView>,
    /// Why reading stopped early, if it did.
    pub damage: Option<String>,
}

/// `read` = `analysed` + `not_tcp_udp` + `undecodable`.
#[derive(Clone, Copy, Debug, Serialize, Default, PartialEq, Eq)]
pub struct FrameCountsView {
    /// Frames delivered by the source (and passed by the filter).
    pub read: u64,
    /// TCP segments and UDP datagrams.
    pub analysed: u64,
    /// Of those, TCP.
    pub tcp: u64,
    /// Of those, UDP.
    pub udp: u64,
    /// Frames without TCP or UDP in them; ICMP errors are among them, though they are read.
    pub not_tcp_udp: u64,
    /// Frames that could not be decoded.
    pub undecodable: u64,
}

/// What the capture lost; null where it does not tell.
#[derive(Clone, Copy, Debug, Serialize, Default)]
pub struct LostView {
    /// By the kernel.
    pub kernel: Option<u64>,
    /// By the interface.
    pub interface: Option<u64>,
    /// The source does not say where.
    pub unknown: Option<u64>,
}

/// One interface of this machine.
#[derive(Clone, Debug, Serialize)]
pub struct InterfaceView {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `interface`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name; `any` for all of them.
    pub name: String,
    /// The system's number for it; null for `any`.
    pub index: Option<u32>,
    /// `running`, `up` (without its carrier) or `down`.
    pub state: &'static str,
    /// IP addresses, each with the length of its prefix.
    pub addresses: Vec<String>,
    /// Ethernet address.
    pub mac: Option<String>,
    /// What its frames start with; null if that is not known before it is opened.
    pub link: Option<LinkView>,
    /// Whether this user may capture on it: `yes`, `no`, or `down` for one that is to be set up first.
    pub capture: &'static str,
}

/// A link type.
#[derive(Clone, Debug, Serialize)]
pub struct LinkView {
    /// Its number in files, <https://www.tcpdump.org/linktypes.html>.
    pub number: u16,
    /// Its name, as tcpdump writes it.
    pub name: Option<String>,
}

/// One segment of a connection, for a ladder.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Frame.
    pub frame: u64,
    /// Nanoseconds since the connection's first frame.
    pub since_start_ns: i64,
    /// Who sent it.
    pub from: Peer,
    /// Its flags, `SYN,ACK`.
    pub flags: String,
    /// SEG.SEQ.
    pub seq: u32,
    /// SEG.ACK.
    pub ack: Option<u32>,
    /// Window as in the header.
    pub window: u16,
    /// Payload octets.
    pub len: u32,
    /// The first octets of the payload as captured (at most 64).
    pub payload: Vec<u8>,
    /// What each peer's state is after it; `None` where nothing is known.
    pub states: PerPeerView<Option<&'static str>>,
    /// Why it moved nothing, if it did not: `damaged`, `not-acceptable`, …
    pub ignored: Option<&'static str>,
    /// What kind of segment it is, if it is told apart: `retransmission-fast`, `duplicate-ack`, `keep-alive`, …
    pub kind: Option<&'static str>,
    /// The rules that found something at this frame, the worst first.
    pub found: Vec<(Rank, &'static str)>,
}
