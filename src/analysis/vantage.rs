//! Where the tap stands between the two peers of a connection, and by what evidence.
//!
//! An estimate: it is shown, and may be a default where nothing better is known, but no verdict rests on it. The times from
//! tap to peer and back come from the halves of the handshake and from every later segment whose acknowledgment is
//! unambiguous; the shortest of each side counts, since whatever delays an acknowledgment only adds to it.

use super::offload::Offload;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::tcp::connection::Connection;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::segment::{Direction, Segment};
use smallvec::SmallVec;

/// Round trips below this, both together, are those of one machine or one link and tell no side from the other.
pub const LEAST_ROUND_TRIP: Elapsed = Elapsed::from_ns(200_000);

/// Hop limits that hosts start with: Unix, Windows, routers. A segment that still has one has passed no router.
pub const INITIAL_HOP_LIMITS: [u8; 3] = [64, 128, 255];

/// Where the tap stands.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Place {
    /// Nothing tells, or what tells disagrees.
    #[default]
    Unknown,
    /// On the host of this peer.
    On(Peer),
    /// On the one machine that both peers run on.
    OnBoth,
    /// Far nearer to this peer than to the other.
    Near(Peer),
    /// Between them, near neither.
    Between,
}

impl Place {
    /// A stable word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::On(Peer::A) => "on-a",
            Self::On(Peer::B) => "on-b",
            Self::OnBoth => "on-both",
            Self::Near(Peer::A) => "near-a",
            Self::Near(Peer::B) => "near-b",
            Self::Between => "between",
        }
    }
}

/// What tells where the tap stands, with its number for each peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sign {
    /// A stable word.
    pub kind: &'static str,
    /// Its number for each peer.
    pub numbers: PerPeer<Option<i64>>,
}

/// A place and what it rests on.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Estimate {
    /// The place.
    pub place: Place,
    /// All that tells, whether it agrees or not.
    pub signs: SmallVec<[Sign; 4]>,
}

/// What one peer's segments say.
#[derive(Clone, Copy, Default, Debug)]
struct Side {
    /// The shortest time from tap to this peer and back.
    beyond: Option<Elapsed>,
    /// End of a segment of it that waits for its acknowledgment, and when it was captured.
    asked: Option<(Seq, Timestamp)>,
    hop_limit: Option<u8>,
    incoming: u32,
    outgoing: u32,
    passing: u32,
}

/// What a connection's segments say of the tap so far.
#[derive(Clone, Copy, Default, Debug)]
pub struct Vantage(PerPeer<Side>);

impl Vantage {
    /// Takes in a segment that counts, sent by `from`; `it` is the connection before it.
    pub fn take(&mut self, it: &Connection, from: Peer, segment: &Segment<'_>) {
        let to = it.other(from);
        if let (Some(ack), Some((end, at))) = (segment.ack(), self.0[to].asked)
            && end.is_at_or_before(ack)
        {
            self.0[to].asked = None;
            let took = segment.at.since(at);
            let known = self.0[from].beyond;
            if took >= Elapsed::default() && known.is_none_or(|known| took < known) {
                self.0[from].beyond = Some(took);
            }
        }
        let side = &mut self.0[from];
        match segment.direction {
            Direction::Untold => {}
            Direction::In => side.incoming = side.incoming.saturating_add(1),
            Direction::Out => side.outgoing = side.outgoing.saturating_add(1),
            Direction::Passing => side.passing = side.passing.saturating_add(1),
        }
        // A firewall resets in a peer's name with a hop limit of its own.
        if !segment.flags.rst() {
            side.hop_limit.get_or_insert(segment.ip.hop_limit);
        }
        if segment.seq_len() > 0 {
            let fresh = it.streams[from].nxt.is_none_or(|nxt| nxt == segment.seq);
            match side.asked {
                None if fresh && from != to => side.asked = Some((segment.seq_end(), segment.at)),
                // Sent again: whose acknowledgment comes cannot be told (Karn's rule).
                Some(_) if !fresh => side.asked = None,
                _ => {}
            }
        }
    }

