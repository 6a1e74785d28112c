//! A window over an octet stream: records are parsed in place and lent from here.
//!
//! It reads only when what it holds is too short for the next record, and then takes whatever one read(2) gives, so a
//! packet written to a pipe is delivered when it has arrived. It knows nothing of capture formats. Used by the readers
//! beside it.

use std::io::{self, Read};
use std::ops::Range;

use super::{Fault, packed};
use crate::bound::Bound;

/// Octets asked for at a time, and the buffer that one source starts with.
const BLOCK: usize = 256 * 1024;

/// The longest record or block that is believed: 16 MiB, 64 times the usual snap length.
const LONGEST: u32 = 16 * 1024 * 1024;

/// In which order a file writes the octets of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// The 16-bit number at octet `at`, if it lies inside.
    #[inline]
    pub(super) fn u16(self, octets: &[u8], at: usize) -> Option<u16> {
        let octets = *octets.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(octets),
            Self::Big => u16::from_be_bytes(octets),
        })
    }

    /// The 32-bit number at octet `at`, if it lies inside.
    #[inline]
    pub(super) fn u32(self, octets: &[u8], at: usize) -> Option<u32> {
        let octets = *octets.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(octets),
            Self::Big => u32::from_be_bytes(octets),
        })
    }

    /// The first 32-bit numbers, if there are so many.
    #[inline]
    pub(super) fn words<const N: usize>(self, octets: &[u8]) -> Option<[u32; N]> {
        let words = *octets.as_chunks().0.first_chunk()?;
        Some(match self {
            Self::Little => words.map(u32::from_le_bytes),
            Self::Big => words.map(u32::from_be_bytes),
        })
    }

    /// The 64-bit number at octet `at`, if it lies inside.
    #[inline]
    pub(super) fn u64(self, octets: &[u8], at: usize) -> Option<u64> {
        let octets = *octets.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(octets),
            Self::Big => u64::from_be_bytes(octets),
        })
    }
}

/// The stream, of which `buffer[start..end]` was read and not yet consumed.
pub(super) struct Octets {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Position in the stream of `buffer[start]`.
    offset: u64,
    /// The longest record so far, and how many were refused for their length.
    longest: u32,
    refused: u64,
}

