//! Timestamps while data flows: RFC 7323, Sections 3 to 5. What SYNs agree on is in `negotiation`.

use super::equation::{Equation, Relation};
use super::{Citation, Context, Ending, Guards, Level, RULE, Rule, Said, Severity, Tells, Trigger, Verdict, Why};
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::tcp::clock::{FORGOTTEN, Fit};
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&MONOTONIC, &PAWS_REJECT, &ECHO_KNOWN, &ECHO_ORDER, &RATE];

const DROPPED: Why =
    "older than what its receiver has taken from the same sender: the receiver drops it and answers by an ACK";
const MISSED: Why = "beside the values captured: the segment that carried it may have been missed";
const WENT_BACK: Why = "an echo goes back although its sender's clock went on";
const FAST: Why = "a clock of less than a millisecond: the numbers wrap within 24 days";
const SLOW: Why = "a clock of more than a second says nothing of delays";
/// Linux lets one tick pass (TCP_PAWS_WINDOW), so what is one tick old may be taken.
const TOLERATED: u32 = 1;
/// A clock is measured over no less than this, its lower bound over ten times as much.
const LEAST_RUN: Elapsed = Elapsed::from_secs(1);
/// Ticks a second: a millisecond each, and a tenth more for the capture's own clock.
const FASTEST: u32 = 1_000;
const FASTEST_SEEN: u64 = 1_100;

/// Whether a segment counts as its sender's own word.
const fn counts(cx: &Context<'_>) -> bool {
    cx.acceptance.counts_octets()
}

static MONOTONIC: Rule = Rule {
    id: "ts-monotonic",
    cite: Citation { rfc: 7323, section: "5.2" },
    also: &[Citation { rfc: 7323, section: "5.4" }],
    statement: "new octets: TSval >= TSval of the new octets before them",
    severity: Severity::Anomaly,
    summary: Said { en: "a timestamp clock does not run backwards", zh: "时间戳时钟不倒退" },
    explanation: Said {
        en: "Octets that are sent for the first time leave in the order of their numbers, so their timestamps cannot go \
             back, whatever happens to the segments on their way. Where they do, a receiver takes the new segment for an \
             old one and drops it (PAWS). It happens where a proxy or a load balancer hands a connection to another \
             machine, and where somebody puts segments in between. A RST is not judged.",
        zh: "首次发送的字节按序列号先后发出，因此无论报文段在途中经历什么，其时间戳都不会倒退。一旦倒退，接收方会把新报文段当作旧的而丢弃\
             （PAWS）。代理或负载均衡器把连接移交给另一台机器时，或有人插入报文段时，会出现这种情况。RST 不作判断。",
    },
    on: Trigger(Trigger::DATA.0 | Trigger::FIN.0),
    check: monotonic,
    broken_by: "
# the clock jumps back
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 702 ecr 900> > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301 <TS val 690 ecr 900> > ESTABLISHED   ! ts-monotonic
",
    kept_by: "
# captured in the wrong order
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 106:111(5) ack 301 <TS val 703 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 702 ecr 900> > ESTABLISHED
",
    ..RULE
};

fn monotonic(cx: &Context<'_>) -> Verdict {
    let stream = &cx.connection.streams[cx.from];
    let known = cx.connection.facts[cx.from].clock.fresh;
    let (Some((value, _)), Some(fresh), Some(nxt)) = (cx.segment.options.timestamps(), known, stream.nxt) else {
        return Verdict::NotApplicable;
    };
    if !counts(cx) || !nxt.is_before(cx.segment.seq_end()) {
        return Verdict::NotApplicable;
    }
    let equation = Equation::at_least("TSval", Seq::new(value), fresh.value).shown_by(fresh.frame);
    let idle = cx.segment.at.since(fresh.at);
    match (equation.is_true(), idle > FORGOTTEN) {
        (true, _) => Verdict::Holds(equation),
        // On a ring nothing tells half a turn forwards from half a turn back.
        (false, true) => Verdict::NotApplicable,
        (false, false) => Verdict::Broken(equation, Severity::Anomaly),
    }
}

