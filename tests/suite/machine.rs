//! The whole machine: which path of states every combination of an endpoint's facts makes, as a table to review, and
//! that no path takes a step that RFC 9293 has not.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use synfin::tcp::endpoint::{At, Ended, Endpoint, Heard, Opening, Spoke};
use synfin::tcp::path::{Path, path};
use synfin::tcp::state::State;
use synfin::timestamp::Timestamp;

fn at(frame: u64) -> At {
    At { frame, time: Timestamp::from_ns(0), turn: frame }
}

fn heard(frame: u64) -> Option<Heard> {
    Some(Heard::presumed(at(frame)))
}

/// How it came in, and what it heard of the other's SYN.
fn beginnings() -> Vec<(&'static str, Endpoint)> {
    let from = |opening, heard_syn, syn_acked| Endpoint {
        opening,
        heard_syn,
        syn_acked,
        spoke: Spoke::Yes,
        ..Endpoint::default()
    };
    vec![
        ("nothing shown", Endpoint::default()),
        ("SYN", from(Opening::Active(at(1)), None, None)),
        ("SYN, crossed by a SYN", from(Opening::Active(at(1)), heard(2), None)),
        ("SYN, SYN-ACK heard", from(Opening::Active(at(1)), heard(2), heard(2))),
        ("SYN-ACK", from(Opening::Passive(at(2)), heard(2), None)),
        ("SYN-ACK, acknowledged", from(Opening::Passive(at(2)), heard(2), heard(3))),
        ("SYN, SYN-ACK, acknowledged", from(Opening::Simultaneous(at(1), at(2)), heard(2), heard(3))),
        ("SYN not captured, SYN-ACK heard", from(Opening::ActiveUnseen, heard(2), heard(2))),
        ("within the connection", from(Opening::Midstream(at(3)), None, None)),
    ]
}

/// What happened at the close, frames 10 to 12.
fn closes(open: Endpoint) -> Vec<(&'static str, Endpoint)> {
    let fins = |sent_fin, fin_acked, heard_fin| Endpoint { sent_fin, fin_acked, heard_fin, ..open };
    vec![
        ("", open),
        ("FIN heard", fins(None, None, heard(10))),
        ("FIN sent", fins(Some(at(10)), None, None)),
        ("FIN sent, acknowledged", fins(Some(at(10)), heard(11), None)),
        ("FIN sent, FIN heard", fins(Some(at(10)), None, heard(11))),
        ("FIN sent, acknowledged, FIN heard", fins(Some(at(10)), heard(11), heard(12))),
        ("FIN sent, FIN heard that acknowledges it", fins(Some(at(10)), heard(11), heard(11))),
        ("FIN sent, FIN heard, acknowledged", fins(Some(at(10)), heard(12), heard(11))),
        ("FIN heard, FIN sent", fins(Some(at(11)), None, heard(10))),
        ("FIN heard, FIN sent, acknowledged", fins(Some(at(11)), heard(12), heard(10))),
    ]
}

fn ends(closed: Endpoint) -> [(&'static str, Endpoint); 3] {
    [
        ("", closed),
        ("RST sent", Endpoint { ended: Some(Ended::SentReset(at(20))), ..closed }),
        ("RST heard", Endpoint { ended: Some(Ended::GotReset(at(20))), ..closed }),
    ]
}

fn written(path: &Path) -> String {
    let mut text = path.first().map_or("-".to_owned(), |step| format!("{} {}", step.arc.id(), step.to));
    for step in path.iter().skip(1) {
        let _ = write!(text, ", {} {}", step.arc.id(), step.to);
    }
    text
}

#[test]
fn every_combination_of_facts_makes_the_reviewed_path() {
    use State::*;
    let arrows: BTreeSet<(&str, &str)> = [
        (SynSent, Established),
        (SynSent, SynReceived),
        (SynReceived, Established),
        (SynReceived, FinWait1),
        (SynReceived, CloseWait),
        (SynReceived, Listen),
        (Established, FinWait1),
        (Established, CloseWait),
        (FinWait1, FinWait2),
        (FinWait1, Closing),
        (FinWait1, TimeWait),
        (FinWait2, TimeWait),
        (Closing, TimeWait),
        (CloseWait, LastAck),
    ]
    .into_iter()
    .map(|(from, to)| (from.name(), to.name()))
    .collect();
    let mut table = String::new();
    for (beginning, open) in beginnings() {
        let _ = writeln!(table, "{beginning}");
        for (close, closed) in closes(open) {
            for (end, ended) in ends(closed) {
                let path = path(&ended);
                let mut before = None;
                for step in &path {
                    assert_eq!(step.from, before, "{beginning}; {close}; {end}: a gap in {path:?}");
                    let drawn = step.from.is_none_or(|from| arrows.contains(&(from.name(), step.to.name())));
                    assert!(drawn || step.to == Closed, "{beginning}; {close}; {end}: no such step: {step:?}");
                    before = Some(step.to);
                }
                let facts: Vec<_> = [close, end].into_iter().filter(|it| !it.is_empty()).collect();
                let _ = writeln!(table, "  {:<55} {}", facts.join("; "), written(&path));
            }
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!("machine", table);
    });
}
