//! The gate: whether a segment may move anything, decided once, before any rule or state looks at it.
//!
//! RFC 9293 Section 3.10.7 asks the receiver's RCV.NXT and window; a tap knows RCV.NXT only within an interval: from
//! the last acknowledgment that the receiver was captured sending, to the last octet captured towards it.

use super::connection::Connection;
use super::endpoint::{Opening, Spoke};
use super::stream::Recorded;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::wire::checksum::Checksum;
use crate::wire::segment::{Segment, Wholeness};

/// What a segment may move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acceptance {
    /// Everything it says.
    Acceptable,
    /// What it says of its sender; its receiver must drop it, for all of it lies before RCV.NXT (Table 6).
    Old,
    /// What it sends; its acknowledgment covers octets that were not captured, and its receiver may have dropped it.
    AckBeyondSent,
    /// What it sends; its acknowledgment lies further back than a whole window, and its receiver may drop it
    /// (RFC 5961, Section 5.2).
    AckTooOld,
    /// Nothing: it lies beyond the window (Table 6).
    Beyond,
    /// Nothing: it acknowledges less than its receiver's SYN, so nothing of this incarnation (§3.10.7.4, fifth).
    AckBeforeSyn,
    /// Nothing: no receiver can have accepted it, for it was cut short on the wire or its checksum is wrong.
    Damaged,
    /// Nothing: the rest of it came in other frames.
    Fragment,
    /// Nothing: neither SYN, RST nor ACK is set (§3.10.7.4, fifth).
    NoAck,
    /// Nothing yet: a SYN into an open connection.
    ForeignSyn,
    /// Nothing yet: a SYN-ACK that acknowledges no captured SYN.
    UnmatchedSynAck,
    /// It is a RST.
    Reset(ResetFit),
}

/// How a RST fits what its receiver expects (RFC 9293 §3.10.7.3 and §3.10.7.4, RFC 5961 §3.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResetFit {
    /// It must be obeyed.
    Exact,
    /// It may be: RCV.NXT lies in an interval that contains it.
    Possible,
    /// It answers a SYN-ACK for which its sender had sent no captured SYN: that SYN-ACK's sender gives it up, no more.
    AnswersUnmatched,
    /// It answers a SYN whose sender is past SYN-SENT, or an acknowledgment that has been overtaken: its receiver drops
    /// it, but whoever sent it has no connection.
    SenderOnly,
    /// In the window but not at its left edge: it draws a challenge ACK.
    InWindow,
    /// Outside: dropped.
    Outside,
}

impl Acceptance {
    /// A stable word for a segment that moves nothing, `None` for one that does.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Acceptable
            | Self::Reset(ResetFit::Exact | ResetFit::Possible | ResetFit::AnswersUnmatched | ResetFit::SenderOnly) => {
                None
            }
            Self::Old => Some("before-window"),
            Self::AckBeyondSent => Some("ack-beyond-sent"),
            Self::AckTooOld => Some("ack-too-old"),
            Self::Beyond => Some("beyond-window"),
            Self::AckBeforeSyn => Some("ack-before-syn"),
            Self::Damaged => Some("damaged"),
            Self::Fragment => Some("fragment"),
            Self::NoAck => Some("no-ack"),
            Self::ForeignSyn => Some("syn-in-open-connection"),
            Self::UnmatchedSynAck => Some("unmatched-syn-ack"),
            Self::Reset(ResetFit::InWindow) => Some("reset-not-exact"),
            Self::Reset(ResetFit::Outside) => Some("reset-outside-window"),
        }
    }

    /// Whether its octets count as its sender's: whatever its receiver does with them, they were sent.
    #[must_use]
    pub const fn counts_octets(self) -> bool {
        matches!(self, Self::Acceptable | Self::Old) || self.may_be_refused()
    }

    /// Whether its octets count but its receiver may have to refuse them for their acknowledgment, which says nothing
    /// then.
    #[must_use]
    pub const fn may_be_refused(self) -> bool {
        matches!(self, Self::AckBeyondSent | Self::AckTooOld)
    }
}

/// What is known of a sender's checksums.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sums {
    /// Most were right: a wrong one is damage.
    MostlyRight,
    /// Nothing that would make a wrong one mean anything.
    Untold,
}

/// Decides what `segment`, sent by `from`, may move.
#[must_use]
pub fn acceptance(connection: &Connection, from: Peer, segment: &Segment<'_>, sums: Sums) -> Acceptance {
    match segment.wholeness {
        Wholeness::FirstFragment => return Acceptance::Fragment,
        Wholeness::ShortOnWire if connection.streams[from].recorded == Recorded::AsSent => return Acceptance::Damaged,
        Wholeness::ShortOnWire | Wholeness::Whole | Wholeness::CutByCapture => {}
    }
    if segment.checksum == Checksum::Wrong && sums == Sums::MostlyRight {
        return Acceptance::Damaged;
    }
    let flags = segment.flags;
    if flags.rst() {
        return Acceptance::Reset(reset_fit(connection, from, segment));
    }
    match (flags.syn(), segment.ack()) {
        (true, None) => syn(connection, from, segment),
        (true, Some(ack)) => syn_ack(connection, from, segment, ack),
        (false, None) => Acceptance::NoAck,
        (false, Some(ack)) => ordinary(connection, from, segment, ack),
    }
}

