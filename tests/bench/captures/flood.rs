//! A flood of SYNs, and the connections that go on in it.

use super::Plan;
use super::frame::{Frames, Link, SYN, Said};
use super::random::Random;
use super::small::Short;
use std::io::{self, Write};

/// SYNs, of all in the flood, between two segments of a handshake: a round trip of some milliseconds in five million.
const ROUND_TRIP: u64 = 2_500;

/// Writes so many SYNs, each from a place of its own, and the segments of the plan's connections between them. Every one
/// opens in the first half, and closes a third of the flood later.
pub fn write<W: Write>(plan: &Plan, random: &mut Random, frames: &mut Frames<W>) -> io::Result<u64> {
    let apart = (plan.packets / ROUND_TRIP).max(1);
    let mut due = Vec::new();
    for which in 0..plan.real {
        let begins = u64::from(which) * (plan.packets / 2) / u64::from(plan.real);
        for turn in 0..10 {
            let later = if turn < 6 { 0 } else { plan.packets / 3 };
            due.push((begins + later + turn * apart, which));
        }
    }
    due.sort_unstable();
    let mut due = due.into_iter().peekable();
    let mut real: Vec<_> =
        (1..=plan.real).map(|number| Short::new(Link::numbered(number, random, false), random)).collect();
    for sent in 0..plan.packets {
        while let Some((_, which)) = due.next_if(|(at, _)| *at <= sent) {
            if let Some(short) = real.get_mut(which as usize) {
                short.step(frames)?;
                frames.pass(1);
            }
        }
        let source = 0x0100_0000 + random.below(0xdf00_0000);
        let port = 1_024 + u16::try_from(random.below(64_000)).unwrap_or(0);
        let mut link = Link::from_anywhere(source, port);
        let seq = random.word();
        let said = Said { flags: SYN, seq, ack: 0, window: 65_535, options: &[2, 4, 5, 180], payload: 0 };
        frames.segment(&mut link, true, said)?;
        frames.pass(u64::from(random.below(3)));
    }
    Ok(plan.packets + u64::from(plan.real))
}
