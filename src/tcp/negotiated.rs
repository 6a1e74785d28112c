//! What the last SYN of each offered in brief, and the first segment that used an option against that, for explanations;
//! [`offer`](super::offer) has the offers themselves.
//!
//! An option holds for a connection where the rule of its own document says so: window scaling, timestamps and MPTCP where
//! both SYNs carry it (RFC 7323, Sections 2.2 and 3.2; RFC 8684, Section 3.1), selective acknowledgments where the other's
//! SYN permits them (RFC 2018, Section 2).

use super::acceptance::Acceptance;
use super::connection::Connection;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::wire::options::TcpOption;
use crate::wire::segment::{Segment, Wholeness};

/// An option that a SYN may offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feature {
    /// Window scaling (RFC 7323).
    Scale,
    /// Selective acknowledgments (RFC 2018).
    Sack,
    /// Timestamps (RFC 7323).
    Timestamps,
    /// TCP Fast Open (RFC 7413).
    FastOpen,
    /// MPTCP (RFC 8684).
    Multipath,
    /// Explicit congestion notification (RFC 3168).
    Ecn,
}

impl Feature {
    /// All.
    pub const ALL: [Self; 6] = [Self::Scale, Self::Sack, Self::Timestamps, Self::FastOpen, Self::Multipath, Self::Ecn];

    /// `window-scale`, `sack`, `timestamps`, `fast-open`, `mptcp` or `ecn`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Scale => "window-scale",
            Self::Sack => "sack",
            Self::Timestamps => "timestamps",
            Self::FastOpen => "fast-open",
            Self::Multipath => "mptcp",
            Self::Ecn => "ecn",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What one SYN or SYN-ACK offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Offer {
    /// Its frame.
    pub frame: FrameNo,
    /// The largest segment that it takes, if it says so.
    pub mss: Option<u16>,
    /// Its window shift.
    pub shift: Option<u8>,
    /// Octets of its fast-open cookie; 0 for a request.
    pub cookie: Option<u8>,
    /// Its MPTCP version, in MP_CAPABLE.
    pub multipath: Option<u8>,
    features: u8,
}

impl Offer {
    /// What `segment` offers.
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        let mut offer = Self { frame: segment.frame, ..Self::default() };
        for option in segment.options.iter() {
            let feature = match option {
                TcpOption::MaximumSegmentSize(octets) => {
                    offer.mss = Some(octets);
                    continue;
                }
                TcpOption::WindowScale(shift) => {
                    offer.shift = Some(shift);
                    Feature::Scale
                }
                TcpOption::SackPermitted => Feature::Sack,
                TcpOption::Timestamps(..) => Feature::Timestamps,
                TcpOption::FastOpen(cookie) => {
                    offer.cookie = Some(u8::try_from(cookie.len()).unwrap_or(u8::MAX));
                    Feature::FastOpen
                }
                TcpOption::Multipath([first, ..]) => {
                    offer.multipath = (first >> 4 == 0).then_some(first & 15);
                    Feature::Multipath
                }
                _ => continue,
            };
            offer.features |= feature.bit();
        }
        // ECN-setup: ECE and CWR in a SYN, ECE alone in a SYN-ACK (RFC 3168, Section 6.1.1).
        let flags = segment.flags;
        let (ece, cwr) = (flags.0 & 64 != 0, flags.0 & 128 != 0);
        if ece && cwr != flags.ack() {
            offer.features |= Feature::Ecn.bit();
        }
        offer
    }

    /// Whether it offers `feature`.
    #[must_use]
    pub const fn has(&self, feature: Feature) -> bool {
        self.features & feature.bit() != 0
    }
}

/// What one peer offered, and what it used against the offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Negotiated {
    /// Its latest SYN or SYN-ACK.
    pub offer: Option<Offer>,
    /// Its first segment with timestamps that were not agreed.
    pub stray_timestamps: Option<FrameNo>,
    /// Its first segment without timestamps that were agreed (RFC 7323, Section 3.2), RSTs apart.
    pub bare: Option<FrameNo>,
    /// Its first segment with selective acknowledgments that the other did not permit.
    pub stray_sack: Option<FrameNo>,
}

impl Connection {
    /// Whether both SYNs were captured and both offer `feature`; `None` if not both were.
    #[must_use]
    pub fn both_offer(&self, feature: Feature) -> Option<bool> {
        match (self.negotiated.a.offer, self.negotiated.b.offer) {
            (Some(a), Some(b)) => Some(a.has(feature) && b.has(feature)),
            _ => None,
        }
    }

    /// Notes what a segment offers, or uses against the offers.
    pub(super) fn note_options(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) {
        let whole = segment.wholeness == Wholeness::Whole;
        if acceptance.reason().is_some() || segment.flags.rst() || !whole && !segment.flags.syn() {
            return;
        }
        if segment.flags.syn() {
            self.negotiated[from].offer = Some(Offer::of(segment));
            return;
        }
        let Some(agreed) = self.both_offer(Feature::Timestamps) else { return };
        let permitted = self.negotiated[self.other(from)].offer.is_some_and(|offer| offer.has(Feature::Sack));
        let own = &mut self.negotiated[from];
        match (agreed, segment.options.timestamps()) {
            (false, Some(_)) => {
                own.stray_timestamps.get_or_insert(segment.frame);
            }
            (true, None) => {
                own.bare.get_or_insert(segment.frame);
            }
            _ => {}
        }
        if !permitted && own.stray_sack.is_none() && segment.options.iter().any(|it| matches!(it, TcpOption::Sack(_))) {
            own.stray_sack = Some(segment.frame);
        }
    }
}
