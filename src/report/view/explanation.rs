//! The shape of what explains a connection: who closed or reset it and likely why, and what lingered.
//!
//! Whatever is a guess is named `likely`; all else is evidence.

use super::PerPeerView;
use serde::Serialize;

/// What explains a connection. Parts that do not apply are left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ExplanationView {
    /// Who ended it first, and how the end took its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closing: Option<ClosingView>,
    /// One direction closed while the other went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_close: Option<HalfCloseView>,
    /// The RSTs, the first 8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resets: Vec<ResetView>,
    /// What drew, or should have drawn, a challenge ACK, the first 8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<ChallengeView>,
    /// Who refused the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
    /// Who was in TIME-WAIT, and how long that was watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time_wait: Vec<StayView>,
    /// Stays in FIN-WAIT-2 and CLOSE-WAIT.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<StayView>,
    /// Who had no answer when the capture ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<UnansweredView>,
    /// What the capture lacks of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingView>,
    /// What the SYNs offered, and what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<OptionsView>,
    /// What became of octets in the SYN and of fast open (RFC 7413): `asked`, `granted`, `not-granted`, `unasked`, `tried`,
    /// `taken`, `renewed`, `declined`, `cookie`, `given-up`, or, without the option, `data-taken` or `data-left`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fast_open: Option<&'static str>,
    /// The incarnation of the same addresses and ports before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reuse: Option<ReuseView>,
}

/// What the capture lacks of a connection.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MissingView {
    /// Whose.
    pub peer: &'static str,
    /// `direction`: all that it sent; `octets`: some of it; `perhaps`: more holes were open at once than are kept, and
    /// whether all were filled is not known.
    pub what: &'static str,
    /// The first frame that proves it; null for a whole direction.
    pub frame: Option<u64>,
}

/// How the end took its time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ClosingView {
    /// `a`, `b` or `both`.
    pub first: &'static str,
    /// `fin` or `reset`.
    pub how: &'static str,
    /// Nanoseconds from the first FIN to its acknowledgment.
    pub ack_after_ns: Option<i64>,
    /// Nanoseconds from the tap to who acknowledged it and back, the shortest seen.
    pub way_ns: Option<i64>,
    /// What carried that: `alone`, `data` or `fin`.
    pub ack_by: Option<&'static str>,
    /// Nanoseconds from that to the other FIN: what the other's application took to close.
    pub fin_after_ns: Option<i64>,
    /// Why so many segments: `ack-delayed`, `ack-at-once`, `ack-on-data`, `ack-after`, `merged-fast`, `merged-slow`.
    pub likely: Option<&'static str>,
}

/// One direction closed while the other went on.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct HalfCloseView {
    /// Who closed first.
    pub by: &'static str,
    /// With which frame.
    pub frame: u64,
    /// Octets that the other sent after it.
    pub octets: u64,
    /// Nanoseconds until the other closed too, or until the last frame.
    pub ns: i64,
    /// The frame that ended it; null if nothing did.
    pub until: Option<u64>,
}

/// A RST.
#[derive(Clone, Debug, Serialize)]
pub struct ResetView {
    /// Its frame.
    pub frame: u64,
    /// Who sent it, by its addresses.
    pub peer: &'static str,
    /// `exact`, `possible`, `exact-if-all-arrived`, `in-window`, `outside` or `sender-only`: what its receiver makes of it.
    pub fit: &'static str,
    /// Its sender's state before it, as the segments show.
    pub state: Option<&'static str>,
    /// Its receiver's.
    pub other_state: Option<&'static str>,
    /// The other's latest segment before it, where it may have to do with that.
    pub after: Option<u64>,
    /// What that was: `syn`, `syn-ack`, `data`, `fin` or `ack`.
    pub after_kind: Option<&'static str>,
    /// Nanoseconds since that.
    pub after_ns: Option<i64>,
    /// Segments of its sender since then.
    pub unanswered: u32,
    /// Whether it acknowledges: `with-ack`, `answer` (it takes its number from an acknowledgment of the other) or `bare`.
    pub form: &'static str,
    /// Its hop limit.
    pub hop_limit: u8,
    /// The hop limit of its sender's segment before it.
    pub usual_hop_limit: Option<u8>,
    /// Why, by a guess: `no-listener`, `gave-up-opening`, `unknown-syn-ack`, `went-on`, `middlebox`, `ends-time-wait`,
    /// `never-had`, `ended-before`, `no-connection`, `closed-no-reader`, `closed-gone`, `timed-out`, `fast-close`,
    /// `unread-data`, `abort`; null for one that is not valid.
    pub likely: Option<&'static str>,
}

