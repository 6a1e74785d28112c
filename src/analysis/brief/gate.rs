//! Which segments are plain: those of which no rule can say anything but that it holds. Only [`brief`](super) uses this.
//!
//! The conditions are narrower than they need be, for what they leave out is judged the usual way; what each rule makes
//! of what they let in is stated in [`quiet`](crate::rules::quiet).

use super::line::{Line, MOST_LINES, Syn};
use super::{Brief, Phase, Side, Stamps};
use crate::analysis::half_open::Origin;
use crate::analysis::kept::Kept;
use crate::four_tuple::{End, FourTuple};
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::tcp::stamp::Stamp;
use crate::tcp::stream::MAX_SHIFT;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::checksum::Checksum;
use crate::wire::options::{Options, TcpOption};
use crate::wire::segment::{Flags, LengthField, Segment, Wholeness};
use std::net::IpAddr;

const SYN: u16 = 2;
const PSH: u16 = 8;
const ACK: u16 = 16;
const FIN_ACK: u16 = 17;

/// How much longer than the shortest time so far octets wait for their acknowledgment at most (`ack-delay`).
const LONGEST_DELAY: Elapsed = Elapsed::from_ns(500_000_000);
/// How long a close lasts at most: from a minute on somebody lingers (`closewait-linger`, `finwait2-linger`).
const LONGEST_CLOSE: Elapsed = Elapsed::from_secs(59);
/// How long a peer may be silent: long before its timestamps count for nothing (`ts-monotonic`).
const LONGEST_SILENCE: Elapsed = Elapsed::from_secs(24 * 3_600);
/// Sizes that an MSS option names, over IPv4 and IPv6 alike (`neg-mss-sane`).
const SIZES: std::ops::RangeInclusive<u16> = 64..=65_495;
/// What an endpoint takes that names no size (`neg-mss-default`).
const DEFAULT_V4: u16 = 536;
const DEFAULT_V6: u16 = 1_220;
/// From what time on the rate of a clock is judged, and how fast it ticks at most (`ts-rate`).
const RATED_FROM: Elapsed = Elapsed::from_secs(1);
const FASTEST: u64 = 1_000;

/// What a plain SYN or SYN-ACK offers.
struct Offer {
    mss: u16,
    shift: Option<u8>,
    stamps: Option<(u32, u32)>,
    sack: bool,
}

/// The options of a SYN or SYN-ACK, if each is one that everybody sends, once, of its size and within its range.
fn offer(options: Options<'_>, path: &FourTuple) -> Option<Offer> {
    let default = if path.from.is_ipv4() { DEFAULT_V4 } else { DEFAULT_V6 };
    let mut offer = Offer { mss: 0, shift: None, stamps: None, sack: false };
    let mut at = 0;
    for option in options.iter() {
        at += match option {
            TcpOption::End => {
                // Behind the end stands nothing but zeros.
                options.octets.get(at..)?.iter().all(|octet| *octet == 0).then_some(())?;
                options.octets.len() - at
            }
            TcpOption::NoOperation => 1,
            TcpOption::MaximumSegmentSize(size) if offer.mss == 0 && SIZES.contains(&size) => {
                offer.mss = size;
                4
            }
            TcpOption::WindowScale(shift) if offer.shift.is_none() && shift <= MAX_SHIFT => {
                offer.shift = Some(shift);
                3
            }
            TcpOption::SackPermitted if !offer.sack => {
                offer.sack = true;
                2
            }
            TcpOption::Timestamps(value, echo) if offer.stamps.is_none() => {
                offer.stamps = Some((value, echo));
                10
            }
            _ => return None,
        };
    }
    offer.mss = if offer.mss == 0 { default } else { offer.mss };
    // The walk ends early where a length is impossible.
    (at == options.octets.len()).then_some(offer)
}

/// Whether everything of it is there and in order, and no header field says anything rare.
fn is_sound(segment: &Segment<'_>) -> bool {
    segment.wholeness == Wholeness::Whole
        && segment.checksum != Checksum::Wrong
        && segment.urgent == 0
        && segment.window != 0
        && segment.ip.ecn == 0
        && segment.ip.length_left_to_card == LengthField::Stated
}

/// Whether a SYN to or from it means anything (`hdr-bad-address`).
fn is_usual(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !broadcast && !address.is_multicast() && !address.is_unspecified()
}

/// Whether a segment is a plain SYN, in a flow of which nothing is known.
#[must_use]
pub fn is_plain_syn(segment: &Segment<'_>) -> bool {
    segment.flags == Flags(SYN)
        && is_sound(segment)
        && segment.payload_len == 0
        && segment.raw_ack == 0
        && !segment.path.is_self_connected()
        && is_usual(segment.path.from.ip())
        && is_usual(segment.path.to.ip())
        && offer(segment.options, &segment.path).is_some_and(|it| it.stamps.is_none_or(|(_, echo)| echo == 0))
}

