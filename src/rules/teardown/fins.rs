//! How a FIN is sent: with data, again, in vain, before the connection is open. RFC 9293 Sections 3.8.3, 3.10.4 and
//! 3.10.7.4.

use crate::packet::FrameNo;
use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Ending, Guards, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::acceptance::Acceptance;
use crate::tcp::stamp::Stamp;
use crate::tcp::state::State;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&FIN_WITH_DATA, &FIN_REXMIT, &FIN_UNACKED, &FIN_FROM_SYN_RCVD, &FIN_IN_SYN_SENT];

/// The same FIN again within this may be a second copy that the capture made of one segment.
const COPY: Elapsed = Elapsed::from_ns(5_000_000);
/// A FIN that was sent this often has been sent again R1 = 3 times (RFC 9293 §3.8.3).
const OFTEN: u32 = 4;

const IN_ONE: Why = "the last octets and the close in one segment";
const UNANSWERED: Why = "no acknowledgment of it has been captured: it was lost on the way, or its acknowledgment was";
const ANSWERED: Why = "it was acknowledged before: the acknowledgment was lost behind the tap, or came too late";
const AT_ONCE: Why = "its sender closes before it can know that its SYN-ACK arrived";
const IGNORED: Why = "its receiver knows no sequence number of its sender yet and does not process it";

