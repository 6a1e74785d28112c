//! Each guard: a breach that is charged where nothing speaks against it, and is undecided for the guard's own reason where
//! the capture shows what the guard is about.

use std::io;
use synfin::analysis::Analyzer;
use synfin::analysis::event::{Event, Sink};
use synfin::packet::{Losses, Packet, Stamping};
use synfin::rules::by_id;
use synfin::rules::guard::known::{GUARDS, Guard};
use synfin::rules::judge::Outcome;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;

/// What a rule said at its first breach: its reason where it is undecided, none where it is broken.
struct Breach(&'static str, Option<Option<&'static str>>);

impl Sink for Breach {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Connection(ended) = event {
            for judged in ended.record.findings.iter().filter(|judged| judged.rule.id == self.0) {
                let said = match judged.outcome {
                    Outcome::Broken(_) => None,
                    Outcome::Undecided => Some(judged.why.unwrap_or_default()),
                    Outcome::Holds | Outcome::Noted => continue,
                };
                self.1.get_or_insert(said);
            }
        }
        Ok(())
    }
}

/// What the capture does beside what the trace says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capture {
    /// Nothing.
    Whole,
    /// It says that it lost a packet.
    Lost,
    /// It says of no packet when it came.
    Unstamped,
    /// It cuts the last octets of this frame.
    Cuts(u64),
}

