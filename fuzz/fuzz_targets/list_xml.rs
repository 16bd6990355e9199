//! Bytes of an XML list -> the property `list_xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| interdict_fuzz::list_xml(bytes));
