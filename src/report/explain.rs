//! What the reports speak of, explained: a rule with its example, a state, an arc between states, a word.
//!
//! Names come from the catalogue of rules, from [`arcs`] and from the words; nothing is said twice.

use super::arcs::{self, Arc, MACHINE, STATES};
use super::example::judged;
use super::grid::{Column, Grid, Text};
use super::layout::{Page, columns, left};
use super::style::{Ink, Style};
use super::words::Language;
use crate::rules::{Citation, Rule, Said, Severity, by_id, catalogue};

/// Words of the reports that have an explanation.
pub const TERMS: [&str; 17] = [
    "holds",
    "broken",
    "undecided",
    "noted",
    "not-applicable",
    "violation",
    "anomaly",
    "note",
    "sent",
    "proved",
    "presumed",
    "retracted",
    "midstream",
    "likely",
    "possible",
    "silent",
    "proven",
];

/// States as `ss`, `netstat` and the kernels spell them, without case and signs.
const SPELLINGS: [(&str, &str); 9] = [
    ("ESTAB", "ESTABLISHED"),
    ("SYNRECV", "SYN-RECEIVED"),
    ("NEWSYNRECV", "SYN-RECEIVED"),
    ("SYNRCVD", "SYN-RECEIVED"),
    ("CLOSE", "CLOSED"),
    ("UNCONN", "CLOSED"),
    ("LISTENING", "LISTEN"),
    ("FINWAIT", "FIN-WAIT-1"),
    ("TIMEDWAIT", "TIME-WAIT"),
];

