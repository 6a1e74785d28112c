//! What a scenario plays on: sockets on both hosts, waiting, forging; and the record of what was done.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::Lab;
use super::alter;
use super::clock::stamp;
use super::fault::LabError;
use super::host::{Host, Version};
use super::program::{PATIENCE, Program};
use super::tap::Caught;
use crate::four_tuple::FourTuple;
use crate::seq::Seq;
use crate::timestamp::Timestamp;

/// The port of the server.
pub const SERVER_PORT: u16 = 20_001;
/// The first port of clients.
pub const CLIENT_PORT: u16 = 30_001;
/// So long nothing is seen when all is done: longer than programs take to run, shorter than any timer of TCP.
const QUIET: Duration = Duration::from_millis(15);

type Result<T> = std::result::Result<T, LabError>;

/// One thing done in a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// By which host's program; by the wire itself if by none.
    pub host: Option<Host>,
    /// What: `connects`, `closes`, …
    pub what: &'static str,
    /// How many, or at which port.
    pub number: u64,
    /// What the system said, if it is about that.
    pub said: String,
}

impl Deed {
    pub(super) fn of(host: Option<Host>, what: &'static str, number: u64) -> Self {
        Self { at: stamp(), host, what, number, said: String::new() }
    }

    pub(super) fn with(host: Option<Host>, what: &'static str, error: &std::io::Error) -> Self {
        let said = match error.raw_os_error() {
            Some(number) => nix::errno::Errno::from_raw(number).desc().to_lowercase(),
            None => error.to_string(),
        };
        Self { at: stamp(), host, what, number: 0, said }
    }
}

/// Called at moments of a scenario, so that somebody else can look at the hosts.
pub type Look<'h> = &'h dyn Fn(&Lab);

/// Where a scenario plays.
pub struct Stage<'l> {
    lab: &'l Lab,
    version: Version,
    deeds: RefCell<Vec<Deed>>,
    kept: RefCell<Vec<Socket>>,
    look: Look<'l>,
}

impl std::fmt::Debug for Stage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("lab", self.lab).finish_non_exhaustive()
    }
}

impl<'l> Stage<'l> {
    pub(super) fn new(lab: &'l Lab, version: Version, look: Look<'l>) -> Self {
        Self { lab, version, deeds: RefCell::default(), kept: RefCell::default(), look }
    }

    /// The lab it is in.
    #[must_use]
    pub const fn lab(&self) -> &Lab {
        self.lab
    }

    /// Writes down what was done.
    pub(super) fn tell(&self, deed: Deed) {
        self.deeds.borrow_mut().push(deed);
    }

    pub(super) fn keep(&self, socket: Socket) {
        self.kept.borrow_mut().push(socket);
    }

    /// What was done, and the sockets that are still open.
    pub(super) fn finish(self) -> (Vec<Deed>, Vec<Socket>) {
        (self.deeds.into_inner(), self.kept.into_inner())
    }

    /// The address of a host at a port.
    #[must_use]
    pub fn at(&self, host: Host, port: u16) -> SocketAddr {
        self.lab.addresses().socket(host, self.version, port)
    }

    /// Where the server listens.
    #[must_use]
    pub fn server(&self) -> SocketAddr {
        self.at(Host::Server, SERVER_PORT)
    }

