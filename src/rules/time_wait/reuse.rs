//! A new incarnation although nothing ended the last one. RFC 9293 Section 3.5.1.

use super::{is_first, left};
use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Guards, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::belief::TWO_MSL;
use crate::tcp::earlier::Last;
use crate::tcp::state::State;
use crate::tcp::stream::Hidden;

/// This family.
pub static RULES: &[&Rule] = &[&REUSE_IN_ESTABLISHED, &ISN_CLOCK];

const NOT_CAPTURED: Why = "the earlier connection was not captured whole: it may have been closed";

static REUSE_IN_ESTABLISHED: Rule = Rule {
    id: "reuse-in-established",
    cite: Citation { rfc: 9293, section: "3.5.1" },
    level: Level::Practice,
    statement: "before a new incarnation: both sides of the last one closed, or one reset",
    severity: Severity::Anomaly,
    summary: Said {
        en: "ports are not used again while their connection is open", zh: "连接仍打开时不应复用其端口"
    },
    explanation: Said {
        en: "A SYN-ACK opens a new connection although neither FINs of both sides nor a RST ended the last one: one host has \
             restarted and forgotten it, a NAT has given the port to another, or the answering side had dropped it in \
             silence. RFC 9293 has the answering side send a challenge ACK instead, which the opener answers by a RST. \
             Where the end was not captured, it is undecided.",
        zh: "上一个连接既没有双方的 FIN 也没有 RST，SYN-ACK 就打开了新连接：某台主机重启而遗忘了它，NAT 把端口分给了别人，或应答方已悄然丢弃了它。\
             按 RFC 9293，应答方应发出挑战 ACK，由发起方以 RST 应答。若旧连接的结束未被捕获，则不作判断。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: Guards::GAP,
    check: reuse_in_established,
    broken_by: "
# A has restarted, and B answers its SYN as if it had no connection
SYN-SENT    > S  100:100(0)            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301    > ESTABLISHED
ESTABLISHED > S  5000:5000(0) +9.000   > ESTABLISHED
ESTABLISHED < S. 7000:7000(0) ack 5001 < SYN-RECEIVED  ! reuse-in-established
ESTABLISHED > .  5001:5001(0) ack 7001 > ESTABLISHED
",
    kept_by: "
# B challenges A, and A resets
SYN-SENT    > S  100:100(0)            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301    > ESTABLISHED
ESTABLISHED > S  5000:5000(0) +9.000   > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101    < ESTABLISHED
CLOSED      > R  101:101(0)            > CLOSED
SYN-SENT    > S  5000:5000(0) +0.010   > ?
ESTABLISHED < S. 7000:7000(0) ack 5001 < SYN-RECEIVED
",
    ..RULE
};

static ISN_CLOCK: Rule = Rule {
    id: "hs-isn-clock",
    cite: Citation { rfc: 9293, section: "3.4.1" },
    also: &[Citation { rfc: 6528, section: "3" }],
    requirements: &["MUST-8"],
    level: Level::Must,
    statement: "the same ports again within 2 MSL: ISS >= the last SND.NXT of its sender",
    summary: Said {
        en: "initial numbers of the same two ports follow a clock",
        zh: "同一对端口的初始序列号随时钟增长",
    },
    explanation: Said {
        en: "An initial number comes from a clock of four microseconds and a secret of the two addresses and ports, so for \
             the same ones it grows. Then no old segment fits into the new connection. A smaller one shows a stack that \
             draws its numbers at random, a host that has restarted, more octets than the clock had ticks, or another host \
             behind the same address: worth knowing, and nobody's fault that could be shown.",
        zh: "初始序列号来自每四微秒一次的时钟，加上由两端地址和端口算出的秘密值，因此同一对端口的初始序列号会增长，旧报文段就不会混入新连接。\
             若更小，可能是协议栈随机选取、主机重启、数据多于时钟的计数，或同一地址后有另一台主机：值得了解，但无法证明是谁的过错。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: isn_clock,
    broken_by: "
# closed in full, and opened again with a smaller number
SYN-SENT    > S  5000:5000(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 5001    < SYN-RECEIVED
ESTABLISHED > .  5001:5001(0) ack 301   > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 5001    < FIN-WAIT-1
LAST-ACK    > F. 5001:5001(0) ack 302   > TIME-WAIT
CLOSED      < .  302:302(0) ack 5002    < TIME-WAIT
SYN-SENT    > S  100:100(0) +90         > ?              ~ hs-isn-clock tw-reopen-isn
",
    kept_by: "
# with a larger one
SYN-SENT    > S  5000:5000(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 5001    < SYN-RECEIVED
ESTABLISHED > .  5001:5001(0) ack 301   > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 5001    < FIN-WAIT-1
LAST-ACK    > F. 5001:5001(0) ack 302   > TIME-WAIT
CLOSED      < .  302:302(0) ack 5002    < TIME-WAIT
SYN-SENT    > S  9000:9000(0) +90       > ?
",
    ..RULE
};

const BACK: Why =
    "its numbers of the same ports do not grow: drawn at random, or by a host that has restarted or is another";

fn isn_clock(cx: &Context<'_>) -> Verdict {
    let Some((own, _)) = left(cx).filter(|_| is_first(cx)) else { return Verdict::NotApplicable };
    let Some(nxt) = own.nxt.filter(|_| own.iss.is_some() && own.iss != Some(cx.segment.seq)) else {
        return Verdict::NotApplicable;
    };
    if own.since.is_none_or(|since| cx.segment.at.since(since.time) >= TWO_MSL) {
        return Verdict::NotApplicable;
    }
    let equation = Equation::at_least("ISS", cx.segment.seq, nxt).perhaps_shown_by(own.nxt_shown);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, BACK) }
}

fn reuse_in_established(cx: &Context<'_>) -> Verdict {
    let Some((own, other)) = left(cx).filter(|_| is_first(cx)) else { return Verdict::NotApplicable };
    let opened = |last: &Last| {
        let state = last.state;
        !matches!(
            state,
            None | Some(State::Listen | State::SynSent | State::SynReceived | State::Closed | State::TimeWait)
        )
    };
    let fins = [own.fin, other.fin].into_iter().flatten();
    let count = u32::try_from(fins.clone().count()).unwrap_or(0);
    if !opened(&own) || !opened(&other) || count == 2 {
        return Verdict::NotApplicable;
    }
    let equation = Equation::count("FINs of the last connection", count, Relation::AtLeast, 2);
    let equation = fins.fold(equation, |equation, (_, frame)| equation.shown_by(frame));
    let equation = equation.perhaps_shown_by(other.nxt_shown);
    let hides = |last: &Last| last.fin.is_none() && last.hides_fin == Hidden::Maybe;
    if own.iss.is_none() || other.iss.is_none() || hides(&own) || hides(&other) {
        return Verdict::Undecided(equation, NOT_CAPTURED);
    }
    Verdict::Broken(equation, Severity::Anomaly)
}
