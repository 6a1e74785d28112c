//! What becomes of a connection's open questions at its end: of the capture's, or because it had to make room for others.
//!
//! Only the judge uses this.

use super::{NOTHING_FOLLOWED, Record, Subject};
use crate::rules::book::Listed;
use crate::rules::tally::Tally;
use crate::rules::{Ending, Otherwise, Verdict, Why};
use crate::tcp::connection::Connection;
use crate::timestamp::Timestamp;

/// Why nothing is concluded from the end of a connection that was forgotten before it.
pub const FORGOTTEN: Why = "the connection was forgotten before it ended, to make room for others";

impl Record {
    /// The capture ends for this connection at `now`: what is still open comes to what it comes to, and the rules that
    /// judge a connection as a whole speak.
    pub fn finish(&mut self, connection: &Connection, now: Timestamp, tally: &mut Tally) {
        self.release(connection, tally);
        self.release_all(tally);
        for question in std::mem::take(&mut self.questions) {
            let verdict = match question.otherwise {
                Otherwise::Broken => Verdict::Broken(question.equation, question.rule.severity),
                Otherwise::Undecided => Verdict::Undecided(question.equation, NOTHING_FOLLOWED),
                Otherwise::Untold => Verdict::NotApplicable,
                Otherwise::Noted(why) => Verdict::Noted(question.equation, why),
            };
            let guard = matches!(verdict, Verdict::Broken(..)).then(|| question.rule.guards.active_at_end(connection));
            self.take(question.subject(), verdict, guard.flatten(), None, tally);
        }
        connection.peers().iter().for_each(|_| tally.end());
        for Listed { rule, place, .. } in tally.book().at_end() {
            let Some(at_end) = rule.at_end else { continue };
            for peer in connection.peers() {
                if let Some((frame, verdict)) = at_end(&Ending { connection, peer: *peer, now }) {
                    self.take(Subject { rule, place: *place, frame, peer: *peer }, verdict, None, None, tally);
                }
            }
        }
        self.sort();
    }

    /// The connection goes on, but is forgotten from here on: whatever is still open stays undecided, and nothing is
    /// concluded from its end.
    pub fn forget(&mut self, connection: &Connection, tally: &mut Tally) {
        self.release(connection, tally);
        self.forget_held(FORGOTTEN, tally);
        for question in std::mem::take(&mut self.questions) {
            let verdict = match question.otherwise {
                Otherwise::Broken | Otherwise::Undecided => Verdict::Undecided(question.equation, FORGOTTEN),
                Otherwise::Untold | Otherwise::Noted(_) => Verdict::NotApplicable,
            };
            self.take(question.subject(), verdict, None, None, tally);
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.findings.sort_by_key(|judged| judged.frame);
        self.equations.sort_by_key(|judged| judged.frame);
    }
}
