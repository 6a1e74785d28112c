//! Octets sent again, each classed by what shows why: RFC 6298, RFC 5681, RFC 6675, RFC 8985.
//!
//! The classes are told in `tcp::kind`; what further holds of octets sent again is in `resent`. No class is a fault.

use super::equation::{Equation, Relation};
use super::{Citation, Context, Level, Needs, RULE, Rule, Said, Trigger, Verdict, Why};
use crate::packet::FrameNo;
use crate::tcp::acceptance::{Acceptance, ResetFit};
use crate::tcp::kind::{Cause, DUPLICATES, Kind};
use crate::tcp::sent::Sent;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&REXMIT_RTO, &REXMIT_FAST, &REXMIT_TLP_RACK, &RTO_MIN_BACKOFF, &R2_GIVE_UP];

/// Segments that occupy sequence numbers.
pub(super) const OCTETS: Trigger = Trigger(Trigger::DATA.0 | Trigger::FIN.0);

/// What its sender has sent.
pub(super) fn sent<'c>(cx: &Context<'c>) -> Option<&'c Sent> {
    cx.connection.facts[cx.from].sent.as_deref()
}

const TIMEOUT: Why = "the oldest octets again, and the other had not asked for them: the timer expired";
const TIMEOUT_OR_PROBE: Why = "the only segment outstanding again: its timer expired, or it probes for a tail loss";

