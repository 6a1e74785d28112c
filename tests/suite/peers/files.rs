//! `peer file-server` and `peer file-client`, both honest.

use super::{LIMIT, Running, noise, peer, run, run_in};
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread;
use synfin::demo::download::Checksum;
use tempfile::TempDir;

/// A place with a directory to serve, one to receive into, and a secret beside both.
pub fn place() -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    for directory in ["served", "received"] {
        fs::create_dir(place.path().join(directory)).expect("a directory");
    }
    fs::write(place.path().join("secret"), b"secret").expect("a file");
    place
}

/// A server of the place's directory.
pub fn serve(place: &TempDir, more: &[&str]) -> Running {
    let mut command = peer(["file-server", "127.0.0.1:0", "--root"]);
    Running::of(command.arg(place.path().join("served")).args(more))
}

/// What a directory holds.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn files_arrive_octet_by_octet_the_same() {
    let place = place();
    let (served, received) = (place.path().join("served"), place.path().join("received"));
    fs::create_dir_all(served.join("album/2026")).expect("directories");
    let all_values: Vec<u8> = (0..=255).collect();
    let files: [(&str, Vec<u8>); 6] = [
        ("empty", Vec::new()),
        ("one", vec![0]),
        ("chunk", noise(1024)),
        ("all.bin", all_values),
        ("album/2026/照片 1.jpg", noise(100_001)),
        ("inside", b"linked".to_vec()),
    ];
    for (name, octets) in &files {
        fs::write(served.join(name), octets).expect("written");
    }
    symlink("album/../inside", served.join("link")).expect("a link");
    let server = serve(&place, &["--count", "7"]);
    let at = server.address().to_string();
    let mut wanted = Vec::new();
    for (name, octets) in &files {
        let last = name.rsplit('/').next().expect("a last part");
        let ended = run_in(&received, ["file-client", &at, name]);
        ended.succeeded();
        let count = if octets.len() == 1 { "1 octet".to_owned() } else { format!("{} octets", octets.len()) };
        let tail = format!("{count}, SHA-256 {}", Checksum::of(octets));
        assert_eq!(ended.stdout, [format!("{last}: {tail}")]);
        assert!(fs::read(received.join(last)).expect("the file") == *octets, "{name} differs");
        wanted.push(format!(" took \"{name}\": {tail}"));
    }
    // A link that stays inside is followed; -o names the file anew and replaces what was there.
    fs::write(received.join("one"), b"old").expect("written");
    run_in(&received, ["file-client", &at, "link", "-o", "one"]).succeeded();
    assert_eq!(fs::read(received.join("one")).expect("the file"), b"linked");
    wanted.push(format!(" took \"link\": 6 octets, SHA-256 {}", Checksum::of(b"linked")));
    assert_eq!(names(&received), ["all.bin", "chunk", "empty", "inside", "one", "照片 1.jpg"]);
    let ended = server.end();
    ended.succeeded();
    for (line, wanted) in ended.stdout.iter().zip(&wanted) {
        assert!(line.starts_with("127.0.0.1:") && line.ends_with(wanted), "wanted {wanted:?}, found {line:?}");
    }
    assert_eq!(ended.stderr, ["served 7 clients, sent 7 files, refused 0 requests"]);
}

#[test]
fn twenty_megabytes_arrive_at_eight_clients_at_once() {
    let place = place();
    let octets = noise(20_000_003);
    fs::write(place.path().join("served/film"), &octets).expect("written");
    let server = serve(&place, &["--count", "8"]);
    let at = server.address().to_string();
    let received = place.path().join("received");
    thread::scope(|scope| {
        for number in 0..8 {
            let (at, received) = (&at, &received);
            scope.spawn(move || {
                run_in(received, ["file-client", at, "film", "-o", &format!("film {number}"), "--timeout", "60"])
                    .succeeded();
            });
        }
    });
    for number in 0..8 {
        let copy = fs::read(received.join(format!("film {number}"))).expect("the copy");
        assert!(copy == octets, "copy {number} differs");
    }
    assert_eq!(names(&received).len(), 8);
    server.end().succeeded();
}

