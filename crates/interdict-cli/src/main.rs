//! The program `interdict`.
fn main() {}
