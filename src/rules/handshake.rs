//! The handshake: RFC 9293, Section 3.5 and the first steps of Section 3.10.7.

use super::equation::{Equation, Relation};
use super::guard::WHY_RENUMBERED;
use super::{
    Citation, Context, Guards, Keeps, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict,
    Why,
};
use crate::seq::Seq;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::connection::Candidate;
use crate::tcp::endpoint::Opening;
use crate::timestamp::Elapsed;

/// This family.
pub static RULES: &[&Rule] = &[&SYNACK_ACK, &ACK_ACK, &ACK_SEQ, &SYN_OCCUPIES_ONE, &COMPLETE];

const UNCAPTURED_OCTETS: Why = "octets before it were not captured";
const OTHER_INCARNATION: Why = "it may belong to another incarnation of the same ports";
const MAYBE_PROBE: Why =
    "a keep-alive or a probe carries this number on purpose, and the handshake's own ACK may have been lost";

pub(super) const DAMAGED: Why =
    "a segment with a wrong checksum came before it: the number that it is compared with may be damaged";

/// A keep-alive is not sent in the first second of a connection (RFC 9293, Section 3.8.4, lets it wait for hours).
const PROBE_AFTER: Elapsed = Elapsed::from_secs(1);

static SYNACK_ACK: Rule = Rule {
    id: "hs-synack-ack",
    cite: Citation { rfc: 9293, section: "3.10.7.3" },
    statement: "SYN-ACK: SEG.ACK = ISS + 1, at most ISS + 1 + octets in the SYN",
    severity: Severity::Violation,
    summary: Said {
        en: "a SYN-ACK acknowledges the SYN that it answers",
        zh: "第二次握手的确认号等于所应答的 SYN 的初始序列号加一",
    },
    explanation: Said {
        en: "The SYN occupies one sequence number, so its acknowledgment is the initial sequence number plus one; octets \
             sent with the SYN may be acknowledged too. A SYN-ACK that acknowledges none of the captured SYNs stays an \
             open question: if its receiver answers by a RST, or a right one follows, it answered a SYN that the capture \
             does not hold, and nobody is charged. If the connection goes on upon it, it is broken.",
        zh: "SYN 占用一个序列号，所以确认号是初始序列号加一；随 SYN 发出的数据也可以一并确认。若 SYN-ACK 与任何捕获到的 \
             SYN 都不符，先存疑：对方以 RST 应答，或随后出现正确的 SYN-ACK，说明它应答的是未捕获的 SYN，不归咎于任何一方；\
             若连接就此继续，则判为违反。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: Guards::ANEW,
    check: synack_ack,
    settle: Some(synack_ack_settled),
    keeps: Keeps::Equations,
    broken_by: "
# a SYN-ACK with a number of its own, upon which the connection goes on
SYN-SENT    > S  100:100(0)          > LISTEN
SYN-SENT    < S. 300:300(0) ack 200  < LISTEN   ! hs-synack-ack
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
",
    kept_by: "
# its receiver refuses it: it answered another SYN
SYN-SENT    > S  100:100(0)          > LISTEN
SYN-SENT    < S. 300:300(0) ack 91   < LISTEN
SYN-SENT    > R  91:91(0)            > LISTEN
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 400:400(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 401  > ESTABLISHED
",
    ..RULE
};

fn synack_ack(cx: &Context<'_>) -> Verdict {
    let Some(ack) = cx.segment.ack() else { return Verdict::NotApplicable };
    let first = cx.connection.handshake[1].is_none();
    let syns = || cx.connection.candidates.iter().filter(|syn| syn.from == cx.to);
    if let Some(syn) = syns().rev().find(|syn| syn.is_answered_by(ack)) {
        return if first { Verdict::Holds(answer(ack, syn)) } else { Verdict::NotApplicable };
    }
    match (syns().next_back(), cx.acceptance) {
        (Some(syn), Acceptance::UnmatchedSynAck) => {
            Verdict::Open(answer(ack, syn), cx.segment.seq.get(), Otherwise::Undecided)
        }
        _ => Verdict::NotApplicable,
    }
}

fn answer(ack: Seq, syn: &Candidate) -> Equation {
    upto("SYN-ACK ack", ack, syn.iss, syn.payload).shown_by(syn.at.frame)
}

/// One past a SYN at `iss`, or at most past the `octets` behind it.
fn upto(name: &'static str, found: Seq, iss: Seq, octets: u32) -> Equation {
    let equation = Equation::equal(name, found, iss, 1);
    if found == iss + 1 || octets == 0 {
        equation
    } else {
        Equation { relation: Relation::UpTo(iss + 1 + octets), ..equation }
    }
}

fn synack_ack_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let (flags, ack) = (cx.segment.flags, cx.segment.ack());
    let acked = question.equation.found;
    if cx.from == question.peer {
        let right = |ack: Seq| cx.connection.candidates.iter().any(|syn| syn.from == cx.to && syn.is_answered_by(ack));
        return if flags.syn() && ack.is_some_and(right) {
            Settlement::Now(Verdict::NotApplicable)
        } else {
            Settlement::Wait
        };
    }
    if flags.rst() {
        return Settlement::Now(Verdict::NotApplicable);
    }
    if flags.syn() {
        return if ack.is_none() && cx.segment.seq + 1 == acked {
            let answered = upto("SYN-ACK ack", acked, cx.segment.seq, cx.segment.payload_len);
            Settlement::Now(Verdict::Holds(answered.shown_by(cx.segment.frame)))
        } else {
            Settlement::Wait
        };
    }
    if ack != Some(Seq::new(question.number) + 1) {
        return Settlement::Wait;
    }
    Settlement::Now(if cx.connection.streams[cx.from].may_be_damaged() {
        Verdict::Undecided(question.equation, DAMAGED)
    } else {
        Verdict::Broken(question.equation, Severity::Violation)
    })
}

static ACK_ACK: Rule = Rule {
    id: "hs-ack-ack",
    cite: Citation { rfc: 9293, section: "3.10.7.4" },
    statement: "first ACK of the opener: peer's ISS + 1 =< SEG.ACK =< peer's SND.NXT",
    severity: Severity::Violation,
    summary: Said {
        en: "the third segment acknowledges the SYN of the SYN-ACK",
        zh: "第三次握手的确认号等于对方初始序列号加一",
    },
    explanation: Said {
        en: "The first segment with ACK from the opener acknowledges the other's SYN: its initial sequence number plus \
             one, or more if data came with it. Less names another incarnation, and a listener must answer by a RST. It \
             cannot be told where the SYN-ACK was not captured.",
        zh: "主动打开方的第一个带 ACK 的报文段必须确认对方的 SYN，即对方初始序列号加一；若已收到数据可以更大。更小则属于\
             另一个连接，对方应以 RST 应答。未捕获 SYN-ACK 时无法判断。",
    },
    on: Trigger(Trigger::FIRST.0),
    check: ack_ack,
    settle: Some(ack_ack_settled),
    keeps: Keeps::Equations,
    broken_by: "
# the third segment acknowledges the ISS itself
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 300  > SYN-RECEIVED   ! hs-ack-ack
",
    kept_by: "
# the ACK was lost, and data acknowledges
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
",
    ..RULE
};

fn ack_ack(cx: &Context<'_>) -> Verdict {
    let (endpoint, other) = (&cx.connection.endpoints[cx.from], &cx.connection.streams[cx.to]);
    let (Some(ack), Some(iss), Some(nxt)) = (cx.segment.ack(), other.iss, other.nxt) else {
        return Verdict::NotApplicable;
    };
    let answered = cx.connection.handshake[1].is_some();
    if !endpoint.is_active() || !answered || cx.acceptance == Acceptance::Beyond {
        return Verdict::NotApplicable;
    }
    let octets = u32::try_from((iss + 1).offset_to(nxt)).unwrap_or(0);
    let equation = upto("ACK ack", ack, iss, octets).perhaps_shown_by(cx.connection.facts[cx.to].shown.iss);
    match cx.acceptance {
        // Whether those octets were sent is the question of ack-not-beyond-sent.
        Acceptance::AckBeyondSent => Verdict::NotApplicable,
        _ if equation.is_true() => Verdict::Holds(equation),
        _ if other.may_be_damaged() => Verdict::Undecided(equation, DAMAGED),
        // Whoever has not noticed that the other crashed goes on with the numbers of before.
        _ if cx.connection.earlier.is_some() => Verdict::Undecided(equation, OTHER_INCARNATION),
        _ => Verdict::Open(equation, 0, Otherwise::Broken),
    }
}

/// The other side may go on from the number acknowledged: then something between them renumbers.
fn ack_ack_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let ordinary = !cx.segment.flags.syn() && !cx.segment.flags.rst() && cx.segment.flags.ack();
    if cx.from == question.peer || !ordinary {
        return Settlement::Wait;
    }
    Settlement::Now(if cx.connection.renumbered.is_some() || cx.segment.seq == question.equation.found {
        Verdict::Undecided(question.equation, WHY_RENUMBERED)
    } else {
        Verdict::Broken(question.equation, Severity::Violation)
    })
}

