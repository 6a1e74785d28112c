//! The links between two endpoints, past a tap: each has a part before the tap and a part after it, and either may lose, double
//! and reorder what is on it. What is on them is whatever the endpoints exchange.

use super::dice::Dice;
use super::run::{Tap, Trouble};
use std::collections::VecDeque;
use synfin::peer::{Peer, PerPeer};

/// Both directions.
pub(super) struct Links<T> {
    tap: Tap,
    before: Trouble,
    after: Trouble,
    to_tap: PerPeer<VecDeque<T>>,
    from_tap: PerPeer<VecDeque<T>>,
}

/// What happens to something on a link.
pub(super) enum Moved<T> {
    /// It passes the tap.
    Passed(T),
    /// It passes the tap, which stands where it goes to.
    PassedAndArrived(T),
    Arrived(T),
}

impl<T: Clone> Links<T> {
    pub(super) fn new(tap: Tap, before: Trouble, after: Trouble) -> Self {
        let (to_tap, from_tap) = (PerPeer::default(), PerPeer::default());
        Self { tap, before, after, to_tap, from_tap }
    }

    /// From now on nothing is lost, doubled or overtaken.
    pub(super) fn calm(&mut self) {
        (self.before, self.after) = (Trouble::default(), Trouble::default());
    }

    pub(super) fn is_empty(&self) -> bool {
        Peer::BOTH.iter().all(|peer| self.is_empty_from(*peer))
    }

    pub(super) fn is_empty_from(&self, from: Peer) -> bool {
        self.to_tap[from].is_empty() && self.from_tap[from].is_empty()
    }

    fn is_tap_at(&self, peer: Peer) -> bool {
        self.tap == if peer == Peer::A { Tap::AtA } else { Tap::AtB }
    }

    /// `from` sends this: it passes a tap that stands there at once.
    pub(super) fn sent(&mut self, from: Peer, it: T) -> Option<Moved<T>> {
        if self.is_tap_at(from) {
            self.from_tap[from].push_back(it.clone());
            return Some(Moved::Passed(it));
        }
        self.to_tap[from].push_back(it);
        None
    }

    /// The next of `from` reaches the tap, unless it is lost before.
    pub(super) fn reach_tap(&mut self, from: Peer, dice: &mut Dice) -> Option<Moved<T>> {
        let it = take(&mut self.to_tap[from], self.before, dice)?;
        if self.is_tap_at(from.other()) {
            return Some(Moved::PassedAndArrived(it));
        }
        self.from_tap[from].push_back(it.clone());
        Some(Moved::Passed(it))
    }

    /// The next of `from` arrives, unless it is lost behind the tap.
    pub(super) fn reach_end(&mut self, from: Peer, dice: &mut Dice) -> Option<Moved<T>> {
        take(&mut self.from_tap[from], self.after, dice).map(Moved::Arrived)
    }
}

/// Takes the next off a link; `None` if there is none, or it is lost.
fn take<T: Clone>(link: &mut VecDeque<T>, trouble: Trouble, dice: &mut Dice) -> Option<T> {
    let last = u32::try_from(link.len()).unwrap_or(u32::MAX);
    let at = if dice.chance(trouble.overtaken) { dice.roll(last) } else { 0 };
    let it = link.remove(usize::try_from(at).unwrap_or(0))?;
    if dice.chance(trouble.doubled) {
        link.push_back(it.clone());
    }
    (!dice.chance(trouble.lost)).then_some(it)
}
