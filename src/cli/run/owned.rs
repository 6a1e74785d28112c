//! Which connections of the machine are the command's: its processes' sockets, looked at again and again while it runs.
//!
//! All processes that descend from this one count, also those whose parents have ended. What lived only between two looks is
//! not found; how far apart the looks were at most is told.
#![expect(clippy::disallowed_methods, reason = "looks are spaced by this machine's clock")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::prctl;

use synfin::capture::privilege::thread::{PTRACE, READ_SEARCH, keep};
use synfin::report::command::KeptView;
use synfin::witness::diag::{Diag, Seen};
use synfin::witness::process;

/// Between two looks.
const EVERY: Duration = Duration::from_millis(4);

/// Pairs of addresses that are kept: what a command opens in the minutes until a connection's report, were it ever so busy.
/// With more, the one learnt first goes.
const MOST_PAIRS: usize = 262_144;

/// What is known of the command's sockets; cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Owned(Arc<Mutex<Known>>);

#[derive(Default, Debug)]
struct Known {
    pairs: BTreeSet<(SocketAddr, SocketAddr)>,
    /// The pairs in the order in which they were learnt.
    learnt: VecDeque<(SocketAddr, SocketAddr)>,
    forgotten: u64,
    listening: BTreeSet<SocketAddr>,
    looks: u64,
    longest: Duration,
    kept: u64,
    others: u64,
}

impl Known {
    fn pair(&mut self, pair: (SocketAddr, SocketAddr)) {
        if !self.pairs.insert(pair) {
            return;
        }
        self.learnt.push_back(pair);
        if self.learnt.len() > MOST_PAIRS
            && let Some(first) = self.learnt.pop_front()
        {
            self.pairs.remove(&first);
            self.forgotten += 1;
        }
    }
}

impl Owned {
    /// Whether a connection between the two is the command's; counts the answer.
    pub fn keeps(&self, a: SocketAddr, b: SocketAddr) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listens = |at: &SocketAddr| {
            let everywhere = if at.is_ipv4() { [0; 4].into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
            known.listening.contains(at)
                || known.listening.contains(&SocketAddr::new(everywhere, at.port()))
                // A socket of version 6 listens for both, where nothing forbids it.
                || known.listening.contains(&SocketAddr::new(std::net::Ipv6Addr::UNSPECIFIED.into(), at.port()))
        };
        let is_own = known.pairs.contains(&(a, b)) || known.pairs.contains(&(b, a)) || listens(&a) || listens(&b);
        known.kept += u64::from(is_own);
        known.others += u64::from(!is_own);
        is_own
    }

    /// What was kept, and how closely it was looked.
    pub fn kept(&self) -> KeptView {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        KeptView {
            connections: known.kept,
            others: known.others,
            looks: known.looks,
            longest_ns: u64::try_from(known.longest.as_nanos()).unwrap_or(u64::MAX),
            forgotten: known.forgotten,
        }
    }

    fn learn(&self, sockets: &[Seen], inodes: &BTreeSet<u32>, since: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.looks += 1;
        known.longest = known.longest.max(since);
        let plain = |at: SocketAddr| SocketAddr::new(at.ip().to_canonical(), at.port());
        for seen in sockets.iter().filter(|seen| inodes.contains(&seen.inode)) {
            if seen.other.port() == 0 {
                known.listening.insert(plain(seen.own));
            } else {
                known.pair((plain(seen.own), plain(seen.other)));
            }
        }
    }
}

/// A thread that looks.
#[derive(Debug)]
pub struct Sampler {
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sampler {
    /// Begins to look. Processes that lose their parents become children of this one.
    pub fn start(owned: &Owned) -> io::Result<Self> {
        prctl::set_child_subreaper(true)?;
        let diag = Diag::open()?;
        let (owned, end) = (owned.clone(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&end);
        let (tell, told_kept) = mpsc::channel();
        let look = move || {
            // The sockets of processes that became other users, or that have rights, are seen with these alone.
            let kept = keep(&[READ_SEARCH, PTRACE]);
            let goes_on = kept.is_ok();
            let _waits_for_it = tell.send(kept);
            if !goes_on {
                return;
            }
            let mut last = Instant::now();
            while !told.load(Ordering::Relaxed) {
                let inodes: BTreeMap<u32, u32> = process::inodes(&process::descendants(std::process::id()));
                if let Ok(sockets) = diag.sockets() {
                    let now = Instant::now();
                    owned.learn(&sockets, &inodes.into_keys().collect(), now.duration_since(last));
                    last = now;
                }
                thread::sleep(EVERY);
            }
        };
        let thread = thread::Builder::new().name("sockets".to_owned()).spawn(look)?;
        match told_kept.recv() {
            Ok(Ok(())) => {}
            Ok(Err(retained)) => return Err(io::Error::other(retained)),
            Err(_) => return Err(io::Error::other("a thread panicked")),
        }
        Ok(Self { end, thread: Some(thread) })
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _nothing_to_say = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, MOST_PAIRS, Owned};
    use std::collections::BTreeSet;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;
    use synfin::witness::diag::Seen;
    use synfin::witness::kernel::KernelState;

    fn seen(own: &str, other: &str, inode: u32) -> Seen {
        let address = |text: &str| text.parse().unwrap();
        Seen { own: address(own), other: address(other), state: KernelState::LISTEN, inode, cookie: 1 }
    }

    #[test]
    fn a_connection_is_kept_by_its_socket_or_by_who_listens() {
        let owned = Owned::default();
        let sockets = [
            seen("192.0.2.7:40000", "203.0.113.9:443", 5),
            seen("[::]:8080", "[::]:0", 6),
            seen("192.0.2.7:40001", "203.0.113.9:443", 7),
            seen("[::ffff:192.0.2.7]:40002", "[::ffff:203.0.113.9]:443", 8),
        ];
        owned.learn(&sockets, &BTreeSet::from([5, 6, 8]), Duration::from_millis(3));
        let keeps = |a: &str, b: &str| owned.keeps(a.parse().unwrap(), b.parse().unwrap());
        assert!(keeps("192.0.2.7:40000", "203.0.113.9:443"));
        assert!(keeps("203.0.113.9:443", "192.0.2.7:40000"));
        assert!(keeps("203.0.113.5:9999", "192.0.2.7:8080"));
        assert!(keeps("192.0.2.7:40002", "203.0.113.9:443"));
        assert!(!keeps("192.0.2.7:40001", "203.0.113.9:443"));
        let kept = owned.kept();
        assert_eq!((kept.connections, kept.others, kept.looks, kept.longest_ns), (4, 1, 1, 3_000_000));
    }

    #[test]
    fn of_too_many_pairs_the_one_learnt_first_is_forgotten_and_counted() {
        let mut known = Known::default();
        let pair = |number: u32| {
            let own = SocketAddr::from((Ipv4Addr::from(number), 40_000));
            (own, SocketAddr::from(([203, 0, 113, 9], 443)))
        };
        let most = u32::try_from(MOST_PAIRS).unwrap();
        for number in (0..=most).chain(1..=most) {
            known.pair(pair(number));
        }
        assert_eq!((known.pairs.len(), known.learnt.len(), known.forgotten), (MOST_PAIRS, MOST_PAIRS, 1));
        assert!(!known.pairs.contains(&pair(0)) && known.pairs.contains(&pair(1)));
    }
}
