//! `cargo xtask test`: the suite as a table of steps. What could not be set up is skipped by name, at the end once more.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::tools::{self, Tool, cargo, quietly, run};

/// One step: its name and what it does.
struct Step {
    name: &'static str,
    run: fn(&Context) -> Outcome,
}

/// What holds for all steps.
struct Context {
    /// On a machine that tests submissions (`CI` is set): the runner's profile `ci`.
    ci: bool,
    /// Missing cargo tools are installed.
    install: bool,
}

/// How a step ended, when it did not fail: what it had to leave out, each with its reason.
type Outcome = Result<Vec<String>, String>;

/// Every step, in order; the quick ones first. The tests come last, so that a run ends with their runner's closing line.
const STEPS: &[Step] = &[
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "lints",
        run: lints,
    },
    Step {
        name: "docs",
        run: docs,
    },
    Step {
        name: "dependencies",
        run: dependencies,
    },
    Step {
        name: "fuzz targets",
        run: fuzz_targets,
    },
    Step {
        name: "doc tests",
        run: doc_tests,
    },
    Step {
        name: "evaluation",
        run: evaluation,
    },
    Step {
        name: "tests",
        run: tests,
    },
];

/// Runs the steps in order and stops at the first that fails.
pub fn test(words: &[String]) -> Result<(), String> {
    let ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty());
    let mut context = Context { ci, install: ci };
    for word in words {
        match word.as_str() {
            "--install" => context.install = true,
            other => return Err(format!("`test` does not know `{other}`; it takes `--install`")),
        }
    }
    for line in absent(&tools::root()) {
        println!("{line}");
    }

    let begun = Instant::now();
    let mut done: Vec<(&str, Duration)> = Vec::new();
    let mut skipped: Vec<String> = Vec::new();
    for (at, step) in STEPS.iter().enumerate() {
        let last = at + 1 == STEPS.len();
        if last {
            summary(&done, &skipped);
        }
        println!("\n==> {}/{} {}", at + 1, STEPS.len(), step.name);
        let from = Instant::now();
        let outcome = (step.run)(&context);
        let took = from.elapsed();
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        match outcome {
            // Nothing is printed behind the tests but the last line: see `STEPS`.
            Ok(_) if last => {}
            Ok(left_out) => {
                println!("<== {}: {word}, {:.1} s", step.name, took.as_secs_f64());
                skipped.extend(left_out);
            }
            Err(message) => {
                println!("<== {}: {word}, {:.1} s", step.name, took.as_secs_f64());
                if !last {
                    summary(&done, &skipped);
                }
                return Err(format!("step `{}` failed: {message}", step.name));
            }
        }
        done.push((step.name, took));
    }
    println!(
        "all {} steps passed in {:.1} s, {} left out",
        done.len(),
        begun.elapsed().as_secs_f64(),
        skipped.len()
    );
    Ok(())
}

fn summary(done: &[(&str, Duration)], skipped: &[String]) {
    println!("\nsummary of the steps so far:");
    for (name, took) in done {
        println!("  {name:<14} passed {:>7.1} s", took.as_secs_f64());
    }
    for it in skipped {
        println!("  LEFT OUT       {it}");
    }
}

fn format(_: &Context) -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    Ok(Vec::new())
}

fn lints(_: &Context) -> Outcome {
    run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Vec::new())
}

/// The program and the engine are both called `interdict`, and their pages would be written over each other: the program's go
/// to a folder of their own, and what was compiled for the first stays in use for the second.
fn docs(_: &Context) -> Outcome {
    let doc = |choice: &[&str]| {
        run(cargo()
            .env("RUSTDOCFLAGS", "-D warnings")
            .args(["doc", "--no-deps", "--document-private-items", "--locked"])
            .args(choice))
    };
    doc(&["--workspace", "--exclude", "interdict-cli"])?;
    doc(&[
        "--package=interdict-cli",
        "--target-dir=target/doc-cli",
        "--config=build.build-dir=\"target\"",
    ])?;
    Ok(Vec::new())
}

