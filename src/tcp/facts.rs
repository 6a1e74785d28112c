//! Facts of one direction that only rules and explanations read; no state follows from them.
//!
//! Each is a module of its own; here they are held together and told of each segment, after the facts that states
//! follow from ([`stream`](super::stream), [`endpoint`](super::endpoint)) have taken it in. Nothing here judges.

use super::acceptance::Acceptance;
use super::attempt::Attempt;
use super::clock::{Clock, Sends};
use super::closes::Close;
use super::connection::Connection;
use super::endpoint::{At, Spoke};
use super::hops::Hops;
use super::kind::Kind;
use super::offer::Offers;
use super::resets::{Prior, Resets};
use super::sacked::Sacked;
use super::sent::Sent;
use super::shown::{Numbers, Shown};
use super::stamp::Stamp;
use super::window::Window;
use crate::peer::{Peer, PerPeer};
use crate::wire::segment::{Segment, Wholeness};
use smallvec::SmallVec;

/// What is kept of one peer's segments beside its [`Stream`](super::stream::Stream).
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How often it sent its SYN and its SYN-ACK.
    pub attempt: Attempt,
    /// The frames that show the stream's numbers.
    pub shown: Shown,
    /// What its SYNs and SYN-ACKs offered.
    pub offers: Offers,
    /// Its hop limits.
    pub hops: Hops,
    /// Its RSTs and the challenge ACKs that it drew, once there is one.
    pub resets: Option<Box<Resets>>,
    /// What followed its FIN.
    pub close: Option<Box<Close>>,
    /// Its timestamps.
    pub clock: Clock,
    /// What it acknowledged selectively.
    pub sacked: Sacked,
    /// The window that it offers.
    pub window: Window,
    /// What it has sent and the other not yet acknowledged; nothing as long as it has sent no octets.
    pub sent: Option<Box<Sent>>,
    /// Its last segment.
    pub last_sent: Option<At>,
    /// How many segments of it were of each kind; plain ones are not counted.
    pub kinds: SmallVec<[(Kind, u32); 2]>,
}

impl Facts {
    /// Whether it has sent again what is not acknowledged since: a stack that goes back for that sends all that follows once
    /// more, so how far it had been cannot be told from what it sends now.
    #[must_use]
    pub fn has_gone_back(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.again.is_some())
    }

    fn count(&mut self, kind: Kind) {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.kinds.push((kind, 1)),
        }
    }
}

/// What facts need of a stream as it was before the segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    numbers: Numbers,
    prior: Prior,
    fin: Option<Stamp>,
}

impl Before {
    pub(super) fn of(stream: &super::stream::Stream) -> Self {
        Self { numbers: Numbers::of(stream), prior: Prior::of(stream), fin: stream.fin.map(|fin| fin.stamp) }
    }
}

/// Takes in a segment, after the connection has: `before` are the streams before it.
pub(super) fn note(
    connection: &mut Connection,
    from: Peer,
    segment: &Segment<'_>,
    (acceptance, kind): (Acceptance, Kind),
    before: PerPeer<Before>,
) {
    connection.facts[from].attempt.note(segment, acceptance);
    note_flow(connection, from, segment, acceptance, kind);
    let counts = acceptance.counts_octets();
    if counts && !segment.flags.rst() {
        options(connection, from, segment, acceptance, before[from].numbers);
    }
    if segment.flags.syn() && matches!(acceptance, Acceptance::Acceptable | Acceptance::UnmatchedSynAck) {
        connection.facts[from].offers.note(segment);
    }
    for peer in Peer::BOTH {
        let after = Numbers::of(&connection.streams[peer]);
        connection.facts[peer].shown.note(before[peer].numbers, after, segment.frame);
    }
    if matches!(acceptance, Acceptance::Damaged | Acceptance::Fragment) {
        return;
    }
    if !segment.flags.rst() {
        connection.facts[from].hops.note(segment.ip.hop_limit, segment.frame);
    }
    note_resets(connection, from, segment, acceptance, before[from].prior);
    if acceptance.reason().is_none() && !segment.flags.rst() {
        note_close(connection, from, segment, before[from]);
    }
}

