//! Sequence and acknowledgment numbers while data flows: RFC 9293, Sections 3.4 and 3.10.7.4.

use super::equation::Equation;
use super::{Citation, Context, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict, Why};
use crate::seq::Seq;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::stamp::Stamp;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&ACK_NOT_BEYOND_SENT, &DATA_CONTIGUOUS];

/// The octets were sent and the capture missed them.
pub const CAPTURE_GAP: Why = "the sender goes on beyond it: octets were sent that the capture does not hold";
/// Frames captured on several queues can be out of order by this much.
const CAPTURE_JITTER: Elapsed = Elapsed::from_ns(100_000);
/// What octets from below the number acknowledged weigh; and what is enough.
const OCTETS: u32 = 2;
const ENOUGH: u32 = 3;
const OUT_OF_ORDER: Why = "the acknowledged octets follow at once: captured in the wrong order";
const SENDER_LOSES: Why = "this capture has missed or damaged packets before, and may have missed these octets";
/// A sender that has gone back may have been further on before.
pub const GOES_BACK: Why = "its sender goes back to send again: what follows may be sent again, too";
const ONE_SEGMENT: Why =
    "one segment of the size of those that follow could have carried them: the capture may have missed it";
const SENDER_RESET: Why = "the sender resets instead of going on";

static ACK_NOT_BEYOND_SENT: Rule = Rule {
    id: "ack-not-beyond-sent",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "SEG.ACK =< SND.NXT of the other",
    severity: Severity::Violation,
    summary: Said {
        en: "an ACK must not run ahead of what was sent", zh: "确认号不得超过对方已发送的数据"
    },
    explanation: Said {
        en: "An acknowledgment covers octets that were sent. Where it covers more than the capture holds, either the \
             capture missed octets or the acknowledgment is wrong; the other side tells: if it goes on beyond the number, \
             they were sent, and the capture has a gap; if it goes on from its old number, they were not.",
        zh: "确认号只能覆盖已发送的数据。若超出捕获到的数据，要么捕获有缺失，要么确认号有误；看对方的后续报文段即可判断：从更大\
             的序列号继续，说明数据确已发送而未被捕获；从原来的序列号继续，说明并未发送。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    check: ack_not_beyond_sent,
    settle: Some(ack_not_beyond_sent_settled),
    broken_by: "
# B acknowledges what A has not sent, and A goes on from where it was
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 500  < ESTABLISHED   ! ack-not-beyond-sent
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301  > ESTABLISHED
",
    kept_by: "
# the capture missed 399 octets
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 500  < ESTABLISHED
ESTABLISHED > P. 500:505(5) ack 301  > ESTABLISHED
",
    ..RULE
};

fn ack_not_beyond_sent(cx: &Context<'_>) -> Verdict {
    let other = &cx.connection.streams[cx.to];
    let (Some(ack), Some(nxt)) = (cx.segment.ack(), other.nxt) else { return Verdict::NotApplicable };
    if cx.acceptance != Acceptance::AckBeyondSent {
        return Verdict::NotApplicable;
    }
    // After a FIN nothing can follow: that is the statement of fin-ack-exact. What lay beyond the known window and
    // is acknowledged was accepted after all.
    if other.fin.is_some() || other.beyond_end.is_some_and(|end| ack.is_at_or_before(end)) {
        return Verdict::NotApplicable;
    }
    let shown = cx.connection.facts[cx.to].shown.nxt;
    Verdict::Open(Equation::at_most("ACK", ack, nxt).perhaps_shown_by(shown), 0, Otherwise::Undecided)
}

fn ack_not_beyond_sent_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let equation = question.equation;
    let damaged = matches!(cx.acceptance, Acceptance::Damaged | Acceptance::Fragment | Acceptance::NoAck);
    if cx.from == question.peer || damaged {
        return Settlement::Wait;
    }
    if cx.segment.flags.syn() {
        // A SYN-ACK that comes again may be late, and one that has sent its FIN already may repeat it.
        return Settlement::Wait;
    }
    if cx.segment.flags.rst() {
        return Settlement::Now(Verdict::Undecided(equation, SENDER_RESET));
    }
    let (seq, end, nxt) = (cx.segment.seq, cx.segment.seq_end(), equation.wanted());
    let stream = &cx.connection.streams[cx.from];
    if nxt.is_before(seq) && stream.nxt.is_some_and(|nxt| nxt.is_before(seq)) {
        return Settlement::Now(Verdict::Undecided(equation, CAPTURE_GAP));
    }
    let stamp = Stamp::of(cx.segment);
    let late = stream.last_stamp.is_some_and(|last| stamp.is_evidently_before(last));
    let found = equation.found;
    // What was sent before the acknowledgment, or at the same time by all that shows, tells nothing of it.
    let before = match (stamp.value, question.echo) {
        (Some(value), Some(echo)) => Seq::new(value).is_at_or_before(Seq::new(echo)),
        _ => cx.segment.at.since(question.at) < CAPTURE_JITTER,
    };
    if before && found.is_at_or_before(end) && nxt.is_at_or_before(seq) {
        return Settlement::Now(Verdict::Undecided(equation, OUT_OF_ORDER));
    }
    let again = seq.is_before(nxt) || stream.nxt.is_some_and(|sent| seq.is_before(sent));
    if !before && !late && again && cx.segment.payload_len > 0 {
        return Settlement::Now(Verdict::Undecided(equation, GOES_BACK));
    }
    if before || late || seq.is_before(nxt) || found.is_before(seq) {
        return Settlement::Wait;
    }
    let missing = u32::try_from(nxt.offset_to(found)).unwrap_or(0);
    if cx.segment.payload_len >= missing {
        return Settlement::Now(Verdict::Undecided(equation, ONE_SEGMENT));
    }
    if found.is_at_or_before(end) && found != seq {
        // They may have been captured in the wrong order, whole or in pieces.
        return Settlement::Now(Verdict::Undecided(equation, OUT_OF_ORDER));
    }
    // From here on its sender is seen below the number acknowledged. Bare ACKs there tell nothing: a stack that goes back
    // to send again lets them start where it has gone back to. A few octets may be the first of those that were captured
    // late; more cannot well. Nothing at all follows a FIN.
    let weight = match (cx.segment.flags.fin(), end == seq) {
        (true, _) => ENOUGH,
        (false, true) => return Settlement::Wait,
        (false, false) => OCTETS,
    };
    if question.number.saturating_add(weight) < ENOUGH {
        return Settlement::Hint(weight);
    }
    if cx.connection.facts[cx.from].has_gone_back() {
        return Settlement::Now(Verdict::Undecided(equation, GOES_BACK));
    }
    Settlement::Now(if stream.hole.is_some() || cx.evidence.lost > 0 || cx.evidence.damaged > 0 {
        Verdict::Undecided(equation, SENDER_LOSES)
    } else {
        Verdict::Broken(equation, Severity::Violation)
    })
}

