//! How connections close: in three segments and in four, from either side, half, and at once.

use super::{PLAIN, Scenario};
use crate::lab::fault::LabError;
use crate::lab::stage::Stage;

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "close-by-client", play: close_by_client, ..PLAIN },
    Scenario { name: "close-by-server", play: close_by_server, ..PLAIN },
    Scenario { name: "simultaneous-close", delay: 20, play: simultaneous_close, ..PLAIN },
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

fn simultaneous_close(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    client.close();
    server.close();
    stage.quiet();
    Ok(())
}
