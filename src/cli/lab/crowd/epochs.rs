//! What a tap believes of both ends after each frame, beside where the kernels stood when the next frame came; and the numbers
//! that it has counted, beside the kernels' own.
//!
//! Both are stamped by the same clock. A kernel that moves because of a frame has moved before the next one, so its state right
//! before that has to be believed possible, or possible without a segment.

use std::collections::BTreeMap;

use super::labels::Labelled;
use synfin::analysis::event::Counted;
use synfin::peer::{Peer, PerPeer};
use synfin::seq::Seq;
use synfin::tcp::belief::{Belief, belief};
use synfin::tcp::state::{State, StateSet};
use synfin::timestamp::Timestamp;
use synfin::witness::life::{Life, Role};

/// After one frame.
#[derive(Clone, Debug)]
pub struct Epoch {
    pub(super) frame: u64,
    /// Its place in the order in which the analysis took them, which undoes what a capture has mixed up.
    pub(super) turn: usize,
    at: Timestamp,
    pub(super) from: Peer,
    /// Whether it is a RST.
    resets: bool,
    pub(super) believed: PerPeer<StateSet>,
    pub(super) likely: PerPeer<State>,
    /// SND.NXT of each.
    nxt: PerPeer<Option<Seq>>,
    /// The highest acknowledgment that each has sent.
    acked: PerPeer<Option<Seq>>,
}

/// The frames of connections that are not final.
#[derive(Default)]
pub struct Epochs {
    open: BTreeMap<u64, Vec<Epoch>>,
    latest: u64,
}

impl Epochs {
    /// Notes what is believed after a segment. One that is told again belongs to another connection than was thought.
    pub fn note(&mut self, counted: &Counted<'_>) {
        let (frame, at, it) = (counted.segment.frame, counted.segment.at, counted.connection);
        if frame <= self.latest {
            self.open.values_mut().for_each(|all| all.retain(|epoch| epoch.frame != frame));
        }
        self.latest = self.latest.max(frame);
        let [a, b] = Peer::BOTH.map(|peer| belief(it, peer, at));
        let all = |of: Belief| of.possible.union(of.silent);
        self.open.entry(counted.conn).or_default().push(Epoch {
            frame,
            turn: 0,
            at,
            from: counted.from,
            resets: counted.segment.flags.rst(),
            believed: PerPeer { a: all(a), b: all(b) },
            likely: PerPeer { a: a.likely, b: b.likely },
            nxt: PerPeer { a: it.streams.a.nxt, b: it.streams.b.nxt },
            acked: PerPeer { a: it.streams.a.acked, b: it.streams.b.acked },
        });
    }

    /// The frames of a connection, which is then forgotten.
    pub fn take(&mut self, conn: u64) -> Vec<Epoch> {
        let mut epochs = self.open.remove(&conn).unwrap_or_default();
        epochs.iter_mut().enumerate().for_each(|(turn, epoch)| epoch.turn = turn);
        epochs.sort_by_key(|epoch| epoch.frame);
        epochs
    }
}

/// Where the kernel stood although a tap believed otherwise.
pub struct Outside {
    /// After which frame.
    pub frame: u64,
    /// The kernel's state.
    pub kernel: State,
    /// What was believed.
    pub believed: StateSet,
}

/// The first frame after which the kernel's state was not believed. `ended` is when the record did.
pub fn outside(epochs: &[Epoch], peer: Peer, life: Option<&Life>, ended: Timestamp) -> Option<Outside> {
    let path = life.map(Life::path).unwrap_or_default();
    epochs.iter().enumerate().find_map(|(at, epoch)| {
        let until = epochs.get(at + 1).map_or(ended, |next| next.at);
        let told = path.iter().filter(|step| step.at < until).count();
        let (latest, next) = (path[..told].last(), path.get(told));
        let kernel = latest.map(|step| step.to);
        let believed = epoch.believed[peer];
        // A socket leaves the kernel's table before it tells that it is closed (`tcp_set_state` of net/ipv4/tcp.c); what comes
        // meanwhile is answered with a RST, as where there is no socket.
        let has_left = next.is_some_and(|step| step.to == State::Closed)
            && epochs[..=at].iter().any(|sent| {
                sent.from == peer && sent.resets && latest.is_some_and(|step| sent.at.since(step.at).as_ns() > 0)
            });
        let is_believed = match kernel {
            Some(kernel) => believed.contains(kernel) || has_left && believed.contains(State::Closed),
            // A request is no socket, and where there is none it is closed.
            None if life.is_none_or(|life| life.role == Role::Passive) => {
                [State::Listen, State::SynReceived, State::Closed].into_iter().any(|state| believed.contains(state))
            }
            None => believed.contains(State::Closed),
        };
        (!is_believed).then_some(Outside { frame: epoch.frame, kernel: kernel.unwrap_or(State::Closed), believed })
    })
}

