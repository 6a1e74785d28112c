//! What a TCP or UDP checksum says about the octets it covers (RFC 9293 Section 3.1, RFC 1071).
//!
//! Sums are kept in the machine's own octet order, which the ones' complement sum allows (RFC 1071, Section 2 (B)).

use std::net::IpAddr;

/// The verdict of a checksum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Checksum {
    /// It covers what was captured.
    Right,
    /// It does not.
    Wrong,
    /// It equals the folded sum of the pseudo-header alone: left to the network card of the capturing host.
    Partial,
    /// It cannot be told: part of the segment was not captured, or UDP over IPv4 carries none.
    Unknown,
}

/// Judges the checksum of a segment or datagram: `octets` from its first to its last, `field` as it stands in them.
/// With it comes the sum of all that the checksum covers, the field left out: equal for equal segments, whoever filled
/// the field in.
#[inline]
pub(super) fn judge(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    octets: &[u8],
    field: [u8; 2],
) -> (Checksum, u16) {
    let field = u16::from_ne_bytes(field);
    let pseudo = pseudo_header(source, destination, protocol, octets.len());
    let all = fold(pseudo + sum(octets));
    let verdict = if all == u16::MAX {
        Checksum::Right
    } else if fold(pseudo) == field {
        Checksum::Partial
    } else {
        Checksum::Wrong
    };
    // The two zeros of the ones' complement are one.
    (verdict, fold(u64::from(all) + u64::from(!field)) % u16::MAX)
}

/// The sum over the pseudo-header: addresses, protocol, length.
#[inline]
fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> u64 {
    let addresses = match (source, destination) {
        (IpAddr::V4(from), IpAddr::V4(to)) => sum(&from.octets()) + sum(&to.octets()),
        (IpAddr::V6(from), IpAddr::V6(to)) => sum(&from.octets()) + sum(&to.octets()),
        // One packet has one version, so this cannot be.
        _ => 0,
    };
    // Longer than 4 GiB no packet is: `wire_len` is 32 bits wide.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    addresses + u64::from(length.to_be()) + u64::from(u16::from(protocol).to_be())
}

/// The sum of 16-bit words, partly folded, so that more can be added; an odd last octet counts as the upper half of a word.
/// Eight octets a step, the carry added back in: the ones' complement sum does not mind how wide its words are.
#[inline]
fn sum(octets: &[u8]) -> u64 {
    let (chunks, rest) = octets.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let words = chunks.iter().map(|chunk| u64::from_ne_bytes(*chunk));
    let total = words.fold(u64::from_ne_bytes(last), |total, word| {
        let (total, carry) = total.overflowing_add(word);
        total + u64::from(carry)
    });
    (total >> 32) + (total & 0xffff_ffff)
}

/// The sum in 16 bits, carries added back in.
#[inline]
const fn fold(mut sum: u64) -> u16 {
    sum = (sum >> 32) + (sum & 0xffff_ffff);
    sum = (sum >> 32) + (sum & 0xffff_ffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    #[expect(clippy::cast_possible_truncation, reason = "three foldings of 32 bits leave 16")]
    {
        sum as u16
    }
}

#[cfg(test)]
mod tests {
    use super::{Checksum, fold, judge, sum};
    use proptest::prelude::*;
    use std::net::IpAddr;

    /// The example of RFC 1071, Section 3: these eight octets sum to 2ddf0, folded ddf2.
    #[test]
    fn the_example_of_rfc_1071_sums_up() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(fold(sum(&octets)), u16::from_ne_bytes([0xdd, 0xf2]));
    }

    fn ends() -> impl Strategy<Value = (IpAddr, IpAddr)> {
        prop_oneof![
            any::<([u8; 4], [u8; 4])>().prop_map(|(from, to)| (from.into(), to.into())),
            any::<([u8; 16], [u8; 16])>().prop_map(|(from, to)| (from.into(), to.into())),
        ]
    }

    proptest! {
        #[test]
        fn a_checksum_made_by_etherparse_is_right_and_without_the_octets_partial(
            (from, to) in ends(), ports in any::<(u16, u16)>(), seq in any::<u32>(),
            payload in proptest::collection::vec(any::<u8>(), 0..99), flip in any::<(prop::sample::Index, u8)>(),
        ) {
            let mut header = etherparse::TcpHeader::new(ports.0, ports.1, seq, 512);
            header.checksum = match (from, to) {
                (IpAddr::V4(from), IpAddr::V4(to)) => header.calc_checksum_ipv4_raw(from.octets(), to.octets(), &payload),
                (IpAddr::V6(from), IpAddr::V6(to)) => header.calc_checksum_ipv6_raw(from.octets(), to.octets(), &payload),
                _ => unreachable!("both are of one version"),
            }.expect("a short segment");
            let mut octets = header.to_bytes().to_vec();
            octets.extend_from_slice(&payload);
            let field = |octets: &[u8]| [octets[16], octets[17]];
            let (verdict, whole) = judge(from, to, 6, &octets, field(&octets));
            prop_assert_eq!(verdict, Checksum::Right);

            let pseudo = fold(super::pseudo_header(from, to, 6, octets.len())).to_ne_bytes();
            let mut partial = octets.clone();
            partial[16..18].copy_from_slice(&pseudo);
            let (verdict, left_to_the_card) = judge(from, to, 6, &partial, pseudo);
            prop_assert!(verdict == Checksum::Partial || partial == octets);
            prop_assert_eq!(left_to_the_card, whole, "the sum without the field does not depend on who fills it in");

            let (at, change) = flip;
            let at = at.index(octets.len());
            // One octet changed moves the sum by less than 65535, so it never comes back to where it was.
            let before = octets[at];
            octets[at] ^= change | 1;
            let (verdict, _) = judge(from, to, 6, &octets, field(&octets));
            prop_assert!(verdict != Checksum::Right, "octet {} was {}, is {}", at, before, octets[at]);
        }
    }
}
