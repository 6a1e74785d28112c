//! The one integration binary: each module tests one surface of the crate.

/// What people read: every page in both languages, at two widths, as snapshots.
mod report;
