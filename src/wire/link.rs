//! Link layers by pcap's link-type numbers (<https://www.tcpdump.org/linktypes.html>), and what stands between them and IP:
//! VLAN tags, MPLS labels, PPPoE, PPP, LLC. Links that the numbers below leave out are not decoded; `link_name` knows of many
//! of them whether there can be IP inside.
//!
//! Left out on purpose, for no capture met so far has an IP packet in them: signalling (MTP2, 140), BACnet (MS/TP, 165; IPv6
//! over it is RFC 8163's), netlink messages (253), sockets between virtual machines (271), IEEE 802.15.4 (195; IPv6 in it is
//! compressed, RFC 6282), experimental Ethernet (2), and numbers that somebody chose without asking (ns-3's have bare TCP).

mod lan;
pub(super) mod radio;
mod recorded;
pub(super) mod tag;
mod wan;

use super::encapsulation::Layer;
use super::segment::Direction;
use super::undecodable::{Fault, Undecodable};
use super::walk::{Next, Step, Walk};
use crate::packet::{LinkType, Packet};
use etherparse::EtherType;

const NULL: u16 = 0;
const ETHERNET: u16 = 1;
const PPP: u16 = 9;
const RAW_BSD: u16 = 12;
const RAW_OPENBSD: u16 = 14;
const PPP_HDLC: u16 = 50;
const PPP_ETHER: u16 = 51;
const RAW: u16 = 101;
const CISCO_HDLC: u16 = 104;
const LOOP: u16 = 108;
const LINUX_SLL: u16 = 113;
const IPV4: u16 = 228;
const IPV6: u16 = 229;
const LINUX_SLL2: u16 = 276;

/// Smallest Ethernet type; below it the field is an IEEE 802.3 length.
const ETHER_TYPE_MIN: u16 = 0x600;
const MPLS_UNICAST: EtherType = EtherType(0x8847);
const MPLS_MULTICAST: EtherType = EtherType(0x8848);
const PPPOE_DISCOVERY: EtherType = EtherType(0x8863);
const PPPOE_SESSION: EtherType = EtherType(0x8864);
/// Linux's own protocol number for a frame that starts with an LLC header.
const LINUX_LLC: EtherType = EtherType(0x0004);

/// ARPHRD_NETLINK: what looks like an Ethernet type is then a netlink family.
pub(super) const HARDWARE_NETLINK: [u8; 2] = 824_u16.to_be_bytes();

/// Whether packets of a link type can be decoded at all.
pub(super) const fn is_known(link: LinkType) -> bool {
    matches!(
        link.0,
        NULL | ETHERNET
            | PPP
            | RAW_BSD
            | RAW_OPENBSD
            | PPP_HDLC
            | PPP_ETHER
            | RAW
            | CISCO_HDLC
            | LOOP
            | LINUX_SLL
            | IPV4
            | IPV6
            | LINUX_SLL2
    ) || is_unusual(link.0)
}

/// Those that the modules below decode.
const fn is_unusual(number: u16) -> bool {
    matches!(number, lan::TOKEN_RING | lan::ARCNET_BSD | lan::FDDI | lan::IP_OVER_FC | lan::ARCNET_LINUX)
        || matches!(number, lan::IP_OVER_1394 | lan::IPOIB)
        || matches!(number, wan::SLIP | wan::ATM_RFC1483 | wan::ATM_CLIP | wan::FRAME_RELAY | wan::SUN_ATM)
        || matches!(number, wan::PPP_PPPD | wan::MULTILINK_FRAME_RELAY | wan::PPP_WITH_DIRECTION)
        || matches!(number, wan::HDLC_WITH_DIRECTION | wan::FRAME_RELAY_WITH_DIRECTION)
        || matches!(number, radio::IEEE_802_11 | radio::PRISM | radio::RADIOTAP | radio::AVS | radio::PPI)
        || matches!(number, recorded::ENC | recorded::PFLOG | recorded::ERF | recorded::IPNET | recorded::NFLOG)
        || matches!(number, recorded::JUNIPER_ETHERNET..=recorded::JUNIPER_HDLC)
        || matches!(number, recorded::NETANALYZER | recorded::NETANALYZER_PREAMBLE | recorded::PKTAP)
        || matches!(number, recorded::MPACKET | recorded::BROADCOM_TAG | recorded::BROADCOM_TAG_FIRST)
        || matches!(number, recorded::MARVELL_TAG | recorded::MARVELL_TAG_TYPED)
}

