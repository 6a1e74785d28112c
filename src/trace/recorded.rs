//! A captured segment as a step, so that a capture can be written down in the notation.
//!
//! Identification, hop limit, ECN bits and text are left out: they would drown the line. Only `trace` and its callers
//! use it.

use super::{Attribute, Step, StepOption};
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::timestamp::Elapsed;
use crate::wire::checksum::Checksum;
use crate::wire::options::TcpOption;
use crate::wire::segment::{Flags, Segment, Wholeness};

/// The step for one captured segment; its states are `?`, its marks empty and its line 0, for the caller to fill in.
#[must_use]
pub fn recorded(segment: &Segment<'_>, from: Peer, since_previous: Elapsed) -> Step {
    let mut attributes = Vec::new();
    if segment.checksum == Checksum::Wrong {
        attributes.push(Attribute::BadChecksum);
    }
    if segment.wholeness == Wholeness::ShortOnWire {
        attributes.push(Attribute::Short);
    }
    if !segment.flags.ack() && segment.raw_ack != 0 {
        attributes.push(Attribute::AckField(segment.raw_ack));
    }
    if segment.urgent != 0 {
        attributes.push(Attribute::Urgent(segment.urgent));
    }
    if let Ok(bits @ 1..) = u8::try_from(segment.flags.reserved()) {
        attributes.push(Attribute::Reserved(bits));
    }
    let mut options: Vec<StepOption> = segment.options.iter().map(option).collect();
    while options.last() == Some(&StepOption::End) {
        options.pop();
    }
    Step {
        from,
        seq: segment.seq,
        len: segment.payload_len,
        flags: Flags(segment.flags.0 & 0x1ff),
        ack: segment.ack(),
        window: segment.window,
        options,
        attributes,
        since_previous,
        states: PerPeer { a: "?".to_owned(), b: "?".to_owned() },
        broken: Vec::new(),
        noted: Vec::new(),
        silent: Vec::new(),
        line: 0,
    }
}

fn option(option: TcpOption<'_>) -> StepOption {
    match option {
        TcpOption::End => StepOption::End,
        TcpOption::NoOperation => StepOption::NoOperation,
        TcpOption::MaximumSegmentSize(size) => StepOption::MaximumSegmentSize(size),
        TcpOption::WindowScale(shift) => StepOption::WindowScale(shift),
        TcpOption::SackPermitted => StepOption::SackPermitted,
        TcpOption::Sack(edges) => {
            let (blocks, _) = edges.as_chunks::<8>();
            let edge = |octets: [u8; 4]| Seq::new(u32::from_be_bytes(octets));
            let block = |&[a, b, c, d, e, f, g, h]: &[u8; 8]| (edge([a, b, c, d]), edge([e, f, g, h]));
            StepOption::Sack(blocks.iter().map(block).collect())
        }
        TcpOption::Timestamps(value, echo) => StepOption::Timestamps { value, echo },
        TcpOption::FastOpen(cookie) => StepOption::FastOpen(cookie.to_vec()),
        TcpOption::Multipath(body) => StepOption::Kind(30, body.to_vec()),
        TcpOption::Other(kind, body) => StepOption::Kind(kind, body.to_vec()),
    }
}
