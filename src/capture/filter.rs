//! BPF expressions: compiled by libpcap once for each link type, and run here on saved packets.
//!
//! Live captures filter in the kernel instead, and take from here the program or the explanation of what is wrong with
//! the expression. What one means is libpcap's to say; where it is wrong, `place` finds out.

mod place;
mod program;

use super::{Source, SourceError};
use crate::bound::Bound;
use crate::packet::{LinkType, Losses, Packet};
pub(super) use program::data_link;
pub use program::{Instruction, Program};

/// Programs kept at a time; a file of more link types than this compiles some of them again.
const MOST_PROGRAMS: usize = 64;

/// Ethernet, on whose errors a report rests; then Linux cooked, 802.11, 802.11 with radio header, PPP and raw IP.
const TRIED: [LinkType; 6] = [LinkType(1), LinkType(113), LinkType(105), LinkType(127), LinkType(9), LinkType(101)];

/// What libpcap says of an expression that no packet of a link type can match.
const REJECTS: &str = "rejects all packets";

/// A filter expression in the language of tcpdump (pcap-filter(7)).
#[derive(Debug)]
pub struct Filter {
    expression: String,
    /// One a link type met, the one used last in front.
    programs: Vec<(LinkType, Program)>,
}

impl Filter {
    /// Compiles an expression, so that a mistake shows before any packet is read: for Ethernet, and if it does not suit
    /// that, for link types that have words of their own.
    ///
    /// An expression of nothing but blanks passes every packet.
    ///
    /// # Errors
    ///
    /// [`SourceError::Filter`] with what is wrong, where, and what may have been meant.
    pub fn new(expression: &str) -> Result<Self, SourceError> {
        let mut filter = Self { expression: expression.trim().to_owned(), programs: Vec::new() };
        if filter.expression.is_empty() {
            return Ok(filter);
        }
        let [ethernet, others @ ..] = TRIED;
        let said = match Program::compile(ethernet, &filter.expression) {
            Ok(program) if program.rejects_all() => return Err(explained(&filter.expression, REJECTS)),
            Ok(program) => {
                filter.programs.push((ethernet, program));
                return Ok(filter);
            }
            Err(said) => said,
        };
        // Asking again about a name would resolve it again.
        let of_link = !said.contains("syntax error") && !said.contains("unknown");
        if of_link && others.into_iter().any(|link| Program::compile(link, &filter.expression).is_ok()) {
            return Ok(filter);
        }
        Err(explained(&filter.expression, &said))
    }

    /// The expression, without blanks around it.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether a packet passes. The length that `len`, `greater` and `less` look at is the one on the wire.
    ///
    /// # Errors
    ///
    /// [`SourceError::Filter`] if the expression cannot be compiled for this link type.
    pub fn passes(&mut self, packet: &Packet<'_>) -> Result<bool, SourceError> {
        if self.expression.is_empty() {
            return Ok(true);
        }
        match self.programs.iter().position(|(link, _)| *link == packet.link) {
            Some(0) => {}
            Some(other) => self.programs.swap(0, other),
            None => {
                let program = Program::compile(packet.link, &self.expression).map_err(|said| {
                    self.wrong(format!("link type {} of frame {}: {said}", packet.link.0, packet.frame))
                })?;
                self.programs.truncate(MOST_PROGRAMS - 1);
                self.programs.insert(0, (packet.link, program));
            }
        }
        Ok(self.programs.first().is_some_and(|(_, program)| program.passes(packet.bytes, packet.wire_len)))
    }

    fn wrong(&self, found: String) -> SourceError {
        SourceError::Filter { expression: self.expression.clone(), found }
    }
}

/// The program of an expression for frames of one link type, for a kernel to run. An empty expression passes everything.
///
/// # Errors
///
/// [`SourceError::Filter`] with what is wrong, where, and what may have been meant.
pub(super) fn compile(link: LinkType, expression: &str) -> Result<Program, SourceError> {
    match Program::compile(link, expression) {
        Ok(program) if program.rejects_all() => Err(explained(expression, REJECTS)),
        Ok(program) => Ok(program),
        Err(said) => Err(explained(expression, &said)),
    }
}

/// The error of an expression that did not compile, with the place of the mistake; `said` is libpcap's sentence.
pub(super) fn explained(expression: &str, said: &str) -> SourceError {
    let found =
        if said.contains(REJECTS) { "no packet can pass it".to_owned() } else { place::explain(expression, said) };
    SourceError::Filter { expression: expression.to_owned(), found }
}

/// A source of which only the packets that pass a filter are delivered.
///
/// Frame numbers stay those of the source.
#[derive(Debug)]
pub struct FilteredSource<S> {
    source: S,
    filter: Filter,
    /// Packets taken from the source, passed or not.
    read: u64,
    /// The octets of a packet that passed. Copied because a packet lent by one round of a loop cannot be returned
    /// from it in safe Rust.
    passed: Vec<u8>,
    ended: Ended,
}

