//! What the wire shows of an endpoint beside what its kernel did: move by move, and as whole paths.

use super::life::{Move, Told};
use crate::tcp::state::State;
use crate::timestamp::{Elapsed, Timestamp};

/// Up to so much earlier the kernel still moved "at" the segment that shows it: it moves before it sends.
const AT_ONCE: Elapsed = Elapsed::from_ns(1_000_000);

/// A move that a capture shows and does not take back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// When the segment that shows it was captured.
    pub at: Timestamp,
    /// Where to.
    pub to: State,
}

/// What the kernel says to a move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// It made it, so much after the segment was captured; before, if negative.
    Agrees(Elapsed),
    /// It made it, and tells of it only once it is over: so much after the segment was captured.
    ToldLate(Elapsed),
    /// It had made it long before.
    Earlier(Elapsed),
    /// It went elsewhere, or nowhere.
    Disagrees(Option<State>),
    /// It has no event for it.
    CannotSee,
}

impl Word {
    /// `agrees`, `told-late`, `earlier`, `disagrees` or `cannot-see`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Agrees(_) => "agrees",
            Self::ToldLate(_) => "told-late",
            Self::Earlier(_) => "earlier",
            Self::Disagrees(_) => "disagrees",
            Self::CannotSee => "cannot-see",
        }
    }
}

/// What the kernel says to each of the moves shown. `kernel` is `None` if no socket came to be.
#[must_use]
pub fn words(kernel: Option<&[Move]>, shown: &[Shown]) -> Vec<Word> {
    let Some(kernel) = kernel else {
        // A request that never became a socket; and a host without a socket at all.
        let unseen = |state| matches!(state, State::SynReceived | State::Listen | State::Closed);
        return shown
            .iter()
            .map(|shown| if unseen(shown.to) { Word::CannotSee } else { Word::Disagrees(None) })
            .collect();
    };
    let mut left = kernel.iter().peekable();
    let mut before = None;
    let mut words = Vec::new();
    let mut is_lost = false;
    for step in shown {
        // Steps that the wire takes in one, the kernel in two.
        if passes_through(before, step.to) == left.peek().map(|next| next.to) && left.peek().is_some() {
            left.next();
        }
        before = Some(step.to);
        let word = match left.next() {
            _ if is_lost => Word::CannotSee,
            Some(next) if next.to == step.to => word(next, step),
            Some(next) => {
                is_lost = true;
                Word::Disagrees(Some(next.to))
            }
            // The end of TIME-WAIT.
            None if step.to == State::Closed && kernel.last().is_some_and(|last| last.to == State::TimeWait) => {
                Word::CannotSee
            }
            None => {
                is_lost = true;
                Word::Disagrees(None)
            }
        };
        words.push(word);
    }
    words
}

/// Whether both went through the same states, from the first to the last.
#[must_use]
pub fn is_same(kernel: Option<&[Move]>, shown: &[Shown]) -> bool {
    let agreed = words(kernel, shown).iter().all(|word| !matches!(word, Word::Disagrees(_)));
    let Some(kernel) = kernel else { return agreed };
    let mut whole = whole(shown);
    if let [.., State::TimeWait, State::Closed] = whole.as_slice() {
        // No event tells the end of TIME-WAIT.
        whole.pop();
    }
    agreed && kernel.iter().map(|step| step.to).eq(whole)
}

/// Two moves of a kernel are one act if they are no further apart.
const ONE_ACT: Elapsed = Elapsed::from_ns(100_000);

/// Why the two differ although neither is wrong: no segment at this tap can tell. Each is checked, none is assumed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Excuse {
    /// No socket came of the handshake, though all its segments passed: the queue was full, the listener gone, or a cookie
    /// kept no state. The end has then sent neither data nor a FIN.
    NoSocket,
    /// The kernel closed without a segment: it gave up, or its program did before the SYN-ACK came.
    EndsUnseen,
    /// The program closed, but its FIN waited behind data, and the other's FIN came meanwhile or the record ended.
    FinWaited,
    /// FIN-WAIT-2 without a program is told as closed at once, as TIME-WAIT is: a reset, or its time, ended it.
    SmallForm,
    /// The other's FIN and the acknowledgment behind it waited for a busy socket, and Linux made one segment of them
    /// (`tcp_add_to_backlog`): then the acknowledgment counts first. The kernel made both moves in one act, and not before both
    /// segments had passed the tap.
    TakenTogether,
}

