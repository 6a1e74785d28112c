//! Headers that capture programs and switches put in front of a packet they record: NFLOG, PFLOG, PKTAP, Solaris' IPNET,
//! Juniper's, ERF, netANALYZER's, switch tags of Marvell and Broadcom.
//!
//! Used by `link` alone.

use super::super::encapsulation::Layer;
use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk};
use crate::packet::LinkType;

pub(super) const ENC: u16 = 109;
pub(super) const PFLOG: u16 = 117;
pub(super) const JUNIPER_ETHERNET: u16 = 178;
pub(super) const JUNIPER_PPP: u16 = 179;
pub(super) const JUNIPER_FRAME_RELAY: u16 = 180;
pub(super) const JUNIPER_HDLC: u16 = 181;
pub(super) const ERF: u16 = 197;
pub(super) const IPNET: u16 = 226;
pub(super) const NFLOG: u16 = 239;
pub(super) const NETANALYZER: u16 = 240;
pub(super) const NETANALYZER_PREAMBLE: u16 = 241;
pub(super) const PKTAP: u16 = 258;
pub(super) const MPACKET: u16 = 274;
pub(super) const BROADCOM_TAG: u16 = 281;
pub(super) const BROADCOM_TAG_FIRST: u16 = 282;
pub(super) const MARVELL_TAG: u16 = 284;
pub(super) const MARVELL_TAG_TYPED: u16 = 285;

/// The type of the NFLOG attribute that holds the packet.
const NFLOG_PAYLOAD: u16 = 9;

/// Attributes of an NFLOG message that are passed; the kernel writes about twenty kinds, each once.
const NFLOG_ATTRIBUTES_MAX: usize = 64;

/// NFLOG (linux/netfilter/nfnetlink_log.h): family, version, group, then attributes in the recording machine's octet
/// order, one of which is the packet.
pub(super) fn nflog(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.take::<4>("nflog")?;
    for _ in 0..NFLOG_ATTRIBUTES_MAX {
        let &[a, b, c, d] = walk.look::<4>("nflog")?;
        // No attribute but the packet is longer than 255 octets, and there are fewer than 256 kinds.
        let is_big = a == 0 && c == 0;
        let word = |octets| if is_big { u16::from_be_bytes(octets) } else { u16::from_le_bytes(octets) };
        let (length, kind) = (word([a, b]), word([c, d]) & 0x7fff);
        if length < 4 {
            return Err(walk.out_of_range("nflog", 0, "attribute length", (4, u32::from(u16::MAX)), u32::from(length)));
        }
        if kind == NFLOG_PAYLOAD {
            walk.ends_after(usize::from(length));
            walk.take::<4>("nflog")?;
            return Ok(Step::Next(Next::Ip));
        }
        walk.pass("nflog", usize::from(length).next_multiple_of(4))?;
    }
    Ok(Step::other("nflog"))
}

/// The log of OpenBSD's packet filter: a length, to be rounded up to four octets, then IP.
pub(super) fn pflog(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let length = usize::from(walk.look::<4>("pflog")?[0]).max(4).next_multiple_of(4);
    walk.pass("pflog", length)?;
    Ok(Step::Next(Next::Ip))
}

/// What OpenBSD's enc(4) shows of IPsec: family, security parameters index, flags, then IP.
pub(super) fn enc(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.pass("enc", 12)?;
    Ok(Step::Next(Next::Ip))
}

/// Apple's PKTAP: a length, the kind of record, the link type of the packet.
pub(super) fn pktap(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[a, b, c, d, _, _, _, _, link0, link1, _, _] = walk.look::<12>("pktap")?;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX).max(12);
    walk.pass("pktap", length)?;
    walk.enter(None)?;
    // Its number for raw IP is BSD's, which `Next::Link` knows.
    Ok(Step::Next(Next::Link(LinkType(u16::from_le_bytes([link0, link1])))))
}

