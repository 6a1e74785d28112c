//! What a crowd of connections came to: at each tap, how many ends' paths are their kernels', and what differs.

use super::{LabelledView, tell_labels};
use crate::report::grid::{Column, Grid, Text};
use crate::report::layout::Page;
use crate::report::style::{Ink, Style};
use crate::report::terminal::neutral;
use serde::Serialize;
use std::collections::BTreeMap;

/// A crowd of connections, compared with both kernels.
#[derive(Clone, Debug, Serialize)]
pub struct CrowdView {
    /// [`SCHEMA`](crate::report::view::SCHEMA).
    pub schema: u32,
    /// `crowd`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The seed of all chance.
    pub seed: u64,
    /// How many were to be played.
    pub connections: u32,
    /// How many came to the ending that was drawn for them.
    pub done: u32,
    /// How long it took.
    pub seconds: f64,
    /// Packets seen at the three places together.
    pub packets: usize,
    /// Events that the kernels told.
    pub events: usize,
    /// Why the state at each segment was not told, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlabelled: Option<String>,
    /// What each place makes of it.
    pub taps: Vec<TapView>,
}

/// What was seen at one place, compared with the kernels.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TapView {
    /// `client`, `middle` or `server`.
    pub place: &'static str,
    /// Whether the ends compared are those of the host at this place.
    pub is_own: bool,
    /// Connections seen.
    pub connections: u64,
    /// Ends compared.
    pub ends: u64,
    /// Ends whose whole path is the kernel's.
    pub same: u64,
    /// Ends whose path differs in a way that no segment can tell, by kind.
    pub excused: BTreeMap<&'static str, u64>,
    /// Ends whose path differs otherwise.
    pub differ: u64,
    /// Ends whose kernel stood, after some frame, in a state that was not believed possible, nor possible without a segment.
    pub outside: u64,
    /// Segments at which the kernel told its numbers, of the ends compared.
    pub probes: u64,
    /// Of those, where nothing else was under way, so that the tap's numbers can be compared.
    pub comparable: u64,
    /// Of those, with the same SND.NXT.
    pub same_nxt: u64,
    /// Of those, with the same SND.UNA.
    pub same_una: u64,
    /// Segments at which a label told the state of the ends compared.
    pub labels: u64,
    /// Of those, with the state that the tap thought likeliest.
    pub labels_likely: u64,
    /// Of those, with a state that was not believed.
    pub labels_outside: u64,
    /// Segments that have no label although the program was there.
    pub unlabelled: u64,
    /// Violations charged to either kernel.
    pub violations: u64,
    /// The rules of those.
    pub rules: BTreeMap<&'static str, u64>,
    /// A few of what differs.
    pub examples: Vec<String>,
    /// The same for the ends of the host at the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub far: Option<Box<TapView>>,
}

/// What a crowd came to.
#[must_use]
pub fn page(view: &CrowdView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let values = [
        ("count", view.connections.into()),
        ("done", view.done.into()),
        ("seconds", format!("{:.1}", view.seconds).into()),
        ("packets", view.packets.into()),
        ("events", view.events.into()),
    ];
    page.heading(&words.say_with("lab-crowd", &values));
    let titles = ["tap", "of", "ends", "same", "excused", "differ", "outside", "violations"];
    let titles = titles.map(|title| words.named("lab-crowd", title));
    let mut grid = Grid::new(style, titles.into_iter().map(Column::firm).collect());
    let mut rows = Vec::new();
    for tap in &view.taps {
        rows.push((tap, tap.place, if tap.is_own { "own" } else { "both" }));
        rows.extend(tap.far.as_deref().map(|far| (far, tap.place, "far")));
    }
    for (tap, place, of) in &rows {
        grid.row(tap_row(tap, place, of, style));
    }
    page.block(&grid.finish());
    for (tap, place, of) in &rows {
        for (kind, count) in &tap.excused {
            let values = [
                ("host", words.named("lab-host", place).into()),
                ("of", words.named("lab-crowd", of).into()),
                ("kind", words.named("witness-excuse", kind).into()),
                ("count", (*count).into()),
            ];
            page.paragraph(Ink::Plain, &words.say_with("lab-crowd-excuse", &values));
        }
    }
    for tap in view.taps.iter().filter(|tap| tap.is_own) {
        let values = [
            ("host", words.named("lab-host", tap.place).into()),
            ("probes", tap.probes.into()),
            ("comparable", tap.comparable.into()),
            ("nxt", tap.same_nxt.into()),
            ("una", tap.same_una.into()),
        ];
        page.paragraph(Ink::Plain, &words.say_with("lab-crowd-probes", &values));
        if tap.labels > 0 {
            let (segments, likely, outside) = (tap.labels, tap.labels_likely, tap.labels_outside);
            let labelled = LabelledView {
                host: tap.place,
                segments,
                likely,
                outside,
                missing: tap.unlabelled,
                ..LabelledView::default()
            };
            tell_labels(&labelled, &mut page, style);
        }
    }
    if let Some(why) = &view.unlabelled {
        page.paragraph(Ink::Doubt, &neutral(why));
    }
    for example in rows.iter().flat_map(|(tap, ..)| &tap.examples) {
        page.paragraph(Ink::Doubt, &neutral(example));
    }
    page.finish()
}

fn tap_row(tap: &TapView, place: &str, of: &str, style: &Style<'_>) -> Vec<Text> {
    let words = style.words;
    let excused: u64 = tap.excused.values().sum();
    let bad = |count: u64| Text::new(if count > 0 { Ink::Bad } else { Ink::Plain }, count.to_string());
    // Elsewhere than at its host another path may be likelier than the one it went; it has to be believed possible.
    let differ = if tap.is_own { bad(tap.differ) } else { tap.differ.to_string().into() };
    vec![
        words.named("lab-host", place).into(),
        words.named("lab-crowd", of).into(),
        tap.ends.to_string().into(),
        tap.same.to_string().into(),
        excused.to_string().into(),
        differ,
        bad(tap.outside),
        bad(tap.violations),
    ]
}
