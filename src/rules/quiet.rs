//! Why no rule remarks on a plain segment, one reason for each rule: what the gate of plain connections
//! (`analysis::brief`) must see to, and may rely on. A rule without a reason here fails a test, so that none can be added
//! and be passed over in plain connections.
//!
//! "Holds" means that it can only hold, "none" that it has nothing to say.

use super::{Needs, Rule, Trigger};

/// Why a rule has no more to say of plain segments than that it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Because {
    /// It looks at RSTs, at segments without flags, at damaged ones or at ICMP errors alone: a plain connection has none.
    OtherKinds,
    /// It looks at segments alone that are of a kind of their own, whose header says something rare, or before which
    /// something rare happened.
    Unusual,
    /// The gate lets nothing pass of which this would not be so.
    Gate(&'static str),
}

/// The reason for `rule`.
#[must_use]
pub fn because(rule: &Rule) -> Option<Because> {
    if let Some((_, why)) = STATED.iter().find(|(id, _)| *id == rule.id) {
        return Some(Because::Gate(why));
    }
    let plain = Trigger(!(Trigger::RST.0 | Trigger::NAKED.0 | Trigger::DAMAGED.0));
    let unusual = [Needs::KIND, Needs::HEADER, Needs::PAST].iter().any(|it| it.are_in(rule.needs));
    match (rule.at_end, rule.on.meets(plain)) {
        (Some(_), _) => None,
        (None, false) => Some(Because::OtherKinds),
        (None, true) => unusual.then_some(Because::Unusual),
    }
}

