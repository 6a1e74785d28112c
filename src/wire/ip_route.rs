//! Where a routed packet comes from and goes to in the end: source routes, routing headers, Mobile IPv6 home addresses.
//!
//! A connection and its checksums are between those (RFC 8200, Section 8.1), not between the addresses of one hop.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What a routing header says about the final destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Last {
    /// No segments are left: it is the destination of the IP header.
    Arrived,
    /// It is this one.
    Address(Ipv6Addr),
    /// It stands there in a form that is not read here.
    Hidden,
}

/// The final destination in an IPv4 header with a source route on its way (RFC 791, Section 3.1).
pub(super) fn last_of_v4(options: &[u8]) -> Option<Ipv4Addr> {
    let mut rest = options;
    loop {
        rest = match *rest {
            [] | [0, ..] | [_] => return None,
            [1, ..] => rest.get(1..)?,
            [kind, length, ..] => {
                let (option, after) = rest.split_at_checked(usize::from(length))?;
                if let (131 | 137, [_, _, pointer, route @ ..]) = (kind, option)
                    && usize::from(*pointer) + 3 <= usize::from(length)
                {
                    return route.last_chunk::<4>().map(|address| Ipv4Addr::from(*address));
                }
                if length < 2 {
                    return None;
                }
                after
            }
        };
    }
}

/// The final destination in a routing header, from its next-header octet on:
/// types 0 (RFC 2460, Section 4.4), 2 (RFC 6275, Section 6.4) and 4 (RFC 8754, Section 2).
pub(super) fn last_of_v6(header: &[u8]) -> Last {
    let address = match *header {
        [_, _, _, 0, ..] => return Last::Arrived,
        [_, _, 0, _, _, _, _, _, ref list @ ..] => list.last_chunk::<16>(),
        [_, _, 2 | 4, _, _, _, _, _, ref list @ ..] => list.first_chunk::<16>(),
        _ => None,
    };
    address.map_or(Last::Hidden, |address| Last::Address(Ipv6Addr::from(*address)))
}

/// The home address in destination options, from their first one on (RFC 6275, Section 6.3).
pub(super) fn home_address(options: &[u8]) -> Option<Ipv6Addr> {
    let mut rest = options;
    loop {
        rest = match *rest {
            [0, ..] => rest.get(1..)?,
            [kind, length, ..] => {
                let (data, after) = rest.get(2..)?.split_at_checked(usize::from(length))?;
                if kind == 0xc9
                    && let Ok(address) = <[u8; 16]>::try_from(data)
                {
                    return Some(Ipv6Addr::from(address));
                }
                after
            }
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Last, home_address, last_of_v4, last_of_v6};
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn a_source_route_on_its_way_ends_at_its_last_address() {
        let on_its_way = [1, 131, 11, 4, 10, 0, 0, 1, 10, 0, 0, 9];
        assert_eq!(last_of_v4(&on_its_way), Some(Ipv4Addr::new(10, 0, 0, 9)));
        let arrived = [1, 131, 11, 12, 10, 0, 0, 1, 10, 0, 0, 9];
        assert_eq!(last_of_v4(&arrived), None);
        assert_eq!(last_of_v4(&[7, 0, 1, 1]), None, "a length of zero ends the walk");
        assert_eq!(last_of_v4(&[7, 3, 4, 0]), None, "a recorded route routes nothing");
    }

    #[test]
    fn a_routing_header_ends_at_its_last_address_by_its_type() {
        let list: Vec<u8> = [[1; 16], [2; 16]].concat();
        let header = |kind, left| [&[6, 4, kind, left, 0, 0, 0, 0][..], &list].concat();
        assert_eq!(last_of_v6(&header(0, 2)), Last::Address(Ipv6Addr::from([2; 16])));
        assert_eq!(last_of_v6(&header(4, 1)), Last::Address(Ipv6Addr::from([1; 16])));
        assert_eq!(last_of_v6(&header(0, 0)), Last::Arrived);
        assert_eq!(last_of_v6(&header(3, 1)), Last::Hidden);
        assert_eq!(last_of_v6(&[6, 0, 0, 1, 0, 0, 0, 0]), Last::Hidden, "segments are left but none is there");
    }

    #[test]
    fn a_home_address_is_found_behind_padding() {
        let options = [&[1, 2, 0, 0, 0xc9, 16][..], &[7; 16]].concat();
        assert_eq!(home_address(&options), Some(Ipv6Addr::from([7; 16])));
        assert_eq!(home_address(&[1, 2, 0, 0]), None);
        assert_eq!(home_address(&[0, 1, 9]), None);
    }
}
