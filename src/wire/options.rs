//! TCP options (RFC 9293 Section 3.2, RFC 7323, RFC 2018, RFC 7413, RFC 8684, RFC 2385), walked without etherparse,
//! whose iterator stops at the first kind that it does not know.
//!
//! Facts only: an option of a wrong size or an option out of place is shown, not judged. Anybody may use it.

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

/// The first place where an option's length makes no sense, so that nothing after it can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OptionFault {
    /// Octet within the options, from 0, at which the option starts.
    pub at: usize,
    /// Its kind.
    pub kind: u8,
    /// Its length octet: below 2 or above `room`; `None` if the options end before it.
    pub length: Option<u8>,
    /// Octets from its first to the end of the options.
    pub room: usize,
}

/// ExID of the experimental TCP Fast Open option (kinds 253 and 254, RFC 6994) that RFC 7413's drafts used.
const FAST_OPEN_EXPERIMENT: [u8; 2] = [0xf9, 0x89];

/// A walk over options: what is left of them.
#[derive(Clone, Debug)]
struct OptionWalk<'p> {
    rest: &'p [u8],
}

impl<'p> OptionWalk<'p> {
    /// The next option, or why what is left holds none.
    #[inline]
    fn step(&mut self) -> Result<Option<TcpOption<'p>>, (u8, Option<u8>)> {
        let (kind, length) = match *self.rest {
            [] => return Ok(None),
            [0, ..] => {
                self.rest = &[];
                return Ok(Some(TcpOption::End));
            }
            [1, ref rest @ ..] => {
                self.rest = rest;
                return Ok(Some(TcpOption::NoOperation));
            }
            [kind] => return Err((kind, None)),
            [kind, length, ..] => (kind, length),
        };
        match self.rest.split_at_checked(usize::from(length)) {
            Some(([_, _, data @ ..], rest)) => {
                self.rest = rest;
                Ok(Some(read(kind, data)))
            }
            _ => Err((kind, Some(length))),
        }
    }
}

impl<'p> Iterator for OptionWalk<'p> {
    type Item = TcpOption<'p>;

    #[inline]
    fn next(&mut self) -> Option<TcpOption<'p>> {
        let option = self.step();
        if option.is_err() {
            self.rest = &[];
        }
        option.ok().flatten()
    }
}

/// Decodes one option from its kind and the octets after its length.
#[inline]
fn read(kind: u8, data: &[u8]) -> TcpOption<'_> {
    match (kind, data) {
        (2, &[high, low]) => TcpOption::MaximumSegmentSize(u16::from_be_bytes([high, low])),
        (3, &[shift]) => TcpOption::WindowScale(shift),
        (4, []) => TcpOption::SackPermitted,
        (5, edges) if !edges.is_empty() && edges.len().is_multiple_of(8) => TcpOption::Sack(edges),
        (8, &[a, b, c, d, e, f, g, h]) => {
            TcpOption::Timestamps(u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
        }
        (30, [_, ..]) => TcpOption::Multipath(data),
        (34, cookie) if cookie.len() <= 16 => TcpOption::FastOpen(cookie),
        _ => TcpOption::Other(kind, data),
    }
}

