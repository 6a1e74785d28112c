//! Keep-alives and probes of a shut window: RFC 9293, Sections 3.8.4 and 3.8.6.1.
//!
//! Which segment is one is told in `tcp::kind`; the probes' timing and end is in `persist`.

use super::equation::{Equation, Relation};
use super::{
    Citation, Context, Level, Needs, Otherwise, Question, RULE, Rule, Said, Settlement, Trigger, Verdict, Why,
};
use crate::tcp::kind::Kind;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&KA_FORM, &KA_IDLE, &KA_ANSWER, &ZWP_FORM, &ZWP_ANSWER];

const ASKS: Why =
    "it carries nothing new, with nothing outstanding and after a pause: it asks whether the other is there";

static KA_FORM: Rule = Rule {
    id: "ka-form",
    cite: Citation { rfc: 9293, section: "3.8.4" },
    requirements: &["MAY-5", "MAY-6", "SHLD-12", "MUST-26"],
    level: Level::May,
    statement: "SEG.SEQ = SND.NXT - 1, SEG.LEN =< 1, nothing outstanding, the other's window open",
    summary: Said { en: "a keep-alive", zh: "保活报文段" },
    explanation: Said {
        en: "A segment one below SND.NXT is not acceptable, so the other must answer by an acknowledgment; that is its only \
             purpose. One octet of any value may be in it. It is told from a retransmission by what is outstanding: a \
             single octet that was not acknowledged is sent again, not kept alive; and from a probe of a shut window by \
             the other's latest window.",
        zh: "比 SND.NXT 小一的报文段不可接受，对方必须以确认应答，这就是它唯一的目的。其中可以有一个任意的字节。凭有无未确认数据与\
             重传相区分：未被确认的单个字节是重传，不是保活；凭对方最近的窗口与零窗口探测相区分。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: ka_form,
    broken_by: "
# two hours of silence
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +7200.000  > ESTABLISHED   ~ ka-form
ESTABLISHED < .  301:301(0) ack 101            < ESTABLISHED
",
    kept_by: "
# a single octet that nobody acknowledged is sent again, however long it took
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > P. 101:102(1) ack 301            > ESTABLISHED
ESTABLISHED > P. 101:102(1) ack 301 +3.000     > ESTABLISHED   ~ rexmit-rto
",
    ..RULE
};

fn ka_form(cx: &Context<'_>) -> Verdict {
    let (Kind::KeepAlive, Some(nxt)) = (cx.kind, cx.connection.streams[cx.from].nxt) else {
        return Verdict::NotApplicable;
    };
    let shown = cx.connection.facts[cx.from].shown.nxt;
    Verdict::Noted(Equation::equal("SEQ + 1", cx.segment.seq + 1, nxt, 0).perhaps_shown_by(shown), ASKS)
}

const TWO_HOURS: Elapsed = Elapsed::from_secs(7_200);
const CLOCKS: Elapsed = Elapsed::from_ns(7_199_000_000_000);
const CHOSEN: Why = "earlier than two hours: its application or its system set the time";

static KA_IDLE: Rule = Rule {
    id: "ka-idle",
    cite: Citation { rfc: 9293, section: "3.8.4" },
    requirements: &["MUST-26", "MUST-28"],
    level: Level::Must,
    statement: "time since the last segment >= 2 h, unless set otherwise",
    summary: Said { en: "keep-alives begin after two hours of silence", zh: "静默两小时之后才开始保活" },
    explanation: Said {
        en: "Two hours is the default that an application may change, and most that want keep-alives do. Nobody is \
             charged; that a keep-alive comes only when nothing else was sent is what makes it one.",
        zh: "两小时是默认值，应用程序可以更改，需要保活的多半会改。不归咎于任何一方；只在没有发送其他东西时才来，正是保活的特征。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: ka_idle,
    broken_by: "
# thirty seconds
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +30.000    > ESTABLISHED   ~ ka-idle
",
    kept_by: "
# two hours, and then every 75 s, as usual
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +7200.000  > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +75.000    > ESTABLISHED
",
    ..RULE
};

fn ka_idle(cx: &Context<'_>) -> Verdict {
    let facts = &cx.connection.facts;
    let follows = facts[cx.from].sent.as_ref().is_some_and(|sent| sent.keep_alives.is_some());
    if cx.kind != Kind::KeepAlive || follows {
        return Verdict::NotApplicable;
    }
    let last = [cx.from, cx.to].into_iter().filter_map(|peer| facts[peer].last_sent).max_by_key(|last| last.time);
    let Some(last) = last else { return Verdict::NotApplicable };
    let idle = cx.segment.at.since(last.time);
    let wanted = if idle >= CLOCKS { CLOCKS } else { TWO_HOURS };
    let equation = Equation::time("idle", idle, Relation::AtLeast, wanted).shown_by(last.frame);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, CHOSEN) }
}

const UNANSWERED: Why = "no answer was captured: it, or the answer, was lost, or nobody is there";

fn answers(count: u32) -> Equation {
    Equation::count("answers", count, Relation::AtLeast, 1)
}