/// Where a packet was captured and which way it went, as far as its link header says.
#[inline]
pub(super) fn place(packet: &Packet<'_>) -> (u32, Direction) {
    let (interface, kind) = match (packet.link.0, packet.bytes) {
        (LINUX_SLL, &[0, kind, ..]) => (packet.interface, kind),
        (LINUX_SLL2, &[_, _, _, _, a, b, c, d, _, _, kind, ..]) => (u32::from_be_bytes([a, b, c, d]), kind),
        _ => return (packet.interface, Direction::Untold),
    };
    // PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST and _OUTGOING of linux/if_packet.h.
    let direction = match kind {
        0..=2 => Direction::In,
        3 => Direction::Passing,
        4 => Direction::Out,
        _ => Direction::Untold,
    };
    (interface, direction)
}

/// Passes the outermost link layer.
pub(super) fn start(walk: &mut Walk<'_>, link: LinkType) -> Result<Step<'static>, Undecodable> {
    let next = match link.0 {
        ETHERNET => Next::Ethernet,
        PPP | PPP_HDLC => Next::Ppp,
        PPP_ETHER => Next::EtherType(PPPOE_SESSION.0),
        RAW_BSD | RAW_OPENBSD | RAW => Next::Ip,
        IPV4 => Next::Ipv4,
        IPV6 => Next::Ipv6,
        CISCO_HDLC => return cisco_hdlc(walk),
        NULL | LOOP => return null(walk),
        LINUX_SLL => {
            let &[_, _, hardware_high, hardware_low, .., high, low] = walk.take::<16>("linux-cooked")?;
            return Ok(cooked([hardware_high, hardware_low], [high, low]));
        }
        LINUX_SLL2 => {
            let &[high, low, _, _, _, _, _, _, hardware_high, hardware_low, ..] = walk.take::<20>("linux-cooked")?;
            return Ok(cooked([hardware_high, hardware_low], [high, low]));
        }
        number => return unusual(walk, number),
    };
    Ok(Step::Next(next))
}

/// Passes a link layer that few captures have.
#[cold]
fn unusual(walk: &mut Walk<'_>, number: u16) -> Result<Step<'static>, Undecodable> {
    match number {
        lan::TOKEN_RING => lan::token_ring(walk),
        lan::ARCNET_BSD => lan::arcnet(walk, lan::Arcnet::Bsd),
        lan::ARCNET_LINUX => lan::arcnet(walk, lan::Arcnet::Linux),
        lan::FDDI => lan::fddi(walk),
        lan::IP_OVER_FC => lan::fibre_channel(walk),
        lan::IP_OVER_1394 => lan::firewire(walk),
        lan::IPOIB => lan::infiniband(walk),
        wan::SLIP => wan::slip(walk),
        wan::ATM_RFC1483 | wan::ATM_CLIP => wan::atm(walk),
        wan::SUN_ATM => wan::sun_atm(walk),
        wan::FRAME_RELAY => wan::frame_relay(walk),
        wan::MULTILINK_FRAME_RELAY => wan::multilink_frame_relay(walk),
        wan::PPP_PPPD => wan::pppd(walk),
        wan::PPP_WITH_DIRECTION => walk.pass("ppp", 1).map(|()| Step::Next(Next::Ppp)),
        wan::HDLC_WITH_DIRECTION => {
            walk.pass("cisco-hdlc", 1)?;
            cisco_hdlc(walk)
        }
        wan::FRAME_RELAY_WITH_DIRECTION => {
            walk.pass("frame-relay", 1)?;
            wan::frame_relay(walk)
        }
        radio::IEEE_802_11 => radio::ieee_802_11(walk, radio::Padding::None),
        radio::PRISM | radio::AVS => radio::prism(walk),
        radio::RADIOTAP => radio::radiotap(walk),
        radio::PPI => radio::ppi(walk),
        recorded::ENC => recorded::enc(walk),
        recorded::PFLOG => recorded::pflog(walk),
        recorded::ERF => recorded::erf(walk),
        recorded::IPNET => recorded::ipnet(walk),
        recorded::NFLOG => recorded::nflog(walk),
        recorded::JUNIPER_ETHERNET => recorded::juniper(walk, Next::Ethernet),
        recorded::JUNIPER_PPP => recorded::juniper(walk, Next::Ppp),
        recorded::JUNIPER_FRAME_RELAY => recorded::juniper(walk, Next::Link(LinkType(wan::FRAME_RELAY))),
        recorded::JUNIPER_HDLC => recorded::juniper(walk, Next::Link(LinkType(CISCO_HDLC))),
        recorded::NETANALYZER => recorded::netanalyzer(walk, recorded::Preamble::Absent),
        recorded::NETANALYZER_PREAMBLE => recorded::netanalyzer(walk, recorded::Preamble::Present),
        recorded::PKTAP => recorded::pktap(walk),
        recorded::MPACKET => recorded::mpacket(walk),
        recorded::BROADCOM_TAG => recorded::broadcom(walk, recorded::Broadcom::Inside),
        recorded::BROADCOM_TAG_FIRST => recorded::broadcom(walk, recorded::Broadcom::First),
        recorded::MARVELL_TAG => recorded::marvell(walk, recorded::Marvell::Bare),
        recorded::MARVELL_TAG_TYPED => recorded::marvell(walk, recorded::Marvell::Typed),
        number => Err(Undecodable { layer: "link", octet: walk.at, fault: Fault::LinkType(number) }),
    }
}

/// Linux's cooked headers hold the device's hardware type and, in the usual case, an Ethernet type.
fn cooked(hardware: [u8; 2], protocol: [u8; 2]) -> Step<'static> {
    if hardware == HARDWARE_NETLINK {
        return Step::other("netlink");
    }
    Step::Next(Next::EtherType(u16::from_be_bytes(protocol)))
}

/// BSD loopback: four octets of address family, in the order of the machine that captured (NULL) or of the network (LOOP).
/// The numbers are small, so the reading that gives the smaller one is the right one.
fn null(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let family = *walk.look::<4>("null")?;
    let family = u32::from_be_bytes(family).min(u32::from_le_bytes(family));
    let next = match family {
        2 => Next::Ipv4,
        // AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, and of macOS.
        10 | 24 | 28 | 30 => Next::Ipv6,
        0..=255 => return Ok(Step::numbered(format!("address-family-{family}"))),
        _ => return Err(walk.out_of_range("null", 0, "address family", (0, 255), family)),
    };
    walk.take::<4>("null")?;
    Ok(Step::Next(next))
}

/// Cisco HDLC: address, control, Ethernet type.
fn cisco_hdlc(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, _, high, low] = walk.take::<4>("cisco-hdlc")?;
    Ok(match u16::from_be_bytes([high, low]) {
        0x8035 => Step::other("slarp"),
        number => Step::Next(Next::EtherType(number)),
    })
}

