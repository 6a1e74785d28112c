//! The command of `synfin run`: started with the signals as they were, told of those that reach synfin alone, waited for.
#![expect(
    unsafe_code,
    reason = "the command's mask of signals is set between fork and exec, in the process that it becomes"
)]

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

use crate::cli::screen::Format;
use synfin::capture::StopHandle;
use synfin::capture::privilege::thread::{KILL, confine, keep};
use synfin::lab::clock::Steady;

/// Signals that people send to a command. From a terminal they reach it by themselves.
const PASSED_ON: [Signal; 6] =
    [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGUSR1, Signal::SIGUSR2];
/// So many requests to end, and a command that goes on is killed.
const INSISTED: u32 = 3;
/// `si_code` of a signal that the kernel sent, as it does for a terminal (asm-generic/siginfo.h).
const SI_KERNEL: i32 = 0x80;

/// A command that runs.
pub struct Running(JoinHandle<io::Result<Ended>>);

/// How it ended.
pub struct Ended {
    status: ExitStatus,
    lasted: Duration,
}

/// Why it does not run.
#[derive(Debug)]
pub struct Unstarted {
    name: String,
    source: io::Error,
}

/// Signals that are kept for the command, and what was blocked before.
pub struct Signals {
    kept: SignalFd,
    before: SigSet,
}

/// Keeps the signals that are passed on for [`start`]. To be called before any thread starts: each has the mask of its maker.
pub fn watch() -> io::Result<Signals> {
    let (mut watched, mut before) = (SigSet::from_iter(PASSED_ON), SigSet::empty());
    watched.add(Signal::SIGCHLD);
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&watched), Some(&mut before))?;
    Ok(Signals { kept: SignalFd::with_flags(&watched, SfdFlags::SFD_CLOEXEC)?, before })
}

/// Starts it, once the calling thread has given up what it can: that thread is to look at packets. `stop` ends the capture, `after` it has ended by so much.
pub fn start(
    words: &[OsString],
    format: Format,
    signals: Signals,
    stop: StopHandle,
    after: Duration,
) -> Result<Running, Unstarted> {
    let Some((name, arguments)) = words.split_first() else {
        let source = io::Error::new(io::ErrorKind::NotFound, "no command was given");
        return Err(Unstarted { name: String::new(), source });
    };
    let failed = |source| Unstarted { name: name.to_string_lossy().into_owned(), source };
    let mut command = Command::new(name);
    command.args(arguments);
    if format != Format::Table {
        // Standard output is for objects alone.
        let aside = io::stderr().as_fd().try_clone_to_owned().map_err(failed)?;
        command.stdout(Stdio::from(aside));
    }
    let Signals { kept, before } = signals;
    // SAFETY: sigprocmask(2) may be called between fork and exec, and touches nothing but the calling process's mask.
    unsafe { command.pre_exec(move || Ok(sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None)?)) };
    let (go, gone) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let attend = move || {
        gone.recv().map_err(io::Error::other)?;
        let clock = Steady::start();
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(source) => {
                let _waits_for_it = tell.send(Some(source));
                return Err(io::Error::other("the command did not start"));
            }
        };
        let _waits_for_it = tell.send(None);
        // This thread looks at no packet; without more it could not signal a command that became another user.
        let _else_it_keeps_more = keep(&[KILL]);
        let status = attend(&mut child, &kept);
        let lasted = clock.elapsed();
        // Acknowledgments that wait, and what programs that it left behind still say.
        thread::sleep(after);
        stop.stop();
        Ok(Ended { status: status?, lasted })
    };
    let thread = thread::Builder::new().name("command".to_owned()).spawn(attend).map_err(failed)?;
    // The command has the rights of who typed it, from the thread that starts it. What looks at packets needs none.
    confine().map_err(|retained| failed(io::Error::other(retained)))?;
    let panicked = || failed(io::Error::other("a thread panicked"));
    go.send(()).map_err(|_| panicked())?;
    match told.recv() {
        Ok(None) => Ok(Running(thread)),
        Ok(Some(source)) => Err(failed(source)),
        Err(_) => Err(panicked()),
    }
}

/// Waits for it, and passes signals on meanwhile.
fn attend(child: &mut Child, signals: &SignalFd) -> io::Result<ExitStatus> {
    let mut asked = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let Some(told) = signals.read_signal()? else { continue };
        let number = i32::try_from(told.ssi_signo).unwrap_or_default();
        let Ok(signal) = Signal::try_from(number) else { continue };
        if signal == Signal::SIGCHLD {
            continue;
        }
        asked += u32::from(matches!(signal, Signal::SIGINT | Signal::SIGTERM));
        if asked >= INSISTED {
            child.kill()?;
        } else if told.ssi_code != SI_KERNEL {
            // It has not been waited for, so the number is still its own.
            let pid = Pid::from_raw(child.id().cast_signed());
            kill(pid, signal)?;
        }
    }
}

impl Running {
    /// Waits for its end.
    pub fn wait(self) -> io::Result<Ended> {
        self.0.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
    }
}

impl Ended {
    /// The code that a shell has for it: its own, or 128 and the signal.
    pub fn code(&self) -> u8 {
        let code = self.status.code().or_else(|| Some(128 + self.status.signal()?));
        u8::try_from(code.unwrap_or(255) & 0xff).unwrap_or(u8::MAX)
    }

    /// Its exit code, if no signal ended it.
    pub fn exit_code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The name of the signal that ended it.
    pub fn signal(&self) -> Option<String> {
        let number = self.status.signal()?;
        Some(Signal::try_from(number).map_or_else(|_| number.to_string(), |signal| signal.to_string()))
    }

    /// From its start to its end.
    pub fn lasted_ns(&self) -> u64 {
        u64::try_from(self.lasted.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Unstarted {
    /// 127 if there is no such command, 126 if it cannot be run: as env(1) and shells do.
    pub fn code(&self) -> u8 {
        if self.source.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
    }
}

impl fmt::Display for Unstarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self.source.raw_os_error() {
            Some(number) => nix::errno::Errno::from_raw(number).desc().to_lowercase(),
            None => self.source.to_string(),
        };
        write!(f, "cannot run {:?}: {said}", self.name)?;
        match self.source.kind() {
            io::ErrorKind::NotFound => f.write_str("; name a program of PATH, or one with its path"),
            _ => f.write_str("; wanted a program that may be executed"),
        }
    }
}
