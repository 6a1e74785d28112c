//! `-C`, `-G` and `-W`: when the next file of a recording begins, and what it is called. As in tcpdump.
//!
//! One difference: where the time in a name is coarser than the time to the next file, or there is none in it, the files get
//! numbers; tcpdump would write over the one before.

use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};
use synfin::timestamp::Timestamp;

/// Octets that `-C` counts as one.
const MILLION: u64 = 1_000_000;

/// When a file is full.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// Millions of octets.
    pub size: Option<u64>,
    /// Seconds by the packets' stamps; with it, the name may hold a time as strftime(3) writes one.
    pub seconds: Option<u64>,
    /// With a size, files that are kept: the next one takes the place of the oldest. With seconds alone, files after which
    /// the capture ends.
    pub files: Option<u64>,
}

/// Where the next packet belongs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Into the file under way.
    Stays,
    /// Into a new one of this name.
    Next(PathBuf),
    /// Into none: there are as many files as were wanted.
    Enough,
}

/// The files of a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rotation {
    base: PathBuf,
    limits: Limits,
    zone: TimeZone,
    /// The name of the file under way, without its number.
    stem: PathBuf,
    /// Its number among those with that name, from 0.
    number: u64,
    /// How many were begun because of their time.
    turns: u64,
    /// When the time of the one under way began, by the first packet in it.
    since: Option<Timestamp>,
}

impl Rotation {
    /// Files with this name, of which the first begins at `now`; `None` if one file is enough.
    ///
    /// # Errors
    ///
    /// What is wrong with the time in the name.
    pub fn new(base: &Path, limits: Limits, now: Timestamp, zone: TimeZone) -> Result<Option<Self>, String> {
        if limits.size.is_none() && limits.seconds.is_none() {
            return Ok(None);
        }
        let mut rotation =
            Self { base: base.to_owned(), limits, zone, stem: PathBuf::new(), number: 0, turns: 1, since: None };
        rotation.stem = rotation
            .stem_at(now)
            .map_err(|error| format!("cannot name files by {}: {error}; type %% for a percent sign", base.display()))?;
        Ok(Some(rotation))
    }

    /// The name with its time, in local time as tcpdump has it.
    fn stem_at(&self, at: Timestamp) -> Result<PathBuf, jiff::Error> {
        let Some(pattern) = self.base.to_str().filter(|_| self.limits.seconds.is_some()) else {
            return Ok(self.base.clone());
        };
        let moment = jiff::Timestamp::from_nanosecond(i128::from(at.as_ns()))?.to_zoned(self.zone.clone());
        jiff::fmt::strtime::format(pattern, &moment).map(PathBuf::from)
    }

