//! How often, and when, one peer sent its SYN and its SYN-ACK.

use super::acceptance::Acceptance;
use crate::packet::FrameNo;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::segment::Segment;

/// One kind of segment, sent once or again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sendings {
    /// How often.
    pub count: u32,
    /// The first frame.
    pub first: FrameNo,
    /// When that was captured.
    pub first_at: Timestamp,
    /// The last frame.
    pub last: FrameNo,
    /// When that was captured.
    pub last_at: Timestamp,
    /// The time between the last two.
    pub last_gap: Option<Elapsed>,
    /// The hop limit of the last one.
    pub hop_limit: u8,
}

/// The SYNs and SYN-ACKs of one peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// SYNs without ACK.
    pub syn: Option<Sendings>,
    /// SYN-ACKs.
    pub syn_ack: Option<Sendings>,
}

impl Attempt {
    /// Takes in a segment of this peer; only SYNs that count change anything.
    pub fn note(&mut self, segment: &Segment<'_>, acceptance: Acceptance) {
        let counts = acceptance.counts_octets() || acceptance == Acceptance::UnmatchedSynAck;
        if !counts || !segment.flags.syn() || segment.flags.rst() {
            return;
        }
        let kind = if segment.flags.ack() { &mut self.syn_ack } else { &mut self.syn };
        match kind {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.last_gap = Some(segment.at.since(known.last_at));
                known.last = segment.frame;
                known.last_at = segment.at;
                known.hop_limit = segment.ip.hop_limit;
            }
            None => {
                *kind = Some(Sendings {
                    count: 1,
                    first: segment.frame,
                    first_at: segment.at,
                    last: segment.frame,
                    last_at: segment.at,
                    last_gap: None,
                    hop_limit: segment.ip.hop_limit,
                });
            }
        }
    }
}
