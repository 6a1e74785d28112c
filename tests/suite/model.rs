//! Honest endpoints against a judge: two machines written from RFC 9293's text exchange segments over links that
//! lose, double and reorder, and whatever a tap records of that must be judged honest, and its states right.
//!
//! The machines share no code with the judge, so that one misreading is not on both sides. [`check`] states what a
//! judge is held to; the tests below are of the machines themselves, and of [`check`].

mod arrival;
mod dice;
mod endpoint;
mod ends;
mod engine;
mod exchange;
mod exchanges;
mod figures;
mod knowledge;
mod links;
mod run;
mod tap;
mod user;
mod windows;

use endpoint::State;
use knowledge::Knowledge;
use run::{Config, Moment, Run, Seen, Tap, Trouble, run};
use std::collections::{BTreeMap, BTreeSet};
use synfin::peer::{Peer, PerPeer};
use synfin::seq::Seq;
use synfin::timestamp::Elapsed;
use synfin::trace::{self, Step};

/// Whoever watches one connection at one tap.
pub(crate) trait Judge {
    /// The tap has recorded a segment.
    fn segment(&mut self, seen: &Seen);
    /// The state that the endpoint is most likely in now; `None` for one that has shown nothing.
    fn likely(&self, peer: Peer) -> Option<&'static str>;
    /// All states it can be in, moves that show no segment included.
    fn allowed(&self, peer: Peer) -> Vec<&'static str>;
    /// Whether a retransmission has just shown that something presumed had not arrived when it was sent: it may be lost,
    /// or have arrived since, and no tap can tell.
    fn doubts(&self, peer: Peer) -> bool;
    /// Every violation found so far, as a line to read.
    fn violations(&self) -> Vec<String>;
}

/// Shows the exchange to the judge. Whenever the tap can know all, the likely state must be the truth; whenever it
/// can know something, the truth must be allowed; and nobody may be accused.
///
/// # Errors
///
/// What the judge got wrong first, behind the exchange up to there in trace notation.
pub(crate) fn check(run: &Run, judge: &mut dyn Judge) -> Result<(), String> {
    let seed = run.seed;
    first_wrong(&run.moments, judge, |judge, index| judge.segment(&run.seen[index]))
        .map_err(|(shown, said)| format!("{}seed {seed}, after frame {shown}: {said}", written(run, shown)))
}

/// What the judge gets wrong first, and after how many frames, if `show` shows it those one by one.
fn first_wrong<J: Judge + ?Sized>(
    moments: &[Moment],
    judge: &mut J,
    show: impl Fn(&mut J, usize),
) -> Result<(), (usize, String)> {
    let mut shown = 0;
    for moment in moments {
        (shown..moment.seen).for_each(|index| show(judge, index));
        shown = moment.seen;
        let wrong = |peer: Peer, said: String| (shown, format!("peer {peer} is in {}, {said}", moment.states[peer]));
        for peer in Peer::BOTH {
            let (truth, knowledge) = (moment.states[peer], moment.knowledge[peer]);
            let (likely, allowed) = (judge.likely(peer), judge.allowed(peer));
            if knowledge >= Knowledge::Behind && !allowed.contains(&truth) {
                return Err(wrong(peer, format!("the judge allows {allowed:?}")));
            }
            if knowledge == Knowledge::Complete && likely != Some(truth) && !judge.doubts(peer) {
                return Err(wrong(peer, format!("the judge says {likely:?}")));
            }
        }
        if let Some(violation) = judge.violations().first() {
            return Err(wrong(Peer::A, format!("and both are honest, the judge says {violation}")));
        }
    }
    Ok(())
}