#[derive(PartialEq, Eq, Debug)]
enum Ended {
    No,
    Yes,
}

impl<S: Source> FilteredSource<S> {
    /// Puts a filter behind a source.
    pub fn new(source: S, filter: Filter) -> Self {
        Self { source, filter, read: 0, passed: Vec::new(), ended: Ended::No }
    }

    /// Packets read from the source so far, whether they passed or not.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read
    }
}

impl<S: Source> Source for FilteredSource<S> {
    fn next_packet(&mut self) -> Result<Option<Packet<'_>>, SourceError> {
        while self.ended == Ended::No {
            // Whatever fails below fails for good.
            self.ended = Ended::Yes;
            let Some(packet) = self.source.next_packet()? else { break };
            self.read += 1;
            let passes = self.filter.passes(&packet)?;
            self.ended = Ended::No;
            if passes {
                self.passed.clear();
                self.passed.extend_from_slice(packet.bytes);
                let Packet { frame, at, stamping, link, interface, wire_len, .. } = packet;
                return Ok(Some(Packet { frame, at, stamping, link, interface, bytes: &self.passed, wire_len }));
            }
        }
        Ok(None)
    }

    fn bounds(&self) -> Vec<Bound> {
        self.source.bounds()
    }

    fn losses(&self) -> Losses {
        self.source.losses()
    }

    /// Of a source that is not whole the next packet may be there and not pass.
    fn is_whole(&self) -> bool {
        self.source.is_whole()
    }

    fn is_at_hand(&self) -> bool {
        self.source.is_at_hand()
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use crate::packet::{LinkType, Packet, Stamping};
    use crate::timestamp::Timestamp;

    /// IPv4, protocol 6, ports 1 and 80.
    const SEGMENT: [u8; 40] = {
        let mut octets = [0; 40];
        octets[0] = 0x45;
        octets[9] = 6;
        octets[21] = 1;
        octets[23] = 80;
        octets
    };

    fn packet(link: u16, bytes: &[u8]) -> Packet<'_> {
        let (at, link) = (Timestamp::from_ns(0), LinkType(link));
        Packet { frame: 7, at, stamping: Stamping::Told, link, interface: 0, bytes, wire_len: bytes.len() as u32 }
    }

    #[test]
    fn one_expression_serves_every_link_type() {
        let ethernet = [&[0; 12][..], &[8, 0], &SEGMENT].concat();
        let null = [&[2, 0, 0, 0][..], &SEGMENT].concat();
        let mut web = Filter::new(" tcp dst port 80 ").unwrap();
        let mut other = Filter::new("tcp dst port 81").unwrap();
        for packet in [packet(1, &ethernet), packet(101, &SEGMENT), packet(12, &SEGMENT), packet(0, &null)] {
            assert!(web.passes(&packet).unwrap(), "link type {}", packet.link.0);
            assert!(!other.passes(&packet).unwrap(), "link type {}", packet.link.0);
        }
    }

    #[test]
    fn lengths_are_those_on_the_wire() {
        let mut filter = Filter::new("greater 1000").unwrap();
        let cut = Packet { wire_len: 1514, ..packet(1, &[0; 60]) };
        assert!(filter.passes(&cut).unwrap());
        assert!(!filter.passes(&packet(1, &[0; 60])).unwrap());
    }

    #[test]
    fn an_expression_that_does_not_suit_a_link_type_says_so() {
        let mut filter = Filter::new("ether host 00:00:5e:00:53:01").unwrap();
        let error = filter.passes(&packet(101, &SEGMENT)).unwrap_err().to_string();
        assert!(error.contains("link type 101 of frame 7"), "{error}");
    }

    #[test]
    fn an_empty_expression_passes_everything() {
        assert!(Filter::new("  ").unwrap().passes(&packet(999, &[])).unwrap());
    }

    #[test]
    fn more_link_types_than_programs_are_kept_still_filter() {
        let mut filter = Filter::new("len > 3").unwrap();
        let passed = (104..289).filter(|link| filter.passes(&packet(*link, &[0; 4])).is_ok_and(|passes| passes));
        assert!(passed.count() > super::MOST_PROGRAMS);
        assert!(filter.programs.len() <= super::MOST_PROGRAMS);
    }

    #[test]
    fn an_expression_for_other_links_than_ethernet_is_one() {
        assert!(Filter::new("inbound").is_ok());
        assert!(Filter::new("wlan type mgt").is_ok());
        let error = Filter::new("tcp and udp").unwrap_err().to_string();
        assert_eq!(error, "cannot compile the filter \"tcp and udp\": no packet can pass it");
    }
}
