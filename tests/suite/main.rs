//! The integration tests, one binary so that they link once.

/// Live capture, both backends, in a network namespace made for each test.
mod live;
/// The built-in peers: every command through the binary, every scenario through the library, on loopback.
mod peers;
/// What people read: every page in both languages, at two widths, as snapshots.
mod report;
/// Capture files: formats, round trips, cuts, damage, filters.
mod sources;
