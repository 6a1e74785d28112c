//! Short connections: handshake, a request, a response, and a close by the client, ten segments in all.

use super::frame::{ACK, FIN, Frames, Link, PSH, SYN, Said, stamps, syn_options};
use super::random::Random;
use std::io::{self, Write};

/// A connection under way.
pub struct Short {
    link: Link,
    /// Initial sequence numbers of client and server.
    iss: [u32; 2],
    /// Where their clocks started.
    clocks: [u32; 2],
    /// The TSval that each sent last.
    told: [u32; 2],
    /// Octets of request and response.
    octets: [u32; 2],
    turn: u8,
}

impl Short {
    pub fn new(link: Link, random: &mut Random) -> Self {
        Self {
            link,
            iss: [random.word(), random.word()],
            clocks: [random.word() >> 1, random.word() >> 1],
            told: [0; 2],
            octets: [20 + random.below(110), 20 + random.below(110)],
            turn: 0,
        }
    }

    /// Sends the next segment; answers whether it was the last.
    pub fn step<W: Write>(&mut self, frames: &mut Frames<W>) -> io::Result<bool> {
        let by_client = matches!(self.turn, 0 | 2 | 3 | 5 | 6 | 9);
        let me = usize::from(!by_client);
        self.told[me] = self.clocks[me].wrapping_add(frames.millis());
        let (value, echo) = (self.told[me], self.told[1 - me]);
        let open = self.iss.map(|iss| iss.wrapping_add(1));
        let [asked, answered] = [open[0].wrapping_add(self.octets[0]), open[1].wrapping_add(self.octets[1])];
        let (flags, seq, ack, payload) = match self.turn {
            0 => (SYN, self.iss[0], 0, 0),
            1 => (SYN | ACK, self.iss[1], open[0], 0),
            2 => (ACK, open[0], open[1], 0),
            3 => (PSH | ACK, open[0], open[1], self.octets[0]),
            4 => (PSH | ACK, open[1], asked, self.octets[1]),
            5 => (ACK, asked, answered, 0),
            6 => (FIN | ACK, asked, answered, 0),
            7 => (ACK, answered, asked.wrapping_add(1), 0),
            8 => (FIN | ACK, answered, asked.wrapping_add(1), 0),
            _ => (ACK, asked.wrapping_add(1), answered.wrapping_add(1), 0),
        };
        let (long, short) = (syn_options(&self.link, value, echo), stamps(value, echo));
        let opens = flags & SYN != 0;
        let options: &[u8] = if opens { &long } else { &short };
        let window = if opens { 64_240 } else { 502 };
        let payload = payload as usize;
        frames.segment(&mut self.link, by_client, Said { flags, seq, ack, window, options, payload })?;
        self.turn += 1;
        Ok(self.turn == 10)
    }
}
