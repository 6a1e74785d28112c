//! UDP conversations: who sent how much to whom, whether it was answered, how long it was silent, and which ICMP errors
//! came of it.

use super::most::Most;
use crate::flow::{FlowKey, FlowTable};
use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::tcp::belief::TWO_MSL;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::datagram::{Datagram, IcmpError, IcmpKind};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Kinds of ICMP errors told apart in one conversation; there are fewer that a host sends for datagrams.
pub const MAX_KINDS: usize = 8;

/// The first answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Its frame.
    pub frame: FrameNo,
    /// How long after the last datagram of peer A before it; from the capture point there and back.
    pub after: Elapsed,
}

/// A time without a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Silence {
    /// The last frame before it.
    pub from: FrameNo,
    /// The first frame after it.
    pub to: FrameNo,
    /// How long.
    pub lasting: Elapsed,
}

/// ICMP errors of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Who sent the datagrams that they quote.
    pub of: Peer,
    /// What they say.
    pub kind: IcmpKind,
    /// The first.
    pub first: FrameNo,
    /// How many.
    pub count: u64,
}

/// Datagrams between two sockets, without a pause of 2 MSL.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// From peer A, who sent first, to peer B.
    pub path: FourTuple,
    /// First frame.
    pub first: FrameNo,
    /// When it was captured.
    pub first_at: Timestamp,
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
    /// The ICMP errors by kind, the first [`MAX_KINDS`].
    pub kinds: SmallVec<[Kind; 1]>,
    /// The first datagram of peer B.
    pub answer: Option<Answer>,
    /// The longest time between two datagrams.
    pub silence: Option<Silence>,
}

/// The conversations that are not final.
#[derive(Default)]
pub struct Conversations {
    bounds: Most,
    table: FlowTable<Conversation>,
    quiet: VecDeque<(Timestamp, u32, FlowKey)>,
    /// The most at a time.
    pub most: usize,
    /// How many were final early, to make room for others.
    pub forgotten: u64,
}

impl Conversations {
    /// With other bounds than the usual ones.
    pub fn within(bounds: Most) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Counts a datagram.
    pub fn datagram(&mut self, key: FlowKey, datagram: &Datagram<'_>) {
        let known = self.table.len();
        let slot = self.table.slot(key, || Conversation {
            path: datagram.path,
            first: datagram.frame,
            first_at: datagram.at,
            last: datagram.frame,
            last_at: datagram.at,
            count: 0,
            datagrams: PerPeer::default(),
            octets: PerPeer::default(),
            errors: PerPeer::default(),
            port_unreachable: None,
            kinds: SmallVec::new(),
            answer: None,
            silence: None,
        });
        if self.table.len() > known {
            self.quiet.push_back((datagram.at, slot, key));
            self.most = self.most.max(self.table.len().min(self.bounds.conversations));
        }
        let Some(conversation) = self.table.get_mut(slot) else { return };
        let from = conversation.sender(&datagram.path);
        conversation.note_times(from, datagram);
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
        let room = conversation.kinds.len() < MAX_KINDS;
        match conversation.kinds.iter_mut().find(|known| known.of == of && known.kind == error.kind) {
            Some(known) => known.count += 1,
            None if room => {
                conversation.kinds.push(Kind { of, kind: error.kind, first: error.frame, count: 1 });
            }
            None => {}
        }
    }

    /// Whether there are more than may be.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.table.len() > self.bounds.conversations
    }

    /// Takes out those that have been quiet for 2 MSL, or are too many.
    pub fn idle(&mut self, now: Timestamp) -> Vec<(FlowKey, Conversation)> {
        let mut out = Vec::new();
        while let Some((since, slot, key)) = self.quiet.front().copied() {
            let crowded = self.is_crowded();
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
                _ => {
                    self.forgotten += u64::from(last.is_some_and(|last| now.since(last) < TWO_MSL));
                    out.extend(self.table.remove(slot).map(|conversation| (key, conversation)));
                }
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

    /// The answer and the silence that a datagram ends, before it is counted.
    fn note_times(&mut self, from: Peer, datagram: &Datagram<'_>) {
        if self.count == 0 {
            return;
        }
        let lasting = datagram.at.since(self.last_at);
        // Until B sends, every datagram before is of A.
        if from == Peer::B && self.answer.is_none() {
            self.answer = Some(Answer { frame: datagram.frame, after: lasting });
        }
        if self.silence.is_none_or(|longest| longest.lasting < lasting) {
            self.silence = Some(Silence { from: self.last, to: datagram.frame, lasting });
        }
    }
}
