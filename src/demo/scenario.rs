//! The TCP scenarios: who closes first, who waits, who refuses, who resets; each run between two threads.
//!
//! The waits here are the scenarios' own, never a way to let something else finish.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::demo::conversation::{Call, Conversation};
use crate::demo::error::DemoError;
use crate::demo::listener::Listener;
use crate::demo::stream::{ClientClose, ClientPlan, Reply, ServerClose, ServerEvent, ServerPlan, WaitFor, serve, talk};
use crate::demo::wait::Stop;
use crate::demo::{BACKLOG, HELLO, PATIENCE, READ_SIZE, joined, one_client};

/// How long the second peer to close waits where the textbook's four segments are wanted: Linux delays an ACK that
/// could ride on data by 40 ms, or by 200 ms at most on slow links, and on a loopback it is the 40.
pub const HOLD: Duration = Duration::from_millis(120);

/// What the server answers.
const WELCOME: &[u8] = b"welcome\n";

/// How often, and how much, the server goes on sending in the half-close scenario.
const LATE_PARTS: usize = 3;
const LATE_PART: usize = 1024;

/// How a TCP connection goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scenario {
    /// The client closes first; the server holds its own close, so the close takes four segments.
    ClientCloses,
    /// The client closes first; the server closes at once, so its ACK and FIN are one segment: three in all.
    Merged,
    /// The server closes first; the client holds its own close.
    ServerCloses,
    /// The client closes its sending side; the server goes on sending before it closes.
    HalfClose,
    /// Nobody listens: the SYN is answered with a RST.
    Refused,
    /// The client ends the connection with a RST.
    Reset,
}

/// That a text names no scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no scenario \"{found}\"; there are client-closes, merged, server-closes, half-close, refused, reset")]
pub struct UnknownScenario {
    /// As typed.
    pub found: String,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::ClientCloses, Self::Merged, Self::ServerCloses, Self::HalfClose, Self::Refused, Self::Reset];

    /// As the command line writes it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ClientCloses => "client-closes",
            Self::Merged => "merged",
            Self::ServerCloses => "server-closes",
            Self::HalfClose => "half-close",
            Self::Refused => "refused",
            Self::Reset => "reset",
        }
    }

    fn server_plan(self) -> ServerPlan {
        let close = match self {
            Self::ClientCloses => ServerClose::AfterClient(HOLD),
            Self::ServerCloses => ServerClose::First,
            _ => ServerClose::AfterClient(Duration::ZERO),
        };
        let reply = match self {
            Self::HalfClose => Reply::ToTheEnd(late_parts()),
            _ => Reply::ToTheFirst(WELCOME.to_owned()),
        };
        ServerPlan { read_size: READ_SIZE, reply, close }
    }

    fn client_plan(self) -> ClientPlan {
        let (wait, hold, close) = match self {
            Self::ClientCloses | Self::Merged | Self::Refused => (WaitFor::Line, Duration::ZERO, ClientClose::Whole),
            Self::ServerCloses => (WaitFor::End, HOLD, ClientClose::Whole),
            Self::HalfClose => (WaitFor::Nothing, Duration::ZERO, ClientClose::SendingSide),
            Self::Reset => (WaitFor::Line, Duration::ZERO, ClientClose::Reset),
        };
        ClientPlan { text: HELLO.as_bytes().to_owned(), wait, hold, close, read_size: READ_SIZE }
    }

    /// What the server must have said in all.
    fn answer(self) -> Vec<u8> {
        match self {
            Self::HalfClose => late_parts().concat(),
            Self::Refused => Vec::new(),
            _ => WELCOME.to_owned(),
        }
    }
}

fn late_parts() -> Vec<Vec<u8>> {
    (b'a'..).take(LATE_PARTS).map(|letter| vec![letter; LATE_PART]).collect()
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(text: &str) -> Result<Self, UnknownScenario> {
        let found = Self::ALL.into_iter().find(|scenario| scenario.id() == text);
        found.ok_or_else(|| UnknownScenario { found: text.to_owned() })
    }
}

/// A TCP scenario whose ports are taken.
#[derive(Debug)]
pub struct TcpRun {
    scenario: Scenario,
    server: Port,
}

#[derive(Debug)]
enum Port {
    Listening(Listener),
    /// Bound but not listening, so that nobody else gets the port and a SYN is surely refused.
    Closed {
        _socket: Socket,
        address: SocketAddr,
    },
}

/// What came of a TCP scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TcpDone {
    /// Which.
    pub scenario: Scenario,
    /// The server's address, where nobody listens if it was refused.
    pub server: SocketAddr,
    /// The client's address; unknown where it never got a connection.
    pub client: Option<SocketAddr>,
    /// What the client said, as the server read it.
    pub client_said: Vec<u8>,
    /// What the server said, as the client read it.
    pub server_said: Vec<u8>,
}