    /// The name of the file under way: the first has no number, unless there is a last one.
    pub fn path(&self) -> PathBuf {
        let mut name = self.stem.clone().into_os_string();
        match self.limits.files.filter(|_| self.limits.size.is_some()) {
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

    /// Where a packet captured at `at` belongs, when the file under way has so many octets.
    pub fn turn(&mut self, at: Timestamp, octets: u64) -> Turn {
        let since = *self.since.get_or_insert(at);
        let elapsed = u64::try_from(at.since(since).as_ns() / 1_000_000_000).unwrap_or_default();
        if self.limits.seconds.is_some_and(|seconds| elapsed >= seconds) {
            if self.limits.size.is_none() && self.limits.files.is_some_and(|files| self.turns >= files) {
                return Turn::Enough;
            }
            self.turns += 1;
            self.since = Some(at);
            // What could be written at the start can be written now, whatever the time.
            let stem = self.stem_at(at).unwrap_or_else(|_| self.base.clone());
            if stem == self.stem {
                self.count();
            } else {
                (self.stem, self.number) = (stem, 0);
            }
            return Turn::Next(self.path());
        }
        if self.limits.size.is_some_and(|millions| octets > millions.saturating_mul(MILLION)) {
            self.count();
            return Turn::Next(self.path());
        }
        Turn::Stays
    }

    fn count(&mut self) {
        self.number = match self.limits.files.filter(|_| self.limits.size.is_some()) {
            Some(files) => (self.number + 1) % files.max(1),
            None => self.number + 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Rotation, Turn};
    use jiff::tz::TimeZone;
    use std::path::Path;
    use synfin::timestamp::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ns(seconds * 1_000_000_000)
    }

    fn rotation(base: &str, limits: Limits) -> Rotation {
        Rotation::new(Path::new(base), limits, at(0), TimeZone::UTC).unwrap().unwrap()
    }

    fn next(name: &str) -> Turn {
        Turn::Next(name.into())
    }

    #[test]
    fn a_file_that_is_full_is_followed_by_one_with_the_next_number() {
        let mut rotation = rotation("a%H.pcapng", Limits { size: Some(2), ..Limits::default() });
        assert_eq!(rotation.path(), Path::new("a%H.pcapng"));
        assert_eq!(rotation.turn(at(0), 2_000_000), Turn::Stays);
        assert_eq!(rotation.turn(at(0), 2_000_001), next("a%H.pcapng1"));
        assert_eq!(rotation.turn(at(0), 2_000_001), next("a%H.pcapng2"));
    }

    #[test]
    fn a_ring_of_files_begins_anew_with_numbers_of_one_length() {
        let mut rotation = rotation("ring", Limits { size: Some(1), files: Some(11), ..Limits::default() });
        assert_eq!(rotation.path(), Path::new("ring00"));
        let names: Vec<_> = (0..12).map(|_| rotation.turn(at(0), 9_000_000)).collect();
        assert_eq!((&names[0], &names[9], &names[10]), (&next("ring01"), &next("ring10"), &next("ring00")));
    }

    #[test]
    fn time_is_that_of_the_packets_and_a_clock_set_back_ends_no_file() {
        let mut rotation = rotation("t", Limits { seconds: Some(10), ..Limits::default() });
        assert_eq!(rotation.turn(at(100), 0), Turn::Stays);
        assert_eq!(rotation.turn(at(90), 0), Turn::Stays);
        assert_eq!(rotation.turn(at(109), 0), Turn::Stays);
        assert_eq!(rotation.turn(at(110), 0), next("t1"));
        assert_eq!(rotation.turn(at(119), 0), Turn::Stays);
        assert_eq!(rotation.turn(at(120), 0), next("t2"));
    }

    #[test]
    fn the_time_in_a_name_is_that_of_the_first_packet_and_a_number_follows_where_it_is_the_same() {
        let mut rotation = rotation("%Y-%m-%d_%H%M%%.pcapng", Limits { seconds: Some(30), ..Limits::default() });
        assert_eq!(rotation.path(), Path::new("1970-01-01_0000%.pcapng"));
        let turns: Vec<_> = [0, 30, 60, 90, 7_200].map(|second| rotation.turn(at(second), 0)).into();
        assert_eq!(
            turns,
            [
                Turn::Stays,
                next("1970-01-01_0000%.pcapng1"),
                next("1970-01-01_0001%.pcapng"),
                next("1970-01-01_0001%.pcapng1"),
                next("1970-01-01_0200%.pcapng"),
            ]
        );
    }

    #[test]
    fn with_a_time_alone_a_number_of_files_ends_the_capture() {
        let mut rotation = rotation("%s", Limits { seconds: Some(1), files: Some(2), ..Limits::default() });
        let turns: Vec<_> = [5, 6, 7].map(|second| rotation.turn(at(second), 0)).into();
        assert_eq!(turns, [Turn::Stays, next("6"), Turn::Enough]);
    }

    #[test]
    fn with_both_limits_the_numbers_begin_anew_with_each_time() {
        let limits = Limits { size: Some(1), seconds: Some(60), files: Some(3) };
        let mut rotation = rotation("%M.", limits);
        assert_eq!(rotation.path(), Path::new("00.0"));
        let turns: Vec<_> = [(0, 0), (1, 2_000_000), (60, 0), (61, 2_000_000)]
            .map(|(second, octets)| rotation.turn(at(second), octets))
            .into();
        assert_eq!(turns, [Turn::Stays, next("00.1"), next("01.0"), next("01.1")]);
    }

    #[test]
    fn without_a_limit_one_file_is_enough_and_a_pattern_that_is_none_is_said() {
        let limits = Limits { files: Some(3), ..Limits::default() };
        assert_eq!(Rotation::new(Path::new("a"), limits, at(0), TimeZone::UTC), Ok(None));
        let limits = Limits { seconds: Some(3), ..Limits::default() };
        let wrong = Rotation::new(Path::new("a%!"), limits, at(0), TimeZone::UTC).unwrap_err();
        assert!(
            wrong.starts_with("cannot name files by a%!: ") && wrong.ends_with("type %% for a percent sign"),
            "{wrong}"
        );
    }
}
