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
    /// If others are followed side by side: hosts to be credited with a direction of right checksums, in their order.
    noted: Option<Vec<IpAddr>>,
    /// The most at a time.
    pub most: usize,
    /// How many were forgotten to make room for others.
    pub forgotten: u64,
}

impl Hosts {
    /// One that only notes whose checksums are right, for a stretch of the capture in which none is wrong, so that nobody
    /// asks.
    #[must_use]
    pub fn noting() -> Self {
        Self { noted: Some(Vec::new()), ..Self::default() }
    }

    /// What was noted since this was last called.
    pub fn noted(&mut self) -> impl Iterator<Item = IpAddr> + '_ {
        self.noted.iter_mut().flat_map(|noted| noted.drain(..))
    }

    /// A host has sent right checksums in one more direction of a connection.
    pub fn credit(&mut self, host: IpAddr) {
        match &mut self.noted {
            Some(noted) => noted.push(host),
            None => self.entry(host).0 += 1,
        }
    }

    /// Counts one checksum of `host`, sent on `stream`, and says what a wrong one would mean.
    pub fn count(&mut self, host: IpAddr, stream: &mut Stream, checksum: Checksum) -> Sums {
        match checksum {
            Checksum::Right => {
                if stream.right_sums == 0 {
                    self.credit(host);
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
