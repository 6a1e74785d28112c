//! The state at each segment, as a program of BPF has told it at a host's device, beside what the tap there believes of that host.
//!
//! A second witness: it needs no times, and tells of requests and of TIME-WAIT too.

use std::collections::{BTreeMap, VecDeque};

use super::epochs::Epoch;
use synfin::lab::host::Host;
use synfin::lab::tap::Caught;
use synfin::peer::Peer;
use synfin::tcp::state::{State, StateSet};
use synfin::witness::kernel::KernelState;
use synfin::witness::label::{Label, Mark, Way};

/// The label of each frame that was seen at a host.
#[derive(Default)]
pub struct Labelled {
    frames: Vec<Option<Label>>,
    /// Segments without a label: with any, the program or its queue has failed.
    pub missing: u64,
}

/// Lays labels to what was seen at `host`, in the order of both: of segments that look alike, the first has the first label.
pub fn join<'c>(labels: Vec<Label>, host: Host, seen: impl Iterator<Item = &'c Caught>) -> Labelled {
    let mut waiting: BTreeMap<Mark, VecDeque<Label>> = BTreeMap::new();
    for label in labels {
        waiting.entry(label.mark).or_default().push_back(label);
    }
    let mut labelled = Labelled::default();
    for caught in seen {
        let mark = Mark::of(if caught.from == host { Way::Out } else { Way::In }, &caught.octets);
        let label = mark.and_then(|mark| waiting.get_mut(&mark)?.pop_front());
        labelled.missing += u64::from(mark.is_some() && label.is_none());
        labelled.frames.push(label);
    }
    labelled
}

impl Labelled {
    /// The label of the frame of that number, which counts from one.
    pub fn of(&self, frame: u64) -> Option<Label> {
        usize::try_from(frame - 1).ok().and_then(|index| self.frames.get(index).copied().flatten())
    }
}

/// What the labels of one endpoint's segments say.
#[derive(Clone, Default)]
pub struct Said {
    /// Segments that could be compared.
    pub all: u64,
    /// Of those, with a state that was not believed.
    pub outside: u64,
    /// Of those, with the likeliest state.
    pub likely: u64,
    /// The first that was not believed.
    pub example: Option<String>,
}

/// Compares the labels of a connection's segments with what was believed of `peer`, whose host has told them: before a segment
/// that comes; before or after one that goes, since the kernel sends the acknowledgment of a FIN before it moves.
pub fn compare(epochs: &[Epoch], peer: Peer, labelled: &Labelled) -> Said {
    let mut said = Said::default();
    // Before the first segment; an earlier connection of the same ports may be in TIME-WAIT still.
    let nothing = StateSet::of(&[State::Closed, State::Listen, State::TimeWait]);
    for (at, epoch) in epochs.iter().enumerate() {
        let label = labelled.of(epoch.frame);
        let before = at.checked_sub(1).and_then(|before| epochs.get(before));
        // What the analysis took in another order says nothing of this one.
        let is_in_order = epoch.turn == at && before.is_none_or(|before| before.turn + 1 == at);
        let (Some(label), true) = (label, is_in_order) else { continue };
        let mut believed = before.map_or(nothing, |before| before.believed[peer]);
        let mut likely = StateSet::of(&[before.map_or(State::Closed, |before| before.likely[peer])]);
        if epoch.from == peer {
            believed = believed.union(epoch.believed[peer]);
            likely = likely.union(StateSet::of(&[epoch.likely[peer]]));
        }
        let state = label.state.map_or(Some(State::Closed), KernelState::state);
        let Some(state) = state else { continue };
        said.all += 1;
        said.likely += u64::from(fits(likely, state));
        if !fits(believed, state) {
            said.outside += 1;
            let names: Vec<&str> = believed.iter().map(State::name).collect();
            let what = || format!("at frame {} labelled {}, believed {}", epoch.frame, state.name(), names.join(" "));
            said.example.get_or_insert_with(what);
        }
    }
    said
}

/// Whether a state is among some. Whether somebody listens is nothing that a connection shows before it is answered.
fn fits(states: StateSet, state: State) -> bool {
    let listens = matches!(state, State::Listen | State::Closed);
    states.contains(state) || listens && (states.contains(State::Listen) || states.contains(State::Closed))
}
