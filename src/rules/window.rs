//! The window: what may be sent into it, and how it moves. RFC 9293, Sections 3.8.6 and 3.10.7.4; RFC 7323.
//!
//! Probes of a shut window are in `probe`.

use super::equation::{Equation, Relation};
use super::{
    Citation, Context, Guards, Level, Needs, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger,
    Verdict, Why,
};
use crate::tcp::acceptance::Acceptance;
use crate::tcp::kind::Kind;
use crate::tcp::stamp::Stamp;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&DATA_IN_WINDOW, &WIN_NO_SHRINK, &WIN_UPDATE, &ZW_OPEN];

const ACCEPTED: Why = "the other acknowledges octets beyond it: it had granted more than was captured, or takes more \
                       than it grants";
const GRANTED_LATER: Why = "a window that covers them was captured after them: they may have left after it came";
const UNANSWERED: Why = "nothing of the other that followed tells whether it had granted more";
const APART: Why = "it does not start where its sender's captured octets end: octets between were missed, or it belongs \
                    to no connection that was captured";
/// Frames captured on several queues can be out of order by this much.
const CAPTURE_JITTER: Elapsed = Elapsed::from_ns(100_000);
/// So many segments of the other that still grant less show that it had not granted more: reordering may bring one or
/// two of them late.
const ENOUGH: u32 = 4;

static DATA_IN_WINDOW: Rule = Rule {
    id: "data-in-window",
    cite: Citation { rfc: 9293, section: "3.8.6" },
    also: &[
        Citation { rfc: 9293, section: "3.10.7.4" },
        Citation { rfc: 7323, section: "2.4" },
        Citation { rfc: 5681, section: "2" },
    ],
    requirements: &["MAY-7"],
    level: Level::Procedure,
    statement: "SEG.SEQ + SEG.LEN =< SEG.ACK + SEG.WND, the largest that the other granted",
    severity: Severity::Violation,
    summary: Said {
        en: "data stay within the window that the other granted", zh: "数据不得超出对方授予的窗口"
    },
    explanation: Said {
        en: "A receiver says how far the other may send. Octets beyond the largest edge that it ever granted were sent \
             without leave, save one octet that probes a shut window and a FIN. Broken by offload engines and stacks that \
             lose count. It is only charged if the receiver, having received octets of that very segment, still grants \
             less, or does so again and again; where it accepts them, an update of its window may have been missed by the \
             capture, and the rule is undecided, as it is where not both SYNs were captured, for the scale is then not \
             known.",
        zh: "接收方说明对方最多可以发送到哪里。超出它曾授予的最大右边界的字节是擅自发送的，只有探测零窗口的一个字节和 FIN 除外。\
             常因卸载引擎或计数有误的协议栈而违反。只有当接收方收到了该报文段中的字节之后授予的仍然更少，或一再如此，才算违反；若\
             它接受了这些字节，则可能是捕获漏掉了窗口更新，规则未定；没有捕获到双方的 SYN 时不知道窗口比例，同样未定。",
    },
    on: Trigger::DATA,
    guards: Guards::OPEN.and(Guards::GAP).and(Guards::CLOCK),
    check: data_in_window,
    settle: Some(data_in_window_settled),
    broken_by: "
# B grants ten octets, A sends twenty; B takes ten and grants no more
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 10          < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                 > ESTABLISHED
ESTABLISHED > P. 101:121(20) ack 301                > ESTABLISHED   ! data-in-window
ESTABLISHED < .  301:301(0) ack 111 win 0           < ESTABLISHED
",
    kept_by: "
# the update that grants twenty more was captured too late; then a FIN stands one past the edge
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 10          < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                 > ESTABLISHED
ESTABLISHED > P. 101:121(20) ack 301                > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 20          < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 121 win 10          < ESTABLISHED
FIN-WAIT-1  > F. 121:131(10) ack 301                > CLOSE-WAIT
",
    ..RULE
};

fn data_in_window(cx: &Context<'_>) -> Verdict {
    let (sender, receiver) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let counts =
        cx.acceptance.counts_octets() && cx.acceptance != Acceptance::Old || cx.acceptance == Acceptance::Beyond;
    let (Some(edge), Some(nxt), true) = (receiver.right_edge, sender.nxt, counts) else {
        return Verdict::NotApplicable;
    };
    let (seq, end) = (cx.segment.seq, cx.segment.seq + cx.segment.payload_len);
    let next = sender.beyond_end.map_or(nxt, |beyond| nxt.later_of(beyond));
    let probes = cx.kind == Kind::ZeroWindowProbe && end.is_at_or_before(edge + 1);
    let shown = cx.connection.facts[cx.to].shown.right_edge;
    let equation = Equation::at_most("SEQ + LEN", end, edge).perhaps_shown_by(shown);
    if end.is_at_or_before(edge) {
        return Verdict::Holds(equation);
    }
    if probes || cx.kind == Kind::Copy {
        return Verdict::NotApplicable;
    }
    if next.is_before(seq) {
        return Verdict::Undecided(equation, APART);
    }
    // The octets from here to the edge were first sent in this very segment, or there are none.
    let fresh = seq.later_of(nxt);
    let room = u32::try_from(fresh.offset_to(edge)).unwrap_or(0);
    Verdict::Open(Equation { base: edge - room, plus: room, ..equation }, 0, Otherwise::Noted(UNANSWERED))
}

