//! A rule's own trace as a ladder: made into packets, judged like any capture, drawn with the guilty line marked.
//!
//! For `explain`, so that what it shows is what the analysis says and not what somebody once wrote down.

use super::collect::{Collector, Which};
use super::ladder::{self, Fold};
use super::layout::Page;
use super::rank::Rank;
use super::style::{Ink, Style};
use super::transitions::start;
use crate::analysis::Analyzer;
use crate::packet::{FrameNo, Packet, Stamping};
use crate::peer::Peer;
use crate::trace::packets::{Carrier, captured};
use crate::trace::{DEFAULT_WINDOW, Step, parse};
use std::io;

/// What a ladder of the trace shows.
#[derive(Debug)]
pub struct Example {
    collector: Collector,
    /// The ids behind `!` and `~` on each line, in the order of the frames.
    marks: Vec<Vec<String>>,
    /// What a ladder leaves out of a segment, by frame: options, a window that is not the usual one, oddities.
    pub details: Vec<(FrameNo, String)>,
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
        let packet = Packet {
            frame,
            at: *at,
            stamping: Stamping::Told,
            link: packets.link,
            interface: 0,
            bytes: octets,
            wire_len,
        };
        analyzer.observe(&packet, &mut collector)?;
    }
    analyzer.finish(&mut collector)?;
    collector.stories.sort_by_key(|story| story.view.conn);
    let comments = trace.lines().map(str::trim).skip_while(|line| line.is_empty());
    let caption: Vec<&str> = comments.map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    let details = (1..).zip(&steps).map(|(frame, step)| (frame, detail(step)));
    let details = details.filter(|(_, detail)| !detail.is_empty()).collect();
    let marks = steps.into_iter().map(|step| [step.broken, step.noted].concat()).collect();
    Ok(Example { collector, marks, details, caption: caption.join(" ") })
}

/// What a ladder does not show of a segment, as the notation of traces writes it.
fn detail(step: &Step) -> String {
    let window = (step.window != DEFAULT_WINDOW && !step.flags.rst()).then(|| format!("win {}", step.window));
    let options: Vec<String> = step.options.iter().map(ToString::to_string).collect();
    let options = (!options.is_empty()).then(|| format!("<{}>", options.join(",")));
    let attributes: Vec<String> = step.attributes.iter().map(ToString::to_string).collect();
    let attributes = (!attributes.is_empty()).then(|| attributes.join(" "));
    [window, options, attributes].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

impl Example {
    /// The outcomes (`broken`, `undecided`, `noted`) of what the rule `id` finds in it.
    pub fn outcomes<'e>(&'e self, id: &'e str) -> impl Iterator<Item = &'static str> + 'e {
        let findings = self.collector.stories.iter().flat_map(|story| &story.view.findings);
        findings.filter(move |finding| finding.rule == id).map(|finding| finding.verdict)
    }

    /// What became of fast open in its first connection.
    #[cfg(test)]
    pub(super) fn fast_open(&self) -> Option<&'static str> {
        self.collector.stories.first()?.view.explanation.fast_open
    }

    /// The frame whose line is marked with `name`, whatever its case.
    #[must_use]
    pub fn marked(&self, name: &str) -> Option<FrameNo> {
        let marked = |marks: &Vec<String>| marks.iter().any(|mark| mark.eq_ignore_ascii_case(name));
        (1..).zip(&self.marks).find(|(_, marks)| marked(marks)).map(|(frame, _)| frame)
    }

    /// Whether a rule is broken in it.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.collector.stories.iter().flat_map(|story| &story.view.findings).any(|finding| finding.verdict == "broken")
    }

    /// Whether an endpoint takes the arc `id` at `frame`.
    #[must_use]
    pub fn takes(&self, id: &str, frame: FrameNo) -> bool {
        let mut rows = self.collector.stories.iter().flat_map(|story| &story.view.transitions);
        rows.any(|row| row.arc == id && row.frame == frame)
    }

    /// Whether an endpoint is in `state` before or after `frame`.
    #[must_use]
    pub fn shows(&self, state: &str, frame: FrameNo) -> bool {
        let mut rows = self.collector.stories.iter().flat_map(|story| &story.view.transitions);
        let starts = self.collector.stories.iter().flat_map(|story| Peer::BOTH.map(|peer| start(&story.view, peer)));
        rows.any(|row| row.to == state && row.frame == frame)
            || frame == 1 && starts.flatten().any(|start| start == state)
    }

    /// One ladder for each connection in it.
    #[must_use]
    pub fn ladders(&self, style: &Style<'_>) -> String {
        self.ladders_with(None, style)
    }

    /// The same with `name` noted at its frame: a state or an arc, which no finding marks.
    #[must_use]
    pub fn ladders_marking(&self, name: &'static str, style: &Style<'_>) -> String {
        self.ladders_with(self.marked(name).map(|frame| (frame, name)), style)
    }

    fn ladders_with(&self, mark: Option<(FrameNo, &'static str)>, style: &Style<'_>) -> String {
        let mut page = Page::new(style);
        for (at, story) in self.collector.stories.iter().enumerate() {
            if at > 0 {
                page.paragraph(Ink::Faint, &style.words.say("explain-next-connection"));
            }
            let mut steps = story.steps.clone();
            for step in &mut steps {
                step.found.extend(mark.filter(|(frame, _)| step.frame == *frame).map(|(_, name)| (Rank::Note, name)));
            }
            page.block(&ladder::rungs(&story.view, &steps, Fold::Never, style));
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
