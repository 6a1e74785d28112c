//! A TCP port that serves many clients at once, each on a thread, and no more of them than it was told.
//!
//! What is said to a client is up to the caller (`stream`, `download`). Clients beyond the bound wait in the backlog.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::demo::conversation::Conversation;
use crate::demo::error::DemoError;
use crate::demo::wait::{self, Deadline, For, Stop, Woken};

/// How long to leave the system alone when it has no descriptor or memory for one more client.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// Whom a listener serves, and for how long.
#[derive(Clone, Debug)]
pub struct Terms {
    /// How many clients to accept before it ends; `None` goes on until it is stopped.
    pub count: Option<u64>,
    /// How many clients are served at the same time; the others wait in the backlog. At least 1 are.
    pub at_once: usize,
    /// How long a client may neither send nor take anything.
    pub silence: Duration,
}

/// A bound and listening socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    local: SocketAddr,
}

impl Listener {
    /// Listens on the first of the addresses that can be bound, with a backlog of so many connections that wait to be
    /// accepted (the system may allow fewer).
    ///
    /// # Errors
    ///
    /// That of the last address: [`DemoError::Listen`], or [`DemoError::Exhausted`].
    pub fn bind(addresses: &[SocketAddr], backlog: u16) -> Result<Self, DemoError> {
        let mut failure = DemoError::Unresolved { host: String::new(), found: "it has no address".to_owned() };
        for &address in addresses {
            match Self::bind_one(address, backlog) {
                Ok(listener) => return Ok(listener),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn bind_one(address: SocketAddr, backlog: u16) -> Result<Self, DemoError> {
        let failed = |source| DemoError::Listen { address, source };
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .map_err(|source| DemoError::Exhausted { wanted: "open a socket", source })?;
        // Else a server that closed first could not start again while its last connections are in TIME-WAIT.
        socket.set_reuse_address(true).map_err(failed)?;
        socket.bind(&SockAddr::from(address)).map_err(failed)?;
        socket.listen(i32::from(backlog)).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let socket = TcpListener::from(socket);
        let local = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, local })
    }

    /// Where it listens, with the port that the system chose if it was asked to.
    #[must_use]
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Serves clients until so many were accepted or it is stopped, and returns how many were when the last has ended.
    ///
    /// # Errors
    ///
    /// [`DemoError::Listen`] if the listening socket itself breaks, [`DemoError::Exhausted`] if no thread can be
    /// started; the clients that are being served are served to their end first.
    pub fn serve(
        &self,
        terms: &Terms,
        stop: &Stop,
        serve_one: &(dyn Fn(Conversation<'_>) + Sync),
    ) -> Result<u64, DemoError> {
        let slots = Slots { taken: Mutex::new(0), freed: Condvar::new(), most: terms.at_once.max(1) };
        thread::scope(|scope| {
            let mut accepted = 0;
            while terms.count.is_none_or(|count| accepted < count) {
                let slot = slots.take();
                let Some(conversation) = self.accept(terms.silence, stop)? else { break };
                accepted += 1;
                thread::Builder::new()
                    .spawn_scoped(scope, move || {
                        let _freed_at_the_end = slot;
                        serve_one(conversation);
                    })
                    .map_err(|source| DemoError::Exhausted { wanted: "start a thread", source })?;
            }
            Ok(accepted)
        })
    }

    /// The next client, or `None` if it was stopped.
    fn accept<'s>(&self, silence: Duration, stop: &'s Stop) -> Result<Option<Conversation<'s>>, DemoError> {
        let broken = |source| DemoError::Listen { address: self.local, source };
        loop {
            if wait::until(self.socket.as_fd(), For::Reading, Deadline::NEVER, stop).map_err(broken)? == Woken::Stopped
            {
                return Ok(None);
            }
            match self.socket.accept() {
                // A client that has gone again cannot be set up; the next one can.
                Ok((stream, remote)) => match Conversation::of(stream, remote, silence, stop) {
                    Ok(conversation) => return Ok(Some(conversation)),
                    Err(_) => continue,
                },
                Err(error) => match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
                    Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM => {
                        wait::pause(EXHAUSTED_PAUSE, stop).map_err(broken)?;
                    }
                    Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK | Errno::EOPNOTSUPP => return Err(broken(error)),
                    // accept(2) also reports errors of the one connection that it would have returned.
                    _ => {}
                },
            }
        }
    }
}

/// Counts the clients being served.
struct Slots {
    taken: Mutex<usize>,
    freed: Condvar,
    most: usize,
}

/// One client's place, free again when dropped.
struct Slot<'a>(&'a Slots);

impl Slots {
    /// Waits for a free one. A stop ends every conversation, and so this wait.
    fn take(&self) -> Slot<'_> {
        let mut taken = self.lock();
        while *taken >= self.most {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Slot(self)
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut taken = self.0.lock();
        *taken = taken.saturating_sub(1);
        self.0.freed.notify_one();
    }
}
