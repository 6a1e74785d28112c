//! The snoop format of Solaris: one header, then records, big-endian whatever the machine.
//!
//! Format: RFC 1761; link types: RFC 3827 and its registry. A record counts what was dropped since the capture began,
//! which is evidence of loss.

use super::octets::{ByteOrder, Octets};
use super::{Fault, Format, Record};
use crate::packet::{LinkType, Losses, Stamping};
use crate::timestamp::Timestamp;

/// The first octets of every such file.
pub(super) const MAGIC: [u8; 8] = *b"snoop\0\0\0";

/// Octets of the file header: magic, version, datalink type.
const FILE_HEADER: usize = 16;

/// Octets of a record's header.
const HEADER: usize = 24;

pub(super) struct Snoop {
    link: LinkType,
    /// From the last record: dropped since the beginning.
    drops: Option<u64>,
}

impl Snoop {
    /// Reads the file header.
    pub(super) fn new(octets: &mut Octets) -> Result<Self, Fault> {
        let header = octets.whole(FILE_HEADER)?.unwrap_or_default();
        let version = ByteOrder::Big.u32(header, 8).unwrap_or_default();
        let datalink = ByteOrder::Big.u32(header, 12).unwrap_or_default();
        if version != 2 {
            return Err(unsupported(format!("a snoop capture of version {version}, where 2 is read")));
        }
        let Some(link) = link_type(datalink) else {
            return Err(unsupported(format!("a snoop capture of datalink type {datalink}, which is not decoded here")));
        };
        octets.consume(FILE_HEADER);
        Ok(Self { link, drops: None })
    }
}

/// The pcap world's number for a datalink type that may carry IP.
const fn link_type(datalink: u32) -> Option<LinkType> {
    match datalink {
        0 | 4 => Some(LinkType(1)),
        8 => Some(LinkType(10)),
        17 => Some(LinkType(123)),
        26 => Some(LinkType(242)),
        _ => None,
    }
}

fn unsupported(found: String) -> Fault {
    let convert = "if Wireshark reads it, run \"editcap -F pcapng FILE out.pcapng\" and read that".to_owned();
    Fault::Unsupported { found, convert }
}

impl Format for Snoop {
    fn next(&mut self, octets: &mut Octets) -> Result<Option<Record>, Fault> {
        let Some(header) = octets.whole(HEADER)? else { return Ok(None) };
        let [wire_len, captured, length, drops, seconds, micros] = ByteOrder::Big.words(header).unwrap_or_default();
        octets.admit(length, "a record")?;
        let (record, kept) = (length as usize, captured as usize);
        if record.checked_sub(HEADER).is_none_or(|room| room < kept) {
            return Err(Fault::damaged(
                format!("a record with room for its header and the {captured} octets that were captured"),
                format!("one of {length} octets"),
            ));
        }
        octets.whole(record)?;
        self.drops = Some(drops.into());
        octets.consume(HEADER);
        let packet = octets.consume(kept);
        octets.consume(record - HEADER - kept);
        // At most 2^32 seconds and 2^32 microseconds: less than half of what 63 bits hold.
        let ns = i64::from(seconds) * 1_000_000_000 + i64::from(micros) * 1_000;
        Ok(Some(Record {
            at: Timestamp::from_ns(ns),
            stamping: Stamping::Told,
            link: self.link,
            interface: 0,
            octets: packet,
            wire_len: wire_len.max(captured),
        }))
    }

    /// It does not say where they were dropped.
    fn losses(&self) -> Losses {
        Losses { unknown: self.drops, ..Losses::default() }
    }
}
