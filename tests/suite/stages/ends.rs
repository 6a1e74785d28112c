//! What the wire leaves open of the end of a connection, and what a later segment settles: cases that the laboratory found, each
//! with its trace.

use std::fs;
use std::path::Path;

use synfin::report::view::ConnectionView;
use synfin::tcp::state::State;

use super::views;

fn view(trace: &str) -> ConnectionView {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(trace);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    views(&text).remove(0)
}

/// Everything that is believed of an endpoint at the end: by itself, or if something silent has happened.
fn believed(view: &ConnectionView, peer: char) -> Vec<&'static str> {
    let belief = if peer == 'a' { &view.states.a } else { &view.states.b };
    let belief = belief.as_ref().expect("a belief");
    belief.possible.iter().chain(&belief.silent).copied().collect()
}

fn path(view: &ConnectionView, peer: &str) -> Vec<&'static str> {
    let standing = view.transitions.iter().filter(|row| row.peer == peer && row.retracted.is_none());
    standing.map(|row| row.to).collect()
}

#[test]
fn a_fin_that_was_lost_before_the_tap_may_have_come_before_the_others() {
    let view = view("loss/fin-lost-before-the-tap.trace");
    assert_eq!(believed(&view, 'a'), ["LAST-ACK", "CLOSED", "CLOSING", "TIME-WAIT"]);
}

#[test]
fn a_fin_that_had_data_to_wait_behind_may_have_been_decided_before_the_others_came() {
    let closed = view("close/fin-waits-behind-data.trace");
    assert_eq!(believed(&closed, 'b'), ["LAST-ACK", "CLOSED", "CLOSING", "TIME-WAIT"]);
    let nothing_sent = view("close/normal-close.trace");
    assert_eq!(believed(&nothing_sent, 'b'), ["LAST-ACK", "CLOSED"]);
}

#[test]
fn a_fin_repeated_while_its_answer_is_under_way_makes_no_simultaneous_close() {
    let view = view("loss/fin-again-while-its-answer-is-under-way.trace");
    assert_eq!(path(&view, "a"), ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "TIME-WAIT"]);
}

#[test]
fn a_damaged_segment_alone_leaves_both_ends_open() {
    let view = view("loss/syn-cut-before-the-tap.trace");
    assert_eq!(believed(&view, 'a'), State::ALL.map(State::name));
}

#[test]
fn a_fin_that_its_hearer_refuses_with_the_data_before_it_leads_nowhere() {
    let view = view("close/data-after-close-refused-with-its-fin.trace");
    assert_eq!(path(&view, "a"), ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSED"]);
}
