//! What comes before a handshake is complete: data in or behind a SYN, answers that no SYN asked for, proxies.

use super::equation::{Equation, Relation};
use super::{
    Citation, Context, Guards, Level, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict,
    Why,
};
use crate::tcp::acceptance::Acceptance;
use crate::tcp::endpoint::Opening;

/// This family.
pub static RULES: &[&Rule] = &[&EARLY_DATA_A, &EARLY_DATA_B, &BADACK_RST, &HALFOPEN, &SYN_PROXY];

static EARLY_DATA_A: Rule = Rule {
    id: "hs-early-data-a",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.7.3" },
    level: Level::May,
    statement: "octets in a SYN without a fast open option = 0",
    severity: Severity::Note,
    summary: Said { en: "a SYN carries data without asking for fast open", zh: "SYN 携带数据却没有 TFO 选项" },
    explanation: Said {
        en: "Data in a SYN is legal: the listener may keep it until the handshake is complete. Hardly anybody sends it \
             without fast open, and many listeners drop it, so it is worth a note.",
        zh: "SYN 中带数据是合法的：监听方可以保留到握手完成。除 TFO 外几乎没有人这样发送，许多监听方会丢弃，所以记一笔。",
    },
    on: Trigger::SYN,
    guards: Guards::NONE,
    check: early_data_a,
    broken_by: "
# five octets with the SYN
SYN-SENT    > S  100:105(5)                > LISTEN         ~ hs-early-data-a
ESTABLISHED < S. 300:300(0) ack 106        < SYN-RECEIVED
",
    kept_by: "
# with a fast open cookie
SYN-SENT    > S  100:105(5) <fo 0102030405060708>  > LISTEN
ESTABLISHED < S. 300:300(0) ack 106                < SYN-RECEIVED
",
    ..RULE
};

const LEGAL: Why = "legal, and rare: the listener may keep or drop it";

fn early_data_a(cx: &Context<'_>) -> Verdict {
    if cx.segment.payload_len == 0 || cx.segment.options.fast_open().is_some() {
        return Verdict::NotApplicable;
    }
    Verdict::Noted(Equation::count("octets in the SYN", cx.segment.payload_len, Relation::Equal, 0), LEGAL)
}

static EARLY_DATA_B: Rule = Rule {
    id: "hs-early-data-b",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.2" },
    statement: "data of the listener: its SYN has been acknowledged before",
    severity: Severity::Note,
    summary: Said {
        en: "the listener sends data before its SYN is acknowledged",
        zh: "监听方在其 SYN 被确认之前发送数据",
    },
    explanation: Said {
        en: "In SYN-RECEIVED what the application sends is queued until the SYN-ACK has been acknowledged, unless fast \
             open allows more. Nearly always the acknowledgment was there and this capture does not hold it, so this is \
             noted and never charged.",
        zh: "在 SYN-RECEIVED 状态，应用的数据要排队，直到 SYN-ACK 被确认；TFO 例外。绝大多数情况下确认已经到达，只是没有被捕获，\
             所以只记一笔。",
    },
    on: Trigger::DATA,
    check: early_data_b,
    broken_by: "
# data right behind the SYN-ACK
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED < P. 301:306(5) ack 101        < ESTABLISHED   ~ hs-early-data-b
",
    kept_by: "
# after the handshake
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101        < ESTABLISHED
",
    ..RULE
};

const NOT_CAPTURED: Why = "no acknowledgment of its SYN-ACK was captured before: most likely the capture misses it";

fn early_data_b(cx: &Context<'_>) -> Verdict {
    let sender = &cx.connection.endpoints[cx.from];
    let fast_open = cx.connection.streams[cx.to].syn_payload > 0;
    let early = matches!(sender.opening, Opening::Passive(_)) && sender.syn_acked.is_none() && sender.ended.is_none();
    if !early || fast_open || cx.acceptance != Acceptance::Acceptable {
        return Verdict::NotApplicable;
    }
    let equation = Equation::count("captured ACKs of the SYN-ACK", 0, Relation::AtLeast, 1);
    Verdict::Noted(equation.perhaps_shown_by(cx.connection.handshake[1]), NOT_CAPTURED)
}