/// Whether a segment of the other answers what was asked; `wanted` is the acknowledgment that does.
fn answered(question: &Question, cx: &Context<'_>) -> Settlement {
    let wanted = crate::seq::Seq::new(question.number);
    let acks = cx.segment.ack().is_some_and(|ack| wanted.is_at_or_before(ack));
    if cx.from == question.peer || !(cx.segment.flags.rst() || acks) {
        return Settlement::Wait;
    }
    Settlement::Now(Verdict::Holds(answers(1)))
}

static KA_ANSWER: Rule = Rule {
    id: "ka-answer",
    cite: Citation { rfc: 9293, section: "3.8.4" },
    also: &[Citation { rfc: 9293, section: "3.10.7.4" }],
    requirements: &["MUST-29"],
    level: Level::Procedure,
    statement: "a keep-alive is followed by an ACK of SND.NXT, or by a RST",
    summary: Said { en: "a keep-alive is answered", zh: "保活得到应答" },
    explanation: Said {
        en: "A host that still has the connection answers by an acknowledgment, one that has lost it by a RST, one that is \
             gone not at all. An answer may be lost as well, so one that is missing proves nothing, and the other must not \
             be taken for dead at once.",
        zh: "仍有连接的主机以确认应答，已失去连接的以 RST 应答，已不存在的则没有应答。应答也可能丢失，所以缺少一次说明不了什么，\
             也不得立即认为对方已经断开。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: ka_answer,
    settle: Some(answered),
    broken_by: "
# nobody answers
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +7200.000  > ESTABLISHED   ~ ka-answer
",
    kept_by: "
# B is there
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101            < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
ESTABLISHED > .  100:100(0) ack 301 +7200.000  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101            < ESTABLISHED
",
    ..RULE
};

fn ka_answer(cx: &Context<'_>) -> Verdict {
    match (cx.kind, cx.connection.streams[cx.from].nxt) {
        (Kind::KeepAlive, Some(nxt)) => Verdict::Open(answers(0), nxt.get(), Otherwise::Noted(UNANSWERED)),
        _ => Verdict::NotApplicable,
    }
}

const PROBES: Why = "the other's window is shut, and this asks whether it still is";

static ZWP_FORM: Rule = Rule {
    id: "zwp-form",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    requirements: &["MUST-35", "MUST-36"],
    level: Level::Must,
    statement: "the other's latest SEG.WND = 0; SEG.SEQ = SND.UNA or SND.NXT with octets, or SND.UNA - 1 with one at most",
    summary: Said { en: "a probe of a shut window", zh: "零窗口探测" },
    explanation: Said {
        en: "As long as a window is shut its sender must ask, else a lost update would stop both for ever. The RFC's probe \
             carries an octet beyond the edge; Linux sends an empty segment one below SND.UNA, which looks like a \
             keep-alive but for the window. Octets granted before the window was shut may still be on their way and are \
             no probes.",
        zh: "窗口关闭期间，发送方必须探测，否则丢失一次窗口更新就会使双方永远停下。RFC 的探测带一个超出边界的字节；Linux 发送比 \
             SND.UNA 小一的空报文段，除了窗口之外看起来像保活。窗口关闭之前已授予的字节可能还在途中，不是探测。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: zwp_form,
    broken_by: "
# as Linux probes, and as the RFC has it
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED   ~ zwp-form
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  201:202(1) ack 301 +0.400     > ESTABLISHED   ~ zwp-form
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
",
    kept_by: "
# the octets were granted before the window was shut
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:151(50) ack 301           > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 151 win 0      < ESTABLISHED
ESTABLISHED > P. 151:201(50) ack 301           > ESTABLISHED
",
    ..RULE
};

fn zwp_form(cx: &Context<'_>) -> Verdict {
    let (Kind::ZeroWindowProbe, Some(una)) = (cx.kind, cx.connection.streams[cx.to].acked) else {
        return Verdict::NotApplicable;
    };
    let (seq, shut) = (cx.segment.seq, cx.connection.facts[cx.to].window.shut_since);
    let equation = if seq.is_before(una) {
        Equation::equal("SEQ + 1", seq + 1, una, 0)
    } else {
        Equation::at_least("SEQ", seq, una)
    };
    Verdict::Noted(equation.perhaps_shown_by(shut.map(|at| at.frame)), PROBES)
}

static ZWP_ANSWER: Rule = Rule {
    id: "zwp-answer",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    statement: "a probe is followed by an ACK of SND.UNA or more, with the window as it is now",
    summary: Said { en: "a probe of a shut window is answered", zh: "零窗口探测得到应答" },
    explanation: Said {
        en: "The answer tells the window as it is. Some stacks do not answer Linux's empty probe where it looks acceptable \
             to them. As probe and answer may be lost, a missing one proves nothing.",
        zh: "应答告知当前的窗口。有的协议栈在认为 Linux 的空探测可以接受时并不应答。探测和应答都可能丢失，所以缺少应答说明不了什么。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: zwp_answer,
    settle: Some(answered),
    broken_by: "
# nobody answers
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED   ~ zwp-answer
",
    kept_by: "
# B answers, still shut
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
",
    ..RULE
};

fn zwp_answer(cx: &Context<'_>) -> Verdict {
    match (cx.kind, cx.connection.streams[cx.to].acked) {
        (Kind::ZeroWindowProbe, Some(una)) => Verdict::Open(answers(0), una.get(), Otherwise::Noted(UNANSWERED)),
        _ => Verdict::NotApplicable,
    }
}
