//! Steps to captured frames: the same trace as octets, over several link layers, with right checksums.
//!
//! Payload octets follow from their sequence numbers, so that a retransmission carries the same text however it is
//! cut. All octets are made in one private function, `encode`; nothing else here knows what a header looks like.

use super::{Attribute, Step, TraceError, icmp};
use crate::four_tuple::FourTuple;
use crate::packet::LinkType;
use crate::peer::Peer;
use crate::timestamp::Timestamp;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What carries the segments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// IPv4 over Ethernet.
    Ethernet4,
    /// IPv6 over Ethernet.
    Ethernet6,
    /// IPv4 over Ethernet with an IEEE 802.1Q tag, VLAN 7.
    Vlan4,
    /// IPv4 with no link layer.
    Raw4,
    /// IPv6 with no link layer.
    Raw6,
}

/// A trace as a capture would hold it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Captured {
    /// What each frame starts with.
    pub link: LinkType,
    /// The frames and their stamps, in the order of the lines.
    pub frames: Vec<(Timestamp, Vec<u8>)>,
}

/// The stamp before the first line: 2026-01-01 00:00 UTC.
pub const START: Timestamp = Timestamp::from_ns(1_767_225_600_000_000_000);

/// VLAN of [`Carrier::Vlan4`].
pub const VLAN: u16 = 7;

const PORTS: [u16; 2] = [49_152, 80];
const TCP: u8 = 6;

impl Carrier {
    /// Every way to carry a trace.
    pub const ALL: [Self; 5] = [Self::Ethernet4, Self::Ethernet6, Self::Vlan4, Self::Raw4, Self::Raw6];

    /// LINKTYPE_ETHERNET or LINKTYPE_RAW.
    #[must_use]
    pub const fn link(self) -> LinkType {
        match self {
            Self::Ethernet4 | Self::Ethernet6 | Self::Vlan4 => LinkType(1),
            Self::Raw4 | Self::Raw6 => LinkType(101),
        }
    }

    /// Source and destination of what `from` sends: addresses reserved for documentation (RFC 5737, RFC 3849),
    /// port 49152 for A and port 80 for B.
    #[must_use]
    pub const fn path(self, from: Peer) -> FourTuple {
        let (a, b) = match self {
            Self::Ethernet4 | Self::Vlan4 | Self::Raw4 => {
                (IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)))
            }
            Self::Ethernet6 | Self::Raw6 => (
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1)),
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 1)),
            ),
        };
        let (a, b) = (SocketAddr::new(a, PORTS[0]), SocketAddr::new(b, PORTS[1]));
        match from {
            Peer::A => FourTuple { from: a, to: b },
            Peer::B => FourTuple { from: b, to: a },
        }
    }
}

/// The trace as frames, stamped from [`START`] on.
///
/// # Errors
///
/// [`TraceError`] for a line whose payload does not fit into an IP packet.
pub fn captured(steps: &[Step], carrier: Carrier) -> Result<Captured, TraceError> {
    let mut at = START;
    let mut sent = [0_u16; 2];
    let mut frames = Vec::with_capacity(steps.len());
    for step in steps {
        at = at + step.since_previous;
        let [by_a, by_b] = &mut sent;
        let count = match step.from {
            Peer::A => by_a,
            Peer::B => by_b,
        };
        *count = count.wrapping_add(1);
        let octets = encode(step, carrier, *count).ok_or_else(|| TraceError {
            line: step.line,
            wanted: "a payload that fits into one IP packet".to_owned(),
            found: format!("{} octets", step.len),
        })?;
        frames.push((at, octets));
    }
    Ok(Captured { link: carrier.link(), frames })
}

/// What a step says of the IP header.
struct IpHeader {
    from: IpAddr,
    to: IpAddr,
    hop_limit: u8,
    id: u16,
    ecn: u8,
}

