//! The close as the textbook writes it, with u, v and w beside the real numbers.
//!
//! u is the sequence number of the FIN of who closes first, v that of the segment that acknowledges it, w that of the
//! other FIN. Where octets ride on a FIN, u and w are the numbers of the FIN itself, behind them.

use super::{Case, handshake, near};
use crate::peer::Peer;
use crate::report::clock::duration;
use crate::report::grid::{Grid, Text};
use crate::report::layout::Page;
use crate::report::letters::{Letters, relative};
use crate::report::style::Ink;
use crate::report::view::StepView;

/// The shape of the close, which names its heading and its words.
pub(super) fn shape(case: &Case<'_, '_>) -> &'static str {
    let close = &case.view.close;
    match (close.kind, close.segments) {
        ("normal", Some(3)) => "three",
        ("normal", Some(4)) => "four",
        ("normal", _) => "normal",
        ("simultaneous", _) => "simultaneous",
        ("half", _) => "half",
        ("reset", _) if case.view.handshake.kind == "refused" => "refused",
        ("reset", _) => "reset",
        _ if case.view.handshake.kind == "refused" => "refused",
        _ => "none",
    }
}

/// Who closed first: whom the view names, else the sender of the first FIN.
pub(super) fn closer(case: &Case<'_, '_>) -> Option<Peer> {
    Case::peer(case.view.close.first).or_else(|| {
        let [first, ..] = case.view.close.frames;
        case.step(first).map(|step| step.from)
    })
}

pub(super) fn table(case: &Case<'_, '_>) -> String {
    let words = case.style.words;
    let shape = shape(case);
    let mut page = Page::new(case.style);
    let Some(first) = closer(case).filter(|_| !matches!(shape, "none" | "refused")) else {
        let nobody = [("first", "?".into()), ("second", "?".into())];
        page.paragraph(Ink::Plain, &words.say_with(&format!("book-close-text-{shape}"), &nobody));
        return page.finish();
    };
    let values = [("first", first.to_string().into()), ("second", first.other().to_string().into())];
    if !matches!(shape, "simultaneous" | "reset") {
        let role = match Case::peer(case.view.opener) {
            Some(opener) if opener == first => "book-close-client-first",
            Some(_) => "book-close-server-first",
            None => "book-close-first",
        };
        page.paragraph(Ink::Plain, &words.say_with(role, &values));
    }
    let mut grid = Grid::new(case.style, handshake::columns(case));
    for (id, frame) in rows(case, shape) {
        let name = format!("{} {}", words.say(id), case.mark(frame));
        grid.row(row(case, first, name.trim_end(), frame));
    }
    if !grid.is_empty() {
        page.block(&grid.finish());
    }
    page.paragraph(Ink::Plain, &words.say_with(&format!("book-close-text-{shape}"), &values));
    origins(case, first, &mut page);
    numbers_of_second(case, first, &mut page);
    half_closed(case, first, shape, &mut page);
    let verdict = case.view.close.verdict;
    if matches!(verdict, "broken" | "undecided") {
        let values = [("verdict", words.named("verdict", verdict).into())];
        page.paragraph(Ink::of_verdict(verdict), &words.say_with("book-close-verdict", &values));
    }
    page.finish()
}

/// The names of the steps and their frames.
fn rows(case: &Case<'_, '_>, shape: &str) -> Vec<(&'static str, u64)> {
    let frames = case.view.close.frames;
    let [fin, fin_ack, other_fin, other_ack] = frames;
    let named: Vec<(&str, Option<u64>)> = match shape {
        "reset" => vec![("book-wave-reset", fin)],
        "three" => vec![("book-wave-1", fin), ("book-wave-2-3", other_fin), ("book-wave-4", other_ack)],
        "simultaneous" => {
            let mut rows = vec![
                ("book-wave-fin", fin),
                ("book-wave-fin", other_fin),
                ("book-wave-ack", fin_ack),
                ("book-wave-ack", other_ack),
            ];
            rows.sort_by_key(|(_, frame)| frame.unwrap_or(u64::MAX));
            rows
        }
        _ => ["book-wave-1", "book-wave-2", "book-wave-3", "book-wave-4"].into_iter().zip(frames).collect(),
    };
    named.into_iter().filter_map(|(id, frame)| Some((id, frame?))).collect()
}

