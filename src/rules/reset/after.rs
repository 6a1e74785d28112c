//! What follows a RST, and who sent it: a reset that was injected, ignored or lost. RFC 9293 Section 3.5, RFC 5961.

use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Guards, Level, Needs, RULE, Rule, Said, Severity, Trigger, Verdict, Why};
use crate::seq::Seq;
use crate::tcp::acceptance::{Acceptance, ResetFit};
use crate::tcp::resets::{GoesOn, OVERTAKEN, Prior};
use crate::tcp::state::State;

/// This family.
pub static RULES: &[&Rule] = &[&RST_SILENCE, &RST_PEER_GOES_ON, &RST_CHALLENGE_PAIR, &RST_HOP, &RST_TIMEWAIT];

const MAY_BE_OVERTAKEN: Why = "it may have been sent before the RST and overtaken by it on the way";
const PAIR: Why =
    "it starts where the challenge ACK asks: whoever drew that has no such connection, or sees what is sent on it";
const VARIES: Why = "the hop limit of its sender's other segments varies as well";
const OTHER_START: Why = "as many hops away, counted down from another start: another stack at the same distance, or an \
                          answer that the same host makes without a connection";

/// What varies where nothing but the clock of the capture is to blame.
const LATER: Guards = Guards::RENUMBERED.and(Guards::UNVERIFIABLE).and(Guards::CLOCK);

static RST_SILENCE: Rule = Rule {
    id: "rst-silence",
    cite: Citation { rfc: 9293, section: "3.5.2" },
    also: &[Citation { rfc: 9293, section: "3.10.5" }],
    statement: "after a RST of an open connection: its sender sends nothing but RSTs",
    severity: Severity::Anomaly,
    summary: Said {
        en: "who has reset a connection sends nothing more on it", zh: "复位连接的一方不再发送其他报文段"
    },
    explanation: Said {
        en: "A RST says that its sender has no connection. Where the same sender goes on as if nothing had happened, the RST \
             was not its own: something on the way, a firewall, a censor or an attacker, made it in its name, or the sender \
             lies behind something that resets for it. What was sent just before a RST may be overtaken by it; only \
             octets beyond the RST's own number, or anything a second later, tell for certain.",
        zh: "RST 表示发送方已没有该连接。如果同一方若无其事地继续发送，那么 RST 并非由它发出：途中的防火墙、审查设备或攻击者冒用了它的名义。\
             在 RST 之前发出的报文段可能被它超越；只有序列号超过 RST 的数据，或一秒之后的报文段，才能确定。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::PAST,
    guards: LATER,
    check: rst_silence,
    broken_by: "
# somebody resets in B's name, and B answers as if nothing had happened
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
CLOSED      < R  301:301(0)          < CLOSED
CLOSED      < P. 301:311(10) ack 106 < ESTABLISHED   ! rst-silence
",
    kept_by: "
# B aborts, and answers what was still on its way by RSTs
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
CLOSED      < R. 301:301(0) ack 101  < CLOSED
ESTABLISHED > P. 106:111(5) ack 301  > CLOSED
CLOSED      < R  301:301(0)          < CLOSED
",
    ..RULE
};

fn rst_silence(cx: &Context<'_>) -> Verdict {
    let Some(resets) = &cx.connection.facts[cx.from].resets else { return Verdict::NotApplicable };
    let (Some(reset), None) = (resets.first, resets.went_on) else { return Verdict::NotApplicable };
    let end = cx.segment.seq_end();
    let beyond = Equation::at_most("SEQ + LEN", end, reset.seq).shown_by(reset.at.frame);
    let since = cx.segment.at.since(reset.at.time);
    let later = Equation::time("time since RST", since, Relation::AtMost, OVERTAKEN).shown_by(reset.at.frame);
    match resets.goes_on(cx.segment, cx.acceptance, Prior::of(&cx.connection.streams[cx.from])) {
        GoesOn::Yes if reset.seq.is_before(end) => Verdict::Broken(beyond, Severity::Anomaly),
        GoesOn::Yes => Verdict::Broken(later, Severity::Anomaly),
        GoesOn::Maybe if resets.maybe_on.is_none() => Verdict::Undecided(later, MAY_BE_OVERTAKEN),
        GoesOn::Maybe | GoesOn::No => Verdict::NotApplicable,
    }
}

static RST_PEER_GOES_ON: Rule = Rule {
    id: "rst-peer-goes-on",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    level: Level::Practice,
    statement: "a RST with SEG.SEQ = RCV.NXT ends its receiver within a round trip",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a connection does not outlive a RST that it must obey",
        zh: "必须服从 RST 的一方不应继续使用连接",
    },
    explanation: Said {
        en: "More than a round trip, and more than a second, after a RST that it must obey, its receiver still uses the \
             connection: the RST did not reach it, or something discards RSTs on the way. It goes on until it sends \
             something that is answered by another RST, or until it gives up.",
        zh: "在必须服从的 RST 之后超过一个往返时间且超过一秒，接收方仍在使用连接：RST 没有到达，或被途中设备丢弃。它会一直持续，直到它的\
             报文段引出另一个 RST，或自行放弃。",
    },
    on: Trigger(Trigger::ORDINARY.0),
    needs: Needs::PAST,
    guards: LATER,
    check: rst_peer_goes_on,
    broken_by: "
# A's RST does not arrive, and B sends data again two seconds later
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101        < ESTABLISHED
CLOSED      > R. 101:101(0) ack 301        > CLOSED
CLOSED      < P. 301:306(5) ack 101 +2.000 < ESTABLISHED   ! rst-peer-goes-on
",
    kept_by: "
# B's data was on its way when A reset
SYN-SENT    > S  100:100(0)                > LISTEN
ESTABLISHED < S. 300:300(0) ack 101        < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301        > ESTABLISHED
CLOSED      > R. 101:101(0) ack 301        > CLOSED
CLOSED      < P. 301:306(5) ack 101        < ESTABLISHED
CLOSED      > R  101:101(0)                > CLOSED
",
    ..RULE
};