/// One frame, link layer first; `None` if its length does not fit the IP header. `count` is its IPv4 identification
/// unless the step gives one.
fn encode(step: &Step, carrier: Carrier, count: u16) -> Option<Vec<u8>> {
    let mut path = carrier.path(step.sender());
    let mut header = IpHeader { from: path.from.ip(), to: path.to.ip(), hop_limit: 64, id: count, ecn: 0 };
    let (mut is_short, mut checksum_flip) = (false, 0_u16);
    for attribute in &step.attributes {
        match *attribute {
            Attribute::HopLimit(limit) => header.hop_limit = limit,
            Attribute::Id(given) => header.id = given,
            Attribute::Ecn(bits) => header.ecn = bits,
            Attribute::Short => is_short = true,
            // Neither 0 nor 0xffff: those two flips can leave a checksum that still sums up.
            Attribute::BadChecksum => checksum_flip = 0x00ff,
            Attribute::Multicast => {
                path.to.set_ip(all_hosts(path.to.ip()));
                header.to = path.to.ip();
            }
            _ => {}
        }
    }
    let tcp_len = u16::try_from(header_len(step)).ok()?.checked_add(u16::try_from(step.len).ok()?)?;
    let addresses = [octets(path.from.ip()), octets(path.to.ip())].concat();
    let mut tcp = segment(step, path);
    let checksum = !folded(sum(&addresses) + u64::from(TCP) + u64::from(tcp_len) + sum(&tcp)) ^ checksum_flip;
    tcp.get_mut(16..18)?.copy_from_slice(&checksum.to_be_bytes());
    let mut packet = ip_packet(&header, TCP, &tcp)?;
    if let Some(kind) = step.icmp() {
        let (protocol, message) = icmp::message(step, kind, carrier, &packet);
        let to = carrier.path(step.from).to.ip();
        let around = IpHeader { from: icmp::source(step, carrier), to, hop_limit: 64, id: count, ecn: 0 };
        packet = ip_packet(&around, protocol, &message)?;
    }
    let mut frame = link_header(step.from, carrier);
    frame.extend(packet);
    if is_short {
        frame.pop();
    }
    Some(frame)
}

/// What stands before the IP header of a packet that comes from the side of `from`.
fn link_header(from: Peer, carrier: Carrier) -> Vec<u8> {
    let mut frame = Vec::with_capacity(128);
    if carrier.link() == LinkType(1) {
        let ether_type: u16 = if carrier.path(from).from.is_ipv4() { 0x0800 } else { 0x86dd };
        let (a, b) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let [destination, source] = if from == Peer::A { [b, a] } else { [a, b] };
        frame.extend([destination, source].concat());
        if carrier == Carrier::Vlan4 {
            frame.extend([0x8100_u16.to_be_bytes(), VLAN.to_be_bytes()].concat());
        }
        frame.extend(ether_type.to_be_bytes());
    }
    frame
}

