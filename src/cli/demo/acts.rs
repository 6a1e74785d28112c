//! The acts of the demo: what is played, at which ports, and what a capture of it must have seen at its end.

use std::net::{IpAddr, SocketAddr};

use synfin::demo::error::DemoError;
use synfin::demo::scenario::{Scenario, TcpDone, TcpRun};
use synfin::demo::{Audience, FileDone, FileRun, UdpDone, UdpRun};

/// Octets of the file that is served: several reads, and still a small capture.
const PICTURE: usize = 8_000;

/// One part of the demo.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// A datagram to a program that listens, and one to nobody.
    Udp,
    /// A TCP connection.
    Tcp(Scenario),
    /// A file over TCP.
    File,
}

/// The acts with their ports taken; nothing is sent yet.
#[derive(Default)]
pub struct Prepared {
    udp: Option<[UdpRun; 2]>,
    tcp: Option<TcpRun>,
    file: Option<FileRun>,
}

/// What the programs know of what was played; `None` for what was not, or failed.
#[derive(Default)]
pub struct Done {
    /// To a program that listens, and to nobody.
    pub udp: Option<[UdpDone; 2]>,
    /// The TCP connection.
    pub tcp: Option<TcpDone>,
    /// The server's address of the TCP connection, also of one that failed.
    pub tcp_server: Option<SocketAddr>,
    /// The file.
    pub file: Option<FileDone>,
    /// The file server's address, also of a transfer that failed.
    pub file_server: Option<SocketAddr>,
}

/// What a capture has seen once all acts are over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Expected {
    /// TCP connections that have ended.
    pub connections: usize,
    /// UDP datagrams.
    pub datagrams: u64,
    /// ICMP errors.
    pub refusals: u64,
}

impl Prepared {
    /// Takes ports of this address for everyone who listens.
    pub fn take_ports(acts: &[Act], ip: IpAddr) -> Result<Self, DemoError> {
        let mut prepared = Self::default();
        for act in acts {
            match act {
                Act::Udp => {
                    prepared.udp =
                        Some([UdpRun::prepare(ip, Audience::Present)?, UdpRun::prepare(ip, Audience::Absent)?]);
                }
                Act::Tcp(scenario) => prepared.tcp = Some(TcpRun::prepare(ip, *scenario)?),
                Act::File => prepared.file = Some(FileRun::prepare(ip, PICTURE)?),
            }
        }
        Ok(prepared)
    }

    /// A filter, in the language of pcap-filter(7), that lets only these acts through.
    pub fn filter(&self) -> String {
        let mut parts = Vec::new();
        for run in self.udp.iter().flatten() {
            let port = run.receiver().port();
            parts.push(format!("udp port {port}"));
            // The error quotes the headers of the datagram: behind those of IP and ICMP, its destination port.
            parts.push(match run.receiver() {
                SocketAddr::V4(_) => format!("icmp[0] = 3 and icmp[30:2] = {port}"),
                SocketAddr::V6(_) => format!("ip6[6] = 58 and ip6[40] = 1 and ip6[90:2] = {port}"),
            });
        }
        let servers = [self.tcp.as_ref().map(TcpRun::server), self.file.as_ref().map(FileRun::server)];
        parts.extend(servers.into_iter().flatten().map(|server| format!("tcp port {}", server.port())));
        parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" or ")
    }

    /// What a capture has seen once all is over.
    pub fn expected(&self) -> Expected {
        let udp = if self.udp.is_some() { (2, 1) } else { (0, 0) };
        let connections = usize::from(self.tcp.is_some()) + usize::from(self.file.is_some());
        Expected { connections, datagrams: udp.0, refusals: udp.1 }
    }

    /// Plays one act after the other. What fails is told and left out.
    pub fn play(self, failed: &mut dyn FnMut(DemoError)) -> Done {
        let mut keep = |error| failed(error);
        let Self { udp, tcp, file } = self;
        let mut done = Done {
            tcp_server: tcp.as_ref().map(TcpRun::server),
            file_server: file.as_ref().map(FileRun::server),
            ..Done::default()
        };
        if let Some([listened, deaf]) = udp {
            match listened.run().and_then(|listened| Ok([listened, deaf.run()?])) {
                Ok(both) => done.udp = Some(both),
                Err(error) => keep(error),
            }
        }
        if let Some(run) = tcp {
            match run.run() {
                Ok(it) => done.tcp = Some(it),
                Err(error) => keep(error),
            }
        }
        if let Some(run) = file {
            match run.run() {
                Ok(it) => done.file = Some(it),
                Err(error) => keep(error),
            }
        }
        done
    }
}