/// The last segments recorded, in trace notation.
fn written(run: &Run, shown: usize) -> String {
    let step = |(index, seen): (usize, &Seen)| {
        let before = index.checked_sub(1).and_then(|before| run.seen.get(before));
        Step {
            from: seen.from,
            seq: Seq::new(seen.seq),
            len: seen.len,
            flags: seen.flags,
            ack: seen.ack.map(Seq::new),
            window: seen.window,
            options: Vec::new(),
            attributes: Vec::new(),
            since_previous: before.map_or(Elapsed::from_ns(0), |before| seen.time.since(before.time)),
            states: PerPeer { a: "?".to_owned(), b: "?".to_owned() },
            broken: Vec::new(),
            noted: Vec::new(),
            silent: Vec::new(),
            line: index + 1,
        }
    };
    let steps: Vec<Step> = run.seen.iter().enumerate().take(shown).map(step).collect();
    trace::print(&steps)
}

const BAD: Trouble = Trouble { lost: 12, doubled: 6, overtaken: 10 };
const GOOD: Trouble = Trouble { lost: 0, doubled: 0, overtaken: 0 };

/// Every kind of exchange the judge is tried on, by name.
const CONFIGS: [(&str, Config); 6] = [
    (
        "links that only delay",
        Config { tap: Tap::Midway, before: GOOD, after: GOOD, missed: 0, aborts: 15, events: 150 },
    ),
    ("bad links, tap at A", Config { tap: Tap::AtA, before: BAD, after: BAD, missed: 0, aborts: 15, events: 400 }),
    ("bad links, tap at B", Config { tap: Tap::AtB, before: BAD, after: BAD, missed: 0, aborts: 15, events: 400 }),
    (
        "bad links behind the tap",
        Config { tap: Tap::Midway, before: GOOD, after: BAD, missed: 0, aborts: 15, events: 400 },
    ),
    (
        "bad links on both sides",
        Config { tap: Tap::Midway, before: BAD, after: BAD, missed: 0, aborts: 15, events: 400 },
    ),
    (
        "a tap that misses some",
        Config { tap: Tap::Midway, before: BAD, after: BAD, missed: 5, aborts: 15, events: 400 },
    ),
];

/// Exchanges a config is tried with.
const RUNS: u64 = 4_000;

#[test]
fn the_same_seed_gives_the_same_exchange() {
    for (_, config) in CONFIGS {
        assert_eq!(run(7, &config), run(7, &config));
        assert_ne!(run(7, &config).seen, run(8, &config).seen);
    }
}

#[test]
fn every_state_but_listen_is_reached_and_known() {
    let mut anywhere = BTreeSet::new();
    for (name, config) in CONFIGS.iter().filter(|(_, config)| config.missed == 0) {
        let mut known = BTreeMap::<&str, u64>::new();
        for seed in 0..RUNS {
            for moment in run(seed, config).moments {
                for peer in Peer::BOTH.into_iter().filter(|peer| moment.knowledge[*peer] == Knowledge::Complete) {
                    *known.entry(moment.states[peer]).or_default() += 1;
                }
            }
        }
        println!("{name}: {known:?}");
        // At B, a SYN that is seen is answered already: what A is in then, B's tap cannot know.
        let wanted = if config.tap == Tap::AtB { 9 } else { 10 };
        assert!(known.len() >= wanted && known.values().all(|times| *times > 20), "{name}: {known:?}");
        anywhere.extend(known.into_keys());
    }
    assert_eq!(anywhere.len(), 10, "{anywhere:?}");
    assert!(!anywhere.contains("LISTEN"));
}

#[test]
fn the_endpoints_move_along_the_arrows_of_figure_5_and_its_text() {
    use State::*;
    // Figure 5 with its notes; then what only the text has: a FIN that comes with the ACK of the SYN (Section
    // 3.10.7.4, eighth), CLOSE in SYN-RECEIVED, and whatever ABORT, RESET and the user timeout end.
    let arrows = BTreeSet::from([
        (Closed, SynSent),
        (Listen, SynSent),
        (Listen, SynReceived),
        (SynSent, Established),
        (SynSent, SynReceived),
        (SynReceived, Established),
        (SynReceived, FinWait1),
        (SynReceived, Listen),
        (Established, FinWait1),
        (Established, CloseWait),
        (FinWait1, FinWait2),
        (FinWait1, Closing),
        (FinWait2, TimeWait),
        (Closing, TimeWait),
        (CloseWait, LastAck),
    ]);
    let mut gone = BTreeSet::new();
    for seed in 0..RUNS {
        for (_, config) in CONFIGS {
            let moves = run(seed, &config).moves;
            gone.extend(moves.a.into_iter().chain(moves.b).filter(|(_, to)| *to != Closed));
        }
    }
    assert_eq!(gone, arrows);
}

