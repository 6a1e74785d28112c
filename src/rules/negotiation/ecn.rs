//! Explicit congestion notification: RFC 3168, with AccECN (RFC 9768) beside it.

use crate::rules::equation::{Equation, Relation};
use crate::rules::{Citation, Context, Guards, Level, Needs, RULE, Rule, Said, Severity, Tells, Trigger, Verdict, Why};
use crate::tcp::offer::Terms;
use crate::wire::segment::Flags;

const ECE: u16 = 64;
const CWR: u16 = 128;

const MARKED: Why =
    "congestion marks on what RFC 3168 sends without: an experiment that RFC 8311 allows, or a rewritten field";

/// Whether a SYN asks for ECN: ECE and CWR, with or without AE (RFC 3168, Section 6.1.1; RFC 9768, Section 3.1.1).
const fn asks(terms: &Terms) -> bool {
    terms.flags.0 & (ECE | CWR) == ECE | CWR
}

/// Whether a SYN-ACK agrees: ECE alone, or one of the four answers of accurate ECN to a SYN with AE.
fn agrees(flags: Flags) -> bool {
    let (ece, cwr, accurate) = (flags.0 & ECE != 0, flags.0 & CWR != 0, flags.0 & 256 != 0);
    !matches!((accurate, cwr, ece), (false, false, false) | (true, _, true))
}

pub(super) static SETUP: Rule = Rule {
    id: "neg-ecn-setup",
    cite: Citation { rfc: 3168, section: "6.1.1" },
    also: &[Citation { rfc: 9768, section: "3.1.1" }],
    level: Level::Must,
    statement: "SYN-ACK with ECE alone: ECE and CWR in the SYN; data with an ECN codepoint: both SYNs agreed",
    severity: Severity::Anomaly,
    summary: Said { en: "ECN is used where both SYNs agreed on it", zh: "双方的 SYN 都同意时才使用 ECN" },
    explanation: Said {
        en: "A SYN with ECE and CWR asks for ECN, a SYN-ACK with ECE alone agrees; any other pair in the answer means no. \
             Without that agreement data must not be marked as capable of it, for nobody would slow down when a router \
             marks them. A device that writes the whole traffic class byte of the IP header, not only its upper six bits, \
             does this too. Where one side's SYNs differ it is not judged. Only the first such segment of each side is \
             reported.",
        zh: "SYN 同时带 ECE 和 CWR 表示请求 ECN，SYN-ACK 只带 ECE 表示同意；应答中的其他组合都表示不用。没有达成一致，数据就不得标记为\
             支持 ECN，否则路由器做了标记也无人减速。改写整个 IP 流量类别字节（而不只是高六位）的设备也会造成这种情况。\
             一方的 SYN 前后不同时不作判断。每一方只报告第一个。",
    },
    on: Trigger(Trigger::SYN_ACK.0 | Trigger::DATA.0),
    check: setup,
    tells: Tells::First,
    guards: Guards::UNVERIFIABLE,
    broken_by: "
# agreed to what nobody asked
SYN-SENT    > S   100:100(0)         > LISTEN
ESTABLISHED < SE. 300:300(0) ack 101 < SYN-RECEIVED   ! neg-ecn-setup
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P.  101:106(5) ack 301 {ecn 2} > ESTABLISHED   ! neg-ecn-setup
",
    kept_by: "
# asked and agreed
SYN-SENT    > SEW 100:100(0)         > LISTEN
ESTABLISHED < SE. 300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P.  101:106(5) ack 301 {ecn 2} > ESTABLISHED
",
    ..RULE
};

fn setup(cx: &Context<'_>) -> Verdict {
    if cx.segment.flags.syn() {
        if cx.segment.flags.ecn() != Flags(ECE) {
            return Verdict::NotApplicable;
        }
        return super::in_the_syn(cx, "SYNs that ask for ECN", asks, Severity::Anomaly);
    }
    if cx.segment.ip.ecn == 0 {
        return Verdict::NotApplicable;
    }
    let connection = cx.connection;
    let mut asked = None;
    let mut agreed = None;
    let mut shown = Equation::count("ECN codepoint", cx.segment.ip.ecn.into(), Relation::Equal, 0);
    for peer in crate::peer::Peer::BOTH {
        for offer in connection.offers(peer) {
            shown = shown.shown_by(offer.frame);
            let (said, yes) = match offer.ack {
                None => (&mut asked, asks(&offer.terms)),
                Some(_) => (&mut agreed, agrees(offer.terms.flags)),
            };
            // Where SYNs of one kind differ, their sender fell back, and which one counts is its own affair.
            if said.is_some_and(|known| known != yes) {
                return Verdict::NotApplicable;
            }
            *said = Some(yes);
        }
    }
    match (asked, agreed) {
        (Some(true), Some(true)) => Verdict::Holds(shown),
        (Some(_), Some(_)) => Verdict::Broken(shown, Severity::Anomaly),
        _ => Verdict::NotApplicable,
    }
}

pub(super) static REXMIT: Rule = Rule {
    id: "neg-ecn-rexmit",
    cite: Citation { rfc: 3168, section: "6.1.5" },
    also: &[Citation { rfc: 3168, section: "6.1.4" }, Citation { rfc: 8311, section: "4.3" }],
    level: Level::Must,
    statement: "SYN, pure ACK, retransmission: ECN codepoint = 0",
    summary: Said {
        en: "SYNs, pure ACKs and retransmissions are not marked for ECN",
        zh: "SYN、纯 ACK 和重传的报文段不标记 ECN",
    },
    explanation: Said {
        en: "In RFC 3168 only new data are sent as capable of ECN, since a mark on anything else could not be answered or \
             could be abused. Later experiments mark all segments, and RFC 8311 lets them, so it is only noted.",
        zh: "RFC 3168 只允许新数据标记为支持 ECN，因为其他报文段上的标记无法得到回应，或可被滥用。后来的试验会标记所有报文段，\
             RFC 8311 予以允许，所以只作记录。",
    },
    on: Trigger(Trigger::SYN.0 | Trigger::SYN_ACK.0 | Trigger::EMPTY.0 | Trigger::DATA.0),
    needs: Needs::HEADER,
    guards: Guards::UNVERIFIABLE,
    check: |cx| {
        let codepoint = cx.segment.ip.ecn;
        let again = cx.connection.streams[cx.from].nxt.is_some_and(|nxt| cx.segment.seq_end().is_at_or_before(nxt));
        if codepoint == 0 || (cx.segment.payload_len > 0 && !cx.segment.flags.syn() && !again) {
            return Verdict::NotApplicable;
        }
        Verdict::Noted(Equation::count("ECN codepoint", codepoint.into(), Relation::Equal, 0), MARKED)
    },
    broken_by: "
# a pure ACK that is marked
SYN-SENT    > SEW 100:100(0)         > LISTEN
ESTABLISHED < SE. 300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 {ecn 2} > ESTABLISHED   ~ neg-ecn-rexmit
",
    kept_by: "
# new data
SYN-SENT    > SEW 100:100(0)         > LISTEN
ESTABLISHED < SE. 300:300(0) ack 101 < SYN-RECEIVED
ESTABLISHED > .   101:101(0) ack 301 > ESTABLISHED
ESTABLISHED > P.  101:106(5) ack 301 {ecn 2} > ESTABLISHED
",
    ..RULE
};
