//! The syntax of options: their lengths, and in which segments each may stand. RFC 9293, Sections 3.1 and 3.2, and the
//! RFC of each option. What SYNs agree on by them is in `negotiation`.

use super::equation::{Equation, Relation};
use super::header::charged;
use super::{Citation, Context, Guards, Level, Needs, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::wire::options::{OptionFault, TcpOption};
use crate::wire::segment::Flags;

/// This family.
pub static RULES: &[&Rule] =
    &[&LENGTH, &FIXED_SIZE, &EOL_ZERO, &MSS_SYN_ONLY, &WS_SYN_ONLY, &SACKP_SYN_ONLY, &TS_ECR_ZERO, &SACK_WITHOUT_ACK];

/// What a header's octets alone can excuse.
const HEADER: Guards = Guards::UNVERIFIABLE.and(Guards::SNAP);
/// Segments in which only some options may stand.
const NOT_SYN: Trigger = Trigger(Trigger::ORDINARY.0 | Trigger::RST.0 | Trigger::NAKED.0);
const SYN: u16 = 2;

const GARBAGE: Why = "whatever its sender's memory held: receivers stop reading at the end of the options";
const ECHO_IN_SYN: Why = "a SYN has nothing to echo: its sender left a number from an earlier use";

fn octets(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

const fn length_of(kind: u8) -> &'static str {
    match kind {
        2 => "length of the MSS option",
        3 => "length of the window scale option",
        4 => "length of the SACK-permitted option",
        5 => "length of the SACK option",
        8 => "length of the timestamps option",
        30 => "length of the MPTCP option",
        34 => "length of the fast open option",
        _ => "length of the option",
    }
}

static LENGTH: Rule = Rule {
    id: "opt-length",
    cite: Citation { rfc: 9293, section: "3.1" },
    requirements: &["MUST-68", "MUST-7"],
    level: Level::Must,
    statement: "each option but NOP and EOL: 2 =< length =< octets left",
    severity: Severity::Violation,
    summary: Said { en: "an option's length fits into the header", zh: "选项的长度在首部之内" },
    explanation: Said {
        en: "Every option but the two of one octet states its length, kind and length octet included. A length of 0 or 1, \
             or one that leads beyond the header, cannot be read past: receivers drop the rest or the segment. No stack \
             sends it; fuzzers and scanners do, and devices that overwrite options carelessly.",
        zh: "除两个单字节选项外，每个选项都写明自身长度（含类型和长度字节）。长度为 0 或 1，或超出首部，则无法继续解析：接收方会丢弃\
             其余选项或整个报文段。没有协议栈会这样发送；它来自模糊测试、扫描器，或草率改写选项的设备。",
    },
    on: Trigger::EVERY,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: length,
    broken_by: "
# an option of length 0
SYN-SENT    > S  100:100(0) <mss 1460,raw fe000000> > LISTEN   ! opt-length
",
    kept_by: "
# an unknown option of a fitting length
SYN-SENT    > S  100:100(0) <mss 1460,kind 254 0102> > LISTEN
",
    ..RULE
};

fn length(cx: &Context<'_>) -> Verdict {
    if cx.segment.options.are_plain() || !cx.segment.has_whole_options() {
        return Verdict::NotApplicable;
    }
    let size = octets(cx.segment.options.octets.len());
    let Some(OptionFault { kind, length, room, .. }) = cx.segment.options.fault() else {
        return Verdict::Holds(Equation::count("octets of options", size, Relation::AtMost, size));
    };
    let (name, room) = (length_of(kind), octets(room));
    let equation = match length.map(u32::from) {
        None => Equation::count("octets left for the last option", room, Relation::AtLeast, 2),
        Some(found @ (0 | 1)) => Equation::count(name, found, Relation::AtLeast, 2),
        Some(found) => Equation::count(name, found, Relation::AtMost, room),
    };
    charged(cx, equation, Severity::Violation)
}

static FIXED_SIZE: Rule = Rule {
    id: "opt-fixed-size",
    cite: Citation { rfc: 9293, section: "3.2" },
    also: &[
        Citation { rfc: 7323, section: "2.2" },
        Citation { rfc: 7323, section: "3.2" },
        Citation { rfc: 2018, section: "3" },
        Citation { rfc: 7413, section: "4.1.1" },
    ],
    statement: "MSS 4, window scale 3, SACK-permitted 2, timestamps 10, SACK 8n + 2, fast open 2 or 6 to 18, even",
    severity: Severity::Violation,
    summary: Said {
        en: "an option of a known kind has the length of its kind", zh: "已知选项的长度符合其规定"
    },
    explanation: Said {
        en: "These options have one possible length, or few. One of another length cannot be understood, and receivers \
             pass over it as if it were not there. An odd length of the SACK option also shows a block cut in half. No \
             stack sends it; fuzzers do, and devices that rewrite headers.",
        zh: "这些选项只有一种或少数几种长度。长度不符的选项无法理解，接收方会当作不存在而跳过。没有协议栈会这样发送；它来自模糊测试，\
             或改写首部的设备。",
    },
    on: Trigger::EVERY,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: fixed_size,
    broken_by: "
# a maximum segment size of three octets
SYN-SENT    > S  100:100(0) <kind 2 0005b4> > LISTEN   ! opt-fixed-size
",
    kept_by: "
# of two
SYN-SENT    > S  100:100(0) <mss 1460,fo>   > LISTEN
",
    ..RULE
};

fn fixed_size(cx: &Context<'_>) -> Verdict {
    if cx.segment.options.are_plain() {
        return Verdict::NotApplicable;
    }
    let mut holds = Verdict::NotApplicable;
    for option in cx.segment.options.iter() {
        let (kind, size) = match option {
            TcpOption::Other(kind, data) => (kind, octets(data.len() + 2)),
            TcpOption::FastOpen(cookie) => (34, octets(cookie.len() + 2)),
            TcpOption::MaximumSegmentSize(_) => (2, 4),
            TcpOption::Sack(edges) => (5, octets(edges.len() + 2)),
            _ => continue,
        };
        let equal = |wanted| Equation::count(length_of(kind), size, Relation::Equal, wanted);
        let equation = match kind {
            2 => equal(4),
            3 => equal(3),
            4 => equal(2),
            8 => equal(10),
            5 => equal((size.saturating_sub(2) / 8).max(1) * 8 + 2),
            34 if size == 2 => equal(2),
            34 if size % 2 == 1 => equal(size - 1),
            34 => Equation::count(length_of(34), size, Relation::UpTo(crate::seq::Seq::new(18)), 6),
            _ => continue,
        };
        if !equation.is_true() {
            return charged(cx, equation, Severity::Violation);
        }
        holds = Verdict::Holds(equation);
    }
    holds
}

static EOL_ZERO: Rule = Rule {
    id: "opt-eol-zero",
    cite: Citation { rfc: 9293, section: "3.1" },
    requirements: &["MUST-69"],
    level: Level::Must,
    statement: "octets behind the end of options = 0",
    summary: Said { en: "behind the end of the options are zeros", zh: "选项结束标志之后全为零" },
    explanation: Said {
        en: "The header is filled up to a multiple of four octets with zeros. What else stands there is ignored by every \
             receiver, but it may be memory of the sender that was to stay inside, or a mark for a device on the way.",
        zh: "首部用零填充到四字节的倍数。其他内容会被接收方忽略，但那可能是发送方泄露的内存，或给途中设备的标记。",
    },
    on: Trigger::EVERY,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: eol_zero,
    broken_by: "
# something is left behind the end
SYN-SENT    > S  100:100(0) <mss 1460,raw 00000007> > LISTEN   ~ opt-eol-zero
",
    kept_by: "
# zeros
SYN-SENT    > S  100:100(0) <mss 1460,raw 00000000> > LISTEN
",
    ..RULE
};

fn eol_zero(cx: &Context<'_>) -> Verdict {
    if cx.segment.options.are_plain() || !cx.segment.has_whole_options() {
        return Verdict::NotApplicable;
    }
    let (mut at, all) = (0, cx.segment.options.octets);
    for option in cx.segment.options.iter() {
        at += match option {
            TcpOption::End => {
                let rest = all.get(at..).unwrap_or_default();
                return match rest.iter().find(|octet| **octet != 0) {
                    Some(octet) => Verdict::Noted(behind(*octet), GARBAGE),
                    None => Verdict::Holds(behind(0)),
                };
            }
            TcpOption::NoOperation => 1,
            _ => usize::from(all.get(at + 1).copied().unwrap_or(2)),
        };
    }
    Verdict::NotApplicable
}

fn behind(octet: u8) -> Equation {
    Equation::count("octet behind the end of the options", u32::from(octet), Relation::Equal, 0)
}

/// Whether a segment without SYN carries an option that only a SYN may.
fn syn_only(cx: &Context<'_>, name: &'static str, is: fn(&TcpOption<'_>) -> bool, severity: Severity) -> Verdict {
    if cx.segment.options.are_plain() || cx.segment.flags.syn() || !cx.segment.options.iter().any(|option| is(&option))
    {
        return Verdict::NotApplicable;
    }
    charged(cx, Equation::flags(name, Flags(0), Relation::Equal, Flags(SYN)), severity)
}

static MSS_SYN_ONLY: Rule = Rule {
    id: "opt-mss-syn-only",
    cite: Citation { rfc: 9293, section: "3.2" },
    requirements: &["MUST-65"],
    level: Level::Must,
    statement: "MSS option: SYN is set",
    severity: Severity::Violation,
    summary: Said { en: "a maximum segment size stands in SYNs only", zh: "MSS 选项只出现在 SYN 中" },
    explanation: Said {
        en: "The size is stated once, when the connection is opened; later it has no meaning. A device that cannot tell a \
             SYN from other segments may add it.",
        zh: "该值只在打开连接时声明一次，之后没有意义。分不清 SYN 与其他报文段的设备可能会添加它。",
    },
    on: NOT_SYN,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: |cx| {
        let is = |option: &TcpOption<'_>| matches!(option, TcpOption::MaximumSegmentSize(_));
        syn_only(cx, "flags beside an MSS option", is, Severity::Violation)
    },
    broken_by: "
# in the third segment of the handshake
SYN-SENT    > S  100:100(0) <mss 1460>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 1460> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <mss 1460> > ESTABLISHED   ! opt-mss-syn-only
",
    kept_by: "
# in the first two
SYN-SENT    > S  100:100(0) <mss 1460>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 1460> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
",
    ..RULE
};

static WS_SYN_ONLY: Rule = Rule {
    id: "opt-ws-syn-only",
    cite: Citation { rfc: 7323, section: "2.2" },
    statement: "window scale option: SYN is set",
    severity: Severity::Anomaly,
    summary: Said { en: "a window scale stands in SYNs only", zh: "窗口扩大选项只出现在 SYN 中" },
    explanation: Said {
        en: "The scale is fixed when the connection is opened. In a later segment receivers ignore it, so it can only \
             mislead what watches.",
        zh: "扩大因子在打开连接时确定。出现在之后的报文段中会被接收方忽略，只会误导观察者。",
    },
    on: NOT_SYN,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: |cx| {
        let is = |option: &TcpOption<'_>| matches!(option, TcpOption::WindowScale(_));
        syn_only(cx, "flags beside a window scale option", is, Severity::Anomaly)
    },
    broken_by: "
# a new scale in the middle
SYN-SENT    > S  100:100(0) <wscale 2>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <wscale 2> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <wscale 9> > ESTABLISHED   ! opt-ws-syn-only
",
    kept_by: "
# in both SYNs
SYN-SENT    > S  100:100(0) <wscale 2>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <wscale 2> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301            > ESTABLISHED
",
    ..RULE
};

static SACKP_SYN_ONLY: Rule = Rule {
    id: "opt-sackp-syn-only",
    cite: Citation { rfc: 2018, section: "2" },
    level: Level::Must,
    statement: "SACK-permitted option: SYN is set",
    severity: Severity::Violation,
    summary: Said { en: "SACK is permitted in SYNs only", zh: "SACK-permitted 选项只出现在 SYN 中" },
    explanation: Said {
        en: "Whether its sender takes selective acknowledgments is said when the connection is opened and must not be sent \
             on segments without SYN. Receivers ignore it there.",
        zh: "是否接受选择确认在打开连接时声明，不得出现在非 SYN 报文段中；接收方会忽略它。",
    },
    on: NOT_SYN,
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: |cx| {
        let is = |option: &TcpOption<'_>| *option == TcpOption::SackPermitted;
        syn_only(cx, "flags beside a SACK-permitted option", is, Severity::Violation)
    },
    broken_by: "
# in the third segment of the handshake
SYN-SENT    > S  100:100(0) <sackOK>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <sackOK> > ESTABLISHED   ! opt-sackp-syn-only
",
    kept_by: "
# in the first two
SYN-SENT    > S  100:100(0) <sackOK>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
",
    ..RULE
};

static TS_ECR_ZERO: Rule = Rule {
    id: "opt-ts-ecr-zero",
    cite: Citation { rfc: 7323, section: "3.2" },
    level: Level::Should,
    statement: "SYN without ACK: TSecr = 0",
    summary: Said { en: "a first SYN echoes no timestamp", zh: "首个 SYN 的 TSecr 为零" },
    explanation: Said {
        en: "Nothing has been received yet, so there is nothing to echo and the field is zero. Some systems leave the echo \
             of an earlier use of the port there. Receivers ignore it.",
        zh: "此时尚未收到任何内容，无可回显，所以该字段为零。有的系统会留下端口上一次使用时的值。接收方会忽略它。",
    },
    on: Trigger(Trigger::SYN.0),
    guards: HEADER,
    check: |cx| match cx.segment.options.timestamps() {
        Some((_, echo)) => {
            let equation = Equation::count("SYN TSecr", echo, Relation::Equal, 0);
            if echo == 0 { Verdict::Holds(equation) } else { Verdict::Noted(equation, ECHO_IN_SYN) }
        }
        None => Verdict::NotApplicable,
    },
    broken_by: "
# a number from before
SYN-SENT    > S  100:100(0) <TS val 700 ecr 55> > LISTEN   ~ opt-ts-ecr-zero
",
    kept_by: "
# zero
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>  > LISTEN
",
    ..RULE
};

static SACK_WITHOUT_ACK: Rule = Rule {
    id: "opt-sack-without-ack",
    cite: Citation { rfc: 2018, section: "3" },
    statement: "SACK option: ACK is set",
    severity: Severity::Anomaly,
    summary: Said {
        en: "blocks are acknowledged beside an acknowledgment", zh: "带 SACK 选项的报文段必须带 ACK"
    },
    explanation: Said {
        en: "Blocks lie above the acknowledgment number; without one they mean nothing.",
        zh: "选择确认的块位于确认号之上；没有确认号，它们没有意义。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::RST.0 | Trigger::NAKED.0),
    needs: Needs::OPTIONS,
    guards: HEADER,
    check: |cx| {
        if cx.segment.flags.ack() || cx.segment.options.sack_blocks().next().is_none() {
            return Verdict::NotApplicable;
        }
        let equation = Equation::flags("flags beside a SACK option", Flags(0), Relation::Equal, Flags(16));
        charged(cx, equation, Severity::Anomaly)
    },
    broken_by: "
# blocks in a RST without ACK
SYN-SENT    > S  100:100(0) <sackOK>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
CLOSED      > R  101:101(0) <sack 305:309>   > CLOSED   ! opt-sack-without-ack
",
    kept_by: "
# a RST without
SYN-SENT    > S  100:100(0) <sackOK>         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
CLOSED      > R  101:101(0)                  > CLOSED
",
    ..RULE
};
