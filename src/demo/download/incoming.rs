//! What comes in on a file connection: first one bounded line, then as many octets as were announced.
//!
//! Keeps what was read past the line. Knows nothing of the words in it.

use crate::demo::conversation::Conversation;
use crate::demo::error::DemoError;
use crate::demo::wait::Deadline;

/// Octets taken by one read of the connection: several of the server's pieces, so that fast links need fewer calls.
const READ_SIZE: usize = 64 * 1024;

/// A conversation being read through a buffer.
pub(crate) struct Incoming<'c, 's> {
    conversation: &'c mut Conversation<'s>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// How a line came out.
pub(crate) enum Line {
    /// Whole, without its line feed.
    Whole(Vec<u8>),
    /// The limit passed without a line feed; this is its beginning.
    TooLong(Vec<u8>),
    /// The other peer finished sending before a line feed; this is what came.
    Ended(Vec<u8>),
}

impl<'c, 's> Incoming<'c, 's> {
    pub(crate) fn new(conversation: &'c mut Conversation<'s>) -> Self {
        Self { conversation, buffer: vec![0; READ_SIZE], start: 0, end: 0 }
    }

    /// One line of at most so many octets, all of it before the deadline: an octet now and then does not prolong it.
    pub(crate) fn line(&mut self, limit: usize, deadline: Deadline) -> Result<Line, DemoError> {
        let mut line = Vec::new();
        loop {
            let there = self.buffered();
            let feed = there.iter().position(|&octet| octet == b'\n');
            let part = there.get(..feed.unwrap_or(there.len())).unwrap_or_default();
            let room = limit - line.len();
            line.extend(part.iter().take(room));
            if part.len() > room {
                return Ok(Line::TooLong(line));
            }
            let used = part.len() + usize::from(feed.is_some());
            self.start += used;
            if feed.is_some() {
                return Ok(Line::Whole(line));
            }
            if self.fill(deadline)? == 0 {
                return Ok(Line::Ended(line));
            }
        }
    }

    /// The next octets, at least one and at most `most`; none at the end of what the other peer sends.
    pub(crate) fn octets(&mut self, most: usize) -> Result<&[u8], DemoError> {
        if self.start == self.end {
            let deadline = self.conversation.deadline();
            self.fill(deadline)?;
        }
        let count = (self.end - self.start).min(most);
        let from = self.start;
        self.start += count;
        Ok(self.buffer.get(from..from + count).unwrap_or_default())
    }

    fn buffered(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Only when all that was read is used up.
    fn fill(&mut self, deadline: Deadline) -> Result<usize, DemoError> {
        self.start = 0;
        self.end = 0;
        self.end = self.conversation.read_by(&mut self.buffer, deadline)?;
        Ok(self.end)
    }
}
