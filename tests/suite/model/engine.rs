//! The engine as a judge: the exchange as packets through the whole analysis, and what it believes after each.

use super::Judge;
use super::ends::path;
use super::run::Seen;
use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Packet, Stamping};
use synfin::peer::{Peer, PerPeer};
use synfin::rules::Severity;
use synfin::rules::judge::{Judged, Outcome};
use synfin::seq::Seq;
use synfin::tcp::belief::{TWO_MSL, belief};
use synfin::timestamp::Timestamp;
use synfin::wire::encode::{self, Envelope, Fields, Link};

/// What the engine said last.
#[derive(Default)]
struct Heard {
    likely: PerPeer<Option<&'static str>>,
    allowed: PerPeer<Vec<&'static str>>,
    doubts: PerPeer<bool>,
    violations: Vec<String>,
}

/// The engine behind the judge's trait.
#[derive(Default)]
pub(crate) struct Engine {
    analyzer: Analyzer,
    heard: Heard,
    frame: u64,
}

impl Heard {
    fn note(&mut self, judged: &Judged) {
        if judged.outcome == Outcome::Broken(Severity::Violation) {
            self.violations.push(format!("{} at frame {}: {}", judged.rule.id, judged.frame, judged.equation));
        }
    }
}

impl Sink for Heard {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(counted) => {
                let it = counted.connection;
                for peer in Peer::BOTH {
                    // The model's A is not always the engine's.
                    let own = if it.addresses.a == path(peer).from { Peer::A } else { Peer::B };
                    // The model's TIME-WAIT may end before the next segment, so the belief is that of later.
                    let found = belief(it, own, counted.segment.at + TWO_MSL);
                    // So, too, after 2 MSL, when what comes late opens a connection of its own.
                    let newest = it.rows.iter().any(|row| row.peer == own && row.retracted.is_some());
                    self.doubts[peer] = counted.conn > 1 || newest;
                    self.likely[peer] = it.likely(own).map(|state| state.name());
                    self.allowed[peer] = found.possible.union(found.silent).iter().map(|state| state.name()).collect();
                }
            }
            Event::Finding(_, _, judged) => self.note(judged),
            Event::Connection(ended) => ended.record.findings.iter().for_each(|judged| self.note(judged)),
            Event::Rows(_) | Event::IcmpError(..) | Event::Datagrams(..) => {}
        }
        Ok(())
    }
}

impl Judge for Engine {
    fn segment(&mut self, seen: &Seen) {
        let payload = vec![0; seen.len as usize];
        let envelope = Envelope { id: seen.id, ..Envelope::new(path(seen.from)) };
        let fields = Fields {
            seq: Seq::new(seen.seq),
            raw_ack: seen.ack.unwrap_or(0),
            flags: seen.flags,
            window: seen.window,
            payload: &payload,
            ..Fields::default()
        };
        let bytes = encode::segment(&envelope, &fields).expect("a segment of the model can be encoded");
        self.frame(seen.time, Link::Ethernet, &bytes);
    }

    fn likely(&self, peer: Peer) -> Option<&'static str> {
        // The model's user closes a listener whose connection was reset.
        self.heard.likely[peer].map(|state| if state == "LISTEN" { "CLOSED" } else { state })
    }

    fn allowed(&self, peer: Peer) -> Vec<&'static str> {
        self.heard.allowed[peer].clone()
    }

    fn doubts(&self, peer: Peer) -> bool {
        self.heard.doubts[peer]
    }

    fn violations(&self) -> Vec<String> {
        self.heard.violations.clone()
    }
}

impl Engine {
    /// The tap has recorded these octets.
    pub(crate) fn frame(&mut self, at: Timestamp, link: Link, bytes: &[u8]) {
        self.frame += 1;
        let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
        let packet = Packet {
            frame: self.frame,
            at,
            stamping: Stamping::Told,
            link: link.link_type(),
            interface: 0,
            bytes,
            wire_len,
        };
        self.analyzer.observe(&packet, &mut self.heard).expect("the sink never fails");
    }

    /// The capture ends: what the engine says of violations then.
    pub(crate) fn finish(mut self) -> Vec<String> {
        self.close();
        self.heard.violations
    }

    /// The capture ends.
    pub(crate) fn close(&mut self) {
        self.analyzer.finish(&mut self.heard).expect("the sink never fails");
    }
}
