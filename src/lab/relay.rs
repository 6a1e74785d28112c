//! The wire between the two devices: a thread that reads what one host sends, lets the link decide, and writes it to the other.
//!
//! At a host's own tap the record has the order in which that host sent and received: before a packet is handed to a host,
//! everything it has already sent is read.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use super::clock::{Steady, stamp};
use super::host::{Host, PerHost};
use super::link::{Due, Link, Place, chatter};
use super::tap::{Caught, Log, Vantage};

/// Packets read from one device before the other gets its turn.
const AT_ONCE: usize = 256;
/// The longest IP packet.
const LONGEST: usize = 65_535;

/// The relay under way.
#[derive(Debug)]
pub(super) struct Relay {
    shared: Arc<Shared>,
    wake: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    link: Mutex<Link>,
    log: Arc<Log>,
    clock: Steady,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Relay {
    /// Begins to pass packets on between the two devices.
    pub(super) fn start(devices: PerHost<File>, link: Link, log: Arc<Log>) -> io::Result<Self> {
        let (stop, wake) = io::pipe()?;
        let shared = Arc::new(Shared { link: Mutex::new(link), log, clock: Steady::start() });
        let own = Arc::clone(&shared);
        let thread = thread::Builder::new().name("relay".to_owned()).spawn(move || {
            let mut wires = Wires { devices, stop, shared: &own };
            if let Err(error) = wires.run() {
                own.log.fail(error.to_string());
            }
        })?;
        Ok(Self { shared, wake: Some(wake), thread: Some(thread) })
    }

    /// Changes the link, from now on.
    pub(super) fn change(&self, change: impl FnOnce(&mut Link, Duration)) {
        change(&mut self.shared.link(), self.shared.clock.elapsed());
        if let Some(mut wake) = self.wake.as_ref() {
            // If it has ended, the log says why.
            let _has_ended = wake.write_all(&[1]);
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _its_panic_was_printed = thread.join();
        }
    }
}

impl Shared {
    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Wires<'r> {
    devices: PerHost<File>,
    stop: PipeReader,
    shared: &'r Shared,
}

impl Wires<'_> {
    fn run(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; LONGEST];
        loop {
            loop {
                let due = self.shared.link().due(self.shared.clock.elapsed());
                let Some(due) = due else { break };
                self.pass(due, &mut buffer)?;
            }
            let (next, fates, busy) = {
                let mut link = self.shared.link();
                (link.next_due(), link.take_fates(), link.is_busy())
            };
            self.shared.log.tell(fates, busy);
            if self.wait(next)? == Woken::ToEnd {
                return Ok(());
            }
            for host in Host::BOTH {
                self.drain(host, &mut buffer)?;
            }
        }
    }

    /// Waits for a packet, for a change, or until one is due.
    fn wait(&mut self, next: Option<Duration>) -> io::Result<Woken> {
        let span = next.map(|due| TimeSpec::from(due.saturating_sub(self.shared.clock.elapsed())));
        let is_told = {
            let [client, server] = [&self.devices.client, &self.devices.server];
            let mut fds =
                [client.as_fd(), server.as_fd(), self.stop.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
            match ppoll(&mut fds, span, None) {
                Ok(_) => {}
                Err(nix::errno::Errno::EINTR) => return Ok(Woken::ToWork),
                Err(errno) => return Err(errno.into()),
            }
            fds[2].any().unwrap_or(true)
        };
        if is_told && self.stop.read(&mut [0; 64])? == 0 {
            return Ok(Woken::ToEnd);
        }
        Ok(Woken::ToWork)
    }

    fn pass(&mut self, due: Due, buffer: &mut [u8]) -> io::Result<()> {
        let caught = |vantage| Caught { at: stamp(), vantage, from: due.from, octets: due.octets.clone() };
        match due.place {
            Place::Middle => self.shared.log.write(caught(Vantage::Middle)),
            Place::End => {
                let to = due.from.other();
                self.drain(to, buffer)?;
                self.shared.log.write(caught(Vantage::At(to)));
                match (&self.devices[to]).write(&due.octets) {
                    Ok(_) => {}
                    // A packet cut too short is none to the device.
                    Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Reads what a host has sent.
    fn drain(&mut self, host: Host, buffer: &mut [u8]) -> io::Result<()> {
        for _ in 0..AT_ONCE {
            let length = match (&self.devices[host]).read(buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let octets = buffer.get(..length).unwrap_or_default();
            if chatter(octets) {
                continue;
            }
            let at = stamp();
            self.shared.log.write(Caught { at, vantage: Vantage::At(host), from: host, octets: octets.to_vec() });
            let mut link = self.shared.link();
            link.take(host, self.shared.clock.elapsed(), at, octets);
            self.shared.log.tell(link.take_fates(), link.is_busy());
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Woken {
    ToWork,
    ToEnd,
}
