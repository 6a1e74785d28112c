//! Long lines: Frame Relay, SLIP, ATM, PPP and HDLC with a direction in front.
//!
//! Used by `link` alone.

use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk};

pub(super) const SLIP: u16 = 8;
pub(super) const ATM_RFC1483: u16 = 100;
pub(super) const ATM_CLIP: u16 = 106;
pub(super) const FRAME_RELAY: u16 = 107;
pub(super) const SUN_ATM: u16 = 123;
pub(super) const PPP_PPPD: u16 = 166;
pub(super) const MULTILINK_FRAME_RELAY: u16 = 182;
pub(super) const PPP_WITH_DIRECTION: u16 = 204;
pub(super) const HDLC_WITH_DIRECTION: u16 = 205;
pub(super) const FRAME_RELAY_WITH_DIRECTION: u16 = 206;

/// Octets of a Q.922 address at most.
const ADDRESS_MAX: usize = 4;

/// Frame Relay (RFC 2427): an address whose last octet is marked, then a network protocol identifier;
/// or, as Cisco has it, an Ethernet type right behind the address.
pub(super) fn frame_relay(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    for _ in 0..ADDRESS_MAX {
        if walk.take::<1>("frame-relay")?[0] & 1 == 1 {
            break;
        }
    }
    let &[control, next] = walk.look::<2>("frame-relay")?;
    if control != 0x03 {
        walk.take::<2>("frame-relay")?;
        return Ok(Step::Next(Next::EtherType(u16::from_be_bytes([control, next]))));
    }
    walk.take::<1>("frame-relay")?;
    if next == 0 {
        walk.take::<1>("frame-relay")?;
    }
    let &[identifier] = walk.take::<1>("frame-relay")?;
    Ok(match identifier {
        0xcc => Step::Next(Next::Ipv4),
        0x8e => Step::Next(Next::Ipv6),
        0xcf => Step::Next(Next::Ppp),
        0x80 => match *walk.take::<5>("frame-relay")? {
            [0, 0, 0, high, low] => Step::Next(Next::EtherType(u16::from_be_bytes([high, low]))),
            // Bridged Ethernet, with and without its frame check sequence.
            [0, 0x80, 0xc2, 0, 1 | 7] => Step::Next(Next::Ethernet),
            _ => Step::other("snap"),
        },
        other => Step::numbered(format!("frame-relay-{other:#04x}")),
    })
}

/// Multilink Frame Relay (FRF.16): a whole frame is marked as beginning and end.
pub(super) fn multilink_frame_relay(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[flags, _] = walk.take::<2>("frame-relay")?;
    Ok(match flags & 0xe0 {
        0xc0 => return frame_relay(walk),
        0xe0 => Step::other("frame-relay-link-control"),
        _ => Step::other("frame-relay-fragment"),
    })
}

/// SLIP as BSD captures it: a direction, fifteen octets about the compression of the header, IP.
pub(super) fn slip(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, kind, ..] = walk.take::<16>("slip")?;
    // A compressed header (RFC 1144) lacks what the packet before had.
    Ok(if kind & 0x80 != 0 { Step::other("slip-compressed") } else { Step::Next(Next::Ip) })
}

/// ATM by RFC 2684: LLC, or IP alone on a circuit of its own, which begins with its version.
pub(super) fn atm(walk: &Walk<'_>) -> Result<Step<'static>, Undecodable> {
    Ok(Step::Next(if matches!(walk.look::<1>("atm")?[0] >> 4, 4 | 6) { Next::Ip } else { Next::Llc }))
}

/// ATM as SunATM captures it: traffic type, circuit, then LLC or an emulated Ethernet.
pub(super) fn sun_atm(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[kind, ..] = walk.take::<4>("atm")?;
    Ok(match kind & 0x0f {
        1 => {
            walk.take::<2>("atm")?;
            Step::Next(Next::Ethernet)
        }
        2 => Step::Next(Next::Llc),
        other => Step::numbered(format!("atm-{other}")),
    })
}

/// PPP of a daemon: a direction where the address octet stands.
pub(super) fn pppd(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    walk.take::<1>("ppp")?;
    if walk.look::<1>("ppp")? == &[0x03] {
        walk.take::<1>("ppp")?;
    }
    Ok(Step::Next(Next::Ppp))
}
