//! The text notation for traces: the figures of RFC 9293 around segments as packetdrill and tcpdump write them.
//!
//! ```text
//! # RFC 9293, Figure 6, with what each line asserts
//!   SYN-SENT     > S  100:100(0) <mss 1460,sackOK>         > ?
//!   ESTABLISHED  < S. 300:300(0) ack 101 win 8192          < SYN-RECEIVED
//!   ESTABLISHED  > .  101:101(0) ack 301                   > ESTABLISHED
//!   ESTABLISHED  > P. 101:106(5) ack 301 {ttl 63} +0.250   > ESTABLISHED
//!   ESTABLISHED  < .  301:301(0) ack 500                   < ESTABLISHED  ! ack-not-beyond-sent
//! ```
//!
//! One line is one segment, in the order in which the tap saw them:
//!
//! ```text
//! STATE DIRECTION FLAGS SEQ:END(LEN) [ack N] [win N] [<OPTIONS>] [{ATTRIBUTE}...] [+SECONDS] DIRECTION STATE [! RULE...] [~ RULE...] [^ RULE...]
//! ```
//!
//! - `STATE`: what the endpoint's state most likely is after the segment, A on the left and B on the right: one of
//!   RFC 9293's eleven names, or `?` where nothing can be said. A peer that has shown nothing may be written `?`,
//!   `CLOSED` or `LISTEN`.
//! - `DIRECTION`: `>` if A sent it, `<` if B did; the same on both sides of the segment.
//! - `FLAGS`: `F`IN, `S`YN, `R`ST, `P`SH, `.` for ACK, `U`RG, `E` for ECE, `W` for CWR, `e` for AE; `-` for none.
//! - `SEQ:END(LEN)`: LEN counts payload octets only, and END is SEQ + LEN modulo 2^32.
//! - `ack N` stands there exactly if the ACK flag does.
//! - `win N`: the window field as sent, not scaled; 65535 where it is left out.
//! - `<OPTIONS>`, comma-separated: `mss N`, `wscale N`, `sackOK`, `sack LEFT:RIGHT ...`, `TS val N ecr N`, `nop`,
//!   `eol`, `fo [HEX]` (TCP Fast Open, the cookie), `kind N [HEX]` (any other), `raw HEX` (octets as they are,
//!   however wrong). At most 40 octets together; the encoder fills up with zeros to a multiple of four.
//! - `{ATTRIBUTE}`: `{bad-checksum}`; `{short}`: the packet ends one octet before its IP header says; `{ttl N}`;
//!   `{id N}`: IPv4 identification, which else counts up per sender; `{ack-field N}`: the field's value without the
//!   ACK flag; `{urgent N}`; `{ecn N}`: the two ECN bits of the IP header; `{text N}`: payload octets other than
//!   those that this sequence number else stands for; `{reserved N}`: the three reserved bits, 0 to 7; `{multicast}`: sent
//!   to 224.0.0.1 or ff02::1 instead of the other peer. If one is given twice, the last counts.
//! - `{icmp KIND}`: the line is no segment but an ICMP error that travels in its direction and quotes the segment written
//!   there, which the *other* peer sent. `KIND`: `net-unreachable`, `host-unreachable`, `port-unreachable`, `prohibited`,
//!   `too-big`, `time-exceeded`, `parameter-problem`. `{by-router}`: an address between the two tells it, not the peer.
//!   `{mtu N}`: what the next link takes, in a `too-big`.
//! - `+SECONDS`: time since the previous line, at most nine decimals; a millisecond where it is left out;
//!   `-SECONDS` where the capture's clock went back.
//! - `! RULE...`: these rules are broken at this segment. *Silence is asserted*: a line without `!` breaks none.
//! - `~ RULE...`: these rules are undecided or noted here; that need not be stated.
//! - `^ RULE...`: these rules find nothing here: neither broken, nor undecided, nor noted.
//! - `#` starts a comment. In a file, the first line cites where the scenario comes from.
//!
//! Pure text: no files, no clock, no judgement. May use `wire` and the words above it.

