//! What must hold, each rule one value in one place: id, source, statement, check, and a trace that breaks it.
//!
//! Most rules look at segments (`check`); those about ICMP errors look at these (`on_error`), and both may leave a question
//! that later segments settle.
//! Rules read connections, never write them; none sees another's verdict, so their order cannot matter.
//! To add a rule, declare it in its family's file and name it in that file's `RULES`; the compiler warns if that is
//! forgotten. `explain`, the tests and the reports all read the value.

pub mod acknowledgment;
pub mod attempt;
pub mod book;
pub mod capture;
pub mod checksum;
pub mod closing;
pub mod coverage;
pub mod early;
pub mod equation;
mod evidence;
pub mod guard;
pub mod handshake;
pub mod header;
pub mod icmp;
pub mod judge;
pub mod needs;
pub mod negotiation;
pub mod opening;
pub mod options;
mod origin;
pub mod persist;
pub mod probe;
pub mod quiet;
pub mod resent;
pub mod reset;
pub mod retransmission;
pub mod sack;
pub mod sequence;
pub mod steady;
pub mod tally;
pub mod teardown;
pub mod time_wait;
pub mod timestamps;
pub mod trigger;
pub mod unbuilt;
pub mod window;

use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::connection::Connection;
use crate::tcp::icmp::Told;
use crate::tcp::kind::Kind;
use crate::timestamp::Timestamp;
use crate::wire::segment::Segment;
use equation::Equation;
pub use evidence::Evidence;
pub use guard::Guards;
pub use needs::Needs;
pub use trigger::Trigger;

/// What must hold of a connection, and how to tell.
#[derive(Debug)]
pub struct Rule {
    /// Names what must hold; stable, never reused.
    pub id: &'static str,
    /// The first release that has it.
    pub since: &'static str,
    /// Where that is written.
    pub cite: Citation,
    /// Further places that say the same, or limit it.
    pub also: &'static [Citation],
    /// The requirement ids of RFC 9293, Appendix B, that it checks (`MUST-10`).
    pub requirements: &'static [&'static str],
    /// How the document words it.
    pub level: Level,
    /// The requirement as an equation, in the RFC's variables.
    pub statement: &'static str,
    /// What a breach means in practice.
    pub severity: Severity,
    /// One line.
    pub summary: Said,
    /// What it means, what usually breaks it, when it cannot be told.
    pub explanation: Said,
    /// The segments that it looks at.
    pub on: Trigger,
    /// What must be unusual about such a segment for the rule to have anything to say.
    pub needs: Needs,
    /// Under which circumstances a breach is undecided, whatever the check says.
    pub guards: Guards,
    /// Judges one segment against the connection before it.
    pub check: fn(&Context<'_>) -> Verdict,
    /// Judges, by each later segment, a question that `check` left open.
    pub settle: Option<fn(&Question, &Context<'_>) -> Settlement>,
    /// Judges an ICMP error that quotes a segment of the connection. Such a rule looks at no segment (`on` is empty), but
    /// `settle` may answer by the segments that follow.
    pub on_error: Option<fn(&ErrorContext<'_>) -> Verdict>,
    /// Judges one endpoint when the capture has ended for its connection: the frame to name, and the verdict.
    pub at_end: Option<CheckAtEnd>,
    /// What to do with an equation that holds.
    pub keeps: Keeps,
    /// How often it tells the same of one peer.
    pub tells: Tells,
    /// A trace with `! id` (broken) or `~ id` (noted, undecided) on the line that the rule names.
    pub broken_by: &'static str,
    /// A near miss, on which the rule is silent.
    pub kept_by: &'static str,
}

/// Judges one endpoint of a connection for which the capture has ended.
pub type CheckAtEnd = fn(&Ending<'_>) -> Option<(FrameNo, Verdict)>;

/// What most rules share: each states what differs, and ends in `..RULE`.
pub const RULE: Rule = Rule {
    id: "",
    since: "0.1.0",
    cite: Citation { rfc: 9293, section: "" },
    also: &[],
    requirements: &[],
    level: Level::Procedure,
    statement: "",
    severity: Severity::Note,
    summary: Said { en: "", zh: "" },
    explanation: Said { en: "", zh: "" },
    on: Trigger::ORDINARY,
    needs: Needs::NOTHING,
    guards: Guards::OPEN,
    check: |_| Verdict::NotApplicable,
    settle: None,
    on_error: None,
    at_end: None,
    keeps: Keeps::Counts,
    tells: Tells::Each,
    broken_by: "",
    kept_by: "",
};

/// How a document words what a rule checks. What a breach means in practice is the rule's [`Severity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// No document says it: a habit of implementations, or our own figure.
    Practice,
    /// MAY, or an allowance.
    May,
    /// SHOULD.
    Should,
    /// It follows from the processing of segments as the document describes it.
    Procedure,
    /// MUST.
    Must,
}

impl Level {
    /// `practice`, `may`, `should`, `procedure` or `must`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::May => "may",
            Self::Should => "should",
            Self::Procedure => "procedure",
            Self::Must => "must",
        }
    }
}