static ACK_SEQ: Rule = Rule {
    id: "hs-ack-seq",
    cite: Citation { rfc: 9293, section: "3.5" },
    statement: "first ACK of the opener: SEG.SEQ = ISS + 1",
    severity: Severity::Violation,
    summary: Said {
        en: "the third segment starts where the SYN ended",
        zh: "第三次握手的序列号等于自己的初始序列号加一",
    },
    explanation: Said {
        en: "The SYN occupied the initial sequence number, so the next segment starts one later. A higher number shows \
             octets that were not captured; the number of the SYN itself is also that of a keep-alive, so it is broken only \
             where none can have been sent yet.",
        zh: "SYN 占用初始序列号，下一个报文段从其后一个开始。序列号更大说明有数据未被捕获；等于 SYN 自身的序列号也可能是保活\
             探测，只有在不可能是探测时才判为违反。",
    },
    on: Trigger(Trigger::FIRST.0),
    check: ack_seq,
    keeps: Keeps::Equations,
    broken_by: "
# the third segment starts below the SYN
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  99:99(0) ack 301    > SYN-RECEIVED   ! hs-ack-seq
",
    kept_by: "
# the third segment was not captured, data is
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
",
    ..RULE
};

fn ack_seq(cx: &Context<'_>) -> Verdict {
    let (endpoint, stream) = (&cx.connection.endpoints[cx.from], &cx.connection.streams[cx.from]);
    let Some(iss) = stream.iss else { return Verdict::NotApplicable };
    let answered = cx.connection.handshake[1].is_some();
    let syn_captured = matches!(endpoint.opening, Opening::Active(_));
    if !syn_captured || !answered || !is_credible(cx) {
        return Verdict::NotApplicable;
    }
    starts_after_syn("ACK seq", cx, iss, stream.syn_payload)
}

