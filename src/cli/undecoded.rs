//! What is said of frames whose link type is not decoded: how many, which, and what to type instead.

use super::out::note;
use synfin::analysis::totals::Totals;
use synfin::packet::LinkType;
use synfin::wire::link_name::{Carries, carries, described};

/// Link types named in one line; further ones are only counted.
const NAMED: usize = 4;

/// What became of a capture with frames of link types that are not decoded.
#[derive(Debug)]
enum Undecoded {
    /// There was nothing else in it.
    All(String),
    /// There were other frames, too.
    Some(String),
}

/// Whether a capture leaves anything to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// No frame of it is decoded.
    Nothing,
    /// Some are.
    Something,
}

/// Says on standard error what there is to say of the capture `name`.
pub fn say(name: &str, totals: &Totals) -> Left {
    match undecoded(name, totals) {
        Some(Undecoded::All(what)) => {
            note(format_args!("synfin: {what}"));
            return Left::Nothing;
        }
        Some(Undecoded::Some(what)) => note(format_args!("synfin: warning: {what}")),
        None => {}
    }
    Left::Something
}

/// What there is to say of the capture `name`, if anything.
fn undecoded(name: &str, totals: &Totals) -> Option<Undecoded> {
    let links = &totals.undecoded_links;
    let count: u64 = links.values().sum();
    if count == 0 {
        return None;
    }
    let mut types: Vec<String> = links.keys().copied().map(described).take(NAMED).collect();
    if let Some(more @ 1..) = links.len().checked_sub(NAMED) {
        types.push(format!("{more} more"));
    }
    let link_types = if links.len() == 1 { "link type" } else { "link types" };
    let types = types.join(", ");
    let left = if count == 1 { "it was counted and left" } else { "they were counted and left" };
    let what = format!("of {link_types} {types}, not decoded here; {left}");
    let read = totals.read;
    if count < read {
        return Some(Undecoded::Some(format!("{name}: {count} of {read} frames are {what}")));
    }
    let frames = if count == 1 { "the only frame is".to_owned() } else { format!("all {count} frames are") };
    let remedy = remedy(links.keys().copied());
    Some(Undecoded::All(format!("{name}: unsupported: {frames} {what}; {remedy}")))
}

/// What to type to get the traffic in a form that is decoded.
fn remedy(links: impl Iterator<Item = LinkType>) -> &'static str {
    match links.map(carries).max_by_key(|carries| *carries != Carries::NoIp) {
        Some(Carries::NoIp) => "no TCP is in it: record IP traffic with \"tcpdump -i any -w out.pcap\" and read that",
        Some(Carries::PerhapsIp) | None => "record the traffic again with \"tcpdump -i any -w out.pcap\" and read that",
    }
}
