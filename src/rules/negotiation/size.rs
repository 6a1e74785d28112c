//! How large segments may be: RFC 9293, Section 3.7.1.
//!
//! Cards cut and join segments beyond a tap on a host, so a segment that is too large was mostly never on the wire: only
//! one that is complete, fits into an Ethernet frame and cannot be put together from smaller ones is charged.

use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Guards, Level, RULE, Rule, Said, Severity, Tells, Trigger, Verdict, Why};
use crate::seq::Seq;
use crate::tcp::connection::Connection;
use crate::tcp::offer::MSS_WITHOUT_LIMIT;
use crate::wire::checksum::Checksum;
use crate::wire::segment::{LengthField, Segment, Wholeness};

const OFFLOAD: Why =
    "larger than one segment may be: a card cuts or joins segments beyond this tap, and the wire carried smaller ones";
const OPTIONS_ALONE: u32 = 40;
/// What an Ethernet frame carries, in octets. What is larger was joined from several, or crossed no Ethernet.
const FRAME: u32 = 1_500;
/// The smallest MSS that leaves room for anything: 68 octets of a datagram less 20 and 40 of headers is less, but no stack
/// sends so little; Linux takes nothing below 48.
const LEAST: u32 = 64;
/// The largest IPv4 datagram less its headers; over IPv6 the payload is 65,535 and only the TCP header goes off.
const MOST_V4: u32 = 65_535 - 40;
const MOST_V6: u32 = 65_535 - 20;

pub(super) static BOUND: Rule = Rule {
    id: "neg-mss-bound",
    cite: Citation { rfc: 9293, section: "3.7.1" },
    also: &[Citation { rfc: 6691, section: "2" }],
    requirements: &["MUST-16", "MUST-14"],
    level: Level::Must,
    statement: "payload + options =< MSS of the receiver",
    severity: Severity::Violation,
    summary: Said { en: "a segment is no larger than its receiver's MSS", zh: "报文段不超过接收方的 MSS" },
    explanation: Said {
        en: "The receiver's SYN says how many octets it takes in one segment; TCP options count. Larger ones mostly show \
             where the capture was taken, not a fault: on a host, before its card cuts them or after it joined them. Such \
             a one is undecided; charged is one whose checksum is right, that fits into an Ethernet frame and is no \
             multiple of anything smaller. Payload that fits by itself while options push it over the limit is an anomaly: \
             the sender forgot to subtract them. Only the first of each side is reported.",
        zh: "接收方的 SYN 声明了单个报文段最多接收多少字节，TCP 选项计算在内。更大的报文段大多说明抓包位置而非故障：在主机上，网卡切分之前\
             或合并之后。这种情况存疑；只有校验和正确、能装入一个以太网帧、且不可能由较小报文段拼成的才归咎。载荷本身不超而加上选项超出，\
             属于异常：发送方忘记减去选项。每一方只报告第一个。",
    },
    on: Trigger(Trigger::DATA.0),
    check: |cx| judge(cx, Source::Named, Severity::Violation),
    tells: Tells::First,
    broken_by: "
# 601 octets to a peer that takes 600
SYN-SENT    > S  100:100(0) <mss 1460>        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 600> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301           > ESTABLISHED
ESTABLISHED > .  101:702(601) ack 301         > ESTABLISHED   ! neg-mss-bound
",
    kept_by: "
# 600
SYN-SENT    > S  100:100(0) <mss 1460>        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 600> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301           > ESTABLISHED
ESTABLISHED > .  101:701(600) ack 301         > ESTABLISHED
",
    ..RULE
};

pub(super) static DEFAULT: Rule = Rule {
    id: "neg-mss-default",
    cite: Citation { rfc: 9293, section: "3.7.1" },
    also: &[Citation { rfc: 9293, section: "3.2" }],
    requirements: &["MUST-15"],
    level: Level::Must,
    statement: "no MSS in the receiver's SYN: payload + options =< 536 (IPv4), 1220 (IPv6)",
    severity: Severity::Anomaly,
    summary: Said {
        en: "without an MSS, segments stay within the default", zh: "未声明 MSS 时，报文段不超过默认值"
    },
    explanation: Said {
        en: "A receiver that names no size is taken to accept what every host must: 536 octets over IPv4, 1,220 over IPv6. \
             RFC 9293 also says, in another place, that without the option any size is allowed, so more is an anomaly, no \
             violation. Where a device strips the option, the sender may have seen it. Segments that a card may have \
             joined are undecided. Only the first of each side is reported.",
        zh: "没有声明大小的接收方，视为接受每台主机都必须接受的大小：IPv4 为 536 字节，IPv6 为 1220 字节。RFC 9293 另一处又说没有该选项时\
             任何大小都可以，所以超出只算异常。可能由网卡合并的报文段存疑。每一方只报告第一个。",
    },
    on: Trigger(Trigger::DATA.0),
    check: |cx| judge(cx, Source::Default, Severity::Anomaly),
    tells: Tells::First,
    broken_by: "
# 1,233 octets to a peer that names no size
SYN-SENT    > S  100:100(0) <mss 1460>        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101           < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301           > ESTABLISHED
ESTABLISHED > .  101:1334(1233) ack 301       > ESTABLISHED   ! neg-mss-default
",
    kept_by: "
# 536
SYN-SENT    > S  100:100(0) <mss 1460>        > LISTEN
ESTABLISHED < S. 300:300(0) ack 101           < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301           > ESTABLISHED
ESTABLISHED > .  101:637(536) ack 301         > ESTABLISHED
",
    ..RULE
};

