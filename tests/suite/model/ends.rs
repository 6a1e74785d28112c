//! An endpoint seen from outside: octets of IPv4 in and out, and what its user calls. Behind it stands the machine of this
//! folder, or a socket of smoltcp, so that any two of them can talk.

mod machine;
mod smoltcp_socket;

use super::dice::Dice;
use smoltcp_socket::SmoltcpSocket;
use synfin::four_tuple::FourTuple;
use synfin::peer::Peer;
use synfin::timestamp::Timestamp;

/// Who stands at an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// The machine of this folder.
    Machine,
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
    /// Whether it waits for nothing but what comes: no octet and no FIN of its own is unacknowledged or unsent.
    fn is_idle(&self) -> bool;
}

/// Sets up the end of `peer`.
pub(super) fn end(who: Who, peer: Peer, begins: Begins, now: Timestamp, dice: &mut Dice) -> Box<dyn End> {
    match who {
        Who::Machine => Box::new(machine::Machine::new(peer, begins, now, dice)),
        Who::Smoltcp | Who::Careless => Box::new(SmoltcpSocket::new(who, (peer, begins), now, dice)),
    }
}

/// From `from` to the other end.
pub(super) fn path(from: Peer) -> FourTuple {
    let a_to_b = FourTuple { from: ([10, 0, 0, 1], 40_000).into(), to: ([10, 0, 0, 2], 80).into() };
    if from == Peer::A { a_to_b } else { a_to_b.reversed() }
}
