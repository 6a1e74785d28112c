//! One incarnation of a connection: two streams, two endpoints, the SYNs that may have opened it, and its rows.
//!
//! `take` is the only way in. Which incarnation a segment belongs to is decided before (`analysis`); what the facts
//! mean for the states is derived (`path`, `belief`).

use super::acceptance::Acceptance;
use super::answers::Answers;
use super::earlier::Earlier;
use super::endpoint::{At, Ended, Endpoint, Opening, Spoke};
use super::facts::{self, Before, Facts};
use super::forgot::Forgot;
use super::history::History;
use super::icmp::Errors;
use super::kind::Kind;
use super::path::{self, Changes, Row};
use super::refused::OfBoth as Doubts;
use super::state::State;
use super::stream::{MAX_SHIFT, ScaleOffer, Stream};
use crate::four_tuple::FourTuple;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::segment::Segment;
use smallvec::SmallVec;
use std::net::SocketAddr;

/// SYNs of one attempt that are kept; with more, the oldest goes.
pub const MAX_CANDIDATES: usize = 8;

/// A SYN that may have opened the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Who sent it.
    pub from: Peer,
    /// Its SEG.SEQ: the initial sequence number.
    pub iss: Seq,
    /// What it occupies beyond the SYN itself: octets of payload, and a FIN that came with it.
    pub payload: u32,
    /// Where.
    pub at: At,
}

impl Candidate {
    /// ISS + 1 =< `ack` =< ISS + 1 + payload: what a SYN-ACK or RST that answers it acknowledges.
    #[must_use]
    pub fn is_answered_by(&self, ack: Seq) -> bool {
        ack.is_within(self.iss + 1, self.iss + 1 + self.payload)
    }
}

/// A SYN-ACK that acknowledges no captured SYN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unmatched {
    /// Who sent it.
    pub from: Peer,
    /// Its SEG.SEQ.
    pub seq: Seq,
    /// Its SEG.ACK.
    pub ack: Seq,
    /// Where.
    pub at: At,
}

/// Whether both ends are one socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ends {
    /// Two endpoints.
    Two,
    /// A socket connected to itself: peer A is both.
    One,
}

