//! Counts of a capture: how often each rule spoke, how full what is bounded got.

use serde::Serialize;

/// How often a rule spoke.
#[derive(Clone, Copy, Debug, Serialize, Default, PartialEq, Eq)]
pub struct RuleCountsView {
    /// It was asked, and what it demands was not at stake.
    pub not_applicable: u64,
    /// It held.
    pub holds: u64,
    /// It was broken.
    pub broken: u64,
    /// It could not be told.
    pub undecided: u64,
    /// It noted something.
    pub noted: u64,
}

/// A bound on what is kept.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub struct BoundView {
    /// A stable word for what is bounded.
    pub bound: &'static str,
    /// Its value.
    pub most: u64,
    /// How full it got.
    pub reached: u64,
    /// What was forgotten because of it; of a bound on each connection, how many connections met it.
    pub forgotten: u64,
}

/// A rule, and how often it spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleRowView {
    /// Its id.
    pub rule: &'static str,
    /// `violation`, `anomaly` or `note`: what a breach means.
    pub severity: &'static str,
    /// What must hold, in English and in Chinese.
    pub summary: [&'static str; 2],
    /// How often what came out.
    pub counts: RuleCountsView,
}

impl RuleRowView {
    /// Whether it said anything.
    #[must_use]
    pub fn spoke(&self) -> bool {
        RuleCountsView { not_applicable: 0, ..self.counts } != RuleCountsView::default()
    }
}

/// Segments that moved nothing.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct IgnoredView {
    /// Why: `damaged`, `not-acceptable`, `fragment`, …
    pub reason: &'static str,
    /// How many.
    pub count: u64,
}
