//! The rungs of a ladder: one line per segment, more where the label does not fit, notes below.

use crate::peer::Peer;
use crate::report::clock::seconds;
use crate::report::layout::{columns, cut, left, right, wrap};
use crate::report::letters::Letters;
use crate::report::preview::preview;
use crate::report::rank::Rank;
use crate::report::style::{Ink, Style};
use crate::report::terminal::{Charset, neutral};
use crate::report::view::{FindingView, IcmpView, StepView};
use crate::report::words::Language;

/// The longest state name, `SYN-RECEIVED`.
const STATE: usize = 12;

/// Between the bars, at most, in columns.
const MOST_BETWEEN: usize = 76;

/// What an arrow needs beside its label: four dashes and a space before, a space, a dash and the point after.
const SHAFT: usize = 8;

/// The characters of a ladder.
#[derive(Clone, Copy)]
struct Strokes {
    bar: &'static str,
    thin: &'static str,
    thick: &'static str,
    dotted: &'static str,
    to_b: &'static str,
    to_a: &'static str,
}

/// For fonts and terminals that agree on the width of lines and arrows.
const DRAWN: Strokes = Strokes { bar: "│", thin: "─", thick: "═", dotted: "┄", to_b: "▶", to_a: "◀" };

/// For all others, and for Chinese, whose fonts draw them two columns wide.
const TYPED: Strokes = Strokes { bar: "|", thin: "-", thick: "=", dotted: ".", to_b: ">", to_a: "<" };

/// A ladder under way.
pub(super) struct Rungs<'s, 'w> {
    style: &'s Style<'w>,
    letters: Letters,
    strokes: Strokes,
    frame: usize,
    time: usize,
    between: usize,
    standing: [Option<&'static str>; 2],
    ranks: Vec<Rank>,
    text: String,
}

impl<'s, 'w> Rungs<'s, 'w> {
    /// For frame numbers of `frame` digits and times of `time` columns.
    pub(super) fn new(style: &'s Style<'w>, letters: Letters, frame: usize, time: usize) -> Self {
        let frame = frame.max(columns(&style.words.say("column-frame")));
        let time = time.max(columns(&style.words.say("column-seconds")));
        let taken = frame + time + 2 * STATE + 8;
        let drawn = style.charset == Charset::Utf8 && style.words.language() == Language::English;
        Self {
            style,
            letters,
            strokes: if drawn { DRAWN } else { TYPED },
            frame,
            time,
            between: style.columns().saturating_sub(taken).clamp(SHAFT + 8, MOST_BETWEEN),
            standing: [None; 2],
            ranks: Vec::new(),
            text: String::new(),
        }
    }

