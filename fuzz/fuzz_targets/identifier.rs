//! Text of an identifier -> the property `identifier`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| interdict_fuzz::identifier(bytes));
