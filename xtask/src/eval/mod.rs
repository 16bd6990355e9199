//! `cargo xtask eval`: quality as a committed file. Labelled cases -> `eval/results.csv` and `eval/summary.md`, within `eval/floors.toml`.
//!
//! The files hold row numbers and never a name of a shared set. Without the shared sets only the own cases are asked; the lines of
//! the others stay as they are.

mod figures;
mod sets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use figures::Figure;
use interdict::engine::Engine;
use interdict::policy::Policy;
use sets::{Kind, Row, Set};

use crate::{lists, tools};

const HEADER: &str = "set,row,score,rank,decision";

/// Rewrites the evaluation, or with `--check` compares it and holds the floors.
pub fn run(words: &[String]) -> Result<(), String> {
    let (mut check, mut misses) = (false, false);
    for it in words {
        match it.as_str() {
            "--check" => check = true,
            "misses" => misses = true,
            other => {
                return Err(format!(
                    "`eval` does not know `{other}`; it takes `--check` and `misses`"
                ));
            }
        }
    }
    let begun = Instant::now();
    let folder = tools::root().join("eval");
    let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|it| format!("eval/{name}: {it}"));
    let policy = fs::read_to_string(tools::root().join("policies/us-bank.toml")).map_err(|it| it.to_string())?;
    let policy = Policy::parse(&policy).map_err(|it| it.to_string())?;

    let mut answers: Vec<(Set, Vec<Row>)> = Vec::new();
    let samples = lists::snapshot(lists::parse_samples(&tools::root()));
    ask(
        sets::own(&folder.join("own.csv"), &samples)?,
        &Engine::new(&samples, &policy),
        &mut answers,
    );
    let shared = lists::shared();
    match &shared {
        None => println!("SKIPPED: the shared sets are not there; only the own cases are asked"),
        Some(shared) => {
            let snapshot = lists::snapshot(lists::parse_all(shared));
            ask(
                sets::shared(&shared.join("eval"), &snapshot)?,
                &Engine::new(&snapshot, &policy),
                &mut answers,
            );
        }
    }
    answers.sort_by_key(|it| it.0.name);

    let figures: Vec<Figure> = answers
        .iter()
        .flat_map(|(set, rows)| figures::of(set.name, set.kind, rows))
        .collect();
    if misses {
        print_misses(&answers);
    }
    for it in &figures {
        println!("{}", it.line());
    }
    println!(
        "{} cases in {:.1} s",
        answers.iter().map(|it| it.1.len()).sum::<usize>(),
        begun.elapsed().as_secs_f64()
    );

    let asked: BTreeSet<&str> = answers.iter().map(|it| it.0.name).collect();
    let (old_results, old_summary) = (read("results.csv"), read("summary.md"));
    let lines = answers
        .iter()
        .flat_map(|(set, rows)| rows.iter().map(|it| it.line(set.name)));
    let results = results(lines.collect(), old_results.as_deref().unwrap_or(""), &asked);
    let summary = summary(&figures, old_summary.as_deref().unwrap_or(""), &asked);
    let mut faults = figures::faults(&read("floors.toml")?, &figures, shared.is_some())?;
    if check {
        let differ = differing(&old_results?, &results);
        if differ > 0 {
            faults.push(format!("{differ} rows of eval/results.csv differ"));
        }
        if old_summary? != summary {
            faults.push("eval/summary.md differs".to_owned());
        }
        if faults.is_empty() {
            return Ok(());
        }
        let help = "`cargo xtask eval` rewrites the files; read the diff";
        return Err(format!("{}\n{help}", faults.join("\n")));
    }
    for (name, text) in [("results.csv", &results), ("summary.md", &summary)] {
        fs::write(folder.join(name), text).map_err(|it| format!("eval/{name}: {it}"))?;
    }
    for it in &faults {
        println!("BELOW ITS FLOOR: {it}");
    }
    Ok(())
}

fn ask(sets: Vec<Set>, engine: &Engine, answers: &mut Vec<(Set, Vec<Row>)>) {
    let shown = std::io::stderr().is_terminal();
    for set in sets {
        if shown {
            eprint!("\r\x1b[K{} ...", set.name);
            std::io::stderr().flush().ok();
        }
        let rows = set.ask(engine);
        answers.push((set, rows));
    }
    if shown {
        eprint!("\r\x1b[K");
    }
}

