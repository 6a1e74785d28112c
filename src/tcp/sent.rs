//! What one peer has sent and the other not yet acknowledged: ranges with time, marks and a fingerprint of the octets,
//! and what the other's acknowledgments said meanwhile.
//!
//! Kept only where a peer has sent octets. Bounded: with more ranges than [`MAX_RANGES`] the newest are put together.
//! Nothing here judges; [`kind`](super::kind) reads it.

use super::endpoint::At;
use super::kind::{Cause, Kind};
use super::stamp::Stamp;
use crate::seq::Seq;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::checksum::Checksum;
use crate::wire::segment::Segment;
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Ranges kept one by one: enough for the flight of most paths, 8 KiB at most.
pub const MAX_RANGES: usize = 128;
/// Separate ranges that an acknowledgment has said it holds; with more, the first goes.
pub const MAX_HELD: usize = 8;

/// Octets sent in one segment, or, once there are too many, in several.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The first sequence number.
    pub start: Seq,
    /// The one after the last; a FIN counts.
    pub end: Seq,
    /// Where it was first sent.
    pub first: At,
    /// When it was last sent.
    pub last: Timestamp,
    /// Marks of the latest sending.
    pub stamp: Stamp,
    /// A fingerprint of its payload, if it is one segment and all of it was captured.
    pub print: Option<u64>,
    /// Whether the checksum of that segment vouches for its payload.
    pub vouched: bool,
}

/// A range sent again.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    /// Its first sequence number.
    pub start: Seq,
    /// The one after its last.
    pub end: Seq,
    /// Where it was last sent again.
    pub at: At,
    /// TSval then.
    pub value: Option<u32>,
    /// Why, as far as that shows.
    pub cause: Cause,
    /// How often so far, without an acknowledgment in between.
    pub times: u16,
    /// Time between the two sendings before the last.
    pub before: Option<Elapsed>,
    /// Time between the last two sendings.
    pub interval: Elapsed,
}

/// Probes of one kind, sent one after another.
#[derive(Clone, Copy, Debug)]
pub struct Probes {
    /// The last.
    pub at: At,
    /// How many.
    pub times: u16,
    /// Time between the last two.
    pub interval: Option<Elapsed>,
    /// The frame that answered the last, if one did.
    pub answered: Option<At>,
}

impl Probes {
    fn next(before: Option<Self>, at: At) -> Self {
        before.map_or(Self { at, times: 1, interval: None, answered: None }, |known| Self {
            at,
            times: known.times.saturating_add(1),
            interval: Some(at.time.since(known.at.time)),
            answered: None,
        })
    }
}

/// What one peer has sent, and what came back.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    ranges: VecDeque<Range>,
    /// The most ranges at a time.
    pub most_ranges: u8,
    /// Duplicate ACKs of the other since the last that moved.
    pub duplicates: u32,
    /// What the other says it holds above its acknowledgment.
    pub held: SmallVec<[(Seq, Seq); 4]>,
    /// Until the other acknowledges this, what is sent again belongs to one recovery, begun for this cause.
    pub recovery: Option<(Seq, Cause)>,
    /// What was last sent again.
    pub again: Option<Again>,
    /// Probes of a shut window, since it shut.
    pub zero_window_probes: Option<Probes>,
    /// Keep-alives since the last segment that was none.
    pub keep_alives: Option<Probes>,
    /// The shortest time from octets to their acknowledgment, at this tap.
    pub shortest: Option<Elapsed>,
}

/// A fingerprint of octets: the same octets have the same, others hardly ever.
#[must_use]
pub fn fingerprint(octets: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes = [ODD, ODD.rotate_left(17), ODD.rotate_left(31), ODD.rotate_left(47)];
    let (blocks, rest) = octets.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(ODD).rotate_left(29);
        }
    }
    let folded =
        lanes.into_iter().fold(octets.len() as u64, |all, lane| (all ^ lane).wrapping_mul(ODD).rotate_left(31));
    rest.iter().fold(folded, |all, octet| (all ^ u64::from(*octet)).wrapping_mul(ODD).rotate_left(31))
}

impl Sent {
    /// The range in which `seq` lies, if it is outstanding.
    #[must_use]
    pub fn at(&self, seq: Seq) -> Option<&Range> {
        self.ranges.iter().find(|range| range.start.is_at_or_before(seq) && seq.is_before(range.end))
    }

