//! What SYNs agree on: window scale, timestamps, SACK, and how SYNs of one attempt differ. RFC 7323, RFC 2018.
//!
//! Segment sizes, ECN and fast open are in the files beside it.

pub mod ecn;
pub mod extensions;
pub mod offered;
pub mod size;

use super::equation::{Equation, Relation};
use super::{Citation, Context, Guards, Level, Needs, RULE, Rule, Said, Severity, Tells, Trigger, Verdict, Why};
use crate::tcp::offer::{Agreed, Offer, Read, Sack, Terms};
use crate::tcp::stream::MAX_SHIFT;

/// This family.
pub static RULES: &[&Rule] = &[
    &offered::WS,
    &WS_RANGE,
    &offered::TS,
    &TS_EVERY,
    &TS_NONE,
    &SACK_OFFERED,
    &SYN_VARIANTS,
    &size::BOUND,
    &size::DEFAULT,
    &size::SANE,
    &ecn::SETUP,
    &ecn::REXMIT,
    &extensions::TFO_COOKIE,
    &extensions::MPTCP,
];

/// A SYN-ACK may answer a SYN that the capture lost.
const LOSSES: Guards = Guards::UNVERIFIABLE.and(Guards::GAP);

const BARE_PROBE: Why = "a keep-alive: some stacks, Apple's among them, make it without options";
const OPTIONS_CUT: Why = "the capture cut the options of a SYN: what was not captured may have been among them";
const FELL_BACK: Why =
    "sent again with other options: its sender gives up an extension that something may have swallowed";

/// The captured SYNs that a SYN-ACK answers; empty where its sender repeats a SYN of its own (a simultaneous open).
fn answered<'c>(cx: &Context<'c>) -> impl Iterator<Item = &'c Offer> + Clone {
    let crossed = cx.connection.endpoints[cx.from].sent_bare_syn();
    let ack = cx.segment.ack().filter(|_| !crossed);
    let mut syns = cx.connection.candidates.iter().rev().filter(|syn| syn.from == cx.to);
    let iss = ack.and_then(|ack| syns.find(|syn| syn.is_answered_by(ack))).map(|syn| syn.iss);
    let offers = cx.connection.facts[cx.to].offers.variants.iter();
    offers.filter(move |offer| offer.ack.is_none() && Some(offer.iss) == iss)
}

/// Whether one of the SYNs that a SYN-ACK answers had what the SYN-ACK has.
fn in_the_syn(cx: &Context<'_>, name: &'static str, has: impl Fn(&Terms) -> bool, severity: Severity) -> Verdict {
    let syns = answered(cx);
    let Some(shown) = syns.clone().next() else { return Verdict::NotApplicable };
    let with = syns.filter(|syn| has(&syn.terms)).count();
    let equation = Equation::count(name, u32::try_from(with).unwrap_or(0), Relation::AtLeast, 1).shown_by(shown.frame);
    if with > 0 { Verdict::Holds(equation) } else { Verdict::Broken(equation, severity) }
}

/// The same of an option; where a SYN's options are cut, what was not seen may have been there.
fn option_in_the_syn(
    cx: &Context<'_>,
    name: &'static str,
    has: impl Fn(&Terms) -> bool,
    severity: Severity,
) -> Verdict {
    match in_the_syn(cx, name, has, severity) {
        Verdict::Broken(equation, _) if answered(cx).any(|syn| syn.terms.read == Read::Part) => {
            Verdict::Undecided(equation, OPTIONS_CUT)
        }
        other => other,
    }
}

static WS_RANGE: Rule = Rule {
    id: "neg-ws-range",
    cite: Citation { rfc: 7323, section: "2.3" },
    level: Level::Must,
    statement: "window scale =< 14",
    severity: Severity::Violation,
    summary: Said { en: "a window scale is at most 14", zh: "窗口扩大因子不超过 14" },
    explanation: Said {
        en: "A larger window than a gigabyte would span half the ring of sequence numbers, where old and new cannot be told \
             apart. A receiver uses 14 instead of a larger number, and logs the error; so does synfin.",
        zh: "大于 1 GB 的窗口会跨越半个序列号环，新旧无法区分。接收方遇到更大的数值时按 14 使用并记录错误，synfin 也是如此。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0),
    guards: Guards::UNVERIFIABLE,
    check: |cx| match cx.segment.options.window_scale() {
        Some(shift) => {
            let equation = Equation::count("window scale", shift.into(), Relation::AtMost, MAX_SHIFT.into());
            if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Broken(equation, Severity::Violation) }
        }
        None => Verdict::NotApplicable,
    },
    broken_by: "
# one too many
SYN-SENT    > S  100:100(0) <wscale 15> > LISTEN   ! neg-ws-range
",
    kept_by: "
# the largest
SYN-SENT    > S  100:100(0) <wscale 14> > LISTEN
",
    ..RULE
};