/// Wrong cases, for who works on them; they are printed and never written.
fn print_misses(answers: &[(Set, Vec<Row>)]) {
    for (set, rows) in answers {
        for it in rows {
            let right = match set.kind {
                Kind::Pairs => it.wanted == (it.score.probability() >= 0.5),
                Kind::Rank => it.rank.is_some(),
                Kind::Clean => !it.matched,
            };
            if !right {
                let word = if it.wanted { "MISS" } else { "FALSE" };
                println!("{word} {} {} {} {}", set.name, it.row, it.score, it.words);
            }
        }
    }
}

/// The new lines, and the old ones of the sets that were not asked; the sets in order.
fn results(new: Vec<String>, old: &str, asked: &BTreeSet<&str>) -> String {
    let set = |line: &str| line.split(',').next().unwrap_or("").to_owned();
    let kept = old.lines().skip(1).filter(|it| !asked.contains(set(it).as_str()));
    let mut lines: Vec<String> = kept.map(str::to_owned).chain(new).collect();
    // Stable: the rows of a set keep their order.
    lines.sort_by_key(|it| set(it));
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

/// The table, with the old lines of the sets that were not asked.
fn summary(figures: &[Figure], old: &str, asked: &BTreeSet<&str>) -> String {
    let set = |line: &str| line.split('|').nth(1).unwrap_or("").trim().to_owned();
    let table = old.lines().skip_while(|it| !it.starts_with("|---")).skip(1);
    let kept = table.filter(|it| it.starts_with('|') && !asked.contains(set(it).as_str()));
    let mut lines: Vec<String> = kept
        .map(str::to_owned)
        .chain(figures.iter().map(Figure::line))
        .collect();
    lines.sort_by_key(|it| set(it));
    format!("{INTRODUCTION}\n{}\n", lines.join("\n"))
}

const INTRODUCTION: &str = "\
# The evaluation

Written by `cargo xtask eval` under `policies/us-bank.toml`; the rows are in `results.csv`, the floors in `floors.toml`. `own_*` are the
cases of `own.csv`, asked of the sample lists; the others are public labelled sets beside the project, asked of the real lists.

- found, first: the wanted entry is among the matches, is the first of them. `crosslist`: asked as another authority
  spells it, ranked within the list of the entry.
- matched: somebody matches who is nobody, office holders included; not clear: the decision is another than clear.
- f1: of labelled pairs of names at a threshold, in hundredths; matched at: pairs that were judged not the same.
- `by_name`: the name alone; `with_facts`: with year of birth and country (`hard_negatives`: all names, dates and countries).

| set | n | figure | count | % | 95 % (Wilson) |
|---|---|---|---|---|---|";

/// How many rows of either file are not in the other as they are.
fn differing(old: &str, new: &str) -> usize {
    let by_row = |text: &str| -> BTreeMap<(String, String), String> {
        let split = |line: &str| {
            let mut fields = line.splitn(3, ',').map(str::to_owned);
            let mut next = || fields.next().unwrap_or_default();
            ((next(), next()), next())
        };
        text.lines().map(split).collect()
    };
    let (old_rows, new_rows) = (by_row(old), by_row(new));
    let keys: BTreeSet<_> = old_rows.keys().chain(new_rows.keys()).collect();
    let differ = keys
        .into_iter()
        .filter(|it| old_rows.get(it) != new_rows.get(it))
        .count();
    // The same rows in another order, or one of them twice: still another file.
    if differ == 0 && old != new { 1 } else { differ }
}

#[cfg(test)]
mod tests {
    //! What is kept of the sets that were not asked, and what differs.

    use super::*;

    #[test]
    fn rows_of_sets_not_asked_are_kept() {
        let old = "set,row,score,rank,decision\na,1,0.5000,-,clear\nb,1,0.9000,1,block\n";
        let new = results(vec!["a,1,0.6000,-,review".to_owned()], old, &BTreeSet::from(["a"]));
        assert_eq!(
            new,
            "set,row,score,rank,decision\na,1,0.6000,-,review\nb,1,0.9000,1,block\n"
        );
        assert_eq!(differing(old, &new), 1);
        assert_eq!(differing(old, old), 0);
        assert_eq!(differing(old, "set,row,score,rank,decision\n"), 2);
    }
}
