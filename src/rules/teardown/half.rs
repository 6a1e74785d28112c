//! Connections closed on one side only: what still flows, and how long they stay so. RFC 9293 Section 3.6.1.

use crate::packet::FrameNo;
use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Ending, Guards, Level, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::tcp::acceptance::{Acceptance, ResetFit};
use crate::tcp::state::State;
use crate::timestamp::{Elapsed, Timestamp};

/// This family.
pub static RULES: &[&Rule] = &[&FIN_HALF_CLOSE, &FIN_DATA_AFTER_CLOSE_RST, &CLOSEWAIT_LINGER, &FINWAIT2_LINGER];

/// What Linux lets an orphan wait in FIN-WAIT-2 (`tcp_fin_timeout`); no application needs longer to notice a close.
const LONG: Elapsed = Elapsed::from_secs(60);

const HALF: Why = "the other had closed its direction only: half-close";
const NOT_READ: Why = "its sender had closed for reading too: the octets have nobody to go to";
const STILL_OPEN: Why =
    "no close of it has been captured: it is still open, or went on where this capture does not reach";
const WAITED: Why =
    "it waits for the other's FIN; Linux forgets a connection that no application holds after 60 s of that";

static FIN_HALF_CLOSE: Rule = Rule {
    id: "fin-half-close",
    cite: Citation { rfc: 9293, section: "3.6.1" },
    level: Level::May,
    statement: "after SEG.ACK = u + 1: octets of its sender",
    severity: Severity::Note,
    summary: Said {
        en: "one side may go on sending after the other has closed", zh: "一方关闭后，另一方可以继续发送"
    },
    explanation: Said {
        en: "Each direction closes by itself. These octets were sent after their sender had acknowledged the other's FIN: the \
             other had said that it has no more to send, and still receives.",
        zh: "每个方向各自关闭。这些数据是在其发送方确认了对方的 FIN 之后发出的：对方表示不再发送，但仍在接收。",
    },
    on: Trigger(Trigger::FIN.0),
    at_end: Some(fin_half_close),
    broken_by: "
# A says that its request is whole, B answers it
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:106(5) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 107  < CLOSE-WAIT
FIN-WAIT-2  < P. 301:311(10) ack 107 < CLOSE-WAIT    ~ fin-half-close
FIN-WAIT-2  > .  107:107(0) ack 311  > CLOSE-WAIT
TIME-WAIT   < F. 311:311(0) ack 107  < LAST-ACK
TIME-WAIT   > .  107:107(0) ack 312  > CLOSED
",
    kept_by: "
# nothing comes after
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:106(5) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 107  < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 107  < LAST-ACK
",
    ..RULE
};

fn fin_half_close(end: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let (connection, peer, other) = (end.connection, end.peer, end.connection.other(end.peer));
    let fin = connection.streams[other].fin.filter(|_| other != peer)?;
    let close = connection.facts[other].close.as_ref()?;
    let octets = u32::try_from(connection.octets_after_fin(other)?).unwrap_or(u32::MAX);
    let (first, last) = (close.first_after.filter(|_| octets > 0)?, close.last_after?);
    let equation = Equation::count("octets after the other's FIN", octets, Relation::AtLeast, 1);
    Some((first, Verdict::Noted(equation.shown_by(fin.frame).shown_by(last.frame), HALF)))
}

