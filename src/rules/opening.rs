//! Openings that are no three-way handshake: refused, and simultaneous. RFC 9293, Sections 3.5 and 3.10.7.1.

use super::equation::Equation;
use super::{
    Citation, Context, Guards, Keeps, Otherwise, Question, RULE, Rule, Said, Settlement, Severity, Trigger, Verdict,
    Why,
};
use crate::seq::Seq;
use crate::tcp::endpoint::{Opening, Spoke};

/// This family.
pub static RULES: &[&Rule] = &[&REFUSED_FORM, &SIM_OPEN];

const ANSWERS_AFTER_ALL: Why = "its alleged sender answers the SYN after all: somebody else refused in its name";
const UNCAPTURED_SYN: Why = "it answers a SYN that was not captured";

static REFUSED_FORM: Rule = Rule {
    id: "hs-refused-form",
    cite: Citation { rfc: 9293, section: "3.10.7.1" },
    statement: "RST that answers a SYN: ACK set, SEG.ACK = SEG.SEQ of the SYN + its length; SEG.SEQ = 0",
    severity: Severity::Violation,
    summary: Said {
        en: "a RST that refuses a SYN acknowledges it, and starts at 0",
        zh: "拒绝 SYN 的 RST 必须确认该 SYN，序列号为 0",
    },
    explanation: Said {
        en: "Nobody listens, so there is no sequence number to use: the RST carries 0, and proves by its acknowledgment \
             that it answers this SYN. Without it the opener must ignore the RST. A firewall often makes such a RST in \
             the listener's name; another starting number than 0 is odd, not wrong for the opener.",
        zh: "端口无人监听，没有可用的序列号，所以 RST 的序列号为 0，并用确认号证明它应答的是这个 SYN，否则发起方必须忽略它。\
             防火墙常以监听方的名义发出这种 RST；序列号不为 0 只是异常。",
    },
    on: Trigger(Trigger::RST.0),
    guards: Guards::ANEW,
    check: refused_form,
    settle: Some(refused_form_settled),
    keeps: Keeps::Equations,
    broken_by: "
# the RST acknowledges the ISS itself
SYN-SENT    > S  100:100(0)          > LISTEN
SYN-SENT    < R. 0:0(0) ack 100      < LISTEN   ! hs-refused-form
",
    kept_by: "
# refused as it should be
SYN-SENT    > S  100:100(0)          > LISTEN
CLOSED      < R. 0:0(0) ack 101      < CLOSED
",
    ..RULE
};

fn refused_form(cx: &Context<'_>) -> Verdict {
    let (sender, receiver) = (&cx.connection.endpoints[cx.from], &cx.connection.endpoints[cx.to]);
    if !receiver.is_syn_sent() || sender.spoke != Spoke::No || cx.from == cx.to {
        return Verdict::NotApplicable;
    }
    let mut syns = cx.connection.candidates.iter().filter(|syn| syn.from == cx.to);
    let Some(latest) = syns.clone().next_back() else { return Verdict::NotApplicable };
    let Some(ack) = cx.segment.ack() else {
        return Verdict::Undecided(
            Equation::equal("RST ack", Seq::new(cx.segment.raw_ack), latest.iss, latest.payload + 1)
                .shown_by(latest.at.frame),
            UNCAPTURED_SYN,
        );
    };
    let answers = syns.find(|syn| ack == syn.iss + 1 + syn.payload);
    let of = answers.unwrap_or(latest);
    let equation = Equation::equal("RST ack", ack, of.iss, of.payload + 1).shown_by(of.at.frame);
    if answers.is_none() && cx.connection.earlier.is_some() {
        return Verdict::Undecided(equation, UNCAPTURED_SYN);
    }
    if answers.is_none() {
        return Verdict::Open(equation, 0, Otherwise::Broken);
    }
    if cx.segment.seq.get() != 0 {
        let zero = Equation::equal("RST seq", cx.segment.seq, Seq::new(0), 0).shown_by(of.at.frame);
        return Verdict::Broken(zero, Severity::Anomaly);
    }
    Verdict::Holds(equation)
}

fn refused_form_settled(question: &Question, cx: &Context<'_>) -> Settlement {
    let answers = |ack| cx.connection.candidates.iter().any(|syn| syn.from == cx.to && syn.is_answered_by(ack));
    if cx.from == question.peer && cx.segment.flags.syn() && cx.segment.ack().is_some_and(answers) {
        return Settlement::Now(Verdict::Undecided(question.equation, ANSWERS_AFTER_ALL));
    }
    Settlement::Wait
}

static SIM_OPEN: Rule = Rule {
    id: "hs-sim-open",
    cite: Citation { rfc: 9293, section: "3.5" },
    requirements: &["MUST-10"],
    statement: "simultaneous open: SYN-ACK's SEG.SEQ = own ISS, SEG.ACK = peer's ISS + 1",
    severity: Severity::Anomaly,
    summary: Said {
        en: "when SYNs cross, each side repeats its own SYN with an acknowledgment",
        zh: "同时打开时，双方各自以原序列号重发 SYN 并确认对方的 SYN",
    },
    explanation: Said {
        en: "Both sides sent a SYN and neither was a listener. Each answers the other's by a SYN-ACK that repeats its own \
             initial sequence number: one connection, not two. Where the SYNs were captured out of order, the sides may \
             look swapped. A host that crashed between its SYN and its answer begins anew, too, so nobody is charged.",
        zh: "双方都发出了 SYN，谁也不是监听方。各自用 SYN-ACK 应答对方，并重复自己的初始序列号：这是一个连接，而不是两个。主机若在发出 SYN 与应答之间崩溃，也会重新开始，因此不归咎于任何一方。",
    },
    on: Trigger(Trigger::SYN_ACK.0),
    guards: Guards::NONE,
    check: sim_open,
    keeps: Keeps::Equations,
    broken_by: "
# the answer takes a new ISS
SYN-SENT     > S  100:100(0)          > LISTEN
SYN-RECEIVED < S  300:300(0)          < SYN-SENT
SYN-RECEIVED > S. 700:700(0) ack 301  > ?         ! hs-sim-open
",
    kept_by: "
# both repeat their SYN
SYN-SENT     > S  100:100(0)          > LISTEN
SYN-RECEIVED < S  300:300(0)          < SYN-SENT
SYN-RECEIVED > S. 100:100(0) ack 301  > ESTABLISHED
ESTABLISHED  < S. 300:300(0) ack 101  < ESTABLISHED
",
    ..RULE
};

fn sim_open(cx: &Context<'_>) -> Verdict {
    let (sender, receiver) = (&cx.connection.endpoints[cx.from], &cx.connection.endpoints[cx.to]);
    let crossed = matches!(sender.opening, Opening::Active(_)) && receiver.is_active() && cx.from != cx.to;
    match cx.connection.streams[cx.from].iss {
        Some(iss) if crossed && cx.connection.candidates.iter().any(|syn| syn.from == cx.to) => {
            let equation = Equation::equal("SYN-ACK seq", cx.segment.seq, iss, 0)
                .perhaps_shown_by(cx.connection.facts[cx.from].shown.iss);
            if equation.is_true() { Verdict::Holds(equation) } else { Verdict::Broken(equation, Severity::Anomaly) }
        }
        _ => Verdict::NotApplicable,
    }
}
