//! How connections open, or do not.

use super::{PLAIN, Scenario};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::stage::{CLIENT_PORT, SERVER_PORT, Stage};

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "three-way", play: three_way, ..PLAIN },
    Scenario { name: "simultaneous-open", delay: 20, play: simultaneous_open, ..PLAIN },
];

fn three_way(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    server.write(7)?;
    client.read(7)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}

fn simultaneous_open(stage: &Stage<'_>) -> Result<(), LabError> {
    let client = stage.client()?;
    let server = stage.program(Host::Server, SERVER_PORT, |_| Ok(()))?;
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