use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::segment::Flags;
use std::fmt;

pub mod icmp;
mod option;
pub mod packets;
mod parse;
mod print;
mod recorded;

pub use option::StepOption;
pub use parse::parse;
pub use print::print;
pub use recorded::recorded;

/// The state names of RFC 9293, Section 3.3.2, and `?` for a state that is not known.
pub const STATES: [&str; 12] = [
    "LISTEN",
    "SYN-SENT",
    "SYN-RECEIVED",
    "ESTABLISHED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "CLOSE-WAIT",
    "CLOSING",
    "LAST-ACK",
    "TIME-WAIT",
    "CLOSED",
    "?",
];

/// The window field of a line without `win`.
pub const DEFAULT_WINDOW: u16 = 65_535;

/// The time since the previous line where none is written: one millisecond.
pub const DEFAULT_SPACING: Elapsed = Elapsed::from_ns(1_000_000);

/// One line: a segment, the states it should leave, the rules it should break.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Who sent the segment.
    pub from: Peer,
    /// SEG.SEQ.
    pub seq: Seq,
    /// Octets of payload; SYN and FIN do not count.
    pub len: u32,
    /// All flag bits.
    pub flags: Flags,
    /// SEG.ACK; `Some` exactly if the ACK flag is set.
    pub ack: Option<Seq>,
    /// The window field, not scaled.
    pub window: u16,
    /// The options, in their order.
    pub options: Vec<StepOption>,
    /// What else is out of the ordinary, in the order written.
    pub attributes: Vec<Attribute>,
    /// Time since the previous line; for the first line, since the start of the trace.
    pub since_previous: Elapsed,
    /// Each endpoint's likely state after the segment: one of [`STATES`].
    pub states: PerPeer<String>,
    /// Ids of the rules broken here, all of them.
    pub broken: Vec<String>,
    /// Ids of rules undecided or noted here, as far as the writer cared to state them.
    pub noted: Vec<String>,
    /// Ids of rules that find nothing here, as far as the writer cared to state them.
    pub silent: Vec<String>,
    /// Line of the text, from 1.
    pub line: usize,
}

impl Step {
    /// The ICMP error that it is, if it is no segment.
    #[must_use]
    pub fn icmp(&self) -> Option<icmp::Kind> {
        self.attributes.iter().rev().find_map(|attribute| match attribute {
            Attribute::Icmp(kind) => Some(*kind),
            _ => None,
        })
    }

    /// Who sent the segment, which an ICMP error only quotes.
    #[must_use]
    pub fn sender(&self) -> Peer {
        if self.icmp().is_some() { self.from.other() } else { self.from }
    }
}

/// What is out of the ordinary about a segment, beyond its TCP header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attribute {
    /// Its checksum is wrong.
    BadChecksum,
    /// The packet ends one octet before the length in its IP header.
    Short,
    /// TTL or hop limit; 64 without it.
    HopLimit(u8),
    /// IPv4 identification; else counted up from 1, per sender.
    Id(u16),
    /// The acknowledgment field of a segment without the ACK flag; 0 without it.
    AckField(u32),
    /// The urgent pointer; 0 without it.
    Urgent(u16),
    /// The two ECN bits of the IP header, 0 to 3; 0 without it.
    Ecn(u8),
    /// Added to each payload octet modulo 256: a sender that sends other text at the same sequence numbers.
    Text(u8),
    /// The three reserved bits of the header, 0 to 7.
    Reserved(u8),
    /// It is sent to all hosts on the link instead of the other peer.
    Multicast,
    /// It is an ICMP error that quotes this segment of its receiver.
    Icmp(icmp::Kind),
    /// The ICMP error comes from a router.
    ByRouter,
    /// What the next link takes, in the ICMP error; 0 without it.
    Mtu(u16),
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadChecksum => f.write_str("{bad-checksum}"),
            Self::Short => f.write_str("{short}"),
            Self::HopLimit(limit) => write!(f, "{{ttl {limit}}}"),
            Self::Id(id) => write!(f, "{{id {id}}}"),
            Self::AckField(field) => write!(f, "{{ack-field {field}}}"),
            Self::Urgent(pointer) => write!(f, "{{urgent {pointer}}}"),
            Self::Ecn(bits) => write!(f, "{{ecn {bits}}}"),
            Self::Text(shift) => write!(f, "{{text {shift}}}"),
            Self::Reserved(bits) => write!(f, "{{reserved {bits}}}"),
            Self::Multicast => f.write_str("{multicast}"),
            Self::Icmp(kind) => write!(f, "{{icmp {}}}", kind.id()),
            Self::ByRouter => f.write_str("{by-router}"),
            Self::Mtu(octets) => write!(f, "{{mtu {octets}}}"),
        }
    }
}