    /// A program of a host, bound to a port, with nothing done yet. `prepare` sets what has to be set before.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn program(
        &self,
        host: Host,
        port: u16,
        prepare: impl FnOnce(&Socket) -> std::io::Result<()>,
    ) -> Result<Program<'_>> {
        self.program_of(Protocol::TCP, host, port, prepare)
    }

    /// The same with another protocol, as MPTCP.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn program_of(
        &self,
        protocol: Protocol,
        host: Host,
        port: u16,
        prepare: impl FnOnce(&Socket) -> std::io::Result<()>,
    ) -> Result<Program<'_>> {
        let address = self.at(host, port);
        let open = || Socket::new(Domain::for_address(address), Type::STREAM, Some(protocol));
        let opened = self.lab.within(host, open).and_then(|socket| socket).and_then(|socket| {
            socket.set_reuse_address(true)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.set_write_timeout(Some(PATIENCE))?;
            prepare(&socket)?;
            socket.bind(&SockAddr::from(address))?;
            Ok(socket)
        });
        let socket = opened.map_err(LabError::played(format!("the {host}: open a socket at {address}")))?;
        Ok(Program::new(self, host, socket))
    }

    /// A server that listens.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn listen(&self) -> Result<Program<'_>> {
        self.listen_with(16, |_| Ok(()))
    }

    /// A server with a queue of this length, prepared.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn listen_with(&self, queue: i32, prepare: impl FnOnce(&Socket) -> std::io::Result<()>) -> Result<Program<'_>> {
        let program = self.program(Host::Server, SERVER_PORT, prepare)?;
        self.listening(&program, queue)?;
        Ok(program)
    }

    /// Makes a bound program listen.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn listening(&self, program: &Program<'_>, queue: i32) -> Result<()> {
        program.socket().listen(queue).map_err(LabError::played("the server: listen"))?;
        self.tell(Deed::of(Some(Host::Server), "listens", SERVER_PORT.into()));
        Ok(())
    }

    /// A client that has not connected yet.
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn client(&self) -> Result<Program<'_>> {
        self.program(Host::Client, CLIENT_PORT, |_| Ok(()))
    }

    /// A connection: the client's program, and that of the server which has accepted it.
    ///
    /// # Errors
    ///
    /// If it does not come to be.
    pub fn pair(&self) -> Result<(Program<'_>, Program<'_>)> {
        let listener = self.listen()?;
        let pair = self.pair_of(&listener, self.client()?)?;
        listener.stay();
        Ok(pair)
    }

    /// A connection of this client to this listener.
    ///
    /// # Errors
    ///
    /// If it does not come to be.
    pub fn pair_of<'s>(&'s self, listener: &Program<'s>, client: Program<'s>) -> Result<(Program<'s>, Program<'s>)> {
        client.connect(self.server())?;
        let accepted = listener.accept()?;
        Ok((client, accepted))
    }

    /// A forged segment from the client to the server or the other way, put on the wire at the middle.
    pub fn forge(&self, from: Host, seq: u32, ack: u32, flags: u16, payload: &[u8]) {
        self.forge_from_port(
            from,
            if from == Host::Client { CLIENT_PORT } else { SERVER_PORT },
            seq,
            ack,
            flags,
            payload,
        );
    }

    /// The same from another port of the sender.
    pub fn forge_from_port(&self, from: Host, port: u16, seq: u32, ack: u32, flags: u16, payload: &[u8]) {
        let other = if from == Host::Client { SERVER_PORT } else { CLIENT_PORT };
        let path = FourTuple { from: self.at(from, port), to: self.at(from.other(), other) };
        if let Some(packet) = alter::built(path, Seq::new(seq), ack, flags, payload) {
            self.tell(Deed { said: crate::wire::segment::Flags(flags).to_string(), ..Deed::of(None, "forged", 0) });
            self.lab.inject(from, packet);
        }
    }

    /// Waits until the wire is quiet.
    pub fn quiet(&self) {
        self.lab.wait_for_quiet(QUIET, PATIENCE);
    }

    /// The programs do nothing for so long.
    pub fn pause(&self, milliseconds: u64) {
        self.tell(Deed::of(None, "pause", milliseconds));
        std::thread::sleep(Duration::from_millis(milliseconds));
    }

    /// Waits until enough was seen on the wire.
    ///
    /// # Errors
    ///
    /// If it was not in time; `what` says what was waited for.
    pub fn until(&self, what: &str, enough: impl Fn(&[Caught]) -> bool) -> Result<()> {
        if self.lab.log.wait_until(PATIENCE, enough) {
            return Ok(());
        }
        match self.lab.log.failure() {
            Some(why) => Err(LabError::Relay(why)),
            None => {
                Err(LabError::played(format!("wait until {what}"))(std::io::Error::other("it did not happen in time")))
            }
        }
    }

    /// Looks at what was seen so far.
    pub fn seen<T>(&self, look: impl FnOnce(&[Caught]) -> T) -> T {
        self.lab.log.with(look)
    }

    /// A moment at which somebody else may look at the hosts.
    pub fn look(&self) {
        (self.look)(self.lab);
    }

    /// The address of `host`, without a port.
    #[must_use]
    pub fn ip(&self, host: Host) -> IpAddr {
        self.lab.addresses().ip(host, self.version)
    }
}
