//! Which of several record headers a pcap file has, where its magic number does not tell.
//!
//! Patched libpcaps of 1999 (RedHat 6.1, SuSE 6.3) and Nokia's firewalls lengthened the record header under a magic
//! number that others write, too. Whichever length makes the records follow one another is the right one. The usual
//! length has the benefit of the doubt: another is believed only where the usual one leads into nonsense and it does not.

use super::super::octets::ByteOrder;

/// Octets of a file that are looked at.
pub(super) const LOOKED_AT: usize = 64 * 1024;

/// Records that tell enough.
const ENOUGH: usize = 16;

/// Fewer records than this are no evidence for an unusual header.
const FEW: usize = 2;

/// The longest record that a file with an unusual header is believed to have: the largest snap length of its time.
const LONGEST_THEN: u32 = 256 * 1024;

/// A step between records that no capture of the time has: ten years.
const LONGEST_PAUSE: u32 = 10 * 365 * 86_400;

/// How far a reading of the records goes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reading {
    records: usize,
    /// Whether it ended in a header that cannot be one.
    nonsense: Sense,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Sense,
    Nonsense,
}

/// The length of the record headers in `records`, the first octets behind the file header; the first of `lengths` is
/// the usual one.
pub(super) fn header_length(order: ByteOrder, lengths: &[usize], records: &[u8]) -> Option<usize> {
    let usual = *lengths.first()?;
    if read(order, usual, records).nonsense == Sense::Sense {
        return Some(usual);
    }
    let fits = |length: &&usize| {
        let reading = read(order, **length, records);
        reading.nonsense == Sense::Sense && reading.records >= FEW
    };
    Some(lengths.iter().skip(1).find(fits).copied().unwrap_or(usual))
}

/// Reads records with headers of this length as far as they make sense.
fn read(order: ByteOrder, length: usize, mut octets: &[u8]) -> Reading {
    let mut records = 0;
    let mut before = None;
    while records < ENOUGH {
        let Some([seconds, fraction, captured, wire]) = order.words(octets) else { break };
        let step = before.map_or(0, |before| seconds.abs_diff(before));
        let is_odd = captured > LONGEST_THEN || wire > LONGEST_THEN || fraction >= 1_000_000 || step > LONGEST_PAUSE;
        if is_odd {
            return Reading { records, nonsense: Sense::Nonsense };
        }
        before = Some(seconds);
        records += 1;
        let Some(rest) = octets.get(length + captured as usize..) else { break };
        octets = rest;
    }
    Reading { records, nonsense: Sense::Sense }
}
