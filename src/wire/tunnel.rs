//! GRE (RFC 2784, RFC 2890) and the enhanced GRE of PPTP (RFC 2637). IP in IP needs no header of its own: see `ip`.
//! Tunnels over UDP (VXLAN, Geneve, GTP, …) are datagrams here.

use super::encapsulation::Layer;
use super::undecodable::Undecodable;
use super::walk::{Next, Step, Walk};
use std::net::IpAddr;

const CHECKSUM: u8 = 0x80;
const ROUTING: u8 = 0x40;
const KEY: u8 = 0x20;
const SEQUENCE: u8 = 0x10;
/// In the second octet, of version 1 only.
const ACKNOWLEDGMENT: u8 = 0x80;

const TRANSPARENT_ETHERNET: u16 = 0x6558;
const PPP: u16 = 0x880b;

/// Passes a GRE header between these two.
pub(super) fn gre(walk: &mut Walk<'_>, low: IpAddr, high: IpAddr) -> Result<Step, Undecodable> {
    let &[flags, more, protocol_high, protocol_low] = walk.take::<4>("gre")?;
    let protocol = u16::from_be_bytes([protocol_high, protocol_low]);
    let version = more & 7;
    // Source-routed GRE (RFC 1701) was never used enough to be captured; other versions do not exist.
    if flags & ROUTING != 0 || version > 1 {
        return Ok(Step::other("gre"));
    }
    if flags & CHECKSUM != 0 {
        walk.take::<4>("gre")?;
    }
    let mut key = None;
    if flags & KEY != 0 {
        let found = u32::from_be_bytes(*walk.take::<4>("gre")?);
        // In version 1 it is a length and a call number, and each direction has a call number of its own.
        key = (version == 0).then_some(found);
    }
    if flags & SEQUENCE != 0 {
        walk.take::<4>("gre")?;
    }
    if version == 1 && more & ACKNOWLEDGMENT != 0 {
        walk.take::<4>("gre")?;
    }
    if version == 1 && flags & SEQUENCE == 0 {
        return Ok(Step::other("gre-acknowledgment"));
    }
    walk.enter(Some(Layer::Gre(low, high, key)))?;
    Ok(Step::Next(match protocol {
        TRANSPARENT_ETHERNET => Next::Ethernet,
        PPP => Next::Ppp,
        number => Next::EtherType(number),
    }))
}
