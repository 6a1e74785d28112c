//! `-C`, `-G` and `-W`: when the next file of a recording begins, and what it is called. As in tcpdump.

use std::path::{Path, PathBuf};
use synfin::timestamp::Timestamp;

/// Octets that `-C` counts as one.
const MILLION: u64 = 1_000_000;

/// When a file is full.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// Millions of octets.
    pub size: Option<u64>,
    /// Seconds by the packets' stamps.
    pub seconds: Option<u64>,
    /// Files that are kept: the next one takes the place of the oldest.
    pub files: Option<u64>,
}

/// The files of a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rotation {
    base: PathBuf,
    limits: Limits,
    /// The number of the file under way, from 0.
    number: u64,
    /// When it began, by the first packet in it.
    since: Option<Timestamp>,
}

impl Rotation {
    /// Files with this name and a number; `None` if one file is enough.
    pub fn new(base: &Path, limits: Limits) -> Option<Self> {
        let is_one = limits.size.is_none() && limits.seconds.is_none();
        (!is_one).then(|| Self { base: base.to_owned(), limits, number: 0, since: None })
    }

    /// The name of the file under way: the first has no number, unless there is a last one.
    pub fn path(&self) -> PathBuf {
        let mut name = self.base.clone().into_os_string();
        match self.limits.files {
            // As many digits as the highest number has, so that a list of names is in order.
            Some(files) => {
                let digits = files.saturating_sub(1).to_string().len();
                name.push(format!("{:0digits$}", self.number));
            }
            None if self.number == 0 => {}
            None => name.push(self.number.to_string()),
        }
        name.into()
    }

    /// The name of the file that a packet captured at `at` opens, where the one under way has so many octets; `None` if it
    /// belongs into that.
    pub fn next(&mut self, at: Timestamp, octets: u64) -> Option<PathBuf> {
        let since = *self.since.get_or_insert(at);
        let is_full = self.limits.size.is_some_and(|millions| octets > millions.saturating_mul(MILLION));
        let elapsed = u64::try_from(at.since(since).as_ns() / 1_000_000_000).unwrap_or_default();
        let is_old = self.limits.seconds.is_some_and(|seconds| elapsed >= seconds);
        if !is_full && !is_old {
            return None;
        }
        self.since = Some(at);
        self.number = match self.limits.files {
            Some(files) => (self.number + 1) % files.max(1),
            None => self.number + 1,
        };
        Some(self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Rotation};
    use std::path::Path;
    use synfin::timestamp::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ns(seconds * 1_000_000_000)
    }

    fn name(path: Option<std::path::PathBuf>) -> Option<String> {
        path.map(|path| path.display().to_string())
    }

    #[test]
    fn a_file_that_is_full_is_followed_by_one_with_the_next_number() {
        let limits = Limits { size: Some(2), ..Limits::default() };
        let mut rotation = Rotation::new(Path::new("a.pcapng"), limits).unwrap();
        assert_eq!(rotation.path(), Path::new("a.pcapng"));
        assert_eq!(name(rotation.next(at(0), 2_000_000)), None);
        assert_eq!(name(rotation.next(at(0), 2_000_001)).as_deref(), Some("a.pcapng1"));
        assert_eq!(name(rotation.next(at(0), 2_000_001)).as_deref(), Some("a.pcapng2"));
    }

    #[test]
    fn a_ring_of_files_begins_anew_with_numbers_of_one_length() {
        let limits = Limits { size: Some(1), files: Some(11), ..Limits::default() };
        let mut rotation = Rotation::new(Path::new("ring"), limits).unwrap();
        assert_eq!(rotation.path(), Path::new("ring00"));
        let names: Vec<_> = (0..12).filter_map(|_| name(rotation.next(at(0), 9_000_000))).collect();
        assert_eq!((names[0].as_str(), names[9].as_str(), names[10].as_str()), ("ring01", "ring10", "ring00"));
    }

    #[test]
    fn time_is_that_of_the_packets_and_a_clock_set_back_ends_no_file() {
        let limits = Limits { seconds: Some(10), ..Limits::default() };
        let mut rotation = Rotation::new(Path::new("t"), limits).unwrap();
        assert_eq!(name(rotation.next(at(100), 0)), None);
        assert_eq!(name(rotation.next(at(90), 0)), None);
        assert_eq!(name(rotation.next(at(109), 0)), None);
        assert_eq!(name(rotation.next(at(110), 0)).as_deref(), Some("t1"));
        assert_eq!(name(rotation.next(at(119), 0)), None);
        assert_eq!(name(rotation.next(at(120), 0)).as_deref(), Some("t2"));
    }

    #[test]
    fn without_a_limit_one_file_is_enough() {
        assert_eq!(Rotation::new(Path::new("a"), Limits { files: Some(3), ..Limits::default() }), None);
    }
}
