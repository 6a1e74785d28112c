//! What is lost on the way, one segment at a time.

use super::{PLAIN, Scenario};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::rule::{Act, FIN, Rule, SYN};
use crate::lab::stage::Stage;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "syn-lost",
        rules: || vec![Rule::on(Host::Client, Act::LoseLate).exactly(SYN).nth(1)],
        play: short,
        ..PLAIN
    },
    Scenario {
        name: "fin-lost",
        rules: || vec![Rule::on(Host::Client, Act::LoseLate).with(FIN).nth(1)],
        play: short,
        ..PLAIN
    },
];

/// A short connection, closed by the client.
fn short(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    client.close();
    server.read_all()?;
    server.close();
    Ok(())
}