impl Excuse {
    /// `no-socket`, `ends-unseen`, `fin-waited`, `small-form` or `taken-together`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoSocket => "no-socket",
            Self::EndsUnseen => "ends-unseen",
            Self::FinWaited => "fin-waited",
            Self::SmallForm => "small-form",
            Self::TakenTogether => "taken-together",
        }
    }
}

/// The excuse for a difference, if it has one.
#[must_use]
pub fn excuse(kernel: Option<&[Move]>, shown: &[Shown]) -> Option<Excuse> {
    use State::{CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, TimeWait};
    let whole = whole(shown);
    let Some(kernel) = kernel else {
        let needs_none = |state: &State| matches!(state, SynReceived | Established | CloseWait | Closed | Listen);
        return whole.iter().all(needs_none).then_some(Excuse::NoSocket);
    };
    let moves = kernel;
    let kernel: Vec<State> = moves.iter().map(|step| step.to).collect();
    if let [before @ .., Closed] = kernel.as_slice()
        && before == whole
    {
        return Some(Excuse::EndsUnseen);
    }
    let same = kernel.iter().zip(&whole).take_while(|(kernel, shown)| kernel == shown).count();
    match (kernel.get(same..).unwrap_or_default(), whole.get(same..).unwrap_or_default()) {
        ([FinWait1, Closing, TimeWait | Closed] | [FinWait1, Closing], [CloseWait, LastAck, Closed] | [CloseWait, LastAck])
        // It waits still.
        | ([FinWait1, Closing], [CloseWait])
        | ([FinWait1 | LastAck], []) => Some(Excuse::FinWaited),
        ([TimeWait], [Closed] | []) if whole.get(same.wrapping_sub(1)) == Some(&FinWait2) => Some(Excuse::SmallForm),
        ([FinWait2, TimeWait], [Closing, TimeWait] | [Closing, TimeWait, Closed]) => {
            let both = shown.iter().rfind(|step| step.to == TimeWait)?.at;
            let (acknowledged, heard) = (moves.get(same)?.at, moves.get(same + 1)?.at);
            let is_one_act =
                heard.since(acknowledged).as_ns() <= ONE_ACT.as_ns() && acknowledged.since(both).as_ns() >= 0;
            is_one_act.then_some(Excuse::TakenTogether)
        }
        _ => None,
    }
}

/// The states shown, with those that the wire passes in one step.
#[must_use]
pub fn whole(shown: &[Shown]) -> Vec<State> {
    let mut whole: Vec<State> = Vec::new();
    for step in shown {
        whole.extend(passes_through(whole.last().copied(), step.to));
        whole.push(step.to);
    }
    whole
}

/// The state between two that one segment shows at once: a FIN that acknowledges ours (RFC 9293, figure 5, note 2), and a FIN
/// that completes the handshake.
const fn passes_through(from: Option<State>, to: State) -> Option<State> {
    match (from, to) {
        (Some(State::FinWait1), State::TimeWait) => Some(State::FinWait2),
        (Some(State::SynReceived), State::CloseWait) => Some(State::Established),
        _ => None,
    }
}

fn word(kernel: &Move, shown: &Shown) -> Word {
    let after = kernel.at.since(shown.at);
    match kernel.told {
        Told::Late => Word::ToldLate(after),
        Told::Early | Told::AtOnce if after.as_ns() < -AT_ONCE.as_ns() => Word::Earlier(after),
        Told::Early | Told::AtOnce => Word::Agrees(after),
    }
}

#[cfg(test)]
mod tests {
    use super::{Excuse, Shown, Word, excuse, is_same, words};
    use crate::tcp::state::State::{
        self, CloseWait, Closed, Established, FinWait1, FinWait2, SynReceived, SynSent, TimeWait,
    };
    use crate::timestamp::{Elapsed, Timestamp};
    use crate::witness::life::{Move, Told};

    fn kernel(steps: &[(i64, State)]) -> Vec<Move> {
        steps.iter().map(|(at, to)| Move { at: Timestamp::from_ns(*at), to: *to, told: Told::AtOnce }).collect()
    }

    fn wire(steps: &[(i64, State)]) -> Vec<Shown> {
        steps.iter().map(|(at, to)| Shown { at: Timestamp::from_ns(*at), to: *to }).collect()
    }

    const OPEN: [(i64, State); 3] = [(0, SynSent), (10, Established), (20, FinWait1)];

    #[test]
    fn one_step_on_the_wire_may_be_two_of_the_kernel() {
        let kernel = kernel(&[&OPEN[..], &[(30, FinWait2), (31, TimeWait)]].concat());
        let wire = wire(&[&OPEN[..], &[(28, TimeWait)]].concat());
        assert!(is_same(Some(&kernel), &wire));
        assert_eq!(words(Some(&kernel), &wire)[3], Word::Agrees(Elapsed::from_ns(3)));
    }

