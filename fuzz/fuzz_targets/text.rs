//! Any text -> the property `text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| interdict_fuzz::text(bytes));
