//! The close as a whole: who closed how, and when it is done. RFC 9293, Section 3.6.

use super::equation::Equation;
use super::{Citation, Context, Keeps, RULE, Rule, Said, Severity, Trigger, Verdict, Why};

/// This family.
pub static RULES: &[&Rule] = &[&FIN_TWO_WAY, &FIN_LAST_ACK, &FIN_SIMULTANEOUS, &FIN_PIGGYBACK, &TW_ENTRY];

const MERGED: Why =
    "second and third segment of the close in one: the application closed before the acknowledgment had to leave";

/// A whole close by A, then B, in four segments.
const FOUR: &str = "
# A closes, B closes later: four segments
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102  < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
";

/// Whether this segment is the first to acknowledge the other's FIN while its sender's own FIN is acknowledged.
fn completes(cx: &Context<'_>) -> Option<Equation> {
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (own_fin, other_fin, ack) = (own.fin?, other.fin?, cx.segment.ack()?);
    let acked = own_fin.acked_by.is_some();
    (acked && other_fin.acked_by.is_none() && ack == other_fin.end() && cx.acceptance.reason().is_none())
        .then(|| Equation::equal("ACK of second FIN", ack, other_fin.seq, 1))
}

static FIN_TWO_WAY: Rule = Rule {
    id: "fin-two-way",
    cite: Citation { rfc: 9293, section: "3.6" },
    statement: "both FINs acknowledged: u + 1 by B and w + 1 by A",
    severity: Severity::Note,
    summary: Said { en: "both directions are closed and acknowledged", zh: "两个方向都已关闭并得到确认" },
    explanation: Said {
        en: "Each direction closes by itself; the connection is gracefully closed when both FINs are acknowledged. It is \
             never broken: a close that is not two-way is half, a reset, or not captured to its end.",
        zh: "每个方向各自关闭；两个 FIN 都得到确认才算正常关闭。它不会被违反：未双向关闭的，是半关闭、复位，或捕获未到结束。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: |cx| completes(cx).map_or(Verdict::NotApplicable, Verdict::Holds),
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: FOUR,
    ..RULE
};

static FIN_LAST_ACK: Rule = Rule {
    id: "fin-last-ack",
    cite: Citation { rfc: 9293, section: "3.6" },
    statement: "last ACK: SEG.SEQ = u + 1 (and SEG.ACK = w + 1)",
    severity: Severity::Note,
    summary: Said { en: "the last ACK starts after its sender's FIN", zh: "第四次挥手的序列号等于 u + 1" },
    explanation: Said {
        en: "The segment that acknowledges the second FIN comes from the peer that closed first; its FIN used u, so its \
             sequence number is u + 1. Nothing acknowledges this segment: if it is lost, the FIN is sent again.",
        zh: "确认第二个 FIN 的报文段来自先关闭的一方；它的 FIN 用掉了 u，所以序列号是 u + 1。没有报文段再确认它：如果丢失，对方会\
             重传 FIN。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: fin_last_ack,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: FOUR,
    ..RULE
};

fn fin_last_ack(cx: &Context<'_>) -> Verdict {
    match (completes(cx), cx.connection.streams[cx.from].fin) {
        (Some(_), Some(own)) if !cx.segment.flags.fin() && cx.segment.seq == own.end() => {
            Verdict::Holds(Equation::equal("last ACK seq", cx.segment.seq, own.seq, 1))
        }
        _ => Verdict::NotApplicable,
    }
}

static FIN_SIMULTANEOUS: Rule = Rule {
    id: "fin-simultaneous",
    cite: Citation { rfc: 9293, section: "3.6" },
    statement: "FINs cross: neither acknowledges the other, SEG.ACK =< u and SEG.ACK =< w",
    severity: Severity::Note,
    summary: Said {
        en: "both sides closed before either FIN arrived",
        zh: "双方同时关闭：两个 FIN 都未确认对方的 FIN",
    },
    explanation: Said {
        en: "The acknowledgment field decides, not the order of capture: a FIN that does not acknowledge the other's was \
             sent before that arrived. Then each side passes through CLOSING, unless the acknowledgment of its own FIN \
             reaches it first.",
        zh: "判断依据是确认号而不是捕获顺序：没有确认对方 FIN 的 FIN，是在对方的 FIN 到达之前发出的。此时双方经过 CLOSING，除非自己的\
             FIN 先得到确认。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_simultaneous,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: "
# FINs cross
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
CLOSING     < F. 301:301(0) ack 101  < CLOSING
CLOSING     > .  102:102(0) ack 302  > TIME-WAIT
TIME-WAIT   < .  302:302(0) ack 102  < TIME-WAIT
",
    ..RULE
};

fn fin_simultaneous(cx: &Context<'_>) -> Verdict {
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (Some(fin), Some(ack)) = (other.fin, cx.segment.ack()) else { return Verdict::NotApplicable };
    let acknowledged = own.acked.is_some_and(|acked| fin.end().is_at_or_before(acked));
    if own.fin.is_some() || acknowledged || !ack.is_at_or_before(fin.seq) || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    Verdict::Holds(Equation::at_most("FIN ack", ack, fin.seq))
}

static FIN_PIGGYBACK: Rule = Rule {
    id: "fin-piggyback",
    cite: Citation { rfc: 9293, section: "3.3.2" },
    statement: "one segment: SEG.ACK = u + 1 for the first time, and FIN",
    severity: Severity::Note,
    summary: Said {
        en: "the second FIN is also the first acknowledgment of the first",
        zh: "第二次与第三次挥手合并为一个报文段",
    },
    explanation: Said {
        en: "The application closed before the acknowledgment of the first FIN had to leave, so one segment does both and \
             the close takes three segments (Figure 5, note 2). Linux holds such an acknowledgment back for 40 ms or more.",
        zh: "应用程序在必须确认第一个 FIN 之前就已关闭，于是一个报文段同时完成确认和关闭，整个过程只需三个报文段（图 5 注 2）。Linux \
             会把这样的确认推迟 40 毫秒或更久。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_piggyback,
    broken_by: "
# B closes at once
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK     ~ fin-piggyback
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
",
    kept_by: FOUR,
    ..RULE
};

fn fin_piggyback(cx: &Context<'_>) -> Verdict {
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    match (other.fin, cx.segment.ack()) {
        (Some(fin), Some(ack)) if own.fin.is_none() && fin.acked_by.is_none() && ack == fin.end() => {
            Verdict::Noted(Equation::equal("FIN ack", ack, fin.seq, 1), MERGED)
        }
        _ => Verdict::NotApplicable,
    }
}

static TW_ENTRY: Rule = Rule {
    id: "tw-entry",
    cite: Citation { rfc: 9293, section: "3.6.1" },
    requirements: &["MUST-13"],
    statement: "TIME-WAIT: own FIN acknowledged, and SEG.ACK = w + 1 sent",
    severity: Severity::Note,
    summary: Said {
        en: "the peer that closed first waits 2 MSL after the last ACK",
        zh: "先关闭的一方在发出最后的确认后进入 TIME-WAIT，等待 2MSL",
    },
    explanation: Said {
        en: "The last ACK may be lost; then the other's FIN comes again and must find somebody to acknowledge it. And old \
             segments must die out before the ports are used again. RFC 9293 sets MSL to 2 minutes, so 2 MSL is 240 s; \
             Linux waits 60 s in all.",
        zh: "最后一个 ACK 可能丢失，对方会重传 FIN，必须有人应答；而且旧的报文段要在端口对再次使用之前从网络中消失。RFC 9293 规定 MSL \
             为 2 分钟，2MSL 即 240 秒；Linux 总共等待 60 秒。",
    },
    on: Trigger(Trigger::CLOSING.0),
    check: |cx| {
        let first_closer = match (cx.connection.streams[cx.from].fin, cx.connection.streams[cx.to].fin) {
            // A FIN that acknowledged the other's is the second one: its sender ends in CLOSED, not in TIME-WAIT.
            (Some(own), Some(other)) => own.first_ack.is_some_and(|ack| ack.is_at_or_before(other.seq)),
            _ => false,
        };
        completes(cx).filter(|_| first_closer).map_or(Verdict::NotApplicable, Verdict::Holds)
    },
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: FOUR,
    ..RULE
};
