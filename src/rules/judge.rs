//! Runs the catalogue over a connection's segments and keeps what came of it: equations, findings, open questions.
//!
//! Bounded per connection, whatever the network sends; the surplus is counted.

use super::equation::Equation;
use super::{Context, Keeps, Otherwise, Question, Rule, Settlement, Severity, Trigger, Verdict, Why, catalogue};
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::wire::checksum::Checksum;
use smallvec::SmallVec;
use std::sync::LazyLock;

/// Open questions kept per connection; the next is undecided at once.
pub const MAX_QUESTIONS: usize = 8;
/// Findings kept per connection: enough to see every kind there is, many times.
pub const MAX_FINDINGS: usize = 32;
/// Equations kept per connection.
pub const MAX_EQUATIONS: usize = 48;

/// Why a question that stayed open is undecided.
pub const NOTHING_FOLLOWED: Why = "nothing that followed in the capture settles it";
/// Why nobody is charged where the numbers of one side were changed on the way.
pub const RENUMBERED: Why = "both sides go on from other numbers than the SYNs said: something between them renumbers";
/// Why nobody is charged where a SYN is missing.
const MIDSTREAM: Why = "not both SYNs were captured, so what was sent before is not known";
/// Why nobody is charged upon a segment that may have been damaged.
const UNVERIFIABLE: Why = "this capture shows damage in transit, and the checksum of this segment cannot be verified";
/// Why a question beyond the bound is undecided.
const TOO_MANY: Why = "more questions are open on this connection than are kept";

/// What a rule said of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The rule.
    pub rule: &'static Rule,
    /// The frame judged.
    pub frame: FrameNo,
    /// Who sent it.
    pub peer: Peer,
    /// What came out.
    pub outcome: Outcome,
    /// The numbers.
    pub equation: Equation,
    /// Why, unless it plainly holds or is plainly broken.
    pub why: Option<Why>,
}

/// What came out of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It is broken, as severely as said.
    Broken(Severity),
    /// The wire cannot tell.
    Undecided,
    /// Worth knowing.
    Noted,
}

impl Outcome {
    /// `holds`, `broken`, `undecided` or `noted`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken(_) => "broken",
            Self::Undecided => "undecided",
            Self::Noted => "noted",
        }
    }
}

/// What the rules said of one connection.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Steps of handshake and close, held, broken or undecided.
    pub equations: Vec<Judged>,
    /// What is broken, undecided or noted.
    pub findings: Vec<Judged>,
    /// What a later segment will tell.
    pub questions: SmallVec<[Question; 1]>,
    /// Equations and findings beyond the bounds.
    pub surplus: u64,
}

/// The catalogue as a slice, so that the hot path walks one array.
static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| catalogue().collect());

impl Record {
    /// Judges one segment, after it has answered what was open.
    pub fn judge(&mut self, cx: &Context<'_>) {
        if !self.questions.is_empty() {
            self.settle(cx);
        }
        let kind = Trigger::of(cx.connection, cx.from, cx.segment);
        for rule in RULES.iter().filter(|rule| rule.on.meets(kind)) {
            let verdict = (rule.check)(cx);
            self.take(rule, cx.segment.frame, cx.from, verdict, cx);
        }
    }

    fn settle(&mut self, cx: &Context<'_>) {
        let mut at = 0;
        while let Some(question) = self.questions.get(at).copied() {
            match question.rule.settle.map_or(Settlement::Wait, |settle| settle(&question, cx)) {
                Settlement::Wait => at += 1,
                Settlement::Hint(weight) => {
                    if let Some(open) = self.questions.get_mut(at) {
                        open.number = open.number.saturating_add(weight);
                    }
                    at += 1;
                }
                Settlement::Now(verdict) => {
                    self.questions.remove(at);
                    self.take(question.rule, question.frame, question.peer, verdict, cx);
                }
            }
        }
    }

