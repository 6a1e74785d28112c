//! What kind of segment this is, told once, for rules and reports alike: new octets or octets again, and why again;
//! a duplicate ACK, a window update, a keep-alive, a probe of a shut window.
//!
//! Only evidence counts, never a fixed time: what was outstanding, what was acknowledged, duplicate ACKs and SACK blocks,
//! TSval, IP identification. Judged by the connection before the segment. SYNs and RSTs are of no kind here.

use super::acceptance::Acceptance;
use super::connection::{Connection, Ends};
use super::icmp::{Effect, Fit};
use super::sent::Sent;
use super::stamp::Stamp;
use super::stream::Ids;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Segment;

/// A keep-alive timer counts whole seconds; a clock's tick may be missing.
pub const KEEP_ALIVE_IDLE: Elapsed = Elapsed::from_ns(990_000_000);

/// Octets held above a missing one from which on it counts as lost: more than two segments (RFC 6675, Section 4, with
/// the largest segment of an Ethernet path; in doubt, ranges decide).
const LOST_OCTETS: u32 = 2 * 1460;
/// Duplicate ACKs, or separate ranges held above, from which on an octet counts as lost (RFC 5681 §3.2, RFC 6675 §4).
pub const DUPLICATES: u32 = 3;

/// Octets of an IPv4 and a TCP header without options.
const LEAST_HEADERS: u32 = 40;

/// Copies that a capture makes of one packet are closer together than this; timers are never so short.
const COPIED: Elapsed = Elapsed::from_ns(100_000);

/// What kind of segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// New octets, an acknowledgment of new ones, or nothing that is told apart here.
    #[default]
    Plain,
    /// The same packet as its sender's last, captured again.
    Copy,
    /// Octets that were captured before, in a new packet.
    Retransmission(Cause),
    /// Octets or an acknowledgment that left before what was captured before them.
    Late,
    /// Octets below SND.NXT captured for the first time, that left after those above them: sent again, and the first
    /// copy was lost before this tap or by the capture.
    Resent,
    /// Octets below SND.NXT captured for the first time, and nothing tells whether they are late or sent again.
    Filling,
    /// An acknowledgment that moves nothing while octets are outstanding (RFC 5681, Section 2).
    DuplicateAck,
    /// A bare acknowledgment that changes the window only.
    WindowUpdate,
    /// Asks whether the other is there.
    KeepAlive,
    /// Asks whether a shut window is open again.
    ZeroWindowProbe,
}

/// Why octets are sent again, as far as it shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The oldest octets, and the other had not asked for them: the timer expired.
    Timeout,
    /// Three duplicate ACKs, or as much held above them: fast retransmit.
    DuplicateAcks,
    /// The other holds later octets, but fewer than that: loss found by time (RFC 8985).
    TimeOrder,
    /// The last octets, with older ones outstanding: a tail-loss probe.
    TailProbe,
    /// The only segment outstanding: the timer, or a tail-loss probe.
    TimeoutOrTailProbe,
    /// An ICMP error said that the packet was too big for a link, and they go out in smaller ones (RFC 1191, RFC 8201).
    TooBig,
    /// The other had acknowledged them before, as this tap saw it.
    Acknowledged,
    /// Nothing tells.
    Unknown,
}

impl Kind {
    /// A stable name for all but plain segments.
    #[must_use]
    pub const fn id(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Copy => Some("copy"),
            Self::Retransmission(cause) => Some(cause.id()),
            Self::Late => Some("late"),
            Self::Resent => Some("resent"),
            Self::Filling => Some("filling"),
            Self::DuplicateAck => Some("duplicate-ack"),
            Self::WindowUpdate => Some("window-update"),
            Self::KeepAlive => Some("keep-alive"),
            Self::ZeroWindowProbe => Some("zero-window-probe"),
        }
    }
}

impl Cause {
    /// A stable name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Timeout => "retransmission-timeout",
            Self::DuplicateAcks => "retransmission-fast",
            Self::TimeOrder => "retransmission-time-order",
            Self::TailProbe => "retransmission-tail-probe",
            Self::TimeoutOrTailProbe => "retransmission-timeout-or-tail-probe",
            Self::TooBig => "retransmission-too-big",
            Self::Acknowledged => "retransmission-acknowledged",
            Self::Unknown => "retransmission",
        }
    }
}

