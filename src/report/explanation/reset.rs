//! Why a RST was sent: its form and what came before it say what they can, the rest is a guess.

use crate::peer::Peer;
use crate::report::view::ResetView;
use crate::tcp::acceptance::ResetFit;
use crate::tcp::connection::Connection;
use crate::tcp::endpoint::Ended;
use crate::tcp::history::{Form, Kind, Reset, Surety};
use crate::tcp::state::State;
use crate::timestamp::Elapsed;

/// MPTCP subtype of MP_FASTCLOSE (RFC 8684, Section 3.5).
const FAST_CLOSE: u8 = 7;

/// Segments without an answer, at least, from which on a RST is taken for the end of patience.
const UNANSWERED: u32 = 2;

/// And the time without an answer, at least: the smallest retransmission time-out of RFC 6298, Section 2.4.
const PATIENCE: Elapsed = Elapsed::from_secs(1);

/// Whether its receiver may obey it.
pub(super) const fn is_valid(reset: &Reset) -> bool {
    !matches!(reset.fit, ResetFit::InWindow | ResetFit::Outside)
}

pub(super) fn view(it: &Connection, reset: &Reset) -> ResetView {
    let (from, to) = (reset.from, it.other(reset.from));
    let likely = likely(it, reset);
    let (own, other) = (reset.voices[from], reset.voices[to]);
    let concerns = other.is_after(&own) || matches!(likely, Some("timed-out" | "unread-data"));
    let after = other.latest.filter(|_| concerns);
    ResetView {
        frame: reset.at.frame,
        peer: from.id(),
        fit: match reset.fit {
            ResetFit::Exact => match reset.surety {
                Surety::Sure => "exact",
                Surety::IfAllArrived => "exact-if-all-arrived",
                Surety::Unsure => "possible",
            },
            ResetFit::Possible => "possible",
            ResetFit::InWindow => "in-window",
            ResetFit::Outside => "outside",
            ResetFit::AnswersUnmatched | ResetFit::SenderOnly => "sender-only",
        },
        state: before(it, reset, from).map(State::name),
        other_state: before(it, reset, to).map(State::name),
        after: after.map(|(at, _)| at.frame),
        after_kind: after.map(|(_, kind)| kind.id()),
        after_ns: after.map(|(at, _)| reset.at.time.since(at.time).as_ns()),
        unanswered: own.unanswered,
        form: match reset.form {
            Form::WithAck => "with-ack",
            Form::Answer => "answer",
            Form::Bare => "bare",
        },
        hop_limit: reset.hop_limit,
        usual_hop_limit: own.hop_limit,
        likely,
    }
}

/// The state of `peer` before the RST, as all that was captured shows it; what later frames took back is left out.
fn before(it: &Connection, reset: &Reset, peer: Peer) -> Option<State> {
    let own = it.rows.iter().filter(|row| row.peer == peer && row.retracted.is_none());
    let last = own.filter(|row| row.step.at.frame < reset.at.frame).max_by_key(|row| row.step.at.frame);
    last.map(|row| row.step.to).or(reset.states[peer])
}

fn likely(it: &Connection, reset: &Reset) -> Option<&'static str> {
    let (from, to) = (reset.from, it.other(reset.from));
    let (own, other) = (reset.voices[from], reset.voices[to]);
    let after = other.latest.filter(|_| other.is_after(&own)).map(|(_, kind)| kind);
    if !is_valid(reset) || own.latest.is_none() && other.latest.is_none() {
        return None;
    }
    let later = it.history.voices[from].latest.is_some_and(|(at, _)| at.frame > reset.at.frame);
    let went_on = later && !matches!(it.endpoints[from].ended, Some(Ended::SentReset(_)));
    match (after, own.latest.map(|(_, kind)| kind)) {
        (Some(Kind::Syn | Kind::NoAck), None) => return Some("no-listener"),
        // Who goes on with an attempt of its own never wanted that one.
        (Some(Kind::SynAck), None) => return Some("unknown-syn-ack"),
        (Some(Kind::SynAck), Some(Kind::Syn)) if went_on || reset.fit == ResetFit::AnswersUnmatched => {
            return Some("unknown-syn-ack");
        }
        (Some(Kind::SynAck), Some(Kind::Syn)) if reset.form == Form::Answer => return Some("gave-up-opening"),
        _ if went_on => return Some("went-on"),
        _ => {}
    }
    if reset.other_hop_limit().is_some() {
        return Some("middlebox");
    }
    if reset.multipath == Some(FAST_CLOSE) {
        return Some("fast-close");
    }
    if reset.states[to] == Some(State::TimeWait) {
        return Some("ends-time-wait");
    }
    if own.latest.is_none() {
        return (reset.form == Form::Answer).then_some("never-had");
    }
    if before(it, reset, from) == Some(State::SynSent) {
        return Some("gave-up-opening");
    }
    let silent = other.latest.is_some_and(|(at, _)| reset.at.time.since(at.time) >= PATIENCE);
    let closed = it.endpoints[from].sent_fin.is_some_and(|fin| fin.frame < reset.at.frame);
    // Who has reset it before, or was reset, has no connection to lose any more.
    let earlier = it.history.resets.iter().filter(|other| other.at.frame < reset.at.frame && is_valid(other));
    if reset.form == Form::Answer && earlier.count() > 0 {
        return Some("ended-before");
    }
    Some(match reset.form {
        Form::WithAck if own.unanswered >= UNANSWERED && silent => "timed-out",
        // What the other sent may still lie unread; had its sender answered by data, it had been read.
        Form::WithAck => match (other.data, own.data) {
            (Some(theirs), Some(ours)) if ours.frame > theirs.frame => "abort",
            (Some(_), _) => "unread-data",
            (None, _) => "abort",
        },
        Form::Answer if closed && after == Some(Kind::Data) => "closed-no-reader",
        Form::Answer if closed => "closed-gone",
        Form::Answer => "no-connection",
        Form::Bare => "abort",
    })
}
