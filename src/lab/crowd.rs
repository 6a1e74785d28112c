//! Many connections at once, each with an ending drawn by its seed: closes from either side, half closes, simultaneous ones,
//! resets, refusals, and programs that give up.
//!
//! Both ends of each connection are played by one thread, on the kernel's own sockets of both hosts.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::Lab;
use super::chance::Chance;
use super::fault::LabError;
use super::host::{Host, Version};

/// The port of the first thread's listener; each thread has its own.
const FIRST_PORT: u16 = 21_000;
/// A port on which nobody listens.
const DEAF_PORT: u16 = 20_999;
/// How long a socket waits before its connection is left to itself.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a connection that was given up may still appear at the listener.
const STRAY: Duration = Duration::from_millis(200);

/// How many, and how.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Connections.
    pub connections: u32,
    /// Threads that play them.
    pub threads: u16,
    /// The seed of their endings, sizes and pauses.
    pub seed: u64,
    /// Programs pause up to so long.
    pub pause: Duration,
    /// They write up to so many octets at a time.
    pub octets: u64,
}

/// What a connection comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    ClientFirst,
    ServerFirst,
    Half,
    HalfWithData,
    AtOnce,
    ClientResets,
    ServerResets,
    Unread,
    Refused,
    GivenUp,
}

/// What is drawn from. Few are given up: under loss, and where a busy machine keeps the SYN-ACK waiting, those end without a segment
/// at which a tap could tell it, and it is what taps can tell that is to be compared.
const ENDINGS: [Ending; 24] = [
    Ending::ClientFirst,
    Ending::ClientFirst,
    Ending::ClientFirst,
    Ending::ClientFirst,
    Ending::ServerFirst,
    Ending::ServerFirst,
    Ending::ServerFirst,
    Ending::Half,
    Ending::Half,
    Ending::HalfWithData,
    Ending::HalfWithData,
    Ending::AtOnce,
    Ending::AtOnce,
    Ending::AtOnce,
    Ending::AtOnce,
    Ending::ClientResets,
    Ending::ClientResets,
    Ending::ServerResets,
    Ending::ServerResets,
    Ending::Unread,
    Ending::Unread,
    Ending::Refused,
    Ending::Refused,
    Ending::GivenUp,
];

/// Plays them all; how many came to the ending that was drawn. Under loss some do not.
///
/// # Errors
///
/// If a thread cannot work on a host.
pub fn play(lab: &Lab, crowd: Crowd) -> Result<u32, LabError> {
    let (next, done) = (AtomicU32::new(0), AtomicU32::new(0));
    let failed = |act: &'static str| LabError::played(act);
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for number in 0..crowd.threads {
            let (next, done) = (&next, &done);
            let work = move || -> std::io::Result<()> {
                let at = lab.addresses().socket(Host::Server, Version::V4, FIRST_PORT + number);
                lab.enter(Host::Server)?;
                let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
                listener.set_reuse_address(true)?;
                listener.bind(&SockAddr::from(at))?;
                listener.listen(64)?;
                lab.enter(Host::Client)?;
                loop {
                    let id = next.fetch_add(1, Ordering::Relaxed);
                    if id >= crowd.connections {
                        return Ok(());
                    }
                    let chance = Chance::of(crowd.seed.wrapping_mul(0x1_0000_0001).wrapping_add(id.into()));
                    let mut one = One { listener: &listener, at, crowd, chance };
                    if one.play().is_ok() {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                }
            };
            threads.push(thread::Builder::new().spawn_scoped(scope, work).map_err(failed("start a thread"))?);
        }
        for thread in threads {
            let ended = thread.join().unwrap_or_else(|_| Err(std::io::Error::other("a thread panicked")));
            ended.map_err(failed("play a crowd"))?;
        }
        Ok(())
    })?;
    Ok(done.into_inner())
}

/// One connection under way.
struct One<'c> {
    listener: &'c Socket,
    at: SocketAddr,
    crowd: Crowd,
    chance: Chance,
}

