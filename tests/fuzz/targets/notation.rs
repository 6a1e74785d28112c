//! Fuzz target: any octets for `invariants::notation`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| synfin_fuzz::notation::check(octets));
