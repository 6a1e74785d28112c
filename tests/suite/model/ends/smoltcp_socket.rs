//! A socket of smoltcp on an interface of its own, whose wire are two queues in memory.

use super::super::dice::Dice;
use super::super::knowledge::Truth;
use super::{Begins, End, Who, path};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};
use std::cell::Cell;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use synfin::peer::Peer;
use synfin::timestamp::Timestamp;

thread_local! {
    /// What the timestamps of sockets show: they ask a function that knows nothing of them.
    static CLOCK: Cell<u32> = const { Cell::new(0) };
}

/// The two queues.
struct Wire {
    arriving: VecDeque<Vec<u8>>,
    leaving: Vec<Vec<u8>>,
    mtu: usize,
}

/// A datagram on its way in.
struct Arriving(Vec<u8>);

/// Room for one on its way out.
struct Leaving<'w>(&'w mut Vec<Vec<u8>>);

impl RxToken for Arriving {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Leaving<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let mut packet = vec![0; len];
        let result = write(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Wire {
    type RxToken<'w> = Arriving;
    type TxToken<'w> = Leaving<'w>;

    fn receive(&mut self, _: Instant) -> Option<(Arriving, Leaving<'_>)> {
        let packet = self.arriving.pop_front()?;
        Some((Arriving(packet), Leaving(&mut self.leaving)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Leaving<'_>> {
        Some(Leaving(&mut self.leaving))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }
}

/// The socket, its interface and its user.
pub(super) struct SmoltcpSocket {
    interface: Interface,
    wire: Wire,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    now: Instant,
    who: Who,
    /// It sends keep-alives.
    probes: bool,
    /// Octets that the user has not got rid of yet, and the number of the next.
    to_send: u32,
    next: u8,
    closing: bool,
}

fn address(of: SocketAddr) -> IpAddress {
    match of.ip() {
        IpAddr::V4(address) => IpAddress::Ipv4(address),
        IpAddr::V6(_) => panic!("the ends of the model have addresses of IPv4"),
    }
}

fn instant(now: Timestamp) -> Instant {
    Instant::from_micros(now.as_ns() / 1_000)
}

fn buffer(len: u32) -> SocketBuffer<'static> {
    SocketBuffer::new(vec![0; len as usize])
}

/// A socket with what its user may choose.
fn socket(dice: &mut Dice) -> Socket<'static> {
    let room = match dice.roll(4) {
        0 => 1 + dice.roll(200),
        1 => 200_000 + dice.roll(100_000),
        _ => 500 + dice.roll(60_000),
    };
    let mut socket = Socket::new(buffer(room), buffer(500 + dice.roll(20_000)));
    socket.set_nagle_enabled(dice.chance(50));
    socket.set_ack_delay(dice.chance(60).then_some(Duration::from_millis(10)));
    socket.set_tsval_generator(dice.chance(50).then_some(|| CLOCK.get()));
    socket.set_congestion_control(match dice.roll(3) {
        0 => CongestionControl::None,
        1 => CongestionControl::Reno,
        _ => CongestionControl::Cubic,
    });
    socket
}

impl SmoltcpSocket {
    pub(super) fn new(who: Who, (peer, begins): (Peer, Begins), now: Timestamp, dice: &mut Dice) -> Self {
        let mtu = 100 + dice.roll(1_400);
        let mut wire = Wire { arriving: VecDeque::new(), leaving: Vec::new(), mtu: mtu as usize };
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = u64::from(dice.number()) << 32 | u64::from(dice.number());
        let now = instant(now);
        let mut interface = Interface::new(config, &mut wire, now);
        let path = path(peer);
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(address(path.from), 24)).expect("there is room for one address");
        });
        let mut socket = socket(dice);
        let probes = who == Who::Careless && dice.chance(50);
        socket.set_keep_alive(probes.then_some(Duration::from_millis(1_500)));
        match begins {
            Begins::Closed => {}
            Begins::Listening => socket.listen(path.from.port()).expect("the port is one"),
            Begins::Connecting => {
                let to = (address(path.to), path.to.port());
                socket.connect(interface.context(), to, path.from.port()).expect("the socket is new");
            }
        }
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(socket);
        let mut it = Self { interface, wire, sockets, handle, now, who, probes, to_send: 0, next: 0, closing: false };
        it.poll();
        it
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    fn poll(&mut self) {
        CLOCK.set(u32::try_from(self.now.total_millis().rem_euclid(1 << 32)).unwrap_or(0));
        self.interface.poll(self.now, &mut self.wire, &mut self.sockets);
        self.hand_over();
        self.interface.poll(self.now, &mut self.wire, &mut self.sockets);
    }

    /// What the user still wants sent goes into the socket as far as there is room, then its CLOSE.
    fn hand_over(&mut self) {
        while self.to_send > 0 && self.socket().can_send() {
            let octets: Vec<u8> = (0..self.to_send.min(1_000)).map(|at| self.next.wrapping_add(at as u8)).collect();
            let taken = self.socket().send_slice(&octets).unwrap_or(0);
            self.next = self.next.wrapping_add(taken as u8);
            self.to_send -= taken as u32;
            if taken == 0 {
                break;
            }
        }
        let waits = (self.who == Who::Smoltcp || self.probes) && matches!(self.state(), "SYN-SENT" | "SYN-RECEIVED");
        if self.closing && !waits && (self.to_send == 0 || !self.socket().may_send()) {
            self.closing = false;
            self.socket().close();
        }
    }
}

impl End for SmoltcpSocket {
    fn advance(&mut self, now: Timestamp) {
        self.now = instant(now);
        self.poll();
    }

    fn arrives(&mut self, packet: &[u8], _: &mut Dice) {
        self.wire.arriving.push_back(packet.to_vec());
        self.poll();
    }

    fn send(&mut self, len: u32) {
        if !self.closing && !matches!(self.state(), "LISTEN" | "CLOSED") {
            self.to_send += len;
            self.poll();
        }
    }

    fn read(&mut self, len: u32) {
        let mut octets = vec![0; (len as usize).min(100_000)];
        let read = self.socket().recv_slice(&mut octets);
        if read.is_ok() {
            self.poll();
        }
    }

    fn close(&mut self) {
        self.closing = true;
        self.poll();
    }

    fn abort(&mut self) {
        if self.who == Who::Careless || self.state() != "SYN-SENT" {
            self.to_send = 0;
            self.socket().abort();
            self.poll();
        }
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.wire.leaving)
    }

    fn state(&self) -> &'static str {
        match self.sockets.get::<Socket<'static>>(self.handle).state() {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }

    fn truth(&self) -> Option<Truth> {
        None
    }

    fn is_idle(&self) -> bool {
        let socket = self.sockets.get::<Socket<'static>>(self.handle);
        if matches!(socket.state(), State::Closed | State::TimeWait) {
            return true;
        }
        let is_closing = matches!(socket.state(), State::FinWait1 | State::Closing | State::LastAck);
        socket.send_queue() == 0 && socket.recv_queue() == 0 && self.to_send == 0 && !is_closing
    }
}
