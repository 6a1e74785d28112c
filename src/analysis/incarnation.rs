//! Which incarnation of a 4-tuple a segment belongs to.
//!
//! SYNs that nothing answered are one attempt with several candidates. A SYN into an open connection splits nothing: it
//! is kept as a challenger until a SYN-ACK acknowledges it. Only a SYN or SYN-ACK opens a new incarnation while the last
//! one ended less than 2 MSL ago; everything else belongs to the old one, and may still take its last rows back.

mod briefly;
mod making_room;
mod numbering;
mod waiting;

pub use briefly::Final;
pub use waiting::Told;

use super::brief::Brief;
use super::closed::{Due, Retire};
use super::event::Sink;
use super::half_open::HalfOpen;
use super::kept::Kept;
use super::succession::{self, Kind, Succession};
use super::sums::Hosts;
use super::totals::Totals;
use super::tracked::{Queued, Tracked};
use crate::flow::FlowKey;
use crate::peer::Peer;
use crate::rules;
use crate::seq::Seq;
use crate::tcp::acceptance::{Acceptance, ResetFit, Sums, acceptance};
use crate::tcp::earlier::Earlier;
use crate::tcp::endpoint::At;
use crate::timestamp::Timestamp;
use crate::wire::datagram::IcmpError;
use crate::wire::encapsulation::Encapsulation;
use crate::wire::segment::{Segment, Wholeness};
use std::io;

/// What the rest of the analysis lends to a segment on its way.
pub struct Stage<'s> {
    /// The flow.
    pub key: FlowKey,
    /// Checksums by host.
    pub hosts: &'s mut Hosts,
    /// The last connection number given.
    pub last_conn: &'s mut u64,
    /// The capture's counters.
    pub totals: &'s mut Totals,
    /// What stands around the flow's packets.
    pub around: Option<&'s Encapsulation>,
    /// What the capture has shown of itself.
    pub evidence: rules::Evidence,
    /// The latest stamp.
    pub now: Timestamp,
    /// Who is told.
    pub sink: &'s mut dyn Sink,
}

impl Stage<'_> {
    pub(super) fn number(&mut self) -> u64 {
        *self.last_conn += 1;
        *self.last_conn
    }

    fn end(&mut self, mut tracked: Box<Tracked>) -> io::Result<()> {
        self.totals.connections += 1;
        tracked.record.finish(&tracked.connection, self.now, &mut self.totals.rules);
        self.sink.ended(tracked, self.around, self.now)
    }
}

#[derive(Debug, Default)]
enum Current {
    #[default]
    Nothing,
    /// Its first segment waits for its cause; the number is that of the connection that will open.
    Awaited(u64),
    HalfOpen(Box<HalfOpen>),
    Brief(Box<Brief>),
    Whole(Box<Tracked>),
    /// The connection of this number ended, and its object is final.
    Record(u64),
}

/// What a new incarnation follows, and how.
struct Following {
    earlier: Earlier,
    succession: Succession,
}

/// All that is kept for one 4-tuple.
#[derive(Debug, Default)]
pub struct Entry {
    current: Current,
    /// The incarnation before an attempt that no SYN-ACK has confirmed.
    previous: Option<Box<Tracked>>,
}

/// What a segment did to its entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct News {
    /// A connection of this number began, or is whole again.
    pub begun: Option<u64>,
    /// An attempt of this number began.
    pub opened: Option<u64>,
    /// The connection of this number is over.
    pub over: Option<u64>,
}

fn is_bare_syn(segment: &Segment<'_>) -> bool {
    segment.flags.syn() && !segment.flags.ack() && !segment.flags.rst()
}

fn is_syn_ack(segment: &Segment<'_>) -> bool {
    segment.flags.syn() && segment.flags.ack() && !segment.flags.rst()
}

