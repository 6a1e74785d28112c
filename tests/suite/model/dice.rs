//! Chance that a seed decides: the same seed, the same rolls, on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014), the generator that seeds Java's and xoshiro's.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `sides` - 1.
    pub(super) fn roll(&mut self, sides: u32) -> u32 {
        u32::try_from(self.next() % u64::from(sides.max(1))).unwrap_or(0)
    }

    /// A whole 32-bit number.
    pub(super) fn number(&mut self) -> u32 {
        self.next().to_le_bytes().first_chunk().map_or(0, |low| u32::from_le_bytes(*low))
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.roll(100) < percent
    }
}
