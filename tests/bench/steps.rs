//! The way from the octets of a capture to verdicts in steps, each with all before it, and the bare loops beside them:
//! a walk over the records, and a table of flows that forgets the closed ones. A bare loop is what no analyser can beat.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::hint::black_box;
use std::io::{self, Read};
use synfin::analysis::Analyzer;
use synfin::analysis::batch::Batch;
use synfin::analysis::event::{Asks, Event, Sink};
use synfin::capture::Source;
use synfin::report::build;
use synfin::wire;

/// What takes a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// From record to record. A floor.
    Walk,
    /// Addresses, ports and flags, and a table of flows that forgets the closed. A floor.
    Table,
    /// Packets out of the file.
    Read,
    /// Segments out of packets.
    Decode,
    /// Verdicts.
    Verdict,
    /// Lines of JSON.
    Jsonl,
}

impl Step {
    /// All, the floors first.
    pub const ALL: [Self; 6] = [Self::Walk, Self::Table, Self::Read, Self::Decode, Self::Verdict, Self::Jsonl];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Walk => "walk",
            Self::Table => "table",
            Self::Read => "read",
            Self::Decode => "decode",
            Self::Verdict => "verdict",
            Self::Jsonl => "jsonl",
        }
    }

    /// Takes the pcap file that `reader` reads and `source` delivers; answers how many packets it held.
    pub fn take(self, reader: impl Read, source: impl FnOnce() -> Box<dyn Source + Send>) -> u64 {
        match self {
            Self::Walk => records(reader, |_| {}),
            Self::Table => table(reader),
            Self::Read => packets(source(), |packet| _ = black_box(packet.bytes)),
            Self::Decode => packets(source(), |packet| _ = black_box(wire::decode(packet).is_ok())),
            Self::Verdict => analyze(source(), &mut Nothing),
            Self::Jsonl => analyze(source(), &mut Lines),
        }
    }
}

/// Octets read at a time.
const BLOCK: usize = 256 * 1024;

/// From record to record of a little-endian pcap file.
fn records(mut reader: impl Read, mut each: impl FnMut(&[u8])) -> u64 {
    let mut header = [0; 24];
    reader.read_exact(&mut header).expect("a file header");
    let mut buffer = vec![0; 2 * BLOCK];
    let (mut held, mut count) = (0, 0);
    loop {
        let got = reader.read(&mut buffer[held..held + BLOCK]).expect("a file that can be read");
        if got == 0 {
            return count;
        }
        held += got;
        let mut at = 0;
        while let Some(record) = buffer[at..held].first_chunk::<16>() {
            let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]) as usize;
            let Some(octets) = buffer[at..held].get(16..16 + length) else { break };
            each(octets);
            count += 1;
            at += 16 + length;
        }
        buffer.copy_within(at..held, 0);
        held -= at;
    }
}

/// What a bare table keeps of a flow.
#[derive(Default)]
struct Flow {
    packets: [u32; 2],
    next: [u32; 2],
    fins: [u8; 2],
}

/// A table of flows by addresses and ports; a flow is forgotten once both FINs are acknowledged.
fn table(reader: impl Read) -> u64 {
    let mut flows: HashMap<([u8; 33], [u16; 2]), Flow, foldhash::fast::RandomState> = HashMap::default();
    let mut closed = 0_u64;
    let count = records(reader, |octets| {
        let Some((mut key, mut ports, tcp)) = flow_of(octets) else { return };
        let by_low = key[..16] <= key[16..32];
        if !by_low {
            let (low, high) = key[..32].split_at_mut(16);
            low.swap_with_slice(high);
            ports.swap(0, 1);
        }
        let me = usize::from(by_low);
        let word = |at: usize| u32::from_be_bytes([tcp[at], tcp[at + 1], tcp[at + 2], tcp[at + 3]]);
        let mut entry = match flows.entry((key, ports)) {
            Entry::Occupied(known) => known,
            Entry::Vacant(new) => new.insert_entry(Flow::default()),
        };
        let flow = entry.get_mut();
        flow.packets[me] += 1;
        flow.next[me] = word(4);
        flow.fins[me] |= tcp[13] & 1;
        if flow.fins == [1, 1] && tcp[13] & 1 == 0 && word(8) == flow.next[1 - me].wrapping_add(1) {
            closed += 1;
            entry.remove();
        }
    });
    black_box((closed, flows.len()));
    count
}

/// Addresses, ports and the TCP header of a frame, by fixed places.
fn flow_of(octets: &[u8]) -> Option<([u8; 33], [u16; 2], &[u8])> {
    let mut at = 14;
    let mut kind = octets.get(12..14)?;
    if kind == [0x81, 0] {
        (kind, at) = (octets.get(16..18)?, 18);
    }
    let mut key = [0; 33];
    let ip = octets.get(at..)?;
    let tcp = if kind == [8, 0] {
        if ip.get(9) != Some(&6) {
            return None;
        }
        key[..4].copy_from_slice(ip.get(12..16)?);
        key[16..20].copy_from_slice(ip.get(16..20)?);
        ip.get(usize::from(ip[0] & 15) * 4..)?
    } else {
        if ip.get(6) != Some(&6) {
            return None;
        }
        key[..32].copy_from_slice(ip.get(8..40)?);
        ip.get(40..)?
    };
    let tcp = tcp.get(..20)?;
    let port = |at: usize| u16::from_be_bytes([tcp[at], tcp[at + 1]]);
    Some((key, [port(0), port(2)], tcp))
}

fn packets(mut source: Box<dyn Source + Send>, mut each: impl FnMut(&synfin::packet::Packet<'_>)) -> u64 {
    let mut count = 0;
    while let Some(packet) = source.next_packet().expect("no damage") {
        each(&packet);
        count += 1;
    }
    count
}

/// Keeps nothing.
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

    fn asks(&self) -> Asks {
        Asks::Connections
    }
}

fn analyze(mut source: Box<dyn Source + Send>, sink: &mut dyn Sink) -> u64 {
    let mut analyzer = Analyzer::new();
    let mut batch = Batch::default();
    while let Some(packet) = source.next_packet().expect("no damage") {
        batch.push(&packet);
        if batch.is_full() {
            analyzer.observe_all(&batch, sink).expect("the sink takes all");
            batch.clear();
        }
    }
    analyzer.observe_all(&batch, sink).expect("the sink takes all");
    analyzer.finish(sink).expect("the sink takes all").read
}