/// A connection of which `answer` answers the plain SYN `syn`, if that is a plain SYN-ACK.
pub(super) fn answered((conn, origin): (u64, Origin), kept: &Kept, answer: &Segment<'_>, a: End) -> Option<Box<Brief>> {
    let syn = Segment { checksum: kept.checksum, ..kept.segment() };
    let plain = answer.flags == Flags(SYN | ACK)
        && is_sound(answer)
        && answer.payload_len == 0
        && answer.path == syn.path.reversed()
        && answer.ack() == Some(syn.seq + 1)
        && syn.frame < answer.frame
        && syn.at <= answer.at
        && answer.at.since(syn.at) < LONGEST_SILENCE;
    let (asked, given) = (offer(syn.options, &syn.path)?, offer(answer.options, &answer.path).filter(|_| plain)?);
    // Nothing is given that was not asked for, and what is echoed was said.
    let fits = given.shift.is_none_or(|_| asked.shift.is_some()) && (asked.sack || !given.sack);
    let stamps = match (asked.stamps, given.stamps) {
        (Some((value, _)), Some((_, echo))) if value == echo => Stamps::Every,
        (_, None) => Stamps::None,
        _ => return None,
    };
    let (shift_a, shift_b) = match (asked.shift, given.shift) {
        (Some(a), Some(b)) => (a, b),
        _ => (0, 0),
    };
    let side = |it: &Segment<'_>, offer: &Offer, shift, acked| Side {
        nxt: it.seq + 1,
        acked,
        granted: acked + u32::from(it.window),
        furthest: None,
        stamp: Stamp::of(it),
        first_tick: Seq::new(offer.stamps.map_or(0, |(value, _)| value)),
        first_at: it.at,
        echo: offer.stamps.filter(|_| it.flags.ack()).map(|(_, echo)| Seq::new(echo)),
        asked: None,
        newest: it.at,
        shortest: None,
        last_at: it.at,
        mss: offer.mss,
        window: it.window,
        shift,
    };
    fits.then(|| {
        Box::new(Brief {
            conn,
            origin,
            a,
            phase: Phase::Answered,
            stamps,
            sides: PerPeer {
                a: side(&syn, &asked, shift_a, answer.seq + 1),
                b: side(answer, &given, shift_b, syn.seq + 1),
            },
            syns: PerPeer { a: Syn::of(&syn), b: Syn::of(answer) },
            closing_since: answer.at,
            lines: Vec::new(),
        })
    })
}

/// Whether a clock may tick as this one did (`ts-rate`).
pub(super) fn runs_well(side: &Side, stamps: Stamps) -> bool {
    let (Stamps::Every, Some(last)) = (stamps, side.stamp.value) else { return true };
    let run = side.last_at.since(side.first_at);
    if run < RATED_FROM {
        return true;
    }
    let (Ok(ticks), Ok(ns)) = (u64::try_from(side.first_tick.offset_to(Seq::new(last))), u64::try_from(run.as_ns()))
    else {
        return false;
    };
    (1..=FASTEST).contains(&(ticks.saturating_mul(1_000_000_000) / ns.max(1)))
}

impl Brief {
    /// How far a segment of `from` takes it, if that is plain.
    pub(super) fn admits(&self, from: Peer, segment: &Segment<'_>) -> Option<Phase> {
        let (own, other, syn) = (&self.sides[from], &self.sides[from.other()], &self.syns[from]);
        let ack = Seq::new(segment.raw_ack);
        let latest = own.last_at.max(other.last_at);
        let sound = matches!(segment.flags.0 & !PSH, ACK | FIN_ACK)
            && is_sound(segment)
            && self.last() < segment.frame
            && latest <= segment.at
            && segment.at.since(latest) < LONGEST_SILENCE
            && segment.interface == syn.interface
            && segment.direction == syn.direction
            && segment.ip.hop_limit == syn.ip.hop_limit
            && self.lines.len() < MOST_LINES;
        let stamp = Stamp::of(segment);
        let fits = sound
            && segment.seq == own.nxt
            && own.acked.is_at_or_before(ack)
            && ack.is_at_or_before(other.nxt)
            && (segment.seq + segment.payload_len).is_at_or_before(other.granted)
            && !stamp.is_evidently_before(own.stamp)
            && self.stamps_fit(own, other, segment);
        let admitted = fits
            && self.empties_fit(own, other, segment, stamp)
            && self.sizes_fit(from, segment)
            && (ack == own.acked || is_in_time(other, segment.at));
        admitted.then(|| self.next(from, segment, ack)).flatten()
    }

    /// Options are timestamps on every segment, which go on and echo what was said and not less than before; or none.
    fn stamps_fit(&self, own: &Side, other: &Side, segment: &Segment<'_>) -> bool {
        match (self.stamps, segment.options.octets) {
            (Stamps::None, []) => true,
            (Stamps::Every, [1, 1, 8, 10, ..]) if segment.options.are_plain() => {
                let (Some((value, echo)), Some(last)) = (segment.options.timestamps(), other.stamp.value) else {
                    return false;
                };
                let echo = Seq::new(echo);
                own.stamp.value.is_some_and(|known| !Seq::new(value).is_before(Seq::new(known)))
                    && echo.is_within(other.first_tick, Seq::new(last))
                    && own.echo.is_none_or(|known| known.is_at_or_before(echo))
            }
            _ => false,
        }
    }

