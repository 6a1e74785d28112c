//! `--witness`: the kernel heard beside a capture, and its word laid to what the capture shows of each connection.
//!
//! Used by `demo`, `live`, `run` and `lab`. It is told of every event of the analysis, so that it knows the frames that the
//! kernel speaks of only by their time.

mod frames;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::{fs, io};

use nix::ifaddrs::getifaddrs;
use nix::unistd::geteuid;

use self::frames::{Frames, Noted};
use synfin::analysis::event::Event;
use synfin::peer::Peer;
use synfin::report::view::{
    ConnectionView, DropView, PerPeerView, ProcessView, RepeatView, RstView, WitnessView, WordView,
};
use synfin::tcp::connection::Connection;
use synfin::tcp::state::State;
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::witness::Unheard;
use synfin::witness::compare::{self, Shown, Word};
use synfin::witness::diag::Diag;
use synfin::witness::event::{KernelEvent, What};
use synfin::witness::life::{Life, Lives};
use synfin::witness::listener::{Besides, Listener, Whose};
use synfin::witness::owner::Owner;
use synfin::witness::process;

/// A socket may begin so much before the first captured segment, and end so much after the last.
const AROUND: Elapsed = Elapsed::from_ns(1_000_000_000);
/// Between a segment's capture and what the kernel says of it, at most.
const NEAR: Elapsed = Elapsed::from_ns(1_000_000);
/// The same for a RST, which the kernel tells of before it sends it.
const RST_NEAR: Elapsed = Elapsed::from_ns(5_000_000);
/// What listeners threw away is told without the sender: only what came right before counts.
const LISTENER_NEAR: Elapsed = Elapsed::from_ns(200_000);
/// The kernel's reason for a RST to a segment that is for no socket.
const NO_SOCKET: &str = "NO_SOCKET";
/// With it a FIN-WAIT-2 that no program has any more stays one, longer than TIME-WAIT's 60 s.
const FIN_TIMEOUT: (&str, &str) = ("/proc/sys/net/ipv4/tcp_fin_timeout", "120");

/// The kernel, heard.
pub struct Witness {
    listener: Option<Listener>,
    diag: Option<Diag>,
    lives: Lives,
    frames: Frames,
    here: BTreeSet<IpAddr>,
    earlier: BTreeMap<(SocketAddr, SocketAddr), Owner>,
    lost: u64,
}

/// A question about the last of an endpoint's moves, which may be asked later.
pub struct Asked {
    own: SocketAddr,
    other: SocketAddr,
    begin: Timestamp,
    is_whole: bool,
    shown: Vec<Shown>,
}

impl Asked {
    /// About the last move of `peer` that stands.
    pub fn about(connection: &Connection, peer: Peer) -> Self {
        let endpoints = &connection.endpoints;
        let rows = connection.rows.iter().filter(|row| row.peer == peer && row.retracted.is_none());
        Self {
            own: connection.addresses[peer],
            other: connection.addresses[peer.other()],
            begin: connection.rows.iter().map(|row| row.step.at.time).min().unwrap_or_default(),
            is_whole: endpoints.a.is_active() || endpoints.b.is_active(),
            shown: rows.map(|row| Shown { at: row.step.at.time, to: row.step.to }).collect(),
        }
    }
}

/// The kernel's word, as reports show it.
pub fn said(word: Word) -> WordView {
    let after_ns = match word {
        Word::Agrees(after) | Word::ToldLate(after) | Word::Earlier(after) => Some(after.as_ns()),
        Word::Disagrees(_) | Word::CannotSee => None,
    };
    let instead = match word {
        Word::Disagrees(state) => state.map(State::name),
        _ => None,
    };
    WordView { word: word.id(), after_ns, instead }
}

/// Whether the kernel may be heard at all; to be asked before any namespace is entered, since there everybody is root.
pub fn permitted() -> Result<(), String> {
    if geteuid().is_root() {
        return Ok(());
    }
    let user = geteuid();
    Err(format!("cannot hear the kernel: wanted root, found user {user}; type sudo before it, or leave out --witness"))
}