    /// Where the tap stands, by all that is known.
    #[must_use]
    pub fn estimate(&self, it: &Connection, offload: &Offload) -> Estimate {
        let mut signs = SmallVec::new();
        let numbers = |of: &dyn Fn(Peer) -> Option<i64>| PerPeer { a: of(Peer::A), b: of(Peer::B) };
        let mut note = |kind, numbers: PerPeer<Option<i64>>| {
            if numbers.a.is_some() || numbers.b.is_some() {
                signs.push(Sign { kind, numbers });
            }
        };
        let count = |count: u32| (count > 0).then_some(i64::from(count));
        let same = it.addresses.a.ip() == it.addresses.b.ip();
        let loopback = |peer: Peer| (same || it.addresses[peer].ip().is_loopback()).then_some(1);
        note("loopback", numbers(&loopback));
        note("outgoing", numbers(&|peer| count(self.0[peer].outgoing)));
        note("incoming", numbers(&|peer| count(self.0[peer].incoming)));
        note("passing", numbers(&|peer| count(self.0[peer].passing)));
        note("partial-checksums", numbers(&|peer| count(offload.sent[peer].partials)));
        note("super-segments", numbers(&|peer| count(offload.sent[peer].supers)));
        note("hop-limits", numbers(&|peer| self.0[peer].hop_limit.map(i64::from)));
        note("round-trips", numbers(&|peer| self.0[peer].beyond.map(Elapsed::as_ns)));
        let place = if loopback(Peer::A).is_some() { Place::OnBoth } else { self.place(offload) };
        Estimate { place, signs }
    }

    fn place(&self, offload: &Offload) -> Place {
        let sides = [self.0.a, self.0.b];
        let local = |side: &Side| side.outgoing > 0 && side.incoming == 0;
        let told = sides.iter().any(|side| side.outgoing + side.incoming + side.passing > 0);
        let partial = |peer: Peer| offload.sent[peer].partials > 0;
        let on = |a, b| match (a, b) {
            (true, true) => Some(Place::OnBoth),
            (true, false) => Some(Place::On(Peer::A)),
            (false, true) => Some(Place::On(Peer::B)),
            (false, false) => None,
        };
        if let Some(place) = on(local(&self.0.a), local(&self.0.b)).or_else(|| on(partial(Peer::A), partial(Peer::B))) {
            return place;
        }
        if told {
            // A host that sees both directions come in, or pass, is neither end.
            return if sides.iter().all(|side| side.incoming + side.passing > 0) {
                Place::Between
            } else {
                self.apart()
            };
        }
        let near = self.by_hops();
        let supers = offload.sent.a.supers + offload.sent.b.supers > 0;
        match (near, self.by_round_trips()) {
            // On the link of one peer alone, and segments that no wire carries: on its host.
            (Some(Place::Near(peer)), _) if supers => Place::On(peer),
            (Some(Place::Near(one)), Some(Place::Near(other))) if one != other => Place::Unknown,
            (Some(Place::Near(peer)), _) => Place::Near(peer),
            (_, Some(place)) => place,
            (place, None) => place.unwrap_or_default(),
        }
    }

    fn apart(&self) -> Place {
        self.by_round_trips().or_else(|| self.by_hops()).unwrap_or_default()
    }

    /// Near whom no router has been passed; between where that says the same of both.
    fn by_hops(&self) -> Option<Place> {
        let full = |peer: Peer| self.0[peer].hop_limit.map(|limit| INITIAL_HOP_LIMITS.contains(&limit));
        match (full(Peer::A)?, full(Peer::B)?) {
            (true, false) => Some(Place::Near(Peer::A)),
            (false, true) => Some(Place::Near(Peer::B)),
            (true, true) => None,
            (false, false) => Some(Place::Between),
        }
    }

    /// By the share of the whole round trip that lies on A's side: less than a fifth, more than four, or neither.
    fn by_round_trips(&self) -> Option<Place> {
        let (a, b) = (self.0.a.beyond?.as_ns(), self.0.b.beyond?.as_ns());
        let whole = a.saturating_add(b);
        if whole < LEAST_ROUND_TRIP.as_ns() {
            return None;
        }
        Some(if a < whole / 5 {
            Place::Near(Peer::A)
        } else if b < whole / 5 {
            Place::Near(Peer::B)
        } else {
            Place::Between
        })
    }
}
