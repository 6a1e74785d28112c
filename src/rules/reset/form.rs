//! What a RST must look like: the one that ABORT sends, the one that answers a segment, and the one that must not be
//! sent. RFC 9293 Sections 3.5.2, 3.5.3, 3.10.5 and 3.10.7.1 to 3.10.7.3.

use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Guards, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::acceptance::{Acceptance, ResetFit};
use crate::tcp::endpoint::{Ended, Spoke};
use crate::tcp::state::State;
use crate::tcp::stream::RECENT_ACKS;
use crate::wire::segment::Flags;

/// This family.
pub static RULES: &[&Rule] =
    &[&RST_SYN_SENT, &RST_FORM_CLOSED, &RST_FORM_ABORT, &RST_ABORT_STATE, &RST_DATA, &RST_TO_RST];

/// The ACK flag.
const ACK: u16 = 16;

const NO_ANSWER: Why = "it does not acknowledge the SYN: its receiver, in SYN-SENT, drops it";
const ACK_TOO: Why = "the number is right, but ACK is set as well: many stacks do that";
const OLD_ACK: Why = "it may answer an older acknowledgment than are remembered";
const HOLE: Why = "octets before it were not captured";
const ABORTS: Why = "in this state ABORT sends nothing: the application gave up a close that was under way, or a stack that \
                     sets ACK in its answers answers something late";
const CARRIES: Why = "a RST may carry data, mostly a text that says why";
const UNKNOWN_SYN: Why = "it may answer a SYN that was not captured";

