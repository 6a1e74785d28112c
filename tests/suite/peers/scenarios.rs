//! The demo's scenarios through the library: both peers in this process, with the kernel between them.

use crate::skip::skip;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use synfin::demo::datagram::Answer;
use synfin::demo::scenario::{Scenario, TcpRun, run_tcp};
use synfin::demo::{Audience, FileRun, PICTURE_NAME, UdpRun, run_file, run_udp};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

#[test]
fn every_tcp_scenario_plays_to_its_end() {
    for scenario in Scenario::ALL {
        let run = TcpRun::prepare(V4, scenario).expect("ports");
        let server = run.server();
        let done = run.run().unwrap_or_else(|error| panic!("{scenario}: {error}"));
        assert_eq!((done.scenario, done.server), (scenario, server));
        let (said, answered) = match scenario {
            Scenario::Refused => (0, 0),
            Scenario::HalfClose => (5, 3 * 1024),
            _ => (5, 8),
        };
        assert_eq!((done.client_said.len(), done.server_said.len()), (said, answered), "{scenario}");
        assert_eq!(done.client.is_none(), scenario == Scenario::Refused, "{scenario}");
    }
}

#[test]
fn the_peers_of_different_runs_do_not_meet() {
    let runs: Vec<_> = (0..8).map(|_| TcpRun::prepare(V4, Scenario::Merged).expect("ports")).collect();
    std::thread::scope(|scope| {
        for run in runs {
            scope.spawn(|| run.run().expect("a merged close"));
        }
    });
}

#[test]
fn a_datagram_arrives_or_the_network_says_that_it_does_not() {
    let run = UdpRun::prepare(V4, Audience::Present).expect("ports");
    let receiver = run.receiver();
    let done = run.run().expect("a datagram");
    assert_eq!(done.receiver, receiver);
    assert_eq!((done.received.as_ref(), done.answer), (Some(&done.sent), Answer::Nothing));
    assert_eq!(done.sent, "你好".as_bytes());

    let done = run_udp(V4, Audience::Absent).expect("an answer");
    assert_eq!((done.received, done.answer), (None, Answer::PortUnreachable));
}

#[test]
fn a_picture_is_downloaded_whole() {
    for octets in [0, 1, 1024, 5000, 1_000_000] {
        let run = FileRun::prepare(V4, octets).expect("ports");
        let server = run.server();
        let done = run.run().unwrap_or_else(|error| panic!("{octets} octets: {error}"));
        assert_eq!((done.server, done.length, done.name), (server, octets as u64, PICTURE_NAME));
    }
}

#[test]
fn the_scenarios_play_over_ipv6_too() {
    if TcpListener::bind((V6, 0)).is_err() {
        skip("the_scenarios_play_over_ipv6_too", "this machine has no ::1");
        return;
    }
    run_tcp(V6, Scenario::Refused).expect("refused");
    run_tcp(V6, Scenario::HalfClose).expect("a half-close");
    assert_eq!(run_udp(V6, Audience::Absent).expect("an answer").answer, Answer::PortUnreachable);
    run_file(V6, 5000).expect("a picture");
}
