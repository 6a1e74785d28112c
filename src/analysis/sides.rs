//! Connections whose two directions stand in different VLANs or tunnels: one tap sees them at both sides of a device.
//!
//! Two directions are joined where a SYN-ACK, alone in its encapsulation, acknowledges a SYN that nothing has answered in
//! another one. Where the capture does not begin with the SYN nothing shows that they belong together, and they stay two
//! connections of one direction each.

use super::Analyzer;
use crate::flow::{FlowKey, OTHERS};
use crate::seq::Seq;
use crate::wire::segment::Segment;
use hashbrown::HashMap;

/// Directions joined at a time; of further ones each stays a connection of its own.
const MAX_JOINED: usize = 4_096;

/// Encapsulations in which a SYN is looked for: those first seen. Taps at both sides of a device see few.
const LOOKED_AT: u32 = 16;

/// Which encapsulation stands for which, by flow.
#[derive(Debug, Default)]
pub struct Sides {
    joined: HashMap<FlowKey, u32, foldhash::fast::RandomState>,
    /// The largest number of an encapsulation that was seen.
    largest: u32,
}

impl Sides {
    /// The flow that stands for `key`.
    #[inline]
    pub fn of(&self, key: FlowKey) -> FlowKey {
        if self.joined.is_empty() {
            return key;
        }
        self.joined.get(&key).map_or(key, |encapsulation| FlowKey { encapsulation: *encapsulation, ..key })
    }
}

impl Analyzer {
    /// The flow that `segment` belongs to. A SYN-ACK alone in its encapsulation that answers a SYN in another one is that
    /// one's, and so is what follows it. What is in an encapsulation that is not told apart from others joins nothing.
    #[inline]
    pub(super) fn other_side(&mut self, key: FlowKey, segment: &Segment<'_>) -> FlowKey {
        if key.encapsulation == OTHERS {
            return key;
        }
        let sides = &mut self.sides;
        sides.largest = sides.largest.max(key.encapsulation);
        if sides.largest == 0 {
            return key;
        }
        match segment.ack().filter(|_| segment.flags.syn() && !segment.flags.rst()) {
            Some(ack) if self.flows.find(&key).is_none() => self.join(key, segment, ack),
            _ => self.sides.of(key),
        }
    }

    fn join(&mut self, key: FlowKey, segment: &Segment<'_>, ack: Seq) -> FlowKey {
        let known = self.sides.of(key);
        if known != key || self.sides.joined.len() >= MAX_JOINED {
            return known;
        }
        let others = (0..=self.sides.largest.min(LOOKED_AT)).filter(|other| *other != key.encapsulation);
        let mut awaited = others.map(|encapsulation| FlowKey { encapsulation, ..key }).filter(|other| {
            let entry = self.flows.find(other).and_then(|slot| self.flows.get(slot));
            entry.is_some_and(|entry| entry.awaits(other, segment.path.to, ack))
        });
        match (awaited.next(), awaited.next()) {
            (Some(other), None) => {
                self.sides.joined.insert(key, other.encapsulation);
                other
            }
            _ => key,
        }
    }
}
