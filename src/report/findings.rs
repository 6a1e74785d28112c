//! What a person should look at in one connection: expected against found, the reason, the clause.
//!
//! Set as paragraphs at every width: the sentences are long and a table would break them.

use super::connections::Rank;
use super::layout::{Page, columns, left};
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{ConnectionView, FindingView};

/// The findings, the worst first.
#[must_use]
pub fn page(view: &ConnectionView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    if view.findings.is_empty() {
        page.paragraph(Ink::Good, &style.words.say("findings-none"));
        return page.finish();
    }
    let mut findings: Vec<&FindingView> = view.findings.iter().collect();
    findings.sort_by_key(|finding| (Rank::of(finding), finding.frame));
    for finding in findings {
        one(&mut page, style, finding);
    }
    page.finish()
}

fn one(page: &mut Page<'_, '_>, style: &Style<'_>, finding: &FindingView) {
    let words = style.words;
    let rank = Rank::of(finding);
    let ink = match rank {
        Rank::Violation => Ink::Bad,
        Rank::Anomaly | Rank::Undecided => Ink::Doubt,
        Rank::Note | Rank::Clean => Ink::Strong,
    };
    let mut head = words.named("severity", finding.severity);
    if rank == Rank::Undecided {
        head = words.say_with("finding-undecided", &[("severity", head.into())]);
    }
    let peer = finding.peer.to_ascii_uppercase();
    let values = [
        ("severity", head.into()),
        ("rule", finding.rule.into()),
        ("frame", finding.frame.into()),
        ("peer", peer.into()),
        ("cite", finding.cite.as_str().into()),
    ];
    page.paragraph(ink, &words.say_with("finding-head", &values));
    let rows = [
        (words.say("finding-expected"), &finding.expected),
        (words.say("finding-found"), &finding.found),
        (words.say("finding-why"), &finding.why),
    ];
    let widest = rows.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    for (label, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        page.hanging(Ink::Plain, &format!("  {}  ", left(label, widest)), &neutral(text));
    }
}
