//! Runs the catalogue over a connection's segments and keeps what came of it: equations, findings, open questions.
//!
//! Bounded per connection, whatever the network sends; the surplus is counted.

pub mod ending;
pub mod held;
mod outcome;

use super::book::Listed;
use super::equation::Equation;
use super::guard::Excuse;
use super::tally::Tally;
use super::{
    Context, ErrorContext, Guards, Keeps, Needs, Otherwise, Question, Rule, Settlement, Severity, Tells, Trigger,
    Verdict, Why,
};
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::tcp::refused::Standing;
use crate::timestamp::Timestamp;
use held::Held;
use smallvec::SmallVec;

/// Open questions kept per connection; the next is undecided at once.
pub const MAX_QUESTIONS: usize = 8;
/// Findings kept per connection: enough to see every kind there is, many times.
pub const MAX_FINDINGS: usize = 32;
/// Equations kept per connection.
pub const MAX_EQUATIONS: usize = 48;
/// Equations of a connection that opens and closes.
const USUAL_EQUATIONS: usize = 14;
/// Notes of one rule about one peer that are kept one by one; further ones are only counted.
pub const MAX_NOTES_EACH: usize = 4;

/// Why a question that stayed open is undecided.
pub const NOTHING_FOLLOWED: Why = "nothing that followed in the capture settles it";
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
    /// The later frame that settled it, if one did.
    pub settled_by: Option<FrameNo>,
    /// How many further times the rule noted the same of this peer; the frame is the last of the first few.
    pub more: u64,
}

impl Judged {
    /// The frames that it rests on beside the frame judged, in ascending order.
    #[must_use]
    pub fn evidence(&self) -> SmallVec<[FrameNo; 4]> {
        let shown = self.equation.shown_by.into_iter().filter(|frame| *frame != 0);
        let mut frames: SmallVec<[FrameNo; 4]> = shown.chain(self.settled_by).collect();
        frames.retain(|frame| *frame != self.frame);
        frames.sort_unstable();
        frames.dedup();
        frames
    }
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

impl Question {
    const fn subject(&self) -> Subject {
        Subject { rule: self.rule, place: self.place, frame: self.frame, peer: self.peer }
    }
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
    /// The most questions that were open at a time.
    pub most_questions: usize,
    /// Equations and findings beyond the bounds.
    pub surplus: u64,
    /// The most breaches in doubt at a time.
    pub most_held: usize,
    held: Vec<Held>,
}

impl Rule {
    /// What excuses a breach of it. Nothing else needs an excuse, so nothing else is looked at.
    fn guard(&self, verdict: &Verdict, cx: &Context<'_>) -> Option<Excuse> {
        let guards = match verdict {
            Verdict::Broken(_, Severity::Violation) => self.guards.and(Guards::STRANGER),
            Verdict::Broken(..) => self.guards,
            _ => return None,
        };
        Excuse::of_forgetting(cx.connection).or_else(|| guards.active(cx))
    }
}

/// Whom a verdict is about.
#[derive(Clone, Copy, Debug)]
struct Subject {
    rule: &'static Rule,
    place: usize,
    frame: FrameNo,
    peer: Peer,
}

impl Subject {
    const fn judged(self, outcome: Outcome, equation: Equation, why: Option<Why>) -> Judged {
        let Self { rule, frame, peer, .. } = self;
        Judged { rule, frame, peer, outcome, equation, why, settled_by: None, more: 0 }
    }
}

impl Record {
    /// Whether no rule has said or asked anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.equations.is_empty() && self.findings.is_empty() && self.questions.is_empty() && self.held.is_empty()
    }

