//! The options at the end of a pcapng block: code, length, value, padding to four octets.
//!
//! Format: draft-ietf-opsawg-pcapng, Section 3.5. A list that runs out of its block just ends: options are extras, and
//! no packet is worth losing for one. Used by the block readers beside it.

use crate::capture::file::octets::ByteOrder;

/// An option's code and value.
pub(super) struct Options<'b> {
    order: ByteOrder,
    rest: &'b [u8],
}

impl<'b> Options<'b> {
    /// The options that start at octet `at` of a block's body.
    pub(super) fn of(order: ByteOrder, body: &'b [u8], at: usize) -> Self {
        Self { order, rest: body.get(at..).unwrap_or_default() }
    }
}

impl<'b> Iterator for Options<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = self.order.u16(self.rest, 0)?;
        let length = usize::from(self.order.u16(self.rest, 2)?);
        if code == 0 {
            self.rest = &[];
            return None;
        }
        let value = self.rest.get(4..4 + length)?;
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}

#[cfg(test)]
mod tests {
    use super::{ByteOrder, Options};

    #[test]
    fn a_list_ends_at_its_end_mark_and_at_its_blocks_end() {
        let body = [9, 0, 1, 0, 6, 0, 0, 0, 14, 0, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0];
        let read: Vec<_> = Options::of(ByteOrder::Little, &body, 0).collect();
        assert_eq!(read, [(9, &[6][..]), (14, &[1, 2][..])]);
        assert_eq!(Options::of(ByteOrder::Little, &[9, 0, 200, 0, 1], 0).count(), 0);
        assert_eq!(Options::of(ByteOrder::Little, &[9, 0, 1, 0, 1], 0).count(), 1);
        assert_eq!(Options::of(ByteOrder::Little, &body, 99).count(), 0);
    }
}
