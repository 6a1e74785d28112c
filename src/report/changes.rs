//! What a live capture shows while it runs: one line for each row that is added or taken back, and for each breach.
//!
//! A line goes on under itself where the page is too narrow for it.

use super::arcs;
use super::clock::time_of_day;
use super::layout::Page;
use super::rank::Rank;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::testimony;
use super::view::{FindingView, TransitionView};

/// The connection that a line is about.
#[derive(Clone, Copy, Debug)]
pub struct Place<'v> {
    /// Its number.
    pub conn: u64,
    /// Peer A's address and port.
    pub a: &'v str,
    /// Peer B's address and port.
    pub b: &'v str,
}

/// A row that was added, or, if it says by which frame it was retracted, taken back.
#[must_use]
pub fn row(place: Place<'_>, row: &TransitionView, style: &Style<'_>) -> String {
    let words = style.words;
    let moved = match row.from {
        Some(from) if from != row.to => format!("{from} {} {}", style.arrow(), row.to),
        _ => row.to.to_owned(),
    };
    let values = [
        ("peer", row.peer.to_ascii_uppercase().into()),
        ("moved", moved.into()),
        ("cause", arcs::cause(words, row.arc).into()),
        ("frame", row.frame.into()),
        ("by", row.retracted.unwrap_or_default().into()),
    ];
    match row.retracted {
        Some(_) => line(place, &row.time, Ink::Doubt, &words.say_with("live-taken-back", &values), style),
        None => {
            let mut text = words.say_with("live-moved", &values);
            if let Some(kernel) = &row.kernel {
                text.push_str(&words.say("comma"));
                text.push_str(&testimony::phrase(kernel, style));
            }
            let disagrees = row.kernel.as_ref().is_some_and(|kernel| kernel.word == "disagrees");
            line(place, &row.time, if disagrees { Ink::Bad } else { Ink::Plain }, &text, style)
        }
    }
}

/// A breach, when it is found; `time` is that of the frame that shows it.
#[must_use]
pub fn finding(place: Place<'_>, finding: &FindingView, time: &str, style: &Style<'_>) -> String {
    let words = style.words;
    let ink = if Rank::of(finding) == Rank::Violation { Ink::Bad } else { Ink::Doubt };
    let values = [
        ("severity", words.named("severity", finding.severity).into()),
        ("rule", finding.rule.into()),
        ("frame", finding.frame.into()),
        ("peer", finding.peer.to_ascii_uppercase().into()),
        ("cite", finding.cite.as_str().into()),
    ];
    let head = words.say_with("finding-head", &values);
    let said = |text: &str| neutral(&words.equation(finding.term, text)).into_owned().into();
    let numbers = [("expected", said(&finding.expected)), ("found", said(&finding.found))];
    let text = format!("{} {head}; {}", style.mark("broken"), words.say_with("live-numbers", &numbers));
    line(place, time, ink, &text, style)
}

fn line(place: Place<'_>, time: &str, ink: Ink, text: &str, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    let ends = format!("A {}  B {}", neutral(place.a), neutral(place.b));
    page.hanging(ink, &format!("{}  ", time_of_day(time)), &format!("{}  {ends}  {text}", place.conn));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::{Language, Words};

    const PLACE: Place<'_> = Place { conn: 3, a: "127.0.0.1:40000", b: "127.0.0.1:80" };

    fn moved() -> TransitionView {
        TransitionView {
            frame: 7,
            time: "2026-11-22T10:00:00.123456789Z".to_owned(),
            peer: "a",
            from: Some("ESTABLISHED"),
            to: "FIN-WAIT-1",
            arc: "F7",
            basis: "sent",
            by: None,
            retracted: None,
            kernel: None,
        }
    }

    #[test]
    fn a_row_is_a_line_with_all_that_is_known_of_it() {
        let words = Words::new(Language::English);
        let style = Style { width: 200, ..Style::new(&words) };
        assert_eq!(
            row(PLACE, &moved(), &style),
            "10:00:00.123456Z  3  A 127.0.0.1:40000  B 127.0.0.1:80  A: ESTABLISHED → FIN-WAIT-1, closes actively, sends FIN (frame 7)\n"
        );
        let back = TransitionView { retracted: Some(9), ..moved() };
        assert!(row(PLACE, &back, &style).ends_with("A: taken back by frame 9: ESTABLISHED → FIN-WAIT-1 (frame 7)\n"));
    }

    #[test]
    fn chinese_lines_say_the_same() {
        let words = Words::new(Language::Chinese);
        let style = Style { width: 200, ..Style::new(&words) };
        let said = row(PLACE, &moved(), &style);
        assert!(said.contains("ESTABLISHED -> FIN-WAIT-1") && said.contains("主动关闭"), "{said}");
    }

    #[test]
    fn a_breach_is_a_line_with_its_numbers() {
        let words = Words::new(Language::English);
        let style = Style { width: 300, ..Style::new(&words) };
        let broken = FindingView {
            rule: "hs-synack-ack",
            severity: "violation",
            verdict: "broken",
            frame: 2,
            peer: "b",
            expected: "SYN-ACK ack = 11".to_owned(),
            found: "SYN-ACK ack 12".to_owned(),
            term: "SYN-ACK ack",
            equation: "SYN-ACK ack 12 ≠ 11".to_owned(),
            evidence: vec![1],
            more: 0,
            why: String::new(),
            cite: "RFC 9293 §3.10.7.3".to_owned(),
        };
        assert_eq!(
            finding(PLACE, &broken, &moved().time, &style),
            "10:00:00.123456Z  3  A 127.0.0.1:40000  B 127.0.0.1:80  ✗ violation: hs-synack-ack, frame 2, sent by B, \
             RFC 9293 §3.10.7.3; expected SYN-ACK ack = 11, found SYN-ACK ack 12\n"
        );
    }

    #[test]
    fn a_narrow_page_breaks_the_line_under_itself() {
        let words = Words::new(Language::English);
        let text = row(PLACE, &moved(), &Style::new(&words));
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("                  ")), "{text}");
    }
}