    /// `far_end` is who stands on the right: A itself if it is connected to itself.
    pub(super) fn head(&mut self, far_end: Peer, starts: [Option<&'static str>; 2]) {
        let words = self.style.words;
        let (frame, time) = (words.say("column-frame"), words.say("column-seconds"));
        let names = format!(
            "{}  {}  {}   {}   {far_end}",
            right(&frame, self.frame),
            right(&time, self.time),
            right("A", STATE),
            " ".repeat(self.between)
        );
        self.line(Ink::Strong, &names);
        if starts.iter().any(Option::is_some) {
            let [a, b] = starts.map(|state| state.unwrap_or(""));
            self.rung(Ink::Plain, "", "", a, &" ".repeat(self.between), b);
        }
        self.standing = starts;
    }

    pub(super) fn step(&mut self, step: &StepView) {
        let states = [step.states.a, step.states.b];
        let mut named = [""; 2];
        for ((named, standing), state) in named.iter_mut().zip(&mut self.standing).zip(states) {
            if let Some(state) = state.filter(|_| *standing != state) {
                *named = state;
            }
            *standing = state.or(*standing);
        }
        let ink = match step.found.first() {
            Some((rank @ (Rank::Violation | Rank::Anomaly), _)) => rank.ink(),
            _ if step.ignored.is_some() => Ink::Faint,
            _ => Ink::Plain,
        };
        let mut labels = self.labels(step).into_iter();
        let dash = if step.len > 0 { self.strokes.thick } else { self.strokes.thin };
        let shaft = self.shaft(step.from, dash, &labels.next().unwrap_or_default());
        let (frame, time) = (step.frame.to_string(), seconds(step.since_start_ns));
        self.rung(ink, &frame, &time, named[0], &shaft, named[1]);
        for label in labels {
            self.beside(ink, &label);
        }
        if let Some(kind) = step.kind {
            let kind = self.style.words.named("kind", kind);
            self.note(Ink::Faint, &kind);
        }
        if let Some(reason) = step.ignored {
            let reason = self.style.words.named("ignored", reason);
            let note = self.style.words.say_with("ladder-ignored", &[("reason", reason.into())]);
            self.note(Ink::Faint, &note);
        }
    }

    /// A rule that speaks of the line before, and what it found: the equation with its numbers, the clause, and the other
    /// frames that show it.
    pub(super) fn mark(&mut self, rank: Rank, rule: &str, finding: Option<&FindingView>) {
        let ink = if rank == Rank::Note { Ink::Faint } else { rank.ink() };
        if !self.ranks.contains(&rank) {
            self.ranks.push(rank);
        }
        self.note(ink, &format!("{} {rule}", rank.mark(self.style)));
        let Some(finding) = finding else { return };
        let comma = self.style.words.say("comma");
        let mut shown =
            format!("{}{comma}{}", neutral(&self.style.words.equation(finding.term, &finding.equation)), finding.cite);
        if !finding.evidence.is_empty() {
            let frames: Vec<String> = finding.evidence.iter().map(u64::to_string).collect();
            shown = format!("{shown}{comma}{} {}", self.style.words.say("column-shown-by"), frames.join(", "));
        }
        for line in wrap(&self.style.plain(&shown), self.between.saturating_sub(8)) {
            self.beside(Ink::Faint, &format!("  {line}"));
        }
    }

    /// An ICMP error, dotted: it is no segment, and who sent it may stand anywhere between the two.
    pub(super) fn icmp(&mut self, error: &IcmpView) {
        let words = self.style.words;
        let to = if error.to == Peer::A.id() { Peer::A } else { Peer::B };
        let ink = Ink::Doubt;
        let label = words.say_with("ladder-icmp", &[("kind", words.named("icmp", error.kind).into())]);
        let shaft = self.shaft(to.other(), self.strokes.dotted, &cut(&label, self.between - SHAFT, ""));
        self.rung(ink, &error.frame.to_string(), &seconds(error.since_start_ns), "", &shaft, "");
        let values = [
            ("from", neutral(&error.from).into()),
            ("seq", self.letters.write(self.style.numbers, to, error.seq).into()),
            ("fit", words.named("icmp-fit", error.fit).into()),
        ];
        self.note(ink, &words.say_with("ladder-icmp-from", &values));
        if let Some(mtu) = error.mtu {
            self.note(ink, &words.say_with("ladder-icmp-mtu", &[("mtu", mtu.to_string().into())]));
        }
        if error.effect == "may-close" {
            self.note(ink, &words.say_with("ladder-icmp-may-close", &[("to", to.to_string().into())]));
        }
    }

    /// A note that a state shown just now turned out wrong.
    pub(super) fn retracted(&mut self, peer: &str, state: &str, by: u64) {
        let values = [("peer", peer.to_ascii_uppercase().into()), ("state", state.into()), ("frame", by.into())];
        let note = self.style.words.say_with("ladder-retracted", &values);
        self.note(Ink::Doubt, &note);
    }

    pub(super) fn folded(&mut self, run: &[StepView]) {
        let octets =
            |peer: Peer| run.iter().filter(|step| step.from == peer).map(|step| u64::from(step.len)).sum::<u64>();
        let words = self.style.words;
        let mut note = words.say_with("ladder-folded", &[("count", run.len().into())]);
        for (peer, id) in [(Peer::A, "ladder-folded-a"), (Peer::B, "ladder-folded-b")] {
            if octets(peer) > 0 {
                note.push_str(&words.say("comma"));
                note.push_str(&words.say_with(id, &[("octets", octets(peer).into())]));
            }
        }
        note.push_str(&words.say("ladder-folded-all"));
        self.note(Ink::Faint, &format!("{} {note}", self.style.ellipsis()));
        if let Some(last) = run.last() {
            self.standing = [last.states.a.or(self.standing[0]), last.states.b.or(self.standing[1])];
        }
    }

    /// The ladder, and what its marks mean.
    pub(super) fn finish(mut self) -> String {
        self.ranks.sort_unstable();
        let meanings: Vec<String> =
            self.ranks.iter().map(|rank| format!("{} {}", rank.mark(self.style), rank.word(self.style))).collect();
        if !meanings.is_empty() {
            let key = meanings.join("   ");
            self.line(Ink::Faint, &key);
        }
        self.text
    }

    /// The parts of the label, packed into as many lines as they need.
    fn labels(&self, step: &StepView) -> Vec<String> {
        let room = self.between - SHAFT;
        let numbers = self.style.numbers;
        let mut parts =
            vec![format!("{} ", step.flags), format!("seq={}", self.letters.write(numbers, step.from, step.seq))];
        parts.extend(step.ack.map(|ack| format!("ack={}", self.letters.write(numbers, step.from.other(), ack))));
        if step.len > 0 {
            parts.push(self.style.words.say_with("octets", &[("count", step.len.into())]));
        }
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for part in parts {
            if !line.is_empty() && columns(&line) + 1 + columns(part.trim_end()) > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&cut(&part, room, ""));
        }
        if step.len > 0 && !step.payload.is_empty() {
            let rest = room.saturating_sub(columns(&line) + 1);
            let shown = preview(self.style, &step.payload, step.len, room);
            if columns(&shown) <= rest {
                line = format!("{line} {shown}");
            } else if rest >= 14 {
                line = format!("{line} {}", preview(self.style, &step.payload, step.len, rest));
            } else {
                lines.push(std::mem::replace(&mut line, shown));
            }
        }
        lines.push(line);
        lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
    }

