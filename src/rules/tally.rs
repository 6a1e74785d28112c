//! How often each rule held, was broken, undecided, noted: silence can be told from absence.

use super::judge::Outcome;
use super::{Rule, catalogue};

/// Counts of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// It held.
    pub holds: u64,
    /// It was broken.
    pub broken: u64,
    /// It could not be told.
    pub undecided: u64,
    /// It noted something.
    pub noted: u64,
}

/// Counts of all rules, in the order of the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Vec<Counts>,
}

impl Tally {
    /// One more `outcome` of the rule at `place` in the catalogue.
    pub fn count(&mut self, place: usize, outcome: Outcome) {
        if self.counts.len() <= place {
            self.counts.resize(catalogue().count().max(place + 1), Counts::default());
        }
        if let Some(counts) = self.counts.get_mut(place) {
            match outcome {
                Outcome::Holds => counts.holds += 1,
                Outcome::Broken(_) => counts.broken += 1,
                Outcome::Undecided => counts.undecided += 1,
                Outcome::Noted => counts.noted += 1,
            }
        }
    }

    /// Every rule with its counts, in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Rule, Counts)> + '_ {
        catalogue().enumerate().map(|(place, rule)| (rule, self.counts.get(place).copied().unwrap_or_default()))
    }
}
