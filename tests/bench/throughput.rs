//! Packets per second from a capture file in memory to verdicts, beside a bare walk over the records of the same octets.
//!
//! `cargo bench` prints divan's table, then what each step costs per packet and how many times a bare walk that is.
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

mod captures;

use std::hint::black_box;
use std::io::{self, Cursor};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use divan::counter::ItemsCount;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::capture::{Source, file};
use synfin::report::build;
use synfin::wire;

/// Runs of each step when ratios are taken; the fastest counts, since what disturbs a run only slows it.
const RUNS: usize = 5;

/// A capture to measure on.
struct Load {
    name: &'static str,
    octets: Vec<u8>,
    packets: usize,
}

const NAMES: [&str; 3] = ["many-small", "bulk", "syn-flood"];

static LOADS: LazyLock<[Load; 3]> = LazyLock::new(|| {
    let made = |name, packets, make: fn(usize, &mut Vec<u8>) -> io::Result<()>| {
        let mut octets = Vec::new();
        make(packets, &mut octets).expect("memory can be written");
        Load { name, octets, packets }
    };
    [
        // Over 1,000 seconds, so that closed connections come to the end of their 2 MSL as in a long capture.
        made(NAMES[0], 200_000, |packets, out| captures::small(packets / captures::FRAMES_EACH, 5_000_000, out)),
        made(NAMES[1], 100_000, |packets, out| captures::bulk(packets, out)),
        made(NAMES[2], 200_000, |packets, out| captures::flood(packets, out)),
    ]
});

/// Takes a capture and counts its packets.
type Step = fn(&'static [u8]) -> u64;

/// Steps from octets to verdicts, each with all before it.
const STEPS: [(&str, Step); 5] =
    [("walk", walk), ("read", read), ("decode", decode), ("verdict", verdict), ("jsonl", jsonl)];

/// From record to record in memory, by their lengths.
fn walk(octets: &'static [u8]) -> u64 {
    let mut rest = octets.get(24..).unwrap_or_default();
    let mut records = 0;
    while let Some(header) = rest.first_chunk::<16>() {
        let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
        rest = rest.get(16 + length..).unwrap_or_default();
        records += 1;
    }
    records
}

fn source(octets: &'static [u8]) -> Box<dyn Source + Send> {
    file::from_reader("memory", Cursor::new(octets)).expect("a pcap file")
}

fn read(octets: &'static [u8]) -> u64 {
    let mut source = source(octets);
    let mut packets = 0;
    while let Some(packet) = source.next_packet().expect("no damage") {
        black_box(packet.bytes);
        packets += 1;
    }
    packets
}

fn decode(octets: &'static [u8]) -> u64 {
    let mut source = source(octets);
    let mut packets = 0;
    while let Some(packet) = source.next_packet().expect("no damage") {
        packets += u64::from(black_box(wire::decode(&packet)).is_ok());
    }
    packets
}

/// Counts connections.
struct Nothing;

impl Sink for Nothing {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        black_box(event);
        Ok(())
    }
}

/// Writes connections to nowhere.
struct Lines;

impl Sink for Lines {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Connection(ended) => Ok(serde_json::to_writer(io::sink(), &build::connection("memory", ended))?),
            _ => Ok(()),
        }
    }
}

fn analyze(octets: &'static [u8], sink: &mut dyn Sink) -> u64 {
    let mut source = source(octets);
    let mut analyzer = Analyzer::new();
    while let Some(packet) = source.next_packet().expect("no damage") {
        analyzer.observe(&packet, sink).expect("the sink takes all");
    }
    analyzer.finish(sink).expect("the sink takes all").read
}

fn verdict(octets: &'static [u8]) -> u64 {
    analyze(octets, &mut Nothing)
}

fn jsonl(octets: &'static [u8]) -> u64 {
    analyze(octets, &mut Lines)
}

fn measure(bencher: Bencher<'_, '_>, load: &str, step: Step) {
    let load = LOADS.iter().find(|known| known.name == load).expect("a load of that name");
    bencher.counter(ItemsCount::new(load.packets)).bench_local(|| step(black_box(&load.octets)));
}

#[divan::bench(name = "walk", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_walk(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, walk);
}

#[divan::bench(name = "read", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_read(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, read);
}

#[divan::bench(name = "decode", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_decode(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, decode);
}

#[divan::bench(name = "verdict", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_verdict(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, verdict);
}

#[divan::bench(name = "jsonl", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_jsonl(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, jsonl);
}

fn fastest(step: Step, load: &'static Load) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let packets = step(black_box(&load.octets));
        best = best.min(start.elapsed());
        assert_eq!(packets, load.packets as u64, "every packet of {} counts", load.name);
    }
    best
}

fn main() {
    divan::main();
    // With a choice of benchmarks on the command line only those are wanted.
    if std::env::args().skip(1).any(|argument| argument != "--bench") {
        return;
    }
    println!("\nper packet, and how many times a bare walk:");
    for load in LOADS.iter() {
        let costs = STEPS.map(|(name, step)| (name, fastest(step, load).as_nanos() as f64 / load.packets as f64));
        let walk = costs[0].1;
        let each = costs.map(|(name, ns)| format!("{name} {ns:.1} ns ({:.0}x)", ns / walk));
        println!("{:>11}  {}", load.name, each.join(", "));
    }
}
