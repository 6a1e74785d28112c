//! How a sender goes on against a shut window: its probes slow down, it does not stop, it does not give up. RFC 9293,
//! Section 3.8.6.1.

use super::equation::{Equation, Relation};
use super::{Citation, Context, Ending, Level, Needs, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::packet::FrameNo;
use crate::tcp::acceptance::{Acceptance, ResetFit};
use crate::tcp::kind::Kind;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&ZWP_BACKOFF, &ZW_DEADLOCK, &ZW_PERSIST_OPEN];

const FASTER: Why = "the probes do not slow down";

static ZWP_BACKOFF: Rule = Rule {
    id: "zwp-backoff",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    requirements: &["SHLD-29", "SHLD-30"],
    level: Level::Should,
    statement: "time since the last probe >= time between the two before",
    summary: Said { en: "probes of a shut window come ever more slowly", zh: "零窗口探测的间隔逐渐加长" },
    explanation: Said {
        en: "The first probe comes after the usual time-out, each further one later than the last, up to a limit. A tenth \
             is allowed for clocks. A probe that an application's new octets set off comes early.",
        zh: "第一次探测在通常的重传超时之后，此后间隔逐次加长，直到上限。允许十分之一的时钟误差。由应用程序的新数据引发的探测会提早。",
    },
    on: Trigger::ORDINARY,
    needs: Needs::KIND,
    check: zwp_backoff,
    broken_by: "
# 400 ms, then 200
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.400     > ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED   ~ zwp-backoff
",
    kept_by: "
# 400 ms, then 800
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.400     > ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.800     > ESTABLISHED
",
    ..RULE
};

fn zwp_backoff(cx: &Context<'_>) -> Verdict {
    let probes = cx.connection.facts[cx.from].sent.as_ref().and_then(|sent| sent.zero_window_probes);
    let (Kind::ZeroWindowProbe, Some(probes)) = (cx.kind, probes) else { return Verdict::NotApplicable };
    let Some(before) = probes.interval else { return Verdict::NotApplicable };
    let interval = cx.segment.at.since(probes.at.time);
    let wanted = Elapsed::from_ns(before.as_ns() / 10 * 9);
    let equation = Equation::time("interval", interval, Relation::AtLeast, wanted).shown_by(probes.at.frame);
    if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, FASTER) }
}

/// Senders probe a shut window once a minute at least (RFC 6298, Section 2); Linux waits two at most.
const LONGEST_PAUSE: Elapsed = Elapsed::from_secs(120);
const STOPPED: Why = "octets wait and the window is shut, but no probe came: a lost update would stop both for ever; or its \
                      sender is gone";

static ZW_DEADLOCK: Rule = Rule {
    id: "zw-deadlock",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    also: &[Citation { rfc: 9293, section: "3.8.6" }],
    requirements: &["MUST-35", "MUST-36"],
    level: Level::Must,
    statement: "while SND.WND = 0 and octets wait: time since the last segment < 120 s",
    summary: Said {
        en: "a shut window is probed as long as octets wait", zh: "有数据等待时，持续探测零窗口"
    },
    explanation: Said {
        en: "Told when the capture has ended, and only where octets are seen to wait: some are not acknowledged, or probes \
             were sent. The sender's host may be gone or its path cut, so nobody is charged.",
        zh: "在捕获结束时判断，且仅当能看到有数据在等待：有字节未被确认，或曾发送过探测。发送方主机可能已不在或路径中断，因此不归咎\
             于任何一方。",
    },
    at_end: Some(zw_deadlock),
    broken_by: "
# fifty octets wait, and A asks no more; another connection tells the time
SYN-SENT    > S  100:100(0)                      > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100      < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301            > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 151 win 0        < ESTABLISHED   ~ zw-deadlock
ESTABLISHED < P. 301:306(5) ack 151 win 0 +200   < ESTABLISHED
",
    kept_by: "
# nothing waits
SYN-SENT    > S  100:100(0)                      > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100      < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301            > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0        < ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 201 win 0 +200   < ESTABLISHED
",
    ..RULE
};

fn zw_deadlock(ending: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let (connection, peer) = (ending.connection, ending.peer);
    let other = connection.other(peer);
    let shut = connection.facts[other].window.shut_since?;
    let sent = connection.facts[peer].sent.as_ref()?;
    let over = [peer, other].into_iter().any(|it| connection.endpoints[it].ended.is_some());
    if over || connection.streams[peer].fin.is_some() || (sent.is_empty() && sent.zero_window_probes.is_none()) {
        return None;
    }
    let last = connection.facts[peer].last_sent?;
    let pause = ending.now.since(last.time);
    let equation = Equation::time("silent", pause, Relation::AtMost, LONGEST_PAUSE).shown_by(last.frame);
    let verdict = if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Noted(equation, STOPPED) };
    Some((shut.frame, verdict))
}

static ZW_PERSIST_OPEN: Rule = Rule {
    id: "zw-persist-open",
    cite: Citation { rfc: 9293, section: "3.8.6.1" },
    also: &[Citation { rfc: 6429, section: "4" }],
    requirements: &["MUST-37"],
    level: Level::Must,
    statement: "no RST while the other's window is shut and it answers the probes",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a shut window that answers is no reason to abort", zh: "零窗口只要有应答，就不得因此中止"
    },
    explanation: Said {
        en: "A receiver may keep its window shut as long as it likes if it answers probes; its sender's TCP must not give up \
             for that. An application, or a system short of memory (RFC 6429), may, and looks the same, so this is an \
             anomaly, not a violation.",
        zh: "接收方只要应答探测，就可以任意久地保持零窗口；发送方的 TCP 不得因此放弃。应用程序或内存不足的系统（RFC 6429）可以，而且\
             看起来一样，因此这是异常而不是违规。",
    },
    on: Trigger::RST,
    check: zw_persist_open,
    broken_by: "
# B answers that its window is shut, and A resets
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
CLOSED      > R. 201:201(0) ack 301            > CLOSED        ! zw-persist-open
",
    kept_by: "
# B does not answer any more
SYN-SENT    > S  100:100(0)                    > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 100    < SYN-RECEIVED
ESTABLISHED > P. 101:201(100) ack 301          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 201 win 0      < ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.200     > ESTABLISHED
ESTABLISHED > .  200:200(0) ack 301 +0.400     > ESTABLISHED
CLOSED      > R. 201:201(0) ack 301            > CLOSED
",
    ..RULE
};

fn zw_persist_open(cx: &Context<'_>) -> Verdict {
    let fits = matches!(cx.acceptance, Acceptance::Reset(ResetFit::Exact | ResetFit::Possible));
    let window = &cx.connection.facts[cx.to].window;
    let probes = cx.connection.facts[cx.from].sent.as_ref().and_then(|sent| sent.zero_window_probes);
    let (Some(probes), Some(shut), true) = (probes, window.shut_since, fits) else { return Verdict::NotApplicable };
    // The other's FIN says that it wants no more.
    let Some(answer) = probes.answered.filter(|_| cx.connection.streams[cx.to].fin.is_none()) else {
        return Verdict::NotApplicable;
    };
    let equation = Equation::count("probes unanswered", 0, Relation::AtLeast, 1);
    Verdict::Broken(equation.shown_by(shut.frame).shown_by(answer.frame), Severity::Anomaly)
}
