//! Fuzz target: any octets for `invariants::segments`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| synfin_fuzz::segments::check(octets));
