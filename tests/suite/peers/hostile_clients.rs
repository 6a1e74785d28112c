//! A file server among clients that do not keep to the protocol: it goes on serving the others.

use super::files::{place, serve};
use super::{LIMIT, noise, run_in};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).expect("connected");
    stream.set_read_timeout(Some(LIMIT)).expect("set");
    stream.set_write_timeout(Some(LIMIT)).expect("set");
    stream
}

fn rest(mut stream: &TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("an orderly end");
    rest
}

const BAD_NAME: &[u8] = b"synfin-file/1 refuses bad-name\n";

#[test]
fn a_name_without_end_is_refused_after_the_longest_that_there_may_be() {
    let place = place();
    let server = serve(&place, &["--count", "1"]);
    let mut client = connect(server.address());
    client.write_all(&[b'a'; 6000]).expect("written");
    let mut answer = vec![0; BAD_NAME.len()];
    client.read_exact(&mut answer).expect("an answer, though the name has not ended");
    assert_eq!(answer, BAD_NAME);
    drop(client);
    server.end().succeeded();
}

#[test]
fn names_that_break_the_protocol_are_refused() {
    let place = place();
    let server = serve(&place, &["--count", "5"]);
    let at = server.address();
    let longest = [b"./".repeat(2047).as_slice(), b"x\n"].concat();
    let too_long = [b"./".repeat(2048).as_slice(), b"x\n"].concat();
    for (request, wanted) in [
        (b"\xff\xfe\n".as_slice(), BAD_NAME),
        (b"a\0b\n", BAD_NAME),
        (b"\n", BAD_NAME),
        (&too_long, BAD_NAME),
        (&longest, b"synfin-file/1 refuses missing\n"),
    ] {
        let mut client = connect(at);
        client.write_all(request).expect("written");
        assert_eq!(String::from_utf8_lossy(&rest(&client)), String::from_utf8_lossy(wanted));
    }
    let ended = server.end();
    ended.succeeded();
    assert!(ended.stdout[0].ends_with(" asked for \"\\xff\\xfe\", refused: bad-name"), "{ended:?}");
}

#[test]
fn a_name_cut_by_the_end_is_not_taken_for_the_whole() {
    let place = place();
    fs::write(place.path().join("served/file"), b"content").expect("written");
    let server = serve(&place, &["--count", "2"]);
    let at = server.address();
    let mut client = connect(at);
    client.write_all(b"file").expect("written");
    client.shutdown(Shutdown::Write).expect("shut down");
    assert_eq!(rest(&client), BAD_NAME);
    let gone = connect(at);
    let from = gone.local_addr().expect("bound");
    drop(gone);
    assert_eq!(server.note(), format!("{from} closed without asking for a file"));
    server.end().succeeded();
}

#[test]
fn clients_that_dawdle_are_given_up_while_others_are_served() {
    let place = place();
    fs::write(place.path().join("served/file"), b"content").expect("written");
    fs::write(place.path().join("served/film"), noise(64 * 1024 * 1024)).expect("written");
    let server = serve(&place, &["--count", "4", "--timeout", "2"]);
    let at = server.address();
    // One asks octet by octet, one not at all, one asks and takes nothing.
    let mut dawdling = connect(at);
    dawdling.write_all(b"f").expect("written");
    let silent = connect(at);
    let mut full = connect(at);
    full.write_all(b"film\n").expect("written");
    let received = place.path().join("received");
    run_in(&received, ["file-client", &at.to_string(), "file"]).succeeded();
    assert!(server.result().contains(" took \"file\": 7 octets"));
    let ended = server.end();
    ended.succeeded();
    for (client, what) in
        [(&dawdling, "send what was waited for"), (&silent, "send what"), (&full, "take what was sent")]
    {
        let from = client.local_addr().expect("bound");
        let wanted = format!("gave up on {from}: it did not {what}");
        assert!(ended.stderr.iter().any(|line| line.starts_with(&wanted)), "wanted {wanted:?} in {ended:?}");
    }
    assert_eq!(ended.stderr.last().expect("a summary"), "served 4 clients, sent 1 file, refused 0 requests");
}

#[test]
fn a_client_that_goes_away_in_the_middle_harms_nobody() {
    let place = place();
    fs::write(place.path().join("served/film"), noise(64 * 1024 * 1024)).expect("written");
    fs::write(place.path().join("served/file"), b"content").expect("written");
    let server = serve(&place, &["--count", "2"]);
    let at = server.address();
    let mut client = connect(at);
    client.write_all(b"film\n").expect("written");
    client.read_exact(&mut [0; 5000]).expect("a beginning");
    let from = client.local_addr().expect("bound");
    drop(client);
    let note = server.note();
    assert!(note.starts_with(&format!("cannot write to {from}: it ")), "{note}");
    run_in(&place.path().join("received"), ["file-client", &at.to_string(), "file"]).succeeded();
    server.end().succeeded();
}

#[test]
fn names_with_control_characters_do_not_reach_the_terminal() {
    let place = place();
    let server = serve(&place, &["--count", "1"]);
    let mut client = connect(server.address());
    client.write_all("\u{1b}]0;owned\u{7}\u{202e}\n".as_bytes()).expect("written");
    rest(&client);
    drop(client);
    let line = server.result();
    assert!(line.ends_with(" asked for \"\\u{1b}]0;owned\\u{7}\\u{202e}\", refused: missing"), "{line}");
    server.end().succeeded();
}
