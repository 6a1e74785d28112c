//! What one peer has acknowledged selectively (RFC 2018, RFC 2883): blocks of the other's octets that it says it holds
//! above its acknowledgment number. Nothing here judges.

use crate::packet::FrameNo;
use crate::seq::Seq;
use crate::wire::segment::Segment;

/// Blocks kept of each peer; with more, the oldest goes. An ACK carries four at most.
pub const MAX_BLOCKS: usize = 16;

/// Octets `[left, right)` of the other that its receiver holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// The first octet.
    pub left: Seq,
    /// One past the last.
    pub right: Seq,
    /// The frame that first said so.
    pub frame: FrameNo,
}

/// What one peer holds above its acknowledgment number, by its own word.
#[derive(Clone, Debug, Default)]
pub struct Sacked {
    /// The blocks that no acknowledgment has reached; they do not overlap.
    pub blocks: Vec<Block>,
    /// The most blocks at a time.
    pub most_blocks: u8,
    /// The first frame with blocks.
    pub first: Option<FrameNo>,
}

/// The block that reports a duplicate (RFC 2883, Section 4), if the first of `segment` does: it lies at or below the
/// acknowledgment number, or within the second.
#[must_use]
pub fn duplicate(segment: &Segment<'_>) -> Option<(Seq, Seq)> {
    let ack = segment.ack()?;
    let mut blocks = segment.options.sack_blocks();
    let (left, right) = blocks.next()?;
    let within = |(low, high): (Seq, Seq)| low.is_at_or_before(left) && right.is_at_or_before(high);
    (left.is_before(right) && (right.is_at_or_before(ack) || blocks.next().is_some_and(within)))
        .then_some((left, right))
}

impl Sacked {
    /// Takes in a segment of its peer that acknowledges `ack`; `nxt` is the other's SND.NXT.
    pub fn note(&mut self, segment: &Segment<'_>, ack: Seq, nxt: Option<Seq>) {
        if !self.blocks.is_empty() {
            self.blocks.retain(|block| ack.is_before(block.left));
        }
        let skipped = usize::from(duplicate(segment).is_some());
        for (at, (left, right)) in segment.options.sack_blocks().enumerate() {
            self.first.get_or_insert(segment.frame);
            let sent = nxt.is_some_and(|nxt| right.is_at_or_before(nxt));
            if at >= skipped && sent && ack.is_before(left) && left.is_before(right) {
                self.add(Block { left, right, frame: segment.frame });
            }
        }
    }

    fn add(&mut self, block: Block) {
        let known = |it: &Block| it.left.is_at_or_before(block.left) && block.right.is_at_or_before(it.right);
        if self.blocks.iter().any(known) {
            return;
        }
        let mut whole = block;
        self.blocks.retain(|it| {
            let apart = it.right.is_before(whole.left) || whole.right.is_before(it.left);
            if !apart {
                whole.right = whole.right.later_of(it.right);
                whole.left = if it.left.is_before(whole.left) { it.left } else { whole.left };
            }
            apart
        });
        if self.blocks.len() >= MAX_BLOCKS {
            self.blocks.remove(0);
        }
        self.blocks.push(whole);
        self.most_blocks = self.most_blocks.max(u8::try_from(self.blocks.len()).unwrap_or(u8::MAX));
    }

    /// The block in which the octet at `ack` lies: one that a receiver which still holds it would have acknowledged.
    #[must_use]
    pub fn holding(&self, ack: Seq) -> Option<Block> {
        self.blocks.iter().find(|block| block.left.is_at_or_before(ack) && ack.is_before(block.right)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, MAX_BLOCKS, Sacked};
    use crate::seq::Seq;

    #[test]
    fn blocks_that_touch_become_one_and_their_number_is_bounded() {
        let at = |n: u32| Seq::new(u32::MAX - 9) + n;
        let mut sacked = Sacked::default();
        sacked.add(Block { left: at(4), right: at(8), frame: 1 });
        sacked.add(Block { left: at(20), right: at(30), frame: 2 });
        sacked.add(Block { left: at(8), right: at(20), frame: 3 });
        assert_eq!(sacked.blocks, [Block { left: at(4), right: at(30), frame: 3 }]);
        assert!(sacked.holding(at(29)).is_some() && sacked.holding(at(30)).is_none());
        for n in 10..100 {
            sacked.add(Block { left: at(n * 10), right: at(n * 10 + 1), frame: 4 });
        }
        assert_eq!(sacked.blocks.len(), MAX_BLOCKS);
    }
}