/// For a network namespace of one's own: lets the kernel tell the end of FIN-WAIT-2 when it comes.
pub fn keep_fin_wait_2() {
    // Without it the kernel's word on TIME-WAIT is that it was earlier, which is true as well.
    let _told_otherwise = fs::write(FIN_TIMEOUT.0, FIN_TIMEOUT.1);
}

impl Witness {
    /// Begins to hear, and learns whose the sockets are that are there already.
    pub fn start() -> Result<Self, Unheard> {
        let listener = Listener::start(Whose::All, Besides::Drops)?;
        let unheard = |step| move |source: io::Error| Unheard { step, source };
        let addresses = getifaddrs().map_err(|errno| unheard("this machine's addresses")(errno.into()))?;
        let ip = |address: nix::ifaddrs::InterfaceAddress| {
            let address = address.address?;
            let v4 = address.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
        };
        let mut lives = Lives::default();
        let mut earlier = BTreeMap::new();
        let diag = Diag::open().map_err(unheard("sock_diag"))?;
        let sockets = diag.sockets().map_err(unheard("sock_diag"))?;
        let pids = process::inodes(&process::all());
        for seen in sockets {
            let Some(owner) = pids.get(&seen.inode).and_then(|pid| Owner::of_process(*pid)) else { continue };
            let plain = |at: SocketAddr| SocketAddr::new(at.ip().to_canonical(), at.port());
            if seen.other.port() == 0 {
                lives.listens(plain(seen.own), owner);
            } else {
                earlier.insert((plain(seen.own), plain(seen.other)), owner);
            }
        }
        let here = addresses.filter_map(ip).collect();
        Ok(Self {
            listener: Some(listener),
            diag: Some(diag),
            lives,
            frames: Frames::default(),
            here,
            earlier,
            lost: 0,
        })
    }

    /// One of whom everything was heard that is told of the sockets of these addresses.
    pub fn recorded(events: &[KernelEvent], own: &[IpAddr]) -> Self {
        let mut lives = Lives::default();
        let is_own = |event: &&KernelEvent| own.contains(&event.own.ip()) || matches!(event.what, What::Dropped(_));
        events.iter().filter(is_own).for_each(|event| lives.take(event));
        let here = own.iter().copied().collect();
        Self { listener: None, diag: None, lives, frames: Frames::default(), here, earlier: BTreeMap::new(), lost: 0 }
    }

    /// Notes what a capture shows.
    pub fn observe(&mut self, event: &Event<'_>) {
        if let Event::Segment(counted) = event {
            self.frames.note(counted);
        }
    }

    /// A connection that nobody asks about any more.
    pub fn forget(&mut self, conn: u64) {
        let _of_no_use = self.frames.take(conn);
    }

    /// Takes what the kernel has said until now.
    pub fn catch_up(&mut self) {
        let Some(listener) = &mut self.listener else { return };
        let testimony = listener.take();
        self.lost += testimony.lost;
        testimony.events.iter().for_each(|event| self.lives.take(event));
    }

    /// Takes all that the kernel said. How many of its events were lost: with any, nothing follows from what is missing.
    pub fn end(&mut self) -> Result<u64, Unheard> {
        if let Some(listener) = self.listener.take() {
            let testimony = listener.finish()?;
            self.lost += testimony.lost;
            testimony.events.iter().for_each(|event| self.lives.take(event));
        }
        Ok(self.lost)
    }

    /// The kernel's word on the last of the moves that are asked about.
    pub fn answer(&self, asked: &Asked) -> Option<WordView> {
        let last = asked.shown.last()?;
        let life = self.life(asked.own, asked.other, asked.begin, last.at);
        let knows = life.is_some() || asked.is_whole && self.is_here(asked.own.ip());
        self.words(life, knows, &asked.shown).pop()
    }

