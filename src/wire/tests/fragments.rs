//! Fragments, put together or not.

use super::super::checksum::Checksum;
use super::super::encode::{self, Envelope, Fields, Link};
use super::super::fragment::{Fate, Fates, Fragments, MOST_DATAGRAMS};
use super::super::segment::Wholeness;
use super::super::{Decoded, Depth, decode};
use super::{RAW, packet, path_v4, path_v6};
use crate::four_tuple::FourTuple;
use crate::packet::Packet;
use crate::timestamp::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Every frame in one counter, as an analysis keeps them.
#[derive(Default, Debug)]
struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    fn of(&self, fate: Fate) -> u64 {
        self.0.get(fate.reason()).copied().unwrap_or_default()
    }

    fn all(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Fates for Counts {
    fn this(&mut self, fate: Fate) {
        *self.0.entry(fate.reason()).or_default() += 1;
    }

    fn waiting(&mut self, frames: u64, fate: Fate) {
        let waiting = self.0.entry(Fate::Waits.reason()).or_default();
        *waiting = waiting.checked_sub(frames).expect("no more are settled than waited");
        *self.0.entry(fate.reason()).or_default() += frames;
    }
}

/// A segment of 400 octets, as the payload of its IP packet.
fn payload(path: FourTuple) -> Vec<u8> {
    let octets: Vec<u8> = (0..=255).cycle().take(380).collect();
    let envelope = Envelope { link: Link::Raw, ..Envelope::new(path) };
    let packet = encode::segment(&envelope, &Fields { payload: &octets, ..Fields::default() }).expect("it fits");
    packet[if path.from.is_ipv4() { 20 } else { 40 }..].to_vec()
}

/// The fragment with these octets of a TCP segment between the ends of a path.
fn fragment(path: FourTuple, id: u8, offset: u16, more: bool, octets: &[u8]) -> Vec<u8> {
    let envelope = Envelope { link: Link::Raw, ..Envelope::new(path) };
    let whole = encode::segment(&envelope, &Fields::default()).expect("it fits");
    let length = u16::try_from(octets.len()).expect("short");
    if path.from.is_ipv4() {
        let mut header = whole[..20].to_vec();
        header[2..4].copy_from_slice(&(length + 20).to_be_bytes());
        header[5] = id;
        header[6..8].copy_from_slice(&((offset / 8) | if more { 0x2000 } else { 0 }).to_be_bytes());
        [&header[..], octets].concat()
    } else {
        let mut header = whole[..40].to_vec();
        header[4..6].copy_from_slice(&(length + 8).to_be_bytes());
        header[6] = 44;
        let [high, low] = (offset | u16::from(more)).to_be_bytes();
        [&header[..], &[6, 0, high, low, 0, 0, 0, id], octets].concat()
    }
}

/// Takes a packet in; says what is in the datagram that it completes.
fn take(
    fragments: &mut Fragments,
    counts: &mut Counts,
    packet: &Packet<'_>,
) -> Option<(Vec<u8>, Checksum, Wholeness, u32)> {
    let Ok(Decoded::Fragment(fragment)) = decode(packet) else { panic!("no fragment: {:?}", decode(packet)) };
    let datagram = fragments.take(&fragment, packet, counts)?;
    match datagram.decode(Depth::Innermost) {
        Ok(Decoded::Segment(s, _)) => Some((s.payload.to_vec(), s.checksum, s.wholeness, s.payload_len)),
        found => panic!("wanted a segment, found {found:?}"),
    }
}

#[test]
fn fragments_in_any_order_are_a_segment_once_the_last_has_come() {
    for path in [path_v4(), path_v6()] {
        let octets = payload(path);
        let parts = [(0, 96), (96, 104), (104, 400)];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
            let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
            let mut found = None;
            for (nth, which) in order.into_iter().enumerate() {
                let (from, to) = parts[which];
                let bytes = fragment(path, 7, from as u16, to != 400, &octets[from..to]);
                found = take(&mut fragments, &mut counts, &packet(RAW, &bytes));
                assert_eq!(found.is_some(), nth == 2, "{order:?}");
            }
            let (payload, checksum, wholeness, length) = found.expect("it is complete");
            assert_eq!((payload.as_slice(), checksum), (&octets[20..], Checksum::Right));
            assert_eq!((wholeness, length), (Wholeness::Whole, 380));
            assert_eq!((counts.of(Fate::Joined), counts.all()), (2, 2));
        }
    }
}

