//! Acknowledgments: that they do not go back, how late they come, which count as duplicates. RFC 9293, Sections 3.4,
//! 3.8.6.3 and 3.10.7.4; RFC 5681; RFC 5961.
//!
//! That they do not run ahead is in `sequence`.

use super::equation::{Equation, Relation};
use super::{Citation, Context, Guards, Level, Needs, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::packet::FrameNo;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::kind::{DUPLICATES, Kind};
use crate::tcp::stamp::Stamp;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&ACK_NOT_TOO_OLD, &ACK_MONOTONIC, &DUPACK, &ACK_DELAY];

const OVERTAKEN: Why = "it may have left long ago and been overtaken: an old duplicate";

static ACK_NOT_TOO_OLD: Rule = Rule {
    id: "ack-not-too-old",
    cite: Citation { rfc: 5961, section: "5.2" },
    also: &[Citation { rfc: 9293, section: "3.10.7.4" }],
    requirements: &["MAY-12"],
    level: Level::May,
    statement: "SEG.ACK >= SND.UNA - MAX.SND.WND",
    severity: Severity::Anomaly,
    summary: Said { en: "an acknowledgment is not older than a whole window", zh: "确认不得比整个窗口更旧" },
    explanation: Said {
        en: "An acknowledgment that lies further back than the largest window ever offered cannot be one that was merely \
             overtaken: a receiver may drop its segment. It comes from a blind attacker, from a stack that sends again \
             with headers that it kept, or it is a very old duplicate; it is only charged where the time stamp says \
             that it left later.",
        zh: "比曾经提供过的最大窗口还要靠后的确认，不可能只是被超越：接收方可以丢弃该报文段。它来自盲目攻击者，或用旧首部重传的\
             协议栈，或者是很旧的重复报文段；只有时间戳说明它确实后发时才算。",
    },
    on: Trigger::ORDINARY,
    guards: Guards::OPEN.and(Guards::CLOCK),
    check: ack_not_too_old,
    broken_by: "
# B has granted 10 octets at most, and acknowledged 40; then it acknowledges what it acknowledged first
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 10 <TS val 1 ecr 1>  < SYN-RECEIVED
ESTABLISHED > .  101:111(10) ack 301 <TS val 2 ecr 1>        > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 win 10 <TS val 2 ecr 2>  < ESTABLISHED
ESTABLISHED > .  111:121(10) ack 301 <TS val 3 ecr 2>        > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 121 win 10 <TS val 3 ecr 3>  < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101 win 10 <TS val 4 ecr 3>  < ESTABLISHED   ! ack-not-too-old ack-monotonic
",
    kept_by: "
# an old acknowledgment, but within the window
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 10   < SYN-RECEIVED
ESTABLISHED > .  101:111(10) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 win 10 {id 5} < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 10 {id 4} < ESTABLISHED
",
    ..RULE
};

fn ack_not_too_old(cx: &Context<'_>) -> Verdict {
    let (Some(ack), Some(acked)) = (cx.segment.ack(), cx.connection.streams[cx.from].acked) else {
        return Verdict::NotApplicable;
    };
    if !matches!(cx.acceptance, Acceptance::Acceptable | Acceptance::Old | Acceptance::AckTooOld)
        || acked.is_at_or_before(ack)
    {
        return Verdict::NotApplicable;
    }
    let facts = &cx.connection.facts[cx.from];
    let equation = Equation::at_least("ACK", ack, acked - facts.window.largest).perhaps_shown_by(facts.shown.acked);
    if equation.is_true() {
        Verdict::Holds(equation)
    } else if matches!(cx.kind, Kind::Late | Kind::Copy) || left(cx) != Left::After {
        Verdict::Undecided(equation, OVERTAKEN)
    } else {
        Verdict::Broken(equation, Severity::Anomaly)
    }
}

/// When a segment left, compared with the one of its sender that acknowledges most.
#[derive(PartialEq)]
enum Left {
    Before,
    After,
    Untold,
}

fn left(cx: &Context<'_>) -> Left {
    let (own, stream) = (Stamp::of(cx.segment), &cx.connection.streams[cx.from]);
    let most = cx.connection.facts[cx.from].window.latest.filter(|most| Some(most.ack) == stream.acked);
    // The last captured may itself be late, so that it left later than that one says nothing.
    match (most, stream.last_stamp) {
        (Some(most), _) if own.is_evidently_before(most.stamp) => Left::Before,
        (_, Some(last)) if own.is_evidently_before(last) => Left::Before,
        (Some(most), _) if most.stamp.is_evidently_before(own) => Left::After,
        _ => Left::Untold,
    }
}

