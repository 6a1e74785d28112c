//! TIME-WAIT, and the same addresses and ports used again. RFC 9293 Section 3.6.1, RFC 6191.

pub mod reuse;

use super::equation::{Equation, Relation};
use super::{
    Citation, Context, Guards, Keeps, Level, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger,
    Verdict, Why,
};
use crate::seq::Seq;
use crate::tcp::belief::TWO_MSL;
use crate::tcp::earlier::{Ground, Last};
use crate::tcp::stamp::Stamp;
use crate::tcp::state::State;
use crate::timestamp::Elapsed;
use crate::wire::segment::Flags;

/// This family.
pub static RULES: &[&Rule] = &[&TW_LINGER, &TW_REOPEN_ISN, &TW_REOPEN_TS, &TW_REFIN, &TW_OLD_DUP];

/// No stack in use waits less: 2 MSL at the 15 s of macOS. Linux and the BSDs wait 60 s, RFC 9293 says 240 s.
const SHORTEST: Elapsed = Elapsed::from_secs(30);

const POLICY: Why = "MSL is a matter of policy: Linux and the BSDs wait 60 s in all, macOS 30 s";
const BELOW: Why = "by its number the side in TIME-WAIT cannot tell it from an old one, and answers by an ACK: the opener has \
                    to try again, or its ISS does not come from a clock";
const OTHER_CLOCK: Why = "by its time stamp it is older than the last one: its sender counts anew for each connection, or is \
                          another host behind the same address";
const LEFT: Why = "it answers by a RST: the peer keeps no TIME-WAIT any more";
const SILENT: Why = "nothing answers it in this capture: it was lost behind the tap, or TIME-WAIT is over";

/// What this peer, and the other, left behind in the incarnation before.
fn left(cx: &Context<'_>) -> Option<(Last, Last)> {
    let last = cx.connection.earlier.as_ref()?.last?;
    Some((last[cx.from], last[cx.to]))
}

/// For how long a peer that was left in TIME-WAIT has been there, if 2 MSL are not over.
fn waiting(cx: &Context<'_>, last: &Last) -> Option<Elapsed> {
    let since = last.since.filter(|_| last.state == Some(State::TimeWait))?;
    Some(cx.segment.at.since(since.time)).filter(|span| *span < TWO_MSL)
}

/// Whether RFC 6191 lets a SYN with this ISS and TSval open anew what left `last` behind, as far as is known.
fn may_open(last: &Last, iss: Seq, tsval: Option<u32>) -> bool {
    last.lets_open(iss, tsval) != Ground::None
}

fn tsval(cx: &Context<'_>) -> Option<u32> {
    cx.segment.options.timestamps().map(|(value, _)| value)
}

/// The first segment of its kind of the new incarnation: its SYN, or its SYN-ACK.
fn is_first(cx: &Context<'_>) -> bool {
    if cx.segment.flags.ack() { cx.connection.handshake[1].is_none() } else { cx.connection.count == 0 }
}

/// A close by A, which then waits.
macro_rules! closed_by_a {
    ($rest:literal) => {
        concat!(
            "
# A closed first and waits in TIME-WAIT
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102         < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302         > CLOSED
",
            $rest
        )
    };
}

