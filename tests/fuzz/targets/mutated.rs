//! Fuzz target: any octets for `invariants::mutated`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| synfin_fuzz::mutated::check(octets));
