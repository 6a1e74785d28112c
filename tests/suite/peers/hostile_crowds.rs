//! Peers among many, endless and vanishing ones: each costs a bounded place for a bounded time.

use super::files::{names, place, serve};
use super::{LIMIT, noise, run_in, start};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::{Domain, SockRef, Socket, Type};

use crate::skip::skip;

/// How many come at once.
const CROWD: usize = 1_000;

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).expect("connected");
    stream.set_read_timeout(Some(LIMIT)).expect("set");
    stream.set_write_timeout(Some(LIMIT)).expect("set");
    stream
}

/// Descriptors for the crowd, in a process that runs other tests too.
fn has_room(test: &str) -> bool {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("known");
    let wanted = 2 * CROWD as u64 + 1_024;
    if soft >= wanted || setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard).is_ok() && hard >= wanted {
        return true;
    }
    skip(test, &format!("wanted {wanted} descriptors, may have {hard}"));
    false
}

/// A thousand connections, begun without waiting for any.
fn crowd(at: SocketAddr) -> Vec<Socket> {
    let call = |_| {
        let socket = Socket::new(Domain::for_address(at), Type::STREAM, None).expect("a socket");
        socket.set_nonblocking(true).expect("set");
        // Under way, or made at once.
        let _under_way = socket.connect(&at.into());
        socket
    };
    (0..CROWD).map(call).collect()
}

#[test]
fn a_thousand_silent_connections_at_once_do_not_keep_the_next_from_a_file() {
    if !has_room("a_thousand_silent_connections_at_once_do_not_keep_the_next_from_a_file") {
        return;
    }
    let place = place();
    fs::write(place.path().join("served/file"), b"content").expect("written");
    let server = serve(&place, &["--timeout", "0.2"]);
    let at = server.address();
    let held = crowd(at);
    run_in(&place.path().join("received"), ["file-client", &at.to_string(), "file"]).succeeded();
    assert_eq!(names(&place.path().join("received")), ["file"]);
    drop(held);
    server.signal(nix::sys::signal::Signal::SIGTERM);
    server.end().succeeded();
}

#[test]
fn a_thousand_resets_at_once_do_not_keep_the_next_from_a_reply() {
    if !has_room("a_thousand_resets_at_once_do_not_keep_the_next_from_a_reply") {
        return;
    }
    let server = start(["tcp-server", "127.0.0.1:0", "--timeout", "0.2"]);
    let at = server.address();
    for socket in crowd(at) {
        socket.set_linger(Some(Duration::ZERO)).expect("set");
    }
    let client = start(["tcp-client", &at.to_string()]);
    client.end().succeeded();
    server.signal(nix::sys::signal::Signal::SIGTERM);
    server.end().succeeded();
}

#[test]
fn a_reset_in_the_middle_of_a_file_is_told_and_the_next_is_served() {
    let place = place();
    fs::write(place.path().join("served/film"), noise(64 * 1024 * 1024)).expect("written");
    fs::write(place.path().join("served/file"), b"content").expect("written");
    let server = serve(&place, &["--count", "2"]);
    let at = server.address();
    let mut client = connect(at);
    client.write_all(b"film\n").expect("written");
    client.read_exact(&mut [0; 5000]).expect("a beginning");
    let from = client.local_addr().expect("bound");
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).expect("set");
    drop(client);
    assert_eq!(server.note(), format!("cannot write to {from}: it reset the connection"));
    run_in(&place.path().join("received"), ["file-client", &at.to_string(), "file"]).succeeded();
    server.end().succeeded();
}

/// Writes the same octets until the other goes away; how many went out.
fn pour(mut stream: &TcpStream, octets: &[u8]) -> u64 {
    let mut poured = 0;
    loop {
        match stream.write(octets) {
            Ok(count) => poured += count as u64,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return poured,
        }
    }
}

#[test]
fn a_client_that_talks_without_end_is_given_up() {
    // No reply; of the text no more is printed than fits the pipe, which the test does not read meanwhile.
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "1", "--size", "65536"]);
    let at = server.address();
    let client = connect(at);
    let from = client.local_addr().expect("bound");
    let poured = pour(&client, &[b'a'; 65_536]);
    assert!(poured >= 16 * 1024 * 1024, "{poured}");
    let note = server.note_with("gave up on");
    assert_eq!(note, format!("gave up on {from}: it sent more than 16777216 octets; a conversation ends before that"));
    server.end().succeeded();
}

#[test]
fn a_server_that_talks_without_end_and_without_a_line_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound");
    let client = start(["tcp-client", &at.to_string(), "--await-line", "--size", "65536"]);
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        pour(&stream, &[b'a'; 65_536])
    });
    let ended = client.end();
    // Not compared as a whole: what it has printed is long.
    assert_eq!(ended.code, Some(2));
    let told = ended.stderr.last().expect("why");
    assert!(told.contains("it sent more than 16777216 octets"), "{told}");
    assert!(server.join().expect("no panic") >= 16 * 1024 * 1024);
}

#[test]
fn an_octet_now_and_then_does_not_hold_a_place_for_ever() {
    let server = start(["tcp-server", "127.0.0.1:0", "--count", "2", "--at-once", "1", "--timeout", "0.1"]);
    let at = server.address();
    let mut client = connect(at);
    let from = client.local_addr().expect("bound");
    client.set_nodelay(true).expect("set");
    // Each octet comes in time for a time-out of its own; all of them do not. What paces them is a wait for an answer.
    client.set_read_timeout(Some(Duration::from_millis(20))).expect("set");
    let mut given_up = false;
    for _ in 0..2_000 {
        if client.write_all(b"a").is_err() || matches!(client.read(&mut [0; 8]), Ok(0)) {
            given_up = true;
            break;
        }
    }
    assert!(given_up, "the server went on listening");
    let note = server.note_with("gave up on");
    // On a busy machine one octet may come late.
    let endless = format!("gave up on {from}: it went on for more than 3 s; a conversation ends before that");
    let silent = format!("gave up on {from}: it did not send what was waited for within 0.1 s");
    assert!(note == endless || note.starts_with(&silent), "{note}");
    run_in(&std::env::temp_dir(), ["tcp-client", &at.to_string()]).succeeded();
    server.end().succeeded();
}

#[test]
fn a_server_that_resets_in_the_middle_of_a_file_leaves_nothing_behind() {
    let place = place();
    let received = place.path().join("received");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound").to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(LIMIT)).expect("set");
        stream.read_exact(&mut [0; 7]).expect("a name");
        stream.write_all(b"synfin-file/1 sends 5000\nbeginning").expect("written");
        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("set");
    });
    let ended = run_in(&received, ["file-client", &at, "wanted"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    server.join().expect("no panic");
    assert_eq!(names(&received), Vec::<String>::new());
}