/// The reason of `rule` on `trace`: `None` if it did not speak, `Some(None)` if it charged somebody.
fn said(rule: &'static str, trace: &str, capture: Capture) -> Option<Option<&'static str>> {
    let steps = parse(trace).unwrap_or_else(|error| panic!("{error}\n{trace}"));
    let made = captured(&steps, Carrier::Raw4).unwrap_or_else(|error| panic!("{error}\n{trace}"));
    let (mut analyzer, mut breach) = (Analyzer::new(), Breach(rule, None));
    if capture == Capture::Lost {
        analyzer.note_losses(Losses { kernel: Some(1), ..Losses::default() });
    }
    for (frame, (at, bytes)) in (1..).zip(&made.frames) {
        let wire_len = u32::try_from(bytes.len()).expect("short");
        let kept = if capture == Capture::Cuts(frame) { bytes.len() - 2 } else { bytes.len() };
        let bytes = bytes.get(..kept).expect("a packet is longer");
        let stamping = if capture == Capture::Unstamped { Stamping::Untold } else { Stamping::Told };
        let packet = Packet { frame, at: *at, stamping, link: made.link, interface: 0, bytes, wire_len };
        analyzer.observe(&packet, &mut breach).expect("taken");
    }
    analyzer.finish(&mut breach).expect("taken");
    breach.1
}

const OPENS: &str = "
SYN-SENT    > S  100:100(0)                  > LISTEN
ESTABLISHED < S. 300:300(0) ack 101 win 20   < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301          > ESTABLISHED
";
const HELLO: &str = "
ESTABLISHED > P. 101:111(10) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 111 win 10   < ESTABLISHED
";
/// B grants ten octets, A sends twenty; B takes ten and grants no more.
const BEYOND: &str = "
ESTABLISHED > P. 111:131(20) ack 301         > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 121 win 0    < ESTABLISHED
";
/// A's FIN, and octets behind it.
const BEHIND: &str = "
FIN-WAIT-1  > F. 111:111(0) ack 301          > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 112          < CLOSE-WAIT
FIN-WAIT-2  > P. 112:117(5) ack 301          > CLOSE-WAIT
";
/// A RST at the number of the own FIN: it answers what left before the FIN arrived.
const RESET: &str = "
FIN-WAIT-1  > F. 111:111(0) ack 301                 > CLOSE-WAIT
FIN-WAIT-1  < P. 301:306(5) ack 111                 < CLOSE-WAIT
CLOSED      > R  111:111(0)                         > CLOSED
";
/// The same octets again, and others.
const OTHER: &str = "
ESTABLISHED > P. 101:111(10) ack 301                > ESTABLISHED
ESTABLISHED > P. 101:111(10) ack 301 {text 9} +1.0  > ESTABLISHED
";
/// A segment that is no SYN says its largest segment.
const MSS: &str = "ESTABLISHED > P. 111:116(5) ack 301 <mss 1460> > ESTABLISHED\n";

#[track_caller]
fn check(id: &str, rule: &'static str, [plain, guarded]: [&[&str]; 2], capture: Capture) {
    let guard: &Guard = Guard::named(id).expect("a guard");
    let (plain, guarded) = (plain.concat(), guarded.concat());
    assert_eq!(said(rule, &plain, Capture::Whole), Some(None), "{id}: {rule} charges nobody where nothing excuses it");
    let why = said(rule, &guarded, capture).flatten();
    assert!(why.is_some_and(|why| guard.whys.contains(&why)), "{id}: {rule} says {why:?}");
}

#[test]
fn each_guard_excuses_what_is_charged_without_it() {
    let beyond: &[&str] = &[OPENS, HELLO, BEYOND];
    let behind: &[&str] = &[OPENS, HELLO, BEHIND];
    check("gap", "data-in-window", [beyond, beyond], Capture::Lost);
    check("clock", "data-in-window", [beyond, beyond], Capture::Unstamped);
    let back = HELLO.replacen("ack 301  ", "ack 301 -1.000 ", 1);
    check("clock", "data-in-window", [beyond, &[OPENS, &back, BEYOND]], Capture::Whole);
    let hole = HELLO.replace("101:111(10)", "106:111(5)");
    check("gap", "data-in-window", [beyond, &[OPENS, &hole, BEYOND]], Capture::Whole);
    check("midstream", "fin-last", [behind, &[HELLO, BEHIND]], Capture::Whole);
    let two = "SYN-SENT > S 90000:90000(0) > LISTEN\n";
    check("anew", "fin-last", [behind, &[two, OPENS, HELLO, BEHIND]], Capture::Whole);
    let far = BEYOND.replace("111:131(20) ack 301", "111:131(20) ack 301 {ttl 44}");
    check("stranger", "data-in-window", [beyond, &[OPENS, HELLO, &far]], Capture::Whole);
    let other: &[&str] = &[OPENS, OTHER];
    let whole = other.concat();
    let sent: Vec<&str> = whole.lines().filter(|line| line.contains(" > ")).collect();
    check("one-way", "rexmit-same-bytes", [other, &[&sent.join("\n")]], Capture::Whole);
    let reset = [OPENS, HELLO, RESET].concat();
    let sent: Vec<&str> = reset.lines().filter(|line| line.contains(" > ")).collect();
    let why = said("rst-form-abort", &sent.join("\n"), Capture::Whole).flatten();
    assert!(why.is_some_and(|why| why.contains("one direction")), "{why:?}");
    let moved = "ESTABLISHED > . 101:101(0) ack 900001 > ESTABLISHED\nESTABLISHED < P. 900001:900006(5) ack 101 < ESTABLISHED\n";
    let on = OTHER.replace("ack 301", "ack 900006");
    check("renumbered", "rexmit-same-bytes", [other, &[OPENS, moved, &on]], Capture::Whole);
    let mss: &[&str] = &[OPENS, HELLO, MSS];
    check("snap", "opt-mss-syn-only", [mss, mss], Capture::Cuts(6));
    let damaged = HELLO.replacen("ack 111 win 10", "ack 111 win 10 {bad-checksum}", 1);
    check("unverifiable", "opt-mss-syn-only", [mss, &[OPENS, &damaged, HELLO, MSS]], Capture::Cuts(8));
}

#[test]
fn who_judges_by_what_the_sender_does_next_charges_nobody_where_the_capture_loses_or_damages_packets() {
    const DAMAGED: &str = "ESTABLISHED < . 301:301(0) ack 101 {bad-checksum} < ESTABLISHED\n";
    for id in ["ack-not-beyond-sent", "sack-within-sent"] {
        let trace = by_id(id).expect("a rule").broken_by;
        assert_eq!(said(id, trace, Capture::Whole), Some(None), "{id}");
        let damaged: Vec<&str> = trace.split_inclusive('\n').collect();
        let (opens, rest) = damaged.split_at(5);
        let damaged = [&opens.concat(), DAMAGED, &rest.concat()].concat();
        for (trace, capture) in [(trace, Capture::Lost), (&damaged, Capture::Whole)] {
            let why = said(id, trace, capture).flatten();
            assert!(why.is_some_and(|why| why.contains("missed or damaged")), "{id}: {why:?}\n{trace}");
        }
    }
}

#[test]
fn every_guard_is_checked_here_but_the_one_of_bounds() {
    // What is forgotten is checked where the bounds are.
    let here = ["gap", "clock", "midstream", "anew", "stranger", "one-way", "snap", "unverifiable", "renumbered"];
    let all: Vec<&str> = GUARDS.iter().map(|guard| guard.id).filter(|id| *id != "forgotten").collect();
    assert!(all.len() == here.len() && all.iter().all(|id| here.contains(id)), "{all:?}");
}