impl One<'_> {
    fn play(&mut self) -> std::io::Result<()> {
        let ending = ENDINGS[self.chance.below(ENDINGS.len() as u64) as usize];
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.set_read_timeout(Some(PATIENCE))?;
        client.set_write_timeout(Some(PATIENCE))?;
        match ending {
            Ending::Refused => {
                let nobody = SocketAddr::new(self.at.ip(), DEAF_PORT);
                return match client.connect(&SockAddr::from(nobody)) {
                    Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
                    Err(error) => Err(error),
                    Ok(()) => Err(std::io::Error::other("nobody listens, and yet it is connected")),
                };
            }
            Ending::GivenUp => {
                client.set_nonblocking(true)?;
                let _in_progress = client.connect(&SockAddr::from(self.at));
                self.pause();
                drop(client);
                self.take_strays();
                return Ok(());
            }
            _ => client.connect(&SockAddr::from(self.at))?,
        }
        let server = self.accept(&client)?;
        let (ask, answer) = (self.size(), self.size());
        self.pause();
        (&client).write_all(&vec![b'a'; ask])?;
        match ending {
            Ending::ClientResets => self.reset(client, server),
            Ending::ServerResets => self.reset(server, client),
            Ending::Unread => {
                server.peek(&mut [std::mem::MaybeUninit::uninit(); 1])?;
                drop(server);
                drain(&client);
                Ok(())
            }
            _ => {
                (&server).read_exact(&mut vec![0; ask])?;
                (&server).write_all(&vec![b'b'; answer])?;
                self.close(ending, client, server, answer)
            }
        }
    }

    fn close(&mut self, ending: Ending, client: Socket, server: Socket, answer: usize) -> std::io::Result<()> {
        if matches!(ending, Ending::Half | Ending::HalfWithData) {
            client.shutdown(Shutdown::Write)?;
            self.pause();
            drain(&server);
            if ending == Ending::HalfWithData {
                (&server).write_all(&vec![b'c'; answer])?;
            }
            self.pause();
            drop(server);
            drain(&client);
            return Ok(());
        }
        (&client).read_exact(&mut vec![0; answer])?;
        self.pause();
        let (first, second) = if ending == Ending::ServerFirst { (server, client) } else { (client, server) };
        drop(first);
        if ending != Ending::AtOnce {
            drain(&second);
            self.pause();
        }
        drop(second);
        Ok(())
    }

    /// `who` resets once something has come.
    fn reset(&mut self, who: Socket, other: Socket) -> std::io::Result<()> {
        self.pause();
        who.set_linger(Some(Duration::ZERO))?;
        drop(who);
        drain(&other);
        Ok(())
    }

    /// Accepts the connection of this client; an earlier one that was given up may be in front of it.
    fn accept(&self, client: &Socket) -> std::io::Result<Socket> {
        let own = client.local_addr()?.as_socket();
        self.listener.set_read_timeout(Some(PATIENCE))?;
        loop {
            let (server, from) = self.listener.accept()?;
            if from.as_socket() == own {
                server.set_read_timeout(Some(PATIENCE))?;
                server.set_write_timeout(Some(PATIENCE))?;
                return Ok(server);
            }
        }
    }

    fn take_strays(&self) {
        let waits = self.listener.set_read_timeout(Some(STRAY));
        while waits.is_ok() && self.listener.accept().is_ok() {}
    }

    fn size(&mut self) -> usize {
        1 + self.chance.below(self.crowd.octets) as usize
    }

    fn pause(&mut self) {
        let span = self.chance.span(self.crowd.pause);
        if !span.is_zero() {
            thread::sleep(span);
        }
    }
}

/// Reads until the other ends, or the connection does.
fn drain(socket: &Socket) {
    let mut buffer = vec![0; 65_536];
    let mut reader = socket;
    while matches!(reader.read(&mut buffer), Ok(1..)) {}
}
