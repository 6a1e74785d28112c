//! Events of the kernel's TCP, read from the records of its tracepoints.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::format::{self, Format};
use super::kernel::KernelState;
use super::owner::Owner;
use crate::seq::Seq;
use crate::timestamp::Timestamp;

/// The tracepoints that are always heard, with the word that chooses what is made of them.
pub(super) const TRACEPOINTS: [(&str, Kind); 5] = [
    ("sock/inet_sock_set_state", Kind::Moved),
    ("tcp/tcp_receive_reset", Kind::GotReset),
    ("tcp/tcp_send_reset", Kind::SentReset),
    ("tcp/tcp_retransmit_skb", Kind::Sent),
    ("tcp/tcp_retransmit_synack", Kind::SentSynAck),
];

/// One that tells of every packet that is thrown away.
pub(super) const DROPS: (&str, Kind) = ("skb/kfree_skb", Kind::Dropped);

/// One that tells a socket's numbers at every segment that it receives in ESTABLISHED.
pub(super) const NUMBERS: (&str, Kind) = ("tcp/tcp_probe", Kind::Numbers);

/// What a tracepoint tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Moved,
    GotReset,
    SentReset,
    Sent,
    SentSynAck,
    Dropped,
    Numbers,
}

/// Which socket an event is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SocketId(pub u64);

/// One event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KernelEvent {
    /// When, by the clock of the capture stamps.
    pub at: Timestamp,
    /// The socket; a number that is used again for later sockets. 0 if none was there.
    pub socket: SocketId,
    /// Its own address; the port is 0 while it has none.
    pub own: SocketAddr,
    /// The other end's.
    pub other: SocketAddr,
    /// What happened.
    pub what: What,
    /// The thread that the kernel ran in; it is the socket's only where a program's call did it.
    pub thread: u32,
    /// Whose doing it was, where a program's call did it and somebody asked.
    pub owner: Option<Owner>,
}

/// What happened to a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// It moved from one state to another.
    Moved(KernelState, KernelState),
    /// It took a RST.
    GotReset,
    /// A RST was sent, for this reason, as the kernel names it.
    SentReset(String),
    /// It sent a segment again.
    SentAgain,
    /// A SYN-ACK was sent again.
    SentSynAckAgain,
    /// A packet that it was to receive was thrown away, for this reason, as the kernel names it. Addresses are not told.
    Dropped(String),
    /// What it had sent, and what of it was acknowledged, before it took the next segment: SND.NXT and SND.UNA.
    Numbers(Seq, Seq),
}

/// What the kernel's records mean.
#[derive(Debug)]
pub(super) struct Reader {
    formats: BTreeMap<u16, (Kind, Format)>,
    reasons: BTreeMap<u16, BTreeMap<u64, String>>,
    offset: i64,
}

/// A packet freed for no particular reason, as most that were delivered are.
const UNEXPLAINED: &str = "NOT_SPECIFIED";

/// Only this protocol; MPTCP's own sockets report a life of their own.
const TCP: u64 = 6;

impl Reader {
    /// One for events whose times are `offset` nanoseconds ahead of capture stamps.
    pub(super) fn new(offset: i64) -> Self {
        Self { formats: BTreeMap::new(), reasons: BTreeMap::new(), offset }
    }

    /// Learns a tracepoint from its `format` file.
    pub(super) fn learn(&mut self, kind: Kind, text: &str) -> Option<()> {
        let format = Format::read(text)?;
        if matches!(kind, Kind::SentReset | Kind::Dropped) {
            self.reasons.insert(format.id, format::names(text, "reason"));
        }
        self.formats.insert(format.id, (kind, format));
        Some(())
    }

    /// The event that a record tells; `None` for what is not about TCP, or not understood.
    pub(super) fn event(&self, time: u64, record: &[u8]) -> Option<KernelEvent> {
        let id = u16::from_ne_bytes(*record.first_chunk()?);
        let (kind, format) = self.formats.get(&id)?;
        let number = |field| format.number(record, field);
        let at = Timestamp::from_ns(i64::try_from(time).ok()?.checked_sub(self.offset)?);
        let socket = SocketId(number("skaddr").unwrap_or(0));
        let reason = || {
            let reason = number("reason")?;
            let name = self.reasons.get(&id).and_then(|names| names.get(&reason)).cloned();
            Some(name.unwrap_or_else(|| reason.to_string()))
        };
        if *kind == Kind::Dropped {
            let socket = SocketId(number("rx_sk").unwrap_or(0));
            let nowhere = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
            let what = What::Dropped(reason().filter(|reason| reason != UNEXPLAINED)?);
            return Some(KernelEvent { at, socket, own: nowhere, other: nowhere, what, thread: 0, owner: None });
        }
        let (own, other) = match kind {
            Kind::SentReset | Kind::Numbers => {
                (sockaddr(format.octets(record, "saddr")?)?, sockaddr(format.octets(record, "daddr")?)?)
            }
            _ => addresses(format, record)?,
        };
        let what = match kind {
            Kind::Moved if number("protocol")? != TCP => return None,
            Kind::Moved => {
                let state = |field| Some(KernelState(u8::try_from(number(field)?).ok()?));
                What::Moved(state("oldstate")?, state("newstate")?)
            }
            Kind::GotReset => What::GotReset,
            Kind::SentReset => What::SentReset(reason()?),
            Kind::Sent => What::SentAgain,
            Kind::SentSynAck => What::SentSynAckAgain,
            Kind::Numbers => {
                let seq = |field| Some(Seq::new(u32::try_from(number(field)?).ok()?));
                What::Numbers(seq("snd_nxt")?, seq("snd_una")?)
            }
            Kind::Dropped => return None,
        };
        let thread = u32::try_from(number("common_pid").unwrap_or(0)).unwrap_or(0);
        Some(KernelEvent { at, socket, own, other, what, thread, owner: None })
    }
}

fn addresses(format: &Format, record: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let is_v6 = format.number(record, "family")? == u64::from(libc::AF_INET6.cast_unsigned());
    let end = |address: &str, port: &str| {
        let port = u16::try_from(format.number(record, port)?).ok()?;
        let ip = if is_v6 {
            let ip = Ipv6Addr::from(*format.octets(record, &format!("{address}_v6"))?.first_chunk::<16>()?);
            // A socket of version 6 may speak version 4.
            ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)
        } else {
            IpAddr::V4(Ipv4Addr::from(*format.octets(record, address)?.first_chunk::<4>()?))
        };
        Some(SocketAddr::new(ip, port))
    };
    Some((end("saddr", "sport")?, end("daddr", "dport")?))
}

/// `struct sockaddr_in` or `sockaddr_in6`: the port in network order, at the same place in both.
fn sockaddr(octets: &[u8]) -> Option<SocketAddr> {
    let family = i32::from(u16::from_ne_bytes(*octets.first_chunk()?));
    let port = u16::from_be_bytes(*octets.get(2..)?.first_chunk()?);
    let ip = match family {
        libc::AF_INET => IpAddr::V4(Ipv4Addr::from(*octets.get(4..)?.first_chunk::<4>()?)),
        libc::AF_INET6 => {
            let ip = Ipv6Addr::from(*octets.get(8..)?.first_chunk::<16>()?);
            ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}