static FIN_WITH_DATA: Rule = Rule {
    id: "fin-with-data",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "FIN with octets: u = SEG.SEQ + octets",
    severity: Severity::Note,
    summary: Said {
        en: "a FIN may come with the last octets", zh: "FIN 可以与最后的数据同在一个报文段"
    },
    explanation: Said {
        en: "Its receiver takes the octets first and the FIN after them, so the FIN's number follows the last octet. It shows \
             that the application wrote and closed before the octets had left.",
        zh: "接收方先处理数据，再处理 FIN，所以 FIN 的序列号紧跟最后一个字节。这说明应用在数据发出之前就已写完并关闭。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_with_data,
    broken_by: "
# A writes and closes at once
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:106(5) ack 301  > CLOSE-WAIT    ~ fin-with-data
",
    kept_by: "
# A writes, and closes later
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 106:106(0) ack 301  > CLOSE-WAIT
",
    ..RULE
};

fn fin_with_data(cx: &Context<'_>) -> Verdict {
    let first = cx.connection.streams[cx.from].fin.is_none() && cx.acceptance.reason().is_none();
    match cx.segment.fin_seq() {
        Some(fin) if first && cx.segment.payload_len > 0 => {
            Verdict::Noted(Equation::equal("FIN seq", fin, cx.segment.seq, cx.segment.payload_len), IN_ONE)
        }
        _ => Verdict::NotApplicable,
    }
}

static FIN_REXMIT: Rule = Rule {
    id: "fin-rexmit",
    cite: Citation { rfc: 9293, section: "3.10.8" },
    statement: "a FIN is sent again with the same u until SEG.ACK = u + 1 arrives",
    severity: Severity::Note,
    summary: Said { en: "a FIN that is not acknowledged is sent again", zh: "未得到确认的 FIN 会重传" },
    explanation: Said {
        en: "A FIN occupies a number and is repeated like any octet until it is acknowledged. The first repetition comes \
             after one retransmission timeout, about 0.2 s on Linux near its peer, and each further one after twice the \
             time. Nobody is at fault: the FIN or its acknowledgment was lost.",
        zh: "FIN 占用一个序列号，像数据一样重传直到被确认。第一次重传在一个重传超时之后（Linux 与近处对端约 0.2 秒），此后每次间隔加倍。\
             这不归咎于任何一方：FIN 或其确认丢失了。",
    },
    on: Trigger(Trigger::FIN.0),
    check: fin_rexmit,
    broken_by: "
# the first FIN is lost
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301        > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.200 > CLOSE-WAIT    ~ fin-rexmit
FIN-WAIT-2  < .  301:301(0) ack 102        < CLOSE-WAIT
",
    kept_by: "
# the capture holds every segment twice
SYN-SENT    > S  100:100(0)                     > LISTEN
ESTABLISHED < S. 300:300(0) ack 101             < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301             > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301 {id 9}      > CLOSE-WAIT
?           > F. 101:101(0) ack 301 {id 9}      > ?
FIN-WAIT-2  < .  301:301(0) ack 102             < CLOSE-WAIT
",
    ..RULE
};

fn fin_rexmit(cx: &Context<'_>) -> Verdict {
    let known = cx.connection.streams[cx.from].fin;
    let (Some(fin), Some(again)) = (known, cx.segment.fin_seq()) else { return Verdict::NotApplicable };
    let last = cx.connection.facts[cx.from].close.as_ref().and_then(|close| close.last);
    let mark = Stamp::of(cx.segment);
    let copy = fin.stamp.is_evidently_same(mark)
        || last.is_none_or(|last| cx.segment.at.since(last.time) < COPY)
        || cx.acceptance == Acceptance::Beyond;
    if fin.seq != again || copy {
        return Verdict::NotApplicable;
    }
    let equation = Equation::equal("FIN seq", again, fin.seq, 0).shown_by(fin.frame);
    match fin.acked_by {
        Some((frame, _)) => Verdict::Noted(equation.shown_by(frame), ANSWERED),
        None => Verdict::Noted(equation, UNANSWERED),
    }
}

static FIN_UNACKED: Rule = Rule {
    id: "fin-unacked",
    cite: Citation { rfc: 9293, section: "3.8.3" },
    statement: "a FIN is acknowledged before it has been sent again R1 times",
    severity: Severity::Anomaly,
    summary: Said { en: "a FIN is not sent again and again in vain", zh: "FIN 不应一再重传而得不到确认" },
    explanation: Said {
        en: "The FIN was sent four times or more and no acknowledgment was ever captured: the other host is gone, or \
             something on the way drops what belongs to this connection, often a firewall or a NAT that has forgotten it. \
             Its sender gives up after R2, without a segment.",
        zh: "FIN 已发送四次或更多次，却从未捕获到确认：对方主机已消失，或途中的设备丢弃了该连接的报文段，常见的是已遗忘该连接的防火墙或 NAT。\
             发送方在 R2 之后放弃，不再发出任何报文段。",
    },
    on: Trigger(Trigger::FIN.0),
    at_end: Some(fin_unacked),
    broken_by: "
# B is gone
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301        > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.200 > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.400 > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.800 > CLOSE-WAIT    ! fin-unacked
",
    kept_by: "
# B answers the third
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301        > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.200 > CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +0.400 > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102        < CLOSE-WAIT
",
    ..RULE
};

fn fin_unacked(end: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let (connection, peer) = (end.connection, end.peer);
    let fin = connection.streams[peer].fin?;
    let close = connection.facts[peer].close.as_ref().filter(|close| close.fins >= OFTEN)?;
    let other = connection.other(peer);
    // Where nothing of the other was captured, its acknowledgments were not either.
    let seen = connection.streams[other].nxt.is_some() && other != peer;
    if fin.acked_by.is_some() || !seen || connection.reset.is_some() {
        return None;
    }
    let equation = Equation::count("ACKs of FIN", 0, Relation::AtLeast, 1).shown_by(fin.frame);
    Some((close.last?.frame, Verdict::Broken(equation, Severity::Anomaly)))
}

static FIN_FROM_SYN_RCVD: Rule = Rule {
    id: "fin-from-syn-rcvd",
    cite: Citation { rfc: 9293, section: "3.10.4" },
    also: &[Citation { rfc: 9293, section: "3.3.2" }],
    statement: "FIN from SYN-RECEIVED: u > ISS",
    severity: Severity::Note,
    summary: Said { en: "a close may come before the handshake is complete", zh: "握手尚未完成也可以关闭" },
    explanation: Said {
        en: "The answering side sends its FIN before the acknowledgment of its SYN-ACK has passed the tap: RFC 9293 allows \
             CLOSE in SYN-RECEIVED. It is rare, for most systems hand a connection to the application only when it is \
             open; often the capture merely missed that acknowledgment.",
        zh: "应答方在其 SYN-ACK 的确认经过捕获点之前就发出了 FIN：RFC 9293 允许在 SYN-RECEIVED 状态关闭。这很少见，因为多数系统在连接建立之后才\
             交给应用；更常见的是捕获漏掉了那个确认。",
    },
    on: Trigger(Trigger::FIN.0),
    guards: Guards::NONE,
    check: fin_from_syn_rcvd,
    broken_by: "
# B closes at once
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
CLOSE-WAIT  < F. 301:301(0) ack 101  < FIN-WAIT-1    ~ fin-from-syn-rcvd
",
    kept_by: "
# B closes when it is open
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101  < FIN-WAIT-1
",
    ..RULE
};

fn fin_from_syn_rcvd(cx: &Context<'_>) -> Verdict {
    let early = cx.connection.likely(cx.from) == Some(State::SynReceived) && cx.acceptance.reason().is_none();
    match (cx.connection.streams[cx.from].iss, cx.segment.fin_seq()) {
        (Some(iss), Some(fin)) if early => {
            let equation = Equation::at_least("FIN seq", fin, iss + 1);
            Verdict::Noted(equation.perhaps_shown_by(cx.connection.facts[cx.from].shown.iss), AT_ONCE)
        }
        _ => Verdict::NotApplicable,
    }
}

static FIN_IN_SYN_SENT: Rule = Rule {
    id: "fin-in-syn-sent",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    level: Level::Procedure,
    statement: "FIN to a peer in SYN-SENT: not processed",
    severity: Severity::Note,
    summary: Said {
        en: "a FIN before the SYNs are exchanged is ignored", zh: "交换 SYN 之前到达的 FIN 被忽略"
    },
    explanation: Said {
        en: "A peer that waits for the answer to its SYN cannot tell whether a FIN is in sequence, so it does not process it. \
             It is mostly a late segment of an earlier connection on the same ports; its acknowledgment does not fit \
             either, and draws a RST.",
        zh: "正在等待 SYN 应答的一方无法判断 FIN 的序列号是否正确，所以不处理它。它多半是同一端口对上旧连接的迟到报文段；其确认号也不符，会引出 \
             RST。",
    },
    on: Trigger(Trigger::FIN.0),
    guards: Guards::NONE,
    check: fin_in_syn_sent,
    broken_by: "
# B still closes a connection of which A knows nothing any more
SYN-SENT    > S  100:100(0)          > LISTEN
SYN-SENT    < F. 300:300(0) ack 50   < ?             ~ fin-in-syn-sent
",
    kept_by: "
# B answers the SYN first
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101  < FIN-WAIT-1
",
    ..RULE
};

fn fin_in_syn_sent(cx: &Context<'_>) -> Verdict {
    let strange = matches!(cx.acceptance, Acceptance::AckBeforeSyn | Acceptance::AckBeyondSent);
    if !strange || !cx.connection.endpoints[cx.to].is_syn_sent() || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let equation = Equation::count("SYNs of the FIN's sender", 0, Relation::AtLeast, 1);
    Verdict::Noted(equation.perhaps_shown_by(cx.connection.facts[cx.to].shown.iss), IGNORED)
}
