//! What a person should look at in one connection: expected against found, the reason, the clause.
//!
//! Set as paragraphs at every width: the sentences are long and a table would break them.

use super::layout::{Page, columns, left};
use super::rank::Rank;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{ConnectionView, FindingView};
use super::words::Language;
use crate::rules::by_id;

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
    let mut told: Vec<&FindingView> = Vec::new();
    for finding in &findings {
        // The same note again of the same peer, for the same reason, is one paragraph with all its frames.
        if !told.iter().any(|it| is_same_note(it, finding)) {
            told.push(finding);
            let again = findings.iter().filter(|it| is_same_note(it, finding) && it.frame != finding.frame);
            one(&mut page, style, finding, &again.copied().collect::<Vec<_>>());
        }
    }
    page.finish()
}

fn is_same_note(one: &FindingView, other: &FindingView) -> bool {
    one.verdict == "noted"
        && other.verdict == "noted"
        && (one.rule, one.peer, &one.why) == (other.rule, other.peer, &other.why)
}

fn frames(style: &Style<'_>, frames: &[u64], more: u64) -> String {
    let list: Vec<String> = frames.iter().map(u64::to_string).collect();
    let list = list.join(", ");
    if more == 0 {
        return list;
    }
    style.words.say_with("finding-frames-more", &[("frames", list.into()), ("more", more.into())])
}

fn one(page: &mut Page<'_, '_>, style: &Style<'_>, finding: &FindingView, again: &[&FindingView]) {
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
    let rule = by_id(finding.rule);
    let id = match rule {
        // Such a frame is an ICMP error: neither peer sent it.
        Some(rule) if rule.on_error.is_some() => "finding-head-icmp",
        // What is told of one peer at the end may be shown by a segment of the other.
        Some(rule) if rule.at_end.is_some() => "finding-head-about",
        _ => "finding-head",
    };
    let demand = rule.filter(|_| rank < Rank::Note).map(|rule| match words.language() {
        Language::English => rule.summary.en,
        Language::Chinese => rule.summary.zh,
    });
    page.paragraph(ink, &words.say_with(id, &values));
    let later: Vec<u64> = again.iter().map(|it| it.frame).collect();
    let more = again.iter().map(|it| it.more).sum::<u64>() + finding.more;
    let rows = [
        (words.say("finding-demand"), &demand.unwrap_or_default().to_owned()),
        (words.say("finding-expected"), &words.equation(finding.term, &finding.expected)),
        (words.say("finding-found"), &words.equation(finding.term, &finding.found)),
        (words.say("finding-why"), &words.term(&finding.why).to_owned()),
        (words.say("finding-evidence"), &frames(style, &finding.evidence, 0)),
        (words.say("finding-again"), &frames(style, &later, more)),
    ];
    let widest = rows.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    for (label, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        page.hanging(Ink::Plain, &format!("  {}  ", left(label, widest)), &neutral(text));
    }
}
