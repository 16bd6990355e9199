//! Chores in Rust: `cargo xtask test` runs everything that has to hold before a change lands.

mod bench;
mod bulk;
mod documents;
mod eval;
mod faults;
mod frequency;
mod inventory;
mod lists;
mod measure;
mod merge;
mod steps;
mod tools;

use std::process::ExitCode;

/// A chore: the word that calls it, what it does, and the function, which gets the words behind it.
struct Chore {
    name: &'static str,
    does: &'static str,
    run: fn(&[String]) -> Result<(), String>,
}

/// Every chore, in the order of the help.
const CHORES: &[Chore] = &[
    Chore {
        name: "test",
        does: "run the whole suite, stop at the first failure; `--install` fetches missing cargo tools first",
        run: steps::test,
    },
    Chore {
        name: "regenerate",
        does: "rewrite the tables that are made from the shared data",
        run: frequency::regenerate,
    },
    Chore {
        name: "eval",
        does: "rewrite the evaluation in eval/; `--check` compares instead and holds the floors; `misses` prints each wrong case",
        run: eval::run,
    },
    Chore {
        name: "measure",
        does: "measure the engine over the real lists: control, clean, complete; `parse FILE`: speed and memory of reading one; `faults`: cuts and changed bytes; `merge`: the merging of lists",
        run: measure::run,
    },
    Chore {
        name: "generate",
        does: "make up a large list: `ofac-advanced --megabytes 120 OUT`",
        run: bulk::generate,
    },
    Chore {
        name: "bench",
        does: "time the engine over the real lists; `scale [N]` adds made-up entities, `dump FILE` writes answers to compare",
        run: bench::run,
    },
    Chore {
        name: "lists",
        does: "read every real list and print what came of it, with time and memory; `--write` makes docs/lists.md of it",
        run: inventory::run,
    },
    Chore {
        name: "documents",
        does: "read texts against the real lists: speed, and each distinct mention; `FILE...` for others than the shared ones",
        run: documents::run,
    },
    Chore {
        name: "help",
        does: "show this",
        run: help,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = words
        .split_first()
        .map_or(("help", &[][..]), |it| (it.0.as_str(), it.1));
    let outcome = match CHORES.iter().find(|it| it.name == name) {
        Some(chore) => (chore.run)(rest),
        None => Err(format!("no chore `{name}`; `cargo xtask help` names them")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn help(_: &[String]) -> Result<(), String> {
    println!("cargo xtask <chore>\n");
    for it in CHORES {
        println!("  {:<10} {}", it.name, it.does);
    }
    Ok(())
}
