//! The two directions of a connection in different VLANs: one connection, if it begins with the SYN.

use crate::traces::{Frame, faults_of, watch_frames};
use synfin::peer::Peer;
use synfin::trace::packets::{self, Carrier};
use synfin::trace::{self, Step};

/// A trace of which A's frames have no tag and B's have one.
fn frames(steps: &[Step]) -> Vec<Frame> {
    let of = |carrier| packets::captured(steps, carrier).expect("a trace can be made into packets").frames;
    let pairs = of(Carrier::Ethernet4).into_iter().zip(of(Carrier::Vlan4));
    let chosen = pairs.zip(steps).map(|((plain, tagged), step)| if step.from == Peer::A { plain } else { tagged });
    (1..).zip(chosen).map(|(frame, (at, bytes))| Frame { frame, at, interface: 0, bytes }).collect()
}

#[test]
fn two_directions_in_different_vlans_are_one_connection_from_its_syn_on() {
    let text = include_str!("../../traces/close/normal-close.trace");
    let steps = trace::parse(text).expect("it is a trace");
    let seen = watch_frames(frames(&steps), Carrier::Ethernet4);
    assert_eq!(faults_of(&steps, &seen, |line| line), "");
    assert_eq!((seen.counted, seen.connections), (steps.len() as u64, 1));
}

#[test]
fn two_directions_in_different_vlans_stay_two_where_nothing_joins_them() {
    let text = include_str!("../../traces/close/normal-close.trace");
    let steps: Vec<Step> = trace::parse(text).expect("it is a trace").split_off(3);
    let seen = watch_frames(frames(&steps), Carrier::Ethernet4);
    assert!(seen.broken.is_empty(), "{:?}", seen.broken);
    assert_eq!((seen.counted, seen.connections), (steps.len() as u64, 2));
}
