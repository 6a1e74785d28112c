//! Segments of a connection on its steady course, of which no rule says more than that it holds: told by the few numbers
//! that the rules compare, without asking each.
//!
//! Only rules that look at plain ordinary segments can speak of them. What each of these wants is stated in [`STATED`], and
//! a test sees that none is missing. The conditions are narrower than they need be. Builds with debug assertions ask the
//! rules all the same. `analysis` uses this where nobody wants to know how often rules held.

use super::{Context, Needs, acknowledgment};
use crate::peer::Peer;
use crate::seq::Seq;
use crate::tcp::acceptance::Acceptance;
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::offer::{Carried, Offer};
use crate::wire::segment::Segment;

const PSH: u16 = 8;
const ACK: u16 = 16;

/// What an endpoint takes at least that names no size.
const LEAST_SIZE: u16 = 536;

/// For each rule that looks at a plain ordinary segment with octets or without, what it finds in a steady one.
pub const STATED: &[(&str, &str)] = &[
    ("ack-not-beyond-sent", "none: ACK =< SND.NXT of the other"),
    ("ack-not-too-old", "none: ACK >= the last ACK"),
    ("ack-monotonic", "holds: ACK >= the last ACK"),
    ("ack-delay", "holds, or none: its equation is looked at"),
    ("data-contiguous", "none: SEQ = SND.NXT"),
    ("data-in-window", "holds: SEQ + LEN =< the right edge granted"),
    ("win-no-shrink", "holds: ACK + WND >= the furthest edge less a unit, or none before there is one"),
    ("hs-early-data-b", "none: both SYNs are acknowledged"),
    ("neg-ts-every", "holds: timestamps if both SYNs carry them"),
    ("neg-ts-none", "none: no timestamps if one SYN carries none"),
    ("neg-mss-bound", "holds: payload and options =< the MSS named"),
    ("neg-mss-default", "holds: payload and options =< 536 where none is named"),
    ("neg-ecn-setup", "none: no codepoint of ECN"),
    ("ts-monotonic", "holds: TSval >= that of the new octets before"),
    ("paws-reject", "none: TSval >= the latest echo of the other"),
    ("ts-echo-known", "holds: TSecr lies between the first and the last TSval of the other"),
    ("ts-echo-order", "none: TSecr >= the last TSecr"),
    ("tw-old-dup", "none: no FIN"),
];

/// Whether no rule has anything to say of the segment but that it holds. Questions that are open have to be looked at apart.
#[must_use]
pub fn is_steady(cx: &Context<'_>) -> bool {
    let Context { connection: it, from, to, segment, .. } = *cx;
    let (own, other) = (&it.streams[from], &it.streams[to]);
    let ack = Seq::new(segment.raw_ack);
    let plain = segment.flags.0 & !PSH == ACK
        && cx.acceptance == Acceptance::Acceptable
        && it.ends == Ends::Two
        && it.is_settled()
        && Needs::met(cx) == Needs::NOTHING;
    plain
        && own.nxt == Some(segment.seq)
        && own.acked.is_some_and(|acked| acked.is_at_or_before(ack))
        && other.nxt.is_some_and(|nxt| ack.is_at_or_before(nxt))
        && other.right_edge.is_some_and(|edge| segment.seq_end().is_at_or_before(edge))
        && keeps_window(it, from, segment, ack)
        && keeps_terms(it, (from, to), segment)
        && acknowledgment::is_in_time(cx)
}

/// The right edge does not move to the left.
fn keeps_window(it: &Connection, from: Peer, segment: &Segment<'_>, ack: Seq) -> bool {
    let (Some(shift), Some(furthest)) = (it.shift(from), it.facts[from].window.furthest) else { return false };
    let edge = ack + (u32::from(segment.window) << shift);
    (furthest.edge() - ((1 << shift) - 1)).is_at_or_before(edge)
}

/// Timestamps and sizes are as the SYNs have it.
fn keeps_terms(it: &Connection, (from, to): (Peer, Peer), segment: &Segment<'_>) -> bool {
    let (Some(offered), Some(wanted)) = (only_offer(it, from), only_offer(it, to)) else { return false };
    let agreed = offered.terms.timestamps == Carried::Yes && wanted.terms.timestamps == Carried::Yes;
    let (own, other) = (&it.facts[from].clock, &it.facts[to].clock);
    let stamps = match (segment.options.timestamps(), own.last, other.first, other.last) {
        (None, ..) => !agreed,
        (Some((value, echo)), Some(last), Some(first_heard), Some(last_heard)) => {
            let (value, echo) = (Seq::new(value), Seq::new(echo));
            agreed
                && last.value.is_at_or_before(value)
                && own.fresh.is_none_or(|fresh| fresh.value.is_at_or_before(value))
                && other.echo.is_none_or(|heard| heard.value.is_at_or_before(value))
                && echo.is_within(first_heard.value, last_heard.value)
                && own.echo.is_none_or(|known| known.value.is_at_or_before(echo))
        }
        _ => false,
    };
    // Options are none or twelve octets.
    let size = segment.payload_len + if agreed { 12 } else { 0 };
    stamps && (segment.payload_len == 0 || size <= u32::from(wanted.terms.mss.unwrap_or(LEAST_SIZE)))
}

/// What `peer` opened its stream with, if all its SYNs were alike.
fn only_offer(it: &Connection, peer: Peer) -> Option<&Offer> {
    let [offer] = it.facts[peer].offers.variants.as_slice() else { return None };
    (it.streams[peer].iss == Some(offer.iss)).then_some(offer)
}

#[cfg(test)]
mod tests {
    use super::STATED;
    use crate::rules::{Needs, Trigger, catalogue};

    #[test]
    fn it_is_stated_what_each_rule_finds_that_looks_at_plain_segments() {
        let plain = Trigger(Trigger::ORDINARY.0 | Trigger::DATA.0 | Trigger::EMPTY.0);
        let asked = |rule: &&&str| crate::rules::by_id(rule).is_some_and(|it| it.on.meets(plain));
        let looks = catalogue().filter(|rule| rule.on.meets(plain) && rule.needs == Needs::NOTHING);
        let looks: std::collections::BTreeSet<_> =
            looks.filter(|rule| rule.on_error.is_none() && rule.at_end.is_none()).map(|rule| rule.id).collect();
        let stated: std::collections::BTreeSet<_> = STATED.iter().map(|(id, _)| id).filter(asked).copied().collect();
        assert_eq!(stated, looks, "such a rule must find its condition in a steady segment, or steady ones be judged");
        assert_eq!(stated.len(), STATED.len(), "a rule that is stated is gone");
    }
}
