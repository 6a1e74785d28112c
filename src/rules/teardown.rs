//! FINs and their acknowledgments, one by one: RFC 9293, Sections 3.6 and 3.10.4.

pub mod fins;
pub mod half;

use super::equation::Equation;
use super::origin::charged;
use super::{Citation, Context, Keeps, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::acceptance::Acceptance;
use crate::tcp::stamp::{Origin, Stamp};

/// This family.
pub static RULES: &[&Rule] = &[&FIN_POSITION, &FIN_ACKED, &FIN_ACK_EXACT, &FIN_LAST, &FIN_STABLE, &FIN_PASSIVE_ORDER];

const HOLE: Why = "octets before it were not captured";
const OTHER_INCARNATION: Why =
    "its other numbers do not fit either: it may belong to another incarnation of the same ports";
const PERHAPS_REORDERED: Why =
    "nothing shows which of its segments was sent first: the network may have turned them round";
const REORDERED: Why =
    "its time stamp or identification is older than what its sender sent before: captured out of order";

static FIN_POSITION: Rule = Rule {
    id: "fin-position",
    cite: Citation { rfc: 9293, section: "3.10.4" },
    statement: "FIN: SEG.SEQ =< SND.NXT =< SEG.SEQ + octets",
    severity: Severity::Violation,
    summary: Said {
        en: "a FIN takes the number after the last octet sent",
        zh: "FIN 的序列号紧跟在最后一个已发送字节之后",
    },
    explanation: Said {
        en: "The FIN is queued behind all data, so its number u is SND.NXT. A lower one lies among octets already sent; \
             a higher one shows octets that were not captured.",
        zh: "FIN 排在所有数据之后，所以它的序列号 u 就是 SND.NXT。更小则落在已发送的数据之中；更大说明有数据未被捕获。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_position,
    keeps: Keeps::Equations,
    broken_by: "
# the FIN stands among octets that were sent before
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1>  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51>  > ESTABLISHED
ESTABLISHED > P. 101:111(10) ack 301 <TS val 3 ecr 51> > ESTABLISHED
ESTABLISHED > F. 105:105(0) ack 301 <TS val 4 ecr 51>  > ESTABLISHED   ! fin-position
",
    kept_by: "
# the FIN comes with the last octets, some of them sent before
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:111(10) ack 301 > ESTABLISHED
FIN-WAIT-1  > F. 101:115(14) ack 301 > CLOSE-WAIT
",
    ..RULE
};

fn fin_position(cx: &Context<'_>) -> Verdict {
    let stream = &cx.connection.streams[cx.from];
    let (Some(fin), Some(nxt)) = (cx.segment.fin_seq(), stream.nxt) else { return Verdict::NotApplicable };
    if stream.fin.is_some() || !cx.acceptance.counts_octets() {
        return Verdict::NotApplicable;
    }
    let shown = cx.connection.facts[cx.from].shown.nxt;
    if nxt.is_before(cx.segment.seq) {
        return Verdict::Undecided(Equation::equal("FIN seq", fin, nxt, 0).perhaps_shown_by(shown), HOLE);
    }
    let new_octets = u32::try_from(nxt.offset_to(fin)).unwrap_or(0);
    let equation = Equation::equal("FIN seq", fin, nxt, new_octets).perhaps_shown_by(shown);
    let missing =
        stream.hole.is_some() || stream.missed.is_some() || stream.is_uncaptured(fin) || stream.begins_behind(fin);
    if !nxt.is_at_or_before(fin) && missing {
        return Verdict::Undecided(equation, HOLE);
    }
    if nxt.is_at_or_before(fin) {
        return Verdict::Holds(equation);
    }
    charged(equation, stream.nxt_stamp.or(stream.last_stamp), Stamp::of(cx.segment))
}

static FIN_ACKED: Rule = Rule {
    id: "fin-acked",
    cite: Citation { rfc: 9293, section: "3.6" },
    statement: "SEG.ACK = u + 1",
    severity: Severity::Note,
    summary: Said {
        en: "a FIN is acknowledged by its number plus one", zh: "对 FIN 的确认号等于其序列号加一"
    },
    explanation: Said {
        en: "The FIN occupies one number, so the acknowledgment that covers it is u + 1: nothing lies beyond. Without one \
             by the end of the capture it stays undecided, since it may come later or have been missed.",
        zh: "FIN 占用一个序列号，所以确认它的确认号是 u + 1，此后再无数据。到捕获结束仍未出现时不作判断，因为它可能稍后到达或未被捕获。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: fin_acked,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: "
# the FIN is acknowledged with the data before it
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:106(5) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 107  < CLOSE-WAIT
",
    ..RULE
};

fn fin_acked(cx: &Context<'_>) -> Verdict {
    match (cx.connection.streams[cx.to].fin, cx.segment.ack()) {
        (Some(fin), Some(ack)) if fin.acked_by.is_none() && ack == fin.end() && cx.acceptance.counts_octets() => {
            Verdict::Holds(Equation::equal("ACK of FIN", ack, fin.seq, 1).shown_by(fin.frame))
        }
        _ => Verdict::NotApplicable,
    }
}

static FIN_ACK_EXACT: Rule = Rule {
    id: "fin-ack-exact",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "after the other's FIN: SEG.ACK =< u + 1",
    severity: Severity::Violation,
    summary: Said { en: "nothing beyond a FIN can be acknowledged", zh: "FIN 之后没有可确认的数据" },
    explanation: Said {
        en: "A FIN is the last number of its direction, so no acknowledgment can exceed u + 1. A capture gap does not \
             explain it, since nothing can follow a FIN; another incarnation of the same ports can, and then the \
             segment's own sequence number does not fit either.",
        zh: "FIN 是该方向的最后一个序列号，确认号不可能超过 u + 1。捕获缺失不能解释它，因为 FIN 之后不会再有数据；但同一端口对\
             的另一个连接可以，那时该报文段自己的序列号也对不上。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: fin_ack_exact,
    broken_by: "
# the FIN is acknowledged by one too many
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51> > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301 <TS val 3 ecr 51> > CLOSE-WAIT
FIN-WAIT-1  < .  301:301(0) ack 103 <TS val 52 ecr 3> < CLOSE-WAIT   ! fin-ack-exact
",
    kept_by: "
# acknowledged exactly
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102  < CLOSE-WAIT
",
    ..RULE
};

fn fin_ack_exact(cx: &Context<'_>) -> Verdict {
    let (Some(fin), Some(ack)) = (cx.connection.streams[cx.to].fin, cx.segment.ack()) else {
        return Verdict::NotApplicable;
    };
    if ack.is_at_or_before(fin.end()) {
        return Verdict::NotApplicable;
    }
    let equation = Equation::at_most("ACK", ack, fin.end()).shown_by(fin.frame);
    let fits = cx.connection.streams[cx.from].nxt.is_none_or(|nxt| cx.segment.seq == nxt || cx.segment.seq + 1 == nxt);
    if cx.acceptance == Acceptance::Beyond || !fits {
        return Verdict::Undecided(equation, OTHER_INCARNATION);
    }
    // Whose the FIN is shows beside what its alleged sender sent before it, or after.
    let last = cx.connection.streams[cx.to].last_stamp.filter(|last| *last != fin.stamp);
    let fin_is_its_own = match fin.origin {
        Origin::One => Verdict::Broken(equation, Severity::Violation),
        _ => charged(equation, last, fin.stamp),
    };
    match fin_is_its_own {
        Verdict::Broken(..) => charged(equation, cx.connection.streams[cx.from].last_stamp, Stamp::of(cx.segment)),
        doubt => doubt,
    }
}

static FIN_LAST: Rule = Rule {
    id: "fin-last",
    cite: Citation { rfc: 9293, section: "3.10.4" },
    statement: "after its FIN: SEG.SEQ + SEG.LEN =< u + 1",
    severity: Severity::Violation,
    summary: Said { en: "nothing new follows a FIN", zh: "发送 FIN 之后不得再发送新数据" },
    explanation: Said {
        en: "A FIN says that its sender has no more to send. It may repeat what it sent, and go on acknowledging; it must \
             not use a number beyond its FIN. Reordering cannot explain that; another incarnation of the same ports can, \
             and then the segment's other numbers do not fit either.",
        zh: "FIN 表示发送方不再发送数据。它可以重传、可以继续确认，但不得使用 FIN 之后的序列号。乱序不能解释这种情况；同一端口对\
             的另一个连接可以，那时该报文段的其他号码也对不上。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: fin_last,
    broken_by: "
# A sends data after its FIN
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51> > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301 <TS val 3 ecr 51> > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102 <TS val 52 ecr 3> < CLOSE-WAIT
FIN-WAIT-2  > P. 102:107(5) ack 301 <TS val 4 ecr 52> > CLOSE-WAIT   ! fin-last
",
    kept_by: "
# A acknowledges after its FIN
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < P. 301:306(5) ack 102  < CLOSE-WAIT
FIN-WAIT-2  > .  102:102(0) ack 306  > CLOSE-WAIT
",
    ..RULE
};

fn fin_last(cx: &Context<'_>) -> Verdict {
    let Some(fin) = cx.connection.streams[cx.from].fin else { return Verdict::NotApplicable };
    let end = cx.segment.seq_end();
    if cx.segment.flags.fin() || end.is_at_or_before(fin.end()) {
        return Verdict::NotApplicable;
    }
    let equation = Equation::at_most("SEQ + LEN", end, fin.end()).shown_by(fin.frame);
    if fits_other(cx) {
        charged(equation, Some(fin.stamp), Stamp::of(cx.segment))
    } else {
        Verdict::Undecided(equation, OTHER_INCARNATION)
    }
}

/// Whether the acknowledgment of a segment with a strange sequence number fits what the other sent.
fn fits_other(cx: &Context<'_>) -> bool {
    let other = &cx.connection.streams[cx.to];
    let (Some(ack), Some(nxt)) = (cx.segment.ack(), other.nxt) else { return false };
    let low = cx.connection.streams[cx.from].acked.or(other.iss);
    matches!(cx.acceptance, Acceptance::Acceptable | Acceptance::Old) && low.is_some_and(|low| ack.is_within(low, nxt))
}

static FIN_STABLE: Rule = Rule {
    id: "fin-stable",
    cite: Citation { rfc: 9293, section: "3.10.4" },
    statement: "every FIN of a sender: the same u",
    severity: Severity::Violation,
    summary: Said { en: "a FIN that is sent again keeps its number", zh: "重传的 FIN 序列号不变" },
    explanation: Said {
        en: "A retransmitted FIN is the same octet of the same stream: with more or fewer octets before it in the segment, \
             its own number stays u.",
        zh: "重传的 FIN 是同一个流的同一个序列号：报文段中它前面的数据可多可少，它自己的序列号始终是 u。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_stable,
    broken_by: "
# the second FIN has moved
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51> > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301 <TS val 3 ecr 51> > CLOSE-WAIT
FIN-WAIT-1  > F. 104:104(0) ack 301 <TS val 4 ecr 51> > CLOSE-WAIT   ! fin-stable
",
    kept_by: "
# the FIN is sent again with the octets before it
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 106:106(0) ack 301  > CLOSE-WAIT
FIN-WAIT-1  > F. 101:106(5) ack 301  > CLOSE-WAIT
",
    ..RULE
};

fn fin_stable(cx: &Context<'_>) -> Verdict {
    let (Some(fin), Some(again)) = (cx.connection.streams[cx.from].fin, cx.segment.fin_seq()) else {
        return Verdict::NotApplicable;
    };
    if fin.seq == again {
        return Verdict::NotApplicable;
    }
    let equation = Equation::equal("FIN seq", again, fin.seq, 0).shown_by(fin.frame);
    if fits_other(cx) {
        charged(equation, Some(fin.stamp), Stamp::of(cx.segment))
    } else {
        Verdict::Undecided(equation, OTHER_INCARNATION)
    }
}

static FIN_PASSIVE_ORDER: Rule = Rule {
    id: "fin-passive-order",
    cite: Citation { rfc: 9293, section: "3.6" },
    statement: "FIN of a peer that has acknowledged the other's FIN: SEG.ACK = u + 1",
    severity: Severity::Violation,
    summary: Said {
        en: "the second FIN acknowledges the first, as its sender did before",
        zh: "被动关闭方的 FIN 必须继续确认对方的 FIN",
    },
    explanation: Said {
        en: "A peer that has acknowledged the other's FIN is in CLOSE-WAIT; its own FIN, sent later, carries the same \
             acknowledgment. A lower one would take it back. It can be told only where time stamp or identification show \
             that the FIN was sent after that: the network may turn segments round.",
        zh: "已经确认对方 FIN 的一方处于 CLOSE-WAIT；它随后发出的 FIN 带有同样的确认号，更小则等于收回确认。只有时间戳或标识表明该 FIN \
             确实发送在后时才能判断：网络可能颠倒报文段的顺序。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_passive_order,
    keeps: Keeps::Equations,
    broken_by: "
# B acknowledged A's FIN, and its own FIN takes that back
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1>   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51>   > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301 <TS val 3 ecr 51>   > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102 <TS val 52 ecr 3>   < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 101 <TS val 53 ecr 3>   < CLOSING ! fin-passive-order ack-monotonic
",
    kept_by: "
# FINs cross: B's does not acknowledge A's, and did not before
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
CLOSING     < F. 301:301(0) ack 101  < CLOSING
",
    ..RULE
};

fn fin_passive_order(cx: &Context<'_>) -> Verdict {
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (Some(fin), Some(ack), Some(acked)) = (other.fin, cx.segment.ack(), own.acked) else {
        return Verdict::NotApplicable;
    };
    let in_close_wait = fin.end().is_at_or_before(acked);
    if own.fin.is_some() || !in_close_wait || fin.end().is_before(ack) || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let equation = Equation::equal("FIN ack", ack, fin.seq, 1).shown_by(fin.frame);
    if equation.is_true() {
        return Verdict::Holds(equation);
    }
    let (stamp, last) = (Stamp::of(cx.segment), own.last_stamp);
    if last.is_some_and(|last| stamp.is_evidently_before(last)) {
        return Verdict::Undecided(equation, REORDERED);
    }
    if last.is_some_and(|last| last.is_evidently_before(stamp)) {
        return charged(equation, last, stamp);
    }
    Verdict::Undecided(equation, PERHAPS_REORDERED)
}