fn row(case: &Case<'_, '_>, first: Peer, name: &str, frame: u64) -> Vec<Text> {
    let Some(step) = case.step(Some(frame)) else { return vec![name.into(), frame.to_string().into()] };
    let ack = step.ack.map_or_else(|| "-".to_owned(), |ack| acked(case, first, step.from.other(), ack));
    vec![
        name.into(),
        frame.to_string().into(),
        case.direction(step.from).into(),
        step.flags.as_str().into(),
        sent(case, first, step).into(),
        ack.into(),
    ]
}

/// The sequence number of a segment of the close.
fn sent(case: &Case<'_, '_>, first: Peer, step: &StepView) -> String {
    let fin = case.view.fin;
    let [_, fin_ack, other_fin, _] = case.view.close.frames;
    let alone = case.view.close.kind != "simultaneous" && fin_ack == Some(step.frame) && fin_ack != other_fin;
    let by_letter = if step.from == first {
        near('u', fin[first], step.seq)
    } else if alone {
        Some(format!("v = {}", step.seq))
    } else {
        near('w', fin[first.other()], step.seq)
    };
    by_letter.unwrap_or_else(|| Letters::of(case.view).beside(step.from, step.seq))
}

/// An acknowledgment number: `u+1` and `w+1` if it covers a FIN, else counted from the initial number;
/// where both closed at once also `u` and `w`, which show that it does not cover it.
fn acked(case: &Case<'_, '_>, first: Peer, of: Peer, ack: u32) -> String {
    let letter = if of == first { 'u' } else { 'w' };
    match case.view.fin[of] {
        Some(fin) if ack.wrapping_sub(fin) <= 1 && (ack != fin || case.view.close.kind == "simultaneous") => {
            format!("{} = {ack}", relative(letter, fin, ack))
        }
        _ => Letters::of(case.view).beside(of, ack),
    }
}

/// Where u and w lie, counted from the initial sequence numbers, if the octets captured account for them.
fn origins(case: &Case<'_, '_>, first: Peer, page: &mut Page<'_, '_>) {
    let second = first.other();
    let view = case.view;
    let of = |peer: Peer| {
        let (iss, fin) = (view.iss[peer]?, view.fin[peer]?);
        // Modulo 2^32, as the numbers themselves: a transfer may go round.
        let accounted = iss.wrapping_add(1).wrapping_add(view.octets[peer] as u32) == fin;
        accounted.then(|| relative(Letters::of(view).letter(peer), iss, fin))
    };
    let (Some(u), Some(w)) = (of(first), of(second)) else { return };
    let values = [
        ("first", first.to_string().into()),
        ("second", second.to_string().into()),
        ("u", u.into()),
        ("w", w.into()),
        ("octets-first", view.octets[first].to_string().into()),
        ("octets-second", view.octets[second].to_string().into()),
    ];
    page.paragraph(Ink::Plain, &case.style.words.say_with("book-u-and-w", &values));
}

/// How v and w hang together, in a close of four segments.
fn numbers_of_second(case: &Case<'_, '_>, first: Peer, page: &mut Page<'_, '_>) {
    let (Some(4), Some(w)) = (case.view.close.segments, case.view.fin[first.other()]) else { return };
    let Some(v) = case.step(case.view.close.frames[1]).map(|step| step.seq) else { return };
    let between = w.wrapping_sub(v);
    let second = first.other().to_string();
    let words = case.style.words;
    if between == 0 {
        page.paragraph(Ink::Plain, &words.say_with("book-v-is-w", &[("second", second.into())]));
    } else if between < 1 << 31 {
        let values = [("second", second.into()), ("count", between.into())];
        page.paragraph(Ink::Plain, &words.say_with("book-v-to-w", &values));
    }
}

/// What the other side still sent while the connection was half closed.
fn half_closed(case: &Case<'_, '_>, first: Peer, shape: &str, page: &mut Page<'_, '_>) {
    let (Some(fin), true) = (case.view.close.frames[0], matches!(shape, "four" | "three" | "normal" | "half")) else {
        return;
    };
    let octets = case.octets_after(first.other(), fin);
    if octets == 0 && shape != "half" {
        return;
    }
    let values = [
        ("first", first.to_string().into()),
        ("second", first.other().to_string().into()),
        ("frame", fin.into()),
        ("count", octets.into()),
    ];
    page.paragraph(Ink::Plain, &case.style.words.say_with("book-half-closed", &values));
    if let Some(half) = case.view.explanation.half_close {
        let values = [("first", first.to_string().into()), ("time", duration(case.style.words, half.ns).into())];
        page.paragraph(Ink::Plain, &case.style.words.say_with("book-half-closed-for", &values));
    }
}
