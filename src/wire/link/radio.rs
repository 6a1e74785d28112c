//! IEEE 802.11 as a card in monitor mode hears it, behind the headers that capture programs put in front.
//!
//! Data frames that are neither encrypted nor split are decoded; the rest is named. Used by `link`, and by `tunnel` for
//! access points that send their frames on.

use super::super::undecodable::Undecodable;
use super::super::walk::{Next, Step, Walk};
use crate::packet::LinkType;

pub(super) const IEEE_802_11: u16 = 105;
pub(super) const PRISM: u16 = 119;
pub(super) const RADIOTAP: u16 = 127;
pub(super) const AVS: u16 = 163;
pub(super) const PPI: u16 = 192;

/// Whether a header is padded to a multiple of four octets before what it carries, as some cards do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Padding {
    None,
    ToFour,
}

/// Radiotap (<https://www.radiotap.org>): its length, what stands in it, and of that only whether the frame is padded.
pub(super) fn radiotap(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, _, low, high, ..] = walk.look::<8>("radiotap")?;
    let length = usize::from(u16::from_le_bytes([low, high]));
    if length < 8 {
        return Err(walk.out_of_range(
            "radiotap",
            2,
            "length",
            (8, u32::from(u16::MAX)),
            u32::from(u16::from_le_bytes([low, high])),
        ));
    }
    let padding = flags(walk.octets().get(..length).unwrap_or_default());
    walk.pass("radiotap", length)?;
    ieee_802_11(walk, if padding & 0x20 != 0 { Padding::ToFour } else { Padding::None })
}

/// The flags field of a radiotap header; zero if it has none.
fn flags(header: &[u8]) -> u8 {
    let words = header.get(4..).unwrap_or_default().as_chunks::<4>().0;
    let Some(&first) = words.first() else { return 0 };
    let more = words.iter().position(|word| word[3] & 0x80 == 0).unwrap_or(words.len());
    let mut at = 4 + (more + 1) * 4;
    if first[0] & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    if first[0] & 2 != 0 { header.get(at).copied().unwrap_or_default() } else { 0 }
}

/// The headers of Prism cards and of AVS: a length, then the frame.
pub(super) fn prism(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[a, b, c, _, e, f, g, h] = walk.look::<8>("prism")?;
    let length = match [a, b, c] {
        [0x80, 0x21, 0x10] => u32::from_be_bytes([e, f, g, h]),
        // A length of less than 64 Ki: the order of its octets shows.
        _ if e == 0 => u32::from_be_bytes([e, f, g, h]),
        _ => u32::from_le_bytes([e, f, g, h]),
    };
    walk.pass("prism", usize::try_from(length).unwrap_or(usize::MAX).max(8))?;
    ieee_802_11(walk, Padding::None)
}

/// Per-packet information: a length and the link type of what follows.
pub(super) fn ppi(walk: &mut Walk<'_>) -> Result<Step<'static>, Undecodable> {
    let &[_, _, low, high, link0, link1, ..] = walk.look::<8>("ppi")?;
    walk.pass("ppi", usize::from(u16::from_le_bytes([low, high])).max(8))?;
    walk.enter(None)?;
    Ok(Step::Next(Next::Link(LinkType(u16::from_le_bytes([link0, link1])))))
}

/// IEEE 802.11-2020, Section 9.2: frame control, duration, three addresses or four, sequence control, then LLC.
pub(in super::super) fn ieee_802_11(walk: &mut Walk<'_>, padding: Padding) -> Result<Step<'static>, Undecodable> {
    let &[control, flags] = walk.look::<2>("ieee80211")?;
    match control & 0x0c {
        0x08 => {}
        0x00 => return Ok(Step::other("ieee80211-management")),
        0x04 => return Ok(Step::other("ieee80211-control")),
        _ => return Ok(Step::other("ieee80211-extension")),
    }
    if control & 0x40 != 0 {
        return Ok(Step::other("ieee80211-null"));
    }
    if flags & 0x40 != 0 {
        return Ok(Step::other("ieee80211-encrypted"));
    }
    let start = walk.at;
    let &[.., sequence, _] = walk.take::<24>("ieee80211")?;
    if flags & 0x04 != 0 || sequence & 0x0f != 0 {
        return Ok(Step::other("ieee80211-fragment"));
    }
    if flags & 0x03 == 0x03 {
        walk.take::<6>("ieee80211")?;
    }
    let mut subframes = false;
    if control & 0x80 != 0 {
        subframes = walk.take::<2>("ieee80211")?[0] & 0x80 != 0;
        if flags & 0x80 != 0 {
            walk.take::<4>("ieee80211")?;
        }
    }
    if padding == Padding::ToFour {
        let length = walk.at.saturating_sub(start);
        walk.pass("ieee80211", length.next_multiple_of(4) - length)?;
    }
    Ok(if subframes { Step::other("ieee80211-aggregate") } else { Step::Next(Next::Llc) })
}