static BADACK_RST: Rule = Rule {
    id: "hs-badack-rst",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.10.7.3" },
    also: &[Citation { rfc: 9293, section: "3.5" }],
    statement: "answer of SYN-SENT to an ACK outside ISS + 1 to SND.NXT: RST with SEG.SEQ = that SEG.ACK",
    severity: Severity::Anomaly,
    summary: Said {
        en: "an answer to no SYN of ours is reset by its number",
        zh: "不应答己方 SYN 的报文段以其确认号复位",
    },
    explanation: Said {
        en: "In SYN-SENT only an acknowledgment of our own SYN counts. Any other shows an old duplicate or a half-open \
             connection, and the opener resets it with the number that it acknowledged, so that the other side believes \
             the reset. Whether that segment arrived at all only this RST proves.",
        zh: "在 SYN-SENT 状态只有对己方 SYN 的确认才算数。其他确认说明是旧的重复报文或半开连接，发起方以其确认号为序列号发 RST，\
             对方才会相信。该报文段是否到达，只有这个 RST 能证明。",
    },
    on: Trigger::SYN_ACK,
    guards: Guards::NONE,
    check: badack_rst,
    settle: Some(badack_rst_settled),
    broken_by: "
# the RST takes its own number
SYN-SENT    > S  100:100(0)           > LISTEN
SYN-SENT    < S. 300:300(0) ack 91    < ?        ! hs-badack-rst
SYN-SENT    > R  100:100(0)           > ?
",
    kept_by: "
# an old duplicate SYN was answered: reset by the number acknowledged
SYN-SENT    > S  100:100(0)           > LISTEN
SYN-SENT    < S. 300:300(0) ack 91    < LISTEN
SYN-SENT    > R  91:91(0)             > LISTEN
",
    ..RULE
};

fn badack_rst(cx: &Context<'_>) -> Verdict {
    let receiver = &cx.connection.endpoints[cx.to];
    match (cx.acceptance, cx.segment.ack()) {
        (Acceptance::UnmatchedSynAck, Some(ack)) if receiver.is_syn_sent() && cx.from != cx.to => {
            Verdict::Open(Equation::equal("RST seq", ack, ack, 0), 0, Otherwise::Untold)
        }
        _ => Verdict::NotApplicable,
    }
}

fn badack_rst_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    if cx.from == question.peer {
        return Settlement::Wait;
    }
    let flags = cx.segment.flags;
    if !flags.rst() {
        // A SYN again: the segment has not arrived yet, or the RST was not captured.
        return if flags.syn() { Settlement::Wait } else { Settlement::Now(Verdict::NotApplicable) };
    }
    if flags.ack() {
        return Settlement::Now(Verdict::NotApplicable);
    }
    let equation = Equation::equal("RST seq", cx.segment.seq, question.equation.found, 0).shown_by(question.frame);
    Settlement::Now(if equation.is_true() {
        Verdict::Holds(equation)
    } else {
        Verdict::Broken(equation, Severity::Anomaly)
    })
}

