//! Where a host runs out of something: queues, windows, patience.

use std::time::Duration;

use socket2::TcpKeepalive;

use super::{PLAIN, Scenario, stay_open};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::program::Program;
use crate::lab::rule::{Act, Rule};
use crate::lab::stage::{CLIENT_PORT, Stage};

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "accept-queue-full", delay: 20, settings: NO_COOKIES, play: accept_queue_full, ..PLAIN },
    Scenario { name: "accept-queue-full-cookies", delay: 20, play: accept_queue_full_cookies, ..PLAIN },
    Scenario { name: "accept-queue-full-reset", delay: 20, settings: ABORTS, play: accept_queue_full, ..PLAIN },
    Scenario { name: "syn-queue-full", play: syn_queue_full, ..PLAIN },
    Scenario { name: "keep-alive", play: keep_alive, ..PLAIN },
    Scenario { name: "keep-alive-dead", play: keep_alive_dead, ..PLAIN },
    Scenario { name: "zero-window", play: zero_window, ..PLAIN },
    Scenario {
        name: "fin-wait-2-times-out",
        settings: &[("ipv4/tcp_fin_timeout", "1")],
        play: fin_wait_2_times_out,
        ..PLAIN
    },
];

const NO_COOKIES: &[(&str, &str)] = &[("ipv4/tcp_syncookies", "0")];
const ABORTS: &[(&str, &str)] = &[("ipv4/tcp_syncookies", "0"), ("ipv4/tcp_abort_on_overflow", "1")];

/// More clients than the server's queue has room for, begun at the same time.
fn crowd<'s>(stage: &'s Stage<'_>, ports: std::ops::Range<u16>) -> Result<Vec<Program<'s>>, LabError> {
    let mut clients = Vec::new();
    for port in ports {
        let client = stage.program(Host::Client, port, |_| Ok(()))?;
        client.begin_connect(stage.server())?;
        clients.push(client);
    }
    Ok(clients)
}

fn accept_queue_full(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen_with(1, |_| Ok(()))?;
    let first = stage.client()?;
    first.connect(stage.server())?;
    stage.quiet();
    let others = crowd(stage, CLIENT_PORT + 1..CLIENT_PORT + 3)?;
    stage.quiet();
    stage.look();
    stay_open(others);
    stay_open([first, listener]);
    Ok(())
}

fn accept_queue_full_cookies(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen_with(1, |_| Ok(()))?;
    let clients = crowd(stage, CLIENT_PORT..CLIENT_PORT + 4)?;
    stage.quiet();
    stage.look();
    stay_open(clients);
    listener.stay();
    Ok(())
}

fn syn_queue_full(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen_with(1, |_| Ok(()))?;
    let mut clients = Vec::new();
    for port in CLIENT_PORT..CLIENT_PORT + 4 {
        clients.extend(crowd(stage, port..port + 1)?);
        stage.quiet();
    }
    stage.pause(1_200);
    stage.look();
    stay_open(clients);
    listener.stay();
    Ok(())
}

fn keep_alive(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    probing(&client)?;
    stage.pause(2_300);
    client.close();
    server.read_all()?;
    Ok(())
}

fn keep_alive_dead(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    probing(&client)?;
    stage.quiet();
    stage.lab().add_rule(Rule::on(Host::Client, Act::Lose));
    client.read_all()?;
    server.stay();
    Ok(())
}

fn probing(program: &Program<'_>) -> Result<(), LabError> {
    let second = Duration::from_secs(1);
    let probes = TcpKeepalive::new().with_time(second).with_interval(second).with_retries(2);
    program.socket().set_tcp_keepalive(&probes).map_err(LabError::played("the client: set keep-alive"))
}

fn zero_window(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen_with(16, |socket| socket.set_recv_buffer_size(4_096))?;
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    client.socket().set_nonblocking(true).map_err(LabError::played("the client: set nonblocking"))?;
    client.try_write(60_000);
    stage.pause(1_000);
    client.wait_again()?;
    client.shut()?;
    server.read_all()?;
    server.close();
    client.read_all()?;
    Ok(())
}

fn fin_wait_2_times_out(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.close();
    stage.pause(200);
    stage.look();
    stage.pause(1_300);
    server.try_write(4);
    stage.quiet();
    server.try_write(4);
    Ok(())
}