/// Ethernet II, or IEEE 802.3 with a length, after which comes padding.
pub(super) fn ethernet(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[.., high, low] = walk.take::<14>("ethernet")?;
    let number = u16::from_be_bytes([high, low]);
    if number >= ETHER_TYPE_MIN {
        return Ok(Step::Next(Next::EtherType(number)));
    }
    walk.ends_after(usize::from(number));
    Ok(Step::Next(Next::Llc))
}

/// What follows an Ethernet type, wherever that stood.
pub(super) fn ether_type(walk: &mut Walk<'_>, number: u16) -> Result<Step<'static>, Undecodable> {
    Ok(match EtherType(number) {
        // Rewritten captures have the one type before the other version; the header says it better.
        EtherType::IPV4 if walk.octets().first().is_some_and(|first| first >> 4 == 6) => Step::Next(Next::Ipv6),
        EtherType::IPV6 if walk.octets().first().is_some_and(|first| first >> 4 == 4) => Step::Next(Next::Ipv4),
        EtherType::IPV4 => Step::Next(Next::Ipv4),
        EtherType::IPV6 => Step::Next(Next::Ipv6),
        EtherType::VLAN_TAGGED_FRAME | EtherType::PROVIDER_BRIDGING | EtherType::VLAN_DOUBLE_TAGGED_FRAME => {
            let &[control_high, control_low, high, low] = walk.take::<4>("vlan")?;
            let id = u16::from_be_bytes([control_high & 0x0f, control_low]);
            // Identifier 0 carries only a priority: the frame belongs to no VLAN (IEEE 802.1Q, Table 9-2).
            walk.enter((id != 0).then_some(Layer::Vlan(id)))?;
            match u16::from_be_bytes([high, low]) {
                length if length < ETHER_TYPE_MIN => {
                    walk.ends_after(usize::from(length));
                    Step::Next(Next::Llc)
                }
                number => Step::Next(Next::EtherType(number)),
            }
        }
        MPLS_UNICAST | MPLS_MULTICAST => mpls(walk)?,
        PPPOE_SESSION => {
            let &[_, code, _, _, high, low] = walk.look::<6>("pppoe")?;
            if code != 0 {
                return Err(walk.out_of_range("pppoe", 1, "code", (0, 0), u32::from(code)));
            }
            walk.take::<6>("pppoe")?;
            walk.ends_after(usize::from(u16::from_be_bytes([high, low])));
            Step::Next(Next::Ppp)
        }
        PPPOE_DISCOVERY => Step::other("pppoe-discovery"),
        EtherType::ARP => Step::other("arp"),
        LINUX_LLC => Step::Next(Next::Llc),
        EtherType(number) => match tag::behind(walk, number) {
            Some(step) => step?,
            None => Step::numbered(format!("ethertype-{number:#06x}")),
        },
    })
}

/// MPLS (RFC 3032): labels up to the one that says it is the last. The two directions of a connection have different ones,
/// so they are no part of the flow. What follows says nowhere what it is; its first four bits tell IP from the rest (RFC 4928).
fn mpls(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    while walk.take::<4>("mpls")?[2] & 1 == 0 {}
    Ok(match walk.look::<1>("mpls")?[0] >> 4 {
        4 => Step::Next(Next::Ipv4),
        6 => Step::Next(Next::Ipv6),
        _ => Step::other("mpls"),
    })
}

/// PPP (RFC 1661, RFC 1662): address and control may be left out, the protocol's first octet may be too.
/// Cisco's framing is told by its address octets, as the link types 9 and 50 demand.
pub(super) fn ppp(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    match *walk.look::<2>("ppp")? {
        [0xff, 0x03] => {
            walk.take::<2>("ppp")?;
        }
        [0x0f | 0x8f, 0x00] => return cisco_hdlc(walk),
        _ => {}
    }
    let protocol = match *walk.look::<1>("ppp")? {
        [low] if low & 1 == 1 => {
            walk.take::<1>("ppp")?;
            u16::from(low)
        }
        _ => u16::from_be_bytes(*walk.take::<2>("ppp")?),
    };
    Ok(match protocol {
        0x0021 => Step::Next(Next::Ipv4),
        0x0057 => Step::Next(Next::Ipv6),
        0x0281 | 0x0283 => mpls(walk)?,
        _ => Step::numbered(format!("ppp-{protocol:#06x}")),
    })
}

/// IEEE 802.2: IP by its own service access point, or SNAP with an Ethernet type (RFC 1042).
pub(super) fn llc(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    Ok(match *walk.take::<3>("llc")? {
        [0xaa, 0xaa, 3] => match *walk.take::<5>("llc")? {
            // The second is what bridges write (IEEE 802.1H).
            [0, 0, 0, high, low] | [0, 0, 0xf8, high, low] => {
                Step::Next(Next::EtherType(u16::from_be_bytes([high, low])))
            }
            _ => Step::other("snap"),
        },
        [6, 6, 3] => Step::Next(Next::Ipv4),
        [destination, source, _] => Step::numbered(format!("llc-{destination:#04x}-{source:#04x}")),
    })
}
