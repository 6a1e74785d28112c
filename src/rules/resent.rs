//! What holds of octets captured below SND.NXT: that they are the same, whether they were needed, whether they are only
//! late. RFC 9293, Sections 3.4.3 and 3.8.1; RFC 2883; RFC 3522.

use super::equation::{Equation, Relation};
use super::origin::charged;
use super::retransmission::{OCTETS, sent};
use super::{
    Citation, Context, Guards, Needs, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict,
    Why,
};
use crate::seq::Seq;
use crate::tcp::kind::{Cause, Kind};
use crate::tcp::sent::fingerprint;
use crate::tcp::stamp::Stamp;
use crate::wire::checksum::Checksum;
use crate::wire::segment::Segment;

/// This family.
pub static RULES: &[&Rule] = &[&REXMIT_IS_COPY_OF_SENT, &REXMIT_SAME_BYTES, &REXMIT_SPURIOUS, &OOO_NOT_REXMIT];

const ACKNOWLEDGED: Why = "it was already acknowledged at this tap; the acknowledgment may not have arrived yet";
const LEFT_OUT: Why = "it came with the SYN, and the SYN-ACK left it out";
const UNSAID: Why = "nothing tells why it was sent again";
const FIRST_COPY_MISSED: Why = "it left after what follows it, so it was sent again; the first copy was lost before this \
                                tap, or the capture missed it";

