//! What the SYNs offered, what of it both did, and what was used against that.

use crate::peer::{Peer, PerPeer};
use crate::report::view::{AgainstView, AloneView, OptionsView};
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::offer::{Agreed, Feature, Multipath, Terms};

pub(super) fn options(it: &Connection) -> Option<OptionsView> {
    let latest = |peer: Peer| it.offers(peer).last().map(|offer| offer.terms);
    let terms = PerPeer { a: latest(Peer::A), b: latest(it.other(Peer::A)) };
    if terms.a.is_none() && terms.b.is_none() {
        return None;
    }
    let has = |peer: Peer, feature| terms[peer].is_some_and(|terms| terms.has(feature));
    let lacks = |peer: Peer, feature| terms[peer].is_some_and(|terms| terms.lacks(feature));
    let both = terms.a.is_some() && terms.b.is_some();
    let mut alone = Vec::new();
    if it.ends == Ends::Two && both {
        for feature in Feature::ALL {
            for peer in Peer::BOTH {
                if has(peer, feature) && lacks(peer.other(), feature) {
                    alone.push(AloneView { peer: peer.id(), option: feature.id() });
                }
            }
        }
    }
    let agreed = |feature: &Feature| both && Peer::BOTH.into_iter().all(|peer| has(peer, *feature));
    let offered = PerPeer { a: terms.a.map(|terms| words(&terms)), b: terms.b.map(|terms| words(&terms)) };
    Some(OptionsView {
        offered: offered.into(),
        agreed: Feature::ALL.into_iter().filter(agreed).map(Feature::id).collect(),
        alone,
        against: it.peers().iter().flat_map(|peer| against(it, *peer)).collect(),
    })
}

/// The first segments of `peer` that use an option against what was offered.
fn against(it: &Connection, peer: Peer) -> Vec<AgainstView> {
    let (facts, agreed) = (&it.facts[peer], it.timestamps_agreed());
    let mut permissions = it.offers(it.other(peer)).map(|offer| offer.terms.lacks(Feature::Sack)).peekable();
    let forbidden = permissions.peek().is_some() && permissions.all(|lacks| lacks);
    let found = [
        ("timestamps-not-agreed", facts.clock.with.filter(|_| agreed == Agreed::No)),
        ("timestamps-left-out", facts.clock.without.filter(|_| agreed == Agreed::Yes)),
        ("sack-not-permitted", facts.sacked.first.filter(|_| forbidden)),
    ];
    let views =
        found.into_iter().filter_map(|(what, frame)| Some(AgainstView { peer: peer.id(), what, frame: frame? }));
    views.collect()
}

/// An offer in words.
fn words(terms: &Terms) -> Vec<String> {
    let mut words: Vec<String> = terms.mss.map(|octets| format!("mss {octets}")).into_iter().collect();
    for feature in Feature::ALL.into_iter().filter(|feature| terms.has(*feature)) {
        let number = match (feature, terms.multipath) {
            (Feature::Scale, _) => terms.shift,
            (Feature::FastOpen, _) => terms.cookie,
            (Feature::Multipath, Multipath::Capable(version)) => Some(version),
            _ => None,
        };
        words.push(number.map_or_else(|| feature.id().to_owned(), |number| format!("{} {number}", feature.id())));
    }
    words
}
