//! The pcapng format: sections of blocks, each section with its byte order and interfaces, each interface with its
//! link type and clock.
//!
//! Format: draft-ietf-opsawg-pcapng; the obsolete Packet Block is that of its Appendix A. Blocks that hold neither
//! packets, interfaces nor counters are skipped, and section lengths are not believed: blocks follow one another
//! anyway. A block whose two lengths differ is damage, for nothing says which of them is true.

mod interface;
mod option;

use super::octets::{ByteOrder, Octets};
use super::{Fault, Format, Record};
use crate::bound::Bound;
use crate::packet::{Losses, Stamping};
use crate::timestamp::Timestamp;
use interface::Interface;
use option::Options;

/// The type of a section header block, the same in both byte orders.
pub(super) const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

const SECTION_HEADER_TYPE: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;

/// Type and length before a block's body, length after it.
const HEAD: usize = 8;
const TAIL: usize = 4;

/// Interfaces of one section that are believed; bounds the memory a file can ask for.
const MOST_INTERFACES: usize = 65_536;

/// A packet inside a block: where its octets start in the body, and how many there are.
struct Found {
    at: Timestamp,
    stamping: Stamping,
    interface: usize,
    start: usize,
    captured: u32,
    wire_len: u32,
}

pub(super) struct Pcapng {
    order: ByteOrder,
    interfaces: Vec<Interface>,
    /// The most interfaces that a section had.
    most_interfaces: usize,
    /// Interfaces of the sections before, so that numbers stay unique in the file.
    earlier_interfaces: u32,
    /// What the interfaces of the sections before lost.
    earlier_losses: Losses,
    /// The stamp of the packet before, which a block without one inherits.
    at: Timestamp,
}

impl Pcapng {
    /// Reads the first section header.
    pub(super) fn new(octets: &mut Octets) -> Result<Self, Fault> {
        let mut format = Self {
            order: ByteOrder::Little,
            interfaces: Vec::new(),
            most_interfaces: 0,
            earlier_interfaces: 0,
            earlier_losses: Losses::default(),
            at: Timestamp::default(),
        };
        format.block(octets)?;
        Ok(format)
    }

    /// Consumes one block; says where the buffer holds it and what packet is in it. `None` at the end.
    #[inline]
    fn block(&mut self, octets: &mut Octets) -> Result<Option<(usize, Option<Found>)>, Fault> {
        let Some(head) = octets.whole(HEAD)? else { return Ok(None) };
        let [kind, mut length] = self.order.words(head).unwrap_or_default();
        if kind == SECTION_HEADER_TYPE {
            self.order = order_of_section(octets)?;
            [_, length] = self.order.words(octets.whole(HEAD)?.unwrap_or_default()).unwrap_or_default();
        }
        if length < (HEAD + TAIL) as u32 {
            return Err(Fault::damaged(
                "a block length of at least 12 octets",
                format!("{length}, in a block of type 0x{kind:08x}"),
            ));
        }
        octets.admit(length, "a block length")?;
        // Some writers give the length without the padding that they write.
        let padded = length.next_multiple_of(4) as usize;
        let block = octets.whole(padded)?.unwrap_or_default();
        let body = block.get(HEAD..padded - TAIL).unwrap_or_default();
        let tail = self.order.u32(block, padded - TAIL).unwrap_or_default();
        if tail != length {
            return Err(Fault::damaged(format!("the block length {length} repeated at its end"), format!("{tail}")));
        }
        let found = match kind {
            ENHANCED_PACKET => Some(self.enhanced(body)?),
            SIMPLE_PACKET => Some(self.simple(body)?),
            PACKET => Some(self.obsolete(body)?),
            _ => {
                self.other(kind, body)?;
                None
            }
        };
        Ok(Some((octets.consume(padded).start + HEAD, found)))
    }

