//! How often each rule spoke in a capture.

use serde::Serialize;

/// How often a rule spoke.
#[derive(Clone, Copy, Debug, Serialize, Default, PartialEq, Eq)]
pub struct RuleCountsView {
    /// It held.
    pub holds: u64,
    /// It was broken.
    pub broken: u64,
    /// It could not be told.
    pub undecided: u64,
    /// It noted something.
    pub noted: u64,
}
