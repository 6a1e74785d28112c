//! Choices taken from octets, so that a small change of the input is a small change of what is chosen.

/// Octets not yet used for a choice; at their end every choice is the first.
#[derive(Clone, Debug)]
pub struct Chooser<'o> {
    rest: &'o [u8],
}

impl<'o> Chooser<'o> {
    /// Chooses by these.
    #[must_use]
    pub fn new(octets: &'o [u8]) -> Self {
        Self { rest: octets }
    }

    /// Whether there are octets left.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.rest.is_empty()
    }

    /// The next octet.
    pub fn octet(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    /// The next two, in network order.
    pub fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.octet(), self.octet()])
    }

    /// The next four, in network order.
    pub fn long(&mut self) -> u32 {
        (u32::from(self.word()) << 16) | u32::from(self.word())
    }

    /// The next `most` octets, fewer if there are not so many.
    pub fn octets(&mut self, most: usize) -> &'o [u8] {
        let (taken, rest) = self.rest.split_at(most.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// One of these.
    pub fn of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[usize::from(self.octet()) % values.len()]
    }

    /// A number near one that matters, or any at all.
    pub fn near(&mut self, places: &[u32]) -> u32 {
        let how = self.octet();
        if how >= 240 || places.is_empty() {
            return self.long();
        }
        let place = places[usize::from(how) % places.len()];
        let step = self.octet();
        let distance = match step & 0x7f {
            small @ 0..=63 => u32::from(small),
            large => 1_u32 << (large & 31),
        };
        if step & 0x80 == 0 { place.wrapping_add(distance) } else { place.wrapping_sub(distance) }
    }
}