fn note_resets(connection: &mut Connection, from: Peer, segment: &Segment<'_>, acceptance: Acceptance, prior: Prior) {
    let to = connection.other(from);
    if matches!(acceptance, Acceptance::Reset(_) | Acceptance::ForeignSyn) {
        connection.facts[from].resets.get_or_insert_default();
    }
    if connection.facts[from].resets.is_some() {
        // The states are still those before the segment. An opener that has sent nothing but SYNs may not have heard
        // the SYN-ACK, and answer a wrong one by a RST without giving up (RFC 9293, Figure 8).
        let endpoint = &connection.endpoints[from];
        let answers = endpoint.sent_bare_syn() && endpoint.spoke != Spoke::Yes;
        let state = connection.likely(from).filter(|_| !answers);
        if let Some(resets) = &mut connection.facts[from].resets {
            resets.sent(segment, acceptance, (state, prior));
        }
    }
    if to == from || connection.facts[to].resets.is_none() {
        return;
    }
    let round_trip = connection.round_trip();
    if let Some(resets) = &mut connection.facts[to].resets {
        resets.received(segment, acceptance, round_trip);
    }
}

fn note_close(connection: &mut Connection, from: Peer, segment: &Segment<'_>, before: Before) {
    let (at, to) = (At { frame: segment.frame, time: segment.at, turn: 0 }, connection.other(from));
    let own_fin = connection.streams[from].fin;
    if let Some(fin) = own_fin.filter(|fin| segment.fin_seq() == Some(fin.seq)) {
        let copy = before.fin.is_some_and(|stamp| stamp.is_evidently_same(fin.stamp));
        if !copy {
            connection.facts[from].close.get_or_insert_default().sent(at);
        }
    }
    let acknowledged = connection.streams[to].fin.is_some_and(|fin| fin.acked_by.is_some());
    if let (Some(close), true) = (connection.facts[to].close.as_mut(), acknowledged) {
        // What fills a hole was sent before what lies beyond it, whenever it was captured.
        let end = segment.seq + segment.payload_len;
        let fresh =
            before.numbers.nxt.map_or(segment.payload_len, |nxt| u32::try_from(nxt.offset_to(end)).unwrap_or(0));
        close.other_sent(at, fresh.min(segment.payload_len));
    }
}

/// What a segment that counts says by its options.
fn options(connection: &mut Connection, from: Peer, segment: &Segment<'_>, acceptance: Acceptance, before: Numbers) {
    let to = connection.other(from);
    let sends = if before.nxt == connection.streams[from].nxt { Sends::Nothing } else { Sends::New };
    let other = connection.facts[to].clock;
    let nxt = connection.streams[to].nxt;
    let facts = &mut connection.facts[from];
    facts.clock.note(segment, sends, &other);
    // Some stacks make keep-alives without options.
    let probe = before.nxt == Some(segment.seq + 1) && segment.payload_len <= 1;
    let whole = segment.wholeness == Wholeness::Whole && !segment.flags.syn();
    if whole && !probe && segment.options.timestamps().is_none() {
        facts.clock.without.get_or_insert(segment.frame);
    }
    match segment.ack() {
        Some(ack) if !acceptance.may_be_refused() => facts.sacked.note(segment, ack, nxt),
        _ => {}
    }
}

/// What is sent, acknowledged and granted.
fn note_flow(connection: &mut Connection, from: Peer, segment: &Segment<'_>, acceptance: Acceptance, kind: Kind) {
    let (to, shift, nxt) = (connection.other(from), connection.shift(from), connection.streams[from].nxt);
    let facts = &mut connection.facts[from];
    facts.last_sent = Some(super::evidence::place(segment));
    facts.window.note(segment, shift, acceptance);
    if kind != Kind::Plain {
        facts.count(kind);
    }
    let shut = facts.window.is_shut();
    let ordinary = !segment.flags.syn() && !segment.flags.rst();
    let counts = acceptance.counts_octets();
    if ordinary && counts && (facts.sent.is_some() || segment.seq_len() > 0 || kind != Kind::Plain) {
        let sent = facts.sent.get_or_insert_default();
        sent.sends(segment, kind, nxt.unwrap_or(segment.seq_end()));
    }
    if let (Some(ack), Some(sent)) = (segment.ack(), &mut connection.facts[to].sent)
        && ordinary
        && acceptance == Acceptance::Acceptable
    {
        sent.hears(segment, kind, ack);
        if !shut {
            sent.opened();
        }
    }
}
