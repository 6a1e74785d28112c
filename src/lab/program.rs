//! A program of a scenario: one socket on one host, and what it does with it, each step told.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::process::{Command, Stdio};
use std::time::Duration;

use socket2::{SockAddr, Socket};

use super::destroy;
use super::fault::LabError;
use super::host::Host;
use super::stage::{Deed, Stage};
use super::steer::{self, Numbers};

/// How long a program waits for the network before its scenario has failed.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// A program with its socket.
#[derive(Debug)]
pub struct Program<'s> {
    stage: &'s Stage<'s>,
    host: Host,
    socket: Socket,
}

/// How reading ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// So many octets.
    Octets(usize),
    /// The end of what the other sends: its FIN.
    End,
    /// The connection was reset, or has timed out.
    Failed,
}

type Result<T> = std::result::Result<T, LabError>;

impl<'s> Program<'s> {
    pub(super) const fn new(stage: &'s Stage<'s>, host: Host, socket: Socket) -> Self {
        Self { stage, host, socket }
    }

    /// Its socket.
    #[must_use]
    pub const fn socket(&self) -> &Socket {
        &self.socket
    }

    fn tell(&self, what: &'static str, number: u64) {
        self.stage.tell(Deed::of(Some(self.host), what, number));
    }

    fn failed<E: Into<std::io::Error>>(&self, act: &str) -> impl FnOnce(E) -> LabError {
        LabError::played(format!("the {}: {act}", self.host))
    }

    /// Connects, and waits until that has succeeded.
    ///
    /// # Errors
    ///
    /// If it is refused, or nobody answers in time.
    pub fn connect(&self, to: SocketAddr) -> Result<()> {
        self.tell("connects", to.port().into());
        self.socket.connect(&SockAddr::from(to)).map_err(self.failed("connect"))
    }

    /// Connects, and tells how that failed.
    ///
    /// # Errors
    ///
    /// If it succeeds.
    pub fn connect_in_vain(&self, to: SocketAddr) -> Result<()> {
        self.tell("connects", to.port().into());
        match self.socket.connect(&SockAddr::from(to)) {
            Ok(()) => Err(self.failed("connect")(std::io::Error::other("wanted a failure, found a connection"))),
            Err(error) => {
                self.stage.tell(Deed::with(Some(self.host), "connect-failed", &error));
                Ok(())
            }
        }
    }

