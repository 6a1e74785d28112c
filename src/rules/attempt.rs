//! SYNs and SYN-ACKs that are sent again, or that nothing answers: RFC 9293, Sections 3.8.3 and 3.10.8, and RFC 6298.

use super::equation::{Equation, Relation};
use super::handshake::DAMAGED;
use super::{Citation, Context, Ending, Guards, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::packet::FrameNo;
use crate::tcp::attempt::Sendings;
use crate::tcp::endpoint::Opening;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&SYN_SAME_ISN, &SYNACK_SAME_ISN, &SYN_BACKOFF, &SYN_PERSIST, &UNANSWERED, &ACK_MISSING];

/// The first retransmission timeout of a connection (RFC 6298, Section 2, 2.1).
pub const FIRST_RTO: Elapsed = Elapsed::from_secs(1);
/// How long a SYN is to be repeated before its sender gives up (RFC 9293, Section 3.8.3).
const PERSIST: Elapsed = Elapsed::from_secs(180);
/// The longest interval that a back-off may be limited to and still count as one (RFC 6298, Section 2, 2.5).
const CAP: Elapsed = Elapsed::from_secs(60);

static SYN_SAME_ISN: Rule = Rule {
    id: "hs-syn-same-isn",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.8" },
    also: &[Citation { rfc: 9293, section: "3.4.1" }],
    statement: "every SYN of one attempt: SEG.SEQ = ISS",
    severity: Severity::Note,
    summary: Said { en: "a SYN that is sent again keeps its number", zh: "重发的 SYN 保持原来的序列号" },
    explanation: Said {
        en: "What is sent again is the head of the same queue, so a repeated SYN has the same sequence number; its \
             timestamps, options and payload may change. Another number within one attempt is an old duplicate, or an \
             application that gave up and tried again from the same port: no \
             fault of anybody.",
        zh: "重传的是同一发送队列的首部，所以重发的 SYN 序列号不变；时间戳、选项和数据可以不同。同一次尝试中出现另一个序列号，\
             要么是旧的重复报文，要么是应用放弃后又从同一端口重试：不归咎于任何一方。",
    },
    on: Trigger::SYN,
    guards: Guards::NONE,
    check: syn_same_isn,
    broken_by: "
# a second SYN of the attempt has another number
SYN-SENT     > S  100:100(0)          > LISTEN
SYN-SENT     > S  900:900(0)     +1   > LISTEN        ~ hs-syn-same-isn
",
    kept_by: "
# sent again with a newer timestamp
SYN-SENT     > S  100:100(0) <TS val 5 ecr 0>         > LISTEN
SYN-SENT     > S  100:100(0) <TS val 1005 ecr 0> +1   > LISTEN
",
    ..RULE
};

const OTHER_SYN: Why = "another SYN of the same attempt: an old duplicate, or its sender tries anew from the same port";

fn syn_same_isn(cx: &Context<'_>) -> Verdict {
    let sender = &cx.connection.endpoints[cx.from];
    let latest = cx.connection.candidates.iter().rev().find(|syn| syn.from == cx.from);
    match latest {
        Some(syn) if sender.is_syn_sent() && sender.ended.is_none() && cx.from != cx.to => {
            let equation = Equation::equal("SYN seq", cx.segment.seq, syn.iss, 0).shown_by(syn.at.frame);
            if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, OTHER_SYN) }
        }
        _ => Verdict::NotApplicable,
    }
}

static SYNACK_SAME_ISN: Rule = Rule {
    id: "hs-synack-same-isn",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.8" },
    statement: "every SYN-ACK that answers one SYN: SEG.SEQ = ISS",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a SYN-ACK that is sent again keeps its number", zh: "重发的 SYN-ACK 保持原来的序列号"
    },
    explanation: Said {
        en: "The answer to one SYN has one initial sequence number, however often it is sent. Two numbers come from SYN \
             cookies whose clock has moved on, or from two machines that answer for one address (anycast, a load \
             balancer without memory); the opener can only join one of them.",
        zh: "对同一个 SYN 的应答，无论发送多少次，初始序列号都相同。出现两个序列号，可能是 SYN cookie 的时钟已变，也可能是两台\
             机器为同一地址作答（任播、无状态的负载均衡）；发起方只能接受其中一个。",
    },
    on: Trigger::SYN_ACK,
    guards: Guards::NONE,
    check: synack_same_isn,
    broken_by: "
# two answers to one SYN
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED < S. 700:700(0) ack 101  +1   < SYN-RECEIVED   ! hs-synack-same-isn
",
    kept_by: "
# the same answer twice
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED < S. 300:300(0) ack 101  +1   < SYN-RECEIVED
",
    ..RULE
};