    /// Enhanced Packet Block, Section 4.3.
    #[inline]
    fn enhanced(&mut self, body: &[u8]) -> Result<Found, Fault> {
        let id = self.order.u32(body, 0).ok_or_else(|| short("an enhanced packet block", 20, body))?;
        let found = self.stamped(body, id as usize)?;
        let end = found.start + (found.captured as usize).next_multiple_of(4);
        if end < body.len() {
            let order = self.order;
            for (_, value) in Options::of(order, body, end).filter(|(code, _)| *code == 4) {
                if let (Some(packets), Some(interface)) =
                    (order.u64(value, 0), self.interfaces.get_mut(found.interface))
                {
                    interface.dropped(packets);
                }
            }
        }
        Ok(found)
    }

    /// The obsolete Packet Block, Appendix A: a narrower interface number leaves room for a count of drops.
    fn obsolete(&mut self, body: &[u8]) -> Result<Found, Fault> {
        let short = || short("a packet block", 20, body);
        let id = self.order.u16(body, 0).ok_or_else(short)?;
        let drops = self.order.u16(body, 2).ok_or_else(short)?;
        let found = self.stamped(body, id.into())?;
        // The highest number says that the count is not known.
        if drops != u16::MAX
            && let Some(interface) = self.interfaces.get_mut(found.interface)
        {
            interface.dropped(drops.into());
        }
        Ok(found)
    }

    /// What enhanced and obsolete packet blocks have in common: stamp, lengths and octets.
    #[inline]
    fn stamped(&mut self, body: &[u8], interface: usize) -> Result<Found, Fault> {
        const START: usize = 20;
        let Some([_, high, low, captured, wire_len]) = self.order.words(body) else {
            return Err(short("a packet block", START, body));
        };
        let known = self.interfaces.get(interface).ok_or_else(|| self.unknown_interface(interface))?;
        let room = body.len().saturating_sub(START);
        if captured as usize > room {
            return Err(Fault::damaged(
                format!("a captured length of at most {room} octets, the room in its block"),
                format!("{captured}"),
            ));
        }
        self.at = known.clock.at(u64::from(high) << 32 | u64::from(low));
        Ok(Found { at: self.at, stamping: Stamping::Told, interface, start: START, captured, wire_len })
    }

    /// Simple Packet Block, Section 4.4: interface 0, no stamp; the snap length says how much was captured.
    fn simple(&mut self, body: &[u8]) -> Result<Found, Fault> {
        const START: usize = 4;
        let wire_len = self.order.u32(body, 0).ok_or_else(|| short("a simple packet block", START, body))?;
        let interface = self.interfaces.first().ok_or_else(|| self.unknown_interface(0))?;
        let captured = if interface.snaplen == 0 { wire_len } else { wire_len.min(interface.snaplen) };
        let room = body.len().saturating_sub(START);
        if captured as usize > room {
            return Err(Fault::damaged(
                format!("{captured} octets of packet, its length and the snap length {} say", interface.snaplen),
                format!("room for {room} in its block"),
            ));
        }
        Ok(Found { at: self.at, stamping: Stamping::Untold, interface: 0, start: START, captured, wire_len })
    }

