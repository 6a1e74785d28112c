//! Which life of a socket belongs to which end of a connection that a capture shows, at that host's own tap.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::compare::Shown;
use super::life::{Life, Role};
use crate::timestamp::Timestamp;

/// One end of a connection, as the capture shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WireEnd {
    /// Its address.
    pub own: SocketAddr,
    /// The other end's.
    pub other: SocketAddr,
    /// Whether it sent a SYN of its own accord.
    pub role: Role,
    /// When the connection's first segment was captured.
    pub begin: Timestamp,
    /// Its moves that stand.
    pub shown: Vec<Shown>,
}

/// For each end the life of its socket; `None` if no socket came to be.
///
/// Who connects lives as often as its connections open, so they pair in their order. Who listens lives only once the handshake
/// is complete: there the time decides.
#[must_use]
pub fn pair<'l>(lives: &'l [Life], ends: &[WireEnd]) -> Vec<Option<&'l Life>> {
    let mut by_pair: BTreeMap<(SocketAddr, SocketAddr), Vec<&Life>> = BTreeMap::new();
    for life in lives {
        by_pair.entry((life.own, life.other)).or_default().push(life);
    }
    let mut begins: BTreeMap<(SocketAddr, SocketAddr), Vec<Timestamp>> = BTreeMap::new();
    for end in ends {
        begins.entry((end.own, end.other)).or_default().push(end.begin);
    }
    let mut opened: BTreeMap<(SocketAddr, SocketAddr), usize> = BTreeMap::new();
    let life_of = |end: &WireEnd| {
        let key = (end.own, end.other);
        let mut own = by_pair.get(&key)?.iter().filter(|life| life.role == end.role);
        if end.role == Role::Active {
            let nth = opened.entry(key).or_default();
            *nth += 1;
            return own.nth(*nth - 1).copied();
        }
        let next = begins.get(&key)?.iter().filter(|begin| **begin > end.begin).min();
        own.find(|life| life.begin() >= end.begin && next.is_none_or(|next| life.begin() < *next)).copied()
    };
    ends.iter().map(life_of).collect()
}
