//! Selective acknowledgments: RFC 2018, and RFC 2883 for the block that reports a duplicate.

use super::equation::Equation;
use super::sequence::{CAPTURE_GAP, GOES_BACK};
use super::{
    Citation, Context, Level, Needs, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict, Why,
};
use crate::seq::Seq;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::sacked::{Block, duplicate};
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&BLOCK_ORDER, &ABOVE_ACK, &WITHIN_SENT, &DSACK_FORM, &RENEGE];

const ARRIVED_TWICE: Why = "it had these octets already: a copy arrived, so a retransmission was not needed";
const OTHER_NUMBERS: Why =
    "beyond anything that the window allowed: something between the peers renumbers and forgets the blocks";
const ONE_SEGMENT: Why =
    "one segment of the size of those that follow could have carried them: the capture may have missed it";
const SENDER_LOSES: Why = "this capture has missed or damaged packets before, and may have missed these octets";
/// Frames captured on several queues can be out of order by this much.
const CAPTURE_JITTER: Elapsed = Elapsed::from_ns(100_000);
/// Added to the length of a block once its sender has gone on into it.
const REACHED: u32 = 1 << 31;

/// The blocks of a segment, behind the one that reports a duplicate.
fn blocks<'c>(cx: &Context<'c>) -> impl Iterator<Item = (Seq, Seq)> + Clone + use<'c> {
    let skipped = usize::from(duplicate(cx.segment).is_some());
    let blocks: smallvec::SmallVec<[(Seq, Seq); 4]> = cx.segment.options.sack_blocks().skip(skipped).collect();
    blocks.into_iter()
}

/// Whether the segment's blocks mean anything for the connection.
fn counts(cx: &Context<'_>) -> bool {
    !cx.segment.options.are_plain()
        && matches!(cx.acceptance, Acceptance::Acceptable | Acceptance::Old)
        && cx.segment.options.sack_blocks().next().is_some()
}

