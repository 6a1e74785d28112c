//! Packets taken in several at a time: what comes out is what comes of the same packets one by one.

use crate::files;
use std::path::{Path, PathBuf};
use synfin::analysis::Analyzer;
use synfin::analysis::batch::{Batch, MOST_PACKETS};
use synfin::capture::{Source, file};
use synfin::packet::{Packet, Stamping};
use synfin::report::collect::{Collector, Which};
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

/// Takes packets, one by one or in batches of so many, and tells all that comes of them.
struct Taken {
    analyzer: Analyzer,
    collector: Collector,
    batch: Batch,
    together: usize,
}

impl Taken {
    fn new(together: usize) -> Self {
        let collector = Collector::new("capture", Which::All);
        Self { analyzer: Analyzer::new(), collector, batch: Batch::default(), together }
    }

    fn packet(&mut self, packet: &Packet<'_>) {
        if self.together == 0 {
            return self.analyzer.observe(packet, &mut self.collector).expect("a collector takes all");
        }
        self.batch.push(packet);
        if self.batch.len() >= self.together || self.batch.is_full() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.analyzer.observe_all(&self.batch, &mut self.collector).expect("a collector takes all");
        self.batch.clear();
    }

    fn told(mut self) -> String {
        self.flush();
        let totals = self.analyzer.finish(&mut self.collector).expect("a collector takes all");
        format!("{:?}\n{:?}\n{totals:?}", self.collector.stories, self.collector.conversations)
    }
}

/// The sizes compared with one by one: a few, all that fit.
const SIZES: [usize; 2] = [3, MOST_PACKETS];

#[test]
fn traces_come_out_the_same_in_batches() {
    for (path, text) in files::under("tests/traces", "trace") {
        let steps = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let captured = captured(&steps, Carrier::Raw4).unwrap_or_else(|error| panic!("{path}: {error}"));
        let told = |together: usize| {
            let mut taken = Taken::new(together);
            for (frame, (at, bytes)) in (1..).zip(&captured.frames) {
                let wire_len = u32::try_from(bytes.len()).expect("a short frame");
                taken.packet(&Packet {
                    frame,
                    at: *at,
                    stamping: Stamping::Told,
                    link: captured.link,
                    interface: 0,
                    bytes,
                    wire_len,
                });
            }
            taken.told()
        };
        let one_by_one = told(0);
        for size in SIZES {
            assert_eq!(told(size), one_by_one, "{path} in batches of {size}");
        }
    }
}

#[test]
fn captures_come_out_the_same_in_batches() {
    for path in captures() {
        let told = |together: usize| {
            let mut taken = Taken::new(together);
            let mut source = file::open(&path).expect("the capture opens");
            while let Some(packet) = source.next_packet().expect("the capture is whole") {
                taken.packet(&packet);
            }
            taken.told()
        };
        assert_eq!(told(MOST_PACKETS), told(0), "{}", path.display());
    }
}

/// The captures that the repository holds.
pub(super) fn captures() -> Vec<PathBuf> {
    let list = |directory: &str| std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(directory));
    let entries = ["captures", "tests/lab"].into_iter().flat_map(|directory| list(directory).expect("a directory"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let found: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "pcapng")).collect();
    assert!(found.len() > 100, "only {} captures", found.len());
    found
}