/// Why a text is no trace, or a trace cannot become packets.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: wanted {wanted}, found {found}")]
pub struct TraceError {
    /// Line of the text, from 1.
    pub line: usize,
    /// What had to stand there.
    pub wanted: String,
    /// What stands there, in quotation marks if it is a piece of the text.
    pub found: String,
}

/// The same trace with each sender's sequence space turned by `by[sender]`, modulo 2^32: sequence numbers,
/// acknowledgments and SACK edges move, everything else stays. No state and no verdict may change by it.
///
/// One number is not a place in anybody's space and stays: the sequence number 0 of a RST,ACK from a peer that has
/// sent nothing before, which answers a segment without ACK (RFC 9293, Section 3.10.7.1).
#[must_use]
pub fn turn(steps: &[Step], by: PerPeer<u32>) -> Vec<Step> {
    let mut has_sent = PerPeer { a: false, b: false };
    let turned = |step: &Step| {
        let sender = step.sender();
        let (own, other) = (by[sender], by[sender.other()]);
        if step.icmp().is_some() {
            let ack = step.ack.map(|ack| ack + other);
            return Step { seq: step.seq + own, ack, ..step.clone() };
        }
        let is_refusal = step.flags.rst() && step.flags.ack() && step.seq == Seq::new(0) && !has_sent[step.from];
        has_sent[step.from] = true;
        Step {
            seq: if is_refusal { step.seq } else { step.seq + own },
            ack: step.ack.map(|ack| ack + other),
            options: step.options.iter().map(|option| option.turned(other)).collect(),
            ..step.clone()
        }
    };
    steps.iter().map(turned).collect()
}

#[cfg(test)]
mod tests {
    use super::{StepOption, parse, turn};
    use crate::peer::PerPeer;
    use crate::seq::Seq;

    #[test]
    fn turning_moves_every_number_within_its_own_space() {
        let steps = parse("? < . 300:301(1) ack 100 <sack 110:120> < ?").unwrap();
        let turned = turn(&steps, PerPeer { a: 10_u32.wrapping_neg().wrapping_sub(100), b: 7 });
        assert_eq!((turned[0].seq, turned[0].ack), (Seq::new(307), Some(Seq::new(u32::MAX - 9))));
        assert_eq!(turned[0].options, [StepOption::Sack(vec![(Seq::new(0), Seq::new(10))])]);
    }

    #[test]
    fn the_zero_of_a_reset_out_of_nothing_is_no_place_in_a_space() {
        let steps = parse("CLOSED < R. 0:0(0) ack 101 < CLOSED\nCLOSED < R. 0:0(0) ack 101 < CLOSED").unwrap();
        let turned = turn(&steps, PerPeer { a: 1, b: 9 });
        assert_eq!((turned[0].seq, turned[0].ack), (Seq::new(0), Some(Seq::new(102))));
        assert_eq!(turned[1].seq, Seq::new(9));
    }
}
