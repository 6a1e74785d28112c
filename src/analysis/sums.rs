//! Whether a wrong checksum means damage: only where the same host's other checksums in this capture are right.
//!
//! Where a host's checksums are wrong throughout, a card was to fill them in, or somebody changed the addresses.

use crate::tcp::acceptance::Sums;
use crate::tcp::stream::Stream;
use crate::wire::checksum::Checksum;
use hashbrown::HashMap;
use std::net::IpAddr;

/// Hosts whose checksums are remembered across connections, in two halves: when the newer one is full, the hosts that were
/// not heard since it was begun are forgotten, and of these each connection knows only itself.
pub const MAX_HOSTS: usize = 65_536;

/// Directions with right and with wrong checksums, by sending host.
#[derive(Debug, Default)]
pub struct Hosts {
    known: Half,
    older: Half,
    /// If others are followed side by side: hosts to be credited with a direction of right checksums, in their order.
    noted: Option<Vec<IpAddr>>,
    /// The most at a time.
    pub most: usize,
    /// How many were forgotten to make room for others.
    pub forgotten: u64,
}

type Half = HashMap<IpAddr, (u32, u32), foldhash::fast::RandomState>;

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
                let known = self.known.get(&host).or_else(|| self.older.get(&host)).copied().unwrap_or_default();
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
            if self.known.len() >= MAX_HOSTS / 2 {
                let gone = std::mem::replace(&mut self.older, std::mem::take(&mut self.known));
                self.forgotten += gone.len() as u64;
            }
            if let Some(counts) = self.older.remove(&host) {
                self.known.insert(host, counts);
            }
            self.most = self.most.max(self.known.len() + self.older.len() + 1);
        }
        self.known.entry(host).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Hosts, MAX_HOSTS};
    use std::net::{IpAddr, Ipv4Addr};

    fn host(number: u32) -> IpAddr {
        Ipv4Addr::from(number).into()
    }

    #[test]
    fn hosts_not_heard_for_long_are_forgotten_and_counted_and_the_others_kept() {
        let mut hosts = Hosts::default();
        let most = u32::try_from(MAX_HOSTS).unwrap();
        for number in 1..=2 * most {
            hosts.entry(host(number)).0 += 1;
            // This one is heard all the time.
            hosts.entry(host(0)).0 += 1;
        }
        assert_eq!(hosts.entry(host(0)).0, 2 * most);
        assert_eq!(hosts.entry(host(2 * most)).0, 1);
        assert!(hosts.known.len() + hosts.older.len() <= MAX_HOSTS && hosts.most <= MAX_HOSTS);
        let kept = (hosts.known.len() + hosts.older.len()) as u64;
        assert_eq!(hosts.forgotten + kept, u64::from(2 * most) + 1);
    }
}