/// The first ordinary segment of a peer starts at ISS + 1, or at most after the octets that went with its SYN.
/// A number further below the SYN is no slip: whoever crashed and began anew sends such.
const SLIP: u32 = 65_535;

fn starts_after_syn(name: &'static str, cx: &Context<'_>, iss: Seq, payload: u32) -> Verdict {
    let seq = cx.segment.seq;
    let equation = upto(name, seq, iss, payload).perhaps_shown_by(cx.connection.facts[cx.from].shown.iss);
    if equation.is_true() {
        return Verdict::Holds(equation);
    }
    if iss.is_before(seq) {
        return Verdict::Undecided(equation, UNCAPTURED_OCTETS);
    }
    // A number far below the SYN, with an acknowledgment that does not name this incarnation, is of another one.
    let other = cx.connection.streams[cx.to].iss;
    let named = cx.segment.ack().is_some_and(|ack| other.is_some_and(|iss| ack == iss + 1));
    if seq != iss && (!named || seq.is_before(iss - SLIP)) {
        return Verdict::Undecided(equation, OTHER_INCARNATION);
    }
    let old_enough = cx.segment.at.since(cx.connection.first_at) >= PROBE_AFTER;
    if seq == iss && cx.segment.payload_len <= 1 && old_enough {
        return Verdict::Undecided(equation, MAYBE_PROBE);
    }
    if cx.connection.streams[cx.from].may_be_damaged() {
        return Verdict::Undecided(equation, DAMAGED);
    }
    Verdict::Broken(equation, Severity::Violation)
}

