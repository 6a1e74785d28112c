//! Which frames show the numbers of a stream: what the right side of an equation rests on.

use super::stream::Stream;
use crate::packet::FrameNo;
use crate::seq::Seq;

/// The numbers whose frames are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    iss: Option<Seq>,
    nxt: Option<Seq>,
    acked: Option<Seq>,
    right_edge: Option<Seq>,
}

impl Numbers {
    /// Those of `stream` now.
    #[must_use]
    pub fn of(stream: &Stream) -> Self {
        Self { iss: stream.iss, nxt: stream.nxt, acked: stream.acked, right_edge: stream.right_edge }
    }
}

/// For each number the frame that last changed it, if one has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Of the initial sequence number.
    pub iss: Option<FrameNo>,
    /// Of SND.NXT.
    pub nxt: Option<FrameNo>,
    /// Of the highest acknowledgment sent.
    pub acked: Option<FrameNo>,
    /// Of the right edge granted to the other.
    pub right_edge: Option<FrameNo>,
}

impl Shown {
    /// `frame` has turned the numbers from `before` into `after`.
    pub fn note(&mut self, before: Numbers, after: Numbers, frame: FrameNo) {
        let pairs = [
            (before.iss != after.iss, &mut self.iss),
            (before.nxt != after.nxt, &mut self.nxt),
            (before.acked != after.acked, &mut self.acked),
            (before.right_edge != after.right_edge, &mut self.right_edge),
        ];
        for (changed, shown) in pairs {
            if changed {
                *shown = Some(frame);
            }
        }
    }
}