    /// Whether nothing is outstanding.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The oldest outstanding range.
    #[must_use]
    pub fn oldest(&self) -> Option<&Range> {
        self.ranges.front()
    }

    /// Octets that the other says it holds from `seq` on, and in how many separate ranges.
    #[must_use]
    pub fn held_above(&self, seq: Seq) -> (u32, usize) {
        let above = self.held.iter().filter(|(left, _)| seq.is_at_or_before(*left));
        above.fold((0, 0), |(octets, count), (left, right)| {
            (octets + u32::try_from(left.offset_to(*right)).unwrap_or(0), count + 1)
        })
    }

    /// Takes in a segment that this peer sent, of this `kind`; `nxt` is SND.NXT after it.
    pub(super) fn sends(&mut self, segment: &Segment<'_>, kind: Kind, nxt: Seq) {
        let at = super::evidence::place(segment);
        match kind {
            Kind::ZeroWindowProbe => self.zero_window_probes = Some(Probes::next(self.zero_window_probes, at)),
            Kind::KeepAlive => self.keep_alives = Some(Probes::next(self.keep_alives, at)),
            Kind::Retransmission(cause) => self.repeats(segment, cause, nxt),
            _ => {}
        }
        if kind != Kind::KeepAlive {
            self.keep_alives = None;
        }
        if segment.seq_len() == 0 || matches!(kind, Kind::KeepAlive | Kind::Copy) {
            return;
        }
        let stamp = Stamp::of(segment);
        if let Some(known) = self.ranges.iter_mut().find(|range| range.start == segment.seq) {
            (known.last, known.stamp) = (segment.at, stamp);
            if known.end != segment.seq_end() {
                (known.end, known.print) = (known.end.later_of(segment.seq_end()), None);
            }
            return;
        }
        let whole = usize::try_from(segment.payload_len).is_ok_and(|len| len == segment.payload.len());
        let range = Range {
            start: segment.seq,
            end: segment.seq_end(),
            first: at,
            last: segment.at,
            stamp,
            print: segment.print.or_else(|| whole.then(|| fingerprint(segment.payload))),
            vouched: matches!(segment.checksum, Checksum::Right | Checksum::Partial),
        };
        self.keep(range);
    }

    fn keep(&mut self, range: Range) {
        let place = self.ranges.iter().rposition(|known| known.start.is_before(range.start)).map_or(0, |at| at + 1);
        if place < self.ranges.len() {
            // Octets from below: the first capture of what filled a hole, or part of a longer range.
            let inside = self.at(range.start).is_some();
            if let Some(known) = self.ranges.get_mut(place.saturating_sub(1)).filter(|_| inside) {
                (known.last, known.stamp) = (range.last, range.stamp);
                return;
            }
            if self.ranges.len() < MAX_RANGES {
                self.ranges.insert(place, range);
            }
            return;
        }
        let full = self.ranges.len() >= MAX_RANGES;
        match self.ranges.back_mut() {
            Some(last) if range.start.is_before(last.end) && range.end.is_at_or_before(last.end) => {
                (last.last, last.stamp) = (range.last, range.stamp);
            }
            Some(last) if full => {
                (last.end, last.last, last.stamp) = (range.end, range.last, range.stamp);
                last.print = None;
            }
            _ => {
                self.ranges.push_back(range);
                self.most_ranges = self.most_ranges.max(u8::try_from(self.ranges.len()).unwrap_or(u8::MAX));
            }
        }
    }

    fn repeats(&mut self, segment: &Segment<'_>, cause: Cause, nxt: Seq) {
        let at = super::evidence::place(segment);
        let sent = self.at(segment.seq).map_or(segment.at, |range| range.last);
        let known = self.again.filter(|again| again.start == segment.seq);
        self.again = Some(Again {
            start: segment.seq,
            end: segment.seq_end(),
            at,
            value: Stamp::of(segment).value,
            cause,
            times: known.map_or(1, |again| again.times.saturating_add(1)),
            before: known.map(|again| again.interval),
            interval: segment.at.since(sent),
        });
        let begins = matches!(cause, Cause::DuplicateAcks | Cause::Timeout | Cause::TooBig);
        if begins && (self.recovery.is_none() || cause == Cause::Timeout) {
            self.recovery = Some((nxt, cause));
        }
    }

