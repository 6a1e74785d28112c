//! The built-in peers, and scenarios in which they talk to each other on one machine through real sockets.
//!
//! A `Peer` of this crate is an endpoint in a capture, so the programs that make traffic live here under `demo`. They
//! know nothing of captures or rules, and use nothing else of the crate. Threads and blocking waits; every wait ends.
//!
//! Each scenario comes in two steps: prepared, when its ports are taken and known (so that a filter can name them) but
//! nothing is sent; and run.

pub mod address;
pub mod conversation;
pub mod datagram;
pub mod download;
pub mod error;
pub mod listener;
pub mod scenario;
pub mod stream;
pub mod text;
pub mod wait;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crate::demo::conversation::{Call, Conversation};
use crate::demo::datagram::{Answer, Arrival, Deaf, Receiver, Sender};
use crate::demo::download::shelf::Memory;
use crate::demo::download::{CHUNK, Checksum, client, server};
use crate::demo::error::DemoError;
use crate::demo::listener::{Listener, Terms};
use crate::demo::wait::{Deadline, Stop};

/// What the UDP sender says when it is told nothing else.
pub const GREETING: &str = "你好";

/// What the TCP client says when it is told nothing else.
pub const HELLO: &str = "hello";

/// Octets taken at a time when nothing else is told.
pub const READ_SIZE: usize = 1024;

/// Connections that may wait to be accepted when nothing else is told.
pub const BACKLOG: u16 = 128;

/// On one machine an answer takes microseconds; this only keeps a broken run from hanging.
const PATIENCE: Duration = Duration::from_secs(5);

/// The file of the file scenario.
pub const PICTURE_NAME: &str = "picture.png";

/// Whether the receiver of a UDP scenario is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// It listens.
    Present,
    /// Nobody listens at that port.
    Absent,
}

/// A UDP scenario whose ports are taken.
#[derive(Debug)]
pub struct UdpRun {
    sender: Sender,
    receiver: Ears,
}

#[derive(Debug)]
enum Ears {
    Present(Receiver),
    Absent(Deaf),
}

/// What came of a UDP scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UdpDone {
    /// Who sent.
    pub sender: SocketAddr,
    /// To whom.
    pub receiver: SocketAddr,
    /// What.
    pub sent: Vec<u8>,
    /// What the receiver read, which the sender does not learn.
    pub received: Option<Vec<u8>>,
    /// What the network told the sender.
    pub answer: Answer,
}

impl UdpRun {
    /// Takes a port of this address for each peer.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`], [`DemoError::Send`].
    pub fn prepare(ip: IpAddr, audience: Audience) -> Result<Self, DemoError> {
        let receiver = match audience {
            Audience::Present => Ears::Present(Receiver::bind(&[SocketAddr::new(ip, 0)], READ_SIZE)?),
            Audience::Absent => Ears::Absent(Deaf::bind(ip)?),
        };
        let sender = Sender::to(&[receiver.local()])?;
        Ok(Self { sender, receiver })
    }

    /// The receiver's address, where somebody listens or not.
    #[must_use]
    pub const fn receiver(&self) -> SocketAddr {
        self.receiver.local()
    }

    /// Sends the greeting, and waits until it has arrived or the network has said that nobody listens.
    ///
    /// # Errors
    ///
    /// [`DemoError::NothingArrived`], [`DemoError::OffScript`] if the network stays silent, [`DemoError::Send`].
    pub fn run(self) -> Result<UdpDone, DemoError> {
        let stop = Stop::never();
        let sent = GREETING.as_bytes();
        self.sender.send(sent, &stop)?;
        let mut done = UdpDone {
            sender: self.sender.local(),
            receiver: self.receiver.local(),
            sent: sent.to_owned(),
            received: None,
            answer: Answer::Nothing,
        };
        match self.receiver {
            Ears::Present(mut receiver) => match receiver.receive(Deadline::after(PATIENCE), &stop)? {
                Arrival::Datagram(datagram) => {
                    done.received = Some(datagram.octets);
                    done.answer = self.sender.answer(Duration::ZERO, &stop)?;
                }
                Arrival::Late | Arrival::Stopped => {
                    let address = done.receiver;
                    return Err(DemoError::NothingArrived { address, waited: PATIENCE, wanted: 1, found: 0 });
                }
            },
            Ears::Absent(_deaf) => {
                done.answer = self.sender.answer(PATIENCE, &stop)?;
                if done.answer != Answer::PortUnreachable {
                    return Err(DemoError::OffScript {
                        wanted: "ICMP port unreachable",
                        found: format!("no answer within {}", error::seconds(PATIENCE)),
                    });
                }
            }
        }
        Ok(done)
    }
}

impl Ears {
    const fn local(&self) -> SocketAddr {
        match self {
            Self::Present(receiver) => receiver.local(),
            Self::Absent(deaf) => deaf.local(),
        }
    }
}

