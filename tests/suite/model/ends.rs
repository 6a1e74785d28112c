//! An endpoint seen from outside: octets of IPv4 in and out, and what its user calls. Behind it stands the machine of this
//! folder, the second one, of the ledger, or a socket of smoltcp, so that any two of them can talk.

mod ledger;
mod machine;
mod smoltcp_socket;

use super::dice::Dice;
use super::endpoint::Segment;
use super::knowledge::Truth;
use ledger::Ledger;
use smoltcp::wire::{Ipv4Packet, TcpPacket};
use smoltcp_socket::SmoltcpSocket;
use synfin::four_tuple::FourTuple;
use synfin::peer::Peer;
use synfin::timestamp::Timestamp;

/// Who stands at an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// The machine of this folder.
    Machine,
    /// The second machine, of the ledger.
    Ledger,
    /// A socket of smoltcp, whose user does nothing that makes it break the protocol.
    Smoltcp,
    /// One whose user does.
    Careless,
}

/// How an end begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begins {
    /// Nobody listens.
    Closed,
    /// By listening.
    Listening,
    /// By a SYN.
    Connecting,
}

/// An endpoint with its user.
pub(super) trait End {
    /// Time has come to `now`, and with it whatever timers run out.
    fn advance(&mut self, now: Timestamp);
    /// A datagram has arrived.
    fn arrives(&mut self, packet: &[u8], dice: &mut Dice);
    /// SEND, of so many octets.
    fn send(&mut self, len: u32);
    /// RECEIVE, of so many octets at most.
    fn read(&mut self, len: u32);
    /// CLOSE.
    fn close(&mut self);
    /// ABORT.
    fn abort(&mut self);
    /// The datagrams that it has sent since this was last asked.
    fn sent(&mut self) -> Vec<Vec<u8>>;
    /// Its state, as RFC 9293 spells it.
    fn state(&self) -> &'static str;
    /// All that a tap may be held to about it; `None` if it does not tell.
    fn truth(&self) -> Option<Truth>;
    /// Whether it waits for nothing but what comes: no octet and no FIN of its own is unacknowledged or unsent.
    fn is_idle(&self) -> bool;
}

/// Sets up the end of `peer`.
pub(super) fn end(who: Who, peer: Peer, begins: Begins, now: Timestamp, dice: &mut Dice) -> Box<dyn End> {
    match who {
        Who::Machine => Box::new(machine::Machine::new(peer, begins, now, dice)),
        Who::Ledger => Box::new(Ledger::new(peer, begins, now, dice)),
        Who::Smoltcp | Who::Careless => Box::new(SmoltcpSocket::new(who, (peer, begins), now, dice)),
    }
}

/// From `from` to the other end.
pub(super) fn path(from: Peer) -> FourTuple {
    let a_to_b = FourTuple { from: ([10, 0, 0, 1], 40_000).into(), to: ([10, 0, 0, 2], 80).into() };
    if from == Peer::A { a_to_b } else { a_to_b.reversed() }
}

/// The datagram's segment, without its options.
pub(super) fn segment(packet: &[u8]) -> Option<Segment> {
    let ip = Ipv4Packet::new_checked(packet).ok()?;
    let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
    Some(Segment {
        seq: tcp.seq_number().0.cast_unsigned(),
        ack: tcp.ack().then(|| tcp.ack_number().0.cast_unsigned()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        len: u32::try_from(tcp.payload().len()).unwrap_or(0),
        window: tcp.window_len(),
        id: ip.ident(),
    })
}
