//! Each end of each connection, as its kernel tells it and as the wire shows it at both taps.

use std::net::SocketAddr;

use crate::cli::witness::{said, shown_of, stamp};
use synfin::lab::host::{Addresses, Host, PerHost};
use synfin::peer::Peer;
use synfin::report::collect::Story;
use synfin::report::laboratory::{EndView, MoveView};
use synfin::report::view::ConnectionView;
use synfin::tcp::state::State;
use synfin::witness::compare::{self, Excuse, Shown, Word};
use synfin::witness::diag::Seen;
use synfin::witness::life::{Life, Role};
use synfin::witness::pairing::{self, WireEnd};

/// What there is to compare.
pub struct Evidence<'e> {
    /// The addresses of the hosts.
    pub addresses: Addresses,
    /// The connections, as seen at each host's tap.
    pub stories: &'e PerHost<Vec<Story>>,
    /// Each host's sockets in the end.
    pub sockets: &'e PerHost<Option<Vec<Seen>>>,
    /// The lives that the kernel told of, if it was heard.
    pub lives: Option<&'e [Life]>,
}

/// One end of one connection.
struct End<'e> {
    host: Host,
    view: &'e ConnectionView,
    peer: Peer,
    own: SocketAddr,
    other: SocketAddr,
}

/// All ends, by host.
pub fn ends(evidence: &Evidence<'_>) -> Vec<EndView> {
    let of = |host| evidence.stories[host].iter().filter_map(move |story| end(evidence, host, &story.view));
    let ends: Vec<End<'_>> = Host::BOTH.into_iter().flat_map(of).collect();
    let wire: Vec<WireEnd> = ends.iter().map(wire_end).collect();
    let lives = evidence.lives.map(|lives| pairing::pair(lives, &wire));
    let life = |at: usize| lives.as_ref().map(|lives| lives.get(at).copied().flatten());
    ends.iter().zip(&wire).enumerate().map(|(at, (end, wire))| view(evidence, end, &wire.shown, life(at))).collect()
}

fn wire_end(end: &End<'_>) -> WireEnd {
    let opens = end.view.opener == Some(end.peer.id()) || end.view.opener == Some("both");
    WireEnd {
        own: end.own,
        other: end.other,
        role: if opens { Role::Active } else { Role::Passive },
        begin: end.view.transitions.first().and_then(|row| stamp(&row.time)).unwrap_or_default(),
        shown: shown_of(end.view, end.peer),
    }
}

fn end<'e>(evidence: &Evidence<'_>, host: Host, view: &'e ConnectionView) -> Option<End<'e>> {
    let (a, b): (SocketAddr, SocketAddr) = (view.a.parse().ok()?, view.b.parse().ok()?);
    let (peer, own, other) = match evidence.addresses.host_of(a.ip()) {
        Some(of) if of == host => (Peer::A, a, b),
        _ => (Peer::B, b, a),
    };
    Some(End { host, view, peer, own, other })
}

fn view(evidence: &Evidence<'_>, end: &End<'_>, shown: &[Shown], life: Option<Option<&Life>>) -> EndView {
    let belief = end.view.states[end.peer].as_ref();
    // A pair of ports that is used again has several connections: the socket in the end is that of the last.
    let is_last = same(evidence, end).last().is_some_and(|last| last.conn == end.view.conn);
    let kernel = is_last.then(|| socket(evidence, end)).flatten();
    let far = is_last.then(|| far(evidence, end)).flatten();
    let mut verdict = match (kernel, belief) {
        (Some(kernel), Some(own)) if own.likely == kernel => "agrees",
        (Some("CLOSED"), Some(own)) if own.likely == "LISTEN" => "agrees",
        (Some(kernel), Some(own)) if own.possible.contains(&kernel) || own.silent.contains(&kernel) => "possible",
        (Some(_), Some(_)) => "disagrees",
        _ => "unknown",
    };
    let (mut kernel_path, mut moves, mut excuse) = (None, Vec::new(), None);
    if let Some(life) = life {
        let path = life.map(Life::path);
        let words = compare::words(path.as_deref(), shown);
        moves = shown.iter().zip(&words).map(|(shown, word)| told(shown, *word)).collect();
        if compare::is_same(path.as_deref(), shown) {
            verdict = if verdict == "unknown" { "agrees" } else { verdict };
        } else {
            excuse = compare::excuse(path.as_deref(), shown).map(Excuse::id);
            verdict = if excuse.is_some() { "possible" } else { "disagrees" };
        }
        kernel_path = Some(path.unwrap_or_default().iter().map(|step| step.to.name()).collect());
    }
    EndView {
        conn: end.view.conn,
        host: end.host.id(),
        address: end.own.to_string(),
        kernel,
        own: belief.map(|belief| belief.likely),
        far,
        kernel_path,
        own_path: shown.iter().map(|step| step.to.name()).collect(),
        moves,
        excuse,
        verdict,
    }
}

fn told(shown: &Shown, word: Word) -> MoveView {
    MoveView { to: shown.to.name(), word: said(word) }
}

/// The connections between the same two addresses at the host's own tap, in their order.
fn same<'e>(evidence: &'e Evidence<'_>, end: &'e End<'_>) -> impl Iterator<Item = &'e ConnectionView> {
    let is_same = |view: &&ConnectionView| {
        let pair = (&view.a, &view.b);
        pair == (&end.view.a, &end.view.b) || pair == (&end.view.b, &end.view.a)
    };
    evidence.stories[end.host].iter().map(|story| &story.view).filter(is_same)
}

/// The state of the socket in the end; CLOSED if there is none.
fn socket(evidence: &Evidence<'_>, end: &End<'_>) -> Option<&'static str> {
    let sockets = evidence.sockets[end.host].as_ref()?;
    match sockets.iter().find(|seen| seen.own == end.own && seen.other == end.other) {
        Some(seen) => Some(seen.state.state()?.name()),
        None => Some(State::Closed.name()),
    }
}

/// The likely state by the other host's tap, of the last connection there.
fn far(evidence: &Evidence<'_>, end: &End<'_>) -> Option<&'static str> {
    let own = end.own.to_string();
    let other = end.other.to_string();
    let between = |view: &&ConnectionView| (view.a == own && view.b == other) || (view.a == other && view.b == own);
    let mut views = evidence.stories[end.host.other()].iter().map(|story| &story.view);
    let view = views.rfind(between)?;
    let peer = if view.a == own { Peer::A } else { Peer::B };
    view.states[peer].as_ref().map(|belief| belief.likely)
}
