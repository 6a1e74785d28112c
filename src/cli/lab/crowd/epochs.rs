//! What a tap believes of both ends after each frame, beside where the kernels stood when the next frame came; and the numbers
//! that it has counted, beside the kernels' own.
//!
//! Both are stamped by the same clock. A kernel that moves because of a frame has moved before the next one, so its state right
//! before that has to be believed possible, or possible without a segment.

use std::collections::{BTreeMap, BTreeSet};

use synfin::analysis::event::Counted;
use synfin::peer::{Peer, PerPeer};
use synfin::seq::Seq;
use synfin::tcp::belief::{Belief, belief};
use synfin::tcp::state::{State, StateSet};
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::witness::life::{Life, Role};

/// A probe is compared where nothing else of its connection was under way for so long on either side: two processors stamp
/// what they do at the same time in either order.
const ALONE: Elapsed = Elapsed::from_ns(300_000);

/// After one frame.
#[derive(Clone, Debug)]
pub struct Epoch {
    pub(super) frame: u64,
    /// Its place in the order in which the analysis took them, which undoes what a capture has mixed up.
    pub(super) turn: usize,
    at: Timestamp,
    pub(super) from: Peer,
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
        let kernel = path.iter().rfind(|step| step.at < until).map(|step| step.to);
        let believed = epoch.believed[peer];
        let is_believed = match kernel {
            Some(kernel) => believed.contains(kernel),
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
pub fn probes(epochs: &[Epoch], peer: Peer, life: &Life) -> Probes {
    let mut probes = Probes::default();
    // A frame is processed once: a second probe is that of a copy, which the analysis has set aside.
    let mut probed = BTreeSet::new();
    for (at, nxt, una) in &life.numbers {
        probes.all += 1;
        // The frame that the kernel is about to process; it is told right after its capture.
        let Some(trigger) = epochs.iter().rposition(|epoch| epoch.at <= *at) else { continue };
        if !probed.insert(trigger) {
            continue;
        }
        let now = &epochs[trigger];
        let other = peer.other();
        // What the other had acknowledged so long ago has been taken, even by a socket that was busy.
        let settled = epochs[..trigger].iter().rfind(|epoch| now.at.since(epoch.at).as_ns() > ALONE.as_ns());
        // What was taken before it, and nothing else.
        let is_in_order = now.turn == trigger && epochs[..trigger].iter().all(|epoch| epoch.turn < trigger);
        let before = epochs[..trigger].iter().find(|epoch| epoch.turn + 1 == trigger);
        let (Some(settled), Some(before), next) = (settled, before, epochs.get(trigger + 1)) else { continue };
        let is_alone = is_in_order
            && now.from != peer
            && at.since(now.at).as_ns() < ALONE.as_ns()
            && settled.acked[other] == before.acked[other]
            && next.is_none_or(|next| next.from != peer || next.at.since(*at).as_ns() > ALONE.as_ns());
        let (Some(counted_nxt), Some(counted_una)) = (now.nxt[peer], before.acked[other]) else { continue };
        if is_alone {
            probes.comparable += 1;
            probes.nxt += u64::from(counted_nxt == *nxt);
            probes.una += u64::from(counted_una == *una);
            if (counted_nxt, counted_una) != (*nxt, *una) && probes.example.is_none() {
                let [nxt, una] = [(counted_nxt, *nxt), (counted_una, *una)].map(|(tap, kernel)| tap.offset_to(kernel));
                probes.example =
                    Some(format!("at frame {} kernel SND.NXT is {nxt} further, SND.UNA {una} further", now.frame));
            }
        }
    }
    probes
}