static TW_LINGER: Rule = Rule {
    id: "tw-linger",
    cite: Citation { rfc: 9293, section: "3.6.1" },
    requirements: &["MUST-13"],
    level: Level::Must,
    statement: "a peer in TIME-WAIT opens anew after 2 MSL, or where tw-reopen-isn or tw-reopen-ts allows it",
    severity: Severity::Anomaly,
    summary: Said {
        en: "TIME-WAIT is kept before the ports are used again", zh: "复用端口之前应保持 TIME-WAIT"
    },
    explanation: Said {
        en: "The peer that closed first waits until old segments have died out. Here it opens, or lets itself be opened, \
             within half a minute, by numbers and time stamps that old segments could have too: they may get into the new \
             connection. TIME-WAIT may have been killed by a RST, switched off, or belong to another host behind the same \
             address. Waits between 30 and 240 s are noted: MSL is a matter of policy.",
        zh: "先关闭的一方要等待旧报文段消失。此处它在半分钟之内就重新打开或接受打开，而且号码和时间戳与旧报文段无法区分：旧报文段可能混入新连接。\
             TIME-WAIT 可能被 RST 终止、被关闭，或属于同一地址后的另一台主机。30 至 240 秒之间只作记录，因为 MSL 由策略决定。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: tw_linger,
    broken_by: closed_by_a!(
        "SYN-SENT    > S  50:50(0) +2.000            > ?             ! tw-linger
"
    ),
    kept_by: closed_by_a!(
        "SYN-SENT    > S  65638:65638(0) +2.000      > ?
"
    ),
    ..RULE
};

fn tw_linger(cx: &Context<'_>) -> Verdict {
    let Some((own, other)) = left(cx).filter(|_| is_first(cx)) else { return Verdict::NotApplicable };
    let Some(span) = waiting(cx, &own) else { return Verdict::NotApplicable };
    let (iss, stamp) = (cx.segment.seq, tsval(cx));
    let allowed = if cx.segment.flags.ack() {
        // It lets itself be opened by the other's SYN.
        let stream = &cx.connection.streams[cx.to];
        let value = stream.last_stamp.and_then(|stamp| stamp.value);
        stream.iss.is_none_or(|iss| may_open(&other, iss, value))
    } else {
        may_open(&own, iss, stamp)
    };
    if allowed {
        return Verdict::NotApplicable;
    }
    let equation = Equation::time("time in TIME-WAIT", span, Relation::AtLeast, TWO_MSL);
    let equation = equation.perhaps_shown_by(own.since.map(|at| at.frame));
    if span < SHORTEST { Verdict::Broken(equation, Severity::Anomaly) } else { Verdict::Noted(equation, POLICY) }
}

static TW_REOPEN_ISN: Rule = Rule {
    id: "tw-reopen-isn",
    cite: Citation { rfc: 6191, section: "2" },
    also: &[Citation { rfc: 9293, section: "3.6.1" }],
    requirements: &["MAY-2"],
    level: Level::May,
    statement: "SYN into TIME-WAIT: its ISS > the last number of its sender before; the same of the SYN-ACK",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a new connection starts above the numbers of the last one",
        zh: "新连接的初始序列号大于旧连接的最后序列号",
    },
    explanation: Said {
        en: "A SYN above all numbers of the earlier connection cannot be an old one, so a peer in TIME-WAIT may accept it, and \
             then chooses an ISS above its own last number. A SYN below is not wrong, but must wait. A SYN-ACK below lets \
             old segments of its sender pass for new ones; a load balancer that hands the ports to another host looks the \
             same.",
        zh: "序列号大于旧连接全部号码的 SYN 不可能是旧的，所以处于 TIME-WAIT 的一方可以接受它，并选取大于自己旧号码的初始序列号。较小的 SYN 并不错误，\
             但必须等待。较小的 SYN-ACK 会让其发送方的旧报文段被当作新的；负载均衡器把同样的端口交给另一台主机时看起来一样。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: tw_reopen_isn,
    keeps: Keeps::Equations,
    broken_by: closed_by_a!(
        "?           < S  5000:5000(0) +2.000        < SYN-SENT
SYN-RECEIVED > S. 50:50(0) ack 5001          > ESTABLISHED   ! tw-reopen-isn
"
    ),
    kept_by: closed_by_a!(
        "?           < S  5000:5000(0) +2.000        < SYN-SENT
SYN-RECEIVED > S. 65638:65638(0) ack 5001    > ESTABLISHED
"
    ),
    ..RULE
};

fn tw_reopen_isn(cx: &Context<'_>) -> Verdict {
    let Some((own, other)) = left(cx).filter(|_| is_first(cx)) else { return Verdict::NotApplicable };
    let Some(nxt) = own.nxt else { return Verdict::NotApplicable };
    let seq = cx.segment.seq;
    if cx.segment.flags.ack() {
        let equation = Equation::at_least("SYN-ACK seq", seq, nxt).perhaps_shown_by(own.nxt_shown);
        return match waiting(cx, &own) {
            Some(_) if equation.is_true() => Verdict::Holds(equation),
            Some(span) if span < SHORTEST => Verdict::Broken(equation, Severity::Anomaly),
            _ => Verdict::NotApplicable,
        };
    }
    let equation = Equation::at_least("SYN seq", seq, nxt).perhaps_shown_by(own.nxt_shown);
    if waiting(cx, &other).is_none() {
        Verdict::NotApplicable
    } else if equation.is_true() {
        Verdict::Holds(equation)
    } else if may_open(&own, seq, tsval(cx)) {
        Verdict::NotApplicable
    } else {
        Verdict::Noted(equation, BELOW)
    }
}

static TW_REOPEN_TS: Rule = Rule {
    id: "tw-reopen-ts",
    cite: Citation { rfc: 6191, section: "2" },
    also: &[Citation { rfc: 9293, section: "3.6.1" }],
    requirements: &["SHLD-4"],
    level: Level::Should,
    statement: "SYN into TIME-WAIT: its TSval > the last TSval of its sender before",
    severity: Severity::Note,
    summary: Said {
        en: "a newer time stamp opens a connection in TIME-WAIT anew",
        zh: "更新的时间戳可以重新打开 TIME-WAIT 中的连接",
    },
    explanation: Said {
        en: "A SYN whose time stamp is newer than all before cannot be an old one either, whatever its number. Stacks that add \
             another offset for each connection, and several hosts behind one address, count differently: that is noted, \
             and the number decides.",
        zh: "时间戳比以往都新的 SYN 也不可能是旧的，无论其序列号如何。为每个连接加不同偏移的协议栈，以及同一地址后的多台主机，计时并不一致：这只作\
             记录，由序列号决定。",
    },
    on: Trigger(Trigger::SYN.0),
    guards: Guards::NONE,
    check: tw_reopen_ts,
    broken_by: "
# A's clock starts anew for its next connection
SYN-SENT    > S  100:100(0) <TS val 900 ecr 0>            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 70 ecr 900>   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 901 ecr 70>   > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101 <TS val 71 ecr 901>   < FIN-WAIT-1
LAST-ACK    > F. 101:101(0) ack 302 <TS val 902 ecr 71>   > TIME-WAIT
CLOSED      < .  302:302(0) ack 102 <TS val 72 ecr 902>   < TIME-WAIT
SYN-SENT    > S  5000:5000(0) <TS val 40 ecr 0> +2.000    > ?            ~ tw-reopen-ts
",
    kept_by: "
# A's clock goes on
SYN-SENT    > S  100:100(0) <TS val 900 ecr 0>            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 70 ecr 900>   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 901 ecr 70>   > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101 <TS val 71 ecr 901>   < FIN-WAIT-1
LAST-ACK    > F. 101:101(0) ack 302 <TS val 902 ecr 71>   > TIME-WAIT
CLOSED      < .  302:302(0) ack 102 <TS val 72 ecr 902>   < TIME-WAIT
SYN-SENT    > S  5000:5000(0) <TS val 2900 ecr 0> +2.000  > ?
",
    ..RULE
};

fn tw_reopen_ts(cx: &Context<'_>) -> Verdict {
    let Some((own, other)) = left(cx).filter(|_| is_first(cx)) else { return Verdict::NotApplicable };
    let (Some(old), Some(new), Some(_)) = (own.tsval, tsval(cx), waiting(cx, &other)) else {
        return Verdict::NotApplicable;
    };
    let equation = Equation::at_least("SYN TSval", Seq::new(new), Seq::new(old) + 1).perhaps_shown_by(own.nxt_shown);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, OTHER_CLOCK) }
}

