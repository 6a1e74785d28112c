//! The command line: which verb was typed, and the exit code that comes of it.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 clean, 1 findings at or above
//! `--fail-on`, 2 could not do it, 3 damaged input of which the readable part was analysed, 130 interrupted twice; those of a
//! command that was run are its own.

mod analyze;
mod demo;
mod depth;
mod explain;
mod heap;
mod inputs;
mod interfaces;
mod lab;
mod live;
mod memory;
mod notation;
mod only;
mod out;
mod peer;
mod reporter;
mod run;
mod saving;
mod screen;
mod show;
mod threads;
mod trace;
mod undecoded;
mod verdict;
mod witness;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use synfin::report::terminal::neutral;

/// Judges TCP connections from SYN to FIN.
#[derive(Parser)]
#[command(name = "synfin", version, about, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Judge the connections in capture files (pcap, pcapng; - is standard input)
    Analyze(analyze::AnalyzeArgs),
    /// Capture on an interface and judge its connections as they happen, until Ctrl-C
    Live(live::LiveArgs),
    /// The interfaces of this machine, and whether you may capture on them
    Interfaces(interfaces::InterfacesArgs),
    /// Play the built-in peers, capture their real packets and explain them, handshake to close; needs no root
    Demo(demo::DemoArgs),
    /// Run a command on a loopback of its own, judge everything it says there, and report when it has ended
    Run(run::RunArgs),
    /// Everything about one connection: ladder, findings, the textbook's steps, transitions, equations
    Show(show::ShowArgs),
    /// Write a capture down in the text notation, one segment a line, with states and broken rules
    Trace(trace::TraceArgs),
    /// What a rule, a state, an arc (F14) or a word of the reports means
    Explain(explain::ExplainArgs),
    /// Play scenarios between two kernels' TCP in namespaces of their own, and judge them at both ends
    Lab(lab::LabArgs),
    /// The built-in peers: send and receive over UDP and TCP, serve and fetch files
    Peer(peer::PeerArgs),
}

/// Says what is wrong with the command line, or what was asked about it.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    // What was typed stands in it, which need not be the user's own words.
    if text.chars().all(|it| it == '\n' || neutral(it.encode_utf8(&mut [0; 4])).len() == it.len_utf8()) {
        // If that fails there is nobody to tell.
        let _nobody_to_tell = error.print();
    } else {
        text.trim_end().lines().for_each(|line| out::note(format_args!("{line}")));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Does what was typed.
pub fn run() -> ExitCode {
    heap::share_one();
    let typed = match Cli::try_parse() {
        Ok(typed) => typed,
        Err(error) => return refuse(&error),
    };
    match typed.verb {
        Verb::Analyze(args) => analyze::run(&args),
        Verb::Live(args) => live::run(&args),
        Verb::Interfaces(args) => interfaces::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::Run(args) => run::run(&args),
        Verb::Show(args) => show::run(&args),
        Verb::Trace(args) => trace::run(&args),
        Verb::Explain(args) => explain::run(&args),
        Verb::Lab(args) => lab::run(&args),
        Verb::Peer(args) => peer::run(args),
    }
}
