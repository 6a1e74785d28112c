//! Fuzz target: any octets for `invariants::frame`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| synfin_fuzz::frame::check(octets));
