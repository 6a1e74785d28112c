//! What the peers say when they cannot do what was typed: exit code 2, and what to type next.

use super::{run, start};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use synfin::demo::error::DemoError;
use synfin::demo::scenario::{Scenario, TcpRun};

#[test]
fn a_malformed_address_gets_one_that_would_do() {
    for (typed, example) in [
        ("9090", "127.0.0.1:9090"),
        ("localhost", "localhost:9090"),
        ("::1", "[::1]:9090"),
        ("127.0.0.1:http", "127.0.0.1:9090"),
        ("127.0.0.1:65536", "127.0.0.1:9090"),
    ] {
        for command in ["udp-send", "udp-recv", "tcp-server", "tcp-client"] {
            run([command, typed]).failed_with(&format!("type for example \"{example}\""));
        }
    }
}

#[test]
fn a_name_that_is_none_is_told() {
    // Longer than a name may be, so no resolver is asked.
    let host = "x".repeat(70);
    for command in ["udp-send", "udp-recv", "tcp-server", "tcp-client"] {
        run([command, &format!("{host}:9090")]).failed_with(&format!("cannot find the host \"{host}\": "));
    }
}

#[test]
fn port_zero_is_only_for_listening() {
    for command in ["udp-send", "tcp-client"] {
        run([command, "127.0.0.1:0"]).failed_with("port 0 only asks for a free port when listening");
    }
}

#[test]
fn an_address_in_use_is_told() {
    for command in ["tcp-server", "udp-recv"] {
        let first = start([command, "127.0.0.1:0"]);
        let at = first.address();
        let port = at.port();
        run([command, &at.to_string()]).failed_with(&format!(
            "cannot listen on {at}: the address is in use; \"ss -lntup sport = :{port}\" shows by whom"
        ));
    }
}

#[test]
fn an_address_of_another_machine_cannot_be_listened_on() {
    for command in ["tcp-server", "udp-recv"] {
        run([command, "192.0.2.1:9090"])
            .failed_with("cannot listen on 192.0.2.1:9090: no interface of this machine has that address");
    }
}

#[test]
fn a_refused_connection_says_what_to_start() {
    let closed = TcpRun::prepare(IpAddr::V4(Ipv4Addr::LOCALHOST), Scenario::Refused).expect("a port");
    let at = closed.server().to_string();
    run(["tcp-client", &at]).failed_with(&format!(
        "cannot connect to {at}: connection refused, nobody listens there; start \"synfin peer tcp-server {at}\" there first"
    ));
    let directory = tempfile::tempdir().expect("a directory");
    let ended = super::run_in(directory.path(), ["file-client", &at, "x"]);
    ended.failed_with(&format!("start \"synfin peer file-server {at}\" there first"));
}

#[test]
fn numbers_out_of_range_are_refused() {
    run(["tcp-server", "127.0.0.1:0", "--timeout", "0"]).failed_with("wanted seconds, more than 0");
    run(["tcp-server", "127.0.0.1:0", "--timeout", "NaN"]).failed_with("wanted seconds, more than 0");
    run(["tcp-server", "127.0.0.1:0", "--size", "0"]).failed_with("0 is not in 1..=1048576");
    run(["udp-recv", "127.0.0.1:0", "--count", "0"]).failed_with("0 is not in 1..");
    run(["udp-recv", "127.0.0.1:0", "--size", "65536"]).failed_with("65536 is not in 1..");
}

#[test]
fn what_cannot_be_tried_on_loopback_is_worded_all_the_same() {
    let address: SocketAddr = "192.0.2.1:80".parse().expect("an address");
    let connect =
        |errno| DemoError::Connect { address, listener: "tcp-server", source: io::Error::from_raw_os_error(errno) };
    for (error, wanted) in [
        (connect(libc::ENETUNREACH), "no route leads there; \"ip route get 192.0.2.1\" shows why"),
        (connect(libc::EHOSTUNREACH), "the host is unreachable; is it up?"),
        (connect(libc::ETIMEDOUT), "no answer; is it up"),
        (DemoError::NoAnswer { address, waited: Duration::from_millis(2500) }, "no answer within 2.5 s;"),
        (
            DemoError::Listen { address, source: io::Error::from_raw_os_error(libc::EACCES) },
            "ports below 1024 need CAP_NET_BIND_SERVICE, found port 80",
        ),
    ] {
        let message = error.to_string();
        assert!(message.contains(wanted), "wanted {wanted:?} in {message:?}");
    }
}
