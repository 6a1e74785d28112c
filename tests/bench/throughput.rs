//! Packets per second from a capture file in memory to verdicts, each step beside the bare loop that is its floor.
//!
//! `cargo bench` prints divan's table, then what each step costs per packet and how many times its floor that is.
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

mod captures;
mod steps;

use captures::container::Container;
use captures::{Kind, Plan};
use divan::Bencher;
use divan::counter::ItemsCount;
use std::hint::black_box;
use std::io::Cursor;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use steps::Step;
use synfin::capture::file::{self, Arrival};

/// Runs of each step when ratios are taken; the fastest counts, since what disturbs a run only slows it.
const RUNS: usize = 5;

/// A capture to measure on.
struct Load {
    name: &'static str,
    octets: Vec<u8>,
    packets: u64,
}

const NAMES: [&str; 4] = ["many-small", "bulk", "syn-flood", "mixed"];

static LOADS: LazyLock<Vec<Load>> = LazyLock::new(|| {
    let made = |kind: Kind| {
        let packets = if kind == Kind::Bulk { 50_000 } else { 100_000 };
        let mut octets = Vec::new();
        // Ten milliseconds apart, so that closed connections come to the end of their 2 MSL as in a long capture.
        let plan = Plan { open: 500, apart: 20_000, ..Plan::of(kind, packets) };
        let container = Container::named("pcap-nano").expect("a container of that name");
        let made = captures::write(&plan, container, &mut octets).expect("memory can be written");
        assert!(made.connections > 0, "{} holds connections", kind.name());
        Load { name: kind.name(), octets, packets: made.packets }
    };
    Kind::ALL.into_iter().map(made).collect()
});

fn take(step: Step, octets: &'static [u8]) -> u64 {
    let source = || file::arriving("memory", Cursor::new(octets), Arrival::Whole).expect("a pcap file");
    step.take(Cursor::new(octets), source)
}

fn measure(bencher: Bencher<'_, '_>, load: &str, step: Step) {
    let load = LOADS.iter().find(|known| known.name == load).expect("a load of that name");
    bencher.counter(ItemsCount::new(load.packets)).bench_local(|| take(step, black_box(&load.octets)));
}

#[divan::bench(name = "walk", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_walk(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Walk);
}

#[divan::bench(name = "table", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_table(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Table);
}

#[divan::bench(name = "read", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_read(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Read);
}

#[divan::bench(name = "decode", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_decode(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Decode);
}

#[divan::bench(name = "verdict", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_verdict(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Verdict);
}

#[divan::bench(name = "jsonl", args = NAMES, sample_count = 5, sample_size = 1)]
fn bench_jsonl(bencher: Bencher<'_, '_>, load: &str) {
    measure(bencher, load, Step::Jsonl);
}

/// The bare loop that a step stands beside.
const fn floor(step: Step) -> Step {
    match step {
        Step::Walk | Step::Read => Step::Walk,
        Step::Table | Step::Decode | Step::Verdict | Step::Jsonl => Step::Table,
    }
}

fn fastest(step: Step, load: &'static Load) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let packets = take(step, black_box(&load.octets));
        best = best.min(start.elapsed());
        assert_eq!(packets, load.packets, "every packet of {} counts", load.name);
    }
    best
}

fn main() {
    divan::main();
    // With a choice of benchmarks on the command line only those are wanted.
    if std::env::args().skip(1).any(|argument| argument != "--bench") {
        return;
    }
    println!("\nper packet, and how many times its floor (walk for read, table for the rest):");
    for load in LOADS.iter() {
        let costs = Step::ALL.map(|step| (step, fastest(step, load).as_nanos() as f64 / load.packets as f64));
        let of = |wanted: Step| costs.iter().find(|(step, _)| *step == wanted).map_or(1.0, |(_, ns)| *ns);
        let each = costs.map(|(step, ns)| format!("{} {ns:.1} ns ({:.1}x)", step.name(), ns / of(floor(step))));
        println!("{:>11}  {}", load.name, each.join(", "));
    }
}
