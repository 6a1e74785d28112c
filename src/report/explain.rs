//! What the reports speak of, explained: a rule with its example, a state, an arc between states, a requirement, a guard, a kind
//! of segment, a word.
//!
//! Names come from the catalogue of rules, from [`arcs`](super::arcs) and from the words; nothing is said twice. Here is
//! what has a name and which page answers to it; the pages are in the modules below.

mod coverage;
pub mod judging;
mod list;
pub mod lore;
mod machine;
mod rule;
mod sheet;

use self::sheet::Sheet;
use super::arcs::{Arc, MACHINE, STATES};
use super::style::{Ink, Style};
use super::words::Language;
use crate::nearest::nearest;
use crate::rules::coverage::{Row, rows};
use crate::rules::guard::known::{GUARDS, Guard};
use crate::rules::unbuilt::{self, UNBUILT, Unbuilt};
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
    /// A rule that was weighed and not built.
    Unbuilt(&'static Unbuilt),
    /// A requirement of RFC 9293, Appendix B.
    Requirement(&'static Row),
    /// A state, by its name in RFC 9293.
    State(&'static str),
    /// An arc.
    Arc(&'static Arc),
    /// A guard, under which a breach is undecided.
    Guard(&'static Guard),
    /// A kind of segment, by its stable name.
    Kind(&'static str),
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
            .or_else(|| unbuilt::by_id(&lower).map(Self::Unbuilt))
            .or_else(|| STATES.into_iter().find(|state| is(state) || Some(*state) == spelled).map(Self::State))
            .or_else(|| MACHINE.iter().find(|arc| arc.id == bare).map(Self::Arc))
            .or_else(|| Guard::named(&lower).map(Self::Guard))
            .or_else(|| judging::kinds().find(|kind| *kind == lower).map(Self::Kind))
            .or_else(|| TERMS.into_iter().find(|term| *term == lower).map(Self::Term))
            .or_else(|| rows().find(|row| row.id.eq_ignore_ascii_case(&lower)).map(Self::Requirement))
    }

    /// The name of a topic that was probably meant by `name`.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        let rules = catalogue().map(|rule| rule.id).chain(UNBUILT.iter().map(|rule| rule.id));
        let judging = GUARDS.iter().map(|guard| guard.id).chain(judging::kinds());
        nearest(name, rules.chain(STATES).chain(judging).chain(TERMS))
    }
}

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// For a terminal, to the width of the style.
    #[default]
    Text,
    /// As Markdown; ladders to the width of the style, without colours.
    Markdown,
}

/// The page about `topic`.
#[must_use]
pub fn page(topic: Topic, form: Form, style: &Style<'_>) -> String {
    written(&about(topic, style), form, style)
}

/// Everything that can be explained, a line each.
#[must_use]
pub fn list(form: Form, style: &Style<'_>) -> String {
    written(&list::sheet(style), form, style)
}

/// Each requirement of RFC 9293, Appendix B, with the rules that see it or why no tap can.
#[must_use]
pub fn coverage(form: Form, style: &Style<'_>) -> String {
    written(&coverage::table(style), form, style)
}

/// Every page, one behind the other, and the coverage of the requirements.
#[must_use]
pub fn all(form: Form, style: &Style<'_>) -> String {
    let rules = catalogue().map(Topic::Rule).chain(UNBUILT.iter().map(Topic::Unbuilt));
    let machine = STATES.into_iter().map(Topic::State).chain(MACHINE.iter().map(Topic::Arc));
    let judging = GUARDS.iter().map(Topic::Guard).chain(judging::kinds().map(Topic::Kind));
    let terms = TERMS.into_iter().filter(|term| Guard::named(term).is_none()).map(Topic::Term);
    let topics = rules.chain(machine).chain(judging).chain(terms);
    let mut pages: Vec<String> = topics.map(|topic| page(topic, form, style)).collect();
    pages.push(coverage(form, style));
    pages.join("\n")
}

fn written(sheet: &Sheet, form: Form, style: &Style<'_>) -> String {
    match form {
        Form::Text => sheet.text(style),
        Form::Markdown => sheet.markdown(1, style),
    }
}

fn about(topic: Topic, style: &Style<'_>) -> Sheet {
    match topic {
        Topic::Rule(rule) => rule::about(rule, style),
        Topic::Unbuilt(rule) => rule::not_built(rule, style),
        Topic::State(name) => machine::state(name, style),
        Topic::Arc(arc) => machine::arc(arc, style),
        Topic::Requirement(row) => coverage::about(row, style),
        Topic::Guard(guard) => judging::guard(guard, style),
        Topic::Kind(id) => judging::kind(id, style),
        Topic::Term(term) => {
            let mut sheet = Sheet::default();
            sheet.title(term);
            sheet.paragraph(Ink::Plain, style.words.named("term", term));
            sheet
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::layout::columns;
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
        assert_eq!(Topic::nearest("sack-mxa"), Some("sack-max"));
        assert_eq!(Topic::nearest("occupies"), Some("hs-syn-occupies-one"));
        assert_eq!(Topic::nearest("zzz"), None);
        assert_eq!(Topic::nearest(""), None);
    }

    fn judging() -> impl Iterator<Item = &'static str> {
        GUARDS.iter().map(|guard| guard.id).chain(judging::kinds())
    }

    #[test]
    fn every_name_means_one_thing() {
        let names = catalogue().map(|rule| rule.id).chain(UNBUILT.iter().map(|rule| rule.id)).chain(judging());
        let mut seen = std::collections::BTreeSet::new();
        for name in names.chain(TERMS) {
            // The guard's page says what the basis of that name means too.
            assert!(seen.insert(name) || name == "midstream", "{name} names two things");
        }
    }

    #[test]
    fn a_guard_and_a_kind_name_the_rules_that_they_touch() {
        let words = Words::new(Language::English);
        let style = Style::new(&words);
        let named = |name: &str| page(Topic::named(name).expect("it is known"), Form::Text, &style);
        let stranger = named("stranger");
        assert!(stranger.contains("hs-synack-ack") && !stranger.contains("win-no-shrink"), "{stranger}");
        assert!(named("hs-synack-ack").contains("(stranger)"));
        assert!(named("retransmission-fast").contains("rexmit-fast"));
        assert_eq!(Topic::nearest("strangers"), Some("stranger"));
        for guard in &GUARDS {
            assert!(guard.is_for_all() || catalogue().any(|rule| guard.excuses(rule)), "{} excuses nothing", guard.id);
        }
    }

    #[test]
    fn every_topic_has_a_page_in_both_languages() {
        let rules: Vec<&str> = catalogue().map(|rule| rule.id).collect();
        for language in Language::ALL {
            let words = Words::new(language);
            let style = Style::new(&words);
            let other = UNBUILT.iter().map(|rule| rule.id).chain(rows().map(|row| row.id));
            let arcs = MACHINE.iter().map(|arc| arc.id);
            for name in rules.iter().copied().chain(other).chain(STATES).chain(arcs).chain(judging()).chain(TERMS) {
                let topic = Topic::named(name).unwrap_or_else(|| panic!("{name} names nothing"));
                let text = page(topic, Form::Text, &style);
                assert!(text.starts_with(name) && text.lines().count() > 1, "{language} {name}: {text}");
                assert!(text.lines().all(|line| columns(line) <= 80), "{language} {name}: {text}");
                let markdown = page(topic, Form::Markdown, &style);
                assert!(markdown.starts_with(&format!("# {name}")) && markdown.ends_with('\n'), "{markdown}");
            }
            for text in [list(Form::Text, &style), coverage(Form::Text, &style)] {
                assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
            }
        }
    }
}
