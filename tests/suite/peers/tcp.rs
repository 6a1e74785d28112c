//! `peer tcp-server` and `peer tcp-client`.

use super::{LIMIT, Running, peer, run, start};
use crate::skip::skip;
use nix::sys::signal::Signal;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;

/// A client of the test's own, that never waits for ever.
fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).expect("connected");
    stream.set_read_timeout(Some(LIMIT)).expect("set");
    stream
}

#[test]
fn a_client_says_hello_and_hears_the_reply() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "1", "--reply", "欢迎"]);
    let at = server.address().to_string();
    let client = run(["tcp-client", &at]);
    client.succeeded();
    assert_eq!(client.stdout, [format!("{at} sent 6 octets: 欢迎")]);
    let from = client.stderr[0].strip_prefix(&format!("connected to {at} from ")).expect("its own address");
    assert_eq!(client.stderr[1], format!("sent 5 octets to {at}, heard 6 octets"));
    let served = server.end();
    served.succeeded();
    assert_eq!(served.stdout, [format!("{from} sent 5 octets: hello")]);
    assert_eq!(
        served.stderr,
        [format!("{from} closed after 5 octets"), "served 1 client, 5 octets, 0 connections cut short".to_owned()]
    );
}

#[test]
fn every_way_to_close_ends_well_at_both_sides() {
    for (server_args, client_args, cut_short) in [
        (["--hold", "50"].as_slice(), ["--close", "whole", "--await-line"].as_slice(), 0),
        (&["--hold", "0"], &["--close", "half", "--hold", "10"], 0),
        (&["--close-first"], &["--close", "last", "--hold", "50"], 0),
        (&[], &["--close", "reset", "--await-line"], 1),
    ] {
        let common = ["tcp-server", "127.0.0.1:0", "--count", "1", "--reply", "bye\n"];
        let server = start(common.iter().chain(server_args));
        let at = server.address().to_string();
        let client = run(["tcp-client", &at, "你好"].iter().chain(client_args));
        client.succeeded();
        assert_eq!(client.stdout, [format!("{at} sent 4 octets: bye\\n")], "{client_args:?}");
        let served = server.end();
        served.succeeded();
        let summary = served.stderr.last().expect("a summary");
        assert!(summary.contains(&format!(", {cut_short} connection")), "{client_args:?}: {served:?}");
    }
}

#[test]
fn many_clients_are_served_at_the_same_time() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "20"]);
    let at = server.address();
    let clients: Vec<_> = (0..20).map(|_| connect(at)).collect();
    for mut client in &clients {
        client.write_all(b"here").expect("written");
    }
    // None has closed yet, and all are heard.
    let heard: BTreeSet<_> = clients.iter().map(|_| server.result()).collect();
    let wanted = clients.iter().map(|client| client.local_addr().expect("bound"));
    assert_eq!(heard, wanted.map(|from| format!("{from} sent 4 octets: here")).collect());
    drop(clients);
    let served = server.end();
    served.succeeded();
    assert_eq!(served.stderr.last().expect("a summary"), "served 20 clients, 80 octets, 0 connections cut short");
}

#[test]
fn no_more_clients_are_served_at_once_than_told_and_the_others_wait() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "10", "--at-once", "2"]);
    let at = server.address();
    let mut clients: Vec<_> = (0..10).map(|_| connect(at)).collect();
    for mut client in &clients {
        client.write_all(b"here").expect("written");
    }
    let mut heard = vec![server.result(), server.result()];
    let threads = fs::read_dir(format!("/proc/{}/task", server.child.id())).expect("its threads").count();
    assert!(threads <= 3, "one thread and two for clients, found {threads}");
    // Each that closes makes room for the next.
    clients.retain(|client| {
        let from = client.local_addr().expect("bound").to_string();
        !heard.iter().any(|line| line.starts_with(&format!("{from} ")))
    });
    assert_eq!(clients.len(), 8, "two were served, and have closed now");
    drop(clients);
    heard.extend((0..8).map(|_| server.result()));
    assert_eq!(heard.iter().collect::<BTreeSet<_>>().len(), 10);
    server.end().succeeded();
}