/// An IP packet around `payload`; `None` if that is too long for one.
fn ip_packet(header: &IpHeader, protocol: u8, payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(payload.len()).ok()?;
    let addresses = [octets(header.from), octets(header.to)].concat();
    let mut packet;
    if header.from.is_ipv4() {
        packet = vec![0x45, header.ecn];
        packet.extend(length.checked_add(20)?.to_be_bytes());
        packet.extend(header.id.to_be_bytes());
        packet.extend([0x40, 0, header.hop_limit, protocol, 0, 0]);
        packet.extend(&addresses);
        let checksum = !folded(sum(&packet));
        packet.get_mut(10..12)?.copy_from_slice(&checksum.to_be_bytes());
    } else {
        packet = vec![0x60, header.ecn << 4, 0, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([protocol, header.hop_limit]);
        packet.extend(&addresses);
    }
    packet.extend(payload);
    Some(packet)
}

/// Octets of the TCP header: 20 and the options, filled up to a multiple of four.
fn header_len(step: &Step) -> usize {
    20 + step.options.iter().map(|option| option.octets().len()).sum::<usize>().next_multiple_of(4)
}

/// TCP header with a zero checksum, and payload.
fn segment(step: &Step, path: FourTuple) -> Vec<u8> {
    let (mut ack, mut urgent, mut shift, mut reserved) = (step.ack.map_or(0, |ack| ack.get()), 0, 0, 0);
    for attribute in &step.attributes {
        match *attribute {
            Attribute::AckField(field) => ack = field,
            Attribute::Urgent(pointer) => urgent = pointer,
            Attribute::Text(given) => shift = given,
            Attribute::Reserved(given) => reserved = u16::from(given & 0b111) << 9,
            _ => {}
        }
    }
    let header_len = header_len(step);
    let words = u16::try_from(header_len / 4).unwrap_or(15).min(15);
    let mut tcp = Vec::with_capacity(header_len);
    tcp.extend(path.from.port().to_be_bytes());
    tcp.extend(path.to.port().to_be_bytes());
    tcp.extend(step.seq.get().to_be_bytes());
    tcp.extend(ack.to_be_bytes());
    tcp.extend((words << 12 | reserved | step.flags.0 & 0x1ff).to_be_bytes());
    tcp.extend(step.window.to_be_bytes());
    tcp.extend([0, 0]);
    tcp.extend(urgent.to_be_bytes());
    tcp.extend(step.options.iter().flat_map(|option| option.octets()));
    tcp.resize(header_len, 0);
    tcp.extend((0..step.len).map(|offset| (step.seq + offset).get().to_le_bytes()[0].wrapping_add(shift)));
    tcp
}

/// The sum of 16-bit words (RFC 1071), an odd last octet filled up with zero.
pub(super) fn sum(octets: &[u8]) -> u64 {
    let (pairs, rest) = octets.as_chunks::<2>();
    let words = pairs.iter().map(|pair| u64::from(u16::from_be_bytes(*pair))).sum::<u64>();
    words + rest.first().map_or(0, |last| u64::from(*last) << 8)
}

/// Carries added back in, down to 16 bits.
pub(super) fn folded(sum: u64) -> u16 {
    let mut sum = sum;
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(u16::MAX)
}

/// All hosts on the link.
const fn all_hosts(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(224, 0, 0, 1)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1)),
    }
}

pub(super) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Carrier, START, captured, folded, sum};
    use crate::trace::parse;

    #[test]
    fn a_syn_over_ipv4_is_these_octets() {
        let steps = parse("SYN-SENT > S 258:258(0) win 512 <mss 1460> > ?").unwrap();
        let frames = captured(&steps, Carrier::Raw4).unwrap().frames;
        let (at, octets) = &frames[0];
        assert_eq!(at.since(START).as_ns(), 1_000_000);
        let ip = [0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0xd4, 0x94, 198, 51, 100, 1, 203, 0, 113, 1];
        assert_eq!(octets[..20], ip);
        assert_eq!(octets[20..36], [0xc0, 0, 0, 80, 0, 0, 1, 2, 0, 0, 0, 0, 0x60, 2, 2, 0]);
        assert_eq!(octets[38..], [0, 0, 2, 4, 0x05, 0xb4]);
    }

    #[test]
    fn checksums_sum_up_unless_told_otherwise() {
        let steps = parse("? > P. 1:4(3) ack 9 > ?\n? > P. 1:4(3) ack 9 {bad-checksum} > ?").unwrap();
        let frames = captured(&steps, Carrier::Raw6).unwrap().frames;
        let total = |octets: &[u8]| folded(sum(&octets[8..40]) + 6 + 23 + sum(&octets[40..]));
        assert_eq!(total(&frames[0].1), 0xffff);
        assert_ne!(total(&frames[1].1), 0xffff);
    }

    #[test]
    fn a_resent_octet_is_the_same_octet_however_the_text_is_cut() {
        let steps = parse("? > . 10:14(4) ack 1 > ?\n? > . 12:16(4) ack 1 > ?\n? > . 12:14(2) ack 1 {text 1} > ?");
        let frames = captured(&steps.unwrap(), Carrier::Raw4).unwrap().frames;
        assert_eq!(frames[0].1[40..], [10, 11, 12, 13]);
        assert_eq!(frames[1].1[40..], [12, 13, 14, 15]);
        assert_eq!(frames[2].1[40..], [13, 14]);
    }

    #[test]
    fn a_payload_too_long_for_ip_is_refused_with_its_line() {
        let steps = parse("# cited\n? > . 0:65496(65496) ack 1 > ?").unwrap();
        let said = captured(&steps, Carrier::Ethernet4).unwrap_err().to_string();
        assert_eq!(said, "line 2: wanted a payload that fits into one IP packet, found 65496 octets");
    }
}
