//! One datagram whose fragments are coming.
//!
//! Used by `fragment` alone.

use super::{Fate, Fragment, Rest, head};
use crate::packet::FrameNo;
use crate::timestamp::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What a fragment did.
pub(super) enum Added {
    /// Others are still missing; this became of it.
    Incomplete(Fate),
    /// None is missing any more.
    Complete,
    /// The datagram can never be complete.
    Void(Fate),
}

/// Whether a datagram can still be complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Prospect {
    Open,
    /// Later fragments of it share this fate.
    Void(Fate),
}

/// Octets of a datagram, as far as one fragment has them and no newer one has others.
#[derive(Debug)]
struct Piece {
    /// Those that were captured.
    octets: Vec<u8>,
    /// How many there were on the wire.
    stated: u32,
}

/// The fragments that have come.
#[derive(Debug)]
pub(super) struct Gathering {
    began: FrameNo,
    since: Timestamp,
    /// By their place in the datagram; they do not overlap.
    pieces: BTreeMap<u32, Piece>,
    held: usize,
    waiting: u64,
    tiny: u64,
    /// Octets of the datagram, once its last fragment has come.
    length: Option<u32>,
    /// Protocol, hop limit and ECN of the first fragment.
    head: Option<(u8, u8, u8)>,
    /// Whether any met congestion, and whether any is of a sender that does not take part.
    congested: bool,
    unmarked: bool,
    prospect: Prospect,
}

/// The ECN bits of a packet that met congestion, and of a sender that does not take part (RFC 3168, Section 5).
const CONGESTION: u8 = 3;
const NOT_CAPABLE: u8 = 0;

/// Octets that a piece costs besides its own, for the bound on memory.
const COST: usize = 96;

impl Gathering {
    pub(super) fn new(began: FrameNo, since: Timestamp) -> Self {
        Self {
            began,
            since,
            pieces: BTreeMap::new(),
            held: COST,
            waiting: 0,
            tiny: 0,
            length: None,
            head: None,
            congested: false,
            unmarked: false,
            prospect: Prospect::Open,
        }
    }

    /// The frame of its first fragment to come.
    pub(super) const fn began(&self) -> FrameNo {
        self.began
    }

    /// When that came.
    pub(super) const fn since(&self) -> Timestamp {
        self.since
    }

    /// Fragments that wait.
    pub(super) const fn waiting(&self) -> u64 {
        self.waiting
    }

    /// How many of those divide the TCP header.
    pub(super) const fn tiny(&self) -> u64 {
        self.tiny
    }

    /// Octets of memory that it is taken to cost.
    pub(super) const fn octets(&self) -> usize {
        self.held
    }

    /// Forgets its octets; says how many fragments had waited.
    pub(super) fn void(&mut self) -> u64 {
        self.pieces = BTreeMap::new();
        self.held = COST;
        self.tiny = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Takes in a fragment without faults of its own.
    pub(super) fn add(&mut self, fragment: &Fragment<'_>) -> Added {
        if let Prospect::Void(fate) = self.prospect {
            return Added::Incomplete(fate);
        }
        let (start, end) = (fragment.offset, fragment.offset + fragment.stated);
        let last = self.pieces.last_key_value().map_or(0, |(at, piece)| at + piece.stated);
        let known = if fragment.rest == Rest::Nothing { Some(end) } else { self.length };
        if known.is_some_and(|length| length < last.max(end)) || self.length.is_some_and(|length| known != Some(length))
        {
            return self.doomed(Fate::TwoEnds);
        }
        let mut fate = Fate::Waits;
        let before = self.pieces.range(..=start).next_back();
        let overlaps = before.is_some_and(|(at, piece)| at + piece.stated > start)
            || self.pieces.range(start..end).next().is_some();
        if overlaps {
            let same = self
                .pieces
                .get(&start)
                .is_some_and(|piece| piece.stated == fragment.stated && piece.octets == fragment.octets);
            if same {
                return Added::Incomplete(Fate::Repeated);
            }
            if fragment.source.is_ipv6() {
                return self.doomed(Fate::Overlap);
            }
            self.make_room(start, end);
            fate = Fate::Overwritten;
        }
        self.length = known;
        if start == 0 {
            self.head = Some((fragment.protocol, fragment.hop_limit, fragment.ecn));
        }
        self.congested |= fragment.ecn == CONGESTION;
        self.unmarked |= fragment.ecn == NOT_CAPABLE;
        self.insert(start, Piece { octets: fragment.octets.to_vec(), stated: fragment.stated });
        if self.is_complete() {
            return if self.congested && self.unmarked { self.doomed(Fate::Marked) } else { Added::Complete };
        }
        if fate == Fate::Waits {
            self.waiting += 1;
            self.tiny += u64::from(head::is_tiny(fragment));
        }
        Added::Incomplete(fate)
    }

    fn doomed(&mut self, fate: Fate) -> Added {
        self.prospect = Prospect::Void(fate);
        Added::Void(fate)
    }

    fn insert(&mut self, at: u32, piece: Piece) {
        self.held += COST + piece.octets.len();
        self.pieces.insert(at, piece);
    }

    /// Takes away what the pieces have between `start` and `end`.
    fn make_room(&mut self, start: u32, end: u32) {
        let from = self.pieces.range(..start).next_back().map_or(start, |(at, _)| *at);
        let touched: Vec<u32> = self.pieces.range(from..end).map(|(at, _)| *at).collect();
        for at in touched {
            let Some(piece) = self.pieces.remove(&at) else { continue };
            self.held = self.held.saturating_sub(COST + piece.octets.len());
            if at < start {
                let kept = piece.stated.min(start - at);
                let octets = piece.octets.iter().copied().take(kept as usize).collect();
                self.insert(at, Piece { octets, stated: kept });
            }
            let behind = at + piece.stated;
            if behind > end {
                let skipped = end.saturating_sub(at);
                let octets = piece.octets.get(skipped as usize..).unwrap_or_default().to_vec();
                self.insert(at + skipped, Piece { octets, stated: piece.stated - skipped });
            }
        }
    }

    fn is_complete(&self) -> bool {
        let Some(length) = self.length else { return false };
        let mut next = 0;
        for (at, piece) in &self.pieces {
            if *at != next {
                return false;
            }
            next += piece.stated;
        }
        next == length
    }

    /// The datagram behind a header of its own, as far as it was captured from its beginning on, and its length.
    pub(super) fn datagram(&self, source: &IpAddr, destination: &IpAddr, id: u32) -> Option<(Vec<u8>, u32)> {
        let (protocol, hop_limit, ecn) = self.head?;
        let ecn = if self.congested { CONGESTION } else { ecn };
        let length = u16::try_from(self.length?).ok()?;
        let mut bytes = match (source, destination) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let [high, low] = length.saturating_add(20).to_be_bytes();
                let [_, _, id_high, id_low] = id.to_be_bytes();
                let header = [0x45, ecn, high, low, id_high, id_low, 0, 0, hop_limit, protocol, 0, 0];
                [&header[..], &from.octets(), &to.octets()].concat()
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                let [high, low] = length.to_be_bytes();
                let header = [0x60, ecn << 4, 0, 0, high, low, protocol, hop_limit];
                [&header[..], &from.octets(), &to.octets()].concat()
            }
            // One packet has one version, so this cannot be.
            _ => return None,
        };
        let wire_len = u32::from(length) + u32::try_from(bytes.len()).ok()?;
        for piece in self.pieces.values() {
            bytes.extend(&piece.octets);
            if piece.octets.len() < piece.stated as usize {
                break;
            }
        }
        Some((bytes, wire_len))
    }
}
