//! Every way in which a connection is reset or refused.

use super::{PLAIN, Scenario, stay_open};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::rule::{ACK, Act, Forgery, RST, Rule};
use crate::lab::stage::{CLIENT_PORT, Stage};

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "refused", play: refused, ..PLAIN },
    Scenario { name: "reset-by-linger", play: reset_by_linger, ..PLAIN },
    Scenario { name: "reset-by-connecting-nowhere", play: reset_by_connecting_nowhere, ..PLAIN },
    Scenario { name: "reset-by-administrator", play: reset_by_administrator, ..PLAIN },
    Scenario { name: "reset-for-unread-data", play: reset_for_unread_data, ..PLAIN },
    Scenario { name: "reset-crosses-fin", delay: 10, play: reset_crosses_fin, ..PLAIN },
    Scenario { name: "reset-of-late-data", play: reset_of_late_data, ..PLAIN },
    Scenario { name: "given-up-in-syn-sent", delay: 30, play: given_up_in_syn_sent, ..PLAIN },
    Scenario { name: "listener-closed-with-queue", play: listener_closed_with_queue, ..PLAIN },
    Scenario { name: "listener-closed-in-handshake", delay: 30, play: listener_closed_in_handshake, ..PLAIN },
    Scenario { name: "half-open-found-by-syn", play: half_open_found_by_syn, ..PLAIN },
    Scenario { name: "half-open-found-in-close-wait", play: half_open_found_in_close_wait, ..PLAIN },
    Scenario { name: "half-open-found-by-data", play: half_open_found_by_data, ..PLAIN },
    Scenario {
        name: "reset-by-middlebox",
        rules: || vec![Rule::on(Host::Client, Act::Forge(FORGED_RESET)).with_data().nth(2)],
        play: reset_by_middlebox,
        findings: &["rst-silence"],
        ..PLAIN
    },
    Scenario { name: "forged-reset-challenged", play: forged_reset_challenged, ..PLAIN },
    Scenario { name: "forged-reset-exact", play: forged_reset_exact, ..PLAIN },
    Scenario { name: "forged-syn-challenged", play: forged_syn_challenged, ..PLAIN },
    Scenario { name: "forged-acknowledgment-of-the-future", play: forged_future, ..PLAIN },
    Scenario { name: "forged-acknowledgment-of-the-past", play: forged_past, ..PLAIN },
    Scenario { name: "odd-flags-to-closed-port", play: odd_flags_to_closed_port, findings: SCANNED, ..PLAIN },
    Scenario { name: "odd-flags-to-listener", play: odd_flags_to_listener, findings: SCANNED, ..PLAIN },
];

/// What the forged segments of a scan break by their flags.
const SCANNED: &[&str] = &["hdr-ack-present", "hdr-flags-impossible"];

const FORGED_RESET: Forgery = Forgery { flags: RST | ACK, ahead: 0, acknowledges: 0, payload: 0 };

fn refused(stage: &Stage<'_>) -> Result<(), LabError> {
    stage.client()?.connect_in_vain(stage.server())
}

fn reset_by_linger(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    client.abort()?;
    server.read_all()?;
    Ok(())
}

fn reset_by_connecting_nowhere(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    client.disconnect()?;
    server.read_all()?;
    stay_open([client]);
    Ok(())
}

fn reset_by_administrator(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    client.have_destroyed()?;
    server.read_all()?;
    stay_open([client]);
    Ok(())
}

fn reset_for_unread_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    server.write(6)?;
    stage.quiet();
    client.close();
    server.read_all()?;
    Ok(())
}

fn reset_crosses_fin(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    client.close();
    server.abort()
}

fn reset_of_late_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.close();
    stage.quiet();
    server.write(8)?;
    stage.quiet();
    server.try_write(5);
    Ok(())
}

fn given_up_in_syn_sent(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.begin_connect(stage.server())?;
    stage.pause(10);
    client.close();
    stage.quiet();
    listener.stay();
    Ok(())
}

