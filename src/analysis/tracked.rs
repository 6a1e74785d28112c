//! A connection with all that is kept beside it: its number, what the rules said, SYNs that challenge it.

use super::copies::{Counts, Evidence as CopyEvidence};
use super::event::{Asks, Counted, Ended, Event, Moved};
use super::incarnation::Stage;
use super::kept::Kept;
use super::numbers::Numbers;
use super::offload::{Offload, Tags};
use super::order::Patience;
use super::room::Worth;
use super::succession::Succession;
use super::vantage::Vantage;
use crate::flow::{FlowKey, OTHERS};
use crate::packet::FrameNo;
use crate::peer::{Peer, PerPeer};
use crate::rules::judge::Record;
use crate::rules::tally::Tally;
use crate::rules::{Context, ErrorContext, steady};
use crate::seq::Seq;
use crate::tcp::acceptance::{Acceptance, acceptance};
use crate::tcp::connection::Connection;
use crate::tcp::endpoint::{At, Spoke};
use crate::tcp::forgot::Forgot;
use crate::tcp::kind::kind;
use crate::tcp::path::Changes;
use crate::tcp::stream::Ids;
use crate::timestamp::Timestamp;
use crate::wire::datagram::IcmpError;
use crate::wire::encapsulation::Encapsulation;
use crate::wire::segment::Segment;
use std::io;

/// SYNs into an open connection that are kept as candidates for the next incarnation; with more, the oldest goes.
pub const MAX_CHALLENGERS: usize = 4;

/// Whether a connection waits in the queue of closed ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Queued {
    /// It does not.
    No,
    /// It does.
    Yes,
}

/// A SYN into an open connection.
#[derive(Clone, Copy, Debug)]
pub struct Challenger {
    /// The number of the connection that it opens, should a SYN-ACK confirm it: connections are numbered by their first
    /// frames.
    pub conn: u64,
    /// It.
    pub syn: Kept,
}

/// The first IPv4 identification of a peer, its frame, and the numbers of that.
#[derive(Clone, Copy, Debug)]
struct FirstId {
    frame: FrameNo,
    id: u16,
    numbers: (Seq, Option<Seq>),
}

/// One incarnation under analysis.
#[derive(Debug)]
pub struct Tracked {
    /// Its number in the capture, from 1.
    pub conn: u64,
    /// Its flow.
    pub key: FlowKey,
    /// Its facts.
    pub connection: Connection,
    /// What the rules said.
    pub record: Record,
    /// SYNs into it that no SYN-ACK has confirmed.
    pub challengers: Vec<Challenger>,
    /// Whether it waits among the closed.
    pub queued: Queued,
    /// The SYN that opened it, if one did.
    pub opening: Option<Kept>,
    /// Whether it is worth waiting for what a peer has sent.
    pub patience: PerPeer<Patience>,
    /// How it follows the incarnation before it, if the capture holds one.
    pub succession: Option<Box<Succession>>,
    /// What its peers left to their cards.
    pub offload: Offload,
    /// What it says of where the tap stands.
    pub vantage: Vantage,
    /// The first frame of each peer with an IPv4 identification, and that.
    first_id: PerPeer<Option<FirstId>>,
    /// Frames of it that only repeat another one.
    pub copies: Counts,
    /// Whether it was forgotten before its end, to make room for others.
    pub forgotten: bool,
    last_own: (FrameNo, Timestamp),
}

impl Tracked {
    /// A connection that starts with `segment`, sent by `first`.
    #[must_use]
    pub fn new(conn: u64, key: FlowKey, segment: &Segment<'_>, first: Peer) -> Box<Self> {
        let at = At { frame: segment.frame, time: segment.at, turn: 0 };
        let mut connection = Connection::new(segment.path, first, at);
        if key.encapsulation == OTHERS {
            connection.forgot = Forgot::Something;
        }
        Box::new(Self {
            conn,
            key,
            connection,
            record: Record::default(),
            challengers: Vec::new(),
            queued: Queued::No,
            patience: PerPeer::default(),
            succession: None,
            offload: Offload::default(),
            vantage: Vantage::default(),
            first_id: PerPeer::default(),
            copies: Counts::default(),
            forgotten: false,
            opening: (first == Peer::A && segment.flags.syn()).then(|| Kept::new(segment)),
            last_own: (segment.frame, segment.at),
        })
    }

