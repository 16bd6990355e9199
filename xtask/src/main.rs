//! Chores: regenerate tables; later: tests, evaluations, benchmarks.

use std::process::ExitCode;

mod frequency;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("regenerate") => frequency::regenerate(),
        _ => {
            eprintln!("usage: cargo xtask regenerate");
            ExitCode::FAILURE
        }
    }
}