static TW_REFIN: Rule = Rule {
    id: "tw-refin",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "FIN again to a peer in TIME-WAIT: answered by SEG.ACK = w + 1",
    severity: Severity::Note,
    summary: Said { en: "TIME-WAIT acknowledges a FIN that comes again", zh: "TIME-WAIT 会再次确认重传的 FIN" },
    explanation: Said {
        en: "The last acknowledgment was lost, so the FIN comes again, and TIME-WAIT is there to answer it and to start its \
             wait anew. Without an answer the other side stays in LAST-ACK until it gives up; a RST instead shows that \
             TIME-WAIT is over or was never kept.",
        zh: "最后的确认丢失，FIN 因此重传；TIME-WAIT 正是为了应答它并重新开始等待。若无应答，对方会停留在 LAST-ACK 直到放弃；若以 RST 应答，说明 \
             TIME-WAIT 已结束或从未保持。",
    },
    on: Trigger(Trigger::FIN.0),
    check: tw_refin,
    settle: Some(tw_refin_settled),
    broken_by: closed_by_a!(
        "TIME-WAIT   < F. 301:301(0) ack 102 +0.200  < LAST-ACK      ~ tw-refin
CLOSED      > R  102:102(0)                 > CLOSED
"
    ),
    kept_by: closed_by_a!(
        "TIME-WAIT   < F. 301:301(0) ack 102 +0.200  < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302         > CLOSED
"
    ),
    ..RULE
};