/// What an endpoint that names no size takes over IPv4, in octets.
const DEFAULT_V4: u16 = 536;
/// The same over IPv6.
const DEFAULT_V6: u16 = 1_220;

/// How large a segment may be: payload and TCP options together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Limit {
    /// Octets.
    octets: u16,
    /// Who says so.
    source: Source,
    /// The frame of the SYN.
    frame: FrameNo,
}

/// Where a limit comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// The MSS option of the receiver's SYN.
    Named,
    /// There was none, so the default holds.
    Default,
}

/// Octets of payload and options: what the limit is about.
fn whole_size(segment: &Segment<'_>) -> u32 {
    segment.payload_len.saturating_add(u32::try_from(segment.options.octets.len()).unwrap_or(0))
}

/// How large a segment may be for `to`; `None` if its SYN was not captured, its SYNs differ, or it sets no limit.
fn limit(connection: &Connection, to: Peer, segment: &Segment<'_>) -> Option<Limit> {
    let (named, frame) = connection.mss(to)?;
    let default = if segment.path.from.is_ipv4() { DEFAULT_V4 } else { DEFAULT_V6 };
    let (octets, source) = named.map_or((default, Source::Default), |octets| (octets, Source::Named));
    (named != Some(MSS_WITHOUT_LIMIT)).then_some(Limit { octets, source, frame })
}

fn judge(cx: &Context<'_>, source: Source, severity: Severity) -> Verdict {
    let Some(Limit { octets, frame, .. }) = limit(cx.connection, cx.to, cx.segment).filter(|it| it.source == source)
    else {
        return Verdict::NotApplicable;
    };
    let (most, found) = (u32::from(octets), whole_size(cx.segment));
    let equation = Equation::count("octets of payload and options", found, Relation::AtMost, most).shown_by(frame);
    if equation.is_true() {
        return Verdict::Holds(equation);
    }
    let payload = cx.segment.payload_len;
    let own = found - payload;
    let headers = if cx.segment.path.from.is_ipv4() { 40 } else { 60 };
    // Payload of a whole number of full segments, with any of the sizes that options leave, may have been joined.
    let joined = |full: u32| full > 0 && payload > full && payload.is_multiple_of(full);
    let possible = || (most.saturating_sub(OPTIONS_ALONE)..=most).any(joined);
    let on_the_wire = cx.segment.checksum == Checksum::Right
        && cx.segment.wholeness == Wholeness::Whole
        && cx.segment.ip.length_left_to_card == LengthField::Stated
        && found + headers <= FRAME
        && !possible();
    match (on_the_wire, payload > most) {
        (true, true) => Verdict::Broken(equation, severity),
        (true, false) if own > 0 => Verdict::Broken(equation, Severity::Anomaly),
        _ => Verdict::Undecided(equation, OFFLOAD),
    }
}

const TINY: Why = "so little per segment is a fault of configuration or an attack on the sender's load";
const HUGE: Why = "more than an IP datagram holds can never be used";

pub(super) static SANE: Rule = Rule {
    id: "neg-mss-sane",
    cite: Citation { rfc: 9293, section: "3.7.1" },
    requirements: &["MUST-67"],
    level: Level::Must,
    statement: "64 =< MSS =< 65495 (IPv4), 65515 (IPv6); 65535 for no limit",
    summary: Said { en: "an MSS is a size that can be used", zh: "MSS 的数值可以使用" },
    explanation: Said {
        en: "The upper bound is what the largest IP datagram holds beside its headers; 65535 means no limit where both \
             sides do jumbograms. The lower bound is ours: an MSS of a few octets makes the other side send thousands of \
             tiny segments, which is a known attack, and most stacks raise it silently. Loopback has some 65,483.",
        zh: "上限是最大的 IP 数据报减去首部；双方支持巨型报文时，65535 表示没有限制。下限由我们设定：只有几个字节的 MSS 会使对方发送大量\
             极小的报文段，这是已知的攻击，多数协议栈会悄悄提高它。环回接口约为 65483。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0),
    guards: Guards::UNVERIFIABLE,
    check: sane,
    broken_by: "
# one octet at a time
SYN-SENT    > S  100:100(0) <mss 1>    > LISTEN   ~ neg-mss-sane
",
    kept_by: "
# loopback
SYN-SENT    > S  100:100(0) <mss 65483> > LISTEN
",
    ..RULE
};

fn sane(cx: &Context<'_>) -> Verdict {
    let Some(size) = cx.segment.options.mss().map(u32::from) else { return Verdict::NotApplicable };
    let most = if cx.segment.path.from.is_ipv4() { MOST_V4 } else { MOST_V6 };
    let equation = Equation::count("MSS", size, Relation::UpTo(Seq::new(most)), LEAST);
    match size {
        0..LEAST => Verdict::Noted(equation, TINY),
        65_535 => Verdict::NotApplicable,
        size if size > most => Verdict::Noted(equation, HUGE),
        _ => Verdict::Holds(equation),
    }
}