#[test]
fn over_links_that_only_delay_every_octet_arrives_and_both_ends_part_in_peace() {
    let config = Config { tap: Tap::Midway, before: GOOD, after: GOOD, missed: 0, aborts: 0, events: 200 };
    let mut parted = 0;
    for seed in 0..RUNS {
        let run = run(seed, &config);
        let end = run.moments.last().unwrap_or_else(|| panic!("seed {seed}: no moment"));
        let ends = [end.states.a, end.states.b];
        assert!(ends.iter().all(|it| !matches!(*it, "FIN-WAIT-1" | "CLOSING" | "LAST-ACK")), "seed {seed}: {ends:?}");
        let gave_up = run
            .moves
            .a
            .iter()
            .chain(&run.moves.b)
            .any(|(from, to)| *to == State::Closed && !matches!(from, State::LastAck | State::TimeWait));
        if ends.iter().all(|it| matches!(*it, "TIME-WAIT" | "CLOSED")) && !gave_up {
            assert_eq!((run.sent.a, run.sent.b), (run.received.b, run.received.a), "seed {seed}");
            parted += 1;
        }
    }
    assert!(parted > RUNS / 4, "only {parted} exchanges were whole");
}

#[test]
fn nobody_acknowledges_what_was_never_sent_or_sends_beyond_what_was_granted() {
    for (name, config) in CONFIGS.iter().filter(|(_, config)| config.missed == 0) {
        for seed in 0..RUNS / 4 {
            let run = run(seed, config);
            let (mut ends, mut edges) = (PerPeer::<Option<u32>>::default(), PerPeer::<Option<u32>>::default());
            for (index, seen) in run.seen.iter().enumerate().filter(|(_, seen)| !seen.flags.rst()) {
                let (own, other) = (seen.from, seen.from.other());
                let end = seen.seq.wrapping_add(seen.len + u32::from(seen.flags.syn()) + u32::from(seen.flags.fin()));
                let later = |old: Option<u32>, new| old.filter(|old| endpoint::before(new, *old)).or(Some(new));
                ends[own] = later(ends[own], end);
                if let Some(edge) = edges[own] {
                    // One octet more for a FIN, or for a probe of a shut window.
                    assert!(
                        !endpoint::before(edge.wrapping_add(1), end),
                        "{name}, seed {seed}\n{}",
                        written(&run, index + 1)
                    );
                }
                if let Some(ack) = seen.ack {
                    let sent = ends[other].unwrap_or_else(|| panic!("{name}, seed {seed}: an ACK of nothing"));
                    assert!(!endpoint::before(sent, ack), "{name}, seed {seed}\n{}", written(&run, index + 1));
                    edges[other] = later(edges[other], ack.wrapping_add(u32::from(seen.window)));
                }
            }
        }
    }
}

#[test]
fn a_judge_that_only_knows_the_figures_is_right_wherever_the_tap_can_know_all() {
    for (name, config) in CONFIGS {
        for seed in 0..RUNS {
            let outcome = check(&run(seed, &config), &mut figures::Figures::default());
            assert_eq!(outcome, Ok(()), "{name}");
        }
    }
}

/// For each config, in how many of its exchanges the engine may leave out the true state, and in how many it may for a
/// moment think another state likeliest that it allows beside the true one: as many as there are, and not one more. They
/// are of three kinds: a RST is not at the number that its receiver expects, since what its sender sent before was lost or
/// comes later, and so may be anyone's (CLOSED is the truth then); a FIN is captured before its own side's SYN, which its
/// receiver had to ignore, or only when it answers the other's, so that the order of both closes is not seen (CLOSING or
/// TIME-WAIT); a SYN is captured behind the RST that ended its attempt, and looks like a new one.
const OFF: [(usize, usize); 6] = [(0, 2), (1, 8), (0, 2), (0, 5), (1, 2), (0, 0)];

