//! SYN-ACKs of one attempt whose numbers differ: which of them its opener goes on with is known once that acknowledges one.
//!
//! The latest counts until then; the earlier ones are kept beside it, bounded. Nothing here judges.

use super::connection::Connection;
use super::shown::Shown;
use super::stream::Stream;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::wire::segment::Segment;
use smallvec::SmallVec;

/// SYN-ACKs kept beside the latest; with more, the oldest goes.
pub const MAX_ANSWERS: usize = 4;

/// What was known of the sender of a SYN-ACK before it sent one with another number.
#[derive(Clone, Debug)]
struct Answer {
    from: Peer,
    stream: Stream,
    shown: Shown,
    frame: FrameNo,
}

/// SYN-ACKs that count no more, unless they are confirmed.
#[derive(Clone, Debug, Default)]
pub struct Answers(SmallVec<[Answer; 1]>);

impl Connection {
    /// `from` answers by a SYN-ACK with another number than before: what its last one said is kept.
    pub(super) fn keep_answer(&mut self, from: Peer) {
        let (Some(_), Some(frame)) = (self.streams[from].iss, self.handshake[1]) else { return };
        let answers = &mut self.answers.get_or_insert_default().0;
        if answers.len() >= MAX_ANSWERS {
            answers.remove(0);
        }
        answers.push(Answer { from, stream: self.streams[from].clone(), shown: self.facts[from].shown, frame });
        self.handshake[1] = None;
    }

    /// Notes, before the gate, that `from` acknowledges a SYN-ACK other than the latest: that one counts.
    pub fn confirm_answer(&mut self, from: Peer, segment: &Segment<'_>) {
        if self.answers.is_none() || segment.flags.syn() || segment.flags.rst() {
            return;
        }
        let (Some(answers), Some(ack)) = (self.answers.take(), segment.ack()) else { return };
        let to = self.other(from);
        if self.streams[to].iss.is_some_and(|iss| ack == iss + 1) {
            return;
        }
        let is_it = |it: &Answer| it.from == to && it.stream.iss.is_some_and(|iss| ack == iss + 1);
        match answers.0.iter().rev().find(|it| is_it(it)) {
            Some(it) => {
                (self.streams[to], self.facts[to].shown) = (it.stream.clone(), it.shown);
                self.handshake[1] = Some(it.frame);
            }
            None => self.answers = Some(answers),
        }
    }
}
