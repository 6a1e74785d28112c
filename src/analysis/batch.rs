//! Packets taken in several at a time, so that the memory that they need is asked for at once and not one after the other.
//!
//! What a packet meets (its flow, its connection) lies in memory that was last used thousands of packets ago. Looking at
//! that of all packets of a batch first lets the processor fetch it side by side; then they are taken in, in their order.
//! What comes out is the same as without: a look ahead is a hint, and nothing is kept of it.

use super::Analyzer;
use super::event::Sink;
use crate::flow::FlowKey;
use crate::packet::{FrameNo, LinkType, Packet, Stamping};
use crate::timestamp::Timestamp;
use crate::wire::undecodable::Undecodable;
use crate::wire::{self, Decoded};
use std::hint::black_box;
use std::io;
use std::ops::Range;

/// Packets of a batch at most.
pub const MOST_PACKETS: usize = 32;
/// Octets from which on a batch is full: what a first cache holds beside everything else.
pub const MOST_OCTETS: usize = 16 * 1024;

/// Packets kept until there are some of them.
#[derive(Debug, Default)]
pub struct Batch {
    octets: Vec<u8>,
    packets: Vec<Stored>,
}

#[derive(Debug)]
struct Stored {
    frame: FrameNo,
    at: Timestamp,
    stamping: Stamping,
    link: LinkType,
    interface: u32,
    octets: Range<usize>,
    wire_len: u32,
}

impl Batch {
    /// Keeps `packet`.
    pub fn push(&mut self, packet: &Packet<'_>) {
        let start = self.octets.len();
        self.octets.extend_from_slice(packet.bytes);
        self.packets.push(Stored {
            frame: packet.frame,
            at: packet.at,
            stamping: packet.stamping,
            link: packet.link,
            interface: packet.interface,
            octets: start..self.octets.len(),
            wire_len: packet.wire_len,
        });
    }

    /// Whether it holds as much as it should.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.packets.len() >= MOST_PACKETS || self.octets.len() >= MOST_OCTETS
    }

    /// How many packets it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.packets.clear();
    }

    fn packets(&self) -> impl Iterator<Item = Packet<'_>> {
        self.packets.iter().map(|it| Packet {
            frame: it.frame,
            at: it.at,
            stamping: it.stamping,
            link: it.link,
            interface: it.interface,
            bytes: self.octets.get(it.octets.clone()).unwrap_or_default(),
            wire_len: it.wire_len,
        })
    }
}

impl Analyzer {
    /// Takes in the packets of a batch, as [`observe`](Self::observe) would one by one.
    ///
    /// # Errors
    ///
    /// What the sink returns; nothing else can fail.
    pub fn observe_all(&mut self, batch: &Batch, sink: &mut dyn Sink) -> io::Result<()> {
        let mut decoded = Vec::with_capacity(batch.len());
        decoded.extend(batch.packets().map(|packet| wire::decode_at(&packet, self.depth)));
        self.look_ahead(&decoded);
        for (packet, decoded) in batch.packets().zip(decoded) {
            self.take(&packet, decoded, sink)?;
        }
        Ok(())
    }

    /// Touches what the segments will meet.
    fn look_ahead(&self, decoded: &[Result<Decoded<'_>, Undecodable>]) {
        let mut seen = 0;
        for it in decoded {
            // Of what stands in VLANs and tunnels the number would have to be found first.
            if let Ok(Decoded::Segment(segment, around)) = it
                && around.0.is_empty()
            {
                let key = FlowKey { pair: segment.path.into(), encapsulation: 0 };
                seen ^= self.flows.find(&key).and_then(|slot| self.flows.get(slot)).map_or(0, |entry| entry.touch());
            }
        }
        black_box(seen);
    }
}
