//! The handshake step by step, and what each step proves to each side.

use super::Case;
use crate::peer::Peer;
use crate::report::grid::{Column, Grid, Text};
use crate::report::ladder::has_flag;
use crate::report::layout::Page;
use crate::report::letters::Letters;
use crate::report::style::Ink;
use crate::report::terminal::neutral;
use crate::report::view::StepView;

/// Segments with SYN beyond these are repetitions.
const MOST_STEPS: usize = 8;

pub(super) fn table(case: &Case<'_, '_>) -> String {
    let words = case.style.words;
    let handshake = &case.view.handshake;
    let mut page = Page::new(case.style);
    if matches!(handshake.kind, "not-captured" | "stray") {
        page.paragraph(Ink::Plain, &words.say(&format!("book-handshake-{}-text", handshake.kind)));
        return page.finish();
    }
    let mut grid = Grid::new(case.style, columns(case));
    for (name, frame, step) in steps(case) {
        grid.row(row(case, &name, frame, step));
    }
    if !grid.is_empty() {
        page.block(&grid.finish());
    }
    let text = if case.is_self_connected() {
        words.say("book-handshake-text-self")
    } else {
        words.named("book-handshake-text", handshake.kind)
    };
    page.paragraph(Ink::Plain, &text);
    if handshake.verdict != "holds" {
        let values = [("verdict", words.named("verdict", handshake.verdict).into())];
        page.paragraph(Ink::of_verdict(handshake.verdict), &words.say_with("book-handshake-verdict", &values));
    }
    page.finish()
}

/// Who is the client, and the two initial sequence numbers.
pub(super) fn ends(case: &Case<'_, '_>) -> String {
    let words = case.style.words;
    let mut page = Page::new(case.style);
    for (peer, address) in [(Peer::A, &case.view.a), (Peer::B, &case.view.b)] {
        let role = match Case::peer(case.view.opener) {
            Some(opener) if opener == peer => "book-client",
            // Nobody serves where nobody listens.
            Some(_) if case.view.handshake.kind == "refused" => "book-peer",
            Some(_) => "book-server",
            None => "book-peer",
        };
        let mut text = words.say_with(role, &[("peer", peer.to_string().into()), ("address", neutral(address).into())]);
        if let Some(iss) = case.view.iss[peer] {
            text.push_str(&words.say("comma"));
            let letter = Letters::of(case.view).letter(peer).to_string();
            text.push_str(&words.say_with("book-iss", &[("letter", letter.into()), ("iss", iss.to_string().into())]));
        }
        page.paragraph(Ink::Plain, &text);
        if case.is_self_connected() {
            break;
        }
    }
    page.finish()
}

pub(super) fn columns(case: &Case<'_, '_>) -> Vec<Column> {
    let say = |id: &str| case.style.words.say(id);
    vec![
        Column::loose(say("column-step")),
        Column::number(say("column-frame")),
        Column::firm(""),
        Column::firm(say("column-flags")),
        Column::firm("seq"),
        Column::firm("ack"),
    ]
}

/// The steps with their names: those of the three-way handshake, or every segment that opens.
fn steps<'v>(case: &Case<'v, '_>) -> Vec<(String, u64, Option<&'v StepView>)> {
    let words = case.style.words;
    let handshake = &case.view.handshake;
    if handshake.kind == "simultaneous" {
        let opening = case.steps.iter().filter(|step| has_flag(step, "SYN") && step.ignored.is_none());
        let once = opening.scan(Vec::new(), |seen, step| {
            let what = (step.from, step.flags.as_str(), step.seq, step.ack);
            let new = !seen.contains(&what);
            seen.push(what);
            Some(new.then_some(step))
        });
        let numbered = once.take(64).flatten().take(MOST_STEPS).zip(1_u64..);
        return numbered.map(|(step, n)| (n.to_string(), step.frame, Some(step))).collect();
    }
    let mut rows: Vec<(String, u64, Option<&StepView>)> = handshake
        .frames
        .iter()
        .zip(["book-shake-1", "book-shake-2", "book-shake-3"])
        .filter_map(|(frame, id)| Some((words.say(id), (*frame)?, case.step(*frame))))
        .collect();
    if matches!(handshake.kind, "refused" | "reset")
        && let Some(reset) = case.steps.iter().find(|step| has_flag(step, "RST") && step.ignored.is_none())
    {
        rows.push((words.say("book-shake-reset"), reset.frame, Some(reset)));
    }
    rows
}

