//! The UDP peers: one sends a text and cannot know whether it arrives, the other shows who sent what.
//!
//! Nothing is printed here. The demo and the command line use it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

use crate::demo::error::DemoError;
use crate::demo::wait::{self, Deadline, For, Stop, Woken};

/// More octets than any UDP datagram carries, jumbograms apart.
const LONGEST: usize = 65_536;

/// One datagram, as far as the receiver takes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Datagram {
    /// Who sent it.
    pub from: SocketAddr,
    /// Its first octets, at most as many as the receiver takes at a time.
    pub octets: Vec<u8>,
    /// How many octets it carried; more than `octets` if it was cut.
    pub length: usize,
}

impl Datagram {
    /// Whether octets at its end were left out.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.length > self.octets.len()
    }
}

/// What came of waiting for a datagram.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// This came.
    Datagram(Datagram),
    /// Nothing came in time.
    Late,
    /// The user stopped it.
    Stopped,
}

/// A bound socket that takes datagrams from anyone.
#[derive(Debug)]
pub struct Receiver {
    socket: UdpSocket,
    local: SocketAddr,
    size: usize,
    buffer: Vec<u8>,
}

impl Receiver {
    /// Listens on the first of the addresses that can be bound, taking at most `size` octets of each datagram.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`], of the last address.
    pub fn bind(addresses: &[SocketAddr], size: usize) -> Result<Self, DemoError> {
        let mut failure = DemoError::Unresolved { host: String::new(), found: "it has no address".to_owned() };
        for &address in addresses {
            let bound = bind(address).and_then(|socket| Ok((socket.local_addr()?, socket)));
            match bound {
                // The whole datagram is read, so that what was cut can be told.
                Ok((local, socket)) => return Ok(Self { socket, local, size, buffer: vec![0; LONGEST] }),
                Err(source) => failure = DemoError::Listen { address, source },
            }
        }
        Err(failure)
    }

    /// Where it listens.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Waits for the next datagram.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`] if the socket breaks.
    pub fn receive(&mut self, deadline: Deadline, stop: &Stop) -> Result<Arrival, DemoError> {
        let broken = |source| DemoError::Listen { address: self.local, source };
        loop {
            match wait::until(self.socket.as_fd(), For::Reading, deadline, stop).map_err(broken)? {
                Woken::Late => return Ok(Arrival::Late),
                Woken::Stopped => return Ok(Arrival::Stopped),
                Woken::Ready => {}
            }
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, from)) => {
                    let octets = self.buffer.iter().take(length.min(self.size)).copied().collect();
                    return Ok(Arrival::Datagram(Datagram { from, octets, length }));
                }
                // A datagram with a wrong checksum wakes the wait and is then thrown away.
                Err(error) if is_not_yet(&error) => {}
                Err(source) => return Err(broken(source)),
            }
        }
    }
}

/// What the network answered to a datagram, as far as it could be waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Nothing, which proves nothing.
    Nothing,
    /// Its host says that nobody listens: ICMP port unreachable.
    PortUnreachable,
    /// The user stopped the wait.
    Stopped,
}

/// A socket that sends to one address, and so hears when nobody listens there.
#[derive(Debug)]
pub struct Sender {
    socket: UdpSocket,
    local: SocketAddr,
    remote: SocketAddr,
}

impl Sender {
    /// Makes ready to send to the first of the addresses that a route leads to. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`DemoError::Send`], of the last address.
    pub fn to(addresses: &[SocketAddr]) -> Result<Self, DemoError> {
        let mut failure = DemoError::Unresolved { host: String::new(), found: "it has no address".to_owned() };
        for &remote in addresses {
            let any = if remote.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
            let connected = bind(SocketAddr::new(any, 0)).and_then(|socket| {
                socket.connect(remote)?;
                Ok((socket.local_addr()?, socket))
            });
            match connected {
                Ok((local, socket)) => return Ok(Self { socket, local, remote }),
                Err(source) => failure = DemoError::Send { address: remote, octets: 0, source },
            }
        }
        Err(failure)
    }

    /// This end.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// The other end.
    #[must_use]
    pub const fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// Sends one datagram. That it was sent says nothing about whether it arrives.
    ///
    /// # Errors
    ///
    /// [`DemoError::Send`].
    pub fn send(&self, octets: &[u8], stop: &Stop) -> Result<(), DemoError> {
        let failed = |source| DemoError::Send { address: self.remote, octets: octets.len(), source };
        loop {
            match self.socket.send(octets) {
                Ok(_) => return Ok(()),
                Err(error) if is_not_yet(&error) => {
                    match wait::until(self.socket.as_fd(), For::Writing, Deadline::NEVER, stop).map_err(failed)? {
                        Woken::Stopped => return Err(DemoError::Stopped),
                        _ => continue,
                    }
                }
                Err(source) => return Err(failed(source)),
            }
        }
    }

    /// Waits this long for the network to say that nobody listens. A datagram in return is an answer of nothing.
    ///
    /// # Errors
    ///
    /// [`DemoError::Send`] if the network says something else: host unreachable, say.
    pub fn answer(&self, within: Duration, stop: &Stop) -> Result<Answer, DemoError> {
        let failed = |source| DemoError::Send { address: self.remote, octets: 0, source };
        if !within.is_zero() {
            match wait::until(self.socket.as_fd(), For::Reading, Deadline::after(within), stop).map_err(failed)? {
                Woken::Ready => {}
                Woken::Late => return Ok(Answer::Nothing),
                Woken::Stopped => return Ok(Answer::Stopped),
            }
        }
        match self.socket.take_error().map_err(failed)? {
            None => Ok(Answer::Nothing),
            Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(Answer::PortUnreachable),
            Some(error) => Err(failed(error)),
        }
    }
}

/// A UDP port that is taken, so that nobody else gets it, and yet answers as if nobody listened.
#[derive(Debug)]
pub struct Deaf {
    _socket: UdpSocket,
    local: SocketAddr,
}

impl Deaf {
    /// Takes a free port of this address. Its socket is connected to itself, so no datagram of another reaches it.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`].
    pub fn bind(ip: IpAddr) -> Result<Self, DemoError> {
        let address = SocketAddr::new(ip, 0);
        let failed = |source| DemoError::Listen { address, source };
        let socket = bind(address).map_err(failed)?;
        let local = socket.local_addr().map_err(failed)?;
        socket.connect(local).map_err(failed)?;
        Ok(Self { _socket: socket, local })
    }

    /// Where nobody listens.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn is_not_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