/// What the gate sees to, for each rule that looks at plain segments.
pub const STATED: &[(&str, &str)] = &[
    ("hs-synack-ack", "holds: the SYN-ACK acknowledges the one SYN that there is, and one octet"),
    ("hs-ack-ack", "holds: the first segment of A acknowledges SND.NXT of B, which has sent its SYN alone"),
    ("hs-ack-seq", "holds: that segment starts at SND.NXT of A, which has sent its SYN alone"),
    ("hs-syn-occupies-one", "holds: so does the first segment of B"),
    ("hs-complete", "holds, as the two that it rests on"),
    ("hs-sim-open", "none: one SYN alone"),
    ("hs-syn-same-isn", "none: one SYN alone"),
    ("hs-synack-same-isn", "none: one SYN-ACK alone"),
    ("hs-syn-backoff", "none: one SYN alone"),
    ("hs-syn-persist", "none: one SYN alone"),
    ("hs-unanswered", "of an attempt its age is looked at in the end; else the SYN is answered"),
    ("hs-ack-missing", "none: one SYN-ACK alone"),
    ("hs-early-data-a", "none: SYNs carry no octets"),
    ("hs-early-data-b", "none: B sends nothing before A acknowledges its SYN-ACK"),
    ("hs-badack-rst", "none: the SYN-ACK acknowledges the SYN"),
    ("hs-syn-proxy", "holds: all segments of a peer have one hop limit"),
    ("hs-synack-order", "none: frames come in the order of their numbers"),
    ("hs-isn-clock", "none: nothing is known of the flow before its SYN"),
    ("ack-not-beyond-sent", "none: ACK =< SND.NXT of the other"),
    ("ack-not-too-old", "none: ACK >= the last ACK"),
    ("ack-monotonic", "holds: ACK >= the last ACK"),
    ("ack-delay", "holds: octets wait half a second at most, and the shortest time so far, if there is one"),
    ("data-contiguous", "none: SEQ = SND.NXT"),
    ("data-in-window", "holds: SEQ + LEN =< the right edge granted"),
    ("win-no-shrink", "holds: ACK + WND >= the furthest edge less a unit, but for what follows the other's FIN"),
    ("fin-position", "holds: SEQ = SND.NXT"),
    ("fin-acked", "holds: ACK = FIN + 1"),
    ("fin-ack-exact", "none: ACK =< SND.NXT of the other, its FIN included"),
    ("fin-last", "none: nothing but bare acknowledgments after an own FIN"),
    ("fin-stable", "none: one FIN of each"),
    ("fin-passive-order", "holds: the second FIN acknowledges the first"),
    ("fin-two-way", "holds"),
    ("fin-last-ack", "holds"),
    ("fin-simultaneous", "none: the second FIN comes after the first was acknowledged"),
    ("fin-piggyback", "none: the first FIN is acknowledged by a segment of its own"),
    ("fin-with-data", "none: FINs carry no octets"),
    ("fin-rexmit", "none: one FIN of each"),
    ("fin-unacked", "none: one FIN of each"),
    ("fin-from-syn-rcvd", "none: FINs come after A has acknowledged the SYN-ACK"),
    ("fin-in-syn-sent", "none: FINs come after A has acknowledged the SYN-ACK"),
    ("fin-half-close", "none: no octets after the other's FIN"),
    ("closewait-linger", "none: from the first FIN on it all takes less than a minute, or is judged in the end"),
    ("finwait2-linger", "none: from the first FIN on it all takes less than a minute, or is judged in the end"),
    ("tw-entry", "holds"),
    ("tw-linger", "none: nothing is known of the flow before its SYN"),
    ("tw-reopen-isn", "none: nothing is known of the flow before its SYN"),
    ("tw-reopen-ts", "none: nothing is known of the flow before its SYN"),
    ("tw-refin", "none: one FIN of each"),
    ("tw-old-dup", "holds: bare acknowledgments alone"),
    ("reuse-in-established", "none: nothing is known of the flow before its SYN"),
    ("syn-in-sync", "none: one SYN alone"),
    ("reuse-confirmed", "none: one SYN alone"),
    ("hdr-flags-impossible", "none: SYN, SYN and ACK, ACK, FIN and ACK; PSH with the last two"),
    ("hdr-ack-zero-field", "none: the field is zero in the SYN"),
    ("hdr-bad-address", "none: no broadcast, group or unspecified address, no flow of one socket"),
    ("opt-length", "holds: the options of a SYN fill their room, each of its size"),
    ("opt-fixed-size", "holds: the options of a SYN are known ones of their size"),
    ("opt-eol-zero", "holds: zeros behind the end of options"),
    ("opt-mss-syn-only", "none: after the SYN nothing but timestamps"),
    ("opt-ws-syn-only", "none: after the SYN nothing but timestamps"),
    ("opt-sackp-syn-only", "none: after the SYN nothing but timestamps"),
    ("opt-ts-ecr-zero", "holds: TSecr of the SYN is zero"),
    ("opt-sack-without-ack", "none: no SACK blocks"),
    ("neg-ws-offered", "holds: B scales only if A does"),
    ("neg-ws-range", "holds: shifts of 14 at most"),
    ("neg-ts-offered", "holds: B sends timestamps only if A does"),
    ("neg-ts-every", "holds: every segment carries timestamps if both SYNs do"),
    ("neg-ts-none", "none: no segment carries them if one SYN does not"),
    ("neg-sack-offered", "none: no SACK blocks"),
    ("neg-syn-variants", "none: one SYN alone"),
    ("neg-mss-bound", "holds: payload and options =< the MSS named"),
    ("neg-mss-default", "holds: payload and options =< 536 or 1220 where none is named"),
    ("neg-mss-sane", "holds: sizes from 64 to 65495"),
    ("neg-ecn-setup", "none: no flag and no codepoint of ECN"),
    ("neg-tfo-cookie", "none: no Fast Open"),
    ("neg-mptcp", "none: no MPTCP"),
    ("sack-block-order", "none: no SACK blocks"),
    ("sack-above-ack", "none: no SACK blocks"),
    ("sack-within-sent", "none: no SACK blocks"),
    ("dsack-form", "none: no SACK blocks"),
    ("ts-monotonic", "holds: TSval >= the last TSval"),
    ("paws-reject", "none: TSval >= the last TSval, which the other cannot have echoed beyond"),
    ("ts-echo-known", "holds: TSecr lies between the first and the last TSval of the other"),
    ("ts-echo-order", "none: TSecr >= the last TSecr"),
    ("ts-rate", "holds: at the end, from 1 to 1000 ticks a second if it went on for a second"),
    ("zw-deadlock", "none: no window is zero"),
];

#[cfg(test)]
mod tests {
    use super::{STATED, because};
    use crate::rules::{by_id, catalogue};

    #[test]
    fn every_rule_has_a_reason_to_pass_over_plain_segments() {
        let without: Vec<_> = catalogue().filter(|rule| because(rule).is_none()).map(|rule| rule.id).collect();
        assert_eq!(
            without,
            Vec::<&str>::new(),
            "the gate of plain connections must see to these, or let them be judged"
        );
    }

    #[test]
    fn no_reason_is_left_of_a_rule_that_is_gone() {
        let gone: Vec<_> = STATED.iter().filter(|(id, _)| by_id(id).is_none()).map(|(id, _)| id).collect();
        assert!(gone.is_empty(), "{gone:?}");
    }
}
