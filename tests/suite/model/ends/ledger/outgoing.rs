//! What the ledger sends: its stream as places counted from the SYN, which is at 0, up to the FIN, without any wrap. Here is
//! what was queued, sent, acknowledged, selectively acknowledged and granted; when it goes out is not decided here.

/// A part of the stream: from one place up to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Chunk {
    pub(super) from: u64,
    pub(super) to: u64,
}

/// The stream.
pub(super) struct Outgoing {
    iss: u32,
    /// SND.UNA and SND.NXT.
    pub(super) acked: u64,
    pub(super) sent: u64,
    /// The place after the last octet that the user has given.
    pub(super) end: u64,
    /// Whether CLOSE was called: the FIN is at `end`.
    pub(super) closing: bool,
    /// The right edge of the window that the other has granted, and the widest one.
    pub(super) edge: u64,
    pub(super) widest: u64,
    /// SND.WL1, as the other's place, and SND.WL2.
    updated: (u64, u64),
    /// The largest segment's octets.
    pub(super) mss: u64,
    /// What the other holds beyond `acked`, in order of place.
    held: Vec<Chunk>,
    /// Acknowledgments in a row that say nothing new.
    pub(super) repeats: u32,
    /// Up to where a fast retransmission is under way.
    recovering: u64,
    /// Up to where the holes were filled in this recovery.
    filled: u64,
}

impl Outgoing {
    pub(super) fn new(iss: u32, mss: u64) -> Self {
        Self {
            iss,
            acked: 0,
            sent: 0,
            end: 1,
            closing: false,
            edge: 1,
            widest: 0,
            updated: (0, 0),
            mss,
            held: Vec::new(),
            repeats: 0,
            recovering: 0,
            filled: 0,
        }
    }

    /// The number that stands for a place.
    pub(super) fn number(&self, place: u64) -> u32 {
        self.iss.wrapping_add(place as u32)
    }

    /// How far an acknowledgment is from SND.UNA; negative if it is older.
    pub(super) fn beyond_acked(&self, ack: u32) -> i64 {
        i64::from(ack.wrapping_sub(self.number(self.acked)).cast_signed())
    }

    /// The place after everything that there is to send.
    fn all(&self) -> u64 {
        self.end + u64::from(self.closing)
    }

    pub(super) fn has_fin(&self, chunk: Chunk) -> bool {
        self.closing && chunk.to > self.end
    }

    /// Whether the FIN has been sent, and whether it has been acknowledged.
    pub(super) fn is_fin_sent(&self) -> bool {
        self.closing && self.sent > self.end
    }

    pub(super) fn is_fin_acked(&self) -> bool {
        self.closing && self.acked > self.end
    }

    pub(super) fn is_outstanding(&self) -> bool {
        self.acked < self.sent
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.sent < self.all()
    }

    /// How many octets of text the chunk has.
    pub(super) fn text(&self, chunk: Chunk) -> Vec<u8> {
        (chunk.from.max(1)..chunk.to.min(self.end)).map(|place| (place * 7 + (place >> 8)) as u8).collect()
    }

    /// The next segment that has not been sent before, if the window and Nagle's algorithm let it go.
    pub(super) fn fresh(&mut self, nagle: bool, fin_needs_room: bool) -> Option<Chunk> {
        let room = self.edge.saturating_sub(self.sent);
        let text = self.end.saturating_sub(self.sent);
        let len = text.min(room).min(self.mss);
        let is_last = len == text;
        // RFC 9293, Section 3.7.4: less than a whole segment waits while anything is unacknowledged.
        if len > 0 && len < self.mss && nagle && self.is_outstanding() && !(is_last && self.closing) {
            return None;
        }
        let fin_fits = !fin_needs_room || room > len;
        let fin = self.closing && is_last && fin_fits && self.sent + len == self.end;
        let chunk = Chunk { from: self.sent, to: self.sent + len + u64::from(fin) };
        if chunk.from == chunk.to {
            return None;
        }
        self.sent = chunk.to;
        Some(chunk)
    }

    /// One octet beyond a shut window, or the FIN (Section 3.8.6.1).
    pub(super) fn probe(&mut self) -> Chunk {
        let chunk = Chunk { from: self.sent, to: self.sent + 1 };
        self.sent = chunk.to;
        chunk
    }

    /// The first hole from `from` on, as long as a segment may be.
    fn hole(&self, from: u64) -> Option<Chunk> {
        let mut from = from.max(self.acked);
        for held in &self.held {
            if held.from <= from {
                from = from.max(held.to);
            }
        }
        let before = self.held.iter().map(|it| it.from).find(|it| *it > from).unwrap_or(self.sent);
        // A SYN goes alone; a FIN does not count as an octet of the segment.
        let longest = if from == 0 { 1 } else { from + self.mss };
        let longest = if longest == self.end && self.closing { longest + 1 } else { longest };
        let chunk = Chunk { from, to: before.min(longest).min(self.sent) };
        (chunk.from < chunk.to).then_some(chunk)
    }

    /// What the retransmission timer sends again: the oldest, whatever was said to be held, since that may be taken back.
    pub(super) fn oldest(&mut self) -> Option<Chunk> {
        self.held.clear();
        (self.recovering, self.filled) = (0, 0);
        self.hole(self.acked)
    }

    /// What three repeated acknowledgments, or those after them, ask for.
    pub(super) fn asked_for(&mut self) -> Option<Chunk> {
        let begins = self.repeats == 3 && self.recovering <= self.acked;
        if begins {
            (self.recovering, self.filled) = (self.sent, self.acked);
        }
        let goes_on = self.repeats > 3 && self.recovering > self.acked && self.held.last().is_some();
        let last = self.held.last().map_or(self.acked, |it| it.from);
        if !(begins || goes_on) {
            return None;
        }
        let hole = self.hole(self.filled).filter(|it| begins || it.from < last)?;
        self.filled = hole.to;
        Some(hole)
    }

    /// Takes in an acknowledgment that is not beyond SND.NXT; true if it says something new.
    pub(super) fn acknowledged(&mut self, by: i64) -> bool {
        let by = u64::try_from(by).unwrap_or(0);
        self.acked += by;
        self.held.retain(|it| it.to > self.acked);
        if by > 0 {
            self.repeats = 0;
        }
        by > 0
    }

    /// What the other says that it holds.
    pub(super) fn holds(&mut self, blocks: &[(u32, u32)]) {
        for (left, right) in blocks {
            let [from, to] = [left, right].map(|edge| self.beyond_acked(*edge));
            if 0 < from && from < to && self.acked + to.unsigned_abs() <= self.sent {
                let chunk = Chunk { from: self.acked + from.unsigned_abs(), to: self.acked + to.unsigned_abs() };
                if !self.held.contains(&chunk) {
                    self.held.push(chunk);
                }
            }
        }
        self.held.sort_by_key(|it| it.from);
    }

    /// A window of `len` octets, in a segment at the other's `place` which acknowledges SND.UNA.
    pub(super) fn granted(&mut self, place: u64, len: u64) {
        let newer = (place, self.acked);
        if newer >= self.updated || self.widest == 0 {
            self.updated = newer;
            self.edge = self.acked + len;
            self.widest = self.widest.max(len);
        }
    }
}