#[test]
fn a_fragment_of_another_datagram_is_none_of_this_one() {
    let octets = payload(path_v4());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    for (path, id) in [(path_v4(), 1), (path_v4(), 2), (path_v4().reversed(), 1)] {
        let bytes = fragment(path, id, 0, true, &octets[..96]);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &bytes)).is_none());
    }
    let bytes = fragment(path_v4(), 1, 0, true, &octets[..96]);
    assert!(take(&mut fragments, &mut counts, &Packet { interface: 9, ..packet(RAW, &bytes) }).is_none());
    assert_eq!((counts.of(Fate::Waits), counts.all()), (4, 4));
    let last = fragment(path_v4(), 2, 96, false, &octets[96..]);
    assert!(take(&mut fragments, &mut counts, &packet(RAW, &last)).is_some());
    assert_eq!((counts.of(Fate::Waits), counts.of(Fate::Joined)), (3, 1));
}

#[test]
fn octets_that_the_snap_length_cut_are_missing_and_those_before_are_not() {
    let octets = payload(path_v4());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let first = fragment(path_v4(), 1, 0, true, &octets[..200]);
    let cut = Packet { wire_len: 220, ..packet(RAW, &first[..120]) };
    assert!(take(&mut fragments, &mut counts, &cut).is_none());
    let last = fragment(path_v4(), 1, 200, false, &octets[200..]);
    let found = take(&mut fragments, &mut counts, &packet(RAW, &last)).expect("it is complete");
    assert_eq!(found, (octets[20..100].to_vec(), Checksum::Unknown, Wholeness::CutByCapture, 380));
}

#[test]
fn what_comes_twice_is_taken_once() {
    for path in [path_v4(), path_v6()] {
        let octets = payload(path);
        let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
        let first = fragment(path, 1, 0, true, &octets[..200]);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &first)).is_none());
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &first)).is_none());
        let last = fragment(path, 1, 200, false, &octets[200..]);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &last)).is_some());
        assert_eq!((counts.of(Fate::Repeated), counts.of(Fate::Joined), counts.all()), (1, 1, 2));
    }
}

#[test]
fn newer_octets_count_in_ipv4_and_an_overlap_voids_the_datagram_in_ipv6() {
    let octets = payload(path_v4());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    for (from, to, fill) in [(0, 96, None), (96, 304, Some(0xee)), (200, 304, None), (88, 208, None)] {
        let bytes = fill.map_or_else(|| octets[from..to].to_vec(), |fill| vec![fill; to - from]);
        let bytes = fragment(path_v4(), 1, from as u16, true, &bytes);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &bytes)).is_none());
    }
    let last = fragment(path_v4(), 1, 304, false, &octets[304..]);
    let (payload, checksum, ..) = take(&mut fragments, &mut counts, &packet(RAW, &last)).expect("it is complete");
    assert_eq!((payload.as_slice(), checksum), (&octets[20..], Checksum::Right));
    assert_eq!((counts.of(Fate::Overwritten), counts.of(Fate::Joined), counts.all()), (2, 2, 4));

    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    for (from, to) in [(0, 96), (88, 208), (208, 400), (96, 208)] {
        let bytes = fragment(path_v6(), 1, from as u16, to != 400, &octets[from..to]);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &bytes)).is_none());
    }
    assert_eq!((counts.of(Fate::Overlap), counts.all()), (4, 4));
}

#[test]
fn fragments_that_cannot_be_are_refused() {
    let octets = payload(path_v4());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let mut refuse = |bytes: &[u8], fate| {
        assert!(take(&mut fragments, &mut counts, &packet(RAW, bytes)).is_none());
        assert_eq!(counts.of(fate), 1, "{fate:?}");
    };
    refuse(&fragment(path_v4(), 1, 0, true, &octets[..97]), Fate::Misaligned);
    refuse(&fragment(path_v4(), 1, 65_528, false, &octets[..8]), Fate::TooLong);
    let mut short = fragment(path_v4(), 1, 0, true, &octets[..96]);
    short.truncate(100);
    refuse(&short, Fate::Short);
    refuse(&fragment(path_v4(), 2, 96, false, &octets[96..200]), Fate::Waits);
    assert!(
        take(&mut fragments, &mut counts, &packet(RAW, &fragment(path_v4(), 2, 200, false, &octets[..8]))).is_none()
    );
    assert_eq!((counts.of(Fate::TwoEnds), counts.of(Fate::Waits), counts.all()), (2, 0, 5));
}

#[test]
fn the_headers_count_in_the_length_that_a_datagram_may_have() {
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    // With 20 octets of header 65,535 end at 65,515 of the payload.
    for (id, length, fate) in [(1, 11, Fate::Waits), (2, 12, Fate::TooLong)] {
        let bytes = fragment(path_v4(), id, 65_504, false, &[0; 12][..length]);
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &bytes)).is_none());
        assert_eq!(counts.of(fate), 1, "{fate:?}");
    }
    // IPv6 counts the extensions before the fragment header, and not its own 40.
    let plain = fragment(path_v6(), 1, 65_520, false, &[0; 15]);
    let mut extended = [&plain[..40], &[44, 0, 1, 4, 0, 0, 0, 0], &plain[40..]].concat();
    (extended[5], extended[6], extended[55]) = (extended[5] + 8, 0, 2);
    for (bytes, fate) in [(plain, Fate::Waits), (extended, Fate::TooLong)] {
        assert!(take(&mut fragments, &mut counts, &packet(RAW, &bytes)).is_none());
        assert_eq!(counts.of(fate), 2, "{fate:?}");
    }
}