/// Something that can be explained.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// A rule.
    Rule(&'static Rule),
    /// A state, by its name in RFC 9293.
    State(&'static str),
    /// An arc.
    Arc(&'static Arc),
    /// A word of the reports.
    Term(&'static str),
}

impl Topic {
    /// What `name` names, however it is spelled: `rst-exact`, `ESTAB`, `SYN_RECV`, `f14`, `Undecided`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        let bare = lower.replace('-', "").to_ascii_uppercase();
        let is = |state: &str| state.replace('-', "") == bare;
        let spelled = SPELLINGS.iter().find(|(spelling, _)| *spelling == bare).map(|(_, state)| *state);
        by_id(&lower)
            .map(Self::Rule)
            .or_else(|| STATES.into_iter().find(|state| is(state) || Some(*state) == spelled).map(Self::State))
            .or_else(|| MACHINE.iter().find(|arc| arc.id == bare).map(Self::Arc))
            .or_else(|| TERMS.into_iter().find(|term| *term == lower).map(Self::Term))
    }

    /// The name most like `name`, if any is alike.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        const ALIKE: f64 = 0.75;
        let lower = name.to_ascii_lowercase();
        let names = catalogue().map(|rule| rule.id).chain(STATES).chain(TERMS);
        let scored = names.map(|known| (strsim::jaro_winkler(&known.to_ascii_lowercase(), &lower), known));
        scored.filter(|(score, _)| *score >= ALIKE).max_by(|one, other| one.0.total_cmp(&other.0)).map(|best| best.1)
    }
}

/// The page about `topic`.
#[must_use]
pub fn page(topic: Topic, style: &Style<'_>) -> String {
    match topic {
        Topic::Rule(rule) => about_rule(rule, style),
        Topic::State(name) => about_state(name, style),
        Topic::Arc(arc) => about_arc(arc, style),
        Topic::Term(term) => {
            let mut page = Page::new(style);
            page.paragraph(Ink::Strong, term);
            page.paragraph(Ink::Plain, &style.words.named("term", term));
            page.finish()
        }
    }
}

/// Everything that can be explained, a line each.
#[must_use]
pub fn list(style: &Style<'_>) -> String {
    let words = style.words;
    let say = |id: &str| words.say(id);
    let mut page = Page::new(style);
    page.heading(&say("explain-rules"));
    let heads = vec![
        Column::firm(say("column-rule")),
        Column::firm(say("column-severity")),
        Column::loose(say("column-summary")),
    ];
    let mut grid = Grid::new(style, heads);
    for rule in catalogue() {
        let severity = Text::new(ink_of(rule.severity), words.named("severity", rule.severity.id()));
        grid.row(vec![rule.id.into(), severity, said(rule.summary, style).into()]);
    }
    page.block(&grid.finish());
    page.heading(&say("explain-states"));
    let mut grid = Grid::new(style, vec![Column::firm(say("column-state")), Column::loose(say("column-meaning"))]);
    for name in STATES {
        grid.row(vec![name.into(), arcs::state(words, name).unwrap_or_default().into()]);
    }
    page.block(&grid.finish());
    page.heading(&say("explain-terms"));
    page.paragraph(Ink::Plain, &TERMS.join(", "));
    page.block("\n");
    page.paragraph(Ink::Faint, &say("explain-how"));
    page.finish()
}

fn said(said: Said, style: &Style<'_>) -> &'static str {
    match style.words.language() {
        Language::English => said.en,
        Language::Chinese => said.zh,
    }
}

const fn ink_of(severity: Severity) -> Ink {
    match severity {
        Severity::Violation => Ink::Bad,
        Severity::Anomaly => Ink::Doubt,
        Severity::Note => Ink::Plain,
    }
}

/// Where the section can be read.
fn link(cite: Citation) -> String {
    format!("https://www.rfc-editor.org/rfc/rfc{}#section-{}", cite.rfc, cite.section)
}

fn about_rule(rule: &Rule, style: &Style<'_>) -> String {
    let words = style.words;
    let say = |id: &str| words.say(id);
    let mut page = Page::new(style);
    page.paragraph(Ink::Strong, rule.id);
    page.paragraph(Ink::Plain, said(rule.summary, style));
    page.block("\n");
    let severity = format!("{}{}", words.named("severity", rule.severity.id()), say("colon"));
    let severity = format!("{severity}{}", words.named("severity-means", rule.severity.id()));
    let ids = rule.requirements.join(", ");
    let requirement = if ids.is_empty() { ids } else { format!(" ({ids})") };
    let rows = [
        (say("explain-statement"), rule.statement.to_owned()),
        (say("column-severity"), severity),
        (say("column-clause"), format!("{}{requirement}", rule.cite)),
    ];
    let widest = rows.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    for (label, text) in &rows {
        page.hanging(Ink::Plain, &format!("  {}  ", left(label, widest)), text);
    }
    page.block(&format!("  {}  {}", " ".repeat(widest), link(rule.cite)));
    page.block("\n");
    page.paragraph(Ink::Plain, &said(rule.explanation, style).split_whitespace().collect::<Vec<_>>().join(" "));
    let kept = if rule.broken_by.is_empty() { "explain-example" } else { "explain-keeps" };
    for (trace, heading) in [(rule.broken_by, "explain-breaks"), (rule.kept_by, kept)] {
        if let Ok(example) = judged(trace)
            && !trace.is_empty()
        {
            page.heading(&say(heading));
            // The captions of the traces are English.
            if style.words.language() == Language::English && !example.caption.is_empty() {
                page.paragraph(Ink::Faint, &example.caption);
            }
            page.block(&example.ladders(style));
        }
    }
    page.finish()
}

fn about_state(name: &'static str, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    page.paragraph(Ink::Strong, name);
    page.paragraph(Ink::Plain, &arcs::state(words, name).unwrap_or_default());
    type Chosen = fn(&Arc, &str) -> bool;
    let entered: Chosen = |arc, name| arc.to == Some(name);
    let left: Chosen = |arc, name| arc.to.is_some() && arc.from.contains(&name);
    let kept: Chosen = |arc, name| arc.to.is_none() && arc.from.contains(&name);
    for (heading, column, chosen) in
        [("explain-entered", "column-from", entered), ("explain-left", "column-to", left), ("explain-stays", "", kept)]
    {
        let arcs: Vec<&Arc> = MACHINE.iter().filter(|arc| chosen(arc, name)).collect();
        if arcs.is_empty() {
            continue;
        }
        page.heading(&words.say(heading));
        let mut heads = vec![Column::firm(words.say("column-arc"))];
        if !column.is_empty() {
            heads.push(Column::firm(words.say(column)));
        }
        heads.push(Column::loose(words.say("column-cause")));
        let mut grid = Grid::new(style, heads);
        for arc in arcs {
            let mut cells: Vec<Text> = vec![arc.id.into()];
            match column {
                "column-from" => cells.push(arc.from.join("\n").into()),
                "column-to" => cells.push(arc.to.unwrap_or_default().into()),
                _ => {}
            }
            cells.push(arcs::cause(words, arc.id).into());
            grid.row(cells);
        }
        page.block(&grid.finish());
    }
    page.finish()
}

fn about_arc(arc: &Arc, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let from = arc.from.join(&words.say("comma"));
    let head = match arc.to {
        Some(to) => format!("{}  {from} {} {to}", arc.id, style.arrow()),
        None => format!("{}  {from}", arc.id),
    };
    page.hanging(Ink::Strong, "", &head);
    page.paragraph(Ink::Plain, &arcs::cause(words, arc.id));
    let cite = Citation { rfc: 9293, section: arc.section };
    page.block("\n");
    page.paragraph(Ink::Faint, &cite.to_string());
    page.block(&link(cite));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::Words;

    #[test]
    fn a_state_is_found_by_every_spelling() {
        for (typed, wanted) in [
            ("ESTAB", "ESTABLISHED"),
            ("established", "ESTABLISHED"),
            ("SYN_RECV", "SYN-RECEIVED"),
            ("SYN-RECV", "SYN-RECEIVED"),
            ("NEW_SYN_RECV", "SYN-RECEIVED"),
            ("FIN_WAIT1", "FIN-WAIT-1"),
            ("FIN-WAIT-2", "FIN-WAIT-2"),
            ("time wait", "TIME-WAIT"),
            ("CLOSE", "CLOSED"),
        ] {
            assert!(matches!(Topic::named(typed), Some(Topic::State(state)) if state == wanted), "{typed}");
        }
        assert!(Topic::named("ESTABLISH").is_none());
        assert_eq!(Topic::nearest("ESTABLISH"), Some("ESTABLISHED"));
        assert_eq!(Topic::nearest("rst-exat"), Some("rst-exact"));
        assert_eq!(Topic::nearest("zzz"), None);
    }

    #[test]
    fn every_topic_has_a_page_in_both_languages() {
        let rules: Vec<&str> = catalogue().map(|rule| rule.id).collect();
        for language in Language::ALL {
            let words = Words::new(language);
            let style = Style::new(&words);
            for name in rules.iter().copied().chain(STATES).chain(MACHINE.iter().map(|arc| arc.id)).chain(TERMS) {
                let topic = Topic::named(name).unwrap_or_else(|| panic!("{name} names nothing"));
                let text = page(topic, &style);
                assert!(text.starts_with(name) && text.lines().count() > 1, "{language} {name}: {text}");
                assert!(text.lines().all(|line| columns(line) <= 80), "{language} {name}: {text}");
            }
            assert!(list(&style).lines().all(|line| columns(line) <= 80));
        }
    }
}
