//! One direction: all that one peer sent, and what it said of the other's octets.
//!
//! Numbers of one stream lie in one sequence space (`iss`, `nxt`, `edge`, `fin`), those that it says of the other's
//! (`acked`, `right_edge`) in the other's. Nothing here judges.

use super::holes::Islands;
use super::stamp::{Origin, Stamp};
use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::timestamp::Timestamp;
use crate::wire::segment::Segment;

/// Acknowledgments remembered of each side: those that may still be on their way when one answers by a RST.
pub const RECENT_ACKS: usize = 8;

/// The largest shift that a receiver may use (RFC 7323, Section 2.3).
pub const MAX_SHIFT: u8 = 14;

/// What one peer sent.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Its initial sequence number, from a SYN that counts.
    pub iss: Option<Seq>,
    /// The initial number that its SYN said, where what follows is numbered otherwise and `iss` is not known any more.
    pub first_iss: Option<Seq>,
    /// SND.NXT as far as this capture shows it: one past the last octet sent.
    pub nxt: Option<Seq>,
    /// Marks of the segment that took `nxt` where it is; none if that was a SYN, or is not known.
    pub nxt_stamp: Option<Stamp>,
    /// One past the last octet captured without a hole before it: RCV.NXT of the other, if all arrived in order.
    pub edge: Option<Seq>,
    /// Captured stretches beyond `edge`.
    pub islands: Islands,
    /// Where the first captured segment started, if no SYN was captured before it.
    first: Option<Seq>,
    /// The highest acknowledgment it sent: its RCV.NXT, proven when sent.
    pub acked: Option<Seq>,
    /// The last distinct acknowledgments it sent, newest first: what a stateless answer to one of them starts at.
    pub recent_acks: [Option<Seq>; RECENT_ACKS],
    /// The right edge of the largest window that it granted the other.
    pub right_edge: Option<Seq>,
    /// What its SYN-ACK acknowledged.
    pub syn_acked: Option<Seq>,
    /// What its SYN said of window scaling.
    pub scale: ScaleOffer,
    /// Its FIN.
    pub fin: Option<Fin>,
    /// End of the furthest segment that moved nothing because it lay beyond the window, or was cut short on the wire.
    pub beyond_end: Option<Seq>,
    /// Payload octets, each sequence number once.
    pub octets: u64,
    /// Octets of payload in its SYN.
    pub syn_payload: u32,
    /// The last TSval it sent outside a RST, and the IPv4 identification that went with it.
    pub last_stamp: Option<Stamp>,
    /// What its sender's identifications are worth.
    pub ids: Ids,
    /// End of its last segment with a wrong checksum that moved nothing.
    pub damaged_end: Option<Seq>,
    /// Whether the recording changed what it sent.
    pub recorded: Recorded,
    /// Segments of it with a right checksum.
    pub right_sums: u32,
    /// Segments of it with a wrong checksum.
    pub wrong_sums: u32,
    /// The first frame that proves octets of it were sent and never captured before something later was.
    pub hole: Option<FrameNo>,
    /// The first frame of the other that acknowledges octets of it which were never captured.
    pub missed: Option<FrameNo>,
    /// The frame behind the first hole that was let go because more were open at once than are kept: whether it was
    /// ever filled is not known.
    pub let_go: Option<FrameNo>,
    /// It has sent octets that were not in the capture, and nothing since shows that they were no FIN.
    pub may_hide_fin: Hidden,
}

/// What a SYN or SYN-ACK said of window scaling (RFC 7323, Section 2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ScaleOffer {
    /// It was not captured, or cut before an option that says so.
    #[default]
    Unknown,
    /// It offered none.
    None,
    /// It offered this shift.
    Shift(u8),
}

impl ScaleOffer {
    /// What a SYN or SYN-ACK says.
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        match segment.options.window_scale() {
            Some(shift) => Self::Shift(shift),
            None if segment.has_whole_options() => Self::None,
            None => Self::Unknown,
        }
    }
}

/// Whether a sender gives each packet an IPv4 identification of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ids {
    /// Nothing speaks against it.
    #[default]
    Each,
    /// Different segments of it bear the same.
    Repeated,
}

/// Whether a recording holds the octets of a peer as they were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Recorded {
    /// Nothing speaks against it.
    #[default]
    AsSent,
    /// It does not: what looks damaged in it was acknowledged.
    Changed,
}

/// Whether a FIN of a peer may have gone uncaptured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Hidden {
    /// Nothing says so.
    #[default]
    No,
    /// It may.
    Maybe,
}

