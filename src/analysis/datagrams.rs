//! UDP conversations: who sent how much to whom, and which ICMP errors came of it.

use crate::flow::{FlowKey, FlowTable};
use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::tcp::belief::TWO_MSL;
use crate::timestamp::Timestamp;
use crate::wire::datagram::{Datagram, IcmpError};
use std::collections::VecDeque;

/// Conversations held at once; past it, the one that has been quiet longest is final.
pub const MAX_CONVERSATIONS: usize = 100_000;

/// Datagrams between two sockets, without a pause of 2 MSL.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// From peer A, who sent first, to peer B.
    pub path: FourTuple,
    /// First frame.
    pub first: FrameNo,
    /// Last frame.
    pub last: FrameNo,
    /// When the last frame was captured.
    pub last_at: Timestamp,
    /// Captured frames, ICMP errors not among them.
    pub count: u64,
    /// Datagrams, by sender.
    pub datagrams: PerPeer<u64>,
    /// Payload octets, by sender.
    pub octets: PerPeer<u64>,
    /// ICMP errors, by the sender of the quoted datagram.
    pub errors: PerPeer<u64>,
    /// Frame of the first ICMP port-unreachable.
    pub port_unreachable: Option<FrameNo>,
}

/// The conversations that are not final.
#[derive(Default)]
pub struct Conversations {
    table: FlowTable<Conversation>,
    quiet: VecDeque<(Timestamp, u32, FlowKey)>,
}

impl Conversations {
    /// Counts a datagram.
    pub fn datagram(&mut self, key: FlowKey, datagram: &Datagram<'_>) {
        let known = self.table.len();
        let slot = self.table.slot(key, || Conversation {
            path: datagram.path,
            first: datagram.frame,
            last: datagram.frame,
            last_at: datagram.at,
            count: 0,
            datagrams: PerPeer::default(),
            octets: PerPeer::default(),
            errors: PerPeer::default(),
            port_unreachable: None,
        });
        if self.table.len() > known {
            self.quiet.push_back((datagram.at, slot, key));
        }
        let Some(conversation) = self.table.get_mut(slot) else { return };
        let from = conversation.sender(&datagram.path);
        conversation.count += 1;
        conversation.last = datagram.frame;
        conversation.last_at = datagram.at;
        conversation.datagrams[from] += 1;
        conversation.octets[from] += u64::from(datagram.payload_len);
    }

    /// Counts an ICMP error that quotes a datagram, with the conversation of that datagram if it is known.
    pub fn error(&mut self, key: FlowKey, error: &IcmpError) {
        let Some(conversation) = self.table.find(&key).and_then(|slot| self.table.get_mut(slot)) else { return };
        let of = conversation.sender(&error.quoted);
        conversation.errors[of] += 1;
        if error.kind.is_port_unreachable() {
            conversation.port_unreachable.get_or_insert(error.frame);
        }
    }

    /// Takes out those that have been quiet for 2 MSL, or are too many.
    pub fn idle(&mut self, now: Timestamp) -> Vec<(FlowKey, Conversation)> {
        let mut out = Vec::new();
        while let Some((since, slot, key)) = self.quiet.front().copied() {
            let crowded = self.table.len() > MAX_CONVERSATIONS;
            if now.since(since) < TWO_MSL && !crowded {
                break;
            }
            self.quiet.pop_front();
            if self.table.find(&key) != Some(slot) {
                continue;
            }
            let last = self.table.get_mut(slot).map(|conversation| conversation.last_at);
            match last {
                Some(last) if now.since(last) < TWO_MSL && !crowded => self.quiet.push_back((last, slot, key)),
                _ => out.extend(self.table.remove(slot).map(|conversation| (key, conversation))),
            }
        }
        out
    }

    /// Takes out all, by first frame.
    pub fn drain(&mut self) -> Vec<(FlowKey, Conversation)> {
        self.quiet.clear();
        let mut left: Vec<_> = self.table.drain().collect();
        left.sort_by_key(|(_, conversation)| conversation.first);
        left
    }
}

impl Conversation {
    fn sender(&self, path: &FourTuple) -> Peer {
        if path.from == self.path.from { Peer::A } else { Peer::B }
    }
}