    /// Lays the kernel's word to all that a view shows.
    pub fn testify(&mut self, view: &mut ConnectionView) {
        if self.listener.is_some() {
            self.catch_up();
        }
        let noted = self.frames.take(view.conn);
        let (Ok(a), Ok(b)) = (view.a.parse::<SocketAddr>(), view.b.parse::<SocketAddr>()) else { return };
        let (Some(begin), Some(end)) = (noted.first().map(|it| it.at), noted.last().map(|it| it.at)) else { return };
        let mut told = WitnessView::default();
        let mut lives = PerPeerView { a: None, b: None };
        for peer in Peer::BOTH {
            if peer == Peer::B && a == b {
                break;
            }
            let (own, other) = if peer == Peer::A { (a, b) } else { (b, a) };
            let life = self.life(own, other, begin, end);
            let knows = life.is_some() || view.opener.is_some() && self.is_here(own.ip());
            let shown = shown_of(view, peer);
            let mut words = self.words(life, knows, &shown);
            if let (None, [.., last], Some(word)) = (life, shown.as_slice(), words.last_mut()) {
                // No socket is what CLOSED is, and a kernel that answers for none says so.
                *word = self.answered_for_none(own, other, last).map_or(*word, said);
            }
            if let ([.., last], Some(word)) = (shown.as_slice(), words.last_mut())
                && word.word == Word::CannotSee.id()
                && self.is_in(own, other, last.to)
            {
                word.word = "there";
            }
            let mut words = words.into_iter();
            let standing = view.transitions.iter_mut().filter(|row| row.peer == peer.id() && row.retracted.is_none());
            standing.for_each(|row| row.kernel = words.next());
            let owner = life.and_then(|life| life.owner.clone()).or_else(|| self.earlier.get(&(own, other)).cloned());
            *of(&mut told.processes, peer) = owner.map(|owner| ProcessView { pid: owner.pid, name: owner.name });
            *of(&mut told.paths, peer) = life.map(|life| life.path().iter().map(|step| step.to.name()).collect());
            *of(&mut lives, peer) = life;
        }
        for peer in Peer::BOTH {
            let (own, other) = if peer == Peer::A { (a, b) } else { (b, a) };
            let (sender, receiver) = (lives[peer], lives[peer.other()]);
            let knows = sender.is_some() || self.is_here(own.ip());
            told.resets.extend(self.resets(peer, (own, other), knows, sender, receiver, &noted));
            told.refused.extend(self.refused(peer, other, receiver, &noted));
            if let Some(sender) = sender {
                let frame = |at: &Timestamp| frames::before(&noted, peer, *at, NEAR).map(|it| it.frame);
                let again = sender.sent_again.iter().map(|at| RepeatView { frame: frame(at), peer: peer.id() });
                told.repeated.extend(again);
            }
            if a == b {
                break;
            }
        }
        view.witness = Some(told);
    }

    fn words(&self, life: Option<&Life>, knows: bool, shown: &[Shown]) -> Vec<WordView> {
        let path = life.map(Life::path);
        let words = if knows { compare::words(path.as_deref(), shown) } else { vec![Word::CannotSee; shown.len()] };
        words.into_iter().map(said).collect()
    }

    /// Its word on a CLOSED endpoint that never had a socket: the RST that it sent for want of one.
    fn answered_for_none(&self, own: SocketAddr, other: SocketAddr, last: &Shown) -> Option<Word> {
        let mut sent =
            self.lives.resets.iter().filter(|(_, from, to, why)| {
                (*from, *to) == (own, other) && why == NO_SOCKET && last.to == State::Closed
            });
        let near = |at: Timestamp| at.since(last.at).as_ns().abs() <= RST_NEAR.as_ns();
        sent.find(|(at, ..)| near(*at)).map(|(at, ..)| Word::Agrees(at.since(last.at)))
    }

    /// Whether there is a socket in this state now: asked where no tracepoint told of a request, or of a TIME-WAIT that had
    /// begun before anything was heard.
    fn is_in(&self, own: SocketAddr, other: SocketAddr, state: State) -> bool {
        let asks = matches!(state, State::SynReceived | State::TimeWait);
        let seen = self.diag.as_ref().filter(|_| asks).and_then(|diag| diag.socket(own, other).ok().flatten());
        seen.is_some_and(|seen| seen.state.state() == Some(state))
    }

    fn is_here(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.here.contains(&ip)
    }

