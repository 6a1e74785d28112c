//! The TCP header but for its options: flags that exclude each other, fields without meaning, addresses. RFC 9293,
//! Section 3.1.

use super::equation::{Equation, Relation};
use super::{
    Citation, Context, Guards, Level, Needs, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger,
    Verdict, Why,
};
use crate::wire::checksum::Checksum;
use crate::wire::segment::{Flags, Wholeness};
use std::net::IpAddr;

/// This family.
pub static RULES: &[&Rule] = &[&RESERVED, &FLAGS_IMPOSSIBLE, &ACK_PRESENT, &ACK_ZERO_FIELD, &URG, &BAD_ADDRESS];

const WRONG_SUM: Why = "its checksum is wrong: these may not be the octets that its sender sent";
const ANSWERED: Why = "it is answered like the SYN of one host: the addresses were changed after the capture";
const RESERVED_SET: Why = "bits that no flag uses yet: an experiment, a scan, or something that marks segments";
const UNUSED_ACK: Why = "without ACK the field has no meaning, and its sender left something in it";
const UNUSED_URGENT: Why = "without URG the pointer has no meaning, and its sender left something in it";
const NOTHING_URGENT: Why = "the pointer names the segment's own first octet: nothing in it is urgent";
const ONE_SOCKET: Why = "both ends are one address and port: a socket connected to itself, or a SYN forged to make its receiver answer itself";

/// A breach that the header's own octets show, unless its checksum says that they may not be its sender's.
pub(super) fn charged(cx: &Context<'_>, equation: Equation, severity: Severity) -> Verdict {
    match cx.segment.checksum {
        Checksum::Wrong => Verdict::Undecided(equation, WRONG_SUM),
        Checksum::Right | Checksum::Partial | Checksum::Unknown => Verdict::Broken(equation, severity),
    }
}

static RESERVED: Rule = Rule {
    id: "hdr-reserved",
    cite: Citation { rfc: 9293, section: "3.1" },
    also: &[Citation { rfc: 9768, section: "3.1.1" }],
    statement: "the bits that no registered flag uses = 0",
    summary: Said { en: "the reserved bits of the header are zero", zh: "首部的保留位为零" },
    explanation: Said {
        en: "Of the four bits that RFC 9293 reserves one has become the AE flag of accurate ECN; three remain, to be sent \
             as zero and ignored on receipt. Whoever sets one experiments, scans, or marks segments for a device on the \
             way. It harms nobody who follows the rules.",
        zh: "RFC 9293 保留的四个位中，一个已成为精确 ECN 的 AE 标志，其余三个应以零发送，接收时忽略。置位者可能是在试验、扫描，\
             或为途中设备做标记。对遵守规则的一方没有影响。",
    },
    on: Trigger::EVERY,
    needs: Needs::HEADER,
    guards: Guards::UNVERIFIABLE,
    check: |cx| match u32::from(cx.segment.flags.reserved()) {
        0 => Verdict::NotApplicable,
        bits => Verdict::Noted(Equation::count("reserved bits", bits, Relation::Equal, 0), RESERVED_SET),
    },
    broken_by: "
# one of the three is set
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 {reserved 4} > ESTABLISHED   ~ hdr-reserved
",
    kept_by: "
# the bit beside them is AE
SYN-SENT    > SEWe 100:100(0)        > LISTEN
ESTABLISHED < S.   300:300(0) ack 101 < SYN-RECEIVED
",
    ..RULE
};

