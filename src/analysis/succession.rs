//! How one incarnation of a 4-tuple follows another: ports used again, a peer that started anew, another host behind the
//! same address, or nothing but time and numbers between them.
//!
//! The evidence is stated beside the judgement; where it does not tell, that is said. Which segment opens an incarnation
//! is decided in [`super::incarnation`]; what is here compares the two.

use super::kept::Kept;
use super::tracked::Tracked;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::endpoint::Spoke;
use crate::timestamp::Elapsed;
use crate::wire::options::TcpOption;
use crate::wire::segment::Segment;
use smallvec::SmallVec;

/// Silence after which unrelated numbers are another incarnation's. RFC 1122, Section 4.2.3.5, and RFC 5382, REQ-5, let a
/// connection be given up, and its ports and mapping be given to another, after less.
pub const LONG_SILENCE: Elapsed = Elapsed::from_secs(2 * 3_600 + 4 * 60);

/// Numbers further apart than this are unrelated: windows and a gap of the capture reach so far, two random numbers lie
/// so near each other once in 128 times.
pub const RELATED: u32 = 1 << 24;

/// Timestamp clocks tick once a millisecond at most, and may be read a little apart (RFC 7323, Section 5.4).
const TICKS_PER_SECOND: i64 = 1_000;
const CLOCK_SLACK: i64 = 2_000;

/// How an incarnation follows the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The same host took the same ports again.
    PortReuse,
    /// The host that opens it has started anew and forgotten the one before.
    Reboot,
    /// Another host stands behind the same address and port: a translator gave them to it.
    Rebinding,
    /// Long silence, then numbers that do not go on from any known.
    Silence,
    /// The evidence does not tell.
    Untold,
}

impl Kind {
    /// A stable word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PortReuse => "port-reuse",
            Self::Reboot => "reboot",
            Self::Rebinding => "nat-rebinding",
            Self::Silence => "silence",
            Self::Untold => "untold",
        }
    }
}

/// How an incarnation follows the one before, and what shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Succession {
    /// Number of the one before.
    pub earlier: u64,
    /// How.
    pub kind: Kind,
    /// What shows it, as stable words.
    pub evidence: SmallVec<[&'static str; 4]>,
}

impl Succession {
    /// Of one whose object is final and closed, nothing more is known.
    #[must_use]
    pub fn of_closed(earlier: u64) -> Self {
        Self { earlier, kind: Kind::PortReuse, evidence: SmallVec::from_slice(&["closed"]) }
    }

    /// After long silence, with unrelated numbers.
    #[must_use]
    pub fn of_silence(earlier: u64) -> Self {
        Self { earlier, kind: Kind::Silence, evidence: SmallVec::from_slice(&["idle", "numbers-unrelated"]) }
    }

    /// `segment`, a SYN or SYN-ACK, opens the next incarnation after `old`.
    #[must_use]
    pub fn of(old: &Tracked, segment: &Segment<'_>) -> Self {
        let it = &old.connection;
        let over = it.is_over();
        let mut evidence = SmallVec::new();
        evidence.push(if over { "closed" } else { "open" });
        let clock = clock(it, segment);
        evidence.extend(clock.id());
        let opened_by_same = old.opening.filter(|syn| syn.path == segment.path && !segment.flags.ack());
        let differs = opened_by_same.map(|syn| differences(&syn, segment)).unwrap_or_default();
        evidence.extend(differs.iter().copied());
        if opened_by_same.is_some() && differs.is_empty() {
            evidence.push("same-syn");
        }
        let kind = match (differs.is_empty(), over, clock) {
            (false, ..) => Kind::Rebinding,
            (true, true, _) | (true, false, Clock::GoesOn) => Kind::PortReuse,
            (true, false, Clock::StartsAnew) => Kind::Reboot,
            (true, false, Clock::Untold) => Kind::Untold,
        };
        Self { earlier: old.conn, kind, evidence }
    }
}

/// What the opener's timestamps say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Clock {
    Untold,
    GoesOn,
    StartsAnew,
}

impl Clock {
    const fn id(self) -> Option<&'static str> {
        match self {
            Self::Untold => None,
            Self::GoesOn => Some("clock-goes-on"),
            Self::StartsAnew => Some("clock-starts-anew"),
        }
    }
}

fn clock(it: &Connection, segment: &Segment<'_>) -> Clock {
    let last = it.streams[it.sender(&segment.path)].last_stamp.and_then(|stamp| stamp.value);
    let (Some(last), Some((now, _))) = (last, segment.options.timestamps()) else { return Clock::Untold };
    let ticks = i64::from(Seq::new(last).offset_to(Seq::new(now)));
    let most = segment.at.since(it.first_at).as_ns() / (1_000_000_000 / TICKS_PER_SECOND) + CLOCK_SLACK;
    if (0..=most).contains(&ticks) { Clock::GoesOn } else { Clock::StartsAnew }
}

/// In what two SYNs of one opener differ that one host does not change from connection to connection.
fn differences(old: &Kept, new: &Segment<'_>) -> SmallVec<[&'static str; 4]> {
    let old = old.segment();
    let mut found = SmallVec::new();
    if old.ip.hop_limit != new.ip.hop_limit {
        found.push("hop-limit-differs");
    }
    if old.options.mss() != new.options.mss() {
        found.push("mss-differs");
    }
    if old.options.window_scale() != new.options.window_scale() {
        found.push("window-scale-differs");
    }
    if layout(&old) != layout(new) {
        found.push("options-differ");
    }
    found
}

/// The kinds of a segment's options, in their order.
fn layout(segment: &Segment<'_>) -> SmallVec<[u8; 16]> {
    let kind = |option| match option {
        TcpOption::End => 0,
        TcpOption::NoOperation => 1,
        TcpOption::MaximumSegmentSize(_) => 2,
        TcpOption::WindowScale(_) => 3,
        TcpOption::SackPermitted => 4,
        TcpOption::Sack(_) => 5,
        TcpOption::Timestamps(..) => 8,
        TcpOption::Multipath(_) => 30,
        TcpOption::FastOpen(_) => 34,
        TcpOption::Other(kind, _) => kind,
    };
    segment.options.iter().map(kind).collect()
}

/// Whether `segment` comes after long silence, with numbers that go on from nothing known.
#[must_use]
pub fn is_of_another(it: &Connection, segment: &Segment<'_>) -> bool {
    let flags = segment.flags;
    segment.at.since(it.last_at) >= LONG_SILENCE
        && flags.ack()
        && !flags.syn()
        && !flags.rst()
        && it.ends == Ends::Two
        && !is_related(it, segment)
        && clock(it, segment) != Clock::GoesOn
}

/// Whether one of the numbers of a segment lies near those of the connection, as far as these are known.
#[must_use]
pub fn is_related(it: &Connection, segment: &Segment<'_>) -> bool {
    let from = it.sender(&segment.path);
    let (own, other) = (&it.streams[from], &it.streams[it.other(from)]);
    let near =
        |known: Option<Seq>, found: Seq| known.is_some_and(|known| known.offset_to(found).unsigned_abs() <= RELATED);
    let ack = segment.ack();
    let nothing_known = own.nxt.is_none() && own.acked.is_none() && other.nxt.is_none();
    nothing_known
        || near(own.nxt.or(other.acked), segment.seq)
        || ack.is_some_and(|ack| near(own.acked, ack) || near(other.nxt, ack))
}

/// Whether both peers have spoken in it: what opened it was no stray segment.
#[must_use]
pub fn is_confirmed(it: &Connection) -> bool {
    Peer::BOTH.iter().all(|peer| it.endpoints[*peer].spoke == Spoke::Yes)
}
