//! What a bad link or a middlebox makes of a packet: a turned bit, a cut, other options, a forged follower.

use super::rule::Forgery;
use crate::seq::Seq;
use crate::wire::encode::{self, Envelope, Fields, Link};
use crate::wire::segment::{Flags, Segment};

/// A packet is never cut shorter: the IP header says which version it is of.
pub(super) const LEAST_KEPT: usize = 20;
/// Where sequence numbers begin in a TCP header; the ports in front of them stay, so that a damaged segment stays with its
/// connection.
const BEHIND_PORTS: usize = 4;
const END: u8 = 0;
const NO_OPERATION: u8 = 1;
const MSS: u8 = 2;

/// Where TCP begins.
fn transport(octets: &[u8]) -> usize {
    match octets.first() {
        Some(first) if first >> 4 == 4 => usize::from(first & 15) * 4,
        _ => 40,
    }
}

/// Turns one bit behind the ports over, chosen by `bits`.
pub(super) fn flip(octets: &mut [u8], bits: u64) {
    let first = transport(octets) + BEHIND_PORTS;
    let Some(damaged) = octets.get_mut(first..).filter(|rest| !rest.is_empty()) else { return };
    let at = (bits >> 3) as usize % damaged.len();
    if let Some(octet) = damaged.get_mut(at) {
        *octet ^= 1 << (bits & 7);
    }
}

/// Turns the lowest bit of the last octet over.
pub(super) fn flip_last(octets: &mut [u8]) {
    if let Some(octet) = octets.last_mut() {
        *octet ^= 1;
    }
}

/// Cuts a packet somewhere behind its IP header, chosen by `bits`.
pub(super) fn cut(octets: &mut Vec<u8>, bits: u64) {
    let least = transport(octets).max(LEAST_KEPT);
    let more = octets.len().saturating_sub(least).max(1);
    octets.truncate(least + bits as usize % more);
}

/// The packet without options of this kind.
pub(super) fn without_option(octets: &mut Vec<u8>, segment: &Segment<'_>, kind: u8) {
    let mut kept = Vec::new();
    for option in options(segment.options.octets) {
        if option.first() == Some(&kind) {
            kept.extend(option.iter().map(|_| NO_OPERATION));
        } else {
            kept.extend(option);
        }
    }
    rebuilt(octets, segment, &kept);
}

/// The packet with another MSS, if it states one.
pub(super) fn with_mss(octets: &mut Vec<u8>, segment: &Segment<'_>, mss: u16) {
    let mut kept = Vec::new();
    for option in options(segment.options.octets) {
        match option {
            [MSS, length, _, _] => kept.extend([MSS, *length, mss.to_be_bytes()[0], mss.to_be_bytes()[1]]),
            other => kept.extend(other),
        }
    }
    rebuilt(octets, segment, &kept);
}

/// A forged segment behind `segment`.
pub(super) fn forged(segment: &Segment<'_>, forgery: &Forgery) -> Option<Vec<u8>> {
    let payload = vec![b'#'; usize::from(forgery.payload)];
    let fields = Fields {
        seq: segment.seq_end() + forgery.ahead.cast_unsigned(),
        raw_ack: segment.raw_ack.wrapping_add(forgery.acknowledges.cast_unsigned()),
        flags: Flags(forgery.flags),
        window: segment.window,
        payload: &payload,
        ..Fields::default()
    };
    let fields = if forgery.flags & super::rule::ACK == 0 { Fields { raw_ack: 0, ..fields } } else { fields };
    encode::segment(&Envelope { link: Link::Raw, ..Envelope::new(segment.path) }, &fields).ok()
}

/// Any segment, from `from` to `to`.
pub(super) fn built(
    path: crate::four_tuple::FourTuple,
    seq: Seq,
    raw_ack: u32,
    flags: u16,
    payload: &[u8],
) -> Option<Vec<u8>> {
    let fields = Fields { seq, raw_ack, flags: Flags(flags), window: 512, payload, ..Fields::default() };
    encode::segment(&Envelope { link: Link::Raw, ..Envelope::new(path) }, &fields).ok()
}

fn rebuilt(octets: &mut Vec<u8>, segment: &Segment<'_>, options: &[u8]) {
    let fields = Fields {
        seq: segment.seq,
        raw_ack: segment.raw_ack,
        flags: segment.flags,
        window: segment.window,
        urgent: segment.urgent,
        options,
        payload: segment.payload,
    };
    let envelope = Envelope {
        link: Link::Raw,
        path: segment.path,
        id: segment.ip.id.unwrap_or_default(),
        hop_limit: segment.ip.hop_limit,
        ecn: segment.ip.ecn,
    };
    if let Ok(packet) = encode::segment(&envelope, &fields) {
        *octets = packet;
    }
}

/// The options one by one, as octets.
fn options(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let [kind, rest @ ..] = octets {
        let length = match *kind {
            END => break,
            NO_OPERATION => 1,
            _ => usize::from(rest.first().copied().unwrap_or(2)).clamp(2, octets.len().max(2)),
        };
        let Some((option, behind)) = octets.split_at_checked(length) else { break };
        all.push(option);
        octets = behind;
    }
    all
}
