//! What explains one connection, in sentences: who refused or reset it and likely why, what lingered, what was used again.
//!
//! The first sentence of each item is evidence; what is a guess says so. Handshake, close and the reasons of three or four
//! segments are the textbook's ([`textbook`](super::textbook)) and not told again.

use super::clock::duration;
use super::explanation::peer;
use super::layout::Page;
use super::letters::Letters;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::{ConnectionView, IcmpView, ResetView, StayView, UnansweredView};
use super::words::{Language, Value, Words};
use crate::peer::Peer;

/// RSTs told one by one; their echoes say no more.
const MOST_RESETS: usize = 3;

/// ICMP errors told one by one.
const MOST_ERRORS: usize = 3;

/// A stay in CLOSE-WAIT or FIN-WAIT-2 that has ended is told if it lasted so long, in nanoseconds.
const LINGERED: i64 = 5_000_000_000;

/// A stay that lasts is told if so much of it was watched, in nanoseconds.
const WATCHED: i64 = 1_000_000_000;

/// The page; empty if there is nothing to explain.
#[must_use]
pub fn page(view: &ConnectionView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    for (ink, text) in items(view, style.words) {
        page.item(ink, &text);
    }
    page.finish()
}

/// The connection's number and [`short`], as a line beneath a list; empty if there is nothing to say.
#[must_use]
pub fn line(view: &ConnectionView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    if let Some(text) = short(view, style.words) {
        let values = [("conn", view.conn.into()), ("text", text.into())];
        page.hanging(Ink::Plain, "  ", &style.words.say_with("short-conn", &values));
    }
    page.finish()
}

/// The most telling of it in one line, for a list; none for a connection that opened and closed as the textbook has it.
#[must_use]
pub fn short(view: &ConnectionView, words: &Words) -> Option<String> {
    let told = &view.explanation;
    if let Some(refusal) = &told.refusal {
        let values = [("frame", refusal.frame.into()), ("from", neutral(&refusal.from).into())];
        return Some(
            words.say_with(if refusal.by == "icmp" { "short-refused-icmp" } else { "short-refused" }, &values),
        );
    }
    if let Some(reset) = told.resets.iter().find(|reset| reset.likely.is_some()) {
        let likely = words.named("short-likely", reset.likely.unwrap_or_default());
        let values =
            [("peer", peer(reset.peer).to_string().into()), ("frame", reset.frame.into()), ("likely", likely.into())];
        return Some(words.say_with("short-reset", &values));
    }
    if let Some(silent) = told.unanswered.first() {
        return Some(words.say_with("short-unanswered", &silence(silent, words)));
    }
    // Who has not closed keeps the other waiting.
    let mut open: Vec<&StayView> =
        told.waits.iter().filter(|stay| stay.until.is_none() && stay.ns >= WATCHED).collect();
    open.sort_by_key(|stay| stay.state != "CLOSE-WAIT");
    if let Some(stay) = open.first() {
        return Some(words.say_with("short-lingers", &stayed(stay, words)));
    }
    if let Some(half) = told.half_close.filter(|half| half.octets > 0) {
        let values = [
            ("peer", peer(half.by).to_string().into()),
            ("other", peer(half.by).other().to_string().into()),
            ("count", half.octets.into()),
            ("time", duration(words, half.ns).into()),
        ];
        return Some(words.say_with("short-half-close", &values));
    }
    None
}

fn items(view: &ConnectionView, words: &Words) -> Vec<(Ink, String)> {
    let mut items = Vec::new();
    refusal(view, words, &mut items);
    let refused =
        view.explanation.refusal.as_ref().filter(|refusal| refusal.by == "reset").map(|refusal| refusal.frame);
    let others = || view.explanation.resets.iter().filter(|reset| Some(reset.frame) != refused);
    for reset in others().take(MOST_RESETS) {
        items.push((Ink::Plain, reset_told(reset, words)));
    }
    let more = others().count().saturating_sub(MOST_RESETS);
    if more > 0 {
        items.push((Ink::Faint, words.say_with("account-more-resets", &[("count", more.into())])));
    }
    challenges(view, words, &mut items);
    let refused = view.explanation.refusal.as_ref().map(|refusal| refusal.frame);
    for error in view.icmp.iter().filter(|error| Some(error.frame) != refused).take(MOST_ERRORS) {
        items.push((Ink::Plain, error_told(error, words)));
    }
    for silent in &view.explanation.unanswered {
        items.push((Ink::Doubt, words.say_with("account-unanswered", &silence(silent, words))));
    }
    for missing in &view.explanation.missing {
        let values =
            [("peer", peer(missing.peer).to_string().into()), ("frame", missing.frame.unwrap_or_default().into())];
        items.push((Ink::Doubt, words.say_with(&format!("account-missing-{}", missing.what), &values)));
    }
    unseen_syn(view, words, &mut items);
    stays(view, words, &mut items);
    reuse(view, words, &mut items);
    options(view, words, &mut items);
    items
}

/// Sentences one after the other; Chinese ones have no space between.
fn join(words: &Words, sentences: &[String]) -> String {
    sentences.join(if words.language() == Language::English { " " } else { "" })
}