fn dependencies(context: &Context) -> Outcome {
    if let Err(reason) = provide(&tools::DENY, context) {
        return Ok(vec![format!("licences, duplicates, sources and advisories: {reason}")]);
    }
    run(cargo().args(["deny", "--locked", "check", "licenses", "bans", "sources"]))?;
    // The database is a git repository, which not every machine may fetch.
    if let Err(reason) = quietly(cargo().args(["deny", "--locked", "fetch", "db"])) {
        println!("    {reason}");
        return Ok(vec!["advisories: skipped, database not reachable".to_owned()]);
    }
    run(cargo().args(["deny", "--locked", "check", "--disable-fetch", "advisories"]))?;
    Ok(Vec::new())
}

/// The targets compile without the fuzzer's own library, which would need a C++ compiler. The lock is not held to: a new
/// dependency of the engine reaches this workspace when it is next built.
fn fuzz_targets(_: &Context) -> Outcome {
    run(cargo()
        .args([
            "clippy",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--no-default-features",
            "--all-targets",
        ])
        .args(["--target-dir", "target/fuzz"])
        .args(["--", "-D", "warnings"]))?;
    Ok(Vec::new())
}

fn doc_tests(_: &Context) -> Outcome {
    run(cargo().args(["test", "--workspace", "--doc", "--locked"]))?;
    Ok(Vec::new())
}

/// The figures are within their floors and the committed ones are those of today. Optimised: it asks some ten thousand names.
fn evaluation(_: &Context) -> Outcome {
    run(cargo().args([
        "run",
        "--release",
        "--locked",
        "--quiet",
        "--package",
        "xtask",
        "--",
        "eval",
        "--check",
    ]))?;
    if tools::root().join("../shared/data").is_dir() {
        Ok(Vec::new())
    } else {
        Ok(vec!["evaluation on the shared sets: they are not there".to_owned()])
    }
}

fn tests(context: &Context) -> Outcome {
    match provide(&tools::NEXTEST, context) {
        Ok(()) => {
            let profile = if context.ci { "ci" } else { "default" };
            run(cargo().args([
                "nextest",
                "run",
                "--workspace",
                "--all-targets",
                "--locked",
                "--profile",
                profile,
            ]))?;
        }
        Err(reason) => {
            println!("    `cargo test` in place of nextest: {reason}");
            run(cargo().args(["test", "--workspace", "--all-targets", "--locked"]))?;
        }
    }
    Ok(Vec::new())
}

/// Whether a tool is there, after trying to install it where that was asked for; else why not.
fn provide(tool: &Tool, context: &Context) -> Result<(), String> {
    if tool.installed() {
        return Ok(());
    }
    if !context.install {
        return Err(format!(
            "{} is not installed (`cargo xtask test --install` does it)",
            tool.package
        ));
    }
    tool.install()
        .map_err(|it| format!("{} could not be installed: {it}", tool.package))
}

/// What the tests may use and a machine or a tree may lack, with the tests that skip without it.
fn absent(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    if root.join("../shared").is_dir() {
        lines.push("shared data: present".to_owned());
    } else {
        let mut names = Vec::new();
        for folder in ["crates", "xtask"] {
            rust_files(&root.join(folder), &mut |path, text| {
                let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
                names.extend(
                    tests_of_shared_data(text)
                        .into_iter()
                        .map(|it| format!("  {shown}: {it}")),
                );
            });
        }
        lines.push(format!("shared data: absent: {} tests will skip", names.len()));
        lines.extend(names);
    }
    if !root.join("ARCHITECTURE.md").is_file() {
        lines.push("ARCHITECTURE.md: absent: the test of the map will skip".to_owned());
    }
    lines
}

/// The tests that read `../shared`: by convention, those with `shared` in their name.
fn tests_of_shared_data(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ") {
            let name = rest.split('(').next().unwrap_or(rest);
            if marked && name.contains("shared") {
                found.push(name.to_owned());
            }
            marked = false;
        }
    }
    found
}

/// Every Rust file below a folder, in the order of the names. A folder that cannot be read has none.
fn rust_files(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rust_files(&path, visit);
        } else if path.extension().is_some_and(|it| it == "rs")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            visit(&path, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    //! The part that reads: which tests want the shared data.

    use super::*;

    #[test]
    fn tests_are_found_by_name() {
        let text =
            "#[test]\nfn whole_shared_lists() {}\n\nfn shared_folder() {}\n\n#[test]\n#[should_panic]\nfn other() {}";
        assert_eq!(tests_of_shared_data(text), ["whole_shared_lists"]);
    }

    #[test]
    fn the_tests_are_the_last_step() {
        assert_eq!(STEPS.last().map(|it| it.name), Some("tests"));
    }
}
