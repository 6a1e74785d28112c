//! Fuzz target: any octets for `invariants::container`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| synfin_fuzz::container::check(octets));
