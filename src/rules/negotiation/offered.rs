//! What a SYN-ACK may carry because a SYN did: window scale and timestamps. RFC 7323, Sections 2.2 and 3.2.
//!
//! Where no captured SYN did, its sender tells by how it goes on: another SYN of it may have been lost to the capture.

use super::{LOSSES, option_in_the_syn};
use crate::rules::{
    Citation, Context, Level, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict, Why,
};
use crate::tcp::offer::Carried;

const OTHER_SYN: Why = "the opener goes on as if its SYN had offered it: another SYN of it was not captured";

/// A breach waits for what the opener does.
fn left_open(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Broken(equation, _) => Verdict::Open(equation, 0, Otherwise::Undecided),
        other => other,
    }
}

/// The first ordinary segment of the opener tells; one of which options may be cut off does not.
fn by_the_opener(question: &Question, cx: &Context<'_>, as_if_offered: fn(&Context<'_>) -> bool) -> Settlement {
    let ordinary = cx.segment.flags.ack() && !cx.segment.flags.syn() && !cx.segment.flags.rst();
    if cx.from == question.peer || !ordinary || !cx.acceptance.counts_octets() || !cx.segment.has_whole_options() {
        return Settlement::Wait;
    }
    Settlement::Now(if as_if_offered(cx) {
        Verdict::Undecided(question.equation, OTHER_SYN)
    } else {
        Verdict::Broken(question.equation, Severity::Violation)
    })
}

fn ts_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    by_the_opener(question, cx, |cx| cx.segment.options.timestamps().is_some())
}

fn ws_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    by_the_opener(question, cx, |cx| {
        let offered = cx.connection.offers(cx.from).any(|syn| syn.terms.timestamps == Carried::Yes);
        let stamped = cx.segment.options.timestamps().is_some() && !offered;
        // With a scale the number in the field falls behind the SYN, in which no window is scaled.
        stamped || u32::from(cx.segment.window) < cx.connection.facts[cx.from].window.largest
    })
}

pub(super) static WS: Rule = Rule {
    id: "neg-ws-offered",
    cite: Citation { rfc: 7323, section: "2.2" },
    level: Level::Must,
    statement: "window scale in the SYN-ACK: window scale in the SYN",
    severity: Severity::Violation,
    summary: Said {
        en: "a SYN-ACK scales windows only if the SYN did", zh: "SYN 带窗口扩大选项，SYN-ACK 才可带"
    },
    explanation: Said {
        en: "Windows are scaled if both SYNs say so; the answer may say so only where the question did. An opener that did \
             not ask may ignore it or misread every later window. A proxy that answers SYNs for a server, or a device that \
             strips options in one direction, can be the cause. SYNs repeated with fewer options are all considered; where \
             the opener goes on as if it had asked, the capture does not hold the SYN with which it did.",
        zh: "双方的 SYN 都带此选项时才扩大窗口；对方没有提出，应答中就不得带。没有提出的发起方可能忽略它，也可能误读之后的每个窗口。\
             原因可能是代替服务器应答 SYN 的代理，或单向删除选项的设备。以较少选项重发的 SYN 均已考虑；发起方若像提出过一样继续，说明未捕获到带选项的 SYN。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: LOSSES.and(super::super::Guards::ANEW),
    check: |cx| {
        if cx.segment.options.window_scale().is_none() {
            return Verdict::NotApplicable;
        }
        left_open(option_in_the_syn(cx, "SYNs with a window scale", |terms| terms.shift.is_some(), Severity::Violation))
    },
    settle: Some(ws_settled),
    broken_by: "
# an answer to nothing, and A's window is what it was
SYN-SENT    > S  100:100(0)                      > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <wscale 7>   < SYN-RECEIVED   ! neg-ws-offered
ESTABLISHED > .  101:101(0) ack 301              > ESTABLISHED
",
    kept_by: "
# the first SYN asked, the second gave it up
SYN-SENT    > S  100:100(0) <wscale 7>           > LISTEN
SYN-SENT    > S  100:100(0) +1                   > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <wscale 7>   < SYN-RECEIVED
",
    ..RULE
};

pub(super) static TS: Rule = Rule {
    id: "neg-ts-offered",
    cite: Citation { rfc: 7323, section: "3.2" },
    level: Level::Must,
    statement: "timestamps in the SYN-ACK: timestamps in the SYN",
    severity: Severity::Violation,
    summary: Said {
        en: "a SYN-ACK carries timestamps only if the SYN did", zh: "SYN 带时间戳，SYN-ACK 才可带"
    },
    explanation: Said {
        en: "Timestamps are used if both SYNs carry them; an answer may carry them only where the SYN that it answers did. \
             Where SYNs cross, each side repeats its own, so nothing is judged. SYNs repeated with fewer options are all \
             considered; where the opener goes on with timestamps, the capture does not hold the SYN that offered them.",
        zh: "双方的 SYN 都带时间戳时才使用；所应答的 SYN 没有带，应答就不得带。SYN 交叉时双方各自重发自己的 SYN，不作判断。\
             以较少选项重发的 SYN 均已考虑；发起方若随后使用时间戳，说明未捕获到带时间戳的 SYN。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: LOSSES.and(super::super::Guards::ANEW),
    check: |cx| {
        if cx.segment.options.timestamps().is_none() {
            return Verdict::NotApplicable;
        }
        left_open(option_in_the_syn(
            cx,
            "SYNs with timestamps",
            |terms| terms.timestamps == Carried::Yes,
            Severity::Violation,
        ))
    },
    settle: Some(ts_settled),
    broken_by: "
# an answer to nothing, and A knows nothing of timestamps
SYN-SENT    > S  100:100(0)                                   > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 0>        < SYN-RECEIVED   ! neg-ts-offered
ESTABLISHED > .  101:101(0) ack 301                           > ESTABLISHED
",
    kept_by: "
# SYNs cross: each repeats its own
SYN-SENT     > S  100:100(0)                                  > LISTEN
SYN-RECEIVED < S  300:300(0) <TS val 900 ecr 0>               < SYN-SENT
ESTABLISHED  < S. 300:300(0) ack 101 <TS val 901 ecr 0>       < SYN-RECEIVED
",
    ..RULE
};
