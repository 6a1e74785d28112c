//! One connection as a textbook tells it: handshake, what each step proves, close, why so many segments, TIME-WAIT.
//!
//! Every number comes from the capture: a symbol is worked out from the number found, never from the one wanted, so a
//! wrong acknowledgment shows as `x+2`. The page explains; what is judged stands in equations and findings.

mod close;
mod delays;
mod handshake;
mod time_wait;

use super::connections::worst;
use super::layout::Page;
use super::letters::relative;
use super::rank::Rank;
use super::style::{Ink, Style};
use super::view::{ConnectionView, StepView};
use crate::peer::Peer;

/// The whole page.
#[must_use]
pub fn page(view: &ConnectionView, steps: &[StepView], style: &Style<'_>) -> String {
    let case = Case { view, steps, style };
    let mut page = Page::new(style);
    page.heading(&style.words.named("book-handshake", view.handshake.kind));
    if !matches!(view.handshake.kind, "not-captured" | "stray") {
        page.block(&handshake::ends(&case));
    }
    page.block(&handshake::table(&case));
    page.block(&after_handshake(&case));
    page.block("\n");
    page.block(&verdict(view, style));
    page.finish()
}

/// Who is who, a line for each endpoint, with the initial sequence numbers.
pub(crate) fn ends(view: &ConnectionView, style: &Style<'_>) -> String {
    handshake::ends(&Case { view, steps: &[], style })
}

/// The page without who is who and without the verdict, for a page that has them in other places.
pub(crate) fn body(view: &ConnectionView, steps: &[StepView], style: &Style<'_>) -> String {
    let case = Case { view, steps, style };
    let mut page = Page::new(style);
    page.heading(&style.words.named("book-handshake", view.handshake.kind));
    page.block(&handshake::table(&case));
    page.block(&after_handshake(&case));
    page.finish()
}

/// What the handshake proves, and the close.
fn after_handshake(case: &Case<'_, '_>) -> String {
    let style = case.style;
    let mut page = Page::new(style);
    page.block("\n");
    if let Some(meaning) = handshake::meaning(case) {
        page.paragraph(Ink::Strong, &style.words.say("book-meaning"));
        page.block(&meaning);
        page.block("\n");
    }
    page.paragraph(Ink::Strong, &style.words.named("book-close", close::shape(case)));
    page.block(&close::table(case));
    if let Some(delays) = delays::why(case) {
        page.heading(&style.words.named("book-why", close::shape(case)));
        page.block(&delays);
    }
    if let Some((heading, time_wait)) = time_wait::how_long(case) {
        page.heading(&style.words.say(heading));
        page.block(&time_wait);
    }
    page.finish()
}

/// The verdict on one connection, in one line if it fits.
#[must_use]
pub fn verdict(view: &ConnectionView, style: &Style<'_>) -> String {
    let words = style.words;
    let count = |rank| view.findings.iter().filter(|finding| Rank::of(finding) == rank).count();
    let values = [
        ("handshake", words.named("handshake", view.handshake.kind).into()),
        ("handshake-verdict", words.named("verdict", view.handshake.verdict).into()),
        ("close", words.named("close", view.close.kind).into()),
        ("close-verdict", words.named("verdict", view.close.verdict).into()),
        ("violations", count(Rank::Violation).into()),
        ("anomalies", count(Rank::Anomaly).into()),
        ("undecided", count(Rank::Undecided).into()),
        ("notes", count(Rank::Note).into()),
    ];
    let found = [Rank::Violation, Rank::Anomaly, Rank::Undecided].into_iter().any(|rank| count(rank) > 0);
    let id = match (found, count(Rank::Note)) {
        (true, _) => "book-verdict-found",
        (false, 0) => "book-verdict-clean",
        (false, _) => "book-verdict-noted",
    };
    let ink = match worst(view).map(Rank::of) {
        Some(Rank::Violation) => Ink::Bad,
        Some(Rank::Anomaly | Rank::Undecided) => Ink::Doubt,
        _ => Ink::Good,
    };
    let mut page = Page::new(style);
    page.paragraph(ink, &words.say_with(id, &values));
    page.finish()
}

/// What the parts of the page look at.
#[derive(Clone, Copy)]
struct Case<'v, 'w> {
    view: &'v ConnectionView,
    steps: &'v [StepView],
    style: &'v Style<'w>,
}

impl<'v> Case<'v, '_> {
    /// The segment of `frame`.
    fn step(&self, frame: Option<u64>) -> Option<&'v StepView> {
        let frame = frame?;
        self.steps.iter().find(|step| step.frame == frame)
    }

    /// `A→B`.
    fn direction(&self, from: Peer) -> String {
        let to = if self.is_self_connected() { from } else { from.other() };
        format!("{from}{}{to}", self.style.arrow())
    }

    fn is_self_connected(&self) -> bool {
        self.view.a == self.view.b
    }

    /// The mark for the equations judged at `frame`: the worst of them.
    fn mark(&self, frame: u64) -> &'static str {
        let own = || self.view.equations.iter().filter(move |equation| equation.frame == frame);
        ["broken", "undecided", "holds"]
            .into_iter()
            .find(|verdict| own().any(|equation| equation.verdict == *verdict))
            .map_or("", |verdict| self.style.mark(verdict))
    }

    /// The peer whose id (`a`, `b`) is given; `both` and none are nobody.
    fn peer(id: Option<&str>) -> Option<Peer> {
        Peer::BOTH.into_iter().find(|peer| id == Some(peer.id()))
    }

    /// Octets that `peer` sent first after `frame`, each position counted once.
    fn octets_after(&self, peer: Peer, frame: u64) -> u64 {
        let mut end: Option<u32> = None;
        let mut octets = 0;
        for step in self.steps.iter().filter(|step| step.from == peer && step.ignored.is_none()) {
            let syn = u32::from(super::ladder::has_flag(step, "SYN"));
            let last = step.seq.wrapping_add(syn).wrapping_add(step.len);
            let news = match end {
                Some(end) => last.wrapping_sub(end),
                None => step.len,
            };
            // More than half the ring ahead is behind: sent before.
            if news < 1 << 31 {
                octets += if step.frame > frame { u64::from(news.min(step.len)) } else { 0 };
                end = Some(last);
            }
        }
        octets
    }
}

/// `number` by the letter of the close if it stands at most a segment's length before it or one behind it.
fn near(letter: char, origin: Option<u32>, number: u32) -> Option<String> {
    let origin = origin?;
    let ahead = number.wrapping_sub(origin);
    (ahead <= 1 || ahead.wrapping_neg() <= 0xffff).then(|| format!("{} = {number}", relative(letter, origin, number)))
}
