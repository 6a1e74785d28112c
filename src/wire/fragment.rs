//! IP fragments, and the datagrams that they are put together to: RFC 791, RFC 815, RFC 8200 Section 4.5, RFC 5722.
//!
//! Bounded in datagrams, octets and time of the packets. Each fragment has one [`Fate`] in the end, so that whoever counts
//! frames can count each once. Nothing is judged here, and no clock is read. Receivers differ: Linux drops an IPv4 datagram
//! whose fragments overlap (net/ipv4/ip_fragment.c, since 4.19) and gives up after 30 seconds already. A segment put together
//! here may so have been lost behind the capture point, as any other may.

mod gathering;
mod head;

use super::encapsulation::Encapsulation;
use super::undecodable::Undecodable;
use super::{Decoded, Depth, walk};
use crate::packet::{FrameNo, LinkType, Packet, Stamping};
use crate::timestamp::{Elapsed, Timestamp};
use gathering::{Added, Gathering};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// Datagrams that may be incomplete at a time. Linux stops at 4 MiB of them, some thousand.
pub const MOST_DATAGRAMS: usize = 4_096;

/// Octets kept of them in all.
pub const MOST_OCTETS: usize = 16 * 1024 * 1024;

/// How long a datagram may take to arrive: 60 seconds (RFC 8200, Section 4.5; RFC 1122, Section 3.3.2 for IPv4).
pub const TIMEOUT: Elapsed = Elapsed::from_ns(60_000_000_000);

/// Whether a datagram goes on behind a fragment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rest {
    /// The flag that more fragments follow is set.
    Follows,
    /// It is the last.
    Nothing,
}

/// Whether a packet was on the wire as long as its header says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnWire {
    /// It was.
    Whole,
    /// It was shorter: no receiver can have taken it.
    Short,
}

/// A part of an IP datagram, its octets lent by the capture.
#[derive(Clone, Debug)]
pub struct Fragment<'p> {
    /// Who sent it.
    pub source: IpAddr,
    /// Where it goes in the end.
    pub destination: IpAddr,
    /// IP protocol number of the datagram, as this fragment's header states it.
    pub protocol: u8,
    /// Identification: 16 bits in IPv4, 32 in IPv6.
    pub id: u32,
    /// Octets of the datagram before it.
    pub offset: u32,
    /// Octets of headers that the length of the datagram counts: IPv4's own, or IPv6's extensions before that of the fragment.
    pub headers: u32,
    /// Whether others come behind it.
    pub rest: Rest,
    /// TTL or hop limit.
    pub hop_limit: u8,
    /// The two ECN bits.
    pub ecn: u8,
    /// What was captured of it.
    pub octets: &'p [u8],
    /// Octets of it as its header states them.
    pub stated: u32,
    /// Whether they were there.
    pub on_wire: OnWire,
    /// Tags and tunnels that were passed.
    pub layers: usize,
    /// VLAN tags and tunnels around it.
    pub encapsulation: Encapsulation,
}

/// What became of fragments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fate {
    /// It waits for the others.
    Waits,
    /// Together with the one at hand they are a datagram.
    Joined,
    /// The same octets had come already.
    Repeated,
    /// A minute went by before the datagram was complete.
    TimedOut,
    /// There were too many incomplete datagrams, and its one was the oldest.
    Forgotten,
    /// It overlaps another in IPv6, so the whole datagram is void (RFC 5722).
    Overlap,
    /// It overlaps another in IPv4, so that parts of that one are gone (RFC 791: the newer octets count).
    Overwritten,
    /// Between it and the next the TCP header is divided, as filters are passed by (RFC 1858, RFC 3128).
    Tiny,
    /// Others follow, but its length is no multiple of eight octets.
    Misaligned,
    /// With the headers it goes beyond the 65,535 octets of a datagram.
    TooLong,
    /// It is the first in IPv6, and the headers do not end in it (RFC 8200, Section 4.5; RFC 7112).
    Headless,
    /// Of its datagram one fragment met congestion and another is of a sender that knows no such mark (RFC 3168, Section 5.3).
    Marked,
    /// Its datagram ends at two places.
    TwoEnds,
    /// On the wire it was shorter than its header says.
    Short,
}

impl Fate {
    /// A stable key for counting.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Waits => "fragment",
            Self::Joined => "ip-fragment",
            Self::Repeated => "ip-fragment-repeated",
            Self::Overwritten => "ip-fragment-overwritten",
            Self::Tiny => "ip-fragment-tiny",
            Self::TimedOut => "fragment: timed out",
            Self::Forgotten => "fragment: forgotten",
            Self::Overlap => "fragment: overlap",
            Self::Misaligned => "fragment: misaligned",
            Self::TooLong => "fragment: too long",
            Self::Headless => "fragment: headers divided",
            Self::Marked => "fragment: congestion marks differ",
            Self::TwoEnds => "fragment: two ends",
            Self::Short => "fragment: short on the wire",
        }
    }

    /// Whether it was part of a datagram that could be decoded.
    #[must_use]
    pub const fn is_decoded(self) -> bool {
        matches!(self, Self::Joined | Self::Repeated | Self::Overwritten | Self::Tiny)
    }
}

/// Takes note of what becomes of fragments: so many, and whether they have waited until now or are the one at hand.
pub trait Fates {
    /// The fragment at hand.
    fn this(&mut self, fate: Fate);
    /// So many that had waited.
    fn waiting(&mut self, frames: u64, fate: Fate);
}

/// Which fragments belong together (RFC 791, Section 3.2; RFC 8200, Section 4.5), as seen at one interface.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    /// Of IPv4 alone: IPv6 has one number space for all protocols.
    protocol: u8,
    id: u32,
    interface: u32,
    encapsulation: Encapsulation,
}

