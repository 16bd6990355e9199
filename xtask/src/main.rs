//! Chores: regenerate tables; later: tests, evaluations, benchmarks.

use std::process::ExitCode;

mod frequency;
mod lists;
mod measure;
mod pairs;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("regenerate") => frequency::regenerate(),
        Some("measure") => measure::run(&args.collect::<Vec<_>>()),
        Some("pairs") => pairs::run(args.next().is_some()),
        _ => {
            eprintln!("usage: cargo xtask regenerate");
            ExitCode::FAILURE
        }
    }
}