/// Whether the segment can be of this incarnation at all: an ACK of another one's numbers says nothing of its SEQ.
fn is_credible(cx: &Context<'_>) -> bool {
    !matches!(cx.acceptance, Acceptance::Beyond | Acceptance::AckBeforeSyn)
}

static SYN_OCCUPIES_ONE: Rule = Rule {
    id: "hs-syn-occupies-one",
    cite: Citation { rfc: 9293, section: "3.4" },
    statement: "SND.NXT after a SYN = ISS + 1",
    severity: Severity::Violation,
    summary: Said { en: "a SYN occupies one sequence number", zh: "SYN 占用一个序列号" },
    explanation: Said {
        en: "SYN and FIN each take a place in the sequence space, so that they can be acknowledged like octets. A sender \
             whose next segment starts at the number of its own SYN forgot that. A keep-alive carries that number on \
             purpose, so it is broken only where none can have been sent yet.",
        zh: "SYN 与 FIN 各占一个序列号，从而可以像数据一样被确认。若下一个报文段仍从 SYN 的序列号开始，说明发送方没有计入 \
             SYN。保活探测会故意使用该序列号，因此只有在不可能是探测时才判为违反。",
    },
    on: Trigger(Trigger::FIRST.0),
    check: syn_occupies_one,
    keeps: Keeps::Equations,
    broken_by: "
# the answering side starts its data at the number of its SYN
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < P. 300:305(5) ack 101  < ESTABLISHED    ! hs-syn-occupies-one
",
    kept_by: "
# it starts one later
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED < P. 301:306(5) ack 101  < ESTABLISHED
",
    ..RULE
};

fn syn_occupies_one(cx: &Context<'_>) -> Verdict {
    let (endpoint, stream) = (&cx.connection.endpoints[cx.from], &cx.connection.streams[cx.from]);
    // What the opener's first segment says is the statement of hs-ack-seq.
    let answers = matches!(endpoint.opening, Opening::Passive(_) | Opening::Simultaneous(..));
    match stream.iss {
        Some(iss) if answers && is_credible(cx) && cx.segment.seq.is_at_or_before(iss + 1) => {
            starts_after_syn("seq after SYN", cx, iss, stream.syn_payload)
        }
        _ => Verdict::NotApplicable,
    }
}

static COMPLETE: Rule = Rule {
    id: "hs-complete",
    cite: Citation { rfc: 9293, section: "3.5" },
    statement: "hs-synack-ack, hs-ack-ack and hs-ack-seq hold, and no valid RST came between",
    severity: Severity::Note,
    summary: Said {
        en: "the handshake is complete and all its equations hold", zh: "三次握手完成，且各等式均成立"
    },
    explanation: Said {
        en: "Both sides' SYNs are acknowledged by the right numbers. It is never broken by itself: what is broken is one \
             of the equations it rests on. It is undecided as long as one of them is.",
        zh: "双方的 SYN 都得到了正确的确认。它本身不会被违反，违反的只会是它所依据的某个等式；其中任何一个未定，它也未定。",
    },
    on: Trigger(Trigger::FIRST.0),
    check: complete,
    keeps: Keeps::Equations,
    broken_by: "",
    kept_by: "
# a handshake whose third segment carries data
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
",
    ..RULE
};

fn complete(cx: &Context<'_>) -> Verdict {
    if cx.connection.reset.is_some() {
        return Verdict::NotApplicable;
    }
    match (ack_ack(cx), ack_seq(cx)) {
        (Verdict::Holds(equation), Verdict::Holds(_)) => Verdict::Holds(equation),
        _ => Verdict::NotApplicable,
    }
}
