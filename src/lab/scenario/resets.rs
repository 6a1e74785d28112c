//! Every way in which a connection is reset or refused.

use super::{PLAIN, Scenario};
use crate::lab::fault::LabError;
use crate::lab::stage::Stage;

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "refused", play: refused, ..PLAIN },
    Scenario { name: "reset-by-linger", play: reset_by_linger, ..PLAIN },
];

fn refused(stage: &Stage<'_>) -> Result<(), LabError> {
    stage.client()?.connect_in_vain(stage.server())
}

fn reset_by_linger(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    client.abort()?;
    server.read_all()?;
    server.close();
    Ok(())
}
