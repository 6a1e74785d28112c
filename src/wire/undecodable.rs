//! Why a packet could not be decoded: which layer, at which octet, what was wanted, what was found.
//!
//! Numbers only: text is made when somebody reads it, so that a flood of broken packets costs no allocation.

use std::fmt;

/// A packet that could not be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Undecodable {
    /// The layer that failed, as a stable lower-case word: `link`, `ethernet`, `linux-cooked`, `null`, `cisco-hdlc`, `vlan`,
    /// `mpls`, `pppoe`, `ppp`, `llc`, `ip`, `ipv4`, `ipv6`, `ah`, `gre`, `erspan`, `etherip`, `tunnel`, `tcp`, `udp`, `icmp`,
    /// `icmpv6`, `encapsulation`, or the name of one of the rarer links (`radiotap`, `ieee80211`, `nflog`, …).
    pub layer: &'static str,
    /// Octet of the packet, from 0, at which that layer starts or the fault lies.
    pub octet: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// A link type that is not decoded here (LINKTYPE_* number).
    LinkType(u16),
    /// Fewer octets than the layer needs.
    Missing {
        /// Octets needed from the layer's first on.
        wanted: usize,
        /// Octets that are there.
        found: usize,
        /// Why no more are there.
        because: Because,
    },
    /// A field outside its range.
    Value {
        /// The field's name.
        field: &'static str,
        /// Smallest value that would do.
        least: u32,
        /// Largest value that would do.
        most: u32,
        /// What stands there.
        found: u32,
    },
    /// An extension header that may only come first came later.
    NotFirst(&'static str),
    /// More tags and tunnels around each other than [`super::LAYERS_MAX`].
    TooDeep,
}

/// Why octets are missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Because {
    /// The snap length cut them off.
    Capture,
    /// They were not on the wire either.
    Wire,
    /// A length field says that the layer ends before them.
    Length,
}

impl Because {
    const fn words(self) -> &'static str {
        match self {
            Self::Capture => "cut by the snap length",
            Self::Wire => "short on the wire",
            Self::Length => "longer than its packet",
        }
    }
}

impl Undecodable {
    /// Whether octets are missing that the snap length cut off, so that nobody can say what stood there.
    #[must_use]
    pub const fn is_cut_by_capture(&self) -> bool {
        matches!(self.fault, Fault::Missing { because: Because::Capture, .. })
    }

    /// A stable key for counting: the layer and, in few words, the fault
    /// (`tcp: cut by the snap length`, `ipv4: header length`, `fragment`, `link type 147`).
    /// Its variety is bounded: no value from a packet stands in it, and only the link type's number varies.
    #[must_use]
    pub fn reason(&self) -> String {
        let layer = self.layer;
        match self.fault {
            Fault::LinkType(number) => format!("link type {number}"),
            Fault::Missing { because, .. } => format!("{layer}: {}", because.words()),
            Fault::Value { field, .. } => format!("{layer}: {field}"),
            Fault::NotFirst(header) => format!("{layer}: {header} not first"),
            Fault::TooDeep => format!("{layer}: too deep"),
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: ", self.layer, self.octet)?;
        match self.fault {
            Fault::LinkType(number) => write!(f, "wanted a link type that carries IP, found link type {number}"),
            Fault::Missing { wanted, found, because } => {
                write!(f, "wanted {wanted} octets, found {found}, {}", because.words())
            }
            Fault::Value { field, least, most, found } if least == most => {
                write!(f, "wanted {field} {least}, found {found}")
            }
            Fault::Value { field, least, most, found } => write!(f, "wanted {field} {least} to {most}, found {found}"),
            Fault::NotFirst(header) => write!(f, "wanted {header} as the first extension header, found it later"),
            Fault::TooDeep => {
                write!(f, "wanted at most {} tags and tunnels around each other, found more", super::LAYERS_MAX)
            }
        }
    }
}

impl std::error::Error for Undecodable {}

#[cfg(test)]
mod tests {
    use super::{Because, Fault, Undecodable};

    #[test]
    fn a_reason_counts_and_a_message_tells_the_numbers() {
        let short = Undecodable {
            layer: "tcp",
            octet: 34,
            fault: Fault::Missing { wanted: 20, found: 9, because: Because::Capture },
        };
        assert_eq!(short.reason(), "tcp: cut by the snap length");
        assert_eq!(short.to_string(), "tcp at octet 34: wanted 20 octets, found 9, cut by the snap length");
        let offset = Undecodable {
            layer: "tcp",
            octet: 46,
            fault: Fault::Value { field: "data offset", least: 5, most: 15, found: 3 },
        };
        assert_eq!(offset.reason(), "tcp: data offset");
        assert_eq!(offset.to_string(), "tcp at octet 46: wanted data offset 5 to 15, found 3");
        let link = Undecodable { layer: "link", octet: 0, fault: Fault::LinkType(147) };
        assert_eq!(link.reason(), "link type 147");
    }
}
