//! What the capture itself has put in another order than the wire. Nobody is ever charged.

use super::equation::Equation;
use super::{Citation, Context, Guards, RULE, Rule, Said, Severity, Trigger, Verdict, Why};

/// This family.
pub static RULES: &[&Rule] = &[&SYNACK_ORDER];

const PUT_BACK: Why =
    "captured before the SYN that it acknowledges, which on one wire cannot be: they are put in order";

static SYNACK_ORDER: Rule = Rule {
    id: "hs-synack-order",
    cite: Citation { rfc: 9293, section: "3.5" },
    statement: "frame of the SYN < frame of the SYN-ACK that acknowledges it",
    severity: Severity::Note,
    summary: Said {
        en: "a SYN-ACK is captured behind the SYN that it acknowledges",
        zh: "SYN-ACK 应在其所确认的 SYN 之后被捕获",
    },
    explanation: Said {
        en: "A SYN-ACK acknowledges a number that it can only know from the SYN. Where the capture holds it first, the \
             frames come from several queues or taps and were put together in the wrong order. If the SYN follows within \
             a millisecond, both are taken in the right order, and nothing else is concluded from theirs.",
        zh: "SYN-ACK 所确认的序列号只能从 SYN 得知。若它在抓包中排在前面，说明这些帧来自多个队列或抓包点，合并时次序有误。\
             若 SYN 在一毫秒之内出现，则按正确的次序分析二者，不从它们的先后得出别的结论。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: synack_order,
    broken_by: "
# two queues of a card
ESTABLISHED < S. 300:300(0) ack 101          < SYN-RECEIVED   ~ hs-synack-order
SYN-SENT    > S  100:100(0)          +0.0001 > LISTEN
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
",
    kept_by: "
# in order
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  +0.0001 < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
",
    ..RULE
};

fn synack_order(cx: &Context<'_>) -> Verdict {
    let Some(ack) = cx.segment.ack() else { return Verdict::NotApplicable };
    let mut syns = cx.connection.candidates.iter().filter(|syn| syn.from == cx.to && syn.is_answered_by(ack));
    match syns.next() {
        Some(syn) if cx.segment.frame < syn.at.frame => {
            Verdict::Noted(Equation::equal("SYN-ACK ack", ack, syn.iss, 1).shown_by(syn.at.frame), PUT_BACK)
        }
        _ => Verdict::NotApplicable,
    }
}