static REXMIT_IS_COPY_OF_SENT: Rule = Rule {
    id: "rexmit-is-copy-of-sent",
    cite: Citation { rfc: 9293, section: "3.8.1" },
    requirements: &["MAY-4"],
    statement: "SEG.SEQ < SND.NXT, in a packet of its own",
    summary: Said { en: "octets are sent again", zh: "字节被重传" },
    explanation: Said {
        en: "Every segment that carries octets captured before is counted here, whatever its class; copies of one packet \
             (the same IP identification and time stamp) are not among them. Shown are those for which the class rules say \
             nothing: octets already acknowledged at this tap, and octets whose first copy this tap never saw.",
        zh: "凡携带先前已捕获字节的报文段都在此计数，不论类别；同一数据包的副本（IP 标识和时间戳相同）不算。只显示类别规则没有说明\
             的：在此捕获点看来已被确认的，以及首份在此从未见到的。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rexmit_is_copy_of_sent,
    broken_by: "
# acknowledged, and sent again
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106         < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED   ~ rexmit-is-copy-of-sent
",
    kept_by: "
# one packet, captured twice
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {id 9}  > ESTABLISHED
?           > P. 101:106(5) ack 301 {id 9}  > ?
",
    ..RULE
};

fn rexmit_is_copy_of_sent(cx: &Context<'_>) -> Verdict {
    let stream = &cx.connection.streams[cx.from];
    let Some(nxt) = stream.nxt else { return Verdict::NotApplicable };
    let shown = cx.connection.facts[cx.from].shown.nxt;
    let equation = Equation::at_most("SEQ", cx.segment.seq, nxt - 1).perhaps_shown_by(shown);
    let began = cx.connection.streams[cx.to].syn_acked;
    let left_out = stream.iss.is_some_and(|iss| cx.segment.seq == iss + 1 && began == Some(iss + 1));
    match cx.kind {
        Kind::Retransmission(Cause::Unknown) if left_out && stream.syn_payload > 0 => {
            Verdict::Noted(equation, LEFT_OUT)
        }
        Kind::Retransmission(Cause::Acknowledged) => Verdict::Noted(equation, ACKNOWLEDGED),
        Kind::Retransmission(Cause::Unknown) => Verdict::Noted(equation, UNSAID),
        Kind::Retransmission(_) => Verdict::Holds(equation),
        Kind::Resent => Verdict::Noted(equation, FIRST_COPY_MISSED),
        _ => Verdict::NotApplicable,
    }
}

const UNVOUCHED: Why = "no checksum vouches for both: one may have been damaged on its way, or changed in the capture";

static REXMIT_SAME_BYTES: Rule = Rule {
    id: "rexmit-same-bytes",
    cite: Citation { rfc: 9293, section: "3.4.3" },
    statement: "octets of the same sequence numbers are the same",
    severity: Severity::Violation,
    summary: Said { en: "octets sent again are the same octets", zh: "重传的字节与原来相同" },
    explanation: Said {
        en: "A sequence number stands for one octet until it is acknowledged. Other octets at the same numbers come from a \
             broken sender, or from somebody who wants receiver and observer to read different things. Compared are \
             segments with the same beginning and end, both captured whole and both vouched for by their checksums; \
             keep-alives and probes may carry anything. Its sender is charged only where hop limit and time stamp or \
             identification show that one sender sent both: somebody else may have put one of them in.",
        zh: "在被确认之前，一个序列号只代表一个字节。同样的序列号上出现不同的字节，说明发送方有故障，或有人想让接收方和观察者读到\
             不同的内容。只比较起止相同、均被完整捕获且校验和均可证明的报文段；保活和窗口探测可以携带任意内容。\
             只有当跳数限制与时间戳或标识表明两者出自同一发送方时才归咎于它：其中之一可能是他人插入的。",
    },
    on: Trigger::DATA,
    needs: Needs::KIND,
    guards: Guards::OPEN.and(Guards::SNAP),
    check: rexmit_same_bytes,
    broken_by: "
# other octets at the same numbers
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>                          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 51 ecr 1>                 < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 2 ecr 51>                 > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 3 ecr 51>                 > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 4 ecr 51> {text 1} +1.000 > ESTABLISHED   ! rexmit-same-bytes
",
    kept_by: "
# the same octets
SYN-SENT    > S  100:100(0)                          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301                  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +1.000           > ESTABLISHED
",
    ..RULE
};

fn rexmit_same_bytes(cx: &Context<'_>) -> Verdict {
    let Kind::Retransmission(_) = cx.kind else { return Verdict::NotApplicable };
    let segment = cx.segment;
    let range = sent(cx).and_then(|sent| sent.at(segment.seq)).filter(|range| range.start == segment.seq);
    let Some((range, print)) = range.and_then(|range| Some((range, range.print?))) else {
        return Verdict::NotApplicable;
    };
    let whole = usize::try_from(segment.payload_len).is_ok_and(|len| len == segment.payload.len());
    if !whole || range.end != segment.seq_end() {
        return Verdict::NotApplicable;
    }
    let short = |print: u64| u32::try_from((print ^ (print >> 32)) & 0xffff_ffff).unwrap_or(0);
    let mine = fingerprint(segment.payload);
    let equation = Equation::count("fingerprint", short(mine), Relation::Equal, short(print));
    let equation = equation.shown_by(range.first.frame);
    let vouched = matches!(segment.checksum, Checksum::Right | Checksum::Partial) && range.vouched;
    match (mine == print, vouched) {
        (true, _) => Verdict::Holds(equation),
        (false, true) => charged(equation, Some(range.stamp), Stamp::of(segment)),
        (false, false) => Verdict::Undecided(equation, UNVOUCHED),
    }
}

const TWICE: Why = "the other says by a duplicate SACK that it received these octets twice";
const ORIGINAL: Why = "the acknowledgment echoes an older time stamp than this copy's: it answers the first one";
/// Acknowledgments of all the octets, without proof, after which none is expected any more.
const SILENT: u32 = 4;

static REXMIT_SPURIOUS: Rule = Rule {
    id: "rexmit-spurious",
    cite: Citation { rfc: 3522, section: "3.2" },
    also: &[Citation { rfc: 2883, section: "4" }],
    statement: "a DSACK covers the copy, or TSecr of the ACK < TSval of the copy",
    summary: Said { en: "octets were sent again without need", zh: "不必要的重传" },
    explanation: Said {
        en: "Only proof counts: the receiver reports the octets as received twice (DSACK, RFC 2883), or the first \
             acknowledgment after the copy echoes a time stamp older than the copy's, so it answers the original (RFC \
             3522). Equal time stamps prove nothing. That a tap saw the acknowledgment first proves nothing either: it may \
             not have arrived. Delays that jump are the usual cause.",
        zh: "只看证据：接收方报告字节收到了两次（DSACK，RFC 2883），或副本之后的首个确认回显的时间戳早于副本，说明它应答的是原件\
             （RFC 3522）。时间戳相等说明不了什么；捕获点先看到确认也不能说明，它可能尚未到达。常见原因是时延突增。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rexmit_spurious,
    settle: Some(rexmit_spurious_settled),
    broken_by: "
# the acknowledgment was only slow: B reports the copy as a duplicate
SYN-SENT    > S  100:100(0) <sackOK>                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>                 < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                          > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301                          > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300                   > ESTABLISHED   ~ rexmit-spurious
ESTABLISHED < .  301:301(0) ack 106                          < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <nop,nop,sack 101:106>   < ESTABLISHED
",
    kept_by: "
# acknowledged at this tap before it is sent again: that proves nothing
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101          < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106          < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106          < ESTABLISHED
",
    ..RULE
};

fn rexmit_spurious(cx: &Context<'_>) -> Verdict {
    let Kind::Retransmission(_) = cx.kind else { return Verdict::NotApplicable };
    Verdict::Open(Equation::at_most("SEQ", cx.segment.seq, cx.segment.seq_end()), 0, Otherwise::Untold)
}

fn rexmit_spurious_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let (seq, end) = (question.equation.found, question.equation.wanted());
    let Some(ack) = cx.segment.ack().filter(|_| !cx.segment.flags.rst() && !cx.segment.flags.syn()) else {
        return Settlement::Wait;
    };
    if cx.from == question.peer {
        return Settlement::Wait;
    }
    if let Some((left, right)) = twice(cx.segment, ack).filter(|(left, right)| covers(*left, *right, seq, end)) {
        return Settlement::Now(Verdict::Noted(Equation::within("SEQ", seq, left, right), TWICE));
    }
    let acked = cx.connection.streams[cx.from].acked;
    let first = acked == Some(seq) && end.is_at_or_before(ack);
    let copy = cx.connection.facts[question.peer].sent.as_ref().and_then(|sent| sent.again);
    let copied = copy.filter(|copy| copy.start == seq && copy.at.frame == question.frame).and_then(|copy| copy.value);
    if let (true, Some(value), Some((_, echo))) = (first, copied, cx.segment.options.timestamps()) {
        let equation = Equation::at_least("TSecr", Seq::new(echo), Seq::new(value));
        let older = Seq::new(echo).is_before(Seq::new(value));
        return Settlement::Now(if older { Verdict::Noted(equation, ORIGINAL) } else { Verdict::NotApplicable });
    }
    if ack.is_before(end) {
        return Settlement::Wait;
    }
    if question.number + 1 < SILENT { Settlement::Hint(1) } else { Settlement::Now(Verdict::NotApplicable) }
}

/// The block that reports octets received twice, if the first block is one (RFC 2883, Section 4).
fn twice(segment: &Segment<'_>, ack: Seq) -> Option<(Seq, Seq)> {
    let mut blocks = segment.options.sack_blocks();
    let (left, right) = blocks.next()?;
    let inside = blocks.next().is_some_and(|(low, high)| covers(low, high, left, right));
    (right.is_at_or_before(ack) || inside).then_some((left, right))
}

fn covers(left: Seq, right: Seq, from: Seq, to: Seq) -> bool {
    left.is_at_or_before(from) && to.is_at_or_before(right)
}

const LATE: Why = "it left before what was captured before it: out of order, not sent again";
const EITHER: Why = "it was captured for the first time, and nothing tells whether it is late or sent again";

static OOO_NOT_REXMIT: Rule = Rule {
    id: "ooo-not-rexmit",
    cite: Citation { rfc: 9293, section: "3.4" },
    statement: "SEG.SEQ < SND.NXT, and TSval or IP identification is older than its predecessor's",
    summary: Said { en: "octets come late, out of order", zh: "字节迟到，次序颠倒" },
    explanation: Said {
        en: "Octets that fill a hole were either overtaken or sent again. The time stamp tells, else the IP identification \
             where its sender counts it up; a fixed time cannot. Where neither tells, that is said. Several paths or \
             queues put packets out of order.",
        zh: "填补空缺的字节，要么是被超越，要么是重传。时间戳可以说明；否则看 IP 标识，只要发送方是递增的；固定时间不能说明。两者都\
             不能说明时，照实说明。多条路径或多个队列会使次序颠倒。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: ooo_not_rexmit,
    broken_by: "
# the identification tells: 101:106 left before 106:111
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101          < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 {id 7}   > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301 {id 9}   > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {id 8}   > ESTABLISHED   ~ ooo-not-rexmit
",
    kept_by: "
# and here it left after it
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101          < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 {id 7}   > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301 {id 8}   > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {id 9}   > ESTABLISHED
",
    ..RULE
};

fn ooo_not_rexmit(cx: &Context<'_>) -> Verdict {
    let Some(nxt) = cx.connection.streams[cx.from].nxt else { return Verdict::NotApplicable };
    let shown = cx.connection.facts[cx.from].shown.nxt;
    let equation = Equation::at_most("SEQ", cx.segment.seq, nxt - 1).perhaps_shown_by(shown);
    match cx.kind {
        Kind::Late => Verdict::Noted(equation, LATE),
        Kind::Filling => Verdict::Noted(equation, EITHER),
        _ => Verdict::NotApplicable,
    }
}