fn synack_same_isn(cx: &Context<'_>) -> Verdict {
    let (connection, sender) = (cx.connection, &cx.connection.endpoints[cx.from]);
    let (Some(iss), Some(ack), Opening::Passive(_)) =
        (connection.streams[cx.from].iss, cx.segment.ack(), sender.opening)
    else {
        return Verdict::NotApplicable;
    };
    let answers = connection.candidates.iter().any(|syn| syn.from == cx.to && syn.is_answered_by(ack));
    let same_syn = connection.streams[cx.from].syn_acked == Some(ack);
    if !answers || !same_syn || sender.ended.is_some() || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let equation = Equation::equal("SYN-ACK seq", cx.segment.seq, iss, 0)
        .perhaps_shown_by(connection.facts[cx.from].attempt.syn_ack.map(|sent| sent.last));
    if equation.is_true() {
        Verdict::Holds(equation)
    } else if connection.streams[cx.from].may_be_damaged() {
        Verdict::Undecided(equation, DAMAGED)
    } else {
        Verdict::Broken(equation, Severity::Anomaly)
    }
}

static SYN_BACKOFF: Rule = Rule {
    id: "hs-syn-backoff",
    since: "0.2.0",
    cite: Citation { rfc: 6298, section: "5" },
    also: &[Citation { rfc: 6298, section: "2" }],
    level: Level::Should,
    statement: "time between SYNs: 1 s or more, and no less than the time before it until that has reached 60 s",
    severity: Severity::Note,
    summary: Said { en: "a SYN waits ever longer before it is sent again", zh: "SYN 的重发间隔逐次加长" },
    explanation: Said {
        en: "The first wait is a second and each one doubles. Linux sends the first four a second apart, and an \
             application that connects anew each time starts from the beginning: so only a wait that is clearly shorter \
             than the one before, or than a second, is noted, and nobody is charged.",
        zh: "第一次等待一秒，此后每次加倍。Linux 的前四次间隔都是一秒；应用每次重新连接时又从头开始。因此只有明显短于前一次、\
             或短于一秒的间隔才记一笔，不归咎于任何一方。",
    },
    on: Trigger::SYN,
    guards: Guards::NONE,
    check: syn_backoff,
    broken_by: "
# again after a fifth of a second
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +0.2    > LISTEN   ~ hs-syn-backoff
",
    kept_by: "
# 1 s, 2 s, 4 s
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +1      > LISTEN
SYN-SENT     > S  100:100(0)   +2      > LISTEN
SYN-SENT     > S  100:100(0)   +4      > LISTEN
",
    ..RULE
};

const SHORTER: Why = "a shorter wait than a back-off gives: another timer, or the application connects anew each time";

fn tenth_less(it: Elapsed) -> Elapsed {
    Elapsed::from_ns(it.as_ns() / 10 * 9)
}

fn syn_backoff(cx: &Context<'_>) -> Verdict {
    let again = cx.connection.streams[cx.from].iss == Some(cx.segment.seq);
    let Some(sent) = cx.connection.facts[cx.from].attempt.syn.filter(|_| again && cx.evidence.tells_time()) else {
        return Verdict::NotApplicable;
    };
    let before = sent.last_gap.unwrap_or(FIRST_RTO).min(CAP);
    let gap = cx.segment.at.since(sent.last_at);
    let equation =
        Equation::time("time since the SYN before", gap, Relation::AtLeast, tenth_less(before)).shown_by(sent.last);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, SHORTER) }
}

static SYN_PERSIST: Rule = Rule {
    id: "hs-syn-persist",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.8.3" },
    requirements: &["MUST-23"],
    level: Level::Must,
    statement: "time from the first SYN to giving up >= 180 s",
    severity: Severity::Note,
    summary: Said { en: "a SYN is repeated for three minutes at least", zh: "SYN 至少重复三分钟才放弃" },
    explanation: Said {
        en: "An opener is to keep trying for three minutes unless its user asks for less, and most do: so that it stopped \
             earlier is only noted. It is taken to have stopped when three times its last wait have passed without a \
             further SYN; where the capture ends before that, nothing is said.",
        zh: "除非用户另有要求，发起方应当坚持三分钟；多数应用要求更短，所以提前停止只记一笔。超过上一次间隔三倍的时间没有再发 SYN，\
             才算停止；捕获在此之前结束，则不作判断。",
    },
    on: Trigger(0),
    at_end: Some(syn_persist),
    broken_by: "
# three tries within three seconds; 20 s later the capture still runs, and holds a stray acknowledgment
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +1      > LISTEN
SYN-SENT     > S  100:100(0)   +2      > LISTEN   ~ hs-syn-persist
SYN-SENT     < .  5:5(0) ack 5 +20     < ?
",
    kept_by: "
# the capture ends while it may still go on
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +1      > LISTEN
",
    ..RULE
};

const GAVE_UP: Why = "it stopped trying earlier: its user asked for less, or its limit is lower";

