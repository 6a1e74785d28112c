//! The system's clocks: that of the kernel's own record, beside that of captures. Only for the witness.

use std::io;

use nix::time::{ClockId, clock_gettime};

/// How far `CLOCK_TAI`, by which the trace and the labels are stamped, is ahead of `CLOCK_REALTIME`, by which captures are:
/// nanoseconds, whole seconds of them.
///
/// # Errors
///
/// If the system has no such clock.
pub(super) fn ahead() -> io::Result<i64> {
    let ahead = now(ClockId::CLOCK_TAI)?.saturating_sub(now(ClockId::CLOCK_REALTIME)?);
    Ok((ahead + 500_000_000).div_euclid(1_000_000_000) * 1_000_000_000)
}

/// What a clock shows, in nanoseconds.
///
/// # Errors
///
/// If the system has no such clock.
pub(super) fn now(clock: ClockId) -> io::Result<i64> {
    let time = clock_gettime(clock)?;
    Ok(time.tv_sec().saturating_mul(1_000_000_000).saturating_add(time.tv_nsec()))
}
