//! One state and one arc of the state machine.

use super::link;
use super::sheet::{Cell, Head, Sheet};
use crate::report::arcs::{self, Arc, MACHINE};
use crate::report::style::{Ink, Style};
use crate::rules::Citation;

/// The arcs of a state: under which heading, in which column the other end stands, and which they are.
type Chosen = (&'static str, &'static str, fn(&Arc, &str) -> bool);

/// A state.
pub(super) fn state(name: &'static str, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(name);
    sheet.paragraph(Ink::Plain, arcs::state(words, name).unwrap_or_default());
    let chosen: [Chosen; 3] = [
        ("explain-entered", "column-from", |arc, name| arc.to == Some(name)),
        ("explain-left", "column-to", |arc, name| arc.to.is_some() && arc.from.contains(&name)),
        ("explain-stays", "", |arc, name| arc.to.is_none() && arc.from.contains(&name)),
    ];
    for (heading, column, chosen) in chosen {
        let arcs: Vec<&Arc> = MACHINE.iter().filter(|arc| chosen(arc, name)).collect();
        if arcs.is_empty() {
            continue;
        }
        sheet.heading(words.say(heading));
        let mut heads = vec![Head::Firm(words.say("column-arc"))];
        if !column.is_empty() {
            heads.push(Head::Firm(words.say(column)));
        }
        heads.push(Head::Loose(words.say("column-cause")));
        let rows = arcs.into_iter().map(|arc| {
            let mut cells: Vec<Cell> = vec![arc.id.into()];
            match column {
                "column-from" => cells.push(arc.from.join("\n").into()),
                "column-to" => cells.push(arc.to.unwrap_or_default().into()),
                _ => {}
            }
            cells.push(arcs::cause(words, arc.id).into());
            cells
        });
        sheet.table(heads, rows.collect());
    }
    sheet
}

/// An arc.
pub(super) fn arc(arc: &Arc, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    let from = arc.from.join(&words.say("comma"));
    sheet.title(match arc.to {
        Some(to) => format!("{}  {from} {} {to}", arc.id, style.arrow()),
        None => format!("{}  {from}", arc.id),
    });
    sheet.paragraph(Ink::Plain, arcs::cause(words, arc.id));
    let cite = Citation { rfc: 9293, section: arc.section };
    sheet.gap();
    sheet.paragraph(Ink::Faint, cite.to_string());
    sheet.drawing(link(cite));
    sheet
}
