//! The captures that are built into the program, for where nothing may be captured. `captures/README.md` says how they
//! were made.

use std::io::Cursor;

use super::acts::{Act, Done};
use super::show::{Scene, Seen, Source};
use crate::cli::analyze::read;
use synfin::capture::file;
use synfin::demo::scenario::Scenario;
use synfin::report::build;
use synfin::report::collect::{Collector, Which};
use synfin::wire::Depth;

macro_rules! recorded {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../captures/", $name)).as_slice())
    };
}

/// The capture of an act, with its name.
const fn capture(act: Act) -> (&'static str, &'static [u8]) {
    match act {
        Act::Udp => recorded!("demo-udp.pcapng"),
        Act::File => recorded!("demo-file.pcapng"),
        Act::Tcp(Scenario::ClientCloses) => recorded!("demo-client-closes.pcapng"),
        Act::Tcp(Scenario::Merged) => recorded!("demo-merged.pcapng"),
        Act::Tcp(Scenario::ServerCloses) => recorded!("demo-server-closes.pcapng"),
        Act::Tcp(Scenario::HalfClose) => recorded!("demo-half-close.pcapng"),
        Act::Tcp(Scenario::Refused) => recorded!("demo-refused.pcapng"),
        Act::Tcp(Scenario::Reset) => recorded!("demo-reset.pcapng"),
    }
}

/// The recorded captures of these acts, analysed as any other.
pub fn seen(acts: &[Act], done: Done) -> anyhow::Result<Seen> {
    let mut seen = Seen { source: Source::Recorded, scenes: Vec::new(), captures: Vec::new(), done };
    for &act in acts {
        let (name, octets) = capture(act);
        let mut collected = Collector::new(name, Which::All);
        let (totals, damage) = read(file::from_reader(name, Cursor::new(octets))?, Depth::Innermost, &mut collected)?;
        seen.captures.push(build::capture(name, &totals, damage.map(|error| error.to_string())));
        let Collector { stories, conversations, .. } = collected;
        seen.scenes.push(Scene { act, stories, conversations });
    }
    Ok(seen)
}