fn trying<'e>(ending: &'e Ending<'_>) -> Option<&'e Sendings> {
    let endpoint = &ending.connection.endpoints[ending.peer];
    let sent = ending.connection.facts[ending.peer].attempt.syn.as_ref()?;
    (endpoint.is_syn_sent() && endpoint.ended.is_none()).then_some(sent)
}

fn syn_persist(ending: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let sent = trying(ending)?;
    let gap = sent.last_gap?;
    let tried = sent.last_at.since(sent.first_at);
    let equation =
        Equation::time("time from first SYN to last", tried, Relation::AtLeast, PERSIST).shown_by(sent.first);
    if equation.is_true() {
        return Some((sent.last, Verdict::Holds(equation)));
    }
    let silent = ending.now.since(sent.last_at).as_ns() > gap.as_ns().saturating_mul(3);
    silent.then_some((sent.last, Verdict::Noted(equation, GAVE_UP)))
}

static UNANSWERED: Rule = Rule {
    id: "hs-unanswered",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.8.3" },
    statement: "a SYN is answered within a second: SYN-ACK, RST or ICMP error",
    severity: Severity::Note,
    summary: Said { en: "nothing answered the SYN", zh: "SYN 没有得到任何应答" },
    explanation: Said {
        en: "No SYN-ACK, no RST and no later segment of the opener was captured for a second or more. A filter swallowed \
             the SYN or its answer, the host is not there, or only this direction was captured.",
        zh: "一秒或更久没有捕获到 SYN-ACK、RST，也没有发起方的后续报文段：SYN 或应答被过滤，主机不存在，或只捕获了这个方向。",
    },
    on: Trigger(0),
    at_end: Some(unanswered),
    broken_by: "
# two SYNs, no answer
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +1      > LISTEN   ~ hs-unanswered
",
    kept_by: "
# the answer comes late
SYN-SENT     > S  100:100(0)           > LISTEN
SYN-SENT     > S  100:100(0)   +1      > LISTEN
ESTABLISHED  < S. 300:300(0) ack 101   < SYN-RECEIVED
",
    ..RULE
};

const NO_ANSWER: Why = "no SYN-ACK, RST or later segment of its sender was captured";

fn unanswered(ending: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let sent = trying(ending)?;
    let waited = ending.now.since(sent.first_at);
    let equation = Equation::time("time without an answer", waited, Relation::AtMost, FIRST_RTO).shown_by(sent.first);
    (waited >= FIRST_RTO).then_some((sent.last, Verdict::Noted(equation, NO_ANSWER)))
}

static ACK_MISSING: Rule = Rule {
    id: "hs-ack-missing",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.8" },
    statement: "a SYN-ACK that was sent again is acknowledged in the end",
    severity: Severity::Note,
    summary: Said { en: "nothing acknowledged the SYN-ACK", zh: "SYN-ACK 始终没有得到确认" },
    explanation: Said {
        en: "The SYN-ACK was sent again and no acknowledgment of it was captured: it does not reach the opener, or the \
             SYN's source address was forged, as in a flood of SYNs. A SYN-ACK that is sent again although its \
             acknowledgment was captured is another matter: a full accept queue, or a listener that waits for data.",
        zh: "SYN-ACK 被重发，却没有捕获到对它的确认：它没有到达发起方，或者 SYN 的源地址是伪造的（SYN 洪泛）。若已捕获到确认而 \
             SYN-ACK 仍被重发，那是另一回事：accept 队列已满，或监听方在等数据。",
    },
    on: Trigger(0),
    at_end: Some(ack_missing),
    broken_by: "
# the SYN-ACK is sent three times in vain
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED < S. 300:300(0) ack 101  +1   < SYN-RECEIVED
ESTABLISHED < S. 300:300(0) ack 101  +2   < SYN-RECEIVED   ~ hs-ack-missing
",
    kept_by: "
# acknowledged at last
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED < S. 300:300(0) ack 101  +1   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301       > ESTABLISHED
",
    ..RULE
};

const NEVER_ACKED: Why = "no acknowledgment of it was captured: it did not arrive, or the SYN's source was forged";

fn ack_missing(ending: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let endpoint = &ending.connection.endpoints[ending.peer];
    let other = &ending.connection.streams[ending.connection.other(ending.peer)];
    let sent = ending.connection.facts[ending.peer].attempt.syn_ack?;
    let waits =
        matches!(endpoint.opening, Opening::Passive(_)) && endpoint.syn_acked.is_none() && other.acked.is_none();
    let equation = Equation::count("SYN-ACKs sent", sent.count, Relation::AtMost, 1).shown_by(sent.first);
    let missing = sent.count > 1 && waits && endpoint.ended.is_none();
    missing.then_some((sent.last, Verdict::Noted(equation, NEVER_ACKED)))
}