#[test]
fn what_must_not_be_served_is_refused_and_the_client_says_why() {
    let place = place();
    let (served, received) = (place.path().join("served"), place.path().join("received"));
    fs::create_dir(served.join("directory")).expect("a directory");
    symlink("../secret", served.join("link-out")).expect("a link");
    symlink(place.path().join("secret"), served.join("absolute")).expect("a link");
    symlink("..", served.join("up")).expect("a link");
    symlink("/proc/self/root", served.join("magic")).expect("a link");
    symlink("/dev/zero", served.join("zero")).expect("a link");
    nix::unistd::mkfifo(&served.join("fifo"), Mode::S_IRWXU).expect("a FIFO");
    let _socket = UnixListener::bind(served.join("socket")).expect("a socket");
    let outside = "it leads outside the directory that is served";
    let cases = [
        ("../secret", outside),
        ("directory/../../secret", outside),
        ("/etc/passwd", outside),
        ("link-out", outside),
        ("absolute", outside),
        ("up/secret", outside),
        ("magic/etc/passwd", outside),
        ("zero", outside),
        ("..//..//..//..//etc/passwd", outside),
        ("directory", "it is a directory"),
        ("directory/.", "it is a directory"),
        ("fifo", "it is a device, FIFO or socket"),
        ("socket", "it is a device, FIFO or socket"),
        ("absent", "no file of that name is served"),
        ("%2e%2e/secret", "no file of that name is served"),
        ("..\\secret", "no file of that name is served"),
    ];
    let count = cases.len().to_string();
    let server = serve(&place, &["--count", &count]);
    let at = server.address().to_string();
    for (name, why) in cases {
        let ended = run_in(&received, ["file-client", &at, name, "-o", "got"]);
        ended.failed_with(&format!("refuses \"{}\": {why}", name.replace('\\', "\\\\")));
        assert_eq!(names(&received), Vec::<String>::new(), "{name:?} left something behind");
    }
    let ended = server.end();
    ended.succeeded();
    assert_eq!(ended.stdout.len(), cases.len());
    assert_eq!(ended.stderr, [format!("served {count} clients, sent 0 files, refused {count} requests")]);
}

#[test]
fn names_that_cannot_be_asked_for_or_kept_are_refused_before_anyone_is_asked() {
    let place = place();
    let received = place.path().join("received");
    fs::create_dir(received.join("directory")).expect("a directory");
    symlink("../secret", received.join("link")).expect("a link");
    // Port 1 would be refused: the messages show that nobody was asked.
    let at = "127.0.0.1:1";
    let long = "a".repeat(4097);
    for (args, wanted) in [
        (["", "-o", "x"].as_slice(), "this is no name of a file"),
        (&["a\nb", "-o", "x"], "cannot ask for \"a\\nb\": this is no name of a file"),
        (&[&long, "-o", "x"], "wanted 1 to 4096 octets"),
        (&[".."], "cannot tell what to call \"..\" here; type \"-o FILE\""),
        (&["album/"], "cannot tell what to call \"album/\" here"),
        (&["x", "-o", "directory"], "cannot write directory: it is a directory"),
        (&["directory"], "cannot write directory: it is a directory"),
        (&["link"], "cannot write link: it is a symbolic link"),
        (&["x", "-o", "-"], "cannot write -: it is standard output"),
        (&["x", "-o", "/dev/null"], "cannot write /dev/null: it is a device"),
        (&["x", "-o", "new/"], "cannot write new/: it is no name of a file"),
        (&["x", "-o", "absent/x"], "cannot write absent: "),
        (&["x", "-o", "/proc/self/x"], "cannot write /proc/self: "),
    ] {
        let common = ["file-client", at];
        run_in(&received, common.iter().chain(args)).failed_with(wanted);
    }
    assert_eq!(names(&received), ["directory", "link"]);
    assert_eq!(fs::read(place.path().join("secret")).expect("the secret"), b"secret");
}

#[test]
fn a_root_that_is_none_is_told() {
    let place = place();
    let absent = place.path().join("absent").display().to_string();
    run(["file-server", "127.0.0.1:0", "--root", &absent]).failed_with(&format!("cannot serve {absent}: "));
    let file = place.path().join("secret").display().to_string();
    run(["file-server", "127.0.0.1:0", "--root", &file]).failed_with(&format!("cannot serve {file}: "));
}

#[test]
fn a_signal_ends_a_file_server_well() {
    let place = place();
    let server = serve(&place, &[]);
    server.address();
    server.signal(Signal::SIGINT);
    let ended = server.end();
    ended.succeeded();
    assert_eq!(ended.stderr, ["served 0 clients, sent 0 files, refused 0 requests"]);
}

#[test]
fn a_file_that_shrinks_while_it_is_sent_is_never_kept() {
    let place = place();
    let path = place.path().join("served/shrinks");
    // Long enough that the server is still sending when the reader below has taken a little.
    let file = fs::File::create(&path).expect("a file");
    file.set_len(256 * 1024 * 1024).expect("sparse");
    let server = serve(&place, &["--count", "1"]);
    let at = server.address();
    let mut client = std::net::TcpStream::connect(at).expect("connected");
    client.set_read_timeout(Some(LIMIT)).expect("set");
    std::io::Write::write_all(&mut client, b"shrinks\n").expect("asked");
    let mut first = [0; 1024];
    std::io::Read::read_exact(&mut client, &mut first).expect("a beginning");
    file.set_len(1024).expect("shrunk");
    let mut total = 1024;
    let mut buffer = vec![0; 65_536];
    loop {
        match std::io::Read::read(&mut client, &mut buffer).expect("an orderly end") {
            0 => break,
            count => total += count,
        }
    }
    assert!(total < 256 * 1024 * 1024, "{total} octets came");
    let ended = server.end();
    ended.succeeded();
    assert!(ended.stderr[0].starts_with("cannot send \"shrinks\" to "), "{ended:?}");
}
