//! Whether a wrong checksum means damage: only where the same host's other checksums in this capture are right.
//!
//! Where a host's checksums are wrong throughout, a card was to fill them in, or somebody changed the addresses.

use crate::tcp::acceptance::Sums;
use crate::tcp::stream::Stream;
use crate::wire::checksum::Checksum;
use hashbrown::HashMap;
use std::net::IpAddr;

/// Hosts whose checksums are remembered across connections; of further ones each connection knows only itself.
pub const MAX_HOSTS: usize = 65_536;

/// Directions with right and with wrong checksums, by sending host.
#[derive(Debug, Default)]
pub struct Hosts {
    known: HashMap<IpAddr, (u32, u32), foldhash::fast::RandomState>,
    /// The most at a time.
    pub most: usize,
    /// How many were forgotten to make room for others.
    pub forgotten: u64,
}

impl Hosts {
    /// Counts one checksum of `host`, sent on `stream`, and says what a wrong one would mean.
    pub fn count(&mut self, host: IpAddr, stream: &mut Stream, checksum: Checksum) -> Sums {
        match checksum {
            Checksum::Right => {
                if stream.right_sums == 0 {
                    self.entry(host).0 += 1;
                }
                stream.right_sums = stream.right_sums.saturating_add(1);
                Sums::Untold
            }
            Checksum::Wrong => {
                let known = self.known.get(&host).copied().unwrap_or_default();
                if stream.wrong_sums == 0 {
                    self.entry(host).1 += 1;
                }
                let own = stream.right_sums > stream.wrong_sums;
                // A direction of which no checksum is right was left to a card, or changed, whatever the host's others are.
                let plain = stream.right_sums > 0 || stream.wrong_sums == 0;
                let others = plain && known.0 > known.1;
                stream.wrong_sums = stream.wrong_sums.saturating_add(1);
                if own || others { Sums::MostlyRight } else { Sums::Untold }
            }
            Checksum::Partial | Checksum::Unknown => Sums::Untold,
        }
    }

    /// Counts the first right checksum of `host` on a stream of which no more is kept yet.
    pub fn count_right(&mut self, host: IpAddr) {
        self.entry(host).0 += 1;
    }

    fn entry(&mut self, host: IpAddr) -> &mut (u32, u32) {
        if !self.known.contains_key(&host) {
            if self.known.len() >= MAX_HOSTS {
                self.forgotten += MAX_HOSTS as u64;
                self.known.clear();
            }
            self.most = self.most.max(self.known.len() + 1);
        }
        self.known.entry(host).or_default()
    }
}
