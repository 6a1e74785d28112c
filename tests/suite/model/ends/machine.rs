//! The machine of this folder with octets around it, and a clock that calls its timers.

use super::super::dice::Dice;
use super::super::endpoint::{Endpoint, Habits, Segment, State};
use super::super::knowledge::Truth;
use super::{Begins, End, path, segment};
use smoltcp::wire::{Ipv4Packet, TcpOption, TcpPacket};
use synfin::peer::Peer;
use synfin::seq::Seq;
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::wire::encode::{self, Envelope, Fields, Link};
use synfin::wire::segment::Flags;

/// How long an acknowledgment waits, a timer of retransmission, and TIME-WAIT.
const DELAY: Elapsed = Elapsed::from_ns(40_000_000);
const TIMEOUT: Elapsed = Elapsed::from_ns(300_000_000);
const TWO_MSL: Elapsed = Elapsed::from_ns(240_000_000_000);

/// The machine, and since when what waits.
pub(super) struct Machine {
    end: Endpoint,
    peer: Peer,
    now: Timestamp,
    /// When it last sent or received something.
    stirred: Timestamp,
}

impl Machine {
    pub(super) fn new(peer: Peer, begins: Begins, now: Timestamp, dice: &mut Dice) -> Self {
        let iss = if dice.chance(50) { dice.number() } else { dice.roll(300).wrapping_sub(200) };
        let state = if begins == Begins::Listening { State::Listen } else { State::Closed };
        let mut end = Endpoint::new(state, iss, Habits::rolled(dice));
        if begins == Begins::Connecting {
            end.open();
        }
        Self { end, peer, now, stirred: now }
    }
}

impl End for Machine {
    fn advance(&mut self, now: Timestamp) {
        self.now = now;
        let still = now.since(self.stirred);
        if still > DELAY {
            self.end.acknowledge_at_last();
        }
        if still > TIMEOUT {
            self.end.time_out();
            self.end.probe();
        }
        if still > TWO_MSL {
            self.end.expire();
        }
    }

    fn arrives(&mut self, packet: &[u8], dice: &mut Dice) {
        let Ok(ip) = Ipv4Packet::new_checked(packet) else { return };
        let Ok(tcp) = TcpPacket::new_checked(ip.payload()) else { return };
        self.stirred = self.now;
        if tcp.syn() {
            self.end.habits.largest = self.end.habits.largest.min(mss(tcp.options()));
        }
        let Some(segment) = segment(packet) else { return };
        self.end.arrives(segment, dice);
    }

    fn send(&mut self, len: u32) {
        self.end.send(len);
    }

    fn read(&mut self, len: u32) {
        self.end.read(len);
    }

    fn close(&mut self) {
        self.end.close();
    }

    fn abort(&mut self) {
        self.end.abort();
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        let out = std::mem::take(&mut self.end.out);
        if !out.is_empty() {
            self.stirred = self.now;
        }
        out.iter().map(|segment| octets(self.peer, segment)).collect()
    }

    fn state(&self) -> &'static str {
        self.end.state.name()
    }

    fn truth(&self) -> Option<Truth> {
        Some(self.end.truth())
    }

    fn is_idle(&self) -> bool {
        self.end.unacked.is_empty() && self.end.to_send == 0 && !self.end.ack_due && self.end.unread == 0
    }
}

/// The largest payload that a SYN with these options takes: 536 octets if it does not say (Section 3.7.1).
fn mss(mut options: &[u8]) -> u32 {
    while let Ok((rest, option)) = TcpOption::parse(options) {
        match option {
            TcpOption::MaxSegmentSize(mss) => return u32::from(mss),
            TcpOption::EndOfList => break,
            _ => options = rest,
        }
    }
    536
}

fn octets(from: Peer, segment: &Segment) -> Vec<u8> {
    let bits =
        [(segment.fin, 1), (segment.syn, 2), (segment.rst, 4), (segment.len > 0, 8), (segment.ack.is_some(), 16)];
    let fields = Fields {
        seq: Seq::new(segment.seq),
        raw_ack: segment.ack.unwrap_or(0),
        flags: Flags(bits.iter().filter(|(is_set, _)| *is_set).map(|(_, bit)| bit).sum()),
        window: segment.window,
        payload: &vec![0; segment.len as usize],
        ..Fields::default()
    };
    let envelope = Envelope { link: Link::Raw, id: segment.id, ..Envelope::new(path(from)) };
    encode::segment(&envelope, &fields).expect("a segment of the machine can be encoded")
}
