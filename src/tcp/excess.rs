//! How large a segment its receiver takes (RFC 9293, Section 3.7.1), and the first that was larger. Nothing here judges.

use super::connection::Connection;
use super::offer::MSS_WITHOUT_LIMIT;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::wire::segment::Segment;

/// What an endpoint that names no size takes over IPv4, in octets.
pub const DEFAULT_V4: u16 = 536;
/// The same over IPv6.
pub const DEFAULT_V6: u16 = 1_220;

/// How large a segment may be: payload and TCP options together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Octets.
    pub octets: u16,
    /// Who says so.
    pub source: Source,
    /// The frame of the SYN.
    pub frame: FrameNo,
}

/// Where a limit comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The MSS option of the receiver's SYN.
    Named,
    /// There was none, so the default holds.
    Default,
}

/// Octets of payload and options: what the limit is about.
#[must_use]
pub fn size(segment: &Segment<'_>) -> u32 {
    segment.payload_len.saturating_add(u32::try_from(segment.options.octets.len()).unwrap_or(0))
}

/// How large a segment may be for `to`; `None` if its SYN was not captured, its SYNs differ, or it sets no limit.
#[must_use]
pub fn limit(connection: &Connection, to: Peer, segment: &Segment<'_>) -> Option<Limit> {
    let (named, frame) = connection.mss(to)?;
    let default = if segment.path.from.is_ipv4() { DEFAULT_V4 } else { DEFAULT_V6 };
    let (octets, source) = named.map_or((default, Source::Default), |octets| (octets, Source::Named));
    (named != Some(MSS_WITHOUT_LIMIT)).then_some(Limit { octets, source, frame })
}
