//! A tap that records some segments twice, and some before what caused them.

use super::dice::Dice;
use super::run::{Run, Seen};
use synfin::timestamp::Elapsed;

/// Between two frames that the tap made of one.
const APART: Elapsed = Elapsed::from_ns(10_000);

/// Frames further apart come in their right order: less than the window in which the engine undoes another.
const WINDOW: Elapsed = Elapsed::from_ns(900_000);

/// Of 100 segments, how many are recorded twice; of 100 answers, how many are recorded before what they answer.
const DOUBLED: u32 = 30;
const SWAPPED: u32 = 30;

/// What such a tap records of an exchange.
pub(crate) fn tapped(run: &Run) -> Vec<Seen> {
    let mut dice = Dice::new(run.seed ^ 0x7a9);
    let mut seen = run.seen.clone();
    let mut at = 1;
    while at < seen.len() {
        let (first, second) = (seen[at - 1], seen[at]);
        // Behind an ordinary segment, a first SYN looks like one that comes late into a connection.
        let opens = at == 1 && !second.flags.syn();
        let soon = second.time.since(first.time) < WINDOW;
        if !opens && soon && answers(&seen[..at - 1], first, second) && dice.chance(SWAPPED) {
            seen[at - 1] = Seen { time: first.time, ..second };
            seen[at] = Seen { time: second.time, ..first };
            at += 1;
        }
        at += 1;
    }
    let mut recorded = Vec::new();
    for segment in seen {
        recorded.push(segment);
        if dice.chance(DOUBLED) {
            recorded.push(Seen { time: segment.time + APART, ..segment });
        }
    }
    recorded
}

fn end(seen: &Seen) -> u32 {
    seen.seq.wrapping_add(seen.len + u32::from(seen.flags.syn()) + u32::from(seen.flags.fin()))
}

/// Whether `second` acknowledges what `first` sends for the first time.
fn answers(before: &[Seen], first: Seen, second: Seen) -> bool {
    let known = |it: &Seen| it.from == first.from && (end(&first).wrapping_sub(end(it))).cast_signed() <= 0;
    let plain = !first.flags.rst() && !second.flags.rst() && end(&first) != first.seq;
    plain && first.from != second.from && second.ack == Some(end(&first)) && !before.iter().any(known)
}
