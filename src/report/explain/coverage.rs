//! The requirements of RFC 9293, Appendix B, and what becomes of each: all of them as a table, or one by itself.

use super::said;
use super::sheet::{Cell, Fact, Head, Sheet, Value};
use crate::report::style::{Ink, Style};
use crate::rules::coverage::{Row, rows};

/// All of them.
pub(super) fn table(style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(words.say("coverage-title"));
    let [mut by_rules, mut in_part, mut out_of_sight, mut open] = [0_usize; 4];
    let lines = rows().map(|row| {
        let rules: Vec<&str> = row.rules().map(|rule| rule.id).collect();
        let (ink, count) = match (rules.is_empty(), row.unseen) {
            (false, None) => (Ink::Plain, &mut by_rules),
            (false, Some(_)) => (Ink::Plain, &mut in_part),
            (true, Some(_)) if row.also.is_empty() => (Ink::Faint, &mut out_of_sight),
            (true, _) => (Ink::Doubt, &mut open),
        };
        *count += 1;
        let open = (ink == Ink::Doubt).then(|| words.say("coverage-open"));
        let why = row.unseen.map(|why| said(why, style).to_owned());
        let parts = [Some(rules.join(", ")), open, why].into_iter().flatten().filter(|part| !part.is_empty());
        vec![row.id.into(), said(row.subject, style).into(), Cell(ink, parts.collect::<Vec<_>>().join("\n"))]
    });
    let lines: Vec<Vec<Cell>> = lines.collect();
    let counts = [("all", lines.len()), ("rules", by_rules), ("part", in_part), ("unseen", out_of_sight)];
    sheet.paragraph(Ink::Plain, words.say_with("coverage-counts", &counts.map(|(name, count)| (name, count.into()))));
    if open > 0 {
        sheet.paragraph(Ink::Doubt, words.say_with("coverage-counts-open", &[("count", open.into())]));
    }
    sheet.gap();
    let heads = vec![
        Head::Firm(words.say("column-requirement")),
        Head::Loose(words.say("column-subject")),
        Head::Loose(words.say("column-seen-by")),
    ];
    sheet.table(heads, lines);
    sheet
}

/// One of them.
pub(super) fn about(row: &Row, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(row.id);
    sheet.paragraph(Ink::Plain, said(row.subject, style));
    if let Some(why) = row.unseen {
        sheet.gap();
        let label = if row.rules().next().is_some() { "coverage-not-seen" } else { "coverage-unseen" };
        sheet.facts(vec![Fact::new(words.say(label), Value::Words, said(why, style))]);
    }
    let rules: Vec<Vec<Cell>> =
        row.rules().map(|rule| vec![rule.id.into(), said(rule.summary, style).into()]).collect();
    if !rules.is_empty() {
        sheet.heading(words.say("coverage-rules"));
        sheet.table(vec![Head::Firm(words.say("column-rule")), Head::Loose(words.say("column-summary"))], rules);
    }
    sheet
}
