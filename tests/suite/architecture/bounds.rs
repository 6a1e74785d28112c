//! What is kept of that which a network or a file sends: every growing field of the modules that read it, and what bounds it.
//!
//! A field that is new has to be put here with its bound; one that is gone has to leave. Fields are found by their type, as
//! text: no parser.

use crate::files;

/// What keeps a field from growing for ever.
#[derive(Clone, Copy)]
enum Bound {
    /// The row of this name in `--stats`.
    Stats(&'static str),
    /// A constant of this name: what is beyond it is refused, or said on its own page.
    Constant(&'static str),
    /// By its nature.
    Nature(&'static str),
}

use Bound::{Constant, Nature, Stats};

/// Where fields grow by what the network sends.
const READERS: [&str; 12] = [
    "analysis/",
    "tcp/",
    "rules/judge",
    "wire/",
    "flow.rs",
    "capture/",
    "witness/life.rs",
    "witness/listener.rs",
    "cli/live/watch.rs",
    "cli/run/owned.rs",
    "cli/witness",
    "cli/reporter.rs",
];

const ONE_PACKET: Bound = Nature("one packet");
const TYPED: Bound = Nature("what the user typed, or the machine's own names");

const FIELDS: &[(&str, &str, Bound)] = &[
    ("analysis/batch.rs", "Batch.octets", Constant("MOST_OCTETS")),
    ("analysis/batch.rs", "Batch.packets", Constant("MOST_PACKETS")),
    ("analysis/bounds.rs", "Bounds.reading", Nature("the list of bounds")),
    ("analysis/bounds.rs", "Bounds.whole", Nature("the list of bounds")),
    ("analysis/brief.rs", "Brief.lines", Constant("MOST_LINES")),
    ("analysis/brief/line.rs", "Syn.options", Nature("one header's options")),
    ("analysis/closed.rs", "Closed.records", Stats("closed-records")),
    ("analysis/closed.rs", "Closed.whole", Stats("closed-connections")),
    ("analysis/copies.rs", "Copies.latest", Constant("CHAINS")),
    ("analysis/copies.rs", "Copies.prints", Stats("remembered-segments")),
    ("analysis/datagrams.rs", "Conversation.kinds", Nature("kinds of ICMP errors")),
    ("analysis/datagrams.rs", "Conversations.quiet", Stats("conversations")),
    ("analysis/kept.rs", "Packed.options", Constant("MAX_OPTIONS")),
    ("analysis/order.rs", "Order.due", Stats("waiting-octets")),
    ("analysis/order.rs", "Order.flows", Stats("waiting-octets")),
    ("analysis/order.rs", "Queue.waiting", Stats("waiting-segments")),
    ("analysis/room.rs", "Room.open", Stats("open-connections")),
    ("analysis/room.rs", "Room.small", Stats("attempts")),
    ("analysis/room.rs", "Room.whole", Stats("whole-attempts")),
    ("analysis/shards.rs", "Ready.outs", Constant("MOST_PACKETS")),
    ("analysis/shards.rs", "Ready.talks", Constant("MOST_PACKETS")),
    ("analysis/sides.rs", "Sides.joined", Constant("MAX_JOINED")),
    ("analysis/shards.rs", "Sharded.under_way", Constant("MOST_PACKETS")),
    ("analysis/shards/block.rs", "Block.items", Constant("MOST_PACKETS")),
    ("analysis/shards/block.rs", "Block.lanes", Constant("MOST_PACKETS")),
    ("analysis/shards/block.rs", "Block.moments", Constant("MOST_PACKETS")),
    ("analysis/shards/block.rs", "Block.octets", Constant("MOST_OCTETS")),
    ("analysis/shards/front.rs", "Front.talks", Constant("MOST_PACKETS")),
    ("analysis/shards/lane.rs", "Keeper.outs", Constant("MOST_PACKETS")),
    ("analysis/shards/lane.rs", "Lane.births", Constant("MOST_PACKETS")),
    ("analysis/shards/lane.rs", "Lane.rights", Constant("MOST_PACKETS")),
    ("analysis/shards/round.rs", "Workers.threads", Nature("one for each processor")),
    ("analysis/succession.rs", "Succession.evidence", Nature("kinds of evidence")),
    ("analysis/sums.rs", "Hosts.known", Stats("hosts")),
    ("analysis/sums.rs", "Hosts.noted", Constant("MOST_PACKETS")),
    ("analysis/sums.rs", "Hosts.older", Stats("hosts")),
    ("analysis/totals.rs", "Totals.others", Stats("kinds")),
    ("analysis/totals.rs", "Totals.undecodables", Stats("kinds")),
    ("analysis/totals.rs", "Totals.undecoded_links", Nature("link types, of 16 bits")),
    ("analysis/tracked.rs", "Tracked.challengers", Stats("challengers")),
    ("analysis/vantage.rs", "Estimate.signs", Nature("kinds of signs")),
    ("capture/ahead.rs", "Ahead.readers", TYPED),
    ("capture/ahead.rs", "Batch.frames", TYPED),
    ("capture/ahead.rs", "Batch.octets", TYPED),
    ("capture/ahead.rs", "Queue.empty", TYPED),
    ("capture/ahead.rs", "Queue.full", TYPED),
    ("capture/ahead.rs", "Queue.readers", TYPED),
    ("capture/ending.rs", "Ending.failure", Nature("one message")),
    ("capture/file.rs", "Saved.name", TYPED),
    ("capture/file/octets.rs", "Octets.buffer", Constant("LONGEST")),
    ("capture/file/pcapng.rs", "Pcapng.interfaces", Constant("MOST_INTERFACES")),
    ("capture/filter.rs", "Filter.expression", TYPED),
    ("capture/filter.rs", "Filter.programs", Constant("MOST_PROGRAMS")),
    ("capture/filter.rs", "FilteredSource.passed", ONE_PACKET),
    ("capture/interface.rs", "Interface.addresses", TYPED),
    ("capture/interface.rs", "Interface.name", TYPED),
    ("capture/libpcap.rs", "LibpcapCapture.octets", ONE_PACKET),
    ("capture/live.rs", "LiveOptions.filter", TYPED),
    ("capture/live.rs", "LiveOptions.interface", TYPED),
    ("capture/merged.rs", "Head.bytes", ONE_PACKET),
    ("capture/merged.rs", "Merged.bounds", Nature("the list of bounds")),
    ("capture/merged.rs", "Merged.due", TYPED),
    ("capture/merged.rs", "Merged.reading", Constant("MOST_OPEN")),
    ("capture/raw.rs", "RawCapture.interface", TYPED),
    ("capture/raw.rs", "RawCapture.tagged", ONE_PACKET),
    ("capture/raw/peek.rs", "Peek.control", ONE_PACKET),
    ("capture/writer.rs", "PcapngWriter.block", ONE_PACKET),
    ("capture/writer.rs", "PcapngWriter.interfaces", TYPED),
    ("cli/live/watch.rs", "Row.ends", Nature("two addresses")),
    ("cli/live/watch.rs", "Watch.held", Constant("MOST_WAITING")),
    ("cli/reporter.rs", "Reporter.conversations", Constant("MOST_TEXT")),
    ("cli/reporter.rs", "Reporter.file", TYPED),
    ("cli/run/owned.rs", "Known.learnt", Constant("MOST_PAIRS")),
    ("cli/run/owned.rs", "Known.listening", Nature("the ports of one machine")),
    ("cli/run/owned.rs", "Known.pairs", Constant("MOST_PAIRS")),
    ("cli/witness.rs", "Asked.shown", Stats("transitions")),
    ("cli/witness.rs", "Witness.earlier", Nature("the sockets that were there at the start")),
    ("cli/witness.rs", "Witness.here", TYPED),
    ("cli/witness/frames.rs", "Frames.noted", Stats("open-connections")),
    ("flow.rs", "FlowTable.free", Stats("open-connections")),
    ("flow.rs", "FlowTable.index", Stats("open-connections")),
    ("flow.rs", "FlowTable.slots", Stats("open-connections")),
    ("flow.rs", "Interner.index", Stats("encapsulations")),
    ("flow.rs", "Interner.values", Stats("encapsulations")),
    ("rules/judge.rs", "Record.equations", Stats("equations")),
    ("rules/judge.rs", "Record.findings", Stats("findings")),
    ("rules/judge.rs", "Record.held", Stats("held-breaches")),
    ("rules/judge.rs", "Record.questions", Stats("questions")),
    ("tcp/connection.rs", "Connection.candidates", Stats("candidates")),
    ("tcp/connection.rs", "Connection.ignored", Nature("reasons")),
    ("tcp/connection.rs", "Connection.rows", Stats("transitions")),
    ("tcp/facts.rs", "Facts.kinds", Nature("kinds of segments")),
    ("tcp/history.rs", "History.challenges", Stats("challenges")),
    ("tcp/history.rs", "History.resets", Stats("resets")),
    ("tcp/holes.rs", "Islands.stretches", Stats("islands")),
    ("tcp/icmp.rs", "Errors.told", Stats("icmp-errors")),
    ("tcp/offer.rs", "Offers.stamps", Stats("syn-stamps")),
    ("tcp/offer.rs", "Offers.variants", Stats("syn-variants")),
    ("tcp/refused.rs", "Doubt.frames", Stats("doubtful-frames")),
    ("tcp/refused.rs", "Doubts.refused", Stats("doubtful-frames")),
    ("tcp/sacked.rs", "Sacked.blocks", Stats("sack-blocks")),
    ("tcp/sent.rs", "Sent.held", Constant("MAX_HELD")),
    ("tcp/sent.rs", "Sent.ranges", Stats("outstanding")),
    ("wire/fragment.rs", "Datagram.bytes", ONE_PACKET),
    ("wire/fragment.rs", "Fragments.datagrams", Stats("fragmented-datagrams")),
    ("wire/fragment.rs", "Fragments.order", Stats("fragmented-datagrams")),
    ("wire/fragment/gathering.rs", "Gathering.pieces", Stats("fragment-octets")),
    ("wire/fragment/gathering.rs", "Piece.octets", Stats("fragment-octets")),
    ("witness/life.rs", "Life.drops", Constant("MOST_EACH")),
    ("witness/life.rs", "Life.got_reset", Constant("MOST_EACH")),
    ("witness/life.rs", "Life.moves", Nature("a socket has a dozen states, each once")),
    ("witness/life.rs", "Life.numbers", Constant("MOST_EACH")),
    ("witness/life.rs", "Life.sent_again", Constant("MOST_EACH")),
    ("witness/life.rs", "Life.sent_resets", Constant("MOST_EACH")),
    ("witness/life.rs", "Lives.all", Constant("MOST")),
    ("witness/life.rs", "Lives.drops", Constant("MOST_STRAYS")),
    ("witness/life.rs", "Lives.listeners", Nature("the listeners of one machine")),
    ("witness/life.rs", "Lives.listening", Nature("the ports of one machine")),
    ("witness/life.rs", "Lives.open", Constant("MOST")),
    ("witness/life.rs", "Lives.resets", Constant("MOST_STRAYS")),
    ("witness/listener.rs", "Hearing.buffers", Nature("one for each processor")),
    ("witness/listener.rs", "Testimony.events", Constant("MAX_EVENTS")),
];

/// Types that grow; the last two stand for one of them.
const GROWING: [&str; 10] =
    ["Vec<", "VecDeque<", "HashMap<", "HashTable<", "BTreeMap<", "BTreeSet<", "SmallVec<", "String", "Flows", "Half"];

/// The growing fields of the structs of one file, as `Struct.field`.
fn fields(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = None;
    for line in text.split("#[cfg(test)]").next().unwrap_or_default().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line == "}" {
            inside = None;
        } else if let Some(at) = words.iter().position(|word| *word == "struct")
            && at <= 1
        {
            inside = words.get(at + 1).map(|name| name.split(['<', '(', ';']).next().unwrap_or(name));
        } else if let (Some(name), Some(field)) =
            (inside, line.strip_prefix("    ").filter(|rest| !rest.starts_with(' ')))
            && let Some((left, right)) = field.split_once(": ")
            && !left.starts_with('/')
            && GROWING.iter().any(|kind| right.contains(kind))
        {
            let field = left.split_whitespace().last().unwrap_or(left);
            found.push(format!("{name}.{field}"));
        }
    }
    found
}

#[test]
fn whatever_grows_with_what_the_network_sends_has_a_bound() {
    let sources = files::under("src", "rs");
    let read = |(path, text): &(String, String)| {
        let inner = path.strip_prefix("src/").unwrap_or(path).to_owned();
        let reads = READERS.iter().any(|reader| inner.starts_with(reader)) && !inner.contains("tests");
        reads.then(|| fields(text).into_iter().map(move |field| (inner.clone(), field)).collect::<Vec<_>>())
    };
    let mut found: Vec<(String, String)> = sources.iter().filter_map(read).flatten().collect();
    let mut listed: Vec<(String, String)> =
        FIELDS.iter().map(|(path, field, _)| ((*path).to_owned(), (*field).to_owned())).collect();
    found.sort();
    listed.sort();
    let unlisted: Vec<_> = found.iter().filter(|it| !listed.contains(it)).collect();
    let gone: Vec<_> = listed.iter().filter(|it| !found.contains(it)).collect();
    assert!(unlisted.is_empty(), "what bounds these? put them into FIELDS: {unlisted:?}");
    assert!(gone.is_empty(), "no such fields any more: {gone:?}");
}

#[test]
fn every_bound_that_is_named_is_there() {
    let sources = files::under("src", "rs");
    let bounds = sources.iter().find(|(path, _)| path == "src/analysis/bounds.rs").map(|(_, text)| text.as_str());
    let shown = bounds.expect("the list of bounds");
    for (path, field, bound) in FIELDS {
        match bound {
            Stats(id) => assert!(shown.contains(&format!("(\"{id}\", ")), "{path} {field}: --stats has no {id}"),
            Constant(name) => {
                let defined = format!("const {name}: ");
                assert!(sources.iter().any(|(_, text)| text.contains(&defined)), "{path} {field}: no {name}");
            }
            Nature(why) => assert!(!why.is_empty(), "{path} {field}"),
        }
    }
}

#[test]
fn a_field_that_grows_is_seen() {
    let text = "pub struct Held<'h> {\n    /// Octets.\n    pub(super) waiting: VecDeque<&'h [u8]>,\n    at: Timestamp,\n}\nfn f(x: Vec<u8>) {\n    let y: Vec<u8> = x;\n}\n";
    assert_eq!(fields(text), ["Held.waiting"]);
}
