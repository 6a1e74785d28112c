//! What a report says of the tap and of what stands behind a connection: where the tap stands, what hosts left to their
//! cards, which incarnation came before.

use super::PerPeerView;
use serde::Serialize;

/// Where the tap stands; an estimate, never a proof.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VantageView {
    /// `on-a`, `on-b`, `on-both`, `near-a`, `near-b`, `between` or `unknown`.
    pub place: &'static str,
    /// All that tells, whether it agrees or not.
    pub evidence: Vec<SignView>,
}

/// Something that tells where the tap stands.
#[derive(Clone, Debug, Serialize)]
pub struct SignView {
    /// `loopback`, `outgoing`, `incoming`, `passing`, `partial-checksums`, `super-segments` (numbers of segments),
    /// `hop-limits`, or `round-trips` (nanoseconds from the tap to the peer and back, the shortest seen).
    pub kind: &'static str,
    /// Its number for A.
    pub a: Option<i64>,
    /// Its number for B.
    pub b: Option<i64>,
}

/// Segments of one peer that its host, or the receiving one, left to a network card. No fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OffloadView {
    /// With more octets than the receiver's MSS.
    pub super_segments: u32,
    /// With the sum of the pseudo-header alone for a checksum.
    pub partial_checksums: u32,
}

/// How a connection follows an earlier one between the same two ends.
#[derive(Clone, Debug, Serialize)]
pub struct EarlierView {
    /// The earlier one's number.
    pub conn: u64,
    /// `port-reuse`, `reboot`, `nat-rebinding`, `silence` or `untold`.
    pub kind: &'static str,
    /// What shows it: `closed`, `open`, `same-syn`, `clock-goes-on`, `clock-starts-anew`, `hop-limit-differs`,
    /// `mss-differs`, `window-scale-differs`, `options-differ`, `idle`, `numbers-unrelated`.
    pub evidence: Vec<&'static str>,
}

/// Whether neither peer left anything to a card.
pub(super) fn is_plain(offload: &PerPeerView<OffloadView>) -> bool {
    offload.a == OffloadView::default() && offload.b == OffloadView::default()
}
