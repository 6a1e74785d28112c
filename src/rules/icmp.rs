//! ICMP errors that quote a segment: whether a host may heed them, and what it may do then (RFC 9293, Section 3.9.2.2,
//! RFC 5461, RFC 5927).
//!
//! An error is no segment: these rules look at none, but at [`ErrorContext`]; what follows upon an error they see in the
//! segments that settle their questions. A verdict names the error's frame, and the peer that is told.

use super::equation::{Equation, Relation};
use super::guard::WHY_RENUMBERED;
use super::{
    Citation, Context, ErrorContext, Keeps, Level, Otherwise, Question, RULE, Rule, Said, Settlement, Severity,
    Trigger, Verdict, Why,
};
use crate::tcp::icmp::{Effect, Fit};
use crate::wire::checksum::Checksum;
use crate::wire::datagram::Gravity;
use crate::wire::segment::{Fragmenting, Segment};

/// This family.
pub static RULES: &[&Rule] = &[&ICMP_IN_FLIGHT, &ICMP_SOFT_NO_ABORT, &ICMP_HARD, &ICMP_PTB];

/// What every rule of the family starts from: no segment concerns it.
const ERROR: Rule = Rule { on: Trigger(0), ..RULE };

const LATE: Why = "what it quotes was acknowledged before the error came: a host takes no notice";
const BARE: Why = "a bare acknowledgment stands at SND.NXT: RFC 5927 takes no notice of the error, Linux does";
const UNCAPTURED: Why = "the receiver's window allows the number, so the quoted segment may not have been captured";
const UNKNOWN_START: Why = "the SYN of the quoted sender was not captured, so its numbers are not known";
const MAY_GIVE_UP: Why =
    "it came before the connection was synchronized: who is told may give up without a further segment";
const TOO_LATE: Why = "the connection was synchronized: hosts go on, as against a forged error (RFC 5461)";
const NOTHING_AGAIN: Why = "what did not fit was not seen to be sent again";
const NOTHING_MORE: Why = "who is told was not seen to send again";
const MAY_SPLIT: Why = "the packet may be split on its way, by its card or by a router, for the capture cannot tell";
const NO_LINK: Why = "no link is that small: it is to be taken for the least that one may be, or for an attack";

/// The least that a link must take: RFC 791, Section 3.2, and RFC 8200, Section 5.
const LEAST: [u32; 2] = [68, 1280];

fn flight(cx: &ErrorContext<'_>) -> Option<Equation> {
    let (first, next) = cx.told.flight?;
    let (facts, to) = (&cx.connection.facts, cx.told.to);
    let equation = Equation::below("quoted SEQ", cx.told.seq, first, next);
    let acked = facts[cx.connection.other(to)].shown.acked;
    Some(equation.perhaps_shown_by(acked).perhaps_shown_by(facts[to].shown.nxt))
}

static ICMP_IN_FLIGHT: Rule = Rule {
    id: "icmp-in-flight",
    cite: Citation { rfc: 5927, section: "4.1" },
    level: Level::Practice,
    statement: "ICMP error: SND.UNA =< quoted SEG.SEQ < SND.NXT",
    severity: Severity::Anomaly,
    summary: Said {
        en: "an ICMP error quotes a segment that is in flight", zh: "ICMP 差错引用的报文段应当在途"
    },
    explanation: Said {
        en: "Who has not seen a connection cannot know which numbers are in flight, so that is what tells an honest error \
             from a blind attack. One that comes late is noted. Beyond SND.NXT it is broken only where the receiver's window \
             allows no such number; else the segment may not have been captured.",
        zh: "没有见过连接的人不知道哪些序列号在途，这正是诚实的差错与盲目攻击的区别。迟到的只作记录。超出 SND.NXT 时，仅当接收窗口不容许\
             该序列号才算违反，否则该报文段可能未被捕获。",
    },
    on_error: Some(in_flight),
    broken_by: "
# somebody who has not seen the connection guesses
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < .  700000:700000(0) ack 301 {icmp host-unreachable} {by-router} < ESTABLISHED ! icmp-in-flight
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
",
    kept_by: "
# the segment that had no way to B
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < P. 101:106(5) ack 301 {icmp host-unreachable} {by-router} < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.200  > ESTABLISHED
",
    ..ERROR
};