    /// Whether nothing is open or in doubt, so that a segment says nothing of those before it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.questions.is_empty() && self.held.is_empty()
    }

    /// Passes over a [steady](super::steady) segment: no rule says more than that it holds.
    pub fn pass_over(&self, cx: &Context<'_>) {
        if cfg!(debug_assertions) {
            let mut judged = Self::default();
            judged.judge(cx, &mut Tally::default());
            assert!(judged.is_empty(), "frame {} is not steady: {judged:?}", cx.segment.frame);
        }
    }

    /// Judges one segment, after it has answered what was open.
    pub fn judge(&mut self, cx: &Context<'_>, tally: &mut Tally) {
        self.release(cx.connection, tally);
        if !self.questions.is_empty() {
            self.settle(cx, tally);
        }
        self.judge_as(Trigger::of(cx.connection, cx.from, cx.segment), cx, tally);
    }

    /// Judges a damaged segment: only the rules of damage look at it.
    pub fn judge_damaged(&mut self, cx: &Context<'_>, tally: &mut Tally) {
        self.judge_as(Trigger::DAMAGED, cx, tally);
    }

    fn judge_as(&mut self, kind: Trigger, cx: &Context<'_>, tally: &mut Tally) {
        tally.segment(kind);
        let met = Needs::met(cx);
        let is_doubtful = || cx.connection.is_doubtful(cx.from, cx.segment, cx.acceptance);
        for Listed { check, rule, place, needs, keeps } in tally.book().on(kind) {
            if !needs.are_in(met) {
                #[cfg(test)]
                assert_eq!(check(cx), Verdict::NotApplicable, "{} speaks of what it does not need", rule.id);
                continue;
            }
            let of = || Subject { rule, place: *place, frame: cx.segment.frame, peer: cx.from };
            match check(cx) {
                Verdict::NotApplicable => {}
                breach @ Verdict::Broken(..) if is_doubtful() => {
                    self.hold(of(), breach, rule.guard(&breach, cx), None, tally)
                }
                Verdict::Open(equation, number, otherwise) => {
                    let echo = cx.segment.options.timestamps().map(|(_, echo)| echo);
                    let strange = Guards::STRANGER.active(cx);
                    self.open(of(), equation, (number, otherwise), (cx.segment.at, echo, strange), tally);
                }
                // Nearly every verdict: nothing is kept of it, and no guard excuses what holds.
                Verdict::Holds(_) if *keeps == Keeps::Counts => tally.count(*place, Outcome::Holds),
                verdict => self.take(of(), verdict, rule.guard(&verdict, cx), None, tally),
            }
        }
    }

    /// Judges an ICMP error that quotes a segment of the connection.
    pub fn judge_error(&mut self, cx: &ErrorContext<'_>, tally: &mut Tally) {
        tally.error();
        for Listed { rule, place, .. } in tally.book().on_error() {
            let Some(check) = rule.on_error else { continue };
            let of = Subject { rule, place: *place, frame: cx.told.at.frame, peer: cx.told.to };
            match check(cx) {
                Verdict::Open(equation, number, otherwise) => {
                    self.open(of, equation, (number, otherwise), (cx.told.at.time, None, None), tally);
                }
                verdict => self.take(of, verdict, None, None, tally),
            }
        }
    }

    fn settle(&mut self, cx: &Context<'_>, tally: &mut Tally) {
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
                    let (of, by) = (question.subject(), Some(cx.segment.frame));
                    let strange = question.strange.filter(|_| verdict.is_violation());
                    let guard = strange.or_else(|| question.rule.guard(&verdict, cx));
                    match (verdict, cx.connection.standing(of.peer, of.frame)) {
                        (Verdict::Broken(equation, _), Standing::Refused) => {
                            self.take(of, Verdict::Undecided(equation, held::SOMEBODY_ELSE), guard, by, tally);
                        }
                        (Verdict::Broken(..), Standing::InDoubt) => self.hold(of, verdict, guard, by, tally),
                        _ => self.take(of, verdict, guard, by, tally),
                    }
                }
            }
        }
    }

    fn open(
        &mut self,
        of: Subject,
        equation: Equation,
        (number, otherwise): (u32, Otherwise),
        (at, echo, strange): (Timestamp, Option<u32>, Option<Excuse>),
        tally: &mut Tally,
    ) {
        let Subject { rule, place, frame, peer } = of;
        let same = |it: &Question| it.place == place && it.peer == peer && it.otherwise == otherwise;
        if otherwise != Otherwise::Undecided && self.questions.iter().any(same) {
            // The same doubt again: one answer serves both.
        } else if otherwise == Otherwise::Untold && self.questions.len() >= MAX_QUESTIONS {
            // Nobody would have missed the answer.
        } else if self.questions.len() < MAX_QUESTIONS {
            self.questions.push(Question { rule, place, frame, at, peer, equation, number, echo, strange, otherwise });
            self.most_questions = self.most_questions.max(self.questions.len());
        } else {
            self.take(of, Verdict::Undecided(equation, TOO_MANY), None, None, tally);
        }
    }

    fn take(
        &mut self,
        of: Subject,
        verdict: Verdict,
        guard: Option<Excuse>,
        settled_by: Option<FrameNo>,
        tally: &mut Tally,
    ) {
        let judged = match (verdict, guard) {
            (Verdict::NotApplicable | Verdict::Open(..), _) => return,
            (Verdict::Holds(equation), _) => of.judged(Outcome::Holds, equation, None),
            (Verdict::Broken(equation, _), Some(excuse)) => {
                of.judged(Outcome::Undecided, equation.perhaps_shown_by(excuse.frame), Some(excuse.why))
            }
            (Verdict::Broken(equation, severity), None) => of.judged(Outcome::Broken(severity), equation, None),
            (Verdict::Undecided(equation, why), _) => of.judged(Outcome::Undecided, equation, Some(why)),
            (Verdict::Noted(equation, why), _) => of.judged(Outcome::Noted, equation, Some(why)),
        };
        let judged = Judged { settled_by, ..judged };
        if of.rule.tells == Tells::First && judged.outcome != Outcome::Holds && self.has_told(&judged) {
            return;
        }
        tally.count(of.place, judged.outcome);
        match judged.outcome {
            Outcome::Holds if of.rule.keeps == Keeps::Equations => self.push_equation(judged),
            Outcome::Holds => {}
            Outcome::Noted => self.push_finding(judged),
            Outcome::Broken(_) | Outcome::Undecided => self.push_both(judged),
        }
    }

    /// Whether the same rule has said so of the same peer: a breach, or less than one.
    fn has_told(&self, judged: &Judged) -> bool {
        let breach = |it: &Judged| matches!(it.outcome, Outcome::Broken(_));
        let same = |it: &Judged| std::ptr::eq(it.rule, judged.rule) && it.peer == judged.peer;
        self.findings.iter().any(|it| same(it) && breach(it) == breach(judged))
    }

    fn push_both(&mut self, judged: Judged) {
        if judged.rule.keeps == Keeps::Equations {
            self.push_equation(judged);
        }
        self.push_finding(judged);
    }

    fn push_equation(&mut self, judged: Judged) {
        if self.equations.len() < MAX_EQUATIONS {
            if self.equations.is_empty() {
                self.equations.reserve_exact(USUAL_EQUATIONS);
            }
            self.equations.push(judged);
        } else {
            self.surplus += 1;
        }
    }

    fn push_finding(&mut self, judged: Judged) {
        if judged.outcome == Outcome::Noted {
            let same = |it: &&mut Judged| {
                it.outcome == Outcome::Noted && it.peer == judged.peer && std::ptr::eq(it.rule, judged.rule)
            };
            let mut known = self.findings.iter_mut().filter(same);
            if let Some(last) = known.nth(MAX_NOTES_EACH - 1) {
                last.more += 1;
                return;
            }
        }
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
}

fn weight(judged: &Judged) -> u8 {
    match judged.outcome {
        Outcome::Broken(Severity::Violation) => 4,
        Outcome::Broken(_) => 3,
        Outcome::Undecided => 2,
        Outcome::Noted | Outcome::Holds => 1,
    }
}
