//! Text of a date -> the property `partial_date`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| interdict_fuzz::partial_date(bytes));