static PAWS_REJECT: Rule = Rule {
    id: "paws-reject",
    cite: Citation { rfc: 7323, section: "5.3" },
    also: &[Citation { rfc: 7323, section: "5.2" }, Citation { rfc: 7323, section: "5.5" }],
    level: Level::Must,
    statement: "data that its receiver is to take: TSval >= TS.Recent of the receiver",
    summary: Said {
        en: "what is older than its receiver's latest timestamp is dropped",
        zh: "时间戳早于接收方最近值的报文段会被丢弃",
    },
    explanation: Said {
        en: "A receiver echoes the latest timestamp it has taken. A segment with an older one is a late copy, as far as it \
             can tell, and is dropped without a look at its octets; an ACK answers it. That explains why octets that \
             arrived are not acknowledged. A RST is not judged; after 24 days without a segment the test is off; a single \
             tick is let pass, as Linux does.",
        zh: "接收方回显它接受的最近时间戳。时间戳更早的报文段会被视为迟到的副本，不看内容即丢弃，并以 ACK 应答。这可以解释已到达的字节为何\
             没有得到确认。RST 不作判断；24 天没有报文段后不再检验；与 Linux 一样，容许相差一个刻度。",
    },
    on: Trigger(Trigger::DATA.0),
    check: paws_reject,
    broken_by: "
# the second copy of octets that the first one brought is older still
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 750 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 901 ecr 750> < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 740 ecr 900> > ESTABLISHED   ~ paws-reject
",
    kept_by: "
# sent again with a new stamp
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 750 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 901 ecr 750> < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 760 ecr 900> > ESTABLISHED
",
    ..RULE
};

fn paws_reject(cx: &Context<'_>) -> Verdict {
    let (Some((value, _)), Some(recent)) = (cx.segment.options.timestamps(), cx.connection.facts[cx.to].clock.echo)
    else {
        return Verdict::NotApplicable;
    };
    let value = Seq::new(value);
    if (value + TOLERATED).is_before(recent.value) && cx.segment.at.since(recent.at) < FORGOTTEN {
        let equation = Equation::at_least("TSval", value, recent.value).shown_by(recent.frame);
        return Verdict::Noted(equation, DROPPED);
    }
    Verdict::NotApplicable
}

static ECHO_KNOWN: Rule = Rule {
    id: "ts-echo-known",
    cite: Citation { rfc: 7323, section: "3.2" },
    also: &[Citation { rfc: 7323, section: "4.3" }],
    level: Level::Must,
    statement: "ACK set: TSecr is a TSval that the other sent",
    severity: Severity::Anomaly,
    summary: Said {
        en: "an echoed timestamp is one that the other sent", zh: "回显的时间戳是对方发送过的值"
    },
    explanation: Said {
        en: "The echo names a segment that arrived. A value far from all that the other has sent, a zero for instance, is \
             made up; an opener may reset on it, and round trips are measured wrong. A device that changes timestamps in one \
             direction only, and SYN proxies, do this. A value just beside those captured may belong to a segment that the \
             capture missed: undecided. Only the first of each side is reported.",
        zh: "回显的值说明对应的报文段已到达。与对方发送过的值相去甚远的（例如零）是凭空产生的；发起方可能因此重置，往返时间也会测错。\
             只改写一个方向时间戳的设备和 SYN 代理会造成这种情况。紧邻已捕获值的可能属于未捕获的报文段：存疑。每一方只报告第一个。",
    },
    on: Trigger(Trigger::SYN_ACK.0 | Trigger::ORDINARY.0),
    guards: Guards::OPEN.and(Guards::CLOCK),
    check: echo_known,
    tells: Tells::First,
    broken_by: "
# a number out of nothing
SYN-SENT    > S  100:100(0) <TS val 3000000000 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 3000000000> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 3000000001 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 3000000002 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 901 ecr 5>          < ESTABLISHED   ! ts-echo-known
",
    kept_by: "
# an acknowledgment may name an older segment
SYN-SENT    > S  100:100(0) <TS val 3000000000 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 3000000000> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 3000000001 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 3000000002 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 901 ecr 3000000001> < ESTABLISHED
",
    ..RULE
};

fn echo_known(cx: &Context<'_>) -> Verdict {
    let facts = &cx.connection.facts;
    let other = &facts[cx.to].clock;
    let Some((_, echo)) = cx.segment.options.timestamps() else { return Verdict::NotApplicable };
    let (echo, known) = (Seq::new(echo), other.fits(Seq::new(echo), cx.segment.at));
    let (Some(fit), Some(first), Some(last)) = (known, other.first, other.last) else { return Verdict::NotApplicable };
    if cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let equation = Equation::within("TSecr", echo, first.value, last.value).shown_by(first.frame).shown_by(last.frame);
    match fit {
        Fit::Within => Verdict::Holds(equation),
        Fit::Beside => Verdict::Undecided(equation, MISSED),
        Fit::Off => Verdict::Broken(equation, Severity::Anomaly),
    }
}

