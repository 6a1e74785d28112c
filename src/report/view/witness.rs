//! What the kernel says of a connection, as reports show it. Who fills it knows the witness; nothing here does.

use super::PerPeerView;
use serde::Serialize;

/// The kernel's word on one move.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct WordView {
    /// `agrees`, `told-late` (it agrees, and tells of it only once it is over), `earlier`, `disagrees`,
    /// `cannot-see`, or `there` (no event told it, and the socket was in that state when it was asked for).
    pub word: &'static str,
    /// Nanoseconds from the capture of the segment that shows the move to the kernel's own; negative if the kernel's came first.
    pub after_ns: Option<i64>,
    /// With `disagrees`: where the kernel went instead; nowhere if null.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<&'static str>,
}

/// What the kernel says of one connection.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WitnessView {
    /// Whose socket each end is, or was; null where that is not known.
    pub processes: PerPeerView<Option<ProcessView>>,
    /// The states that each end's socket went through; null where no socket was heard of.
    pub paths: PerPeerView<Option<Vec<&'static str>>>,
    /// RSTs that the kernel says it sent or took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resets: Vec<RstView>,
    /// Segments that it refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<DropView>,
    /// Segments that it says it sent again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<RepeatView>,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ProcessView {
    /// Its number.
    pub pid: u32,
    /// Its name, at most 15 octets of it.
    pub name: String,
}

/// A RST, by the kernel's own account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RstView {
    /// Its frame; null if no captured RST fits.
    pub frame: Option<u64>,
    /// `a` or `b`: who sent it.
    pub peer: &'static str,
    /// Whether the sender's kernel is one that was heard.
    pub sender_heard: bool,
    /// Why, as the sending kernel names it; null if it says nothing of having sent it.
    pub reason: Option<String>,
    /// Whether the receiving kernel took it; null if it has no socket to say so.
    pub taken: Option<bool>,
}

/// A segment that a kernel refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DropView {
    /// Its frame; null if no captured segment fits.
    pub frame: Option<u64>,
    /// `a` or `b`: who sent it.
    pub peer: &'static str,
    /// Why, as the kernel names it.
    pub reason: String,
}

/// A segment that a kernel sent again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RepeatView {
    /// Its frame; null if no captured segment fits.
    pub frame: Option<u64>,
    /// `a` or `b`: who sent it.
    pub peer: &'static str,
}
