//! Which connections of the machine are the command's: its processes' sockets, looked at again and again while it runs.
//!
//! All processes that descend from this one count, also those whose parents have ended. What lived only between two looks is
//! not found; how far apart the looks were at most is told.
#![expect(clippy::disallowed_methods, reason = "looks are spaced by this machine's clock")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::prctl;

use synfin::report::command::KeptView;
use synfin::witness::diag::{Diag, Seen};
use synfin::witness::process;

/// Between two looks.
const EVERY: Duration = Duration::from_millis(4);

/// What is known of the command's sockets; cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Owned(Arc<Mutex<Known>>);

#[derive(Default, Debug)]
struct Known {
    pairs: BTreeSet<(SocketAddr, SocketAddr)>,
    listening: BTreeSet<SocketAddr>,
    looks: u64,
    longest: Duration,
    kept: u64,
    others: u64,
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
                known.pairs.insert((plain(seen.own), plain(seen.other)));
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
        let look = move || {
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
    use super::Owned;
    use std::collections::BTreeSet;
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
}
