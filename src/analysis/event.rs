//! What the analysis tells: segments as they are judged, rows as they change, connections when they are final.

use super::copies;
use super::datagrams::Conversation;
use super::offload::{Offload, Tags};
use super::succession::Succession;
use super::tracked::Tracked;
use super::vantage::Estimate;
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