impl TcpRun {
    /// Takes a port of this address for the server.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`], [`DemoError::Exhausted`].
    pub fn prepare(ip: IpAddr, scenario: Scenario) -> Result<Self, DemoError> {
        let any_port = SocketAddr::new(ip, 0);
        let server = match scenario {
            Scenario::Refused => closed_port(any_port)?,
            _ => Port::Listening(Listener::bind(&[any_port], BACKLOG)?),
        };
        Ok(Self { scenario, server })
    }

    /// The server's address.
    #[must_use]
    pub const fn server(&self) -> SocketAddr {
        match &self.server {
            Port::Listening(listener) => listener.local(),
            Port::Closed { address, .. } => *address,
        }
    }

    /// Lets both peers talk and close, and returns when both have.
    ///
    /// # Errors
    ///
    /// What went wrong at either peer, or [`DemoError::OffScript`] if all went well but not as the scenario wants.
    pub fn run(self) -> Result<TcpDone, DemoError> {
        let server = self.server();
        let mut done =
            TcpDone { scenario: self.scenario, server, client: None, client_said: Vec::new(), server_said: Vec::new() };
        match self.server {
            Port::Closed { .. } => run_refused(server)?,
            Port::Listening(listener) => run_both(&listener, &mut done)?,
        }
        let wanted = self.scenario.answer();
        if done.server_said != wanted {
            let found = format!("{} octets", done.server_said.len());
            return Err(DemoError::OffScript { wanted: "the whole reply of the server", found });
        }
        Ok(done)
    }
}

/// Prepares and runs a TCP scenario.
///
/// # Errors
///
/// Those of [`TcpRun::prepare`] and [`TcpRun::run`].
pub fn run_tcp(ip: IpAddr, scenario: Scenario) -> Result<TcpDone, DemoError> {
    TcpRun::prepare(ip, scenario)?.run()
}

fn closed_port(any_port: SocketAddr) -> Result<Port, DemoError> {
    let failed = |source| DemoError::Listen { address: any_port, source };
    let socket = Socket::new(Domain::for_address(any_port), Type::STREAM, Some(Protocol::TCP)).map_err(failed)?;
    socket.bind(&SockAddr::from(any_port)).map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?.as_socket().unwrap_or(any_port);
    Ok(Port::Closed { _socket: socket, address })
}

fn call() -> Call {
    Call { silence: PATIENCE, listener: "tcp-server", from: None }
}

fn run_refused(server: SocketAddr) -> Result<(), DemoError> {
    let off_script = |found| DemoError::OffScript { wanted: "connection refused", found };
    match Conversation::open(&[server], &call(), &Stop::never()) {
        Err(DemoError::Connect { source, .. }) if source.kind() == std::io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(off_script(error.to_string())),
        Ok(conversation) => Err(off_script(format!("a connection to {}", conversation.remote()))),
    }
}

fn run_both(listener: &Listener, done: &mut TcpDone) -> Result<(), DemoError> {
    let scenario = done.scenario;
    let (stopper, stop) = Stop::pair().map_err(|source| DemoError::Exhausted { wanted: "open a pipe", source })?;
    let heard = Mutex::new((Vec::new(), None));
    let (terms, plan) = (one_client(), scenario.server_plan());
    let observe = |event: &ServerEvent<'_>| {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ServerEvent::Said { said, .. } => heard.0.extend_from_slice(said.octets),
            ServerEvent::Failed { error, .. } => heard.1 = Some(error.to_string()),
            ServerEvent::Closed { .. } | ServerEvent::CutCharacter { .. } => {}
        }
    };
    let talked = thread::scope(|scope| {
        let serving = scope.spawn(|| serve(listener, &terms, &plan, &stop, &observe));
        let talked = converse(listener.local(), scenario, &mut done.server_said);
        if talked.is_err() {
            // Else the server would wait for a client that never comes.
            stopper.trip();
        }
        joined(serving.join())?;
        talked
    })?;
    done.client = Some(talked);
    let (said, failure) = heard.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.client_said = said;
    match (failure, scenario) {
        (None, Scenario::Reset) => {
            Err(DemoError::OffScript { wanted: "a reset at the server", found: "an ordinary close".to_owned() })
        }
        (Some(found), wanted) if wanted != Scenario::Reset => {
            Err(DemoError::OffScript { wanted: "a server that closes", found })
        }
        _ if done.client_said != HELLO.as_bytes() => {
            let found = format!("{} octets", done.client_said.len());
            Err(DemoError::OffScript { wanted: "the whole text of the client", found })
        }
        _ => Ok(()),
    }
}

fn converse(server: SocketAddr, scenario: Scenario, said: &mut Vec<u8>) -> Result<SocketAddr, DemoError> {
    let stop = Stop::never();
    let conversation = Conversation::open(&[server], &call(), &stop)?;
    let client = conversation.local();
    talk(conversation, &scenario.client_plan(), &mut |piece| said.extend_from_slice(piece.octets))?;
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    #[test]
    fn every_scenario_is_read_as_it_is_written() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.to_string().parse(), Ok(scenario));
        }
        assert!("closing".parse::<Scenario>().is_err());
    }
}
