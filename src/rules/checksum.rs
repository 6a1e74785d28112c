//! The checksum: RFC 9293, Section 3.1.

use super::equation::{Equation, Relation};
use super::{Citation, Context, Guards, Level, RULE, Rule, Said, Trigger, Verdict, Why};
use crate::wire::checksum::Checksum;

/// This family.
pub static RULES: &[&Rule] = &[&CHECKSUM];

const DAMAGED: Why = "other segments of its sender have right ones: it was damaged on its way and dropped, unless the other acknowledges it";

static CHECKSUM: Rule = Rule {
    id: "hdr-checksum",
    cite: Citation { rfc: 9293, section: "3.1" },
    requirements: &["MUST-2", "MUST-3"],
    level: Level::Must,
    statement: "checksum = the complement of the sum over pseudo-header, header and octets",
    summary: Said { en: "the checksum covers what was sent", zh: "校验和与发送的内容相符" },
    explanation: Said {
        en: "A segment whose checksum is wrong was changed after it had been sent; its receiver must drop it, so it moves \
             nothing here either. Nobody is charged: a link or a device on the way did it. A wrong checksum means nothing \
             where it was left to the network card, or where most of its sender's are wrong, as in captures whose addresses \
             were changed; such segments are judged as if it were right.",
        zh: "校验和错误的报文段在发出之后被改动过；接收方必须丢弃，因此在这里也不改变任何状态。这不归咎于任何一方：是途中的链路或设备所致。\
             若校验和留给网卡计算，或该发送方的校验和大多错误（如改写过地址的捕获），则错误的校验和不说明什么，这样的报文段按正确的处理。",
    },
    on: Trigger(Trigger::DAMAGED.0),
    guards: Guards::NONE,
    check: checksum,
    broken_by: "
# B drops the damaged segment, and A sends it again
SYN-SENT    > S  100:100(0)                        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {bad-checksum} > ESTABLISHED   ~ hdr-checksum
ESTABLISHED > P. 101:106(5) ack 301 +0.2           > ESTABLISHED
",
    kept_by: "
# the same without damage
SYN-SENT    > S  100:100(0)                        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301                > ESTABLISHED
",
    ..RULE
};

fn checksum(cx: &Context<'_>) -> Verdict {
    match (cx.segment.checksum, cx.segment.content) {
        (Checksum::Wrong, Some(content)) => {
            let (found, wanted) = (u32::from(cx.segment.checksum_field), u32::from(!u16::from_be(content)));
            Verdict::Noted(Equation::count("checksum", found, Relation::Equal, wanted), DAMAGED)
        }
        _ => Verdict::NotApplicable,
    }
}
