//! A bound on what is kept or believed, as `--stats` shows it: a value, how full it got, what was forgotten for it.
//!
//! The values are named constants where they are kept to, each with its reason. Every module may use this.

/// One bound after a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    /// A stable word for it.
    pub id: &'static str,
    /// Its value.
    pub most: u64,
    /// How full it got at most. A table that forgets by overwriting is always full.
    pub reached: u64,
    /// How many things were forgotten, merged, refused or left out because of it; of a bound on each connection, how many
    /// connections met it.
    pub forgotten: u64,
}