/// What kind of segment `segment` is, sent by `from` into `connection` as it was before.
#[must_use]
pub fn kind(connection: &Connection, from: Peer, segment: &Segment<'_>, acceptance: Acceptance) -> Kind {
    let counts = acceptance.counts_octets() || acceptance == Acceptance::Beyond;
    let flags = segment.flags;
    let alone = connection.ends == Ends::One;
    if alone || !counts || flags.syn() || flags.rst() || !flags.ack() {
        return Kind::Plain;
    }
    let Some(nxt) = connection.streams[from].nxt else { return Kind::Plain };
    let stamp = Stamp::of(segment);
    let last = connection.streams[from].last_stamp;
    let same = last.is_some_and(|last| stamp.is_evidently_same(last)) && connection.streams[from].ids == Ids::Each;
    if same && segment.seq_end().is_at_or_before(nxt) {
        return Kind::Copy;
    }
    let view = View { connection, from, to: connection.other(from), segment, nxt, stamp };
    if segment.seq_len() == 0 { view.empty() } else { view.octets() }
}

struct View<'v> {
    connection: &'v Connection,
    from: Peer,
    to: Peer,
    segment: &'v Segment<'v>,
    nxt: Seq,
    stamp: Stamp,
}

impl View<'_> {
    fn is_late(&self) -> bool {
        self.connection.streams[self.from].last_stamp.is_some_and(|last| self.stamp.is_evidently_before(last))
    }

    fn acked(&self) -> Option<Seq> {
        self.connection.streams[self.to].acked
    }

    /// Whether its sender has heard, as this tap saw it, that the other's window is shut.
    fn faces_shut_window(&self) -> bool {
        self.connection.facts[self.to].window.is_shut()
    }

    fn sent(&self) -> Option<&Sent> {
        self.connection.facts[self.from].sent.as_deref()
    }

    /// Whether its sender had been silent for so long that it may ask whether the other is there.
    fn was_idle(&self) -> bool {
        let since = self.connection.facts[self.from].last_sent;
        since.is_some_and(|last| self.segment.at.since(last.time) >= KEEP_ALIVE_IDLE)
    }

    fn empty(&self) -> Kind {
        let Self { segment, from, to, nxt, .. } = *self;
        let streams = &self.connection.streams;
        if self.is_late() {
            return Kind::Late;
        }
        if self.acked() == Some(segment.seq + 1) {
            if self.connection.facts[to].window.is_shut() {
                return Kind::ZeroWindowProbe;
            }
            return if nxt == segment.seq + 1 && self.was_idle() { Kind::KeepAlive } else { Kind::Plain };
        }
        let Some(ack) = segment.ack() else { return Kind::Plain };
        let Some(latest) = self.connection.facts[from].window.latest else { return Kind::Plain };
        if segment.seq != nxt || streams[from].acked != Some(ack) {
            return Kind::Plain;
        }
        let asked = self.connection.facts[to].sent.as_ref().is_some_and(|sent| !sent.is_empty());
        let shift = if latest.field == segment.window { None } else { self.connection.shift(from) };
        let same =
            shift.map_or(latest.field == segment.window, |shift| latest.octets == u32::from(segment.window) << shift);
        // The answer to a probe of a shut window asks for nothing.
        let asked = asked && segment.window != 0;
        if asked && streams[to].nxt.is_some_and(|nxt| ack.is_before(nxt)) && (same || self.holds_more(ack)) {
            return Kind::DuplicateAck;
        }
        if same || latest.ack != ack { Kind::Plain } else { Kind::WindowUpdate }
    }

    /// Whether a SACK block says that its sender holds something above its acknowledgment that it had not said before.
    fn holds_more(&self, ack: Seq) -> bool {
        let Some(sent) = &self.connection.facts[self.to].sent else { return false };
        let known = |left: Seq, right: Seq| {
            sent.held.iter().any(|(from, to)| from.is_at_or_before(left) && right.is_at_or_before(*to))
        };
        self.segment.options.sack_blocks().any(|(left, right)| ack.is_before(left) && !known(left, right))
    }

    fn octets(&self) -> Kind {
        let Self { segment, from, nxt, .. } = *self;
        let (seq, end, acked) = (segment.seq, segment.seq_end(), self.acked());
        let stream = &self.connection.streams[from];
        if self.faces_shut_window() && self.probes_shut_window(acked) {
            return Kind::ZeroWindowProbe;
        }
        if nxt.is_at_or_before(seq) {
            return Kind::Plain;
        }
        if acked == Some(nxt) && end == nxt && segment.payload_len == 1 && !segment.flags.fin() && self.was_idle() {
            return Kind::KeepAlive;
        }
        if self.is_late() {
            return Kind::Late;
        }
        // The octet with which a shut window was probed leads what waited behind it.
        if seq + 1 == nxt && nxt.is_before(end) {
            return Kind::Plain;
        }
        // What a SYN carried and the other did not take was captured there.
        let in_syn = stream.iss.is_some_and(|iss| seq.is_before(iss + 1 + stream.syn_payload));
        if stream.is_uncaptured(seq) && !in_syn {
            let after = stream.last_stamp.is_some_and(|last| last.is_evidently_before(self.stamp));
            return if after { Kind::Resent } else { Kind::Filling };
        }
        if self.is_unmarked_copy() {
            return Kind::Copy;
        }
        Kind::Retransmission(if acked.is_some_and(|acked| end.is_at_or_before(acked)) {
            Cause::Acknowledged
        } else {
            self.sent().map_or(Cause::Unknown, |sent| self.cause(sent, acked))
        })
    }

    /// Without time stamp and identification: the same octets so soon that no timer can have sent them again.
    fn is_unmarked_copy(&self) -> bool {
        let range = self.sent().and_then(|sent| sent.at(self.segment.seq));
        let marked = self.stamp.value.is_some() || self.stamp.ip_id.is_some_and(|id| id != 0);
        !marked && range.is_some_and(|range| self.segment.at.since(range.last) < COPIED)
    }

    fn probes_shut_window(&self, acked: Option<Seq>) -> bool {
        let (segment, nxt) = (self.segment, self.nxt);
        let (seq, end) = (segment.seq, segment.seq_end());
        if segment.payload_len == 0 {
            return false;
        }
        if acked == Some(end) && segment.seq_len() == 1 {
            return true;
        }
        // What was granted before the window was shut may still be on its way; only what lies beyond asks.
        let beyond = self.connection.streams[self.to].right_edge.is_some_and(|edge| edge.is_before(end));
        (acked == Some(seq) || seq == nxt) && beyond
    }

    /// Whether its sender was told, since it last sent these octets, that a link takes smaller packets, as this one is.
    fn was_too_big(&self, sent: &Sent) -> bool {
        let Some(last) = sent.at(self.segment.seq).map(|range| range.last) else { return false };
        let told = self.connection.errors.iter().flat_map(|errors| &errors.told);
        let mut too_big =
            told.filter(|told| told.to == self.from && told.effect == Effect::Mtu && told.fit == Fit::InFlight);
        too_big.any(|told| {
            let fits = told.mtu.is_none_or(|mtu| self.segment.payload_len + LEAST_HEADERS <= mtu);
            fits && last <= told.at.time
        })
    }

    fn cause(&self, sent: &Sent, acked: Option<Seq>) -> Cause {
        let (seq, end) = (self.segment.seq, self.segment.seq_end());
        let head = acked.is_none_or(|acked| seq.is_at_or_before(acked));
        if self.was_too_big(sent) {
            return Cause::TooBig;
        }
        let again = sent.again.is_some_and(|again| again.start == seq);
        let (octets, ranges) = sent.held_above(end);
        let lost = octets > LOST_OCTETS || ranges >= DUPLICATES as usize;
        if let Some((point, cause)) = sent.recovery
            && seq.is_before(point)
            && !again
        {
            return cause;
        }
        if (lost || (head && sent.duplicates >= DUPLICATES)) && !again {
            return Cause::DuplicateAcks;
        }
        if octets > 0 && !again {
            return Cause::TimeOrder;
        }
        // No timer and no probe fires before an answer could have come.
        let last = sent.at(seq).map(|range| self.segment.at.since(range.last));
        if last.zip(self.connection.shortest_trip()).is_some_and(|(since, trip)| since < trip) {
            return Cause::Unknown;
        }
        match (head, end == self.nxt) {
            (true, true) if !again => Cause::TimeoutOrTailProbe,
            (true, _) => Cause::Timeout,
            // A bare FIN stands in whatever its sender has to say after it.
            (false, true) if !again && self.segment.payload_len > 0 => Cause::TailProbe,
            (false, _) => Cause::Unknown,
        }
    }
}