    /// The arrow with the first line of the label in it.
    fn shaft(&self, from: Peer, dash: &str, label: &str) -> String {
        let rest = self.between.saturating_sub(columns(label) + 7);
        match from {
            Peer::A => format!("{} {label} {}{}", dash.repeat(4), dash.repeat(rest), self.strokes.to_b),
            Peer::B => format!("{}{} {label} {}", self.strokes.to_a, dash.repeat(3), dash.repeat(rest + 1)),
        }
    }

    fn rung(&mut self, ink: Ink, frame: &str, time: &str, a: &str, between: &str, b: &str) {
        let bar = self.strokes.bar;
        let ends = self.style.paint(Ink::Faint, &format!("{}  {}", right(frame, self.frame), right(time, self.time)));
        let a = self.style.paint(Ink::Strong, &right(a, STATE));
        let b = self.style.paint(Ink::Strong, b);
        let between = self.style.paint(ink, between);
        self.text.push_str(format!("{ends}  {a} {bar}{between}{bar} {b}").trim_end());
        self.text.push('\n');
    }

    /// More of the label, between the bars, below the arrow.
    fn beside(&mut self, ink: Ink, label: &str) {
        let between = left(&format!("     {label}"), self.between);
        self.rung(ink, "", "", "", &between, "");
    }

    /// A note, between the bars and, where it is long, in several lines.
    fn note(&mut self, ink: Ink, text: &str) {
        for line in wrap(&self.style.plain(text), self.between.saturating_sub(6)) {
            self.beside(ink, &line);
        }
    }

    fn line(&mut self, ink: Ink, text: &str) {
        self.text.push_str(&self.style.paint(ink, text.trim_end()));
        self.text.push('\n');
    }
}
