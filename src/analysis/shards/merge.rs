//! What each lane holds in order, in the one order of all. Only the shards use it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Items of all lanes by their keys, each with the number of its lane; those of one lane ascend.
pub fn in_order<I: IntoIterator, K: Ord>(
    lanes: impl IntoIterator<Item = I>,
    key: impl Fn(&I::Item) -> K,
) -> impl Iterator<Item = (usize, I::Item)> {
    let mut lanes: Vec<_> = lanes.into_iter().map(|lane| lane.into_iter().peekable()).collect();
    let heads = lanes.iter_mut().enumerate().filter_map(|(at, lane)| Some(Reverse((key(lane.peek()?), at))));
    let mut heads: BinaryHeap<_> = heads.collect();
    std::iter::from_fn(move || {
        let mut first = heads.peek_mut()?;
        let at = first.0.1;
        let lane = lanes.get_mut(at)?;
        let item = lane.next()?;
        match lane.peek() {
            Some(next) => first.0.0 = key(next),
            None => _ = PeekMut::pop(first),
        }
        Some((at, item))
    })
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn items_come_by_their_keys_and_equal_ones_by_their_lanes() {
        let lanes = [vec![(1, 'a'), (4, 'b'), (4, 'c')], vec![], vec![(1, 'd'), (2, 'e'), (9, 'f')]];
        let merged: Vec<_> = in_order(lanes, |(key, _)| *key).map(|(lane, (_, item))| (lane, item)).collect();
        assert_eq!(merged, [(0, 'a'), (2, 'd'), (2, 'e'), (0, 'b'), (0, 'c'), (2, 'f')]);
    }
}