impl<'p> Options<'p> {
    /// Walks the options up to the end, an End option, or the first option whose length is impossible.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = TcpOption<'p>> {
        OptionWalk { rest: self.octets }
    }

    /// Whether there are none, or timestamps behind two no-operations and nothing else: so are nearly all segments.
    #[inline]
    #[must_use]
    pub const fn are_plain(self) -> bool {
        matches!(self.octets, [] | [1, 1, 8, 10, _, _, _, _, _, _, _, _])
    }

    /// Where the walk had to stop before the end because of an impossible length, if it had to.
    /// Options that the snap length cut fault too: the segment's wholeness tells the two apart.
    #[must_use]
    pub fn fault(self) -> Option<OptionFault> {
        let mut walk = OptionWalk { rest: self.octets };
        loop {
            let room = walk.rest.len();
            match walk.step() {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err((kind, length)) => return Some(OptionFault { at: self.octets.len() - room, kind, length, room }),
            }
        }
    }

    /// TSval and TSecr, if a timestamps option is there (RFC 7323, Section 3.2).
    #[inline]
    #[must_use]
    pub fn timestamps(self) -> Option<(u32, u32)> {
        // Nearly every segment of a connection with timestamps carries them behind two no-operations and nothing else.
        match *self.octets {
            [1, 1, 8, 10, a, b, c, d, e, f, g, h] => {
                Some((u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])))
            }
            [] => None,
            _ => self.find_timestamps(),
        }
    }

    fn find_timestamps(self) -> Option<(u32, u32)> {
        self.iter().find_map(|option| match option {
            TcpOption::Timestamps(value, echo) => Some((value, echo)),
            _ => None,
        })
    }

    /// The window scale offered, as sent (RFC 7323, Section 2.2); above 14 counts as 14.
    #[must_use]
    pub fn window_scale(self) -> Option<u8> {
        self.iter().find_map(|option| match option {
            TcpOption::WindowScale(shift) => Some(shift),
            _ => None,
        })
    }

    /// The largest segment that the sender can receive, in octets (RFC 9293, Section 3.7.1).
    #[must_use]
    pub fn mss(self) -> Option<u16> {
        self.iter().find_map(|option| match option {
            TcpOption::MaximumSegmentSize(octets) => Some(octets),
            _ => None,
        })
    }

    /// Whether the sender can take selective acknowledgments (RFC 2018, Section 2).
    #[must_use]
    pub fn sack_permitted(self) -> bool {
        self.iter().any(|option| option == TcpOption::SackPermitted)
    }

    /// Blocks received beyond a gap: first sequence number of each, and the one after its last (RFC 2018, Section 3).
    #[inline]
    pub fn sack_blocks(self) -> impl Iterator<Item = (Seq, Seq)> + 'p {
        let walked = if self.are_plain() { Self::default() } else { self };
        let edges = walked.iter().find_map(|option| match option {
            TcpOption::Sack(edges) => Some(edges),
            _ => None,
        });
        let (blocks, _) = edges.unwrap_or_default().as_chunks::<8>();
        blocks.iter().map(|&[a, b, c, d, e, f, g, h]| {
            (Seq::new(u32::from_be_bytes([a, b, c, d])), Seq::new(u32::from_be_bytes([e, f, g, h])))
        })
    }

    /// The Fast Open cookie, empty in a request for one (RFC 7413, Section 4.1.1),
    /// also in the experimental option that came before the standard.
    #[must_use]
    pub fn fast_open(self) -> Option<&'p [u8]> {
        self.iter().find_map(|option| match option {
            TcpOption::FastOpen(cookie) => Some(cookie),
            TcpOption::Other(253 | 254, data) => data.strip_prefix(&FAST_OPEN_EXPERIMENT),
            _ => None,
        })
    }

    /// The first MPTCP option, from the octet with the subtype (upper four bits) on (RFC 8684, Section 3).
    #[must_use]
    pub fn multipath(self) -> Option<&'p [u8]> {
        self.iter().find_map(|option| match option {
            TcpOption::Multipath(data) => Some(data),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{OptionFault, Options, TcpOption};
    use crate::seq::Seq;
    use proptest::prelude::*;

    fn options(octets: &[u8]) -> Options<'_> {
        Options { octets }
    }

    #[test]
    fn options_behind_an_unknown_kind_are_found() {
        let octets = [253, 4, 1, 2, 34, 2, 2, 4, 5, 180, 3, 3, 7, 4, 2, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0];
        let syn = options(&octets);
        assert_eq!(syn.mss(), Some(1460));
        assert_eq!(syn.window_scale(), Some(7));
        assert_eq!(syn.timestamps(), Some((9, 8)));
        assert_eq!(syn.fast_open(), Some(&[][..]));
        assert!(syn.sack_permitted());
        assert_eq!(syn.fault(), None);
        assert_eq!(syn.iter().next(), Some(TcpOption::Other(253, &[1, 2])));
        assert_eq!(syn.iter().last(), Some(TcpOption::End));
    }

    #[test]
    fn the_usual_timestamps_are_read_the_short_way_too() {
        assert_eq!(options(&[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]).timestamps(), Some((1, 2)));
    }

    #[test]
    fn a_known_kind_of_a_wrong_size_is_other() {
        assert_eq!(options(&[2, 3, 5]).iter().collect::<Vec<_>>(), [TcpOption::Other(2, &[5])]);
        assert_eq!(options(&[5, 4, 0, 0]).iter().collect::<Vec<_>>(), [TcpOption::Other(5, &[0, 0])]);
        assert_eq!(options(&[19, 3, 9]).iter().collect::<Vec<_>>(), [TcpOption::Other(19, &[9])]);
    }

    #[test]
    fn an_impossible_length_ends_the_walk_and_is_named() {
        for (octets, fault) in [
            (&[1, 8, 0, 1][..], OptionFault { at: 1, kind: 8, length: Some(0), room: 3 }),
            (&[1, 8, 1, 1][..], OptionFault { at: 1, kind: 8, length: Some(1), room: 3 }),
            (&[1, 8, 10, 1][..], OptionFault { at: 1, kind: 8, length: Some(10), room: 3 }),
            (&[1, 1, 8][..], OptionFault { at: 2, kind: 8, length: None, room: 1 }),
        ] {
            assert_eq!(options(octets).fault(), Some(fault));
            assert!(options(octets).iter().all(|option| option == TcpOption::NoOperation));
        }
        assert_eq!(options(&[0, 8, 0]).fault(), None, "nothing after an end is an option");
    }

    #[test]
    fn selective_acknowledgments_are_pairs_of_edges() {
        let octets = [1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 255, 255, 255, 255, 0, 0, 0, 3];
        let blocks: Vec<_> = options(&octets).sack_blocks().collect();
        assert_eq!(blocks, [(Seq::new(1), Seq::new(2)), (Seq::new(u32::MAX), Seq::new(3))]);
    }

    #[test]
    fn fast_open_before_its_standard_is_fast_open() {
        assert_eq!(options(&[254, 6, 0xf9, 0x89, 7, 7]).fast_open(), Some(&[7, 7][..]));
        assert_eq!(options(&[254, 4, 1, 2]).fast_open(), None);
    }

    #[test]
    fn multipath_starts_at_its_subtype() {
        assert_eq!(options(&[30, 4, 0x70, 1]).multipath(), Some(&[0x70, 1][..]));
    }

    proptest! {
        #[test]
        fn any_octets_end(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
            let walked = options(&octets).iter().count();
            prop_assert!(walked <= octets.len());
            let ended = options(&octets).iter().any(|option| option == TcpOption::End);
            prop_assert!(!(ended && options(&octets).fault().is_some()));
        }
    }
}
