//! Everything that can be explained, a line each: rules by family, rules that are not built, states, arcs, guards,
//! kinds of segments, words.

use super::judging::kinds;
use super::sheet::{Cell, Head, Sheet};
use super::{TERMS, ink_of, said};
use crate::report::arcs::{self, MACHINE, STATES};
use crate::report::style::{Ink, Style};
use crate::report::words::Words;
use crate::rules::catalogue;
use crate::rules::guard::known::GUARDS;
use crate::rules::unbuilt::UNBUILT;

/// The families of rules, in the order of a connection's life, with how their rules' names begin.
pub(super) const FAMILIES: [(&str, &[&str]); 10] = [
    ("header", &["hdr", "opt"]),
    ("handshake", &["hs"]),
    ("options", &["neg"]),
    ("data", &["data", "ack", "win", "rexmit", "ooo", "dupack", "rto", "r2", "seq"]),
    ("sack", &["sack", "dsack"]),
    ("time", &["ts", "paws"]),
    ("probes", &["ka", "zw", "zwp"]),
    ("close", &["fin", "closewait", "finwait2"]),
    ("reset", &["rst", "syn"]),
    ("after", &["tw", "reuse", "icmp"]),
];

/// The family of the rule called `id`.
pub(super) fn family(id: &str) -> Option<&'static str> {
    let first = id.split('-').next()?;
    FAMILIES.iter().find(|(_, names)| names.contains(&first)).map(|(family, _)| *family)
}

/// The heads of a table of rules.
pub(super) fn heads(words: &Words) -> Vec<Head> {
    let say = |id: &str| words.say(id);
    vec![Head::Firm(say("column-rule")), Head::Firm(say("column-severity")), Head::Loose(say("column-summary"))]
}

/// All of it.
pub(super) fn sheet(style: &Style<'_>) -> Sheet {
    let words = style.words;
    let say = |id: &str| words.say(id);
    let mut sheet = Sheet::default();
    for (name, _) in FAMILIES {
        let rules = catalogue().filter(|rule| family(rule.id) == Some(name));
        let rows = rules.map(|rule| {
            let severity = Cell(ink_of(rule.severity), words.named("severity", rule.severity.id()));
            vec![rule.id.into(), severity, said(rule.summary, style).into()]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        if rows.is_empty() {
            continue;
        }
        sheet.heading(words.say_with("explain-family", &[("family", words.named("family", name).into())]));
        sheet.table(heads(words), rows);
    }
    sheet.heading(say("explain-unbuilt"));
    let rows = UNBUILT.iter().map(|rule| vec![rule.id.into(), said(rule.why, style).into()]);
    sheet.table(vec![Head::Firm(say("column-rule")), Head::Loose(say("column-why"))], rows.collect());
    sheet.heading(say("explain-states"));
    let rows = STATES.iter().map(|name| vec![(*name).into(), arcs::state(words, name).unwrap_or_default().into()]);
    sheet.table(vec![Head::Firm(say("column-state")), Head::Loose(say("column-meaning"))], rows.collect());
    sheet.heading(say("explain-arcs"));
    let rows = MACHINE.iter().map(|arc| {
        let from = match arc.from {
            [one] => (*one).to_owned(),
            many => words.say_with("explain-many-states", &[("count", many.len().into())]),
        };
        vec![arc.id.into(), from.into(), arc.to.unwrap_or("").into(), arcs::cause(words, arc.id).into()]
    });
    let heads = ["column-arc", "column-from", "column-to"].map(|id| Head::Firm(say(id)));
    sheet.table([heads.as_slice(), &[Head::Loose(say("column-cause"))]].concat(), rows.collect());
    sheet.heading(say("explain-list-guards"));
    let rows = GUARDS.iter().map(|guard| vec![guard.id.into(), said(guard.means, style).into()]);
    sheet.table(vec![Head::Firm(say("column-guard")), Head::Loose(say("column-meaning"))], rows.collect());
    sheet.heading(say("explain-list-kinds"));
    let rows = kinds().map(|id| vec![id.into(), words.named("kind", id).into()]);
    sheet.table(vec![Head::Firm(say("column-kind")), Head::Loose(say("column-meaning"))], rows.collect());
    sheet.heading(say("explain-terms"));
    sheet.paragraph(Ink::Plain, TERMS.join(", "));
    sheet.gap();
    sheet.paragraph(Ink::Faint, say("explain-how"));
    sheet
}

#[cfg(test)]
mod tests {
    use super::family;
    use crate::rules::catalogue;
    use crate::rules::unbuilt::UNBUILT;

    #[test]
    fn every_rule_has_a_family() {
        for id in catalogue().map(|rule| rule.id).chain(UNBUILT.iter().map(|rule| rule.id)) {
            assert!(family(id).is_some(), "{id}: no family has names that begin so");
        }
    }
}
