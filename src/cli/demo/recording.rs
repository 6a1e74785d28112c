//! One capture of the whole demo: begun before the first packet, ended when the last has been seen.
//!
//! A thread of its own reads, analyses and saves; the peers play meanwhile.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::acts::Expected;
use crate::cli::out::note;
use crate::cli::witness::Witness;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::analysis::totals::Totals;
use synfin::capture::live::LiveSource;
use synfin::capture::writer::PcapngWriter;
use synfin::capture::{SourceError, StopHandle};
use synfin::packet::Packet;
use synfin::report::build;
use synfin::report::collect::{Collector, Which};
use synfin::report::style::Style;
use synfin::timestamp::Timestamp;
use synfin::witness::Unheard;

/// The interface, in every network namespace of Linux.
pub const LOOPBACK: &str = "lo";

/// How long the capture may take to hand over the last packets; it needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// A capture under way.
pub struct Recording {
    reader: JoinHandle<io::Result<Taken>>,
    stop: StopHandle,
    progress: Arc<Progress>,
}

/// What a capture came to.
pub struct Taken {
    /// The connections and conversations.
    pub collected: Collector,
    /// The counters.
    pub totals: Totals,
    /// Why it ended early, if it did.
    pub damage: Option<SourceError>,
    /// Why the packets could not be saved, if they could not.
    pub unsaved: Option<io::Error>,
    /// Events of the kernel that were lost, or why it was not heard to the end.
    pub lost: Result<u64, Unheard>,
}

/// How far the capture has come.
#[derive(Default)]
struct Progress {
    seen: Mutex<Expected>,
    more: Condvar,
}

impl Recording {
    /// Begins to read what `source` captures already, and to save it where that is wanted.
    /// With the kernel heard, its word is laid to what is shown.
    pub fn start(
        source: Box<dyn LiveSource>,
        file: Option<BufWriter<File>>,
        witness: Option<Witness>,
    ) -> io::Result<Self> {
        let stop = source.stop_handle();
        let progress = Arc::new(Progress::default());
        let told = Arc::clone(&progress);
        let reader =
            thread::Builder::new().name("capture".to_owned()).spawn(move || read(source, file, witness, &told))?;
        Ok(Self { reader, stop, progress })
    }

    /// Waits until the capture has seen what is expected, and ends it.
    pub fn finish(self, expected: Expected, style: &Style<'_>) -> anyhow::Result<Taken> {
        let seen = self.progress.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.progress.more.wait_timeout_while(seen, PATIENCE, |seen| !seen.covers(expected));
        let (seen, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(seen);
        if waited.timed_out() {
            let values = [("seconds", PATIENCE.as_secs().into())];
            note(format_args!("synfin: {}", style.words.say_with("demo-note-unfinished", &values)));
        }
        self.stop.stop();
        let taken = self.reader.join().map_err(|_| anyhow::anyhow!("the capture panicked"))?;
        Ok(taken?)
    }
}

impl Expected {
    const fn covers(self, other: Self) -> bool {
        self.connections >= other.connections && self.datagrams >= other.datagrams && self.refusals >= other.refusals
    }
}

fn read(
    mut source: Box<dyn LiveSource>,
    file: Option<BufWriter<File>>,
    witness: Option<Witness>,
    progress: &Progress,
) -> io::Result<Taken> {
    let link = source.link();
    let mut unsaved = None;
    let mut saved = file.and_then(|file| kept(begin(file, link), &mut unsaved));
    let mut watch = Watch { collected: Collector::new(LOOPBACK, Which::All), over: BTreeSet::new(), witness };
    let mut analyzer = Analyzer::new();
    let damage = loop {
        let packet = match source.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        if let Some(mut writer) = saved.take() {
            // One interface is described, whatever number the source gives to it.
            let written = writer.write(&Packet { interface: 0, ..packet });
            saved = kept(written.map(|()| writer), &mut unsaved);
        }
        analyzer.observe(&packet, &mut watch)?;
        let totals = analyzer.totals();
        let mut seen = progress.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Expected {
            connections: watch.over.len(),
            datagrams: totals.udp,
            refusals: totals.others.get("icmp-error").copied().unwrap_or_default(),
        };
        drop(seen);
        progress.more.notify_all();
    };
    if let Some(mut writer) = saved {
        let counters = writer.statistics(0, now(), source.losses(), Some(source.received()));
        let _all_written = kept(counters.and_then(|()| writer.flush()), &mut unsaved);
    }
    analyzer.note_losses(source.losses());
    let totals = analyzer.finish(&mut watch)?;
    let mut lost = Ok(0);
    if let Some(witness) = &mut watch.witness {
        lost = witness.end();
        watch.collected.stories.iter_mut().for_each(|story| witness.testify(&mut story.view));
    }
    Ok(Taken { collected: watch.collected, totals, damage, unsaved, lost })
}

fn begin(file: BufWriter<File>, link: synfin::packet::LinkType) -> io::Result<PcapngWriter<BufWriter<File>>> {
    let mut writer = PcapngWriter::new(file)?;
    writer.add_interface(LOOPBACK, link, 0)?;
    Ok(writer)
}

/// A failure to save ends the saving, not the demo.
fn kept<T>(result: io::Result<T>, unsaved: &mut Option<io::Error>) -> Option<T> {
    result.map_err(|error| *unsaved = Some(error)).ok()
}

#[expect(clippy::disallowed_methods, reason = "the counters in the file are those of the end of the capture")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Collects, and notes which connections are over at both ends.
struct Watch {
    collected: Collector,
    over: BTreeSet<u64>,
    witness: Option<Witness>,
}

impl Sink for Watch {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Some(witness) = &mut self.witness {
            witness.observe(&event);
        }
        if let Event::Segment(counted) = event {
            let states = build::step(&counted).states;
            let is_over = |state: Option<&str>| matches!(state, None | Some("CLOSED" | "TIME-WAIT" | "LISTEN"));
            if is_over(states.a) && is_over(states.b) {
                self.over.insert(counted.conn);
            }
        }
        self.collected.event(event)
    }
}