impl Entry {
    /// Takes in a segment of this 4-tuple.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn take(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        self.unfold(stage)?;
        let grown = self.grow(stage)?;
        let news = self.sort_in(segment, stage)?;
        Ok(News { begun: news.begun.or(grown), ..news })
    }

    fn sort_in(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        let intact = !matches!(segment.wholeness, Wholeness::FirstFragment | Wholeness::ShortOnWire);
        let (bare_syn, syn_ack) = (is_bare_syn(segment) && intact, is_syn_ack(segment) && intact);
        match &mut self.current {
            Current::Whole(tracked) => {
                let from = tracked.connection.sender(&segment.path);
                let known_iss = tracked.connection.streams[from].iss;
                let over = tracked.connection.is_over();
                if bare_syn && over && known_iss != Some(segment.seq) {
                    return self.open_next(segment, stage);
                }
                if let (true, Some(ack)) = (syn_ack && known_iss != Some(segment.seq), segment.ack()) {
                    let answered = |it: &Kept| it.path.from == segment.path.to && it.is_answered_by(ack);
                    if tracked.challengers.iter().any(|it| answered(&it.syn)) {
                        return self.confirm(segment, stage);
                    }
                    if over && known_iss.is_some() {
                        return self.open_next(segment, stage);
                    }
                }
                if self.previous.is_none() && succession::is_of_another(&tracked.connection, segment) && intact {
                    return self.open_after_silence(segment, stage);
                }
                self.belongs(segment, stage)
            }
            Current::Record(_) if !bare_syn && !syn_ack => {
                stage.totals.late += 1;
                Ok(News::default())
            }
            Current::Record(earlier) => {
                let following = Following {
                    earlier: Earlier::forgotten(*earlier, segment.path.from),
                    succession: Succession::of_closed(*earlier),
                };
                self.open(segment, Some(following), stage)
            }
            Current::Nothing | Current::Awaited(_) | Current::HalfOpen(_) | Current::Brief(_) => {
                self.open(segment, None, stage)
            }
        }
    }

    fn open(&mut self, segment: &Segment<'_>, following: Option<Following>, stage: &mut Stage<'_>) -> io::Result<News> {
        let first = if is_syn_ack(segment) { Peer::B } else { Peer::A };
        let conn = if let Current::Awaited(conn) = self.current { conn } else { stage.number() };
        let mut tracked = Tracked::new(conn, stage.key, segment, first);
        if let Some(Following { earlier, succession }) = following {
            let a = tracked.connection.addresses.a;
            tracked.connection.earlier = Some(Box::new(earlier.for_peer_at(a)));
            tracked.succession = Some(Box::new(succession));
        }
        let taken = tracked.take(segment, stage);
        let opened = is_bare_syn(segment).then_some(conn);
        let over = note_over(&mut tracked);
        self.current = Current::Whole(tracked);
        taken.map(|()| News { begun: Some(conn), opened, over })
    }

    /// A SYN or SYN-ACK after the end of the last incarnation.
    fn open_next(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        let Current::Whole(mut old) = std::mem::take(&mut self.current) else { return Ok(News::default()) };
        if let Some(older) = self.previous.take() {
            stage.end(older)?;
        }
        let earlier = Earlier::of(old.conn, &old.connection);
        let following = Some(Following { earlier, succession: Succession::of(&old, segment) });
        if !is_bare_syn(segment) {
            old.connection.succeeded(At { frame: segment.frame, time: segment.at, turn: 0 });
            stage.end(old)?;
            return self.open(segment, following, stage);
        }
        let same = |kept: &Kept| kept.path == segment.path && kept.seq == segment.seq;
        let syns = old.release(same);
        self.previous = Some(old);
        let news = match syns.split_first() {
            None => self.open(segment, following, stage)?,
            Some((first, more)) => {
                self.current = Current::Awaited(first.conn);
                let news = self.open(&first.syn.segment(), following, stage)?;
                for it in more {
                    self.belongs(&it.syn.segment(), stage)?;
                }
                self.belongs(segment, stage)?;
                news
            }
        };
        Ok(news)
    }

    /// Hours later, without a SYN, numbers that go on from nothing known: another incarnation, unless the old one goes on.
    fn open_after_silence(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        let Current::Whole(old) = std::mem::take(&mut self.current) else { return Ok(News::default()) };
        let earlier = Earlier::of(old.conn, &old.connection);
        let following = Following { earlier, succession: Succession::of_silence(old.conn) };
        self.previous = Some(old);
        self.open(segment, Some(following), stage)
    }

    /// A SYN-ACK acknowledges a SYN that challenged an open connection: a new incarnation, from that SYN on.
    fn confirm(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        let (Current::Whole(mut old), Some(ack)) = (std::mem::take(&mut self.current), segment.ack()) else {
            return Ok(News::default());
        };
        let syns = old.release(|kept| kept.path.from == segment.path.to && kept.is_answered_by(ack));
        let following = syns.first().map(|syn| Following {
            earlier: Earlier::of(old.conn, &old.connection),
            succession: Succession::of(&old, &syn.syn.segment()),
        });
        old.connection.succeeded(At { frame: segment.frame, time: segment.at, turn: 0 });
        stage.end(old)?;
        let mut syns = syns.iter();
        let mut begun = None;
        if let Some(first) = syns.next() {
            self.current = Current::Awaited(first.conn);
            begun = self.open(&first.syn.segment(), following, stage)?.begun;
        }
        for it in syns {
            self.belongs(&it.syn.segment(), stage)?;
        }
        Ok(News { begun, ..self.belongs(segment, stage)? })
    }

    /// The segment belongs to the current incarnation, or to the one before if that is not yet confirmed.
    fn belongs(&mut self, segment: &Segment<'_>, stage: &mut Stage<'_>) -> io::Result<News> {
        let Current::Whole(current) = &mut self.current else { return Ok(News::default()) };
        let attempt = current.connection.is_attempt();
        let silent = current.succession.as_ref().is_some_and(|it| it.kind == Kind::Silence);
        if let Some(previous) = self.previous.as_mut().filter(|_| !segment.flags.syn()) {
            let from = current.connection.sender(&segment.path);
            let fit = acceptance(&current.connection, from, segment, Sums::Untold);
            let strays = attempt && fit != Acceptance::Reset(ResetFit::Exact);
            let is_its = |it: &Tracked| succession::is_related(&it.connection, segment);
            if strays || (silent && is_its(previous) && !is_its(current)) {
                previous.take(segment, stage)?;
                return Ok(News::default());
            }
        }
        current.take(segment, stage)?;
        let over = note_over(current);
        let confirmed =
            if silent { succession::is_confirmed(&current.connection) } else { !current.connection.is_attempt() };
        if confirmed && let Some(mut previous) = self.previous.take() {
            if current.connection.handshake[1].is_some() || silent {
                previous.connection.succeeded(At { frame: segment.frame, time: segment.at, turn: 0 });
            }
            stage.end(previous)?;
        }
        Ok(News { over, ..News::default() })
    }

    /// Takes in an ICMP error that quotes a segment of `seq` of this 4-tuple.
    ///
    /// # Errors
    ///
    /// What the sink returns.
    pub fn error(&mut self, error: &IcmpError, seq: Seq, stage: &mut Stage<'_>) -> io::Result<()> {
        self.unfold(stage)?;
        let small = matches!(self.current, Current::HalfOpen(_));
        self.grow(stage)?;
        let Current::Whole(current) = &mut self.current else { return Ok(()) };
        let conn = current.conn;
        let of_attempt = current.connection.candidates.iter().any(|syn| syn.iss == seq);
        let attempt = current.connection.is_attempt();
        match self.previous.as_mut().filter(|_| attempt && !of_attempt) {
            Some(previous) => previous.take_error(error, seq, stage)?,
            None => current.take_error(error, seq, stage)?,
        }
        if small {
            self.shrink(conn);
        }
        Ok(())
    }

    /// A half-open record becomes a connection again; its number, if there was one.
    fn grow(&mut self, stage: &mut Stage<'_>) -> io::Result<Option<u64>> {
        if !matches!(self.current, Current::HalfOpen(_)) {
            return Ok(None);
        }
        let Some(last) = std::mem::take(&mut self.current).last() else { return Ok(None) };
        let conn = last.conn();
        self.current = Current::Whole(last.whole(stage)?);
        Ok(Some(conn))
    }

    /// Takes out the closed connection `due` names, if it is still there and still over.
    pub fn retire(&mut self, due: Due, how: Retire) -> Option<Final> {
        if self.previous.as_ref().is_some_and(|previous| previous.conn == due.conn) {
            return self.previous.take().map(Final::Whole);
        }
        let over = match &mut self.current {
            Current::Whole(tracked) if tracked.conn == due.conn => {
                tracked.queued = Queued::No;
                tracked.connection.is_over()
            }
            Current::Brief(brief) => brief.conn == due.conn && brief.is_over(),
            Current::Record(conn) if *conn == due.conn && how == Retire::Forget => {
                self.current = Current::Nothing;
                return None;
            }
            _ => false,
        };
        let stays = if how == Retire::KeepRecord { Current::Record(due.conn) } else { Current::Nothing };
        over.then(|| std::mem::replace(&mut self.current, stays).last()).flatten()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self.current, Current::Nothing) && self.previous.is_none()
    }

    /// The numbers of the connections in it that are not final.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.previous.as_ref().map(|previous| previous.conn).into_iter().chain(self.current.conn())
    }

    /// Takes out the connection of this number, if it is not final.
    pub fn give_up(&mut self, conn: u64) -> Option<Final> {
        if self.previous.as_ref().is_some_and(|previous| previous.conn == conn) {
            return self.previous.take().map(Final::Whole);
        }
        let is_it = self.current.conn() == Some(conn);
        is_it.then(|| std::mem::take(&mut self.current).last()).flatten()
    }
}

fn note_over(tracked: &mut Tracked) -> Option<u64> {
    if tracked.queued == Queued::No && tracked.connection.is_over() {
        tracked.queued = Queued::Yes;
        return Some(tracked.conn);
    }
    None
}
