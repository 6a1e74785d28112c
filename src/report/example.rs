//! A rule's own trace as a ladder: made into packets, judged like any capture, drawn with the guilty line marked.
//!
//! For `explain`, so that what it shows is what the analysis says and not what somebody once wrote down.

use super::collect::{Collector, Which};
use super::ladder::{self, Fold};
use super::layout::Page;
use super::style::{Ink, Style};
use crate::analysis::Analyzer;
use crate::packet::Packet;
use crate::trace::packets::{Carrier, captured};
use crate::trace::parse;
use std::io;

/// What a ladder of the trace shows.
#[derive(Debug)]
pub struct Example {
    collector: Collector,
    /// What the comment before the first line says, in English; may be empty.
    pub caption: String,
}

/// Judges the trace.
///
/// # Errors
///
/// The text is no trace, or a line fits into no packet.
pub fn judged(trace: &str) -> io::Result<Example> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let steps = parse(trace).map_err(invalid)?;
    let packets = captured(&steps, Carrier::Raw4).map_err(invalid)?;
    let mut collector = Collector::new("", Which::All);
    let mut analyzer = Analyzer::new();
    for (frame, (at, octets)) in (1_u64..).zip(&packets.frames) {
        let wire_len = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        let packet = Packet { frame, at: *at, link: packets.link, interface: 0, bytes: octets, wire_len };
        analyzer.observe(&packet, &mut collector)?;
    }
    analyzer.finish(&mut collector)?;
    collector.stories.sort_by_key(|story| story.view.conn);
    let comments = trace.lines().map(str::trim).skip_while(|line| line.is_empty());
    let caption: Vec<&str> = comments.map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    Ok(Example { collector, caption: caption.join(" ") })
}

impl Example {
    /// The outcomes (`broken`, `undecided`, `noted`) of what the rule `id` finds in it.
    pub fn outcomes<'e>(&'e self, id: &'e str) -> impl Iterator<Item = &'static str> + 'e {
        let findings = self.collector.stories.iter().flat_map(|story| &story.view.findings);
        findings.filter(move |finding| finding.rule == id).map(|finding| finding.verdict)
    }

    /// One ladder for each connection in it.
    #[must_use]
    pub fn ladders(&self, style: &Style<'_>) -> String {
        let mut page = Page::new(style);
        for (at, story) in self.collector.stories.iter().enumerate() {
            if at > 0 {
                page.paragraph(Ink::Faint, &style.words.say("explain-next-connection"));
            }
            page.block(&ladder::rungs(&story.view, &story.steps, Fold::Never, style));
        }
        page.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::judged;
    use crate::rules::catalogue;

    #[test]
    fn every_rule_speaks_on_its_example_and_charges_nobody_on_its_near_miss() {
        for rule in catalogue() {
            let kept = judged(rule.kept_by).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
            assert!(kept.outcomes(rule.id).all(|outcome| outcome != "broken"), "{}: broken by its near miss", rule.id);
            if !rule.broken_by.is_empty() {
                let broken = judged(rule.broken_by).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
                assert!(broken.outcomes(rule.id).next().is_some(), "{}: silent on its example", rule.id);
            }
        }
    }
}