fn refusal(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    let Some(refusal) = &view.explanation.refusal else { return };
    let values = [
        ("frame", refusal.frame.into()),
        ("from", neutral(&refusal.from).into()),
        ("after", duration(words, refusal.after_ns).into()),
        ("kind", refusal.kind.map_or_else(String::new, |kind| words.named("icmp", kind)).into()),
    ];
    let own = [&view.a, &view.b].into_iter().any(|address| is_host(address, &refusal.from));
    let (id, likely) = match (refusal.by, own) {
        ("icmp", true) => ("account-refused-icmp", "account-refused-by-host"),
        ("icmp", false) => ("account-refused-icmp", "account-refused-between"),
        _ => ("account-refused", "account-likely-no-listener"),
    };
    items.push((Ink::Bad, join(words, &[words.say_with(id, &values), words.say(likely)])));
}

/// Whether the socket address is of this host.
fn is_host(socket: &str, host: &str) -> bool {
    socket.rsplit_once(':').is_some_and(|(own, _)| own.trim_matches(['[', ']']) == host)
}

fn reset_told(reset: &ResetView, words: &Words) -> String {
    let own = peer(reset.peer);
    let state = |state: Option<&str>| state.map_or_else(|| words.say("account-state-unknown"), str::to_owned);
    let kind = reset.after_kind.map_or_else(String::new, |kind| words.named("kind", kind));
    let values: Vec<(&str, Value<'_>)> = vec![
        ("peer", own.to_string().into()),
        ("other", own.other().to_string().into()),
        ("frame", reset.frame.into()),
        ("state", state(reset.state).into()),
        ("other-state", state(reset.other_state).into()),
        ("kind", kind.into()),
        ("after", reset.after.unwrap_or_default().into()),
        ("time", duration(words, reset.after_ns.unwrap_or_default()).into()),
        ("count", reset.unanswered.into()),
        ("hop", u64::from(reset.hop_limit).into()),
        ("usual", u64::from(reset.usual_hop_limit.unwrap_or_default()).into()),
    ];
    let head = if reset.after.is_some() { "account-reset" } else { "account-reset-alone" };
    let fit = words.named("account-fit", reset.fit);
    let mut told = vec![words.say_with(head, &values), fit];
    told.extend(reset.likely.map(|likely| words.say_with(&format!("account-likely-{likely}"), &values)));
    join(words, &told)
}

fn challenges(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    let gone = |frame: u64| {
        let mut resets = view.explanation.resets.iter();
        resets.any(|reset| reset.frame == frame && reset.likely == Some("no-connection"))
    };
    for seen in &view.explanation.challenges {
        let own = peer(seen.peer);
        let values = [
            ("cause", words.named("challenge", seen.cause).into()),
            ("frame", seen.frame.into()),
            ("answer", seen.answer.unwrap_or_default().into()),
            ("reset", seen.reset.unwrap_or_default().into()),
            ("peer", own.to_string().into()),
            ("other", own.other().to_string().into()),
        ];
        let id = match (seen.answer, seen.reset) {
            (Some(_), Some(reset)) if gone(reset) => "account-challenge-reset",
            (Some(_), _) => "account-challenge",
            (None, _) => "account-challenge-none",
        };
        items.push((Ink::Plain, words.say_with(id, &values)));
    }
}

fn error_told(error: &IcmpView, words: &Words) -> String {
    let values = [
        ("kind", words.named("icmp", error.kind).into()),
        ("from", neutral(&error.from).into()),
        ("frame", error.frame.into()),
        ("to", peer(error.to).to_string().into()),
        ("state", error.state.unwrap_or("?").into()),
        ("mtu", error.mtu.unwrap_or_default().to_string().into()),
    ];
    let means = match (error.fit, error.gravity, error.effect) {
        ("acknowledged" | "not-sent", ..) => "account-icmp-not-in-flight",
        ("at-next", ..) => "account-icmp-at-next",
        ("unknown", ..) => "account-icmp-unknown",
        (_, "soft", _) => "account-icmp-soft",
        (_, _, "may-close") => "account-icmp-may-close",
        (_, "hard", _) => "account-icmp-hard-late",
        (_, "too-big", _) if error.mtu.is_some() => "account-icmp-mtu",
        (_, "too-big", _) => "account-icmp-mtu-untold",
        (_, "void", _) => "account-icmp-void",
        _ => "account-icmp-unspoken",
    };
    join(words, &[words.say_with("account-icmp", &values), words.say_with(means, &values)])
}

fn stayed<'v>(stay: &StayView, words: &Words) -> Vec<(&'v str, Value<'v>)> {
    vec![
        ("peer", peer(stay.peer).to_string().into()),
        ("other", peer(stay.peer).other().to_string().into()),
        ("state", stay.state.into()),
        ("frame", stay.frame.into()),
        ("until", stay.until.unwrap_or_default().into()),
        ("time", duration(words, stay.ns).into()),
    ]
}

