//! Tunnels over IP: GRE (RFC 2784, RFC 2890), the enhanced GRE of PPTP (RFC 2637), what vendors put into GRE, EtherIP.
//! IP in IP needs no header of its own: see `ip`. Tunnels over UDP are in `udp`.

pub(super) mod udp;

use super::encapsulation::Layer;
use super::link::radio;
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
const WCCP: u16 = 0x883e;
const ERSPAN_2: u16 = 0x88be;
const ERSPAN_3: u16 = 0x22eb;
/// Frames of the radio, from an Aruba access point to its controller; the low octet numbers a priority.
const ARUBA: std::ops::RangeInclusive<u16> = 0x8200..=0x82ff;

/// Passes a GRE header between these two.
pub(super) fn gre(walk: &mut Walk<'_>, low: IpAddr, high: IpAddr) -> Result<Step<'static>, Undecodable> {
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
    match protocol {
        // Its first version has neither a sequence number nor a header.
        ERSPAN_2 if flags & SEQUENCE != 0 => return mirrored(walk, low, high, 8),
        ERSPAN_2 => {
            walk.enter(Some(Layer::Erspan(low, high, 0)))?;
            return Ok(Step::Next(Next::Ethernet));
        }
        ERSPAN_3 => return mirrored(walk, low, high, 12),
        _ => walk.enter(Some(Layer::Gre(low, high, key)))?,
    }
    Ok(match protocol {
        TRANSPARENT_ETHERNET => Step::Next(Next::Ethernet),
        PPP => Step::Next(Next::Ppp),
        WCCP => {
            // Its second version has a header of four octets, which never begin like IP.
            if walk.look::<1>("gre")?[0] >> 4 != 4 {
                walk.take::<4>("gre")?;
            }
            Step::Next(Next::Ipv4)
        }
        number if ARUBA.contains(&number) => radio::ieee_802_11(walk, radio::Padding::None)?,
        number => Step::Next(Next::EtherType(number)),
    })
}

/// An ERSPAN header of type II or III (draft-foschiano-erspan), then the frame that was mirrored.
fn mirrored(walk: &mut Walk<'_>, low: IpAddr, high: IpAddr, octets: usize) -> Result<Step<'static>, Undecodable> {
    let &[_, _, session_high, session_low] = walk.look::<4>("erspan")?;
    let has_more = octets == 12 && walk.look::<12>("erspan")?[11] & 1 != 0;
    walk.pass("erspan", if has_more { octets + 8 } else { octets })?;
    let session = u16::from_be_bytes([session_high & 0x03, session_low]);
    walk.enter(Some(Layer::Erspan(low, high, session)))?;
    Ok(Step::Next(Next::Ethernet))
}

/// Passes an EtherIP header (RFC 3378).
pub(super) fn ether_ip(walk: &mut Walk<'_>, low: IpAddr, high: IpAddr) -> Result<Step<'static>, Undecodable> {
    walk.take::<2>("etherip")?;
    walk.enter(Some(Layer::EtherIp(low, high)))?;
    Ok(Step::Next(Next::Ethernet))
}
