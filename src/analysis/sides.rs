//! Connections whose two directions stand in different VLANs or tunnels: one tap sees them at both sides of a device.
//!
//! Two directions are joined where a SYN-ACK, alone in its encapsulation, acknowledges a SYN that nothing has answered in
//! another one. Where the capture does not begin with the SYN nothing shows that they belong together, and they stay two
//! connections of one direction each.

use super::Analyzer;
use crate::flow::FlowKey;
use crate::wire::segment::Segment;
use hashbrown::HashMap;

/// Directions joined at a time; of further ones each stays a connection of its own.
const MAX_JOINED: usize = 4_096;

/// Encapsulations in which a SYN is looked for: those first seen. Taps at both sides of a device see few.
const LOOKED_AT: u32 = 16;

/// Which encapsulation stands for which, by flow.
#[derive(Debug, Default)]
pub struct Sides(HashMap<FlowKey, u32, foldhash::fast::RandomState>);

impl Sides {
    /// The flow that stands for `key`.
    #[inline]
    pub fn of(&self, key: FlowKey) -> FlowKey {
        if self.0.is_empty() {
            return key;
        }
        self.0.get(&key).map_or(key, |encapsulation| FlowKey { encapsulation: *encapsulation, ..key })
    }
}

impl Analyzer {
    /// The flow that `segment` belongs to, if it is a SYN-ACK alone in its encapsulation and answers a SYN in another one;
    /// what follows it goes there, too.
    pub(super) fn other_side(&mut self, key: FlowKey, segment: &Segment<'_>) -> FlowKey {
        let (flags, known) = (segment.flags, u32::try_from(self.encapsulations.len()).unwrap_or(u32::MAX));
        let (true, true, Some(ack)) = (flags.syn(), known > 0, segment.ack()) else { return key };
        if flags.rst() || self.sides.0.len() >= MAX_JOINED || self.flows.find(&key).is_some() {
            return key;
        }
        let others = (0..=known.min(LOOKED_AT)).filter(|encapsulation| *encapsulation != key.encapsulation);
        let mut awaited = others.map(|encapsulation| FlowKey { encapsulation, ..key }).filter(|other| {
            let entry = self.flows.find(other).and_then(|slot| self.flows.get(slot));
            entry.is_some_and(|entry| entry.awaits(segment.path.to, ack))
        });
        match (awaited.next(), awaited.next()) {
            (Some(other), None) => {
                self.sides.0.insert(key, other.encapsulation);
                other
            }
            _ => key,
        }
    }
}