static TS_EVERY: Rule = Rule {
    id: "neg-ts-every",
    cite: Citation { rfc: 7323, section: "3.2" },
    level: Level::Must,
    statement: "timestamps agreed on: every segment but a RST carries them",
    severity: Severity::Violation,
    summary: Said {
        en: "once agreed on, timestamps stand in every segment", zh: "协商时间戳后，每个报文段都带时间戳"
    },
    explanation: Said {
        en: "Both SYNs carried timestamps, so every later segment but a RST must; a receiver may drop one without. What \
             lacks them was often not sent by the peer at all but put in between by somebody else; a device that strips \
             options and a proxy that answered the SYN do it too. Only the first such segment of each side is reported.",
        zh: "双方的 SYN 都带时间戳，因此之后除 RST 外每个报文段都必须带；接收方可以丢弃不带的报文段。不带时间戳的报文段往往并非对端所发，\
             而是他人插入的；删除选项的设备、代为应答 SYN 的代理也会如此。每一方只报告第一个。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    check: ts_every,
    tells: Tells::First,
    broken_by: "
# data without timestamps
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301                      > ESTABLISHED   ! neg-ts-every
ESTABLISHED > P. 106:111(5) ack 301                      > ESTABLISHED
",
    kept_by: "
# a RST may do without
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
CLOSED      > R. 101:101(0) ack 301                      > CLOSED
",
    ..RULE
};

fn ts_every(cx: &Context<'_>) -> Verdict {
    let carried = cx.segment.options.timestamps().is_some();
    if (!carried && !cx.segment.has_whole_options()) || cx.connection.timestamps_agreed() != Agreed::Yes {
        return Verdict::NotApplicable;
    }
    let equation = Equation::count("timestamps options", carried.into(), Relation::Equal, 1);
    if carried {
        return Verdict::Holds(equation);
    }
    let probes = cx.connection.streams[cx.from].nxt == Some(cx.segment.seq + 1) && cx.segment.payload_len <= 1;
    if probes {
        return Verdict::Noted(shown_by_both(equation, cx), BARE_PROBE);
    }
    Verdict::Broken(shown_by_both(equation, cx), Severity::Violation)
}

/// The equation with the frames of both sides' offers.
fn shown_by_both(equation: Equation, cx: &Context<'_>) -> Equation {
    let frame = |peer| cx.connection.offers(peer).next().map(|offer| offer.frame);
    equation.perhaps_shown_by(frame(cx.from)).perhaps_shown_by(frame(cx.to))
}

static TS_NONE: Rule = Rule {
    id: "neg-ts-none",
    cite: Citation { rfc: 7323, section: "3.2" },
    level: Level::Must,
    statement: "timestamps not agreed on: no segment carries them",
    severity: Severity::Anomaly,
    summary: Said {
        en: "where not agreed on, no segment carries timestamps",
        zh: "未协商时间戳时，报文段不得带时间戳",
    },
    explanation: Said {
        en: "At least one SYN carried no timestamps, so none may follow; receivers ignore them. A device that strips \
             options from SYNs only, or a proxy that opened the connection for another host, leaves this behind. Only the \
             first such segment of each side is reported.",
        zh: "至少一方的 SYN 没有带时间戳，之后就不得出现；接收方会忽略它们。只删除 SYN 中选项的设备，或代替其他主机打开连接的代理会造成\
             这种情况。每一方只报告第一个。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    check: ts_none,
    tells: Tells::First,
    broken_by: "
# timestamps out of nothing
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                      < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 0>   > ESTABLISHED   ! neg-ts-none
ESTABLISHED > P. 101:106(5) ack 301 <TS val 702 ecr 0>   > ESTABLISHED
",
    kept_by: "
# offered, not taken up, left out
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101                      < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                      > ESTABLISHED
",
    ..RULE
};

fn ts_none(cx: &Context<'_>) -> Verdict {
    let carried = cx.segment.options.timestamps().is_some();
    if !carried || cx.connection.timestamps_agreed() != Agreed::No {
        return Verdict::NotApplicable;
    }
    let equation = Equation::count("timestamps options", 1, Relation::Equal, 0);
    Verdict::Broken(shown_by_both(equation, cx), Severity::Anomaly)
}

static SACK_OFFERED: Rule = Rule {
    id: "neg-sack-offered",
    cite: Citation { rfc: 2018, section: "4" },
    level: Level::Must,
    statement: "SACK option: the other's SYN permitted it",
    severity: Severity::Violation,
    summary: Said {
        en: "blocks are acknowledged only to a peer that permitted it", zh: "对方允许 SACK 才可发送 SACK"
    },
    explanation: Said {
        en: "A SYN says that its sender takes selective acknowledgments; without it none must be sent to that sender. \
             Where a device strips the permission on its way, the two sides believe different things, and the sender of \
             the blocks is right by what it received: then the tap lies behind the device. Only the first such segment of \
             each side is reported.",
        zh: "SYN 声明其发送方接受选择确认；没有声明，就不得向它发送。若途中设备删去了该选项，双方的认识就会不同。每一方只报告第一个。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::OPTIONS,
    check: sack_offered,
    tells: Tells::First,
    broken_by: "
# B never said that it takes blocks
SYN-SENT    > S  100:100(0) <sackOK>            > LISTEN
ESTABLISHED < S. 300:300(0) ack 101             < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301             > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101             < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED   ! neg-sack-offered
ESTABLISHED < P. 301:306(5) ack 101             < ESTABLISHED
",
    kept_by: "
# A need not say so for B to be sent blocks
SYN-SENT    > S  100:100(0)                     > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301             > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101             < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101             < ESTABLISHED
",
    ..RULE
};

fn sack_offered(cx: &Context<'_>) -> Verdict {
    if cx.segment.options.are_plain() || cx.segment.options.sack_blocks().next().is_none() {
        return Verdict::NotApplicable;
    }
    let mut offers = cx.connection.offers(cx.to);
    let Some(first) = offers.next() else { return Verdict::NotApplicable };
    let permits = |offer: &Offer| offer.terms.sack == Sack::Permitted;
    let permitted = permits(first) || offers.any(permits);
    let equation = Equation::count("SYNs of the other that permit SACK", permitted.into(), Relation::AtLeast, 1);
    if permitted {
        Verdict::Holds(equation)
    } else if cx.connection.offers(cx.to).any(|offer| offer.terms.read == Read::Part) {
        Verdict::Undecided(equation.shown_by(first.frame), OPTIONS_CUT)
    } else {
        Verdict::Broken(equation.shown_by(first.frame), Severity::Violation)
    }
}

static SYN_VARIANTS: Rule = Rule {
    id: "neg-syn-variants",
    cite: Citation { rfc: 7413, section: "4.2.1" },
    also: &[Citation { rfc: 3168, section: "6.1.1.1" }, Citation { rfc: 8684, section: "3.1" }],
    level: Level::May,
    statement: "SYN again: the same options and ECN flags",
    summary: Said { en: "a SYN that is repeated offers the same", zh: "重发的 SYN 与之前的选项相同" },
    explanation: Said {
        en: "A sender that gets no answer may leave out extensions, in the belief that something on the way drops SYNs \
             that carry them: fast open, ECN, MPTCP, MD5 or timestamps. That is legal and worth knowing: it names what \
             the sender suspects, and the handshake took longer for it.",
        zh: "得不到应答的发送方可以去掉扩展（快速打开、ECN、MPTCP、时间戳等），因为途中设备可能丢弃带有它们的 SYN。这是合法的，\
             值得了解：它说明发送方的怀疑所在，握手也因此变长。",
    },
    on: Trigger(Trigger::SYN.0),
    guards: Guards::NONE,
    check: syn_variants,
    broken_by: "
# the second SYN does without ECN
SYN-SENT    > SEW 100:100(0) <mss 1460>    > LISTEN
SYN-SENT    > S   100:100(0) <mss 1460> +1 > LISTEN   ~ neg-syn-variants
",
    kept_by: "
# the clock has gone on, no more
SYN-SENT    > S   100:100(0) <mss 1460,TS val 700 ecr 0>     > LISTEN
SYN-SENT    > S   100:100(0) <mss 1460,TS val 1700 ecr 0> +1 > LISTEN
",
    ..RULE
};

fn syn_variants(cx: &Context<'_>) -> Verdict {
    let terms = Terms::of(cx.segment);
    let mut known = cx.connection.facts[cx.from].offers.syns(cx.segment.seq);
    let Some(first) = known.next() else { return Verdict::NotApplicable };
    let size = u32::from(terms.octets);
    let same = |it: &Offer| it.terms == terms;
    if same(first) || known.any(same) {
        return Verdict::Holds(Equation::count("octets of options", size, Relation::Equal, size));
    }
    let of = first.terms;
    if of.read == Read::Part || terms.read == Read::Part {
        return Verdict::NotApplicable;
    }
    let equation = if of.ecn_flags() != terms.ecn_flags() {
        Equation::flags("ECN flags", terms.ecn_flags(), Relation::Equal, of.ecn_flags())
    } else if of.octets != terms.octets {
        Equation::count("octets of options", size, Relation::Equal, of.octets.into())
    } else {
        Equation::count("MSS", terms.mss.unwrap_or(0).into(), Relation::Equal, of.mss.unwrap_or(0).into())
    };
    Verdict::Noted(equation.shown_by(first.frame), FELL_BACK)
}
