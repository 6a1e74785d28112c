//! From a connection's facts to what explains it.
//!
//! Evidence is told as it is; what nobody can see from outside, an application's reason above all, is a guess and is kept
//! in fields named `likely`.

mod closing;
mod fast_open;
mod options;
mod reset;

use super::view::{ChallengeView, ExplanationView, MissingView, RefusalView, ReuseView, StayView, UnansweredView};
use crate::analysis::event::Ended;
use crate::peer::Peer;
use crate::tcp::connection::Connection;
use crate::tcp::earlier::Reuse;
use crate::tcp::endpoint::{self, Spoke};
use crate::tcp::history::{Cause, Kind};
use crate::tcp::icmp::Effect;
use crate::tcp::path::Row;
use crate::tcp::state::State;
use crate::timestamp::{Elapsed, Timestamp};

/// What explains a connection whose object is final.
#[must_use]
pub fn view(ended: &Ended<'_>) -> ExplanationView {
    let it = ended.connection;
    ExplanationView {
        closing: closing::closing(it, &ended.vantage),
        half_close: closing::half_close(it),
        resets: it.history.resets.iter().map(|seen| reset::view(it, seen)).collect(),
        challenges: it
            .history
            .challenges
            .iter()
            .map(|seen| ChallengeView {
                frame: seen.at.frame,
                peer: seen.from.id(),
                cause: match seen.cause {
                    Cause::Reset => "reset",
                    Cause::Syn => "syn",
                },
                answer: seen.answer.map(|at| at.frame),
                reset: seen.reset.map(|at| at.frame),
            })
            .collect(),
        refusal: refusal(it),
        time_wait: stays(it, ended.now, &[State::TimeWait]),
        waits: stays(it, ended.now, &[State::FinWait2, State::CloseWait]),
        unanswered: unanswered(it),
        missing: missing(it),
        options: options::options(it),
        fast_open: fast_open::outcome(it),
        reuse: reuse(it),
    }
}

/// Who refused the SYN: the first that did.
fn refusal(it: &Connection) -> Option<RefusalView> {
    let syn = it.candidates.last()?;
    if it.handshake[1].is_some() {
        return None;
    }
    let by_reset = it.history.resets.iter().find(|reset| {
        reset.from != syn.from
            && matches!(reset.voices[syn.from].latest, Some((_, Kind::Syn)))
            && reset::is_valid(reset)
    });
    let by_icmp = it
        .errors
        .iter()
        .flat_map(|errors| &errors.told)
        .find(|told| told.to == syn.from && told.effect == Effect::MayClose);
    let after = |at: endpoint::At| at.time.since(syn.at.time).as_ns();
    match (by_reset, by_icmp) {
        (Some(reset), icmp) if icmp.is_none_or(|icmp| reset.at.frame < icmp.at.frame) => Some(RefusalView {
            by: "reset",
            frame: reset.at.frame,
            from: it.addresses[reset.from].ip().to_string(),
            kind: None,
            after_ns: after(reset.at),
        }),
        (_, Some(icmp)) => Some(RefusalView {
            by: "icmp",
            frame: icmp.at.frame,
            from: icmp.reporter.to_string(),
            kind: Some(icmp.kind.id()),
            after_ns: after(icmp.at),
        }),
        (_, None) => None,
    }
}

/// The stays of both peers in `states`, by frame.
fn stays(it: &Connection, now: Timestamp, states: &[State]) -> Vec<StayView> {
    let mut found = Vec::new();
    for peer in it.peers() {
        let own: Vec<&Row> = it.rows.iter().filter(|row| row.peer == *peer && row.retracted.is_none()).collect();
        for (at, row) in own.iter().enumerate().filter(|(_, row)| states.contains(&row.step.to)) {
            let next = own.get(at + 1).map(|next| next.step.at);
            let end = next.map_or(now, |next| next.time);
            found.push(StayView {
                peer: peer.id(),
                state: row.step.to.name(),
                frame: row.step.at.frame,
                until: next.map(|next| next.frame),
                ns: end.since(row.step.at.time).as_ns(),
            });
        }
    }
    found.sort_by_key(|stay| stay.frame);
    found
}

/// Segments that want an answer, at least, before silence is told.
const SILENT: u32 = 3;

/// And the time, at least: the smallest retransmission time-out of RFC 6298, Section 2.4.
const SILENCE: Elapsed = Elapsed::from_secs(1);

/// Who went on without an answer; a connection that is over wants none.
fn unanswered(it: &Connection) -> Vec<UnansweredView> {
    let of = |peer: &Peer| {
        let (voice, other) = (it.history.voices[*peer], it.history.voices[it.other(*peer)]);
        let (last, _) = voice.latest.filter(|_| voice.unanswered >= SILENT && !it.is_over())?;
        let since = other.latest.map(|(at, _)| at);
        // Of a peer never heard nothing is known, unless it was called.
        if since.is_none() && !it.is_attempt() {
            return None;
        }
        let ns = last.time.since(since.map_or(it.first_at, |at| at.time)).as_ns();
        (ns >= SILENCE.as_ns()).then_some(UnansweredView {
            peer: peer.id(),
            count: voice.unanswered,
            since: since.map(|at| at.frame),
            ns,
        })
    };
    it.peers().iter().filter_map(of).collect()
}

/// Directions and octets that the capture does not hold.
fn missing(it: &Connection) -> Vec<MissingView> {
    let of = |peer: &Peer| {
        let (silent, other) =
            (it.endpoints[*peer].spoke == Spoke::No, it.endpoints[it.other(*peer)].spoke == Spoke::Yes);
        match it.streams[*peer].missed {
            _ if silent && other => Some(MissingView { peer: peer.id(), what: "direction", frame: None }),
            Some(frame) => Some(MissingView { peer: peer.id(), what: "octets", frame: Some(frame) }),
            None => it.streams[*peer].let_go.map(|frame| MissingView {
                peer: peer.id(),
                what: "perhaps",
                frame: Some(frame),
            }),
        }
    };
    it.peers().iter().filter_map(of).collect()
}

fn reuse(it: &Connection) -> Option<ReuseView> {
    let (reuse, conn) = (Reuse::of(it)?, it.earlier.as_ref()?.conn);
    Some(ReuseView {
        conn,
        frame: reuse.at.frame,
        state: reuse.other.state.map(State::name),
        waited_ns: reuse.waited().map(|waited| waited.as_ns()),
        ground: reuse.ground().id(),
        numbers: [Some(reuse.iss.get()), reuse.own.nxt.map(|nxt| (nxt - 1).get())],
        stamps: [reuse.stamp, reuse.own.tsval],
    })
}

/// The peer whose id this is.
pub(crate) fn peer(id: &str) -> Peer {
    if id == Peer::B.id() { Peer::B } else { Peer::A }
}
