//! Seeded chance: the same seed makes the same link.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence that belongs to a seed.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether something happens that happens so many times in a million.
    pub const fn happens(&mut self, per_million: u32) -> bool {
        per_million > 0 && self.below(1_000_000) < per_million as u64
    }

    /// A number below `bound`; 0 if that is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        match bound {
            0 => 0,
            bound => ((self.bits() as u128 * bound as u128) >> 64) as u64,
        }
    }

    /// A span up to `most`.
    pub fn span(&mut self, most: Duration) -> Duration {
        Duration::from_nanos(self.below(u64::try_from(most.as_nanos()).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn a_seed_decides_everything_and_a_share_is_kept() {
        let (mut one, mut same) = (Chance::of(7), Chance::of(7));
        assert!((0..100).all(|_| one.bits() == same.bits()));
        let hits = (0..100_000).filter(|_| one.happens(30_000)).count();
        assert!((2_700..3_300).contains(&hits), "{hits} of 100000 at 3 %");
        assert!((0..1000).all(|_| one.below(12) < 12));
        assert_eq!(one.below(0), 0);
        assert!(!one.happens(0));
    }
}
