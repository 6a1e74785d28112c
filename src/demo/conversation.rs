//! One TCP connection held by a peer: every read, write and connect has an end, by time or by the user's stop.
//!
//! The socket never blocks; waiting is done in [`wait`]. No protocol here: `stream` and `download`
//! hold their conversations through it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use socket2::{Domain, Protocol, SockAddr, SockRef, Socket, Type};

use crate::demo::error::DemoError;
use crate::demo::wait::{self, Deadline, For, Stop, Woken};

/// How a client reaches its server.
#[derive(Clone, Debug)]
pub struct Call {
    /// The longest wait for the handshake, and later for the other peer to send or take something.
    pub silence: Duration,
    /// The command that listens at the other end, for the advice when nobody does: `tcp-server`.
    pub listener: &'static str,
    /// The client's own address; `None` leaves it to the system.
    pub from: Option<SocketAddr>,
}

/// A connection, its two addresses and its patience.
#[derive(Debug)]
pub struct Conversation<'s> {
    stream: TcpStream,
    local: SocketAddr,
    remote: SocketAddr,
    silence: Duration,
    stop: &'s Stop,
}

impl<'s> Conversation<'s> {
    /// Connects to the first of the addresses that answers.
    ///
    /// # Errors
    ///
    /// That of the last address: [`DemoError::Connect`] or [`DemoError::NoAnswer`]; [`DemoError::Stopped`].
    pub fn open(addresses: &[SocketAddr], call: &Call, stop: &'s Stop) -> Result<Self, DemoError> {
        let mut failure = DemoError::Unresolved { host: String::new(), found: "it has no address".to_owned() };
        for &address in addresses {
            match connect(address, call, stop) {
                Ok(stream) => return Self::of(stream, address, call.silence, stop),
                Err(DemoError::Stopped) => return Err(DemoError::Stopped),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Takes over a connection that is there.
    ///
    /// # Errors
    ///
    /// [`DemoError::Exhausted`] if the system does not let it be set to not blocking.
    pub(crate) fn of(
        stream: TcpStream,
        remote: SocketAddr,
        silence: Duration,
        stop: &'s Stop,
    ) -> Result<Self, DemoError> {
        let setup = |source| DemoError::Exhausted { wanted: "set up a connection", source };
        stream.set_nonblocking(true).map_err(setup)?;
        let local = stream.local_addr().map_err(setup)?;
        Ok(Self { stream, local, remote, silence, stop })
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

    /// A deadline one silence from now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.silence)
    }

    /// How long each wait may be.
    pub(crate) const fn silence(&self) -> Duration {
        self.silence
    }

    /// Reads what is there, at least one octet; 0 is the end of what the other peer sends.
    ///
    /// # Errors
    ///
    /// [`DemoError::Read`], [`DemoError::Silent`], [`DemoError::Stopped`].
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, DemoError> {
        self.read_by(into, self.deadline())
    }

    /// The same, with the end of the wait given.
    pub(crate) fn read_by(&mut self, into: &mut [u8], deadline: Deadline) -> Result<usize, DemoError> {
        loop {
            // Before the read, so that a peer that never stops talking cannot outrun the deadline or the stop.
            self.wait(For::Reading, deadline)?;
            match self.stream.read(into) {
                Ok(count) => return Ok(count),
                Err(error) if is_not_yet(&error) => {}
                Err(source) => return Err(DemoError::Read { remote: self.remote, source }),
            }
        }
    }

    /// Writes all of it; each silence must see some of it taken.
    ///
    /// # Errors
    ///
    /// [`DemoError::Write`], [`DemoError::Silent`], [`DemoError::Stopped`].
    pub fn write_all(&mut self, octets: &[u8]) -> Result<(), DemoError> {
        self.write_all_by(octets, Deadline::NEVER)
    }

    /// The same, with an end for all of it.
    pub(crate) fn write_all_by(&mut self, mut octets: &[u8], end: Deadline) -> Result<(), DemoError> {
        while !octets.is_empty() {
            match self.stream.write(octets) {
                Ok(0) => {
                    let source = io::ErrorKind::WriteZero.into();
                    return Err(DemoError::Write { remote: self.remote, source });
                }
                Ok(count) => octets = octets.get(count..).unwrap_or_default(),
                Err(error) if is_not_yet(&error) => self.wait(For::Writing, self.deadline().earlier(end))?,
                Err(source) => return Err(DemoError::Write { remote: self.remote, source }),
            }
        }
        Ok(())
    }

    /// Sends each write as a segment of its own, without waiting for the acknowledgment of the one before.
    ///
    /// # Errors
    ///
    /// [`DemoError::Write`].
    pub(crate) fn send_at_once(&self) -> Result<(), DemoError> {
        self.stream.set_nodelay(true).map_err(|source| DemoError::Write { remote: self.remote, source })
    }

    /// Closes the sending side: the FIN goes out, reading goes on.
    ///
    /// # Errors
    ///
    /// [`DemoError::Write`]; not if the other peer has already ended the connection.
    pub fn finish_sending(&mut self) -> Result<(), DemoError> {
        match self.stream.shutdown(Shutdown::Write) {
            Err(error) if error.kind() != io::ErrorKind::NotConnected => {
                Err(DemoError::Write { remote: self.remote, source: error })
            }
            _ => Ok(()),
        }
    }

    /// Reads and forgets what still comes, until the end, the deadline, or so many octets.
    ///
    /// Closing with unread octets would send a RST, which may overtake what was written last.
    pub(crate) fn drain(&mut self, most: usize, deadline: Deadline) {
        let mut buffer = [0; 1024];
        let mut drained = 0;
        while drained < most {
            match self.read_by(&mut buffer, deadline) {
                Ok(count) if count > 0 => drained += count,
                _ => return,
            }
        }
    }

    /// Lets time pass, unless the user stops it.
    ///
    /// # Errors
    ///
    /// [`DemoError::Stopped`].
    pub(crate) fn hold(&self, span: Duration) -> Result<(), DemoError> {
        match wait::pause(span, self.stop) {
            Ok(Woken::Stopped) => Err(DemoError::Stopped),
            Ok(_) => Ok(()),
            Err(source) => Err(DemoError::Exhausted { wanted: "wait", source }),
        }
    }

    /// Closes both directions, as close(2) does.
    pub fn close(self) {
        drop(self.stream);
    }

    /// Ends the connection with a RST, by closing with a linger time of 0.
    ///
    /// # Errors
    ///
    /// [`DemoError::Write`] if the system refuses the linger time; then it is an ordinary close.
    pub fn reset(self) -> Result<(), DemoError> {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .map_err(|source| DemoError::Write { remote: self.remote, source })
    }

    fn wait(&self, purpose: For, deadline: Deadline) -> Result<(), DemoError> {
        let expected = match purpose {
            For::Reading => "it did not send what was waited for",
            For::Writing => "it did not take what was sent",
        };
        match wait::until(self.stream.as_fd(), purpose, deadline, self.stop) {
            Ok(Woken::Ready) => Ok(()),
            Ok(Woken::Late) => Err(DemoError::Silent { remote: self.remote, expected, waited: self.silence }),
            Ok(Woken::Stopped) => Err(DemoError::Stopped),
            Err(source) => Err(DemoError::Read { remote: self.remote, source }),
        }
    }
}

fn is_not_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn connect(address: SocketAddr, call: &Call, stop: &Stop) -> Result<TcpStream, DemoError> {
    let failed = |source| DemoError::Connect { address, listener: call.listener, source };
    let open_socket = |source| DemoError::Exhausted { wanted: "open a socket", source };
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP)).map_err(open_socket)?;
    socket.set_nonblocking(true).map_err(open_socket)?;
    if let Some(from) = call.from {
        socket.bind(&SockAddr::from(from)).map_err(|source| DemoError::Listen { address: from, source })?;
    }
    match socket.connect(&SockAddr::from(address)) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) || is_not_yet(&error) => {
            match wait::until(socket.as_fd(), For::Writing, Deadline::after(call.silence), stop).map_err(failed)? {
                Woken::Ready => {}
                Woken::Late => return Err(DemoError::NoAnswer { address, waited: call.silence }),
                Woken::Stopped => return Err(DemoError::Stopped),
            }
            if let Some(error) = socket.take_error().map_err(failed)? {
                return Err(failed(error));
            }
        }
        Err(error) => return Err(failed(error)),
    }
    let stream = TcpStream::from(socket);
    // Where nobody listens, a socket may be given the very port it calls and so reach itself.
    if stream.local_addr().map_err(failed)? == address {
        return Err(failed(Errno::ECONNREFUSED.into()));
    }
    Ok(stream)
}