    /// Every block without a packet.
    #[cold]
    fn other(&mut self, kind: u32, body: &[u8]) -> Result<(), Fault> {
        match kind {
            SECTION_HEADER_TYPE => self.section(body),
            INTERFACE_DESCRIPTION => {
                let interface = Interface::described(self.order, body)
                    .ok_or_else(|| short("an interface description block", 8, body))?;
                self.most_interfaces = self.most_interfaces.max(self.interfaces.len() + 1);
                if self.interfaces.len() == MOST_INTERFACES {
                    return Err(Fault::damaged(
                        format!("at most {MOST_INTERFACES} interfaces in a section"),
                        "one more".to_owned(),
                    ));
                }
                self.interfaces.push(interface);
                Ok(())
            }
            INTERFACE_STATISTICS => {
                let id = self.order.u32(body, 0).ok_or_else(|| short("an interface statistics block", 12, body))?;
                // Counters of an interface that was not described concern no packet that can be read.
                if let Some(interface) = self.interfaces.get_mut(id as usize) {
                    interface.count(self.order, Options::of(self.order, body, 12));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Section Header Block, Section 4.1: interfaces start anew.
    fn section(&mut self, body: &[u8]) -> Result<(), Fault> {
        let (Some(major), Some(minor)) = (self.order.u16(body, 4), self.order.u16(body, 6)) else {
            return Err(short("a section header block", 16, body));
        };
        // Minor version 2 is read as 0 (Section 4.1); no other is defined.
        if major != 1 {
            return Err(Fault::Unsupported {
                found: format!("a pcapng section of version {major}.{minor}, where 1.0 is read"),
                convert: "write it anew with \"editcap -F pcapng FILE out.pcapng\"".to_owned(),
            });
        }
        self.earlier_losses = self.losses();
        let closed = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        self.earlier_interfaces = self.earlier_interfaces.saturating_add(closed);
        self.interfaces.clear();
        Ok(())
    }

    fn unknown_interface(&self, interface: usize) -> Fault {
        Fault::damaged(
            format!("one of the {} interfaces described in this section", self.interfaces.len()),
            format!("interface {interface}"),
        )
    }
}

/// The byte order of the section whose header block is next.
#[cold]
fn order_of_section(octets: &mut Octets) -> Result<ByteOrder, Fault> {
    match octets.whole(HEAD + 4)?.and_then(|head| head.get(HEAD..)) {
        Some([0x4d, 0x3c, 0x2b, 0x1a]) => Ok(ByteOrder::Little),
        Some([0x1a, 0x2b, 0x3c, 0x4d]) => Ok(ByteOrder::Big),
        other => Err(Fault::damaged("the byte-order mark 1a2b3c4d", format!("{:02x?}", other.unwrap_or_default()))),
    }
}

/// A block too short for its fixed fields.
fn short(what: &str, wanted: usize, body: &[u8]) -> Fault {
    Fault::damaged(format!("{what} with at least {wanted} octets of body"), format!("{}", body.len()))
}

/// What cannot be read after the first section was is damage to a file that can be read.
#[cold]
fn in_the_middle(fault: Fault) -> Fault {
    match fault {
        Fault::Unsupported { found, .. } => Fault::damaged("a pcapng section of version 1", found),
        other => other,
    }
}

impl Format for Pcapng {
    #[inline]
    fn next(&mut self, octets: &mut Octets) -> Result<Option<Record>, Fault> {
        loop {
            match self.block(octets).map_err(in_the_middle)? {
                None => return Ok(None),
                Some((_, None)) => {}
                Some((body, Some(found))) => {
                    let start = body + found.start;
                    let link = self.interfaces.get(found.interface).map(|interface| interface.link);
                    return Ok(Some(Record {
                        at: found.at,
                        stamping: found.stamping,
                        link: link.unwrap_or(crate::packet::LinkType(0)),
                        interface: self.earlier_interfaces.saturating_add(found.interface as u32),
                        octets: start..start + found.captured as usize,
                        wire_len: found.wire_len.max(found.captured),
                    }));
                }
            }
        }
    }

    fn losses(&self) -> Losses {
        let mut losses = self.earlier_losses;
        for interface in &self.interfaces {
            interface.add_to(&mut losses);
        }
        losses
    }

    fn bound(&self) -> Option<Bound> {
        let (reached, most) = (self.most_interfaces as u64, MOST_INTERFACES as u64);
        Some(Bound { id: "interfaces", most, reached: reached.min(most), forgotten: reached.saturating_sub(most) })
    }

    /// Behind a block of another kind the next packet may still be on its way.
    fn is_at_hand(&self, octets: &Octets) -> bool {
        let unread = octets.unread();
        let Some([kind, length]) = self.order.words(unread) else { return false };
        kind == ENHANCED_PACKET && unread.len() >= length as usize
    }
}
