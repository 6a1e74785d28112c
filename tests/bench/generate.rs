//! Writes a capture to measure on: `cargo run --release --example generate -- many-small FILE --packets 1000000`.

mod captures;

use captures::container::Container;
use captures::{Kind, Plan, write};
use std::fs::File;
use std::io::{self, BufWriter};
use std::process::ExitCode;

const USAGE: &str = "usage: generate many-small|bulk|syn-flood|mixed FILE [--packets N] [--open N] [--seed N] [--real N] [--apart MICROSECONDS] \
                     [--as pcap|pcap-nano|pcapng]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(told) => {
            eprintln!("{told}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let [kind, file, options @ ..] = arguments else { return Err(USAGE.to_owned()) };
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind).ok_or(USAGE)?;
    let mut plan = Plan::of(kind, 1_000_000);
    let mut container = Container::named("pcap").ok_or(USAGE)?;
    for pair in options.chunks(2) {
        let [name, value] = pair else { return Err(USAGE.to_owned()) };
        let number = || value.parse::<u32>().map_err(|error| format!("{name} {value}: {error}"));
        match name.as_str() {
            "--packets" => plan.packets = number()?.into(),
            "--open" => plan.open = number()? as usize,
            "--seed" => plan.seed = number()?.into(),
            "--real" => plan.real = number()?,
            "--apart" => plan.apart = number()?,
            "--as" => container = Container::named(value).ok_or(USAGE)?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    let written = |error: io::Error| format!("cannot write {file}: {error}");
    let out = BufWriter::with_capacity(1 << 20, File::create(file).map_err(written)?);
    let made = write(&plan, container, out).map_err(written)?;
    Ok(format!("{} packets, {} connections", made.packets, made.connections))
}