    /// The life between two addresses that fits a connection's time best.
    fn life(&self, own: SocketAddr, other: SocketAddr, begin: Timestamp, end: Timestamp) -> Option<&Life> {
        let fits = |life: &&Life| {
            let starts_in_time = life.begin().since(end).as_ns() <= AROUND.as_ns();
            let lasts_long_enough = !life.is_over() || begin.since(life.end()).as_ns() <= NEAR.as_ns();
            life.own == own && life.other == other && starts_in_time && lasts_long_enough
        };
        self.lives.all.iter().filter(fits).min_by_key(|life| life.begin().since(begin).as_ns().abs())
    }

    fn resets(
        &self,
        peer: Peer,
        (own, other): (SocketAddr, SocketAddr),
        knows: bool,
        sender: Option<&Life>,
        receiver: Option<&Life>,
        noted: &[Noted],
    ) -> Vec<RstView> {
        let mut sent: Vec<(Timestamp, &str)> =
            sender.iter().flat_map(|life| &life.sent_resets).map(|(at, why)| (*at, why.as_str())).collect();
        let stateless = self.lives.resets.iter().filter(|(_, from, to, _)| (*from, *to) == (own, other));
        sent.extend(stateless.map(|(at, _, _, why)| (*at, why.as_str())));
        sent.sort_by_key(|(at, _)| *at);
        let mut views = Vec::new();
        for rst in noted.iter().filter(|it| it.is_reset && it.from == peer) {
            // The kernel tells of a RST before it sends it, and of each in its turn.
            let is_its = |at: Timestamp| (-RST_NEAR.as_ns()..=NEAR.as_ns()).contains(&at.since(rst.at).as_ns());
            let reason = sent.iter().position(|(at, _)| is_its(*at)).map(|at| sent.remove(at).1.to_owned());
            let taken = receiver.filter(|life| !life.is_over() || life.end().since(rst.at).as_ns() > 0).map(|life| {
                life.got_reset.iter().any(|at| (-NEAR.as_ns()..=RST_NEAR.as_ns()).contains(&at.since(rst.at).as_ns()))
            });
            if knows || taken.is_some() {
                let (frame, peer) = (Some(rst.frame), peer.id());
                views.push(RstView { frame, peer, sender_heard: knows, reason, taken });
            }
        }
        views
    }

    /// What the receiver of this peer's segments threw away.
    fn refused(&self, peer: Peer, at: SocketAddr, receiver: Option<&Life>, noted: &[Noted]) -> Vec<DropView> {
        let view = |frame: Option<u64>, reason: &str| DropView { frame, peer: peer.id(), reason: reason.to_owned() };
        let own = receiver.iter().flat_map(|life| &life.drops);
        let own = own.map(|(when, why)| view(frames::before(noted, peer, *when, NEAR).map(|it| it.frame), why));
        let is_there = |listens: &SocketAddr| {
            listens.port() == at.port() && (listens.ip() == at.ip() || listens.ip().is_unspecified())
        };
        let listeners = self.lives.drops.iter().filter(|(_, listens, _)| is_there(listens));
        let listeners = listeners.filter_map(|(when, _, why)| {
            Some(view(Some(frames::before(noted, peer, *when, LISTENER_NEAR)?.frame), why))
        });
        own.chain(listeners).collect()
    }
}

fn of<T>(both: &mut PerPeerView<T>, peer: Peer) -> &mut T {
    match peer {
        Peer::A => &mut both.a,
        Peer::B => &mut both.b,
    }
}

/// The moves that a view shows of one peer, and does not take back.
pub fn shown_of(view: &ConnectionView, peer: Peer) -> Vec<Shown> {
    let rows = view.transitions.iter().filter(|row| row.peer == peer.id() && row.retracted.is_none());
    rows.filter_map(|row| Some(Shown { at: stamp(&row.time)?, to: state(row.to)? })).collect()
}

/// A stamp as views have it.
pub fn stamp(time: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = time.parse().ok()?;
    Some(Timestamp::from_ns(i64::try_from(at.as_nanosecond()).ok()?))
}

fn state(name: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.name() == name)
}
