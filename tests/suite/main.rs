//! The integration tests, one binary.

/// Live capture, both backends, in a network namespace made for each test.
mod live;