    /// Begins to connect and does not wait; from then on the socket never blocks.
    ///
    /// # Errors
    ///
    /// If that fails at once.
    pub fn begin_connect(&self, to: SocketAddr) -> Result<()> {
        self.tell("connects", to.port().into());
        self.socket.set_nonblocking(true).map_err(self.failed("set nonblocking"))?;
        match self.socket.connect(&SockAddr::from(to)) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(self.failed("connect")(error)),
            _ => Ok(()),
        }
    }

    /// Waits from now on, as sockets do at first.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn wait_again(&self) -> Result<()> {
        self.socket.set_nonblocking(false).map_err(self.failed("set blocking"))
    }

    /// Accepts a connection.
    ///
    /// # Errors
    ///
    /// If none comes in time.
    pub fn accept(&self) -> Result<Program<'s>> {
        let (socket, from) = self.socket.accept().map_err(self.failed("accept"))?;
        let port = from.as_socket().map_or(0, |from| from.port());
        self.tell("accepts", port.into());
        for set in [Socket::set_read_timeout, Socket::set_write_timeout] {
            set(&socket, Some(PATIENCE)).map_err(self.failed("set a timeout"))?;
        }
        Ok(Program::new(self.stage, self.host, socket))
    }

    /// Writes so many octets.
    ///
    /// # Errors
    ///
    /// If the connection does not take them.
    pub fn write(&self, octets: usize) -> Result<()> {
        self.tell("writes", octets as u64);
        (&self.socket).write_all(&vec![b's'; octets]).map_err(self.failed("write"))
    }

    /// Writes, whether or not the connection takes it.
    pub fn try_write(&self, octets: usize) {
        self.tell("writes", octets as u64);
        if let Err(error) = (&self.socket).write_all(&vec![b's'; octets])
            && error.kind() != ErrorKind::WouldBlock
        {
            self.stage.tell(Deed::with(Some(self.host), "write-failed", &error));
        }
    }

    /// Reads until so many octets have come, or no more do.
    ///
    /// # Errors
    ///
    /// If the other ends or fails before.
    pub fn read(&self, octets: usize) -> Result<()> {
        let mut buffer = vec![0; octets];
        (&self.socket).read_exact(&mut buffer).map_err(self.failed("read"))?;
        self.tell("reads", octets as u64);
        Ok(())
    }

    /// Reads everything until the other ends or fails, and tells which.
    ///
    /// # Errors
    ///
    /// If neither happens in time.
    pub fn read_all(&self) -> Result<Heard> {
        let mut buffer = vec![0; 65_536];
        let mut octets = 0;
        loop {
            match (&self.socket).read(&mut buffer) {
                Ok(0) => {
                    self.tell("reads-end", octets as u64);
                    return Ok(Heard::End);
                }
                Ok(more) => octets += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(self.failed("read")(error)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.stage.tell(Deed::with(Some(self.host), "read-failed", &error));
                    return Ok(Heard::Failed);
                }
            }
        }
    }

    /// Closes the direction in which it sends.
    ///
    /// # Errors
    ///
    /// If the connection is gone.
    pub fn shut(&self) -> Result<()> {
        self.tell("shuts", 0);
        self.socket.shutdown(Shutdown::Write).map_err(self.failed("shutdown"))
    }

    /// Closes its socket.
    pub fn close(self) {
        self.tell("closes", 0);
    }

    /// Closes its socket so that a RST is sent (`SO_LINGER` of 0).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn abort(self) -> Result<()> {
        self.tell("aborts", 0);
        self.socket.set_linger(Some(Duration::ZERO)).map_err(self.failed("set linger"))
    }

    /// Ends its connection by connecting to nowhere (`AF_UNSPEC`).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn disconnect(&self) -> Result<()> {
        self.tell("disconnects", 0);
        destroy::disconnect(&self.socket).map_err(self.failed("connect to nowhere"))
    }

    /// Has its socket destroyed by the administrator of its host, as `ss -K` does.
    ///
    /// # Errors
    ///
    /// Without rights over the namespace, or with a kernel that cannot.
    pub fn have_destroyed(&self) -> Result<()> {
        let end = |address: std::io::Result<SockAddr>| {
            address.and_then(|it| it.as_socket().ok_or_else(|| std::io::Error::other("wanted an address of IP")))
        };
        let own = end(self.socket.local_addr()).map_err(self.failed("ask for its address"))?;
        let other = end(self.socket.peer_addr()).map_err(self.failed("ask for the other address"))?;
        self.tell("destroyed", 0);
        let done = self.stage.lab().within(self.host, || destroy::destroy(own, other)).and_then(|done| done);
        done.map_err(self.failed("have its socket destroyed"))
    }

    /// Forgets its connection without a word, as a host that crashes does.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn crash(self) -> Result<()> {
        self.tell("crashes", 0);
        steer::mute(&self.socket).map_err(self.failed("set repair"))
    }

    /// Hands its socket to a process of its own, which is then killed: the kernel closes what it had open.
    ///
    /// # Errors
    ///
    /// If no process can be started.
    pub fn hand_to_a_process_and_kill_it(self) -> Result<()> {
        let failed = LabError::played(format!("the {}: start a process", self.host));
        self.tell("killed", 0);
        let mut command = Command::new("sleep");
        command.arg("60").stdin(std::os::fd::OwnedFd::from(self.socket)).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        // Its copy in this process goes with the command.
        drop(command);
        let ended = child.kill().and_then(|()| child.wait());
        ended.map(drop).map_err(LabError::played("kill a process"))
    }

    /// Leaves the socket open until the capture has ended.
    pub fn stay(self) {
        self.stage.keep(self.socket);
    }

    /// SND.NXT and RCV.NXT, as the kernel has them.
    ///
    /// # Errors
    ///
    /// Without rights over the namespace.
    pub fn numbers(&self) -> Result<Numbers> {
        steer::numbers(&self.socket).map_err(self.failed("ask for its numbers"))
    }

    /// The sequence number of the SYN to come.
    ///
    /// # Errors
    ///
    /// Without rights over the namespace.
    pub fn set_initial(&self, number: u32) -> Result<()> {
        self.tell("steers", number.into());
        steer::set_initial(&self.socket, number).map_err(self.failed("set its initial sequence number"))
    }
}