/// A FIN that counts.
#[derive(Clone, Copy, Debug)]
pub struct Fin {
    /// The sequence number of the FIN octet.
    pub seq: Seq,
    /// The frame that first carried it.
    pub frame: FrameNo,
    /// When that was captured.
    pub at: Timestamp,
    /// Its place in the order of the wire, as in [`At`](super::endpoint::At).
    pub turn: u64,
    /// The acknowledgment that the first one carried.
    pub first_ack: Option<Seq>,
    /// The highest acknowledgment that its sender had sent before it; `None` if it had then sent beyond this number already, as
    /// where a copy of the FIN was lost before the tap.
    pub acked_before: Option<Seq>,
    /// The lowest acknowledgment among all captured copies of it.
    pub lowest_ack: Option<Seq>,
    /// Marks of the latest copy.
    pub stamp: Stamp,
    /// What these say beside those of its sender's segment before it.
    pub origin: Origin,
    /// The first frame of the other that acknowledged it, and when.
    pub acked_by: Option<(FrameNo, Timestamp)>,
    /// Octets of payload on that frame.
    pub acked_on: u32,
}

impl Fin {
    /// The acknowledgment number that covers it.
    #[must_use]
    pub fn end(&self) -> Seq {
        self.seq + 1
    }
}

impl Stream {
    /// Starts anew at a SYN that occupies `iss` and carries `payload` octets; what is known of checksums stays.
    pub fn restart(&mut self, iss: Seq, payload: u32) {
        *self = Self {
            iss: Some(iss),
            nxt: Some(iss + 1 + payload),
            edge: Some(iss + 1),
            syn_payload: payload,
            octets: u64::from(payload),
            right_sums: self.right_sums,
            wrong_sums: self.wrong_sums,
            last_stamp: self.last_stamp,
            ids: self.ids,
            recorded: self.recorded,
            ..Self::default()
        };
    }

    /// The initial number that its SYN said, whatever the numbers of what follows it.
    #[must_use]
    pub fn declared_iss(&self) -> Option<Seq> {
        self.iss.or(self.first_iss)
    }

    /// Whether what is known of its numbers may rest on a segment that was damaged before anything told.
    #[must_use]
    pub const fn may_be_damaged(&self) -> bool {
        self.wrong_sums > 0 && self.right_sums > 0
    }

    /// Goes back to what was known `before` some octets; the acknowledgments that it sent since stay.
    pub fn take_back(&mut self, before: Self) {
        *self = Self {
            acked: self.acked,
            recent_acks: self.recent_acks,
            right_edge: self.right_edge,
            missed: self.missed,
            let_go: self.let_go,
            right_sums: self.right_sums,
            wrong_sums: self.wrong_sums,
            ..before
        };
    }

    /// Its SYN has come to light behind what followed it: between the SYN and that there may be octets not captured.
    pub fn learn_iss(&mut self, iss: Seq, frame: FrameNo) {
        if self.iss.is_some() {
            return;
        }
        self.iss = Some(iss);
        if let (Some(first), Some(edge)) = (self.first, self.edge)
            && (iss + 1).is_before(first)
        {
            self.edge = Some(iss + 1);
            self.hole.get_or_insert(frame);
            if first != edge {
                self.islands.put(first, edge);
            }
        }
    }

    /// Takes in the octets `[start, end)`, of which `payload` are payload: moves `nxt` and `edge`.
    /// Answers whether a hole opened before them.
    pub fn sent(&mut self, start: Seq, end: Seq, frame: FrameNo) -> Gap {
        let Some(nxt) = self.nxt else {
            self.nxt = Some(end);
            self.edge = Some(end);
            self.first = Some(start);
            return Gap::None;
        };
        let gap = if nxt.is_before(start) { Gap::Opened } else { Gap::None };
        if gap == Gap::Opened {
            self.hole.get_or_insert(frame);
            self.may_hide_fin = if start == end { Hidden::Maybe } else { Hidden::No };
        } else if nxt.is_before(end) {
            self.may_hide_fin = Hidden::No;
        }
        self.nxt = Some(nxt.later_of(end));
        self.join(start, end);
        gap
    }

    fn join(&mut self, start: Seq, end: Seq) {
        let Some(mut edge) = self.edge else {
            self.edge = Some(end);
            return;
        };
        if edge.is_before(start) {
            if start != end
                && let Some(far) = self.islands.put(start, end)
            {
                edge = edge.later_of(far);
                self.let_go = self.let_go.or(self.hole);
            }
        } else {
            edge = edge.later_of(end);
        }
        self.edge = Some(self.islands.absorbed(edge));
    }

