//! Local networks other than Ethernet: FDDI, Token Ring, ARCNET, IP over InfiniBand, over Fibre Channel and over FireWire.
//!
//! Used by `link` alone.

use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk};

pub(super) const TOKEN_RING: u16 = 6;
pub(super) const ARCNET_BSD: u16 = 7;
pub(super) const FDDI: u16 = 10;
pub(super) const IP_OVER_FC: u16 = 122;
pub(super) const ARCNET_LINUX: u16 = 129;
pub(super) const IP_OVER_1394: u16 = 138;
pub(super) const IPOIB: u16 = 242;

/// FDDI (ANSI X3.139): frame control, two addresses, LLC.
pub(super) fn fddi(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[control, ..] = walk.take::<13>("fddi")?;
    // The upper bits tell frames of the LLC from those that run the ring.
    Ok(if control & 0x70 == 0x50 { Step::Next(Next::Llc) } else { Step::other("fddi-management") })
}

/// IEEE 802.5: access control, frame control, two addresses, a source route if the source's group bit says so, LLC.
pub(super) fn token_ring(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, control, _, _, _, _, _, _, source, ..] = walk.take::<14>("token-ring")?;
    if control & 0xc0 != 0x40 {
        return Ok(Step::other("token-ring-management"));
    }
    if source & 0x80 != 0 {
        let length = usize::from(walk.look::<2>("token-ring")?[0] & 0x1f);
        walk.pass("token-ring", length)?;
    }
    Ok(Step::Next(Next::Llc))
}

/// Which octets a capture of ARCNET has before the protocol.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arcnet {
    /// Two addresses.
    Bsd,
    /// Two addresses and an offset of two octets.
    Linux,
}

/// ARCNET, with IP by RFC 1051, which has no further header, or by RFC 1201, which splits what is too long.
pub(super) fn arcnet(walk: &mut Walk<'_>, kind: Arcnet) -> Result<Step<'static>, Undecodable> {
    walk.pass("arcnet", if kind == Arcnet::Linux { 4 } else { 2 })?;
    let &[protocol] = walk.take::<1>("arcnet")?;
    let next = match protocol {
        0xf0 => return Ok(Step::Next(Next::Ipv4)),
        0xd4 => Next::Ipv4,
        0xc4 => Next::Ipv6,
        0xf1 | 0xd5 => return Ok(Step::other("arp")),
        other => return Ok(Step::numbered(format!("arcnet-{other:#04x}"))),
    };
    let &[split, ..] = walk.take::<3>("arcnet")?;
    Ok(if split == 0 { Step::Next(next) } else { Step::other("arcnet-fragment") })
}

/// IP over InfiniBand: the addresses of both ports, then the header of RFC 4391, Section 6.
pub(super) fn infiniband(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.pass("ipoib", 40)?;
    let &[high, low, _, _] = walk.take::<4>("ipoib")?;
    Ok(Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))))
}

/// IP over Fibre Channel (RFC 2625): two addresses of eight octets, LLC.
pub(super) fn fibre_channel(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.pass("fibre-channel", 16)?;
    Ok(Step::Next(Next::Llc))
}

/// IP over IEEE 1394 as Apple hands it to a capture: two addresses of eight octets, an Ethernet type.
pub(super) fn firewire(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[.., high, low] = walk.take::<18>("ieee1394")?;
    Ok(Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))))
}
