//! RSTs, SYNs into open connections, and new incarnations: RFC 9293 Sections 3.5.2 to 3.5.3 and 3.10.7.4, RFC 5961.

pub mod after;
pub mod form;

use super::equation::Equation;
use super::{
    Citation, Context, Guards, Keeps, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict,
    Why,
};
use crate::tcp::acceptance::{Acceptance, ResetFit};

/// This family.
pub static RULES: &[&Rule] = &[&RST_EXACT, &RST_INWINDOW, &RST_OUTSIDE, &SYN_IN_SYNC, &REUSE_CONFIRMED];

const INTERVAL: Why = "what its receiver expects next is known only within an interval, and the number lies in it";
const CHALLENGE: Why = "inside the window but not at its left edge: the receiver answers by a challenge ACK and stays";
const DROPPED: Why = "outside the window: the receiver drops it and stays";
const NEW_INCARNATION: Why = "a SYN-ACK answers it: a new incarnation of the connection";
const RESET_ANSWER: Why = "the receiver resets instead of answering by a challenge ACK, as stacks did before RFC 5961";

/// A handshake to build on.
const OPEN: &str = "SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
";

static RST_EXACT: Rule = Rule {
    id: "rst-exact",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "RST: SEG.SEQ = RCV.NXT",
    severity: Severity::Note,
    summary: Said {
        en: "a RST at the left edge of the window resets", zh: "序列号恰为 RCV.NXT 的 RST 有效，连接复位"
    },
    explanation: Said {
        en: "Only a RST that names exactly the next octet expected ends the connection, so that a blind attacker has to \
             guess one number in four thousand million. What is expected next lies between the receiver's last captured \
             acknowledgment and the last octet captured towards it; Linux also obeys the right edge of the furthest \
             stretch that it has acknowledged selectively, and the number of a FIN that it has received.",
        zh: "只有序列号恰好等于下一个期望字节的 RST 才会终止连接，这样盲目攻击者必须猜中四十亿分之一的号码。期望值介于接收方最后一次被\
             捕获的确认号与发往它的最后一个字节之间；Linux 还接受最远的选择确认块的右边界，以及已收到的 FIN 的序列号。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_exact,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: "
# A aborts
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
CLOSED      > R. 101:101(0) ack 301  > CLOSED
",
    ..RULE
};

/// SEG.SEQ of a RST against RCV.NXT of the receiver as this capture knows it best.
fn against_expected(cx: &Context<'_>) -> Option<Equation> {
    let (sender, receiver) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (sent, acked) = (cx.connection.facts[cx.from].shown.nxt, cx.connection.facts[cx.to].shown.acked);
    let seq = cx.segment.seq;
    let known = [
        (receiver.acked, acked),
        (sender.edge, sent),
        (sender.nxt, sent),
        (sender.islands.furthest(), sent),
        (sender.fin.map(|fin| fin.seq), sender.fin.map(|fin| fin.frame)),
    ];
    let known = known.into_iter().filter_map(|(next, shown)| Some((next?, shown)));
    let (next, shown) = known.clone().find(|(next, _)| *next == seq).or_else(|| known.clone().next())?;
    Some(Equation::equal("RST seq", seq, next, 0).perhaps_shown_by(shown))
}

fn rst_exact(cx: &Context<'_>) -> Verdict {
    if cx.connection.endpoints[cx.to].is_syn_sent() {
        return Verdict::NotApplicable;
    }
    let Some(equation) = against_expected(cx) else { return Verdict::NotApplicable };
    match cx.acceptance {
        Acceptance::Reset(ResetFit::Exact) if equation.is_true() => Verdict::Holds(equation),
        Acceptance::Reset(ResetFit::Possible) => Verdict::Undecided(equation, INTERVAL),
        _ => Verdict::NotApplicable,
    }
}

static RST_INWINDOW: Rule = Rule {
    id: "rst-inwindow",
    cite: Citation { rfc: 5961, section: "3.2" },
    statement: "RST: RCV.NXT < SEG.SEQ < RCV.NXT + RCV.WND draws a challenge ACK",
    severity: Severity::Note,
    summary: Said {
        en: "a RST elsewhere in the window resets nothing",
        zh: "窗口内但不精确的 RST 不复位连接，只引出挑战 ACK",
    },
    explanation: Said {
        en: "The receiver answers by an ACK that says what it expects; a genuine sender, which has no connection any more, \
             then answers that by an exact RST. Forged ones end there. An honest abort looks like this where octets before \
             it were lost.",
        zh: "接收方以 ACK 说明自己期望的序列号；真正的发送方（连接已不存在）会再以精确的 RST 应答，伪造者到此为止。若之前的数据丢失，\
             正常的中止也会呈现这种样子。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_inwindow,
    broken_by: "
# a RST that is 100 too high
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106  < ESTABLISHED
ESTABLISHED > R  206:206(0)          > ESTABLISHED   ~ rst-inwindow
ESTABLISHED < .  301:301(0) ack 106  < ESTABLISHED
",
    kept_by: OPEN,
    ..RULE
};

fn rst_inwindow(cx: &Context<'_>) -> Verdict {
    match (cx.acceptance, against_expected(cx)) {
        (Acceptance::Reset(ResetFit::InWindow), Some(equation)) => Verdict::Noted(equation, CHALLENGE),
        _ => Verdict::NotApplicable,
    }
}

static RST_OUTSIDE: Rule = Rule {
    id: "rst-outside",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "RST outside RCV.NXT =< SEG.SEQ < RCV.NXT + RCV.WND is dropped",
    severity: Severity::Note,
    summary: Said { en: "a RST outside the window is dropped", zh: "窗口外的 RST 被丢弃" },
    explanation: Said {
        en: "It is an old one, or a guess. The receiver drops it in silence. A RST to a peer in SYN-SENT must acknowledge \
             the SYN instead, and is dropped if it does not.",
        zh: "它是过期的或猜测的，接收方悄然丢弃。对处于 SYN-SENT 的一方，RST 必须确认其 SYN，否则同样被丢弃。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_outside,
    broken_by: "
# an old RST
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > R  90:90(0)            > ESTABLISHED   ~ rst-outside
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
",
    kept_by: OPEN,
    ..RULE
};

fn rst_outside(cx: &Context<'_>) -> Verdict {
    match (cx.acceptance, against_expected(cx)) {
        (Acceptance::Reset(ResetFit::Outside), Some(equation)) => Verdict::Noted(equation, DROPPED),
        _ => Verdict::NotApplicable,
    }
}

static SYN_IN_SYNC: Rule = Rule {
    id: "syn-in-sync",
    cite: Citation { rfc: 5961, section: "4.2" },
    statement: "SYN into an open connection: answered by <SND.NXT, RCV.NXT>, nothing changes",
    severity: Severity::Note,
    summary: Said {
        en: "a SYN into an open connection draws a challenge ACK",
        zh: "已建立连接上的 SYN 只引出挑战 ACK，不改变状态",
    },
    explanation: Said {
        en: "It may be forged, or its sender has lost the connection and opens anew. The receiver answers by an ACK of what \
             it expects; a sender that knows nothing of it resets, and tries again. Only a SYN-ACK that acknowledges the \
             new SYN makes it a new incarnation. The challenge may be left out where many were sent.",
        zh: "它可能是伪造的，也可能是发送方已丢失连接而重新打开。接收方以 ACK 说明自己的期望；毫不知情的发送方会先复位再重试。只有\
             SYN-ACK 确认了新的 SYN，才算新的连接。",
    },
    on: Trigger(Trigger::SYN.0),
    guards: Guards::NONE,
    check: syn_in_sync,
    settle: Some(syn_in_sync_settled),
    broken_by: "
# the other resets, as stacks did before RFC 5961
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > S  5000:5000(0)        > ESTABLISHED   ~ syn-in-sync
CLOSED      < R. 301:301(0) ack 101  < CLOSED
",
    kept_by: "
# a challenge ACK
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > S  5000:5000(0)        > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101  < ESTABLISHED
",
    ..RULE
};

fn syn_in_sync(cx: &Context<'_>) -> Verdict {
    if cx.acceptance != Acceptance::ForeignSyn {
        return Verdict::NotApplicable;
    }
    let acked = cx.connection.streams[cx.to].acked.map(|next| (next, cx.connection.facts[cx.to].shown.acked));
    let sent = cx.connection.streams[cx.from].edge.map(|next| (next, cx.connection.facts[cx.from].shown.nxt));
    acked.or(sent).map_or(Verdict::NotApplicable, |(next, shown)| {
        let equation = Equation::equal("SYN seq", cx.segment.seq, next, 0).perhaps_shown_by(shown);
        Verdict::Open(equation, 0, Otherwise::Undecided)
    })
}

fn syn_in_sync_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    if cx.from == question.peer {
        return Settlement::Wait;
    }
    let flags = cx.segment.flags;
    match cx.segment.ack() {
        Some(ack) if flags.syn() && ack == question.equation.found + 1 => {
            Settlement::Now(Verdict::Noted(question.equation, NEW_INCARNATION))
        }
        _ if flags.rst() => Settlement::Now(Verdict::Noted(question.equation, RESET_ANSWER)),
        Some(_) if !flags.syn() && cx.segment.payload_len == 0 => Settlement::Now(Verdict::NotApplicable),
        _ => Settlement::Wait,
    }
}

/// A new incarnation of a 4-tuple: its SYN is confirmed by the SYN-ACK that acknowledges it.
pub static REUSE_CONFIRMED: Rule = Rule {
    id: "reuse-confirmed",
    cite: Citation { rfc: 9293, section: "3.6.1" },
    requirements: &["MAY-2"],
    statement: "new incarnation: SYN-ACK's SEG.ACK = ISS of the new SYN + 1",
    severity: Severity::Note,
    summary: Said {
        en: "a new incarnation is confirmed by its SYN-ACK",
        zh: "复用同一端口对的新连接由其 SYN-ACK 确认",
    },
    explanation: Said {
        en: "The same addresses and ports may be used again, after the last incarnation has ended or its TIME-WAIT allows \
             it. Until a SYN-ACK acknowledges the new SYN it is a candidate, and nothing of the old incarnation is split off.",
        zh: "上一个连接结束后，或在其 TIME-WAIT 允许时，同样的地址和端口可以再次使用。在 SYN-ACK 确认新的 SYN 之前它只是候选，旧连接\
             不会因此被拆开。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: reuse_confirmed,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: "
# A comes back on the port whose connection B closed, with a number above its last
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301       > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101       < FIN-WAIT-1
CLOSE-WAIT  > .  101:101(0) ack 302       > FIN-WAIT-2
LAST-ACK    > F. 101:101(0) ack 302       > TIME-WAIT
CLOSED      < .  302:302(0) ack 102       < TIME-WAIT
SYN-SENT    > S  5000:5000(0) +2.000      > ?
ESTABLISHED < S. 65839:65839(0) ack 5001  < SYN-RECEIVED
ESTABLISHED > .  5001:5001(0) ack 65840   > ESTABLISHED
",
    ..RULE
};

fn reuse_confirmed(cx: &Context<'_>) -> Verdict {
    let Some(ack) = cx.segment.ack() else { return Verdict::NotApplicable };
    let again = cx.connection.earlier.is_some() && cx.connection.handshake[1].is_none();
    match cx.connection.candidates.iter().find(|syn| syn.from == cx.to && syn.is_answered_by(ack)) {
        Some(syn) if again => {
            let name = "SYN-ACK ack";
            let upto = syn.iss + 1 + syn.payload;
            let equation = if ack == syn.iss + 1 {
                Equation::equal(name, ack, syn.iss, 1)
            } else {
                Equation::within(name, ack, syn.iss + 1, upto)
            };
            Verdict::Holds(equation.shown_by(syn.at.frame))
        }
        _ => Verdict::NotApplicable,
    }
}
