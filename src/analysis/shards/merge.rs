//! What each lane holds in order, in the one order of all. Only the shards use it.

/// Items of all lanes by their keys, each with the number of its lane; those of one lane ascend. There are so few lanes that
/// looking at all of them for each item costs less than putting the items in order.
pub fn in_order<I: IntoIterator, K: Ord>(
    lanes: impl IntoIterator<Item = I>,
    key: impl Fn(&I::Item) -> K,
) -> impl Iterator<Item = (usize, I::Item)> {
    let mut lanes: Vec<_> = lanes.into_iter().map(|lane| lane.into_iter().peekable()).collect();
    std::iter::from_fn(move || {
        let heads = lanes.iter_mut().enumerate().filter_map(|(at, lane)| Some((key(lane.peek()?), at)));
        let (_, at) = heads.min()?;
        Some((at, lanes.get_mut(at)?.next()?))
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
