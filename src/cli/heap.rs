//! One heap for all threads, so that what a process takes follows what it keeps.
//!
//! The C library gives each thread a heap of its own by default. What a thread frees goes back to the heap that it came from,
//! and whichever thread is free takes in the next connection's packets: sooner or later every heap has held the most that it
//! can, and no bound on what is kept bounds the sum. Measured with two threads and room for 9,000 open connections: 100 MiB
//! with two heaps, of which 17 held nothing, 87 MiB with one, and no more time.
#![expect(unsafe_code, reason = "mallopt(3), which no safe interface knows")]

/// From here on all threads share one heap. To be called before there is a second thread.
pub fn share_one() {
    // Sound: it takes two numbers and changes how memory is found, not what a program may do with it. If the library
    // refuses, more memory is taken and nothing else is different.
    #[cfg(target_env = "gnu")]
    let _more_heaps = unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
}
