//! The command line: which verb was typed, and the exit code that comes of it.

mod out;
mod peer;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Judges TCP connections from SYN to FIN.
#[derive(Parser)]
#[command(name = "synfin", version, about, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// The built-in peers: send and receive over UDP and TCP, serve and fetch files
    Peer(peer::PeerArgs),
}

/// Does what was typed.
pub fn run() -> ExitCode {
    match Cli::parse().verb {
        Verb::Peer(args) => peer::run(args),
    }
}
