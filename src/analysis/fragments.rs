//! Fragments on their way into the analysis: they wait until their datagram is complete, then it is decoded.

use super::Analyzer;
use super::event::Sink;
use super::totals::Totals;
use crate::packet::Packet;
use crate::wire::fragment::{Datagram, Fragment, Fragments};
use crate::wire::{Decoded, Depth};
use std::io;

/// Takes in a fragment, and its datagram with it if that is complete now.
///
/// # Errors
///
/// What the sink returns.
#[cold]
pub(super) fn take(
    analyzer: &mut Analyzer,
    fragment: &Fragment<'_>,
    packet: &Packet<'_>,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let depth = analyzer.depth;
    match whole(&mut analyzer.fragments, depth, fragment, packet, &mut analyzer.totals) {
        Some(datagram) => analyzer.decoded(datagram.decode(depth), sink),
        None => Ok(()),
    }
}

/// Takes in a fragment, and gives its datagram if that is complete now and no fragment itself.
pub(super) fn whole(
    fragments: &mut Fragments,
    depth: Depth,
    fragment: &Fragment<'_>,
    packet: &Packet<'_>,
    totals: &mut Totals,
) -> Option<Datagram> {
    let mut whole = fragments.take(fragment, packet, totals);
    // What is in a datagram may be a fragment itself; each turn goes one tunnel deeper, of which there are few.
    loop {
        let datagram = whole?;
        whole = match datagram.decode(depth) {
            Ok(Decoded::Fragment(inner)) => fragments.take(&inner, &datagram.packet(), totals),
            _ => return Some(datagram),
        };
    }
}