/// The same sentence in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The RFC's number.
    pub rfc: u16,
    /// The section, `3.10.7.3`.
    pub section: &'static str,
}

impl std::fmt::Display for Citation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RFC {} §{}", self.rfc, self.section)
    }
}

/// What a breach means in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nobody is at fault.
    Note,
    /// Legal but harmful or odd.
    Anomaly,
    /// An endpoint broke the protocol.
    Violation,
}

impl Severity {
    /// `violation`, `anomaly` or `note`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Anomaly => "anomaly",
            Self::Violation => "violation",
        }
    }
}

/// Whether an equation that holds is worth a line in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// It is: a step of the handshake or of the close.
    Equations,
    /// It is only counted: it holds of nearly every segment.
    Counts,
}

/// How often a rule tells the same of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Each time.
    Each,
    /// The first breach, and the first doubt or note: what it is about goes on as it began, and all that follows has the
    /// same cause.
    First,
}

/// One segment and the connection before it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// The connection before the segment.
    pub connection: &'c Connection,
    /// Who sent the segment.
    pub from: Peer,
    /// Who is to receive it.
    pub to: Peer,
    /// The segment.
    pub segment: &'c Segment<'c>,
    /// What the gate says of it.
    pub acceptance: Acceptance,
    /// What kind of segment it is.
    pub kind: Kind,
    /// Whether this capture has shown that it misses or damages segments.
    pub evidence: Evidence,
}

/// An ICMP error that quotes a segment, and the connection when it came. It is no segment, and moves no state.
#[derive(Clone, Copy, Debug)]
pub struct ErrorContext<'c> {
    /// The connection.
    pub connection: &'c Connection,
    /// The error, bound to the segment that it quotes.
    pub told: &'c Told,
}

/// One endpoint of a connection for which the capture has ended.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'c> {
    /// The connection.
    pub connection: &'c Connection,
    /// The endpoint.
    pub peer: Peer,
    /// The latest stamp of the capture, or the moment at which 2 MSL had passed.
    pub now: Timestamp,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The rule does not speak of this segment.
    NotApplicable,
    /// It holds.
    Holds(Equation),
    /// It is broken, as severely as said.
    Broken(Equation, Severity),
    /// The wire at this tap cannot tell.
    Undecided(Equation, Why),
    /// Worth knowing; nobody is at fault.
    Noted(Equation, Why),
    /// A later segment will tell; a further number for it, and what it is if none does.
    Open(Equation, u32, Otherwise),
}

/// What an open question comes to if nothing that follows settles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// It stays undecided.
    Undecided,
    /// It is broken: nothing could explain it but what did not come.
    Broken,
    /// It is worth knowing that nothing came.
    Noted(Why),
    /// Nothing is said: that nothing came is how it mostly is.
    Untold,
}

/// Why a verdict is undecided, or what a note means: a stable id with its sentence.
pub type Why = &'static str;

/// A question left open by a check.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// By which rule.
    pub rule: &'static Rule,
    /// That rule's place in the catalogue.
    pub place: usize,
    /// About which frame.
    pub frame: FrameNo,
    /// Captured when.
    pub at: Timestamp,
    /// Sent by whom.
    pub peer: Peer,
    /// What must hold.
    pub equation: Equation,
    /// A further number, as the rule wants it.
    pub number: u32,
    /// TSecr of the segment asked about, if it carried timestamps: its sender had received a segment of that TSval.
    pub echo: Option<u32>,
    /// Its marks are not those of the other segments of its address.
    pub strange: Option<guard::Excuse>,
    /// What it comes to if nothing settles it.
    pub otherwise: Otherwise,
}

/// What a later segment says of an open question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Settlement {
    /// Nothing yet.
    Wait,
    /// A hint that is not enough by itself: the question's number goes up by this.
    Hint(u32),
    /// The answer.
    Now(Verdict),
}

/// Every rule, by family.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    [
        handshake::RULES,
        opening::RULES,
        attempt::RULES,
        early::RULES,
        sequence::RULES,
        window::RULES,
        acknowledgment::RULES,
        retransmission::RULES,
        resent::RULES,
        probe::RULES,
        persist::RULES,
        teardown::RULES,
        closing::RULES,
        reset::RULES,
        capture::RULES,
        checksum::RULES,
        header::RULES,
        options::RULES,
        icmp::RULES,
        reset::after::RULES,
        negotiation::RULES,
        sack::RULES,
        timestamps::RULES,
        reset::form::RULES,
        teardown::fins::RULES,
        teardown::half::RULES,
        time_wait::RULES,
        time_wait::reuse::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Rule> {
    catalogue().find(|rule| rule.id == id)
}