#[test]
fn the_engine_accuses_nobody_and_allows_the_truth_and_mostly_takes_it_for_likeliest() {
    let mut failures = Vec::new();
    for ((name, config), (may_be_wrong, may_be_unlikely)) in CONFIGS.into_iter().zip(OFF) {
        let (mut wrong, mut unlikely) = (Vec::new(), Vec::new());
        for seed in 0..RUNS {
            let run = run(seed, &config);
            let mut engine = engine::Engine::default();
            let outcome = check(&run, &mut engine).and_then(|()| match engine.finish().first() {
                Some(violation) => Err(format!("{}seed {seed}, at the end: {violation}", written(&run, usize::MAX))),
                None => Ok(()),
            });
            let Err(error) = outcome else { continue };
            println!("{name}: {}", error.lines().last().unwrap_or_default());
            if error.contains("both are honest") || error.contains("at the end:") {
                failures.push(format!("{name}:\n{error}\n"));
            } else if error.contains("the judge says Some(") {
                unlikely.push(error);
            } else {
                wrong.push(error);
            }
        }
        println!("{name}: {} wrong, {} with another state likeliest, of {RUNS}", wrong.len(), unlikely.len());
        for (found, most) in [(wrong, may_be_wrong), (unlikely, may_be_unlikely)] {
            if found.len() > most {
                failures.push(format!("{name}: {} where {most} are known:\n{}\n", found.len(), found.join("\n")));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.concat());
}

#[test]
fn a_tap_that_doubles_and_swaps_accuses_nobody_and_changes_no_end() {
    let mut failures = Vec::new();
    let mut frames = (0, 0);
    for (name, config) in CONFIGS {
        for seed in 0..RUNS {
            let run = run(seed, &config);
            let recorded = tap::tapped(&run);
            frames = (frames.0 + run.seen.len(), frames.1 + recorded.len());
            let [plain, tapped] = [&run.seen, &recorded].map(|seen| {
                let mut engine = engine::Engine::default();
                seen.iter().for_each(|it| engine.segment(it));
                engine.close();
                (engine.violations(), Peer::BOTH.map(|peer| engine.likely(peer)))
            });
            if plain != tapped && failures.len() < 5 {
                let text = written(&Run { seen: recorded, ..run }, usize::MAX);
                failures.push(format!("{name}, seed {seed}: {plain:?} became {tapped:?} of\n{text}\n"));
            }
        }
    }
    println!("{} frames became {}", frames.0, frames.1);
    assert!(failures.is_empty(), "{}", failures.concat());
}

#[test]
fn a_judge_that_is_wrong_is_found_out() {
    struct Wrong(&'static str, Vec<&'static str>, Vec<String>);
    impl Judge for Wrong {
        fn segment(&mut self, _: &Seen) {}
        fn likely(&self, _: Peer) -> Option<&'static str> {
            Some(self.0)
        }
        fn allowed(&self, _: Peer) -> Vec<&'static str> {
            self.1.clone()
        }
        fn doubts(&self, _: Peer) -> bool {
            false
        }
        fn violations(&self) -> Vec<String> {
            self.2.clone()
        }
    }
    let run = run(1, &CONFIGS[0].1);
    let all = trace::STATES.to_vec();
    for (mut judge, said) in [
        (Wrong("LISTEN", all.clone(), vec![]), "the judge says Some(\"LISTEN\")"),
        (Wrong("SYN-SENT", vec!["TIME-WAIT"], vec![]), "the judge allows [\"TIME-WAIT\"]"),
        (Wrong("SYN-SENT", all, vec!["fin-last".to_owned()]), "the judge says fin-last"),
    ] {
        let error = check(&run, &mut judge).expect_err(said);
        assert!(error.ends_with(said) && error.contains("seed 1"), "{error}");
    }
}