static FLAGS_IMPOSSIBLE: Rule = Rule {
    id: "hdr-flags-impossible",
    cite: Citation { rfc: 9293, section: "3.10.7" },
    statement: "of SYN, FIN and RST at most one is set",
    severity: Severity::Anomaly,
    summary: Said { en: "SYN, FIN and RST exclude each other", zh: "SYN、FIN、RST 三者至多置一个" },
    explanation: Said {
        en: "A SYN opens, a FIN closes one direction, a RST ends both at once: no state of RFC 9293 sends two of them in \
             one segment. SYN with FIN comes from scanners, and from the withdrawn T/TCP, which a receiver may tolerate; \
             FIN with RST from a few stacks that abort while they close.",
        zh: "SYN 打开连接，FIN 关闭一个方向，RST 立即终止两个方向：RFC 9293 的任何状态都不会在一个报文段中同时发送其中两个。\
             SYN 加 FIN 来自扫描器，或已废止的 T/TCP（接收方可以容忍）；FIN 加 RST 来自少数在关闭时中止的协议栈。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0 | Trigger::RST.0),
    guards: Guards::UNVERIFIABLE,
    check: flags_impossible,
    broken_by: "
# a FIN in a RST
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
CLOSED      > FR. 101:101(0) ack 301 > CLOSED   ! hdr-flags-impossible
",
    kept_by: "
# a RST after a FIN
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
FIN-WAIT-1  > F.  101:101(0) ack 301 > CLOSE-WAIT
CLOSED      > R.  102:102(0) ack 301 > CLOSED
",
    ..RULE
};

fn flags_impossible(cx: &Context<'_>) -> Verdict {
    let found = Flags(cx.segment.flags.0 & 0b111);
    let equation = Equation::flags("flags", found, Relation::Unequal, found);
    if found.0.count_ones() > 1 { charged(cx, equation, Severity::Anomaly) } else { Verdict::NotApplicable }
}

static ACK_PRESENT: Rule = Rule {
    id: "hdr-ack-present",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    also: &[Citation { rfc: 9293, section: "3.1" }],
    statement: "neither SYN nor RST: ACK is set",
    severity: Severity::Violation,
    summary: Said {
        en: "a segment that neither opens nor resets acknowledges",
        zh: "既非 SYN 也非 RST 的报文段必须带 ACK",
    },
    explanation: Said {
        en: "Only the first SYN and some RSTs come before there is anything to acknowledge. Every other segment carries an \
             acknowledgment, and a receiver drops one that does not. No stack sends such segments; scanners do, to tell \
             systems apart, and devices that cut text out of a header.",
        zh: "只有首个 SYN 和部分 RST 发出时还没有可确认的内容。其他报文段都带确认，接收方会丢弃不带确认的报文段。没有协议栈会这样发送；\
             扫描器用它识别系统。",
    },
    on: Trigger(Trigger::NAKED.0),
    guards: Guards::UNVERIFIABLE,
    check: |cx| {
        let found = Flags(cx.segment.flags.0 & 0b01_0110);
        let equation = Equation::flags("SYN, RST and ACK", found, Relation::Unequal, Flags(0));
        charged(cx, equation, Severity::Violation)
    },
    broken_by: "
# data without an acknowledgment
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P   101:106(5)         > ESTABLISHED   ! hdr-ack-present
",
    kept_by: "
# a RST may do without
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
CLOSED      > R   101:101(0)         > CLOSED
",
    ..RULE
};

static ACK_ZERO_FIELD: Rule = Rule {
    id: "hdr-ack-zero-field",
    cite: Citation { rfc: 9293, section: "3.1" },
    level: Level::Practice,
    statement: "ACK not set: the acknowledgment field = 0",
    summary: Said {
        en: "a segment without ACK has nothing in its acknowledgment field",
        zh: "不带 ACK 的报文段，其确认号字段为零",
    },
    explanation: Said {
        en: "The field has no meaning without the flag, and receivers ignore it; current stacks leave zero there. Another \
             number tells of an old stack, of a device that made the segment, or of a scanner that hides a mark in it.",
        zh: "没有该标志时字段没有意义，接收方会忽略；现今的协议栈在此填零。其他数值说明是旧协议栈、由中间设备生成，或扫描器藏入的标记。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::RST.0 | Trigger::NAKED.0),
    guards: Guards::UNVERIFIABLE,
    check: |cx| {
        let found = cx.segment.raw_ack;
        if cx.segment.flags.ack() || found == 0 {
            return Verdict::NotApplicable;
        }
        Verdict::Noted(Equation::count("acknowledgment field", found, Relation::Equal, 0), UNUSED_ACK)
    },
    broken_by: "
# a SYN with a number in the field
SYN-SENT    > S  100:100(0) {ack-field 77} > LISTEN   ~ hdr-ack-zero-field
",
    kept_by: "
# a SYN without
SYN-SENT    > S  100:100(0)                > LISTEN
",
    ..RULE
};

static URG: Rule = Rule {
    id: "hdr-urg",
    cite: Citation { rfc: 9293, section: "3.8.5" },
    also: &[Citation { rfc: 9293, section: "3.1" }],
    requirements: &["MUST-62"],
    level: Level::Must,
    statement: "URG set: the urgent pointer >= 1; URG not set: it = 0",
    summary: Said {
        en: "the urgent pointer points behind urgent octets, or is zero",
        zh: "紧急指针指向紧急数据之后的字节，否则为零",
    },
    explanation: Said {
        en: "The pointer counts from the segment's first octet to the first one that is not urgent any more, so with URG it \
             is at least 1 while anything is urgent; the octets may come in later segments. Without URG it has no meaning \
             and receivers ignore it. Neither case charges anybody: old stacks disagreed by one on where it points.",
        zh: "紧急指针从本报文段首字节数到第一个不再紧急的字节，因此只要还有紧急数据，带 URG 时它至少为 1；这些字节可以在后续报文段中。\
             没有 URG 时它没有意义，接收方会忽略。两种情况都不归咎于任何一方：旧协议栈对其指向曾相差一个字节。",
    },
    on: Trigger::EVERY,
    needs: Needs::HEADER,
    guards: Guards::UNVERIFIABLE,
    check: urg,
    broken_by: "
# URG, and nothing urgent
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P.U 101:106(5) ack 301 > ESTABLISHED   ~ hdr-urg
",
    kept_by: "
# one urgent octet
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < S.  300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P.U 101:106(5) ack 301 {urgent 1} > ESTABLISHED
",
    ..RULE
};

fn urg(cx: &Context<'_>) -> Verdict {
    let (urgent, pointer) = (cx.segment.flags.urg(), u32::from(cx.segment.urgent));
    // The pointer is the header's last field, and old captures hold less.
    if (!urgent && pointer == 0) || cx.segment.wholeness == Wholeness::CutByCapture {
        return Verdict::NotApplicable;
    }
    let least = Equation::count("urgent pointer", pointer, Relation::AtLeast, 1);
    match (urgent, pointer) {
        (true, 0) => Verdict::Noted(least, NOTHING_URGENT),
        (true, _) => Verdict::Holds(least),
        (false, _) => Verdict::Noted(Equation::count("urgent pointer", pointer, Relation::Equal, 0), UNUSED_URGENT),
    }
}

static BAD_ADDRESS: Rule = Rule {
    id: "hdr-bad-address",
    cite: Citation { rfc: 9293, section: "3.9.2.3" },
    requirements: &["MUST-46", "MUST-57", "MUST-63"],
    level: Level::Must,
    statement: "SYN: from one host, to one host",
    severity: Severity::Violation,
    summary: Said {
        en: "a SYN goes from one host to one other, not to many",
        zh: "SYN 从一台主机发往另一台主机，而非广播或多播",
    },
    explanation: Said {
        en: "A connection has two ends, so a TCP must not open one to a broadcast or multicast address, and must ignore a \
             SYN to or from one. Such a SYN is made by hand or by a fault, never by connect(). Where both ends are the \
             same address and port, it may be a socket that has connected to itself, which is legal, or a forged SYN that \
             is to make its receiver answer itself: that is only noted. Where a SYN-ACK answers, the addresses were changed \
             after the capture, and it is undecided. Directed broadcast cannot be told by address.",
        zh: "连接有两端，所以 TCP 不得向广播或多播地址打开连接，也必须忽略与这类地址有关的 SYN。这种 SYN 出自手工构造或故障，\
             不会来自 connect()。若两端的地址和端口相同，可能是套接字与自身连接（合法），也可能是伪造的 SYN，\
             意在使接收方应答自己：此时仅作记录。若有 SYN-ACK 应答，说明地址在抓包之后被改写，存疑。定向广播无法从地址看出。",
    },
    on: Trigger(Trigger::SYN.0),
    guards: Guards::UNVERIFIABLE,
    check: bad_address,
    settle: Some(bad_address_settled),
    broken_by: "
# a SYN to all hosts
SYN-SENT    > S  100:100(0) {multicast} > ?   ! hdr-bad-address
",
    kept_by: "
# a SYN to one
SYN-SENT    > S  100:100(0)             > ?
",
    ..RULE
};

fn bad_address(cx: &Context<'_>) -> Verdict {
    let (from, to) = (cx.segment.path.from, cx.segment.path.to);
    for (name, address) in
        [("first octet of the source address", from.ip()), ("first octet of the destination address", to.ip())]
    {
        let (first, most) = match address {
            IpAddr::V4(address) if address.is_broadcast() || address.is_multicast() => (address.octets()[0], 223),
            IpAddr::V6(address) if address.is_multicast() => (address.octets()[0], 254),
            _ => continue,
        };
        let equation = Equation::count(name, u32::from(first), Relation::AtMost, most);
        return unless_answered(cx, equation);
    }
    if from.ip().is_unspecified() {
        let equation = Equation::count("octets of the source address that are not zero", 0, Relation::AtLeast, 1);
        return unless_answered(cx, equation);
    }
    if from == to && !from.ip().is_loopback() {
        let port = u32::from(from.port());
        return Verdict::Noted(Equation::count("port", port, Relation::Unequal, port), ONE_SOCKET);
    }
    Verdict::NotApplicable
}

fn unless_answered(cx: &Context<'_>, equation: Equation) -> Verdict {
    match charged(cx, equation, Severity::Violation) {
        Verdict::Broken(..) => Verdict::Open(equation, 0, Otherwise::Broken),
        other => other,
    }
}

fn bad_address_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    if cx.from == question.peer || !cx.segment.flags.ack() || cx.segment.flags.rst() {
        return Settlement::Wait;
    }
    Settlement::Now(Verdict::Undecided(question.equation, ANSWERED))
}
