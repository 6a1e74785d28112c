//! The built-in peers, with real processes and real sockets on loopback, at ports that the system chooses.
//!
//! Here is how a command is run: every wait is for something that it prints, and bounded.

mod files;
mod hostile_clients;
mod hostile_crowds;
mod hostile_servers;
mod messages;
mod scenarios;
mod tcp;
mod udp;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Far longer than anything here takes; only a broken test waits for it.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A running `synfin peer …`, killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
}

/// A command that has still to be started.
fn peer<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.arg("peer").args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a command here.
fn start<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Running {
    Running::of(&mut peer(args))
}

/// Runs a command here to its end.
fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ended {
    start(args).end()
}

/// Runs a command in a directory to its end.
fn run_in<S: AsRef<OsStr>>(directory: &Path, args: impl IntoIterator<Item = S>) -> Ended {
    Running::of(peer(args).current_dir(directory)).end()
}

impl Running {
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::of_child(command.spawn().expect("the synfin binary starts"))
    }

    /// A command that has been started; a pipe that was taken from it is somebody else's to read.
    pub(crate) fn of_child(mut child: Child) -> Self {
        let stdout = child.stdout.take().map_or_else(|| channel().1, lines);
        let stderr = child.stderr.take().map_or_else(|| channel().1, lines);
        Self { child, stdout, stderr }
    }

    /// The next result.
    #[track_caller]
    pub(crate) fn result(&self) -> String {
        self.stdout.recv_timeout(LIMIT).expect("a line on standard output")
    }

    /// The next line on standard error.
    #[track_caller]
    pub(crate) fn note(&self) -> String {
        self.stderr.recv_timeout(LIMIT).expect("a line on standard error")
    }

    /// The next line on standard error that contains this.
    #[track_caller]
    pub(crate) fn note_with(&self, part: &str) -> String {
        loop {
            let note = self.note();
            if note.contains(part) {
                return note;
            }
        }
    }

    /// Where a server says that it listens, which it says first.
    #[track_caller]
    fn address(&self) -> SocketAddr {
        let note = self.note();
        let address = note.strip_prefix("listening on ").and_then(|rest| rest.split(' ').next());
        address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in {note:?}"))
    }

    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("the process is there");
    }

    /// Waits for its end and what it printed until then.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let stdout = rest(&self.stdout);
        let stderr = rest(&self.stderr);
        let status = self.child.wait().expect("an exit status");
        Ended { code: status.code(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Ended {
    /// That it ended with exit code 2, and said this.
    #[track_caller]
    pub(crate) fn failed_with(&self, message: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert!(self.stderr.iter().any(|line| line.contains(message)), "wanted {message:?} in {self:?}");
        assert_eq!(self.stdout, Vec::<String>::new());
    }

    /// That it ended well.
    #[track_caller]
    pub(crate) fn succeeded(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }
}

/// The lines of a pipe, read by a thread so that no pipe fills up.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[track_caller]
fn rest(lines: &Receiver<String>) -> Vec<String> {
    let mut rest = Vec::new();
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) => rest.push(line),
            Err(RecvTimeoutError::Disconnected) => return rest,
            Err(RecvTimeoutError::Timeout) => panic!("it did not end; so far {rest:?}"),
        }
    }
}

/// Octets of every value in no simple order.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut octets = Vec::with_capacity(length + 8);
    while octets.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octets.extend_from_slice(&state.to_le_bytes());
    }
    octets.truncate(length);
    octets
}
