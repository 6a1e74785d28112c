//! One rule: what it means, its equation and clause, and its own traces as ladders, the line that it names marked.

use super::sheet::{Fact, Sheet, Value};
use super::{link, said};
use crate::report::example::judged;
use crate::report::style::{Ink, Style};
use crate::report::words::Language;
use crate::rules::guard::known::GUARDS;
use crate::rules::{Rule, Severity, unbuilt};

/// A rule of the catalogue.
pub(super) fn about(rule: &Rule, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let say = |id: &str| words.say(id);
    let mut sheet = Sheet::default();
    sheet.title(rule.id);
    sheet.paragraph(Ink::Plain, said(rule.summary, style));
    sheet.gap();
    let severity = format!("{}{}", words.named("severity", rule.severity.id()), say("colon"));
    let severity = format!("{severity}{}", words.named("severity-means", rule.severity.id()));
    let ids = rule.requirements.join(", ");
    let requirement = if ids.is_empty() { ids } else { format!(" ({ids})") };
    let mut facts = vec![
        Fact::new(say("explain-statement"), Value::Literal, rule.statement),
        Fact::new(say("column-severity"), Value::Words, severity),
        Fact::new(say("explain-level"), Value::Words, words.named("level", rule.level.id())),
        Fact::new(say("column-clause"), Value::Words, format!("{}{requirement}", rule.cite)),
        Fact::new("", Value::Link, link(rule.cite)),
    ];
    if !rule.also.is_empty() {
        let also: Vec<String> = rule.also.iter().map(ToString::to_string).collect();
        facts.push(Fact::new(say("explain-also"), Value::Words, also.join(&say("comma"))));
    }
    let named = GUARDS.iter().filter(|guard| guard.excuses(rule) && !guard.is_for_all());
    let guards: Vec<String> = named.map(|guard| format!("{} ({})", said(guard.means, style), guard.id)).collect();
    let guards = if guards.is_empty() { say("explain-guards-none") } else { guards.join(&say("semicolon")) };
    if rule.severity != Severity::Note {
        facts.push(Fact::new(say("explain-guards"), Value::Words, guards));
    }
    facts.push(Fact::new(say("explain-since"), Value::Literal, rule.since));
    sheet.facts(facts);
    sheet.gap();
    let explanation: Vec<&str> = said(rule.explanation, style).split_whitespace().collect();
    sheet.paragraph(Ink::Plain, explanation.join(" "));
    let kept = if rule.broken_by.is_empty() { "explain-example" } else { "explain-keeps" };
    for (trace, heading) in [(rule.broken_by, "explain-breaks"), (rule.kept_by, kept)] {
        if let Ok(example) = judged(trace)
            && !trace.is_empty()
        {
            sheet.heading(say(heading));
            // The captions of the traces are English.
            if words.language() == Language::English && !example.caption.is_empty() {
                sheet.paragraph(Ink::Faint, &example.caption);
            }
            sheet.drawing(example.ladders(style));
            if !example.details.is_empty() {
                sheet.paragraph(Ink::Faint, say("explain-details"));
                let fact =
                    |(frame, detail): &(u64, String)| Fact::new(frame.to_string(), Value::Literal, detail.as_str());
                sheet.facts(example.details.iter().map(fact).collect());
            }
        }
    }
    sheet
}

/// A rule that was not built.
pub(super) fn not_built(rule: &unbuilt::Unbuilt, style: &Style<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.title(rule.id);
    sheet.paragraph(Ink::Plain, style.words.say("explain-not-built"));
    sheet.gap();
    sheet.paragraph(Ink::Plain, said(rule.why, style));
    sheet
}
