//! What the ledger receives: the other's stream as places counted from its SYN, at 0, without any wrap. Here is what has come,
//! in order and ahead of it, and what window is granted for more.

use std::collections::BTreeMap;

/// The other's stream.
pub(super) struct Incoming {
    irs: u32,
    /// RCV.NXT.
    pub(super) next: u64,
    /// What came ahead of order: from where up to where.
    early: BTreeMap<u64, u64>,
    /// The starts of what came early, the newest last.
    newest: Vec<u64>,
    /// Where the FIN is, once it has come.
    fin: Option<u64>,
    /// Octets that the user has not taken.
    pub(super) unread: u64,
    /// The right edge of the window.
    granted: u64,
    room: u64,
    /// The scale of the window field.
    pub(super) shift: u8,
    /// The least step by which the window opens, against silly windows (RFC 9293, Section 3.8.6.2.2).
    step: u64,
    /// The last that came twice, for a DSACK.
    pub(super) twice: Option<(u64, u64)>,
}

/// What became of a segment's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taken {
    /// It was next, and so RCV.NXT has moved; whether it filled a hole, too.
    InOrder { fills: bool },
    /// It came ahead of order, or was known.
    Otherwise,
}

impl Incoming {
    pub(super) fn new(irs: u32, room: u64, step: u64) -> Self {
        Self {
            irs,
            next: 1,
            early: BTreeMap::new(),
            newest: Vec::new(),
            fin: None,
            unread: 0,
            granted: 1 + room.min(65_535),
            room,
            shift: 0,
            step,
            twice: None,
        }
    }

    pub(super) fn number(&self, place: u64) -> u32 {
        self.irs.wrapping_add(place as u32)
    }

    /// The place that a number stands for: the one nearest to RCV.NXT.
    pub(super) fn place(&self, number: u32) -> i64 {
        self.next.cast_signed() + i64::from(number.wrapping_sub(self.number(self.next)).cast_signed())
    }

    pub(super) fn is_shut(&self) -> bool {
        self.granted == self.next
    }

    /// RFC 9293, Table 6, for `len` numbers from `from` on.
    pub(super) fn accepts(&self, from: i64, len: u64) -> bool {
        let (next, granted) = (self.next.cast_signed(), self.granted.cast_signed());
        let is_inside = |place: i64| next <= place && place < granted;
        match (len, self.is_shut()) {
            (0, true) => from == next,
            (0, false) => is_inside(from),
            (_, true) => false,
            (_, false) => is_inside(from) || is_inside(from + len.cast_signed() - 1),
        }
    }

    /// Takes the text from `from` up to `to`, with a FIN there or without, as far as the window goes.
    pub(super) fn take(&mut self, from: i64, to: i64, fin: bool) -> Taken {
        let from = from.max(1).unsigned_abs();
        let end = to.max(1).unsigned_abs();
        let to = end.min(self.granted);
        if fin && end < self.granted.max(self.next + 1) {
            self.fin = Some(end);
        }
        self.twice = (from < to && to <= self.next).then_some((from, to));
        if to <= self.next && self.fin != Some(self.next) {
            return Taken::Otherwise;
        }
        if from > self.next {
            if from < to {
                self.keep(from, to);
            }
            return Taken::Otherwise;
        }
        let fills = !self.early.is_empty();
        let before = self.next;
        self.next = self.next.max(to);
        while let Some((from, to)) = self.early.first_key_value().map(|(from, to)| (*from, *to)) {
            if from > self.next {
                break;
            }
            self.early.remove(&from);
            self.next = self.next.max(to);
        }
        self.newest.retain(|from| self.early.contains_key(from));
        self.unread += self.next - before;
        Taken::InOrder { fills }
    }

    /// Keeps what came early, as one with what it touches.
    fn keep(&mut self, mut from: u64, mut to: u64) {
        let touching: Vec<u64> = self.early.range(..=to).filter(|(_, end)| **end >= from).map(|(it, _)| *it).collect();
        for it in touching {
            to = to.max(self.early.remove(&it).unwrap_or(0));
            from = from.min(it);
        }
        self.early.insert(from, to);
        self.newest.retain(|it| self.early.contains_key(it) && *it != from);
        self.newest.push(from);
    }

    /// Forgets what came early, as an end may that has said nothing of it.
    pub(super) fn drop_early(&mut self) {
        self.early.clear();
        self.newest.clear();
        self.fin = self.fin.filter(|fin| *fin == self.next);
    }

    /// Whether the FIN is what comes next; then RCV.NXT goes over it.
    pub(super) fn takes_fin(&mut self) -> bool {
        let is_next = self.fin == Some(self.next);
        if is_next {
            self.next += 1;
            self.granted = self.granted.max(self.next);
        }
        is_next
    }

    /// The window field of the next segment. What was granted is never taken back.
    pub(super) fn field(&mut self, is_scaled: bool) -> u16 {
        let shift = if is_scaled { self.shift } else { 0 };
        let edge = self.next + self.room.saturating_sub(self.unread);
        if edge >= self.granted + self.step || edge == self.next + self.room {
            self.granted = self.granted.max(edge);
        }
        let len = (self.granted - self.next + (1 << shift) - 1) >> shift;
        let field = u16::try_from(len).unwrap_or(u16::MAX);
        // A field too small for it does not take back either: no segment says less than the one before, but for the cap.
        self.granted = self.next + (u64::from(field) << shift);
        field
    }

    /// Whether reading has opened a window that was shut.
    pub(super) fn can_open(&self) -> bool {
        self.is_shut() && self.room.saturating_sub(self.unread) >= self.step.min(self.room)
    }

    /// What to say of what came early: at most three blocks, the newest first, behind one that came twice.
    pub(super) fn blocks(&mut self, says_twice: bool) -> Vec<(u32, u32)> {
        let twice = self.twice.take().filter(|_| says_twice);
        let early = self.newest.iter().rev().filter_map(|from| Some((*from, *self.early.get(from)?)));
        twice.into_iter().chain(early).take(3).map(|(from, to)| (self.number(from), self.number(to))).collect()
    }

    pub(super) fn has_gap(&self) -> bool {
        !self.early.is_empty()
    }
}
