//! What goes wrong on the way, one segment at a time: lost, late, twice, damaged.

use std::time::Duration;

use super::{PLAIN, Scenario, short};
use crate::lab::fault::LabError;
use crate::lab::host::Host;
use crate::lab::link::Lane;
use crate::lab::rule::{ACK, Act, FIN, Rule, SYN};
use crate::lab::stage::Stage;

pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "syn-lost", rules: || vec![lost(Host::Client).exactly(SYN).nth(1)], play: short, ..PLAIN },
    Scenario {
        name: "syn-lost-twice",
        rules: || vec![lost(Host::Client).exactly(SYN).those(1..=2)],
        play: short,
        ..PLAIN
    },
    Scenario {
        name: "syn-never-answered",
        settings: &[("ipv4/tcp_syn_retries", "1"), ("ipv4/tcp_syn_linear_timeouts", "0")],
        rules: || vec![lost(Host::Client).exactly(SYN)],
        play: never_answered,
        ..PLAIN
    },
    Scenario { name: "syn-ack-lost", rules: || vec![lost(Host::Server).with(SYN).nth(1)], play: short, ..PLAIN },
    Scenario {
        name: "syn-acks-never-come",
        settings: &[
            ("ipv4/tcp_syn_retries", "1"),
            ("ipv4/tcp_synack_retries", "1"),
            ("ipv4/tcp_syn_linear_timeouts", "0"),
        ],
        rules: || vec![lost(Host::Server).with(SYN)],
        play: never_answered,
        ..PLAIN
    },
    Scenario {
        name: "last-ack-of-handshake-lost",
        rules: || vec![lost(Host::Client).exactly(ACK).nth(1)],
        play: silent_then_accepted,
        ..PLAIN
    },
    Scenario {
        name: "last-ack-of-handshake-lost-then-data",
        rules: || vec![lost(Host::Client).exactly(ACK).nth(1)],
        play: data_completes,
        ..PLAIN
    },
    Scenario { name: "fin-lost", rules: || vec![lost(Host::Client).with(FIN).nth(1)], play: short, ..PLAIN },
    Scenario {
        name: "last-ack-lost",
        rules: || vec![lost(Host::Client).exactly(ACK).those(2..=3)],
        play: last_ack_lost,
        ..PLAIN
    },
    Scenario {
        name: "fin-behind-three-acks",
        delay: 5,
        rules: || vec![Rule::on(Host::Server, Act::HoldBehind(3)).with(FIN).nth(1)],
        play: fin_held,
        ..PLAIN
    },
    Scenario {
        name: "segment-overtaken",
        delay: 5,
        rules: || vec![Rule::on(Host::Client, Act::HoldBehind(3)).with_data().nth(3)],
        play: stream,
        ..PLAIN
    },
    Scenario {
        name: "fast-retransmit",
        delay: 5,
        rules: || vec![lost(Host::Client).with_data().nth(3)],
        play: stream,
        ..PLAIN
    },
    Scenario {
        name: "tail-lost",
        delay: 5,
        rules: || vec![lost(Host::Client).with_data().nth(12)],
        play: stream,
        ..PLAIN
    },
    Scenario {
        name: "tail-lost-twice",
        delay: 5,
        rules: || vec![lost(Host::Client).with_data().those(12..=13)],
        play: stream,
        ..PLAIN
    },
    Scenario {
        name: "retransmitted-for-nothing",
        delay: 5,
        rules: || vec![Rule::on(Host::Server, Act::Delay(Duration::from_millis(400))).exactly(ACK).those(2..=9)],
        play: stream,
        ..PLAIN
    },
    Scenario {
        name: "damaged",
        rules: || {
            let data = |act| Rule::on(Host::Client, act).with_data();
            vec![data(Act::Corrupt).nth(1), data(Act::Truncate(60)).nth(3)]
        },
        play: damaged,
        ..PLAIN
    },
    Scenario {
        name: "everything-twice",
        rules: || vec![Rule::both(Act::Duplicate(1))],
        play: short,
        findings: &["rst-timewait"],
        ..PLAIN
    },
    Scenario { name: "handshake-twice", rules: || vec![Rule::both(Act::Duplicate(1)).with(SYN)], play: short, ..PLAIN },
    Scenario {
        name: "syn-late-and-twice",
        rules: || vec![Rule::on(Host::Client, Act::Delay(Duration::from_millis(1_500))).exactly(SYN).nth(1)],
        play: late_syn,
        ..PLAIN
    },
    Scenario { name: "given-up", play: given_up, ..PLAIN },
    Scenario { name: "bulk-with-loss", delay: 2, play: bulk, ..PLAIN },
];

const fn lost(from: Host) -> Rule {
    Rule::on(from, Act::LoseLate)
}

fn never_answered(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    stage.client()?.connect_in_vain(stage.server())?;
    listener.stay();
    Ok(())
}

fn silent_then_accepted(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.connect(stage.server())?;
    stage.quiet();
    stage.look();
    // The SYN-ACK comes again after a second, and is acknowledged again.
    let server = listener.accept()?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn data_completes(stage: &Stage<'_>) -> Result<(), LabError> {
    let listener = stage.listen()?;
    let client = stage.client()?;
    client.connect(stage.server())?;
    stage.quiet();
    client.write(16)?;
    let server = listener.accept()?;
    server.read(16)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn last_ack_lost(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.close();
    server.read_all()?;
    stage.pause(60);
    server.close();
    stage.quiet();
    stage.look();
    // The server's FIN comes again until its acknowledgment arrives.
    stage.pause(1_500);
    Ok(())
}

fn fin_held(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    server.close();
    for _ in 0..4 {
        client.try_write(10);
        stage.quiet();
    }
    stage.pause(300);
    client.stay();
    Ok(())
}

/// Twelve segments of data.
fn stream(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.socket().set_tcp_nodelay(true).map_err(LabError::played("the client: set nodelay"))?;
    for _ in 0..12 {
        client.write(1_000)?;
    }
    server.read(12_000)?;
    stage.quiet();
    stage.pause(100);
    client.close();
    server.read_all()?;
    Ok(())
}

fn damaged(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client.write(29)?;
    server.read(29)?;
    client.write(25)?;
    server.read(25)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn late_syn(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    // The first SYN arrives now, in the open connection.
    stage.pause(700);
    client.write(1)?;
    server.read(1)?;
    client.close();
    server.read_all()?;
    Ok(())
}

fn given_up(stage: &Stage<'_>) -> Result<(), LabError> {
    let (client, server) = stage.pair()?;
    client
        .socket()
        .set_tcp_user_timeout(Some(Duration::from_millis(700)))
        .map_err(LabError::played("set a timeout"))?;
    stage.lab().add_rule(Rule::both(Act::Lose));
    client.write(4)?;
    client.read_all()?;
    server.stay();
    Ok(())
}

fn bulk(stage: &Stage<'_>) -> Result<(), LabError> {
    const OCTETS: usize = 2 << 20;
    let lane = Lane { loss: 10_000, delay: Duration::from_millis(2), ..Lane::default() };
    for host in Host::BOTH {
        stage.lab().set_lane(host, lane);
    }
    let (client, server) = stage.pair()?;
    let (sender, reader) = (client.socket(), &server);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| std::io::Write::write_all(&mut &*sender, &vec![b'q'; OCTETS]));
        let read = reader.read(OCTETS);
        let sent = sending.join().unwrap_or_else(|_| Err(std::io::Error::other("a thread panicked")));
        sent.map_err(LabError::played("the client: write")).and(read)
    })?;
    client.close();
    server.read_all()?;
    Ok(())
}