fn tw_refin(cx: &Context<'_>) -> Verdict {
    let mark = Stamp::of(cx.segment);
    let waits = cx.connection.likely(cx.to) == Some(State::TimeWait) && cx.from != cx.to;
    match (cx.connection.streams[cx.from].fin, cx.segment.fin_seq()) {
        (Some(fin), Some(again)) if waits && fin.seq == again && !fin.stamp.is_evidently_same(mark) => {
            let equation = Equation::equal("FIN seq", again, fin.seq, 0).shown_by(fin.frame);
            Verdict::Open(equation, 0, Otherwise::Noted(SILENT))
        }
        _ => Verdict::NotApplicable,
    }
}

fn tw_refin_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    if cx.from == question.peer {
        return Settlement::Wait;
    }
    if cx.segment.flags.rst() {
        return Settlement::Now(Verdict::Noted(question.equation, LEFT));
    }
    match cx.segment.ack() {
        Some(ack) if !cx.segment.flags.syn() => {
            let equation = Equation::equal("ACK of FIN", ack, question.equation.found, 1).shown_by(question.frame);
            if equation.is_true() { Settlement::Now(Verdict::Holds(equation)) } else { Settlement::Wait }
        }
        _ => Settlement::Wait,
    }
}

static TW_OLD_DUP: Rule = Rule {
    id: "tw-old-dup",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "a peer in TIME-WAIT sends bare ACKs, no RST",
    severity: Severity::Note,
    summary: Said {
        en: "TIME-WAIT answers old segments by bare ACKs", zh: "TIME-WAIT 只以纯 ACK 应答旧报文段"
    },
    explanation: Said {
        en: "Whatever old segment still comes, TIME-WAIT acknowledges what it has and changes nothing. A RST instead shows \
             that its host has no connection any more: TIME-WAIT was cut short, or this was an orphan that no application \
             held. It resets a peer that may not have finished.",
        zh: "无论什么旧报文段到达，TIME-WAIT 只确认已有的内容，不作任何改变。若发出 RST，说明主机已没有该连接：TIME-WAIT 被提前结束，或这是没有应用\
             持有的孤儿连接。它会复位可能尚未完成的对方。",
    },
    on: Trigger(Trigger::EMPTY.0 | Trigger::RST.0),
    guards: Guards::NONE,
    check: tw_old_dup,
    broken_by: closed_by_a!(
        "TIME-WAIT   < .  302:302(0) ack 102 +9.000  < CLOSED
CLOSED      > R  102:102(0)                 > CLOSED         ~ tw-old-dup
"
    ),
    kept_by: closed_by_a!(
        "TIME-WAIT   < .  301:301(0) ack 102 +9.000  < CLOSED
TIME-WAIT   > .  102:102(0) ack 302         > CLOSED
"
    ),
    ..RULE
};

fn tw_old_dup(cx: &Context<'_>) -> Verdict {
    if cx.connection.likely(cx.from) != Some(State::TimeWait) || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let bare = Flags(16);
    let fin = cx.connection.streams[cx.to].fin.map(|fin| fin.frame);
    let equation = Equation::flags("flags", cx.segment.flags, Relation::Equal, bare).perhaps_shown_by(fin);
    match cx.connection.endpoints[cx.from].heard_fin {
        _ if !cx.segment.flags.rst() => Verdict::Holds(equation),
        // Where it has not acknowledged the other's FIN, it may have refused it.
        Some(heard) if heard.proof.is_none() => Verdict::NotApplicable,
        _ => Verdict::Noted(equation, LEFT),
    }
}
