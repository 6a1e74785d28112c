//! How often each rule was asked, held, was broken, undecided, noted: silence can be told from absence.

use super::book::Rulebook;
use super::judge::Outcome;
use super::{Rule, Trigger, catalogue};

/// Counts of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// It was shown a segment, an ICMP error or the end of an endpoint.
    pub asked: u64,
    /// It held.
    pub holds: u64,
    /// It was broken.
    pub broken: u64,
    /// It could not be told.
    pub undecided: u64,
    /// It noted something.
    pub noted: u64,
}

impl Counts {
    /// How often it said something.
    #[must_use]
    pub const fn spoke(&self) -> u64 {
        self.holds + self.broken + self.undecided + self.noted
    }

    /// How often it was asked and had nothing to say, because what it demands was not at stake.
    #[must_use]
    pub const fn not_applicable(&self) -> u64 {
        self.asked.saturating_sub(self.spoke())
    }
}

/// Counts of all rules, in the order of the catalogue; and the order in which they are asked.
#[derive(Clone, Debug)]
pub struct Tally {
    book: &'static Rulebook,
    counts: Vec<Counts>,
    /// Segments judged, by kind: which rules looked at them follows from it.
    segments: Vec<u64>,
    errors: u64,
    ends: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Self::of(Rulebook::usual())
    }
}

impl Tally {
    /// A tally of rules that are asked in this order.
    #[must_use]
    pub const fn of(book: &'static Rulebook) -> Self {
        Self { book, counts: Vec::new(), segments: Vec::new(), errors: 0, ends: 0 }
    }

    /// The rules in the order in which they are asked.
    #[must_use]
    pub const fn book(&self) -> &'static Rulebook {
        self.book
    }

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

    /// A segment of this kind is shown to the rules that look at such.
    pub fn segment(&mut self, kind: Trigger) {
        let place = usize::from(kind.0);
        if self.segments.len() <= place {
            self.segments.resize(place + 1, 0);
        }
        if let Some(count) = self.segments.get_mut(place) {
            *count += 1;
        }
    }

    /// An ICMP error is shown to the rules about them.
    pub fn error(&mut self) {
        self.errors += 1;
    }

    /// The end of an endpoint is shown to the rules that judge a connection as a whole.
    pub fn end(&mut self) {
        self.ends += 1;
    }

    /// What another capture adds.
    pub fn add(&mut self, other: &Self) {
        self.counts.resize(self.counts.len().max(other.counts.len()), Counts::default());
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            own.holds += more.holds;
            own.broken += more.broken;
            own.undecided += more.undecided;
            own.noted += more.noted;
        }
        self.segments.resize(self.segments.len().max(other.segments.len()), 0);
        for (own, more) in self.segments.iter_mut().zip(&other.segments) {
            *own += more;
        }
        self.errors += other.errors;
        self.ends += other.ends;
    }

    /// Every rule with its counts, in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Rule, Counts)> + '_ {
        catalogue().enumerate().map(|(place, rule)| {
            let said = self.counts.get(place).copied().unwrap_or_default();
            (rule, Counts { asked: self.asked(rule), ..said })
        })
    }

    fn asked(&self, rule: &Rule) -> u64 {
        let seen = (0..).map(Trigger).zip(&self.segments).filter(|(kind, _)| rule.on.meets(*kind));
        let errors = if rule.on_error.is_some() { self.errors } else { 0 };
        let ends = if rule.at_end.is_some() { self.ends } else { 0 };
        seen.map(|(_, count)| count).sum::<u64>() + errors + ends
    }
}