impl Octets {
    pub(super) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, buffer: vec![0; BLOCK], start: 0, end: 0, offset: 0, longest: 0, refused: 0 }
    }

    /// The stream from the first octet that was not consumed on.
    pub(super) fn into_rest(mut self) -> impl Read + Send + 'static {
        self.buffer.truncate(self.end);
        let mut held = io::Cursor::new(self.buffer);
        held.set_position(self.start as u64);
        held.chain(self.reader)
    }

    /// Whether a record or block may be so long.
    ///
    /// # Errors
    ///
    /// [`Fault::Damaged`] if not; `what` names the length.
    #[inline]
    pub(super) fn admit(&mut self, length: u32, what: &str) -> Result<(), Fault> {
        if length > LONGEST {
            self.refused += 1;
            return Err(Fault::damaged(format!("{what} of at most {LONGEST} octets"), format!("{length}")));
        }
        self.longest = self.longest.max(length);
        Ok(())
    }

    /// The bound on the length of a record.
    pub(super) fn bound(&self) -> Bound {
        Bound { id: "record-octets", most: LONGEST.into(), reached: self.longest.into(), forgotten: self.refused }
    }

    /// Position in the stream of the first octet that was not consumed.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next `length` octets, left in place; `None` if the stream ends exactly here.
    ///
    /// Once more octets are asked for, ranges from [`Octets::consume`] no longer hold.
    ///
    /// # Errors
    ///
    /// [`Fault::Cut`] if the stream ends inside them, [`Fault::Unreadable`] if reading fails.
    #[inline]
    pub(super) fn whole(&mut self, length: usize) -> Result<Option<&[u8]>, Fault> {
        if self.end - self.start < length {
            let found = self.fill(length).map_err(packed::fault)?;
            if found == 0 {
                return Ok(None);
            }
            if found < length {
                return Err(Fault::Cut { wanted: length as u64, found: found as u64 });
            }
        }
        Ok(self.buffer.get(self.start..self.start + length))
    }

    /// The next octets, at most `length`, fewer only if the stream ends before; left in place.
    ///
    /// # Errors
    ///
    /// What the reader said.
    pub(super) fn up_to(&mut self, length: usize) -> io::Result<&[u8]> {
        let found = self.fill(length)?.min(length);
        Ok(self.buffer.get(self.start..self.start + found).unwrap_or_default())
    }

    /// Moves past `length` octets that [`Octets::whole`] showed; returns where `buffer` holds them.
    #[inline]
    pub(super) fn consume(&mut self, length: usize) -> Range<usize> {
        let from = self.start;
        self.start = (from + length).min(self.end);
        self.offset += (self.start - from) as u64;
        from..self.start
    }

    /// Octets that were read and not consumed.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Octets consumed last, which stay until more are asked for.
    #[inline]
    pub(super) fn consumed(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// Reads until `length` octets are held or the stream ends; returns how many are held.
    #[cold]
    fn fill(&mut self, length: usize) -> io::Result<usize> {
        while self.end - self.start < length {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            // Doubled only once full, so a length that lies costs no more memory than the stream has octets.
            if self.end == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(read) => self.end = (self.end + read).min(self.buffer.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.end - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, ByteOrder, Fault, Octets};

    #[test]
    fn a_record_longer_than_the_buffer_makes_it_grow() {
        let long: Vec<u8> = (0..=255).cycle().take(3 * BLOCK).collect();
        let mut octets = Octets::new(Box::new(std::io::Cursor::new(long.clone())));
        let consumed = octets.consume(0);
        assert!(consumed.is_empty());
        assert_eq!(octets.whole(3 * BLOCK).unwrap(), Some(&long[..]));
        let range = octets.consume(3 * BLOCK);
        assert_eq!(octets.consumed(range), &long[..]);
        assert_eq!(octets.offset(), 3 * BLOCK as u64);
        assert!(octets.whole(1).unwrap().is_none());
    }

    #[test]
    fn a_length_that_lies_costs_no_memory() {
        let mut octets = Octets::new(Box::new(std::io::Cursor::new(vec![1, 2, 3])));
        let Err(Fault::Cut { wanted: 16_777_216, found: 3 }) = octets.whole(16 << 20) else {
            panic!("three octets are not 16 MiB")
        };
        assert_eq!(octets.buffer.len(), BLOCK);
    }

    #[test]
    fn a_failing_read_is_told_and_an_interrupted_one_repeated() {
        struct Turns(u8);
        impl std::io::Read for Turns {
            fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 => Err(std::io::ErrorKind::Interrupted.into()),
                    2 => {
                        room[0] = 7;
                        Ok(1)
                    }
                    _ => Err(std::io::ErrorKind::ConnectionReset.into()),
                }
            }
        }
        let mut octets = Octets::new(Box::new(Turns(0)));
        assert_eq!(octets.whole(1).unwrap(), Some(&[7][..]));
        assert!(matches!(octets.whole(2), Err(Fault::Unreadable(_))));
    }

    #[test]
    fn numbers_past_the_end_are_none() {
        assert_eq!(ByteOrder::Little.u32(&[1, 2, 3, 4], 0), Some(0x0403_0201));
        assert_eq!(ByteOrder::Big.u32(&[1, 2, 3, 4], 0), Some(0x0102_0304));
        assert_eq!(ByteOrder::Big.u32(&[1, 2, 3, 4], 1), None);
        assert_eq!(ByteOrder::Big.u16(&[1, 2], 2), None);
        assert_eq!(ByteOrder::Big.u64(&[0; 8], usize::MAX), None);
        assert_eq!(ByteOrder::Big.words(&[0, 0, 0, 1, 0, 0, 0, 2, 3]), Some([1, 2]));
        assert_eq!(ByteOrder::Big.words::<2>(&[0; 7]), None);
    }
}