/// Probes of a kernel's numbers, compared with the tap's.
#[derive(Clone, Default)]
pub struct Probes {
    /// All.
    pub all: u64,
    /// Those that can be compared.
    pub comparable: u64,
    /// Of those, with the same SND.NXT.
    pub nxt: u64,
    /// Of those, with the same SND.UNA.
    pub una: u64,
    /// The first that differs.
    pub example: Option<String>,
}

/// Compares the numbers that the kernel told with those counted at its own tap.
///
/// Only where the tap has the frames in the kernel's order up to the one that the kernel is about to process: its own labels
/// tell when each passed, by the same clock as the numbers. What a host sends is labelled before SND.NXT counts it, under the
/// lock that the numbers are told under, so no time has to be allowed for.
pub fn probes(epochs: &[Epoch], peer: Peer, life: &Life, labelled: &Labelled) -> Probes {
    let mut probes = Probes { all: life.numbers.len() as u64, ..Probes::default() };
    let passed: Option<Vec<Timestamp>> =
        epochs.iter().map(|epoch| labelled.of(epoch.frame).map(|label| label.at)).collect();
    let Some(passed) = passed else { return probes };
    let other = peer.other();
    // How many frames had passed, if they are the first so many in the tap's order too.
    let gone_by = |at: Timestamp| {
        let has = |passed: &Timestamp| at.since(*passed).as_ns() >= 0;
        let by = passed.iter().filter(|passed| has(passed)).count();
        passed[..by].iter().all(has).then_some(by)
    };
    let mut previous = None;
    for (at, nxt, una) in &life.numbers {
        let gone = gone_by(*at);
        let settled = previous.replace(gone);
        let Some((trigger, now)) = gone.and_then(|by| by.checked_sub(1)).map(|trigger| (trigger, &epochs[trigger]))
        else {
            continue;
        };
        let is_in_order = now.turn == trigger && epochs[..trigger].iter().all(|epoch| epoch.turn < trigger);
        let before = epochs[..trigger].iter().find(|epoch| epoch.turn + 1 == trigger);
        // Segments wait for a busy socket. What had been acknowledged when it told its numbers before, it has taken since; and
        // before it told any, what the handshake acknowledged. Without a new frame it is a copy that it was told for.
        let acked = match settled {
            None => epochs.iter().find_map(|epoch| epoch.acked[other]),
            Some(by) => by.filter(|by| *by <= trigger).and_then(|by| epochs.get(by.checked_sub(1)?)?.acked[other]),
        };
        let counted = (now.nxt[peer], before.and_then(|before| before.acked[other]));
        let (Some(counted_nxt), Some(counted_una)) = counted else { continue };
        if now.from == peer || !is_in_order || acked != Some(counted_una) {
            continue;
        }
        probes.comparable += 1;
        probes.nxt += u64::from(counted_nxt == *nxt);
        probes.una += u64::from(counted_una == *una);
        if (counted_nxt, counted_una) != (*nxt, *una) && probes.example.is_none() {
            let [nxt, una] = [(counted_nxt, *nxt), (counted_una, *una)].map(|(tap, kernel)| tap.offset_to(kernel));
            let what = format!("at frame {} kernel SND.NXT is {nxt} further, SND.UNA {una} further", now.frame);
            probes.example = Some(what);
        }
    }
    probes
}