fn rst_peer_goes_on(cx: &Context<'_>) -> Verdict {
    let Some(resets) = cx.connection.facts[cx.to].resets.as_ref().filter(|_| cx.from != cx.to) else {
        return Verdict::NotApplicable;
    };
    let (Some(reset), None, None) = (resets.first, resets.went_on, resets.other_on) else {
        return Verdict::NotApplicable;
    };
    let round_trip = cx.connection.round_trip();
    if !resets.is_ignored_by(cx.segment, cx.acceptance, round_trip) {
        return Verdict::NotApplicable;
    }
    let since = cx.segment.at.since(reset.at.time);
    let wait = round_trip.map_or(OVERTAKEN, |trip| OVERTAKEN.max(trip));
    let equation = Equation::time("time since RST", since, Relation::AtMost, wait).shown_by(reset.at.frame);
    Verdict::Broken(equation, Severity::Anomaly)
}

static RST_CHALLENGE_PAIR: Rule = Rule {
    id: "rst-challenge-pair",
    cite: Citation { rfc: 5961, section: "3.2" },
    also: &[Citation { rfc: 9293, section: "3.5.1" }],
    statement: "RST that answers a challenge ACK: SEG.SEQ = SEG.ACK of the challenge",
    severity: Severity::Note,
    summary: Said {
        en: "a RST takes its number from the challenge ACK that it answers",
        zh: "RST 的序列号取自它所应答的挑战 ACK",
    },
    explanation: Said {
        en: "A SYN or an inexact RST into an open connection is answered by an ACK of what is expected. A sender that has \
             really lost the connection answers that by a RST with exactly this number, and is obeyed; a forger who does \
             not see the challenge cannot.",
        zh: "对已建立连接上的 SYN 或不精确的 RST，接收方以 ACK 说明期望的序列号。真正丢失了连接的一方会以恰为该号码的 RST 应答，从而被\
             服从；看不到挑战 ACK 的伪造者做不到。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_challenge_pair,
    broken_by: "
# A has lost the connection and opens anew from the same port: RFC 9293, Figure 9
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > S  5000:5000(0)        > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101  < ESTABLISHED
CLOSED      > R  101:101(0)          > CLOSED        ~ rst-challenge-pair
",
    kept_by: "
# A aborts, no challenge before
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101  < ESTABLISHED
CLOSED      > R  101:101(0)          > CLOSED
",
    ..RULE
};

fn rst_challenge_pair(cx: &Context<'_>) -> Verdict {
    let resets = cx.connection.facts[cx.from].resets.as_ref();
    match resets.and_then(|resets| Some((resets.provoked?, resets.challenge?))) {
        Some((provoked, (ack, challenge))) if cx.segment.seq == ack => {
            let equation = Equation::equal("RST seq", cx.segment.seq, ack, 0);
            Verdict::Noted(equation.shown_by(challenge).shown_by(provoked), PAIR)
        }
        _ => Verdict::NotApplicable,
    }
}

static RST_HOP: Rule = Rule {
    id: "rst-hop",
    cite: Citation { rfc: 9293, section: "3.5.2" },
    level: Level::Practice,
    statement: "RST: hop limit = that of its sender's other segments",
    severity: Severity::Anomaly,
    summary: Said {
        en: "a RST comes from as far away as its sender's other segments",
        zh: "RST 的跳数应与发送方其他报文段一致",
    },
    explanation: Said {
        en: "Each router counts the hop limit (TTL) down, so what comes from one host by one way arrives with one number. A \
             RST with another was probably made elsewhere: by a firewall, a load balancer, a censor or an attacker on the \
             way. A route that changed just then, and a host that gives its connections another TTL than its RSTs, look \
             the same.",
        zh: "每个路由器都会递减跳数限制（TTL），同一主机经同一路径发来的报文段到达时数值相同。跳数不同的 RST 很可能来自别处：途中的防火墙、\
             负载均衡器、审查设备或攻击者。路径恰好改变，或主机为连接设置了与 RST 不同的 TTL，也会呈现这种样子。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_hop,
    broken_by: "
# a RST in B's name, from a place nearer to the tap
SYN-SENT    > S  100:100(0) {ttl 64}          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 {ttl 51}  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 {ttl 64}  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 {ttl 64}  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106 {ttl 51}  < ESTABLISHED
CLOSED      < R. 301:301(0) ack 106 {ttl 58}  < CLOSED      ! rst-hop
",
    kept_by: "
# B's own
SYN-SENT    > S  100:100(0) {ttl 64}          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 {ttl 51}  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301 {ttl 64}  > ESTABLISHED
CLOSED      < R. 301:301(0) ack 101 {ttl 51}  < CLOSED
",
    ..RULE
};

/// Routers passed if `limit` was counted down from the nearest of the numbers that stacks start at, and that number.
fn passed(limit: u8) -> (u8, u8) {
    let start = match limit {
        0..=64 => 64,
        65..=128 => 128,
        129.. => 255,
    };
    (start - limit, start)
}

fn rst_hop(cx: &Context<'_>) -> Verdict {
    let hops = cx.connection.facts[cx.from].hops;
    let limit = cx.segment.ip.hop_limit;
    if hops.count == 0 {
        return Verdict::NotApplicable;
    }
    let relation = if hops.low == hops.high { Relation::Equal } else { Relation::UpTo(Seq::new(hops.high.into())) };
    let equation = Equation::count("hop limit of RST", limit.into(), relation, hops.low.into()).shown_by(hops.last);
    let ((distance, start), (usual, usual_start)) = (passed(limit), passed(hops.low));
    if equation.is_true() {
        Verdict::Holds(equation)
    } else if hops.low != hops.high {
        Verdict::Undecided(equation, VARIES)
    } else if distance == usual && start != usual_start {
        Verdict::Undecided(equation, OTHER_START)
    } else {
        Verdict::Broken(equation, Severity::Anomaly)
    }
}

static RST_TIMEWAIT: Rule = Rule {
    id: "rst-timewait",
    cite: Citation { rfc: 1337, section: "2" },
    also: &[Citation { rfc: 1337, section: "3" }, Citation { rfc: 9293, section: "3.10.7.4" }],
    level: Level::Procedure,
    statement: "to a peer in TIME-WAIT: no RST with SEG.SEQ = RCV.NXT",
    severity: Severity::Anomaly,
    summary: Said { en: "a RST does not cut TIME-WAIT short", zh: "RST 不应使 TIME-WAIT 提前结束" },
    explanation: Said {
        en: "Both sides have closed and this one waits so that old segments die out. A RST with the expected number, mostly \
             an answer of the other side to something late, ends the wait, and old segments may then get into the next \
             connection (RFC 1337). Linux obeys it unless tcp_rfc1337 is set.",
        zh: "双方都已关闭，这一方正在等待旧报文段消失。序列号恰好符合期望的 RST（多半是对方对迟到报文段的应答）会结束等待，旧报文段\
             可能混入下一个连接（RFC 1337）。除非设置了 tcp_rfc1337，Linux 会服从它。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::NONE,
    check: rst_timewait,
    broken_by: "
# B is gone and answers a late acknowledgment of A by a RST
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
CLOSED      < R  302:302(0)          < CLOSED        ! rst-timewait
",
    kept_by: "
# the number is that of another time
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
TIME-WAIT   < R  200:200(0)          < CLOSED
",
    ..RULE
};

fn rst_timewait(cx: &Context<'_>) -> Verdict {
    let waits = cx.connection.likely(cx.to) == Some(State::TimeWait) && cx.from != cx.to;
    match cx.connection.streams[cx.from].fin {
        // That it waits is known once it has acknowledged the FIN.
        Some(fin)
            if waits
                && fin.acked_by.is_some()
                && cx.acceptance == Acceptance::Reset(ResetFit::Exact)
                && cx.segment.seq == fin.end() =>
        {
            let base = Equation::equal("RST seq", cx.segment.seq, fin.seq, 1).shown_by(fin.frame);
            Verdict::Broken(Equation { relation: Relation::Unequal, ..base }, Severity::Anomaly)
        }
        _ => Verdict::NotApplicable,
    }
}