static DATA_CONTIGUOUS: Rule = Rule {
    id: "data-contiguous",
    cite: Citation { rfc: 9293, section: "3.4" },
    statement: "SEG.SEQ =< SND.NXT",
    severity: Severity::Note,
    summary: Said {
        en: "a segment starts within or right after what was sent",
        zh: "报文段从已发送的数据之内或之后紧接着开始",
    },
    explanation: Said {
        en: "Octets are numbered without holes. A segment that starts later shows octets that this tap did not see: if the \
             other side acknowledges them, the capture missed them; if they follow, they were reordered or lost before \
             the tap and sent again. Nobody is ever charged.",
        zh: "字节编号是连续的。若报文段的起点更靠后，说明此处没有看到中间的数据：对方确认了它们，是捕获缺失；它们随后出现，是乱序\
             或在此之前丢失后重传。这从不归咎于任何一方。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    check: data_contiguous,
    settle: Some(data_contiguous_settled),
    broken_by: "
# B acknowledges octets that were never captured
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 111:116(5) ack 301  > ESTABLISHED   ~ data-contiguous
ESTABLISHED < .  301:301(0) ack 116  < ESTABLISHED
",
    kept_by: "
# the missing octets follow
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111  < ESTABLISHED
",
    ..RULE
};

fn data_contiguous(cx: &Context<'_>) -> Verdict {
    let (seq, stream) = (cx.segment.seq, &cx.connection.streams[cx.from]);
    let counted = cx.acceptance.counts_octets() && cx.acceptance != Acceptance::Old;
    match stream.nxt {
        Some(nxt) if counted && nxt.is_before(seq) => {
            let shown = cx.connection.facts[cx.from].shown.nxt;
            Verdict::Open(Equation::at_most("SEQ", seq, nxt).perhaps_shown_by(shown), 0, Otherwise::Undecided)
        }
        _ => Verdict::NotApplicable,
    }
}

const MISSED: Why = "the other side acknowledges the octets between: the capture missed them";

fn data_contiguous_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let (low, high) = (question.equation.wanted(), question.equation.found);
    if cx.from == question.peer {
        let fills = cx.segment.payload_len > 0 && covers(cx.segment.seq, cx.segment.seq_end(), low);
        return if fills { Settlement::Now(Verdict::NotApplicable) } else { Settlement::Wait };
    }
    match cx.segment.ack() {
        Some(ack) if !cx.segment.flags.rst() && low.is_before(ack) && !ack.is_before(high) => {
            Settlement::Now(Verdict::Noted(question.equation, MISSED))
        }
        _ => Settlement::Wait,
    }
}

fn covers(start: Seq, end: Seq, at: Seq) -> bool {
    start.is_at_or_before(at) && at.is_before(end)
}