fn silence<'v>(silent: &UnansweredView, words: &Words) -> Vec<(&'v str, Value<'v>)> {
    vec![
        ("peer", peer(silent.peer).to_string().into()),
        ("other", peer(silent.peer).other().to_string().into()),
        ("count", silent.count.into()),
        ("time", duration(words, silent.ns).into()),
    ]
}

fn stays(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    for stay in &view.explanation.waits {
        let values = stayed(stay, words);
        let means = if stay.state == "CLOSE-WAIT" { "account-close-wait" } else { "account-fin-wait-2" };
        match stay.until {
            None if stay.ns < WATCHED => {}
            None => items.push((
                Ink::Doubt,
                join(words, &[words.say_with("account-lingers", &values), words.say_with(means, &values)]),
            )),
            Some(_) if stay.ns >= LINGERED => items.push((Ink::Plain, words.say_with("account-lingered", &values))),
            Some(_) => {}
        }
    }
    for stay in view.explanation.time_wait.iter().filter(|stay| stay.until.is_some() || stay.ns >= WATCHED) {
        let id = if stay.until.is_some() { "account-time-wait-ended" } else { "account-time-wait" };
        items.push((Ink::Plain, words.say_with(id, &stayed(stay, words))));
    }
}

fn reuse(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    let Some(reuse) = view.explanation.reuse else { return };
    let number = |number: Option<u32>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let [iss, last] = reuse.numbers.map(number);
    let [stamp, last_stamp] = reuse.stamps.map(number);
    let values = [
        ("conn", reuse.conn.into()),
        ("frame", reuse.frame.into()),
        ("state", reuse.state.unwrap_or("?").into()),
        ("time", duration(words, reuse.waited_ns.unwrap_or_default()).into()),
        ("iss", iss.into()),
        ("last", last.into()),
        ("stamp", stamp.into()),
        ("last-stamp", last_stamp.into()),
    ];
    let head = if reuse.waited_ns.is_some() { "account-reuse" } else { "account-reuse-untimed" };
    let ground = format!("account-ground-{}", reuse.ground);
    let ink = if reuse.ground == "none" { Ink::Doubt } else { Ink::Plain };
    items.push((ink, join(words, &[words.say_with(head, &values), words.say_with(&ground, &values)])));
}

/// What was agreed, what one offered in vain, and what was used against that.
/// The number of an opener whose SYN was not captured is what the SYN-ACK acknowledges less one, if the SYN was bare.
fn unseen_syn(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    let opener = match view.opener {
        Some("a") => Peer::A,
        Some("b") => Peer::B,
        _ => return,
    };
    if let ([None, Some(frame), _], Some(iss)) = (view.handshake.frames, view.iss[opener]) {
        let letter = Letters::of(view).letter(opener).to_string();
        let values = [
            ("peer", opener.to_string().into()),
            ("letter", letter.into()),
            ("iss", iss.to_string().into()),
            ("frame", frame.into()),
        ];
        items.push((Ink::Doubt, words.say_with("account-missing-syn", &values)));
    }
}

fn options(view: &ConnectionView, words: &Words, items: &mut Vec<(Ink, String)>) {
    let Some(options) = &view.explanation.options else { return };
    // What became of fast open is told by itself.
    let list = |names: &[&str]| {
        names
            .iter()
            .filter(|name| **name != "fast-open")
            .map(|name| words.named("option", name))
            .collect::<Vec<_>>()
            .join(&words.say("comma"))
    };
    let mut told = Vec::new();
    let agreed = list(&options.agreed);
    if !agreed.is_empty() {
        told.push(words.say_with("account-agreed", &[("list", agreed.into())]));
    }
    for peer in ["a", "b"] {
        let own: Vec<&str> = options.alone.iter().filter(|it| it.peer == peer).map(|it| it.option).collect();
        let own = list(&own);
        if !own.is_empty() {
            let values = [("peer", peer.to_ascii_uppercase().into()), ("list", own.into())];
            told.push(words.say_with("account-offered-alone", &values));
        }
    }
    // Where one SYN is missing, the other's offer stands alone.
    let silent = matches!(view.handshake.kind, "unanswered" | "refused" | "reset" | "stray");
    let offers = [("A", &options.offered.a, &options.offered.b), ("B", &options.offered.b, &options.offered.a)];
    for (peer, own, _) in offers.into_iter().filter(|(.., other)| other.is_none() && !silent) {
        let names = own.iter().flatten().filter_map(|offer| offer.split(' ').next());
        let own = list(&names.filter(|name| *name != "mss").collect::<Vec<_>>());
        if !own.is_empty() {
            told.push(words.say_with("account-offered-untold", &[("peer", peer.into()), ("list", own.into())]));
        }
    }
    if options.agreed.contains(&"mptcp") {
        told.push(words.say("account-mptcp"));
    }
    if let Some(fast_open) = view.explanation.fast_open {
        told.push(words.say(&format!("account-fast-open-{fast_open}")));
    }
    if !told.is_empty() {
        items.push((Ink::Plain, join(words, &told)));
    }
    for against in &options.against {
        let values = [("peer", peer(against.peer).to_string().into()), ("frame", against.frame.into())];
        items.push((Ink::Doubt, words.say_with(&format!("account-{}", against.what), &values)));
    }
}