fn data_in_window_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let equation = question.equation;
    let (fresh, edge, end) = (equation.base, equation.wanted(), equation.found);
    let counts = cx.acceptance.counts_octets() && cx.acceptance != Acceptance::Old;
    let (Some(ack), Some(shift)) = (cx.segment.ack(), cx.connection.shift(cx.from)) else { return Settlement::Wait };
    if cx.from == question.peer || !counts || cx.segment.flags.syn() || cx.segment.flags.rst() {
        return Settlement::Wait;
    }
    if edge.is_before(ack) {
        return Settlement::Now(Verdict::Undecided(equation, ACCEPTED));
    }
    if end.is_at_or_before(ack + (u32::from(cx.segment.window) << shift)) {
        return Settlement::Now(Verdict::Undecided(equation, GRANTED_LATER));
    }
    if fresh.is_before(ack) {
        return Settlement::Now(Verdict::Broken(equation, Severity::Violation));
    }
    let heard = cx.segment.options.timestamps().zip(question.echo);
    let older =
        heard.is_some_and(|((value, _), echo)| crate::seq::Seq::new(value).is_before(crate::seq::Seq::new(echo)));
    if older || cx.kind != Kind::DuplicateAck || cx.segment.at.since(question.at) < CAPTURE_JITTER {
        return Settlement::Wait;
    }
    if question.number + 1 < ENOUGH {
        return Settlement::Hint(1);
    }
    Settlement::Now(Verdict::Broken(equation, Severity::Violation))
}

const ORDER_UNKNOWN: Why = "both acknowledge the same, and nothing tells which left first";

static WIN_NO_SHRINK: Rule = Rule {
    id: "win-no-shrink",
    cite: Citation { rfc: 9293, section: "3.8.6" },
    also: &[Citation { rfc: 7323, section: "2.4" }],
    requirements: &["SHLD-14"],
    level: Level::Should,
    statement: "SEG.ACK + SEG.WND >= the right edge granted before, less one unit of the scale",
    severity: Severity::Anomaly,
    summary: Said { en: "a window granted is not taken back", zh: "已授予的窗口不收回" },
    explanation: Said {
        en: "The right edge of a window should only move right: the other may have sent up to it already. Less than one \
             unit of the scale is rounding. Receivers short of memory take windows back, and Linux does by intent with \
             tcp_shrink_window. Only windows after the SYN are compared, and where two segments acknowledge the same and \
             carry no mark that tells which left first, the rule is undecided: the older may have been overtaken.",
        zh: "窗口的右边界应当只向右移动：对方可能已经发送到了那里。不足一个比例单位的减少只是取整。内存不足的接收方会收回窗口，\
             Linux 在 tcp_shrink_window 下也会有意这样做。只比较 SYN 之后的窗口；两个报文段确认号相同而没有标记说明先后时，\
             规则未定：较早的一个可能被超越。",
    },
    on: Trigger::ORDINARY,
    guards: Guards::OPEN.and(Guards::CLOCK),
    check: win_no_shrink,
    broken_by: "
# B acknowledges more, but takes 400 octets of its window back
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 1000        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                 > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 1000        < ESTABLISHED
ESTABLISHED > P. 101:201(100) ack 301               > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 500         < ESTABLISHED   ! win-no-shrink
",
    kept_by: "
# 1000 octets in units of 128, rounded down; then an older acknowledgment comes late
SYN-SENT    > S  100:100(0) <wscale 0>              > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 1000 <wscale 7> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                 > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 win 8 {id 3}    < ESTABLISHED
ESTABLISHED > P. 101:201(100) ack 301               > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 7 {id 4}    < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 9 {id 6}    < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 7 {id 5}    < ESTABLISHED
",
    ..RULE
};

