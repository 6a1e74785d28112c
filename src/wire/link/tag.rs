//! Tags and outer frames behind an Ethernet type other than 802.1Q's: E-TAG, VN-Tag, provider backbone bridges, FabricPath,
//! TRILL, network service headers.
//!
//! Used by `link` alone. Only a backbone's service identifier tells networks apart; the other fields differ between the
//! two directions of a connection.

use super::super::encapsulation::Layer;
use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk};

pub(super) const TRILL: u16 = 0x22f3;
pub(super) const PROVIDER_BACKBONE: u16 = 0x88e7;
pub(super) const FABRIC_PATH: u16 = 0x8903;
pub(super) const VN_TAG: u16 = 0x8926;
pub(super) const E_TAG: u16 = 0x893f;
pub(in super::super) const SERVICE_HEADER: u16 = 0x894f;

/// What stands behind one of these Ethernet types; `None` for another.
pub(super) fn behind(walk: &mut Walk<'_>, number: u16) -> Option<Result<Step<'static>, Undecodable>> {
    Some(match number {
        E_TAG => tag(walk, 6),
        VN_TAG => tag(walk, 4),
        PROVIDER_BACKBONE => backbone(walk),
        FABRIC_PATH => outer(walk, 2),
        TRILL => trill(walk),
        SERVICE_HEADER => service(walk),
        _ => return None,
    })
}

/// Octets of a tag, then an Ethernet type (IEEE 802.1BR; VN-Tag).
fn tag(walk: &mut Walk<'_>, octets: usize) -> Result<Step<'static>, Undecodable> {
    walk.enter(None)?;
    walk.pass("bridge-tag", octets)?;
    let &[high, low] = walk.take::<2>("bridge-tag")?;
    Ok(Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))))
}

/// Octets of a tag, then a whole Ethernet frame (FabricPath).
fn outer(walk: &mut Walk<'_>, octets: usize) -> Result<Step<'static>, Undecodable> {
    walk.enter(None)?;
    walk.pass("bridge-tag", octets)?;
    Ok(Step::Next(Next::Ethernet))
}

/// IEEE 802.1ah: a service identifier of 24 bits, then the customer's frame.
fn backbone(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, a, b, c] = walk.take::<4>("bridge-tag")?;
    walk.enter(Some(Layer::Service(u32::from_be_bytes([0, a, b, c]))))?;
    Ok(Step::Next(Next::Ethernet))
}

/// TRILL (RFC 6325, Section 3): the length of its options in words, two nicknames, the inner frame.
fn trill(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[high, low] = walk.look::<2>("bridge-tag")?;
    let words = usize::from(u16::from_be_bytes([high, low]) >> 6 & 0x1f);
    outer(walk, 6 + words * 4)
}

/// A network service header (RFC 8300, Section 2.2): its length in words, the protocol of what follows.
fn service(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, length, _, protocol] = walk.look::<4>("service-header")?;
    walk.enter(None)?;
    walk.pass("service-header", usize::from(length & 0x3f).max(1) * 4)?;
    Ok(match protocol {
        1 => Step::Next(Next::Ipv4),
        2 => Step::Next(Next::Ipv6),
        3 => Step::Next(Next::Ethernet),
        other => Step::numbered(format!("service-header-{other}")),
    })
}