static HALFOPEN: Rule = Rule {
    id: "hs-halfopen",
    since: "0.2.0",
    cite: Citation { rfc: 9293, section: "3.5.1" },
    also: &[Citation { rfc: 5961, section: "4.2" }],
    statement: "RST of SYN-SENT: SEG.SEQ = SEG.ACK of the ACK that it answers",
    severity: Severity::Note,
    summary: Said { en: "a half-open connection was found and reset", zh: "发现半开连接并将其复位" },
    explanation: Said {
        en: "The other side still had a connection on these ports and answered the SYN by an acknowledgment of its own. The \
             opener, who knows nothing of it, resets it by that number and sends its SYN again. A challenge ACK looks the \
             same and ends the same way.",
        zh: "对方在这些端口上仍有旧连接，用自己的确认应答了 SYN。发起方对此一无所知，按该确认号发 RST，然后重发 SYN。挑战 ACK \
             的情形看起来相同，结局也相同。",
    },
    on: Trigger::RST,
    guards: Guards::NONE,
    check: halfopen,
    broken_by: "
# the ACK of the old connection is reset by its number
SYN-SENT    > S  100:100(0)           > ?
SYN-SENT    < .  700:700(0) ack 50    < ?
SYN-SENT    > R  50:50(0)             > ?       ~ hs-halfopen
SYN-SENT    > S  100:100(0) +1        > ?
",
    kept_by: "
# a plain abort
SYN-SENT    > S  100:100(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101   < SYN-RECEIVED
CLOSED      > R  101:101(0)           > LISTEN
",
    ..RULE
};

const FOUND: Why = "the other side still held a connection on these ports; this resets it";

fn halfopen(cx: &Context<'_>) -> Verdict {
    let sender = &cx.connection.endpoints[cx.from];
    match cx.connection.odd_ack[cx.to] {
        Some(ack) if sender.is_syn_sent() && !cx.segment.flags.ack() && ack == cx.segment.seq => {
            let shown = cx.connection.facts[cx.to].last_sent.map(|last| last.frame);
            Verdict::Noted(Equation::equal("RST seq", cx.segment.seq, ack, 0).perhaps_shown_by(shown), FOUND)
        }
        _ => Verdict::NotApplicable,
    }
}

static SYN_PROXY: Rule = Rule {
    id: "hs-syn-proxy",
    since: "0.2.0",
    cite: Citation { rfc: 4987, section: "3.8" },
    level: Level::Practice,
    statement: "hop limit of the listener's first segment = hop limit of its SYN-ACK",
    severity: Severity::Note,
    summary: Said {
        en: "the SYN-ACK may come from a proxy, not the listener", zh: "SYN-ACK 可能来自代理而非监听方"
    },
    explanation: Said {
        en: "A firewall may answer the SYN itself and only then open the connection to the listener. What follows then \
             crosses another number of routers than the SYN-ACK did. Two routes, or an option field that costs a hop, look \
             the same: a hint, no more.",
        zh: "防火墙可以代为应答 SYN，之后才与监听方建立连接，于是后续报文经过的路由器数与 SYN-ACK 不同。两条路由也会如此：\
             这只是一个提示。",
    },
    on: Trigger::FIRST,
    guards: Guards::NONE,
    check: syn_proxy,
    broken_by: "
# what follows the SYN-ACK comes from four hops further away
SYN-SENT    > S  100:100(0)                       > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 {ttl 64}      < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301               > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101 {ttl 60}      < ESTABLISHED   ~ hs-syn-proxy
",
    kept_by: "
# from as far away
SYN-SENT    > S  100:100(0)                       > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 {ttl 60}      < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301               > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101 {ttl 60}      < ESTABLISHED
",
    ..RULE
};

const OTHER_DISTANCE: Why =
    "it comes from another distance than the SYN-ACK: a proxy answered the SYN, or the route differs";

fn syn_proxy(cx: &Context<'_>) -> Verdict {
    let sender = &cx.connection.endpoints[cx.from];
    let Some(sent) = cx.connection.facts[cx.from].attempt.syn_ack else { return Verdict::NotApplicable };
    if !matches!(sender.opening, Opening::Passive(_)) || cx.acceptance != Acceptance::Acceptable {
        return Verdict::NotApplicable;
    }
    let (found, wanted) = (u32::from(cx.segment.ip.hop_limit), u32::from(sent.hop_limit));
    let equation = Equation::count("hop limit", found, Relation::Equal, wanted).shown_by(sent.last);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, OTHER_DISTANCE) }
}