static BLOCK_ORDER: Rule = Rule {
    id: "sack-block-order",
    cite: Citation { rfc: 2018, section: "3" },
    also: &[Citation { rfc: 2883, section: "4" }],
    statement: "each block: left < right; no two overlap, but the first may report a duplicate",
    severity: Severity::Violation,
    summary: Said { en: "selectively acknowledged blocks are apart from each other", zh: "SACK 的各块互不重叠" },
    explanation: Said {
        en: "A block names octets in order, from its first to the one after its last, and each block is surrounded by octets \
             that are missing, so no two touch or overlap. The one exception is a first block that reports a duplicate.",
        zh: "每个块从首字节到末字节之后一个；块的两侧都是缺失的字节，所以任何两块都不会相接或重叠。唯一的例外是首块报告重复数据。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::OPTIONS,
    check: block_order,
    broken_by: "
# a block that ends before it begins
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 311:306> > ESTABLISHED   ! sack-block-order
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
",
    kept_by: "
# a block that reports a duplicate lies within the next
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311 306:311> > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
",
    ..RULE
};

fn block_order(cx: &Context<'_>) -> Verdict {
    if !counts(cx) {
        return Verdict::NotApplicable;
    }
    let mut holds = Verdict::NotApplicable;
    let blocks = blocks(cx);
    for (at, (left, right)) in blocks.clone().enumerate() {
        let equation = Equation::at_most("SACK left edge", left + 1, right);
        if !left.is_before(right) {
            return Verdict::Broken(equation, Severity::Violation);
        }
        for (other_left, other_right) in blocks.clone().skip(at + 1) {
            if left.is_before(other_right) && other_left.is_before(right) {
                let equation = Equation::at_least("SACK left edge", left, other_right);
                return Verdict::Broken(equation, Severity::Violation);
            }
        }
        holds = Verdict::Holds(equation);
    }
    holds
}

static ABOVE_ACK: Rule = Rule {
    id: "sack-above-ack",
    cite: Citation { rfc: 2018, section: "3" },
    also: &[Citation { rfc: 2883, section: "4" }],
    statement: "a block that reports no duplicate: left > SEG.ACK",
    severity: Severity::Violation,
    summary: Said { en: "blocks lie above the acknowledgment number", zh: "SACK 的块位于确认号之上" },
    explanation: Said {
        en: "What lies at the acknowledgment number has not arrived, or the number would be higher; what lies below is \
             acknowledged by it. Only a first block that reports a duplicate may lie there. A block that begins just at the \
             number is an anomaly: some stacks answer before they have joined what they hold.",
        zh: "确认号处的字节尚未到达，否则确认号会更高；其下的字节已由确认号确认。只有报告重复数据的首块可以位于那里。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::OPTIONS,
    check: above_ack,
    broken_by: "
# the block begins where the acknowledgment is
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 301:306> > ESTABLISHED   ! sack-above-ack
",
    kept_by: "
# a duplicate
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 306 <sack 301:306> > ESTABLISHED
",
    ..RULE
};

fn above_ack(cx: &Context<'_>) -> Verdict {
    let Some(ack) = cx.segment.ack().filter(|_| counts(cx)) else { return Verdict::NotApplicable };
    let mut holds = Verdict::NotApplicable;
    for (left, right) in blocks(cx) {
        let equation = Equation::at_least("SACK left edge", left, ack + 1);
        if left.is_before(right) && !equation.is_true() {
            // A stack that answers before it has joined what it holds says so for a moment.
            let severity = if left == ack { Severity::Anomaly } else { Severity::Violation };
            return Verdict::Broken(equation, severity);
        }
        holds = Verdict::Holds(equation);
    }
    holds
}

static WITHIN_SENT: Rule = Rule {
    id: "sack-within-sent",
    cite: Citation { rfc: 2018, section: "3" },
    statement: "right edge of a block =< SND.NXT of the other",
    severity: Severity::Violation,
    summary: Said {
        en: "blocks must not run ahead of what was sent", zh: "SACK 的块不得超过对方已发送的数据"
    },
    explanation: Said {
        en: "A block names octets that arrived. Where it names more than the capture holds, either the capture missed them \
             or the block is wrong; what the other side sends next tells. A firewall that moves sequence numbers and \
             forgets the blocks makes them lie anywhere: then nobody is charged.",
        zh: "块所指的字节都已到达。若超出捕获到的数据，要么捕获有缺失，要么块有误；看对方接下来发送什么即可判断。改写序列号却忘记改写 SACK \
             的防火墙会使块落在任意位置：此时不归咎于任何一方。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::OPTIONS,
    check: within_sent,
    settle: Some(within_sent_settled),
    broken_by: "
# B sends these octets only afterwards
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:321> > ESTABLISHED   ! sack-within-sent
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED < P. 311:316(5) ack 101                < ESTABLISHED
",
    kept_by: "
# the capture missed them
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED
ESTABLISHED < P. 311:316(5) ack 101                < ESTABLISHED
",
    ..RULE
};

fn within_sent(cx: &Context<'_>) -> Verdict {
    let Some(nxt) = cx.connection.streams[cx.to].nxt.filter(|_| counts(cx)) else { return Verdict::NotApplicable };
    let furthest = blocks(cx).reduce(|known, next| if known.1.is_before(next.1) { next } else { known });
    let Some((left, right)) = furthest else { return Verdict::NotApplicable };
    let shown = cx.connection.facts[cx.to].shown.nxt;
    let equation = Equation::at_most("SACK right edge", right, nxt).perhaps_shown_by(shown);
    if equation.is_true() {
        return Verdict::Holds(equation);
    }
    match cx.connection.streams[cx.from].right_edge {
        Some(edge) if right.is_at_or_before(edge) => {
            let len = u32::try_from(left.offset_to(right)).unwrap_or(0);
            Verdict::Open(equation, len, Otherwise::Undecided)
        }
        _ => Verdict::Undecided(equation, OTHER_NUMBERS),
    }
}

fn within_sent_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let equation = question.equation;
    let (low, high) = (equation.wanted(), equation.found);
    let counted = cx.acceptance.counts_octets();
    if cx.from == question.peer || !counted || cx.segment.payload_len == 0 || cx.segment.flags.rst() {
        return Settlement::Wait;
    }
    let (seq, stream) = (cx.segment.seq, &cx.connection.streams[cx.from]);
    if low.is_before(seq) && stream.nxt.is_some_and(|nxt| nxt.is_before(seq)) {
        return Settlement::Now(Verdict::Undecided(equation, CAPTURE_GAP));
    }
    // What left before the block did, or at the same time by all that shows, tells nothing of it.
    let before = match (cx.segment.options.timestamps(), question.echo) {
        (Some((value, _)), Some(echo)) => Seq::new(value).is_at_or_before(Seq::new(echo)),
        _ => cx.segment.at.since(question.at) < CAPTURE_JITTER,
    };
    if before || stream.nxt != Some(seq) || !seq.is_before(high) {
        return Settlement::Wait;
    }
    // Its sender goes on, octet after octet, through what it is said to have sent already. What lies below the block may
    // have been lost before the tap and be sent again; of the block, which has arrived, one segment may be the only one
    // that the capture missed, but not several that follow each other.
    if cx.segment.payload_len >= question.number & !REACHED {
        return Settlement::Now(Verdict::Undecided(equation, ONE_SEGMENT));
    }
    if question.number < REACHED {
        let reached = (high - question.number).is_before(cx.segment.seq_end());
        return if reached { Settlement::Hint(REACHED) } else { Settlement::Wait };
    }
    if cx.connection.facts[cx.from].has_gone_back() {
        return Settlement::Now(Verdict::Undecided(equation, GOES_BACK));
    }
    Settlement::Now(if stream.hole.is_some() || cx.evidence.lost > 0 || cx.evidence.damaged > 0 {
        Verdict::Undecided(equation, SENDER_LOSES)
    } else {
        Verdict::Broken(equation, Severity::Violation)
    })
}

static DSACK_FORM: Rule = Rule {
    id: "dsack-form",
    cite: Citation { rfc: 2883, section: "4" },
    level: Level::Should,
    statement: "first block at or below SEG.ACK, or within the second: it reports a duplicate",
    summary: Said {
        en: "a first block may report octets that arrived twice", zh: "首块可以报告到达两次的字节"
    },
    explanation: Said {
        en: "A receiver that gets octets again says so in the first block. It proves that a copy arrived: the sender sent \
             again what was not lost, or the network made a copy.",
        zh: "接收方再次收到同样的字节时，用首块说明。这证明有一份副本到达：发送方重传了并未丢失的数据，或网络产生了副本。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::OPTIONS,
    check: |cx| {
        if !counts(cx) {
            return Verdict::NotApplicable;
        }
        match (duplicate(cx.segment), cx.segment.ack()) {
            (Some((left, right)), Some(_)) => {
                Verdict::Noted(Equation::at_most("DSACK left edge", left, right), ARRIVED_TWICE)
            }
            _ => Verdict::NotApplicable,
        }
    },
    broken_by: "
# the same octets twice
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 306 <sack 301:306> > ESTABLISHED   ~ dsack-form
",
    kept_by: "
# octets behind a hole
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
",
    ..RULE
};

static RENEGE: Rule = Rule {
    id: "sack-renege",
    cite: Citation { rfc: 2018, section: "8" },
    level: Level::May,
    statement: "SEG.ACK: not within a block that its sender acknowledged selectively",
    severity: Severity::Anomaly,
    summary: Said {
        en: "what was acknowledged selectively is not given up again", zh: "已选择确认的数据不再丢弃"
    },
    explanation: Said {
        en: "A receiver that holds a block acknowledges all of it at once when the octets before it arrive. An acknowledgment \
             that stops inside shows that it threw the block away, for want of memory: allowed, discouraged, and slow, for \
             the sender must send it all again. That a block is missing from later options shows nothing: there is room \
             for three or four.",
        zh: "接收方持有某块时，其前面的字节一到，就会一并确认整块。确认号停在块内，说明接收方因内存不足丢弃了该块：允许但不鼓励，而且缓慢，\
             因为发送方必须全部重发。后来的选项中缺少某块并不说明什么：最多只能容纳三四块。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::PAST,
    check: |cx| {
        let counted = matches!(cx.acceptance, Acceptance::Acceptable | Acceptance::Old);
        let sacked = &cx.connection.facts[cx.from].sacked;
        if !counted || sacked.blocks.is_empty() {
            return Verdict::NotApplicable;
        }
        let Some(ack) = cx.segment.ack() else { return Verdict::NotApplicable };
        // One that says in the same breath that it still holds the block has not given it up.
        let still = |block: &Block| cx.segment.options.sack_blocks().any(|(left, _)| left == block.left);
        match sacked.holding(ack).filter(|block| !still(block)) {
            Some(block) => {
                let equation = Equation::at_least("ACK", ack, block.right).shown_by(block.frame);
                Verdict::Broken(equation, Severity::Anomaly)
            }
            None => Verdict::NotApplicable,
        }
    },
    broken_by: "
# the acknowledgment stops where the block begins
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 306                > ESTABLISHED   ! sack-renege
",
    kept_by: "
# it covers the block
SYN-SENT    > S  100:100(0) <sackOK>               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <sackOK>       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301                > ESTABLISHED
ESTABLISHED < P. 306:311(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 301 <sack 306:311> > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101                < ESTABLISHED
ESTABLISHED > .  101:101(0) ack 311                > ESTABLISHED
",
    ..RULE
};