#[test]
fn the_first_in_ipv6_holds_all_headers_or_is_no_fragment_that_counts() {
    let octets = payload(path_v6());
    let options = [&[6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &octets].concat();
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let mut give = |protocol, octets: &[u8], captured: usize| {
        let mut bytes = fragment(path_v6(), 1, 0, true, octets);
        bytes[40] = protocol;
        let cut = Packet { wire_len: u32::try_from(bytes.len()).unwrap(), ..packet(RAW, &bytes[..48 + captured]) };
        assert!(take(&mut fragments, &mut counts, &cut).is_none());
        (counts.of(Fate::Headless), counts.of(Fate::Waits) + counts.of(Fate::Overlap))
    };
    // A TCP header of 20 octets, alone and behind 16 of options, and the options alone.
    assert_eq!(give(6, &octets[..16], 16), (1, 0));
    assert_eq!(give(60, &options[..8], 8), (2, 0));
    assert_eq!(give(60, &options[..32], 32), (3, 0));
    // What the snap length cut may have held them.
    assert_eq!(give(60, &options[..40], 20), (3, 1));
    assert_eq!(give(60, &options[..40], 40), (3, 2));
    let mut last = fragment(path_v6(), 2, 8, false, &octets[..8]);
    last[40] = 60;
    assert!(take(&mut fragments, &mut counts, &packet(RAW, &last)).is_none());
    assert_eq!(counts.of(Fate::Headless), 3, "only the first holds headers");
}

#[test]
fn a_tcp_header_divided_before_a_filter_is_counted_by_name() {
    let octets = payload(path_v4());
    for (first, second) in [((0, 8), (8, 400)), ((8, 400), (0, 8)), ((0, 24), (24, 400))] {
        let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
        let mut give = |(from, to): (usize, usize)| {
            let bytes = fragment(path_v4(), 1, from as u16, to != 400, &octets[from..to]);
            take(&mut fragments, &mut counts, &packet(RAW, &bytes))
        };
        assert!(give(first).is_none() && give(second).is_some());
        let tiny = u64::from(first != (0, 24));
        assert_eq!((counts.of(Fate::Tiny), counts.of(Fate::Joined)), (tiny, 1 - tiny));
    }
}

#[test]
fn congestion_of_any_fragment_is_that_of_the_datagram_unless_a_sender_does_not_take_part() {
    let octets = payload(path_v4());
    for (marks, found) in [([2, 3], Some(3)), ([3, 2], Some(3)), ([1, 1], Some(1)), ([0, 0], Some(0)), ([0, 3], None)] {
        let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
        let mut whole = None;
        for ((from, to), mark) in [(0, 200), (200, 400)].into_iter().zip(marks) {
            let mut bytes = fragment(path_v4(), 1, from as u16, to != 400, &octets[from..to]);
            bytes[1] = mark;
            let packet = packet(RAW, &bytes);
            let Ok(Decoded::Fragment(part)) = decode(&packet) else { panic!("no fragment") };
            whole = fragments.take(&part, &packet, &mut counts);
        }
        let ecn = whole.map(|datagram| match datagram.decode(Depth::Innermost) {
            Ok(Decoded::Segment(segment, _)) => segment.ip.ecn,
            other => panic!("no segment: {other:?}"),
        });
        assert_eq!((ecn, counts.of(Fate::Marked)), (found, if found.is_some() { 0 } else { 2 }), "{marks:?}");
    }
}

#[test]
fn in_ipv6_the_first_fragment_says_what_the_datagram_carries() {
    let octets = payload(path_v6());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let mut last = fragment(path_v6(), 1, 96, false, &octets[96..]);
    last[40] = 17;
    assert!(take(&mut fragments, &mut counts, &packet(RAW, &last)).is_none());
    let first = fragment(path_v6(), 1, 0, true, &octets[..96]);
    assert!(take(&mut fragments, &mut counts, &packet(RAW, &first)).is_some());
}

#[test]
fn what_waits_longer_than_a_minute_is_given_up() {
    let octets = payload(path_v4());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let first = fragment(path_v4(), 1, 0, true, &octets[..96]);
    let last = fragment(path_v4(), 1, 96, false, &octets[96..]);
    let at = |second: i64, bytes| Packet { at: Timestamp::from_ns(second * 1_000_000_000), ..packet(RAW, bytes) };
    assert!(take(&mut fragments, &mut counts, &at(0, &first)).is_none());
    assert!(take(&mut fragments, &mut counts, &at(61, &last)).is_none());
    assert_eq!((counts.of(Fate::TimedOut), counts.of(Fate::Waits)), (1, 1));
    // A minute to the nanosecond is no longer than a minute.
    assert!(take(&mut fragments, &mut counts, &at(121, &first)).is_some());
}

#[test]
fn the_oldest_are_forgotten_when_there_are_too_many() {
    let octets = payload(path_v6());
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    for frame in 0..MOST_DATAGRAMS as u64 + 3 {
        let mut bytes = fragment(path_v6(), 0, 0, true, &octets[..96]);
        bytes[44..48].copy_from_slice(&u32::try_from(frame).expect("few").to_be_bytes());
        assert!(take(&mut fragments, &mut counts, &Packet { frame, ..packet(RAW, &bytes) }).is_none());
    }
    assert_eq!((counts.of(Fate::Forgotten), counts.of(Fate::Waits)), (3, MOST_DATAGRAMS as u64));
}

#[test]
fn a_fragment_inside_a_fragment_is_put_together_too() {
    let octets = payload(path_v4());
    let inner = fragment(path_v4(), 5, 0, true, &octets[..96]);
    let tunnel = FourTuple { from: ([192, 0, 2, 2], 0).into(), to: ([192, 0, 2, 1], 0).into() };
    let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
    let mut datagram = None;
    for (from, to) in [(0, 56), (56, inner.len())] {
        let mut bytes = fragment(tunnel, 1, from as u16, to != inner.len(), &inner[from..to]);
        bytes[9] = 4;
        let packet = packet(RAW, &bytes);
        let Ok(Decoded::Fragment(found)) = decode(&packet) else { panic!("no fragment") };
        datagram = fragments.take(&found, &packet, &mut counts);
    }
    let datagram = datagram.expect("it is complete");
    let Ok(Decoded::Fragment(found)) = datagram.decode(Depth::Innermost) else { panic!("no fragment inside") };
    assert_eq!((found.octets, found.encapsulation.0.len()), (&octets[..96], 1));
}

proptest! {
    #[test]
    fn however_a_datagram_is_divided_and_its_fragments_repeated_and_shuffled_it_is_the_same(
        cuts in proptest::collection::btree_set(1..50_usize, 0..12),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
        v6 in any::<bool>(),
    ) {
        let path = if v6 { path_v6() } else { path_v4() };
        let octets = payload(path);
        // The whole TCP header stands in the first of IPv6.
        let bounds: Vec<usize> = [0].into_iter().chain(cuts.iter().map(|cut| cut * 8).filter(|at| *at >= 24)).chain([400]).collect();
        let parts: Vec<(usize, usize)> = bounds.windows(2).map(|pair| (pair[0], pair[1])).collect();
        prop_assume!(parts.len() > 1);
        let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
        let mut missing: std::collections::BTreeSet<_> = parts.iter().copied().collect();
        let picked = order.iter().map(|index| *index.get(&parts));
        for (from, to) in picked.chain(parts.iter().copied()) {
            let bytes = fragment(path, 7, from as u16, to != 400, &octets[from..to]);
            let found = take(&mut fragments, &mut counts, &packet(RAW, &bytes));
            missing.remove(&(from, to));
            prop_assert_eq!(found.is_some(), missing.is_empty());
            if let Some((payload, checksum, ..)) = found {
                prop_assert_eq!((payload.as_slice(), checksum), (&octets[20..], Checksum::Right));
                break;
            }
        }
        prop_assert_eq!(counts.of(Fate::Joined) + 1, parts.len() as u64);
    }

    #[test]
    fn each_fragment_has_one_fate_whatever_comes(
        parts in proptest::collection::vec((any::<bool>(), 0..3_u8, 0..9_u16, 0..5_usize, any::<bool>(), 0..99_i64), 0..60),
    ) {
        let (mut fragments, mut counts) = (Fragments::default(), Counts::default());
        let mut completed = 0;
        for (frame, (v6, id, eighths, length, more, second)) in (1..).zip(&parts) {
            let path = if *v6 { path_v6() } else { path_v4() };
            let bytes = fragment(path, *id, eighths * 8, *more, &vec![*id; length * 8]);
            let at = Timestamp::from_ns(second * 1_000_000_000);
            let packet = Packet { at, frame, ..packet(RAW, &bytes) };
            match decode(&packet) {
                Ok(Decoded::Fragment(found)) => {
                    completed += u64::from(fragments.take(&found, &packet, &mut counts).is_some());
                }
                _ => completed += 1,
            }
        }
        prop_assert_eq!(counts.all() + completed, parts.len() as u64);
    }
}
