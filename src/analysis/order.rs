//! Capture reordering, undone where it is impossible on one wire.
//!
//! Frames from several queues or taps can stand in a capture in another order than that in which they passed. That is
//! certain only where an effect stands before its cause: a SYN-ACK before the SYN that it acknowledges, a refusal before
//! the SYN that it refuses, an acknowledgment before the octets that it covers. Such a segment *runs ahead*. It waits,
//! kept whole, until its cause comes or [`WINDOW`] of capture time has passed; what its sender sends meanwhile waits
//! behind it. Then it goes on: behind its cause, or, if that did not come, as it was captured. Nothing is lost.
//!
//! Not undone: an order that a network can make, as a segment behind its sender's next one, and whatever took longer.
//! Which connection a segment belongs to, and what it means, is decided elsewhere.

use super::copies::CopyOf;
use super::most::Most;
use super::tracked::Challenger;
use crate::flow::FlowKey;
use crate::peer::{Peer, PerPeer};
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::endpoint::At;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::options::Options;
use crate::wire::segment::{Segment, Wholeness};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::net::SocketAddr;

/// How long a segment waits for its cause: queues of one card are not further apart, and live reports lag no more.
pub const WINDOW: Elapsed = Elapsed::from_ns(1_000_000);

/// Segments of one flow that wait at most; with more, the first goes on as it was captured.
pub const MAX_WAITING: usize = 8;

/// Octets that all waiting segments hold at most; with more, the first goes on as it was captured.
pub const MAX_OCTETS: usize = 4 * 1024 * 1024;

/// How far an acknowledgment runs ahead at most: what 100 Gbit/s carry in a millisecond, and a little more.
pub const MAX_AHEAD: i32 = 1 << 24;

/// A segment kept whole.
#[derive(Debug)]
struct Owned {
    facts: Segment<'static>,
    octets: Box<[u8]>,
    options: usize,
}

impl Owned {
    fn new(segment: &Segment<'_>) -> Self {
        Self {
            facts: segment.without_octets(),
            octets: [segment.options.octets, segment.payload].concat().into_boxed_slice(),
            options: segment.options.octets.len(),
        }
    }

    fn segment(&self) -> Segment<'_> {
        let (options, payload) = self.octets.split_at_checked(self.options).unwrap_or_default();
        Segment { options: Options { octets: options }, payload, ..self.facts }
    }
}

/// What waits.
#[derive(Debug)]
pub enum Held {
    /// A segment.
    Segment(Whole),
    /// A frame that only repeats another, to be counted behind it.
    Copy(At, CopyOf),
}

/// A segment that waits.
#[derive(Debug)]
pub struct Whole(Box<Owned>);

impl Whole {
    /// It, again.
    #[must_use]
    pub fn segment(&self) -> Segment<'_> {
        self.0.segment()
    }
}

#[derive(Debug)]
struct Waiting {
    held: Held,
    since: Timestamp,
    from: SocketAddr,
}

impl Waiting {
    /// Octets, with what keeping them takes.
    fn len(&self) -> usize {
        let octets = match &self.held {
            Held::Segment(whole) => whole.0.octets.len(),
            Held::Copy(..) => 0,
        };
        octets + size_of::<Owned>() + size_of::<Self>()
    }
}

/// What waits of one flow.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
}

/// Since when something of a flow has waited.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// When it began to wait.
    pub since: Timestamp,
    /// When in the order of packets: rises from one that begins to wait to the next.
    pub turn: u64,
    /// The flow.
    pub key: FlowKey,
}

/// What waits of all flows.
#[derive(Debug, Default)]
pub struct Order {
    flows: Flows,
    /// Since when something of a flow has waited, oldest first; of what has gone on already, entries are left.
    due: VecDeque<Due>,
    most: Most,
    waiting: usize,
    octets: usize,
    /// The most octets at a time.
    pub most_octets: usize,
    /// The most segments of one flow at a time.
    pub most_waiting: usize,
    /// How many went on as they were captured because too many octets waited, and because too many of their flow did.
    pub early: (u64, u64),
}

impl Order {
    /// With other bounds than the usual ones.
    pub fn within(most: Most) -> Self {
        Self { most, ..Self::default() }
    }

    /// Whether nothing waits.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// Whether something of this flow waits.
    #[inline]
    #[must_use]
    pub fn holds(&self, key: &FlowKey) -> bool {
        !self.flows.is_empty() && self.flows.contains_key(key)
    }

