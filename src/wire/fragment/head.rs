//! How much of its datagram's headers a fragment holds.
//!
//! Used by `fragment` alone. Of octets that the snap length cut nothing is said.

use super::Fragment;
use etherparse::IpNumber;

/// The length of a TCP header without options, and of those of UDP and ICMP.
const TCP_HEADER: usize = 20;
const SHORT_HEADER: usize = 8;

/// The least that a filter has to see of a TCP header: the flags are in it (RFC 1858, Section 3.1).
const FILTERED: u32 = 16;

/// Whether a first fragment in IPv6 holds all headers down to that of the transport; any other need not.
///
/// Each header passed has eight octets at least, so this ends.
pub(super) fn is_whole(fragment: &Fragment<'_>) -> bool {
    if fragment.source.is_ipv4() || fragment.offset != 0 {
        return true;
    }
    let is_cut = fragment.octets.len() < fragment.stated as usize;
    let (mut protocol, mut rest) = (IpNumber(fragment.protocol), fragment.octets);
    loop {
        let length = rest.get(1).map(|length| usize::from(*length));
        let passed = match protocol {
            IpNumber::IPV6_HEADER_HOP_BY_HOP
            | IpNumber::IPV6_ROUTE_HEADER
            | IpNumber::IPV6_DESTINATION_OPTIONS
            | IpNumber::MOBILITY_HEADER
            | IpNumber::HIP
            | IpNumber::SHIM6 => length.map(|length| (length + 1) * 8),
            IpNumber::AUTHENTICATION_HEADER => length.map(|length| (length + 2) * 4),
            IpNumber::IPV6_FRAGMENTATION_HEADER => Some(SHORT_HEADER),
            IpNumber::TCP => return is_cut || rest.len() >= TCP_HEADER,
            IpNumber::UDP | IpNumber::IPV6_ICMP => return is_cut || rest.len() >= SHORT_HEADER,
            _ => return true,
        };
        let next = rest.first().copied();
        match (next, passed.and_then(|passed| rest.get(passed..))) {
            (Some(next), Some(behind)) => (protocol, rest) = (IpNumber(next), behind),
            _ => return is_cut,
        }
    }
}

/// Whether a fragment in IPv4 divides the TCP header, so that a filter that looks at first fragments alone does not see what
/// is in it: the first is too short, or another begins at octet 8 (RFC 1858, Section 3; RFC 3128).
pub(super) fn is_tiny(fragment: &Fragment<'_>) -> bool {
    fragment.source.is_ipv4()
        && IpNumber(fragment.protocol) == IpNumber::TCP
        && (fragment.offset == 8 || fragment.offset == 0 && fragment.stated < FILTERED)
}