    /// How many of the octets `[start, end)` were not captured before.
    #[must_use]
    pub fn fresh(&self, start: Seq, end: Seq) -> u32 {
        let Some(edge) = self.edge else { return self.islands.fresh(start, end) };
        // What a SYN carried was captured there, whether it was taken or not.
        let in_syn = self.iss.map_or(edge, |iss| iss + 1 + self.syn_payload);
        self.islands.fresh(start.later_of(edge).later_of(in_syn), end)
    }

    /// The other has acknowledged everything before `ack`: holes below it are filled, wherever that happened.
    pub fn acknowledged(&mut self, ack: Seq, frame: FrameNo) {
        if let Some(edge) = self.edge
            && edge.is_before(ack)
            && self.nxt.is_some_and(|nxt| ack.is_at_or_before(nxt))
        {
            self.edge = Some(self.islands.absorbed(ack));
            // What the SYN carried was captured with it; that its receiver took it shows only now.
            if !self.iss.is_some_and(|iss| ack.is_at_or_before(iss + 1 + self.syn_payload)) {
                self.missed.get_or_insert(frame);
            }
        }
    }

    /// Remembers the marks of a segment, unless an older one came late.
    pub fn note_stamp(&mut self, stamp: Stamp) {
        if self.last_stamp.is_none_or(|last| !stamp.is_evidently_before(last)) {
            self.last_stamp = Some(stamp);
        }
    }

    /// Remembers an acknowledgment that it sent.
    pub fn note_ack(&mut self, ack: Seq) {
        if !self.recent_acks.contains(&Some(ack)) {
            self.recent_acks.rotate_right(1);
            self.recent_acks[0] = Some(ack);
        }
    }

    /// Whether the octet at `seq` lies at or beyond the edge and in no captured stretch: it may still come.
    #[must_use]
    pub fn is_uncaptured(&self, seq: Seq) -> bool {
        self.edge.is_some_and(|edge| edge.is_at_or_before(seq)) && !self.islands.hold(seq)
    }

    /// Whether the capture joined this direction behind `seq`, so that nothing is known of what was sent there.
    #[must_use]
    pub fn begins_behind(&self, seq: Seq) -> bool {
        self.first.is_some_and(|first| seq.is_before(first))
    }
}

/// Whether octets were missing before a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// None were.
    None,
    /// Some were.
    Opened,
}

#[cfg(test)]
mod tests {
    use super::{Gap, Stream};
    use crate::seq::Seq;

    #[test]
    fn a_hole_holds_the_edge_until_it_is_filled() {
        let mut stream = Stream::default();
        let at = |n: u32| Seq::new(u32::MAX - 9) + n;
        assert_eq!(stream.sent(at(0), at(5), 1), Gap::None);
        assert_eq!(stream.sent(at(10), at(20), 2), Gap::Opened);
        assert_eq!((stream.edge, stream.nxt), (Some(at(5)), Some(at(20))));
        assert_eq!(stream.sent(at(5), at(10), 3), Gap::None);
        assert_eq!((stream.edge, stream.nxt), (Some(at(20)), Some(at(20))));
        assert_eq!(stream.hole, Some(2));
    }

    #[test]
    fn an_acknowledgment_fills_what_the_tap_missed() {
        let mut stream = Stream::default();
        stream.sent(Seq::new(1), Seq::new(2), 1);
        stream.sent(Seq::new(9), Seq::new(12), 2);
        stream.acknowledged(Seq::new(10), 3);
        assert_eq!(stream.missed, Some(3));
        assert_eq!(stream.edge, Some(Seq::new(12)));
    }

    #[test]
    fn what_follows_a_hole_in_order_is_one_stretch() {
        let mut stream = Stream::default();
        stream.sent(Seq::new(0), Seq::new(10), 1);
        for n in 2..1_000u32 {
            stream.sent(Seq::new(n * 10), Seq::new(n * 10 + 10), n.into());
        }
        assert_eq!((stream.islands.most(), stream.let_go), (1, None));
        assert_eq!((stream.fresh(Seq::new(0), Seq::new(10_010)), stream.fresh(Seq::new(5), Seq::new(15))), (20, 5));
        stream.sent(Seq::new(10), Seq::new(20), 1_000);
        assert_eq!((stream.edge, stream.islands.furthest()), (stream.nxt, None));
    }

    #[test]
    fn many_holes_keep_bounded_room() {
        let mut stream = Stream::default();
        stream.sent(Seq::new(0), Seq::new(1), 1);
        for n in 1..10_000u32 {
            stream.sent(Seq::new(n * 10), Seq::new(n * 10 + 1), 2);
        }
        assert!(stream.let_go == Some(2) && stream.missed.is_none());
    }
}