/// Solaris' IPNET: version, family, hook, length, interfaces, zones, then IP.
pub(super) fn ipnet(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.pass("ipnet", 24)?;
    Ok(Step::Next(Next::Ip))
}

/// Juniper's header: a magic number, flags, extensions if one of the flags says so, then the frame of the interface,
/// which another flag says is IP alone.
pub(super) fn juniper(walk: &mut Walk<'_>, inside: Next) -> Result<Step<'static>, Undecodable> {
    let &[a, b, c, flags] = walk.take::<4>("juniper")?;
    if [a, b, c] != *b"MGC" {
        let found = u32::from_be_bytes([0, a, b, c]);
        walk.at = walk.at.saturating_sub(4);
        return Err(walk.out_of_range("juniper", 0, "magic number", (0x4d_4743, 0x4d_4743), found));
    }
    if flags & 0x80 != 0 {
        let length = u16::from_be_bytes(*walk.take::<2>("juniper")?);
        walk.pass("juniper", usize::from(length))?;
    }
    Ok(Step::Next(if flags & 0x02 != 0 { Next::Ip } else { inside }))
}

/// Endace's extensible record format: stamp, type, lengths, extension headers, then a frame of that type.
pub(super) fn erf(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, _, _, _, _, _, _, _, kind, ..] = walk.take::<16>("erf")?;
    let mut more = kind & 0x80 != 0;
    while more {
        more = walk.take::<8>("erf")?[0] & 0x80 != 0;
    }
    Ok(match kind & 0x7f {
        1 => Step::Next(Next::Ppp),
        2 => {
            walk.take::<2>("erf")?;
            Step::Next(Next::Ethernet)
        }
        22 => Step::Next(Next::Ipv4),
        23 => Step::Next(Next::Ipv6),
        other => Step::numbered(format!("erf-{other}")),
    })
}

/// Whether a netANALYZER frame has its preamble.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Preamble {
    Absent,
    Present,
}

/// Hilscher's netANALYZER: four octets, the preamble if it was recorded, Ethernet.
pub(super) fn netanalyzer(walk: &mut Walk<'_>, preamble: Preamble) -> Result<Step<'static>, Undecodable> {
    walk.pass("netanalyzer", if preamble == Preamble::Present { 12 } else { 4 })?;
    Ok(Step::Next(Next::Ethernet))
}

/// IEEE 802.3br: preamble and a delimiter, which says whether the frame is whole.
pub(super) fn mpacket(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[.., delimiter] = walk.take::<8>("mpacket")?;
    Ok(if delimiter == 0xd5 { Step::Next(Next::Ethernet) } else { Step::other("mpacket-fragment") })
}

/// Where a Broadcom switch puts its tag of four octets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Broadcom {
    /// Behind the addresses.
    Inside,
    /// In front of the frame.
    First,
}

/// Ethernet with a Broadcom switch tag.
pub(super) fn broadcom(walk: &mut Walk<'_>, place: Broadcom) -> Result<Step<'static>, Undecodable> {
    if place == Broadcom::First {
        walk.pass("switch-tag", 4)?;
        return Ok(Step::Next(Next::Ethernet));
    }
    walk.pass("switch-tag", 16)?;
    let &[high, low] = walk.take::<2>("switch-tag")?;
    Ok(Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))))
}

/// Whether a Marvell tag stands behind a type of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Marvell {
    Bare,
    Typed,
}

/// Ethernet with a Marvell switch tag behind the addresses, which holds the VLAN of a tagged frame.
pub(super) fn marvell(walk: &mut Walk<'_>, kind: Marvell) -> Result<Step<'static>, Undecodable> {
    walk.pass("switch-tag", if kind == Marvell::Typed { 16 } else { 12 })?;
    let &[first, _, id_high, id_low, high, low] = walk.take::<6>("switch-tag")?;
    let id = u16::from_be_bytes([id_high & 0x0f, id_low]);
    walk.enter((first & 0x20 != 0 && id != 0).then_some(Layer::Vlan(id)))?;
    Ok(Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))))
}
