//! How connections open: from either side, with other options, over and over on the same ports.

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::TcpFastOpenConnect;
use socket2::Protocol;

use super::{PLAIN, Scenario, short, talk};
use crate::lab::fault::LabError;
use crate::lab::host::{Host, Version};
use crate::lab::rule::{Act, Forgery, Rule, SYN};
use crate::lab::stage::{CLIENT_PORT, SERVER_PORT, Stage};
use crate::lab::steer;

/// Kinds of TCP options.
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const TIMESTAMPS: u8 = 8;

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "three-way", play: short, ..PLAIN },
    Scenario { name: "ipv6", version: Version::V6, play: short, ..PLAIN },
    Scenario { name: "simultaneous-open", delay: 20, play: simultaneous_open, ..PLAIN },
    Scenario { name: "self-connect", play: self_connect, ..PLAIN },
    Scenario { name: "ack-with-data", play: ack_with_data, ..PLAIN },
    Scenario { name: "syn-cookies", settings: &[("ipv4/tcp_syncookies", "2")], play: short, ..PLAIN },
    Scenario { name: "fast-open", settings: &[("ipv4/tcp_fastopen", "3")], play: fast_open, ..PLAIN },
    Scenario {
        name: "no-options",
        settings: &[("ipv4/tcp_sack", "0"), ("ipv4/tcp_timestamps", "0"), ("ipv4/tcp_window_scaling", "0")],
        play: short,
        ..PLAIN
    },
    Scenario { name: "ecn", settings: &[("ipv4/tcp_ecn", "1")], play: short, ..PLAIN },
    Scenario { name: "md5", play: md5, ..PLAIN },
    Scenario { name: "mptcp", play: mptcp, ..PLAIN },
    Scenario { name: "urgent", play: urgent, ..PLAIN },
    Scenario { name: "isn-wraps", play: isn_wraps, ..PLAIN },
    Scenario { name: "isn-wraps-on-both-sides", delay: 15, play: isn_wraps_on_both_sides, ..PLAIN },
    Scenario { name: "mss-clamped", rules: || vec![Rule::both(Act::ClampMss(1000)).with(SYN)], play: talk, ..PLAIN },
    Scenario {
        name: "options-stripped",
        rules: || {
            [WINDOW_SCALE, SACK_PERMITTED, TIMESTAMPS].map(|kind| Rule::both(Act::Strip(kind)).with(SYN)).to_vec()
        },
        play: talk,
        ..PLAIN
    },
    Scenario {
        name: "two-syns",
        rules: || vec![Rule::on(Host::Client, Act::Forge(OTHER_SYN)).exactly(SYN).nth(1)],
        play: two_syns,
        ..PLAIN
    },
    Scenario { name: "port-again-by-client", settings: REUSE, play: port_again_by_client, ..PLAIN },
    Scenario { name: "port-again-by-server", play: port_again_by_server, ..PLAIN },
];

const REUSE: &[(&str, &str)] = &[("ipv4/tcp_tw_reuse", "1")];

/// A SYN with another initial sequence number.
const OTHER_SYN: Forgery = Forgery { flags: SYN, ahead: 7_777, acknowledges: 0, payload: 0 };

fn simultaneous_open(stage: &Stage<'_>) -> Result<(), LabError> {
    opened_at_once(stage, None)
}

fn isn_wraps_on_both_sides(stage: &Stage<'_>) -> Result<(), LabError> {
    opened_at_once(stage, Some((0xffff_fffe, 0xffff_ffff)))
}

fn opened_at_once(stage: &Stage<'_>, initial: Option<(u32, u32)>) -> Result<(), LabError> {
    let client = stage.client()?;
    let server = stage.program(Host::Server, SERVER_PORT, |_| Ok(()))?;
    if let Some((clients, servers)) = initial {
        client.set_initial(clients)?;
        server.set_initial(servers)?;
    }
    client.begin_connect(stage.server())?;
    server.begin_connect(stage.at(Host::Client, CLIENT_PORT))?;
    stage.quiet();
    stage.look();
    client.wait_again()?;
    server.wait_again()?;
    client.write(5)?;
    server.read(5)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}

/// One socket that calls its own address: it plays both ends, and nothing of it passes the wire.
fn self_connect(stage: &Stage<'_>) -> Result<(), LabError> {
    let watched = stage.lab().watch_loopback(Host::Client).map_err(LabError::played("watch the loopback"))?;
    let client = stage.client()?;
    client.connect(stage.at(Host::Client, CLIENT_PORT))?;
    client.write(5)?;
    client.read(5)?;
    client.close();
    stage.quiet();
    drop(watched);
    Ok(())
}

fn ack_with_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.program(Host::Client, CLIENT_PORT, |socket| socket.set_tcp_quickack(false))?;
    client.connect(stage.server())?;
    client.write(5)?;
    let server = listener.accept()?;
    server.read(5)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn fast_open(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen_with(16, |socket| steer::set_fast_open(socket, 16))?;
    // The first connection fetches the cookie, the second uses it.
    for port in [CLIENT_PORT, CLIENT_PORT + 1] {
        let client = stage.program(Host::Client, port, |socket| Ok(setsockopt(socket, TcpFastOpenConnect, &true)?))?;
        client.connect(stage.server())?;
        client.write(8)?;
        let server = listener.accept()?;
        server.read(8)?;
        client.close();
        server.read_all()?;
        server.close();
        stage.quiet();
    }
    Ok(())
}

fn md5(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client_ip, server_ip) = (stage.ip(Host::Client), stage.ip(Host::Server));
    let listener = stage.listen_with(16, |socket| steer::set_signature(socket, client_ip, b"secret"))?;
    let client =
        stage.program(Host::Client, CLIENT_PORT, |socket| steer::set_signature(socket, server_ip, b"secret"))?;
    let (client, server) = stage.pair_of(&listener, client)?;
    client.write(6)?;
    server.read(6)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn mptcp(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.program_of(Protocol::MPTCP, Host::Server, SERVER_PORT, |_| Ok(()))?;
    stage.listening(&listener, 16)?;
    let client = stage.program_of(Protocol::MPTCP, Host::Client, CLIENT_PORT, |_| Ok(()))?;
    let (client, server) = stage.pair_of(&listener, client)?;
    client.write(5)?;
    server.read(5)?;
    server.write(7)?;
    client.read(7)?;
    client.close();
    server.read_all()?;
    server.close();
    stage.quiet();
    // The connection above the subflow closes by segments of its own, some of them a delayed acknowledgment later.
    stage.pause(100);
    Ok(())
}

fn urgent(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(2)?;
    client.socket().send_out_of_band(b"!").map_err(LabError::played("the client: send urgent data"))?;
    client.write(2)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn isn_wraps(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.set_initial(0xffff_ff00)?;
    let (client, server) = stage.pair_of(&listener, client)?;
    client.write(1000)?;
    server.read(1000)?;
    server.write(2)?;
    client.read(2)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn two_syns(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.begin_connect(stage.server())?;
    stage.quiet();
    client.stay();
    listener.stay();
    Ok(())
}

fn port_again_by_client(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    client.close();
    server.read_all()?;
    server.close();
    // A TIME-WAIT with timestamps may be used again after a second.
    stage.pause(1_200);
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn port_again_by_server(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    server.close();
    client.read_all()?;
    client.close();
    stage.pause(1_200);
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    client.close();
    server.read_all()?;
    Ok(())
}
