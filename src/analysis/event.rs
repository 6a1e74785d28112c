//! What the analysis tells: segments as they are judged, rows as they change, connections when they are final.

use super::copies;
use super::datagrams::Conversation;
use super::incarnation::Final;
use super::offload::{Offload, Tags};
use super::succession::Succession;
use super::tracked::Tracked;
use super::vantage::Estimate;
use crate::flow::FlowKey;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::rules::judge::{Judged, Record};
use crate::tcp::acceptance::Acceptance;
use crate::tcp::connection::Connection;
use crate::tcp::icmp::Told;
use crate::tcp::kind::Kind;
use crate::tcp::path::Row;
use crate::timestamp::Timestamp;
use crate::wire::encapsulation::Encapsulation;
use crate::wire::segment::Segment;
use std::io;

/// Receives events. An error ends the run; to stop early, feed no more packets.
///
/// Push, not pull: one packet can cause several events.
pub trait Sink {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// Whatever writing it met.
    fn event(&mut self, event: Event<'_>) -> io::Result<()>;

    /// A connection is final at `now`, with `around` around its packets, and nobody needs it any more: it is told as
    /// [`Event::Connection`], unless the sink takes it to tell it later.
    ///
    /// # Errors
    ///
    /// Whatever writing it met.
    fn ended(&mut self, tracked: Box<Tracked>, around: Option<&Encapsulation>, now: Timestamp) -> io::Result<()> {
        self.event(Event::Connection(&tracked.ended(around, now)))
    }

    /// What it wants to be told. It must always answer the same.
    fn asks(&self) -> Asks {
        Asks::Everything
    }

    /// A connection of this number is final, and the rules say no more of it than `remark`: whether it wants to be told.
    /// Only a sink that asks for what is [noteworthy](Asks::Noteworthy) is asked.
    fn wants_told(&mut self, conn: u64, remark: Remark) -> Wish {
        let _ = (conn, remark);
        Wish::Told
    }

    /// Takes a connection for [later](Wish::Later).
    fn later(&mut self, plain: Plain) {
        drop(plain);
    }
}

/// What a sink wants to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// Every event, as it comes.
    Everything,
    /// All connections when they are final, and how often each rule held; not what happened before.
    Connections,
    /// The same, but neither connections that it does [not want](Sink::wants_told), nor what they add to the counts of rules.
    Noteworthy,
}

/// All that the rules say of a connection in which nothing is broken, or undecided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Remark {
    /// Nothing.
    None,
    /// Something worth knowing; nobody is at fault.
    Note,
}

/// Whether a sink wants to be told of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// It does.
    Told,
    /// It does not; it has counted it.
    Counted,
    /// It takes it as it is kept, for another sink to decide.
    Later,
}

/// A connection that is final, of which the rules say no more than a remark, as it is kept.
#[derive(Debug)]
pub struct Plain {
    /// Its flow.
    pub(super) key: FlowKey,
    /// It.
    pub(super) last: Final,
    /// What the rules will say.
    pub(super) remark: Remark,
    /// When it ended; it was forgotten before its end if there is no such time.
    pub(super) ends: Option<Timestamp>,
}

/// Something that happened, lent for the duration of the call.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A segment was counted with a connection.
    Segment(Counted<'e>),
    /// A peer's rows changed: the rows of the connection that were added, after `retracted` older ones fell.
    Rows(Moved<'e>),
    /// A rule spoke: broken, undecided or noted.
    Finding(u64, &'e Connection, &'e Judged),
    /// An ICMP error quotes a segment of the connection.
    IcmpError(u64, &'e Connection, &'e Told),
    /// A connection's object is final.
    Connection(&'e Ended<'e>),
    /// A UDP conversation's object is final.
    Datagrams(&'e Conversation, Option<&'e Encapsulation>),
}

/// A segment and the connection after it.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'e> {
    /// The connection's number.
    pub conn: u64,
    /// The connection after the segment.
    pub connection: &'e Connection,
    /// Who sent it.
    pub from: Peer,
    /// The segment.
    pub segment: &'e Segment<'e>,
    /// What it might move.
    pub acceptance: Acceptance,
    /// What kind of segment it is.
    pub kind: Kind,
    /// What its sender left to a card.
    pub tags: Tags,
}

/// A change of rows.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'e> {
    /// The connection's number.
    pub conn: u64,
    /// The connection after the segment.
    pub connection: &'e Connection,
    /// The frame of the segment.
    pub frame: FrameNo,
    /// Whose rows.
    pub peer: Peer,
    /// The rows added.
    pub added: &'e [Row],
    /// How many older rows the segment took back.
    pub retracted: usize,
}

/// A connection whose object is final.
#[derive(Clone, Debug)]
pub struct Ended<'e> {
    /// Its number in the capture.
    pub conn: u64,
    /// Its facts.
    pub connection: &'e Connection,
    /// What the rules said.
    pub record: &'e Record,
    /// Its frames that only repeat another one.
    pub copies: &'e copies::Counts,
    /// Whether it was forgotten before its end, to make room for others.
    pub forgotten: bool,
    /// What its peers left to their cards.
    pub offload: &'e Offload,
    /// Where the tap stands.
    pub vantage: Estimate,
    /// How it follows the incarnation before it, if the capture holds one.
    pub succession: Option<&'e Succession>,
    /// What stood around its packets.
    pub around: Option<&'e Encapsulation>,
    /// The latest stamp of the capture when it became final.
    pub now: Timestamp,
}