const ORDER_UNKNOWN: Why = "nothing tells whether it left before the one that acknowledges more";

static ACK_MONOTONIC: Rule = Rule {
    id: "ack-monotonic",
    cite: Citation { rfc: 9293, section: "3.4" },
    statement: "SEG.ACK >= the ACK of every segment sent before",
    severity: Severity::Anomaly,
    summary: Said {
        en: "acknowledgments never go back, in the order sent", zh: "按发送次序，确认号从不后退"
    },
    explanation: Said {
        en: "RCV.NXT never falls, so what a sender acknowledges later is never less. A smaller number in a segment captured \
             later was usually overtaken on its way; it is only charged where the time stamp, or the IP identification, \
             says that it left later. Stacks that send again with the header that they kept do so.",
        zh: "RCV.NXT 从不减小，因此后发的确认号不会更小。后捕获的报文段带有更小的确认号，通常是在途中被超越；只有时间戳或 IP 标识\
             说明它确实后发时才算。用旧首部重传的协议栈会这样。",
    },
    on: Trigger::ORDINARY,
    guards: Guards::OPEN.and(Guards::CLOCK),
    check: ack_monotonic,
    broken_by: "
# the time stamp says that the smaller number left later
SYN-SENT    > S  100:100(0) <TS val 1 ecr 0>          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 1 ecr 1>  < SYN-RECEIVED
ESTABLISHED > .  101:111(10) ack 301 <TS val 2 ecr 1> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 <TS val 2 ecr 2>  < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101 <TS val 3 ecr 2>  < ESTABLISHED   ! ack-monotonic
",
    kept_by: "
# it was overtaken
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101          < SYN-RECEIVED
ESTABLISHED > .  101:111(10) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 {id 6}   < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 {id 5}   < ESTABLISHED
",
    ..RULE
};

fn ack_monotonic(cx: &Context<'_>) -> Verdict {
    let stream = &cx.connection.streams[cx.from];
    let (Some(ack), Some(acked)) = (cx.segment.ack(), stream.acked) else { return Verdict::NotApplicable };
    if !matches!(cx.acceptance, Acceptance::Acceptable | Acceptance::Old | Acceptance::AckTooOld)
        || cx.kind == Kind::Copy
    {
        return Verdict::NotApplicable;
    }
    let shown = cx.connection.facts[cx.from].shown.acked;
    let equation = Equation::at_least("ACK", ack, acked).perhaps_shown_by(shown);
    if equation.is_true() {
        Verdict::Holds(equation)
    } else {
        match left(cx) {
            Left::Before => Verdict::NotApplicable,
            Left::After => Verdict::Broken(equation, Severity::Anomaly),
            Left::Untold => Verdict::Noted(equation, ORDER_UNKNOWN),
        }
    }
}

const THREE: Why = "three of them ask for the octets after their number";

