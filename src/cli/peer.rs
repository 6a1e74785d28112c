//! `synfin peer …`: the built-in peers, each in a terminal of its own.
//!
//! Here are the arguments they share, signals, and exit codes: 0 done (a server that is told to stop has done its job),
//! 2 could not do it, 130 a client that was interrupted.

mod file;
mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::{Args, Subcommand};
use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::cli::out::{Out, note};
use synfin::demo::error::DemoError;
use synfin::demo::wait::{Stop, Stopper};

/// What `synfin peer` takes.
#[derive(Args)]
pub struct PeerArgs {
    #[command(subcommand)]
    command: PeerCommand,
}

#[derive(Subcommand)]
enum PeerCommand {
    /// Send one UDP datagram; whether it arrives nobody tells
    UdpSend(udp::SendArgs),
    /// Show who sends what over UDP
    UdpRecv(udp::ReceiveArgs),
    /// Show what many TCP clients say, and reply to them
    TcpServer(tcp::ServerArgs),
    /// Say something to a TCP server and show its reply
    TcpClient(tcp::ClientArgs),
    /// Serve the files beneath a directory
    FileServer(file::ServerArgs),
    /// Fetch a file from a file server
    FileClient(file::ClientArgs),
}

/// Does what was typed, and says what went wrong.
pub fn run(args: PeerArgs) -> ExitCode {
    const COULD_NOT: u8 = 2;
    const INTERRUPTED: u8 = 130;
    let out = Out::default();
    let done = match args.command {
        PeerCommand::UdpSend(args) => udp::send(&args, &out),
        PeerCommand::UdpRecv(args) => udp::receive(&args, &out),
        PeerCommand::TcpServer(args) => tcp::serve(&args, &out),
        PeerCommand::TcpClient(args) => tcp::talk(&args, &out),
        PeerCommand::FileServer(args) => file::serve(&args, &out),
        PeerCommand::FileClient(args) => file::fetch(&args, &out),
    };
    match (done, out.failure()) {
        (Err(DemoError::Stopped), _) => {
            note(format_args!("synfin: {}", DemoError::Stopped));
            ExitCode::from(INTERRUPTED)
        }
        (Err(error), _) => {
            note(format_args!("synfin: {error}"));
            ExitCode::from(COULD_NOT)
        }
        (Ok(()), Some(error)) => {
            note(format_args!("synfin: cannot write the results: {error}; send standard output elsewhere"));
            ExitCode::from(COULD_NOT)
        }
        (Ok(()), None) => ExitCode::SUCCESS,
    }
}

/// A stop that the first SIGINT or SIGTERM trips; the second ends the process at once.
///
/// To be called once names are resolved: the resolver does not wait for the stop, but does for an ordinary signal.
fn stop_on_signals() -> Result<(Arc<Stopper>, Stop), DemoError> {
    let (stopper, stop) = Stop::pair().map_err(|source| DemoError::Exhausted { wanted: "open a pipe", source })?;
    let second = Arc::new(AtomicBool::new(false));
    let register = |signal| -> io::Result<()> {
        // The order matters: the first signal finds the flag down and raises it, the second finds it up.
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&second))?;
        flag::register(signal, Arc::clone(&second))?;
        low_level::pipe::register(signal, stopper.descriptor()?)?;
        Ok(())
    };
    for signal in [SIGINT, SIGTERM] {
        register(signal).map_err(|source| DemoError::Exhausted { wanted: "watch for signals", source })?;
    }
    Ok((Arc::new(stopper), stop))
}

/// Seconds as typed, fractions allowed.
fn seconds(text: &str) -> Result<Duration, String> {
    const LONGEST: f64 = 86_400.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("wanted seconds, more than 0 and at most 86400; type for example \"--timeout 10\"".to_owned()),
    }
}

/// What went wrong with one client of a server that goes on.
fn note_failure(client: SocketAddr, error: &DemoError) {
    match error {
        DemoError::Stopped => note(format_args!("{client} cut off: {error}")),
        _ => note(format_args!("{error}")),
    }
}

/// `1 client`, `2 clients`.
fn counted(count: u64, one: &'static str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {one}{ending}")
}
