//! Connections followed side by side give octet by octet what one analyzer gives, by whatever number of threads, however the
//! packets come in.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::analysis::most::Most;
use synfin::analysis::shards::Sharded;
use synfin::analysis::totals::Totals;
use synfin::capture::{Source, file};
use synfin::report::build;
use synfin::wire::Depth;

use crate::bench::captures::container::Container;
use crate::bench::captures::{Kind, Plan, write};

/// Threads that are tried.
const THREADS: [usize; 4] = [1, 2, 8, 16];

/// Bounds of which each lane has its share.
const SHARED: [&str; 6] =
    ["open-connections", "whole-attempts", "attempts", "closed-connections", "closed-records", "waiting-octets"];

/// All objects, as a machine gets them, and how full the bounds got.
#[derive(Default)]
struct Objects(String);

impl Objects {
    fn push(&mut self, object: &impl serde::Serialize) {
        self.0.push_str(&serde_json::to_string(object).expect("a view is JSON"));
        self.0.push('\n');
    }

    fn ended(mut self, totals: &Totals) -> String {
        self.push(&build::capture("capture", totals, None));
        // Of what lanes share each may have been fullest at another time.
        for bound in totals.bounds.iter().filter(|bound| !SHARED.contains(&bound.id)) {
            self.push(&(bound.id, bound.most, bound.reached, bound.forgotten));
        }
        self.0
    }
}

impl Sink for Objects {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Connection(ended) => self.push(&build::connection("capture", ended)),
            Event::Datagrams(conversation, around) => self.push(&build::datagrams("capture", conversation, around)),
            _ => {}
        }
        Ok(())
    }
}

type Open<'o> = &'o dyn Fn() -> Box<dyn Source + Send>;

/// By one analyzer, packet after packet.
fn one(open: Open<'_>) -> String {
    let (mut analyzer, mut objects, mut source) = (Analyzer::new(), Objects::default(), open());
    while let Some(packet) = source.next_packet().expect("the capture is whole") {
        analyzer.observe(&packet, &mut objects).expect("memory");
    }
    analyzer.note_losses(source.losses());
    let totals = analyzer.finish(&mut objects).expect("memory");
    objects.ended(&totals)
}

/// By lanes; `drained` says after how many packets none waits, as live, time and again.
fn lanes(open: Open<'_>, most: Most, threads: usize, drained: &[u64]) -> String {
    let threads = NonZeroUsize::new(threads).expect("some");
    let (mut judges, mut objects, mut source) =
        (Sharded::new(Depth::default(), most, threads), Objects::default(), open());
    let mut waits = drained.iter().copied().cycle();
    let mut left = waits.next();
    while let Some(packet) = source.next_packet().expect("the capture is whole") {
        judges.observe(&packet, &mut objects).expect("memory");
        left = left.map(|left| left - 1);
        if left == Some(0) {
            judges.flush(&mut objects).expect("memory");
            left = waits.next();
        }
    }
    judges.note_losses(source.losses(), &mut objects).expect("memory");
    let totals = judges.finish(&mut objects).expect("memory");
    objects.ended(&totals)
}

fn captures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(&folder).expect("the captures").map(|file| file.expect("a file").path());
    files.filter(|path| path.extension().is_some_and(|it| it == "pcapng")).collect()
}

#[test]
fn recorded_captures_come_out_the_same_however_they_come_in() {
    for path in captures("captures").into_iter().chain(captures("tests/lab")) {
        let open = || file::open(&path).expect("the capture opens");
        let wanted = one(&open);
        for drained in [&[][..], &[1], &[3, 1, 40]] {
            assert!(lanes(&open, Most::default(), 2, drained) == wanted, "{}: {drained:?}", path.display());
        }
    }
}

/// A capture made from a seed, as octets.
fn made(kind: Kind, packets: u64, open: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    let plan = Plan { open, ..Plan::of(kind, packets) };
    write(&plan, Container::named("pcap").expect("a format"), &mut octets).expect("memory");
    octets
}

#[test]
fn large_captures_come_out_the_same_by_any_number_of_threads() {
    for (kind, open) in [(Kind::ManySmall, 300), (Kind::Mixed, 50), (Kind::Bulk, 20), (Kind::SynFlood, 0)] {
        let octets = made(kind, 5_000, open);
        let open = || file::from_reader("capture", io::Cursor::new(octets.clone())).expect("the capture opens");
        let wanted = one(&open);
        for threads in THREADS {
            assert!(lanes(&open, Most::default(), threads, &[]) == wanted, "{kind:?} by {threads} threads");
        }
        assert!(lanes(&open, Most::default(), 2, &[500, 1, 2_000]) == wanted, "{kind:?} as live");
    }
}

#[test]
fn where_bounds_are_met_the_number_of_threads_still_changes_nothing() {
    let most = Most { whole_attempts: 64, attempts: 160, open: 320, closed: 80, records: 160, ..Most::default() };
    for (kind, open) in [(Kind::ManySmall, 1_000), (Kind::SynFlood, 0)] {
        let octets = made(kind, 5_000, open);
        let open = || file::from_reader("capture", io::Cursor::new(octets.clone())).expect("the capture opens");
        let wanted = lanes(&open, most, 1, &[]);
        assert!(wanted.contains("\"forgotten\":true"), "{kind:?} meets no bound");
        for threads in THREADS {
            assert!(lanes(&open, most, threads, &[]) == wanted, "{kind:?} by {threads} threads");
        }
        assert!(lanes(&open, most, 2, &[500, 1, 2_000]) == wanted, "{kind:?} as live");
    }
}

/// What became of the connections of a flood in which a hundred are real: every real one, and how many others.
#[derive(Default)]
struct Flooded {
    real: Vec<String>,
    others: u64,
    wronged: Vec<String>,
}

impl Sink for Flooded {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            let view = build::connection("flood", ended);
            let (handshake, close) = (&view.handshake, &view.close);
            if view.findings.iter().any(|finding| finding.verdict == "broken") {
                self.wronged.push(serde_json::to_string(&view).expect("a view is JSON"));
            }
            match handshake.kind {
                "unanswered" => self.others += 1,
                kind => self.real.push(format!(
                    "{kind} {}, {} {}, {} frames, forgotten {}",
                    handshake.verdict, close.kind, close.verdict, view.frames.count, view.forgotten
                )),
            }
        }
        Ok(())
    }
}

#[test]
fn the_real_connections_in_a_flood_are_all_judged_right() {
    // A hundredth of five million sources, and of what may be kept.
    let most =
        Most { whole_attempts: 41, attempts: 2_621, open: 1_311, closed: 200, records: 2_621, ..Most::default() };
    let mut octets = Vec::new();
    let plan = Plan { real: 100, ..Plan::of(Kind::SynFlood, 50_000) };
    write(&plan, Container::named("pcap").expect("a format"), &mut octets).expect("memory");
    let mut source = file::from_reader("flood", io::Cursor::new(octets)).expect("the capture opens");
    let (mut judges, mut told) =
        (Sharded::new(Depth::default(), most, NonZeroUsize::new(2).expect("some")), Flooded::default());
    while let Some(packet) = source.next_packet().expect("the capture is whole") {
        judges.observe(&packet, &mut told).expect("memory");
    }
    let totals = judges.finish(&mut told).expect("memory");
    assert!(totals.forgotten_attempts > 40_000, "the flood meets no bound: {totals:?}");
    assert_eq!(told.wronged, Vec::<String>::new());
    assert_eq!(told.real, vec!["three-way holds, normal holds, 10 frames, forgotten false"; 100]);
    assert_eq!(told.others, 50_000);
}
