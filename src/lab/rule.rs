//! Exact rules: which segments, counted within their connection, and what becomes of them.
//!
//! A rule is a value; the relay counts. Scenarios write them, so that what happens does not depend on chance.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::host::Host;
use crate::wire::segment::{Flags, Segment};

/// The bits that a rule's `exactly` compares: FIN, SYN, RST, ACK, URG. PSH and those of ECN come and go.
const COMPARED: u16 = 0x37;

/// FIN.
pub const FIN: u16 = 1;
/// SYN.
pub const SYN: u16 = 2;
/// RST.
pub const RST: u16 = 4;
/// PSH.
pub const PSH: u16 = 8;
/// ACK.
pub const ACK: u16 = 16;
/// URG.
pub const URG: u16 = 32;

/// A rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Only segments of this host.
    pub from: Option<Host>,
    /// Exactly these of FIN, SYN, RST, ACK and URG.
    pub exactly: Option<u16>,
    /// At least these flags.
    pub with: u16,
    /// None of these flags.
    pub without: u16,
    /// So many octets of payload.
    pub payload: RangeInclusive<u32>,
    /// Which of the segments that fit, from 1, counted for each connection and direction.
    pub which: RangeInclusive<u64>,
    /// What becomes of them.
    pub act: Act,
}

/// What a rule does to a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// It is lost before the middle of the way.
    Lose,
    /// It is lost behind the middle of the way.
    LoseLate,
    /// It takes so much longer, and others overtake it.
    Delay(Duration),
    /// It arrives so many times more.
    Duplicate(u32),
    /// It waits until so many later ones of its direction have passed.
    HoldBehind(u32),
    /// One bit of it is turned over.
    Corrupt,
    /// Only so many octets of the packet arrive.
    Truncate(usize),
    /// It arrives without options of this kind (a SYN's, taken out by a middlebox).
    Strip(u8),
    /// It states this MSS instead of its own.
    ClampMss(u16),
    /// A forged segment follows it, in the same direction.
    Forge(Forgery),
}

/// A segment that no endpoint sent, in the name of the sender of the one it follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forgery {
    /// Its flags.
    pub flags: u16,
    /// Where it lies, counted from the end of the segment that it follows.
    pub ahead: i32,
    /// How far its acknowledgment field is from that of the segment it follows.
    pub acknowledges: i32,
    /// Octets of payload.
    pub payload: u16,
}

impl Rule {
    /// All segments of `from`, in which `act` is done.
    #[must_use]
    pub const fn on(from: Host, act: Act) -> Self {
        Self { from: Some(from), exactly: None, with: 0, without: 0, payload: 0..=u32::MAX, which: 1..=u64::MAX, act }
    }

    /// All segments of both.
    #[must_use]
    pub const fn both(act: Act) -> Self {
        Self { from: None, ..Self::on(Host::Client, act) }
    }

    /// Only those with exactly these flags, PSH and ECN aside.
    #[must_use]
    pub const fn exactly(mut self, flags: u16) -> Self {
        self.exactly = Some(flags);
        self
    }

    /// Only those that have these flags.
    #[must_use]
    pub const fn with(mut self, flags: u16) -> Self {
        self.with = flags;
        self
    }

    /// Only those that carry data.
    #[must_use]
    pub const fn with_data(mut self) -> Self {
        self.payload = 1..=u32::MAX;
        self
    }

    /// Only the `n`-th of them, from 1.
    #[must_use]
    pub const fn nth(mut self, n: u64) -> Self {
        self.which = n..=n;
        self
    }

    /// Only these of them, from 1.
    #[must_use]
    pub const fn those(mut self, which: RangeInclusive<u64>) -> Self {
        self.which = which;
        self
    }

    /// Whether a segment of `from` fits, whichever of them it is.
    #[must_use]
    pub fn fits(&self, from: Host, segment: &Segment<'_>) -> bool {
        let Flags(bits) = segment.flags;
        self.from.is_none_or(|host| host == from)
            && self.exactly.is_none_or(|flags| flags & COMPARED == bits & COMPARED)
            && bits & self.with == self.with
            && bits & self.without == 0
            && self.payload.contains(&segment.payload_len)
    }
}
