//! Fast open (RFC 7413) and MPTCP (RFC 8684): what a SYN-ACK may carry.

use super::{LOSSES, answered, option_in_the_syn};
use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::offer::{Multipath, Read, Terms};

const NOT_TAKEN_UP: Why = "the other side did not take it up: plain TCP";
const OUT_OF_NOTHING: Why = "no SYN asked for it";

pub(super) static TFO_COOKIE: Rule = Rule {
    id: "neg-tfo-cookie",
    cite: Citation { rfc: 7413, section: "4.2.2" },
    also: &[Citation { rfc: 7413, section: "4.1.1" }],
    statement: "fast open in the SYN-ACK: fast open in the SYN; its cookie >= 4 octets",
    severity: Severity::Anomaly,
    summary: Said { en: "a cookie is given to a SYN that asked for one", zh: "SYN 请求时 SYN-ACK 才给出 cookie" },
    explanation: Said {
        en: "A server hands out a cookie of 4 to 16 octets to a client whose SYN carries the option, empty or with an older \
             cookie. Servers that echo every option they are sent, or send an empty cookie, have been seen.",
        zh: "客户端的 SYN 带有该选项（空的，或带旧 cookie）时，服务器给出 4 到 16 字节的 cookie。有的服务器会原样返回收到的选项，\
             或发送空的 cookie。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: LOSSES,
    check: |cx| {
        let Some(cookie) = cx.segment.options.fast_open() else { return Verdict::NotApplicable };
        match option_in_the_syn(cx, "SYNs with fast open", |terms| terms.cookie.is_some(), Severity::Anomaly) {
            Verdict::Holds(_) if cookie.is_empty() => {
                let equation = Equation::count("octets of the cookie", 0, Relation::AtLeast, 4);
                Verdict::Broken(equation, Severity::Anomaly)
            }
            other => other,
        }
    },
    broken_by: "
# a cookie for nothing
SYN-SENT    > S  100:100(0)                              > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <fo 0102030405060708> < SYN-RECEIVED   ! neg-tfo-cookie
",
    kept_by: "
# asked for
SYN-SENT    > S  100:100(0) <fo>                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <fo 0102030405060708> < SYN-RECEIVED
",
    ..RULE
};

pub(super) static MPTCP: Rule = Rule {
    id: "neg-mptcp",
    cite: Citation { rfc: 8684, section: "3.1" },
    also: &[Citation { rfc: 8684, section: "3.7" }],
    level: Level::Must,
    statement: "MP_CAPABLE in SYN and SYN-ACK, version of the SYN-ACK =< version of the SYN; else plain TCP",
    summary: Said {
        en: "both SYNs carry MP_CAPABLE, or the connection is plain TCP",
        zh: "双方的 SYN 都带 MP_CAPABLE，否则为普通 TCP",
    },
    explanation: Said {
        en: "A SYN with MP_CAPABLE offers MPTCP; a SYN-ACK without it declines, which is how most connections go. A SYN-ACK \
             with it that no SYN asked for, or of a higher version, is mostly an echo of options and of no use. Further \
             subflows (MP_JOIN) are not judged.",
        zh: "SYN 带 MP_CAPABLE 表示提出 MPTCP；SYN-ACK 不带即为拒绝，多数连接如此。没有 SYN 请求而出现的 MP_CAPABLE，或版本更高的，\
             多半是原样返回选项，没有用处。后续子流（MP_JOIN）不作判断。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: LOSSES,
    check: mptcp,
    broken_by: "
# offered, not taken up
SYN-SENT    > S  100:100(0) <kind 30 0181>                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                                < SYN-RECEIVED   ~ neg-mptcp
",
    kept_by: "
# offered and taken up
SYN-SENT    > S  100:100(0) <kind 30 0181>                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <kind 30 01810102030405060708> < SYN-RECEIVED
",
    ..RULE
};

fn mptcp(cx: &Context<'_>) -> Verdict {
    let version = |it: Multipath| match it {
        Multipath::Capable(version) => Some(u32::from(version)),
        Multipath::None | Multipath::Other => None,
    };
    let syns = answered(cx);
    let Some(shown) = syns.clone().next() else { return Verdict::NotApplicable };
    let asked = syns.clone().filter_map(|syn| version(syn.terms.multipath)).max();
    let answer = Terms::of(cx.segment);
    let found = version(answer.multipath);
    let cut = |terms: &Terms| terms.read == Read::Part;
    match (asked, found) {
        (None, None) => Verdict::NotApplicable,
        (Some(_), None) if cut(&answer) => Verdict::NotApplicable,
        (None, Some(_)) if syns.clone().any(|syn| cut(&syn.terms)) => Verdict::NotApplicable,
        (Some(_), None) => {
            let equation = Equation::count("MP_CAPABLE options in the SYN-ACK", 0, Relation::AtLeast, 1);
            Verdict::Noted(equation.shown_by(shown.frame), NOT_TAKEN_UP)
        }
        (None, Some(_)) => {
            let equation = Equation::count("SYNs with MP_CAPABLE", 0, Relation::AtLeast, 1);
            Verdict::Noted(equation.shown_by(shown.frame), OUT_OF_NOTHING)
        }
        (Some(asked), Some(found)) => {
            let equation =
                Equation::count("MPTCP version of the SYN-ACK", found, Relation::AtMost, asked).shown_by(shown.frame);
            if found <= asked { Verdict::Holds(equation) } else { Verdict::Noted(equation, OUT_OF_NOTHING) }
        }
    }
}
