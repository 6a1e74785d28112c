//! What the judge says beside its rules: a guard, under which nobody is charged, and a kind of segment.

use super::sheet::{Cell, Fact, Sheet, Value};
use super::{TERMS, ink_of, said};
use crate::report::style::{Ink, Style};
use crate::rules::guard::known::Guard;
use crate::rules::{by_id, catalogue};
use crate::tcp::kind::{Cause, Kind};

/// Every kind of segment that has a name, with the rules that speak of it.
pub const KINDS: [(Kind, &[&str]); 17] = [
    (Kind::Retransmission(Cause::Timeout), &["rexmit-rto", "rto-min-backoff", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::DuplicateAcks), &["rexmit-fast", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::TimeOrder), &["rexmit-tlp-rack", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::TailProbe), &["rexmit-tlp-rack", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::TimeoutOrTailProbe), &["rexmit-rto", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::TooBig), &["icmp-ptb", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::Acknowledged), &["rexmit-is-copy-of-sent", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Retransmission(Cause::Unknown), &["rexmit-is-copy-of-sent", "rexmit-spurious", "rexmit-same-bytes"]),
    (Kind::Resent, &["rexmit-is-copy-of-sent"]),
    (Kind::Late, &["ooo-not-rexmit", "ack-monotonic"]),
    (Kind::Filling, &["ooo-not-rexmit"]),
    (Kind::Copy, &[]),
    (Kind::DuplicateAck, &["dupack"]),
    (Kind::WindowUpdate, &["win-update"]),
    (Kind::KeepAlive, &["ka-form", "ka-idle", "ka-answer"]),
    (Kind::ZeroWindowProbe, &["zwp-form", "zwp-answer", "zwp-backoff"]),
    (Kind::Plain, &[]),
];

/// The names of the kinds, as reports and JSON have them.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().filter_map(|(kind, _)| kind.id())
}

/// A guard, and the rules whose breach it leaves undecided.
pub(super) fn guard(guard: &Guard, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(guard.id);
    sheet.paragraph(Ink::Plain, said(guard.means, style));
    sheet.gap();
    let whys = guard.whys.iter().enumerate().map(|(at, why)| {
        let label = if at == 0 { words.say("guard-why") } else { String::new() };
        Fact::new(label, Value::Words, words.term(why))
    });
    let mut facts = vec![Fact::new(words.say("guard-speaks"), Value::Words, joined(said(guard.speaks, style)))];
    facts.extend(whys);
    sheet.facts(facts);
    sheet.gap();
    sheet.paragraph(Ink::Plain, words.say("guard-means"));
    sheet.heading(words.say("guard-rules"));
    if guard.is_for_all() {
        sheet.paragraph(Ink::Plain, words.say("guard-all"));
    } else {
        let rules = catalogue().filter(|rule| guard.excuses(rule)).map(|rule| rule.id);
        rules_of(&mut sheet, rules, style);
    }
    if TERMS.contains(&guard.id) {
        sheet.heading(words.say("guard-term"));
        sheet.paragraph(Ink::Plain, words.named("term", guard.id));
    }
    sheet
}

/// A kind of segment, and the rules that speak of it.
pub(super) fn kind(id: &'static str, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(id);
    sheet.paragraph(Ink::Plain, words.named("kind", id));
    sheet.gap();
    sheet.paragraph(Ink::Plain, words.named("kind-means", id));
    sheet.gap();
    sheet.paragraph(Ink::Plain, words.say("kind-how"));
    let rules = KINDS.iter().find(|(kind, _)| kind.id() == Some(id)).map_or(&[][..], |(_, rules)| *rules);
    if !rules.is_empty() {
        sheet.heading(words.say("kind-rules"));
        rules_of(&mut sheet, rules.iter().copied(), style);
    }
    sheet
}

/// A table of rules.
fn rules_of(sheet: &mut Sheet, ids: impl Iterator<Item = &'static str>, style: &Style<'_>) {
    let words = style.words;
    let rows = ids.filter_map(by_id).map(|rule| {
        let severity = Cell(ink_of(rule.severity), words.named("severity", rule.severity.id()));
        vec![rule.id.into(), severity, said(rule.summary, style).into()]
    });
    let rows = rows.collect();
    sheet.table(super::list::heads(words), rows);
}

/// A text of the catalogue without the breaks of its source.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{KINDS, kinds};
    use crate::rules::by_id;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_one_name_and_its_rules_exist() {
        assert_eq!(kinds().collect::<BTreeSet<_>>().len(), KINDS.len() - 1, "only a plain segment has no name");
        for (kind, rules) in KINDS {
            assert!(rules.iter().all(|rule| by_id(rule).is_some()), "{kind:?}: {rules:?}");
        }
    }
}
