//! Long transfers in full segments, an acknowledgment for every two. Of a hundred segments one is lost behind the tap
//! and sent again, lost before it and filled in later, or overtaken by the next ones; the receiver says so by SACK.

use super::frame::{ACK, FIN, Frames, Link, SYN, Said, stamps, syn_options};
use super::random::Random;
use std::collections::VecDeque;
use std::io::{self, Write};

/// What becomes of a segment, of four hundred: fractions of one in a hundred.
const LOST_BEHIND: u32 = 2;
const LOST_BEFORE: u32 = 3;
const OVERTAKEN: u32 = 4;
const OF: u32 = 400;

/// Transfers under way, in bursts.
#[derive(Default)]
pub struct Transfers {
    open: Vec<Transfer>,
    current: usize,
    burst: u32,
}

impl Transfers {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub fn len(&self) -> usize {
        self.open.len()
    }

    pub fn begin(&mut self, link: Link, segments: u64, random: &mut Random) {
        self.open.push(Transfer {
            link,
            iss: [random.word(), random.word()],
            clocks: [random.word() >> 1, random.word() >> 1],
            told: [0; 2],
            phase: Phase::Syn,
            left: segments,
            next: 0,
            received: 0,
            islands: Vec::new(),
            lost: VecDeque::new(),
            held: None,
            unacknowledged: 0,
            duplicates: 0,
        });
    }

    /// One of them goes on.
    pub fn step<W: Write>(&mut self, frames: &mut Frames<W>, random: &mut Random) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        if self.burst == 0 || self.current >= self.open.len() {
            self.current = random.below(self.open.len() as u32) as usize;
            self.burst = 1 + random.below(16);
        }
        self.burst -= 1;
        if self.open[self.current].step(frames, random)? {
            self.open.swap_remove(self.current);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Syn,
    SynAck,
    Ack,
    Octets,
    Fin,
    FinAcked,
    OtherFin,
    LastAck,
}

/// A transfer from the client to the server. Numbers are relative to the sender's first octet.
struct Transfer {
    link: Link,
    iss: [u32; 2],
    clocks: [u32; 2],
    told: [u32; 2],
    phase: Phase,
    left: u64,
    next: u32,
    /// What the receiver has without a hole before it.
    received: u32,
    /// What it has beyond.
    islands: Vec<(u32, u32)>,
    lost: VecDeque<u32>,
    /// A segment that will be overtaken by so many.
    held: Option<(u32, u32)>,
    unacknowledged: u32,
    duplicates: u32,
}

impl Transfer {
    fn stamps<W: Write>(&mut self, frames: &Frames<W>, me: usize) -> (u32, u32) {
        self.told[me] = self.clocks[me].wrapping_add(frames.millis());
        (self.told[me], self.told[1 - me])
    }

    fn first(&self) -> u32 {
        self.iss[0].wrapping_add(1)
    }

    /// A segment of the sender without octets.
    fn says<W: Write>(&mut self, frames: &mut Frames<W>, flags: u8, seq: u32, ack: u32) -> io::Result<()> {
        let (value, echo) = self.stamps(frames, 0);
        let options = stamps(value, echo);
        frames.segment(&mut self.link, true, Said { flags, seq, ack, window: 502, options: &options, payload: 0 })
    }

    fn sends<W: Write>(&mut self, frames: &mut Frames<W>, start: u32) -> io::Result<()> {
        let (value, echo) = self.stamps(frames, 0);
        let (options, payload) = (stamps(value, echo), self.link.full() as usize);
        let (seq, ack) = (self.first().wrapping_add(start), self.iss[1].wrapping_add(1));
        frames.segment(&mut self.link, true, Said { flags: ACK, seq, ack, window: 502, options: &options, payload })
    }

    fn acknowledges<W: Write>(&mut self, frames: &mut Frames<W>, flags: u8, ahead: u32) -> io::Result<()> {
        let (value, echo) = self.stamps(frames, 1);
        let mut options = stamps(value, echo).to_vec();
        let blocks = self.islands.iter().rev().take(3);
        if blocks.len() > 0 {
            options.extend_from_slice(&[1, 1, 5, 2 + 8 * blocks.len() as u8]);
            for edge in blocks.flat_map(|(left, right)| [*left, *right]) {
                options.extend_from_slice(&self.iss[0].wrapping_add(1).wrapping_add(edge).to_be_bytes());
            }
        }
        self.unacknowledged = 0;
        let (seq, ack) = (self.iss[1].wrapping_add(1), self.first().wrapping_add(self.received).wrapping_add(ahead));
        frames.segment(&mut self.link, false, Said { flags, seq, ack, window: 8_192, options: &options, payload: 0 })
    }

