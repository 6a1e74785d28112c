//! One step of the way over one file, for callgrind and for a clock outside:
//! `cargo run --release --example stage -- verdict FILE` prints how many packets it took.

mod steps;

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use steps::Step;
use synfin::capture::file;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let step = arguments.first().and_then(|name| Step::ALL.into_iter().find(|step| step.name() == name));
    let (Some(step), Some(path)) = (step, arguments.get(1)) else {
        let names = Step::ALL.map(Step::name).join("|");
        eprintln!("usage: stage {names} FILE");
        return ExitCode::from(2);
    };
    let opened = File::open(path).map_err(|error| error.to_string());
    let source = file::open(Path::new(path)).map_err(|error| error.to_string());
    match (opened, source) {
        (Ok(reader), Ok(source)) => {
            println!("{}", step.take(reader, || source));
            ExitCode::SUCCESS
        }
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("cannot read {path}: {error}");
            ExitCode::from(2)
        }
    }
}
