//! A connection that has been plain so far: a short list of its segments instead of all that is known of it.
//!
//! Most connections open, send, acknowledge and close with nothing to remark, and nobody will look at them. Of such a one
//! only what decides that the next segment is plain as well is kept ready ([`Side`]), and what it takes to judge it after
//! all ([`Line`]): the segments again, without their payload. At the first segment that is not plain, after
//! a number of them, or when somebody wants to see the connection, these go the usual way in their order, and what
//! comes out is what would have come out at once: rules look at one connection only, and what else the judge reads
//! ([`Evidence`](crate::rules::Evidence)) matters to breaches alone, of which a plain segment makes none. Why none, is
//! stated for each rule in [`quiet`](crate::rules::quiet), and builds with debug assertions judge every plain connection
//! to see that it is so. Only the analysis uses this.

mod gate;
mod line;

use super::event::{Asks, Event, Sink};
use super::half_open::{HalfOpen, Origin};
use super::incarnation::Stage;
use super::kept::Kept;
use super::sums::Hosts;
use super::tracked::{Queued, Tracked};
use crate::flow::FlowKey;
use crate::four_tuple::End;
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::seq::Seq;
use crate::tcp::stamp::Stamp;
use crate::timestamp::{Elapsed, Timestamp};
use crate::wire::checksum::Checksum;
use crate::wire::segment::Segment;
pub use gate::is_plain_syn;
use line::{Line, Syn};
use std::io;

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// A SYN-ACK has answered the SYN.
    Answered,
    /// The SYN-ACK was acknowledged.
    Open,
    /// This peer sent its FIN first.
    Closing(Peer),
    /// That FIN was acknowledged.
    HalfClosed(Peer),
    /// The other's FIN came, too.
    Last(Peer),
    /// And was acknowledged.
    Over,
}

/// What decides whether a segment of one peer, or of the other to it, is plain. Numbers that it sent lie in its own space,
/// `acked` and the edges in the other's.
#[derive(Clone, Copy, Debug)]
struct Side {
    nxt: Seq,
    acked: Seq,
    /// The right edge of the largest window that it granted.
    granted: Seq,
    /// The furthest edge that a window after its SYN reached, once there is one.
    furthest: Option<Seq>,
    stamp: Stamp,
    /// The TSval of its SYN or SYN-ACK.
    first_tick: Seq,
    /// When that was.
    first_at: Timestamp,
    /// The latest TSecr of it.
    echo: Option<Seq>,
    /// When the oldest of its octets was sent that the other has not acknowledged.
    asked: Option<Timestamp>,
    /// When the newest of its octets was sent.
    newest: Timestamp,
    /// At most the shortest time that octets of it waited so far, if any were acknowledged.
    shortest: Option<Elapsed>,
    last_at: Timestamp,
    mss: u16,
    window: u16,
    shift: u8,
}

/// Whether both SYNs carried timestamps, so that all segments must, or neither did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stamps {
    Every,
    None,
}

/// A plain connection.
#[derive(Debug)]
pub struct Brief {
    /// Its number.
    pub conn: u64,
    /// How long its SYN waited for the answer.
    origin: Origin,
    a: End,
    phase: Phase,
    stamps: Stamps,
    sides: PerPeer<Side>,
    syns: PerPeer<Syn>,
    closing_since: Timestamp,
    lines: Vec<Line>,
}

/// What a plain segment did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is one more.
    Goes,
    /// With it the connection is over.
    Ends,
}

impl Brief {
    /// A connection of which a SYN-ACK, `answer`, has answered the SYN; `None` if that is not plain.
    #[must_use]
    pub fn answered(conn: u64, origin: Origin, syn: &Kept, answer: &Segment<'_>, key: &FlowKey) -> Option<Box<Self>> {
        gate::answered((conn, origin), syn, answer, key.pair.start(&syn.path))
    }

    fn from(&self, segment: &Segment<'_>, key: &FlowKey) -> Peer {
        if key.pair.start(&segment.path) == self.a { Peer::A } else { Peer::B }
    }

    /// Takes in a segment if it is plain; if it is not, `None`, and nothing has changed.
    pub fn take(&mut self, segment: &Segment<'_>, key: &FlowKey, hosts: &mut Hosts) -> Option<Step> {
        let from = self.from(segment, key);
        let (phase, line) = (self.admits(from, segment)?, Line::of(from, segment)?);
        let known = (self.counts_syn_of(from) && self.syns[from].checksum == Checksum::Right)
            || self.lines.iter().any(|it| it.is_right_of(from));
        if segment.checksum == Checksum::Right && !known {
            hosts.credit(segment.path.from.ip());
        }
        self.note(from, phase, segment, line);
        Some(if phase == Phase::Over { Step::Ends } else { Step::Goes })
    }