fn listener_closed_with_queue(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.connect(stage.server())?;
    stage.quiet();
    listener.close();
    client.read_all()?;
    Ok(())
}

fn listener_closed_in_handshake(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.begin_connect(stage.server())?;
    // The SYN has come, its answer is under way.
    stage.pause(45);
    stage.look();
    listener.close();
    stage.quiet();
    client.wait_again()?;
    client.read_all()?;
    Ok(())
}

fn half_open_found_by_syn(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    stage.quiet();
    client.crash()?;
    let (client, again) = stage.pair_of(&listener, stage.client()?)?;
    stage.quiet();
    stay_open([server, client, again, listener]);
    Ok(())
}

fn half_open_found_in_close_wait(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let (client, server) = stage.pair_of(&listener, stage.client()?)?;
    client.shut()?;
    server.read_all()?;
    stage.pause(60);
    client.crash()?;
    let (client, again) = stage.pair_of(&listener, stage.client()?)?;
    stage.quiet();
    stay_open([server, client, again, listener]);
    Ok(())
}

fn half_open_found_by_data(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(5)?;
    server.read(5)?;
    server.crash()?;
    client.write(5)?;
    client.read_all()?;
    Ok(())
}

fn reset_by_middlebox(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(1)?;
    stage.quiet();
    client.write(1)?;
    server.read(2)?;
    server.read_all()?;
    // Only the server knows that the connection is gone.
    stage.quiet();
    client.try_write(1);
    client.read_all()?;
    Ok(())
}

fn forged_reset_challenged(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(1)?;
    server.read(1)?;
    stage.quiet();
    let numbers = client.numbers()?;
    stage.forge(Host::Client, numbers.sent.wrapping_add(100), 0, RST, b"");
    stage.quiet();
    stage.forge(Host::Client, numbers.sent.wrapping_add(0x40_0000), 0, RST, b"");
    stage.quiet();
    client.write(5)?;
    server.read(5)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn forged_reset_exact(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(1)?;
    server.read(1)?;
    stage.quiet();
    stage.forge(Host::Client, client.numbers()?.sent, 0, RST, b"");
    server.read_all()?;
    client.stay();
    Ok(())
}

fn forged_syn_challenged(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    stage.forge(Host::Client, client.numbers()?.sent.wrapping_add(12_345), 0, 2, b"");
    stage.quiet();
    client.write(5)?;
    server.read(5)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn forged_future(stage: &Stage<'_>) -> Result<(), LabError> {
    forged_data(stage, 100_000)
}

fn forged_past(stage: &Stage<'_>) -> Result<(), LabError> {
    forged_data(stage, -0x700_0000)
}

/// Data in the client's name, whose acknowledgment lies this far from what the client would acknowledge.
fn forged_data(stage: &Stage<'_>, far: i32) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    stage.quiet();
    let numbers = client.numbers()?;
    let ack = numbers.received.wrapping_add_signed(far);
    stage.forge(Host::Client, numbers.sent, ack, 0x18, b"forged");
    stage.quiet();
    client.close();
    server.read_all()?;
    Ok(())
}

/// No flags, FIN, "Christmas tree", SYN and FIN, ACK, SYN and ACK.
const ODD: [u16; 6] = [0, 1, 0x29, 3, 0x10, 0x12];

fn odd_flags_to_closed_port(stage: &Stage<'_>) -> Result<(), LabError> {
    for flags in ODD {
        stage.forge(Host::Client, 1_000, 2_000, flags, b"");
        stage.quiet();
    }
    Ok(())
}

fn odd_flags_to_listener(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    for (port, flags) in (CLIENT_PORT..).zip(ODD) {
        stage.forge_from_port(Host::Client, port, 1_000, 2_000, flags, b"");
        stage.quiet();
    }
    listener.stay();
    Ok(())
}