    #[test]
    fn a_state_that_the_kernel_was_not_in_is_a_disagreement_and_so_is_one_that_is_missing() {
        let kernel = kernel(&OPEN);
        assert!(!is_same(Some(&kernel), &wire(&[(0, SynSent), (10, Established), (20, CloseWait)])));
        assert!(!is_same(Some(&kernel), &wire(&OPEN[..2])));
        assert!(!is_same(Some(&kernel[..2]), &wire(&OPEN)));
        let shown = wire(&[(0, SynSent), (10, Closed), (20, Closed)]);
        let told = words(Some(&kernel), &shown);
        assert_eq!(told[1..], [Word::Disagrees(Some(Established)), Word::CannotSee]);
    }

    #[test]
    fn the_end_of_time_wait_is_nothing_that_the_kernel_tells() {
        let kernel = kernel(&[&OPEN[..], &[(30, FinWait2), (31, TimeWait)]].concat());
        let wire = wire(&[&OPEN[..], &[(28, TimeWait), (99, Closed)]].concat());
        assert!(is_same(Some(&kernel), &wire));
        assert_eq!(words(Some(&kernel), &wire)[4], Word::CannotSee);
    }

    #[test]
    fn an_excuse_needs_the_whole_path_to_fit() {
        let excused =
            |of_kernel: &[(i64, State)], on_wire: &[(i64, State)]| excuse(Some(&kernel(of_kernel)), &wire(on_wire));
        assert_eq!(excused(&[(0, SynSent), (9, Closed)], &OPEN[..1]), Some(Excuse::EndsUnseen));
        assert_eq!(excused(&[(0, SynSent), (9, Closed)], &OPEN[..2]), None);
        let waited = [(0, SynReceived), (1, Established), (2, FinWait1), (3, State::Closing), (4, TimeWait)];
        let seen = [(0, SynReceived), (1, Established), (2, CloseWait), (3, State::LastAck), (4, Closed)];
        assert_eq!(excused(&waited, &seen), Some(Excuse::FinWaited));
        assert_eq!(excused(&seen, &waited), None);
        let reset = [&waited[..4], &[(4, Closed)]].concat();
        assert_eq!(excused(&reset, &seen), Some(Excuse::FinWaited));
        assert_eq!(excused(&waited[..4], &seen[..3]), Some(Excuse::FinWaited));
        assert_eq!(excused(&waited[..3], &seen[..2]), Some(Excuse::FinWaited));
        assert_eq!(excused(&waited[..3], &seen[..3]), None);
        assert_eq!(excused(&seen[..4], &seen[..3]), Some(Excuse::FinWaited));
        assert_eq!(excuse(None, &wire(&seen[..2])), Some(Excuse::NoSocket));
        assert_eq!(excuse(None, &wire(&seen)), None);
        let merged = |at: i64| [&OPEN[..], &[(at, FinWait2), (at + 9_000, TimeWait)]].concat();
        let crossed = [&OPEN[..], &[(30, State::Closing), (50, TimeWait)]].concat();
        assert_eq!(excused(&merged(70), &crossed), Some(Excuse::TakenTogether));
        assert_eq!(excused(&merged(40), &crossed), None, "the acknowledgment had not come");
        let apart = [&OPEN[..], &[(70, FinWait2), (900_000, TimeWait)]].concat();
        assert_eq!(excused(&apart, &crossed), None, "two acts");
        let small = [&OPEN[..], &[(3, FinWait2), (4, TimeWait)]].concat();
        assert_eq!(excused(&small, &[&OPEN[..], &[(3, FinWait2), (9, Closed)]].concat()), Some(Excuse::SmallForm));
    }

    #[test]
    fn without_a_socket_nothing_beyond_a_request_may_be_shown() {
        assert!(is_same(None, &wire(&[(0, SynReceived)])));
        assert!(!is_same(None, &wire(&[(0, SynReceived), (1, Established)])));
    }

    #[test]
    fn a_fin_that_waited_behind_data_was_decided_earlier() {
        let kernel = kernel(&[(0, SynSent), (10, Established), (20, FinWait1)]);
        let told = words(Some(&kernel), &wire(&[(0, SynSent), (10, Established), (5_000_020, FinWait1)]));
        assert_eq!(told[2], Word::Earlier(Elapsed::from_ns(-5_000_000)));
    }
}