fn in_flight(cx: &ErrorContext<'_>) -> Verdict {
    let Some(equation) = flight(cx) else { return Verdict::NotApplicable };
    let it = cx.connection;
    match cx.told.fit {
        Fit::InFlight => Verdict::Holds(equation),
        Fit::AtNext => Verdict::Noted(equation, BARE),
        Fit::Acknowledged => Verdict::Noted(equation, LATE),
        Fit::Unknown => Verdict::NotApplicable,
        Fit::NotSent => {
            let edge = it.streams[it.other(cx.told.to)].right_edge;
            if it.renumbered.is_some() {
                Verdict::Undecided(equation, WHY_RENUMBERED)
            } else if it.streams[cx.told.to].iss.is_none() {
                Verdict::Undecided(equation, UNKNOWN_START)
            } else if edge.is_none_or(|edge| cx.told.seq.is_at_or_before(edge)) {
                Verdict::Undecided(equation, UNCAPTURED)
            } else {
                Verdict::Broken(equation, Severity::Anomaly)
            }
        }
    }
}

static ICMP_SOFT_NO_ABORT: Rule = Rule {
    id: "icmp-soft-no-abort",
    cite: Citation { rfc: 9293, section: "3.9.2.2" },
    also: &[Citation { rfc: 5461, section: "2.1" }],
    requirements: &["MUST-56"],
    level: Level::Must,
    statement: "soft ICMP error: the connection goes on",
    severity: Severity::Anomaly,
    summary: Said { en: "a soft ICMP error aborts no connection", zh: "软 ICMP 差错不得中止连接" },
    explanation: Said {
        en: "No route, no host, time exceeded or a parameter problem may pass, and the segment is sent again. Who resets as \
             the next thing that it does has likely taken the error for a hard one; but its application may have aborted of \
             its own accord, so this is no violation. Without a RST nobody can see that a host gave up.",
        zh: "无路由、主机不可达、超时或参数问题可能是暂时的，报文段会重传。接着就发 RST 的一方很可能把它当成了硬差错；但也可能是应用程序\
             自行中止，所以不算违规。没有 RST，外人看不出主机已放弃。",
    },
    on_error: Some(soft),
    settle: Some(soft_settled),
    broken_by: "
# A has no patience
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < P. 101:106(5) ack 301 {icmp host-unreachable} {by-router} < ESTABLISHED ! icmp-soft-no-abort
CLOSED      > R. 106:106(0) ack 301  > CLOSED
",
    kept_by: "
# A sends again
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < P. 101:106(5) ack 301 {icmp host-unreachable} {by-router} < ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301 +0.200  > ESTABLISHED
",
    ..ERROR
};

fn soft(cx: &ErrorContext<'_>) -> Verdict {
    match (cx.told.kind.gravity(), cx.told.fit, flight(cx)) {
        (Gravity::Soft, Fit::InFlight, Some(equation)) => Verdict::Open(equation, 0, Otherwise::Noted(NOTHING_MORE)),
        _ => Verdict::NotApplicable,
    }
}

fn soft_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let flags = cx.segment.flags;
    if cx.from == question.peer {
        return Settlement::Now(if flags.rst() {
            Verdict::Broken(question.equation, Severity::Anomaly)
        } else {
            Verdict::Holds(question.equation)
        });
    }
    // What the other sends may be why a RST follows.
    if cx.segment.seq_len() > 0 || flags.rst() { Settlement::Now(Verdict::NotApplicable) } else { Settlement::Wait }
}

static ICMP_HARD: Rule = Rule {
    id: "icmp-hard",
    cite: Citation { rfc: 9293, section: "3.9.2.2" },
    also: &[Citation { rfc: 5461, section: "2.1" }],
    requirements: &["SHLD-26"],
    level: Level::Should,
    statement: "hard ICMP error: the connection is aborted, before it is synchronized",
    severity: Severity::Note,
    summary: Said {
        en: "a hard ICMP error ends an attempt, not an open connection",
        zh: "硬 ICMP 差错终止尚未建立的连接，不终止已建立的连接",
    },
    explanation: Said {
        en: "No such protocol or port, or prohibited: that lasts. RFC 9293 would have the connection aborted; hosts do so \
             while they open it, and go on once it is open, since errors are easily forged. No segment shows that a host \
             gave up: CLOSED is then possible, until it sends again.",
        zh: "无此协议、无此端口或被禁止：这是持久的。RFC 9293 要求中止连接；主机只在打开期间这样做，建立之后继续，因为差错容易伪造。没有\
             报文段显示主机已放弃：此时可能已 CLOSED，直到它再次发送。",
    },
    on_error: Some(hard),
    broken_by: "
# B's host has no such port
SYN-SENT    > S  100:100(0)          > ?
SYN-SENT    < S  100:100(0) {icmp port-unreachable} < ?  ~ icmp-hard
",
    kept_by: "
# a router has no way to B: that may pass
SYN-SENT    > S  100:100(0)          > ?
SYN-SENT    < S  100:100(0) {icmp net-unreachable} {by-router} < ?
",
    ..ERROR
};

