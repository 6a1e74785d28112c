//! A file client among servers that do not keep to the protocol: what was there stays, and nothing else is left.

use super::files::{names, place};
use super::{Ended, LIMIT, Running, peer};
use nix::sys::signal::Signal;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use synfin::demo::download::Checksum;

/// The server's side of one request, after its name has been read.
type Answer<'a> = &'a (dyn Fn(&mut TcpStream) + Sync);

/// Asks a server of the test's own for `wanted`, in a directory where that file already is.
fn ask(received: &Path, more: &[&str], answer: Answer<'_>) -> Ended {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound").to_string();
    thread::scope(|scope| {
        scope.spawn(|| answer(&mut request(&listener)));
        Running::of(peer(["file-client", &at, "wanted"]).args(more).current_dir(received)).end()
    })
}

/// Accepts one client and reads its request.
fn request(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().expect("a client");
    stream.set_read_timeout(Some(LIMIT)).expect("set");
    let mut name = [0; 7];
    stream.read_exact(&mut name).expect("a name");
    assert_eq!(&name, b"wanted\n");
    stream
}

fn sends(header: &str, octets: &[u8], checksum: &[u8]) -> Vec<u8> {
    [header.as_bytes(), octets, checksum].concat()
}

#[test]
fn nothing_but_the_whole_and_right_file_is_kept() {
    let place = place();
    let received = place.path().join("received");
    fs::write(received.join("wanted"), b"old").expect("written");
    let right = Checksum::of(b"content").0;
    let cases = [
        (Vec::new(), "is no synfin file-server: wanted \"synfin-file/1 sends LENGTH\", found \"\""),
        (b"HTTP/1.1 400 Bad\x1b[2J\r\n".to_vec(), "found \"HTTP/1.1 400 Bad\\u{1b}[2J\\r\""),
        (vec![b'a'; 1000], "is no synfin file-server"),
        (b"synfin-file/1 sends ../../etc/passwd\n".to_vec(), "is no synfin file-server"),
        (b"synfin-file/1 refuses \x1b[2J\n".to_vec(), "is no synfin file-server"),
        (b"synfin-file/1 refuses missing\n".to_vec(), "no file of that name is served"),
        (sends("synfin-file/1 sends 7\n", b"cont", b""), "only in part: wanted 39 octets, found 4"),
        (sends("synfin-file/1 sends 7\n", b"content", &right[..31]), "only in part: wanted 39 octets, found 38"),
        (sends("synfin-file/1 sends 7\n", b"CONTENT", &right), "is damaged: wanted SHA-256 "),
        (sends("synfin-file/1 sends 6\n", b"content", &right), "is damaged: wanted SHA-256 "),
        (sends("synfin-file/1 sends 7\n", b"content", &[&right[..], b"+"].concat()), "sent more than the 7 octets"),
        (sends("synfin-file/1 sends 18446744073709551615\n", b"x", b""), "wanted 18446744073709551615 octets, found 1"),
    ];
    for (octets, wanted) in cases {
        let ended = ask(&received, &[], &|stream| stream.write_all(&octets).expect("written"));
        ended.failed_with(wanted);
        assert_eq!(names(&received), ["wanted"], "{wanted}");
        assert_eq!(fs::read(received.join("wanted")).expect("the file"), b"old", "{wanted}");
    }
    let octets = sends("synfin-file/1 sends 7\n", b"content", &right);
    ask(&received, &[], &|stream| stream.write_all(&octets).expect("written")).succeeded();
    assert_eq!(names(&received), ["wanted"]);
    assert_eq!(fs::read(received.join("wanted")).expect("the file"), b"content");
}

#[test]
fn a_server_that_stops_in_the_middle_is_given_up() {
    let place = place();
    let received = place.path().join("received");
    for octets in [b"".as_slice(), b"synfin-fi", b"synfin-file/1 sends 7\n", b"synfin-file/1 sends 7\ncontentXXX"] {
        let ended = ask(&received, &["--timeout", "0.5"], &|stream| {
            stream.write_all(octets).expect("written");
            // Until the client has gone.
            let _gone = stream.read(&mut [0; 8]);
        });
        ended.failed_with("it did not send what was waited for within 0.5 s");
        assert_eq!(names(&received), Vec::<String>::new());
    }
}

#[test]
fn a_header_that_trickles_in_does_not_hold_the_client() {
    let place = place();
    let received = place.path().join("received");
    let ended = ask(&received, &["--timeout", "0.5"], &|stream| {
        stream.set_nodelay(true).expect("set");
        // Each octet comes in time for a time-out of its own; all of them do not. The client's end is noticed by
        // a write that fails, or by the end of what it sends.
        stream.set_read_timeout(Some(std::time::Duration::from_millis(20))).expect("set");
        for octet in b"synfin-file/1 sends 7".iter().cycle().take(2000) {
            if stream.write_all(&[*octet]).is_err() || matches!(stream.read(&mut [0; 8]), Ok(0)) {
                return;
            }
        }
        panic!("the client went on listening");
    });
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(names(&received), Vec::<String>::new());
}

#[test]
fn an_interrupted_download_leaves_nothing_behind() {
    let place = place();
    let received = place.path().join("received");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("bound").to_string();
    let client = Running::of(peer(["file-client", &at, "wanted"]).current_dir(&received));
    let mut stream = request(&listener);
    stream.write_all(b"synfin-file/1 sends 5000\nbeginning").expect("written");
    assert_eq!(names(&received).len(), 1, "the file in the making");
    assert_ne!(names(&received), ["wanted"]);
    client.signal(Signal::SIGINT);
    let ended = client.end();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert_eq!(names(&received), Vec::<String>::new());
}