static DUPACK: Rule = Rule {
    id: "dupack",
    cite: Citation { rfc: 5681, section: "2" },
    also: &[Citation { rfc: 6675, section: "2" }],
    requirements: &["MAY-13"],
    level: Level::May,
    statement: "SEG.LEN = 0, SEG.ACK = the largest, SEG.WND as before, octets outstanding: so often",
    summary: Said {
        en: "the other acknowledges the same octets again and again", zh: "对方一再确认同样的字节"
    },
    explanation: Said {
        en: "A duplicate ACK carries nothing, acknowledges what was acknowledged already while octets are outstanding, and \
             leaves the window as it was; one that reports new octets by SACK counts as well. All five conditions of RFC \
             5681 are asked, so neither keep-alives and their answers nor window updates nor copies of a packet are among \
             them. One or two are counted; the third, which lets the other send again, is shown.",
        zh: "重复确认不带数据，在有数据未确认时再次确认已经确认过的，且窗口不变；用 SACK 报告新字节的也算。RFC 5681 的五个条件都要\
             满足，因此保活及其应答、窗口更新和数据包的副本都不算。一两个只计数；使对方重传的第三个会显示出来。",
    },
    on: Trigger::EMPTY,
    needs: Needs::KIND,
    check: dupack,
    broken_by: "
# the first of four segments is lost behind the tap
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > .  106:111(5) ack 301         > ESTABLISHED
ESTABLISHED > .  111:116(5) ack 301         > ESTABLISHED
ESTABLISHED > .  116:121(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED   ~ dupack
",
    kept_by: "
# nothing is outstanding; then the window moves
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100 < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 100 < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 100 < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 100 < ESTABLISHED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 200 < ESTABLISHED
",
    ..RULE
};

fn dupack(cx: &Context<'_>) -> Verdict {
    let (Kind::DuplicateAck, Some(sent)) = (cx.kind, &cx.connection.facts[cx.to].sent) else {
        return Verdict::NotApplicable;
    };
    let count = sent.duplicates.saturating_add(1);
    let shown = cx.connection.facts[cx.from].shown.acked;
    let equation = Equation::count("duplicate ACKs", count, Relation::AtMost, DUPLICATES - 1).perhaps_shown_by(shown);
    match count {
        DUPLICATES => Verdict::Noted(equation, THREE),
        _ if equation.is_true() => Verdict::Holds(equation),
        _ => Verdict::NotApplicable,
    }
}

/// How long an acknowledgment may be held back (RFC 9293, Section 3.8.6.3).
const HALF_A_SECOND: Elapsed = Elapsed::from_ns(500_000_000);
const SLOW: Why = "the receiver held it back, or the path became slower: this tap cannot tell one from the other";

static ACK_DELAY: Rule = Rule {
    id: "ack-delay",
    cite: Citation { rfc: 9293, section: "3.8.6.3" },
    also: &[Citation { rfc: 5681, section: "4.2" }],
    requirements: &["MUST-40", "SHLD-18"],
    level: Level::Must,
    statement: "time from octets to their ACK < 0.5 s + the shortest such time at this tap",
    summary: Said { en: "octets are acknowledged within half a second", zh: "数据在半秒之内得到确认" },
    explanation: Said {
        en: "A receiver may hold an acknowledgment back for less than half a second. What the tap measures holds the way to \
             the receiver and back as well, so the shortest time measured on this connection is allowed on top; octets that \
             were sent twice are left out. Queues on the path and sleeping hosts delay as well, so nobody is charged.",
        zh: "接收方延迟确认不得达到半秒。捕获点测得的时间还包含到接收方的往返路程，因此另加本连接测得的最短时间；发送过两次的数据不\
             计。路径上的队列和休眠的主机同样会造成延迟，所以不归咎于任何一方。",
    },
    on: Trigger::ORDINARY,
    check: ack_delay,
    broken_by: "
# 800 ms, where 1 ms was enough before
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106         < ESTABLISHED
ESTABLISHED > .  106:111(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 +0.800  < ESTABLISHED   ~ ack-delay
",
    kept_by: "
# 800 ms, but it never was faster than 400
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 +0.400  < ESTABLISHED
ESTABLISHED > .  106:111(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 +0.800  < ESTABLISHED
",
    ..RULE
};

fn ack_delay(cx: &Context<'_>) -> Verdict {
    let Some((delay, limit, asked)) = delay(cx) else { return Verdict::NotApplicable };
    let equation = Equation::time("ACK delay", delay, Relation::AtMost, limit).shown_by(asked);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, SLOW) }
}

/// How long the octets waited that the segment acknowledges, how long they may, and the frame that sent them.
fn delay(cx: &Context<'_>) -> Option<(Elapsed, Elapsed, FrameNo)> {
    let facts = &cx.connection.facts;
    let (ack, sent) = (cx.segment.ack()?, facts[cx.to].sent.as_ref()?);
    let (range, shortest) = (sent.oldest()?, sent.shortest?);
    let counts = cx.acceptance == Acceptance::Acceptable && !facts[cx.from].window.is_shut();
    if !counts || ack.is_before(range.end) || range.last != range.first.time {
        return None;
    }
    let limit = Elapsed::from_ns(HALF_A_SECOND.as_ns().saturating_add(shortest.as_ns()));
    Some((cx.segment.at.since(range.first.time), limit, range.first.frame))
}

/// Whether `ack-delay` holds of the segment, or says nothing.
pub(super) fn is_in_time(cx: &Context<'_>) -> bool {
    delay(cx).is_none_or(|(delay, limit, _)| delay <= limit)
}
