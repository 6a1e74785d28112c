//! How connections close: in three segments and in four, from either side, half, and at once.

use super::{PLAIN, Scenario};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::rule::{Act, FIN, Rule};
use crate::lab::stage::Stage;

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "close-by-client", play: close_by_client, ..PLAIN },
    Scenario { name: "close-by-server", play: close_by_server, ..PLAIN },
    Scenario { name: "half-close", play: half_close, ..PLAIN },
    Scenario { name: "fin-with-data", play: fin_with_data, ..PLAIN },
    Scenario { name: "simultaneous-close", delay: 20, play: simultaneous_close, ..PLAIN },
    Scenario { name: "simultaneous-close-fin-lost", delay: 10, play: simultaneous_close_fin_lost, ..PLAIN },
    Scenario { name: "fin-crosses-data", delay: 10, play: fin_crosses_data, ..PLAIN },
    Scenario {
        name: "orphaned-fin-wait-2",
        settings: &[("ipv4/tcp_fin_timeout", "60")],
        play: close_by_client,
        ..PLAIN
    },
    Scenario { name: "program-killed", play: program_killed, ..PLAIN },
    Scenario { name: "reading-closed", play: reading_closed, ..PLAIN },
    Scenario {
        name: "time-wait-assassinated",
        play: time_wait_assassinated,
        findings: &["neg-ts-every", "rst-timewait"],
        ..PLAIN
    },
];

fn close_by_client(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.close();
    server.read_all()?;
    // Longer than a delayed acknowledgment waits, so that the FIN is acknowledged by itself.
    stage.pause(100);
    stage.look();
    server.close();
    Ok(())
}

fn close_by_server(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    server.close();
    client.read_all()?;
    stage.pause(100);
    client.close();
    Ok(())
}

fn half_close(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(3)?;
    client.shut()?;
    server.read_all()?;
    for _ in 0..3 {
        server.write(2_000)?;
        stage.pause(10);
    }
    stage.look();
    server.close();
    client.read_all()?;
    client.close();
    Ok(())
}

fn fin_with_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    let corked = |error| LabError::played("cork")(error);
    client.socket().set_tcp_cork(true).map_err(corked)?;
    client.write(6)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}

fn simultaneous_close(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    client.close();
    server.close();
    Ok(())
}

fn simultaneous_close_fin_lost(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    stage.lab().add_rule(Rule::on(Host::Client, Act::LoseLate).with(FIN).nth(1));
    client.close();
    server.close();
    stage.quiet();
    stage.pause(600);
    Ok(())
}

fn fin_crosses_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    server.write(5_000)?;
    client.shut()?;
    server.read_all()?;
    client.read(5_000)?;
    server.close();
    client.read_all()?;
    client.close();
    Ok(())
}

fn program_killed(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.hand_to_a_process_and_kill_it()?;
    server.read_all()?;
    server.close();
    Ok(())
}

fn reading_closed(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    server.socket().shutdown(std::net::Shutdown::Read).map_err(LabError::played("the server: shutdown"))?;
    client.write(8)?;
    stage.quiet();
    server.read_all()?;
    client.close();
    stage.quiet();
    server.close();
    Ok(())
}

fn time_wait_assassinated(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(20)?;
    server.read(20)?;
    server.write(20)?;
    client.read(20)?;
    let numbers = client.numbers()?;
    client.close();
    server.read_all()?;
    server.close();
    stage.quiet();
    stage.look();
    // An old duplicate: TIME-WAIT acknowledges it, and the server, which knows of nothing, resets (RFC 1337).
    stage.forge(Host::Server, numbers.received.wrapping_sub(10), numbers.sent.wrapping_add(1), 0x18, b"olddup");
    Ok(())
}
