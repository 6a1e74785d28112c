//! The whole analysis over a list of frames, and what must add up in its results.

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::analysis::most::Most;
use synfin::analysis::shards::Sharded;
use synfin::analysis::totals::Totals;
use synfin::packet::{FrameNo, LinkType, Losses, Packet, Stamping};
use synfin::report::build;
use synfin::report::collect::{Collector, Which};
use synfin::report::ladder::Fold;
use synfin::report::story::{self, Part};
use synfin::report::style::Style;
use synfin::report::words::{Language, Words};
use synfin::timestamp::Timestamp;
use synfin::wire::Depth;

thread_local! {
    /// Read once: that takes longer than most inputs do.
    static WORDS: Vec<Words> = Language::ALL.into_iter().map(Words::new).collect();
}

/// Frames up to which every page is made too; more would only be more of the same.
const PAGES_UP_TO: usize = 64;

/// A frame that outlives its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Stamp.
    pub at: Timestamp,
    /// Link type.
    pub link: LinkType,
    /// Interface number.
    pub interface: u32,
    /// Octets captured.
    pub bytes: Vec<u8>,
    /// Octets on the wire.
    pub wire_len: u32,
}

impl Frame {
    /// As a source lends it.
    #[must_use]
    pub fn lent(&self, frame: FrameNo) -> Packet<'_> {
        let Self { at, link, interface, ref bytes, wire_len } = *self;
        Packet { frame, at, stamping: Stamping::Told, link, interface, bytes, wire_len }
    }

    /// Captured whole.
    #[must_use]
    pub fn whole(at: Timestamp, link: LinkType, bytes: Vec<u8>) -> Self {
        let wire_len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self { at, link, interface: 0, bytes, wire_len }
    }
}

/// Everything that the analysis tells, as a machine would get it.
#[derive(Default)]
struct Told {
    objects: Vec<String>,
    numbers: BTreeSet<u64>,
    segments: u64,
    connections: u64,
    counted: u64,
    datagrams: u64,
    conversations: u64,
}

impl Sink for Told {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) => {
                self.segments += 1;
                assert!(counted.conn > 0, "a segment of connection 0");
            }
            Event::Connection(ended) => {
                self.connections += 1;
                assert!(self.numbers.insert(ended.conn), "connection {} is final twice", ended.conn);
                let view = build::connection("fuzz", ended);
                let (frames, object) = (view.frames, serde_json::to_string(&view).expect("a view is JSON"));
                assert!(frames.first <= frames.last, "{object}");
                assert!(frames.count <= frames.last - frames.first + 1, "{object}");
                self.counted += frames.count;
                self.objects.push(object);
            }
            Event::Datagrams(conversation, around) => {
                self.conversations += 1;
                let view = build::datagrams("fuzz", conversation, around);
                self.datagrams += view.datagrams.a + view.datagrams.b;
                self.objects.push(serde_json::to_string(&view).expect("a view is JSON"));
            }
            Event::Rows(_) | Event::Finding(..) | Event::IcmpError(..) => {}
        }
        Ok(())
    }
}

/// Prints each frame as hexadecimal octets behind its stamp, link type and length, if somebody wants to look into a find.
fn show(frames: &[Frame]) {
    if std::env::var_os("SYNFIN_FUZZ_SHOW").is_some() {
        for Frame { at, link, bytes, wire_len, .. } in frames {
            let octets: String = bytes.iter().map(|octet| format!("{octet:02x}")).collect();
            eprintln!("frame {} {} {wire_len} {octets}", at.as_ns(), link.0);
        }
    }
}

fn run(frames: &[Frame], losses: Losses, sink: &mut dyn Sink) -> Totals {
    let mut analyzer = Analyzer::new();
    analyzer.note_losses(losses);
    for (number, frame) in (1..).zip(frames) {
        analyzer.observe(&frame.lent(number), sink).expect("the sink never fails");
    }
    analyzer.finish(sink).expect("the sink never fails")
}

/// The same by lanes, told after every so many frames.
fn run_in_lanes(frames: &[Frame], losses: Losses, together: usize, sink: &mut dyn Sink) -> Totals {
    let mut judges = Sharded::new(Depth::default(), Most::default(), NonZeroUsize::MIN);
    judges.note_losses(losses, sink).expect("the sink never fails");
    for (number, frame) in (1..).zip(frames) {
        judges.observe(&frame.lent(number), sink).expect("the sink never fails");
        if usize::try_from(number).is_ok_and(|number| number.is_multiple_of(together)) {
            judges.flush(sink).expect("the sink never fails");
        }
    }
    judges.finish(sink).expect("the sink never fails")
}

/// Judges the frames, and checks that every one is counted once and that the same frames give the same results, also where
/// connections are followed side by side.
///
/// # Panics
///
/// If anything does not add up.
pub fn check(frames: &[Frame], losses: Losses) {
    show(frames);
    let mut told = Told::default();
    let totals = run(frames, losses, &mut told);
    let (others, undecodables) = (totals.other_frames(), totals.undecodable_frames());
    let shown = |told: &Told| format!("{totals:?}\n{}", told.objects.join("\n"));
    assert_eq!(totals.read, frames.len() as u64, "frames read");
    assert_eq!(totals.read, totals.tcp + totals.udp + others + undecodables, "frames by kind: {}", shown(&told));
    assert_eq!(totals.connections, told.connections, "connections: {}", shown(&told));
    assert_eq!(totals.conversations, told.conversations, "conversations: {}", shown(&told));
    assert_eq!(totals.udp, told.datagrams, "datagrams by conversation: {}", shown(&told));
    assert_eq!(totals.tcp, told.counted + totals.late, "segments by connection: {}", shown(&told));
    let capture = serde_json::to_string(&build::capture("fuzz", &totals, None)).expect("a view is JSON");
    assert!(capture.starts_with('{'));
    let mut again = Told::default();
    run(frames, losses, &mut again);
    assert_eq!(told.objects, again.objects, "the same frames, twice");
    for together in [1, 7, usize::MAX] {
        let mut beside = Told::default();
        let totals = run_in_lanes(frames, losses, together, &mut beside);
        assert_eq!(told.objects, beside.objects, "in lanes, {together} frames at a time");
        let beside = serde_json::to_string(&build::capture("fuzz", &totals, None)).expect("a view is JSON");
        assert_eq!(capture, beside, "in lanes, {together} frames at a time");
    }
    if frames.len() <= PAGES_UP_TO {
        pages(frames, losses);
    }
}

/// Every page can be written, and none holds a character that a terminal obeys.
fn pages(frames: &[Frame], losses: Losses) {
    let mut kept = Collector::new("fuzz", Which::All);
    run(frames, losses, &mut kept);
    WORDS.with(|languages| {
        for words in languages {
            let style = Style::new(words);
            for story in &kept.stories {
                let page = story::page(story, &Part::ALL, Fold::default(), &style);
                let obeyed = page.chars().find(|it| it.is_control() && *it != '\n');
                assert_eq!(obeyed, None, "a control character in a page: {page}");
            }
        }
    });
}
