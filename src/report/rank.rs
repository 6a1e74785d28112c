//! How much a finding, or the connection that has it, deserves a look: one mark, one ink and one word each.
//!
//! All pages take these from here, so that an anomaly never looks like a violation on one of them.

use super::connections::worst;
use super::style::{Ink, Style};
use super::view::{ConnectionView, FindingView};
use crate::rules::Severity;
use crate::rules::judge::{Outcome, Record};

/// How much something deserves a look; the first is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A requirement was broken.
    Violation,
    /// Something legal but harmful or odd.
    Anomaly,
    /// A rule stayed undecided.
    Undecided,
    /// Something is worth knowing.
    Note,
    /// Nothing was found.
    Clean,
}

impl Rank {
    /// The rank of one finding.
    #[must_use]
    pub fn of(finding: &FindingView) -> Self {
        match (finding.verdict, finding.severity) {
            ("broken", "violation") => Self::Violation,
            ("broken", _) => Self::Anomaly,
            ("undecided", _) => Self::Undecided,
            _ => Self::Note,
        }
    }

    /// The rank of a connection by what the rules said of it, before it has a view.
    #[must_use]
    pub fn of_record(record: &Record) -> Self {
        let of = |outcome| match outcome {
            Outcome::Broken(Severity::Violation) => Self::Violation,
            Outcome::Broken(_) => Self::Anomaly,
            Outcome::Undecided => Self::Undecided,
            Outcome::Noted | Outcome::Holds => Self::Note,
        };
        record.findings.iter().map(|judged| of(judged.outcome)).min().unwrap_or(Self::Clean)
    }

    /// The rank of a connection: that of its worst finding.
    #[must_use]
    pub fn of_connection(view: &ConnectionView) -> Self {
        worst(view).map_or(Self::Clean, Self::of)
    }

    /// What it is painted in.
    #[must_use]
    pub const fn ink(self) -> Ink {
        match self {
            Self::Violation => Ink::Bad,
            Self::Anomaly | Self::Undecided => Ink::Doubt,
            Self::Note => Ink::Plain,
            Self::Clean => Ink::Faint,
        }
    }

    /// Its mark: `✗`, `!`, `?`, `i`; in ASCII `x`.
    #[must_use]
    pub fn mark(self, style: &Style<'_>) -> &'static str {
        match self {
            Self::Violation => style.mark("broken"),
            Self::Anomaly => "!",
            Self::Undecided => style.mark("undecided"),
            Self::Note => style.mark("noted"),
            Self::Clean => "",
        }
    }

    /// What the mark means.
    #[must_use]
    pub fn word(self, style: &Style<'_>) -> String {
        match self {
            Self::Violation => style.words.named("severity", "violation"),
            Self::Anomaly => style.words.named("severity", "anomaly"),
            Self::Undecided => style.words.named("verdict", "undecided"),
            Self::Note => style.words.named("severity", "note"),
            Self::Clean => String::new(),
        }
    }
}