/// One incarnation of a connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Addresses and ports.
    pub addresses: PerPeer<SocketAddr>,
    /// One or two endpoints.
    pub ends: Ends,
    /// What each sent.
    pub streams: PerPeer<Stream>,
    /// What only rules and explanations read of each.
    pub facts: PerPeer<Facts>,
    /// What each is believed to have done and heard.
    pub endpoints: PerPeer<Endpoint>,
    /// The SYNs of the attempt, oldest first.
    pub candidates: SmallVec<[Candidate; 1]>,
    /// A SYN-ACK that waits for its SYN.
    pub unmatched_syn_ack: Option<Unmatched>,
    /// Every move of either endpoint.
    pub rows: Vec<Row>,
    /// Frames of the SYN, the SYN-ACK and the acknowledgment of the SYN-ACK.
    pub handshake: [Option<FrameNo>; 3],
    /// The frame from which on one side goes on from numbers that its SYN did not announce, and the other follows.
    pub renumbered: Option<FrameNo>,
    /// The first frame by which a peer began anew, or may have: a SYN with another number than its SYNs before, or a RST after
    /// which something else followed.
    pub anew: Option<FrameNo>,
    /// The last acknowledgment of each side that fits nothing the other sent.
    pub odd_ack: PerPeer<Option<Seq>>,
    /// SYN-ACKs with other numbers than the one that counts, until one is confirmed.
    pub answers: Option<Box<Answers>>,
    /// Octets of each side that the other may have refused.
    pub doubts: Doubts,
    /// The incarnation of the same 4-tuple before it, if the capture holds one.
    pub earlier: Option<Box<Earlier>>,
    /// The RST that ended it, and who sent it.
    pub reset: Option<(At, Peer)>,
    /// First frame.
    pub first: FrameNo,
    /// When it was captured.
    pub first_at: Timestamp,
    /// Last frame.
    pub last: FrameNo,
    /// When it was captured.
    pub last_at: Timestamp,
    /// Captured frames.
    pub count: u64,
    /// Segments taken in.
    pub turns: u64,
    /// Frames that moved nothing, by reason.
    pub ignored: SmallVec<[(&'static str, u64); 1]>,
    /// ICMP errors that quote its segments, if there were any.
    pub errors: Option<Box<Errors>>,
    /// Its RSTs, challenges and silences.
    pub history: History,
    /// Whether a SYN of it was forgotten.
    pub forgot: Forgot,
}

impl Connection {
    /// A connection whose first segment went along `path`, from peer A or, if `first_is` says so, from peer B.
    #[must_use]
    pub fn new(path: FourTuple, first_is: Peer, at: At) -> Self {
        let ends = if path.is_self_connected() { Ends::One } else { Ends::Two };
        let addresses = match first_is {
            Peer::A => PerPeer { a: path.from, b: path.to },
            Peer::B => PerPeer { a: path.to, b: path.from },
        };
        Self {
            addresses,
            ends,
            streams: PerPeer::default(),
            facts: PerPeer::default(),
            endpoints: PerPeer::default(),
            candidates: SmallVec::new(),
            unmatched_syn_ack: None,
            rows: Vec::new(),
            handshake: [None; 3],
            renumbered: None,
            anew: None,
            odd_ack: PerPeer::default(),
            answers: None,
            doubts: Doubts::default(),
            earlier: None,
            reset: None,
            first: at.frame,
            first_at: at.time,
            last: at.frame,
            last_at: at.time,
            count: 0,
            turns: 0,
            ignored: SmallVec::new(),
            errors: None,
            history: History::default(),
            forgot: Forgot::Nothing,
        }
    }

    /// The endpoint at the other end: itself for a socket connected to itself.
    #[must_use]
    pub const fn other(&self, peer: Peer) -> Peer {
        match self.ends {
            Ends::Two => peer.other(),
            Ends::One => peer,
        }
    }

    /// Which endpoint sent a segment along `path`.
    #[must_use]
    pub fn sender(&self, path: &FourTuple) -> Peer {
        if path.from == self.addresses.a { Peer::A } else { Peer::B }
    }

    /// The endpoints there are.
    #[must_use]
    pub const fn peers(&self) -> &'static [Peer] {
        match self.ends {
            Ends::Two => &Peer::BOTH,
            Ends::One => &[Peer::A],
        }
    }

    /// Whether nothing but SYNs has counted so far.
    #[must_use]
    pub fn is_attempt(&self) -> bool {
        self.reset.is_none()
            && Peer::BOTH.into_iter().all(|peer| {
                let endpoint = &self.endpoints[peer];
                match endpoint.opening {
                    Opening::Unknown => endpoint.ended.is_none(),
                    Opening::Active(_) => endpoint.syn_acked.is_none() && endpoint.spoke != Spoke::Yes,
                    _ => false,
                }
            })
    }

    /// Whether neither endpoint is believed to hold it open: CLOSED, TIME-WAIT, or nothing shown, on both sides.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.peers()
            .iter()
            .all(|peer| matches!(self.likely(*peer), None | Some(State::Closed | State::TimeWait | State::Listen)))
            && !self.rows.is_empty()
    }

    /// Whether both endpoints are [settled](Endpoint::is_settled), and no SYN-ACK or FIN could unsettle them.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unmatched_syn_ack.is_none()
            && Peer::BOTH.into_iter().all(|peer| self.streams[peer].fin.is_none() && self.endpoints[peer].is_settled())
    }

    /// The latest state evidenced for `peer`; `None` if it has shown nothing.
    #[must_use]
    pub fn likely(&self, peer: Peer) -> Option<State> {
        self.rows.iter().rev().find(|row| row.peer == peer && row.retracted.is_none()).map(|row| row.step.to)
    }

    /// Whether a SYN-ACK acknowledges octets that came with the SYN.
    #[must_use]
    pub fn takes_data_of_syn(&self) -> bool {
        let mut with_data = self.candidates.iter().filter(|syn| syn.payload > 0);
        with_data
            .any(|syn| self.streams[self.other(syn.from)].syn_acked.is_some_and(|ack| (syn.iss + 1).is_before(ack)))
    }

    /// At least what a segment of one peer takes to the other and the answer back: from the first SYN of the opener to
    /// its acknowledgment of the SYN-ACK.
    #[must_use]
    pub fn round_trip(&self) -> Option<Elapsed> {
        let mut rows = self.rows.iter().filter(|row| row.retracted.is_none());
        let sent = rows.clone().find(|row| row.step.to == State::SynSent)?;
        let open = rows.find(|row| row.peer != sent.peer && row.step.to == State::Established)?;
        Some(open.step.at.time.since(sent.step.at.time))
    }

    /// The shortest way from one peer to the other and back: what octets of each waited at least for their acknowledgment at
    /// this tap, together. Unknown until octets of both were acknowledged.
    #[must_use]
    pub fn shortest_trip(&self) -> Option<Elapsed> {
        let of = |peer: Peer| self.facts[peer].sent.as_ref().and_then(|sent| sent.shortest);
        Some(Elapsed::from_ns(of(Peer::A)?.as_ns().saturating_add(of(self.other(Peer::A))?.as_ns())))
    }

    /// Where a segment stands that is being taken in.
    #[must_use]
    pub const fn place(&self, segment: &Segment<'_>) -> At {
        At { frame: segment.frame, time: segment.at, turn: self.turns }
    }

    /// Counts a frame as this connection's.
    pub fn count(&mut self, at: At) {
        self.count += 1;
        // Frames captured in the wrong order are taken in in the right one.
        if at.frame < self.first {
            (self.first, self.first_at) = (at.frame, at.time);
        }
        if at.frame >= self.last {
            (self.last, self.last_at) = (at.frame, at.time);
        }
    }

    /// Notes, before the gate, a peer that goes on from a number which nothing it sent leads to, but which the other has
    /// acknowledged: something between tap and peer renumbers, or another SYN-ACK was not captured. What is known of its
    /// numbers starts anew there.
    pub fn note_renumbering(&mut self, from: Peer, segment: &Segment<'_>) {
        let to = self.other(from);
        let ordinary = segment.flags.ack() && !segment.flags.syn() && !segment.flags.rst();
        if !ordinary || self.odd_ack[to] != Some(segment.seq) || self.streams[from].nxt == Some(segment.seq) {
            return;
        }
        // Within the window octets were missed, more likely.
        let granted = (self.streams[from].nxt, self.streams[to].right_edge);
        if let (Some(nxt), Some(edge)) = granted
            && nxt.is_before(edge)
            && segment.seq.is_within(nxt, edge)
        {
            return;
        }
        self.renumbered.get_or_insert(segment.frame);
        self.odd_ack[to] = None;
        let stream = &mut self.streams[from];
        stream.first_iss = stream.declared_iss();
        (stream.iss, stream.nxt, stream.edge) = (None, None, None);
        self.streams[to].acked = None;
    }

    /// Takes in a segment of this `kind` that the gate let through as `acceptance`, and answers what changed in the rows of each peer.
    pub fn take(&mut self, from: Peer, segment: &Segment<'_>, acceptance: Acceptance, kind: Kind) -> PerPeer<Changes> {
        self.turns += 1;
        self.count(self.place(segment));
        if let Some(reason) = acceptance.reason() {
            match self.ignored.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => self.ignored.push((reason, 1)),
            }
        }
        if matches!(acceptance, Acceptance::AckBeforeSyn | Acceptance::AckBeyondSent) {
            self.odd_ack[from] = segment.ack();
        }
        self.note_alive(from);
        self.note_history(from, segment, acceptance);
        self.note_doubt(from, segment, acceptance);
        let moves = segment.flags.moves() || !self.is_settled();
        let before = (moves || cfg!(debug_assertions)).then_some(self.endpoints);
        let streams = PerPeer { a: Before::of(&self.streams.a), b: Before::of(&self.streams.b) };
        self.gather(from, segment, acceptance);
        facts::note(self, from, segment, (acceptance, kind), streams);
        let Some(before) = before else { return PerPeer::default() };
        debug_assert!(moves || before == self.endpoints, "frame {} moves what is settled", segment.frame);
        let mut changes = PerPeer::default();
        for peer in Peer::BOTH {
            if before[peer] != self.endpoints[peer] {
                let path = path::path(&self.endpoints[peer]);
                changes[peer] = path::reconcile(&mut self.rows, peer, &path, segment.frame);
            }
        }
        changes
    }

    /// Notes that `peer` was reset, or reset, at `at`.
    pub(super) fn end(&mut self, peer: Peer, ended: Ended) {
        let endpoint = &mut self.endpoints[peer];
        if endpoint.ended.is_none() {
            endpoint.ended = Some(ended);
        }
    }

    /// A new incarnation of the same 4-tuple is confirmed at `at`: nothing of this one is left at either end.
    pub fn succeeded(&mut self, at: At) {
        self.turns += 1;
        let at = At { turn: self.turns, ..at };
        for peer in Peer::BOTH {
            let endpoint = &mut self.endpoints[peer];
            if endpoint.ended.is_none() && self.rows.iter().any(|row| row.peer == peer) {
                endpoint.ended = Some(Ended::Succeeded(at));
                let path = path::path(endpoint);
                path::reconcile(&mut self.rows, peer, &path, at.frame);
            }
        }
    }

    /// Octets by which windows of `peer` are scaled: both SYNs must have offered it (RFC 7323, Section 2.2).
    /// `None` where the SYNs were not captured.
    #[must_use]
    pub fn shift(&self, peer: Peer) -> Option<u8> {
        match (self.streams[peer].scale, self.streams[self.other(peer)].scale) {
            (ScaleOffer::Unknown, _) | (_, ScaleOffer::Unknown) => None,
            (ScaleOffer::Shift(own), ScaleOffer::Shift(_)) => Some(own.min(MAX_SHIFT)),
            (ScaleOffer::None, _) | (_, ScaleOffer::None) => Some(0),
        }
    }
}
