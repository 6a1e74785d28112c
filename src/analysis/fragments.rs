//! Fragments on their way into the analysis: they wait until their datagram is complete, then it is decoded.

use super::Analyzer;
use super::event::Sink;
use crate::packet::Packet;
use crate::wire::Decoded;
use crate::wire::fragment::Fragment;
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
    let mut whole = analyzer.fragments.take(fragment, packet, &mut analyzer.totals);
    // What is in a datagram may be a fragment itself; each turn goes one tunnel deeper, of which there are few.
    while let Some(datagram) = whole {
        match datagram.decode(analyzer.depth) {
            Ok(Decoded::Fragment(inner)) => {
                whole = analyzer.fragments.take(&inner, &datagram.packet(), &mut analyzer.totals);
            }
            decoded => return analyzer.decoded(decoded, sink),
        }
    }
    Ok(())
}