/// Prepares and runs a UDP scenario.
///
/// # Errors
///
/// Those of [`UdpRun::prepare`] and [`UdpRun::run`].
pub fn run_udp(ip: IpAddr, audience: Audience) -> Result<UdpDone, DemoError> {
    UdpRun::prepare(ip, audience)?.run()
}

/// A file scenario whose port is taken. The file is served from memory and received into memory, so it needs no
/// directory that can be written.
#[derive(Debug)]
pub struct FileRun {
    listener: Listener,
    picture: Vec<u8>,
}

/// What came of a file scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileDone {
    /// Who served.
    pub server: SocketAddr,
    /// Who asked.
    pub client: SocketAddr,
    /// For what.
    pub name: &'static str,
    /// Octets received, the same as were served.
    pub length: u64,
    /// Computed by both sides.
    pub checksum: Checksum,
    /// In pieces of how many octets it was sent.
    pub chunk: usize,
}

impl FileRun {
    /// Takes a port of this address for the server and makes a file of so many octets.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`].
    pub fn prepare(ip: IpAddr, octets: usize) -> Result<Self, DemoError> {
        let listener = Listener::bind(&[SocketAddr::new(ip, 0)], BACKLOG)?;
        Ok(Self { listener, picture: picture(octets) })
    }

    /// The server's address.
    #[must_use]
    pub const fn server(&self) -> SocketAddr {
        self.listener.local()
    }

    /// Downloads the file and compares it with what was served.
    ///
    /// # Errors
    ///
    /// What went wrong at the client, or [`DemoError::OffScript`] if the file differs.
    pub fn run(self) -> Result<FileDone, DemoError> {
        let Self { listener, picture } = self;
        let shelf = Memory(BTreeMap::from([(PICTURE_NAME.to_owned(), picture.clone().into())]));
        let (stopper, stop) = Stop::pair().map_err(|source| DemoError::Exhausted { wanted: "open a pipe", source })?;
        let sent = Mutex::new(None);
        let terms = one_client();
        let mut copy = Vec::new();
        let received = thread::scope(|scope| {
            let serving = scope.spawn(|| {
                server::serve(&listener, &terms, &shelf, &stop, &|event| {
                    if let (server::FileEvent::Sent { checksum, .. }, Ok(mut sent)) = (event, sent.lock()) {
                        *sent = Some(*checksum);
                    }
                })
            });
            let received = download(&[listener.local()], picture.len(), &mut copy);
            if received.is_err() {
                stopper.trip();
            }
            joined(serving.join())?;
            received
        })?;
        let served = sent.into_inner().unwrap_or_default();
        if copy != picture || served != Some(received.checksum) {
            let found = format!("{} octets, SHA-256 {}", copy.len(), received.checksum);
            return Err(DemoError::OffScript { wanted: "the file that was served", found });
        }
        Ok(FileDone {
            server: received.server,
            client: received.client,
            name: PICTURE_NAME,
            length: received.length,
            checksum: received.checksum,
            chunk: CHUNK,
        })
    }
}

fn download(addresses: &[SocketAddr], most: usize, copy: &mut Vec<u8>) -> Result<client::Received, DemoError> {
    let call = Call { silence: PATIENCE, listener: "file-server", from: None };
    let stop = Stop::never();
    let conversation = Conversation::open(addresses, &call, &stop)?;
    let mut memory = client::Destination { writer: copy, path: "memory".into(), most: most as u64 };
    client::fetch(conversation, PICTURE_NAME, &mut memory)
}

/// Prepares and runs a file scenario.
///
/// # Errors
///
/// Those of [`FileRun::prepare`] and [`FileRun::run`].
pub fn run_file(ip: IpAddr, octets: usize) -> Result<FileDone, DemoError> {
    FileRun::prepare(ip, octets)?.run()
}

/// Octets as hard to carry as a picture's: it begins like a PNG, and every octet value occurs from 264 octets on.
fn picture(octets: usize) -> Vec<u8> {
    const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
    let all_values = (0..=u8::MAX).cycle();
    // Each round is turned a little, so that a piece left out or doubled changes the rest.
    let body = all_values.enumerate().map(|(at, value)| value.wrapping_add((at >> 8).to_le_bytes()[0]));
    SIGNATURE.into_iter().chain(body).take(octets).collect()
}

fn one_client() -> Terms {
    Terms { count: Some(1), at_once: 1, silence: PATIENCE }
}

/// A peer's result, where its thread ended in a panic too.
fn joined<T>(result: thread::Result<Result<T, DemoError>>) -> Result<T, DemoError> {
    result.unwrap_or_else(|_| {
        Err(DemoError::OffScript { wanted: "a server that serves", found: "one that panicked".to_owned() })
    })
}
