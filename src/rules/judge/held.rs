//! Breaches by segments whose octets their receiver may have had to refuse: they wait until it is known whether the
//! alleged sender goes on from where it stood. Then somebody else may have put the segment in, and nobody is charged.
//!
//! Bounded: a breach beyond the bound is undecided at once. Only the judge uses this.

use super::{Record, Subject, TOO_MANY};
use crate::packet::FrameNo;
use crate::rules::guard::Excuse;
use crate::rules::tally::Tally;
use crate::rules::{Verdict, Why};
use crate::tcp::connection::Connection;
use crate::tcp::refused::Standing;

/// Breaches held at a time per connection.
pub const MAX_HELD: usize = 8;

/// Why nobody is charged for a segment after which its alleged sender goes on as if it had not been.
pub(super) const SOMEBODY_ELSE: Why = "its alleged sender goes on from where it stood before: its receiver refused it, and somebody else may have sent it";

/// A breach that waits.
#[derive(Clone, Debug)]
pub(super) struct Held {
    of: Subject,
    breach: Verdict,
    guard: Option<Excuse>,
    settled_by: Option<FrameNo>,
}

impl Record {
    pub(super) fn hold(
        &mut self,
        of: Subject,
        breach: Verdict,
        guard: Option<Excuse>,
        settled_by: Option<FrameNo>,
        tally: &mut Tally,
    ) {
        match breach {
            Verdict::Broken(equation, _) if self.held.len() >= MAX_HELD => {
                self.take(of, Verdict::Undecided(equation, TOO_MANY), guard, settled_by, tally);
            }
            _ => {
                self.held.push(Held { of, breach, guard, settled_by });
                self.most_held = self.most_held.max(self.held.len());
            }
        }
    }

    /// What is no longer in doubt is said.
    pub(super) fn release(&mut self, connection: &Connection, tally: &mut Tally) {
        if self.held.is_empty() {
            return;
        }
        let standing = |it: &Held| connection.standing(it.of.peer, it.of.frame);
        let (wait, known): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held).into_iter().partition(|it| standing(it) == Standing::InDoubt);
        self.held = wait;
        for it in known {
            let verdict = match (it.breach, standing(&it)) {
                (Verdict::Broken(equation, _), Standing::Refused) => Verdict::Undecided(equation, SOMEBODY_ELSE),
                (breach, _) => breach,
            };
            self.take(it.of, verdict, it.guard, it.settled_by, tally);
        }
    }

    /// Nothing follows that could speak against them.
    pub(super) fn release_all(&mut self, tally: &mut Tally) {
        for it in std::mem::take(&mut self.held) {
            self.take(it.of, it.breach, it.guard, it.settled_by, tally);
        }
    }

    /// Nothing more is known that could speak for or against them: each is undecided.
    pub(super) fn forget_held(&mut self, why: Why, tally: &mut Tally) {
        for it in std::mem::take(&mut self.held) {
            let verdict = match it.breach {
                Verdict::Broken(equation, _) => Verdict::Undecided(equation, why),
                verdict => verdict,
            };
            self.take(it.of, verdict, it.guard, it.settled_by, tally);
        }
    }
}