#[test]
fn a_silent_client_is_given_up_and_the_next_is_served() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "2", "--at-once", "1", "--timeout", "1"]);
    let at = server.address();
    let mut silent = connect(at);
    let from = silent.local_addr().expect("bound");
    let note = server.note_with("gave up on");
    assert_eq!(
        note,
        format!("gave up on {from}: it did not send what was waited for within 1 s; --timeout SECS waits longer")
    );
    assert_eq!(silent.read(&mut [0; 8]).expect("an orderly end"), 0);
    run(["tcp-client", &at.to_string()]).succeeded();
    let served = server.end();
    served.succeeded();
    assert_eq!(served.stderr.last().expect("a summary"), "served 2 clients, 5 octets, 1 connection cut short");
}

#[test]
fn characters_that_reads_cut_are_put_together_and_the_rest_is_told() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "1", "--size", "1"]);
    let mut client = connect(server.address());
    client.write_all("é\u{202e}!\u{9b}".as_bytes()).expect("written");
    client.write_all(b"\xe4\xbd").expect("written");
    let from = client.local_addr().expect("bound");
    client.shutdown(Shutdown::Write).expect("shut down");
    let served = server.end();
    served.succeeded();
    let text: String = served.stdout.iter().map(|line| line.split_once(": ").expect("a text").1).collect();
    assert_eq!(text, "é\\u{202e}!\\u{9b}");
    assert!(served.stdout.iter().all(|line| line.contains(" sent 1 octet: ")), "{served:?}");
    assert_eq!(served.stderr[0], format!("{from} finished sending inside a UTF-8 character: \\xe4\\xbd"));
}

#[test]
fn a_signal_ends_a_server_well_even_with_clients_connected() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let server = start(["tcp-server", "127.0.0.1:0"]);
        let mut client = connect(server.address());
        client.write_all(b"stay").expect("written");
        server.result();
        server.signal(signal);
        let served = server.end();
        served.succeeded();
        assert_eq!(served.stderr.last().expect("a summary"), "served 1 client, 0 octets, 1 connection cut short");
        assert!(served.stderr[0].ends_with(" cut off: stopped before it was done"), "{served:?}");
    }
}

#[test]
fn an_interrupted_client_exits_130() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound").to_string();
    let client = start(["tcp-client", &at]);
    client.note_with("connected to");
    client.signal(Signal::SIGINT);
    let ended = client.end();
    assert_eq!((ended.code, ended.stderr), (Some(130), vec!["synfin: stopped before it was done".to_owned()]));
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound").to_string();
    run(["tcp-client", &at, "--timeout", "0.05"]).failed_with(&format!("gave up on {at}: it did not send what"));
}

#[test]
fn a_reader_that_has_gone_ends_a_server_without_a_word_of_complaint() {
    let mut server = Running::of(&mut peer(["tcp-server", "127.0.0.1:0"]));
    let at = server.address();
    // The pipe's reading end is held by the thread that reads lines; a new server gets one that nobody reads.
    server.signal(Signal::SIGTERM);
    server.child.wait().expect("ended");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let server = Running::of(peer(["tcp-server", &at.to_string()]).stdout(Stdio::from(writer)));
    let mut client = connect(server.address());
    client.write_all(b"hello").expect("written");
    let served = server.end();
    served.succeeded();
    assert!(served.stderr.iter().all(|line| !line.contains("cannot")), "{served:?}");
}

#[test]
fn a_full_disk_under_the_results_is_an_error() {
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    let server = Running::of(peer(["tcp-server", "127.0.0.1:0", "--count", "1"]).stdout(Stdio::from(full)));
    let mut client = connect(server.address());
    client.write_all(b"hello").expect("written");
    server.end().failed_with("cannot write the results: ");
}

#[test]
fn ipv6_addresses_stand_in_brackets() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        skip("ipv6_addresses_stand_in_brackets", "this machine has no ::1");
        return;
    }
    let server = start(["tcp-server", "[::1]:0", "--count", "1"]);
    let at = server.address().to_string();
    assert!(at.starts_with("[::1]:"), "{at}");
    run(["tcp-client", &at, "v6"]).succeeded();
    let line = server.result();
    assert!(line.starts_with("[::1]:") && line.ends_with(" sent 2 octets: v6"), "{line}");
    server.end().succeeded();
}

#[test]
fn a_name_leads_to_whichever_of_its_addresses_listens() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "1"]);
    let port = server.address().port();
    run(["tcp-client", &format!("localhost:{port}"), "by name"]).succeeded();
    assert!(server.result().ends_with(" sent 7 octets: by name"));
    server.end().succeeded();
}
