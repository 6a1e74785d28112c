//! What comes before the lanes, one packet after the other: decoding, fragments, encapsulations, copies, UDP conversations,
//! and the counters of frames. All of it concerns the capture as a whole, and is cheap beside judging.

use super::LANES;
use super::block::Block;
use super::tick::{Moment, Phase, Tick};
use crate::analysis::datagrams::Conversation;
use crate::analysis::most::Most;
use crate::analysis::{Analyzer, fragments};
use crate::flow::FlowKey;
use crate::packet::Packet;
use crate::timestamp::Timestamp;
use crate::wire::undecodable::Undecodable;
use crate::wire::{self, Decoded, Depth};
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// Octets of the first packet that the choice of lanes depends on.
const KEY_OCTETS: usize = 128;

/// A UDP conversation that is final.
#[derive(Debug)]
pub struct Talk {
    pub tick: Tick,
    pub key: FlowKey,
    pub conversation: Conversation,
}

/// The front.
pub struct Front {
    /// Of an analyzer, all that no lane has.
    pub it: Analyzer,
    /// Chooses lanes. Keyed by the capture's first packet: the same for the same capture, and nobody who chooses addresses
    /// knows it.
    hasher: Option<FixedState>,
    /// UDP conversations that are final.
    pub talks: Vec<Talk>,
}

impl Front {
    /// One that has seen nothing.
    pub fn new(depth: Depth, most: Most) -> Self {
        let it = Analyzer::within(Most { conversations: most.conversations, ..Most::NOTHING });
        Self { it: Analyzer { depth, ..it }, hasher: None, talks: Vec::new() }
    }

    /// Decodes a packet and hands over what is for a lane.
    pub fn take(&mut self, packet: &Packet<'_>, block: &mut Block) {
        self.it.count(packet);
        let hasher = self.hasher.get_or_insert_with(|| keyed(packet)).clone();
        self.advance(packet.at, block);
        let it = &mut self.it;
        match wire::decode_at(packet, it.depth) {
            Ok(Decoded::Fragment(fragment)) => {
                let whole = fragments::whole(&mut it.fragments, it.depth, &fragment, packet, &mut it.totals);
                if let Some(datagram) = whole {
                    self.sort(datagram.decode(self.it.depth), &hasher, block);
                }
            }
            decoded => self.sort(decoded, &hasher, block),
        }
    }

    /// Time has come to `at`, if it was not later already: another turn begins.
    pub fn advance(&mut self, at: Timestamp, block: &mut Block) {
        self.it.turn += 1;
        let risen = at > self.it.now;
        self.it.now = self.it.now.max(at);
        let totals = &self.it.totals;
        block.begin(Moment { now: self.it.now, stepped: totals.stepped, unstamped: totals.unstamped });
        if risen {
            self.retire();
        }
    }

    fn retire(&mut self) {
        for (key, conversation) in self.it.conversations.idle(self.it.now) {
            self.it.totals.conversations += 1;
            let tick = Tick { turn: self.it.turn, phase: Phase::Conversations, sub: self.talks.len() as u64 };
            self.talks.push(Talk { tick, key, conversation });
        }
    }

    fn sort(&mut self, decoded: Result<Decoded<'_>, Undecodable>, hasher: &FixedState, block: &mut Block) {
        let it = &mut self.it;
        let lane = |key: &FlowKey| lane_of(hasher, key);
        match decoded {
            Ok(Decoded::Segment(segment, around)) => {
                it.totals.tcp += 1;
                let key = it.key(segment.path, &around);
                let copy = it.copies.find(&segment, key.encapsulation);
                block.segment(lane(&key), key, &segment, copy);
            }
            Ok(Decoded::Datagram(datagram)) => {
                it.totals.udp += 1;
                let key = it.key(datagram.path, &datagram.encapsulation);
                it.conversations.datagram(key, &datagram);
                if it.conversations.is_crowded() {
                    self.retire();
                }
            }
            Ok(Decoded::IcmpError(error)) => {
                it.totals.other("icmp-error");
                let key = it.key(error.quoted, &error.encapsulation);
                match error.quotes {
                    wire::datagram::Quoted::Datagram => it.conversations.error(key, &error),
                    wire::datagram::Quoted::Segment(seq) => block.error(lane(&key), key, error, seq),
                }
            }
            Ok(Decoded::Other(what)) => it.totals.other(&what),
            // Those are put together before.
            Ok(Decoded::Fragment(_)) => {}
            Err(undecodable) => it.totals.undecodable(&undecodable),
        }
    }
}

/// A hash that only this capture has.
fn keyed(packet: &Packet<'_>) -> FixedState {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write_i64(packet.at.as_ns());
    hasher.write(packet.bytes.get(..KEY_OCTETS).unwrap_or(packet.bytes));
    FixedState::with_seed(hasher.finish())
}

/// All of a pair of addresses and ports is for one lane, in whatever encapsulation: copies may be in another.
fn lane_of(hasher: &FixedState, key: &FlowKey) -> u8 {
    // The upper half is the better mixed one.
    u8::try_from((hasher.hash_one(key.pair) >> 32) % LANES as u64).unwrap_or_default()
}
