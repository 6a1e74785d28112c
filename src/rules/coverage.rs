//! The requirements of RFC 9293, Appendix B, each with the rules that see it kept or broken, or why no tap can.
//!
//! Subjects and reasons are in our words. Which rules belong to a requirement is said once: by the rules' own
//! requirement ids, and here only for rules that bear on it without being written for it. No rule is defined here.

mod may;
mod must;
mod reasons;
mod should;

use super::{Rule, Said, catalogue};

/// One requirement.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// `MUST-10`, as RFC 9293, Appendix B numbers it.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub subject: Said,
    /// Rules that bear on it; those that name the requirement themselves need not be among them.
    pub also: &'static [&'static str],
    /// What no tap can see of it, and why; always there where no rule is.
    pub unseen: Option<Said>,
}

impl Row {
    /// The rules that see something of it, in the order of the catalogue.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> + '_ {
        catalogue().filter(|rule| self.also.contains(&rule.id) || of(rule).any(|id| id == self.id))
    }
}

/// The requirements that a rule is written for.
pub fn of(rule: &Rule) -> impl Iterator<Item = &'static str> + use<> {
    rule.requirements.iter().copied()
}

/// Every requirement: MUST, SHLD, MAY and REC, each in the order of its numbers.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [must::ROWS, should::ROWS, may::ROWS].into_iter().flatten()
}

/// A requirement that rules see.
const fn seen(id: &'static str, en: &'static str, zh: &'static str, also: &'static [&'static str]) -> Row {
    Row { id, subject: Said { en, zh }, also, unseen: None }
}

/// A requirement of which rules see a part.
const fn partly(
    id: &'static str,
    en: &'static str,
    zh: &'static str,
    also: &'static [&'static str],
    unseen: Said,
) -> Row {
    Row { id, subject: Said { en, zh }, also, unseen: Some(unseen) }
}

/// A requirement that leaves no trace on the wire.
const fn unseen(id: &'static str, en: &'static str, zh: &'static str, why: Said) -> Row {
    Row { id, subject: Said { en, zh }, also: &[], unseen: Some(why) }
}

#[cfg(test)]
mod tests {
    use super::{of, rows};
    use crate::rules::{by_id, catalogue, unbuilt};
    use std::collections::BTreeSet;

    #[test]
    fn every_requirement_stands_in_its_place_once() {
        let series = [("MUST", 69), ("SHLD", 31), ("MAY", 18), ("REC", 1)];
        let wanted = series.iter().flat_map(|(kind, last)| (1..=*last).map(move |n| format!("{kind}-{n}")));
        assert!(rows().map(|row| row.id).eq(wanted), "{:?}", rows().map(|row| row.id).collect::<Vec<_>>());
    }

    #[test]
    fn every_requirement_has_a_rule_or_a_reason() {
        for row in rows() {
            let named = row.also.iter().copied().chain(row.rules().map(|rule| rule.id));
            assert!(row.unseen.is_some() || named.count() > 0, "{}: neither rule nor reason", row.id);
            for said in [Some(row.subject), row.unseen].into_iter().flatten() {
                for text in [said.en, said.zh] {
                    assert!(!text.is_empty() && !text.ends_with(['.', '。']), "{}: {text}", row.id);
                }
            }
        }
    }

    #[test]
    fn every_rule_named_exists() {
        for row in rows() {
            let names: BTreeSet<_> = row.also.iter().collect();
            assert_eq!(names.len(), row.also.len(), "{}: a rule is named twice", row.id);
            for id in row.also {
                assert!(by_id(id).is_some(), "{}: no rule is called {id}", row.id);
                assert!(unbuilt::by_id(id).is_none(), "{}: {id} is not built, as rules::unbuilt says", row.id);
            }
        }
    }

    #[test]
    fn every_rule_that_names_a_requirement_stands_in_its_row() {
        for rule in catalogue() {
            for id in of(rule) {
                let row = rows().find(|row| row.id == id);
                let row = row.unwrap_or_else(|| panic!("{}: RFC 9293 has no {id}", rule.id));
                assert!(row.rules().any(|listed| listed.id == rule.id), "{id} lacks {}", rule.id);
            }
        }
    }
}