    fn arrives<W: Write>(&mut self, frames: &mut Frames<W>, start: u32) -> io::Result<()> {
        let end = start.wrapping_add(self.link.full());
        frames.pass(1);
        if start != self.received {
            match self.islands.iter_mut().find(|(_, right)| *right == start) {
                Some((_, right)) => *right = end,
                None => self.islands.push((start, end)),
            }
            self.duplicates += 1;
            return self.acknowledges(frames, ACK, 0);
        }
        self.received = end;
        self.unacknowledged += 1;
        let mut filled = false;
        while let Some(at) = self.islands.iter().position(|(left, _)| *left == self.received) {
            self.received = self.islands.swap_remove(at).1;
            filled = true;
        }
        if filled {
            self.duplicates = 0;
        }
        if filled || self.unacknowledged >= 2 || !self.islands.is_empty() {
            self.acknowledges(frames, ACK, 0)
        } else {
            Ok(())
        }
    }

    /// Goes on by a step; answers whether that was the last.
    fn step<W: Write>(&mut self, frames: &mut Frames<W>, random: &mut Random) -> io::Result<bool> {
        let (end, other) = (self.first().wrapping_add(self.next), self.iss[1].wrapping_add(1));
        let next = match self.phase {
            Phase::Syn | Phase::SynAck => {
                let me = usize::from(self.phase == Phase::SynAck);
                let (value, echo) = self.stamps(frames, me);
                let options = syn_options(&self.link, value, echo);
                let (flags, ack) = if me == 0 { (SYN, 0) } else { (SYN | ACK, self.first()) };
                let said = Said { flags, seq: self.iss[me], ack, window: 64_240, options: &options, payload: 0 };
                frames.segment(&mut self.link, me == 0, said)?;
                if me == 0 { Phase::SynAck } else { Phase::Ack }
            }
            Phase::Ack => {
                self.says(frames, ACK, end, other)?;
                Phase::Octets
            }
            Phase::Octets => {
                if self.octets(frames, random)? {
                    return Ok(false);
                }
                Phase::Fin
            }
            Phase::Fin => {
                self.says(frames, FIN | ACK, end, other)?;
                Phase::FinAcked
            }
            Phase::FinAcked => {
                self.acknowledges(frames, ACK, 1)?;
                Phase::OtherFin
            }
            Phase::OtherFin => {
                self.acknowledges(frames, FIN | ACK, 1)?;
                Phase::LastAck
            }
            Phase::LastAck => {
                self.says(frames, ACK, end.wrapping_add(1), other.wrapping_add(1))?;
                return Ok(true);
            }
        };
        self.phase = next;
        Ok(false)
    }

    /// Sends octets, or again; answers whether there was anything to send.
    fn octets<W: Write>(&mut self, frames: &mut Frames<W>, random: &mut Random) -> io::Result<bool> {
        if let Some((start, turns)) = self.held {
            if turns == 0 || self.left == 0 {
                self.held = None;
                self.sends(frames, start)?;
                self.arrives(frames, start)?;
                return Ok(true);
            }
            self.held = Some((start, turns - 1));
        }
        if (self.duplicates >= 3 || self.left == 0)
            && let Some(start) = self.lost.pop_front()
        {
            self.duplicates = 0;
            frames.pass(200);
            self.sends(frames, start)?;
            self.arrives(frames, start)?;
            return Ok(true);
        }
        if self.left == 0 {
            if self.unacknowledged > 0 {
                self.acknowledges(frames, ACK, 0)?;
            }
            return Ok(false);
        }
        let start = self.next;
        self.next = start.wrapping_add(self.link.full());
        self.left -= 1;
        let fate = random.below(OF);
        if fate < LOST_BEFORE {
            if fate < LOST_BEHIND {
                self.sends(frames, start)?;
            }
            self.lost.push_back(start);
        } else if fate < OVERTAKEN && self.held.is_none() {
            self.held = Some((start, 1 + random.below(3)));
        } else {
            self.sends(frames, start)?;
            self.arrives(frames, start)?;
        }
        Ok(true)
    }
}