/// Octets that a peer may have sent before its own SYN is seen; an unrelated number falls so near once in 4,096 times.
const LATE_SYN: i32 = 1 << 20;

/// Whether a SYN of this number is that of a peer whose SYN was not captured before: it lies just below `nxt`, where that
/// peer stands.
pub(super) fn is_late_syn(syn: Seq, nxt: Seq) -> bool {
    (1..=LATE_SYN).contains(&syn.offset_to(nxt))
}

fn syn(connection: &Connection, from: Peer, segment: &Segment<'_>) -> Acceptance {
    let sender = &connection.streams[from];
    // A SYN just below the numbers of a peer whose SYN was not captured is that SYN, sent again or captured late.
    let late = sender.iss.is_none() && sender.nxt.is_some_and(|nxt| is_late_syn(segment.seq, nxt));
    if connection.is_attempt() || sender.iss == Some(segment.seq) || late {
        Acceptance::Acceptable
    } else {
        Acceptance::ForeignSyn
    }
}

fn syn_ack(connection: &Connection, from: Peer, segment: &Segment<'_>, ack: Seq) -> Acceptance {
    let to = connection.other(from);
    if connection.candidates.iter().any(|syn| syn.from == to && syn.is_answered_by(ack)) {
        return Acceptance::Acceptable;
    }
    let (sender, receiver) = (&connection.streams[from], &connection.streams[to]);
    let knows_syn = connection.candidates.iter().any(|syn| syn.from == to);
    let repeats = sender.iss == Some(segment.seq) && receiver.iss.is_some_and(|iss| ack == iss + 1);
    let opens = !knows_syn && connection.endpoints[to].opening == Opening::Unknown && sender.iss.is_none();
    if repeats || opens { Acceptance::Acceptable } else { Acceptance::UnmatchedSynAck }
}

fn ordinary(connection: &Connection, from: Peer, segment: &Segment<'_>, ack: Seq) -> Acceptance {
    let receiver = &connection.streams[connection.other(from)];
    // A FIN may stand one past the edge, and a probe one octet long may begin at it.
    if let Some(edge) = receiver.right_edge
        && (edge + 1).is_before(segment.seq)
    {
        return Acceptance::Beyond;
    }
    let known = receiver.nxt.is_some() && receiver.iss.is_some();
    if known && receiver.nxt.is_some_and(|nxt| nxt.is_before(ack)) {
        return Acceptance::AckBeyondSent;
    }
    if receiver.iss.is_some_and(|iss| ack.is_at_or_before(iss)) && !connection.endpoints[from].is_proven_open() {
        return Acceptance::AckBeforeSyn;
    }
    if is_too_old(connection, from, ack) {
        return Acceptance::AckTooOld;
    }
    if receiver.acked.is_some_and(|acked| segment.seq_end().is_before(acked)) {
        return Acceptance::Old;
    }
    Acceptance::Acceptable
}

/// SEG.ACK < SND.UNA - MAX.SND.WND.
fn is_too_old(connection: &Connection, from: Peer, ack: Seq) -> bool {
    let largest = connection.facts[from].window.largest;
    connection.streams[from].acked.is_some_and(|acked| ack.is_before(acked - largest))
}

fn reset_fit(connection: &Connection, from: Peer, segment: &Segment<'_>) -> ResetFit {
    let to = connection.other(from);
    let (sender, receiver) = (&connection.streams[from], &connection.streams[to]);
    if connection.unmatched_syn_ack.is_some_and(|it| it.from == to && it.ack == segment.seq)
        && connection.endpoints[from].is_syn_sent()
    {
        return ResetFit::AnswersUnmatched;
    }
    if connection.endpoints[to].is_syn_sent() {
        let answers = |ack| connection.candidates.iter().any(|syn| syn.from == to && syn.is_answered_by(ack));
        return if segment.ack().is_some_and(answers) { ResetFit::Exact } else { ResetFit::Outside };
    }
    let seq = segment.seq;
    let exact = [receiver.acked, sender.edge, sender.nxt, sender.islands.furthest()];
    if exact.into_iter().flatten().any(|next| next == seq) || sender.fin.is_some_and(|fin| fin.seq == seq) {
        return ResetFit::Exact;
    }
    let refused = |ack| connection.candidates.iter().any(|syn| syn.from == to && syn.is_answered_by(ack));
    if seq.get() == 0 && connection.endpoints[from].spoke != Spoke::Yes && segment.ack().is_some_and(refused) {
        return ResetFit::SenderOnly;
    }
    if segment.ack().is_none() && receiver.recent_acks.contains(&Some(seq)) {
        return ResetFit::SenderOnly;
    }
    let (Some(low), Some(high)) = (receiver.acked.or(sender.edge), sender.nxt.or(receiver.acked)) else {
        return ResetFit::Possible;
    };
    if low.is_at_or_before(high) && seq.is_within(low, high) {
        return ResetFit::Possible;
    }
    match receiver.right_edge {
        Some(edge) if low.is_before(edge) && low.is_before(seq) && seq.is_at_or_before(edge) => {
            // An endpoint in SYN-RECEIVED after a passive open obeys any RST in its window (Linux; §3.10.7.4 allows it).
            let endpoint = &connection.endpoints[to];
            if endpoint.is_passive() && endpoint.syn_acked.is_none() { ResetFit::Exact } else { ResetFit::InWindow }
        }
        _ => ResetFit::Outside,
    }
}