fn hard(cx: &ErrorContext<'_>) -> Verdict {
    match (cx.told.kind.gravity(), cx.told.fit, flight(cx)) {
        (Gravity::Hard, Fit::InFlight, Some(equation)) => {
            Verdict::Noted(equation, if cx.told.effect == Effect::MayClose { MAY_GIVE_UP } else { TOO_LATE })
        }
        _ => Verdict::NotApplicable,
    }
}

static ICMP_PTB: Rule = Rule {
    id: "icmp-ptb",
    cite: Citation { rfc: 9293, section: "3.7.2" },
    also: &[Citation { rfc: 1191, section: "3" }, Citation { rfc: 8201, section: "4" }],
    level: Level::Should,
    statement: "packet too big: what is sent again takes no more octets than the next link",
    severity: Severity::Anomaly,
    summary: Said {
        en: "after an ICMP packet-too-big the same octets go out in smaller packets",
        zh: "收到 ICMP 分组太大之后，同样的数据以更小的分组发送",
    },
    explanation: Said {
        en: "The error names what the next link takes. Who ignores it, or never gets it because a firewall drops it, sends the \
             same packet again and again: a black hole. It is broken only where nothing can split the packet on its way: \
             neither the sender's card (its checksum was right when captured) nor, by IPv4, a router (it may not be \
             fragmented).",
        zh: "差错给出下一链路的最大长度。忽略它，或因防火墙丢弃而收不到它的一方，会一再发送同样的分组：黑洞。仅当分组途中不会被拆分时才算\
             违反：既不由发送方网卡（捕获时校验和正确），也不由 IPv4 路由器（不得分片）。",
    },
    on_error: Some(too_big),
    settle: Some(too_big_settled),
    keeps: Keeps::Equations,
    broken_by: "
# A takes no notice
SYN-SENT    > S  100:100(0) <mss 1460> > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 1460> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301     > ESTABLISHED
ESTABLISHED > .  101:1561(1460) ack 301 > ESTABLISHED
ESTABLISHED < .  101:1561(1460) ack 301 {icmp too-big} {by-router} {mtu 1400} < ESTABLISHED ! icmp-ptb
ESTABLISHED > .  101:1561(1460) ack 301 +0.300 > ESTABLISHED
",
    kept_by: "
# A sends less
SYN-SENT    > S  100:100(0) <mss 1460> > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 <mss 1460> < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301     > ESTABLISHED
ESTABLISHED > .  101:1561(1460) ack 301 > ESTABLISHED
ESTABLISHED < .  101:1561(1460) ack 301 {icmp too-big} {by-router} {mtu 1400} < ESTABLISHED
ESTABLISHED > .  101:1401(1300) ack 301 > ESTABLISHED
",
    ..ERROR
};

fn too_big(cx: &ErrorContext<'_>) -> Verdict {
    let (Some(mtu), Some(equation), Fit::InFlight) = (cx.told.mtu, flight(cx), cx.told.fit) else {
        return Verdict::NotApplicable;
    };
    let [least_v4, least_v6] = LEAST;
    let least = if cx.told.reporter.is_ipv4() { least_v4 } else { least_v6 };
    if mtu < least {
        return Verdict::Noted(Equation::count("next link's octets", mtu, Relation::AtLeast, least), NO_LINK);
    }
    Verdict::Open(equation, mtu, Otherwise::Noted(NOTHING_AGAIN))
}

fn too_big_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let quoted = question.equation.found;
    if cx.from != question.peer {
        let over = cx.segment.flags.rst() || cx.segment.ack().is_some_and(|ack| quoted.is_before(ack));
        return if over { Settlement::Now(Verdict::NotApplicable) } else { Settlement::Wait };
    }
    if cx.segment.seq != quoted || cx.segment.payload_len == 0 {
        return Settlement::Wait;
    }
    let octets = packet_octets(cx.segment);
    let equation = Equation::count("packet's octets", octets, Relation::AtMost, question.number);
    let splits = cx.segment.checksum != Checksum::Right || cx.segment.ip.fragmenting == Fragmenting::Allowed;
    Settlement::Now(if equation.is_true() {
        Verdict::Holds(equation)
    } else if splits {
        Verdict::Undecided(equation, MAY_SPLIT)
    } else {
        Verdict::Broken(equation, Severity::Anomaly)
    })
}

/// Octets of the IP packet around a segment, without options of the IP header.
fn packet_octets(segment: &Segment<'_>) -> u32 {
    let ip: u32 = if segment.path.from.is_ipv4() { 20 } else { 40 };
    let options = u32::try_from(segment.options.octets.len()).unwrap_or(0);
    segment.payload_len.saturating_add(ip + 20 + options)
}
