//! The ladder of one connection, as the figures of RFC 9293 draw it: A's state, the segment, B's state.
//!
//! One column per endpoint (address and port), so both ends of a loopback connection have their own. States are
//! those after the segment left or arrived, named when they change. Long runs of plain data are folded.

mod draw;

use self::draw::Rungs;
use super::clock::seconds;
use super::layout::{Page, columns};
use super::letters::Letters;
use super::rank::Rank;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::transitions;
use super::view::{ConnectionView, IcmpView, StepView};
use crate::peer::Peer;
use std::collections::{BTreeMap, BTreeSet};

/// Which segments are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// None.
    Never,
    /// The middle of every run of more than so many plain ones: no SYN, FIN or RST, no change of state, nothing
    /// broken, nothing ignored, and not the first of which something is noted. The first two and the last one of a run stay.
    Beyond(usize),
}

impl Default for Fold {
    fn default() -> Self {
        Self::Beyond(8)
    }
}

/// What stays of a folded run at its beginning and at its end.
const KEPT: (usize, usize) = (2, 1);

/// The ladder.
#[must_use]
pub fn page(view: &ConnectionView, steps: &[StepView], fold: Fold, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    page.block(&legend(view, style));
    page.block(&rungs(view, steps, fold, style));
    page.finish()
}

/// The ladder without its legend, for a page that has said who A and B are.
#[must_use]
pub fn rungs(view: &ConnectionView, steps: &[StepView], fold: Fold, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    if steps.is_empty() {
        page.paragraph(Ink::Faint, &style.words.say("ladder-empty"));
        return page.finish();
    }
    let places = steps.iter().map(|step| (step.frame, step.since_start_ns));
    let places = places.chain(view.icmp.iter().map(|error| (error.frame, error.since_start_ns)));
    let (frame, time) = places.fold((1, 8), |(frame, time), (number, since)| {
        (frame.max(number.to_string().len()), time.max(seconds(since).len()))
    });
    let mut rungs = Rungs::new(style, Letters::of(view), frame, time);
    let far_end = if view.a == view.b { Peer::A } else { Peer::B };
    rungs.head(far_end, [transitions::start(view, Peer::A), transitions::start(view, Peer::B)]);
    for part in parts(view, steps, fold) {
        match part {
            Part::Icmp(error) => {
                rungs.icmp(error);
                for finding in view.findings.iter().filter(|finding| finding.frame == error.frame) {
                    rungs.mark(Rank::of(finding), finding.rule, Some(finding));
                }
            }
            Part::Step(step) => {
                rungs.step(step);
                for (rank, rule) in &step.found {
                    let finding = view.findings.iter().find(|it| it.frame == step.frame && it.rule == *rule);
                    // What is found at a segment of the one may be about the other, who is silent.
                    let about = finding.filter(|finding| finding.peer != step.from.id());
                    let label = about.map(|finding| {
                        let peer = finding.peer.to_ascii_uppercase();
                        style.words.say_with("ladder-about", &[("rule", (*rule).into()), ("peer", peer.into())])
                    });
                    rungs.mark(*rank, label.as_deref().unwrap_or(rule), finding);
                }
                for row in view.transitions.iter().filter(|row| row.frame == step.frame) {
                    if let Some(by) = row.retracted {
                        rungs.retracted(row.peer, row.to, by);
                    }
                }
            }
            Part::Folded(run) => rungs.folded(run),
        }
    }
    page.block(&rungs.finish());
    page.finish()
}

/// Who A and B are, and what x and y stand for.
fn legend(view: &ConnectionView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    let letters = Letters::of(view);
    let address = [neutral(&view.a), neutral(&view.b)];
    let widest = address.iter().map(|text| columns(text)).max().unwrap_or(0);
    for (peer, address) in Peer::BOTH.into_iter().zip(&address) {
        let origin = view.iss[peer].map_or_else(String::new, |iss| {
            let pad = " ".repeat(widest - columns(address) + 3);
            format!("{pad}{} = {iss}", letters.letter(peer))
        });
        page.block(&style.paint(Ink::Strong, &format!("{peer}  {address}{origin}")));
        if view.a == view.b {
            page.paragraph(Ink::Faint, &style.words.say("ladder-self"));
            break;
        }
    }
    page.finish()
}

enum Part<'v> {
    Step(&'v StepView),
    Icmp(&'v IcmpView),
    Folded(&'v [StepView]),
}

/// The steps and the ICMP errors between them, with the middles of long plain runs put together.
fn parts<'v>(view: &'v ConnectionView, steps: &'v [StepView], fold: Fold) -> Vec<Part<'v>> {
    let limit = match fold {
        Fold::Never => usize::MAX,
        Fold::Beyond(limit) => limit.max(KEPT.0 + KEPT.1 + 1),
    };
    let first = first_noted(view);
    let mut errors = view.icmp.iter().peekable();
    let mut parts = Vec::new();
    let mut run_start = 0;
    let mut before = None;
    for (at, step) in steps.iter().enumerate() {
        while let Some(error) = errors.next_if(|error| error.frame < step.frame) {
            put_run(&mut parts, steps.get(run_start..at).unwrap_or(&[]), limit);
            parts.push(Part::Icmp(error));
            run_start = at;
        }
        if !is_plain(step, before) || first.contains(&step.frame) {
            put_run(&mut parts, steps.get(run_start..at).unwrap_or(&[]), limit);
            parts.push(Part::Step(step));
            run_start = at + 1;
        }
        before = Some(step);
    }
    put_run(&mut parts, steps.get(run_start..).unwrap_or(&[]), limit);
    parts.extend(errors.map(Part::Icmp));
    parts
}

/// The first frame of everything that is noted of a peer.
fn first_noted(view: &ConnectionView) -> BTreeSet<u64> {
    let mut first: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in &view.findings {
        let frame = first.entry((finding.rule, finding.peer)).or_insert(finding.frame);
        *frame = (*frame).min(finding.frame);
    }
    first.into_values().collect()
}

fn put_run<'v>(parts: &mut Vec<Part<'v>>, run: &'v [StepView], limit: usize) {
    if run.len() <= limit {
        parts.extend(run.iter().map(Part::Step));
        return;
    }
    let (first, rest) = run.split_at(KEPT.0);
    let (middle, last) = rest.split_at(rest.len() - KEPT.1);
    parts.extend(first.iter().map(Part::Step));
    parts.push(Part::Folded(middle));
    parts.extend(last.iter().map(Part::Step));
}

/// Whether nothing but data or an acknowledgment happened at `step`.
fn is_plain(step: &StepView, before: Option<&StepView>) -> bool {
    let same = before.is_some_and(|before| before.states.a == step.states.a && before.states.b == step.states.b);
    let flag = ["SYN", "FIN", "RST"].into_iter().any(|flag| has_flag(step, flag));
    same && !flag && step.found.iter().all(|(rank, _)| *rank >= Rank::Note) && step.ignored.is_none()
}

/// Whether the segment carries `flag` (`SYN`).
pub(crate) fn has_flag(step: &StepView, flag: &str) -> bool {
    step.flags.split(',').any(|own| own == flag)
}