    /// Takes in a segment of the other of this `kind` that acknowledges `ack`.
    pub(super) fn hears(&mut self, segment: &Segment<'_>, kind: Kind, ack: Seq) {
        let at = super::evidence::place(segment);
        let mut moved = false;
        while let Some(range) = self.ranges.front().copied().filter(|range| range.start.is_before(ack)) {
            moved = true;
            if ack.is_before(range.end) {
                if let Some(part) = self.ranges.front_mut() {
                    (part.start, part.print) = (ack, None);
                }
                break;
            }
            self.ranges.pop_front();
            if range.last == range.first.time {
                let took = at.time.since(range.first.time);
                self.shortest = Some(self.shortest.map_or(took, |known| known.min(took)));
            }
        }
        if self.ranges.is_empty() {
            self.ranges.shrink_to(MAX_HELD);
        }
        if moved {
            self.duplicates = 0;
            self.again = self.again.filter(|again| ack.is_before(again.end));
        } else if kind == Kind::DuplicateAck {
            self.duplicates = self.duplicates.saturating_add(1);
        }
        if self.recovery.is_some_and(|(point, _)| point.is_at_or_before(ack)) {
            self.recovery = None;
        }
        for probes in [&mut self.zero_window_probes, &mut self.keep_alives].into_iter().flatten() {
            probes.answered.get_or_insert(at);
        }
        self.held.retain(|(left, _)| ack.is_at_or_before(*left));
        for (left, right) in segment.options.sack_blocks() {
            if ack.is_before(left) && left.is_before(right) {
                self.hold(left, right);
            }
        }
    }

    fn hold(&mut self, mut left: Seq, mut right: Seq) {
        self.held.retain(|(from, to)| {
            let apart = to.is_before(left) || right.is_before(*from);
            if !apart {
                left = if from.is_before(left) { *from } else { left };
                right = right.later_of(*to);
            }
            apart
        });
        if self.held.len() >= MAX_HELD {
            self.held.remove(0);
        }
        self.held.push((left, right));
    }

    /// The other's window is open again, or it was never shut.
    pub(super) fn opened(&mut self) {
        self.zero_window_probes = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_HELD, MAX_RANGES, Range, Sent, fingerprint};
    use crate::seq::Seq;
    use crate::tcp::endpoint::At;
    use crate::tcp::stamp::Stamp;
    use crate::timestamp::Timestamp;

    fn range(start: Seq, end: Seq) -> Range {
        let (last, stamp) = (Timestamp::default(), Stamp { value: None, ip_id: None, hop_limit: 64 });
        Range { start, end, first: At { frame: 1, time: last, turn: 0 }, last, stamp, print: Some(1), vouched: true }
    }

    #[test]
    fn every_octet_and_its_place_counts_in_a_fingerprint() {
        let octets: Vec<u8> = (0..100).collect();
        for at in 0..octets.len() {
            let mut other = octets.clone();
            other[at] ^= 1;
            assert_ne!(fingerprint(&octets), fingerprint(&other), "octet {at}");
        }
        assert_ne!(fingerprint(&[0; 32]), fingerprint(&[0; 64]));
        assert_ne!(fingerprint(&[1, 2]), fingerprint(&[2, 1]));
    }

    #[test]
    fn a_long_flight_keeps_bounded_room_its_beginning_and_its_end() {
        let (mut sent, at) = (Sent::default(), |n: u32| Seq::new(u32::MAX - 50) + n);
        for n in 0..10_000 {
            sent.keep(range(at(n), at(n + 1)));
        }
        assert_eq!(sent.ranges.len(), MAX_RANGES);
        assert_eq!(sent.oldest().map(|it| (it.start, it.end)), Some((at(0), at(1))));
        assert_eq!(sent.at(at(9_999)).map(|it| (it.end, it.print)), Some((at(10_000), None)));
        assert!(sent.at(at(10_000)).is_none());
    }

    #[test]
    fn held_ranges_join_across_the_wrap_and_stay_few() {
        let (mut sent, at) = (Sent::default(), |n: u32| Seq::new(u32::MAX - 5) + n);
        sent.hold(at(0), at(5));
        sent.hold(at(10), at(15));
        assert_eq!(sent.held_above(at(0)), (10, 2));
        sent.hold(at(5), at(10));
        assert_eq!(sent.held_above(at(0)), (15, 1));
        (0..100).for_each(|n| sent.hold(at(100 + 10 * n), at(101 + 10 * n)));
        assert_eq!(sent.held.len(), MAX_HELD);
    }
}