/// What drew a challenge ACK.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChallengeView {
    /// Its frame.
    pub frame: u64,
    /// Who sent it, by its addresses.
    pub peer: &'static str,
    /// `reset` or `syn`.
    pub cause: &'static str,
    /// The frame of the challenge ACK.
    pub answer: Option<u64>,
    /// The frame of the RST that answers that: who is challenged has no connection.
    pub reset: Option<u64>,
}

/// Who refused a connection.
#[derive(Clone, Debug, Serialize)]
pub struct RefusalView {
    /// `reset` or `icmp`.
    pub by: &'static str,
    /// The frame.
    pub frame: u64,
    /// The address that refuses.
    pub from: String,
    /// What an ICMP error says.
    pub kind: Option<&'static str>,
    /// Nanoseconds after the SYN.
    pub after_ns: i64,
}

/// A stay in one state.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StayView {
    /// Who.
    pub peer: &'static str,
    /// Where.
    pub state: &'static str,
    /// The frame with which it began.
    pub frame: u64,
    /// The frame with which it ended; null if it lasts.
    pub until: Option<u64>,
    /// Nanoseconds, until the capture ended where it lasts.
    pub ns: i64,
}

/// Segments without an answer, at the end of the capture.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct UnansweredView {
    /// Who sent them.
    pub peer: &'static str,
    /// How many that want an answer, three at least.
    pub count: u32,
    /// The other's latest frame; null if it sent none.
    pub since: Option<u64>,
    /// Nanoseconds from that, or from the first frame, to the latest of them.
    pub ns: i64,
}

/// What the SYNs offered.
#[derive(Clone, Debug, Serialize)]
pub struct OptionsView {
    /// By each: `mss 1460`, `window-scale 7`, `sack`, `timestamps`, `fast-open 8` (octets of the cookie, 0 for a request),
    /// `mptcp 1` (the version), `ecn`; null where its SYN was not captured.
    pub offered: PerPeerView<Option<Vec<String>>>,
    /// What both offer, by its first word; empty where not both SYNs were captured.
    pub agreed: Vec<&'static str>,
    /// What one alone offers.
    pub alone: Vec<AloneView>,
    /// What was used against that: the first segment of each kind.
    pub against: Vec<AgainstView>,
}

/// What one peer alone offers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AloneView {
    /// Who.
    pub peer: &'static str,
    /// What.
    pub option: &'static str,
}

/// An option used against the offers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AgainstView {
    /// Who.
    pub peer: &'static str,
    /// `timestamps-not-agreed`, `timestamps-left-out` or `sack-not-permitted`.
    pub what: &'static str,
    /// The first frame.
    pub frame: u64,
}

/// A 4-tuple used again.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ReuseView {
    /// The number of the incarnation before.
    pub conn: u64,
    /// The frame of the SYN.
    pub frame: u64,
    /// The old state of who receives the SYN.
    pub state: Option<&'static str>,
    /// Nanoseconds that it had been in it.
    pub waited_ns: Option<i64>,
    /// What allows it: `free`, `timestamp`, `number`, `waited`, `none`, `was-open` or `unknown` (RFC 6191, Section 2).
    pub ground: &'static str,
    /// The SYN's number and its sender's last number before.
    pub numbers: [Option<u32>; 2],
    /// The SYN's TSval and its sender's last TSval before.
    pub stamps: [Option<u32>; 2],
}
