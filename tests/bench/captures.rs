//! Captures to measure on: seeded, the same octets for the same plan, made at about a gigabyte a second.
//!
//! Four kinds: many short connections, a few long transfers with losses, a flood of SYNs, and a mixture over IPv4, IPv6,
//! VLANs and UDP. Frames are as Linux hosts send them, with right checksums. `generate` and the benchmarks use it; it
//! uses nothing of synfin, so that what is measured does not make its own measure.

mod bulk;
pub mod container;
mod flood;
mod frame;
mod random;
mod small;

use bulk::Transfers;
use container::Container;
use frame::{Frames, Link};
use random::Random;
use small::Short;
use std::io::{self, Write};

/// What is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Short connections of ten segments each, closed, a number of them open at a time.
    ManySmall,
    /// Long transfers in full segments; of a hundred, one is lost behind the tap, before it, or overtaken.
    Bulk,
    /// SYNs from everywhere to one host, never answered; meanwhile a number of connections open, talk and close.
    SynFlood,
    /// Six tenths short connections, four tenths transfers; of ten packets one is UDP, of ten connections three are over
    /// IPv6 and two in a VLAN.
    Mixed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ManySmall, Self::Bulk, Self::SynFlood, Self::Mixed];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManySmall => "many-small",
            Self::Bulk => "bulk",
            Self::SynFlood => "syn-flood",
            Self::Mixed => "mixed",
        }
    }
}

/// What is wanted of a capture.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kind: Kind,
    /// Packets, about: the last connections are taken to their end.
    pub packets: u64,
    /// Short connections open at a time.
    pub open: usize,
    pub seed: u64,
    /// Connections that go on during a flood.
    pub real: u32,
    /// Microseconds between two packets at most; half of it on average.
    pub apart: u32,
}

impl Plan {
    /// Of this kind and size, the rest as it usually is.
    #[must_use]
    pub const fn of(kind: Kind, packets: u64) -> Self {
        Self { kind, packets, open: 2_000, seed: 1, real: 0, apart: 20 }
    }
}

/// What came out.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Made {
    pub packets: u64,
    pub connections: u64,
}

/// Segments of one transfer, so that its length does not depend on how many there are.
const TRANSFER: u64 = 50_000;

/// Writes the capture.
///
/// # Errors
///
/// What `out` met.
pub fn write(plan: &Plan, container: Container, out: impl Write) -> io::Result<Made> {
    let mut random = Random::new(plan.seed);
    let mut frames = Frames::new(container, out)?;
    let connections = match plan.kind {
        Kind::ManySmall => mingle(plan, &mut random, &mut frames, Shares { short: 10, transfers: 0, datagrams: 0 })?,
        Kind::Bulk => mingle(plan, &mut random, &mut frames, Shares { short: 0, transfers: 10, datagrams: 0 })?,
        Kind::Mixed => mingle(plan, &mut random, &mut frames, Shares { short: 6, transfers: 3, datagrams: 1 })?,
        Kind::SynFlood => flood::write(plan, &mut random, &mut frames)?,
    };
    let packets = frames.written;
    frames.finish()?;
    Ok(Made { packets, connections })
}

/// Of ten packets so many are of each sort.
struct Shares {
    short: u32,
    transfers: u32,
    datagrams: u32,
}

fn mingle<W: Write>(plan: &Plan, random: &mut Random, frames: &mut Frames<W>, shares: Shares) -> io::Result<u64> {
    let mixed = shares.datagrams > 0;
    let mut next = 0;
    let mut link = |random: &mut Random| {
        next += 1;
        Link::numbered(next, random, mixed)
    };
    let mut short: Vec<Short> = Vec::new();
    let mut transfers = Transfers::default();
    let mut connections = 0;
    let sorts = shares.short + shares.transfers + shares.datagrams;
    // Once there is enough, nothing new begins and what is open ends.
    while frames.written < plan.packets || !short.is_empty() || !transfers.is_empty() {
        let begins = frames.written < plan.packets;
        let sort = random.below(sorts);
        if sort < shares.short {
            while begins && short.len() < plan.open {
                short.push(Short::new(link(random), random));
                connections += 1;
            }
            if !short.is_empty() {
                let at = random.below(u32::try_from(short.len()).unwrap_or(u32::MAX)) as usize;
                if short[at].step(frames)? {
                    short.swap_remove(at);
                }
            }
        } else if sort < shares.short + shares.transfers {
            if begins && transfers.len() < 20 {
                let segments = TRANSFER.min(plan.packets / 30 + 10);
                transfers.begin(link(random), segments, random);
                connections += 1;
            }
            transfers.step(frames, random)?;
        } else if begins {
            let mut link = link(random);
            frames.datagram(&mut link, random.below(2) == 0, 30 + random.below(90) as usize)?;
        }
        frames.pass(1 + u64::from(random.below(plan.apart)));
    }
    Ok(connections)
}