    fn take(&mut self, rule: &'static Rule, frame: FrameNo, peer: Peer, verdict: Verdict, cx: &Context<'_>) {
        let judged = |outcome, equation, why| Judged { rule, frame, peer, outcome, equation, why };
        match verdict {
            Verdict::NotApplicable => {}
            Verdict::Holds(equation) => {
                if rule.keeps == Keeps::Equations {
                    self.push_equation(judged(Outcome::Holds, equation, None));
                }
            }
            Verdict::Broken(equation, severity) => match guard(rule, cx) {
                Some(why) => self.push_both(judged(Outcome::Undecided, equation, Some(why))),
                None => self.push_both(judged(Outcome::Broken(severity), equation, None)),
            },
            Verdict::Undecided(equation, why) => self.push_both(judged(Outcome::Undecided, equation, Some(why))),
            Verdict::Noted(equation, why) => self.push_finding(judged(Outcome::Noted, equation, Some(why))),
            Verdict::Open(equation, number, otherwise) => {
                let echo = cx.segment.options.timestamps().map(|(_, echo)| echo);
                let at = cx.segment.at;
                let question = Question { rule, frame, at, peer, equation, number, echo, otherwise };
                if self.questions.iter().any(|it| {
                    it.rule.id == rule.id
                        && it.peer == peer
                        && otherwise == it.otherwise
                        && otherwise == Otherwise::Broken
                }) {
                    // The same doubt again: one answer serves both.
                } else if self.questions.len() < MAX_QUESTIONS {
                    self.questions.push(question);
                } else {
                    self.push_both(judged(Outcome::Undecided, equation, Some(TOO_MANY)));
                }
            }
        }
    }

    fn push_both(&mut self, judged: Judged) {
        if judged.rule.keeps == Keeps::Equations {
            self.push_equation(judged);
        }
        self.push_finding(judged);
    }

    fn push_equation(&mut self, judged: Judged) {
        if self.equations.len() < MAX_EQUATIONS {
            self.equations.push(judged);
        } else {
            self.surplus += 1;
        }
    }

    fn push_finding(&mut self, judged: Judged) {
        // A broken rule must never be crowded out by notes.
        if self.findings.len() >= MAX_FINDINGS {
            self.surplus += 1;
            let Some(least) = self.findings.iter_mut().min_by_key(|it| weight(it)) else { return };
            if weight(least) >= weight(&judged) {
                return;
            }
            *least = judged;
            return;
        }
        self.findings.push(judged);
    }

    /// Adds a verdict that was reached outside the catalogue's walk.
    pub fn add(&mut self, judged: Judged) {
        match judged.outcome {
            Outcome::Holds => self.push_equation(judged),
            Outcome::Noted => self.push_finding(judged),
            Outcome::Broken(_) | Outcome::Undecided => self.push_both(judged),
        }
    }

    /// The capture ends for this connection: what is still open stays undecided.
    pub fn finish(&mut self) {
        for question in std::mem::take(&mut self.questions) {
            let (outcome, why) = match question.otherwise {
                Otherwise::Broken => (Outcome::Broken(question.rule.severity), None),
                Otherwise::Undecided => (Outcome::Undecided, Some(NOTHING_FOLLOWED)),
            };
            let Question { rule, frame, peer, equation, .. } = question;
            self.push_both(Judged { rule, frame, peer, outcome, equation, why });
        }
        self.findings.sort_by_key(|judged| judged.frame);
        self.equations.sort_by_key(|judged| judged.frame);
    }

    /// The worst breach found, if any.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings
            .iter()
            .filter_map(|judged| match judged.outcome {
                Outcome::Broken(severity) => Some(severity),
                _ => None,
            })
            .max()
    }

    /// Whether a rule whose id starts with one of these was broken, or left undecided.
    #[must_use]
    pub fn outcome_of(&self, ids: &[&str]) -> Option<Outcome> {
        let of = |judged: &&Judged| ids.contains(&judged.rule.id);
        let mut found = None;
        for judged in self.equations.iter().filter(of).chain(self.findings.iter().filter(of)) {
            match judged.outcome {
                broken @ Outcome::Broken(_) => return Some(broken),
                Outcome::Undecided => found = Some(Outcome::Undecided),
                Outcome::Holds | Outcome::Noted => found = found.or(Some(judged.outcome)),
            }
        }
        found
    }
}

/// What keeps every rule about open connections from charging anybody, if the capture shows it of itself.
fn guard(rule: &Rule, cx: &Context<'_>) -> Option<Why> {
    let open = Trigger(Trigger::ORDINARY.0 | Trigger::FIRST.0 | Trigger::FIN.0 | Trigger::CLOSING.0);
    if !rule.on.meets(open) {
        return None;
    }
    let streams = &cx.connection.streams;
    if cx.connection.renumbered.is_some() {
        Some(RENUMBERED)
    } else if streams[cx.from].iss.is_none() || streams[cx.to].iss.is_none() {
        Some(MIDSTREAM)
    } else if cx.evidence.damaged > 0 && cx.segment.checksum == Checksum::Unknown {
        Some(UNVERIFIABLE)
    } else {
        None
    }
}

fn weight(judged: &Judged) -> u8 {
    match judged.outcome {
        Outcome::Broken(Severity::Violation) => 4,
        Outcome::Broken(_) => 3,
        Outcome::Undecided => 2,
        Outcome::Noted | Outcome::Holds => 1,
    }
}
