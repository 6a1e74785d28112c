//! One row of the table of moves, as reports show it. Any page and any sink may use it.

use super::WordView;
use serde::Serialize;

/// One move of one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct TransitionView {
    /// Frame that showed it.
    pub frame: u64,
    /// When that frame was captured, RFC 3339.
    pub time: String,
    /// `a` or `b`.
    pub peer: &'static str,
    /// The state before; null for the first row of a peer.
    pub from: Option<&'static str>,
    /// The state after.
    pub to: &'static str,
    /// The arc, by its F-number.
    pub arc: &'static str,
    /// `sent`, `proved` or `presumed`.
    pub basis: &'static str,
    /// The frame that proved it.
    pub by: Option<u64>,
    /// The frame that refuted it.
    pub retracted: Option<u64>,
    /// The kernel's word on it, where the kernel was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<WordView>,
}
