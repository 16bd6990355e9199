//! Bytes of a list in any format -> the property `lists`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| interdict_fuzz::lists(bytes));