static ECHO_ORDER: Rule = Rule {
    id: "ts-echo-order",
    cite: Citation { rfc: 7323, section: "4.3" },
    statement: "later segment of the same sender: TSecr >= its earlier TSecr",
    summary: Said { en: "echoed timestamps do not go back", zh: "回显的时间戳不倒退" },
    explanation: Said {
        en: "A receiver remembers the latest timestamp of segments that it took in order, and that only grows. An echo that \
             goes back, while its own sender's clock has gone on, shows a stack that echoes each segment's own stamp, or two \
             machines behind one address. Where both carry the same stamp, their order is not known.",
        zh: "接收方记住按序接受的报文段中最近的时间戳，该值只增不减。发送方时钟前进而回显倒退，说明协议栈逐个回显报文段自己的时间戳，\
             或同一地址后有两台机器。两者时间戳相同时，先后不明。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    check: echo_order,
    broken_by: "
# it echoes what it had left behind
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 750 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 910 ecr 750> < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 106 <TS val 920 ecr 701> < ESTABLISHED   ~ ts-echo-order
",
    kept_by: "
# captured in the wrong order
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>           > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900> > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 750 ecr 900> > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 <TS val 910 ecr 750> < ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101 <TS val 905 ecr 701> < ESTABLISHED
",
    ..RULE
};

fn echo_order(cx: &Context<'_>) -> Verdict {
    let clock = &cx.connection.facts[cx.from].clock;
    let (Some((value, echo)), Some(last), Some(known)) = (cx.segment.options.timestamps(), clock.last, clock.echo)
    else {
        return Verdict::NotApplicable;
    };
    let equation = Equation::at_least("TSecr", Seq::new(echo), known.value).shown_by(known.frame);
    let later = counts(cx) && last.value.is_before(Seq::new(value)) && cx.segment.at.since(known.at) < FORGOTTEN;
    let fits = cx.connection.facts[cx.to].clock.fits(Seq::new(echo), cx.segment.at) == Some(Fit::Within);
    if later && fits && !equation.is_true() {
        return Verdict::Noted(equation, WENT_BACK);
    }
    Verdict::NotApplicable
}

static RATE: Rule = Rule {
    id: "ts-rate",
    cite: Citation { rfc: 7323, section: "5.4" },
    level: Level::Should,
    statement: "1 =< ticks a second =< 1000",
    summary: Said {
        en: "a timestamp clock ticks every millisecond to second", zh: "时间戳时钟每毫秒到每秒一个刻度"
    },
    explanation: Said {
        en: "From a faster clock the numbers wrap too soon for the 24 days after which they are forgotten; a slower one does \
             not tell old segments from new. Linux ticks each microsecond where a route asks for it. The rate is measured \
             over at least a second by the capture's own clock.",
        zh: "时钟更快，数值回绕得太早，赶不上 24 天的遗忘期；更慢，则无法区分新旧报文段。Linux 在路由要求时每微秒一个刻度。\
             速率按抓包自身的时钟、至少一秒的跨度测量。",
    },
    on: Trigger(0),
    at_end: Some(rate),
    broken_by: "
# a clock of microseconds
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>              > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700>    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 1700 ecr 900>   > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 2001700 ecr 900> +2 > ESTABLISHED   ~ ts-rate
",
    kept_by: "
# one of milliseconds
SYN-SENT    > S  100:100(0) <TS val 700 ecr 0>              > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <TS val 900 ecr 700>    < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 <TS val 701 ecr 900>    > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 <TS val 2702 ecr 900> +2 > ESTABLISHED
",
    ..RULE
};

fn rate(ending: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let clock = &ending.connection.facts[ending.peer].clock;
    let (first, last) = (clock.first?, clock.last?);
    let (ticks, run) = clock.run()?;
    let ns = u64::try_from(run.as_ns()).ok().filter(|_| run >= LEAST_RUN)?;
    let rate = u64::from(ticks).saturating_mul(1_000_000_000) / ns.max(1);
    let found = u32::try_from(rate).unwrap_or(u32::MAX);
    let equation = Equation::count("ticks a second", found, Relation::UpTo(Seq::new(FASTEST)), 1).shown_by(first.frame);
    let long = ns / 10 >= u64::try_from(LEAST_RUN.as_ns()).unwrap_or(u64::MAX);
    let verdict = match rate {
        0 if long => Verdict::Noted(equation, SLOW),
        0 => return None,
        rate if rate > FASTEST_SEEN => Verdict::Noted(equation, FAST),
        _ => Verdict::Holds(equation),
    };
    Some((last.frame, verdict))
}
