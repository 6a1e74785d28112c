//! `synfin trace`: a capture in the text notation.

use super::analyze::{read, unwritable};
use super::depth::DepthArgs;
use super::inputs::open;
use super::notation;
use super::out::note;
use super::undecoded::{Left, say};
use super::verdict::Outcome;
use clap::Args;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;
use synfin::report::collect::Which;
use synfin::report::notation::Blocks;
use synfin::report::terminal::Out;

/// What `synfin trace` takes.
#[derive(Args)]
pub struct TraceArgs {
    /// A capture file, or a trace (NAME.trace) to be written anew; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the connection of this number, as `analyze` lists it
    #[arg(long, value_name = "N")]
    conn: Option<u64>,
    /// Only packets that pass this filter, in the language of tcpdump (pcap-filter(7)); numbers count what passes
    #[arg(short = 'f', long = "filter", value_name = "EXPR")]
    filter: Option<String>,
    #[command(flatten)]
    depth: DepthArgs,
}

/// Does it, and says what went wrong.
pub fn run(args: &TraceArgs) -> ExitCode {
    let name = args.file.display().to_string();
    let mut outcome = Outcome::default();
    let out = Out::new(BufWriter::with_capacity(1 << 16, io::stdout()));
    let mut blocks = Blocks::new(out, args.conn.map_or(Which::All, Which::One));
    // Frames that a filter leaves out would shift the numbers by which a line is found again.
    if notation::is_trace(&args.file) && args.filter.is_none() {
        match notation::steps(&args.file) {
            Ok(steps) => blocks = blocks.made_of(steps),
            Err(error) => {
                note(format_args!("synfin: {error}"));
                return ExitCode::from(2);
            }
        }
    }
    let source = match open(&args.file, args.filter.as_deref()) {
        Ok(source) => source,
        Err(error) => {
            note(format_args!("synfin: {error}"));
            return ExitCode::from(2);
        }
    };
    match read(source, args.depth.depth(), &mut blocks) {
        Ok((totals, damage)) => {
            if let Some(error) = damage {
                note(format_args!("synfin: {error}"));
                outcome.damaged();
            }
            if say(&name, &totals) == Left::Nothing {
                return ExitCode::from(2);
            }
        }
        Err(error) => return unwritable(&error),
    }
    match (args.conn, blocks.written, blocks.last) {
        (_, 1.., _) => {}
        (Some(conn), _, last @ 1..) => {
            note(format_args!("synfin: cannot write connection {conn} of {name}: wanted a number from 1 to {last}"));
            outcome.could_not();
        }
        _ => {
            note(format_args!("synfin: cannot write a connection of {name}: wanted a TCP segment, found none"));
            outcome.could_not();
        }
    }
    outcome.code()
}