    /// Reads a little of each part that a segment meets; the number means nothing.
    #[inline]
    #[must_use]
    pub fn touch(&self) -> u64 {
        let it = &self.connection;
        let mut seen = self.conn ^ it.turns ^ it.count ^ it.first ^ it.rows.first().map_or(0, |row| row.step.at.frame);
        for peer in Peer::BOTH {
            let (stream, facts, endpoint) = (&it.streams[peer], &it.facts[peer], &it.endpoints[peer]);
            let number = |seq: Option<Seq>| u64::from(seq.map_or(0, Seq::get));
            let frame = |at: Option<At>| at.map_or(0, |at| at.frame);
            seen ^= number(stream.nxt) ^ number(stream.right_edge) ^ stream.octets ^ u64::from(stream.right_sums);
            seen ^= stream.fin.map_or(0, |fin| fin.frame) ^ stream.hole.unwrap_or(0) ^ frame(endpoint.sent_fin);
            seen ^= endpoint.syn_acked.map_or(0, |heard| heard.at.frame) ^ facts.hops.last;
            seen ^=
                endpoint.heard_fin.map_or(0, |heard| heard.at.frame) ^ facts.clock.last.map_or(0, |tick| tick.frame);
            seen ^= facts.window.latest.map_or(0, |latest| latest.at.frame) ^ facts.shown.nxt.unwrap_or(0);
            seen ^= facts.window.furthest.map_or(0, |furthest| furthest.at.frame);
            seen ^= facts.clock.echo.map_or(0, |echo| echo.frame);
            seen ^= facts.sent.as_ref().map_or(0, |sent| u64::from(sent.duplicates));
            seen ^= facts.offers.variants.first().map_or(0, |offer| offer.frame);
            seen ^= it.history.voices[peer].latest.map_or(0, |(at, _)| at.frame);
            seen ^= u64::from(self.offload.sent[peer].largest);
        }
        seen
    }

    /// Gate, rules, facts and rows of one segment.
    pub fn take(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<()> {
        let from = self.connection.sender(&segment.path);
        self.patience[from] = Patience::Waits;
        if let Some(id) = segment.ip.id.filter(|id| *id != 0) {
            let numbers = (segment.seq, segment.ack());
            let first = self.first_id[from].get_or_insert(FirstId { frame: segment.frame, id, numbers });
            if first.id == id && first.numbers != numbers {
                self.connection.streams[from].ids = Ids::Repeated;
            }
        }
        let sums = stage.hosts.count(segment.path.from.ip(), &mut self.connection.streams[from], segment.checksum);
        self.connection.confirm_answer(from, segment);
        self.connection.note_whole(from, segment);
        self.connection.note_renumbering(from, segment);
        let mut fit = acceptance(&self.connection, from, segment, sums);
        if let Some(change) = self.connection.settle_doubt(from, segment, fit) {
            self.tell_rows(from, change, segment.frame, stage)?;
            fit = acceptance(&self.connection, from, segment, sums);
        }
        let acceptance = fit;
        let kind = kind(&self.connection, from, segment, acceptance);
        let findings = self.record.findings.len();
        let (connection, to) = (&self.connection, self.connection.other(from));
        let context = Context { connection, from, to, segment, acceptance, kind, evidence: stage.evidence };
        match acceptance {
            Acceptance::Damaged => {
                stage.totals.damaged += 1;
                self.record.judge_damaged(&context, &mut stage.totals.rules);
            }
            Acceptance::Fragment => {}
            _ if stage.sink.asks() == Asks::Noteworthy && self.record.is_settled() && steady::is_steady(&context) => {
                self.record.pass_over(&context);
            }
            _ => self.record.judge(&context, &mut stage.totals.rules),
        }
        let to = self.connection.other(from);
        let foreign = acceptance == Acceptance::ForeignSyn;
        let tags = if foreign { Tags::default() } else { self.offload.tag(from, to, segment) };
        if acceptance == Acceptance::Acceptable {
            self.vantage.take(&self.connection, from, segment);
        }
        let changes = self.connection.take(from, segment, acceptance, kind);
        if acceptance == Acceptance::ForeignSyn {
            if self.challengers.len() >= MAX_CHALLENGERS {
                let dropped = self.challengers.remove(0);
                self.own(dropped.syn.frame, dropped.syn.at);
            }
            let same = |it: &&Challenger| it.syn.path == segment.path && it.syn.seq == segment.seq;
            let conn = self.challengers.iter().find(same).map_or_else(|| stage.number(), |known| known.conn);
            self.challengers.push(Challenger { conn, syn: Kept::new(segment) });
        } else {
            self.own(segment.frame, segment.at);
        }
        for peer in Peer::BOTH {
            self.tell_rows(peer, changes[peer], segment.frame, stage)?;
        }
        let (conn, connection) = (self.conn, &self.connection);
        for judged in self.record.findings.get(findings..).unwrap_or_default() {
            stage.sink.event(Event::Finding(conn, connection, judged))?;
        }
        stage.sink.event(Event::Segment(Counted { conn, connection, from, segment, acceptance, kind, tags }))
    }

    fn tell_rows(&self, peer: Peer, change: Changes, frame: FrameNo, stage: &mut Stage<'_>) -> io::Result<()> {
        let Changes { added_from, added, retracted } = change;
        if added + retracted == 0 {
            return Ok(());
        }
        let (conn, connection) = (self.conn, &self.connection);
        let added = connection.rows.get(added_from..added_from + added).unwrap_or_default();
        stage.sink.event(Event::Rows(Moved { conn, connection, frame, peer, added, retracted }))
    }

    /// Whether the sender of `segment` gave the identification that is on it and on `frame` to another packet before: such
    /// a sender does not count them, and an equal one shows nothing.
    #[must_use]
    pub fn repeats_ids(&self, segment: &Segment<'_>, frame: FrameNo) -> bool {
        let first = self.first_id[self.connection.sender(&segment.path)];
        first.is_some_and(|first| first.frame != frame && segment.ip.id == Some(first.id))
    }

    /// Counts a frame that only repeats another one.
    pub fn copy(&mut self, at: At, evidence: CopyEvidence) {
        self.copies.add(evidence);
        self.connection.count(at);
        self.own(at.frame, at.time);
    }

    /// A frame that stays its own whatever becomes of the challengers. Frames captured in the wrong order come in the right
    /// one, so it need not be the last.
    fn own(&mut self, frame: FrameNo, at: Timestamp) {
        if frame >= self.last_own.0 {
            self.last_own = (frame, at);
        }
    }

    /// An ICMP error that quotes a segment of it.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn take_error(&mut self, error: &IcmpError, seq: Seq, stage: &mut Stage<'_>) -> io::Result<()> {
        let told = self.connection.take_error(error, seq);
        let findings = self.record.findings.len();
        self.record.judge_error(&ErrorContext { connection: &self.connection, told: &told }, &mut stage.totals.rules);
        for judged in self.record.findings.get(findings..).unwrap_or_default() {
            stage.sink.event(Event::Finding(self.conn, &self.connection, judged))?;
        }
        stage.sink.event(Event::IcmpError(self.conn, &self.connection, &told))
    }