    /// Whether a segment from `from` must wait behind one of the same sender.
    #[must_use]
    pub fn holds_from(&self, key: &FlowKey, from: SocketAddr) -> bool {
        self.flows.get(key).is_some_and(|queue| queue.waiting.iter().any(|it| it.from == from))
    }

    /// Whether `segment` answers a SYN-ACK that waits. Its sender had sent its SYN before it, and one queue keeps the
    /// order of a sender: that SYN is not in the capture.
    #[must_use]
    pub fn answers(&self, key: &FlowKey, segment: &Segment<'_>) -> bool {
        let Some(ack) = segment.ack().filter(|_| !segment.flags.syn()) else { return false };
        let is_answered = |it: &Waiting| {
            let Held::Segment(whole) = &it.held else { return false };
            let facts = &whole.0.facts;
            it.from == segment.path.to && facts.flags.syn() && facts.seq + 1 == ack
        };
        self.flows.get(key).is_some_and(|queue| queue.waiting.iter().any(is_answered))
    }

    /// Lets `segment` wait.
    pub fn hold(&mut self, from_now: Due, segment: &Segment<'_>) {
        self.push(from_now, segment.path.from, Held::Segment(Whole(Box::new(Owned::new(segment)))));
    }

    /// Lets a copy wait to be counted behind what waits of its flow.
    pub fn hold_copy(&mut self, from_now: Due, from: SocketAddr, at: At, copy: CopyOf) {
        self.push(from_now, from, Held::Copy(at, copy));
    }

    fn push(&mut self, due: Due, from: SocketAddr, held: Held) {
        let waiting = Waiting { held, since: due.since, from };
        self.octets += waiting.len();
        self.most_octets = self.most_octets.max(self.octets.min(self.most.waiting_octets));
        self.waiting += 1;
        let queue = self.flows.entry(due.key).or_default();
        queue.waiting.push_back(waiting);
        self.most_waiting = self.most_waiting.max(queue.waiting.len().min(MAX_WAITING));
        if self.due.len() > 2 * self.waiting + 64 {
            let flows = &self.flows;
            self.due.retain(|due| is_due(flows, due));
        }
        self.due.push_back(due);
    }

    /// The flow whose first segment has waited long enough at `now`, or has to make room.
    pub fn due(&mut self, now: Timestamp) -> Option<FlowKey> {
        let oldest = self.oldest()?;
        if now.since(oldest.since) >= WINDOW {
            return Some(oldest.key);
        }
        let crowded = self.octets > self.most.waiting_octets;
        self.early.0 += u64::from(crowded);
        crowded.then_some(oldest.key)
    }

    /// The flow of which something has waited longest, and since when.
    pub fn oldest(&mut self) -> Option<Due> {
        while let Some(due) = self.due.front() {
            if is_due(&self.flows, due) {
                return Some(*due);
            }
            self.due.pop_front();
        }
        None
    }

    /// Whether more of this flow waits than may.
    #[must_use]
    pub fn is_full(&self, key: &FlowKey) -> bool {
        self.flows.get(key).is_some_and(|queue| queue.waiting.len() > MAX_WAITING)
    }

    /// The first of a flow goes on as it was captured.
    pub fn first(&mut self, key: &FlowKey) -> Option<Held> {
        self.take(key, |_| true)
    }

    /// The first of a flow goes on for which `may` holds and no other of its sender is before it; a copy if nothing is.
    pub fn ready(&mut self, key: &FlowKey, may: impl Fn(&Segment<'_>) -> bool) -> Option<Held> {
        self.take(key, |held| match held {
            Held::Segment(whole) => may(&whole.segment()),
            Held::Copy(..) => true,
        })
    }

    fn take(&mut self, key: &FlowKey, may: impl Fn(&Held) -> bool) -> Option<Held> {
        let queue = self.flows.get_mut(key)?;
        let before = |at: usize, from| queue.waiting.iter().take(at).any(|it| it.from == from);
        let found = queue.waiting.iter().enumerate().find(|(at, it)| !before(*at, it.from) && may(&it.held));
        let at = found.map(|(at, _)| at)?;
        let taken = queue.waiting.remove(at)?;
        if queue.waiting.is_empty() {
            self.flows.remove(key);
        }
        self.octets = self.octets.saturating_sub(taken.len());
        self.waiting = self.waiting.saturating_sub(1);
        Some(taken.held)
    }
}

type Flows = HashMap<FlowKey, Queue, foldhash::fast::RandomState>;

/// Whether the first of this flow has waited since then or longer.
fn is_due(flows: &Flows, due: &Due) -> bool {
    flows.get(&due.key).is_some_and(|queue| queue.waiting.front().is_some_and(|it| it.since <= due.since))
}

/// Whether the octets of a sender are worth waiting for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Patience {
    /// They may come.
    #[default]
    Waits,
    /// One wait was in vain: the capture does not hold them. Not again before the sender shows itself.
    Gone,
}

