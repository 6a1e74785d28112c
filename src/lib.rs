//! synfin judges TCP connections from SYN to FIN: what state each endpoint is in, segment by segment, and whether what
//! they send fits together, each equation with its numbers and its clause of RFC 9293.
//!
//! This page is the architecture. Each module's own comment says what is in it, what is deliberately not, and who may
//! use it.
//!
//! # Layers
//!
//! A module uses modules above it in this picture, never below or beside it:
//!
//! ```text
//! words      seq   timestamp   peer   packet   four_tuple
//!              │
//! facts        ├─ capture            ├─ wire              ├─ flow          do not know each other
//!              │  Source → Packet    │  Packet → Segment  │  FlowKey → T
//!              │                     │
//! meaning      │                     ├─ tcp ── rules                       facts → states;  facts → verdicts
//!              │                     └─ trace                              text ↔ segments
//!              │
//! spine        │  analysis = wire + flow + tcp + rules → Sink
//! reading      │  report   = a Sink's views, pages, JSON, words
//!              │
//! binary       └─ main: cli          while let Some(packet) = source.next_packet()? { analyzer.observe(…)? }
//! beside       demo (sockets only)   namespace (where the demo and the tests may capture)
//!              lab (two kernels and a wire)   witness (what the kernel says): joined to the analysis in the binary only
//! ```
//!
//! - The *words* are small types that everybody shares: a sequence number on its ring ([`seq::Seq`], which has no order
//!   to sort by), a stamp, which of two endpoints, a packet, four addresses.
//! - [`capture`] delivers packets, from files and from interfaces, behind one trait. It cannot tell TCP from anything
//!   else.
//! - [`wire`] turns octets into facts and judges nothing: whatever stands in a header, however illegal, can be
//!   represented. It is the only module that names the decoding crate.
//! - [`flow`] finds what is kept for two addresses, whatever that is.
//! - [`tcp`] holds two directions' facts and what follows from them. No clock, no tables, no output.
//! - [`rules`] holds what must hold: one value each, with its clause, its check and a trace that breaks it. `explain`, the
//!   tests and the reports read the same value; adding a rule is a change in one place.
//! - [`trace`] is the notation in which fixtures, examples and `synfin trace` write a connection down.
//! - [`analysis`] is the only place where these meet. What it finds it tells a [`Sink`](analysis::event::Sink).
//! - [`report`] turns what it is told into plain views, and views into pages in two languages and into JSON.
//! - [`demo`] holds the peers that make traffic. They know nothing of captures; nothing else knows them.
//! - [`lab`] is two real TCP stacks with a wire of ours between them, and scenarios that play on it; [`witness`] is what the
//!   kernel says of its own sockets. Neither knows the analysis: the binary lays the three beside each other.
//!
//! A test reads the sources and fails if a module names one that it may not, or a crate that another module owns.
//! That the library cannot see the command line is the compiler's doing: it is part of the binary.
//!
//! # One packet's way
//!
//! 1. A [`Source`](capture::Source) lends a [`Packet`](packet::Packet) until the next call, so every source reuses one
//!    buffer and nothing above can keep its octets.
//! 2. [`wire::decode`] slices it. What cannot be decoded is counted under its reason; each frame ends in one counter.
//! 3. [`analysis::copies`] counts a frame that only repeats another, by stated evidence, and it goes no further.
//!    [`flow::FlowTable`] finds the flow, by addresses, ports and what stands around the packet, the same for both
//!    directions. In [`analysis::order`] a segment that the capture holds before its cause waits for that, a millisecond
//!    at most.
//! 4. [`analysis::incarnation`] finds the connection of that flow. SYNs that nothing answered are candidates; a SYN into an
//!    open connection splits nothing until a SYN-ACK confirms it; what comes late belongs to the one that ended. How one
//!    follows another is told by [`analysis::succession`]; what is left to cards is tagged ([`analysis::offload`]), and
//!    where the tap stands is estimated ([`analysis::vantage`]).
//! 5. The gate, [`tcp::acceptance`], decides once what the segment may move. What no receiver can have accepted, damaged
//!    or outside the window, moves nothing: else one absurd number would spoil all later ones.
//! 6. The rules look at the connection *before* the segment. None changes anything and none sees another's verdict, so
//!    their order cannot matter. What only a later segment can tell stays open, bounded in number.
//! 7. The facts take the segment in, and the states follow from the facts.
//! 8. Rows, findings and, in the end, the connection go to the sink, which holds all the strings.
//!
//! An ICMP error takes the same way to the connection whose segment it quotes ([`tcp::icmp`]). It is no segment and moves
//! no state; the rules that look at errors see it as [`rules::ErrorContext`], and CLOSED may become possible by it.
//!
//! Files and live captures share all of this from the second step on.
//!
//! # States are derived, and believed
//!
//! An endpoint's state is nowhere stored as the truth. From what was captured follows a path of states
//! ([`tcp::path`]): what an endpoint sent shows its move at once; what it received may have been lost behind the tap, so
//! that move is presumed until a segment of its own proves or refutes it. A refuted move is marked, with every one that
//! rested on it. [`tcp::belief`] says which states are possible, which of them is likely, and which further ones an
//! application or a timer may have caused without showing a segment yet.
//!
//! # Verdicts
//!
//! A rule does not apply, holds, is broken, or is undecided with the reason. Broken needs that nothing in the capture
//! excuses it: a segment that the capture lost, or a damaged one, makes a verdict undecided, but that something *might*
//! have been missed does not. What is worth knowing but nobody's fault is noted.
//!
//! # Bounds
//!
//! Whatever comes from the network, nothing panics and memory stays bounded by the connections that are open: attempts
//! that nothing answers shrink to small records, closed connections leave one for 2 MSL, questions and findings are
//! limited per connection. What is forgotten early is counted and said.
//!
//! # By hand
//!
//! ```
//! use synfin::analysis::Analyzer;
//! use synfin::packet::{Packet, Stamping};
//! use synfin::report::collect::{Collector, Which};
//! use synfin::trace::packets::{Carrier, captured};
//!
//! let steps = synfin::trace::parse(
//!     "SYN-SENT    > S  100:100(0)          > ?
//!      ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
//!      ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED",
//! )?;
//! let capture = captured(&steps, Carrier::Ethernet4)?;
//! let mut sink = Collector::new("by hand", Which::All);
//! let mut analyzer = Analyzer::new();
//! for (frame, (at, bytes)) in (1..).zip(&capture.frames) {
//!     let wire_len = u32::try_from(bytes.len())?;
//!     analyzer.observe(&Packet { frame, at: *at, stamping: Stamping::Told, link: capture.link, interface: 0, bytes, wire_len }, &mut sink)?;
//! }
//! analyzer.finish(&mut sink)?;
//! assert_eq!(sink.stories[0].view.handshake.kind, "three-way");
//! assert_eq!(sink.stories[0].view.handshake.verdict, "holds");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod analysis;
pub mod bound;
pub mod capture;
pub mod demo;
pub mod flow;
pub mod four_tuple;
pub mod lab;
pub mod namespace;
pub mod nearest;
pub mod packet;
pub mod peer;
pub mod report;
pub mod rules;
pub mod seq;
pub mod tcp;
pub mod timestamp;
pub mod trace;
pub mod wire;
pub mod witness;