    /// A segment without octets that acknowledges nothing new is no duplicate, window update or copy.
    fn empties_fit(&self, own: &Side, other: &Side, segment: &Segment<'_>, stamp: Stamp) -> bool {
        let nothing = segment.seq_len() == 0;
        let ack = Seq::new(segment.raw_ack);
        let first = self.phase == Phase::Answered;
        let says_nothing = nothing && ack == own.acked && !first;
        !(nothing && stamp.is_evidently_same(own.stamp))
            && (!says_nothing || (segment.window == own.window && ack == other.nxt))
    }

    /// Octets that the other takes, and a window that does not shrink.
    fn sizes_fit(&self, from: Peer, segment: &Segment<'_>) -> bool {
        let (own, other) = (&self.sides[from], &self.sides[from.other()]);
        let payload = segment.payload_len;
        let options = if self.stamps == Stamps::Every { 12 } else { 0 };
        let edge = Seq::new(segment.raw_ack) + (u32::from(segment.window) << own.shift);
        // What is left of a window after the other's FIN, or told by one's own, means nothing.
        let closing = segment.flags.fin()
            || match self.phase {
                Phase::Answered | Phase::Open => false,
                Phase::Closing(first) | Phase::HalfClosed(first) => first != from,
                Phase::Last(_) | Phase::Over => true,
            };
        let shrinks = own.furthest.is_some_and(|known| edge.is_before(known - ((1 << own.shift) - 1)));
        (payload == 0 || payload + options <= u32::from(other.mss)) && (closing || !shrinks)
    }

    /// What follows in the course of a connection that opens in three segments and closes in four.
    fn next(&self, from: Peer, segment: &Segment<'_>, ack: Seq) -> Option<Phase> {
        let other = &self.sides[from.other()];
        let octets = segment.payload_len > 0;
        match (self.phase, segment.flags.fin()) {
            (Phase::Answered, false) if from == Peer::A && ack == other.nxt => Some(Phase::Open),
            (Phase::Open, false) => Some(Phase::Open),
            (Phase::Open, true) if !octets => Some(Phase::Closing(from)),
            // The other acknowledges the FIN, and sends nothing more but its own.
            (Phase::Closing(first), false) if !octets && self.is_soon(segment) => {
                let acked = first != from && ack == other.nxt;
                Some(if acked { Phase::HalfClosed(first) } else { self.phase })
            }
            (Phase::HalfClosed(first), true)
                if first != from && !octets && ack == other.nxt && self.is_soon(segment) =>
            {
                Some(Phase::Last(first))
            }
            (Phase::Last(first), false) if first == from && !octets && ack == other.nxt && self.is_soon(segment) => {
                Some(Phase::Over)
            }
            _ => None,
        }
    }

    fn is_soon(&self, segment: &Segment<'_>) -> bool {
        segment.at.since(self.closing_since) < LONGEST_CLOSE
    }

    /// One more segment that is plain.
    pub(super) fn note(&mut self, from: Peer, phase: Phase, segment: &Segment<'_>, line: Line) {
        if self.lines.is_empty() {
            self.lines.reserve_exact(8);
        }
        self.lines.push(line);
        let (was, ack) = (self.phase, Seq::new(segment.raw_ack));
        if matches!((was, phase), (Phase::Open, Phase::Closing(_))) {
            self.closing_since = segment.at;
        }
        self.phase = phase;
        let moves = self.sides[from].acked != ack;
        let other = &mut self.sides[from.other()];
        if moves && other.asked.is_some() {
            let took = segment.at.since(other.newest);
            other.shortest = Some(other.shortest.map_or(took, |known| known.min(took)));
        }
        if ack == other.nxt {
            other.asked = None;
        }
        let own = &mut self.sides[from];
        if segment.seq_len() > 0 {
            own.asked.get_or_insert(segment.at);
            own.newest = segment.at;
        }
        let edge = ack + (u32::from(segment.window) << own.shift);
        // The window of a SYN grants nothing yet: it is not known for what.
        own.granted = if was == Phase::Answered { edge } else { own.granted.later_of(edge) };
        own.furthest = Some(own.furthest.map_or(edge, |known| known.later_of(edge)));
        (own.nxt, own.acked, own.last_at) = (segment.seq_end(), ack, segment.at);
        (own.stamp, own.window) = (Stamp::of(segment), segment.window);
        if let Some((_, echo)) = segment.options.timestamps() {
            own.echo = Some(Seq::new(echo));
        }
    }
}

/// Whether octets of `other` that are acknowledged at `at` have not waited long, or nothing tells how long they should.
fn is_in_time(other: &Side, at: Timestamp) -> bool {
    let limit = other.shortest.map(|shortest| LONGEST_DELAY.as_ns().saturating_add(shortest.as_ns()));
    other.asked.zip(limit).is_none_or(|(since, limit)| at.since(since).as_ns() <= limit)
}