    /// It has to make room before its end: what is open stays undecided.
    pub fn forget(&mut self, tally: &mut Tally) {
        self.forgotten = true;
        self.record.forget(&self.connection, tally);
    }

    /// What would be lost with it.
    #[must_use]
    pub fn worth(&self) -> Worth {
        let heard = Peer::BOTH.into_iter().filter(|peer| self.connection.endpoints[*peer].spoke != Spoke::No).count();
        Worth { heard: u8::try_from(heard).unwrap_or_default(), last: self.connection.last }
    }

    /// Gives up the challengers for which `which` holds: their frames are no longer this connection's.
    pub fn release(&mut self, which: impl Fn(&Kept) -> bool) -> Vec<Challenger> {
        let (out, stay): (Vec<_>, Vec<_>) = self.challengers.drain(..).partition(|it| which(&it.syn));
        self.challengers = stay;
        let released = u64::try_from(out.len()).unwrap_or(0);
        self.connection.count = self.connection.count.saturating_sub(released);
        let left = self.challengers.iter().map(|it| (it.syn.frame, it.syn.at)).chain([self.last_own]);
        let last = left.max_by_key(|(frame, _)| *frame).unwrap_or(self.last_own);
        (self.connection.last, self.connection.last_at) = last;
        out
    }

    /// It has its number now, and so has what was before it and what challenges it.
    pub fn settle(&mut self, numbers: &Numbers) {
        numbers.settle(&mut self.conn);
        self.challengers.iter_mut().for_each(|it| numbers.settle(&mut it.conn));
        self.succession.iter_mut().for_each(|it| numbers.settle(&mut it.earlier));
        self.connection.earlier.iter_mut().for_each(|it| numbers.settle(&mut it.conn));
    }

    /// What a sink is told when its object is final.
    #[must_use]
    pub fn ended<'e>(&'e self, around: Option<&'e Encapsulation>, now: Timestamp) -> Ended<'e> {
        Ended {
            conn: self.conn,
            connection: &self.connection,
            record: &self.record,
            copies: &self.copies,
            forgotten: self.forgotten,
            offload: &self.offload,
            vantage: self.vantage.estimate(&self.connection, &self.offload),
            succession: self.succession.as_deref(),
            around,
            now,
        }
    }
}
