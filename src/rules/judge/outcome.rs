//! What a record comes to as a whole: its worst breach, and what became of some of its rules.

use super::{Judged, Outcome, Record};
use crate::rules::Severity;

impl Record {
    /// The worst breach found, if any.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings
            .iter()
            .filter_map(|judged| match judged.outcome {
                Outcome::Broken(severity) => Some(severity),
                _ => None,
            })
            .max()
    }

    /// Whether a rule whose id starts with one of these was broken, or left undecided.
    #[must_use]
    pub fn outcome_of(&self, ids: &[&str]) -> Option<Outcome> {
        let of = |judged: &&Judged| ids.contains(&judged.rule.id);
        let mut found = None;
        for judged in self.equations.iter().filter(of).chain(self.findings.iter().filter(of)) {
            match judged.outcome {
                broken @ Outcome::Broken(_) => return Some(broken),
                Outcome::Undecided => found = Some(Outcome::Undecided),
                Outcome::Holds | Outcome::Noted => found = found.or(Some(judged.outcome)),
            }
        }
        found
    }
}