/// The datagrams of which fragments have come.
#[derive(Default, Debug)]
pub struct Fragments {
    datagrams: HashMap<Key, Gathering>,
    /// In the order in which their first fragments came; of some that are complete, too.
    order: VecDeque<(Key, FrameNo)>,
    octets: usize,
    /// The most datagrams at a time, and the most octets.
    pub most: (usize, usize),
}

/// A datagram that is complete.
#[derive(Debug)]
pub struct Datagram {
    frame: FrameNo,
    at: Timestamp,
    interface: u32,
    bytes: Vec<u8>,
    wire_len: u32,
    layers: usize,
    encapsulation: Encapsulation,
}

impl Datagram {
    /// What is in it, which may be another fragment. It is of the frame that completed it.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](super::decode).
    pub fn decode(&self, depth: Depth) -> Result<Decoded<'_>, Undecodable> {
        walk::decode_inside(&self.packet(), depth, self.layers, self.encapsulation.clone())
    }

    /// It as a packet of raw IP.
    #[must_use]
    pub fn packet(&self) -> Packet<'_> {
        Packet {
            frame: self.frame,
            at: self.at,
            stamping: Stamping::Told,
            link: LinkType(101),
            interface: self.interface,
            bytes: &self.bytes,
            wire_len: self.wire_len,
        }
    }
}

impl Fragments {
    /// Takes in a fragment that came in `packet`; gives the datagram if it is complete now.
    pub fn take(&mut self, fragment: &Fragment<'_>, packet: &Packet<'_>, fates: &mut dyn Fates) -> Option<Datagram> {
        self.expire(packet.at, fates);
        if let Some(fault) = fault(fragment) {
            fates.this(fault);
            return None;
        }
        let key = Key {
            source: fragment.source,
            destination: fragment.destination,
            protocol: if fragment.source.is_ipv4() { fragment.protocol } else { 0 },
            id: fragment.id,
            interface: packet.interface,
            encapsulation: fragment.encapsulation.clone(),
        };
        let order = &mut self.order;
        let octets = &mut self.octets;
        let gathering = self.datagrams.entry(key.clone()).or_insert_with(|| {
            order.push_back((key.clone(), packet.frame));
            let gathering = Gathering::new(packet.frame, packet.at);
            *octets += gathering.octets();
            gathering
        });
        let others = self.octets.saturating_sub(gathering.octets());
        let added = gathering.add(fragment);
        if let Added::Void(fate) = added {
            fates.waiting(gathering.void(), fate);
        }
        self.octets = others + gathering.octets();
        match added {
            Added::Incomplete(fate) | Added::Void(fate) => {
                fates.this(fate);
                self.bound(fates);
                None
            }
            Added::Complete => {
                let gathering = self.datagrams.remove(&key)?;
                self.octets = others;
                fates.waiting(gathering.waiting() - gathering.tiny(), Fate::Joined);
                fates.waiting(gathering.tiny(), Fate::Tiny);
                let (bytes, wire_len) = gathering.datagram(&key.source, &key.destination, key.id)?;
                Some(Datagram {
                    frame: packet.frame,
                    at: packet.at,
                    interface: packet.interface,
                    bytes,
                    wire_len,
                    layers: fragment.layers,
                    encapsulation: key.encapsulation,
                })
            }
        }
    }

    /// Gives up what has waited too long.
    fn expire(&mut self, now: Timestamp, fates: &mut dyn Fates) {
        while let Some((key, frame)) = self.order.front() {
            match self.datagrams.get(key) {
                Some(gathering) if gathering.began() == *frame => {
                    if now.since(gathering.since()) <= TIMEOUT {
                        return;
                    }
                    self.give_up(Fate::TimedOut, fates);
                }
                // It is complete.
                _ => {
                    self.order.pop_front();
                }
            }
        }
    }

    /// Keeps within the bounds: the oldest go first.
    fn bound(&mut self, fates: &mut dyn Fates) {
        let (datagrams, octets) = (self.datagrams.len().min(MOST_DATAGRAMS), self.octets.min(MOST_OCTETS));
        self.most = (self.most.0.max(datagrams), self.most.1.max(octets));
        while self.datagrams.len() > MOST_DATAGRAMS || self.octets > MOST_OCTETS {
            self.give_up(Fate::Forgotten, fates);
        }
        // Complete ones leave their places behind.
        if self.order.len() > 2 * MOST_DATAGRAMS {
            let datagrams = &self.datagrams;
            self.order.retain(|(key, frame)| datagrams.get(key).is_some_and(|one| one.began() == *frame));
        }
    }

    /// Gives up the oldest.
    fn give_up(&mut self, fate: Fate, fates: &mut dyn Fates) {
        let Some((key, frame)) = self.order.pop_front() else { return };
        if self.datagrams.get(&key).is_none_or(|one| one.began() != frame) {
            return;
        }
        if let Some(gathering) = self.datagrams.remove(&key) {
            self.octets = self.octets.saturating_sub(gathering.octets());
            fates.waiting(gathering.waiting(), fate);
        }
    }
}

/// What is wrong with a fragment, whatever the others are.
fn fault(fragment: &Fragment<'_>) -> Option<Fate> {
    let end = u64::from(fragment.headers) + u64::from(fragment.offset) + u64::from(fragment.stated);
    if fragment.on_wire == OnWire::Short {
        Some(Fate::Short)
    } else if end > u64::from(u16::MAX) {
        Some(Fate::TooLong)
    } else if fragment.rest == Rest::Follows && (!fragment.stated.is_multiple_of(8) || fragment.stated == 0) {
        Some(Fate::Misaligned)
    } else if !head::is_whole(fragment) {
        Some(Fate::Headless)
    } else {
        None
    }
}