static RST_SYN_SENT: Rule = Rule {
    id: "rst-syn-sent",
    cite: Citation { rfc: 9293, section: "3.10.7.3" },
    also: &[Citation { rfc: 9293, section: "3.5.3" }, Citation { rfc: 5961, section: "3.2" }],
    statement: "RST to a peer in SYN-SENT: ISS < SEG.ACK =< ISS + 1 + octets of the SYN",
    severity: Severity::Note,
    summary: Said {
        en: "in SYN-SENT only a RST that acknowledges the SYN is obeyed",
        zh: "SYN-SENT 状态只服从确认了其 SYN 的 RST",
    },
    explanation: Said {
        en: "A peer that has sent a SYN and heard nothing knows no sequence number of the other, so the acknowledgment must \
             prove that the RST answers its SYN. One without, or with another number, is dropped, and the SYN is sent \
             again: the port is not refused.",
        zh: "已发出 SYN 而尚未收到应答的一方不知道对方的序列号，因此 RST 必须用确认号证明它应答的是这个 SYN。没有确认号或号码不符的 RST 会\
             被丢弃，SYN 会重发：端口并未拒绝连接。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_syn_sent,
    broken_by: "
# a RST without an acknowledgment
SYN-SENT    > S  100:100(0)          > LISTEN
SYN-SENT    < R  0:0(0)              < ?             ~ rst-syn-sent
SYN-SENT    > S  100:100(0) +1.000   > ?
",
    kept_by: "
# refused
SYN-SENT    > S  100:100(0)          > LISTEN
CLOSED      < R. 0:0(0) ack 101      < CLOSED
",
    ..RULE
};

fn rst_syn_sent(cx: &Context<'_>) -> Verdict {
    if !cx.connection.endpoints[cx.to].is_syn_sent() || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let mut syns = cx.connection.candidates.iter().filter(|syn| syn.from == cx.to);
    let Some(latest) = syns.clone().next_back() else { return Verdict::NotApplicable };
    let Some(ack) = cx.segment.ack() else {
        let wanted = Flags(cx.segment.flags.0 | ACK);
        let equation = Equation::flags("flags of RST", cx.segment.flags, Relation::Equal, wanted);
        return Verdict::Noted(equation.shown_by(latest.at.frame), NO_ANSWER);
    };
    let answered = syns.find(|syn| syn.is_answered_by(ack));
    let of = answered.unwrap_or(latest);
    let equation = Equation::within("RST ack", ack, of.iss + 1, of.iss + 1 + of.payload).shown_by(of.at.frame);
    if answered.is_some() { Verdict::Holds(equation) } else { Verdict::Noted(equation, NO_ANSWER) }
}

static RST_FORM_CLOSED: Rule = Rule {
    id: "rst-form-closed",
    cite: Citation { rfc: 9293, section: "3.10.7.1" },
    also: &[Citation { rfc: 9293, section: "3.5.2" }],
    statement: "RST of a peer without a connection: SEG.SEQ = SEG.ACK of the segment that it answers, no ACK",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a RST that answers a segment takes its number from that segment",
        zh: "应答报文段的 RST，其序列号取自该报文段的确认号",
    },
    explanation: Said {
        en: "Who has no connection knows no numbers; its RST starts at what the segment that it answers acknowledges, and is \
             believed for that. A RST with a number that was never acknowledged is no such answer: something on the way \
             guesses, and often sends several, each further on, to hit the one that counts. Many stacks set ACK as well.",
        zh: "没有连接的一方不知道任何号码，它的 RST 从所应答报文段的确认号开始，也因此被采信。序列号从未被确认过的 RST 不是这样的应答：途中\
             有设备在猜测，常常连发数个、号码递增，以求命中有效的那一个。许多协议栈会同时置 ACK。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::RENUMBERED.and(Guards::GAP).and(Guards::ONE_WAY),
    check: rst_form_closed,
    broken_by: "
# B has reset and B's name is on a second RST, further on
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
CLOSED      < R  301:301(0)          < CLOSED
CLOSED      < R  1761:1761(0)        < CLOSED        ! rst-form-closed
",
    kept_by: "
# B has reset and answers what was on its way
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
CLOSED      < R. 301:301(0) ack 101  < CLOSED
ESTABLISHED > P. 106:111(5) ack 301  > CLOSED
CLOSED      < R  301:301(0)          < CLOSED
",
    ..RULE
};

/// Whether a RST has the form that refuses a segment without ACK.
fn refuses(cx: &Context<'_>) -> bool {
    let own = &cx.connection.streams[cx.from];
    let has_sent_it = own.iss.zip(own.nxt).is_some_and(|(iss, nxt)| cx.segment.seq.is_within(iss, nxt));
    cx.segment.seq.get() == 0 && cx.segment.flags.ack() && !has_sent_it
}

fn rst_form_closed(cx: &Context<'_>) -> Verdict {
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let gone = matches!(cx.connection.endpoints[cx.from].ended, Some(Ended::SentReset(_)));
    let before = cx.connection.facts[cx.from].resets.as_ref().and_then(|resets| resets.last);
    let (Some(before), Some(acked), true) = (before, other.acked, gone) else { return Verdict::NotApplicable };
    let seq = cx.segment.seq;
    let shown = cx.connection.facts[cx.to].shown.acked;
    let shown_by_ack = |equation: Equation| if acked == seq { equation.perhaps_shown_by(shown) } else { equation };
    if other.recent_acks.contains(&Some(seq)) {
        if cx.segment.flags.ack() {
            let wanted = Flags(cx.segment.flags.0 & !ACK);
            let equation = Equation::flags("flags of RST", cx.segment.flags, Relation::Equal, wanted);
            return Verdict::Noted(shown_by_ack(equation).shown_by(before.at.frame), ACK_TOO);
        }
        return Verdict::Holds(shown_by_ack(Equation::equal("RST seq", seq, seq, 0)));
    }
    // The same RST again, the form of ABORT, or a refusal: other rules speak of those.
    if before.seq == seq || own.nxt == Some(seq) || refuses(cx) {
        return Verdict::NotApplicable;
    }
    let equation = Equation::at_most("RST seq", seq, acked).perhaps_shown_by(shown).shown_by(before.at.frame);
    if acked.is_before(seq) {
        return Verdict::Broken(equation, Severity::Anomaly);
    }
    Verdict::Undecided(equation, OLD_ACK)
}

static RST_FORM_ABORT: Rule = Rule {
    id: "rst-form-abort",
    cite: Citation { rfc: 9293, section: "3.10.5" },
    statement: "RST of ABORT: SEG.SEQ = SND.NXT",
    severity: Severity::Anomaly,
    summary: Said { en: "a RST that aborts starts at SND.NXT", zh: "中止连接的 RST 从 SND.NXT 开始" },
    explanation: Said {
        en: "An endpoint that aborts says so at the next number that it would have used; one that has lost the connection \
             takes the number from what it answers. A RST at neither number was made by somebody who does not know where \
             its alleged sender stands. Linux uses the right edge of the window instead where the receiver shrank it.",
        zh: "中止连接的一方使用下一个将要使用的序列号；已丢失连接的一方则取自所应答的报文段。两者都不是的 RST，是由不知道所谓发送方进展的\
             某方制造的。若接收方收缩了窗口，Linux 改用窗口右边界。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::RENUMBERED.and(Guards::GAP).and(Guards::ONE_WAY),
    check: rst_form_abort,
    broken_by: "
# a RST in A's name lies behind what A has sent
SYN-SENT    > S  100:100(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301   > ESTABLISHED
ESTABLISHED > P. 101:201(100) ack 301 > ESTABLISHED
ESTABLISHED > P. 201:301(100) ack 301 > ESTABLISHED
CLOSED      > R. 201:201(0) ack 301   > CLOSED        ! rst-form-abort
",
    kept_by: "
# A aborts
SYN-SENT    > S  100:100(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301   > ESTABLISHED
ESTABLISHED > P. 101:201(100) ack 301 > ESTABLISHED
CLOSED      > R. 201:201(0) ack 301   > CLOSED
",
    ..RULE
};

fn rst_form_abort(cx: &Context<'_>) -> Verdict {
    let state = cx.connection.likely(cx.from);
    let open = matches!(
        state,
        Some(State::Established | State::CloseWait | State::FinWait1 | State::FinWait2 | State::SynReceived)
    );
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (Some(nxt), Acceptance::Reset(fit), true) = (own.nxt, cx.acceptance, open) else {
        return Verdict::NotApplicable;
    };
    let shown = cx.connection.facts[cx.from].shown.nxt;
    let equation = Equation::equal("RST seq", cx.segment.seq, nxt, 0).perhaps_shown_by(shown);
    if equation.is_true() {
        return Verdict::Holds(equation);
    }
    let answers = other.recent_acks.contains(&Some(cx.segment.seq)) || other.acked == Some(cx.segment.seq);
    if answers || refuses(cx) || cx.connection.endpoints[cx.to].is_syn_sent() {
        return Verdict::NotApplicable;
    }
    match fit {
        ResetFit::InWindow => Verdict::Undecided(equation, HOLE),
        ResetFit::Exact | ResetFit::Possible if cx.segment.seq.is_before(nxt) => {
            Verdict::Broken(equation, Severity::Anomaly)
        }
        ResetFit::Exact | ResetFit::Possible => Verdict::Undecided(equation, HOLE),
        ResetFit::Outside | ResetFit::SenderOnly | ResetFit::AnswersUnmatched => Verdict::NotApplicable,
    }
}

static RST_ABORT_STATE: Rule = Rule {
    id: "rst-abort-state",
    cite: Citation { rfc: 9293, section: "3.10.5" },
    statement: "in CLOSING, LAST-ACK and TIME-WAIT: ABORT sends no RST",
    severity: Severity::Note,
    summary: Said {
        en: "after both FINs an abort sends nothing", zh: "双方 FIN 都已发出后，中止不再发送 RST"
    },
    explanation: Said {
        en: "Both sides have closed, so there is nothing to abort: an application that gives up now is simply forgotten. A \
             RST with ACK at SND.NXT is what an abort in an earlier state looks like; here it is mostly a host that clears \
             away its sockets at once, and it may destroy data that was still on its way.",
        zh: "双方都已关闭，没有什么可中止：此时放弃的应用只会被悄然遗忘。位于 SND.NXT 且带 ACK 的 RST 是较早状态下中止的样子；此处多半是主机\
             急于清理套接字，可能毁掉仍在途中的数据。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_abort_state,
    broken_by: "
# B closes second, and aborts at once
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK
CLOSED      < R. 302:302(0) ack 102  < CLOSED        ~ rst-abort-state
",
    kept_by: "
# B aborts in CLOSE-WAIT
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
CLOSED      < R. 301:301(0) ack 102  < CLOSED
",
    ..RULE
};

fn rst_abort_state(cx: &Context<'_>) -> Verdict {
    let closing = matches!(cx.connection.likely(cx.from), Some(State::Closing | State::LastAck | State::TimeWait));
    match cx.connection.streams[cx.from].nxt {
        Some(nxt) if closing && cx.segment.flags.ack() && cx.segment.seq == nxt && cx.from != cx.to => {
            let equation = Equation::equal("RST seq", cx.segment.seq, nxt, 0);
            Verdict::Noted(equation.perhaps_shown_by(cx.connection.facts[cx.from].shown.nxt), ABORTS)
        }
        _ => Verdict::NotApplicable,
    }
}

static RST_DATA: Rule = Rule {
    id: "rst-data",
    cite: Citation { rfc: 9293, section: "3.5.3" },
    requirements: &["SHLD-2"],
    level: Level::Should,
    statement: "RST with octets: allowed",
    severity: Severity::Note,
    summary: Said { en: "a RST may carry data", zh: "RST 可以携带数据" },
    explanation: Said {
        en: "The octets are no part of the stream; receivers should allow for a text that says why the connection was reset. \
             It is rare, and mostly the work of firewalls, or of stacks that forget to empty the segment.",
        zh: "这些字节不属于数据流；接收方应当允许其中是说明复位原因的文本。这很少见，多半出自防火墙，或忘记清空报文段的协议栈。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: |cx| {
        let octets = cx.segment.payload_len;
        if octets == 0 {
            return Verdict::NotApplicable;
        }
        Verdict::Noted(Equation::count("octets in RST", octets, Relation::Unequal, 0), CARRIES)
    },
    broken_by: "
# B says why
SYN-SENT    > S  100:100(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301   > ESTABLISHED
CLOSED      < R. 301:313(12) ack 101  < CLOSED       ~ rst-data
",
    kept_by: "
# B says nothing
SYN-SENT    > S  100:100(0)           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301   > ESTABLISHED
CLOSED      < R. 301:301(0) ack 101   < CLOSED
",
    ..RULE
};

static RST_TO_RST: Rule = Rule {
    id: "rst-to-rst",
    cite: Citation { rfc: 9293, section: "3.10.7.1" },
    also: &[Citation { rfc: 9293, section: "3.5.2" }, Citation { rfc: 9293, section: "3.10.7.2" }],
    statement: "a RST is not answered by a RST",
    severity: Severity::Violation,
    summary: Said { en: "no RST answers a RST", zh: "RST 不得引出 RST" },
    explanation: Said {
        en: "Else two hosts without a connection would answer each other for ever. It is broken only where the numbers fit \
             the other's RST and nothing else that the other sent: a refusal that acknowledges the number of a RST without \
             ACK, or a RST at a number that only a RST acknowledged.",
        zh: "否则两台没有连接的主机会无休止地互相应答。只有当号码仅与对方的 RST 相符、而与对方发送的其他报文段都不符时才判为违反：确认了不带 \
             ACK 的 RST 的序列号，或序列号只被某个 RST 确认过。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::GAP.and(Guards::ANEW),
    check: rst_to_rst,
    broken_by: "
# nobody is at B, and what B's host has to say to A's RST is another
ESTABLISHED > .  500:500(0) ack 900  > ?
CLOSED      > R  500:500(0)          > ?
CLOSED      < R. 0:0(0) ack 500      < CLOSED        ! rst-to-rst
",
    kept_by: "
# B's host answers A's first segment
ESTABLISHED > .  500:500(0) ack 900  > ?
CLOSED      > R  500:500(0)          > ?
CLOSED      < R  900:900(0)          < CLOSED
",
    ..RULE
};

fn rst_to_rst(cx: &Context<'_>) -> Verdict {
    let other = cx.connection.facts[cx.to].resets.as_ref().and_then(|resets| resets.last);
    let (Some(reset), true) = (other, cx.from != cx.to) else { return Verdict::NotApplicable };
    let (own, theirs) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    match (reset.ack, cx.segment.ack()) {
        // A RST without ACK would be answered by a refusal that acknowledges it.
        (None, Some(ack)) if cx.segment.seq.get() == 0 && own.nxt.is_none_or(|nxt| nxt.get() != 0) => {
            let equation =
                Equation { relation: Relation::Unequal, ..Equation::equal("RST ack", ack, reset.seq, reset.len) };
            let to_syn = |syn: &&crate::tcp::connection::Candidate| syn.from == cx.to && syn.is_answered_by(ack);
            if equation.is_true() || cx.connection.candidates.iter().any(|syn| to_syn(&syn)) {
                return Verdict::NotApplicable;
            }
            let equation = equation.shown_by(reset.at.frame);
            // Only of a peer that has shown an open connection before is it known that no SYN is what was refused.
            if cx.connection.endpoints[cx.to].spoke == Spoke::Yes {
                Verdict::Broken(equation, Severity::Violation)
            } else {
                Verdict::Undecided(equation, UNKNOWN_SYN)
            }
        }
        // One with ACK would be answered by a RST at what it acknowledges.
        (Some(acked), None) if acked == cx.segment.seq => {
            let known = theirs.recent_acks.contains(&Some(acked)) || theirs.syn_acked == Some(acked);
            if known || own.nxt.is_none_or(|nxt| nxt == acked) {
                return Verdict::NotApplicable;
            }
            let equation = Equation::equal("RST seq", cx.segment.seq, acked, 0).shown_by(reset.at.frame);
            let equation = Equation { relation: Relation::Unequal, ..equation };
            if theirs.recent_acks.iter().flatten().count() < RECENT_ACKS {
                // It may answer a bare ACK that the capture missed: nothing ever shows that one was there.
                Verdict::Broken(equation, Severity::Anomaly)
            } else {
                Verdict::Undecided(equation, OLD_ACK)
            }
        }
        _ => Verdict::NotApplicable,
    }
}
