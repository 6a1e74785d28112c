//! Why a RST was sent: its form and what came before it say what they can, the rest is a guess.

use crate::peer::Peer;
use crate::report::view::ResetView;
use crate::tcp::acceptance::ResetFit;
use crate::tcp::connection::Connection;
use crate::tcp::endpoint::Ended;
use crate::tcp::history::{Form, Kind, Reset};
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
    let after = reset.voices[to].latest;
    ResetView {
        frame: reset.at.frame,
        peer: from.id(),
        fit: match reset.fit {
            ResetFit::Exact => "exact",
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
        unanswered: reset.voices[from].unanswered,
        form: match reset.form {
            Form::WithAck => "with-ack",
            Form::Answer => "answer",
            Form::Bare => "bare",
        },
        hop_limit: reset.hop_limit,
        usual_hop_limit: reset.voices[from].hop_limit,
        likely: likely(it, reset),
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
    let after = other.latest.map(|(_, kind)| kind);
    if !is_valid(reset) {
        return None;
    }
    let later = it.history.voices[from].latest.is_some_and(|(at, _)| at.frame > reset.at.frame);
    if later && !matches!(it.endpoints[from].ended, Some(Ended::SentReset(_))) {
        return Some("went-on");
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
    let opened = own.latest.is_some();
    let state = before(it, reset, from);
    match (reset.form, after) {
        (_, None) if !opened => return None,
        (_, Some(Kind::Syn | Kind::NoAck)) if !opened => return Some("no-listener"),
        (_, Some(Kind::SynAck)) if reset.fit == ResetFit::AnswersUnmatched => return Some("unknown-syn-ack"),
        (Form::Answer | Form::Bare, Some(Kind::SynAck)) => {
            let known = opened && it.candidates.iter().any(|syn| syn.from == from);
            return Some(if known { "gave-up-opening" } else { "unknown-syn-ack" });
        }
        (Form::Answer, _) if !opened => return Some("never-had"),
        _ if state == Some(State::SynSent) => return Some("gave-up-opening"),
        _ => {}
    }
    let silent = other.latest.is_some_and(|(at, _)| reset.at.time.since(at.time) >= PATIENCE);
    let closed = it.endpoints[from].sent_fin.is_some_and(|fin| fin.frame < reset.at.frame);
    Some(match reset.form {
        Form::WithAck if own.unanswered >= UNANSWERED && silent => "timed-out",
        // What the other sent may still lie unread; had its sender answered by data, it had been read.
        Form::WithAck => match (other.data, own.data) {
            (Some(theirs), Some(ours)) if ours.frame > theirs.frame => "abort",
            (Some(_), _) => "unread-data",
            (None, _) => "abort",
        },
        Form::Answer | Form::Bare if closed && after == Some(Kind::Data) => "closed-no-reader",
        Form::Answer => "no-connection",
        Form::Bare => "abort",
    })
}