static REXMIT_RTO: Rule = Rule {
    id: "rexmit-rto",
    cite: Citation { rfc: 6298, section: "5" },
    statement: "SEG.SEQ = SND.UNA, fewer than three duplicate ACKs, not sent for at least a round trip",
    summary: Said { en: "octets sent again because a timer expired", zh: "因定时器超时而重传" },
    explanation: Said {
        en: "The oldest unacknowledged octets are sent again though the other did not ask for them by duplicate ACKs or \
             SACK. The segment, or its acknowledgment, was lost, or the path has become slower than the timer. Where only \
             one segment is outstanding, a tail-loss probe (RFC 8985) looks the same. No fixed time is used: it is the \
             lack of every other trigger that tells.",
        zh: "最早的未确认字节被重传，而对方没有用重复确认或 SACK 要求。报文段或其确认丢失了，或者路径变得比定时器更慢。只有一个\
             报文段未确认时，尾部丢失探测（RFC 8985）看起来完全相同。这里不使用固定时间，而以没有其他触发原因为据。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rexmit_rto,
    broken_by: "
# nothing came back, so the first of two segments is sent again
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300  > ESTABLISHED   ~ rexmit-rto
",
    kept_by: "
# the same packet captured twice is no retransmission
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {id 9}  > ESTABLISHED
?           > P. 101:106(5) ack 301 {id 9}  > ?
",
    ..RULE
};

fn rexmit_rto(cx: &Context<'_>) -> Verdict {
    let why = match cx.kind {
        Kind::Retransmission(Cause::Timeout) => TIMEOUT,
        Kind::Retransmission(Cause::TimeoutOrTailProbe) => TIMEOUT_OR_PROBE,
        _ => return Verdict::NotApplicable,
    };
    let Some(sent) = sent(cx) else { return Verdict::NotApplicable };
    let Some(range) = sent.at(cx.segment.seq) else { return Verdict::NotApplicable };
    let equation = match cx.connection.shortest_trip().or(sent.shortest) {
        Some(round_trip) => {
            Equation::time("not sent for", cx.segment.at.since(range.last), Relation::AtLeast, round_trip)
        }
        // No octets were acknowledged yet, so no round trip is known.
        None => Equation::count("duplicate ACKs", sent.duplicates, Relation::AtMost, DUPLICATES - 1),
    };
    Verdict::Noted(equation.shown_by(range.first.frame), why)
}

const DUPLICATE: Why = "three duplicate ACKs asked for it";
const HELD: Why = "the other says by SACK that it holds enough beyond it for it to be lost";
const RECOVERY: Why = "it was outstanding when the loss before it was found, and belongs to the same recovery";

static REXMIT_FAST: Rule = Rule {
    id: "rexmit-fast",
    cite: Citation { rfc: 5681, section: "3.2" },
    also: &[Citation { rfc: 6675, section: "4" }, Citation { rfc: 6675, section: "5" }],
    level: Level::Should,
    statement: "duplicate ACKs >= 3, or above SEG.SEQ + SEG.LEN three ranges or more than 2·SMSS octets SACKed",
    summary: Said { en: "octets sent again because the other asked for them", zh: "应对方要求而快速重传" },
    explanation: Said {
        en: "The other's duplicate ACKs, or its SACK blocks, say that something is missing while later octets arrive. Its \
             sender need not wait for the timer. Whatever is sent again before all that was outstanding then is \
             acknowledged belongs to the same recovery. How soon it comes after the third duplicate depends on the tap's \
             place and tells nothing.",
        zh: "对方的重复确认或 SACK 块表明：后面的字节到了，而前面的缺失。发送方不必等定时器。在当时未确认的数据全部被确认之前，\
             再次发送的都属于同一次恢复。距第三个重复确认多久取决于捕获点的位置，说明不了什么。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rexmit_fast,
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
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED
ESTABLISHED > .  101:106(5) ack 301 +2.000  > ESTABLISHED   ~ rexmit-fast
",
    kept_by: "
# two duplicate ACKs are not enough
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > .  106:111(5) ack 301         > ESTABLISHED
ESTABLISHED > .  111:116(5) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101         < ESTABLISHED
ESTABLISHED > .  101:106(5) ack 301         > ESTABLISHED
",
    ..RULE
};

fn rexmit_fast(cx: &Context<'_>) -> Verdict {
    let (Kind::Retransmission(Cause::DuplicateAcks), Some(sent)) = (cx.kind, sent(cx)) else {
        return Verdict::NotApplicable;
    };
    let (octets, _) = sent.held_above(cx.segment.seq_end());
    let (first, latest) = (sent.at(cx.segment.seq).map(|range| range.first.frame), told_by(cx));
    let shown = |equation: Equation| equation.perhaps_shown_by(first).perhaps_shown_by(latest);
    if sent.duplicates >= DUPLICATES && sent.recovery.is_none() {
        let equation = Equation::count("duplicate ACKs", sent.duplicates, Relation::AtLeast, DUPLICATES);
        Verdict::Noted(shown(equation), DUPLICATE)
    } else if octets > 0 {
        Verdict::Noted(shown(Equation::count("octets held above", octets, Relation::AtLeast, 1)), HELD)
    } else {
        let point = sent.recovery.map_or(cx.segment.seq, |(point, _)| point);
        Verdict::Noted(shown(Equation::at_most("SEQ", cx.segment.seq, point)), RECOVERY)
    }
}

/// The frame with which the other last said what it has and what it lacks.
fn told_by(cx: &Context<'_>) -> Option<FrameNo> {
    cx.connection.facts[cx.to].last_sent.map(|last| last.frame)
}

const TAIL: Why = "the last octets again while older ones are outstanding: no timer sends those first";
const BY_TIME: Why = "the other holds later octets, but fewer than fast retransmit asks for: loss found by time";

static REXMIT_TLP_RACK: Rule = Rule {
    id: "rexmit-tlp-rack",
    cite: Citation { rfc: 8985, section: "7.3" },
    also: &[Citation { rfc: 8985, section: "6.2" }],
    statement: "SEG.SEQ + SEG.LEN = SND.NXT and SEG.SEQ > SND.UNA, or octets above it SACKed",
    summary: Said {
        en: "octets sent again to probe for a loss, or by time order",
        zh: "尾部丢失探测，或按时间顺序判断丢失",
    },
    explanation: Said {
        en: "RFC 8985 finds losses that fast retransmit cannot: it sends the last octets once more when nothing comes back \
             for about two round trips, and takes octets for lost when later-sent ones have arrived some time ago. A \
             time-out begins with the oldest octets instead.",
        zh: "RFC 8985 能发现快速重传发现不了的丢失：约两个往返时间没有回应时，再发一次最后的字节；更晚发送的字节已到达一段时间，\
             则认为之前的已丢失。而超时重传从最早的字节开始。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rexmit_tlp_rack,
    broken_by: "
# nothing came back, so the last of two segments is sent again
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301 +0.040  > ESTABLISHED   ~ rexmit-tlp-rack
",
    kept_by: "
# one segment outstanding: a timer does the same
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.040  > ESTABLISHED   ~ rexmit-rto
",
    ..RULE
};

fn rexmit_tlp_rack(cx: &Context<'_>) -> Verdict {
    let (seq, end) = (cx.segment.seq, cx.segment.seq_end());
    match (cx.kind, cx.connection.streams[cx.from].nxt, sent(cx)) {
        (Kind::Retransmission(Cause::TailProbe), Some(nxt), _) => {
            let first = sent(cx).and_then(|sent| sent.at(seq)).map(|range| range.first.frame);
            Verdict::Noted(Equation::equal("SEQ + LEN", end, nxt, 0).perhaps_shown_by(first), TAIL)
        }
        (Kind::Retransmission(Cause::TimeOrder), _, Some(sent)) => {
            let (octets, _) = sent.held_above(seq);
            let first = sent.at(seq).map(|range| range.first.frame);
            let equation = Equation::count("octets held above", octets, Relation::AtLeast, 1);
            Verdict::Noted(equation.perhaps_shown_by(first).perhaps_shown_by(told_by(cx)), BY_TIME)
        }
        _ => Verdict::NotApplicable,
    }
}

/// From this interval on a timer need not grow (RFC 6298, Section 2, 2.5).
const CAP: Elapsed = Elapsed::from_secs(60);
const NOT_DOUBLED: Why = "the same octets timed out again, and the timer was not doubled";

static RTO_MIN_BACKOFF: Rule = Rule {
    id: "rto-min-backoff",
    cite: Citation { rfc: 6298, section: "5" },
    also: &[Citation { rfc: 9293, section: "3.8.2" }],
    requirements: &["MUST-19"],
    level: Level::Must,
    statement: "time since the last copy >= 2 · time between the two before, or 60 s",
    summary: Said {
        en: "a timer doubles with each expiry, up to a minute", zh: "每次超时后定时器加倍，直到一分钟"
    },
    explanation: Said {
        en: "Each time the same octets time out the timer doubles, until at least 60 s, so that a congested path can \
             recover. Only copies after the second are compared, for a tail-loss probe may come first; a tenth is allowed \
             for clocks. Linux doubles later for connections with few segments in flight, if so set.",
        zh: "同样的字节每超时一次，定时器加倍，直到至少 60 秒，使拥塞的路径得以恢复。只比较第二次之后的重传，因为最先的可能是尾部\
             丢失探测；允许十分之一的时钟误差。Linux 可设置为对在途报文段很少的连接推迟加倍。",
    },
    on: OCTETS,
    needs: Needs::KIND,
    check: rto_min_backoff,
    broken_by: "
# the same octets every 300 ms
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300  > ESTABLISHED   ~ rto-min-backoff
",
    kept_by: "
# 300, 600, 1200 ms
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.300  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.600  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +1.199  > ESTABLISHED
",
    ..RULE
};

fn rto_min_backoff(cx: &Context<'_>) -> Verdict {
    let again = sent(cx).and_then(|sent| sent.again).filter(|again| again.start == cx.segment.seq && again.times >= 2);
    let (Kind::Retransmission(Cause::Timeout), Some(again)) = (cx.kind, again) else { return Verdict::NotApplicable };
    let doubled = Elapsed::from_ns(again.interval.as_ns().saturating_mul(2) / 10 * 9).min(CAP);
    let interval = cx.segment.at.since(again.at.time);
    let equation = Equation::time("interval", interval, Relation::AtLeast, doubled).shown_by(again.at.frame);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, NOT_DOUBLED) }
}

/// Sendings again after which somebody is gone (RFC 9293, Section 3.8.3: R1, at least 3).
const R1: u16 = 3;
/// What a connection should be tried at least, before it is given up (RFC 9293, Section 3.8.3).
const R2: Elapsed = Elapsed::from_secs(100);
const GIVEN_UP: Why = "it gives up after less: a user timeout, few retries allowed, or its application aborts";

static R2_GIVE_UP: Rule = Rule {
    id: "r2-give-up",
    cite: Citation { rfc: 9293, section: "3.8.3" },
    also: &[Citation { rfc: 5482, section: "3.1" }],
    requirements: &["SHLD-11", "MUST-20"],
    level: Level::Should,
    statement: "RST by who gets no acknowledgment: octets sent again for >= 100 s (R2)",
    summary: Said {
        en: "octets are sent again for 100 seconds before giving up", zh: "放弃之前至少重传一百秒"
    },
    explanation: Said {
        en: "Who gets no acknowledgment sends again and again, and closes the connection when R2 has passed, at least 100 \
             seconds. Most stacks give up without a segment, which nothing shows; where a RST does, the time since the \
             octets were first sent is compared. Less is no fault: applications may set the time, and may abort at any \
             moment.",
        zh: "得不到确认的一方不断重传，超过 R2（至少一百秒）才关闭连接。多数协议栈放弃时不发任何报文段，无从看出；若发出 RST，则比较数据首次发送\
             以来的时间。较短并非过错：应用程序可以设置该时间，也可以随时中止。",
    },
    on: Trigger(Trigger::RST.0),
    check: r2_give_up,
    broken_by: "
# B is gone, and A gives up after three seconds
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.200  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.400  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.800  > ESTABLISHED
CLOSED      > R. 106:106(0) ack 301 +1.600  > CLOSED        ~ r2-give-up
",
    kept_by: "
# after two minutes
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301         > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +15     > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +30     > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +60     > ESTABLISHED
CLOSED      > R. 106:106(0) ack 301 +15     > CLOSED
",
    ..RULE
};

fn r2_give_up(cx: &Context<'_>) -> Verdict {
    let aborts = matches!(cx.acceptance, Acceptance::Reset(ResetFit::Exact | ResetFit::Possible));
    let Some(sent) = sent(cx).filter(|_| aborts) else { return Verdict::NotApplicable };
    let (Some(again), Some(first)) = (sent.again, sent.oldest()) else { return Verdict::NotApplicable };
    // Once or twice proves nothing; and the other's last word must be older than the octets.
    let heard = cx.connection.facts[cx.to].last_sent;
    if again.times < R1 || heard.is_some_and(|heard| first.first.time < heard.time) {
        return Verdict::NotApplicable;
    }
    let tried = cx.segment.at.since(first.first.time);
    let equation = Equation::time("time since first sent", tried, Relation::AtLeast, R2).shown_by(first.first.frame);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, GIVEN_UP) }
}
