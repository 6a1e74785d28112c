//! One state and one arc of the state machine.

use super::sheet::{Cell, Fact, Head, Sheet, Value};
use super::{link, lore, said};
use crate::report::arcs::{self, Arc, MACHINE};
use crate::report::example::judged;
use crate::report::style::{Ink, Style};
use crate::report::words::Language;
use crate::rules::Citation;

/// The arcs of a state: under which heading, in which column the other end stands, and which they are.
type Chosen = (&'static str, &'static str, fn(&Arc, &str) -> bool);

/// A state.
pub(super) fn state(name: &'static str, style: &Style<'_>) -> Sheet {
    let words = style.words;
    let mut sheet = Sheet::default();
    sheet.title(name);
    sheet.paragraph(Ink::Plain, arcs::state(words, name).unwrap_or_default());
    known(&mut sheet, name, Citation { rfc: 9293, section: "3.3.2" }, style);
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
    example(&mut sheet, name, style);
    sheet
}

/// What is known of `name` beyond it, as facts.
fn known(sheet: &mut Sheet, name: &str, cite: Citation, style: &Style<'_>) {
    let say = |id: &str| style.words.say(id);
    let mut facts = Vec::new();
    if let Some(lore) = lore::of(name) {
        facts.push(Fact::new(say("explain-statement"), Value::Literal, lore.equation));
        for (label, text) in [("lore-shown", lore.shown), ("lore-fails", lore.fails), ("lore-untold", lore.untold)] {
            facts.push(Fact::new(say(label), Value::Words, said(text, style)));
        }
    }
    facts.push(Fact::new(say("column-clause"), Value::Words, cite.to_string()));
    facts.push(Fact::new("", Value::Link, link(cite)));
    sheet.gap();
    sheet.facts(facts);
}

/// The ladder of its example, the place marked.
fn example(sheet: &mut Sheet, name: &'static str, style: &Style<'_>) {
    let Some(Ok(example)) = lore::of(name).map(|lore| judged(lore.example)) else { return };
    sheet.heading(style.words.say("lore-example"));
    if style.words.language() == Language::English && !example.caption.is_empty() {
        sheet.paragraph(Ink::Faint, &example.caption);
    }
    sheet.drawing(example.ladders_marking(name, style));
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
    known(&mut sheet, arc.id, Citation { rfc: 9293, section: arc.section }, style);
    example(&mut sheet, arc.id, style);
    sheet
}