fn win_no_shrink(cx: &Context<'_>) -> Verdict {
    let (Some(ack), Some(shift)) = (cx.segment.ack(), cx.connection.shift(cx.from)) else {
        return Verdict::NotApplicable;
    };
    let Some(furthest) = cx.connection.facts[cx.from].window.furthest else { return Verdict::NotApplicable };
    let closing = cx.segment.flags.fin() || cx.connection.streams[cx.to].fin.is_some();
    let older = ack.is_before(furthest.ack) || Stamp::of(cx.segment).is_evidently_before(furthest.stamp);
    if closing || older || cx.acceptance != Acceptance::Acceptable || matches!(cx.kind, Kind::Late | Kind::Copy) {
        return Verdict::NotApplicable;
    }
    let unit = 1_u32 << shift;
    let edge = ack + (u32::from(cx.segment.window) << shift);
    let wanted = furthest.edge() - (unit - 1);
    let equation = Equation::at_least("ACK + WND", edge, wanted).shown_by(furthest.at.frame);
    // A window that stays where it was taken back to is told once.
    let moved =
        cx.connection.facts[cx.from].window.latest.is_none_or(|latest| edge.is_before(latest.edge() - (unit - 1)));
    if equation.is_true() {
        Verdict::Holds(equation)
    } else if !moved {
        Verdict::NotApplicable
    } else if furthest.ack.is_before(ack) || furthest.stamp.is_evidently_before(Stamp::of(cx.segment)) {
        Verdict::Broken(equation, Severity::Anomaly)
    } else {
        Verdict::Undecided(equation, ORDER_UNKNOWN)
    }
}

const OPENED: Why = "the window was shut and is open again";

static WIN_UPDATE: Rule = Rule {
    id: "win-update",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "SEG.SEQ and SEG.ACK as before, SEG.LEN = 0, SEG.WND another",
    summary: Said { en: "an acknowledgment that only moves the window", zh: "只改变窗口的确认" },
    explanation: Said {
        en: "A receiver whose application has read says that there is room again. It is no duplicate ACK, for the window \
             differs. Each is counted; one that opens a shut window is shown. A window that shrinks is none.",
        zh: "应用程序读取数据之后，接收方告知又有空间。窗口不同，因此它不是重复确认。每一个都会计数；重新打开零窗口的会显示出来。\
             缩小的窗口不算。",
    },
    on: Trigger::EMPTY,
    needs: Needs::KIND,
    check: win_update,
    broken_by: "
# B's window is shut, then open again
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100         < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301               > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0           < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 100         < ESTABLISHED   ~ win-update
",
    kept_by: "
# it only grows
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100         < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301               > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 50          < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 100         < ESTABLISHED
",
    ..RULE
};

fn win_update(cx: &Context<'_>) -> Verdict {
    let (Some(latest), Kind::WindowUpdate) = (cx.connection.facts[cx.from].window.latest, cx.kind) else {
        return Verdict::NotApplicable;
    };
    let (field, shift) = (u32::from(cx.segment.window), cx.connection.shift(cx.from));
    let (window, before) = shift.map_or((field, u32::from(latest.field)), |shift| (field << shift, latest.octets));
    let equation = Equation::count("window", window, Relation::AtLeast, before.saturating_add(1));
    let equation = equation.shown_by(latest.at.frame);
    match (latest.field, equation.is_true()) {
        (_, false) => Verdict::NotApplicable,
        (0, true) => Verdict::Noted(equation, OPENED),
        (_, true) => Verdict::Holds(equation),
    }
}

const SHUT: Why = "its receiver must not send data until it opens again, but may probe it";

static ZW_OPEN: Rule = Rule {
    id: "zw-open",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    requirements: &["MAY-8"],
    level: Level::May,
    statement: "SEG.WND = 0",
    summary: Said { en: "a window is shut", zh: "窗口关闭" },
    explanation: Said {
        en: "A receiver whose buffer is full grants nothing: its application reads too slowly or not at all. It may stay \
             so as long as it answers probes. A zero window after the other's FIN means nothing, for nothing can follow; \
             those of SYN, RST and FIN are not looked at.",
        zh: "接收缓冲区已满时不再授予窗口：应用程序读得太慢或根本不读。只要应答探测，它可以一直如此。对方 FIN 之后的零窗口没有\
             意义，因为不会再有数据；SYN、RST 和 FIN 的窗口不看。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::HEADER,
    check: zw_open,
    broken_by: "
# B's buffer is full
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100         < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301               > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0           < ESTABLISHED   ~ zw-open
",
    kept_by: "
# after A's FIN a window means nothing
SYN-SENT    > S  100:100(0)                         > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100         < SYN-RECEIVED
FIN-WAIT-1  > F. 101:201(100) ack 301               > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 202 win 0           < CLOSE-WAIT
",
    ..RULE
};

fn zw_open(cx: &Context<'_>) -> Verdict {
    let window = &cx.connection.facts[cx.from].window;
    let over = cx.segment.flags.fin() || cx.connection.streams[cx.to].fin.is_some();
    let old = matches!(cx.kind, Kind::Late | Kind::Copy) || cx.acceptance != Acceptance::Acceptable;
    if cx.segment.window != 0 || over || old || window.is_shut() {
        return Verdict::NotApplicable;
    }
    Verdict::Noted(Equation::count("window", 0, Relation::AtLeast, 1), SHUT)
}