    /// Whether marks and checksum of the SYN or SYN-ACK of `peer` count: nothing but its numbers is left of an attempt that
    /// has shrunk.
    fn counts_syn_of(&self, peer: Peer) -> bool {
        peer == Peer::B || self.origin == Origin::Plain
    }

    /// Whether it is over: CLOSED or TIME-WAIT on both sides.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Its last frame.
    #[must_use]
    pub fn last(&self) -> FrameNo {
        self.lines.last().map_or(self.syns.b.frame, |line| line.frame)
    }

    /// Whether nothing at its end is worth a remark either: no FIN waits for an answer, and clocks run as clocks do.
    #[must_use]
    pub fn ends_quietly(&self) -> bool {
        let settled = matches!(self.phase, Phase::Answered | Phase::Open | Phase::Over);
        settled && Peer::BOTH.into_iter().all(|peer| gate::runs_well(&self.sides[peer], self.stamps))
    }

    /// Whether the sender of `segment` gave its identification to another frame than `frame` before.
    #[must_use]
    pub fn repeats_ids(&self, segment: &Segment<'_>, frame: FrameNo, key: &FlowKey) -> bool {
        let from = self.from(segment, key);
        let syn = &self.syns[from];
        let first = syn.ip.id.filter(|_| self.counts_syn_of(from)).map(|id| (syn.frame, id)).or_else(|| {
            let known = |line: &&Line| line.from() == from && line.ip_id.is_some();
            self.lines.iter().find(known).and_then(|line| Some((line.frame, line.ip_id?)))
        });
        first.is_some_and(|(known, id)| known != frame && segment.ip.id == Some(id))
    }

    /// Reads a little of what a segment meets; the number means nothing.
    #[inline]
    #[must_use]
    pub fn touch(&self) -> u64 {
        let sides = Peer::BOTH.map(|peer| u64::from(self.sides[peer].nxt.get()) ^ u64::from(self.sides[peer].mss));
        self.lines.last().map_or(0, |line| line.frame) ^ sides[0] ^ sides[1] ^ self.conn
    }

    /// All that is known of it, by judging its segments now. Nothing but the counts of rules tells that it was later.
    ///
    /// # Errors
    ///
    /// None: nobody is told of its segments.
    pub fn grow(&self, stage: &mut Stage<'_>) -> io::Result<Box<Tracked>> {
        let path = stage.key.pair.path_from(self.a);
        let paths = PerPeer { a: path, b: path.reversed() };
        let mut nxt = PerPeer { a: self.syns.a.seq + 1, b: self.syns.b.seq + 1 };
        let syn = self.syns.a.segment(paths.a);
        let mut tracked = HalfOpen::plain(self.conn, &Kept::new(&syn), &stage.key, self.origin).grow(stage)?;
        judged(&mut tracked, &self.syns.b.segment(paths.b), stage)?;
        for line in &self.lines {
            let (from, mut options) = (line.from(), [0; 12]);
            let segment = line.segment(nxt[from], paths[from], &self.syns[from], &mut options);
            nxt[from] = segment.seq_end();
            judged(&mut tracked, &segment, stage)?;
        }
        debug_assert_eq!(tracked.connection.is_over(), self.is_over(), "connection {}", self.conn);
        tracked.queued = if self.is_over() { Queued::Yes } else { Queued::No };
        Ok(tracked)
    }
}

/// Nobody to be told, in place of a sink that asks for so much.
pub struct Nobody(pub Asks);

impl Sink for Nobody {
    fn event(&mut self, _: Event<'_>) -> io::Result<()> {
        Ok(())
    }

    fn asks(&self) -> Asks {
        self.0
    }
}

/// Judges a plain segment later than it came. Its host's checksums were counted then.
pub(super) fn judged(tracked: &mut Tracked, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<()> {
    let mut stage = Stage {
        key: stage.key,
        hosts: &mut Hosts::default(),
        last_conn: &mut *stage.last_conn,
        totals: &mut *stage.totals,
        around: stage.around,
        evidence: stage.evidence,
        now: stage.now,
        sink: &mut Nobody(stage.sink.asks()),
    };
    tracked.take(segment, &mut stage)?;
    debug_assert!(
        tracked.record.findings.is_empty() && tracked.record.questions.is_empty(),
        "frame {} is not plain: {:?}",
        segment.frame,
        tracked.record
    );
    Ok(())
}