static FIN_DATA_AFTER_CLOSE_RST: Rule = Rule {
    id: "fin-data-after-close-rst",
    cite: Citation { rfc: 9293, section: "3.6.1" },
    requirements: &["SHLD-3"],
    level: Level::Should,
    statement: "data to a peer that has closed both ways: answered by a RST",
    severity: Severity::Note,
    summary: Said {
        en: "data that comes after a full close draws a RST", zh: "完全关闭之后到达的数据引出 RST"
    },
    explanation: Said {
        en: "An application that calls close, not shutdown, reads no more either. What the other still sends is lost, and the \
             RST says so; the other may lose what it has not read yet. On the wire both calls look the same until such a \
             RST comes.",
        zh: "应用调用 close 而不是 shutdown，就也不再读取。对方继续发送的数据会丢失，RST 正是说明这一点；对方也可能丢失尚未读取的数据。在出现\
             这样的 RST 之前，两种调用在线路上看起来一样。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: fin_data_after_close_rst,
    broken_by: "
# A has closed for good, B sends on
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < P. 301:306(5) ack 102  < CLOSE-WAIT
CLOSED      > R  102:102(0)          > CLOSED        ~ fin-data-after-close-rst
",
    kept_by: "
# A still reads, and aborts later
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
FIN-WAIT-2  < P. 301:306(5) ack 102  < CLOSE-WAIT
FIN-WAIT-2  > .  102:102(0) ack 306  > CLOSE-WAIT
CLOSED      > R. 102:102(0) ack 306  > CLOSED
",
    ..RULE
};

fn fin_data_after_close_rst(cx: &Context<'_>) -> Verdict {
    let waits = matches!(cx.connection.likely(cx.from), Some(State::FinWait1 | State::FinWait2));
    let fits = matches!(cx.acceptance, Acceptance::Reset(ResetFit::Exact | ResetFit::Possible | ResetFit::SenderOnly));
    let (own, other) = (&cx.connection.streams[cx.from], &cx.connection.streams[cx.to]);
    let (Some(fin), Some(acked), Some(nxt)) = (own.fin, own.acked, other.nxt) else { return Verdict::NotApplicable };
    if !waits || !fits || other.fin.is_some() || !acked.is_before(nxt) || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let octets = u32::try_from(acked.offset_to(nxt)).unwrap_or(0);
    let equation = Equation::count("octets that nobody reads", octets, Relation::Unequal, 0).shown_by(fin.frame);
    Verdict::Noted(equation.perhaps_shown_by(cx.connection.facts[cx.to].shown.nxt), NOT_READ)
}

/// How long one side stayed closed while the other had neither sent octets nor closed, and what ended that.
struct Linger {
    /// The frame that acknowledged the FIN.
    acknowledged: FrameNo,
    /// The FIN.
    fin: FrameNo,
    /// How long.
    span: Elapsed,
    /// The FIN or RST that ended it.
    ended: Option<FrameNo>,
}

/// Of the connection of `end`, closed first by the other of `waiting_for`.
fn linger(end: &Ending<'_>, waiting_for: crate::peer::Peer) -> Option<Linger> {
    let (connection, closer) = (end.connection, end.connection.other(waiting_for));
    let fin = connection.streams[closer].fin.filter(|_| closer != waiting_for)?;
    let (acknowledged, at) = fin.acked_by?;
    let second = connection.streams[waiting_for].fin;
    if second.is_some_and(|second| second.first_ack.is_none_or(|ack| ack.is_at_or_before(fin.seq))) {
        return None;
    }
    let last = connection.facts[closer].close.as_ref().and_then(|close| close.last_after);
    let since = last.map_or(at, |last| last.time.max(at));
    let closed = second.map(|second| (second.at, second.frame));
    let ended = closed.or(connection.reset.map(|(reset, _)| (reset.time, reset.frame)));
    let until: Timestamp = ended.map_or(end.now, |(at, _)| at);
    let span = until.since(since);
    (span >= LONG).then_some(Linger { acknowledged, fin: fin.frame, span, ended: ended.map(|(_, frame)| frame) })
}

static CLOSEWAIT_LINGER: Rule = Rule {
    id: "closewait-linger",
    cite: Citation { rfc: 9293, section: "3.6" },
    level: Level::Practice,
    statement: "CLOSE-WAIT without octets =< 60 s",
    severity: Severity::Anomaly,
    summary: Said { en: "CLOSE-WAIT does not last", zh: "CLOSE-WAIT 不应长时间停留" },
    explanation: Said {
        en: "The other side has closed and this one has acknowledged it; only its application can end CLOSE-WAIT, by closing. \
             A minute without octets and without a close mostly means that it has forgotten to, and leaks the connection. \
             The other side may be gone meanwhile: Linux forgets an orphan in FIN-WAIT-2 after 60 s. A long half-close \
             that is meant looks the same.",
        zh: "对方已关闭，这一方也已确认；只有它的应用调用关闭才能结束 CLOSE-WAIT。一分钟内既无数据也不关闭，多半是应用忘了关闭，造成连接泄漏。对方\
             此时可能已不存在：Linux 会在 60 秒后遗忘处于 FIN-WAIT-2 的孤儿连接。有意的长时间半关闭看起来一样。",
    },
    on: Trigger(Trigger::FIN.0),
    at_end: Some(closewait_linger),
    broken_by: "
# B closes a minute and a half later
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT   ~ finwait2-linger
TIME-WAIT   < F. 301:301(0) ack 102 +90.000 < LAST-ACK     ! closewait-linger
",
    kept_by: "
# B closes half a minute later
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102 +30.000 < LAST-ACK
",
    ..RULE
};

fn closewait_linger(end: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let linger = linger(end, end.peer)?;
    let equation = Equation::time("time in CLOSE-WAIT", linger.span, Relation::AtMost, LONG);
    let equation = equation.shown_by(linger.fin).shown_by(linger.acknowledged);
    Some(match linger.ended {
        Some(frame) => (frame, Verdict::Broken(equation, Severity::Anomaly)),
        None => (linger.acknowledged, Verdict::Noted(equation, STILL_OPEN)),
    })
}

static FINWAIT2_LINGER: Rule = Rule {
    id: "finwait2-linger",
    cite: Citation { rfc: 9293, section: "3.6" },
    level: Level::Practice,
    statement: "FIN-WAIT-2 without octets =< 60 s",
    severity: Severity::Note,
    summary: Said { en: "FIN-WAIT-2 waits for the other's close", zh: "FIN-WAIT-2 等待对方关闭" },
    explanation: Said {
        en: "This side has closed, the other has acknowledged it and neither sends nor closes. RFC 9293 sets no limit; Linux \
             drops a connection that no application holds any more after tcp_fin_timeout, 60 s, without a segment, and \
             answers what comes later by a RST. Nobody but the other side's application can end it.",
        zh: "这一方已关闭，对方确认之后既不发送也不关闭。RFC 9293 没有规定期限；Linux 会在 tcp_fin_timeout（60 秒）之后不发报文段地丢弃不再被应用\
             持有的连接，此后到达的报文段以 RST 应答。只有对方的应用才能结束它。",
    },
    on: Trigger(Trigger::FIN.0),
    at_end: Some(finwait2_linger),
    broken_by: "
# B closes a minute and a half later
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT   ~ finwait2-linger
TIME-WAIT   < F. 301:301(0) ack 102 +90.000 < LAST-ACK     ! closewait-linger
",
    kept_by: "
# B closes half a minute later
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102 +30.000 < LAST-ACK
",
    ..RULE
};

fn finwait2_linger(end: &Ending<'_>) -> Option<(FrameNo, Verdict)> {
    let linger = linger(end, end.connection.other(end.peer))?;
    let equation = Equation::time("time in FIN-WAIT-2", linger.span, Relation::AtMost, LONG);
    let equation = equation.shown_by(linger.fin).perhaps_shown_by(linger.ended);
    Some((linger.acknowledged, Verdict::Noted(equation, WAITED)))
}