/// Whether a segment runs ahead of a flow of which nothing is known.
#[must_use]
pub fn opens_ahead(segment: &Segment<'_>) -> bool {
    let flags = segment.flags;
    let refuses = flags.rst() && segment.seq.get() == 0;
    is_whole(segment) && flags.ack() && flags.syn() != refuses && !segment.path.is_self_connected()
}

/// Whether `segment` runs ahead of all that is known of its connection: of its SYNs, `challengers` among them, and of
/// what the other has sent.
#[must_use]
pub fn runs_ahead(
    it: &Connection,
    challengers: &[Challenger],
    patience: PerPeer<Patience>,
    segment: &Segment<'_>,
) -> bool {
    let Some(ack) = segment.ack().filter(|_| !segment.flags.rst()) else { return false };
    let from = it.sender(&segment.path);
    let to = it.other(from);
    let other = &it.streams[to];
    if let Some(nxt) = other.nxt
        && !segment.flags.syn()
    {
        // The usual case first: nothing ahead.
        let ahead = nxt.offset_to(ack);
        return (1..=MAX_AHEAD).contains(&ahead)
            && patience[to] == Patience::Waits
            && is_whole(segment)
            && it.ends == Ends::Two
            && other.beyond_end.is_none_or(|end| end.is_before(ack));
    }
    if patience[to] == Patience::Gone || it.ends == Ends::One || !is_whole(segment) {
        return false;
    }
    if !segment.flags.syn() {
        return it.endpoints[from].is_syn_sent();
    }
    let known = it.candidates.iter().any(|syn| syn.from == to && syn.is_answered_by(ack))
        || challengers.iter().any(|it| it.syn.path.from == segment.path.to && it.syn.is_answered_by(ack))
        || other.iss.is_some_and(|iss| ack == iss + 1);
    !known
}

fn is_whole(segment: &Segment<'_>) -> bool {
    matches!(segment.wholeness, Wholeness::Whole | Wholeness::CutByCapture)
}

/// Who the one is whose octets a segment ran ahead of.
#[must_use]
pub fn awaited(it: &Connection, segment: &Segment<'_>) -> Peer {
    it.other(it.sender(&segment.path))
}

#[cfg(test)]
mod tests {
    use super::{Due, Order};
    use crate::flow::FlowKey;
    use crate::four_tuple::FourTuple;
    use crate::packet::{Packet, Stamping};
    use crate::timestamp::Timestamp;
    use crate::wire::encode::{self, Envelope, Fields};
    use crate::wire::{self, Decoded};

    #[test]
    fn entries_of_what_has_gone_on_do_not_pile_up_where_the_clock_stands_still() {
        let path = FourTuple { from: ([192, 0, 2, 1], 1).into(), to: ([192, 0, 2, 2], 2).into() };
        let envelope = Envelope::new(path);
        let bytes = encode::segment(&envelope, &Fields::default()).unwrap();
        let (at, wire_len) = (Timestamp::from_ns(0), u32::try_from(bytes.len()).unwrap());
        let packet = Packet {
            frame: 1,
            at,
            stamping: Stamping::Told,
            link: envelope.link.link_type(),
            interface: 0,
            bytes: &bytes,
            wire_len,
        };
        let Ok(Decoded::Segment(segment, _)) = wire::decode(&packet) else { panic!("no segment") };
        let mut order = Order::default();
        for number in 0..10_000 {
            let key = FlowKey { pair: path.into(), encapsulation: number };
            order.hold(Due { since: at, turn: u64::from(number), key }, &segment);
            if number > 0 {
                assert!(order.first(&key).is_some());
            }
        }
        assert!(order.due.len() < 100, "{} entries for one segment", order.due.len());
        assert_eq!(order.waiting, 1);
    }
}