fn row(case: &Case<'_, '_>, name: &str, frame: u64, step: Option<&StepView>) -> Vec<Text> {
    let letters = Letters::of(case.view);
    let name: Text = format!("{name} {}", case.mark(frame)).trim_end().into();
    let Some(step) = step else { return vec![name, frame.to_string().into()] };
    let ack = step.ack.map_or_else(|| "-".to_owned(), |ack| letters.beside(step.from.other(), ack));
    vec![
        name,
        frame.to_string().into(),
        case.direction(step.from).into(),
        step.flags.as_str().into(),
        letters.beside(step.from, step.seq).into(),
        ack.into(),
    ]
}

/// What each step of a three-way handshake proves, to whom, and which frame shows it.
///
/// A segment that arrives proves that its sender can send and its receiver can receive; one that acknowledges
/// proves to its receiver that its own sending arrived as well.
pub(super) fn meaning(case: &Case<'_, '_>) -> Option<String> {
    let words = case.style.words;
    let handshake = &case.view.handshake;
    if !matches!(handshake.kind, "three-way" | "fast-open" | "incomplete" | "reset") || handshake.verdict == "broken" {
        return None;
    }
    let [Some(syn), syn_ack, ack] = handshake.frames else { return None };
    let mut grid = Grid::new(
        case.style,
        vec![
            Column::firm(words.say("meaning-arrived")),
            Column::firm(words.say("meaning-a-sends")),
            Column::firm(words.say("meaning-b-receives")),
            Column::firm(words.say("meaning-b-sends")),
            Column::firm(words.say("meaning-a-receives")),
            Column::loose(words.say("meaning-shown")),
        ],
    );
    let shown = |frame: Option<u64>| match frame {
        Some(frame) => words.say_with("meaning-frame", &[("frame", frame.into())]),
        None => words.say("meaning-nothing"),
    };
    let arrived =
        |name: &str, frame: u64| words.say_with("meaning-step", &[("name", name.into()), ("frame", frame.into())]);
    let (nobody, only_a, only_b, both) = ("-", "A", "B", "A, B");
    let rows = [
        Some((arrived("SYN", syn), [only_b, only_b, nobody, nobody], shown(syn_ack), "meaning-text-1")),
        syn_ack.map(|frame| (arrived("SYN-ACK", frame), [both, both, only_a, only_a], shown(ack), "meaning-text-2")),
        ack.map(|frame| (arrived("ACK", frame), [both; 4], shown(established_by(case)), "meaning-text-3")),
    ];
    let mut texts = Vec::new();
    for (step, known, shown, text) in rows.into_iter().flatten() {
        let ink = |who: &str| if who == nobody { Ink::Faint } else { Ink::Good };
        let mut cells: Vec<Text> = vec![step.into()];
        cells.extend(known.map(|who| Text::new(ink(who), who)));
        cells.push(shown.into());
        grid.row(cells);
        texts.push(words.say(text));
    }
    let mut page = Page::new(case.style);
    page.paragraph(Ink::Faint, &words.say("meaning-how-to-read"));
    page.block(&grid.finish());
    for text in texts {
        page.item(Ink::Plain, &text);
    }
    Some(page.finish())
}

/// The frame that proves that the last acknowledgment of the handshake arrived.
fn established_by(case: &Case<'_, '_>) -> Option<u64> {
    let mut rows = case.view.transitions.iter().filter(|row| row.peer == Peer::B.id() && row.retracted.is_none());
    rows.find(|row| row.from == Some("SYN-RECEIVED") && row.basis != "presumed")
        .and_then(|row| row.by.or((row.basis == "sent").then_some(row.frame)))
}
