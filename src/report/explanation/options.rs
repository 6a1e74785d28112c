//! What the SYNs offered, what of it both did, and what was used against that.

use crate::peer::{Peer, PerPeer};
use crate::report::view::{AgainstView, AloneView, OptionsView};
use crate::tcp::connection::{Connection, Ends};
use crate::tcp::negotiated::{Feature, Offer};

pub(super) fn options(it: &Connection) -> Option<OptionsView> {
    let both = &it.negotiated;
    if both.a.offer.is_none() && both.b.offer.is_none() {
        return None;
    }
    let offered = PerPeer { a: both.a.offer.map(|offer| words(&offer)), b: both.b.offer.map(|offer| words(&offer)) };
    let has = |peer: Peer, feature| both[peer].offer.is_some_and(|offer| offer.has(feature));
    let mut alone = Vec::new();
    if it.ends == Ends::Two && both.a.offer.is_some() && both.b.offer.is_some() {
        for feature in Feature::ALL {
            for peer in Peer::BOTH {
                if has(peer, feature) && !has(peer.other(), feature) {
                    alone.push(AloneView { peer: peer.id(), option: feature.id() });
                }
            }
        }
    }
    let against = it.peers().iter().flat_map(|peer| {
        let own = both[*peer];
        let found = [
            ("timestamps-not-agreed", own.stray_timestamps),
            ("timestamps-left-out", own.bare),
            ("sack-not-permitted", own.stray_sack),
        ];
        found.into_iter().filter_map(|(what, frame)| Some(AgainstView { peer: peer.id(), what, frame: frame? }))
    });
    Some(OptionsView {
        offered: offered.into(),
        agreed: Feature::ALL
            .into_iter()
            .filter(|feature| it.both_offer(*feature) == Some(true))
            .map(Feature::id)
            .collect(),
        alone,
        against: against.collect(),
    })
}

/// An offer in words.
fn words(offer: &Offer) -> Vec<String> {
    let mut words: Vec<String> = offer.mss.map(|octets| format!("mss {octets}")).into_iter().collect();
    for feature in Feature::ALL.into_iter().filter(|feature| offer.has(*feature)) {
        let number = match feature {
            Feature::Scale => offer.shift,
            Feature::FastOpen => offer.cookie,
            Feature::Multipath => offer.multipath,
            Feature::Sack | Feature::Timestamps | Feature::Ecn => None,
        };
        words.push(number.map_or_else(|| feature.id().to_owned(), |number| format!("{} {number}", feature.id())));
    }
    words
}
